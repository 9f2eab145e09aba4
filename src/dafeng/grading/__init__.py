"""Judges against rules: a value against a scale, participants against a scorecard."""

from dafeng.grading.ratings import Placing, Rating, card_of, editions_of, place, rate
from dafeng.grading.scales import BEYOND, Graded, grade
from dafeng.grading.scorecards import Scored, classify, score, settled
from dafeng.grading.sheets import Row, card_sheet, read_sheet, scale_sheet

__all__ = [
    "BEYOND",
    "Graded",
    "Placing",
    "Rating",
    "Row",
    "Scored",
    "card_of",
    "card_sheet",
    "classify",
    "editions_of",
    "grade",
    "place",
    "rate",
    "read_sheet",
    "scale_sheet",
    "score",
    "settled",
]
