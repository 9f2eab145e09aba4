"""Lay the columns of a file out as the columns of a table, by name or by a mapping."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dafeng.ledger.importing.booking import CHECKS, ENTRIES, IGNORED, OF_WHICH, book
from dafeng.ledger.importing.check import (
    check_filled,
    check_key,
    check_labels,
    check_numbers,
    check_units,
)
from dafeng.ledger.importing.columns import Bools, Ints, Labels, group
from dafeng.ledger.importing.faults import Faults
from dafeng.ledger.importing.header import FROM_ROWS, NUMBERS
from dafeng.ledger.importing.mapping import ItemRule, Mapping
from dafeng.ledger.importing.source import Progress, Source
from dafeng.ledger.importing.totals import Totals, check_rows, item_sums
from dafeng.vocabulary import Column, TableSchema, items


@dataclass
class Layout:
    """The rows of a file as columns of a table.

    Attributes:
        source, mapping, faults: what is laid out, how, and what was found.
        given: table column → values as read; item labels already replaced.
        columns: table column → checked values of all rows (text, or an array of numbers).
        kind: class of each row.
        active: rows that are read, being neither left out nor unknown.
        booked: rows that belong into the table.
        signed: numbers as they count in printed totals.
        unchecked: comparisons with printed totals that could not be made.
    """

    source: Source
    mapping: Mapping
    faults: Faults
    given: dict[str, Any]
    kind: Ints
    active: Bools
    booked: Bools
    columns: dict[str, Any] = field(default_factory=dict)
    signed: Any = None
    unchecked: int = 0


def lay_out(
    source: Source,
    schema: TableSchema,
    mapping: Mapping,
    faults: Faults,
    progress: Progress | None = None,
) -> Layout:
    """Rename, fill in, class, book and check the rows of a file whose header is in order."""
    size = len(source.rows)
    every = np.ones(size, dtype=np.bool_)
    given = {column.name: _given(column, source, mapping) for column in schema.columns}
    kind = np.full(size, ENTRIES, dtype=np.int64)
    layout = Layout(source, mapping, faults, given, kind, every, every)
    if mapping.items:
        _map_items(layout)
    for column in schema.columns:
        if column.type in NUMBERS:
            cells = source.text_cells.get(mapping.source(column.name))
            layout.columns[column.name] = check_numbers(
                column, given[column.name], cells, layout.active, faults
            )
    layout.signed = layout.columns.get("quantity")
    if mapping.rows:
        _book(layout)
    texts = [column for column in schema.columns if column.type not in NUMBERS]
    for done, column in enumerate(texts, start=1):
        labels = check_labels(column, layout.given[column.name], layout.active, faults)
        layout.columns[column.name] = labels
        if progress:
            progress("check", done, len(texts))
    _check_rows(schema, layout)
    if mapping.rows or mapping.items:
        _check_totals(layout)
    return layout


def _given(column: Column, source: Source, mapping: Mapping) -> Any:
    """Return a column as read: text, or Arrow numbers where the file holds numbers."""
    size = len(source.rows)
    if column.name in mapping.constants:
        return Labels.constant(mapping.constants[column.name], size)
    found = source.columns.get(mapping.source(column.name))
    if found is None or (mapping.rows and column.name in FROM_ROWS):
        return Labels.constant(column.default or "", size)
    if column.type in NUMBERS:
        return found
    labels = source.text(mapping.source(column.name))
    suffix, default = mapping.suffixes.get(column.name), column.default
    if suffix:
        labels = labels.map(lambda text: text and text + suffix)
    return labels.map(lambda text: text or default) if default else labels


def _map_items(layout: Layout) -> None:
    """Replace the item labels that the mapping names; class printed totals and left-out rows."""
    labels = layout.given["item"]
    rules = [layout.mapping.items.get(text, text) for text in labels.texts]
    kinds = [
        (CHECKS if rule.total else IGNORED) if isinstance(rule, ItemRule) else ENTRIES
        for rule in rules
    ]
    layout.kind = labels.each(np.array(kinds, dtype=np.int64))
    layout.active = layout.kind != IGNORED
    layout.booked = layout.kind == ENTRIES
    ids = ["" if isinstance(rule, ItemRule) else rule for rule in rules]
    unknown = np.array([bool(label) and items().find(label) is None for label in ids])
    at = np.flatnonzero(labels.each(unknown))
    layout.faults.add("unmapped_label", at, "item", lambda i: {"label": labels[i]})
    known = ["" if bad else label for label, bad in zip(ids, unknown, strict=True)]
    layout.given["item"] = Labels.choose(known, labels.codes)


def _book(layout: Layout) -> None:
    """Class and book the rows by their labels."""
    rows = layout.mapping.rows
    if rows is None:
        return
    labels = layout.source.text(rows.label)
    numbers = layout.columns["quantity"]
    booked = book(labels, numbers, rows.labels, layout.active, layout.faults.add)
    of_items = layout.kind == ENTRIES
    layout.kind = np.where(of_items, booked.kind, layout.kind)
    layout.active &= layout.kind != IGNORED
    layout.booked = booked.booked & of_items
    layout.columns["quantity"] = booked.quantity
    layout.signed = booked.signed
    layout.given |= booked.columns


def _check_rows(schema: TableSchema, layout: Layout) -> None:
    """Check what takes more than one column."""
    faults, columns = layout.faults, layout.columns
    rejected = faults.rejected
    for column in schema.columns:
        if column.required:
            where = layout.booked if column.name in (*FROM_ROWS, "item") else layout.active
            check_filled(column, columns[column.name], where & ~rejected, faults.add)
    sound = np.flatnonzero(~faults.rejected & layout.active)
    add = faults.among(sound)
    if "flow" in columns:
        check_units(columns["item"].take(sound), columns["unit"].take(sound), add)
    else:
        keys = [columns[name].take(sound) for name in schema.key]
        check_key(keys, schema.key, faults.rows[sound], add)


def _check_totals(layout: Layout) -> None:
    columns, mapping, faults = layout.columns, layout.mapping, layout.faults
    table = group(*(columns[name].codes for name in ("reporter", "facility", "period")))
    unit = columns["unit"].codes
    sound = ~faults.rejected & layout.active
    labels = layout.source.text(mapping.rows.label) if mapping.rows else columns["flow"]
    if mapping.rows:
        context = group(table, columns["item"].codes, unit)
        where = sound & columns["item"].filled
        totals = Totals(context, table, labels, layout.signed, where)
        totals.twice(np.isin(layout.kind, (CHECKS, OF_WHICH)) & ~layout.booked, faults)
        layout.unchecked += check_rows(totals, mapping.rows, mapping.tolerance, faults.add)
    if sums := item_sums(mapping.items, mapping.tolerance):
        item_labels = layout.source.text(mapping.source("item"))
        context = group(table, labels.codes, columns["use"].codes, unit)
        totals = Totals(context, table, item_labels, layout.signed, sound)
        layout.unchecked += totals.compare(sums, faults.add)
