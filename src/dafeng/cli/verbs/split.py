"""The verb that splits a target, or sets promises against it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dafeng import report
from dafeng.cli.outcome import BAD_INPUT, FINE, FOUND, Outcome
from dafeng.indicators import Split
from dafeng.workspace import FaultyFile, Workspace


def split(lang: str, workspace: Path, target: str, show_tree: bool, **wanted: Any) -> Outcome:  # noqa: FBT001
    """Split a target among cities or enterprises, or add up what they promise."""
    try:
        found = Workspace(workspace).split(target, **wanted)
    except FaultyFile as fault:
        return Outcome(findings=fault.findings, code=BAD_INPUT)
    if isinstance(found, Split):
        shown, data = list(report.split_view(found, lang)), report.split_dict(found, lang)
    else:
        shown, data = list(report.promised_view(found, lang)), report.promised_dict(found, lang)
    if show_tree:
        shown.append(report.tree_view(found.tree, lang, found.mark))
        data["tree"] = found.tree.to_dict(lang)
    findings = list(found.findings)
    open_ = any(finding.severity != "notice" for finding in findings)
    short = not isinstance(found, Split) and found.verdict != "enough"
    return Outcome(shown, data, findings, FOUND if open_ or short else FINE)
