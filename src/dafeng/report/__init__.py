"""Reports: what the surfaces print. They render and do not compute."""

from dafeng.report.board import board_tables, goal_words, line_dict
from dafeng.report.rules import plan_row, plan_view, rule_view, rules_data, rules_view
from dafeng.report.tables import (
    account_dict,
    account_lines,
    finding_lines,
    import_lines,
    listing,
)
from dafeng.report.tree import tree_view
from dafeng.report.words import mark_words, number, rate, word

__all__ = [
    "account_dict",
    "account_lines",
    "board_tables",
    "finding_lines",
    "goal_words",
    "import_lines",
    "line_dict",
    "listing",
    "mark_words",
    "number",
    "plan_row",
    "plan_view",
    "rate",
    "rule_view",
    "rules_data",
    "rules_view",
    "tree_view",
    "word",
]
