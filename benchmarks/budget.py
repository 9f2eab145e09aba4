"""Budgets, forecasts and warnings of a province, against the accounting that they rest on.

The reference is the product's own accounting of the ledger benchmark: all rows of 50,000 reporters
over 36 months to totals. ``sql`` is the same in SQL written by hand, to tell the two apart.
``budgets`` takes use by reporter and month, as the accounts give it, and does all that follows:
arrays, an allocation of the year by sector level and last year's use, forecasts with intervals
after each month, levels with hysteresis, the supervision list.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa

from benchmarks.ledger import by_dafeng, by_sql
from benchmarks.ledger_data import MONTHS, ROWS_OF_ONE
from benchmarks.registry import Benchmark, Job, Variant, register
from dafeng.budget import (
    Firms,
    allocate,
    allocation_settings,
    forecast,
    forecast_settings,
    judge,
    level_settings,
    on_own_cycle,
    read_tiers,
    sector_levels,
    supervised,
    use_of,
)
from dafeng.rulebook import load

SECTORS = 41
MISSING = 0.005  # share of reports
YEARS = sorted({int(month[:4]) for month in MONTHS})


def budgets(rows: int) -> Job:
    """Allocate the last year, forecast it after each month, and warn."""
    count = rows // ROWS_OF_ONE
    random = np.random.default_rng(count)
    ids = [f"R{n:06d}" for n in range(count)]
    table = _months(ids, random)
    sectors = random.integers(SECTORS, size=count)
    added = random.lognormal(15, 1, count)
    tiers = read_tiers(load(), date(YEARS[-1], 12, 31), "33")
    how, ways, levels = allocation_settings(), forecast_settings(), level_settings()

    def job() -> object:
        use = use_of(table, ids, YEARS)
        last = use.totals[:, -2]
        known = use.whole[:, -2]
        named = sectors.astype(str)
        level = sector_levels(last, known, added, named, how)
        none = np.zeros(count, bool)
        why = np.where(known, "", "few_months").tolist()
        firms = Firms(ids, ids, last, known, none, none, why, named, added, level)
        total = int(last.sum() * 1.01)
        given = allocate(total, firms, tiers, how, how.rule("mix"), outside=0)
        sizes = np.log10(np.maximum(last, 1)).astype(np.int64)
        found = forecast(
            use.floats(*YEARS[:-1]), use.floats(YEARS[-1])[:, 0], sectors, ways, None, sizes
        )
        budget = np.where(given.held, given.budgets, np.nan)
        held = judge(budget, found, use.known[:, -1], ways.least_parts, levels)
        used = np.cumsum(use.ended[:, -1], axis=1)
        cycle = use.cycle(YEARS[-1])
        held = on_own_cycle(held, budget, cycle, use.booked[:, -1], used, levels)
        return [supervised(held, month, levels).sum() for month in range(12)]

    return job


def _months(ids: list[str], random: np.random.Generator) -> pa.Table:
    """Return use by reporter and month in whole grams; one report in two hundred is missing."""
    count = len(ids)
    size = random.lognormal(22, 1.5, count)[:, None]
    use = size * np.exp(random.normal(0, 0.08, (count, len(MONTHS))))
    there = random.random(use.shape) >= MISSING
    firm, month = np.nonzero(there)
    return pa.table(
        {
            "reporter": pa.array(ids).take(pa.array(firm)),
            "period": pa.array(MONTHS).take(pa.array(month)),
            "grams": use[there].astype(np.int64),
            "unknown": np.zeros(len(firm), np.int64),
        }
    )


register(
    Benchmark(
        name="budget",
        title="budgets, forecasts and warnings of 50,000 enterprises, beside the accounting",
        sizes=(21_600_000,),
        unit="rows",
        rounds=5,
        quick_sizes=(216_000,),
        goals_from=21_600_000,
        variants=(
            Variant("accounting", by_dafeng),
            Variant("sql", by_sql),
            Variant("budgets", budgets, goal=2.0),
        ),
    )
)
