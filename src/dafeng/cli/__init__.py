"""The command line: commands are declared in ``commands`` and done in ``verbs``."""

from __future__ import annotations

import os

import typer

from dafeng.cli.commands.books import books
from dafeng.cli.commands.market import market
from dafeng.cli.commands.plans import plans
from dafeng.cli.commands.rules import rules
from dafeng.cli.options import (
    COMMON,
    DEFAULT_LANG,
    HERE,
    SETTINGS,
    AsJson,
    AsOf,
    InLang,
    InWorkspace,
    OnEngine,
    chosen_language,
    say,
)

__all__ = ["app", "chosen_language", "main"]

app = typer.Typer(help=say("app"), **SETTINGS)
app.add_typer(books)
app.add_typer(rules, name="rules")
app.add_typer(plans, name="plans")
app.add_typer(market, name="market")


@app.callback()
def _root(
    workspace: InWorkspace = HERE,
    as_of: AsOf = None,
    engine: OnEngine = None,
    lang: InLang = DEFAULT_LANG,  # noqa: ARG001  read before, by chosen_language
    as_json: AsJson = False,
) -> None:
    """Take the common options before the command too; they hold where it names none."""
    COMMON.update(workspace=workspace, as_of=as_of, as_json=as_json)
    if engine is not None:
        os.environ["DAFENG_ENGINE"] = engine  # whoever opens books reads it there


def main() -> None:
    """Run the command line."""
    app()
