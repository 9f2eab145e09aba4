"""Totals of rows at hand, as arrays: what ``account_totals`` gives, without an engine.

Numbers stand for who, activity and label, so each row is a few look-ups in small tables, one
product, and an addition in place; no row is sorted or hashed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from dafeng.accounting.accounts import HALF, LARGEST

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

COUNTS = ("entries", "terms", "without_value")
SUMS = ("grams", *COUNTS)
"""Whole numbers that are added where totals are merged; the keys are ``who_no`` and ``label``."""

NOTHING: tuple[NDArray[Any], ...] = (
    *(np.zeros(0, np.int64),) * 2,
    *(np.zeros(0, np.int32),) * len(COUNTS),
)
"""Keys and sums of no rows."""

_CELLS = 1 << 21  # sums that are held at a time: 40 bytes each
_EXACT = 2.0**53  # below it, whole numbers that are added as floats stay what they are
_PLACES = ("activity_no", "label", "own", "who_no", "own_label")  # −1 where there is none

Rows = Iterable[tuple[Any, Any, "Floats"]]
Part = tuple[Any, ...]  # keys and sums


class Adding:
    """Adds rows to totals; may be called from several threads.

    Args:
        lines: lines of ``Lines.numbered``.
        own: overrides of ``Lines.numbered``: at most one for each ``who_no`` and ``own``.
        labels: how many labels there are.
    """

    def __init__(self, lines: pa.Table, own: pa.Table, labels: int) -> None:
        lines = lines.sort_by("activity_no")
        self._lines = {name: _numbers(name, lines[name]) for name in lines.column_names}
        self._lines["coefficient"] = self._lines["coefficient"] * self._lines["sign"]
        self._several = not self._lines["first"].all()
        self._count = np.bincount(self._lines["activity_no"], minlength=1)
        self._start = np.cumsum(self._count) - self._count
        sides = {name: _numbers(name, own[name]) for name in own.column_names}
        self._owns = 1 + max(int(side["own"].max(initial=-1)) for side in (self._lines, sides))
        key = sides["who_no"] * self._owns + sides["own"]
        order = np.argsort(key)
        self._own = key[order], sides["override"][order], sides["own_label"][order]
        self._labels = max(1, labels)

    def __call__(self, *sides: Rows) -> pa.Table:
        """Return totals: ``who_no``, ``label`` and ``SUMS``, in order of the keys.

        Args:
            sides: the rows; a thread for each side. Parts of them: whose they are, what is done,
                and how much (NaN where it is not known). In any order; those of one who side by
                side are added quickest.

        Raises:
            OverflowError: a sum may not fit into 64 bits; with the number of its who.
        """
        if len(sides) > 1:
            with ThreadPoolExecutor(len(sides)) as pool:
                found = [*pool.map(self._side, sides)]
        else:
            found = [self._side(side) for side in sides]
        parts = self._sewn(part for side in found for part in side)
        if not _in_order([part[0] for part in parts]):
            key, *sums = (np.concatenate(column) for column in zip(*parts, strict=True))
            parts = [(key, *sums) for key, sums in (added_up(key, sums, self._labels),)]
        return pa.concat_tables(self._table(*part) for part in (NOTHING, *parts))

    def _side(self, rows: Rows) -> list[Part]:
        return [part for each in rows for part in self._parts(*each)]

    def _table(self, key: Ints, *sums: Any) -> pa.Table:
        who, label = (part.astype(np.int32) for part in parted(key, self._labels))
        return pa.table({"who_no": who, "label": label, **dict(zip(SUMS, sums, strict=True))})

    def _sewn(self, parts: Iterable[Part]) -> list[Part]:
        """Put the sums of one who together where parts divide them."""
        sewn: list[Part] = []
        for part in parts:
            if sewn and self._who(sewn[-1][0][-1]) == self._who(part[0][0]):
                before, who = sewn.pop(), self._who(part[0][0])
                end = len(before[0]) - self._same(before[0][::-1], who)
                start = self._same(part[0], who)
                ends = [
                    np.concatenate((a[end:], b[:start])) for a, b in zip(before, part, strict=True)
                ]
                key, sums = added_up(ends[0], ends[1:], self._labels)
                cut = [[column[:end] for column in before], [key, *sums], [c[start:] for c in part]]
                sewn += [tuple(columns) for columns in cut if len(columns[0])]
            else:
                sewn.append(part)
        return sewn

    def _who(self, key: Any) -> Any:
        return key // self._labels

    def _same(self, key: Ints, who: int) -> int:
        """Return how many keys from the first one are of a who."""
        others = np.flatnonzero(self._who(key[: self._labels]) != who)
        return int(others[0]) if len(others) else min(len(key), self._labels)

    def _parts(self, who: Any, activity: Any, amount: Floats) -> Iterator[Part]:
        """Yield keys and sums of rows, as many whos at a time as there is room for."""
        who, line, amount = self._joined(who.astype(np.int64), activity.astype(np.int64), amount)
        starts = _starts(who)
        for at in range(0, len(starts), step := max(1, _CELLS // self._labels)):
            ends = starts[at : at + step + 1]
            last = len(who) if len(ends) <= step else ends[step]
            part = slice(ends[0], last)
            runs = np.diff(ends[:step], append=last)
            yield self._added(who[part], line[part], amount[part], runs)

    def _added(self, who: Ints, line: Ints, amount: Floats, runs: Ints) -> Part:
        """Return keys and sums of rows; each run of them is one who's."""
        label, exact = self._exact(who, line, amount)
        cell = np.repeat(np.arange(len(runs)) * self._labels, runs)
        cell += label
        size = len(runs) * self._labels
        whole, unknown = _rounded(exact)
        grams = np.bincount(cell, whole, size)
        most = grams if (whole >= 0).all() else np.bincount(cell, np.abs(whole), size)
        if (largest := most.max(initial=0)) >= LARGEST / 2:
            raise OverflowError(int(who[np.cumsum(runs)[most.argmax() // self._labels] - 1]))
        if largest >= _EXACT:
            grams = _summed(cell, whole, size)
        terms = np.bincount(cell, minlength=size)
        entries = terms
        if self._several:
            entries = np.bincount(cell[self._lines["first"][line]], minlength=size)
        held = np.flatnonzero(terms > 0)
        without = np.bincount(np.searchsorted(held, cell[unknown]), minlength=len(held))
        run, named = parted(held, self._labels)
        key = who[np.cumsum(runs) - 1][run] * self._labels + named
        counts = (count.astype(np.int32) for count in (entries[held], terms[held], without))
        return key, grams[held].astype(np.int64), *counts

    def _exact(self, who: Ints, line: Ints, amount: Floats) -> tuple[Ints, Floats]:
        """Return label and unrounded grams of each row, by what was measured where it was."""
        coefficient, label = self._lines["coefficient"][line], self._lines["label"][line]
        at, found = self._measured(who, line)
        _, override, own_label = self._own
        given = override[found] * self._lines["sign"][line[at]]
        coefficient[at] = np.where(np.isnan(given), coefficient[at], given)
        label[at] = own_label[found]
        with np.errstate(over="ignore", invalid="ignore"):  # what does not fit has no value
            return label, np.multiply(coefficient, amount, out=coefficient)

    def _joined(self, who: Ints, activity: Ints, amount: Floats) -> tuple[Ints, Ints, Floats]:
        """Return rows by line: none where an activity has no line, several where it has several."""
        if activity.max(initial=0) >= len(self._count):
            known = activity < len(self._count)
            who, activity, amount = who[known], activity[known], amount[known]
        count, line = self._count[activity], self._start[activity]
        if count.max(initial=0) <= 1:
            if count.all():
                return who, line, amount
            held = count == 1
            return who[held], line[held], amount[held]
        row = np.repeat(np.arange(len(count)), count)
        first = np.cumsum(count) - count
        return who[row], line[row] + np.arange(len(row)) - first[row], amount[row]

    def _measured(self, who: Ints, line: Ints) -> tuple[Ints, Ints]:
        """Return which rows have an override, and which one each has."""
        own = self._lines["own"][line]
        at = np.flatnonzero(own >= 0)
        keys = self._own[0]
        if not len(keys):
            return at[:0], at[:0]
        asked = who[at] * self._owns + own[at]
        found = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
        hit = keys[found] == asked
        return at[hit], found[hit]


def _starts(values: Ints) -> Ints:
    """Return where a value begins that is not the one before."""
    others = np.flatnonzero(values[1:] != values[:-1]) + 1
    return np.concatenate(([0], others)) if len(values) else others


def _rounded(exact: Floats) -> tuple[Floats, Ints]:
    """Round halves away from zero; what does not fit into 64 bits is 0, and its places follow."""
    whole = np.abs(exact)
    unknown = np.flatnonzero(~(whole < LARGEST))
    whole += HALF
    np.floor(whole, out=whole)
    whole[unknown] = 0
    return np.copysign(whole, exact, out=whole), unknown


def _summed(cell: Ints, whole: Floats, size: int) -> Ints:
    """Add whole numbers whose sums floats cannot hold."""
    grams = np.zeros(size, np.int64)
    np.add.at(grams, cell, whole.astype(np.int64))
    return grams


def _in_order(keys: Sequence[Ints]) -> bool:
    """Whether each key is larger than the one before, in all parts and from part to part."""
    ends = [(int(key[0]), int(key[-1])) for key in keys if len(key)]
    return all(last < first for (_, last), (first, _) in pairwise(ends)) and all(
        bool((key[1:] > key[:-1]).all()) for key in keys
    )


def parted(key: Ints, apart: int) -> tuple[Ints, Ints]:
    """Return quotients and remainders: ``np.divmod`` of what is not negative, quicker."""
    whole = key // apart
    return whole, key - whole * apart


def added_up(key: Ints, sums: Sequence[Any], apart: int) -> tuple[Ints, list[Any]]:
    """Return keys in order, each once, and the sums of what had the same.

    Args:
        key: what each row is about: who × ``apart`` + label.
        sums: columns in the order of ``SUMS``.
        apart: how many keys there may be of one who.

    Raises:
        OverflowError: a sum of grams may not fit into 64 bits; with the number of its who.
    """
    if _in_order([key]):
        return key, list(sums)
    order = np.argsort(key, kind="stable")
    starts = _starts(key[order])
    most = np.add.reduceat(np.abs(sums[0][order].astype(np.float64)), starts)
    if most.max(initial=0) >= LARGEST / 2:
        raise OverflowError(int(key[order][starts][most.argmax()]) // apart)
    return key[order][starts], [
        np.add.reduceat(column[order], starts, dtype=column.dtype) for column in sums
    ]


def _numbers(name: str, column: pa.ChunkedArray) -> NDArray[Any]:
    """Return a column as numbers: NaN where a value is not known."""
    if name in _PLACES:
        column = column.cast(pa.int64()).fill_null(-1)
    numbers: NDArray[Any] = column.to_numpy()
    return numbers.astype(bool) if pa.types.is_boolean(column.type) else numbers
