"""Sectors of the market as data: which formulas a unit and its enterprise take."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import Field

from dafeng.rulebook import Formula, Rulebook, holds_on
from dafeng.vocabulary import Fault, Record, TableSchema, Term, read_records, read_tables

_DATA = Path(__file__).parent / "data"


class Route(Record):
    """A family of formulas and the units that take it.

    Attributes:
        where: column that must be filled; ``None`` takes every unit.
        among: what that column must hold, where only some values count.
    """

    family: str
    where: str | None = None
    among: tuple[str, ...] = ()

    def fits(self, unit: Mapping[str, Any]) -> bool:
        """Whether a unit takes this route."""
        if self.where is None:
            return True
        held = unit.get(self.where)
        return bool(held) and (not self.among or held in self.among)


class Apart(Record):
    """Enterprises that the rules set apart, whatever their units say of themselves.

    Attributes:
        step: step of the enterprise's formula, not zero for such an enterprise; it rests on
            emissions alone.
        column, case: what their units take.
    """

    step: str
    column: str
    case: str


class Sector(Term):
    """What a sector is computed with.

    Attributes:
        routes: unit formulas, the first that fits counts.
        enterprise: family of the enterprise's formula.
        adjustments: steps that are shown as rows of their own where they are not zero.
        balance: input that is one number for the whole industry: given, or solved so that
            allowances and verified emissions are equal.
        apart: enterprises that stay out of it.
    """

    routes: tuple[Route, ...] = Field(min_length=1)
    enterprise: str
    adjustments: tuple[str, ...] = ()
    balance: str | None = None
    apart: Apart | None = None

    def family(self, unit: Mapping[str, Any]) -> str:
        """Return the family of formulas that a unit takes."""
        return next(route.family for route in self.routes if route.fits(unit))


@cache
def sectors() -> dict[str, Sector]:
    """All sectors by id."""
    return {found.id: found for found in read_records(Sector, _DATA / "sectors.yaml", "sectors")}


@cache
def unit_tables() -> dict[str, TableSchema]:
    """The table of units of each sector."""
    return read_tables(_DATA / "tables.yaml")


def sector(wanted: str) -> Sector:
    """Return a sector.

    Raises:
        Fault: ``unknown_market_sector``.
    """
    if wanted not in sectors():
        raise Fault("unknown_market_sector", label=wanted, near=", ".join(sectors()))
    return sectors()[wanted]


def edition(rules: Rulebook, family: str, day: date, *, draft: bool) -> Formula:
    """Return the formula of a family for emissions of a day; the final text before a draft.

    Raises:
        Fault: ``only_draft`` where no other text covers the day and no draft is wanted,
            ``no_edition`` where none does.
    """
    try:
        return rules.edition(rules.formulas, family, day)
    except Fault:
        drafts = [f for f in rules.formulas.values() if f.family == family and holds_on(f, day)]
        if not drafts:
            raise
    found = drafts[-1]
    if not draft:
        title = rules.documents[found.document].title
        raise Fault("only_draft", family, year=day.year, title=title)
    return found
