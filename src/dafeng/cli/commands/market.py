"""Commands of the carbon market."""

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
    InLang,
    InWorkspace,
    run,
    say,
)

market = typer.Typer(help=say("market"), **SETTINGS)


@market.command("allocate", help=say("market_allocate"))
def market_allocate(
    file: Annotated[Path, typer.Argument(help=say("unit_file"))],
    sector: Annotated[str, typer.Option("--sector", help=say("market_sector"))],
    year: Annotated[int, typer.Option("--year", help=say("emission_year"))],
    draft: Annotated[bool, typer.Option("--draft", help=say("draft"))] = False,
    balance: Annotated[str | None, typer.Option("--balance", help=say("balance"))] = None,
    unit: Annotated[str | None, typer.Option("--explain", help=say("market_explain"))] = None,
    mapping: ByMap = None,
    as_of: AnyAsOf = None,  # noqa: ARG001
    workspace: InWorkspace = HERE,
    lang: InLang = DEFAULT_LANG,
    as_json: AsJson = False,
) -> None:
    """Compute allowances of the national carbon market."""
    run(
        "market_allocate",
        lang,
        as_json=as_json,
        workspace=workspace,
        file=file,
        sector=sector,
        year=year,
        draft=draft,
        balance=balance,
        unit=unit,
        mapping=mapping,
    )
