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
from dafeng.indicators.holdings import FORMULAS, Holdings
from dafeng.indicators.progress import Progress, judge
from dafeng.indicators.readings import Reading
from dafeng.indicators.schema import Indicator
from dafeng.indicators.sums import Total, intensity_change
from dafeng.plan import Plan, Target
from dafeng.statistics import Series, combine
from dafeng.vocabulary import Entries, Fault, Text, factor, period, read_records

_FILE = Path(__file__).parent / "data" / "indicators.yaml"


@cache
def indicators() -> Entries[Indicator]:
    """The declared indicators."""
    return Entries("indicator", read_records(Indicator, _FILE, "indicators"))


def excluded_lists() -> set[tuple[str, str]]:
    """Return the lists of projects that indicators take off, each with the measure."""
    return {(i.without, i.measure) for i in indicators().values() if i.without and i.measure}


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
        indicator = indicators().resolve(target.indicator, f"{plan.id}/{target.id}")
        reading = read(plan, target, indicator, held, _cut(target, as_of))
        lines.append(judge(plan, target, indicator, as_of, reading))
    return lines


def board_of_reporters(
    plan: Plan,
    as_of: str,
    totals: Callable[[int], Iterable[Total]],
    fixed: Callable[[int], Iterable[Total]],
    holdings: Callable[[], Holdings],
    place: str | None = None,
) -> list[Progress]:
    """Return the progress of the targets that the reporters' own books can answer.

    Args:
        plan: the plan.
        as_of: the period.
        totals: base year → what the reporters emitted, used and added.
        fixed: the same with regional factors held at the base year's, shown beside.
        holdings: lists, capacity lines, projects and plants of the reporters.
        place: region that all of these are of, where it is not the plan's owner.
    """
    lines = []
    for target in (_begun(plan, target) for target in plan.targets):
        own = indicators().resolve(target.indicator, f"{plan.id}/{target.id}").of_reporters
        if own is None:
            continue
        indicator = indicators()[own]
        if indicator.formula in FORMULAS:
            reading = _held(target, indicator, holdings(), _cut(target, as_of))
        elif target.base_year is None or period(_cut(target, as_of)).year <= target.base_year:
            continue
        else:
            reading = _intensity(target, indicator, as_of, totals, fixed)
        line = judge(plan, target, indicator, as_of, reading)
        lines.append(line if place in (None, plan.owner) else line.at(place or ""))
    return lines


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


def _held(target: Target, indicator: Indicator, held: Holdings, as_of: str) -> Reading:
    """Read what the reporters hold, in the unit of the target."""
    reading = FORMULAS[indicator.formula](indicator, held, as_of, target.first_year)
    if reading.value is None or target.unit is None or reading.unit == target.unit:
        return reading
    scale = factor(reading.unit, target.unit)
    base = None if reading.base is None else reading.base * scale
    return replace(reading, value=reading.value * scale, base=base, unit=target.unit)


def read(
    plan: Plan, target: Target, indicator: Indicator, rows: list[dict[str, Any]], as_of: str
) -> Reading:
    """Read the value of a target's indicator from published figures."""
    _fits(plan, target, indicator)
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


def _fits(plan: Plan, target: Target, indicator: Indicator) -> None:
    """Refuse an indicator whose formula does not give what the target asks for."""
    if indicator.formula not in _FORMULAS.get(target.kind, {indicator.formula}):
        values = {"kind": target.kind, "formula": indicator.formula, "indicator": indicator.id}
        raise Fault("formula_mismatch", f"{plan.id}/{target.id}", **values)


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
