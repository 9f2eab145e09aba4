"""Planned retrofits of the fictional province, and the money that limits them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np
from firms import Firms

Row = dict[str, Any]
FICTION = {"source": "fictional plan", "mark": "synthetic", "price_year": 2025}
YEARS = range(2026, 2030)


def planned(all_firms: list[Firms], settings: Row, seed: int) -> list[Row]:
    """Return the options of all firms; drawn apart, so that nothing else changes."""
    rng = np.random.default_rng([seed, 1])
    return [
        row
        for firms in all_firms
        for i in range(len(firms.ids))
        for row in _options(firms, i, settings["planned"], rng)
        if not firms.closed(i)
    ]


def _options(firms: Firms, i: int, kinds: list[Row], rng: np.random.Generator) -> Iterator[Row]:
    """Yield the options of a firm: all work on its energy, and some exclude each other."""
    name, energy = firms.ids[i], float(firms.energy[-1, i])
    carbon = float(rng.uniform(2.2, 2.9))
    for kind in kinds:
        if rng.random() >= kind["chance"]:
            continue
        tce = round(energy * rng.uniform(*kind["saves"]), 1)
        tonnes = round(tce * carbon + energy * carbon * kind.get("switches", 0.0), 1)
        investment = round(
            max(tce, tonnes / carbon) * kind["yuan_per_tce"] * rng.lognormal(0, 0.4), -3
        )
        yield FICTION | {
            "project": f"{name}-P-{kind['id']}",
            "reporter": name,
            "region": firms.city[i],
            "sector": firms.profile["sector"],
            "title_zh": kind["zh"],
            "title_en": kind["en"],
            "group": f"{name}-{kind['group']}" if "group" in kind else "",
            "system": f"{name}-energy",
            "system_tce": round(energy, 1),
            "system_tco2": round(energy * carbon, 1),
            "saving_tce": tce,
            "reduction_tco2": tonnes,
            "investment_yuan": investment,
            "subsidy_yuan": round(investment * 0.1),
            "loan_yuan": round(investment * 0.5),
            "energy_yuan": round(tce * 1000 - energy * kind.get("fuel_yuan_per_tce", 0)),
            "operating_yuan": round(investment * 0.02),
            "life_years": kind["life"],
            "key": "yes" if rng.random() < 0.05 else "no",
        }


def limits(found: list[Row]) -> Iterator[Row]:
    """Yield city budgets by year, a loan limit, and what each enterprise can finance itself."""
    by_city: dict[str, float] = defaultdict(float)
    by_firm: dict[str, float] = defaultdict(float)
    for row in found:
        by_city[row["region"]] += row["subsidy_yuan"]
        by_firm[row["reporter"]] += row["investment_yuan"]
    for city, yuan in by_city.items():
        for year in YEARS:
            yield _limit(f"city-{city}-{year}", "subsidy", yuan * 0.1, region=city, year=year)
    yield _limit("loans", "loan", sum(by_firm.values()) * 0.5 * 0.4, region="33")
    for firm, yuan in by_firm.items():
        yield _limit(f"own-{firm}", "own", yuan * 0.4 * 0.6, reporter=firm)


def _limit(name: str, counts: str, yuan: float, **scope: Any) -> Row:
    return FICTION | {"limit": name, "counts": counts, "limit_yuan": float(round(yuan))} | scope
