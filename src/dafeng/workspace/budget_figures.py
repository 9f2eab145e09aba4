"""Figures of budgets by id: given, forecast, level, execution, allocated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dafeng.vocabulary import Fault
from dafeng.workspace.budget_allocation import Asked, preview
from dafeng.workspace.budget_claims import told_allocated
from dafeng.workspace.budget_trees import (
    Told,
    told_budget,
    told_execution,
    told_forecast,
    told_level,
)
from dafeng.workspace.budgets import Budgets

if TYPE_CHECKING:
    from dafeng.workspace import Workspace


def told(workspace: Workspace, name: str, scope: str, year: str) -> Told:
    """Return the figure of budgets that an id without its hash names.

    Raises:
        Fault: ``unknown_figure``, and as the verb that shows it.
    """
    budgets, rules = Budgets(workspace), workspace.rules
    reporter, *said = scope.split("~")
    if name == "allocated":
        found = preview(budgets, _asked(said, year, scope))
        return told_allocated(found, found.held.ids.index(reporter), rules)
    if name == "execution":
        followed, settled = budgets.settle(None, _year(year, scope))
        return told_execution(followed, settled, followed.find(reporter), rules)
    tellers = {"given": told_budget, "forecast": told_forecast, "level": told_level}
    if name not in tellers:
        raise Fault("unknown_figure", label=f"budget:{name}:{scope}:{year}")
    as_of = said[0].removeprefix("asof-") if said else f"{_year(year, scope)}-12"
    followed = budgets.follow(None, as_of)
    if str(followed.year) != year:
        raise Fault("unknown_figure", label=f"budget:{name}:{scope}:{year}")
    return tellers[name](followed, followed.find(reporter), rules)


def _asked(said: list[str], year: str, scope: str) -> Asked:
    match said:
        case [region, rule, total, *rest] if total.removeprefix("total-").isdigit():
            outside = rest[0].removeprefix("outside-") if rest else ""
            return Asked(
                region,
                _year(year, scope),
                int(total.removeprefix("total-")),
                rule,
                int(outside) if outside.isdigit() else None,
            )
    raise Fault("bad_figure_id", label=scope)


def _year(text: str, scope: str) -> int:
    if not text.isdigit():
        raise Fault("bad_figure_id", label=f"{scope}:{text}")
    return int(text)
