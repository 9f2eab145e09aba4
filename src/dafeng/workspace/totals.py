"""Totals kept beside a snapshot, and moved by what changed: total − old month + new month.

A convenience like the snapshot itself. All that is kept are counts and sums of whole numbers, so
that a total that was moved is the one that a full run gives, to the gram::

    manifest.json             year → the hash of each of its periods, and of the year
    2023-01-<hash>.parquet    totals of a period
    2023-<hash>.parquet       totals of a year
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dafeng.accounting import LABEL, SEPARATOR, Lines, account_totals
from dafeng.workspace.snapshot import Snapshot, clear, replace

if TYPE_CHECKING:
    from dafeng.engine import Engine

SUMS = ("grams", "entries", "terms", "without_value")
"""Whole numbers that are added where totals are merged; the keys are ``who_no`` and ``label``."""

SCHEMA = pa.schema(
    [
        ("who_no", pa.int32()),
        ("label", pa.dictionary(pa.int32(), pa.string())),
        *((name, pa.int64()) for name in SUMS),
    ]
)

_MANIFEST = "manifest.json"
_LENGTH = 32  # characters of a hash in the name of a file
_LIMIT = 2.0**63
_MOST = 3  # parts that go or come before adding all of them is quicker

Compute = Callable[[Sequence[str]], pa.Table]


class Summing:
    """Computes the totals of periods of a snapshot where the engine is.

    Args:
        engine: the engine.
        snapshot: holds the rows.
        lines: what the rows are joined to.
    """

    def __init__(self, engine: Engine, snapshot: Snapshot, lines: Lines) -> None:
        self._engine, self.snapshot, self._labels = engine, snapshot, lines.labels
        activities = snapshot.numbered("activity")["activity"].combine_chunks()
        sides = lines.numbered(snapshot.numbered("who"), activities)
        self._sides = [engine.put(*side) for side in zip(("lines", "own"), sides, strict=True)]

    def __call__(self, periods: Sequence[str]) -> pa.Table:
        """Return the totals in the columns of ``SCHEMA``."""
        names = ("who_no", "activity_no", "amount")
        rows = self._engine.scan("snapshot", self.snapshot.files(periods), names)
        lines, own = (side.filter(side.period.isin(list(periods))) for side in self._sides)
        found = self._engine.fetch(account_totals(rows, lines, own))
        codes = found["label"].combine_chunks().cast(pa.int32())
        label = pa.DictionaryArray.from_arrays(codes, self._labels)
        return merged([found.set_column(1, "label", label).select(SCHEMA.names).cast(SCHEMA)])


class Totals:
    """Totals of the years of a snapshot, kept until what they are made of changes.

    Args:
        snapshot: holds the rows.
        folder: where the totals are kept.
        ground: gives for a period the hash of all else that bears on its totals: lines, what was
            measured.
        compute: gives the totals of some periods, in the columns of ``SCHEMA``.
    """

    def __init__(
        self, snapshot: Snapshot, folder: Path, ground: Callable[[str], str], compute: Compute
    ) -> None:
        self._held = snapshot.periods
        self._folder, self._ground, self._compute = folder, ground, compute

    def of(self, year: str) -> pa.Table:
        """Return the totals of a year, computing the periods that are not kept."""
        parts = {
            period: _hash(f"{period} {rows} {self._ground(period)}")
            for period, rows in self._held.items()
            if period.startswith(year)
        }
        manifest = self._manifest()
        before: dict[str, str] = manifest.get(year, {})
        name = _named(parts)
        kept = self._read(year, name)
        if kept is not None:
            return kept
        found = self._moved(year, before, parts)
        write(found, self._path(year, name))
        manifest |= {year: parts}
        replace(self._folder / _MANIFEST, json.dumps(manifest).encode())
        years = {self._path(y, _named(held)) for y, held in manifest.items()}
        periods = {self._path(*item) for held in manifest.values() for item in held.items()}
        clear(self._folder, years | periods)
        return found

    def _moved(self, year: str, before: Mapping[str, str], parts: Mapping[str, str]) -> pa.Table:
        """Return the totals of a year by way of those that were kept of it, where that is short."""
        if not parts:  # all rows of the year were replaced by rows of another
            return SCHEMA.empty_table()
        gone, come = (_less(*pair) for pair in ((before, parts), (parts, before)))
        kept = self._read(year, _named(before)) if before else None
        old = [self._read(*item) for item in gone.items()]
        short = len(gone) + len(come) <= min(_MOST, len(parts) - 1)
        if kept is None or not short or any(part is None for part in old):
            return merged([self._part(*item) for item in parts.items()])
        new = [self._part(*item) for item in come.items()]
        return merged([kept, *new], [part for part in old if part is not None])

    def _part(self, period: str, name: str) -> pa.Table:
        kept = self._read(period, name)
        if kept is None:
            kept = self._compute([period])
            write(kept, self._path(period, name))
        return kept

    def _read(self, label: str, name: str) -> pa.Table | None:
        with suppress(OSError, pa.ArrowInvalid):
            return pq.ParquetFile(self._path(label, name), read_dictionary=["label"]).read()
        return None

    def _manifest(self) -> dict[str, dict[str, str]]:
        with suppress(OSError, ValueError):
            found = json.loads((self._folder / _MANIFEST).read_text(encoding="utf-8"))
            return {year: dict(parts) for year, parts in found.items()}
        return {}

    def _path(self, label: str, name: str) -> Path:
        return self._folder / f"{label}-{name}.parquet"


def merged(parts: Sequence[pa.Table], less: Sequence[pa.Table] = ()) -> pa.Table:
    """Add totals of periods, and take some off again that were added before.

    Sums of whole numbers: the result does not depend on how rows are split, or in what order.

    Raises:
        OverflowError: a sum may not fit into 64 bits.
    """
    rows = pa.concat_tables([*parts, *(_negative(part) for part in less)]).unify_dictionaries()
    if _magnitude(rows["grams"]) >= _LIMIT:
        raise OverflowError("grams")
    if not rows.num_rows:
        return rows
    label = rows["label"].combine_chunks()
    labels = len(label.dictionary)
    key = rows["who_no"].to_numpy().astype(np.int64) * labels + label.indices.to_numpy()
    order = np.argsort(key, kind="stable")  # parts are in order already, which makes it quick
    starts = np.flatnonzero(np.diff(key[order], prepend=-1))
    sums = {name: np.add.reduceat(rows[name].to_numpy()[order], starts) for name in SUMS}
    held = sums["terms"] > 0
    keys = key[order][starts][held]
    codes = pa.array((keys % labels).astype(np.int32))
    said = {
        "who_no": pa.array((keys // labels).astype(np.int32)),
        "label": pa.DictionaryArray.from_arrays(codes, label.dictionary),
    }
    return pa.table(said | {name: pa.array(sums[name][held]) for name in SUMS}, schema=SCHEMA)


def write(rows: pa.Table, path: Path) -> None:
    """Write totals: quick to write and read again."""
    sink = pa.BufferOutputStream()
    pq.write_table(rows, sink, compression="lz4", use_dictionary=["label"])
    replace(path, sink.getvalue())


def _negative(part: pa.Table) -> pa.Table:
    return pa.table(
        {name: part[name] if name not in SUMS else pc.negate(part[name]) for name in SCHEMA.names},
        schema=SCHEMA,
    )


def _less(one: Mapping[str, str], other: Mapping[str, str]) -> dict[str, str]:
    return {period: name for period, name in one.items() if other.get(period) != name}


def _named(parts: Mapping[str, str]) -> str:
    return _hash(json.dumps(parts, sort_keys=True))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_LENGTH]


def _magnitude(column: pa.ChunkedArray) -> float:
    """Return the sum of absolute values, which no partial sum exceeds."""
    return pc.sum(pc.abs(column.cast(pa.float64(), safe=False))).as_py() or 0.0


def labelled(totals: pa.Table, who: pa.Table) -> pa.Table:
    """Return totals with texts in place of numbers: the columns of ``who`` and of ``LABEL``."""
    if not totals.num_rows:
        texts = [(name, pa.string()) for name in (*who.column_names, *LABEL)]
        return pa.schema([*texts, *((name, pa.int64()) for name in SUMS)]).empty_table()
    label = totals["label"].combine_chunks()
    split = pc.split_pattern(label.dictionary, SEPARATOR)
    columns = {name: who[name].take(totals["who_no"]) for name in who.column_names}
    for place, name in enumerate(LABEL):
        columns[name] = pc.list_element(split, place).take(label.indices)
    return pa.table(columns | {name: totals[name] for name in SUMS})
