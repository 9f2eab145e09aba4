"""Verbs of the rulebook."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from rich.text import Text as Styled

from dafeng import report
from dafeng.cli.outcome import BAD_INPUT, FINE, FOUND, Outcome
from dafeng.findings import Finding, has_errors
from dafeng.report import word
from dafeng.rulebook import (
    DATA,
    Laid,
    Rulebook,
    between_days,
    between_rules,
    check,
    known_on,
    load,
    near,
    opened,
    placed,
    replaced,
    search,
)
from dafeng.vocabulary import Fault
from dafeng.workspace import Workspace

CURRENT = "current"
"""What stands for the rules in use, as a side of a comparison."""


def rules_list(lang: str, workspace: Path, as_of: str | None) -> Outcome:
    """List the rules, and which of them come from the workspace's overlay."""
    rules = rules_of(workspace)
    day = report.day_of(as_of)
    shown = [*report.rules_view(rules, day, lang), *report.overlay_view(rules.laid, lang)]
    data: dict[str, Any] = dict(report.rules_data(rules, day, lang))
    return Outcome(shown, data | _overlay(rules.laid))


def rules_show(lang: str, workspace: Path, rule: str, as_of: str | None) -> Outcome:
    """Show what goes by a name; what comes from the overlay is named below it."""
    rules = rules_of(workspace)
    shown, data = report.rule_view(rules, rule, as_of, lang)
    ids = {one.get("id") for one in data["rules"]} | {one["set"] for one in data["values"]}
    ids |= {one.get("document") for one in data["rules"]}
    laid = tuple(one for one in rules.laid if one.id in ids)
    return Outcome([*shown, *report.overlay_view(laid, lang)], data | _overlay(laid))


def rules_check(lang: str, workspace: Path, as_of: str | None) -> Outcome:
    """Check the rules; an overlay that replaces a rule is said and is no fault."""
    ws = _workspace(workspace)
    rules = load(DATA, ws.overlay) if ws and ws.overlay else load()
    faults = [
        Finding(one.code, placed(rules, one.place), one.values)
        for one in check(rules, report.day_of(as_of))
    ]
    found = [*faults, *replaced(rules)]
    shown = [*report.overlay_view(rules.laid, lang)]
    shown += [] if faults else [word("all_right", lang)]
    data = {"checked": len(rules.values)} | _overlay(rules.laid)
    return Outcome(shown, data, found, BAD_INPUT if has_errors(found) else FINE)


def rules_pages(lang: str, workspace: Path, folder: Path) -> Outcome:
    """Write the rulebook as pages."""
    written = report.pages(rules_of(workspace), folder)
    shown = f"{word('pages_written', lang).format(number=len(written))} {written[0]}"
    return Outcome([shown], {"pages": [str(path) for path in written]})


def rules_search(lang: str, workspace: Path, words: str) -> Outcome:
    """Find rules by a word."""
    rules = rules_of(workspace)
    hits = search(rules, words)
    data = {"hits": [report.hit_dict(hit, lang) for hit in hits]} | _overlay(rules.laid)
    if not hits:
        values = {"label": words, "near": ", ".join(near(rules, words)) or "–"}
        return Outcome([], data, [Finding("nothing_found", "", values)], FOUND)
    return Outcome([report.hits_view(hits, (one.id for one in rules.laid), lang)], data)


@dataclass(frozen=True)
class _Side:
    """One side of a comparison: a day, or the rules of a folder; and its name for people."""

    rules: Rulebook
    day: date | None
    name: str


def rules_diff(
    lang: str,
    workspace: Path,
    before: str,
    after: str,
    figures: bool | None,  # noqa: FBT001
) -> Outcome:
    """Compare two days or two rulebooks, and what they make of the books."""
    first, last = (_side(one, workspace, lang) for one in (before, after))
    if first.day and last.day:
        changes = between_days(first.rules, first.day, last.day)
        old, new = known_on(first.rules, first.day), known_on(last.rules, last.day)
    elif first.day or last.day:
        raise Fault("mixed_sides", before=before, after=after)
    else:
        changes = between_rules(first.rules, last.rules)
        old, new = first.rules, last.rules
    names = {"before": first.name, "after": last.name}
    shown: list[Any] = [Styled(word("diff_sides", lang).format(**names), "bold")]
    shown += report.changes_view(changes, lang)
    data: dict[str, Any] = {"sides": names}
    data["changes"] = [report.change_dict(change, lang) for change in changes]
    ws = Workspace(workspace) if figures else _workspace(workspace)
    if ws and (figures or (figures is None and ws.table("entries").num_rows)):
        found = ws.preview(old, new)
        shown += report.preview_view(found, lang)
        data |= report.preview_dict(found, lang)
    return Outcome(shown, data)


def _side(label: str, workspace: Path, lang: str) -> _Side:
    """Return what a side of a comparison names.

    Raises:
        Fault: ``unknown_side``, ``no_rules``, or what is wrong with the rules.
    """
    if label == CURRENT:
        return _Side(rules_of(workspace), None, word("diff_in_use", lang))
    try:
        day = report.day_of(label)
    except Fault:
        day = None
    if day is not None:
        name = word("diff_known", lang).format(day=day)
        return _Side(rules_of(workspace), day, name)
    if not Path(label).exists():
        raise Fault("unknown_side", label=label)
    rules, alone = opened(Path(label))
    return _Side(rules, None, label if alone else word("diff_laid", lang).format(label=label))


def rules_of(workspace: Path) -> Rulebook:
    """Return the rules of a workspace, or those that come with Dafeng where there is none."""
    ws = _workspace(workspace)
    return ws.rules if ws else load()


def _workspace(path: Path) -> Workspace | None:
    return Workspace(path) if (path / "workspace.yaml").is_file() else None


def _overlay(laid: tuple[Laid, ...]) -> dict[str, Any]:
    """Return which records come from an overlay, where there is one."""
    return {"overlay": report.overlay_dicts(laid)} if laid else {}
