"""Import: a file becomes rows of a declared table, rejected rows and findings; nothing is lost."""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection
from dataclasses import dataclass
from io import SEEK_END, BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from dafeng.findings import Finding
from dafeng.ledger.conflicts import note_conflicts
from dafeng.ledger.importing.booking import CLASSES
from dafeng.ledger.importing.check import to_arrow
from dafeng.ledger.importing.columns import Ints, Labels
from dafeng.ledger.importing.faults import Add, Faults
from dafeng.ledger.importing.header import check_header, check_mapping
from dafeng.ledger.importing.layout import Layout, lay_out
from dafeng.ledger.importing.mapping import Mapping
from dafeng.ledger.importing.read import read_source
from dafeng.ledger.importing.source import Progress, Source
from dafeng.vocabulary import Fault, TableSchema, write_file

ENTRIES = "entries"
_ROW, _CODES, _TEXT = "rejected_row", "rejected_codes", "rejected_text"


@dataclass(frozen=True)
class Import:
    """What came of a file.

    Attributes:
        table: the rows that are sound, with the columns of the schema; text is
            dictionary-encoded and never null, an absent number or date is null. Quantities
            and units are as given, units by their id.
        row: row number in the file of each row of ``table``; in CSV and Excel the header is
            row 1.
        rejected: the rows that are not, as read, with their row number and codes.
        findings: all that was found, in the order of the file.
        counts: ``rows`` of the file = ``entries`` + ``checks`` + ``of_which`` + ``ignored`` +
            ``rejected``; ``unchecked`` counts comparisons that lack their parts or whole.
    """

    table: Any
    row: Ints
    rejected: Any
    findings: list[Finding]
    counts: dict[str, int]


def read_table(
    path: Path,
    schema: TableSchema,
    mapping: Mapping | None = None,
    progress: Progress | None = None,
    *,
    existing: Any | None = None,
    region_ids: Collection[str] | None = None,
    also: Callable[[Any, Add], None] | None = None,
) -> Import:
    """Read a CSV, Parquet or Excel file as a table.

    Every row is read before anything is said; whether sound rows of a faulty file are taken
    in is for the caller to decide.

    Args:
        path: the file.
        schema: the table it is read as.
        mapping: how its layout becomes that table; by default its columns bear our names.
        progress: told of the stage, what is done and the whole.
        existing: rows in the books, against which entries are checked too.
        region_ids: reporters that are regions; by default the ids of the vocabulary.
        also: a further check of the sound rows, which notes those at fault.

    Raises:
        Fault: where the mapping does not fit the table; faults of the file are findings.
    """
    mapping = mapping or Mapping(table=schema.name)
    check_mapping(schema, mapping)
    try:
        source = read_source(path, mapping.sheet, progress)
    except Fault as fault:
        return _nothing(schema, Finding.of(fault))
    faults = _faults(source, mapping)
    if not check_header(source, schema, mapping, faults):
        table, row = _empty(schema), source.rows[:0]
        return Import(table, row, _rejected(source, faults), faults.findings, _counts(source))
    layout = lay_out(source, schema, mapping, faults, progress)
    table, row = _sound(layout, schema, source, faults)
    if schema.name == ENTRIES:
        note_conflicts(table, existing, source.rows[row], faults.among(row), region_ids)
        table, row = _sound(layout, schema, source, faults)
    if also is not None and len(table):
        also(table, faults.among(row))
        table, row = _sound(layout, schema, source, faults)
    counts = _counts(source, layout, faults)
    return Import(table, source.rows[row], _rejected(source, faults), faults.findings, counts)


def write_rejected(result: Import, path: Path) -> Path:
    """Write the rejected rows of ``path`` beside it as ``<name>.rejected.csv``.

    The file opens in spreadsheets (UTF-8 with a byte order mark); mended, it can be read in.
    """
    target = path.with_name(f"{path.stem}.rejected.csv")
    write_file(target, spreadsheet(result.rejected))
    return target


def spreadsheet(rows: pa.Table) -> bytes:
    """Return a table as CSV that spreadsheets open: UTF-8 with a byte order mark."""
    sink = BytesIO("\ufeff".encode())
    sink.seek(0, SEEK_END)
    arrow_csv.write_csv(rows, sink)
    return sink.getvalue()


def _faults(source: Source, mapping: Mapping) -> Faults:
    header = dict(mapping.columns)
    if mapping.rows:
        header["label"] = mapping.rows.label
    faults = Faults(source.file, source.rows, header)
    for row, finding in source.findings:
        faults.add_finding(row, finding)
    for row, cells, expected, _ in source.ragged:
        values = {"cells": cells, "expected": expected}
        faults.add_finding(row, Finding("bad_row", faults.place(row), values))
    return faults


def _sound(layout: Layout, schema: TableSchema, source: Source, faults: Faults) -> tuple[Any, Ints]:
    at = np.flatnonzero(layout.booked & ~faults.rejected)
    whole = len(at) == len(source.rows)
    columns = []
    for column in schema.columns:
        values = layout.columns[column.name]
        if not whole:
            values = values.take(at) if isinstance(values, Labels) else values[at]
        columns.append(to_arrow(column, values))
    return pa.table(columns, names=[column.name for column in schema.columns]), at


def _rejected(source: Source, faults: Faults) -> Any:
    codes = faults.codes()
    at = np.array(sorted(codes), dtype=np.int64)
    rows = source.rows[at].tolist() + [row for row, *_ in source.ragged]
    texts = [codes[i] for i in at.tolist()] + ["bad_row"] * len(source.ragged)
    table = {_ROW: pa.array(rows, pa.int64()), _CODES: pa.array(texts, pa.string())}
    for j, name in enumerate(source.header):
        values = source.text(name)
        cells = [values[i] for i in at.tolist()]
        cells += [_cell(text, j) for *_, text in source.ragged]
        table[name] = pa.array(cells, pa.string())
    if source.ragged:
        whole = [""] * len(at) + [text for *_, text in source.ragged]
        table[_TEXT] = pa.array(whole, pa.string())
    return pa.table(table)


def _cell(text: str, place: int) -> str:
    cells = next(csv.reader([text]), [])
    return cells[place] if place < len(cells) else ""


def _counts(
    source: Source, layout: Layout | None = None, faults: Faults | None = None
) -> dict[str, int]:
    counts = dict.fromkeys((*CLASSES, "rejected"), 0)
    if layout is None or faults is None:
        counts["rejected"] = source.size
    else:
        sound = ~faults.rejected
        for i, name in enumerate(CLASSES):
            counts[name] = int((sound & (layout.kind == i)).sum())
        counts["rejected"] = int((~sound).sum()) + len(source.ragged)
    return {"rows": source.size, **counts, "unchecked": layout.unchecked if layout else 0}


def _empty(schema: TableSchema) -> Any:
    numbers, texts = np.empty(0), Labels.of(pa.array([], pa.string()))
    columns = [
        to_arrow(column, numbers if column.type in ("number", "integer") else texts)
        for column in schema.columns
    ]
    return pa.table(columns, names=[column.name for column in schema.columns])


def _nothing(schema: TableSchema, finding: Finding) -> Import:
    source = Source("", (), {}, np.empty(0, dtype=np.int64))
    rejected = pa.table({_ROW: pa.array([], pa.int64()), _CODES: pa.array([], pa.string())})
    return Import(_empty(schema), source.rows, rejected, [finding], _counts(source))
