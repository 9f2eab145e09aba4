"""Periods: ``2023-04``, quarter ``2023Q2``, ``2023``, span ``2021-2025``, plan ``14FYP``."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from dafeng.vocabulary.fault import Fault
from dafeng.vocabulary.schema import Entries, Term, read_records

_FILE = Path(__file__).parent / "data" / "periods.yaml"
_MONTHS = 12
_YEAR = r"(?:19|20)[0-9]{2}"


class PlanPeriod(Term):
    """A five-year plan period."""

    first: int
    last: int


@dataclass(frozen=True)
class Period:
    """A span of whole months.

    Attributes:
        text: as written in tables.
        kind: ``month``, ``quarter``, ``year`` or ``span``.
        first: first day.
        last: last day; parameters in force on it are used.
    """

    text: str
    kind: str
    first: date
    last: date

    @property
    def year(self) -> int:
        """The year of the last day, which decides the edition of a method."""
        return self.last.year

    def months(self) -> tuple[str, ...]:
        """Return the months of the period."""
        first, last = self.first, self.last
        count = _MONTHS * (last.year - first.year) + last.month - first.month + 1
        places = (divmod(first.month - 1 + i, _MONTHS) for i in range(count))
        return tuple(f"{first.year + years:04d}-{month + 1:02d}" for years, month in places)

    def holds(self, other: Period) -> bool:
        """Whether ``other`` lies within this period."""
        return self.first <= other.first and other.last <= self.last


@cache
def plan_periods() -> Entries[PlanPeriod]:
    """The five-year plan periods."""
    return Entries("period", read_records(PlanPeriod, _FILE, "plan_periods"))


@cache
def period(text: str) -> Period:
    """Read a period.

    Raises:
        Fault: ``bad_period``.
    """
    if match := re.fullmatch(rf"({_YEAR})-(0[1-9]|1[0-2])", text):
        return _months(text, "month", int(match[1]), int(match[2]), int(match[2]))
    if match := re.fullmatch(rf"({_YEAR})Q([1-4])", text):
        return _months(text, "quarter", int(match[1]), 3 * int(match[2]) - 2, 3 * int(match[2]))
    if re.fullmatch(_YEAR, text):
        return _months(text, "year", int(text), 1, 12)
    if (match := re.fullmatch(rf"({_YEAR})-({_YEAR})", text)) and match[1] < match[2]:
        return Period(text, "span", date(int(match[1]), 1, 1), date(int(match[2]), 12, 31))
    if text in plan_periods():
        plan = plan_periods()[text]
        return Period(text, "span", date(plan.first, 1, 1), date(plan.last, 12, 31))
    raise Fault("bad_period", label=text)


def _months(text: str, kind: str, year: int, first: int, last: int) -> Period:
    return Period(text, kind, date(year, first, 1), date(year, last, monthrange(year, last)[1]))
