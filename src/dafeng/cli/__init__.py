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


class To(StrEnum):
    """Among whom a target is split."""

    CITIES = "cities"
    ENTERPRISES = "enterprises"


class SplitRule(StrEnum):
    """How a target is split."""

    EQUAL = "equal"
    BASE = "base"
    POTENTIAL = "potential"


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
market = typer.Typer(help=_say("market"), **_SETTINGS)
app.add_typer(market, name="market")


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


@app.command(help=_say("split"))
def split(
    target: Annotated[str, typer.Argument(help=_say("split_target"))],
    to: Annotated[To, typer.Option("--to", help=_say("to"))] = To.CITIES,
    rule: Annotated[SplitRule, typer.Option("--rule", help=_say("split_rule"))] = SplitRule.EQUAL,
    by: Annotated[str | None, typer.Option("--by", help=_say("by"))] = None,
    base: Annotated[Path | None, typer.Option("--base", help=_say("base"))] = None,
    promises: Annotated[Path | None, typer.Option("--promises", help=_say("promises"))] = None,
    growth: Annotated[float | None, typer.Option("--growth", help=_say("growth"))] = None,
    low: Annotated[float | None, typer.Option("--min", help=_say("least"))] = None,
    high: Annotated[float | None, typer.Option("--max", help=_say("most"))] = None,
    show_tree: Annotated[bool, typer.Option("--explain", help=_say("show_tree"))] = False,
    plan: Annotated[str | None, typer.Option("--plan", help=_say("plan"))] = None,
    as_of: _AsOf = None,
    workspace: _Workspace = _HERE,
    lang: _Lang = _DEFAULT_LANG,
    as_json: _Json = False,
) -> None:
    """Split a target, or set promises against it."""
    _run(
        "split",
        lang,
        as_json=as_json,
        workspace=workspace,
        target=target,
        to=to.value,
        rule=rule.value,
        by=by,
        base=base,
        promises=promises,
        growth=growth,
        low=low,
        high=high,
        show_tree=show_tree,
        plan_id=plan,
        as_of=as_of,
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


@rules.command("pages", help=_say("rules_pages"))
def rules_pages(
    folder: Annotated[Path, typer.Argument(help=_say("folder"))],
    as_of: _AnyAsOf = None,  # noqa: ARG001
    workspace: _Workspace = _HERE,
    lang: _Lang = _DEFAULT_LANG,
    as_json: _Json = False,
) -> None:
    """Write the rulebook as web pages."""
    _run("rules_pages", lang, as_json=as_json, workspace=workspace, folder=folder)


@rules.command("diff", help=_say("rules_diff"))
def rules_diff(
    before: Annotated[str, typer.Argument(help=_say("diff_before"))],
    after: Annotated[str, typer.Argument(help=_say("diff_after"))],
    figures: Annotated[
        bool | None, typer.Option("--figures/--no-figures", help=_say("diff_figures"))
    ] = None,
    as_of: _AnyAsOf = None,  # noqa: ARG001
    workspace: _Workspace = _HERE,
    lang: _Lang = _DEFAULT_LANG,
    as_json: _Json = False,
) -> None:
    """Show what changes in the rules."""
    chosen = {"before": before, "after": after, "figures": figures}
    _run("rules_diff", lang, as_json=as_json, workspace=workspace, **chosen)


@rules.command("search", help=_say("rules_search"))
def rules_search(
    words: Annotated[str, typer.Argument(help=_say("search_words"))],
    as_of: _AnyAsOf = None,  # noqa: ARG001
    workspace: _Workspace = _HERE,
    lang: _Lang = _DEFAULT_LANG,
    as_json: _Json = False,
) -> None:
    """Find rules by a word."""
    _run("rules_search", lang, as_json=as_json, workspace=workspace, words=words)


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


@market.command("allocate", help=_say("market_allocate"))
def market_allocate(
    file: Annotated[Path, typer.Argument(help=_say("unit_file"))],
    sector: Annotated[str, typer.Option("--sector", help=_say("market_sector"))],
    year: Annotated[int, typer.Option("--year", help=_say("emission_year"))],
    draft: Annotated[bool, typer.Option("--draft", help=_say("draft"))] = False,
    balance: Annotated[str | None, typer.Option("--balance", help=_say("balance"))] = None,
    unit: Annotated[str | None, typer.Option("--explain", help=_say("market_explain"))] = None,
    mapping: Annotated[Path | None, typer.Option("--map", help=_say("map"))] = None,
    as_of: _AnyAsOf = None,  # noqa: ARG001
    workspace: _Workspace = _HERE,
    lang: _Lang = _DEFAULT_LANG,
    as_json: _Json = False,
) -> None:
    """Compute allowances of the national carbon market."""
    _run(
        "market_allocate",
        lang,
        as_json=as_json,
        workspace=workspace,
        file=file,
        sector=sector,
        year=year,
        draft=draft,
        balance=balance,
        unit=unit,
        mapping=mapping,
    )


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
