"""What a grading of the books gives: grades, capacity by level, what is late, who leads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from dafeng.findings import Finding
from dafeng.grading import Job, Placing, Rating
from dafeng.rulebook import Deadline


@dataclass(frozen=True)
class Share:
    """How the capacity of a field lies over the levels.

    Attributes:
        rating: one of its lines, for the words of the field and its grades.
        lines: how many there are.
        capacity: their capacity per year, in ``unit``.
        by_grade: grade → share of the capacity, 0 to 1; empty where no line reports its energy.
        unknown: share of the capacity whose level is not known.
    """

    rating: Rating
    lines: int
    capacity: float
    unit: str
    by_grade: dict[str, float]
    unknown: float


@dataclass(frozen=True)
class Late:
    """A line below the last level, and until when something must be done.

    Attributes:
        overdue: days since the due day; 0 or less where it is still to come.
    """

    rating: Rating
    deadline: Deadline
    overdue: int


@dataclass(frozen=True)
class FromBooks:
    """A grading of what the books hold.

    Attributes:
        job: the grading.
        day: on which rules and deadlines are taken.
        year: whose figures are graded.
        ratings: values against scales.
        placings: participants of a scorecard.
        unscaled: line → what it names, where no scale in force there has that name.
        shares: capacity by level and field.
        late: lines below the last level.
        leaders: the best of each field, with their places.
        findings: what the grading leaves out.
    """

    job: Job
    day: date
    year: int
    ratings: tuple[Rating, ...] = ()
    placings: tuple[Placing, ...] = ()
    unscaled: dict[str, str] = field(default_factory=dict)
    shares: tuple[Share, ...] = ()
    late: tuple[Late, ...] = ()
    leaders: tuple[tuple[int, Rating], ...] = ()
    findings: tuple[Finding, ...] = ()


def choices_said(job: Job) -> Iterator[Finding]:
    """Yield what is our choice in a grading."""
    if job.our_choice:
        yield Finding("grade_our_choice", job.id, {"said": job.our_choice})
