"""The command that grades."""

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
    ByMap,
    InLang,
    InWorkspace,
    run,
    say,
)

grades = typer.Typer(**SETTINGS)


@grades.command("grade", help=say("grade"))
def grade(
    name: Annotated[str, typer.Argument(help=say("grade_name"))],
    file: Annotated[Path | None, typer.Argument(help=say("grade_file"))] = None,
    region: Annotated[str | None, typer.Option("--region", help=say("grade_region"))] = None,
    who: Annotated[str | None, typer.Option("--explain", help=say("grade_explain"))] = None,
    columns: Annotated[bool, typer.Option("--columns", help=say("grade_columns"))] = False,
    everyone: Annotated[bool, typer.Option("--all", help=say("grade_all"))] = False,
    mapping: ByMap = None,
    as_of: AsOf = None,
    workspace: InWorkspace = HERE,
    lang: InLang = DEFAULT_LANG,
    as_json: AsJson = False,
) -> None:
    """Grade by a scale or a scorecard."""
    run(
        "grade",
        lang,
        as_json=as_json,
        workspace=workspace,
        name=name,
        file=file,
        region=region,
        who=who,
        columns=columns,
        everyone=everyone,
        mapping=mapping,
        as_of=as_of,
    )
