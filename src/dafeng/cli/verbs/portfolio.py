"""Verbs of the retrofit portfolio."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
from rich.console import Console
from rich.text import Text as Styled

from dafeng import portfolio, report
from dafeng.cli.outcome import BAD_INPUT, FINE, FOUND, Outcome
from dafeng.cli.verbs.drawing import checked, drawn
from dafeng.findings import Finding, has_errors
from dafeng.ledger import spreadsheet
from dafeng.rulebook import Rulebook, load
from dafeng.vocabulary import Fault, period, write_files
from dafeng.workspace import Workspace, retrofit_limits, retrofits


def portfolio_curve(
    lang: str,
    workspace: Path,
    file: Path | None,
    per: str,
    view: str,
    rate: float | None,
    mapping: Path | None,
    out: Path | None,
    figure: Path | None,
) -> Outcome:
    """Show the cost curve of the options."""
    checked(figure)
    projects, findings = _projects(workspace, file, mapping)
    if has_errors(findings):
        return Outcome(findings=findings, code=BAD_INPUT)
    found = portfolio.curve(projects, per, view, rate)
    tables = {"steps": found.steps, "left_out": found.left_out}
    shown = [*report.curve_view(found, lang), *_written(tables, out, lang)]
    shown += drawn(
        figure, lang, lambda figures: figures.cost_curve(found.steps, lang, measure=found.measure)
    )
    data = {
        "measure": found.measure,
        "view": found.view,
        "rate": found.rate,
        "price_year": found.price_year,
        "total_t": found.total,
        "sum_alone_t": found.sum_alone,
        "mark": found.mark,
    }
    return Outcome(shown, data | _plain(tables), findings)


def portfolio_select(
    lang: str,
    workspace: Path,
    file: Path | None,
    limits: Path | None,
    years: str,
    target: int | None,
    mapping: Path | None,
    out: Path | None,
    figure: Path | None,
    **wanted: Any,
) -> Outcome:
    """Choose projects under limits."""
    checked(figure)
    asked = portfolio.Wanted(span=_span(years, target), **wanted)
    projects, findings = _projects(workspace, file, mapping)
    if limits is not None:
        caps, more = portfolio.read_limits(limits)
        findings += more
    else:
        caps = retrofit_limits(Workspace(workspace)) if file is None else portfolio.limits_of()
    if has_errors(findings):
        return Outcome(findings=findings, code=BAD_INPUT)
    with _watched(lang) as watch:
        found = portfolio.select(projects, asked, caps, watch)
    tables = portfolio.tables_of(found)
    findings += report.selection_findings(found, lang)
    shown = [*report.selection_view(found, tables, lang), *_written(tables, out, lang)]
    shown += drawn(figure, lang, lambda figures: figures.choice(tables["options"], lang))
    data = report.selection_dict(found) | _plain(tables)
    return Outcome(shown, data, findings, FINE if found.status == "optimal" else FOUND)


def portfolio_verify(
    lang: str,
    workspace: Path,
    file: Path,
    by: list[str] | None,
    confidence: float | None,
    methods: list[str],
    region: str | None,
    mapping: Path | None,
    out: Path | None,
) -> Outcome:
    """Verify savings from metered use."""
    rows, findings = portfolio.read_metered(file, mapping)
    if has_errors(findings):
        return Outcome(findings=findings, code=BAD_INPUT)
    found = portfolio.verify(rows, tuple(by) if by else None, confidence)
    rules = _rules(workspace)
    converted = portfolio.convert(found, rules, methods, region)
    held = {one.method for one in converted if one.coefficient is not None}
    findings += found.findings
    findings += [
        Finding("no_conversion", method, {"method": method, "item": found.item or "–"})
        for method in methods
        if method not in held
    ]
    shown = [*report.verified_view(found, converted, lang)]
    shown += _written({"periods": found.periods}, out, lang)
    code = FOUND if any(finding.severity == "warning" for finding in findings) else FINE
    return Outcome(shown, report.verified_dict(found, converted), findings, code)


def portfolio_levers(lang: str, workspace: Path, roadmap: str | None) -> Outcome:
    """Show the levers of a sector's roadmap."""
    rules, known = _rules(workspace), portfolio.roadmaps()
    shown: list[Any] = []
    data = {}
    for found in [known.resolve(roadmap)] if roadmap else known.values():
        effects = {lever.id: portfolio.effects_of(lever, rules) for lever in found.levers}
        shown += [
            Styled(found.name.of(lang), "bold"),
            *report.lever_rows(found.levers, effects, lang),
        ]
        data[found.id] = [report.lever_dict(lv, effects[lv.id], lang) for lv in found.levers]
    return Outcome(shown, {"roadmaps": data})


def _projects(
    workspace: Path, file: Path | None, mapping: Path | None
) -> tuple[portfolio.Projects, list[Finding]]:
    """Return the options of a file, or of the workspace."""
    if file is not None:
        return portfolio.read_projects(file, mapping)
    found = retrofits(Workspace(workspace))
    return found, [] if len(found) else [Finding("nothing_to_choose", "retrofits")]


def _rules(workspace: Path) -> Rulebook:
    held = (workspace / "workspace.yaml").is_file()
    return Workspace(workspace).rules if held else load()


def _span(years: str, target: int | None) -> portfolio.Span:
    first, _, last = years.partition("-")
    if not (first.isdecimal() and (last or first).isdecimal()):
        raise Fault("bad_years", label=years)
    end = int(last or first)
    for year in (first, end, target or end):
        period(str(year))  # a year that no plan can have is a slip
    return portfolio.Span(first=int(first), last=end, target=target or end + 1)


@contextmanager
def _watched(lang: str) -> Iterator[portfolio.Watch]:
    """Show how far a search is, and stop it at Ctrl-C; the best so far is kept."""
    stopped = False

    def stop(_number: int, _frame: Any) -> None:
        nonlocal stopped
        stopped = True

    before = signal.signal(signal.SIGINT, stop)
    console = Console(stderr=True)
    try:
        with console.status("") as line:

            def watch(search: portfolio.Search) -> bool:
                if console.is_terminal:
                    line.update(report.search_words(search, lang))
                return stopped

            yield watch
    finally:
        signal.signal(signal.SIGINT, before)


def _written(tables: dict[str, pa.Table], out: Path | None, lang: str) -> list[Any]:
    """Write tables as CSV, which spreadsheets open (UTF-8 with a byte order mark)."""
    if out is None:
        return []
    write_files({out / f"{name}.csv": spreadsheet(table) for name, table in tables.items()})
    files = ", ".join(f"{name}.csv" for name in tables)
    return [Styled(report.said("retro_written", lang, folder=out, files=files), "green")]


def _plain(tables: dict[str, pa.Table]) -> dict[str, Any]:
    return {name: table.to_pylist() for name, table in tables.items()}
