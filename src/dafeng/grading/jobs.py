"""Gradings that the books answer, as data: whom, by which rule, from which amounts."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal, Self

from pydantic import model_validator

from dafeng.vocabulary import Record, Term, Text, items, read_records

_DATA = Path(__file__).parent / "data" / "jobs.yaml"


class Amount(Term):
    """A total of the accounts of an enterprise in a year.

    Attributes:
        measure: ``emission`` or ``energy``.
        gas: only this gas.
        methods: only by one of these methods; any of its purpose where none is named.
        unit: unit of the total.
    """

    measure: Literal["emission", "energy"]
    gas: str | None = None
    methods: tuple[str, ...] = ()
    unit: str


class Ratio(Record):
    """An amount of an enterprise, over another where one is named.

    Attributes:
        over, under: ids of amounts, or items of the books.
        per_mean: divided by the same ratio of its sector, over the same firms and year.
        unit: unit in which the ratio is said; that of the criterion or scale where none is given.
    """

    over: str
    under: str | None = None
    per_mean: bool = False
    unit: str | None = None


class Reason(Term):
    """Why a value of the books is missing.

    Attributes:
        status: ``not_reported`` where somebody has to report it, ``not_rated`` for all else.
    """

    status: Literal["not_reported", "not_rated"] = "not_rated"


class Best(Record):
    """Who leads: of each scale the first so many that reach a grade; ties are all in."""

    grade: str
    first: int


class Job(Term):
    """A grading from the books.

    Attributes:
        rows: capacity lines or enterprises.
        by: column of the lines that names their scale; ``FAMILY.SCALE`` where no family is given.
        family: family of the scales, or of the scorecard.
        on_list: only those on this list at the end of the year.
        scale: id of the scale that enterprises are held against.
        value: what is held against it.
        criteria: criterion of the scorecard → what it is.
        best: who of them leads.
        our_choice: what no source settles and how it is settled here.
    """

    rows: Literal["lines", "firms"]
    by: str | None = None
    family: str | None = None
    on_list: str | None = None
    scale: str | None = None
    value: Ratio | None = None
    criteria: dict[str, Ratio] = {}  # noqa: RUF012  frozen
    best: Best | None = None
    our_choice: Text | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.rows == "lines" and not self.by:
            raise ValueError(f"{self.id}: lines need the column that names their scale")
        if self.rows == "firms" and (self.value is None) == (not self.criteria):
            raise ValueError(f"{self.id}: firms need a value or criteria, one of them")
        named = [self.value, *self.criteria.values()]
        wanted = {name for one in named if one for name in (one.over, one.under) if name}
        strange = wanted - set(amounts()) - set(items())
        if strange:
            raise ValueError(f"{self.id}: neither amounts nor items: {sorted(strange)}")
        if (self.value is None) != (self.scale is None):
            raise ValueError(f"{self.id}: a value needs its scale, and a scale its value")
        return self

    @property
    def wanted(self) -> tuple[str, ...]:
        """The amounts that it rests on."""
        named = [self.value, *self.criteria.values()]
        return tuple(dict.fromkeys(n for one in named if one for n in (one.over, one.under) if n))


@cache
def amounts() -> dict[str, Amount]:
    """The totals of the accounts that a grading may rest on, by id."""
    return {one.id: one for one in read_records(Amount, _DATA, "amounts")}


@cache
def jobs() -> dict[str, Job]:
    """The gradings that the books answer, by id."""
    return {one.id: one for one in read_records(Job, _DATA, "jobs")}


@cache
def reasons() -> dict[str, Reason]:
    """Why a value of the books is missing, by id, in words."""
    return {one.id: one for one in read_records(Reason, _DATA, "reasons")}
