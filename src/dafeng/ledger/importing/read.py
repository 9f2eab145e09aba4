"""Read CSV and Parquet files into columns, with the row number of each row."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv
from pyarrow import parquet

from dafeng.findings import Finding
from dafeng.ledger.importing.columns import Labels
from dafeng.ledger.importing.encoding import GB18030, to_utf8
from dafeng.ledger.importing.sheets import read_xlsx
from dafeng.ledger.importing.source import Progress, Source, titles
from dafeng.vocabulary import Fault

_BLANK = ', \t\r\n"'  # a row of nothing else holds no value
_TEXT = pa.dictionary(pa.int32(), pa.string())


def read_source(path: Path, sheet: str | None = None, progress: Progress | None = None) -> Source:
    """Read a file by its suffix.

    Args:
        path: a ``.csv``, ``.parquet`` or ``.xlsx`` file.
        sheet: name of the worksheet; by default the first.
        progress: told of what is done, in bytes or rows.

    Raises:
        Fault: ``no_file``, ``unknown_file_type``, ``empty_file``, ``bad_encoding``,
            ``mixed_encoding``, ``duplicate_column``, ``merged_cells`` or ``unreadable_file``.
    """
    tell = progress or _silent
    if not path.is_file():
        raise Fault("no_file", str(path))
    match path.suffix.lower():
        case ".csv":
            source = _read_csv(path, tell)
        case ".parquet":
            source = _read_parquet(path, tell)
        case ".xlsx":
            source = read_xlsx(path, sheet, tell)
        case suffix:
            raise Fault("unknown_file_type", path.name, suffix=suffix or path.name)
    names = list(source.header)
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise Fault("duplicate_column", f"{path.name}:1:{twice}", column=twice)
    source = source.without_blank_rows()
    if not source.size:
        raise Fault("empty_file", path.name)
    return source


def _silent(stage: str, done: int, whole: int) -> None:
    """Tell nobody."""


def _read_csv(path: Path, tell: Progress) -> Source:
    size = path.stat().st_size
    if not size:
        raise Fault("empty_file", path.name)
    try:
        with path.open("rb") as file:
            return _parse_csv(path, lambda: _Counted(file, size, tell))
    except _NotUtf8:
        data = to_utf8(path.read_bytes(), path.name)
    source = _parse_csv(path, lambda: io.BytesIO(data))
    notice = Finding("read_as_gb18030", path.name, {"encoding": GB18030})
    return Source(
        source.file, source.header, source.columns, source.rows, {}, source.ragged, ((0, notice),)
    )


def _parse_csv(path: Path, opened: Any) -> Source:
    """Parse on all cores; if rows are ragged, once more on one core, which knows their numbers."""
    header = _header(path, opened())
    found: list[Any] = []
    table = _arrow(path, opened(), header, found, threads=True)
    if found:
        found.clear()
        table = _arrow(path, opened(), header, found, threads=False)
    rows = np.arange(2, 2 + len(table) + len(found), dtype=np.int64)
    rows = rows[~np.isin(rows, [bad.number for bad in found])]
    ragged = tuple(
        (bad.number, bad.actual_columns, len(header), bad.text)
        for bad in found
        if bad.text.strip(_BLANK)
    )
    columns = {name: Labels.of(table.column(i)) for i, name in enumerate(header)}
    return Source(path.name, header, columns, rows, ragged=ragged)


def _header(path: Path, file: Any) -> tuple[str, ...]:
    first = file.readline()
    try:
        text = first.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _NotUtf8 from error
    cells = next(csv.reader([text]), [])
    if not any(cell.strip() for cell in cells):
        raise Fault("empty_file", path.name)
    return titles(cells)


def _arrow(
    path: Path, file: Any, header: tuple[str, ...], found: list[Any], *, threads: bool
) -> Any:
    def skip(row: Any) -> str:
        found.append(row)
        return "skip"

    keys = [str(i) for i in range(len(header))]  # the printed names may repeat
    try:
        return arrow_csv.read_csv(
            file,
            arrow_csv.ReadOptions(use_threads=threads, column_names=keys, skip_rows=1),
            arrow_csv.ParseOptions(
                newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=skip
            ),
            arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(keys, _TEXT), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as error:
        if "UTF8" in str(error):
            raise _NotUtf8 from error
        if "Empty CSV" in str(error):
            raise Fault("empty_file", path.name) from error
        raise Fault("unreadable_file", path.name, reason=str(error)) from error


def _read_parquet(path: Path, tell: Progress) -> Source:
    try:
        file = parquet.ParquetFile(path)
        groups = []
        for i in range(file.num_row_groups):
            groups.append(file.read_row_group(i))
            tell("read", i + 1, file.num_row_groups)
        table = pa.concat_tables(groups) if groups else file.schema_arrow.empty_table()
    except pa.ArrowInvalid as error:
        raise Fault("unreadable_file", path.name, reason=str(error)) from error
    columns = {name: _plain(table.column(i)) for i, name in enumerate(table.column_names)}
    rows = np.arange(1, 1 + len(table), dtype=np.int64)
    return Source(path.name, tuple(table.column_names), columns, rows)


def _plain(column: Any) -> Any:
    kind = column.type
    if pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_decimal(kind):
        return column.combine_chunks()
    return Labels.of(column)


class _NotUtf8(Exception):  # noqa: N818  a turn in the way, seen by nobody
    """The bytes are not UTF-8."""


class _Counted(io.RawIOBase):
    """A file from its beginning that tells how far it was read."""

    def __init__(self, file: Any, size: int, tell: Progress) -> None:
        file.seek(0)
        self._file, self._size, self._tell = file, size, tell

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data: bytes = self._file.read(size)
        self._tell("read", self._file.tell(), self._size)
        return data

    def readline(self, size: int | None = -1) -> bytes:  # noqa: ARG002
        line: bytes = self._file.readline()
        return line
