"""Figures: one function each, from the tidy tables that the nouns return to an Altair chart.

The same function serves a notebook, a report, and the commands (``--figure FILE``). ``save`` writes
SVG, PNG, HTML or Vega-Lite JSON; nothing is fetched and no browser is needed. Altair takes a
second to load, so this package is imported where a figure is drawn and nowhere else.
"""

from dafeng.report.figures.change import decomposition, wedges
from dafeng.report.figures.cost import choice, cost_curve
from dafeng.report.figures.fan import fan
from dafeng.report.figures.files import check, save
from dafeng.report.figures.months import nowcast
from dafeng.report.figures.series import history, peaked, status
from dafeng.report.figures.targets import target_paths

__all__ = [
    "check",
    "choice",
    "cost_curve",
    "decomposition",
    "fan",
    "history",
    "nowcast",
    "peaked",
    "save",
    "status",
    "target_paths",
    "wedges",
]
