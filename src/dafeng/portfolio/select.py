"""The best choice of retrofits under limits, what it leaves open, and why the others are out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from dafeng.portfolio.choices import setting, views
from dafeng.portfolio.exact import solve_exactly
from dafeng.portfolio.greedy import brought_forward, climb
from dafeng.portfolio.model import Model, Wanted, build
from dafeng.portfolio.problem import WAN, problem_of
from dafeng.portfolio.projects import Floats, Ints, Projects, Rows
from dafeng.portfolio.reasons import Reasons, reasons
from dafeng.portfolio.shortfall import Shortfall, shortfall
from dafeng.portfolio.solver import Search, Solution, Watch, solve
from dafeng.vocabulary import Text, worst_mark

Progress = Callable[[Search], bool]


@dataclass(frozen=True)
class Selection:
    """A choice of retrofits.

    Attributes:
        model: options, limits and demands.
        status: ``optimal`` (within the tolerance), ``stopped`` (the best found until then),
            ``infeasible`` (the demands cannot be met; ``chosen`` comes nearest) or ``none``
            (stopped before anything that meets the demands was found).
        chosen: columns of the model that are chosen.
        value: objective of the choice, in its unit.
        bound: what no choice can be better than; ``None`` where there is none.
        relaxed: objective if options could be done in part; ``None`` where even that is impossible.
        limit_price: by limit, what one more yuan would bring (in the objective) if options could be
            done in part.
        demand_price: by demand, what one unit less would bring.
        worth: by column, its reduced cost: what it would bring after paying the prices of limits
            and demands; positive is good.
        greedy: columns that the greedy baseline takes.
        reasons: why each option is out.
        shortfall: why the demands cannot be met, where they cannot.
        seconds: what HiGHS took for the search.
    """

    model: Model
    status: str
    chosen: Ints
    value: float
    bound: float | None
    relaxed: float | None
    limit_price: Floats
    demand_price: dict[str, float]
    worth: Floats
    greedy: Ints
    reasons: Reasons | None
    shortfall: Shortfall | None
    seconds: float

    @property
    def gap(self) -> float | None:
        """Relative distance between value and bound: no choice is better by more."""
        if self.bound is None or self.value == 0:
            return None
        return max(0.0, self.model.sign * (self.bound - self.value) / abs(self.value))

    @property
    def mark(self) -> str:
        """The worst mark of options and limits."""
        return worst_mark({self.model.projects.mark, *self.model.limits.texts("mark")})

    @property
    def view_name(self) -> Text:
        """Whose money is counted."""
        return views()[self.model.wanted.view].name

    @property
    def relaxed_distance(self) -> float:
        """By what share the relaxation is better than the choice."""
        if self.relaxed is None or self.value == 0:
            return 0.0
        return self.model.sign * (self.relaxed - self.value) / abs(self.value)

    @property
    def prices_are_rough(self) -> bool:
        """Whether the relaxation is so far off that its prices are a rough guide only."""
        return self.relaxed_distance > setting("rough_prices")

    @property
    def greedy_difference(self) -> float | None:
        """By what share the choice differs from the baseline; ``None`` where that meets nothing."""
        base = self.greedy_value
        if not self.greedy_meets or base == 0 or self.status in ("infeasible", "none"):
            return None
        return (self.value - base) / abs(base)

    @property
    def greedy_value(self) -> float:
        """Objective of the greedy baseline."""
        return self.model.value(self.greedy)

    @property
    def greedy_meets(self) -> bool:
        """Whether the greedy baseline meets the demands."""
        return self.model.meets(self.greedy)


def select(
    projects: Projects,
    wanted: Wanted,
    limits: Rows | None = None,
    watch: Progress | None = None,
) -> Selection:
    """Choose the retrofits that serve an objective best.

    Args:
        projects: the options.
        wanted: years, objective, demands, view of cost, rates.
        limits: limits of money; none by default.
        watch: is told how far the search is, and may stop it.

    Raises:
        Fault: as ``build``.
    """
    model = build(projects, wanted, limits)
    problem = problem_of(model)
    gap = setting("optimality_gap") if wanted.tolerance is None else wanted.tolerance
    relaxed = solve(replace(problem, whole=np.zeros(len(problem.cost), dtype=bool)), gap)
    if relaxed.x is None:
        return _impossible(model, gap, watch)
    found = solve_exactly(model, problem, gap, watch)
    if found.status == "infeasible":
        return _impossible(model, gap, watch)
    return _selected(model, relaxed, found)


def _selected(model: Model, relaxed: Solution, found: Solution) -> Selection:
    """Return what was found, filled up with what still fits and helps."""
    greedy = climb(model)
    prices = _demand_prices(model, relaxed)
    selection = Selection(
        model=model,
        status=found.status,
        chosen=greedy,
        value=0.0,
        bound=_told(model, max(found.bound, relaxed.value)),
        relaxed=_told(model, relaxed.value),
        limit_price=-relaxed.row_price[: len(model.limit_fen)] * _unit(model) / WAN,
        demand_price=prices,
        worth=-relaxed.col_price[: len(model.project)] * _unit(model),
        greedy=greedy,
        reasons=None,
        shortfall=None,
        seconds=found.seconds,
    )
    if found.x is not None:
        chosen = brought_forward(model, climb(model, found.ones(len(model.project))))
    elif selection.greedy_meets:
        chosen = greedy
    else:
        return replace(selection, status="none", chosen=greedy[:0])
    if not model.meets(chosen):
        raise ArithmeticError("what the solver calls a solution misses a demand")
    why = reasons(model, chosen, prices)
    return replace(selection, chosen=chosen, value=model.value(chosen), reasons=why)


def _impossible(model: Model, gap: float, watch: Watch | None) -> Selection:
    """Return what comes nearest where the demands cannot be met, and what is missing."""
    lack = shortfall(model, gap, watch)
    chosen = brought_forward(model, lack.reached)
    return Selection(
        model=model,
        status="infeasible",
        chosen=chosen,
        value=model.value(chosen),
        bound=None,
        relaxed=None,
        limit_price=np.full(len(model.limit_fen), np.nan),
        demand_price={},
        worth=np.full(len(model.project), np.nan),
        greedy=climb(model),
        reasons=None,
        shortfall=lack,
        seconds=0.0,
    )


def _demand_prices(model: Model, relaxed: Solution) -> dict[str, float]:
    """Return what each demand costs at the margin, in the objective per unit."""
    first = len(model.limit_fen) + len(model.groups)
    price = relaxed.row_price[first : first + len(model.demands)] * _unit(model)
    return dict(zip(model.demands, (price + 0.0).tolist(), strict=True))  # −0 becomes 0


def _unit(model: Model) -> int:
    """Return the unit of the objective inside the program, in its unit outside."""
    return WAN if model.objective.of == "cost" else 1


def _told(model: Model, value: float) -> float:
    """Return a value that is to be minimised inside as the objective that people know."""
    return -model.sign * value * _unit(model)
