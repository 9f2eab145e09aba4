"""Numbers known to lie between two floats: who is far from a limit needs no decimals.

Each operation rounds outwards, so that the decimal that it stands for is always inside. What
cannot be told this way (a division that may be one by zero, a comparison, a power) is ``NaN`` or
refused, and left to the decimals.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_WIDER, _LEAST = np.finfo(float).eps, np.finfo(float).tiny


class Near:
    """Numbers between ``low`` and ``high``; ``NaN`` for none."""

    def __init__(self, low: Floats, high: Floats) -> None:
        self.low = low - np.abs(low) * _WIDER - _LEAST
        self.high = high + np.abs(high) * _WIDER + _LEAST

    @classmethod
    def of(cls, numbers: Any) -> Near:
        """Return the nearest floats of numbers with what rounding may have moved them by."""
        found = np.asarray(numbers, np.float64)
        return cls(found, found)

    @property
    def known(self) -> NDArray[np.bool_]:
        """Where there is a number."""
        return np.asarray(np.isfinite(self.low) & np.isfinite(self.high))

    def __add__(self, other: Near) -> Near:
        return Near(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Near) -> Near:
        return Near(self.low - other.high, self.high - other.low)

    def __neg__(self) -> Near:
        return Near(-self.high, -self.low)

    def __mul__(self, other: Near) -> Near:
        return _ends([one * two for one in _both(self) for two in _both(other)])

    def __truediv__(self, other: Near) -> Near:
        none = np.where((other.low <= 0) & (other.high >= 0), np.nan, 1.0)
        return _ends([one / (two * none) for one in _both(self) for two in _both(other)])

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **_: Any) -> Any:
        if method != "__call__" or ufunc not in (np.minimum, np.maximum):
            return NotImplemented
        one, two = inputs
        return Near(ufunc(one.low, two.low), ufunc(one.high, two.high))

    def __eq__(self, other: object) -> bool:
        raise TypeError  # nor is there an order: what lies near may be the same

    __hash__ = None  # type: ignore[assignment]


def _both(found: Near) -> tuple[Floats, Floats]:
    return found.low, found.high


def _ends(corners: Sequence[Floats]) -> Near:
    return Near(np.minimum.reduce(corners), np.maximum.reduce(corners))


class Same(Sequence[Any]):
    """One cell for all rows."""

    def __init__(self, cell: Any, size: int) -> None:
        self.cell, self._size = cell, size

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Any]:
        return repeat(self.cell, self._size)

    def __getitem__(self, at: Any) -> Any:
        return self.cell


def floats(values: Any) -> Floats:
    """Return the float that is nearest to each number; ``NaN`` for none."""
    if isinstance(values, Same):
        return np.full(len(values), floats([values.cell])[0])
    if isinstance(values, np.ndarray) and values.dtype == np.float64:
        return values
    return np.array([np.nan if one is None else float(one) for one in values], np.float64)
