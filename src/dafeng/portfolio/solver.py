"""HiGHS: a model as arrays in, a solution out; the same on every run; may be stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from dafeng.portfolio.projects import Bools, Floats, Ints
from dafeng.portfolio.spending import Matrix

INFINITY = np.inf
FOUND = {
    "kOptimal": "optimal",
    "kInfeasible": "infeasible",
    "kUnboundedOrInfeasible": "infeasible",
    "kInterrupt": "stopped",
    "kSolveError": "optimal",  # a row is missed by a little more than the tolerance
}


@dataclass(frozen=True)
class Search:
    """How far a search is: seconds, best value so far, bound, both to be minimised."""

    seconds: float
    best: float
    bound: float


Watch = Callable[[Search], bool]
"""Is told how far a search is, and says whether it shall stop; the best so far is kept."""


@dataclass(frozen=True)
class Problem:
    """``min cost·x`` with ``lower ≤ A x ≤ upper`` and ``0 ≤ x ≤ most``; some of x are whole."""

    cost: Floats
    most: Floats
    whole: Bools
    rows: Matrix
    lower: Floats
    upper: Floats


@dataclass(frozen=True)
class Solution:
    """What a search found.

    Attributes:
        status: ``optimal`` (within the gap), ``stopped`` or ``infeasible``.
        x: the best found, ``None`` where nothing was.
        value, bound: of ``cost·x``, and what it cannot go below.
        row_price, col_price: of a problem without whole numbers: what the value changes by for one
            more of a row's bound, and reduced costs.
        seconds: time that HiGHS itself took.
    """

    status: str
    x: Floats | None
    value: float
    bound: float
    row_price: Floats
    col_price: Floats
    seconds: float

    def ones(self, number: int) -> Ints:
        """Return which of the first variables, which are whole, are 1; none without a solution."""
        x = np.zeros(0) if self.x is None else self.x[:number]
        return np.flatnonzero(np.rint(x) == 1)


def solve(problem: Problem, gap: float, watch: Watch | None = None) -> Solution:
    """Solve a problem to a relative gap, on one thread and with a fixed seed."""
    if not len(problem.cost):
        return _empty(problem)
    import highspy  # noqa: PLC0415  who opens a workspace need not load a solver

    highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.silent()
    for name, value in (("parallel", "off"), ("random_seed", 0), ("mip_rel_gap", gap)):
        highs.setOptionValue(name, value)
    _pass(highs, problem)
    if watch is not None:
        _attend(highs, watch)
    highs.run()
    status = FOUND[highs.getModelStatus().name]
    info, found = highs.getInfo(), highs.getSolution()
    kept = status == "optimal" or info.primal_solution_status == highspy.kSolutionStatusFeasible
    return Solution(
        status=status,
        x=np.array(found.col_value) if kept else None,
        value=info.objective_function_value,
        bound=info.mip_dual_bound if problem.whole.any() else info.objective_function_value,
        row_price=np.array(found.row_dual),
        col_price=np.array(found.col_dual),
        seconds=highs.getRunTime(),
    )


def _empty(problem: Problem) -> Solution:
    """Return the solution of a problem without variables, which HiGHS does not judge."""
    holds = (problem.lower <= 0).all() and (problem.upper >= 0).all()
    nothing = np.zeros(0)
    prices = np.zeros(len(problem.lower))
    x = nothing if holds else None
    return Solution("optimal" if holds else "infeasible", x, 0.0, 0.0, prices, nothing, 0.0)


def _pass(highs: Any, problem: Problem) -> None:
    """Hand the arrays over, row by row."""
    from highspy import MatrixFormat, ObjSense  # noqa: PLC0415

    order = np.lexsort((problem.rows.col, problem.rows.row))
    count = np.bincount(problem.rows.row, minlength=len(problem.lower))
    columns, rows = len(problem.cost), len(problem.lower)
    highs.passModel(
        columns,
        rows,
        len(order),
        int(MatrixFormat.kRowwise),
        int(ObjSense.kMinimize),
        0.0,
        problem.cost,
        np.zeros(columns),
        problem.most,
        problem.lower,
        problem.upper,
        np.concatenate([[0], np.cumsum(count)])[:rows].astype(np.int32),
        problem.rows.col[order].astype(np.int32),
        problem.rows.value[order],
        problem.whole.astype(np.int32),
    )


def _attend(highs: Any, watch: Watch) -> None:
    """Tell ``watch`` how far the search is, and stop where it says so."""

    def tell(event: Any) -> None:
        said = event.data_out
        if watch(Search(said.running_time, said.mip_primal_bound, said.mip_dual_bound)):
            event.interrupt()

    highs.cbMipInterrupt.subscribe(tell)
