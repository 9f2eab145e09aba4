"""The verbs of supervision after the fact and of resource factors."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from rich.text import Text as Styled

from dafeng import report
from dafeng.cli.outcome import FINE, FOUND, Outcome
from dafeng.gate import factor_classes
from dafeng.gate import factors as factors_of
from dafeng.gate import matters as known_matters
from dafeng.rulebook import load
from dafeng.vocabulary import Fault
from dafeng.workspace import Swept, Workspace, classes_of
from dafeng.workspace import supervise as sweep


def supervise(
    lang: str,
    workspace: Path,
    wanted: tuple[str, ...],
    matters_only: bool,  # noqa: FBT001
    subject: str | None,
    everyone: bool,  # noqa: FBT001
    as_of: str | None,
) -> Outcome:
    """Supervise the workspace as of a day.

    Raises:
        Fault: ``unknown_matter``.
    """
    for name in wanted:
        if name not in known_matters():
            raise Fault("unknown_matter", label=name, near=", ".join(known_matters()))
    if matters_only:
        data = [one.model_dump(exclude_none=True) for one in known_matters().values()]
        return Outcome(list(report.matters_view(lang)), {"matters": data})
    swept = _only(sweep(Workspace(workspace), _day(as_of)), wanted)
    if subject is not None:
        return _explained(swept, subject, lang)
    shown = list(report.supervision_view(swept, lang, everyone=everyone))
    data_of = report.supervision_dict(swept, lang)
    code = FOUND if swept.supervision.found else FINE
    return Outcome(shown, data_of, list(swept.findings), code)


def factors(lang: str, workspace: Path, who: str | None, as_of: str | None) -> Outcome:
    """List resource factors, of a class or of an enterprise.

    Raises:
        Fault: ``unknown_factor_class``.
    """
    day = _day(as_of)
    here = (workspace / "workspace.yaml").is_file()
    ws = Workspace(workspace) if here else None
    rules = ws.rules if ws else load()
    shown: list[Any] = []
    data: dict[str, Any] = {"day": str(day)}
    if who is None or who in factor_classes():
        found = list(factors_of(rules, day, None if who is None else {who}))
    else:
        firm = classes_of(ws, who, day) if ws else None
        if firm is None:
            raise Fault("unknown_factor_class", label=who, near=", ".join(factor_classes()))
        found = list(factors_of(rules, day, set(firm.classes), firm.region, firm.sector))
        shown += list(report.firm_view(firm, lang))
        data |= {"enterprise": report.firm_dict(firm, lang)}
    shown += list(report.factors_view(found, lang))
    return Outcome(shown, data | {"factors": [report.factor_dict(one, lang) for one in found]})


def _day(as_of: str | None) -> date:
    return report.day_of(as_of) or date.today()  # noqa: DTZ011  the office's own day


def _only(swept: Swept, wanted: tuple[str, ...]) -> Swept:
    """Return what was found of some matters."""
    if not wanted:
        return swept
    whole = swept.supervision
    part = replace(
        whole,
        found=tuple(one for one in whole.found if one.hit.matter in wanted),
        settled=type(whole.settled)({n: c for n, c in whole.settled.items() if n in wanted}),
        judged=type(whole.judged)({n: c for n, c in whole.judged.items() if n in wanted}),
        unknown={key: who for key, who in whole.unknown.items() if key[0] in wanted},
    )
    return replace(swept, supervision=part)


def _explained(swept: Swept, subject: str, lang: str) -> Outcome:
    """Return the trees of what was found of a subject, or of all subjects of an enterprise.

    Raises:
        Fault: ``nothing_supervised``.
    """
    found = [
        one for one in swept.supervision.found if subject in (one.hit.subject, one.hit.reporter)
    ]
    if not found:
        raise Fault("nothing_supervised", label=subject)
    shown: list[Any] = []
    for one in found:
        shown += [
            Styled(f"{one.matter.name.of(lang)} · {one.hit.subject}", "bold"),
            Styled(one.figure, "dim"),
            Styled(one.text.of(lang)),
            Styled(f"{report.word('supervise_follows', lang)}: {one.consequence.of(lang)}"),
            Styled(f"{report.word('supervise_due', lang)}: {report.deadline(one, lang)}"),
            report.tree_view(one.tree, lang, one.mark),
        ]
    data = [
        report.supervised_dict(one, swept.names, lang) | {"tree": one.tree.to_dict(lang)}
        for one in found
    ]
    return Outcome(shown, {"explained": data}, code=FOUND)
