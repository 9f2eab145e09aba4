"""What the commands share: the common options, their words, and how a verb is run.

Nothing heavy is imported here or by the commands, so that ``dafeng --help`` answers at once.
"""

from __future__ import annotations

import json
import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

_HELP: dict[str, dict[str, str]] = {
    text_id: words
    for file in sorted((Path(__file__).parent / "data" / "help").glob("*.json"))
    for text_id, words in json.loads(file.read_text(encoding="utf-8")).items()
}


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


DEFAULT_LANG = Lang.EN if chosen_language() == "en" else Lang.ZH
HERE = Path()


def say(text_id: str) -> str:
    """Return a help text in the chosen language."""
    return _HELP[text_id][DEFAULT_LANG.value]


InWorkspace = Annotated[Path, typer.Option("-w", "--workspace", help=say("workspace"))]
AsOf = Annotated[str | None, typer.Option("--as-of", help=say("as_of"))]
# Every command takes --as-of; where nothing depends on a period it is not listed.
AnyAsOf = Annotated[str | None, typer.Option("--as-of", hidden=True)]
InFigure = Annotated[Path | None, typer.Option("--figure", help=say("figure_file"))]
InLang = Annotated[Lang, typer.Option("--lang", help=say("lang"))]
AsJson = Annotated[bool, typer.Option("--json", help=say("json"))]
OnEngine = Annotated[str | None, typer.Option("--engine", help=say("engine"))]
InRegion = Annotated[str | None, typer.Option("--region", help=say("region"))]
OfPlan = Annotated[str | None, typer.Option("--plan", help=say("plan"))]
RoomPlan = Annotated[str | None, typer.Option("--plan", help=say("room_plan"))]
AtGrowth = Annotated[float | None, typer.Option("--growth", help=say("room_growth"))]
ByMap = Annotated[Path | None, typer.Option("--map", help=say("map"))]

SETTINGS: dict[str, Any] = {
    "add_completion": False,
    "no_args_is_help": True,
    "rich_markup_mode": None,  # Rich would double the time to the first word
    "pretty_exceptions_enable": False,
    "context_settings": {"help_option_names": ["-h", "--help"]},
}
COMMON: dict[str, Any] = {"workspace": HERE, "as_of": None, "as_json": False}
"""Options given before the command."""


def run(verb: str, lang: Lang, *, as_json: bool, **arguments: Any) -> None:
    """Run a verb with the options given before the command where the command has none."""
    from dafeng.cli.verbs import run as run_verb  # noqa: PLC0415  heavy

    as_json = as_json or COMMON["as_json"]
    for name, unset in (("workspace", HERE), ("as_of", None)):
        if name in arguments and arguments[name] == unset:
            arguments[name] = COMMON[name]

    raise typer.Exit(run_verb(verb, lang.value, as_json=as_json, **arguments))
