"""The command line. This module only declares the commands; ``verbs`` runs them.

Nothing heavy is imported here, so that ``dafeng --help`` answers at once.
"""

from __future__ import annotations

import json
import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

_HELP: dict[str, dict[str, str]] = json.loads(
    (Path(__file__).parent / "data" / "help.json").read_text(encoding="utf-8")
)


def chosen_language() -> str:
    """Return the language of help and messages: ``--lang``, else ``DAFENG_LANG``, else zh."""
    given = sys.argv[1:]
    for index, word in enumerate(given):
        if word.startswith("--lang="):
            return word.removeprefix("--lang=")
        if word == "--lang" and index + 1 < len(given):
            return given[index + 1]
    return os.environ.get("DAFENG_LANG", "zh")


class Lang(StrEnum):
    """Languages of the surface."""

    ZH = "zh"
    EN = "en"


class Source(StrEnum):
    """Where the figures of a board come from; the two are never mixed."""

    STATISTICS = "statistics"
    REPORTERS = "reporters"


_LANG = "en" if chosen_language() == "en" else "zh"


def _say(text_id: str) -> str:
    return _HELP[text_id][_LANG]


_Workspace = Annotated[Path, typer.Option("-w", "--workspace", help=_say("workspace"))]
_AsOf = Annotated[str | None, typer.Option("--as-of", help=_say("as_of"))]
# Every command takes --as-of; where nothing depends on a period it is not listed.
_AnyAsOf = Annotated[str | None, typer.Option("--as-of", hidden=True)]
_Lang = Annotated[Lang, typer.Option("--lang", help=_say("lang"))]
_Json = Annotated[bool, typer.Option("--json", help=_say("json"))]
_HERE = Path()
_DEFAULT_LANG = Lang(_LANG)

_SETTINGS: dict[str, Any] = {
    "add_completion": False,
    "no_args_is_help": True,
    "rich_markup_mode": None,  # Rich would double the time to the first word
    "pretty_exceptions_enable": False,
    "context_settings": {"help_option_names": ["-h", "--help"]},
}
# Options given before the command.
_common: dict[str, Any] = {"workspace": _HERE, "as_of": None, "as_json": False}
app = typer.Typer(help=_say("app"), **_SETTINGS)
rules = typer.Typer(help=_say("rules"), **_SETTINGS)
plans = typer.Typer(help=_say("plans"), **_SETTINGS)
app.add_typer(rules, name="rules")
app.add_typer(plans, name="plans")


@app.callback()
def _root(
    workspace: _Workspace = _HERE,
    as_of: _AsOf = None,
    lang: _Lang = _DEFAULT_LANG,  # noqa: ARG001  read before, by chosen_language
    as_json: _Json = False,
) -> None:
    """Take the common options before the command too; they hold where it names none."""
    _common.update(workspace=workspace, as_of=as_of, as_json=as_json)


@app.command(help=_say("init"))
def init(
    path: Annotated[Path, typer.Argument(help=_say("path"))] = _HERE,
    region: Annotated[str | None, typer.Option("--region", help=_say("region"))] = None,
    plan: Annotated[str | None, typer.Option("--plan", help=_say("plan"))] = None,
    as_of: _AnyAsOf = None,  # noqa: ARG001
    workspace: _Workspace = _HERE,
    lang: _Lang = _DEFAULT_LANG,
    as_json: _Json = False,
) -> None:
    """Make an empty workspace."""
    _run("init", lang, as_json=as_json, workspace=workspace, path=path, region=region, plan=plan)


@app.command("import", help=_say("import"))
def import_(
    file: Annotated[Path, typer.Argument(help=_say("file"))],
    mapping: Annotated[Path | None, typer.Option("--map", help=_say("map"))] = None,
    table: Annotated[str | None, typer.Option("--table", help=_say("table"))] = None,
    accept_valid: Annotated[
        bool, typer.Option("--accept-valid", help=_say("accept_valid"))
    ] = False,
    as_of: _AnyAsOf = None,  # noqa: ARG001
    workspace: _Workspace = _HERE,
    lang: _Lang = _DEFAULT_LANG,
    as_json: _Json = False,
) -> None:
    """Import a file."""
    _run(
        "import_",
        lang,
        as_json=as_json,
        workspace=workspace,
        file=file,
        mapping=mapping,
        table=table,
        accept_valid=accept_valid,
    )


@app.command(help=_say("account"))
def account(
    reporter: Annotated[list[str] | None, typer.Option("--reporter", help=_say("reporter"))] = None,
    year: Annotated[str | None, typer.Option("--year", help=_say("year"))] = None,
    data_year: Annotated[int | None, typer.Option("--factor-year", help=_say("data_year"))] = None,
    as_of: _AsOf = None,
    workspace: _Workspace = _HERE,
    lang: _Lang = _DEFAULT_LANG,
    as_json: _Json = False,
) -> None:
    """Compute energy and emissions."""
    _run(
        "account",
        lang,
        as_json=as_json,
        workspace=workspace,
        reporter=reporter or [],
        year=year,
        data_year=data_year,
        as_of=as_of,
    )


@app.command(help=_say("board"))
def board(
    source: Annotated[Source, typer.Option("--source", help=_say("source"))] = Source.STATISTICS,
    plan: Annotated[str | None, typer.Option("--plan", help=_say("plan"))] = None,
    region: Annotated[str | None, typer.Option("--region", help=_say("region"))] = None,
    as_of: _AsOf = None,
    workspace: _Workspace = _HERE,
    lang: _Lang = _DEFAULT_LANG,
    as_json: _Json = False,
) -> None:
    """Show the progress of targets."""
    _run(
        "board",
        lang,
        as_json=as_json,
        workspace=workspace,
        plan=plan,
        region=region,
        as_of=as_of,
        source=source.value,
    )


@app.command(help=_say("explain"))
def explain(
    figure: Annotated[str, typer.Argument(help=_say("figure"))],
    only: Annotated[str | None, typer.Option("--only", help=_say("only"))] = None,
    depth: Annotated[int | None, typer.Option("--depth", min=0, help=_say("depth"))] = None,
    as_of: _AsOf = None,
    workspace: _Workspace = _HERE,
    lang: _Lang = _DEFAULT_LANG,
    as_json: _Json = False,
) -> None:
    """Explain a figure."""
    _run(
        "explain",
        lang,
        as_json=as_json,
        workspace=workspace,
        figure=figure,
        as_of=as_of,
        only=only,
        depth=depth,
    )


@rules.command("list", help=_say("rules_list"))
def rules_list(
    as_of: _AsOf = None,
    workspace: _Workspace = _HERE,
    lang: _Lang = _DEFAULT_LANG,
    as_json: _Json = False,
) -> None:
    """List the rulebook."""
    _run("rules_list", lang, as_json=as_json, workspace=workspace, as_of=as_of)


@rules.command("show", help=_say("rules_show"))
def rules_show(
    rule: Annotated[str, typer.Argument(help=_say("rule"))],
    as_of: _AsOf = None,
    workspace: _Workspace = _HERE,
    lang: _Lang = _DEFAULT_LANG,
    as_json: _Json = False,
) -> None:
    """Show one rule."""
    _run("rules_show", lang, as_json=as_json, workspace=workspace, rule=rule, as_of=as_of)


@rules.command("check", help=_say("rules_check"))
def rules_check(
    as_of: _AsOf = None,
    workspace: _Workspace = _HERE,
    lang: _Lang = _DEFAULT_LANG,
    as_json: _Json = False,
) -> None:
    """Check the rulebook."""
    _run("rules_check", lang, as_json=as_json, workspace=workspace, as_of=as_of)


@plans.command("list", help=_say("plans_list"))
def plans_list(
    as_of: _AnyAsOf = None,  # noqa: ARG001
    workspace: _Workspace = _HERE,
    lang: _Lang = _DEFAULT_LANG,
    as_json: _Json = False,
) -> None:
    """List the plans."""
    _run("plans_list", lang, as_json=as_json, workspace=workspace)


@plans.command("show", help=_say("plans_show"))
def plans_show(
    plan: Annotated[str, typer.Argument(help=_say("plan"))],
    as_of: _AnyAsOf = None,  # noqa: ARG001
    workspace: _Workspace = _HERE,
    lang: _Lang = _DEFAULT_LANG,
    as_json: _Json = False,
) -> None:
    """Show one plan."""
    _run("plans_show", lang, as_json=as_json, workspace=workspace, plan=plan)


def _run(verb: str, lang: Lang, *, as_json: bool, **arguments: Any) -> None:
    from dafeng.cli.verbs import run  # noqa: PLC0415  heavy

    as_json = as_json or _common["as_json"]
    for name, unset in (("workspace", _HERE), ("as_of", None)):
        if name in arguments and arguments[name] == unset:
            arguments[name] = _common[name]

    raise typer.Exit(run(verb, lang.value, as_json=as_json, **arguments))


def main() -> None:
    """Run the command line."""
    app()
