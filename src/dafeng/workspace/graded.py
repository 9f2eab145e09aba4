"""What a grading of the books gives: grades, capacity by level, what is late, who leads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dafeng.findings import Finding
from dafeng.grading import Chosen, Job, Lazy, Placing, Placings, Rating, Ratings, reasons
from dafeng.rulebook import Deadline
from dafeng.vocabulary import Text

COUNTRY = "00"
NO_EDITION = ("unknown_family", "no_edition", "no_scale", "unknown_scale")
"""Faults that say that no rule of a name holds there on that day."""


@dataclass(frozen=True)
class Size:
    """The capacity of a line per year, and whether its source estimated it."""

    amount: float
    unit: str
    estimated: bool = False


class Sizes(Mapping[str, Size]):
    """The sizes of lines by id, as columns.

    Args:
        names: ids of the lines.
        amount, unit, estimated: as in ``Size``.
    """

    def __init__(
        self, names: Sequence[str], amount: Sequence[float], unit: Any, estimated: Any
    ) -> None:
        self._place = {name: at for at, name in enumerate(names)}
        self.amount, self.unit = np.array(amount, np.float64), np.array(unit, object)
        self.estimated = np.array(estimated, bool)

    def at(self, names: Sequence[str]) -> NDArray[np.int64]:
        """Return the places of some lines in the columns."""
        return np.array([self._place[name] for name in names], np.int64)

    def __getitem__(self, name: str) -> Size:
        at = self._place[name]
        return Size(float(self.amount[at]), str(self.unit[at]), bool(self.estimated[at]))

    def __iter__(self) -> Iterator[str]:
        return iter(self._place)

    def __len__(self) -> int:
        return len(self._place)


@dataclass(frozen=True)
class Unscaled:
    """What is held against no scale.

    Attributes:
        named: scale or field that it names; empty where it names none.
        reasons: why (ids of words): that there is no scale, and what lacks besides.
        product: of a line.
    """

    who: str
    named: str
    reasons: tuple[str, ...]
    product: str = ""


@dataclass(frozen=True)
class Share:
    """How the capacity of a field lies over the levels.

    Attributes:
        name: of the field; of the product where no field is named or none is in force.
        rating: one of its lines, for the words of the grades; ``None`` where none has a scale.
        lines: how many there are.
        capacity: their capacity per year, in ``unit``.
        estimated: lines among them whose capacity the source estimated.
        by_grade: grade → share of the capacity, 0 to 1; empty where no line has a level.
        counts: grade → lines.
        unknown: share of the capacity whose level is not known.
        reasons: why it is not known (id of words) → lines; one may have several.
    """

    name: Text
    rating: Rating | None
    lines: int
    capacity: float
    unit: str
    estimated: int
    by_grade: dict[str, float]
    counts: dict[str, int]
    unknown: float
    reasons: dict[str, int]

    @property
    def unrated(self) -> int:
        """Lines whose level is not known."""
        return self.lines - sum(self.counts.values())

    @property
    def status(self) -> str:
        """``computed``; else ``not_reported`` where each line lacks a report, or ``not_rated``."""
        if self.by_grade:
            return "computed"
        silent = sum(n for why, n in self.reasons.items() if reasons()[why].status != "not_rated")
        return "not_reported" if silent >= self.lines else "not_rated"


@dataclass(frozen=True)
class Late:
    """A line below the last level, and until when something must be done.

    Attributes:
        overdue: days since the due day; 0 or less where it is still to come.
    """

    rating: Rating
    deadline: Deadline
    overdue: int


def _nothing() -> Chosen[Any, Any]:
    return Chosen((), np.zeros(0, np.int64), np.zeros(0, np.int64))


@dataclass(frozen=True)
class FromBooks:
    """A grading of what the books hold; what is said of one is made when it is read.

    Attributes:
        job: the grading.
        day: on which rules and deadlines are taken.
        year: whose figures are graded.
        ratings: values against scales.
        placings: participants of a scorecard.
        unscaled: those that no scale in force there is about.
        sizes: line → its capacity.
        shares: capacity by level and field.
        late: lines below the last level.
        leaders: the best of each field, with their places.
        findings: what the grading leaves out.
    """

    job: Job
    day: date
    year: int
    ratings: Chosen[Rating, Ratings] = field(default_factory=_nothing)
    placings: Chosen[Placing, Placings] = field(default_factory=_nothing)
    unscaled: tuple[Unscaled, ...] = ()
    sizes: Mapping[str, Size] = field(default_factory=dict)
    shares: tuple[Share, ...] = ()
    late: Sequence[Late] = ()
    leaders: tuple[tuple[int, Rating], ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def graded(self) -> Sequence[Rating | Placing]:
        """Who was graded, or not rated with its reason."""
        return _Both(self.ratings, self.placings)

    @property
    def counts(self) -> Counter[str]:
        """Grade or class → how many have it; those that have none under an empty text."""
        graded = self.ratings.column(lambda part: part.graded.grade)
        classes = self.placings.column(lambda part: np.array(part.scored.classes, object))
        return Counter([*graded.tolist(), *classes.tolist()])

    @property
    def lacking(self) -> bool:
        """Whether anybody lacks something for a rating."""
        graded = self.ratings.column(lambda part: part.graded.grade)
        lost = (part.scored.missing[at] for part, at in self.placings.pairs())
        return not all(graded) or any(lost)


class _Both(Lazy[Rating | Placing]):
    """Ratings, then placings."""

    def __init__(self, *parts: Sequence[Rating | Placing]) -> None:
        super().__init__(sum(map(len, parts)))
        self._parts = parts

    def _make(self, at: int) -> Rating | Placing:
        first, then = self._parts
        return first[at] if at < len(first) else then[at - len(first)]


def choices_said(job: Job) -> Iterator[Finding]:
    """Yield what is our choice in a grading."""
    if job.our_choice:
        yield Finding("grade_our_choice", job.id, {"said": job.our_choice})
