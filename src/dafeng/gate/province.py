"""Checks of a province's own: a fact that has to hold, or a limit on a figure of the project."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import model_validator

from dafeng.gate.case import Case, Counted, Remark, in_tonnes, shown
from dafeng.gate.project import ItemId, RegionId
from dafeng.gate.settings import Check, Cited, Verdict, checks
from dafeng.indicators import within
from dafeng.vocabulary import Term, read_records

_MEASURES = {"energy_tce": "energy", "emission_tco2": "co2"}


class OwnCheck(Term):
    """A check that a province, city or park lays over those of the country.

    Attributes:
        region: where it holds.
        clause: ``document/clause``; the document stands in ``rules/`` of the workspace.
        asks: a fact of the project, or ``energy_tce``, ``emission_tco2``.
        direction, limit, unit: of a figure; a fact without a limit has to be true.
        two_highs: only for two-highs projects.
        items: only for projects that make one of these; empty is all.
        fail, unknown: what follows.
    """

    region: RegionId
    clause: str
    asks: str
    direction: Literal["at_most", "at_least"] | None = None
    limit: float | None = None
    unit: str = ""
    two_highs: bool = False
    items: tuple[ItemId, ...] = ()
    applies_from: date | None = None
    applies_to: date | None = None
    fail: Verdict = "refuse"
    unknown: Literal["admit_with_conditions", "refuse"] = "refuse"

    @model_validator(mode="after")
    def _whole(self) -> OwnCheck:
        if (self.limit is None) != (self.direction is None):
            raise ValueError("a limit and a direction go together")
        if self.asks in _MEASURES and self.limit is None:
            raise ValueError(f"{self.asks} is a figure: it needs a limit")
        if self.applies_from and self.applies_to and self.applies_to < self.applies_from:
            raise ValueError("it ends before it begins")
        if self.id in checks():
            raise ValueError(f"{self.id} is a check of every gate: choose another id")
        return self

    @property
    def check(self) -> Check:
        """The check as the others are."""
        return Check(
            id=self.id,
            zh=self.zh,
            en=self.en,
            input="fact" if self.limit is None else "computed",
            clauses=(Cited(clause=self.clause),),
            fail=self.fail,
            unknown=self.unknown,
        )

    def holds(self, case: Case) -> bool:
        """Whether it holds at the site on the day."""
        on = (self.applies_from is None or self.applies_from <= case.day) and (
            self.applies_to is None or case.day <= self.applies_to
        )
        return on and within(case.project.region, self.region)


def read_own(folder: Path) -> tuple[OwnCheck, ...]:
    """Read the checks of a folder, nothing where there is none.

    Raises:
        Fault: ``bad_field`` with file and field.
    """
    return read_records(OwnCheck, folder, "checks") if folder.is_dir() else ()


def own_check(case: Case, own: OwnCheck) -> Iterator[Remark]:
    """Judge a project by a check of the province."""
    project = case.project
    if own.two_highs and project.two_highs is not True:
        yield Remark("not_two_highs" if project.two_highs is False else "two_highs_not_stated")
        return
    if own.items and not project.products:
        yield Remark("products_not_stated")
        return
    if own.items and not {one.item for one in project.products} & set(own.items):
        yield Remark("own_other_product")
        return
    value = _value(case, own)
    if value is None:
        yield Remark("own_not_stated", {"on": own.asks})
    elif own.limit is None:
        yield Remark("own_holds" if value is True else "own_fails", {"on": own.asks})
    elif isinstance(value, bool):
        yield Remark("own_no_number", {"on": own.asks})
    else:
        limit = Decimal(str(own.limit))
        kept = value <= limit if own.direction == "at_most" else value >= limit
        sign = "≤" if own.direction == "at_most" else "≥"
        values = {
            "value": shown(value),
            "sign": sign,
            "limit": shown(limit),
            "unit": own.unit,
        }
        node = case.figure(f"own/{own.id}", value, own.unit)
        yield Remark("own_kept" if kept else "own_broken", values, (), (node,))


def _value(case: Case, own: OwnCheck) -> Decimal | bool | None:
    metric = _MEASURES.get(own.asks)
    if metric is not None:
        grams = case.counted.get(metric, Counted()).grams
        return None if grams is None else in_tonnes(grams)
    held = case.project.facts.get(own.asks)
    return held if held is None or isinstance(held, bool) else Decimal(str(held))
