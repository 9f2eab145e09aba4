"""The one exception a person may be shown: a coded fault with its place."""

from __future__ import annotations

from typing import Any


class Fault(Exception):  # noqa: N818  a fault of the input, not of the program
    """Bad input, named by a stable code.

    The wording (cause and mend, zh and en) is data, in ``findings/data/messages``;
    ``findings.Finding.of`` renders it.

    Args:
        code: stable code of the message, for example ``unknown_unit``.
        place: where it was found: file, row and column, or a path inside a data file.
        values: what the message speaks about, by the names its template uses.
    """

    def __init__(self, code: str, place: str = "", **values: Any) -> None:
        self.code = code
        self.place = place
        self.values = values
        super().__init__(f"{code} at {place or '?'}: {values}")

    def at(self, place: str) -> Fault:
        """Return the same fault with a better known place."""
        return Fault(self.code, place, **self.values)
