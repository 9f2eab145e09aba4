"""Rates that cannot pass the whole, by the words before a share."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

from dafeng.reader.lexicon import data, fold, pattern_of
from dafeng.reader.sentence import Sentence


def is_rate(sentence: Sentence, start: int, place: int) -> bool:
    """Whether a share is told to be the level of a rate: "the rate rose to", 保护率达到.

    So is the share "of the new houses, 97 %".
    """
    folded = sentence.folded
    if "一" <= folded[place - 1] <= "龥":
        return _rates_zh().search(folded, start, place) is not None
    if _OF_ALL.fullmatch(folded, sentence.start, place):
        return True
    rates = list(_rates().finditer(folded, start, place))
    return bool(rates and _RATE.fullmatch(folded, rates[-1].end() - 1, place))


def told_since(sentence: Sentence, place: int) -> int:
    """Where the words begin that tell of what a share is: at its clause, or at the one before.

    So in a list, "20%, 110% and 5%", and where a clause tells of nothing but another share of the
    same: "The use of wind is 96 %, and that of sunlight 98 %", 风电利用率96%，光伏98%.
    """
    first, _ = sentence.clause(place)
    near = not sentence.chinese and place - first < _NEXT
    listed = near or _AGAIN.fullmatch(sentence.folded, first, place)
    while listed and sentence.folded.endswith(_SHARES, sentence.start, first):
        first, _ = sentence.clause(first - len(", "))
    return first


_NEXT = len("and about ")
_SHARES = ("%, ", "percent, ", "%，", "%；", "%; ")
_AGAIN = re.compile(
    r"[ ,]*(?:(?:and|while|but) )?"
    r"(?:(?:by|in) \d{4},? |that (?:of|for|in) (?:[a-z-]+ ){1,5}?)"
    r"(?:(?:is|was|were|will be|will reach|reached|to|only) )?(?:about |over |nearly |more than )?"
    "|[\u4e00-\u9fa5](?:(?![的比较超增完目计任长])[\u4e00-\u9fa5]){1,8}"
)
_OF_ALL = re.compile(
    r"[^a-z]*(?:[a-z]+, )?(?:of|among) (?:all |the )*[a-z -]{3,60}, (?:about |some )?"
)
_REACHED = (
    "(?:(?:rose|risen|rise|increased?|raised|improved|climbed|grown?|grew) to|reach(?:ed|es|ing)?"
    "|stood at|(?:kept|remain(?:s|ed)?) at|exceed(?:ed|s)?|was|were|is|are|be)"
)
_RATE = re.compile(
    r"(?: of [a-z-]+(?: [a-z-]+){0,8}?)?"
    rf"(?: (?:was |is |has |have |been |will |shall |should |only |already )*{_REACHED})?"
    r"(?: about| around| nearly| over| more than| at least| as high as)? "
)


@cache
def _rates() -> re.Pattern[str]:
    """The rates that cannot pass the whole, but for what they are of."""
    words = data("impossible")["rates"]
    alone, kinds = pattern_of(map(fold, words["alone"])), pattern_of(map(fold, words["en"]))
    named = rf"(?:{alone}|{kinds})(?: rate| ratio)s?|{alone}"
    return re.compile(rf" (?:{named}|rate of (?=(?:[a-z-]+ ){{0,3}}(?:{alone}|{kinds}) )[a-z-]+) ")


@cache
def _rates_zh() -> re.Pattern[str]:
    return re.compile(
        f"{pattern_of(data('impossible')['rates']['zh'])}(?:已|将|均|要|力争|分别|也)*"
        "(?:(?:提高|提升|上升|升)?[达到至]{1,2}|为|超过|保持在|稳定在|是)约?$"
    )


def beyond_most(sentence: Sentence, start: int, place: int, value: Decimal) -> bool:
    """Whether a rate that can pass the whole, but not by far, is above what it can be."""
    most: int = data("impossible")["rates"]["most"]
    return value > most and _FULL.search(sentence.folded, start, place) is not None


_FULL = re.compile("产能(?:综合)?利用率|capacity utili[sz]ation")


def of_what(sentence: Sentence, place: int) -> tuple[bool, bool]:
    """Whether a share is told to be a part of something, and whether it may be above that.

    It may be above what was planned, and above another year's.
    """
    if not sentence.folded.startswith(" of ", place):
        return False, False
    passed = _may_be_passed().match(sentence.folded, place) is not None
    return not passed, passed


@cache
def _may_be_passed() -> re.Pattern[str]:
    """What is planned, or another year's: "of the 2005 level", "of that in 2005"."""
    words = pattern_of(data("garbles")["may_be_passed"])
    year = r"(?:the |its |their |that |those |(?:level|amount|output|figure|value)s? |in |of )*"
    return re.compile(rf" of (?:(?:[a-z'’-]+ ){{0,5}}?{words}|{year}(?:19|20)\d\d(?!\d))", re.ASCII)
