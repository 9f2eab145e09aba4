"""The verb that grades."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from rich.text import Text as Styled

from dafeng import report
from dafeng.cli.outcome import BAD_INPUT, FINE, FOUND, Outcome
from dafeng.findings import has_errors
from dafeng.grading import (
    PRICE,
    Charge,
    Placing,
    Rating,
    card_of,
    card_sheet,
    charge,
    editions_of,
    formulas_of,
    is_price,
    place,
    price_sheet,
    rate,
    read_sheet,
    scale_sheet,
)
from dafeng.rulebook import Rulebook, load
from dafeng.vocabulary import Fault, TableSchema, regions
from dafeng.workspace import Workspace, grade_books, keep_graded, keep_shown


def grade(
    lang: str,
    workspace: Path,
    name: str,
    file: Path | None,
    region: str | None,
    who: str | None,
    columns: bool,  # noqa: FBT001
    everyone: bool,  # noqa: FBT001
    mapping: Path | None,
    as_of: str | None,
) -> Outcome:
    """Grade the rows of a file."""
    if file is None and not columns and (workspace / "workspace.yaml").is_file():
        if name in Workspace(workspace).rules.scales | Workspace(workspace).rules.scorecards:
            raise Fault("grade_file_wanted", name)  # the books go by the edition in force
        return _of_books(lang, workspace, name, region, who, as_of, everyone=everyone)
    rules, here = _rules_of(workspace)
    code = regions().resolve(region).id if region else here
    day = report.day_of(as_of) or date.today()  # noqa: DTZ011  the office's own day
    if name == PRICE or any(
        is_price(f) and name in (f.id, f.family) for f in rules.formulas.values()
    ):
        when = (rules, code, day)
        return _prices(lang, workspace, when, name, file, mapping, who, columns=columns)
    by_card = _is_card(rules, name)
    if by_card:
        card = card_of(rules, name, day, code)
        schema = card_sheet(card)
    else:
        editions = editions_of(rules, name, day, code)
        schema = scale_sheet(name, editions)
    if columns:
        return _columns(schema, lang)
    if file is None:
        raise Fault("grade_file_wanted", name)
    rows, findings = read_sheet(file, schema, mapping)
    if has_errors(findings):
        return Outcome(findings=findings, code=BAD_INPUT)
    if by_card:
        placed = place(rules, card, rows, day)
        data = [report.placing_dict(one, lang) for one in placed]
        shown: list[Any] = list(report.placings_view(placed, lang)) if placed else []
        _keep(workspace, placed, who)
        outcome = _explained(placed, who, lang) or Outcome(shown, {"placings": data}, findings)
        lacking = _lacking(placed, who)
    else:
        rated = rate(rules, editions, rows, day)
        data = [report.rating_dict(one, lang) for one in rated]
        shown = list(report.ratings_view(rated, lang))
        _keep(workspace, rated, who)
        outcome = _explained(rated, who, lang) or Outcome(shown, {"ratings": data}, findings)
        lacking = _lacking(rated, who)
    outcome.code = FOUND if lacking else FINE
    return outcome


def _of_books(
    lang: str,
    workspace: Path,
    name: str,
    region: str | None,
    who: str | None,
    as_of: str | None,
    *,
    everyone: bool,
) -> Outcome:
    """Grade what the books of a workspace hold."""
    ws = Workspace(workspace)
    code = regions().resolve(region).id if region else ""
    found = grade_books(ws, name, as_of, code)
    findings = list(found.findings)
    told = _explained(found.graded, who, lang)
    own = [one for one in found.graded if who in (None, one.who)]
    keep_graded(ws, own)
    shown = list(report.graded_books_view(found, lang, whole=everyone))
    outcome = told or Outcome(shown, report.graded_books_dict(found, lang), findings)
    late = any(one.overdue > 0 for one in found.late if who in (None, one.rating.who))
    unscaled = any(who in (None, one.who) for one in found.unscaled)
    lacking = found.lacking if who is None else _lacking(own, who)
    outcome.code = FOUND if lacking or late or unscaled else FINE
    return outcome


def _prices(
    lang: str,
    workspace: Path,
    when: tuple[Rulebook, str, date],
    name: str,
    file: Path | None,
    mapping: Path | None,
    who: str | None,
    *,
    columns: bool,
) -> Outcome:
    """Compute what the rows of a file pay on top of the price of electricity."""
    rules, region, day = when
    formulas = formulas_of(rules, name, day, region)
    schema = price_sheet(name, rules, formulas)
    if columns:
        return _columns(schema, lang)
    if file is None:
        raise Fault("grade_file_wanted", name)
    rows, findings = read_sheet(file, schema, mapping)
    if has_errors(findings):
        return Outcome(findings=findings, code=BAD_INPUT)
    found = charge(rules, formulas, rows, day, region)
    data = [report.charge_dict(one, lang) for one in found]
    shown = list(report.charges_view(found, lang))
    _keep(workspace, found, who)
    outcome = _explained(found, who, lang) or Outcome(shown, {"charges": data}, findings)
    outcome.code = FOUND if _lacking(found, who) else FINE
    return outcome


def _lacking(found: Sequence[Rating | Placing | Charge], who: str | None) -> bool:
    """Whether anybody who is shown lacks something."""
    shown = (one for one in found if who in (None, one.who))
    return any(one.graded.missing if isinstance(one, Rating) else one.missing for one in shown)


def _keep(workspace: Path, found: Sequence[Rating | Placing | Charge], who: str | None) -> None:
    """Keep what is shown, where there is a workspace: ``explain`` finds it there by its id."""
    if (workspace / "workspace.yaml").is_file():
        keep_shown(Workspace(workspace), [one for one in found if who in (None, one.who)])


def _rules_of(workspace: Path) -> tuple[Rulebook, str]:
    """Return the rules and the region of a workspace, or the shipped rules where there is none."""
    if not (workspace / "workspace.yaml").is_file():
        return load(), ""
    ws = Workspace(workspace)
    return ws.rules, ws.store.config.region or ""


def _is_card(rules: Rulebook, name: str) -> bool:
    """Tell scorecards from scales.

    Raises:
        Fault: ``unknown_family``.
    """
    cards = {one.family for one in rules.scorecards.values()}
    scales = {one.family for one in rules.scales.values()}
    if name not in cards | scales | set(rules.scorecards) | set(rules.scales):
        raise Fault("unknown_family", label=name, near=", ".join(sorted(cards | scales)))
    return name in cards or name in rules.scorecards


def _columns(schema: TableSchema, lang: str) -> Outcome:
    rows = [(one.name, one.type, one.text.of(lang)) for one in schema.columns]
    data = [{"name": name, "type": kind, "text": text} for name, kind, text in rows]
    choices = {one.name: list(one.choices) for one in schema.columns if one.choices}
    shown: list[Any] = [report.listing(["id", "setting", "name"], rows, lang)]
    shown += [Styled(f"{name}: {', '.join(held)}") for name, held in choices.items()]
    return Outcome(shown, {"columns": data, "choices": choices})


def _explained(
    found: Sequence[Rating | Placing | Charge], who: str | None, lang: str
) -> Outcome | None:
    """Return the tree of one of those graded.

    Raises:
        Fault: ``unknown_graded``.
    """
    if who is None:
        return None
    own = [one for one in found if one.who == who]
    if not own:
        near = ", ".join(dict.fromkeys(one.who for one in found))
        raise Fault("unknown_graded", label=who, near=near)
    shown: list[Any] = []
    for one in own:
        shown += [Styled(one.figure, "bold"), report.tree_view(one.tree, lang, one.tree.worst)]
    trees = [{"figure": one.figure, "tree": one.tree.to_dict(lang)} for one in own]
    return Outcome(shown, {"explained": trees})
