"""What the library itself says in a help page, in the chosen language; it knows English only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from typer.core import TyperGroup

from dafeng.cli.options import say

_REMARKS = re.compile(r"(^|  )\[[^][]*\]$")
"""What the library adds to the help of an option: its default, whether it must be given."""


class Formatter(TyperGroup.context_class.formatter_class):  # type: ignore[name-defined,misc]
    """Writes a help page; each text of the library is the id of a help text of ours."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write how a command is typed."""
        args = _said(args, "[OPTIONS]", "COMMAND [ARGS]...")
        super().write_usage(prog, args, prefix or say("Usage: "))

    def write_heading(self, heading: str) -> None:
        """Write what the lines below are."""
        super().write_heading(_said(heading, "Arguments", "Options", "Commands"))

    def write_dl(self, rows: Sequence[tuple[str, str]], *args: Any, **extra: Any) -> None:
        """Write names and what is said of each."""
        super().write_dl([(name, _remark(text)) for name, text in rows], *args, **extra)


def speak() -> None:
    """Let every help page be written so."""
    TyperGroup.context_class.formatter_class = Formatter


def _remark(text: str) -> str:
    text = _said(text, "Show this message and exit.")
    return _REMARKS.sub(lambda found: _said(found[0], "default: ", "required"), text)


def _said(text: str, *known: str) -> str:
    for words in known:
        text = text.replace(words, say(words))
    return text
