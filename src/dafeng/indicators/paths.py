"""The course of targets: what was read year by year, the path that was required, and the goal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyarrow as pa

from dafeng.indicators.formulas import geometric_path
from dafeng.indicators.progress import PERCENT, Progress
from dafeng.vocabulary import period

PATHS = pa.schema(
    [
        *((name, pa.string()) for name in ("plan", "region", "target", "title_zh", "title_en")),
        ("year", pa.int64()),
        ("kind", pa.string()),
        ("value", pa.float64()),
        ("unit", pa.string()),
        ("status", pa.string()),
        ("mark", pa.string()),
    ]
)
Point = tuple[int, str, float, str]
Key = tuple[str, str, str]


def path_table(lines: Iterable[Progress], ends: Mapping[str, int]) -> pa.Table:
    """Return the course of each target from its lines as of several periods.

    Args:
        lines: lines of boards, the oldest board first; a later reading of a year replaces an
            earlier one.
        ends: plan → its last year, at which a target without a year of its own is due.

    Returns:
        plan, region, target, title_zh, title_en, year, kind, value, unit, status, mark. ``kind`` is
        ``value`` (with the status that it had), ``path`` or ``goal``; a fall is negative, in
        percent. A target without any value has one row of kind ``none``.
    """
    held: dict[Key, list[Progress]] = {}
    for line in lines:
        held.setdefault((line.plan, line.region, line.target.id), []).append(line)
    rows = [row for key, of_one in held.items() for row in _rows(of_one, ends[key[0]])]
    return pa.Table.from_pylist(rows, PATHS)


def _rows(lines: list[Progress], end: int) -> Iterator[dict[str, Any]]:
    target, last = lines[-1].target, lines[-1]
    read = {period(one.value_period).year: one for one in lines if one.value is not None}
    same = {"plan": last.plan, "region": last.region, "target": target.id}
    same |= {"title_zh": target.title.zh, "title_en": target.title.en, "unit": _unit(last)}
    points: list[Point] = [(y, "value", one.value or 0.0, one.status) for y, one in read.items()]
    if read:
        points += _path(read, last, end)
    else:
        points.append((period(last.as_of).year, "none", 0.0, last.status))
    for year, kind, value, status in points:
        mark = read[year].mark if kind == "value" else last.mark
        known = None if kind == "none" else value
        yield same | {"year": year, "kind": kind, "value": known, "status": status, "mark": mark}


def _unit(line: Progress) -> str:
    return "%" if line.target.kind in ("reduction", "relative") else line.unit


def _path(read: dict[int, Progress], last: Progress, plan_end: int) -> Iterator[Point]:
    """Yield the path and the goal; between two points of a level it is a straight line.

    A part of the owner that was not given a goal of its own has neither.
    """
    target = last.target
    if all(one.gap is None for one in read.values()):
        return
    if target.kind == "reduction" and target.value and target.base_year and target.year:
        years = target.year - target.base_year
        for elapsed in range(years + 1):
            required = geometric_path(-target.value / PERCENT, elapsed, years)
            yield target.base_year + elapsed, "path", required * PERCENT, ""
        yield target.year, "goal", -target.value, ""
        return
    end = plan_end if target.year is None else target.year
    known = {year: one.path for year, one in read.items() if one.path is not None}
    yield from ((year, "path", path, "") for year, path in known.items() if year < end)
    if last.goal is not None and target.kind != "relative":
        if known:
            yield end, "path", last.goal, ""
        yield end, "goal", last.goal, ""
