"""Commands of the outlook: has a series peaked, and how well was that told in the past."""

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
    InFigure,
    InLang,
    InWorkspace,
    run,
    say,
)

outlook = typer.Typer(help=say("outlook"), **SETTINGS)

SeriesFile = Annotated[Path, typer.Argument(help=say("outlook_file"))]
Within = Annotated[int | None, typer.Option("--within", min=1, help=say("outlook_within"))]
SeriesColumn = Annotated[str, typer.Option("--series", help=say("outlook_series"))]
YearColumn = Annotated[str, typer.Option("--year", help=say("outlook_year"))]
ValueColumn = Annotated[str, typer.Option("--value", help=say("outlook_value"))]
VintageColumn = Annotated[str | None, typer.Option("--vintage", help=say("outlook_vintage"))]
AddRows = Annotated[bool, typer.Option("--sum", help=say("outlook_sum"))]


@outlook.command("status", help=say("outlook_status"))
def outlook_status(
    file: SeriesFile,
    as_of: Annotated[str | None, typer.Option("--as-of", help=say("outlook_as_of"))] = None,
    within: Within = None,
    only: Annotated[list[str] | None, typer.Option("--only", help=say("outlook_only"))] = None,
    series: SeriesColumn = "series",
    year: YearColumn = "year",
    value: ValueColumn = "value",
    vintage: VintageColumn = None,
    add: AddRows = False,
    workspace: InWorkspace = HERE,  # noqa: ARG001  every command takes it
    figure: InFigure = None,
    lang: InLang = DEFAULT_LANG,
    as_json: AsJson = False,
) -> None:
    """Say how likely each series has peaked."""
    columns = {"series": series, "year": year, "value": value, "vintage": vintage}
    run(
        "outlook_status",
        lang,
        as_json=as_json,
        file=file,
        as_of=as_of,
        within=within,
        only=only or [],
        columns=columns,
        add=add,
        figure=figure,
    )


@outlook.command("backtest", help=say("outlook_backtest"))
def outlook_backtest(
    file: SeriesFile,
    as_of: Annotated[list[int] | None, typer.Option("--as-of", help=say("outlook_dates"))] = None,
    series: SeriesColumn = "series",
    year: YearColumn = "year",
    value: ValueColumn = "value",
    vintage: VintageColumn = None,
    add: AddRows = False,
    scores: Annotated[bool, typer.Option("--scores", help=say("outlook_scores"))] = False,
    workspace: InWorkspace = HERE,  # noqa: ARG001  every command takes it
    lang: InLang = DEFAULT_LANG,
    as_json: AsJson = False,
) -> None:
    """Score the method on past dates."""
    columns = {"series": series, "year": year, "value": value, "vintage": vintage}
    run(
        "outlook_backtest",
        lang,
        as_json=as_json,
        file=file,
        as_of=as_of or None,
        columns=columns,
        add=add,
        scores=scores,
    )


SectorFile = Annotated[Path | None, typer.Option("--history", help=say("outlook_sectors"))]
ScenarioFile = Annotated[Path, typer.Argument(help=say("outlook_scenario"))]
Draws = Annotated[int | None, typer.Option("--draws", min=1, help=say("outlook_draws"))]
Seed = Annotated[int | None, typer.Option("--seed", min=0, help=say("outlook_seed"))]
Tables = Annotated[Path | None, typer.Option("--tables", help=say("outlook_tables"))]


@outlook.command("decompose", help=say("outlook_decompose"))
def outlook_decompose(
    history: SectorFile = None,
    first: Annotated[int | None, typer.Option("--from", help=say("outlook_from"))] = None,
    last: Annotated[int | None, typer.Option("--to", help=say("outlook_to"))] = None,
    identity: Annotated[str, typer.Option("--identity", help=say("outlook_identity"))] = "industry",
    chained: Annotated[bool, typer.Option("--chained", help=say("outlook_chained"))] = False,
    by: Annotated[str | None, typer.Option("--by", help=say("outlook_along"))] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help=say("outlook_decompose_explain"))
    ] = False,
    tables: Tables = None,
    as_of: AnyAsOf = None,  # noqa: ARG001
    workspace: InWorkspace = HERE,
    figure: InFigure = None,
    lang: InLang = DEFAULT_LANG,
    as_json: AsJson = False,
) -> None:
    """Split a change among its factors."""
    run(
        "outlook_decompose",
        lang,
        as_json=as_json,
        workspace=workspace,
        history=history,
        first=first,
        last=last,
        identity=identity,
        chained=chained,
        by=by,
        explain=explain,
        tables=tables,
        figure=figure,
    )


@outlook.command("project", help=say("outlook_project"))
def outlook_project(
    scenario: ScenarioFile,
    history: SectorFile = None,
    by: Annotated[list[int] | None, typer.Option("--by", help=say("outlook_by"))] = None,
    draws: Draws = None,
    seed: Seed = None,
    threads: Annotated[
        int | None, typer.Option("--threads", min=1, help=say("outlook_threads"))
    ] = None,
    show_sectors: Annotated[
        bool, typer.Option("--sectors", help=say("outlook_show_sectors"))
    ] = False,
    by_region: Annotated[bool, typer.Option("--regions", help=say("outlook_show_regions"))] = False,
    explain: Annotated[bool, typer.Option("--explain", help=say("outlook_explain"))] = False,
    tables: Tables = None,
    as_of: AnyAsOf = None,  # noqa: ARG001
    workspace: InWorkspace = HERE,
    figure: InFigure = None,
    lang: InLang = DEFAULT_LANG,
    as_json: AsJson = False,
) -> None:
    """Project emissions of a scenario."""
    run(
        "outlook_project",
        lang,
        as_json=as_json,
        workspace=workspace,
        scenario=scenario,
        history=history,
        by=by or [],
        own={"draws": draws, "seed": seed},
        threads=threads,
        show_sectors=show_sectors,
        by_region=by_region,
        explain=explain,
        tables=tables,
        figure=figure,
    )


@outlook.command("attribute", help=say("outlook_attribute"))
def outlook_attribute(
    scenario: ScenarioFile,
    history: SectorFile = None,
    year: Annotated[
        list[int] | None, typer.Option("--year", help=say("outlook_attribute_year"))
    ] = None,
    seed: Seed = None,
    tables: Tables = None,
    as_of: AnyAsOf = None,  # noqa: ARG001
    workspace: InWorkspace = HERE,
    figure: InFigure = None,
    lang: InLang = DEFAULT_LANG,
    as_json: AsJson = False,
) -> None:
    """Say what each measure contributes."""
    run(
        "outlook_attribute",
        lang,
        as_json=as_json,
        workspace=workspace,
        scenario=scenario,
        history=history,
        years=year or [],
        own={"seed": seed},
        tables=tables,
        figure=figure,
    )


@outlook.command("nowcast", help=say("outlook_nowcast"))
def outlook_nowcast(
    as_of: Annotated[str | None, typer.Option("--as-of", help=say("nowcast_as_of"))] = None,
    region: Annotated[str | None, typer.Option("--region", help=say("nowcast_region"))] = None,
    sector: Annotated[str | None, typer.Option("--sector", help=say("nowcast_sector"))] = None,
    workspace: InWorkspace = HERE,
    figure: InFigure = None,
    lang: InLang = DEFAULT_LANG,
    as_json: AsJson = False,
) -> None:
    """Estimate monthly emissions before the books close."""
    run(
        "outlook_nowcast",
        lang,
        as_json=as_json,
        workspace=workspace,
        as_of=as_of,
        region=region,
        sector=sector,
        figure=figure,
    )
