"""Times and peak memory of a benchmark's variants, side by side."""

from __future__ import annotations

import multiprocessing
import resource
import statistics
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection
from time import perf_counter
from typing import Any

from benchmarks.registry import REGISTRY, Benchmark, Variant

_MAXRSS_PER_MB = 1e6 if sys.platform == "darwin" else 1e3  # bytes there, kilobytes elsewhere


@dataclass(frozen=True)
class Result:
    """One variant at one size.

    Attributes:
        seconds: time of each round.
        peak_mb: peak memory, or ``None`` where it cannot be told from the measuring process.
        ratio: median over the rounds of time over the reference's time in the same round.
        goal: the largest ratio that is good enough.
        budget: the longest median time in seconds that is good enough.
    """

    benchmark: str
    size: int
    variant: str
    seconds: tuple[float, ...]
    peak_mb: float | None
    ratio: float
    goal: float | None
    budget: float | None

    @property
    def median(self) -> float:
        """Median time in seconds."""
        return statistics.median(self.seconds)

    @property
    def met(self) -> bool | None:
        """Whether goal and budget are met; ``None`` where there is neither."""
        wanted = ((self.ratio, self.goal), (self.median, self.budget))
        stated = [found <= limit for found, limit in wanted if limit is not None]
        return all(stated) if stated else None

    def to_dict(self) -> dict[str, Any]:
        """Return a plain dictionary for JSON."""
        return {**asdict(self), "median_s": self.median, "met": self.met}


def measure(benchmark: Benchmark, size: int, rounds: int) -> list[Result]:
    """Measure all variants at one size, in turn within each round, after one warm-up."""
    held = [n for n, v in enumerate(benchmark.variants) if v.up_to is None or size <= v.up_to]
    with _workers(benchmark, size, held) as workers:
        for worker in workers:
            _ask(worker, "run")
        times = [[float(_ask(worker, "run")) for worker in workers] for _ in range(rounds)]
        peaks = [_ask(worker, "peak") for worker in workers]
    return [
        Result(
            benchmark=benchmark.name,
            size=size,
            variant=variant.name,
            seconds=tuple(row[i] for row in times),
            peak_mb=peaks[i],
            ratio=statistics.median(row[i] / row[0] for row in times),
            goal=variant.goal if size >= benchmark.goals_from else None,
            budget=variant.budget if size >= benchmark.goals_from else None,
        )
        for i, variant in enumerate(benchmark.variants[n] for n in held)
    ]


@contextmanager
def _workers(benchmark: Benchmark, size: int, held: list[int]) -> Iterator[list[Connection]]:
    """A fresh process per variant, each waiting for its turn."""
    spawn = multiprocessing.get_context("spawn")
    started = []
    for index in held:
        ours, theirs = spawn.Pipe()
        process = spawn.Process(target=_serve, args=(theirs, benchmark.name, index, size))
        process.start()
        theirs.close()
        started.append((ours, process))
    try:
        yield [connection for connection, _ in started]
    finally:
        for connection, process in started:
            connection.close()
            process.join()


def _ask(worker: Connection, what: str) -> Any:
    worker.send(what)
    return worker.recv()


def _serve(connection: Connection, name: str, index: int, size: int) -> None:
    """Prepare one variant, then answer ``run`` with seconds and ``peak`` with MB, until closed."""
    variant = REGISTRY[name].variants[index]
    job = variant.prepare(size)
    while True:
        try:
            asked = connection.recv()
        except EOFError:
            return
        if asked == "peak":
            connection.send(_peak_mb(variant))
            continue
        start = perf_counter()
        job()
        connection.send(perf_counter() - start)


def _peak_mb(variant: Variant) -> float | None:
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if not variant.command:
        return own / _MAXRSS_PER_MB
    # A child inherits the peak of the process that starts it, so a smaller one is not seen.
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return child / _MAXRSS_PER_MB if child > own else None
