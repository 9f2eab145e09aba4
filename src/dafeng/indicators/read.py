"""From a declared indicator and a target to a reading: which formula reads which figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from dafeng.findings import Finding
from dafeng.indicators import readings
from dafeng.indicators.capacity import capacity_share, net_capacity
from dafeng.indicators.counts import listed, plants_added, projects_done
from dafeng.indicators.holdings import NONE_HERE, Holdings
from dafeng.indicators.progress import Progress, judge
from dafeng.indicators.ratios import growth, material_ratio
from dafeng.indicators.readings import Reading
from dafeng.indicators.schema import Indicator
from dafeng.indicators.sums import Total, intensity_change
from dafeng.plan import TO_CHOOSE, Plan, Target
from dafeng.statistics import Series, combine
from dafeng.vocabulary import Entries, Fault, Text, factor, period, read_records

OF_HOLDINGS: dict[str, Callable[[Indicator, Holdings, str, int | None], Reading]] = {
    "listed": listed,
    "projects_done": projects_done,
    "plants_added": plants_added,
    "net_capacity": net_capacity,
    "capacity_cut": net_capacity,
    "capacity_share": capacity_share,
    "material_ratio": material_ratio,
    "growth": growth,
}
"""Formulas over what the reporters hold, by the name that an indicator uses."""

_FILE = Path(__file__).parent / "data" / "indicators.yaml"


@cache
def indicators() -> Entries[Indicator]:
    """The declared indicators."""
    return Entries("indicator", read_records(Indicator, _FILE, "indicators"))


def excluded_lists() -> set[tuple[str, str]]:
    """Return the lists of projects that indicators take off, each with the measure."""
    return {(i.without, i.measure) for i in indicators().values() if i.without and i.measure}


def named_items() -> set[str]:
    """Return the items of the books that indicators name as ``item.flow``."""
    asked = (i for i in indicators().values() if i.formula in ("material_ratio", "growth"))
    return {name.partition(".")[0] for i in asked for name in (*i.of, *i.over)}


def board(plan: Plan, rows: Iterable[dict[str, Any]], as_of: str) -> list[Progress]:
    """Return the progress of every target of a plan, from published figures.

    Args:
        plan: the plan; its owner is the region whose figures are read.
        rows: rows of the statistics table.
        as_of: figures of later periods are not used.
    """
    held = list(rows)
    lines = []
    for target in (_begun(plan, target) for target in plan.targets):
        indicator = _declared(plan, target)
        if indicator.id == TO_CHOOSE:
            reading = _unanswered(target, as_of)
        else:
            reading = read(plan, target, indicator, held, _cut(target, as_of))
        lines.append(judge(plan, target, indicator, as_of, reading))
    return lines


def board_of_reporters(
    plan: Plan,
    as_of: str,
    totals: Callable[[int], Iterable[Total]],
    fixed: Callable[[int], Iterable[Total]],
    holdings: Callable[[str], Holdings],
    place: str | None = None,
) -> list[Progress]:
    """Return the progress of the targets of a plan from the reporters' own books.

    A target that the books cannot answer has its line, too, and says why.

    Args:
        plan: the plan.
        as_of: the period.
        totals: base year → what the reporters emitted, used and added.
        fixed: the same with regional factors held at the base year's, shown beside.
        holdings: region → lists, capacity lines, projects and plants of its reporters.
        place: region that the totals are of, where it is not the plan's owner.
    """
    lines, here = [], place or plan.owner
    for target in (_begun(plan, target) for target in plan.targets):
        declared = _declared(plan, target)
        own = declared.of_reporters
        indicator = indicators()[own] if own else declared
        if own is None or target.kind in _NO_FIGURE:
            reading = _unanswered(target, as_of)
        elif indicator.formula in OF_HOLDINGS:
            reading = _held(target, indicator, declared.unit, holdings(here), _cut(target, as_of))
            if reading.status == NONE_HERE:
                whole = here == plan.owner or _none(target, indicator, holdings(plan.owner), as_of)
                reading = _said(reading, "not_reported" if whole else NONE_HERE)
        elif target.base_year is None or period(_cut(target, as_of)).year <= target.base_year:
            reading = readings.silent(_cut(target, as_of), "not_computable", "no_base")
        else:
            reading = _intensity(target, indicator, as_of, totals, fixed)
        if here != plan.owner:
            found = tuple(replace(finding, region=here) for finding in reading.findings)
            reading = replace(reading, findings=found)
        line = judge(plan, target, _from_books(indicator), as_of, reading)
        lines.append(line if here == plan.owner else line.at(here))
    return lines


_NO_FIGURE = {"qualitative": "qualitative", "assigned": "not_computable"}
"""Kinds of targets without a figure, with the status they have."""


def _unanswered(target: Target, as_of: str) -> Reading:
    """Say why there can be no figure of a target, or none of the books."""
    when = _cut(target, as_of)
    if target.indicator == TO_CHOOSE:
        return readings.silent(when, "not_computable", TO_CHOOSE)
    if target.kind in _NO_FIGURE:
        return readings.silent(when, _NO_FIGURE[target.kind], target.kind)
    reason = "peak_ahead" if target.kind == "peak_year" else "not_of_books"
    return readings.silent(when, "not_computable", reason)


def _declared(plan: Plan, target: Target) -> Indicator:
    """Return the indicator of a target; a draft may leave it to be chosen."""
    if target.indicator == TO_CHOOSE:
        unit = target.unit or ""
        return Indicator(id=TO_CHOOSE, title=target.title, unit=unit, formula="none")
    return indicators().resolve(target.indicator, f"{plan.id}/{target.id}")


def _from_books(indicator: Indicator) -> Indicator:
    """Return an indicator whose figures are asked of the books, and of nothing else."""
    return indicator.model_copy(update={"source": "sum_of_reporters"})


def _none(target: Target, indicator: Indicator, held: Holdings, as_of: str) -> bool:
    """Whether some holdings have nothing at all that an indicator counts."""
    formula = OF_HOLDINGS[indicator.formula]
    return formula(indicator, held, _cut(target, as_of), target.first_year).status == NONE_HERE


def _said(reading: Reading, status: str) -> Reading:
    """Return that nothing is held: here alone, or in all the books."""
    reason = NONE_HERE if status == NONE_HERE else "not_in_books"
    return replace(reading, status=status, reason=readings.reason_text(reason))


def _intensity(
    target: Target,
    indicator: Indicator,
    as_of: str,
    totals: Callable[[int], Iterable[Total]],
    fixed: Callable[[int], Iterable[Total]],
) -> Reading:
    base, year = target.base_year or 0, period(_cut(target, as_of)).year
    reading = intensity_change(indicator, totals(base), base, year)
    if indicator.factor_rule is None:
        return reading
    beside = intensity_change(indicator, fixed(base), base, year)
    label = Text(zh=f"按 {base} 年固定因子", en=f"at the factors of {base}")
    return replace(reading, beside=(replace(beside, label=label),))


def _held(
    target: Target, indicator: Indicator, declared: str, held: Holdings, as_of: str
) -> Reading:
    """Read what the reporters hold, in the unit of the target, else the declared one."""
    reading = OF_HOLDINGS[indicator.formula](indicator, held, as_of, target.first_year)
    unit = target.unit or declared
    if reading.value is None or reading.unit == unit:
        return replace(reading, unit=unit)
    scale = factor(reading.unit, unit)
    base = None if reading.base is None else reading.base * scale
    return replace(reading, value=reading.value * scale, base=base, unit=unit)


def read(
    plan: Plan, target: Target, indicator: Indicator, rows: list[dict[str, Any]], as_of: str
) -> Reading:
    """Read the value of a target's indicator from published figures."""
    if misfit := _misfit(plan, target, indicator):
        return replace(readings.silent(as_of, "not_computable", "formula"), findings=(misfit,))
    if target.kind in ("qualitative", "assigned"):
        status = "qualitative" if target.kind == "qualitative" else "not_computable"
        return readings.silent(as_of, status, target.kind)
    if target.base_year is not None and period(as_of).year <= target.base_year:
        return readings.silent(as_of, "not_computable", "no_base")
    series = _series(plan, indicator, rows, as_of)
    if target.kind == "relative" and target.base_year is not None:
        other = indicators().resolve(target.other_indicator or "", target.id)
        base = target.base_year
        return readings.relative(
            readings.cumulative_change(series, base, as_of),
            readings.cumulative_change(_series(plan, other, rows, as_of), base, as_of),
        )
    try:
        return _READERS.get(indicator.formula, _nothing)(series, target, as_of)
    except Fault as fault:
        found = Finding.of(fault.at(f"{plan.id}/{target.id}"))
        return replace(readings.silent(as_of, "not_computable", "unit"), findings=(found,))


# Which formulas answer which kind of target.
_FORMULAS = {
    "reduction": {"cumulative_change", "intensity_change"},
    "relative": {"cumulative_change"},
    "level": {"level"},
    "count": {"level", "increment"},
    "cap": {"level"},
    "annual_growth": {"annual_change"},
    "increment": {"increment"},
    "peak_year": {"peak_year"},
}


def _misfit(plan: Plan, target: Target, indicator: Indicator) -> Finding | None:
    """Return that the formula of an indicator does not give what the target asks for."""
    if indicator.formula in _FORMULAS.get(target.kind, {indicator.formula}) | {"none"}:
        return None
    values = {"kind": target.kind, "formula": indicator.formula, "indicator": indicator.id}
    return Finding("formula_mismatch", f"{plan.id}/{target.id}", values)


_COUNTED_FROM = ("increment", "annual_growth", "zero_net_growth")
"""Kinds of targets that count what happened since a first year."""


def _begun(plan: Plan, target: Target) -> Target:
    """What a plan adds counts from the start of its period, where the target names no year."""
    if target.first_year is not None or target.kind not in _COUNTED_FROM:
        return target
    return target.model_copy(update={"first_year": period(plan.period).first.year})


def _nothing(_series: Series, _target: Target, as_of: str) -> Reading:
    return readings.silent(as_of, "not_reported", "nothing")


def _reduction(series: Series, target: Target, as_of: str) -> Reading:
    return readings.cumulative_change(series, target.base_year or 0, as_of)


def _growth(series: Series, target: Target, as_of: str) -> Reading:
    return readings.mean_change(series, target.first_year or period(as_of).year, as_of)


def _increment(series: Series, target: Target, as_of: str) -> Reading:
    first = target.first_year or period(as_of).year
    return readings.increment(series, first, as_of, target.unit or "")


def _level(series: Series, target: Target, as_of: str) -> Reading:
    return readings.level(series, as_of, target.unit or "", target.base_year)


# How a declared formula reads published figures; what is not here has none that could be read.
_READERS: dict[str, Callable[[Series, Target, str], Reading]] = {
    "cumulative_change": _reduction,
    "annual_change": _growth,
    "increment": _increment,
    "level": _level,
}


def _series(plan: Plan, indicator: Indicator, rows: list[dict[str, Any]], as_of: str) -> Series:
    return combine(rows, plan.owner, indicator.measure or "").until(as_of)


def _cut(target: Target, as_of: str) -> str:
    """Return the last complete year; a target is not followed beyond its own."""
    year = (period(as_of).last + timedelta(days=1)).year - 1
    return str(min(year, target.year)) if target.year is not None else str(year)
