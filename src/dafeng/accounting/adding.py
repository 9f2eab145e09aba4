"""Totals of rows at hand, as arrays: what ``account_totals`` gives, without an engine.

Numbers stand for who, activity and label, so each row is a few look-ups in small tables, one
product, and an addition in place; no row is sorted or hashed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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

_CELLS = 1 << 21  # sums that are held at a time: 40 bytes each
_PLACES = ("activity_no", "label", "own", "who_no", "own_label")  # −1 where there is none


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
        self._count = np.bincount(self._lines["activity_no"], minlength=1)
        self._start = np.cumsum(self._count) - self._count
        sides = {name: _numbers(name, own[name]) for name in own.column_names}
        self._owns = 1 + max(int(side["own"].max(initial=-1)) for side in (self._lines, sides))
        key = sides["who_no"] * self._owns + sides["own"]
        order = np.argsort(key)
        self._own = key[order], sides["override"][order], sides["own_label"][order]
        self._labels = max(1, labels)

    def __call__(self, rows: Iterable[tuple[Any, Any, Floats]]) -> pa.Table:
        """Return totals: ``who_no``, ``label`` and ``SUMS`` (int64), in order of the keys.

        Args:
            rows: parts of the rows: whose they are, what is done, and how much (NaN where it is
                not known). In any order; those of one who side by side are added quickest.

        Raises:
            OverflowError: a sum may not fit into 64 bits; with the number of its who.
        """
        parts = [part for each in rows for part in self._parts(*each)]
        key = np.concatenate([np.zeros(0, np.int64), *(part[0] for part in parts)])
        sums = np.concatenate([np.zeros((len(SUMS), 0), np.int64), *(part[1] for part in parts)], 1)
        del parts
        key, sums = added_up(key, sums, self._labels)
        who, label = np.divmod(key, self._labels)
        return pa.table({"who_no": who, "label": label, **dict(zip(SUMS, sums, strict=True))})

    def _parts(self, who: Any, activity: Any, amount: Floats) -> Iterator[tuple[Ints, Ints]]:
        """Yield keys and sums of rows, as many whos at a time as there is room for."""
        who, line, amount = self._joined(who.astype(np.int64), activity.astype(np.int64), amount)
        starts = np.flatnonzero(np.diff(who, prepend=-1))
        for at in range(0, len(starts), step := max(1, _CELLS // self._labels)):
            ends = starts[at : at + step + 1]
            last = len(who) if len(ends) <= step else ends[step]
            part = slice(ends[0], last)
            runs = np.diff(ends[:step], append=last)
            yield self._added(who[part], line[part], amount[part], runs)

    def _added(self, who: Ints, line: Ints, amount: Floats, runs: Ints) -> tuple[Ints, Ints]:
        """Return keys and sums of rows; each run of them is one who's."""
        label, exact = self._exact(who, line, amount)
        whole = np.abs(exact)
        unknown = np.flatnonzero(~(whole < LARGEST))
        whole = np.floor(whole + HALF)
        whole[unknown] = 0
        cell = np.repeat(np.arange(len(runs)) * self._labels, runs) + label
        size = len(runs) * self._labels
        if (most := np.bincount(cell, whole, size)).max(initial=0) >= LARGEST / 2:
            raise OverflowError(int(who[np.cumsum(runs)[most.argmax() // self._labels] - 1]))
        grams = np.zeros(size, np.int64)
        np.add.at(grams, cell, np.copysign(whole, exact).astype(np.int64))
        counted = (cell[self._lines["first"][line]], cell, cell[unknown])
        entries, terms, without = (np.bincount(cells, minlength=size) for cells in counted)
        held = np.flatnonzero(terms)
        run, named = np.divmod(held, self._labels)
        key = who[np.cumsum(runs) - 1][run] * self._labels + named
        return key, np.stack([column[held] for column in (grams, entries, terms, without)])

    def _exact(self, who: Ints, line: Ints, amount: Floats) -> tuple[Ints, Floats]:
        """Return label and unrounded grams of each row, by what was measured where it was."""
        coefficient, label = self._lines["coefficient"][line], self._lines["label"][line]
        at, found = self._measured(who, line)
        _, override, own_label = self._own
        given = override[found]
        coefficient[at] = np.where(np.isnan(given), coefficient[at], given)
        label[at] = own_label[found]
        with np.errstate(over="ignore", invalid="ignore"):  # what does not fit has no value
            return label, amount * coefficient * self._lines["sign"][line]

    def _joined(self, who: Ints, activity: Ints, amount: Floats) -> tuple[Ints, Ints, Floats]:
        """Return rows by line: none where an activity has no line, several where it has several."""
        known = activity < len(self._count)
        if not known.all():
            who, activity, amount = who[known], activity[known], amount[known]
        count, line = self._count[activity], self._start[activity]
        if count.max(initial=0) <= 1:
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


def added_up(key: Ints, sums: Ints, apart: int) -> tuple[Ints, Ints]:
    """Return keys in order, each once, and the sums of what had the same.

    Args:
        key: what each column of ``sums`` is about: who × ``apart`` + label.
        sums: rows in the order of ``SUMS``.
        apart: how many keys there may be of one who.

    Raises:
        OverflowError: a sum of grams may not fit into 64 bits; with the number of its who.
    """
    if (np.diff(key) > 0).all():
        return key, sums
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(np.diff(key[order], prepend=-1))
    sums = sums[:, order]
    most = np.add.reduceat(np.abs(sums[0].astype(np.float64)), starts)
    if most.max(initial=0) >= LARGEST / 2:
        raise OverflowError(int(key[order][starts][most.argmax()]) // apart)
    return key[order][starts], np.add.reduceat(sums, starts, axis=1)


def _numbers(name: str, column: pa.ChunkedArray) -> NDArray[Any]:
    """Return a column as numbers: NaN where a value is not known."""
    if name in _PLACES:
        column = column.cast(pa.int64()).fill_null(-1)
    numbers: NDArray[Any] = column.to_numpy()
    return numbers.astype(bool) if pa.types.is_boolean(column.type) else numbers
