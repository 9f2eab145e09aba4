"""Verbs on the books of a workspace."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress as Bar
from rich.text import Text as Styled

from dafeng import report
from dafeng.cli.outcome import BAD_INPUT, FINE, FOUND, Outcome
from dafeng.cli.verbs.drawing import checked, drawn
from dafeng.explain import Node, cut, narrowed
from dafeng.findings import Finding, has_errors
from dafeng.plan import plans as known_plans
from dafeng.report import word
from dafeng.vocabulary import Fault, period, regions
from dafeng.workspace import Accounts, Workspace, paths_of


def init(lang: str, workspace: Path, path: Path, region: str | None, plan: str | None) -> Outcome:
    """Make an empty workspace."""
    path = workspace if path == Path() else path
    region = regions().resolve(region).id if region else None
    if plan is not None and plan not in known_plans():
        raise Fault("unknown_plan", label=plan, near=", ".join(known_plans()))
    Workspace.create(path, region=region, plan_id=plan)
    return Outcome([f"{word('made', lang)} {path}"], {"workspace": str(path)})


def import_(
    lang: str,
    workspace: Path,
    file: Path,
    mapping: Path | None,
    table: str | None,
    accept_valid: bool,  # noqa: FBT001
) -> Outcome:
    """Take a file into the books."""
    with Bar(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(file.name, total=None)

        def progress(stage: str, done: int, total: int) -> None:
            bar.update(task, description=f"{file.name} {stage}", completed=done, total=total)

        done = Workspace(workspace).import_file(
            file, table=table, mapping=mapping, accept_valid=accept_valid, progress=progress
        )
    data = {
        name: getattr(done, name)
        for name in ("table", "batch", "taken", "rejected", "rejected_file", "counts")
    }
    code = BAD_INPUT if has_errors(done.findings) else FOUND if done.findings else FINE
    return Outcome(list(report.import_lines(done, lang)), data, list(done.findings), code)


def account(
    lang: str,
    workspace: Path,
    reporter: list[str],
    year: str | None,
    data_year: int | None,
    as_of: str | None,
) -> Outcome:
    """Compute energy and emissions of the reporters."""
    ws = Workspace(workspace)
    found = ws.account(reporters=reporter, year=year, data_year=data_year)
    _refuse_unknown(reporter, found, ws)
    last = period(as_of).last if as_of else None
    lines = [line for line in found.lines if last is None or period(line.year).last <= last]
    data = {"accounts": [report.account_dict(line, lang) for line in lines]}
    shown: list[Any] = list(report.account_lines(lines, lang))
    shown = shown or [word("no_accounts", lang)]
    findings = [*found.findings, *found.others]
    return Outcome(shown, data, findings, FOUND if found.findings else FINE)


def _refuse_unknown(reporters: list[str], found: Accounts, ws: Workspace) -> None:
    """Refuse a slip of an id: that nothing is found of it would look as if all were well."""
    told = {line.reporter for line in found.lines} | {one.reporter for one in found.findings}
    for silent in (name for name in reporters if name not in told):
        known = (ws.table(name)["reporter"].to_pylist() for name in ("reporters", "entries"))
        if not any(silent in names for names in known):
            raise Fault("unknown_reporter", label=silent)


def board(
    lang: str,
    workspace: Path,
    plan: str | None,
    region: str | None,
    as_of: str | None,
    source: str,
    by_city: bool,  # noqa: FBT001
    figure: Path | None,
) -> Outcome:
    """Show the progress of targets."""
    checked(figure)
    ws = Workspace(workspace)
    region = regions().resolve(region).id if region else None
    found = ws.board(plan_id=plan, region=region, as_of=as_of, source=source, below=by_city)
    data = {"as_of": found.as_of, "targets": [report.line_dict(line, lang) for line in found.lines]}
    shown = list(report.board_tables(found, ws.plans, lang, Console().width))
    findings = list(found.findings)
    if not found.lines:
        findings.append(Finding("no_plan", region or plan or "", {"as_of": found.as_of}))
    elif figure is not None:
        asked = {"plan_id": plan, "region": region, "source": source}
        paths = paths_of(ws, found, asked)
        shown += drawn(
            figure, lang, lambda figures: figures.target_paths(paths, lang, as_of=found.as_of)
        )
    return Outcome(shown, data, findings, FOUND if findings else FINE)


def explain(
    lang: str,
    workspace: Path,
    figure: str,
    as_of: str | None,
    only: str | None,
    depth: int | None,
) -> Outcome:
    """Show how a figure came about."""
    ws = Workspace(workspace)
    found = ws.explain(figure if ":" in figure else _target_figure(ws, figure, as_of))
    tree: Node | None = found.tree
    if only is not None:
        tree = narrowed(found.tree, only)
        if tree is None:
            raise Fault("unknown_branch", found.figure, label=only)
    if depth is not None and tree is not None:
        tree = cut(tree, depth)
    assert tree is not None  # noqa: S101  a figure has a tree
    shown: list[Any] = [Styled(found.figure, "bold")]
    if not found.kept:
        shown.append(word("not_kept", lang))
    elif found.changes:
        shown.append(word("changed", lang))
        rows = [
            (ref, *("–" if value is None else value for value in values))
            for ref, *values in found.changes
        ]
        shown.append(report.listing(("id", "before", "after"), rows, lang))
    shown.append(report.tree_view(tree, lang, found.tree.worst, found.tree.all_flags))
    data = {
        "figure": found.figure,
        "asked": figure,
        "mark": found.tree.worst,
        "flags": list(found.tree.all_flags),
        "changes": [
            {"input": ref, "before": before, "after": after} for ref, before, after in found.changes
        ],
        "tree": tree.to_dict(lang),
    }
    return Outcome(shown, data)


def _target_figure(ws: Workspace, target: str, as_of: str | None) -> str:
    """Return the figure of a target that is named by its id alone.

    It is that of the published figures; of the books where none is held.
    """
    source = "statistics" if ws.table("statistics").num_rows else "reporters"
    for plan in ws.plans.values():
        if any(entry.id == target for entry in plan.targets):
            lines = ws.board(plan_id=plan.id, as_of=as_of, source=source).lines
            for line in lines:
                if line.target.id == target:
                    return line.figure
    raise Fault("unknown_figure", label=target)
