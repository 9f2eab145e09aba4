"""The ledger as the join wants it: prepared rows, a file for each period.

A convenience, never a source of truth: deleting the folder changes no figure. A period is written
again only if its rows changed, so that one corrected month costs one month::

    manifest.json               the periods and the lists, with the hash of each
    2023-01-<hash>.parquet      rows of a period, by reporter and method
    who-<hash>.parquet          whose rows there are: the numbers that the rows bear
    activity-<hash>.parquet     what is done, likewise
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dafeng.accounting import distinct
from dafeng.workspace.files import BROKEN, clear, note, read, record, sound, write

LISTS = {"who": ("reporter", "facility", "mark"), "activity": ("activity",)}
"""What is numbered, and the columns that make it up; the rows bear ``who_no``, ``activity_no``."""

ORDER = (*LISTS["who"], "method", "item", "flow", "entry")
"""What the rows of a file are sorted by, so that those of one total lie side by side; an entry
stands once for each of its methods."""

SUMMED = ("who_no", "activity_no", "amount")
"""What totals read: packed so that it is quick to read."""

_MANIFEST = "manifest.json"
_PLAIN = ("entry", "quantity", "amount")  # a dictionary would not pay
_LENGTH = 32  # characters of a hash in the name of a file
_BETWEEN = "\x1f"  # between the parts of a text; no id holds it


class Snapshot:
    """Prepared rows by period, as they were when this object was made or last updated them.

    Another process may write other rows meanwhile; what is seen here stays what it was.

    Args:
        folder: made when the first period is written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._held = self._manifest()

    @property
    def periods(self) -> dict[str, str]:
        """The periods held, each with the hash of its rows and of the numbers they bear."""
        return self._held["periods"]

    def numbered(self, name: str) -> pa.Table:
        """Return one of ``LISTS``: the row at a place is what has this number."""
        digest = self._held["lists"].get(name)
        if digest is None:
            return pa.schema([(part, pa.string()) for part in LISTS[name]]).empty_table()
        return read(self._path(name, digest))

    def update(
        self, periods: Iterable[tuple[str, pa.Table]], stay: Iterable[str] = ()
    ) -> list[str]:
        """Write the periods whose rows are not those that are held.

        The manifest changes last and at once, so that a reader sees all of a change or nothing.

        Args:
            periods: each period with all of its rows, in any order.
            stay: periods that are kept though they are not given; all others go.

        Returns:
            The periods that were written.
        """
        before = self._held
        held, lists = before["periods"], {name: self.numbered(name) for name in LISTS}
        after, written = {name: held[name] for name in stay if name in held}, list[str]()
        for period, rows in periods:
            ordered = ordered_by_content(rows)
            for name, columns in LISTS.items():
                lists[name], numbers = numbered(lists[name], ordered.select(columns))
                ordered = ordered.append_column(f"{name}_no", numbers)
            after[period] = digest(ordered)
            path = self._path(period, after[period])
            if after[period] != held.get(period) or not sound([path]):
                write(ordered, path, _PLAIN, SUMMED)
                written.append(period)
        named = {name: digest(texts) for name, texts in lists.items()}
        for name in {name for name in named if named[name] != before["lists"].get(name)}:
            write(lists[name], self._path(name, named[name]), LISTS[name], SUMMED)
        now = {"periods": after, "lists": named}
        if now != before:
            note(self.folder / _MANIFEST, now)
            self._held = now
        clear(self.folder, {self._path(*item) for part in now.values() for item in part.items()})
        return written

    def files(self, periods: Iterable[str]) -> list[Path]:
        """Return the files of some periods, in the order of time."""
        return [self._path(period, self.periods[period]) for period in sorted(periods)]

    @property
    def whole(self) -> bool:
        """Whether all files are there, as they were written."""
        return sound(self._path(*item) for part in self._held.values() for item in part.items())

    def _manifest(self) -> dict[str, dict[str, str]]:
        with suppress(*BROKEN):
            held = record(self.folder / _MANIFEST)
            if sound(self._path(*item) for item in held["lists"].items()):
                return {name: dict(held[name]) for name in ("periods", "lists")}
        return {"periods": {}, "lists": {}}

    def _path(self, name: str, digest_: str) -> Path:
        return self.folder / f"{name}-{digest_}.parquet"


def numbered(known: pa.Table, rows: pa.Table) -> tuple[pa.Table, pa.Array]:
    """Number rows of texts: what is known keeps its number, what is new goes to the end.

    Returns:
        The list, and for each row its place in it.
    """
    fresh, where = distinct(rows)
    at = pc.index_in(_text(fresh), value_set=_text(known))
    fresh = fresh.filter(pc.is_null(at))
    places = at.to_numpy(zero_copy_only=False).astype(np.float64)
    places[np.isnan(places)] = known.num_rows + np.arange(fresh.num_rows)
    joined = pa.concat_tables([known, fresh]).combine_chunks()
    return joined, pa.array(places.astype(np.int32)[where])


def ordered_by_content(rows: pa.Table, order: Sequence[str] = ORDER) -> pa.Table:
    """Return the rows in order of some texts; texts as places in sorted lists of their own.

    Rows of the same content come out the same to the byte, whatever way they came in.
    """
    columns = {field.name: _coded(rows[field.name], field.type) for field in rows.schema}
    codes = [columns[name].indices.to_numpy() for name in reversed(order)]
    at = pa.array(np.lexsort(codes))
    return pa.table({name: column.take(at) for name, column in columns.items()})


def digest(ordered: pa.Table) -> str:
    """Return a hash of names, types and values of rows in a settled order.

    No engine takes part, so that a snapshot of one is a snapshot of another.
    """
    found = hashlib.sha256(str(ordered.schema.remove_metadata()).encode())
    for column in ordered.itercolumns():
        array = column.chunk(0) if column.num_chunks else pa.array([], column.type)
        if pa.types.is_string(array.type):
            array = array.dictionary_encode()
        if isinstance(array, pa.DictionaryArray):
            texts = "\n".join(array.dictionary.to_pylist())
            found.update(texts.encode())
            if texts.count("\n") >= len(array.dictionary) > 0:  # a text has more than one line
                found.update(np.ascontiguousarray(pc.binary_length(array.dictionary)).data)
            array = array.indices
        if pa.types.is_boolean(array.type):
            array = array.cast(pa.uint8())
        found.update(array.is_null().cast(pa.uint8()).to_numpy())
        found.update(np.ascontiguousarray(array.fill_null(0).to_numpy()).data)
    return found.hexdigest()[:_LENGTH]


def _text(rows: pa.Table) -> pa.Array:
    return _whole(pc.binary_join_element_wise(*rows.itercolumns(), _BETWEEN))


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


def _whole(column: Any) -> pa.Array:
    """Return a column as one array."""
    if isinstance(column, pa.ChunkedArray):
        if pa.types.is_dictionary(column.type):
            column = column.unify_dictionaries()
        return column.combine_chunks()
    return column
