"""Durations that are figures: how old what is sorted out is, and how many days something lasts."""

from __future__ import annotations

import re
from functools import cache

from dafeng.reader.lexicon import data, fold, pattern_of

_AHEAD = len("in operation for more than at least ")  # how far before a number its words may begin


def age(folded: str, start: int) -> str | None:
    """Comparator of an age that begins at a place: 运行满25年, "in service for over 25 years"."""
    found = _ages().search(folded, max(0, start - _AHEAD), start)
    return data("units")["ages"][found["words"]] if found else None


def lasts(folded: str, start: int) -> bool:
    """Whether days are told that something lasts or is good: 错峰停窑不少于150天."""
    return _lasting().search(folded, max(0, start - _AHEAD), start) is not None


@cache
def _ages() -> re.Pattern[str]:
    return re.compile(rf"(?P<words>{pattern_of(data('units')['ages'])}) ?$")


@cache
def _lasting() -> re.Pattern[str]:
    words = pattern_of(map(fold, data("units")["lasting"]))
    return re.compile(rf"{words}[^，。；,;.\d]{{0,14}}$")
