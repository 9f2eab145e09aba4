"""Columns of entries as cross-row checks see them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from dafeng.ledger.importing.columns import Bools, Ints, Labels, group
from dafeng.vocabulary import Period, period

KEY = ("reporter", "facility", "period", "item", "flow", "use", "product")
SERIES = ("reporter", "facility", "item", "flow", "use", "product")


@dataclass(frozen=True)
class Entries:
    """Entries at hand, followed by those that are in the books already.

    Attributes:
        columns: columns of the key, and the kind, of all rows.
        quantity: quantity of the rows at hand, if their table has it.
        size: how many rows are at hand.
    """

    columns: dict[str, Labels]
    quantity: Any
    size: int

    @classmethod
    def of(cls, table: Any, existing: Any | None = None) -> Entries:
        """Take the table at hand and the one that is in the books."""
        columns = {}
        for name in (*KEY, "kind"):
            column = table.column(name)
            if existing is not None:
                chunks = (*column.chunks, *existing.column(name).chunks)
                texts = [chunk.cast(pa.string()) for chunk in chunks]
                column = pa.chunked_array(texts, pa.string())
            columns[name] = Labels.of(column)
        known = "quantity" in table.column_names
        quantity = table.column("quantity").to_numpy() if known else np.zeros(0)
        return cls(columns, quantity, len(table))

    def code(self, *names: str) -> Ints:
        """Return one number for each combination of some columns."""
        return group(*(self.columns[name].codes for name in names))

    def is_(self, name: str, *texts: str) -> Bools:
        """Tell which rows hold one of the texts."""
        return self.test(name, lambda text: text in texts)

    def test(self, name: str, holds: Callable[[str], bool]) -> Bools:
        """Tell which rows hold a text that passes a test."""
        column = self.columns[name]
        mask: Bools = column.each(np.array([holds(text) for text in column.texts], dtype=np.bool_))
        return mask

    def each_period(self, read: Callable[[Period], int]) -> Ints:
        """Return a number that is read from the period of each row."""
        column = self.columns["period"]
        known = [read(period(text)) for text in column.texts]
        numbers: Ints = column.each(np.array(known, dtype=np.int64))
        return numbers

    @cached_property
    def months(self) -> Ints:
        """How many months each period has."""
        return self.each_period(lambda p: 1 + month_of(p.last) - month_of(p.first))

    @cached_property
    def first(self) -> Ints:
        """First month of each period, counted from that of the Unix epoch."""
        return self.each_period(lambda p: month_of(p.first))

    def new(self, mask: Bools) -> Ints:
        """Which of the entries at hand the mask holds."""
        return np.flatnonzero(mask[: self.size])


def month_of(day: date) -> int:
    """Return the number of a day's month, counted from that of the Unix epoch."""
    return int(np.datetime64(day, "M").astype(np.int64))
