"""Series side by side: years as columns, gaps as not-a-number, and what ends a year can know."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dafeng.outlook.learn import Bools, Floats
from dafeng.outlook.peak_settings import settings


@dataclass(frozen=True)
class Panel:
    """Series of one unit.

    Attributes:
        names: n series, in alphabetical order.
        first: year of the first column.
        values: (n, years) values, not-a-number where none is reported; a zero is a value.
    """

    names: tuple[str, ...]
    first: int
    values: Floats

    @property
    def last(self) -> int:
        """Year of the last column."""
        return int(self.first + self.values.shape[1] - 1)

    @cached_property
    def held(self) -> Bools:
        """(n, years): whether a value is reported."""
        return ~np.isnan(self.values)

    @cached_property
    def last_held(self) -> np.ndarray:
        """(n): column of the last value; −1 where a series has none."""
        columns = np.arange(self.values.shape[1])
        return np.asarray(np.where(self.held, columns, -1).max(axis=1, initial=-1))

    @cached_property
    def highest(self) -> Floats:
        """(n, years): the highest value up to each year."""
        return np.asarray(np.fmax.accumulate(self.values, axis=1))

    @cached_property
    def record(self) -> np.ndarray:
        """(n, years): column in which the highest value so far was first reached; −1 before."""
        new = self.held.copy()
        new[:, 1:] &= ~(self.values[:, 1:] <= self.highest[:, :-1])
        columns = np.arange(self.values.shape[1])
        return np.asarray(np.maximum.accumulate(np.where(new, columns, -1), axis=1))

    @cached_property
    def until_exceeded(self) -> Floats:
        """(n, years): years until the highest value so far is exceeded; infinite if it is not."""
        years = self.values.shape[1]
        columns = np.arange(years)
        new = self.record == columns
        ahead = np.full(self.values.shape, np.inf)
        ahead[:, :-1] = np.where(new, columns, np.inf)[:, 1:]
        ahead = np.minimum.accumulate(ahead[:, ::-1], axis=1)[:, ::-1]
        return np.asarray(ahead - columns)

    def until(self, year: int) -> Panel:
        """Return what is known at the end of ``year``: no later column, no series yet to begin."""
        cut = self.values[:, : max(year - self.first + 1, 0)]
        begun = np.asarray((~np.isnan(cut)).any(axis=1))
        names = tuple(name for name, has in zip(self.names, begun, strict=True) if has)
        return Panel(names, self.first, np.ascontiguousarray(cut[begun]))

    @cached_property
    def levels(self) -> Floats:
        """(n, years): logarithm of the value; the last one is carried over short gaps.

        A value below ``read.floor`` of the highest so far, and so a zero, counts as that floor.
        Nothing later than a column enters it.
        """
        rule = settings().read
        columns = np.arange(self.values.shape[1])
        last = np.maximum.accumulate(np.where(self.held, columns, -1), axis=1)
        near = (last >= 0) & (columns - last <= rule.carry)
        carried = np.take_along_axis(self.values, np.maximum(last, 0), axis=1)
        usable = near & (self.highest > 0)
        value = np.where(usable, np.fmax(carried, rule.floor * self.highest), 1.0)
        return np.where(usable, np.log(value), np.nan)
