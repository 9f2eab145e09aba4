"""Verbs of energy budgets."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np

from dafeng import report
from dafeng.budget import TONNE
from dafeng.cli.outcome import FINE, FOUND, Outcome
from dafeng.vocabulary import Fault, regions
from dafeng.workspace import AskedRoom, Workspace, budgeting, rooms

_CALM = ("normal", "notice", "too_early", "own_cycle")


def budget_allocate(
    lang: str,
    workspace: Path,
    year: int,
    region: str | None,
    total: float | None,
    from_room: bool,  # noqa: FBT001
    growth: float | None,
    rule: str,
    outside: float | None,
    cases: Path | None,
    adjust: Path | None,
    adopt: str | None,
    on: str | None,
    reason: str | None,
    everyone: bool,  # noqa: FBT001
) -> Outcome:
    """Preview an allocation or adjustments, and adopt them where someone does."""
    ws = Workspace(workspace)
    budgets = budgeting.Budgets(ws)
    place = _named(region) or budgets.region
    day = _day(on) if on else datetime.now(UTC).astimezone().date()
    if adjust is not None:
        changed = budgeting.adjustments(budgets, place, year, adjust, day)
        batch = budgeting.adopt_adjustments(budgets, changed, adopt, day) if adopt else ""
        shown = list(report.adjusted_view(changed, batch, lang))
        return Outcome(shown, report.adjusted_dict(changed, batch))
    if adopt and not reason:
        raise Fault("budget_needs_who")
    whole, source = _grams(total), ""
    if from_room:
        whole, source = _allocatable(ws, place, year, growth)
    asked = budgeting.Asked(place, year, whole, rule, _grams(outside), cases, source)
    found = budgeting.preview(budgets, asked)
    batch = budgeting.adopt(budgets, found, adopt, day, reason or "") if adopt else ""
    held = found.found.held
    told = {
        name: budgeting.told_allocated(found, at, ws.rules)
        for at, name in enumerate(found.held.ids)
        if held[at]
    }
    budgeting.keep_budget_figures(ws, told.values())
    figures = {name: one.figure for name, one in told.items()}
    shown = list(report.allocated_view(found, batch, lang, everyone=everyone))
    data = report.allocated_dict(found, figures, batch, lang)
    return Outcome(shown, data, list(found.findings), FOUND if found.findings else FINE)


def budget_monitor(
    lang: str,
    workspace: Path,
    as_of: str | None,
    region: str | None,
    level: str | None,
    everyone: bool,  # noqa: FBT001
) -> Outcome:
    """Follow the budgets of a region as of a month."""
    ws = Workspace(workspace)
    budgets = budgeting.Budgets(ws)
    followed = budgets.follow(_named(region), as_of)
    found = budgeting.monitored(followed, ws.rules, level, everyone=everyone)
    told = (figure for line in found.lines for figure in line.told.values())
    budgeting.keep_budget_figures(ws, told)
    open_ = any(one.level not in _CALM for one in found.lines)
    return Outcome(
        list(report.monitor_view(found, lang)),
        report.monitor_dict(found, lang),
        list(found.followed.findings),
        FOUND if open_ or found.followed.findings else FINE,
    )


def budget_settle(
    lang: str,
    workspace: Path,
    year: int,
    region: str | None,
    everyone: bool,  # noqa: FBT001
) -> Outcome:
    """Settle the budgets of a year."""
    ws = Workspace(workspace)
    found = budgeting.settled(*budgeting.Budgets(ws).settle(_named(region), year), ws.rules)
    budgeting.keep_budget_figures(ws, found.told.values())
    over = bool(found.punished) or bool(np.isnan(found.settlement.ratio[found.followed.has]).any())
    return Outcome(
        list(report.settle_view(found, lang, everyone=everyone)),
        report.settle_dict(found, lang),
        list(found.followed.findings),
        FOUND if over else FINE,
    )


def budget_backtest(
    lang: str,
    workspace: Path,
    year: int | None,
    region: str | None,
    series: Path | None,
    column: list[str],
) -> Outcome:
    """Hold forecasts and warnings against what came: of a year, or of a series week by week."""
    if series is not None:
        how = budgeting.Ways.of(workspace / "budget").forecast
        weeks = budgeting.weekly(series, _columns(column), how)
        shown = list(report.weeks_view(weeks, how, lang))
        return Outcome(shown, report.weeks_dict(weeks, how))
    budgets = budgeting.Budgets(Workspace(workspace))
    found = budgets.backtest(_named(region), year or int(budgets.month(None)[:4]))
    shown = list(report.backtest_view(found, lang))
    return Outcome(shown, report.backtest_dict(found), list(found.followed.findings))


def budget_show(lang: str, workspace: Path, as_of: str | None, reporter: str) -> Outcome:
    """Show the budget of one enterprise."""
    ws = Workspace(workspace)
    followed = budgeting.Budgets(ws).follow(None, as_of)
    one = budgeting.line(followed, followed.find(reporter), ws.rules)
    budgeting.keep_budget_figures(ws, one.told.values())
    open_ = one.level not in _CALM
    return Outcome(
        list(report.budget_view(followed, one, lang)),
        report.budget_dict(followed, one, lang),
        code=FOUND if open_ else FINE,
    )


def _named(region: str | None) -> str | None:
    """Return the code of a region that was named."""
    return region and regions().resolve(region).id


def _allocatable(ws: Workspace, region: str, year: int, growth: float | None) -> tuple[int, str]:
    """Return the allocatable total of the room, as of the end of the year before, and its figure.

    The room is that of the books, where electricity stands at its equivalent value.
    """
    asked = AskedRoom(region, years=(year,), as_of=str(year - 1), growth=growth)
    found = rooms(ws, asked).lines[0]
    if found.allocatable is None:
        raise Fault("budget_room_unknown", region, year=year, reason=found.reason or "–")
    return found.allocatable, found.figure


def _grams(tce: float | None) -> int | None:
    return None if tce is None else round(tce * TONNE)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Fault("bad_date", "--on", label=text) from error


def _columns(given: list[str]) -> dict[str, str]:
    found: dict[str, Any] = {}
    for text in given:
        name, sign, column = text.partition("=")
        if not sign or name not in ("time", "value"):
            raise Fault("budget_bad_mapping", label=text)
        found[name] = column
    return found
