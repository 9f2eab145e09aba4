"""Commands of the reader, and plans side by side."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from dafeng.cli.options import (
    DEFAULT_LANG,
    HERE,
    SETTINGS,
    AnyAsOf,
    AsJson,
    AsOf,
    InLang,
    InWorkspace,
    run,
    say,
)

_DEFAULT = "file"


class FilesFirst(TyperGroup):
    """A group that takes files: what is not the name of a command is given to ``file``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the name of the command before files and options."""
        named = not args or args[0] in self.commands or args[0] in ctx.help_option_names
        return super().parse_args(ctx, args if named else [_DEFAULT, *args])


class Checked(StrEnum):
    """Marks that a source can be given."""

    OFFICIAL = "official"
    REPUBLISHED = "V"
    SECONDARY = "V~"
    RECALLED = "M"


read = typer.Typer(help=say("read"), short_help=say("read_short"), cls=FilesFirst, **SETTINGS)
OneFile = Annotated[Path, typer.Argument(help=say("read_one"))]
InPlace = Annotated[str | None, typer.Option("--jurisdiction", help=say("read_jurisdiction"))]


@read.command(_DEFAULT, help=say("read_file"))
def read_file(
    files: Annotated[list[Path], typer.Argument(help=say("read_files"))],
    plan: Annotated[Path | None, typer.Option("--plan", help=say("read_plan"))] = None,
    text: Annotated[Path | None, typer.Option("--text", help=say("read_text"))] = None,
    measures: Annotated[bool, typer.Option("--measures", help=say("read_measures"))] = False,
    jurisdiction: InPlace = None,
    as_of: AnyAsOf = None,  # noqa: ARG001
    lang: InLang = DEFAULT_LANG,
    as_json: AsJson = False,
) -> None:
    """Read policy documents."""
    run(
        "read_file",
        lang,
        as_json=as_json,
        files=files,
        plan=plan,
        text=text,
        measures=measures,
        jurisdiction=jurisdiction,
    )


@read.command("score", help=say("read_score"))
def read_score(
    file: OneFile,
    gold: Annotated[Path, typer.Argument(help=say("read_gold"))],
    jurisdiction: InPlace = None,
    as_of: AnyAsOf = None,  # noqa: ARG001
    lang: InLang = DEFAULT_LANG,
    as_json: AsJson = False,
) -> None:
    """Compare with an annotated document."""
    run("read_score", lang, as_json=as_json, file=file, gold=gold, jurisdiction=jurisdiction)


@read.command("review", help=say("read_review"))
def read_review(
    file: OneFile,
    out: Annotated[Path | None, typer.Option("--out", help=say("read_out"))] = None,
    jurisdiction: InPlace = None,
    as_of: AnyAsOf = None,  # noqa: ARG001
    lang: InLang = DEFAULT_LANG,
    as_json: AsJson = False,
) -> None:
    """Write the review page."""
    run("read_review", lang, as_json=as_json, file=file, out=out, jurisdiction=jurisdiction)


@read.command("accept", help=say("read_accept"))
def read_accept(
    review: Annotated[Path, typer.Argument(help=say("read_saved"))],
    plan: Annotated[Path, typer.Option("--plan", help=say("read_into"))],
    file: Annotated[Path | None, typer.Option("--file", help=say("read_source"))] = None,
    checked: Annotated[Checked, typer.Option("--checked", help=say("read_checked"))] = (
        Checked.SECONDARY
    ),
    jurisdiction: InPlace = None,
    as_of: AnyAsOf = None,  # noqa: ARG001
    lang: InLang = DEFAULT_LANG,
    as_json: AsJson = False,
) -> None:
    """Bring what was accepted into a plan."""
    run(
        "read_accept",
        lang,
        as_json=as_json,
        review=review,
        plan=plan,
        file=file,
        checked=checked.value,
        jurisdiction=jurisdiction,
    )


def compare(
    plans: Annotated[list[str] | None, typer.Argument(help=say("compare_plans"))] = None,
    indicator: Annotated[str | None, typer.Option("--indicator", help=say("compare_one"))] = None,
    alone: Annotated[bool, typer.Option("--all", help=say("compare_all"))] = False,
    as_of: AsOf = None,
    workspace: InWorkspace = HERE,
    lang: InLang = DEFAULT_LANG,
    as_json: AsJson = False,
) -> None:
    """Put plans side by side."""
    run(
        "compare",
        lang,
        as_json=as_json,
        workspace=workspace,
        plans=plans or [],
        indicator=indicator,
        alone=alone,
        as_of=as_of,
    )
