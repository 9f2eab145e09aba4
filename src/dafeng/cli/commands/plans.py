"""Commands on plans."""

from __future__ import annotations

from typing import Annotated

import typer

from dafeng.cli.options import (
    DEFAULT_LANG,
    HERE,
    SETTINGS,
    AnyAsOf,
    AsJson,
    InLang,
    InWorkspace,
    run,
    say,
)

plans = typer.Typer(help=say("plans"), **SETTINGS)


@plans.command("list", help=say("plans_list"))
def plans_list(
    as_of: AnyAsOf = None,  # noqa: ARG001
    workspace: InWorkspace = HERE,
    lang: InLang = DEFAULT_LANG,
    as_json: AsJson = False,
) -> None:
    """List the plans."""
    run("plans_list", lang, as_json=as_json, workspace=workspace)


@plans.command("show", help=say("plans_show"))
def plans_show(
    plan: Annotated[str, typer.Argument(help=say("plan"))],
    as_of: AnyAsOf = None,  # noqa: ARG001
    workspace: InWorkspace = HERE,
    lang: InLang = DEFAULT_LANG,
    as_json: AsJson = False,
) -> None:
    """Show one plan."""
    run("plans_show", lang, as_json=as_json, workspace=workspace, plan=plan)
