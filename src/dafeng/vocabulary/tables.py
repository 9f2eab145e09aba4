"""The shape of a table: columns as data, so that import, checks and docs read the same thing."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from dafeng.vocabulary.schema import Record, Text, read_records


class Column(Record):
    """A column of a table.

    Attributes:
        type: ``text``, ``id`` (letters, digits, - and _, so that it can stand in a figure id),
            ``number``, ``integer`` or ``date``; ``period``, ``item``, ``flow``,
            ``use``, ``region``, ``sector``, ``unit``, ``mark`` and ``credit_code`` are text
            checked against the vocabulary (and replaced by the id that the label names).
        required: whether every row must hold a value.
        default: what an absent value means.
        choices: the only values allowed, where they are few.
        low, high: the least and the greatest number allowed.
        key: whether the column is part of the row key.
    """

    name: str
    type: Literal[
        "text",
        "id",
        "number",
        "integer",
        "date",
        "period",
        "item",
        "flow",
        "use",
        "region",
        "sector",
        "unit",
        "mark",
        "credit_code",
    ] = "text"
    required: bool = False
    default: str | None = None
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    key: bool = False
    text: Text


class TableSchema(Record):
    """A table: its name, what it holds, and its columns in order."""

    name: str
    text: Text
    columns: tuple[Column, ...]

    def with_choices(self, column: str, choices: Iterable[str]) -> TableSchema:
        """Return the schema with the only values that a column may hold."""
        columns = tuple(
            c.model_copy(update={"choices": tuple(choices)}) if c.name == column else c
            for c in self.columns
        )
        return self.model_copy(update={"columns": columns})

    @property
    def key(self) -> tuple[str, ...]:
        """Names of the columns that identify a row."""
        return tuple(column.name for column in self.columns if column.key)


def read_tables(path: Path) -> dict[str, TableSchema]:
    """Read the tables that a data file declares, by name."""
    return {table.name: table for table in read_records(TableSchema, path, "tables")}
