"""Read Excel worksheets: one table per sheet, header in the first filled row."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from dafeng.ledger.importing.columns import Labels
from dafeng.ledger.importing.source import Progress, Source, titles
from dafeng.vocabulary import Fault

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_STEP = 1000


def read_xlsx(path: Path, name: str | None, tell: Progress) -> Source:
    """Read a worksheet into columns of text, remembering which cells were text.

    Args:
        path: the workbook.
        name: name of the worksheet; by default the first.
        tell: told of the rows done.

    Raises:
        Fault: ``unreadable_file``, ``unknown_sheet``, ``merged_cells`` with the ranges, or
            ``empty_file``.
    """
    sheet = _open(path, name)
    if sheet.merged_cell_ranges:
        ranges = ", ".join(f"{_cell(a)}:{_cell(b)}" for a, b in sheet.merged_cell_ranges)
        raise Fault("merged_cells", f"{path.name}:{sheet.name}", ranges=ranges)
    cells: list[list[Any]] = []
    for row in sheet.iter_rows():
        cells.append(row)
        if len(cells) % _STEP == 0:
            tell("read", len(cells), sheet.total_height)
    tell("read", len(cells), len(cells))
    head = next((i for i, row in enumerate(cells) if any(_text(cell) for cell in row)), None)
    if head is None:
        raise Fault("empty_file", path.name)
    header = titles([_text(cell) for cell in cells[head]])
    used = [j for j in range(len(header)) if _filled(cells[head:], j)]
    return _source(path, cells[head + 1 :], head + 2, [(header[j], j) for j in used])


def _open(path: Path, name: str | None) -> Any:
    from python_calamine import (  # noqa: PLC0415  only where a workbook is read
        CalamineError,
        CalamineWorkbook,
        WorksheetNotFound,
    )

    try:
        book = CalamineWorkbook.from_path(path)
        return book.get_sheet_by_name(name) if name else book.get_sheet_by_index(0)
    except WorksheetNotFound as error:
        names = ", ".join(book.sheet_names)
        raise Fault("unknown_sheet", path.name, label=name, sheets=names) from error
    except CalamineError as error:
        raise Fault("unreadable_file", path.name, reason=str(error)) from error


def _source(path: Path, body: list[list[Any]], first: int, used: list[tuple[str, int]]) -> Source:
    columns: dict[str, Any] = {}
    text_cells = {}
    for title, j in used:
        columns[title] = Labels.of(pa.array([_text(row[j]) for row in body], pa.string()))
        text_cells[title] = np.array([isinstance(row[j], str) for row in body], dtype=np.bool_)
    rows = np.arange(first, first + len(body), dtype=np.int64)
    return Source(path.name, tuple(title for title, _ in used), columns, rows, text_cells)


def _filled(rows: list[list[Any]], column: int) -> bool:
    return any(_text(row[column]) for row in rows)


def _text(cell: Any) -> str:
    """Write a cell as text: whole numbers without a point, dates as ISO 8601."""
    match cell:
        case bool():
            return str(cell).upper()
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime():
            return cell.date().isoformat() if cell.time() == datetime.min.time() else str(cell)
        case date():
            return cell.isoformat()
        case _:
            return str(cell)


def _cell(place: tuple[int, int]) -> str:
    """Name a cell as Excel does: (0, 0) is A1."""
    row, column = place
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, len(_LETTERS))
        letters = _LETTERS[rest] + letters
    return f"{letters}{row + 1}"
