"""Bases, growth and potential of cities and enterprises from the books."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from dafeng import indicators
from dafeng.findings import Finding
from dafeng.indicators import Indicator, Part, Total
from dafeng.plan import Plan, Target
from dafeng.vocabulary import Fault, Text, ancestors, below, period, regions, worst_mark
from dafeng.workspace.books import Books
from dafeng.workspace.reporters import VALUE_ADDED, reporter_totals
from dafeng.workspace.sums import excluded

if TYPE_CHECKING:
    from dafeng.workspace import Workspace

CITIES = "cities"
_NAMED = 10
"""Reporters that a message names."""

COLUMNS = {
    "energy": (Text(zh="综合能耗", en="energy"), "gce"),
    "emission": (Text(zh="直接排放（范围一）", en="direct emissions (scope 1)"), "gCO2e"),
    VALUE_ADDED: (Text(zh="增加值", en="value added"), "yuan"),
    "enterprises": (Text(zh="企业数", en="number of enterprises"), "count"),
    "potential": (
        Text(
            zh="高于本行业单位增加值能耗前列水平的能耗",
            en="energy above that of the best of the sector, per value added",
        ),
        "gce",
    ),
}
"""What the books can share by: words and unit."""


def is_inside(row: dict[str, Any], owner: str) -> bool:
    """Whether a reporter is an enterprise of a region or of the regions inside it."""
    return row["kind"] == "enterprise" and indicators.within(row["region"], owner)


@dataclass(frozen=True)
class Taken:
    """Parts with what the rule goes by, and the growth of the whole where the books hold it."""

    parts: list[Part]
    by: Text = indicators.BASE
    unit: str = ""
    findings: tuple[Finding, ...] = ()
    growth: Fraction | None = None
    assumption: Text | None = None


@dataclass
class Firm:
    """What the books know of an enterprise in a year, by column; what is not known is absent."""

    region: str
    sector: str
    held: dict[str, Fraction] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)
    marks: set[str] = field(default_factory=set)


def places_below(owner: str, target: Target) -> list[str]:
    """Return the regions right below one, as they are in the year of the target."""
    return below(owner, period(str(target.year)).last if target.year else date.max)


def parts_of_books(
    ws: Workspace,
    plan: Plan,
    target: Target,
    to: str,
    rule: str,
    by: str | None,
    as_of: str | None,
) -> Taken:
    """Return the parts with base and weight from the books.

    Only enterprises whose figures are complete are in it; who is left out is a finding.

    Raises:
        Fault: ``base_wanted`` where the books hold no such base.
    """
    place = f"{plan.id}/{target.id}"
    whole = indicators.whole_of(plan, target)
    own = indicators.base_measure(target)
    weight = "potential" if rule == "potential" else by
    if (own is None and (whole.reduction or not weight)) or (weight or "energy") not in COLUMNS:
        raise Fault("base_wanted", place, choices=", ".join(COLUMNS))
    books = Books(ws.store, ws.rules)
    tables = {name: ws.rows(name) for name in ("lists", "projects")}
    asked = indicators.excluded_lists()
    taken = {(n, m): excluded(books, tables, n, m) for n, m in asked}
    totals = reporter_totals(books, plan.owner, taken)
    last = period(as_of).year if as_of else max((total.year for total in totals), default=0)
    year = target.base_year or last
    firms = _firms(books.reporters(), totals, plan.owner, year, own)
    base = "base" if own is not None else None
    wanted = {name for name in (base, weight) if name}
    if weight == "potential":
        _add_potential(firms)
    known = {name: firm for name, firm in firms.items() if wanted <= set(firm.held)}
    lost = sorted(set(firms) - set(known))
    outside = [name for name in lost if own is not None and _is_outside(own, firms[name])]
    notes = _named("split_outside", place, outside, year)
    notes += _named("split_left_out", place, [name for name in lost if name not in outside], year)
    groups = _groups(known, plan.owner, to)
    if to == CITIES:
        notes += _silent(place, plan, target, groups)
    parts = [_part(code, own_, base, weight) for code, own_ in sorted(groups.items())]
    words, unit = COLUMNS[weight] if weight else (indicators.BASE, whole.unit)
    growth, said = None, None
    if whole.over is not None and target.year is not None and target.year <= last:
        growth, said = _growth(totals, set(known), year, target.year)
    return Taken(parts, words, unit, tuple(notes), growth, said)


def _firms(
    reporters: Iterable[dict[str, Any]], totals: Iterable[Total], owner: str, year: int, own: Any
) -> dict[str, Firm]:
    """Gather what is known of the enterprises that are there in a year, silent ones too."""
    firms = {
        row["reporter"]: Firm(row["region"], row["sector"] or "", marks={row["mark"]})
        for row in reporters
        if is_inside(row, owner) and indicators.there(row, str(period(str(year)).last))
    }
    for total in totals:
        if total.year != year or total.reporter not in firms:
            continue
        firm = firms[total.reporter]
        firm.marks.add(total.mark)
        for name in _columns(total, own):
            firm.held[name] = firm.held.get(name, Fraction(0)) + indicators.exact(total.amount)
            if not indicators.known_amount(total):
                firm.lost.add(name)
    for firm in firms.values():
        firm.held["enterprises"] = Fraction(1)
        for name in firm.lost:
            del firm.held[name]
    return firms


def _columns(total: Total, own: Any) -> Iterable[str]:
    """Yield the columns that a total counts in."""
    if not total.excluded and (total.measure != "emission" or total.scope == 1):
        yield total.measure
    if own is not None and indicators.counted(own, total):
        yield "base"


def _add_potential(firms: dict[str, Firm]) -> None:
    """Give each firm the energy that it uses above the best of its sector, at its value added."""
    able = {
        name: firm
        for name, firm in firms.items()
        if {"energy", VALUE_ADDED} <= set(firm.held) and firm.held[VALUE_ADDED] > 0
    }
    for sector in {firm.sector for firm in able.values()}:
        own = [firm for firm in able.values() if firm.sector == sector]
        rates = [firm.held["energy"] / firm.held[VALUE_ADDED] for firm in own]
        share = indicators.best_share()
        floats = np.array([float(rate) for rate in rates])
        best = rates[int(np.argsort(floats, kind="stable")[int(share * (len(rates) - 1))])]
        for firm in own:
            above = firm.held["energy"] - best * firm.held[VALUE_ADDED]
            firm.held["potential"] = max(above, Fraction(0))


def _groups(firms: dict[str, Firm], owner: str, to: str) -> dict[str, list[Firm]]:
    groups: dict[str, list[Firm]] = {}
    for name, firm in firms.items():
        code = _city(firm.region, owner) if to == CITIES else name
        if code:
            groups.setdefault(code, []).append(firm)
    return groups


def _city(region: str, owner: str) -> str:
    """Return the region right below the owner that holds a region."""
    return next((place.id for place in ancestors(region) if place.parent == owner), "")


def _part(code: str, firms: list[Firm], base: str | None, weight: str | None) -> Part:
    def total(name: str | None) -> Fraction | None:
        return sum((firm.held[name] for firm in firms), Fraction(0)) if name else None

    amount = total(base)
    return Part(
        code,
        regions()[code].name if code in regions() else Text(zh=code, en=code),
        None if amount is None else indicators.half_up(amount),
        total(weight),
        mark=worst_mark(set().union(*(firm.marks for firm in firms))),
    )


def _growth(
    totals: Iterable[Total], firms: set[str], base: int, year: int
) -> tuple[Fraction | None, Text | None]:
    """Return the growth of value added of the firms that report all of it in both years."""
    held: dict[tuple[str, int], Total] = {
        (t.reporter, t.year): t
        for t in totals
        if t.measure == VALUE_ADDED and t.reporter in firms and indicators.known_amount(t)
    }
    both = [
        name
        for name in sorted(firms)
        if (name, base) in held
        and (name, year) in held
        and held[name, base].price_basis == held[name, year].price_basis
    ]
    then, now = (
        sum((indicators.exact(held[name, when].amount) for name in both), Fraction(0))
        for when in (base, year)
    )
    if not then > 0:
        return None, None
    said = Text(
        zh=f"账簿中 {len(both)} 家企业 {base}–{year} 年的增加值增长；各部分均按此增长（假设）",
        en=f"value added of {len(both)} enterprises of the books, {base}–{year}; assumed for "
        "every part",
    )
    return now / then - 1, said


def _is_outside(own: Indicator, firm: Firm) -> bool:
    """Whether a maker of power and heat has nothing inside the boundary of what is split."""
    emits = own.measure == "emission" and firm.sector in indicators.makers()
    within = indicators.in_boundary(own.boundary, 1, plant=True)
    return emits and not within and "base" not in firm.held and "base" not in firm.lost


def _named(code: str, place: str, names: list[str], year: int) -> list[Finding]:
    if not names:
        return []
    named = ", ".join(names[:_NAMED]) + (" …" if len(names) > _NAMED else "")
    return [Finding(code, place, {"number": len(names), "named": named, "year": year})]


def _silent(place: str, plan: Plan, target: Target, groups: dict[str, list[Firm]]) -> list[Finding]:
    silent = [regions()[c].name for c in places_below(plan.owner, target) if c not in groups]
    if not silent:
        return []
    words = Text(zh="、".join(n.zh for n in silent), en=", ".join(n.en for n in silent))
    return [Finding("part_without_books", place, {"parts": words})]
