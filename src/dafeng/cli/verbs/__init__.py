"""What each command does: open, call the verb, print, and say how it went.

Exit code 0 is fine, 1 means findings that need somebody, 2 bad input, 3 a fault of the program.
"""

from __future__ import annotations

import json
import sys
import tempfile
import traceback
from collections.abc import Callable
from importlib import import_module
from typing import Any

from rich.console import Console
from rich.text import Text as Styled

from dafeng import report
from dafeng.cli.outcome import BAD_INPUT, BROKEN, Outcome
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


def run(verb: str, lang: str, *, as_json: bool, **arguments: Any) -> int:
    """Run a verb and print its outcome; return the exit code."""
    out = Console(soft_wrap=False)
    errors = Console(stderr=True, soft_wrap=True)
    try:
        outcome = _called(verb)(lang, **arguments)
    except Fault as fault:
        outcome = Outcome(findings=[Finding.of(fault)], code=BAD_INPUT)
    except OSError as error:
        finding = Finding(
            "file_error", str(error.filename or ""), {"reason": error.strerror or error}
        )
        outcome = Outcome(findings=[finding], code=BAD_INPUT)
    except Exception:  # noqa: BLE001  the last door: a person gets words, the trace goes to a file
        outcome = Outcome(findings=[_keep_trace()], code=BROKEN)
    _print(outcome, out, errors, lang, as_json=as_json)
    return outcome.code


def _called(verb: str) -> Callable[..., Outcome]:
    module, _, name = VERBS[verb].partition(".")
    found: Callable[..., Outcome] = getattr(import_module(f"{__name__}.{module}"), name)
    return found


def _print(outcome: Outcome, out: Console, errors: Console, lang: str, *, as_json: bool) -> None:
    failed = outcome.code in (BAD_INPUT, BROKEN)
    if as_json and outcome.lines is not None:
        for row in outcome.lines:
            sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
        for finding in outcome.findings:
            sys.stderr.write(json.dumps(finding.to_dict(lang), ensure_ascii=False) + "\n")
        return
    if as_json:
        data = outcome.data | {"findings": [f.to_dict(lang) for f in outcome.findings]}
        stream = sys.stderr if failed and not outcome.data else sys.stdout
        stream.write(json.dumps(data, ensure_ascii=False, indent=2, default=str) + "\n")
        return
    for thing in outcome.shown:
        out.print(Styled(thing) if isinstance(thing, str) else thing)
    for line in report.finding_lines(outcome.findings, lang):
        errors.print(line)


def _keep_trace() -> Finding:
    with tempfile.NamedTemporaryFile("w", prefix="dafeng-", suffix=".log", delete=False) as log:
        log.write(traceback.format_exc())
    return Finding("internal_error", "", {"log": log.name})
