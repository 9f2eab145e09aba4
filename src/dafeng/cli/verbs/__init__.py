"""What each command does: open, call the verb, print, and say how it went.

Exit code 0 is fine, 1 means findings that need somebody, 2 bad input, 3 a fault of the program,
130 stopped by Ctrl-C and 143 by a kill.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable
from importlib import import_module
from math import isfinite
from pathlib import Path
from typing import Any, TextIO

from rich.console import Console, Group
from rich.text import Text as Styled

from dafeng import report
from dafeng.cli.outcome import BAD_INPUT, BROKEN, FOUND, Outcome
from dafeng.cli.stopping import CTRL_C, stoppable
from dafeng.findings import Finding
from dafeng.vocabulary import Fault

VERBS = {
    "gate": "gate.gate",
    "grade": "grades.grade",
    "init": "books.init",
    "import_": "books.import_",
    "account": "books.account",
    "board": "books.board",
    "explain": "books.explain",
    "sum": "sums.sum_",
    "split": "split.split",
    "rules_list": "rules.rules_list",
    "rules_show": "rules.rules_show",
    "rules_check": "rules.rules_check",
    "rules_pages": "rules.rules_pages",
    "rules_diff": "rules.rules_diff",
    "rules_search": "rules.rules_search",
    "plans_list": "plans.plans_list",
    "plans_show": "plans.plans_show",
    "read_file": "reader.read_file",
    "read_score": "reader.read_score",
    "read_review": "reader.read_review",
    "read_accept": "reader.read_accept",
    "compare": "plans_compare.compare",
    "budget_allocate": "budget.budget_allocate",
    "budget_monitor": "budget.budget_monitor",
    "budget_settle": "budget.budget_settle",
    "budget_backtest": "budget.budget_backtest",
    "budget_show": "budget.budget_show",
    "market_allocate": "market.market_allocate",
    "portfolio_curve": "portfolio.portfolio_curve",
    "portfolio_select": "portfolio.portfolio_select",
    "portfolio_verify": "portfolio.portfolio_verify",
    "portfolio_levers": "portfolio.portfolio_levers",
    "room": "room.room",
    "room_barometer": "room.room_barometer",
    "supervise": "supervise.supervise",
    "factors": "supervise.factors",
    "outlook_nowcast": "nowcast.outlook_nowcast",
    "outlook_status": "outlook.outlook_status",
    "outlook_backtest": "outlook.outlook_backtest",
    "outlook_decompose": "outlook_project.outlook_decompose",
    "outlook_project": "outlook_project.outlook_project",
    "outlook_attribute": "outlook_project.outlook_attribute",
}
"""Verb → module and function; a module is imported when its verb is called."""

_ENTERS = frozenset({"init", "import_", "read_accept"})
"""Verbs that put something into the books or plans: never done twice."""

_OF_THE_MACHINE = {
    errno.ENOENT: "no_file",
    errno.ENOSPC: "disk_full",
    errno.EDQUOT: "disk_full",
    errno.EFBIG: "disk_full",
    errno.EACCES: "not_allowed",
    errno.EPERM: "not_allowed",
    errno.EROFS: "not_allowed",
    errno.EISDIR: "not_a_file",
    errno.ENOTDIR: "not_a_file",
    errno.ENAMETOOLONG: "name_too_long",
}
"""Number of an error of the system → code of its message."""


def run(verb: str, lang: str, *, as_json: bool, **arguments: Any) -> int:
    """Run a verb and print its outcome; return the exit code."""
    with stoppable() as stopped:
        try:
            outcome = _tried(verb, lang, arguments, stopped)
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  the last door
            outcome = _failed(error, stopped)
    try:
        print_outcome(outcome, lang, as_json=as_json)
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # no second try at the end
        if not isinstance(error, BrokenPipeError):  # the reader, like head, has seen enough
            outcome = _failed(error, stopped)
            print_outcome(outcome, lang, as_json=as_json)
    return outcome.code


def _tried(verb: str, lang: str, arguments: dict[str, Any], stopped: list[int]) -> Outcome:
    """Run a verb; if it breaks, once more without what earlier runs kept, which may be damaged."""
    for name, given in arguments.items():
        if isinstance(given, float) and not isfinite(given):
            raise Fault("not_a_number", f"--{name.replace('_', '-')}", label=given)
    done, cache = _called(verb), Path(arguments.get("workspace") or "") / "cache"
    held = "workspace" in arguments and cache.is_dir() and verb not in _ENTERS
    try:
        return done(lang, **arguments)
    except Exception as error:
        if stopped or not held or not _breaks(error):
            raise
    shutil.rmtree(cache, ignore_errors=True)
    return done(lang, **arguments)


def _breaks(error: Exception) -> bool:
    """Whether an error may come of a damaged file: neither the system's, nor about the input."""
    match error:
        case Fault():
            return error.code == "cache_broken"
        case OSError():
            return error.errno is None  # Arrow says so of a file that it cannot read
    return True


def _failed(error: BaseException, stopped: list[int]) -> Outcome:
    """Return what a person reads in place of an error; a trace goes to a file."""
    if stopped or isinstance(error, KeyboardInterrupt):
        return Outcome(findings=[Finding("stopped")], code=[*stopped, CTRL_C][0])
    match error:
        case Fault():
            return Outcome(findings=[Finding.of(error)], code=BAD_INPUT)
        case OSError():
            code = _OF_THE_MACHINE.get(error.errno or 0, "file_error")
            values = {"reason": error.strerror or error}
            finding = Finding(code, str(error.filename or ""), values)
            return Outcome(findings=[finding], code=BAD_INPUT)
        case _:
            return Outcome(findings=[_keep_trace(error)], code=BROKEN)


def _called(verb: str) -> Callable[..., Outcome]:
    module, _, name = VERBS[verb].partition(".")
    found: Callable[..., Outcome] = getattr(import_module(f"{__name__}.{module}"), name)
    return found


def print_outcome(outcome: Outcome, lang: str, *, as_json: bool) -> None:
    """Print what there is to say, for people or as JSON; errors go to standard error."""
    failed = outcome.code > FOUND
    if as_json and outcome.lines is not None:
        for row in outcome.lines:
            _write(row, sys.stdout)
        for finding in outcome.findings:
            _write(finding.to_dict(lang), sys.stderr)
        return
    if as_json:
        data = outcome.data | {"findings": [f.to_dict(lang) for f in outcome.findings]}
        _write(data, sys.stderr if failed and not outcome.data else sys.stdout, indent=2)
        return
    out, errors = Console(soft_wrap=False), Console(stderr=True, soft_wrap=True)
    shown = (Styled(thing) if isinstance(thing, str) else thing for thing in outcome.shown)
    for console, things in ((out, shown), (errors, report.finding_lines(outcome.findings, lang))):
        if held := [*things]:
            console.print(Group(*held))  # at once: a print each takes longer than all else


def _write(data: dict[str, Any], stream: TextIO, indent: int | None = None) -> None:
    """Write JSON; where the other side knows no UTF-8, in its own escapes."""
    escaped = not (stream.encoding or "").lower().startswith("utf")
    text = json.dumps(data, ensure_ascii=escaped, indent=indent, default=str)
    stream.write(text + "\n")


def _keep_trace(error: BaseException) -> Finding:
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", prefix="dafeng-", suffix=".log", delete=False
        ) as log:
            log.write("".join(traceback.format_exception(error)))
    except OSError:
        return Finding("internal_error_lost", "", {"reason": repr(error)})
    return Finding("internal_error", "", {"log": log.name})
