"""The verb of the project gate."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from rich.text import Text as Styled

from dafeng import report
from dafeng.cli.outcome import FINE, FOUND, Outcome
from dafeng.gate import settings
from dafeng.report import word
from dafeng.vocabulary import Fault
from dafeng.workspace import AskedGate, Workspace, gate_file, gate_list
from dafeng.workspace import gate as gate_of

_SOURCES = ("reporters", "statistics")
_ENDINGS = (".html", ".htm", ".docx")


def gate(
    lang: str,
    workspace: Path,
    project: str | None,
    whole: bool,  # noqa: FBT001
    day: str | None,
    output: Path | None,
    rule: str,
    **asked: Any,
) -> Outcome:
    """Review a project, or all two-highs projects."""
    on = report.day_of(day) or date.today()  # noqa: DTZ011  the office's own day
    if asked["origin"] not in _SOURCES:
        raise Fault("gate_unknown_source", label=asked["origin"], near=", ".join(_SOURCES))
    if output is not None and output.suffix.lower() not in _ENDINGS:
        raise Fault("gate_output_unknown", str(output), near=", ".join(_ENDINGS))
    if whole == (project is not None):
        raise Fault("gate_which")
    wanted = AskedGate(on, **asked)
    if project is None:
        return _list(lang, Workspace(workspace), wanted, rule)
    if not (workspace / "workspace.yaml").is_file() and Path(project).suffix:
        opinion = gate_file(Path(project), on)
    else:
        opinion = gate_of(Workspace(workspace), project, wanted)
    shown = list(report.opinion_view(opinion, lang))
    data = report.opinion_dict(opinion, lang)
    if output is not None:
        report.write_opinion(opinion, output, lang)
        shown.append(Styled(f"{word('gate_written', lang)} {output}", "green"))
        data["written"] = str(output)
    return Outcome(shown, data, code=FINE if opinion.verdict == "admit" else FOUND)


def _list(lang: str, ws: Workspace, wanted: AskedGate, rule: str) -> Outcome:
    found, findings = gate_list(ws, wanted, rule)
    shown = list(report.gate_list_view(found, settings().fits[rule], lang))
    bad = any(one.opinion.verdict != "admit" for one in found.lines)
    return Outcome(shown, report.gate_list_dict(found, lang), findings, FOUND if bad else FINE)
