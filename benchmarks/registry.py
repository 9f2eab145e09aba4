"""What a benchmark is, and the list of all of them.

A benchmark is one job, done by several variants at several sizes. The first variant is the
reference: the others are read as ratios to it, taken in the same run on the same machine. Adding
one is declaring it::

    register(
        Benchmark(
            name="coefficients",
            title="compile the coefficient table",
            sizes=(12, 120),
            unit="months",
            variants=(
                Variant("one pass", prepare_one_pass),
                Variant("ours", prepare_ours, goal=3.0),
            ),
        )
    )

``prepare(size)`` builds the input, which is not timed, and returns the job, which is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Job = Callable[[], object]


@dataclass(frozen=True)
class Variant:
    """One way to do the job.

    Attributes:
        prepare: takes a size and returns the job that is timed. It is called in a process of its
            own, so that neither memory nor caches are shared with another variant.
        command: the job is an external command: its memory is that of the command.
        goal: the largest ratio to the reference that is good enough.
        budget: the longest time in seconds that a person may be kept waiting, where one is stated.
        up_to: the largest size that it is measured at; above it, memory does not suffice.
    """

    name: str
    prepare: Callable[[int], Job]
    command: bool = False
    goal: float | None = None
    budget: float | None = None
    up_to: int | None = None


@dataclass(frozen=True)
class Benchmark:
    """A job at several sizes.

    Attributes:
        unit: what a size counts; empty where the job has one size only.
        rounds: how often each variant is measured; ``quick_rounds`` under ``--quick``.
        quick_sizes: sizes under ``--quick``; the smallest where none are given.
        full_sizes: sizes under ``--full``, measured as often as under ``--quick``; those of a
            usual run where none are given.
        goals_from: the smallest size at which the goals hold; below it, fixed costs rule.
        describe: says of a size how much there is to do, under its lines.
    """

    name: str
    title: str
    variants: tuple[Variant, ...]
    sizes: tuple[int, ...] = (1,)
    unit: str = ""
    rounds: int = 9
    quick_rounds: int = 3
    quick_sizes: tuple[int, ...] = ()
    full_sizes: tuple[int, ...] = ()
    goals_from: int = 0
    describe: Callable[[int], str] | None = None

    def plan(self, *, quick: bool, full: bool = False) -> tuple[tuple[int, ...], int]:
        """Return the sizes and the number of rounds of a run."""
        if full and self.full_sizes:
            return self.full_sizes, self.quick_rounds
        if quick:
            return self.quick_sizes or (min(self.sizes),), self.quick_rounds
        return self.sizes, self.rounds


REGISTRY: dict[str, Benchmark] = {}


def register(benchmark: Benchmark) -> Benchmark:
    """Add a benchmark to the suite and return it.

    Raises:
        ValueError: the name is taken, a variant repeats, or nothing can be compared.
    """
    names = [variant.name for variant in benchmark.variants]
    if benchmark.name in REGISTRY:
        raise ValueError(f"benchmark {benchmark.name} is registered already")
    if len(names) != len(set(names)) or not names:
        raise ValueError(f"benchmark {benchmark.name}: variants are missing or repeat: {names}")
    if benchmark.variants[0].goal is not None:
        raise ValueError(f"benchmark {benchmark.name}: the reference has no goal")
    REGISTRY[benchmark.name] = benchmark
    return benchmark
