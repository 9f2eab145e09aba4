"""Lay the columns of a file out as the columns of a table, by name or by a mapping."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from dafeng.ledger.booking import CHECKS, ENTRIES, IGNORED, OF_WHICH, book
from dafeng.ledger.check import check_filled, check_key, check_labels, check_numbers, check_units
from dafeng.ledger.columns import Bools, Floats, Ints, Labels, group
from dafeng.ledger.faults import Faults
from dafeng.ledger.mapping import ItemRule, Mapping
from dafeng.ledger.source import Progress, Source
from dafeng.ledger.totals import Totals, check_rows, item_sums
from dafeng.vocabulary import Column, Fault, TableSchema, items

_NUMBERS = ("number", "integer")
_FROM_ROWS = ("flow", "use", "product", "note")


@dataclass
class Layout:
    """The rows of a file as columns of a table.

    Attributes:
        columns: table column → checked values of all rows.
        kind: class of each row.
        booked: rows that belong into the table.
        unchecked: comparisons with printed totals that could not be made.
    """

    columns: dict[str, Labels | Floats]
    kind: Ints
    booked: Bools
    unchecked: int = 0


def lay_out(
    source: Source, schema: TableSchema, mapping: Mapping, faults: Faults,
    progress: Progress | None = None,
) -> Layout | None:
    """Rename, fill in, class, book and check.

    Returns:
        ``None`` where a required column is missing: then no row can be read.

    Raises:
        Fault: ``bad_mapping`` where the mapping does not fit the table.
    """
    _check_mapping(schema, mapping)
    if not _columns_there(source, schema, mapping, faults):
        return None
    size = len(source.rows)
    everything = np.ones(size, dtype=np.bool_)
    layout = Layout({}, np.full(size, ENTRIES, dtype=np.int64), everything)
    given = {column.name: _given(column, source, mapping) for column in schema.columns}
    item_labels = given.get("item")
    active = everything
    if mapping.items and isinstance(item_labels, Labels):
        active = _map_items(item_labels, mapping, given, layout, faults)
    for column in schema.columns:
        if column.type in _NUMBERS:
            cells = source.text_cells.get(mapping.columns.get(column.name, column.name))
            numbers = check_numbers(column, given[column.name], cells, active, faults)
            layout.columns[column.name] = numbers
    layout.booked = active
    signed: Any = layout.columns.get("quantity")
    if mapping.rows:
        signed = _book(source, mapping, layout, given, active, faults)
    texts = [column for column in schema.columns if column.type not in _NUMBERS]
    for done, column in enumerate(texts, start=1):
        labels = check_labels(column, given[column.name], active, faults)
        layout.columns[column.name] = labels
        if progress:
            progress("check", done, len(texts))
    _check_rows(schema, layout, active, faults)
    if mapping.rows or mapping.items:
        _check_totals(source, mapping, layout, signed, item_labels, faults)
    return layout


def _check_mapping(schema: TableSchema, mapping: Mapping) -> None:
    names = {column.name for column in schema.columns}
    unknown = (mapping.columns.keys() | mapping.constants.keys()) - names
    if unknown:
        raise Fault("bad_mapping", label=", ".join(sorted(unknown)), table=schema.name)
    if mapping.table != schema.name:
        raise Fault("bad_mapping", label=mapping.table, table=schema.name)
    if mapping.rows and not names.issuperset(_FROM_ROWS):
        raise Fault("bad_mapping", label="rows", table=schema.name)


def _columns_there(
    source: Source, schema: TableSchema, mapping: Mapping, faults: Faults
) -> bool:
    """Whether all columns are there that must be; columns that nobody reads are named."""
    wanted = {column.name: mapping.columns.get(column.name, column.name) for column in schema.columns}
    made = set(mapping.constants) | (set(_FROM_ROWS) if mapping.rows else set())
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
        faults.add_table("missing_column", name, column=name, columns=", ".join(source.header))
    extra = [name for name in source.header if name and name not in wanted.values()]
    if extra and not mapping.columns:
        faults.add_table("unknown_column", extra[0], columns=", ".join(extra))
    return not missing


def _given(column: Column, source: Source, mapping: Mapping) -> Any:
    """Return a column as read: text, or Arrow numbers where the file holds numbers."""
    size = len(source.rows)
    if column.name in mapping.constants:
        return Labels.constant(mapping.constants[column.name], size)
    found = source.columns.get(mapping.columns.get(column.name, column.name))
    if found is None or (mapping.rows and column.name in _FROM_ROWS):
        return Labels.constant(column.default or "", size)
    if column.type in _NUMBERS:
        return found
    labels = found if isinstance(found, Labels) else Labels.of(found)
    return labels.map(lambda text: text or column.default or "") if column.default else labels


def _map_items(
    labels: Labels, mapping: Mapping, given: dict[str, Any], layout: Layout, faults: Faults
) -> Bools:
    """Replace item labels, class printed totals; return the rows that hold items or totals."""
    rules = [mapping.items.get(text, text) for text in labels.texts]
    kinds = [
        (CHECKS if rule.total else IGNORED) if isinstance(rule, ItemRule) else ENTRIES
        for rule in rules
    ]
    kind = labels.each(np.array(kinds, dtype=np.int64))
    unknown = [
        isinstance(rule, str) and bool(rule) and items().find(rule) is None for rule in rules
    ]
    at = np.flatnonzero(labels.each(np.array(unknown, dtype=np.bool_)))
    faults.add("unmapped_label", at, "item", lambda i: {"label": labels[i]})
    known = [
        "" if isinstance(rule, ItemRule) or missing else rule
        for rule, missing in zip(rules, unknown, strict=True)
    ]
    given["item"] = Labels.choose(known, labels.codes)
    layout.kind[:] = kind
    active: Bools = kind != IGNORED
    return active


def _book(
    source: Source, mapping: Mapping, layout: Layout, given: dict[str, Any], active: Bools,
    faults: Faults,
) -> Floats:
    """Class and book the rows by their labels; return the numbers as they count in totals."""
    rows = mapping.rows
    if rows is None:
        raise TypeError
    labels = source.columns[rows.label]
    quantity: Any = layout.columns["quantity"]
    booked = book(labels, quantity, rows.labels, active, faults.add)
    items_only = layout.kind == ENTRIES
    layout.kind = np.where(items_only, booked.kind, layout.kind)
    layout.booked = booked.booked & items_only
    layout.columns["quantity"] = booked.quantity
    given.update(booked.columns)
    return booked.signed


def _check_rows(schema: TableSchema, layout: Layout, active: Bools, faults: Faults) -> None:
    """Check what takes more than one column."""
    rejected = faults.rejected
    columns: Any = layout.columns
    for column in schema.columns:
        if column.required:
            where = layout.booked if column.name in (*_FROM_ROWS, "item") else active
            check_filled(column, columns[column.name], where & ~rejected, faults.add)
    if schema.name == "entries":
        check_units(columns["item"], columns["unit"], active & ~faults.rejected, faults.add)
    else:
        sound = np.flatnonzero(~faults.rejected)
        keys = {name: columns[name].take(sound) for name in schema.key}
        check_key(schema, keys, faults.rows[sound], faults.among(sound))


def _check_totals(
    source: Source, mapping: Mapping, layout: Layout, signed: Floats, item_labels: Any,
    faults: Faults,
) -> None:
    columns: Any = layout.columns
    table = group(*(columns[name].codes for name in ("reporter", "facility", "period")))
    unit = columns["unit"].codes
    sound = ~faults.rejected & (layout.kind != IGNORED)
    if mapping.rows:
        labels = source.columns[mapping.rows.label]
        where = sound & columns["item"].filled
        context = group(table, columns["item"].codes, unit)
        totals = Totals(context, table, labels, signed, where)
        totals.twice(np.isin(layout.kind, (CHECKS, OF_WHICH)) & ~layout.booked, faults)
        layout.unchecked += check_rows(totals, mapping.rows, mapping.tolerance, faults.add)
        context = group(table, labels.codes, unit)
    else:
        context = group(table, columns["flow"].codes, columns["use"].codes, unit)
    sums = item_sums(mapping.items, mapping.tolerance)
    if sums:
        totals = Totals(context, table, item_labels, signed, sound)
        layout.unchecked += totals.compare(sums, faults.add)
