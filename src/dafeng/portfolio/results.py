"""A selection as tidy tables: a row per option, per limit, per demand, per way of choosing."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pyarrow as pa

from dafeng.portfolio.cost import unit_cost
from dafeng.portfolio.model import KEY, Model
from dafeng.portfolio.problem import WAN
from dafeng.portfolio.projects import FEN, Floats, Ints
from dafeng.portfolio.reasons import NONE, unexplained
from dafeng.portfolio.select import Selection

YUAN = pa.decimal128(20, 2)
"""Sums of money are exact: two decimals, whole fen."""

BLOCKED = pa.schema(
    [("project", pa.string()), ("limit", pa.string()), ("lacking_yuan", pa.float64())]
)


def tables_of(found: Selection) -> dict[str, pa.Table]:
    """Return all tables of a selection by name."""
    return {
        "options": options_table(found),
        "blocked": blocked_table(found),
        "limits": limits_table(found),
        "demands": demands_table(found),
        "ways": ways_table(found),
    }


def options_table(found: Selection) -> pa.Table:
    """Return a row per option: whether it is in, from when, what counts of it, and why not.

    Columns ``reduction_tco2`` and ``saving_tce`` are what counts in the target year: of measures on
    one system their part of the joint effect; 0 for what is out. ``worth`` is in the objective.
    """
    model, size = found.model, len(found.model.projects)
    projects, why = model.projects, found.reasons or unexplained(size)
    start, greedy = _starts(model, found.chosen), _starts(model, found.greedy)
    worth = np.full(size, np.nan)
    np.fmax.at(worth, model.project, found.worth)
    cost = model.costs.alone
    alone = projects.numbers("reduction_tco2")
    return pa.table(
        {
            "project": projects.ids,
            "title_zh": projects.texts("title_zh"),
            "title_en": projects.texts("title_en"),
            "reporter": projects.texts("reporter"),
            "region": projects.texts("region"),
            "key": projects.key,
            "chosen": start != NONE,
            "start": _years(start),
            "reduction_tco2": counted(model, found.chosen, "tco2"),
            "saving_tce": counted(model, found.chosen, "tce"),
            "alone_tco2": alone,
            "alone_tce": projects.numbers("saving_tce"),
            "cost_yuan": cost,
            "cost_yuan_per_tco2": _filled(unit_cost(cost, alone)),
            "cost_yuan_per_tce": _filled(unit_cost(cost, projects.numbers("saving_tce"))),
            "investment_yuan": projects.numbers("investment_yuan"),
            "subsidy_yuan": projects.numbers("subsidy_yuan", 0.0),
            "loan_yuan": projects.numbers("loan_yuan", 0.0),
            "greedy": greedy != NONE,
            "why": why.code,
            "instead": ["" if i == NONE else projects.ids[i] for i in why.instead],
            "change": why.change,
            "worth": _filled(worth),
            "mark": projects.texts("mark"),
        }
    )


def blocked_table(found: Selection) -> pa.Table:
    """Return a row per option that is out and limit in its way, with what the limit lacks."""
    names, limits = found.model.projects.ids, found.model.limits.texts("limit")
    held = enumerate(found.reasons.blocked if found.reasons else [])
    rows = [
        {"project": names[i], "limit": limits[row], "lacking_yuan": yuan}
        for i, blocked in held
        for row, yuan in blocked
    ]
    return pa.Table.from_pylist(rows, BLOCKED)


def counted(model: Model, columns: Ints, measure: str) -> Floats:
    """Return what counts of each option in the target year; the parts add up to the whole."""
    option = model.project[columns]
    systems, joint = model.systems, model.joint(measure)
    alone = np.zeros(len(model.projects))
    now = model.running[columns, model.at_target]
    alone[option[now]] = joint[systems.offset[systems.system] + systems.bit][option[now]]
    together = joint[systems.offset + model.masks(columns)[:, model.at_target]]
    added = np.bincount(systems.system, alone, minlength=len(systems.size))
    some = added != 0
    share = np.where(some, together / np.where(some, added, 1), 0)
    return np.asarray(alone * share[systems.system])


def limits_table(found: Selection) -> pa.Table:
    """Return a row per limit.

    ``price`` is what one more 万元 would bring, in the objective, if options could be done in part.
    ``missing_yuan`` is what must be added where the demands cannot be met.
    """
    model, limits = found.model, found.model.limits
    used = model.spending(found.chosen)
    lack = found.shortfall.missing_yuan if found.shortfall else None
    return pa.table(
        {
            **{n: limits.texts(n) for n in ("limit", "counts", "region", "reporter")},
            "year": limits.table["year"].cast(pa.int64()),
            "limit_yuan": _yuan(model.limit_fen),
            "used_yuan": _yuan(used),
            "left_yuan": _yuan(model.limit_fen - used),
            "price": _filled(found.limit_price * WAN),
            "missing_yuan": np.zeros(len(limits)) if lack is None else lack,
        }
    )


def demands_table(found: Selection) -> pa.Table:
    """Return a row per demand: what is wanted and reached, and what the last unit of it costs."""
    model = found.model
    reached = model.reached(found.chosen)
    lack = found.shortfall
    names = list(model.demands)
    return pa.table(
        {
            "demand": pa.array(names, pa.string()),
            "unit": pa.array(["" if name == KEY else name for name in names], pa.string()),
            "wanted": pa.array(list(model.demands.values()), pa.float64()),
            "reached": pa.array([reached[name] for name in names], pa.float64()),
            "price": pa.array([found.demand_price.get(name) for name in names], pa.float64()),
            "lacking": pa.array(
                [lack.lacking.get(name, 0.0) if lack else 0.0 for name in names], pa.float64()
            ),
            "lacking_with_any_money": pa.array(
                [lack.possible.get(name, 0.0) if lack else 0.0 for name in names], pa.float64()
            ),
        }
    )


def ways_table(found: Selection) -> pa.Table:
    """Return a row per way of choosing: the selection, the greedy baseline."""
    model = found.model
    ways = {"selection": found.chosen, "greedy": found.greedy}
    reached = [model.reached(columns) for columns in ways.values()]
    money = model.projects.money("investment")
    return pa.table(
        {
            "way": list(ways),
            "objective": [model.value(columns) for columns in ways.values()],
            "options": [len(columns) for columns in ways.values()],
            "reduction_tco2": [one["tco2"] for one in reached],
            "saving_tce": [one["tce"] for one in reached],
            "cost_yuan": [_yearly_cost(model, columns) for columns in ways.values()],
            "investment_yuan": _yuan(
                np.array([money[model.project[columns]].sum() for columns in ways.values()])
            ),
            "meets": [model.meets(columns) for columns in ways.values()],
        }
    )


def _yearly_cost(model: Model, columns: Ints) -> float:
    """Return yuan per year in the target year."""
    return float(model.per_year("cost", columns)[model.at_target])


def _starts(model: Model, columns: Ints) -> Ints:
    found = np.full(len(model.projects), NONE)
    found[model.project[columns]] = model.start[columns]
    return found


def _years(start: Ints) -> pa.Array:
    return pa.array([None if year == NONE else int(year) for year in start], pa.int64())


def _yuan(fen: Ints) -> pa.Array:
    return pa.array([Decimal(int(amount)) / FEN for amount in fen], YUAN)


def _filled(values: Floats) -> pa.Array:
    return pa.array(values, pa.float64(), from_pandas=True)
