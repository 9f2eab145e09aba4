"""Compiled coefficient tables kept beside the books: a convenience, never a source of truth.

Deleting ``cache/`` changes no figure. A table is taken again only if all that it was made of is
the same, to the byte; one that is missing or broken is compiled anew without a word.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dafeng.accounting import Activity, compile_coefficients
from dafeng.rulebook import Rulebook

KEPT = 10
"""Tables kept; the oldest go first."""

_MADE_BY = ("vocabulary", "rulebook", "accounting")
"""Packages whose code and data bear on a coefficient."""

_LENGTH = 32
"""Characters of the two hashes in the name of a file: of what was asked, and of its content."""


class Cache:
    """Compiles coefficients, or reads them where the same were compiled before.

    Args:
        folder: where the tables are kept; made when the first one is written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def coefficients(
        self,
        rules: Rulebook,
        activities: Iterable[Activity],
        periods: Sequence[str],
        regions: Sequence[str],
        data_year: int | None = None,
    ) -> pa.Table:
        """Return what ``compile_coefficients`` returns for the same arguments."""
        occurring = set(activities)
        wanted = (sorted(map(repr, occurring)), tuple(periods), tuple(regions), data_year)
        key = _digest(repr((_program(), rules.hash, wanted)).encode())
        table = self._read(key)
        if table is None:
            table = compile_coefficients(rules, occurring, periods, regions, data_year)
            with suppress(OSError):  # a workspace that may only be read is computed all the same
                self._write(key, table)
        return table

    def _read(self, key: str) -> pa.Table | None:
        """Return the table under a key, if one is held whose content has the hash in its name."""
        for path in self._folder.glob(f"coefficients-{key}-*.parquet"):
            with suppress(OSError):  # another process may have removed it meanwhile
                content = path.read_bytes()
                if path.stem.endswith(_digest(content)):
                    return pq.ParquetFile(pa.BufferReader(content)).read()
        return None

    def _write(self, key: str, table: pa.Table) -> None:
        sink = pa.BufferOutputStream()
        pq.write_table(table, sink, compression="zstd")
        content = sink.getvalue().to_pybytes()
        self._folder.mkdir(exist_ok=True)
        (self._folder / ".gitignore").write_text("*\n", encoding="utf-8")
        path = self._folder / f"coefficients-{key}-{_digest(content)}.parquet"
        path.write_bytes(content)
        by_age = sorted(self._folder.glob("*.parquet"), key=lambda held: held.stat().st_mtime_ns)
        for old in by_age[:-KEPT]:
            old.unlink(missing_ok=True)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:_LENGTH]


@cache
def _program() -> str:
    """Digest of what makes coefficients, so that no other program's tables are taken."""
    digest = hashlib.sha256()
    folders = (Path(__file__).parents[1] / package for package in _MADE_BY)
    for path in (path for folder in folders for path in sorted(folder.rglob("*"))):
        if path.suffix in (".py", ".yaml"):
            digest.update(path.read_bytes())
    return digest.hexdigest()
