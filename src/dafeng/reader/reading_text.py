"""The text that is read, and where each of its characters stands in the text that offsets count."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
"""Raised digits as signs of their own, so that 10 to the fourth is not read as 104."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of the reading text: it stands for ``base[start:end]``.

    Attributes:
        plain: offset of the run in the reading text.
        exact: whether the run stands in the base character by character; otherwise the whole run
            stands for the whole place (an entity of HTML, a line break that became a space).
    """

    plain: int
    start: int
    end: int
    exact: bool


@dataclass(frozen=True)
class ReadingText:
    """Text for the grammar, in pieces that lead back to the base."""

    plain: str
    pieces: Sequence[Piece]

    @classmethod
    def same(cls, text: str) -> ReadingText:
        """Return a text that is read as it stands."""
        return cls(text, (Piece(0, 0, len(text), exact=True),))

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Return the span in the base of a span of the reading text."""
        if not self.pieces:
            return 0, 0
        first, last = self._piece(start), self._piece(max(start, end - 1))
        low = first.start + (start - first.plain if first.exact else 0)
        high = last.start + (end - last.plain) if last.exact and end > start else last.end
        return low, max(low, high) if end > start else low

    def read_at(self, start: int, end: int) -> tuple[int, int]:
        """Return the span in the reading text of a span of the base."""
        first = self._by_base(start)
        low = first.plain + (start - first.start if first.exact and start > first.start else 0)
        last = self._by_base(max(start, end - 1))
        high = last.plain + (end - last.start if last.exact else 1)
        return min(low, len(self.plain)), min(max(low, high), len(self.plain))

    def _by_base(self, at: int) -> Piece:
        return self.pieces[max(0, bisect_right(self.pieces, at, key=lambda p: p.start) - 1)]

    def _piece(self, at: int) -> Piece:
        return self.pieces[max(0, bisect_right(self.pieces, at, key=lambda p: p.plain) - 1)]


class Writer:
    """Puts a reading text together."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._pieces: list[Piece] = []
        self._length = 0
        self.last = "\n"

    def exact(self, text: str, start: int) -> None:
        """Add characters that stand one by one in the base, from ``start`` on."""
        if text:
            before = self._pieces[-1] if self._pieces else None
            if before and before.exact and before.end == start:
                self._pieces[-1] = Piece(before.plain, before.start, start + len(text), exact=True)
            else:
                piece = Piece(self._length, start, start + len(text), exact=True)
                self._pieces.append(piece)
            self._extend(text)

    def whole(self, text: str, start: int, end: int) -> None:
        """Add text that stands for a place of the base as a whole."""
        if text:
            self._pieces.append(Piece(self._length, start, end, exact=False))
            self._extend(text)

    def break_line(self, at: int) -> None:
        """End the line, unless it has just begun."""
        if self.last != "\n":
            self.whole("\n", at, at)

    def done(self) -> ReadingText:
        """Return what was written."""
        return ReadingText("".join(self._parts), tuple(self._pieces))

    def _extend(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)
        self.last = text[-1]
