"""The commands of supervision after the fact and of resource factors."""

from __future__ import annotations

from typing import Annotated

import typer

from dafeng.cli.options import (
    DEFAULT_LANG,
    HERE,
    SETTINGS,
    AsJson,
    AsOf,
    InLang,
    InWorkspace,
    run,
    say,
)

supervision = typer.Typer(**SETTINGS)


@supervision.command("supervise", help=say("supervise"))
def supervise(
    matter: Annotated[
        list[str] | None, typer.Option("--matter", help=say("supervise_matter"))
    ] = None,
    matters: Annotated[bool, typer.Option("--matters", help=say("supervise_matters"))] = False,
    subject: Annotated[str | None, typer.Option("--explain", help=say("supervise_explain"))] = None,
    everyone: Annotated[bool, typer.Option("--all", help=say("supervise_all"))] = False,
    as_of: AsOf = None,
    workspace: InWorkspace = HERE,
    lang: InLang = DEFAULT_LANG,
    as_json: AsJson = False,
) -> None:
    """Supervise after the fact."""
    run(
        "supervise",
        lang,
        as_json=as_json,
        workspace=workspace,
        wanted=tuple(matter or ()),
        matters_only=matters,
        subject=subject,
        everyone=everyone,
        as_of=as_of,
    )


@supervision.command("factors", help=say("factors"))
def factors(
    who: Annotated[str | None, typer.Argument(help=say("factors_who"))] = None,
    as_of: AsOf = None,
    workspace: InWorkspace = HERE,
    lang: InLang = DEFAULT_LANG,
    as_json: AsJson = False,
) -> None:
    """List resource factors by class."""
    run("factors", lang, as_json=as_json, workspace=workspace, who=who, as_of=as_of)
