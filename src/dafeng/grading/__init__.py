"""Judges against rules: a value against a scale, participants against a scorecard."""

from dafeng.grading.jobs import Amount, Job, Ratio, Reason, amounts, jobs, reasons
from dafeng.grading.lazy import Chosen, Lazy, joined, whole
from dafeng.grading.prices import PRICE, Charge, charge, formulas_of, is_price, price_sheet
from dafeng.grading.rated import Placings, Ratings, card_of, editions_of, place, rate
from dafeng.grading.ratings import Placing, Rating
from dafeng.grading.scales import BEYOND, Graded, grade
from dafeng.grading.scorecards import Scored, score
from dafeng.grading.sheets import (
    GROW,
    LACKS,
    REASON,
    Row,
    Sheet,
    card_sheet,
    read_sheet,
    scale_sheet,
)

__all__ = [
    "BEYOND",
    "GROW",
    "LACKS",
    "PRICE",
    "REASON",
    "Amount",
    "Charge",
    "Chosen",
    "Graded",
    "Job",
    "Lazy",
    "Placing",
    "Placings",
    "Rating",
    "Ratings",
    "Ratio",
    "Reason",
    "Row",
    "Scored",
    "Sheet",
    "amounts",
    "card_of",
    "card_sheet",
    "charge",
    "editions_of",
    "formulas_of",
    "grade",
    "is_price",
    "jobs",
    "joined",
    "place",
    "price_sheet",
    "rate",
    "read_sheet",
    "reasons",
    "scale_sheet",
    "score",
    "whole",
]
