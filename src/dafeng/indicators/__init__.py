"""Declared indicators, their values, and progress against targets."""

from dafeng.indicators.apportion import apportion, exact, half_up
from dafeng.indicators.compare import Compared, Comparison, compare, yearly_rate
from dafeng.indicators.decompose import Rule, Share, Split, split
from dafeng.indicators.formulas import chain, geometric_path, linear_path, log_ratio, pace
from dafeng.indicators.groups import group_lines, holders
from dafeng.indicators.holdings import Holdings, there
from dafeng.indicators.paths import path_table
from dafeng.indicators.progress import Progress, bands, judge
from dafeng.indicators.promises import Promise, Promised, promised
from dafeng.indicators.read import (
    board,
    board_of_reporters,
    excluded_lists,
    indicators,
    named_items,
    read,
)
from dafeng.indicators.readings import Reading, statistic_node, statuses
from dafeng.indicators.rebase import Rebased
from dafeng.indicators.schema import Indicator
from dafeng.indicators.splits import (
    BASE,
    Part,
    RuleName,
    amount_unit,
    base_measure,
    best_share,
    known_amount,
    split_rules,
    split_tables,
    target_node,
    whole_of,
)
from dafeng.indicators.sum_lines import Roll, makers, sum_lines, within
from dafeng.indicators.sum_of import ALL, Sum, Wanted, in_boundary, wanted_of
from dafeng.indicators.sums import Total, counted, intensity_change

__all__ = [
    "ALL",
    "BASE",
    "Compared",
    "Comparison",
    "Holdings",
    "Indicator",
    "Part",
    "Progress",
    "Promise",
    "Promised",
    "Reading",
    "Rebased",
    "Roll",
    "Rule",
    "RuleName",
    "Share",
    "Split",
    "Sum",
    "Total",
    "Wanted",
    "amount_unit",
    "apportion",
    "bands",
    "base_measure",
    "best_share",
    "board",
    "board_of_reporters",
    "chain",
    "compare",
    "counted",
    "exact",
    "excluded_lists",
    "geometric_path",
    "group_lines",
    "half_up",
    "holders",
    "in_boundary",
    "indicators",
    "intensity_change",
    "judge",
    "known_amount",
    "linear_path",
    "log_ratio",
    "makers",
    "named_items",
    "pace",
    "path_table",
    "promised",
    "read",
    "split",
    "split_rules",
    "split_tables",
    "statistic_node",
    "statuses",
    "sum_lines",
    "target_node",
    "there",
    "wanted_of",
    "whole_of",
    "within",
    "yearly_rate",
]
