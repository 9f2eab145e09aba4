"""The command of the project gate."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dafeng.cli.options import (
    DEFAULT_LANG,
    HERE,
    SETTINGS,
    AsJson,
    AsOf,
    AtGrowth,
    InLang,
    InWorkspace,
    RoomPlan,
    run,
    say,
)

gate = typer.Typer(**SETTINGS)


@gate.command("gate", help=say("gate"), short_help=say("gate_short"))
def review(
    project: Annotated[str | None, typer.Argument(help=say("gate_project"))] = None,
    whole: Annotated[bool, typer.Option("--all", help=say("gate_all"))] = False,
    day: Annotated[str | None, typer.Option("--on", help=say("gate_on"))] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help=say("gate_output"))] = None,
    rule: Annotated[str, typer.Option("--choose", help=say("gate_choose"))] = "count",
    source: Annotated[str, typer.Option("--source", help=say("room_source"))] = "reporters",
    growth: AtGrowth = None,
    plan: RoomPlan = None,
    as_of: AsOf = None,
    workspace: InWorkspace = HERE,
    lang: InLang = DEFAULT_LANG,
    as_json: AsJson = False,
) -> None:
    """Review a project, or all two-highs projects."""
    run(
        "gate",
        lang,
        as_json=as_json,
        workspace=workspace,
        project=project,
        whole=whole,
        day=day,
        output=output,
        rule=rule,
        origin=source,
        growth=growth,
        plan_id=plan,
        as_of=as_of,
    )
