"""All grades of a province's 50,000 enterprises, beside the accounting join of the same size.

The first variant is the join that gives the totals, in SQL by hand (see ``ledger``); the second
takes columns of amounts and grades them: carbon efficiency and level, budget tier, per-mu
evaluation with and without a carbon indicator, and the level and quota of a line each.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from benchmarks.ledger import by_sql
from benchmarks.ledger_data import ROWS_OF_ONE
from benchmarks.registry import Benchmark, Job, Variant, register
from dafeng.grading import Row, card_of, editions_of, place, rate
from dafeng.rulebook import Rulebook, Scorecard, load

DAY = date(2025, 12, 31)
HUANGYAN, HUANGYAN_DAY = "331003", date(2022, 12, 31)
SCALES = (("carbon-efficiency", "33"), ("carbon-level", "33"), ("budget-tier", "33"))
LINES = (("level", "clinker"), ("quota-cement", "clinker"))


def by_dafeng_grades(rows: int) -> Job:
    """Grade as many enterprises as report so many rows, by all scales and cards."""
    rules, count = load(), rows // ROWS_OF_ONE
    random = np.random.default_rng(count)
    sheets = [
        (editions_of(rules, family, DAY, region), _rows(random, count, {"value": 1.0}))
        for family, region in SCALES
    ]
    for family, scale in LINES:
        held = [row | {"scale": scale} for row in _rows(random, count, {"value": 110.0})]
        sheets.append((editions_of(rules, family, DAY, ""), held))
    cards = [_card(rules, random, count), _filled(_card(rules, random, count))]

    def job() -> None:
        for editions, held in sheets:
            rate(rules, editions, held, DAY)
        for card, held in cards:
            place(rules, card, held, HUANGYAN_DAY)

    return job


def _card(rules: Rulebook, random: np.random.Generator, count: int) -> tuple[Scorecard, list[Row]]:
    card = card_of(rules, "per-mu-above-scale", HUANGYAN_DAY, HUANGYAN)
    around = {one.id: float(one.base) for one in card.criteria if isinstance(one.base, float)}
    return card, _rows(random, count, around)


def _filled(held: tuple[Scorecard, list[Row]]) -> tuple[Scorecard, list[Row]]:
    """Put a carbon indicator in the place of one of the card's own."""
    card, rows = held
    one = card.criteria[2].model_copy(update={"id": "value_added_per_co2"})
    criteria = (*card.criteria[:2], one, *card.criteria[3:])
    renamed = [{**row, one.id: row[card.criteria[2].id]} for row in rows]
    return card.model_copy(update={"criteria": criteria}), renamed


def _rows(random: np.random.Generator, count: int, around: dict[str, float]) -> list[Row]:
    """Return rows with values around some numbers; one in fifty lacks each."""
    columns: dict[str, Any] = {}
    for name, middle in around.items():
        values = np.round(middle * random.lognormal(0, 0.5, count), 6).tolist()
        lost = random.random(count) < 1 / 50
        columns[name] = [None if gone else v for v, gone in zip(values, lost, strict=True)]
    names = list(columns)
    return [
        {"who": f"E{at}", **dict(zip(names, cells, strict=True))}
        for at, cells in enumerate(zip(*columns.values(), strict=True))
    ]


register(
    Benchmark(
        name="grades",
        title="all grades of a province's enterprises, beside its accounting join",
        sizes=(21_600_000,),
        unit="rows",
        rounds=3,
        quick_sizes=(216_000,),
        goals_from=21_600_000,
        variants=(
            Variant("accounting join", by_sql),
            Variant("all grades", by_dafeng_grades, goal=1.0),
        ),
    )
)
