"""Verbs of the outlook: peak status and its hindcast."""

from __future__ import annotations

import sys
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress as Bar

from dafeng import report
from dafeng.cli.outcome import BAD_INPUT, Outcome
from dafeng.cli.verbs.drawing import checked, drawn
from dafeng.outlook import (
    History,
    Status,
    Unreadable,
    backtest,
    judge,
    read_history,
    score,
    status_findings,
    status_rows,
    status_series,
)
from dafeng.vocabulary import Fault, period


def outlook_status(
    lang: str,
    file: Path,
    as_of: str | None,
    within: int | None,
    only: list[str],
    columns: dict[str, str | None],
    add: bool,  # noqa: FBT001
    figure: Path | None,
) -> Outcome:
    """Say how likely each series has peaked."""
    checked(figure)
    try:
        history = read_history(file, columns, add=add)
    except Unreadable as fault:
        return Outcome(findings=fault.findings, code=BAD_INPUT)
    year = history.last if as_of is None else period(as_of).last.year
    status = judge(history.panel(_within(history, year)), horizon=within)
    shown = [_near(status, name) for name in only] or list(status.panel.names)
    rows = [row for row in status_rows(status) if row["series"] in shown]
    findings = [*history.findings, *status_findings(status, only)]
    data = {"as_of": status.as_of, "horizon": status.horizon, "status": rows}
    held = status_series(status)
    shown_too = drawn(figure, lang, lambda figures: figures.status(held, rows, lang))
    return Outcome([*report.status_view(rows, lang), *shown_too], data, findings)


def outlook_backtest(
    lang: str,
    file: Path,
    as_of: list[int] | str | None,
    columns: dict[str, str | None],
    add: bool,  # noqa: FBT001
    scores: bool,  # noqa: FBT001
) -> Outcome:
    """Score the method on past dates."""
    try:
        history = read_history(file, columns, add=add)
    except Unreadable as fault:
        return Outcome(findings=fault.findings, code=BAD_INPUT)
    with Bar(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(file.name, total=None)

        def progress(year: int, done: int, total: int) -> None:
            bar.update(task, description=f"{file.name} {year}", completed=done, total=total)

        found = backtest(history, _years(as_of), progress=progress)
    scored = score(found)
    lines = [row for status in found.statuses for row in status_rows(status)]
    findings = [*history.findings, *(f for one in found.statuses for f in status_findings(one))]
    findings = [finding for finding in findings if finding.code != "outlook_breaks"]
    return Outcome(
        list(report.scores_view(scored, found, lang)),
        report.scores_dict(scored, found),
        findings,
        lines=None if scores else lines,
    )


def _years(as_of: list[int] | str | None) -> list[int]:
    """Return the dates named; a text is the option given before the command."""
    return [period(as_of).last.year] if isinstance(as_of, str) else as_of or []


def _within(history: History, year: int) -> int:
    first = int(history.year.min())
    if not first <= year <= history.last:
        raise Fault("outlook_no_date", year=year, first=first, last=history.last)
    return year


def _near(status: Status, name: str) -> str:
    if name in status.panel.names:
        return name
    near: list[Any] = get_close_matches(name, status.panel.names)
    raise Fault("outlook_unknown_series", label=name, near=", ".join(near) or "–")
