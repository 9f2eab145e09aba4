"""The settings of budgets: shipped under ``data/``, with those of a workspace laid over them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from dafeng.vocabulary import (
    Record,
    TableSchema,
    Text,
    factor,
    read_tables,
    read_yaml,
    validate,
)

_DATA = Path(__file__).parent / "data"
TONNE = round(factor("tce", "gce"))
"""Grams of a tonne of standard coal, the unit of budgets in tables and for people."""

R = TypeVar("R", bound=Record)


class Cited(Record):
    """What rests on a clause, and how well that is checked."""

    document: str
    clause: str
    mark: str

    @property
    def citation(self) -> str:
        """``document/clause``."""
        return f"{self.document}/{self.clause}"


class Named(Record):
    """Something with a name."""

    zh: str
    en: str

    @property
    def name(self) -> Text:
        """Name in both languages."""
        return Text(zh=self.zh, en=self.en)


def settings(record: type[R], name: str, folder: Path | None = None) -> R:
    """Return the settings ``name``, those of a folder laid over the shipped ones.

    Args:
        record: their shape.
        name: name of the file without ``.yaml``.
        folder: folder with files of one's own; a field there takes the place of the shipped one,
            a record of a list that of the same id, any other list as a whole.

    Raises:
        Fault: ``bad_yaml``, ``bad_field`` with the file.
    """
    path = _DATA / f"{name}.yaml"
    found = read_yaml(path)
    own = folder / f"{name}.yaml" if folder else None
    if own is not None and own.is_file():
        found, path = _laid(found, read_yaml(own)), own
    return validate(record, found, str(path))


def _laid(below: Any, above: Any) -> Any:
    """Return settings laid over others: field by field, records of a list by their id."""
    if isinstance(below, dict) and isinstance(above, dict):
        return below | {key: _laid(below.get(key), value) for key, value in above.items()}
    if _by_id(below) and _by_id(above):
        held = {row["id"]: row for row in below}
        return list((held | {row["id"]: _laid(held.get(row["id"]), row) for row in above}).values())
    return above


def _by_id(rows: Any) -> bool:
    return isinstance(rows, list) and all(isinstance(row, dict) and "id" in row for row in rows)


def budget_tables() -> dict[str, TableSchema]:
    """The tables of files that an allocation reads, by name."""
    return read_tables(_DATA / "tables.yaml")
