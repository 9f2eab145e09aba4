"""What is found in the rows of one file: findings for people, codes for the rejected rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np

from dafeng.findings import Finding, messages
from dafeng.ledger.importing.columns import Bools, Ints

SHOWN = 1000
"""So many findings of one code and column are spelt out; the others are counted."""

Values = Mapping[str, Any] | Callable[[int], Mapping[str, Any]]


class Add(Protocol):
    """How a check reports: see ``Faults.add``."""

    def __call__(  # noqa: D102
        self, code: str, at: Ints, column: str = "", values: Values | None = None
    ) -> None: ...


class Faults:
    """Collects what checks find.

    Args:
        file: name of the file, the first part of a place.
        rows: row number in the file of each row at hand.
        header: table column → column of the file, where the names differ.
    """

    def __init__(self, file: str, rows: Ints, header: Mapping[str, str] | None = None) -> None:
        self.file = file
        self.rows = rows
        self.header = dict(header or {})
        self._found: list[tuple[int, Finding]] = []
        self._codes: list[tuple[str, Ints]] = []
        self._count: Counter[tuple[str, str]] = Counter()

    def add(self, code: str, at: Ints, column: str = "", values: Values | None = None) -> None:
        """Note a code for some of the rows at hand; an error rejects them.

        Args:
            code: code of the message.
            at: which of the rows at hand.
            column: table column concerned.
            values: what the message speaks about, the same for all or by row at hand.
        """
        if messages()[code].severity == "error":
            self._codes.append((code, at))
        name = self.header.get(column, column)
        room = max(0, SHOWN - self._count[code, name])
        self._count[code, name] += len(at)
        for i in at[:room].tolist():
            row = int(self.rows[i])
            said = values(i) if callable(values) else (values or {})
            said = {"column": name, **said}
            self._found.append((row, Finding(code, self.place(row, name), said)))

    def add_table(self, code: str, column: str, values: Mapping[str, Any]) -> None:
        """Note a fault of the table as a whole, at its header; an error rejects every row."""
        if messages()[code].severity == "error":
            self._codes.append((code, np.arange(len(self.rows))))
        said = {"column": column, **values}
        self._found.append((1, Finding(code, self.place(1, column), said)))

    def add_finding(self, row: int, finding: Finding) -> None:
        """Note something that concerns no row at hand."""
        self._found.append((row, finding))

    def place(self, row: int, column: str = "") -> str:
        """Return ``file:row:column``."""
        return ":".join(part for part in (self.file, str(row), column) if part)

    def among(self, chosen: Ints) -> Add:
        """Return ``add`` for a check that sees only some of the rows at hand."""

        def add(code: str, at: Ints, column: str = "", values: Values | None = None) -> None:
            if callable(values):
                first, by_row = at[:SHOWN], values
                seen = dict(zip(chosen[first].tolist(), first.tolist(), strict=True))
                self.add(code, chosen[at], column, lambda i: by_row(seen[i]))
            else:
                self.add(code, chosen[at], column, values)

        return add

    @property
    def rejected(self) -> Bools:
        """Which of the rows at hand have an error."""
        mask = np.zeros(len(self.rows), dtype=np.bool_)
        for _, at in self._codes:
            mask[at] = True
        return mask

    @property
    def findings(self) -> list[Finding]:
        """All findings by row of the file, then how many more there are of the same."""
        found = [finding for _, finding in sorted(self._found, key=lambda pair: pair[0])]
        more = [
            Finding("more_of_same", self.file, {"code": code, "column": column, "count": n - SHOWN})
            for (code, column), n in self._count.items()
            if n > SHOWN
        ]
        return found + more

    def codes(self) -> dict[int, str]:
        """Return, for each rejected row at hand, its codes."""
        by_row: dict[int, list[str]] = {}
        for code, at in self._codes:
            for i in at.tolist():
                if code not in by_row.setdefault(i, []):
                    by_row[i].append(code)
        return {i: " ".join(codes) for i, codes in by_row.items()}
