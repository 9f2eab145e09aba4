"""Commands on the books of a workspace."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from dafeng.cli.options import (
    DEFAULT_LANG,
    HERE,
    AnyAsOf,
    AsJson,
    AsOf,
    ByMap,
    InFigure,
    InLang,
    InRegion,
    InWorkspace,
    OfPlan,
    run,
    say,
)


class Source(StrEnum):
    """Where the figures of a board come from; the two are never mixed."""

    STATISTICS = "statistics"
    REPORTERS = "reporters"


class Measure(StrEnum):
    """What is summed."""

    EMISSION = "emission"
    ENERGY = "energy"


class Boundary(StrEnum):
    """Whose emissions count: of those who make power and heat, or of those who use them."""

    PRODUCTION = "production"
    CONSUMPTION = "consumption"


class By(StrEnum):
    """What the lines of a sum are."""

    TOTAL = "total"
    CITY = "city"
    PROVINCE = "province"
    SECTOR = "sector"
    SECTION = "section"
    GROUP = "group"


class To(StrEnum):
    """Among whom a target is split."""

    CITIES = "cities"
    ENTERPRISES = "enterprises"


class SplitRule(StrEnum):
    """How a target is split."""

    EQUAL = "equal"
    BASE = "base"
    POTENTIAL = "potential"


OfYears = Annotated[str | None, typer.Option("--year", help=say("year"))]

books = typer.Typer()


@books.command(help=say("init"))
def init(
    path: Annotated[Path, typer.Argument(help=say("path"))] = HERE,
    region: InRegion = None,
    plan: OfPlan = None,
    as_of: AnyAsOf = None,  # noqa: ARG001
    workspace: InWorkspace = HERE,
    lang: InLang = DEFAULT_LANG,
    as_json: AsJson = False,
) -> None:
    """Make an empty workspace."""
    run("init", lang, as_json=as_json, workspace=workspace, path=path, region=region, plan=plan)


@books.command("import", help=say("import"))
def import_(
    file: Annotated[Path, typer.Argument(help=say("file"))],
    mapping: ByMap = None,
    table: Annotated[str | None, typer.Option("--table", help=say("table"))] = None,
    accept_valid: Annotated[bool, typer.Option("--accept-valid", help=say("accept_valid"))] = False,
    as_of: AnyAsOf = None,  # noqa: ARG001
    workspace: InWorkspace = HERE,
    lang: InLang = DEFAULT_LANG,
    as_json: AsJson = False,
) -> None:
    """Import a file."""
    run(
        "import_",
        lang,
        as_json=as_json,
        workspace=workspace,
        file=file,
        mapping=mapping,
        table=table,
        accept_valid=accept_valid,
    )


@books.command(help=say("account"))
def account(
    reporter: Annotated[list[str] | None, typer.Option("--reporter", help=say("reporter"))] = None,
    year: OfYears = None,
    data_year: Annotated[int | None, typer.Option("--factor-year", help=say("data_year"))] = None,
    as_of: AsOf = None,
    workspace: InWorkspace = HERE,
    lang: InLang = DEFAULT_LANG,
    as_json: AsJson = False,
) -> None:
    """Compute energy and emissions."""
    run(
        "account",
        lang,
        as_json=as_json,
        workspace=workspace,
        reporter=reporter or [],
        year=year,
        data_year=data_year,
        as_of=as_of,
    )


@books.command(help=say("board"))
def board(
    source: Annotated[Source, typer.Option("--source", help=say("source"))] = Source.STATISTICS,
    plan: OfPlan = None,
    region: InRegion = None,
    by_city: Annotated[bool, typer.Option("--by-city", help=say("by_city"))] = False,
    as_of: AsOf = None,
    workspace: InWorkspace = HERE,
    figure: InFigure = None,
    lang: InLang = DEFAULT_LANG,
    as_json: AsJson = False,
) -> None:
    """Show the progress of targets."""
    run(
        "board",
        lang,
        as_json=as_json,
        workspace=workspace,
        plan=plan,
        region=region,
        as_of=as_of,
        source=source.value,
        by_city=by_city,
        figure=figure,
    )


@books.command(help=say("split"))
def split(
    target: Annotated[str, typer.Argument(help=say("split_target"))],
    to: Annotated[To, typer.Option("--to", help=say("to"))] = To.CITIES,
    rule: Annotated[SplitRule, typer.Option("--rule", help=say("split_rule"))] = SplitRule.EQUAL,
    by: Annotated[str | None, typer.Option("--by", help=say("by"))] = None,
    base: Annotated[Path | None, typer.Option("--base", help=say("base"))] = None,
    promises: Annotated[Path | None, typer.Option("--promises", help=say("promises"))] = None,
    growth: Annotated[float | None, typer.Option("--growth", help=say("growth"))] = None,
    low: Annotated[float | None, typer.Option("--min", help=say("least"))] = None,
    high: Annotated[float | None, typer.Option("--max", help=say("most"))] = None,
    show_tree: Annotated[bool, typer.Option("--explain", help=say("show_tree"))] = False,
    plan: OfPlan = None,
    as_of: AsOf = None,
    workspace: InWorkspace = HERE,
    lang: InLang = DEFAULT_LANG,
    as_json: AsJson = False,
) -> None:
    """Split a target, or set promises against it."""
    run(
        "split",
        lang,
        as_json=as_json,
        workspace=workspace,
        target=target,
        to=to.value,
        rule=rule.value,
        by=by,
        base=base,
        promises=promises,
        growth=growth,
        low=low,
        high=high,
        show_tree=show_tree,
        plan_id=plan,
        as_of=as_of,
    )


@books.command(help=say("explain"))
def explain(
    figure: Annotated[str, typer.Argument(help=say("figure"))],
    only: Annotated[str | None, typer.Option("--only", help=say("only"))] = None,
    depth: Annotated[int | None, typer.Option("--depth", min=0, help=say("depth"))] = None,
    as_of: AsOf = None,
    workspace: InWorkspace = HERE,
    lang: InLang = DEFAULT_LANG,
    as_json: AsJson = False,
) -> None:
    """Explain a figure."""
    run(
        "explain",
        lang,
        as_json=as_json,
        workspace=workspace,
        figure=figure,
        as_of=as_of,
        only=only,
        depth=depth,
    )


@books.command("sum", help=say("sum"))
def sum_(
    measure: Annotated[Measure, typer.Option("--measure", help=say("measure"))] = Measure.EMISSION,
    boundary: Annotated[
        Boundary, typer.Option("--boundary", help=say("boundary"))
    ] = Boundary.CONSUMPTION,
    by: Annotated[By, typer.Option("--by", help=say("sum_by"))] = By.TOTAL,
    year: OfYears = None,
    since: Annotated[int | None, typer.Option("--since", help=say("since"))] = None,
    region: InRegion = None,
    sector: Annotated[str | None, typer.Option("--sector", help=say("sector"))] = None,
    listed: Annotated[str | None, typer.Option("--list", help=say("listed"))] = None,
    without: Annotated[str | None, typer.Option("--without", help=say("without"))] = None,
    control: Annotated[bool, typer.Option("--control", help=say("control"))] = False,
    as_of: AnyAsOf = None,  # noqa: ARG001
    workspace: InWorkspace = HERE,
    lang: InLang = DEFAULT_LANG,
    as_json: AsJson = False,
) -> None:
    """Sum the reporters, with the coverage of each sum."""
    run(
        "sum",
        lang,
        as_json=as_json,
        workspace=workspace,
        measure=measure.value,
        boundary=boundary.value,
        by=by.value,
        year=year,
        since=since,
        region=region,
        sector=sector,
        listed=listed,
        without=without,
        control=control,
    )
