"""Commands on the rulebook."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

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

rules = typer.Typer(help=say("rules"), **SETTINGS)


@rules.command("list", help=say("rules_list"))
def rules_list(
    as_of: AsOf = None,
    workspace: InWorkspace = HERE,
    lang: InLang = DEFAULT_LANG,
    as_json: AsJson = False,
) -> None:
    """List the rulebook."""
    run("rules_list", lang, as_json=as_json, workspace=workspace, as_of=as_of)


@rules.command("show", help=say("rules_show"))
def rules_show(
    rule: Annotated[str, typer.Argument(help=say("rule"))],
    as_of: AsOf = None,
    workspace: InWorkspace = HERE,
    lang: InLang = DEFAULT_LANG,
    as_json: AsJson = False,
) -> None:
    """Show one rule."""
    run("rules_show", lang, as_json=as_json, workspace=workspace, rule=rule, as_of=as_of)


@rules.command("check", help=say("rules_check"))
def rules_check(
    as_of: AsOf = None,
    workspace: InWorkspace = HERE,
    lang: InLang = DEFAULT_LANG,
    as_json: AsJson = False,
) -> None:
    """Check the rulebook."""
    run("rules_check", lang, as_json=as_json, workspace=workspace, as_of=as_of)


@rules.command("pages", help=say("rules_pages"))
def rules_pages(
    folder: Annotated[Path, typer.Argument(help=say("folder"))],
    as_of: AnyAsOf = None,  # noqa: ARG001
    workspace: InWorkspace = HERE,
    lang: InLang = DEFAULT_LANG,
    as_json: AsJson = False,
) -> None:
    """Write the rulebook as web pages."""
    run("rules_pages", lang, as_json=as_json, workspace=workspace, folder=folder)


@rules.command("diff", help=say("rules_diff"))
def rules_diff(
    before: Annotated[str, typer.Argument(help=say("diff_before"))],
    after: Annotated[str, typer.Argument(help=say("diff_after"))],
    figures: Annotated[
        bool | None, typer.Option("--figures/--no-figures", help=say("diff_figures"))
    ] = None,
    as_of: AnyAsOf = None,  # noqa: ARG001
    workspace: InWorkspace = HERE,
    lang: InLang = DEFAULT_LANG,
    as_json: AsJson = False,
) -> None:
    """Show what changes in the rules."""
    chosen = {"before": before, "after": after, "figures": figures}
    run("rules_diff", lang, as_json=as_json, workspace=workspace, **chosen)


@rules.command("search", help=say("rules_search"))
def rules_search(
    words: Annotated[str, typer.Argument(help=say("search_words"))],
    as_of: AnyAsOf = None,  # noqa: ARG001
    workspace: InWorkspace = HERE,
    lang: InLang = DEFAULT_LANG,
    as_json: AsJson = False,
) -> None:
    """Find rules by a word."""
    run("rules_search", lang, as_json=as_json, workspace=workspace, words=words)
