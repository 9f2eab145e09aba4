"""Totals kept beside a snapshot, and moved by what changed: total − old month + new month.

A convenience like the snapshot itself. All that is kept are counts and sums of whole numbers, so
that a total that was moved is the one that a full run gives, to the gram::

    manifest.json          year → its periods, each with the hash of its rows and of its ground
    2023-<hash>.parquet    totals of a year

What a month came to before is not kept, but computed again from its old rows, which stay in the
snapshot for a day: keeping each month for itself would make a full run three times as long.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dafeng.accounting import LABEL, SEPARATOR, Lines, account_totals
from dafeng.workspace.snapshot import Snapshot, clear, readable, replace

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

_Parts = Mapping[str, tuple[str, str]]
"""Period → the hash of its rows, and that of all else that bears on its totals."""

Compute = Callable[[Mapping[str, str]], pa.Table]
"""Gives the totals of periods, each with the hash of its rows, in the columns of ``SCHEMA``."""


class Summing:
    """Computes the totals of periods of a snapshot where the engine is.

    Args:
        engine: the engine.
        snapshot: holds the rows.
        lines: what the rows are joined to.
    """

    def __init__(self, engine: Engine, snapshot: Snapshot, lines: Lines) -> None:
        self._engine, self._snapshot, self._labels = engine, snapshot, lines.labels
        activities = snapshot.numbered("activity")["activity"].combine_chunks()
        sides = lines.numbered(snapshot.numbered("who"), activities)
        names = (f"{name}_{uuid4().hex}" for name in ("lines", "own"))
        self._sides = [engine.put(*side) for side in zip(names, sides, strict=True)]

    def __call__(self, periods: Mapping[str, str]) -> pa.Table:
        """Return the totals of periods, each with the hash of its rows."""
        names = ("who_no", "activity_no", "amount")
        files = [self._snapshot.path(*period) for period in sorted(periods.items())]
        rows = self._engine.scan("snapshot", files, names)
        found = self._engine.fetch(account_totals(rows, *self._sides))
        codes = found["label"].combine_chunks().cast(pa.int32())
        label = pa.DictionaryArray.from_arrays(codes, self._labels)
        return found.set_column(1, "label", label).select(SCHEMA.names).cast(SCHEMA)


class Totals:
    """Totals of the years of a snapshot, kept until what they are made of changes.

    Args:
        snapshot: holds the rows.
        folder: where the totals are kept.
        ground: gives for a period the hash of all else that bears on its totals: lines, what was
            measured.
        compute: gives the totals of some periods.
    """

    def __init__(
        self, snapshot: Snapshot, folder: Path, ground: Callable[[str], str], compute: Compute
    ) -> None:
        self._snapshot, self._folder = snapshot, folder
        self._ground, self._compute = ground, compute

    def of(self, year: str) -> pa.Table:
        """Return the totals of a year, computing what is not kept."""
        held = {p: rows for p, rows in self._snapshot.periods.items() if p.startswith(year)}
        parts = {period: (rows, self._ground(period)) for period, rows in held.items()}
        manifest = self._manifest()
        kept = self._read(year, parts)
        if kept is not None:
            return kept
        found = self._moved(year, manifest.get(year, {}), parts)
        with suppress(OSError):  # a full disk keeps nothing, and changes no figure
            write(found, self._path(year, parts))
            manifest |= {year: parts}
            replace(self._folder / _MANIFEST, json.dumps(manifest).encode())
            clear(self._folder, {self._path(*item) for item in manifest.items()})
        return found

    def _moved(self, year: str, before: _Parts, parts: _Parts) -> pa.Table:
        """Return the totals of a year by way of those that were kept of it, where that is short."""
        if not parts:  # all rows of the year were replaced by rows of another
            return SCHEMA.empty_table()
        old, new = _less(before, parts), _less(parts, before)
        movable = len(old) + len(new) <= len(parts) and all(
            period in parts and parts[period][1] == ground  # else what it came to is not known
            for period, (_, ground) in old.items()
        )
        kept = self._read(year, before) if movable else None
        if kept is None or not all(readable(self._snapshot.path(p, old[p][0])) for p in old):
            return self._computed(parts)
        come = [self._computed(new)] if new else []
        return merged([kept, *come], [self._computed(old)] if old else [])

    def _computed(self, parts: _Parts) -> pa.Table:
        return self._compute({period: rows for period, (rows, _) in parts.items()})

    def _read(self, year: str, parts: _Parts) -> pa.Table | None:
        with suppress(OSError, pa.ArrowInvalid):
            return pq.ParquetFile(self._path(year, parts), read_dictionary=["label"]).read()
        return None

    def _manifest(self) -> dict[str, _Parts]:
        with suppress(OSError, ValueError):
            found = json.loads((self._folder / _MANIFEST).read_text(encoding="utf-8"))
            return {
                y: {p: (rows, ground) for p, (rows, ground) in parts.items()}
                for y, parts in found.items()
            }
        return {}

    def _path(self, year: str, parts: _Parts) -> Path:
        named = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
        return self._folder / f"{year}-{named[:_LENGTH]}.parquet"


def merged(parts: Sequence[pa.Table], less: Sequence[pa.Table] = ()) -> pa.Table:
    """Add totals of periods, and take some off again that were added before.

    Sums of whole numbers: the result does not depend on how rows are split, or in what order.

    Raises:
        OverflowError: a sum may not fit into 64 bits.
    """
    rows = pa.concat_tables([*parts, *(_negative(part) for part in less)]).unify_dictionaries()
    if _magnitude(rows["grams"]) >= _LIMIT:
        raise OverflowError("grams")
    label = rows["label"].combine_chunks()
    coded = rows.set_column(1, "label", label.indices)
    sums = coded.group_by(["who_no", "label"]).aggregate([(name, "sum") for name in SUMS])
    sums = sums.rename_columns(SCHEMA.names).filter(pc.field("terms") > 0)
    codes = sums["label"].combine_chunks()
    said = pa.DictionaryArray.from_arrays(codes, label.dictionary)
    return sums.set_column(1, "label", said).cast(SCHEMA)


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


def _less(one: _Parts, other: _Parts) -> _Parts:
    return {period: part for period, part in one.items() if other.get(period) != part}


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
