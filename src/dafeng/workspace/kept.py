"""What went into the totals that were shown, so that an old id can tell what changed since.

A run adds one file with the totals that no file holds yet: a row per total, its inputs as lists.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from dafeng.vocabulary import write_file
from dafeng.workspace.figures import Account

SCHEMA = pa.schema(
    [
        ("figure", pa.string()),
        ("entry", pa.list_(pa.string())),
        ("quantity", pa.list_(pa.float64())),
        ("parameter", pa.list_(pa.string())),
        ("value", pa.list_(pa.float64())),
        ("term", pa.list_(pa.string())),
        ("formula", pa.list_(pa.string())),
    ]
)
_LISTS = (("entry", "quantity"), ("parameter", "value"), ("term", "formula"))


class Kept:
    """Inputs of totals by figure id, in files that are only ever added.

    Args:
        folder: where the files are; made when the first one is written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, accounts: Sequence[Account]) -> None:
        """Keep the inputs of totals that are not kept yet."""
        known = {figure for path in self._files() for figure in _figures(path)}
        fresh = [account for account in accounts if account.figure not in known]
        if fresh:
            digest = hashlib.sha256("\n".join(a.figure for a in fresh).encode()).hexdigest()
            sink = BytesIO()
            pq.write_table(_table(fresh), sink, compression="zstd")
            with suppress(OSError):  # full or read-only: what it rests on is computed all the same
                write_file(self._folder / f"{digest}.parquet", sink.getvalue())

    def inputs(self, figure: str) -> dict[str, Any] | None:
        """Return the inputs of a total by id, as ``Account.inputs``; ``None`` where not kept."""
        for path in self._files():
            figures = _figures(path)
            if figure in figures:
                row = pq.ParquetFile(path).read().slice(figures.index(figure), 1).to_pylist()[0]
                row["entry"] = [f"entry/{entry}" for entry in row["entry"]]
                pairs = (zip(row[name], row[value], strict=True) for name, value in _LISTS)
                return {name: value for part in pairs for name, value in part}
        return None

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob("*.parquet"))


def _figures(path: Path) -> list[str]:
    """Return the figures of a file; none where it is damaged: what it held counts as not kept."""
    with suppress(OSError, pa.ArrowException):
        found: list[str] = pq.ParquetFile(path).read(columns=["figure"])["figure"].to_pylist()
        return found
    return []


def _table(accounts: Sequence[Account]) -> pa.Table:
    inputs = [account.footing.inputs for account in accounts]
    formulas = [{k: v for k, v in found.items() if isinstance(v, str)} for found in inputs]
    values = [
        {k: v for k, v in found.items() if k not in f}
        for found, f in zip(inputs, formulas, strict=True)
    ]
    columns = {
        "figure": [account.figure for account in accounts],
        "entry": _lists([account.footing.entries for account in accounts]),
        "quantity": _lists([account.footing.quantities for account in accounts]),
        "parameter": [list(found) for found in values],
        "value": [list(found.values()) for found in values],
        "term": [list(found) for found in formulas],
        "formula": [list(found.values()) for found in formulas],
    }
    return pa.table(columns, schema=SCHEMA)


def _lists(parts: Sequence[pa.Array]) -> pa.ListArray:
    """Return arrays as one array of lists."""
    ends = np.cumsum([0, *map(len, parts)])
    return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), pa.concat_arrays(parts))
