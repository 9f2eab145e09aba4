"""Reports: what the surfaces print. They render and do not compute."""

from dafeng.report.board import board_tables, goal_words, line_dict
from dafeng.report.cards import Card, Cell, Grid, exact
from dafeng.report.changes import (
    change_dict,
    changes_view,
    hit_dict,
    hits_view,
    overlay_dicts,
    overlay_view,
    preview_dict,
    preview_view,
)
from dafeng.report.market import allocation_dict, allocation_view
from dafeng.report.pages import page_texts, pages
from dafeng.report.plans import plan_row, plan_view
from dafeng.report.rule_cards import cards_of, document_card, resting
from dafeng.report.rule_lists import day_of, rules_data, rules_view
from dafeng.report.rules import rule_view
from dafeng.report.split import promised_dict, promised_view, split_dict, split_view
from dafeng.report.sums import sum_dict, sum_view
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
    "Card",
    "Cell",
    "Grid",
    "account_dict",
    "account_lines",
    "allocation_dict",
    "allocation_view",
    "board_tables",
    "cards_of",
    "change_dict",
    "changes_view",
    "day_of",
    "document_card",
    "exact",
    "finding_lines",
    "goal_words",
    "hit_dict",
    "hits_view",
    "import_lines",
    "line_dict",
    "listing",
    "mark_words",
    "number",
    "overlay_dicts",
    "overlay_view",
    "page_texts",
    "pages",
    "plan_row",
    "plan_view",
    "preview_dict",
    "preview_view",
    "promised_dict",
    "promised_view",
    "rate",
    "resting",
    "rule_view",
    "rules_data",
    "rules_view",
    "split_dict",
    "split_view",
    "sum_dict",
    "sum_view",
    "tree_view",
    "word",
]
