"""A fall from one base year as a fall from another, where published changes lead between the two.

With L for the level and v for the fall of the target,

    1 − v = L(year) ÷ L(base),   so that   1 − v′ = (1 − v) × L(base) ÷ L(other base).

The ratio of the two base years is a chain of published changes of the plan's own region, all of
one definition; it is never estimated. Where it cannot be had, the reason is the answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dafeng.explain import Node
from dafeng.indicators.readings import (
    PERCENT,
    Reading,
    chain_of,
    cumulative_change,
    name_of,
)
from dafeng.indicators.schema import Indicator
from dafeng.indicators.splits import target_node
from dafeng.plan import Plan, Target
from dafeng.statistics import Figure, Series, combine, definitions, measures
from dafeng.vocabulary import Text, period, regions

Reason = tuple[str, Mapping[str, object]]
"""A code of the report's words, and what they speak about."""
_PERCENT_UNIT = "%"
Rows = Sequence[Mapping[str, object]]
_BOUNDS = frozenset({"more_than", "less_than"})
_CHANGES = frozenset({"change", "change_sum"})
_PARTS = frozenset({"month", "quarter"})
_NOT_STATED = Text(zh="口径未载明", en="definition not stated")


@dataclass(frozen=True, slots=True)
class Rebased:
    """A fall as one from another base year.

    Attributes:
        base: the other base year.
        value, high, stretch: percent; negative where more than the fall is done by ``base``.
        change: published change from the earlier to the later of the two base years, in percent.
        node: how it came about: the target, and the published figures with their marks.
    """

    base: int
    value: float
    high: float | None
    stretch: float | None
    change: float
    node: Node

    @property
    def figures(self) -> tuple[Node, ...]:
        """The published figures that were used."""
        return tuple(node for node in self.node.walk() if node.kind == "statistic")


def rebased(
    plan: Plan, target: Target, indicator: Indicator | None, base: int, series: Series | None
) -> Rebased | Reason:
    """Return a reduction as one from another base year, or why it cannot be had.

    Args:
        plan: whose target it is.
        target: a reduction in percent.
        indicator: the declared indicator, if it is one.
        base: the other base year.
        series: published figures of the plan's region and the indicator; ``None`` where no
            statistics are at hand.
    """
    if base >= int(target.year or 0):
        return ("compare_bridge_year", {"base": base, "year": target.year})
    refused = _refused(plan, target, indicator, series)
    if refused or series is None:
        return refused or ("compare_bridge_none", {})
    own = int(target.base_year or 0)
    first, last = min(own, base), max(own, base)
    reading = between(series, first, last)
    if reading.value is None:
        return _gap(series, plan, indicator, first, last)
    if bounds := [n for n in _statistics(reading.nodes) if _BOUNDS & set(n.flags)]:
        return ("compare_bridge_bound", {"figures": ", ".join(n.ref for n in bounds)})
    ratio = 1 + reading.value
    return _made(plan, target, base, reading, ratio if own > base else 1 / ratio)


def published(plan: Plan, indicator: Indicator | None, rows: Rows | None) -> Series | None:
    """Return the published figures of a plan's region for an indicator."""
    if rows is None:
        return None
    measure = indicator.measure if indicator else None
    found = combine((dict(row) for row in rows), plan.owner, measure or "")
    return Series(tuple(f for f in found.figures if f.unit == _PERCENT_UNIT))


def between(series: Series, first: int, last: int) -> Reading:
    """Return the published change from one year to a later one.

    As on the board: yearly rates chained, or one published rate over exactly these years. Else
    rates over spans and years that follow each other without a gap, on one definition.
    """
    reading = cumulative_change(series, first, str(last))
    if reading.value is not None:
        return reading
    links = _path(series, first, last)
    return chain_of(links, f"{first + 1}-{last}") if links else reading


def _path(series: Series, first: int, last: int) -> list[Figure] | None:
    """Return the fewest rates of one definition that follow each other from year to year.

    Two definitions that both lead there are no answer: which one a plan means is not known.
    """
    found = []
    for definition in sorted({f.definition for f in series.figures}):
        best: dict[int, list[Figure]] = {first: []}
        for year in range(first + 1, last + 1):
            ways = [
                [*best[start], figure]
                for start in range(first, year)
                if start in best and (figure := _rate(series, start, year, definition))
            ]
            if ways:
                best[year] = min(ways, key=len)
        if last in best:
            found.append(best[last])
    return found[0] if len(found) == 1 else None


def _rate(series: Series, first: int, last: int, definition: str) -> Figure | None:
    """Return the newest published rate from a year to a later one."""
    if last == first + 1:
        return series.at(str(last), "change", definition)
    return series.at(f"{first + 1}-{last}", "change_sum", definition)


def _refused(
    plan: Plan, target: Target, indicator: Indicator | None, series: Series | None
) -> Reason | None:
    """Return why no series of the region can speak for a target, whatever its years."""
    if indicator is None or indicator.measure is None or indicator.source != "statistics":
        return ("compare_bridge_unpublished", {})
    if target.exclusions:
        return ("compare_bridge_exclusions", {"exclusions": _listed(target.exclusions)})
    if target.scope is not None and target.scope.zh not in indicator.title.zh:
        return ("compare_bridge_scope", {"scope": target.scope})
    if series is None:
        return ("compare_bridge_none", {})
    if not any(figure.kind in _CHANGES for figure in series.figures):
        return ("compare_bridge_no_series", _whose(plan, indicator))
    return None


def _gap(series: Series, plan: Plan, indicator: Indicator | None, first: int, last: int) -> Reason:
    """Return what keeps published changes from leading from one year to another."""
    whose = _whose(plan, indicator)
    years = set(range(first + 1, last + 1))
    held: dict[str, set[int]] = {}
    for figure in series.figures:
        spanned = _years(figure)
        if figure.kind in _CHANGES and spanned and spanned <= years:
            held.setdefault(figure.definition, set()).update(spanned)
    known = set().union(*held.values())
    if known == years and len(held) > 1:
        said = [
            _joined(name_of(definitions(), name) if name else _NOT_STATED, _spans(covered))
            for name, covered in sorted(held.items())
        ]
        return ("compare_bridge_basis", whose | {"definitions": _listed(said)})
    inside = {f.period for f in series.figures if period(f.period).year in years}
    parts = sorted(when for when in inside if period(when).kind in _PARTS)
    values = whose | {"years": _spans(known) or "–", "missing": _spans(years - known)}
    if parts:
        return ("compare_bridge_parts", values | {"parts": ", ".join(parts)})
    return ("compare_bridge_partial", values)


def _made(plan: Plan, target: Target, base: int, reading: Reading, times: float) -> Rebased:
    """Return a target with the level of its own base year as ``times`` that of the other."""

    def moved(value: float | None) -> float | None:
        return None if value is None else (1 - (1 - value / PERCENT) * times) * PERCENT

    value = moved(target.value) or 0.0
    own = int(target.base_year or 0)
    sign = "×" if own > base else "÷"
    shown = f"1 − (1 − {(target.value or 0) / PERCENT:.6g}) {sign} {_product(reading)}"
    node = Node(
        "formula",
        f"rebased/{plan.id}.{target.id}/{base}",
        Text(zh=f"以 {base} 年为基年的降幅", en=f"fall against {base}"),
        value,
        _PERCENT_UNIT,
        detail=Text(zh=shown, en=shown),
        children=(target_node(plan, target), *reading.nodes),
    )
    change = (reading.value or 0.0) * PERCENT
    return Rebased(base, value, moved(target.high), moved(target.stretch), change, node)


def _product(reading: Reading) -> str:
    """Return the ratio of the two base years as the product of its published factors."""
    factors = " × ".join(
        f"(1 {'−' if (n.value or 0) < 0 else '+'} {abs(n.value or 0) / PERCENT:.4g})"
        for n in _statistics(reading.nodes)
    )
    return f"[{factors}]"


def _statistics(nodes: Sequence[Node]) -> list[Node]:
    return [step for node in nodes for step in node.walk() if step.kind == "statistic"]


def _whose(plan: Plan, indicator: Indicator | None) -> dict[str, object]:
    region = regions().get(plan.owner)
    place = region.name if region else Text(zh=plan.owner, en=plan.owner)
    measure = indicator.measure if indicator else None
    return {"place": place, "measure": measures()[measure or ""].name}


def _years(figure: Figure) -> set[int]:
    """Return the whole years that a figure is of; none for months and quarters."""
    when = period(figure.period)
    if when.kind in _PARTS:
        return set()
    return set(range(when.first.year, when.last.year + 1))


def _spans(years: set[int]) -> str:
    """Return years as people write them: 2006–2010, 2012."""
    runs: list[list[int]] = []
    for year in sorted(years):
        if runs and runs[-1][1] == year - 1:
            runs[-1][1] = year
        else:
            runs.append([year, year])
    return ", ".join(f"{a}" if a == b else f"{a}–{b}" for a, b in runs)


def _listed(texts: Sequence[Text]) -> Text:
    return Text(zh="、".join(t.zh for t in texts), en=", ".join(t.en for t in texts))


def _joined(name: Text, years: str) -> Text:
    return Text(zh=f"{name.zh} {years}", en=f"{name.en} {years}")
