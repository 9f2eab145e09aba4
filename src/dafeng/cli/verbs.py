"""What each command does: open, call the verb, print, and say how it went.

Exit code 0 is fine, 1 means findings that need somebody, 2 bad input, 3 a fault of the program.
"""

from __future__ import annotations

import json
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress as Bar
from rich.text import Text as Styled

from dafeng import report
from dafeng.cli.market import market_allocate
from dafeng.cli.outcome import BAD_INPUT, BROKEN, FINE, FOUND, Outcome
from dafeng.cli.rules import (
    rules_check,
    rules_diff,
    rules_list,
    rules_pages,
    rules_search,
    rules_show,
)
from dafeng.cli.split import split
from dafeng.explain import Node, cut, narrowed
from dafeng.findings import Finding, has_errors
from dafeng.plan import plans as known_plans
from dafeng.report import word
from dafeng.vocabulary import Fault, period, regions
from dafeng.workspace import Workspace


def run(verb: str, lang: str, *, as_json: bool, **arguments: Any) -> int:
    """Run a verb and print its outcome; return the exit code."""
    out = Console(soft_wrap=False)
    errors = Console(stderr=True, soft_wrap=True)
    try:
        outcome = VERBS[verb](lang, **arguments)
    except Fault as fault:
        outcome = Outcome(findings=[Finding.of(fault)], code=BAD_INPUT)
    except OSError as error:
        finding = Finding(
            "file_error", str(error.filename or ""), {"reason": error.strerror or error}
        )
        outcome = Outcome(findings=[finding], code=BAD_INPUT)
    except Exception:  # noqa: BLE001  the last door: a person gets words, the trace goes to a file
        outcome = Outcome(findings=[_keep_trace()], code=BROKEN)
    _print(outcome, out, errors, lang, as_json=as_json)
    return outcome.code


def _print(outcome: Outcome, out: Console, errors: Console, lang: str, *, as_json: bool) -> None:
    failed = outcome.code in (BAD_INPUT, BROKEN)
    if as_json:
        data = outcome.data | {"findings": [f.to_dict(lang) for f in outcome.findings]}
        stream = sys.stderr if failed and not outcome.data else sys.stdout
        stream.write(json.dumps(data, ensure_ascii=False, indent=2, default=str) + "\n")
        return
    for thing in outcome.shown:
        out.print(Styled(thing) if isinstance(thing, str) else thing)
    for line in report.finding_lines(outcome.findings, lang):
        errors.print(line)


def _keep_trace() -> Finding:
    with tempfile.NamedTemporaryFile("w", prefix="dafeng-", suffix=".log", delete=False) as log:
        log.write(traceback.format_exc())
    return Finding("internal_error", "", {"log": log.name})


def _init(lang: str, workspace: Path, path: Path, region: str | None, plan: str | None) -> Outcome:
    path = workspace if path == Path() else path
    region = regions().resolve(region).id if region else None
    if plan is not None and plan not in known_plans():
        raise Fault("unknown_plan", label=plan, near=", ".join(known_plans()))
    Workspace.create(path, region=region, plan_id=plan)
    return Outcome([f"{word('made', lang)} {path}"], {"workspace": str(path)})


def _import(
    lang: str,
    workspace: Path,
    file: Path,
    mapping: Path | None,
    table: str | None,
    accept_valid: bool,  # noqa: FBT001
) -> Outcome:
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


def _account(
    lang: str,
    workspace: Path,
    reporter: list[str],
    year: str | None,
    data_year: int | None,
    as_of: str | None,
) -> Outcome:
    found = Workspace(workspace).account(reporters=reporter, year=year, data_year=data_year)
    last = period(as_of).last if as_of else None
    lines = [line for line in found.lines if last is None or period(line.year).last <= last]
    data = {"accounts": [report.account_dict(line, lang) for line in lines]}
    shown: list[Any] = list(report.account_lines(lines, lang))
    shown = shown or [word("no_accounts", lang)]
    return Outcome(shown, data, list(found.findings), FOUND if found.findings else FINE)


def _board(
    lang: str,
    workspace: Path,
    plan: str | None,
    region: str | None,
    as_of: str | None,
    source: str,
) -> Outcome:
    ws = Workspace(workspace)
    region = regions().resolve(region).id if region else None
    found = ws.board(plan_id=plan, region=region, as_of=as_of, source=source)
    data = {"as_of": found.as_of, "targets": [report.line_dict(line, lang) for line in found.lines]}
    shown = list(report.board_tables(found, ws.plans, lang, Console().width))
    findings = list(found.findings)
    if not found.lines:
        findings.append(Finding("no_plan", region or plan or "", {"as_of": found.as_of}))
    return Outcome(shown, data, findings, FOUND if findings else FINE)


def _explain(
    lang: str,
    workspace: Path,
    figure: str,
    as_of: str | None,
    only: str | None,
    depth: int | None,
) -> Outcome:
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
    shown.append(report.tree_view(tree, lang, found.tree.worst))
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
    """Return the figure of a target that is named by its id alone."""
    for plan in ws.plans.values():
        if any(entry.id == target for entry in plan.targets):
            lines = ws.board(plan_id=plan.id, as_of=as_of).lines
            return next(line.figure for line in lines if line.target.id == target)
    raise Fault("unknown_figure", label=target)


def _plans_list(lang: str, workspace: Path) -> Outcome:
    plans = _plans(workspace).values()
    rows = [report.plan_row(plan, lang) for plan in plans]
    columns = ("id", "owner", "title", "issued", "targets", "measures", "complete")
    data = {"plans": [dict(zip(columns, row, strict=True)) for row in rows]}
    return Outcome([report.listing(columns, rows, lang)], data)


def _plans_show(lang: str, workspace: Path, plan: str) -> Outcome:
    held = _plans(workspace)
    if plan not in held:
        raise Fault("unknown_plan", label=plan, near=", ".join(held))
    return Outcome(list(report.plan_view(held[plan], lang)), held[plan].model_dump(mode="json"))


def _plans(workspace: Path) -> dict[str, Any]:
    """Return the plans of a workspace, or those that come with Dafeng where there is none."""
    return known_plans(workspace / "plans") if (workspace / "plans").is_dir() else known_plans()


VERBS: dict[str, Callable[..., Outcome]] = {
    "init": _init,
    "import_": _import,
    "account": _account,
    "board": _board,
    "explain": _explain,
    "rules_list": rules_list,
    "rules_show": rules_show,
    "rules_check": rules_check,
    "rules_pages": rules_pages,
    "rules_diff": rules_diff,
    "rules_search": rules_search,
    "plans_list": _plans_list,
    "plans_show": _plans_show,
    "market_allocate": market_allocate,
    "split": split,
}
