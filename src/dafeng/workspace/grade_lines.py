"""Capacity lines of the books held against levels and quotas, and what follows from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from dafeng.explain import Node
from dafeng.grading import BEYOND, GROW, REASON, Job, Rating, editions_of, rate
from dafeng.indicators import there
from dafeng.rulebook import Rulebook, Scale, ScaleSet
from dafeng.vocabulary import Fault, Text, factor, items, period
from dafeng.workspace.door import is_estimate
from dafeng.workspace.grade_shares import shares
from dafeng.workspace.graded import (
    NO_EDITION,
    FromBooks,
    Late,
    Size,
    Unscaled,
    choices_said,
    uncollected,
)
from dafeng.workspace.lines import ENERGY, POWER, Use, base_of, lacking, uses

if TYPE_CHECKING:
    from dafeng.workspace.books import Books

Row = dict[str, Any]
Used = Callable[[str], dict[str, Use | None]]
_VALUE = "value"
_USED = {
    ENERGY: Text(zh="设施的综合能耗", en="energy of its facility"),
    POWER: Text(
        zh="设施的用电量（购入＋自发自用－外供）",
        en="electricity of its facility (bought, generated for itself, less sold)",
    ),
}
_MONTHS = 12
_NONE_NAMED = {"field": "line_no_field", "quota": "line_no_quota"}


def used_of(books: Books, lines: Sequence[Row], year: int) -> Used:
    """Return what lines used and made in a year, by what is counted of it; asked for once.

    Args:
        books: the ledger, joined to the rules.
        lines: all capacity lines, since several may share a facility.
        year: the year.
    """
    return cache(
        lambda base: {line: own.get(year) for line, own in uses(books, lines, year, base).items()}
    )


@uncollected()
def grade_lines(
    rules: Rulebook,
    used: Used,
    job: Job,
    lines: Sequence[Row],
    when: tuple[date, int],
    shown: Callable[[Row], bool],
) -> FromBooks:
    """Grade capacity lines.

    Args:
        rules: the rulebook.
        used: what lines used and made in that year; several gradings may share it.
        job: the grading.
        lines: the capacity lines.
        when: day of the rules, and the year whose figures are graded.
        shown: which of them are asked for.

    Raises:
        Fault: as ``editions_of``.
    """
    day, year = when
    end = str(period(str(year)).last)
    held = [row for row in lines if shown(row) and there(row, end)]
    ratings, unscaled = _rated(rules, job, held, used, day)
    sizes = {row["line"]: _size(row) for row in held}
    return FromBooks(
        job,
        day,
        year,
        ratings=tuple(ratings),
        unscaled=tuple(unscaled),
        sizes=sizes,
        shares=tuple(shares(ratings, unscaled, sizes)),
        late=tuple(_late(rules, ratings, day)) if job.best is None else (),
        leaders=tuple(_leaders(job, ratings)),
        findings=tuple(choices_said(job)),
    )


def _rated(
    rules: Rulebook,
    job: Job,
    held: Sequence[Row],
    used: Used,
    day: date,
) -> tuple[list[Rating], list[Unscaled]]:
    """Hold lines against their scales, those of one family and region together."""
    groups: dict[tuple[str, str], list[tuple[Row, str]]] = defaultdict(list)
    unscaled: list[Unscaled] = []

    def without(row: Row, named: str, why: str) -> None:
        own = (used(ENERGY).get(row["line"]) or Use(reason=lacking(row, ENERGY))).reason
        unscaled.append(Unscaled(row["line"], named, (own, why) if own else (why,), row["product"]))

    for row in held:
        named = str(row[job.by or ""])
        family, _, scale = ("", "", named) if job.family else named.partition(".")
        if scale:
            groups[job.family or family, row["region"]].append((row, scale))
        else:
            without(row, named, "no_scale" if named else _NONE_NAMED[job.by or ""])
    ratings: list[Rating] = []
    for (family, region), own in groups.items():
        try:
            editions = editions_of(rules, family, day, region)
        except Fault as fault:
            if fault.code not in NO_EDITION:
                raise
            editions = []
        known = {scale.id: (one, scale) for one in reversed(editions) for scale in one.scales}
        for row, scale in own:
            if scale not in known:
                without(row, scale if job.family else f"{family}.{scale}", "no_scale")
        rows = [_line_row(row, *known[scale], used) for row, scale in own if scale in known]
        ratings += rate(rules, editions, rows, day)
    place_ = {row["line"]: at for at, row in enumerate(held)}
    ratings.sort(key=lambda one: (one.edition.id, one.scale.id, place_[one.who]))
    return ratings, unscaled


def _line_row(row: Row, edition: ScaleSet, scale: Scale, used: Used) -> Row:
    base = base_of(scale, row["product"])
    use = used(base).get(row["line"]) or Use(reason=lacking(row, base))
    reason = use.reason
    if scale.item and scale.item != row["product"]:
        reason = "line_other_product"
    elif not (edition.from_books and scale.from_books):
        reason = "line_other_measure"
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


def _line_nodes(row: Row, use: Use) -> tuple[Node, ...]:
    """Return use and output of a line, where they are its own."""
    if use.used is None:
        return ()
    place_ = f"{row['reporter']}.{row['facility']}"
    item = items()[row["product"]]
    name = "energy" if use.base == ENERGY else "electricity"
    return (
        Node("account", f"{place_}/{name}", _USED[use.base], use.used, use.base, use.mark),
        Node("entry", f"{place_}/{item.id}", item.name, use.made, item.unit, use.mark),
    )


_factor = cache(factor)


def _size(row: Row) -> Size:
    unit = items()[row["product"]].unit
    amount = row["capacity"] * _factor(row["unit"], unit)
    return Size(amount, unit, is_estimate(row["note"]))


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
