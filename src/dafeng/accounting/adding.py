"""Totals of rows at hand, as arrays: what ``account_totals`` gives, without an engine.

Numbers stand for who, activity and label, so each row is a few look-ups in small tables, one
product, and an addition in place; no row is sorted or hashed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from dafeng.accounting.accounts import HALF, LARGEST

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int32]

COUNTS = ("entries", "terms", "without_value")
_ONE = np.int32(1)  # of the type that it is added to: another one would be cast row by row


class Adding:
    """Adds rows to totals; may be called from several threads.

    Args:
        lines: lines of ``Lines.numbered``.
        own: overrides of ``Lines.numbered``.
        whos: how many there are whose rows are added.
        labels: how many labels there are. A call takes 20 bytes for each label of each who.
    """

    def __init__(self, lines: pa.Table, own: pa.Table, whos: int, labels: int) -> None:
        lines = lines.sort_by("activity_no")
        self._lines = {name: _numbers(lines[name]) for name in lines.column_names}
        self._count = np.bincount(self._lines["activity_no"], minlength=1)
        self._start = np.cumsum(self._count) - self._count
        self._owns = int(self._lines["own"].max(initial=-1)) + 1
        sides = {name: _numbers(own[name]) for name in own.column_names}
        key = sides["who_no"].astype(np.int64) * self._owns + sides["own"]
        order = np.argsort(key)
        self._own = key[order], sides["override"][order], sides["own_label"][order]
        self._whos, self._size = whos, whos * labels

    def __call__(self, rows: Iterable[tuple[Ints, Ints, Floats]]) -> pa.Table:
        """Return totals in the columns of ``account_totals``.

        Args:
            rows: parts of the rows, in any order: whose they are, what is done, and how much (NaN
                where it is not known).

        Raises:
            OverflowError: a sum may not fit into 64 bits.
        """
        grams, magnitude = np.zeros(self._size, np.int64), 0.0
        counts = {name: np.zeros(self._size, np.int32) for name in COUNTS}
        for part in rows:
            who, line, amount = self._joined(*part)
            label, exact = self._exact(who, line, amount)
            whole = np.abs(exact)
            unknown = np.flatnonzero(~(whole < LARGEST))
            whole = np.floor(whole + HALF)
            whole[unknown] = 0
            magnitude += float(whole.sum())
            if magnitude >= LARGEST:
                raise OverflowError("grams")
            key = label.astype(np.int64) * self._whos + who
            np.add.at(grams, key, np.copysign(whole, exact).astype(np.int64))
            counted = (key[self._lines["first"][line]], key, key[unknown])
            for name, keys in zip(COUNTS, counted, strict=True):
                np.add.at(counts[name], keys, _ONE)
        held = np.flatnonzero(counts["terms"])
        label, who = np.divmod(held, self._whos)
        sums = {name: column[held] for name, column in ({"grams": grams} | counts).items()}
        return pa.table({"who_no": who, "label": label, **sums})

    def _exact(self, who: Ints, line: Ints, amount: Floats) -> tuple[Ints, Floats]:
        """Return label and unrounded grams of each row, by what was measured where it was."""
        coefficient, label = self._lines["coefficient"][line], self._lines["label"][line]
        at, found = self._measured(who, line)
        _, override, own_label = self._own
        coefficient[at], label[at] = override[found], own_label[found]
        return label, amount * coefficient * self._lines["sign"][line]

    def _joined(self, who: Ints, activity: Ints, amount: Floats) -> tuple[Ints, Any, Floats]:
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

    def _measured(self, who: Ints, line: Any) -> tuple[Any, Any]:
        """Return which rows have an override, and which one each has."""
        own = self._lines["own"][line]
        at = np.flatnonzero(own >= 0)
        keys = self._own[0]
        if not len(keys):
            return at[:0], at[:0]
        asked = who[at].astype(np.int64) * self._owns + own[at]
        found = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
        hit = keys[found] == asked
        return at[hit], found[hit]


def _numbers(column: pa.ChunkedArray) -> NDArray[Any]:
    """Return a column as numbers: −1 for a place that is not known, NaN for a value."""
    if pa.types.is_integer(column.type):
        column = column.cast(pa.int32()).fill_null(-1)
    numbers: NDArray[Any] = column.to_numpy()
    return numbers.astype(bool) if pa.types.is_boolean(column.type) else numbers
