"""The verb that sums the reporters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dafeng import report
from dafeng.cli.outcome import FINE, FOUND, Outcome
from dafeng.indicators import Wanted
from dafeng.vocabulary import regions, sectors
from dafeng.workspace import Workspace


def sum_(lang: str, workspace: Path, **asked: Any) -> Outcome:
    """Sum the reporters of a workspace."""
    for name, book in (("region", regions()), ("sector", sectors())):
        if asked[name] is not None:
            asked[name] = book.resolve(asked[name]).id
    ws = Workspace(workspace)
    lines, findings = ws.sums(Wanted(**asked))
    data = {"sums": [report.sum_dict(line, lang) for line in lines]}
    shown = report.sum_view(lines, lang) if lines else [report.word("no_accounts", lang)]
    open_ = any(finding.severity != "notice" for finding in findings)
    return Outcome(shown, data, findings, FOUND if open_ else FINE)
