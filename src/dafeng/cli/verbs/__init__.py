"""What each command does: open, call the verb, print, and say how it went.

Exit code 0 is fine, 1 means findings that need somebody, 2 bad input, 3 a fault of the program.
"""

from __future__ import annotations

import json
import sys
import tempfile
import traceback
from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.text import Text as Styled

from dafeng import report
from dafeng.cli.outcome import BAD_INPUT, BROKEN, Outcome
from dafeng.cli.verbs import books, market, plans, rules, split, sums
from dafeng.findings import Finding
from dafeng.vocabulary import Fault

VERBS: dict[str, Callable[..., Outcome]] = {
    "init": books.init,
    "import_": books.import_,
    "account": books.account,
    "board": books.board,
    "explain": books.explain,
    "sum": sums.sum_,
    "split": split.split,
    "rules_list": rules.rules_list,
    "rules_show": rules.rules_show,
    "rules_check": rules.rules_check,
    "rules_pages": rules.rules_pages,
    "rules_diff": rules.rules_diff,
    "rules_search": rules.rules_search,
    "plans_list": plans.plans_list,
    "plans_show": plans.plans_show,
    "market_allocate": market.market_allocate,
}


def run(verb: str, lang: str, *, as_json: bool, **arguments: Any) -> int:
    """Run a verb and print its outcome; return the exit code."""
    out = Console(soft_wrap=False)
    errors = Console(stderr=True, soft_wrap=True)
    try:
        outcome = VERBS[verb](lang, **arguments)
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


def _print(outcome: Outcome, out: Console, errors: Console, lang: str, *, as_json: bool) -> None:
    failed = outcome.code in (BAD_INPUT, BROKEN)
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
