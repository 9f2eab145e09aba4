"""Judges against rules: a value against a scale, participants against a scorecard."""

from dafeng.grading.jobs import Amount, Job, Ratio, Reason, amounts, jobs, reasons
from dafeng.grading.prices import PRICE, Charge, charge, formulas_of, is_price, price_sheet
from dafeng.grading.ratings import Placing, Rating, card_of, editions_of, place, rate
from dafeng.grading.scales import BEYOND, Graded, grade
from dafeng.grading.scorecards import Scored, classify, score, settled
from dafeng.grading.sheets import GROW, LACKS, REASON, Row, card_sheet, read_sheet, scale_sheet

__all__ = [
    "BEYOND",
    "GROW",
    "LACKS",
    "PRICE",
    "REASON",
    "Amount",
    "Charge",
    "Graded",
    "Job",
    "Placing",
    "Rating",
    "Ratio",
    "Reason",
    "Row",
    "Scored",
    "amounts",
    "card_of",
    "card_sheet",
    "charge",
    "classify",
    "editions_of",
    "formulas_of",
    "grade",
    "is_price",
    "jobs",
    "place",
    "price_sheet",
    "rate",
    "read_sheet",
    "reasons",
    "scale_sheet",
    "score",
    "settled",
]
