"""All grades of a province's 50,000 enterprises, beside the accounting join of the same size.

The reference is the join that gives the totals, in SQL by hand (see ``ledger``). ``all grades``
takes the path of ``dafeng grade`` without a file, from the tables that books hold to sequences of
grades with the reason of each one that is not rated: carbon efficiency and level, budget tier, two
per-mu scorecards (one with a carbon indicator), and level and quota of a line each. It ends with
how many have which grade, and with the rows of a page of each grading as they are printed.

The join comes before a grading, so that the prepared rows and the totals of the year are there, as
the books keep them; nothing else is, and nothing is kept from one round to the next. Totals are
read from there: making that table, with the months of each total, belongs to the accounts; it costs
some tenths of a second a year, and is in neither side here. Value added, land, output and the like
are taken from the prepared rows. Amounts of the enterprises and of the lines are taken once for all
gradings of a year; ``dafeng grade`` does one grading at a time, and each of them takes its own.

Limits, trees and ids of one who is graded are made when they are read: ``every row`` reads all
grades as objects with their exact numbers, ``with ids`` makes the ids of the carbon efficiency;
both are shown without a goal. ``of values`` is the engine alone, on values that are there already.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, cast

import numpy as np

from benchmarks.grades_data import YEAR, Ours, booked, firms_of, lines_of_all
from benchmarks.ledger import by_sql
from benchmarks.ledger_data import ROWS_OF_ONE
from benchmarks.registry import Benchmark, Job, Variant, register
from dafeng.grading import Job as Grading
from dafeng.grading import Placing, Row, card_of, editions_of, jobs, place, rate
from dafeng.report import placing_dict, rating_dict
from dafeng.rulebook import Rulebook, Scorecard, load
from dafeng.workspace import FromBooks, Used, amounts_of, grade_firms, grade_lines

DAY = date(int(YEAR), 12, 31)
HUANGYAN, HUANGYAN_DAY = "331003", date(2022, 12, 31)
OURS = {
    "per-mu-above-scale": ("value_added_per_tce", "10^4 yuan/tce"),
    "per-mu-carbon": ("value_added_per_co2", "10^4 yuan/tCO2"),
}
SCALES = (("carbon-efficiency", "33"), ("carbon-level", "33"), ("budget-tier", "33"))
LINES = (("level", "clinker"), ("quota-cement", "clinker"))
PAGE = 20


def from_books(rows: int) -> Job:
    """Grade as many enterprises as report so many rows, by all jobs, from the tables."""
    grade, wanted = _grader(rows), [job for job in jobs().values() if job.best is None]

    def job() -> int:
        found = grade(wanted)
        _printed(found)
        return sum(sum(one.counts.values()) for one in found)

    if job() != len(wanted) * (rows // ROWS_OF_ONE):
        raise ValueError("not all were graded")
    return job


def _printed(found: Sequence[FromBooks]) -> list[dict[str, Any]]:
    """Return a page of each grading as plain data."""
    return [
        placing_dict(one, "zh") if isinstance(one, Placing) else rating_dict(one, "zh")
        for grading in found
        for one in grading.graded[:PAGE]
    ]


def every_row(rows: int) -> Job:
    """Do the same, and read what each one got, exactly."""
    grade, wanted = _grader(rows), [job for job in jobs().values() if job.best is None]

    def job() -> list[Any]:
        read: list[Any] = []
        for one in grade(wanted):
            read += [(rating.graded, rating.row) for rating in one.ratings]
            read += [(placing.total, placing.missing, placing.row) for placing in one.placings]
        return read

    return job


def with_ids(rows: int) -> Job:
    """Grade by carbon efficiency, and give each grade its tree and its id."""
    grade = _grader(rows)
    return lambda: [one.figure for one in grade([jobs()["carbon-efficiency"]])[0].graded]


def _grader(rows: int) -> Callable[[Sequence[Grading]], list[FromBooks]]:
    """Return what grades by some jobs; the rules hold a per-mu card of the province."""
    count, folder, rules = rows // ROWS_OF_ONE, booked(rows), load()
    firms, lines = firms_of(count), lines_of_all(count)
    card = rules.scorecards["per-mu-huangyan-above-scale-2022"]
    for family, (name, unit) in OURS.items():
        dated = {"applies_from": DAY, "applies_to": None, "region": "33"}
        criteria = [
            one.model_copy(update={"id": name, "unit": unit})
            if one.id == "value_added_per_tce"
            else one
            for one in card.criteria
        ]
        own = {"id": f"benchmark-{family}", "family": family, "criteria": tuple(criteria)}
        held = card.model_copy(update=dated | own)
        rules.scorecards[held.id] = held

    def graded(wanted: Sequence[Grading]) -> list[FromBooks]:
        books = cast("Any", Ours(folder))
        amounts = amounts_of(books, rules, firms, int(YEAR))
        used = Used(books, lines, int(YEAR))
        amounts.take(name for job in wanted for name in _possible(job).wanted)
        return [
            grade_lines(rules, used, job, DAY, np.ones(count, bool))
            if job.rows == "lines"
            else grade_firms(rules, amounts, _possible(job), DAY, np.ones(count, bool))
            for job in wanted
        ]

    return graded


def _possible(job: Grading) -> Grading:
    """Take the equivalent value for the equal one, which no books have: else nobody is ranked."""
    if "value_added_per_tce" not in job.criteria:
        return job
    own = job.criteria["value_added_per_tce"].model_copy(update={"under": "energy"})
    return job.model_copy(update={"criteria": {**job.criteria, "value_added_per_tce": own}})


def of_values(rows: int) -> Job:
    """Hold values that are there already against all scales and cards."""
    rules, count = load(), rows // ROWS_OF_ONE
    random = np.random.default_rng(count)
    sheets = [
        (editions_of(rules, family, DAY, region), _rows(random, count, {"value": 1.0}))
        for family, region in SCALES
    ]
    for family, scale in LINES:
        held = [row | {"scale": scale} for row in _rows(random, count, {"value": 110.0})]
        sheets.append((editions_of(rules, family, DAY, ""), held))
    cards = [_card(rules, random, count), _card(rules, random, count)]

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
            Variant("all grades", from_books, goal=1.0),
            Variant("every row", every_row),
            Variant("of values", of_values),
            Variant("with ids", with_ids),
        ),
    )
)
