"""Peak years and levels of runs. The highest year at the end of the horizon is no peak."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Peaks:
    """Where each run is highest, the years before the base year among them.

    Attributes:
        year, level: (runs,); level in the unit of the runs.
        base_year: last year of history; horizon: last year of the runs.
    """

    year: Ints
    level: NDArray[np.float64]
    base_year: int
    horizon: int

    def by(self, year: int) -> float | None:
        """Return the share of runs that are never higher after ``year``; ``None`` at the end."""
        return None if year >= self.horizon else float((self.year <= year).mean())

    @cached_property
    def shares(self) -> dict[int, float]:
        """Share of runs by peak year; that of the horizon means: not before it."""
        years, counts = np.unique(self.year, return_counts=True)
        return {int(y): int(n) / self.year.size for y, n in zip(years, counts, strict=True)}

    def quantile(self, share: float) -> int:
        """Return the year by which a share of the runs has peaked; the horizon: not before it."""
        return int(np.sort(self.year)[min(int(share * self.year.size), self.year.size - 1)])


def peaks(
    total: NDArray[np.floating], years: tuple[int, ...], past: dict[int, float], base_year: int
) -> Peaks:
    """Find the peaks of runs.

    Args:
        total: (years, runs).
        years: the years of ``total``.
        past: year → emissions of the history, where they are whole.
        base_year: last year of history.
    """
    at = total.argmax(axis=0)
    level = np.take_along_axis(total, at[None], axis=0)[0].astype(np.float64)
    year = np.array(years)[at]
    if past:
        before = max(past, key=lambda y: (past[y], -y))
        over = level > past[before]
        level, year = np.where(over, level, past[before]), np.where(over, year, before)
    return Peaks(year.astype(np.int64), level, base_year, years[-1])
