"""Columns of facts: texts and numbers of an Arrow table as arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dafeng.vocabulary import worst_mark

Texts = npt.NDArray[np.object_]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_LAST_DAY = "-12-31"
_APART = "\x1f"


def texts(table: pa.Table, name: str) -> Texts:
    """Return a column of texts; an absent one is empty."""
    column = pc.fill_null(table[name].cast(pa.string()), "")
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.object_)


def numbers(table: pa.Table, name: str) -> Floats:
    """Return a column of numbers; an absent one is NaN."""
    column = table[name].cast(pa.float64()).to_numpy(zero_copy_only=False)
    return np.asarray(column, dtype=np.float64)


def newest(table: pa.Table, key: Sequence[str], by: Sequence[str] = ("entry",)) -> pa.Table:
    """Return of each key the row that is last by some columns, such as the one entered last."""
    if not table.num_rows:
        return table
    rows = table.sort_by([(name, "ascending") for name in by])
    keys = pc.binary_join_element_wise(*(rows[name] for name in key), _APART)
    found = np.asarray(keys.to_numpy(zero_copy_only=False)).astype(str)[::-1]
    last = len(found) - 1 - np.unique(found, return_index=True)[1]
    return rows.take(pa.array(np.sort(last)))


def alongside(left: pa.Table, right: pa.Table, key: str, columns: Mapping[str, str]) -> pa.Table:
    """Return a table with columns of another one beside it, null where the other has no row.

    Args:
        left: the table.
        right: the other one; ``key`` names a row of it at most once.
        key: the column that they share.
        columns: new name → column of ``right``.
    """
    at = pc.index_in(left[key], value_set=right[key].combine_chunks())
    for name, column in columns.items():
        left = left.append_column(name, right[column].combine_chunks().take(at))
    return left


def worst(*columns: Texts) -> Texts:
    """Return the worst of some marks, row by row."""
    found = columns[0]
    for other in columns[1:]:
        pairs, at = np.unique((found + "|" + other).astype(str), return_inverse=True)
        marks = [worst_mark(set(pair.split("|")) - {""}) for pair in pairs.tolist()]
        found = np.array(marks, dtype=np.object_)[at]
    return found


def last_day(year: str) -> str:
    """Return the last day of a year."""
    return f"{year}{_LAST_DAY}"


def shown(value: float | Decimal, digits: int = 2) -> str:
    """Return a number as it stands in a sentence."""
    text = f"{value:,.{digits}f}".rstrip("0").rstrip(".")
    return text.replace("-", "−")
