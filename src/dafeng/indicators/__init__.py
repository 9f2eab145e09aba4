"""Declared indicators, their values, and progress against targets."""

from dafeng.indicators.formulas import chain, geometric_path, linear_path, log_ratio, pace
from dafeng.indicators.progress import Progress, bands, judge
from dafeng.indicators.read import board, board_of_reporters, indicators, read
from dafeng.indicators.readings import Reading, statuses
from dafeng.indicators.schema import Indicator
from dafeng.indicators.sums import Total, intensity_change

__all__ = [
    "Indicator",
    "Progress",
    "Reading",
    "Total",
    "bands",
    "board",
    "board_of_reporters",
    "chain",
    "geometric_path",
    "indicators",
    "intensity_change",
    "judge",
    "linear_path",
    "log_ratio",
    "pace",
    "read",
    "statuses",
]
