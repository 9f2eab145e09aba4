"""Judges against rules: a value against a scale, participants against a scorecard."""

from dafeng.grading.scales import Graded, grade
from dafeng.grading.scorecards import Scored, classify, score, settled

__all__ = ["Graded", "Scored", "classify", "grade", "score", "settled"]
