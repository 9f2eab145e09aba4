"""Commands of the retrofit portfolio."""

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
    ByMap,
    InFigure,
    InLang,
    InWorkspace,
    run,
    say,
)

portfolio = typer.Typer(help=say("portfolio"), **SETTINGS)

File = Annotated[Path | None, typer.Argument(help=say("retrofit_file"))]
View = Annotated[str, typer.Option("--view", help=say("cost_view"))]
Rate = Annotated[float | None, typer.Option("--rate", help=say("discount"))]
Out = Annotated[Path | None, typer.Option("--out", help=say("out_tables"))]


@portfolio.command("curve", help=say("portfolio_curve"))
def portfolio_curve(
    file: File = None,
    per: Annotated[str, typer.Option("--per", help=say("per"))] = "tco2",
    view: View = "society",
    rate: Rate = None,
    mapping: ByMap = None,
    out: Out = None,
    as_of: AnyAsOf = None,  # noqa: ARG001
    workspace: InWorkspace = HERE,
    figure: InFigure = None,
    lang: InLang = DEFAULT_LANG,
    as_json: AsJson = False,
) -> None:
    """Show the abatement cost curve."""
    run(
        "portfolio_curve",
        lang,
        as_json=as_json,
        workspace=workspace,
        file=file,
        per=per,
        view=view,
        rate=rate,
        mapping=mapping,
        out=out,
        figure=figure,
    )


@portfolio.command("select", help=say("portfolio_select"))
def portfolio_select(
    years: Annotated[str, typer.Option("--years", help=say("start_years"))],
    file: File = None,
    limits: Annotated[Path | None, typer.Option("--limits", help=say("retrofit_limits"))] = None,
    target: Annotated[int | None, typer.Option("--target-year", help=say("target_year"))] = None,
    objective: Annotated[str, typer.Option("--objective", help=say("objective"))] = "abatement",
    gap: Annotated[float, typer.Option("--gap", min=0, help=say("gap"))] = 0,
    gap_tce: Annotated[float, typer.Option("--gap-tce", min=0, help=say("gap_tce"))] = 0,
    key: Annotated[int, typer.Option("--key-projects", min=0, help=say("key_projects"))] = 0,
    view: View = "society",
    rate: Rate = None,
    tolerance: Annotated[
        float | None, typer.Option("--tolerance", min=0, help=say("tolerance"))
    ] = None,
    mapping: ByMap = None,
    out: Out = None,
    as_of: AnyAsOf = None,  # noqa: ARG001
    workspace: InWorkspace = HERE,
    figure: InFigure = None,
    lang: InLang = DEFAULT_LANG,
    as_json: AsJson = False,
) -> None:
    """Choose projects under limits."""
    run(
        "portfolio_select",
        lang,
        as_json=as_json,
        workspace=workspace,
        file=file,
        limits=limits,
        years=years,
        target=target,
        objective=objective,
        gaps={"tco2": gap, "tce": gap_tce},
        key=key,
        view=view,
        rate=rate,
        tolerance=tolerance,
        mapping=mapping,
        out=out,
        figure=figure,
    )


@portfolio.command("verify", help=say("portfolio_verify"))
def portfolio_verify(
    file: Annotated[Path, typer.Argument(help=say("metered_file"))],
    by: Annotated[list[str] | None, typer.Option("--by", help=say("driver_names"))] = None,
    confidence: Annotated[
        float | None, typer.Option("--confidence", help=say("confidence"))
    ] = None,
    method: Annotated[
        list[str] | None, typer.Option("--method", help=say("convert_method"))
    ] = None,
    region: Annotated[str | None, typer.Option("--region", help=say("convert_region"))] = None,
    mapping: ByMap = None,
    out: Out = None,
    as_of: AnyAsOf = None,  # noqa: ARG001
    workspace: InWorkspace = HERE,
    lang: InLang = DEFAULT_LANG,
    as_json: AsJson = False,
) -> None:
    """Verify savings from metered use."""
    run(
        "portfolio_verify",
        lang,
        as_json=as_json,
        workspace=workspace,
        file=file,
        by=by,
        confidence=confidence,
        methods=method or [],
        region=region,
        mapping=mapping,
        out=out,
    )


@portfolio.command("levers", help=say("portfolio_levers"))
def portfolio_levers(
    roadmap: Annotated[str | None, typer.Argument(help=say("roadmap"))] = None,
    as_of: AnyAsOf = None,  # noqa: ARG001
    workspace: InWorkspace = HERE,
    lang: InLang = DEFAULT_LANG,
    as_json: AsJson = False,
) -> None:
    """Show the levers of a sector's roadmap."""
    run("portfolio_levers", lang, as_json=as_json, workspace=workspace, roadmap=roadmap)
