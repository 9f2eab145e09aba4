"""The tables of the ledger and the bounds of its checks, as declared in ``data/``."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from dafeng.vocabulary import Record, TableSchema, read_tables, read_yaml, validate

_DATA = Path(__file__).parent / "data"


class Slip(Record):
    """When a month is likely a slip of unit.

    Attributes:
        factor: how many times the median of its series it is.
        months: series with fewer are not judged.
    """

    factor: float
    months: int


@cache
def tables() -> dict[str, TableSchema]:
    """The tables of the ledger by name."""
    return read_tables(_DATA / "tables.yaml")


@cache
def slip() -> Slip:
    """The bounds of the check on slips of unit."""
    return validate(Slip, read_yaml(_DATA / "checks.yaml")["slip"], "checks.yaml")
