"""What was computed from the books, kept under a hash of all that it was made of.

A convenience like the rest of ``cache/``: what is missing, broken or may not be written is
computed anew without a word.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4
from weakref import finalize

import pyarrow as pa
import pyarrow.compute as pc

from dafeng.findings import Finding
from dafeng.vocabulary import Text
from dafeng.workspace import files
from dafeng.workspace.snapshot import digest

_MADE_BY = ("vocabulary", "rulebook", "ledger", "accounting", "engine", "explain", "workspace")
"""Packages whose code and data bear on what the books come to, and on what is found in them."""

_LENGTH = 32


class Scratch:
    """A folder that is there for as long as somebody holds this."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="dafeng-"))
        finalize(self, shutil.rmtree, self.path, ignore_errors=True)


class Shelf:
    """Tables and records by name, in a folder.

    Args:
        folder: made here; where it may not be written to, a folder that goes with this object
            stands in for it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            probe = folder / f"{uuid4().hex}.try"
            files.replace(probe, b"")
            probe.unlink(missing_ok=True)
        except OSError:
            self.retreat()

    def retreat(self) -> None:
        """Go on in a folder that goes with this object: this one is full or may not be written."""
        self._scratch = Scratch()
        self.folder = self._scratch.path / self.folder.name

    def path(self, name: str) -> Path:
        """Return where a table is or would be."""
        return self.folder / f"{name}.parquet"

    def record(self, name: str) -> dict[str, Any] | None:
        """Return a record, if it is kept."""
        with suppress(*files.BROKEN):
            return files.record(self.folder / f"{name}.json", _loaded)
        return None

    def note(self, name: str, record: Mapping[str, Any]) -> None:
        """Keep a record."""
        files.note(self.folder / f"{name}.json", record, _plain)

    def table(self, name: str) -> pa.Table | None:
        """Return a table, if it is kept."""
        with suppress(OSError, ValueError):
            return files.read(self.path(name))
        return None

    def put(self, name: str, rows: pa.Table) -> pa.Table:
        """Keep a table and return it."""
        files.write(rows, self.path(name), ("entry", "quantity", "amount", "grams", "lines"))
        return rows

    def clear(self, used: Iterable[str]) -> None:
        """Remove what has not been used for a while."""
        names = set(used)
        held = {path for path in self.folder.glob("*-*") if path.stem in names}
        files.clear(self.folder, held)


def hashed(*parts: object) -> str:
    """Return a hash of tables, texts and what has a settled ``repr``; rows in any order."""
    found = hashlib.sha256()
    for part in parts:
        if isinstance(part, pa.Table):
            found.update(digest(_settled(part)).encode())
        else:
            found.update(repr(part).encode())
    return found.hexdigest()[:_LENGTH]


def files_hash(paths: Iterable[Path]) -> str:
    """Return a hash of the content of files."""
    found = hashlib.sha256()
    for path in paths:
        found.update(path.name.encode())
        with path.open("rb") as opened:
            found.update(hashlib.file_digest(opened, "sha256").digest())
    return found.hexdigest()[:_LENGTH]


@cache
def program() -> str:
    """Return a hash of what computes the books, so that no other program's results are taken."""
    folders = (Path(__file__).parents[1] / package for package in _MADE_BY)
    files = (path for folder in folders for path in sorted(folder.rglob("*")))
    return files_hash(path for path in files if path.suffix in (".py", ".yaml"))


def _settled(rows: pa.Table) -> pa.Table:
    """Return rows in an order that their content settles."""
    columns = {}
    for field in rows.schema:
        column = rows[field.name]
        if pa.types.is_dictionary(field.type):
            column = column.cast(pa.string())
        columns[field.name] = column
    plain = pa.table(columns).combine_chunks()
    if not plain.num_rows:
        return plain
    order = pc.sort_indices(plain, [(name, "ascending") for name in plain.column_names])
    return plain.take(order).combine_chunks()


def _plain(value: Any) -> Any:
    if isinstance(value, Text):
        return {"_": "text", "zh": value.zh, "en": value.en}
    if isinstance(value, Finding):
        return {"_": "finding"} | vars(value)
    raise TypeError(type(value).__name__)


def _loaded(found: dict[str, Any]) -> Any:
    match found.get("_"):
        case "text":
            return Text(zh=found["zh"], en=found["en"])
        case "finding":
            return Finding(**{name: held for name, held in found.items() if name != "_"})
    return found
