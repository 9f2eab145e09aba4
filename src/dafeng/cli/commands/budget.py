"""Commands of energy budgets."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dafeng.cli.options import (
    DEFAULT_LANG,
    HERE,
    SETTINGS,
    AnyAsOf,
    AsJson,
    AsOf,
    AtGrowth,
    InLang,
    InWorkspace,
    run,
    say,
)

budget = typer.Typer(help=say("budget"), **SETTINGS)

_Region = Annotated[str | None, typer.Option("--region", help=say("budget_region"))]
_Year = Annotated[int, typer.Option("--year", help=say("budget_year"))]
_AnyYear = Annotated[int | None, typer.Option("--year", help=say("budget_year"))]
_All = Annotated[bool, typer.Option("--all", help=say("budget_all"))]


@budget.command("allocate", help=say("budget_allocate"))
def allocate(
    year: _Year,
    region: _Region = None,
    total: Annotated[float | None, typer.Option("--total", help=say("budget_total"))] = None,
    from_room: Annotated[bool, typer.Option("--from-room", help=say("budget_from_room"))] = False,
    growth: AtGrowth = None,
    rule: Annotated[str, typer.Option("--rule", help=say("budget_rule"))] = "last-year",
    outside: Annotated[float | None, typer.Option("--outside", help=say("budget_outside"))] = None,
    cases: Annotated[Path | None, typer.Option("--cases", help=say("budget_cases"))] = None,
    adjust: Annotated[Path | None, typer.Option("--adjust", help=say("budget_adjust"))] = None,
    adopt: Annotated[str | None, typer.Option("--adopt", help=say("budget_adopt"))] = None,
    on: Annotated[str | None, typer.Option("--on", help=say("budget_on"))] = None,
    reason: Annotated[str | None, typer.Option("--reason", help=say("budget_reason"))] = None,
    everyone: _All = False,
    as_of: AnyAsOf = None,  # noqa: ARG001
    workspace: InWorkspace = HERE,
    lang: InLang = DEFAULT_LANG,
    as_json: AsJson = False,
) -> None:
    """Allocate a total to enterprises, or adjust what was allocated."""
    run(
        "budget_allocate",
        lang,
        as_json=as_json,
        workspace=workspace,
        year=year,
        region=region,
        total=total,
        from_room=from_room,
        growth=growth,
        rule=rule,
        outside=outside,
        cases=cases,
        adjust=adjust,
        adopt=adopt,
        on=on,
        reason=reason,
        everyone=everyone,
    )


@budget.command("monitor", help=say("budget_monitor"))
def monitor(
    region: _Region = None,
    level: Annotated[str | None, typer.Option("--level", help=say("budget_level"))] = None,
    everyone: _All = False,
    as_of: AsOf = None,
    workspace: InWorkspace = HERE,
    lang: InLang = DEFAULT_LANG,
    as_json: AsJson = False,
) -> None:
    """Follow the budgets as of a month."""
    run(
        "budget_monitor",
        lang,
        as_json=as_json,
        workspace=workspace,
        as_of=as_of,
        region=region,
        level=level,
        everyone=everyone,
    )


@budget.command("settle", help=say("budget_settle"))
def settle(
    year: _Year,
    region: _Region = None,
    everyone: _All = False,
    as_of: AnyAsOf = None,  # noqa: ARG001
    workspace: InWorkspace = HERE,
    lang: InLang = DEFAULT_LANG,
    as_json: AsJson = False,
) -> None:
    """Settle the budgets of a year."""
    run(
        "budget_settle",
        lang,
        as_json=as_json,
        workspace=workspace,
        year=year,
        region=region,
        everyone=everyone,
    )


@budget.command("backtest", help=say("budget_backtest"))
def backtest(
    year: _AnyYear = None,
    region: _Region = None,
    series: Annotated[Path | None, typer.Option("--series", help=say("budget_series"))] = None,
    column: Annotated[list[str] | None, typer.Option("--column", help=say("budget_column"))] = None,
    as_of: AnyAsOf = None,  # noqa: ARG001
    workspace: InWorkspace = HERE,
    lang: InLang = DEFAULT_LANG,
    as_json: AsJson = False,
) -> None:
    """Hold forecasts and warnings against what came."""
    run(
        "budget_backtest",
        lang,
        as_json=as_json,
        workspace=workspace,
        year=year,
        region=region,
        series=series,
        column=column or [],
    )


@budget.command("show", help=say("budget_show"))
def show(
    reporter: Annotated[str, typer.Argument(help=say("budget_reporter"))],
    as_of: AsOf = None,
    workspace: InWorkspace = HERE,
    lang: InLang = DEFAULT_LANG,
    as_json: AsJson = False,
) -> None:
    """Show the budget of one enterprise."""
    run(
        "budget_show",
        lang,
        as_json=as_json,
        workspace=workspace,
        as_of=as_of,
        reporter=reporter,
    )
