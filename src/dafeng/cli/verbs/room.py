"""Verbs on the room of regions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dafeng import report
from dafeng.cli.outcome import FINE, FOUND, Outcome
from dafeng.findings import Finding
from dafeng.workspace import AskedRoom, Workspace
from dafeng.workspace import barometer as barometer_of
from dafeng.workspace import rooms as rooms_of


def room(lang: str, workspace: Path, **asked: Any) -> Outcome:
    """Show the room of a region by year, and of those below it."""
    found = rooms_of(Workspace(workspace), AskedRoom(**asked))
    shown, data = list(report.room_view(found, lang)), report.room_dict(found, lang)
    return Outcome(shown, data, list(found.findings), _code(found.findings))


def room_barometer(lang: str, workspace: Path, **asked: Any) -> Outcome:
    """Show the colour of a region and of those below it."""
    found = barometer_of(Workspace(workspace), AskedRoom(**asked))
    shown, data = list(report.barometer_view(found, lang)), report.barometer_dict(found, lang)
    return Outcome(shown, data, list(found.findings), _code(found.findings))


def _code(findings: tuple[Finding, ...]) -> int:
    return FOUND if any(finding.severity != "notice" for finding in findings) else FINE
