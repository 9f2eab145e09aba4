"""A table as read from a file, before anything is understood."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dafeng.findings import Finding
from dafeng.ledger.importing.columns import Bools, Ints, Labels

Progress = Callable[[str, int, int], None]
"""Called with the stage (``read``, ``check``), what is done and the whole of it."""


@dataclass(frozen=True)
class Source:
    """Columns as read.

    Attributes:
        file: name of the file.
        header: names of the columns as printed.
        columns: column → text, or an Arrow array of numbers where the file holds numbers.
        rows: row number in the file of each row, the header being row 1 (in Parquet, which
            has no header row, the first row of data is row 1).
        text_cells: column → which rows hold text, where the file tells text from number.
        ragged: rows with a wrong number of cells: row number, cells, cells expected, as read.
        findings: what was found while reading: ``(row, finding)``.
    """

    file: str
    header: tuple[str, ...]
    columns: dict[str, Any]
    rows: Ints
    text_cells: dict[str, Bools] = field(default_factory=dict)
    ragged: tuple[tuple[int, int, int, str], ...] = ()
    findings: tuple[tuple[int, Finding], ...] = ()

    @property
    def size(self) -> int:
        """How many rows the file holds, blank ones left out."""
        return len(self.rows) + len(self.ragged)

    def text(self, name: str) -> Labels:
        """Return a column as text."""
        column = self.columns[name]
        return column if isinstance(column, Labels) else Labels.of(column)

    def without_blank_rows(self) -> Source:
        """Return the source without the rows in which every cell is blank."""
        blank = np.ones(len(self.rows), dtype=np.bool_)
        for column in self.columns.values():
            if not isinstance(column, Labels):
                return self
            blank &= ~column.filled
        if not blank.any():
            return self
        keep = ~blank
        columns = {name: column.take(keep) for name, column in self.columns.items()}
        texts = {name: mask[keep] for name, mask in self.text_cells.items()}
        return Source(
            self.file, self.header, columns, self.rows[keep], texts, self.ragged, self.findings
        )


def titles(cells: list[str]) -> tuple[str, ...]:
    """Return the names of the columns; one without a title is called by its number (``#3``)."""
    return tuple(cell.strip() or f"#{j}" for j, cell in enumerate(cells, start=1))
