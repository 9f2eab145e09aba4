"""Solutions that keep every limit to the fen, although a solver works with tolerances."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dafeng.portfolio.model import Model
from dafeng.portfolio.projects import Ints
from dafeng.portfolio.solver import INFINITY, Problem, Solution, Watch, solve
from dafeng.portfolio.spending import Matrix


def solve_exactly(model: Model, problem: Problem, gap: float, watch: Watch | None) -> Solution:
    """Solve, and hold what was found against the limits in whole fen.

    HiGHS lets a row be missed by its tolerance, which may be some fen. Where that happens, these
    very columns are forbidden to be together (no choice within the limit holds them all), and it is
    solved again.
    """
    while True:
        found = solve(problem, gap, watch)
        columns = found.ones(len(model.project))
        over = np.flatnonzero(model.spending(columns) > model.limit_fen)
        if found.x is None or not len(over):
            return found
        problem = _forbidden(model, problem, columns, over)


def _forbidden(model: Model, problem: Problem, columns: Ints, limits: Ints) -> Problem:
    """Return the problem without choices that hold all of these columns under one of the limits."""
    within = np.isin(model.spent.row, limits) & np.isin(model.spent.col, columns)
    row = len(problem.lower) + np.searchsorted(limits, model.spent.row[within])
    cut = (row, model.spent.col[within], np.ones(int(within.sum())))
    held = problem.rows
    most = np.bincount(row - len(problem.lower), minlength=len(limits)) - 1.0
    return replace(
        problem,
        rows=Matrix.of([(held.row, held.col, held.value), cut]),
        lower=np.concatenate([problem.lower, np.full(len(limits), -INFINITY)]),
        upper=np.concatenate([problem.upper, most]),
    )
