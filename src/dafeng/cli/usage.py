"""What was typed wrongly, in words of our own: those of the library are English only."""

from __future__ import annotations

import re
import sys
from difflib import get_close_matches
from typing import Any

from typer.core import TyperGroup
from typer.exceptions import TyperException

from dafeng.cli.options import DEFAULT_LANG

_CODES = {
    "NoSuchOption": "usage_no_option",
    "BadOptionUsage": "usage_option",
    "MissingParameter": "usage_missing",
    "BadParameter": "usage_bad_value",
}
"""Class of an error of the library → code of its message."""

_NEAR = {"usage_no_option": "usage_near_option", "usage_no_command": "usage_near_command"}
"""Code of a message → that of the one which tells what is near."""

_NAMED = re.compile(r"'(.*?)'(?=[.]|$)|\(([^()]*)\)$")


class Group(TyperGroup):
    """The program's commands; who types what is none is told in the chosen language."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run what was typed, and end the process with its exit code."""
        try:
            code = super().main(*args, **extra | {"standalone_mode": False})
        except TyperException as error:
            code = _told(error)
        sys.exit(code or 0)


def _told(error: Any) -> int:
    """Say what was wrong; return the exit code."""
    kind = type(error).__name__
    if kind == "NoArgsIsHelpError":
        print(error.format_message())  # noqa: T201  the help itself
        return int(error.exit_code)
    from dafeng.cli.outcome import BAD_INPUT, Outcome  # noqa: PLC0415  heavy
    from dafeng.cli.verbs import print_outcome  # noqa: PLC0415
    from dafeng.findings import Finding  # noqa: PLC0415

    context = getattr(error, "ctx", None)
    commands = getattr(context.command, "commands", ()) if context else ()
    code = _CODES.get(kind) or ("usage_no_command" if commands else "usage_extra")
    place = context.command_path if context else ""
    values = _values(error, place or "dafeng …")
    near = getattr(error, "possibilities", None) or get_close_matches(values["label"], commands)
    if near and code in _NEAR:
        code = _NEAR[code]
    finding = Finding(code, place, values | {"near": ", ".join(near or commands)})
    as_json = "--json" in sys.argv
    print_outcome(Outcome(findings=[finding], code=BAD_INPUT), DEFAULT_LANG.value, as_json=as_json)
    return int(error.exit_code)


def _values(error: Any, path: str) -> dict[str, str]:
    """Return what the messages speak of; each of them takes what it needs."""
    named = _NAMED.search(error.message)
    parameter = getattr(error, "param", None)
    return {
        "label": getattr(error, "option_name", "") or (named[1] or named[2] if named else ""),
        "parameter": parameter.get_error_hint().replace("'", "") if parameter else "",
        "kind": parameter.display_type(error.ctx) if parameter else "",
        "help": f"{path} -h",
    }
