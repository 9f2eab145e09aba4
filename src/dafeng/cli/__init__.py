"""The command line: commands are declared in ``commands`` and done in ``verbs``."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper

import typer

from dafeng.cli.commands.books import books
from dafeng.cli.commands.budget import budget
from dafeng.cli.commands.gate import gate
from dafeng.cli.commands.grades import grades
from dafeng.cli.commands.market import market
from dafeng.cli.commands.outlook import outlook
from dafeng.cli.commands.plans import plans
from dafeng.cli.commands.portfolio import portfolio
from dafeng.cli.commands.reader import compare, read
from dafeng.cli.commands.room import room
from dafeng.cli.commands.rules import rules
from dafeng.cli.commands.supervise import supervision
from dafeng.cli.headings import speak
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
from dafeng.cli.usage import Group

__all__ = ["app", "chosen_language", "main"]

app = typer.Typer(cls=Group, help=say("app"), **SETTINGS)
app.add_typer(books)
app.add_typer(rules, name="rules")
app.add_typer(plans, name="plans")
app.command("compare", help=say("compare"))(compare)
app.add_typer(read, name="read")
app.add_typer(budget, name="budget")
app.add_typer(market, name="market")
app.add_typer(portfolio, name="portfolio")
app.add_typer(room, name="room")
app.add_typer(grades)
app.add_typer(gate)
app.add_typer(outlook, name="outlook")
app.add_typer(supervision)


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
    """Run the command line; a sign that the terminal cannot show becomes a question mark."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    # what tables needed goes back to the system; the default keeps a sixth of the peak
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    speak()
    app(prog_name="dafeng")
