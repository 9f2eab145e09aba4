"""Totals kept beside a snapshot, and moved by what changed: total − old month + new month.

A convenience like the snapshot itself. All that is kept are counts and sums of whole numbers, so
that a total that was moved is the one that a full run gives, to the gram::

    manifest.json            year → the hash of each of its periods
    2023-01-<hash>.arrow     totals of a period
    2023-<hash>.arrow        totals of a year
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from io import RawIOBase
from itertools import chain, groupby, pairwise
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO
from zlib import crc32

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dafeng.accounting import (
    COUNTS,
    LABEL,
    NOTHING,
    SEPARATOR,
    SUMS,
    Adding,
    Lines,
    Rows,
    account_totals,
    added_up,
    parted,
)
from dafeng.vocabulary import Fault, period
from dafeng.workspace.files import BROKEN, checked, clear, note, record, replacing
from dafeng.workspace.snapshot import SUMMED, Snapshot

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dafeng.engine import Engine

SCHEMA = pa.schema(
    [
        ("who_no", pa.int32()),
        ("label", pa.dictionary(pa.int32(), pa.string())),
        ("grams", pa.int64()),
        *((name, pa.int32()) for name in COUNTS),
    ]
)

_BATCH = 122_880  # rows that are added at a time: few enough to stay near the processor
_MANIFEST = "manifest.json"
_LENGTH = 32  # characters of a hash in the name of a file
_CHECK = 4  # bytes of a check sum
_LABELS = 1_048_576  # more labels than there are
_SMALL = 1 << 61  # grams: what two kept sums may come to without a check
_MOST = 3  # parts that go or come before adding all of them is quicker

_Sum = Callable[[Sequence[Path], int], pa.Table]
Compute = Callable[[Sequence[str], int], pa.Table]


class Summing:
    """Computes the totals of periods of a snapshot.

    Args:
        engine: the engine; the embedded one leaves the work to ``Adding``.
        snapshot: holds the rows.
        lines: what the rows are joined to.
    """

    def __init__(self, engine: Engine, snapshot: Snapshot, lines: Lines) -> None:
        self._snapshot, self._labels = snapshot, lines.labels
        activities = snapshot.numbered("activity")["activity"].combine_chunks()
        sides = lines.numbered(snapshot.numbered("who"), activities)
        self._sum = _here(*sides, len(lines.labels)) if engine.embedded else _there(engine, *sides)
        self.at_once = processors() if engine.embedded else 1

    def __call__(self, periods: Sequence[str], threads: int = 1) -> pa.Table:
        """Return the totals in the columns of ``SCHEMA``; ``at_once`` threads in all are of use.

        Raises:
            Fault: ``total_too_large``.
        """
        return self.of_files(self._snapshot.files(periods), threads)

    def of_files(self, files: Sequence[Path], threads: int = 1) -> pa.Table:
        """Return the same of files of such a snapshot."""
        try:
            rows = self._sum(files, threads)
        except OverflowError as error:
            raise too_large(error, self._snapshot) from error
        codes = rows["label"].combine_chunks().cast(pa.int32())
        label = pa.DictionaryArray.from_arrays(codes, self._labels)
        return rows.set_column(1, "label", label).select(SCHEMA.names).cast(SCHEMA)


def _here(lines: pa.Table, own: pa.Table, labels: int) -> _Sum:
    adding = Adding(lines, own, labels)
    return lambda files, threads: adding(*_sides(files, threads))


def _there(engine: Engine, lines: pa.Table, own: pa.Table) -> _Sum:
    sides = [engine.put(name, rows) for name, rows in (("lines", lines), ("own", own))]
    return lambda files, _threads: engine.fetch(
        account_totals(engine.scan("snapshot", files, SUMMED), *sides)
    )


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def too_large(error: OverflowError, snapshot: Snapshot) -> Fault:
    """Return what a person reads where a sum does not fit into 64 bits."""
    who = snapshot.numbered("who").slice(error.args[0], 1).to_pylist()[0]
    return Fault("total_too_large", who["reporter"])


class Totals:
    """Totals of the years of a snapshot, kept until what they are made of changes.

    Args:
        snapshot: holds the rows.
        folder: where the totals are kept.
        ground: gives for a period the hash of all else that bears on its totals: lines, what was
            measured.
        compute: gives the totals of some periods, in the columns of ``SCHEMA``, with some threads.
        at_once: how many threads may compute.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        folder: Path,
        ground: Callable[[str], str],
        compute: Compute,
        at_once: int = 1,
    ) -> None:
        self._snapshot, self._held = snapshot, snapshot.periods
        self._folder, self._ground, self._compute = folder, ground, compute
        self._at_once = at_once

    def of(self, year: str) -> pa.Table:
        """Return the totals of a year, computing the periods that are not kept."""
        parts = self._periods(year)
        manifest = self._manifest()
        before: dict[str, str] = manifest.get(year, {})
        name = _named(parts)
        kept = self._read(year, name)
        if kept is not None:
            return kept
        try:
            found = self._moved(year, before, parts)
        except OverflowError as error:
            raise too_large(error, self._snapshot) from error
        with suppress(OSError):
            write(found, self._path(year, name))
            manifest |= {year: parts}
            note(self._folder / _MANIFEST, manifest)
            years = {self._path(y, _named(held)) for y, held in manifest.items()}
            periods = {self._path(*item) for held in manifest.values() for item in held.items()}
            clear(self._folder, years | periods)
        return found

    def with_months(self, year: str) -> pa.Table:
        """Return the same with ``months``: those of which each total has rows, as bits."""
        found, parts = self.of(year), self._periods(year)
        held = zip(parts, self._parts(parts), strict=True)
        return found.append_column("months", pa.array(_months(found, held)))

    def _periods(self, year: str) -> dict[str, str]:
        """Return the periods of a year, each with the name that its totals are kept under."""
        return {
            period: _hash(f"{period} {rows} {self._ground(period)}")
            for period, rows in self._held.items()
            if period.startswith(year)
        }

    def _moved(self, year: str, before: Mapping[str, str], parts: Mapping[str, str]) -> pa.Table:
        """Return the totals of a year by way of those that were kept of it, where that is short."""
        if not parts:  # all rows of the year were replaced by rows of another
            return SCHEMA.empty_table()
        gone, come = (_less(*pair) for pair in ((before, parts), (parts, before)))
        kept = self._read(year, _named(before)) if before else None
        old = [self._read(*item) for item in gone.items()]
        short = len(gone) + len(come) <= min(_MOST, len(parts) - 1)
        if kept is None or not short or any(part is None for part in old):
            return merged(self._parts(parts))
        return merged([kept, *self._parts(come)], [part for part in old if part is not None])

    def _parts(self, parts: Mapping[str, str]) -> Iterator[pa.Table]:
        threads = max(1, self._at_once // max(1, len(parts)))
        with ThreadPoolExecutor(1) as other, ThreadPoolExecutor(self._at_once) as pool:
            keep = (lambda *what: other.submit(self._keep, *what)) if threads > 1 else self._keep

            def part(period: str, name: str) -> pa.Table:
                kept = self._read(period, name)
                if kept is None:
                    kept = self._compute([period], threads)
                    keep(kept, self._path(period, name))
                return kept

            yield from pool.map(part, parts, parts.values())

    def _keep(self, totals: pa.Table, path: Path) -> None:
        with suppress(OSError):  # a full disk keeps nothing, and changes no figure
            write(totals, path)

    def _read(self, label: str, name: str) -> pa.Table | None:
        with suppress(OSError, ValueError):
            return read(self._path(label, name))
        return None

    def _manifest(self) -> dict[str, dict[str, str]]:
        with suppress(*BROKEN):
            found = record(self._folder / _MANIFEST)
            return {year: dict(parts) for year, parts in found.items()}
        return {}

    def _path(self, label: str, name: str) -> Path:
        return self._folder / f"{label}-{name}.arrow"


def merged(parts: Iterable[pa.Table], less: Iterable[pa.Table] = ()) -> pa.Table:
    """Add totals of periods, and take some off again that were added before.

    Sums of whole numbers: the result does not depend on how rows are split, or in what order.

    Raises:
        OverflowError: a sum may not fit into 64 bits; with the number of its who.
    """
    known = pa.array([], pa.string())
    key: NDArray[Any] = NOTHING[0]
    sums: list[NDArray[Any]] = [*NOTHING[1:]]
    for part, moved in chain(
        ((one, np.add) for one in parts), ((one, np.subtract) for one in less)
    ):
        texts = part["label"].combine_chunks().dictionary
        known = pa.concat_arrays([known, texts.filter(pc.invert(pc.is_in(texts, known)))])
        theirs = _keys(part, known)
        if np.array_equal(key, theirs) and np.abs(sums[0]).max(initial=0) < _SMALL:
            for column, name in zip(
                sums, SUMS, strict=True
            ):  # as a rule the same firms do the same
                moved(column, part[name].to_numpy(), out=column)
        else:
            values = [moved(0, part[name].to_numpy()) for name in SUMS]
            if len(key):
                theirs = np.concatenate([key, theirs])
                values = [np.concatenate(pair) for pair in zip(sums, values, strict=True)]
            key, sums = added_up(theirs, values, _LABELS)
    some = sums[SUMS.index("terms")] != 0
    if not some.all():
        key, sums = key[some], [column[some] for column in sums]
    who, code = parted(key, _LABELS)
    label = pa.DictionaryArray.from_arrays(pa.array(code.astype(np.int32)), known)
    columns = dict(zip(SUMS, sums, strict=True))
    return pa.table({"who_no": who.astype(np.int32), "label": label, **columns}, schema=SCHEMA)


def summed_by(rows: pa.Table, keys: Sequence[str]) -> pa.Table:
    """Return the sums of totals by some of their columns, of which ``reporter`` is the first.

    Raises:
        Fault: ``total_too_large``.
    """
    size = pc.abs(rows["grams"].cast(pa.float64(), safe=False))
    sums = [(name, "sum") for name in (*SUMS, "size")]
    found = rows.append_column("size", size).group_by(list(keys)).aggregate(sums)
    found = found.rename_columns([*keys, *SUMS, "size"])
    for row in found.filter(pc.greater_equal(found["size"], float(2 * _SMALL))).to_pylist():
        raise Fault("total_too_large", row["reporter"])
    return found.drop_columns("size")


def _months(totals: pa.Table, parts: Iterable[tuple[str, pa.Table]]) -> NDArray[np.int32]:
    """Return the months of which each of some totals has rows, as bits."""
    known = totals["label"].combine_chunks().dictionary
    keys, found = _keys(totals, known), np.zeros(totals.num_rows, np.int32)
    for label, part in parts:
        theirs = _keys(part, known)
        same = np.array_equal(keys, theirs)  # as a rule the same firms do the same
        found[slice(None) if same else np.searchsorted(keys, theirs)] |= month_bits(label)
    return found


def _keys(rows: pa.Table, known: pa.Array) -> NDArray[np.int64]:
    """Return one number for who and label of each row; labels by their places in a list."""
    label = rows["label"].combine_chunks()
    code = pc.index_in(label.dictionary, known).to_numpy()[label.indices.to_numpy()]
    keys: NDArray[np.int64] = rows["who_no"].to_numpy().astype(np.int64) * _LABELS + code
    return keys


def month_bits(label: str) -> int:
    """Return the months of a period inside its year as bits."""
    return sum(1 << (int(month.rpartition("-")[2]) - 1) for month in period(label).months())


def write(rows: pa.Table, path: Path) -> None:
    """Write totals: quick to write and read again, with a sum to check that they are whole."""
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with replacing(path) as file:
        sink = _Summed(file)
        with pa.ipc.new_file(sink, rows.schema, options=options) as out:
            out.write_table(rows, _BATCH)
        file.write(sink.sum.to_bytes(_CHECK))


def read(path: Path) -> pa.Table:
    """Read totals that were written.

    Raises:
        OSError: there are none.
        ValueError: they are not what was written.
    """
    content = memoryview(path.read_bytes())
    if int.from_bytes(content[-_CHECK:]) != crc32(content[:-_CHECK]):
        raise ValueError(str(path))
    return pa.ipc.open_file(pa.py_buffer(content[:-_CHECK])).read_all()


class _Summed(RawIOBase):
    """Hands on what is written, and keeps a check sum of it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self.sum = file, 0

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        self.sum = crc32(content, self.sum)
        return self._file.write(content)

    def tell(self) -> int:
        return self._file.tell()


def _sides(files: Iterable[Path], count: int) -> list[Rows]:
    """Return the rows of files in so many parts, in order."""
    held = [(file, at) for file in files for at in range(checked(file).num_row_groups)]
    cuts = [len(held) * at // count for at in range(count + 1)]
    return [_rows(held[start:end]) for start, end in pairwise(cuts)]


def _rows(groups: Iterable[tuple[Path, int]]) -> Rows:
    for file, own in groupby(groups, itemgetter(0)):
        at = [group for _, group in own]
        parts = checked(file).iter_batches(_BATCH, at, SUMMED, use_threads=False)
        for rows in parts:
            yield tuple(c.to_numpy(zero_copy_only=False) for c in rows.columns)


def _less(one: Mapping[str, str], other: Mapping[str, str]) -> dict[str, str]:
    return {period: name for period, name in one.items() if other.get(period) != name}


def _named(parts: Mapping[str, str]) -> str:
    return _hash(json.dumps(parts, sort_keys=True))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_LENGTH]


def labelled(totals: pa.Table, who: pa.Table) -> pa.Table:
    """Return totals with texts in place of numbers: the columns of ``who`` and of ``LABEL``.

    The texts are places in lists, as they are few.
    """
    label = totals["label"].combine_chunks()
    split = pc.split_pattern(label.dictionary, SEPARATOR)
    sides = [(totals["who_no"].combine_chunks(), {n: who[n] for n in who.column_names})]
    sides += [(label.indices, {n: pc.list_element(split, at) for at, n in enumerate(LABEL)})]
    columns = {}
    for at, texts in sides:
        for name, column in texts.items():
            coded = _whole(column.dictionary_encode())
            columns[name] = pa.DictionaryArray.from_arrays(coded.indices.take(at), coded.dictionary)
    rest = [name for name in totals.column_names if name not in ("who_no", "label")]
    return pa.table(columns | {name: totals[name] for name in rest})


def _whole(column: Any) -> Any:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
