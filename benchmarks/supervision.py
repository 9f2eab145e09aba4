"""Supervision of 50,000 enterprises, against the accounting that stands beside it.

The reference is the join of the ledger benchmark in SQL written by hand. The other judges one
project, one unit energy, one per-mu result and three yearly scores of each enterprise, and puts
what was found beside orders, consequences and departments.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa

from benchmarks.ledger import by_sql
from benchmarks.ledger_data import ROWS_OF_ONE
from benchmarks.registry import Benchmark, Job, Variant, register
from dafeng.gate import graded_hits, last_hits, low_hits, review_hits, supervise
from dafeng.plan import plans
from dafeng.rulebook import load

DAY = date(2026, 7, 1)
FOUND = 0.05  # share of violations
YEARS = ("2023", "2024", "2025")


def supervision(rows: int) -> Job:
    """Judge all facts and put the findings together."""
    count = rows // ROWS_OF_ONE
    random = np.random.default_rng(count)
    ids = pa.array([f"R{n:06d}" for n in range(count)])
    rules, held = load(), list(plans().values())
    tables = [
        _projects(ids, random),
        _units(ids, random),
        _per_mu(ids, random),
        _scores(ids, random),
    ]

    def job() -> object:
        looked = [
            review_hits(tables[0], DAY),
            graded_hits(rules, tables[1]),
            low_hits(rules, tables[2]),
            last_hits(rules, tables[3], DAY),
        ]
        return supervise(rules, looked, (), held, DAY)

    return job


def _table(ids: pa.Array, **columns: object) -> pa.Table:
    """Return a table; a text stands for a column of it."""
    count = len(ids)
    common = {"reporter": ids, "region": "3301", "mark": "synthetic", "source": "made"}
    return pa.table(
        {n: [c] * count if isinstance(c, str) else c for n, c in (common | columns).items()}
    )


def _projects(ids: pa.Array, random: np.random.Generator) -> pa.Table:
    early = random.random(len(ids)) < FOUND
    return _table(
        ids,
        project=ids,
        status="running",
        started=np.where(early, "2024-01-01", "2024-06-01"),
        finished="2025-01-01",
        opinion="granted",
        opinion_date="2024-03-01",
        approved_tce=np.full(len(ids), 1000.0),
        designed_tce=np.full(len(ids), 900.0),
        used_tce=random.normal(800, 120, len(ids)),
        used_year="2025",
        carried_out="yes",
        checked="2026-06-01",
    )


def _units(ids: pa.Array, random: np.random.Generator) -> pa.Table:
    return _table(
        ids,
        subject=ids,
        year="2025",
        family=random.choice(["quota-cement", "level"], len(ids)),
        scale="clinker",
        value=random.normal(109, 5, len(ids)),
        inputs="",
        variant="stated",
    )


def _per_mu(ids: pa.Array, random: np.random.Generator) -> pa.Table:
    return _table(
        ids,
        year="2025",
        **{"class": random.choice(["A", "B", "C", "D"], len(ids), p=[0.2, 0.55, 0.2, 0.05])},
        scale="above-scale",
        tax_yuan=random.lognormal(14, 1, len(ids)),
        land_mu=random.lognormal(3, 1, len(ids)),
        low_performer="",
        lawful="",
    )


def _scores(ids: pa.Array, random: np.random.Generator) -> pa.Table:
    level = random.normal(75, 10, len(ids))
    return pa.concat_tables(
        _table(
            ids,
            list="green_low_carbon_factory",
            level="provincial",
            subject=ids,
            year=year,
            score=level + random.normal(0, 3, len(ids)),
        )
        for year in YEARS
    )


register(
    Benchmark(
        name="supervision",
        title="after-the-fact supervision of 50,000 enterprises, beside the accounting",
        sizes=(21_600_000,),
        unit="rows",
        rounds=5,
        quick_sizes=(216_000,),
        goals_from=21_600_000,
        variants=(
            Variant("accounting", by_sql),
            Variant("supervision", supervision, goal=1.0),
        ),
    )
)
