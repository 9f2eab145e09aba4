"""Verb of the nowcast."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dafeng import report
from dafeng.cli.outcome import FINE, FOUND, Outcome
from dafeng.cli.verbs.drawing import checked, drawn
from dafeng.findings import Finding
from dafeng.outlook import month_table, record_table
from dafeng.vocabulary import Fault, regions, sectors
from dafeng.workspace import Workspace, nowcast_of


def outlook_nowcast(
    lang: str,
    workspace: Path,
    as_of: str | None,
    region: str | None,
    sector: str | None,
    figure: Path | None,
) -> Outcome:
    """Estimate monthly emissions before the books close."""
    checked(figure)
    place = regions().resolve(region).id if region else None
    shown_of = sectors().resolve(sector).id if sector else ""
    found = nowcast_of(Workspace(workspace), as_of, place)
    table = month_table(found)
    if sector and shown_of not in table["sector"].to_pylist():
        raise Fault("nowcast_no_sector", sector)
    months, record = table.to_pylist(), record_table(found).to_pylist()
    shown: list[Any] = list(report.nowcast_view(found, months, record, lang))
    shown += drawn(figure, lang, lambda figures: figures.nowcast(table, lang, sector=shown_of))
    covered = float(found.now.covered[-1])
    findings = []
    if covered < 1:
        share = f"{covered * report.PERCENT:.1f}"
        findings.append(Finding("nowcast_uncovered", place or "", {"share": share}))
    data = report.nowcast_dict(found, months, record)
    return Outcome(shown, data, findings, FOUND if findings else FINE)
