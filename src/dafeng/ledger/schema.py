"""The tables of the ledger, as declared in ``data/tables.yaml``."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from dafeng.vocabulary import TableSchema, read_tables

_FILE = Path(__file__).parent / "data" / "tables.yaml"


@cache
def tables() -> dict[str, TableSchema]:
    """The tables of the ledger by name."""
    return read_tables(_FILE)
