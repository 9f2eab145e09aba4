"""Reports: what the surfaces print. They render and do not compute."""

from dafeng.report.board import board_tables, comparator_words, line_dict
from dafeng.report.budget import (
    budget_dict,
    budget_view,
    monitor_dict,
    monitor_view,
    settle_dict,
    settle_view,
)
from dafeng.report.budget_allocated import (
    adjusted_dict,
    adjusted_view,
    allocated_dict,
    allocated_view,
)
from dafeng.report.budget_tests import backtest_dict, backtest_view, weeks_dict, weeks_view
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
from dafeng.report.compare import comparison_dict, comparison_view
from dafeng.report.decomposition import decomposition_dict, decomposition_view
from dafeng.report.gate import gate_list_dict, gate_list_view, opinion_dict, opinion_view
from dafeng.report.gate_files import opinion_document, opinion_page, write_opinion
from dafeng.report.grade_books import graded_books_dict, graded_books_view
from dafeng.report.grades import placing_dict, placings_view, rating_dict, ratings_view
from dafeng.report.market import allocation_dict, allocation_view
from dafeng.report.meters import lever_dict, lever_rows, verified_dict, verified_view
from dafeng.report.nowcast import nowcast_dict, nowcast_view
from dafeng.report.pages import page_texts, pages
from dafeng.report.peaks import scores_dict, scores_view, status_view
from dafeng.report.plans import plan_row, plan_view
from dafeng.report.portfolio import (
    curve_view,
    said,
    search_words,
    selection_dict,
    selection_findings,
    selection_view,
)
from dafeng.report.prices import charge_dict, charges_view
from dafeng.report.projection import (
    attribution_dict,
    attribution_view,
    projection_dict,
    projection_view,
)
from dafeng.report.reader import measures_view, merged_view, reading_view, score_view
from dafeng.report.review import review_page
from dafeng.report.room import barometer_dict, barometer_view, room_dict, room_view
from dafeng.report.rule_cards import cards_of, document_card, resting
from dafeng.report.rule_lists import day_of, rules_data, rules_view
from dafeng.report.rules import rule_view
from dafeng.report.split import promised_dict, promised_view, split_dict, split_view
from dafeng.report.sums import sum_dict, sum_view
from dafeng.report.supervision import (
    deadline,
    factor_dict,
    factors_view,
    firm_dict,
    firm_view,
    matters_view,
    supervised_dict,
    supervision_dict,
    supervision_view,
)
from dafeng.report.tables import (
    account_dict,
    account_lines,
    finding_lines,
    import_lines,
    listing,
)
from dafeng.report.tree import tree_view
from dafeng.report.words import PERCENT, mark_words, number, rate, word

__all__ = [
    "PERCENT",
    "Card",
    "Cell",
    "Grid",
    "account_dict",
    "account_lines",
    "adjusted_dict",
    "adjusted_view",
    "allocated_dict",
    "allocated_view",
    "allocation_dict",
    "allocation_view",
    "attribution_dict",
    "attribution_view",
    "backtest_dict",
    "backtest_view",
    "barometer_dict",
    "barometer_view",
    "board_tables",
    "budget_dict",
    "budget_view",
    "cards_of",
    "change_dict",
    "changes_view",
    "charge_dict",
    "charges_view",
    "comparator_words",
    "comparison_dict",
    "comparison_view",
    "curve_view",
    "day_of",
    "deadline",
    "decomposition_dict",
    "decomposition_view",
    "document_card",
    "exact",
    "factor_dict",
    "factors_view",
    "figures",
    "finding_lines",
    "firm_dict",
    "firm_view",
    "gate_list_dict",
    "gate_list_view",
    "graded_books_dict",
    "graded_books_view",
    "hit_dict",
    "hits_view",
    "import_lines",
    "lever_dict",
    "lever_rows",
    "line_dict",
    "listing",
    "mark_words",
    "matters_view",
    "measures_view",
    "merged_view",
    "monitor_dict",
    "monitor_view",
    "nowcast_dict",
    "nowcast_view",
    "number",
    "opinion_dict",
    "opinion_document",
    "opinion_page",
    "opinion_view",
    "overlay_dicts",
    "overlay_view",
    "page_texts",
    "pages",
    "placing_dict",
    "placings_view",
    "plan_row",
    "plan_view",
    "preview_dict",
    "preview_view",
    "projection_dict",
    "projection_view",
    "promised_dict",
    "promised_view",
    "rate",
    "rating_dict",
    "ratings_view",
    "reading_view",
    "resting",
    "review_page",
    "room_dict",
    "room_view",
    "rule_view",
    "rules_data",
    "rules_view",
    "said",
    "score_view",
    "scores_dict",
    "scores_view",
    "search_words",
    "selection_dict",
    "selection_findings",
    "selection_view",
    "settle_dict",
    "settle_view",
    "split_dict",
    "split_view",
    "status_view",
    "sum_dict",
    "sum_view",
    "supervised_dict",
    "supervision_dict",
    "supervision_view",
    "tree_view",
    "verified_dict",
    "verified_view",
    "weeks_dict",
    "weeks_view",
    "word",
    "write_opinion",
]
