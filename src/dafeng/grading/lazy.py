"""Sequences whose items are made when somebody reads them, each once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any, Generic, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")
P = TypeVar("P")
Places = NDArray[np.int64]

_BLOCK = 100  # decimals that are computed at a time: who reads one mostly reads its neighbours


class Lazy(Sequence[T]):
    """So many items; ``_make`` gives the one at a place."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._made: dict[int, T] = {}

    def _make(self, at: int) -> T:
        raise NotImplementedError

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[T]:
        return (self[at] for at in range(self._size))

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> list[T]: ...
    def __getitem__(self, at: int | slice) -> T | list[T]:
        places = range(self._size)[at]  # raises IndexError
        if isinstance(places, range):
            return [self[one] for one in places]
        if places not in self._made:
            self._made[places] = self._make(places)
        return self._made[places]


class Chosen(Lazy[T], Generic[T, P]):
    """Items of several sequences, in an order of their own.

    Attributes:
        parts: the sequences.
        part: of each item the number of the sequence that it is from.
        place: its place there.
    """

    def __init__(self, parts: Sequence[P], part: Places, place: Places) -> None:
        super().__init__(len(part))
        self.parts, self.part, self.place = tuple(parts), part, place

    def _make(self, at: int) -> T:
        parts: Any = self.parts
        found: T = parts[self.part[at]][int(self.place[at])]
        return found

    def pairs(self) -> Iterator[tuple[P, int]]:
        """Yield of each item the sequence that it is from and its place there."""
        yield from zip(
            (self.parts[n] for n in self.part.tolist()), self.place.tolist(), strict=True
        )

    def taken(self, at: Any) -> Chosen[T, P]:
        """Return the items at some places, or those of a mask."""
        return Chosen(self.parts, self.part[at], self.place[at])

    def column(self, of: Callable[[P], NDArray[Any]]) -> NDArray[Any]:
        """Return of each item what a column of its sequence says."""
        found = np.full(len(self), "", object)
        for number, part in enumerate(self.parts):
            own = self.part == number
            found[own] = of(part)[self.place[own]]
        return found


def whole(part: P) -> Chosen[Any, P]:
    """Return all items of a sequence, in its order."""
    items: Any = part
    size = len(items)
    return Chosen([part], np.zeros(size, np.int64), np.arange(size))


def joined(found: Sequence[Chosen[T, P]]) -> Chosen[T, P]:
    """Return the items of several, one after the other."""
    parts = [part for one in found for part in one.parts]
    starts = np.cumsum([0, *(len(one.parts) for one in found)]).tolist()
    none = np.zeros(0, np.int64)
    numbers = [one.part + start for one, start in zip(found, starts, strict=False)]
    places = [one.place for one in found]
    return Chosen(parts, np.concatenate([none, *numbers]), np.concatenate([none, *places]))


class Exact(Lazy[Decimal]):
    """Decimals that are computed when they are read.

    Args:
        size: how many there are.
        compute: gives those at some places.
    """

    def __init__(self, size: int, compute: Callable[[Places], NDArray[Any]]) -> None:
        super().__init__(size)
        self._compute = compute

    def at(self, places: Places) -> NDArray[Any]:
        """Return those at some places."""
        lost = [one for one in places.tolist() if one not in self._made]
        if lost:
            self._made |= zip(lost, self._compute(np.array(lost, np.int64)), strict=True)
        found = np.empty(len(places), object)
        found[:] = [self._made[one] for one in places.tolist()]
        return found

    def _make(self, at: int) -> Decimal:
        first = at - at % _BLOCK
        self.at(np.arange(first, min(first + _BLOCK, len(self))))
        return self._made[at]

    def __iter__(self) -> Iterator[Decimal]:
        return iter(self.at(np.arange(len(self))).tolist())
