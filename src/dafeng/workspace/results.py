"""What the verbs of a workspace give back: an import, a board, an explanation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from dafeng import explain as trees
from dafeng import indicators
from dafeng.findings import Finding


@dataclass(frozen=True)
class Imported:
    """What an import took in: counts by class of row, and what was found."""

    table: str
    batch: str
    taken: int
    rejected: int
    rejected_file: str
    counts: dict[str, int]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Board:
    """The targets of some plans as of a period."""

    as_of: str
    lines: tuple[indicators.Progress, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found on the way, each once."""
        held = [finding for line in self.lines for finding in line.findings]
        found = {(f.code, f.region, f.place, str(f.values)): f for f in held}
        return tuple(found.values())

    def table(self) -> pa.Table:
        """Return the lines as a table; value, path, gap and pace are in ``unit``."""
        words = ("plan", "region", "as_of", "status", "value_period", "mark", "figure")
        numbers = ("value", "path", "gap", "pace")
        schema = pa.schema(
            [(name, pa.string()) for name in ("target", *words, "unit")]
            + [(name, pa.float64()) for name in numbers]
        )
        rows = [
            {"target": line.target.id, "unit": line.target.unit}
            | {name: getattr(line, name) for name in (*words, *numbers)}
            for line in self.lines
        ]
        return pa.Table.from_pylist(rows, schema)


@dataclass(frozen=True)
class Explanation:
    """The tree of a figure; for an old id also what changed since."""

    figure: str
    tree: trees.Node
    asked: str
    changes: tuple[tuple[str, Any, Any], ...] = ()
    kept: bool = True
