"""The face of energy budgets: allocate, follow, settle, backtest, and what is said of each firm."""

from dafeng.workspace.budget_allocation import (
    Adjusted,
    Allocated,
    Asked,
    adjustments,
    adopt,
    adopt_adjustments,
    preview,
)
from dafeng.workspace.budget_claims import told_allocated
from dafeng.workspace.budget_followed import Followed, Ways
from dafeng.workspace.budget_lines import Line, Punished, line
from dafeng.workspace.budget_lists import (
    Monitored,
    Settled,
    keep_budget_figures,
    monitored,
    settled,
)
from dafeng.workspace.budget_series import Weeks, weekly
from dafeng.workspace.budget_trees import Told
from dafeng.workspace.budgets import Backtest, Budgets

__all__ = [
    "Adjusted",
    "Allocated",
    "Asked",
    "Backtest",
    "Budgets",
    "Followed",
    "Line",
    "Monitored",
    "Punished",
    "Settled",
    "Told",
    "Ways",
    "Weeks",
    "adjustments",
    "adopt",
    "adopt_adjustments",
    "keep_budget_figures",
    "line",
    "monitored",
    "preview",
    "settled",
    "told_allocated",
    "weekly",
]
