"""What the fictional enterprises book: energy, materials, output and value added."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
from firms import BASE_YEAR, YEARS, Firms, Floats

MONTHLY_FROM = 2023
PRICES = str(BASE_YEAR)
PROJECT_SHARE = 0.15  # of its enterprise's energy
SCHEMA = pa.schema(
    [
        (name, pa.float64() if name == "quantity" else pa.string())
        for name in (
            *("reporter", "facility", "period", "item", "flow", "use", "product"),
            *("quantity", "unit", "source", "mark"),
        )
    ]
)
Table = dict[str, list[Any]]


def entries(
    settings: dict[str, Any], firms: Firms, rng: np.random.Generator
) -> Iterator[tuple[int, pa.Table]]:
    """Yield a table of entries for each year: by year to 2022, by month from 2023 on."""
    seasons = np.array(settings["seasons"])
    for place, year in enumerate(YEARS):
        held: list[Table] = []
        for amount, row in _series(settings, firms, place):
            reported, periods = amount[None, :], [str(year)]
            leaving = row.pop("leaving", 0.0)
            if year >= MONTHLY_FROM and not row.pop("yearly", False):
                noise = np.exp(rng.normal(0, 0.04, (len(seasons), len(firms.ids))))
                parts = seasons[:, None] * noise
                reported = reported * parts / parts.sum(axis=0)
                periods = [f"{year}-{month:02d}" for month in range(1, len(seasons) + 1)]
            held.append(_table(firms.ids, periods, reported, row))
            if leaving:
                held.append(_table(firms.ids, periods, reported * leaving, row | {"flow": "sold"}))
        yield year, pa.concat_tables([pa.table(part, SCHEMA) for part in held])


def _series(
    settings: dict[str, Any], firms: Firms, place: int
) -> Iterator[tuple[Floats, dict[str, Any]]]:
    """Yield each quantity of a year by enterprise, with what the row says of it.

    ``yearly``: it is counted once a year; ``leaving``: this part of it is sold.
    """
    profile, fuels = firms.profile, settings["fuels"]
    output, energy = firms.output[place], firms.energy[place]
    for item, share in firms.mix.items():
        fuel = fuels[item]
        row = {"item": item, "flow": firms.flow_of(fuel), "unit": fuel["unit"]}
        yield energy * share[place] / fuel["tce"], row | _use(profile)
    for item, made in profile.get("makes", {}).items():
        quantity = energy * made["share"] / fuels[item]["tce"]
        row = {"item": item, "flow": "transformed_out", "unit": fuels[item]["unit"]}
        yield quantity, row | _use(profile) | {"leaving": 1 - made["own_use"]}
    for extra in profile["extra"]:
        per = extra["per"] * (1 + extra.get("trend", 0.0)) ** place
        row = {"item": extra["item"], "flow": extra["flow"], "unit": extra["unit"]}
        yield output * per, row | {"use": extra.get("use", "")}
    driver = profile["driver"]
    yield output, {"item": driver["item"], "flow": "produced", "unit": driver["unit"]}
    added = output * profile["value_added"]
    row = {"item": "value_added", "flow": "produced", "unit": "yuan"}
    yield added, row | {"product": PRICES}
    yield from _standing(output, added)


def _standing(output: Floats, added: Floats) -> Iterator[tuple[Floats, dict[str, Any]]]:
    """Yield what is counted once a year: land, staff, taxes, research."""
    del output
    for item, flow, unit, per in (
        ("land_area", "held", "m2", 1 / 3600),
        ("staff", "held", "person", 1 / 260_000),
        ("revenue", "produced", "yuan", 4.6),
        ("tax_paid", "produced", "yuan", 0.16),
        ("rd_expense", "produced", "yuan", 0.11),
    ):
        yield np.maximum(added * per, 1.0), {"item": item, "flow": flow, "unit": unit, "yearly": 1}


def _use(profile: dict[str, Any]) -> dict[str, str]:
    return {"use": profile.get("use", "")}


def _table(ids: list[str], periods: list[str], quantity: Floats, row: dict[str, Any]) -> Table:
    """Return the rows with a quantity, period by period."""
    used = quantity > 0
    which = np.nonzero(used)
    size = int(used.sum())
    texts = {
        name: [row.get(name, "")] * size for name in ("item", "flow", "use", "product", "unit")
    }
    return {
        "reporter": pa.array(ids).take(pa.array(which[1])),
        "facility": [row.get("facility", "")] * size,
        "period": pa.array(periods).take(pa.array(which[0])),
        **{name: texts[name] for name in ("item", "flow", "use", "product")},
        "quantity": np.round(quantity[used], 4),
        "unit": texts["unit"],
        "source": ["fictional report"] * size,
        "mark": ["synthetic"] * size,
    }


def line_entries(firms: Firms, fuels: dict[str, Any]) -> Iterator[tuple[int, pa.Table]]:
    """Yield output and energy of the capacity lines, by year, each under a facility of its own.

    A line is a part of its enterprise: its rows are never added to the enterprise's.
    """
    for number, line in enumerate(firms.profile.get("lines", ()), start=1):
        for place, year in enumerate(YEARS):
            output = firms.output[place] * line.get("per", 1.0)
            row = {"facility": f"line-{number}", "item": line["product"], "flow": "produced"}
            unit = firms.profile["driver"]["unit"]
            held = [_table(firms.ids, [str(year)], output[None, :], row | {"unit": unit})]
            for item, tce in _line_energy(firms, line, place).items():
                fuel = fuels[item]
                amount = np.abs(output * tce / fuel["tce"])
                given = "transformed_out" if np.mean(tce) < 0 else fuel.get("flow", "consumed")
                row = {"facility": f"line-{number}", "item": item, "flow": given}
                held.append(
                    _table(firms.ids, [str(year)], amount[None, :], row | {"unit": fuel["unit"]})
                )
            yield year, pa.concat_tables([pa.table(part, SCHEMA) for part in held])


def _line_energy(firms: Firms, line: dict[str, Any], place: int) -> dict[str, Floats]:
    """Return standard coal by item per unit of a line's product, for each enterprise."""
    if "items" not in line:
        return {item: firms.intensity[place] * share[place] for item, share in firms.mix.items()}
    level = firms.intensity[place] / firms.profile["energy"]["tce"]
    return {item: tce * (level if tce > 0 else 1 / level) for item, tce in line["items"].items()}


def project_entries(
    firms: Firms, fuels: dict[str, Any], project: dict[str, Any]
) -> Iterator[tuple[int, pa.Table]]:
    """Yield what a project of an enterprise uses, by month, under the project's facility.

    Its activity is contained in the enterprise's rows: a facility is a part.
    """
    at = firms.ids.index(project["reporter"])
    for place, year in enumerate(YEARS):
        months = [f"{year}-{month:02d}" for month in range(1, 13)]
        months = [month for month in months if f"{month}-01" >= project["started"]]
        if year < MONTHLY_FROM or not months:
            continue
        held = []
        for item, share in firms.mix.items():
            fuel = fuels[item]
            amount = PROJECT_SHARE * firms.energy[place, at] * share[place, at] / fuel["tce"] / 12
            row = {"facility": project["facility"], "item": item, "unit": fuel["unit"]}
            row["flow"] = firms.flow_of(fuel)
            held.append(_table([firms.ids[at]], months, np.full((len(months), 1), amount), row))
        yield year, pa.concat_tables([pa.table(part, SCHEMA) for part in held])
