"""Verbs on plans."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dafeng import report
from dafeng.cli.outcome import Outcome
from dafeng.plan import plans as known_plans
from dafeng.vocabulary import Fault


def plans_list(lang: str, workspace: Path) -> Outcome:
    """List the plans."""
    plans = _plans(workspace).values()
    rows = [report.plan_row(plan, lang) for plan in plans]
    columns = ("id", "owner", "title", "issued", "targets", "measures", "complete")
    data = {"plans": [dict(zip(columns, row, strict=True)) for row in rows]}
    return Outcome([report.listing(columns, rows, lang)], data)


def plans_show(lang: str, workspace: Path, plan: str) -> Outcome:
    """Show one plan."""
    held = _plans(workspace)
    if plan not in held:
        raise Fault("unknown_plan", label=plan, near=", ".join(held))
    return Outcome(list(report.plan_view(held[plan], lang)), held[plan].model_dump(mode="json"))


def _plans(workspace: Path) -> dict[str, Any]:
    """Return the plans of a workspace, or those that come with Dafeng where there is none."""
    return known_plans(workspace / "plans") if (workspace / "plans").is_dir() else known_plans()
