"""What a verb has to say, and how the program ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from dafeng.findings import Finding

FINE, FOUND, BAD_INPUT, BROKEN = range(4)


@dataclass
class Outcome:
    """What a verb has to say: things to print, or the same as plain data, and findings.

    Where ``lines`` are given, ``--json`` prints these, one a line; findings go to standard error.
    """

    shown: list[Any] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    code: int = FINE
    lines: list[dict[str, Any]] | None = None
