"""Columns as they are worked on: text is distinct values and one code a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[np.signedinteger[Any]]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_ROOM = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Labels:
    """A text column of n rows with k distinct values.

    Attributes:
        values: Arrow array of k strings, each one once.
        codes: n numbers, each the place of the row's value in ``values``.
    """

    values: Any
    codes: Ints

    @classmethod
    def of(cls, column: Any) -> Labels:
        """Take an Arrow column of any type; null becomes the empty text, outer blanks go."""
        if isinstance(column, pa.ChunkedArray):
            column = column.unify_dictionaries().combine_chunks()
        if not pa.types.is_dictionary(column.type):
            column = pc.fill_null(column.cast(pa.string()), "").dictionary_encode()
        codes = pc.fill_null(column.indices.cast(pa.int32()), -1).to_numpy(zero_copy_only=False)
        values = column.dictionary.cast(pa.string())
        if (codes < 0).any():
            codes = np.where(codes < 0, len(values), codes)
            values = pa.concat_arrays([values, pa.array([""])])
        return cls(pc.utf8_trim_whitespace(values), codes).distinct().used()

    @classmethod
    def constant(cls, value: str, rows: int) -> Labels:
        """Return a column that holds the same value in each row."""
        return cls(pa.array([value]), np.broadcast_to(np.int32(0), rows))

    @classmethod
    def choose(cls, choices: Sequence[str], codes: Ints) -> Labels:
        """Return a column from values, which may repeat, and codes into them."""
        return cls(pa.array(list(choices), pa.string()), codes).distinct()

    @cached_property
    def texts(self) -> list[str]:
        """The distinct values as Python strings."""
        texts: list[str] = self.values.to_pylist()
        return texts

    @property
    def filled(self) -> Bools:
        """Whether each row holds a value."""
        filled: Bools = self.each(pc.not_equal(self.values, ""))
        return filled

    def each(self, by_value: Any) -> Any:
        """Spread something known by distinct value over the rows."""
        if isinstance(by_value, pa.Array):
            by_value = by_value.to_numpy(zero_copy_only=False)
        return np.asarray(by_value)[self.codes]

    def map(self, change: Callable[[str], str]) -> Labels:
        """Return the column with each distinct value changed."""
        return Labels.choose([change(text) for text in self.texts], self.codes)

    def take(self, rows: Any) -> Labels:
        """Return some of the rows, by mask or by number, with the values that they hold."""
        return Labels(self.values, self.codes[rows]).used()

    def used(self) -> Labels:
        """Return the column without values that no row holds."""
        held = np.zeros(len(self.values), dtype=np.bool_)
        held[self.codes] = True
        if held.all():
            return self
        places = (np.cumsum(held) - 1).astype(np.int32)
        return Labels(self.values.filter(pa.array(held)), places[self.codes])

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, row: int) -> str:
        return str(self.values[int(self.codes[row])].as_py())

    def to_arrow(self) -> Any:
        """Return a dictionary-encoded Arrow array."""
        return pa.DictionaryArray.from_arrays(pa.array(self.codes, pa.int32()), self.values)

    def distinct(self) -> Labels:
        """Return the column with each distinct value once, as the others rely on."""
        encoded = self.values.dictionary_encode()
        if len(encoded.dictionary) == len(self.values):
            return self
        places = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int32)
        return Labels(encoded.dictionary, places[self.codes])


def group(*columns: Ints) -> Ints:
    """Return one number for each combination of the columns' numbers (all ≥ 0).

    Rows with equal numbers in all columns, and only those, get equal numbers.
    """
    result = columns[0].astype(np.int64)
    for column in columns[1:]:
        size = int(column.max(initial=0)) + 1
        if (int(result.max(initial=0)) + 1) * size >= _ROOM:
            result = np.unique(result, return_inverse=True)[1].astype(np.int64)
        result = result * size + column
    return result
