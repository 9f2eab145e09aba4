"""Printed totals against their parts, for all rows at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dafeng.ledger.importing.columns import Bools, Floats, Ints, Labels, group
from dafeng.ledger.importing.faults import Add, Faults
from dafeng.ledger.importing.mapping import ItemRule, Rows

# What adding printed decimals as binary numbers may cost at most.
_RELATIVE = float(np.sqrt(np.finfo(np.float64).eps))


@dataclass(frozen=True)
class Sum:
    """A whole and its parts with the sign of each."""

    whole: str
    parts: tuple[str, ...]
    signs: tuple[int, ...]
    tolerance: float


class Totals:
    """Compares numbers that stand under different labels in the same context.

    Args:
        context: one number for each combination of all that the compared rows share.
        table: one number for each printed table; a part that is blank where the table has
            such parts is 0, one of which the table holds nothing is not known.
        labels: label of each row.
        numbers: number of each row; not-a-number where there is none.
        where: rows to compare.
    """

    def __init__(
        self, context: Ints, table: Ints, labels: Labels, numbers: Floats, where: Bools
    ) -> None:
        contexts, self._context = np.unique(context, return_inverse=True)
        tables, self._table = np.unique(table, return_inverse=True)
        self._labels, self._numbers = labels, numbers
        self._where = where & np.isfinite(numbers)
        self._place = {text: i for i, text in enumerate(labels.texts)}
        size = len(labels.values) + 1  # one more for labels that the file has not
        self._grid = np.full((len(contexts), size), np.nan)
        self._grid[self._context[self._where], labels.codes[self._where]] = numbers[self._where]
        self._present = np.zeros((len(tables), size), dtype=np.bool_)
        self._present[self._table[self._where], labels.codes[self._where]] = True

    def twice(self, among: Bools, faults: Faults) -> None:
        """Note rows that say the same thing twice."""
        at = np.flatnonzero(among & self._where)
        code = group(self._context[at], self._labels.codes[at])
        _, inverse, counts = np.unique(code, return_inverse=True, return_counts=True)

        def other(i: int) -> Mapping[str, int]:
            same = at[code == code[np.searchsorted(at, i)]]
            return {"other": faults.rows[same[same != i][0]]}

        faults.add("duplicate", at[counts[inverse] > 1], "quantity", other)

    def compare(self, sums: Iterable[Sum], add: Add) -> int:
        """Warn of totals that differ from their parts; return how many could not be compared."""
        unknown = 0
        for one in sums:
            rows = self._rows(one.whole)
            parts = [self._place.get(part, -1) for part in one.parts]
            known = self._present[self._table[rows]][:, parts].any(axis=1)
            unknown += int((~known).sum())
            rows = rows[known]
            added = np.nansum(self._grid[self._context[rows]][:, parts] * one.signs, axis=1)
            whole = self._numbers[rows]
            differs = np.abs(added - whole) > self._slack(one.tolerance, whole)
            said = dict(zip(rows.tolist(), added.tolist(), strict=True))
            add(
                "total_differs",
                rows[differs],
                "quantity",
                self._said(one.whole, "sum", said),
            )
        return unknown

    def within(self, part: str, whole: str, tolerance: float, add: Add) -> int:
        """Warn of parts above their whole; return how many could not be compared."""
        rows = self._rows(part)
        held = self._grid[self._context[rows], self._place.get(whole, -1)]
        known = self._present[self._table[rows], self._place.get(whole, -1)]
        held = np.where(known & np.isnan(held), 0.0, held)
        above = self._numbers[rows] - held > self._slack(tolerance, held)
        said = dict(zip(rows.tolist(), held.tolist(), strict=True))
        add(
            "part_exceeds_whole",
            rows[above],
            "quantity",
            self._said(part, "whole", said, of=whole),
        )
        return int(np.isnan(held).sum())

    def _said(
        self, row: str, name: str, numbers: Mapping[int, float], **more: str
    ) -> Callable[[int], Mapping[str, Any]]:
        def said(i: int) -> Mapping[str, Any]:
            printed = _show(float(self._numbers[i]))
            return {"row": row, "printed": printed, name: _show(numbers[i]), **more}

        return said

    def _rows(self, label: str) -> Ints:
        return np.flatnonzero(self._where & (self._labels.codes == self._place.get(label, -1)))

    def _slack(self, tolerance: float, whole: Floats) -> Floats:
        slack: Floats = tolerance + _RELATIVE * np.abs(whole)
        return slack


def check_rows(totals: Totals, rows: Rows, tolerance: float, add: Add) -> int:
    """Compare all printed totals and parts of a layout with row labels.

    Returns:
        How many comparisons lack their parts or their whole.
    """
    unknown = totals.compare(_row_sums(rows, tolerance), add)
    for label, row in rows.labels.items():
        if row.of_which:
            unknown += totals.within(label, row.of_which.of, tolerance, add)
    return unknown


def item_sums(items: Mapping[str, str | ItemRule], tolerance: float) -> list[Sum]:
    """Return the sums that the totals over items declare."""
    return [
        _sum(label, rule.total, tolerance)
        for label, rule in items.items()
        if isinstance(rule, ItemRule) and rule.total
    ]


def _row_sums(rows: Rows, tolerance: float) -> list[Sum]:
    sums = []
    for label, row in rows.labels.items():
        if row.check:
            own = row.check.tolerance
            sums.append(_sum(label, row.check.sum, tolerance if own is None else own))
    complete: dict[str, list[str]] = {}
    for label, row in rows.labels.items():
        if row.of_which and row.of_which.complete:
            complete.setdefault(row.of_which.of, []).append(label)
    return sums + [_sum(whole, tuple(parts), tolerance) for whole, parts in complete.items()]


def _sum(whole: str, parts: tuple[str, ...], tolerance: float) -> Sum:
    names = tuple(part.removeprefix("-") for part in parts)
    return Sum(whole, names, tuple(-1 if part.startswith("-") else 1 for part in parts), tolerance)


def _show(number: float) -> str:
    return f"{number:.10g}"
