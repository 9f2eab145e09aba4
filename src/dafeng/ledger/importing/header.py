"""Whether a mapping fits a table, and a file has the columns that are wanted."""

from __future__ import annotations

from collections.abc import Callable

from dafeng.ledger.importing.faults import Faults
from dafeng.ledger.importing.labels import resolver
from dafeng.ledger.importing.mapping import Mapping
from dafeng.ledger.importing.source import Source
from dafeng.vocabulary import Fault, TableSchema

FROM_ROWS = ("flow", "use", "product", "note")
"""Columns that row labels fill."""
NUMBERS = ("number", "integer")
"""Types of columns that hold numbers; the others hold text."""


def check_mapping(schema: TableSchema, mapping: Mapping) -> None:
    """Refuse a mapping that speaks of another table or of columns that it has not.

    Raises:
        Fault: ``bad_mapping``, or the fault of a constant that the vocabulary has not.
    """
    names = {column.name for column in schema.columns}
    texts = {column.name for column in schema.columns if column.type not in NUMBERS}
    stray = {*mapping.columns, *mapping.constants} - names
    unknown = sorted(stray | (mapping.suffixes.keys() - texts))
    if mapping.table != schema.name:
        unknown = [mapping.table]
    if mapping.rows and not names.issuperset(FROM_ROWS):
        unknown = ["rows"]
    if unknown:
        raise Fault("bad_mapping", label=", ".join(unknown), table=schema.name)
    for column in schema.columns:
        resolve = resolver(column) if column.name in mapping.constants else None
        if resolve:
            _check_constant(resolve, mapping.constants[column.name], column.name)


def check_header(source: Source, schema: TableSchema, mapping: Mapping, faults: Faults) -> bool:
    """Whether all columns are there that must be; without a mapping, unread ones are named."""
    wanted = {column.name: mapping.source(column.name) for column in schema.columns}
    made = set(mapping.constants) | (set(FROM_ROWS) if mapping.rows else set())
    missing = [
        wanted[column.name]
        for column in schema.columns
        if wanted[column.name] not in source.columns
        and column.name not in made
        and (column.required or column.name in mapping.columns)
    ]
    if mapping.rows and mapping.rows.label not in source.columns:
        missing.append(mapping.rows.label)
    for name in missing:
        faults.add_table("missing_column", name, {"columns": ", ".join(source.header)})
    extra = [name for name in source.header if name and name not in wanted.values()]
    if extra and not mapping.columns:
        faults.add_table("unknown_column", extra[0], {"columns": ", ".join(extra)})
    return not missing


def _check_constant(resolve: Callable[[str], str], value: str, name: str) -> None:
    try:
        resolve(value)
    except Fault as fault:
        raise fault.at(f"constants.{name}") from fault
