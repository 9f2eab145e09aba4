"""Indicators that are sums of reporters: an intensity on one boundary, for one set of firms."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dafeng.explain import Node, condensed
from dafeng.findings import Finding
from dafeng.indicators.readings import Reading, named, reason_text
from dafeng.indicators.schema import Indicator
from dafeng.indicators.sum_of import in_boundary
from dafeng.vocabulary import Text, factor

UNKNOWN = {"partial", "months_missing"}
"""Flags of a total of which a part is not known."""

_UNITS = {"emission": "gCO2e", "energy": "gce"}
_PER = {"emission": "tCO2e/10^4 yuan", "energy": "tce/10^4 yuan"}


@dataclass(frozen=True)
class Total:
    """What one reporter emitted, used or added in one year.

    Attributes:
        measure: ``emission``, ``energy`` or ``value_added``.
        scope: 1 or 2 for emissions, 0 else.
        amount: whole grams, or yuan at constant prices.
        power_plant: whether the reporter makes power or heat for others.
        excluded: list of projects for which this (negative) amount is taken off; empty for what
            the reporter booked.
        mark, flags: the worst of what it rests on.
        name: of the reporter.
    """

    reporter: str
    year: int
    measure: str
    scope: int
    amount: float
    power_plant: bool = False
    price_basis: str = ""
    excluded: str = ""
    mark: str = ""
    flags: tuple[str, ...] = ()
    name: Text | None = None


def intensity_change(
    indicator: Indicator, totals: Iterable[Total], base_year: int, year: int
) -> Reading:
    """Return the change of an intensity since the base year, for one set of reporters.

    Only reporters with numerator and denominator in both years, and with no unknown part in
    them, are compared, so that a firm that came or went, or that has a month or a coefficient
    missing, does not move the figure; how many are left out is a finding. The base
    year is computed on the same boundary and rules.
    """
    held = [total for total in totals if total.year in (base_year, year)]
    above = [t for t in held if counted(indicator, t)]
    below = [t for t in held if t.measure == "value_added"]
    bases = {total.price_basis for total in below}
    if len(bases) > 1:
        found = Finding(
            "mixed_price_bases", f"{indicator.id} {year}", {"bases": " / ".join(sorted(bases))}
        )
        return _none(year, "not_computable", "mixed_prices", found)
    compared = _in_both(above, base_year, year) & _in_both(below, base_year, year)
    compared -= {t.reporter for t in above if UNKNOWN & set(t.flags)}
    everyone = {total.reporter for total in held}
    notes: tuple[Finding, ...] = ()
    if left_out := everyone - compared:
        counts = {"compared": len(compared), "left_out": len(left_out)}
        notes = (Finding("fixed_set", f"{indicator.id} {base_year}–{year}", counts),)
    if not compared:
        return _none(
            year, "not_reported" if not everyone else "not_computable", "no_reporters", *notes
        )
    values: dict[int, float] = {}
    nodes: list[Node] = []
    for when in (base_year, year):
        top = [t for t in above if t.year == when and t.reporter in compared]
        bottom = [t for t in below if t.year == when and t.reporter in compared]
        divisor = sum(t.amount for t in bottom)
        if not divisor > 0:
            return _none(year, "not_computable", "no_divisor", *notes)
        values[when] = sum(t.amount for t in top) / divisor
        nodes.append(_year_node(indicator, when, values[when], top, bottom))
    change = values[year] / values[base_year] - 1
    return Reading(change, str(year), "%", nodes=tuple(nodes), findings=notes)


def counted(indicator: Indicator, total: Total) -> bool:
    """Whether a total is inside the boundary of an indicator, exclusions included."""
    if total.measure != indicator.measure or total.excluded not in ("", indicator.without):
        return False
    return in_boundary(indicator.boundary, total.scope, plant=total.power_plant)


def _in_both(totals: list[Total], base_year: int, year: int) -> set[str]:
    return {t.reporter for t in totals if t.year == base_year} & {
        t.reporter for t in totals if t.year == year
    }


def _year_node(
    indicator: Indicator, year: int, value: float, top: list[Total], bottom: list[Total]
) -> Node:
    unit = _UNITS[indicator.measure or ""]
    per = _PER[indicator.measure or ""]
    return Node(
        "formula",
        f"{indicator.id}/{year}",
        Text(zh=f"{indicator.title.zh} {year}", en=f"{indicator.title.en} {year}"),
        value * factor(f"{unit}/yuan", per),
        per,
        detail=indicator.defaults,
        children=(
            _sum_node(indicator.measure or "", year, unit, top),
            _sum_node("value_added", year, "yuan", bottom),
        ),
    )


def _sum_node(measure: str, year: int, unit: str, totals: list[Total]) -> Node:
    children = condensed(
        Node(
            "account",
            "/".join(filter(None, (measure, t.reporter, str(year), str(t.scope), t.excluded))),
            _called(t),
            t.amount,
            unit,
            t.mark,
            t.flags,
        )
        for t in totals
    )
    total, what = sum(t.amount for t in totals), named(measure)
    return Node(
        "account",
        f"{measure}/{year}",
        Text(zh=f"{what.zh}合计", en=f"sum of {what.en}"),
        total,
        unit,
        children=children,
    )


def _called(total: Total) -> Text:
    """Return whose total it is: id and name, the scope of emissions, what is taken off."""
    zh = en = total.reporter
    if total.name is not None:
        zh, en = f"{zh} {total.name.zh}", f"{en} {total.name.en}"
    if total.scope:
        scope = named(f"scope_{total.scope}")
        zh, en = f"{zh}，{scope.zh}", f"{en}, {scope.en}"
    if total.excluded:
        off = named(total.excluded)
        zh, en = f"{zh}，扣除{off.zh}", f"{en}, taken off: {off.en}"
    return Text(zh=zh, en=en)


def _none(year: int, status: str, reason: str, *found: Finding) -> Reading:
    return Reading(None, str(year), status=status, reason=reason_text(reason), findings=found)
