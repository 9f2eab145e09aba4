"""Capacity lines of the books held against levels and quotas, and what follows from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dafeng.explain import Node
from dafeng.grading import (
    BEYOND,
    GROW,
    Chosen,
    Job,
    Lazy,
    Rating,
    Ratings,
    Sheet,
    editions_of,
)
from dafeng.indicators import there
from dafeng.rulebook import Rulebook, Scale, ScaleSet
from dafeng.vocabulary import Fault, Text, factor, items, period
from dafeng.workspace.door import is_estimate
from dafeng.workspace.grade_shares import shares
from dafeng.workspace.graded import (
    NO_EDITION,
    FromBooks,
    Late,
    Sizes,
    Unscaled,
    choices_said,
)
from dafeng.workspace.lines import ENERGY, POWER, Lines, Use, Uses, base_of

if TYPE_CHECKING:
    from dafeng.workspace.books import Books

Row = dict[str, Any]
Column = NDArray[Any]
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


class Used:
    """What lines used and made in a year, by what is counted of it; asked for once.

    Args:
        books: the ledger, joined to the rules.
        rows: all capacity lines, since several may share a facility.
        year: the year.
    """

    def __init__(self, books: Books, rows: Sequence[Row], year: int) -> None:
        self.lines, self.year = Lines(rows), year
        self.of = cache(lambda base: Uses(books, self.lines, year, base))
        end = str(period(str(year)).last)
        self.there = np.array([there(row, end) for row in rows], bool)
        self.sizes = _sizes(rows)


def grade_lines(rules: Rulebook, used: Used, job: Job, day: date, shown: Column) -> FromBooks:
    """Grade capacity lines.

    Args:
        rules: the rulebook.
        used: what lines used and made in the year that is graded; several gradings may share it.
        job: the grading.
        day: on which rules are taken.
        shown: whether each line is asked for.

    Raises:
        Fault: as ``editions_of``.
    """
    ratings, unscaled = _rated(rules, job, np.flatnonzero(used.there & shown), used, day)
    return FromBooks(
        job,
        day,
        used.year,
        ratings=ratings,
        unscaled=tuple(unscaled),
        sizes=used.sizes,
        shares=tuple(shares(ratings, unscaled, used.sizes)),
        late=_Lates(rules, ratings, day) if job.best is None else (),
        leaders=tuple(_leaders(job, ratings)),
        findings=tuple(choices_said(job)),
    )


def _rated(
    rules: Rulebook, job: Job, held: Column, used: Used, day: date
) -> tuple[Chosen[Rating, Ratings], list[Unscaled]]:
    """Hold lines against their scales, those of one scale, product and region together."""
    groups: dict[tuple[str, str], dict[tuple[str, str], Column]] = {}
    lost: list[tuple[int, str, str]] = []
    for (name, region, product), places in _alike(used, held, (job.by or "", "region", "product")):
        family, _, scale = ("", "", name) if job.family else name.partition(".")
        if scale:
            groups.setdefault((job.family or family, region), {})[scale, product] = places
        else:
            why = "no_scale" if name else _NONE_NAMED[job.by or ""]
            lost += [(at, name, why) for at in places.tolist()]
    lost.sort()
    parts: list[tuple[Ratings, Column]] = []
    for (family, region), own in groups.items():
        known = _scales(rules, family, day, region)
        without: list[tuple[int, str, str]] = []
        for (scale, product), places in own.items():
            if scale in known:
                sheet = _sheet(known[scale], product, places, used)
                parts.append((Ratings(rules, known[scale], sheet, day), places))
            else:
                label = scale if job.family else f"{family}.{scale}"
                without += [(at, label, "no_scale") for at in places.tolist()]
        lost += sorted(without)
    return _ordered(parts), [_unscaled(used, *one) for one in lost]


def _alike(
    used: Used, held: Column, names: Sequence[str]
) -> Iterator[tuple[tuple[str, ...], Column]]:
    """Yield lines that have the same texts in some columns: the texts, and their places."""
    columns = [used.lines.column(name) for name in names]
    key = np.zeros(len(held), np.int64)
    for column in columns:
        key = key * len(column.dictionary) + column.indices.to_numpy()[held]
    _, first, group = np.unique(key, return_index=True, return_inverse=True)
    for number in np.argsort(first):  # in the order in which they come first
        places = held[group == number]
        yield tuple(column[int(places[0])].as_py() for column in columns), places


def _scales(
    rules: Rulebook, family: str, day: date, region: str
) -> dict[str, tuple[ScaleSet, Scale]]:
    """Return the scales of a family that are in force there on a day, by id."""
    try:
        editions = editions_of(rules, family, day, region)
    except Fault as fault:
        if fault.code not in NO_EDITION:
            raise
        return {}
    return {scale.id: (one, scale) for one in reversed(editions) for scale in one.scales}


def _ordered(parts: Sequence[tuple[Ratings, Column]]) -> Chosen[Rating, Ratings]:
    """Return ratings by edition and scale, and by the places of their lines."""
    names = [(one.edition.id, one.scale.id) for one, _ in parts]
    rank = np.array([sorted({*names}).index(name) for name in names], np.int64)
    sizes = [len(places) for _, places in parts]
    part = np.repeat(np.arange(len(parts)), sizes)
    none = np.zeros(0, np.int64)
    place = np.concatenate([none, *map(np.arange, sizes)])
    line = np.concatenate([none, *(places for _, places in parts)])
    return Chosen([one for one, _ in parts], part, place).taken(np.lexsort((line, rank[part])))


def _unscaled(used: Used, at: int, named: str, why: str) -> Unscaled:
    row, own = used.lines.rows[at], str(used.of(ENERGY).reason[at])
    return Unscaled(row["line"], named, (own, why) if own else (why,), row["product"])


def _sheet(held: tuple[ScaleSet, Scale], product: str, at: Column, used: Used) -> Sheet:
    """Return the lines at some places, of one product, as a sheet of values of a scale."""
    edition, scale = held
    told = used.of(base_of(scale, product))
    reason = told.reason[at]
    if scale.item and scale.item != product:
        reason = np.full(len(at), "line_other_product", object)
    elif not (edition.from_books and scale.from_books):
        reason = np.full(len(at), "line_other_measure", object)
    else:
        short = np.bitwise_count(told.months[at]) < _MONTHS
        reason = np.where((reason == "") & short, "line_months_missing", reason)
    value = np.full(len(at), np.nan)
    try:
        value[reason == ""] = told.per(at[reason == ""], product, scale.unit)
    except Fault:
        reason = np.where(reason == "", "line_other_unit", reason)
    rows = [used.lines.rows[one] for one in at.tolist()]

    def more(place: int) -> Row:
        row, use = rows[place], told[int(at[place])]
        grow = lambda name: _line_nodes(row, use) if name == _VALUE else ()  # noqa: E731
        return {"mark": use.mark or row["mark"], "source": row["source"], GROW: grow}

    names = [row["line"] for row in rows]
    return Sheet(
        {"who": names, "scale": [scale.id] * len(at), _VALUE: value}, more, {_VALUE: reason}
    )


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


_factor, _estimated = cache(factor), cache(is_estimate)


def _sizes(rows: Sequence[Row]) -> Sizes:
    units = [items()[row["product"]].unit for row in rows]
    return Sizes(
        [row["line"] for row in rows],
        [r["capacity"] * _factor(r["unit"], unit) for r, unit in zip(rows, units, strict=True)],
        units,
        [_estimated(row["note"]) for row in rows],
    )


class _Lates(Lazy[Late]):
    """Lines that are below the last level, where that has a deadline."""

    def __init__(self, rules: Rulebook, ratings: Chosen[Rating, Ratings], day: date) -> None:
        known = [rules.deadlines.get(part.scale.consequence or "") for part in ratings.parts]
        due = np.array([one is not None and one.due is not None for one in known], bool)
        below = ratings.column(lambda part: part.graded.grade) == BEYOND
        self._late = ratings.taken(np.flatnonzero(below & due[ratings.part]))
        self._known, self._day = known, day
        super().__init__(len(self._late))

    def _make(self, at: int) -> Late:
        deadline = self._known[self._late.part[at]]
        if deadline is None or deadline.due is None:
            raise IndexError(at)
        return Late(self._late[at], deadline, (self._day - deadline.due).days)


def _leaders(job: Job, ratings: Chosen[Rating, Ratings]) -> Iterator[tuple[int, Rating]]:
    """Yield the first of each scale among those that reach the grade; ties share a place."""
    if job.best is None:
        return
    groups: dict[tuple[str, str], list[Rating]] = defaultdict(list)
    for one in ratings.taken(ratings.column(lambda part: part.graded.grade) == job.best.grade):
        groups[one.edition.id, one.scale.id].append(one)
    for own in groups.values():
        sign = 1 if own[0].edition.direction == "at_most" else -1
        values = sorted(sign * one.graded.value for one in own if one.graded.value is not None)
        for one in sorted(own, key=lambda one: sign * (one.graded.value or Decimal(0))):
            rank = values.index(sign * (one.graded.value or Decimal(0))) + 1
            if rank <= job.best.first:
                yield rank, one
