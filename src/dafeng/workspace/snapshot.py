"""The ledger as the join wants it: prepared rows, a file for each period, and totals beside them.

A convenience, never a source of truth: deleting the folder changes no figure. A period is written
again only if its rows changed, so that one corrected month costs one month::

    manifest.json             the periods, with the hash of their rows
    2023-01-<hash>.parquet    rows of a period, by reporter and item
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from numpy.typing import NDArray

ORDER = ("reporter", "item", "method", "flow", "entry")
"""What the rows of a file are sorted by; an entry stands once for each of its methods."""

SUMS = ("grams", "entries", "without_value")
"""Whole numbers that are added where totals are merged; all other columns are keys."""

_MANIFEST = "manifest.json"
_PLAIN = ("entry", "quantity", "amount")  # hardly a value twice: a dictionary would not pay
_ROW_GROUP = 122_880  # rows that DuckDB takes at a time, so that each thread has work of its own
_LENGTH = 32  # characters of a hash in the name of a file
_LIMIT = float(np.iinfo(np.int64).max)


class Snapshot:
    """Prepared rows by period.

    Args:
        folder: made when the first period is written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def periods(self) -> dict[str, str]:
        """The periods held, each with the hash of its rows."""
        path = self.folder / _MANIFEST
        if not path.is_file():
            return {}
        held: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        return held

    def update(
        self, periods: Iterable[tuple[str, pa.Table]], *, others_stay: bool = False
    ) -> list[str]:
        """Write the periods whose rows are not those that are held.

        The manifest changes last and at once, so that a reader sees all of a change or nothing.

        Args:
            periods: each period with all of its rows, in any order.
            others_stay: keep the periods that are not given; else they go.

        Returns:
            The periods that were written.
        """
        before = self.periods
        after, written = dict(before) if others_stay else {}, []
        for period, rows in periods:
            ordered = ordered_by_content(rows)
            after[period] = digest(ordered)
            if after[period] != before.get(period):
                _write(ordered, self._path(period, after[period]))
                written.append(period)
        if after != before:
            _replace(self.folder / _MANIFEST, json.dumps(after, indent=1, sort_keys=True).encode())
        for period in before.keys() - {p for p in after if after[p] == before.get(p)}:
            self._path(period, before[period]).unlink(missing_ok=True)
        return written

    def files(self, periods: Iterable[str]) -> list[Path]:
        """Return the files of some periods, in the order of time."""
        held = self.periods
        return [self._path(period, held[period]) for period in sorted(periods)]

    def _path(self, period: str, name: str) -> Path:
        return self.folder / f"{period}-{name}.parquet"


class Totals:
    """Totals of the periods of a snapshot, kept until what they are made of changes.

    Args:
        snapshot: holds the rows.
        folder: where the totals are kept.
        ground: gives for a period the hash of all else that bears on its totals: rules,
            coefficients, what was measured.
        compute: gives the totals of a period: ``SUMS`` by any keys, ``grams`` null where nothing
            is known.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        folder: Path,
        ground: Callable[[str], str],
        compute: Callable[[str], pa.Table],
    ) -> None:
        self._snapshot, self._folder = snapshot, folder
        self._ground, self._compute = ground, compute

    def of(self, periods: Iterable[str]) -> pa.Table:
        """Return the totals of some periods, computing those that are not kept."""
        held = self._snapshot.periods
        return merged([self._period(period, held[period]) for period in sorted(periods)])

    def _period(self, period: str, rows: str) -> pa.Table:
        name = hashlib.sha256(f"{rows} {self._ground(period)}".encode()).hexdigest()[:_LENGTH]
        path = self._folder / f"{period}-{name}.parquet"
        if not path.is_file():
            _write(_encoded(self._compute(period)), path)
            for old in self._folder.glob(f"{period}-*.parquet"):
                if old != path:
                    old.unlink(missing_ok=True)
        return pq.ParquetFile(path).read()


def merged(parts: Sequence[pa.Table]) -> pa.Table:
    """Add totals of periods that have no entry in common.

    Sums of whole numbers: the result does not depend on how rows are split, or in what order.

    Raises:
        OverflowError: a sum may not fit into 64 bits.
    """
    rows = pa.concat_tables([_encoded(part) for part in parts]).unify_dictionaries()
    if _magnitude(rows["grams"]) >= _LIMIT:
        raise OverflowError("grams")
    keys = [name for name in rows.column_names if name not in SUMS]
    numbered = {"key": _numbered(rows, keys), "at": np.arange(rows.num_rows)}
    sums = pa.table(numbered | {name: rows[name] for name in SUMS}).group_by("key")
    sums = sums.aggregate([("at", "min"), *((name, "sum") for name in SUMS)])
    found = {name: _whole(rows[name]).take(_whole(sums["at_min"])) for name in keys}
    return pa.table(found | {name: sums[f"{name}_sum"] for name in SUMS}).select(rows.column_names)


def _encoded(rows: pa.Table) -> pa.Table:
    """Return a table with its keys as places in lists of their own."""
    columns = {name: rows[name] for name in rows.column_names}
    keys = {
        name: column.dictionary_encode() for name, column in columns.items() if name not in SUMS
    }
    return pa.table(columns | keys)


def _numbered(rows: pa.Table, keys: Sequence[str]) -> NDArray[np.int64]:
    """Return one number for each combination of keys: to group by it is quick."""
    numbers, size = np.zeros(rows.num_rows, np.int64), 1
    for name in keys:
        column = _whole(rows[name])
        if size * len(column.dictionary) >= _LIMIT:
            numbers = pa.array(numbers).dictionary_encode().indices.to_numpy().astype(np.int64)
            size = rows.num_rows
        numbers = numbers * len(column.dictionary) + column.indices.to_numpy()
        size *= len(column.dictionary)
    return numbers


def ordered_by_content(rows: pa.Table, order: Sequence[str] = ORDER) -> pa.Table:
    """Return the rows in order of some texts; texts as places in sorted lists of their own.

    Rows of the same content come out the same to the byte, whatever way they came in.
    """
    columns = {field.name: _coded(rows[field.name], field.type) for field in rows.schema}
    codes = [columns[name].indices.to_numpy() for name in reversed(order)]
    at = pa.array(np.lexsort(codes))
    return pa.table({name: column.take(at) for name, column in columns.items()})


def digest(ordered: pa.Table) -> str:
    """Return a hash of names, types and values of rows from ``ordered_by_content``.

    No engine takes part, so that a snapshot of one is a snapshot of another.
    """
    found = hashlib.sha256(str(ordered.schema.remove_metadata()).encode())
    for column in ordered.itercolumns():
        array = column.chunk(0) if column.num_chunks else pa.array([], column.type)
        if isinstance(array, pa.DictionaryArray):
            found.update("\n".join(array.dictionary.to_pylist()).encode())
            array = array.indices
        found.update(array.is_null().cast(pa.uint8()).to_numpy())
        found.update(np.ascontiguousarray(array.fill_null(0).to_numpy()).data)
    return found.hexdigest()[:_LENGTH]


def _coded(column: pa.ChunkedArray, kind: pa.DataType) -> pa.Array:
    """Return a text as a place in a sorted list of the texts that occur; a number as it is."""
    if not (pa.types.is_dictionary(kind) or pa.types.is_string(kind)):
        return _whole(column)
    found = _whole(column.cast(pa.string()).dictionary_encode())
    order = pc.sort_indices(found.dictionary).to_numpy()
    places = np.empty(len(order), np.int32)
    places[order] = np.arange(len(order), dtype=np.int32)
    indices = pa.array(places).take(found.indices)
    return pa.DictionaryArray.from_arrays(indices, found.dictionary.take(pa.array(order)))


def _whole(column: pa.ChunkedArray) -> pa.Array:
    """Return a column as one array."""
    return column.unify_dictionaries().combine_chunks()


def _magnitude(column: pa.ChunkedArray) -> float:
    """Return the sum of absolute values, which no partial sum exceeds."""
    return pc.sum(pc.abs(column.cast(pa.float64(), safe=False))).as_py() or 0.0


def _write(rows: pa.Table, path: Path) -> None:
    sink = pa.BufferOutputStream()
    coded = [name for name in rows.column_names if name not in (*_PLAIN, *SUMS)]
    pq.write_table(rows, sink, compression="zstd", row_group_size=_ROW_GROUP, use_dictionary=coded)
    _replace(path, sink.getvalue())


def _replace(path: Path, content: Any) -> None:
    """Write a file in a way that a reader sees the old one or the new one, whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    (path.parent / ".gitignore").write_text("*\n", encoding="utf-8")
    partial = path.with_suffix(".partial")
    partial.write_bytes(content)
    partial.replace(path)
