"""Why the demands cannot be met: what is reached at most, and how much money is missing."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from dafeng.portfolio.exact import solve_exactly
from dafeng.portfolio.model import TINY, Model
from dafeng.portfolio.problem import WAN, problem_of
from dafeng.portfolio.projects import Floats, Ints
from dafeng.portfolio.solver import INFINITY, Problem, Watch, solve
from dafeng.portfolio.spending import Matrix


@dataclass(frozen=True)
class Shortfall:
    """Two ways to see why the demands cannot be met.

    Attributes:
        reached: columns that come nearest to all demands within the limits.
        lacking: by demand, what is missing then, in its unit.
        missing_yuan: by limit, the least money in all that would have to be added to meet the
            demands; ``None`` where no money would do, or the search was stopped before it knew.
        possible: by demand, what is missing with no limit of money at all; empty where nothing.
        whole: whether the searches came to their end.
    """

    reached: Ints
    lacking: dict[str, float]
    missing_yuan: Floats | None
    possible: dict[str, float]
    whole: bool


def shortfall(model: Model, gap: float, watch: Watch | None = None) -> Shortfall:
    """Find what is missing: relax the demands, then the limits, then both."""
    limits = np.arange(len(model.limit_fen))
    demands = len(limits) + len(model.groups) + np.arange(len(model.demands))
    wanted = np.array(list(model.demands.values()))
    close = _relaxed(problem_of(model), demands, 1, 1 / wanted)
    near = solve_exactly(model, close, gap, watch)
    free = problem_of(model, within_limits=False)
    bought = solve(_relaxed(free, limits, -1, np.ones(len(limits))), gap, watch)
    size = len(free.cost)
    free = replace(free, upper=_without(free.upper, limits))
    most = solve(_relaxed(free, demands, 1, 1 / wanted), gap, watch)
    options = len(model.project)
    missing = None if bought.x is None else bought.x[size:] * WAN
    return Shortfall(
        reached=near.ones(options),
        lacking=_lacking(model, near.ones(options)),
        missing_yuan=missing,
        possible=_lacking(model, most.ones(options)),
        whole="stopped" not in (near.status, bought.status, most.status),
    )


def _lacking(model: Model, columns: Ints) -> dict[str, float]:
    reached = model.reached(columns)
    found = {name: wanted - reached[name] for name, wanted in model.demands.items()}
    return {name: lack for name, lack in found.items() if lack > model.demands[name] * TINY}


def _relaxed(problem: Problem, rows: Ints, sign: int, price: Floats) -> Problem:
    """Return the problem of the least priced amount by which rows are missed (or exceeded)."""
    size, new = len(problem.cost), len(rows)
    slack = Matrix(rows, size + np.arange(new), np.full(new, float(sign)))
    held = problem.rows
    return replace(
        problem,
        cost=np.concatenate([np.zeros(size), price]),
        most=np.concatenate([problem.most, np.full(new, INFINITY)]),
        whole=np.concatenate([problem.whole, np.zeros(new, dtype=bool)]),
        rows=Matrix.of([(m.row, m.col, m.value) for m in (held, slack)]),
    )


def _without(upper: Floats, rows: Ints) -> Floats:
    found = upper.copy()
    found[rows] = INFINITY
    return found
