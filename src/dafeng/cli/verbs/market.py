"""Verbs of the carbon market."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.text import Text as Styled

from dafeng import report
from dafeng.cli.outcome import BAD_INPUT, FINE, FOUND, Outcome
from dafeng.explain import Node
from dafeng.findings import has_errors
from dafeng.market import Allocation, allocate, read_units
from dafeng.rulebook import load
from dafeng.vocabulary import Fault
from dafeng.workspace import Workspace


def market_allocate(
    lang: str,
    workspace: Path,
    file: Path,
    sector: str,
    year: int,
    draft: bool,  # noqa: FBT001
    balance: str | None,
    unit: str | None,
    mapping: Path | None,
) -> Outcome:
    """Compute the allowances of the units in a file."""
    held = (workspace / "workspace.yaml").is_file()
    rules = Workspace(workspace).rules if held else load()
    rows, findings = read_units(file, rules, sector, year, draft=draft, mapping=mapping)
    if has_errors(findings):
        return Outcome(findings=findings, code=BAD_INPUT)
    found = allocate(rules, sector, year, rows, draft=draft, balance=balance)
    findings = [*findings, *found.findings]
    data = report.allocation_dict(found, lang)
    shown: list[Any] = list(report.allocation_view(found, lang))
    if unit is not None:
        figure, tree = _named(found, unit)
        data = {"figure": figure, "mark": tree.worst, "tree": tree.to_dict(lang)}
        shown = [Styled(figure, "bold"), report.tree_view(tree, lang, tree.worst)]
    open_ = any(finding.severity != "notice" for finding in findings)
    return Outcome(shown, data, findings, FOUND if open_ else FINE)


def _named(found: Allocation, wanted: str) -> tuple[str, Node]:
    """Return figure and tree of ``UNIT``, ``ENTERPRISE/UNIT`` or ``ENTERPRISE``."""
    for line in found.lines:
        if wanted in (line.unit, f"{line.enterprise}/{line.unit}"):
            return line.figure, line.tree
    for total in found.totals:
        if wanted == total.enterprise:
            return total.figure, total.tree
    near = ", ".join(f"{line.enterprise}/{line.unit}" for line in found.lines)
    raise Fault("unknown_market_unit", label=wanted, near=near)
