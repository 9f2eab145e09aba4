"""The comparator of a figure, and how far the words beside the number belong to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from dafeng.reader.lexicon import Hit, data, fold, pattern_of
from dafeng.reader.quantity import Quantity
from dafeng.reader.sentence import Sentence


class Compared(NamedTuple):
    """A comparator, and the span of the figure with the words that belong to it.

    Attributes:
        sign: ``= > >= < <= about``.
        cap: whether it makes the figure an upper bound that is not to be passed.
    """

    sign: str
    cap: bool
    start: int
    end: int


_GAP = re.compile(
    r"(?:了|为|使用|建成|建设|打造|创建|培育|完成|实施|开展|形成"
    r"| ?(?:by|to|of|the|a total of|an additional))? ?"
)


def inclusive(sentence: Sentence, place: int) -> int:
    """End of a bracket "(inclusive)" at a place, or the place itself."""
    found = _inclusive().match(sentence.folded, place)
    return found.end() if found else place


@cache
def _inclusive() -> re.Pattern[str]:
    return re.compile(f" ?{pattern_of(map(fold, data('comparators')['inclusive']))}")


def compare(sentence: Sentence, one: Quantity) -> Compared:
    """The comparator beside a quantity; of two, the one behind it unless a bound leads."""
    sign, cap, start, end = "=", False, one.start, inclusive(sentence, one.end)
    for hit, side, word in _beside(sentence, one):
        if side == "before" and _GAP.fullmatch(sentence.folded, hit.end, one.start):
            sign, cap = word.rstrip("!"), word.endswith("!")
            start = hit.start if sentence.chinese else start
        elif side == "after" and one.end <= hit.start <= end + 1:
            end = hit.end
            if sign[0] == ">" and word.endswith("!"):
                continue  # 不低于30%的红线: that line is a floor
            if word[0] == "<" or sign not in {"<=", "<"}:
                sign = word.rstrip("!")
            cap = cap or word.endswith("!")
    if sign == "=" and one.more:
        sign = ">"
    return Compared(one.bound or sign, cap, start, end)


def _beside(sentence: Sentence, one: Quantity) -> Iterator[tuple[Hit, str, str]]:
    """The words of comparison near a quantity, with the side that each is for."""
    reach: int = data("sentences")["comparator"]
    for hit in sentence.within(one.start - 2 * reach, one.end + reach):
        for side, word in _sides(hit.labels) if one.start - hit.end <= reach else ():
            if side == "after" or hit.end <= one.start:
                yield hit, side, word


@cache
def _sides(labels: frozenset[str]) -> list[tuple[str, str]]:
    """Side and sign of each comparison that a word makes ("cmp before <=")."""
    made = (label.split() for label in labels if label.startswith("cmp "))
    return [(side, sign) for _, side, sign in made]
