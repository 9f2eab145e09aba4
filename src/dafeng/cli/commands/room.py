"""Commands on the room of regions."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from dafeng.cli.options import (
    DEFAULT_LANG,
    HERE,
    SETTINGS,
    AsJson,
    AsOf,
    AtGrowth,
    InLang,
    InWorkspace,
    RoomPlan,
    run,
    say,
)

room = typer.Typer(
    help=say("room"), **SETTINGS | {"no_args_is_help": False, "invoke_without_command": True}
)


class Metric(StrEnum):
    """What a room is of."""

    ENERGY = "energy"
    CO2 = "co2"


class Source(StrEnum):
    """Where use and growth come from."""

    REPORTERS = "reporters"
    STATISTICS = "statistics"


RoomRegion = Annotated[str | None, typer.Option("--region", help=say("room_region"))]
OfMetric = Annotated[Metric, typer.Option("--metric", help=say("room_metric"))]


@room.callback(help=say("room"))
def show(
    context: typer.Context,
    region: RoomRegion = None,
    metric: OfMetric = Metric.ENERGY,
    source: Annotated[Source, typer.Option("--source", help=say("room_source"))] = Source.REPORTERS,
    below: Annotated[bool, typer.Option("--below", help=say("room_below"))] = False,
    year: Annotated[int | None, typer.Option("--year", help=say("room_year"))] = None,
    growth: AtGrowth = None,
    plan: RoomPlan = None,
    as_of: AsOf = None,
    workspace: InWorkspace = HERE,
    lang: InLang = DEFAULT_LANG,
    as_json: AsJson = False,
) -> None:
    """Show the room of a region."""
    if context.invoked_subcommand is not None:
        return
    run(
        "room",
        lang,
        as_json=as_json,
        workspace=workspace,
        as_of=as_of,
        region=region,
        metric=metric.value,
        origin=source.value,
        below=below,
        years=() if year is None else (year,),
        growth=growth,
        plan_id=plan,
    )


@room.command("barometer", help=say("room_barometer"))
def barometer(
    region: RoomRegion = None,
    metric: OfMetric = Metric.ENERGY,
    growth: AtGrowth = None,
    plan: RoomPlan = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help=say("room_quarter"))] = None,
    workspace: InWorkspace = HERE,
    lang: InLang = DEFAULT_LANG,
    as_json: AsJson = False,
) -> None:
    """Show the colours of regions."""
    run(
        "room_barometer",
        lang,
        as_json=as_json,
        workspace=workspace,
        as_of=as_of,
        region=region,
        metric=metric.value,
        growth=growth,
        plan_id=plan,
    )
