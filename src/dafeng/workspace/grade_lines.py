"""Capacity lines of the books held against levels and quotas, and what follows from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from dafeng.explain import Node
from dafeng.grading import BEYOND, GROW, REASON, Job, Rating, editions_of, rate
from dafeng.indicators import there, within
from dafeng.rulebook import Rulebook, Scale
from dafeng.vocabulary import Fault, Text, factor, items, period
from dafeng.workspace.graded import FromBooks, Late, Share, choices_said
from dafeng.workspace.lines import Use, uses

if TYPE_CHECKING:
    from dafeng.workspace import Workspace
    from dafeng.workspace.books import Books

Row = dict[str, Any]
COUNTRY = "00"
_VALUE = "value"
_MONTHS = 12
_NO_EDITION = ("unknown_family", "no_edition", "no_scale")


def grade_lines(
    ws: Workspace, books: Books, job: Job, when: tuple[date, int], region: str
) -> FromBooks:
    """Grade the capacity lines of a region.

    Args:
        ws: the workspace.
        books: its books.
        job: the grading.
        when: day of the rules, and the year whose figures are graded.
        region: only lines that lie there.

    Raises:
        Fault: ``grade_no_lines``; as ``editions_of``.
    """
    day, year = when
    end = str(period(str(year)).last)
    every = ws.rows("lines")
    held = [row for row in every if within(row["region"], region or COUNTRY) and there(row, end)]
    if not held:
        raise Fault("grade_no_lines", region=region or COUNTRY, year=year)
    found = uses(books, every)
    ratings, unscaled = _rated(ws.rules, job, held, {k: v.get(year) for k, v in found.items()}, day)
    size = {row["line"]: _capacity(row) for row in held}
    return FromBooks(
        job,
        day,
        year,
        ratings=tuple(ratings),
        unscaled=unscaled,
        shares=tuple(_shares(ratings, size)) if job.best is None else (),
        late=tuple(_late(ws.rules, ratings, day)) if job.best is None else (),
        leaders=tuple(_leaders(job, ratings)),
        findings=tuple(choices_said(job)),
    )


def _rated(
    rules: Rulebook, job: Job, held: Sequence[Row], used: dict[str, Use | None], day: date
) -> tuple[list[Rating], dict[str, str]]:
    """Hold lines against their scales, those of one family and region together."""
    groups: dict[tuple[str, str], list[tuple[Row, str]]] = defaultdict(list)
    unscaled: dict[str, str] = {}
    for row in held:
        named = str(row[job.by or ""])
        family, _, scale = ("", "", named) if job.family else named.partition(".")
        if not scale:
            unscaled[row["line"]] = ""
            continue
        groups[job.family or family, row["region"]].append((row, scale))
    ratings: list[Rating] = []
    for (family, region), own in groups.items():
        try:
            editions = editions_of(rules, family, day, region)
        except Fault as fault:
            if fault.code not in _NO_EDITION:
                raise
            unscaled |= {row["line"]: scale for row, scale in own}
            continue
        known = {scale.id: scale for one in reversed(editions) for scale in one.scales}
        unscaled |= {row["line"]: scale for row, scale in own if scale not in known}
        rows = [
            _line_row(row, known[scale], used.get(row["line"]) or Use(reason=_silent(row)))
            for row, scale in own
            if scale in known
        ]
        ratings += rate(rules, editions, rows, day)
    place_ = {row["line"]: at for at, row in enumerate(held)}
    return sorted(
        ratings, key=lambda one: (one.edition.id, one.scale.id, place_[one.who])
    ), unscaled


def _line_row(row: Row, scale: Scale, use: Use) -> Row:
    reason = use.reason
    if scale.item and scale.item != row["product"]:
        reason = "line_other_product"
    elif not reason and use.months < _MONTHS:
        reason = "line_months_missing"
    value = None
    if not reason:
        try:
            value = use.per(row["product"], scale.unit)
        except Fault:
            reason = "line_other_unit"
    held = {
        "who": row["line"],
        "scale": scale.id,
        _VALUE: value,
        "mark": use.mark or row["mark"],
        "source": row["source"],
        GROW: lambda name: _line_nodes(row, use) if name == _VALUE else (),
    }
    return held | ({REASON: {_VALUE: reason}} if reason else {})


def _silent(row: Row) -> str:
    return "line_no_energy" if row["facility"] else "line_no_facility"


def _line_nodes(row: Row, use: Use) -> tuple[Node, ...]:
    """Return energy and output of a line, where they are its own."""
    if use.grams is None:
        return ()
    place_ = f"{row['reporter']}.{row['facility']}"
    item = items()[row["product"]]
    energy = Text(zh="设施的综合能耗", en="energy of its facility")
    return (
        Node("account", f"{place_}/energy", energy, use.grams, "gce", use.mark),
        Node("entry", f"{place_}/{item.id}", item.name, use.made, item.unit, use.mark),
    )


def _capacity(row: Row) -> tuple[float, str]:
    unit = items()[row["product"]].unit
    return row["capacity"] * factor(row["unit"], unit), unit


def _shares(ratings: Iterable[Rating], size: dict[str, tuple[float, str]]) -> Iterator[Share]:
    """Yield the shares of capacity of each field; capacities of different units are not added."""
    groups: dict[tuple[str, str, str], list[Rating]] = defaultdict(list)
    for one in ratings:
        groups[one.edition.id, one.scale.id, size[one.who][1]].append(one)
    for (_, _, unit), own in groups.items():
        whole = sum(size[one.who][0] for one in own)
        parts: dict[str, float] = defaultdict(float)
        for one in own:
            parts[one.graded.grade] += size[one.who][0]
        unknown = parts.pop("", 0.0)
        if not whole > 0:
            continue
        shares = {name: part / whole for name, part in parts.items()}
        yield Share(own[0], len(own), whole, unit, shares, unknown / whole)


def _late(rules: Rulebook, ratings: Iterable[Rating], day: date) -> Iterator[Late]:
    for one in ratings:
        named = one.scale.consequence
        if one.graded.grade == BEYOND and named in rules.deadlines:
            deadline = rules.deadlines[named]
            if deadline.due is not None:
                yield Late(one, deadline, (day - deadline.due).days)


def _leaders(job: Job, ratings: Iterable[Rating]) -> Iterator[tuple[int, Rating]]:
    """Yield the first of each scale among those that reach the grade; ties share a place."""
    if job.best is None:
        return
    groups: dict[tuple[str, str], list[Rating]] = defaultdict(list)
    for one in ratings:
        if one.graded.grade == job.best.grade:
            groups[one.edition.id, one.scale.id].append(one)
    for own in groups.values():
        sign = 1 if own[0].edition.direction == "at_most" else -1
        values = sorted(sign * one.graded.value for one in own if one.graded.value is not None)
        for one in sorted(own, key=lambda one: sign * (one.graded.value or Decimal(0))):
            rank = values.index(sign * (one.graded.value or Decimal(0))) + 1
            if rank <= job.best.first:
                yield rank, one
