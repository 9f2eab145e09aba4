"""Which rows of the books count: corrections supersede, a final year replaces its months."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dafeng.ledger.entries import SERIES
from dafeng.ledger.importing.columns import Labels, group

_YEAR = 4  # digits of a year at the start of a period


def current(entries: pa.Table) -> pa.Table:
    """Return the rows that count today, one per key, in the order of entry.

    Args:
        entries: all rows ever entered, with ``entry``, an id that grows with time.

    Returns:
        The newest row of each key, without rows that another one names in ``supersedes``, and
        without the months and quarters of a year that has an ``annual_final``, corrected or not.
    """
    entries = _by_age(entries)
    periods = Labels.of(entries["period"])
    years = periods.map(lambda text: text[:_YEAR])
    series = group(*(Labels.of(entries[name]).codes for name in SERIES))
    in_year = group(series, years.codes)
    whole = np.array([len(text) == _YEAR for text in periods.texts], bool)[periods.codes]
    final = whole & _holds(pc.equal(entries["kind"], "annual_final"))
    named = entries["supersedes"].filter(pc.not_equal(entries["supersedes"], ""))
    counts = ~_holds(pc.is_in(entries["entry"], value_set=named))
    counts &= whole | ~np.isin(in_year, in_year[final])
    at = np.flatnonzero(counts)[::-1]
    newest_first = np.unique(group(series, periods.codes)[at], return_index=True)[1]
    return entries.take(pa.array(np.sort(at[newest_first])))


def today(rows: Iterable[dict[str, Any]], key: Sequence[str]) -> list[dict[str, Any]]:
    """Return the row of each key that was entered last, of rows in the order of entry."""
    return list({tuple(row[name] for name in key): row for row in rows}.values())


def newest(rows: pa.Table, key: Sequence[str]) -> pa.Table:
    """Return the row of each key that was entered last, in the order of entry."""
    rows = _by_age(rows)
    from_last = group(*(Labels.of(rows[name]).codes for name in key))[::-1]
    at = rows.num_rows - 1 - np.unique(from_last, return_index=True)[1]
    return rows.take(pa.array(np.sort(at)))


def _by_age(entries: pa.Table) -> pa.Table:
    """Return rows in the order of entry, which is as a rule the one that they come in."""
    ids = entries["entry"].combine_chunks()
    if pc.all(pc.less_equal(ids[:-1], ids[1:]), min_count=0).as_py():
        return entries
    return entries.sort_by("entry")


def _holds(column: pa.ChunkedArray) -> Any:
    return column.combine_chunks().to_numpy(zero_copy_only=False)
