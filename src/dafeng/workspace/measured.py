"""Rows of a table by id, each made only when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc


class Rows(Mapping[str, dict[str, Any]]):
    """The rows of a table under ids that are made of their keys; of the same id the last counts.

    Args:
        table: the rows.
        prefix: first part of an id.
        key: the columns that make up the rest.
    """

    def __init__(self, table: pa.Table, prefix: str, key: Sequence[str]) -> None:
        self._table = table
        ids = pc.binary_join_element_wise(prefix, *(table[name] for name in key), "/").to_pylist()
        self._at = {name: at for at, name in enumerate(ids)}

    def __getitem__(self, name: str) -> dict[str, Any]:
        """Return a row as a dictionary."""
        at = self._at[name]
        return {column: values[at] for column, values in self._columns.items()}

    @cached_property
    def _columns(self) -> dict[str, list[Any]]:
        return {name: self._table[name].to_pylist() for name in self._table.column_names}

    def __iter__(self) -> Iterator[str]:
        """Yield the ids."""
        return iter(self._at)

    def __len__(self) -> int:
        """Return how many ids there are."""
        return len(self._at)
