"""Verbs of the outlook: decomposition, projection, attribution."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from rich.text import Text as Styled

from dafeng import report
from dafeng.cli.outcome import BAD_INPUT, Outcome
from dafeng.cli.verbs.drawing import checked, drawn
from dafeng.findings import Finding
from dafeng.outlook import (
    Projection,
    Unreadable,
    attribute,
    decompose,
    project,
    statement_figure,
    statement_tree,
)
from dafeng.vocabulary import write_files
from dafeng.workspace import Workspace, keep_outlook, keep_statements, open_history, open_scenario


def outlook_decompose(
    lang: str,
    workspace: Path,
    history: Path | None,
    first: int | None,
    last: int | None,
    identity: str,
    chained: bool,  # noqa: FBT001
    by: str | None,
    explain: bool,  # noqa: FBT001
    tables: Path | None,
    figure: Path | None,
) -> Outcome:
    """Split a change among its factors."""
    checked(figure)
    ws = _opened(workspace)
    try:
        held, findings = open_history(history, ws)
    except Unreadable as fault:
        return Outcome(findings=fault.findings, code=BAD_INPUT)
    ends = (first or held.years[0], last or held.years[-1])
    years = [y for y in held.years if ends[0] <= y <= ends[1]] if chained else list(ends)
    found = decompose(held, years, identity)
    if ws is not None:
        keep_outlook(ws, found.figure, found.tree)
    _write(tables, {"decomposition": found.table})
    data = report.decomposition_dict(found, lang)
    shown: list[Any] = list(report.decomposition_view(found, lang, by))
    names = {link.id: link.name.of(lang) for link in found.identity.links}
    shown += drawn(figure, lang, lambda figures: figures.decomposition(found.table, names, lang))
    if explain:
        shown.append(report.tree_view(found.tree, lang, found.tree.worst))
        data["tree"] = found.tree.to_dict(lang)
    return Outcome(shown, data, findings)


def outlook_project(
    lang: str,
    workspace: Path,
    scenario: Path,
    history: Path | None,
    by: list[int],
    own: Mapping[str, int | None],
    threads: int | None,
    show_sectors: bool,  # noqa: FBT001
    by_region: bool,  # noqa: FBT001
    explain: bool,  # noqa: FBT001
    tables: Path | None,
    figure: Path | None,
) -> Outcome:
    """Project emissions of a scenario."""
    checked(figure)
    run = {"by": by, "threads": threads, "by_region": by_region}
    try:
        found, findings = _projected(workspace, scenario, history, own=own, **run)
    except Unreadable as fault:
        return Outcome(findings=fault.findings, code=BAD_INPUT)
    if (ws := _opened(workspace)) is not None:
        keep_statements(ws, found)
    names = ("years", "peaks", "levels", "differences")
    parts = {name: getattr(found, name) for name in names}
    _write(tables, parts)
    data = report.projection_dict(found, lang)
    shown: list[Any] = list(report.projection_view(found, lang, by_sector=show_sectors))
    title, years = found.scenario.title.of(lang), [one.year for one in found.statements]
    shown += drawn(
        figure,
        lang,
        lambda figures: figures.fan(found.years, found.peaks, lang, by=years, title=title),
    )
    for statement in found.statements if explain else ():
        tree = statement_tree(found, statement)
        shown += [Styled(statement_figure(found, statement), "bold")]
        shown += [report.tree_view(tree, lang, tree.worst)]
        data.setdefault("trees", []).append(tree.to_dict(lang))
    return Outcome(shown, data, [*findings, *found.findings])


def outlook_attribute(
    lang: str,
    workspace: Path,
    scenario: Path,
    history: Path | None,
    years: list[int],
    own: Mapping[str, int | None],
    tables: Path | None,
    figure: Path | None,
) -> Outcome:
    """Say what each measure contributes."""
    checked(figure)
    try:
        found, findings = _projected(workspace, scenario, history, own={"draws": 1, **own})
    except Unreadable as fault:
        return Outcome(findings=fault.findings, code=BAD_INPUT)
    split = attribute(found)
    _write(tables, {"wedges": split.table})
    goals = {one.year or int(one.value) for one in found.scenario.targets}
    wanted = years or sorted(goals & {*found.course.years}) or [found.course.years[-1]]
    shown = [part for year in wanted for part in report.attribution_view(split, year, lang)]
    names = {one.id: one.title.of(lang) for one in found.scenario.levers}
    shown += drawn(figure, lang, lambda figures: figures.wedges(split.table, names, lang))
    return Outcome(shown, report.attribution_dict(split, lang), findings)


def _projected(
    workspace: Path,
    scenario: Path,
    history: Path | None,
    *,
    own: Mapping[str, int | None],
    **run: Any,
) -> tuple[Projection, list[Finding]]:
    ws = _opened(workspace)
    held, findings = open_history(history, ws)
    read, more = open_scenario(scenario, held, ws)
    given = {name: value for name, value in own.items() if value is not None}
    read = read.model_copy(update={"settings": {**read.settings, **given}})
    return project(held, read, **run), [*findings, *more]


def _opened(folder: Path) -> Workspace | None:
    return Workspace(folder) if (folder / "workspace.yaml").is_file() else None


def _write(folder: Path | None, tables: Mapping[str, pa.Table]) -> None:
    if folder is not None:
        write_files({folder / f"{n}.parquet": _parquet(rows) for n, rows in tables.items()})


def _parquet(rows: pa.Table) -> bytes:
    sink = BytesIO()
    pq.write_table(rows, sink)
    return sink.getvalue()
