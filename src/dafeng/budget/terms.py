"""What a room is computed from: amounts, growth, targets of a region, and the settings of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from functools import cache
from pathlib import Path
from typing import Literal

from dafeng.explain import Node
from dafeng.vocabulary import Entries, Record, Term, Text, read_records, read_yaml

FILE = Path(__file__).parent / "data" / "room.yaml"
DIGITS = 50
"""Digits of decimals on the way; a total is rounded once, to whole grams."""

Metric = Literal["energy", "co2"]
Origin = Literal["statistics", "reporters"]


class Sources(Record):
    """Where use, growth and targets of a metric come from.

    Attributes:
        use: published measure, or measure of the books.
        growth: the same for what an intensity is divided by.
        intensity: indicator of the reduction target.
        rate: indicator of the growth target.
    """

    use: str
    growth: str
    intensity: str
    rate: str


class MetricTerm(Term):
    """What a room is of.

    Attributes:
        unit: whole units of all amounts.
        projects: columns of a project's yearly amount, in tonnes; the first that is given counts.
    """

    unit: str
    statistics: Sources
    reporters: Sources
    projects: tuple[str, ...]

    def sources(self, origin: Origin) -> Sources:
        """Return where its figures come from; the two are never mixed."""
        return self.statistics if origin == "statistics" else self.reporters


@cache
def metrics() -> Entries[MetricTerm]:
    """What a room may be of."""
    return Entries("metric", read_records(MetricTerm, FILE, "metrics"))


@cache
def clauses() -> dict[str, str]:
    """The clauses that the parts of a room rest on, by part."""
    held: dict[str, str] = read_yaml(FILE)["clauses"]
    return held


def reason(name: str, **values: object) -> Text:
    """Return why there is no figure, in both languages."""
    words = _reasons()[name].name
    return Text(zh=words.zh.format(**values), en=words.en.format(**values))


@cache
def _reasons() -> Entries[Term]:
    return Entries("reason", read_records(Term, FILE, "reasons"))


@dataclass(frozen=True)
class Amount:
    """A whole number of grams and how it came about."""

    grams: int
    node: Node


@dataclass(frozen=True)
class Rate:
    """A growth or cut as a fraction (0.05 is 5 %) and how it came about."""

    value: Decimal
    node: Node


@dataclass(frozen=True)
class Goal:
    """What a region has to reach: an intensity cut, and the growth that was planned.

    Attributes:
        cut: of the intensity from ``base_year`` to ``year``, as a fraction.
        planned: growth of each year that has a target or an assumption.
        stretch: the further cut that is striven for, ``None`` where there is none.
        plan: id of the plan.
    """

    base_year: int
    year: int
    cut: Rate
    planned: Mapping[int, Rate] = field(default_factory=dict)
    stretch: Decimal | None = None
    plan: str = ""

    def path(self, year: int, cut: Decimal) -> Decimal:
        """Return what is left of the intensity in a year on the geometric path to a cut."""
        with localcontext() as context:
            context.prec = DIGITS
            passed = Decimal(year - self.base_year) / Decimal(self.year - self.base_year)
            return (1 - cut) ** passed


@dataclass(frozen=True)
class Coverage:
    """Reporters that should be in a sum, that are, and that are whole."""

    expected: int
    reported: int
    complete: int

    @property
    def whole(self) -> bool:
        """Whether all that should be in it are whole."""
        return self.complete == self.expected


@dataclass(frozen=True)
class Known:
    """What is known of a region, of one origin.

    Attributes:
        use: year → use with everything in it.
        apart: (exclusion, year) → amount that may be left out of it.
        growth: year → actual growth on the year before.
        covered: year → coverage, where use is a sum of reporters.
    """

    use: Mapping[int, Amount] = field(default_factory=dict)
    apart: Mapping[tuple[str, int], Amount] = field(default_factory=dict)
    growth: Mapping[int, Rate] = field(default_factory=dict)
    covered: Mapping[int, Coverage] = field(default_factory=dict)

    def latest(self, year: int) -> int | None:
        """Return the latest year up to one whose use is known."""
        return max((held for held in self.use if held <= year), default=None)
