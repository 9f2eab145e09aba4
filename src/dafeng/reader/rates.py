"""Rates that cannot pass the whole, by the words before a share."""

from __future__ import annotations

import re

from dafeng.reader.sentence import Sentence


def is_rate(sentence: Sentence, start: int, place: int) -> bool:
    """Whether a share is told to be the level of a rate: "the rate rose to", 保护率达到.

    So is the share "of the new houses, 97 %".
    """
    folded = sentence.folded
    if "一" <= folded[place - 1] <= "龥":
        return _RATE_ZH.search(folded, start, place) is not None
    if _OF_ALL.fullmatch(folded, sentence.start, place):
        return True
    rates = list(_RATES.finditer(folded, start, place))
    return bool(rates and _RATE.fullmatch(folded, rates[-1].start(), place))


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
_RATES = re.compile(" (?:rate|ratio|utili[sz]ation|compliance|penetration|electrification)s? ")
_REACHED = (
    "(?:(?:rose|risen|rise|increased?|raised|improved|climbed|grown?|grew) to|reach(?:ed|es|ing)?"
    "|stood at|(?:kept|remain(?:s|ed)?) at|exceed(?:ed|s)?|was|were|is|are|be)"
)
_RATE = re.compile(
    r" [a-z]+(?: of [a-z-]+(?: [a-z-]+){0,8}?)?"
    rf"(?: (?:was |is |has |have |been |will |shall |should |only |already )*{_REACHED})?"
    r"(?: about| around| nearly| over| more than| at least| as high as)? "
)
_RATE_ZH = re.compile(
    "率(?:已|将|均|要|力争|分别|也)*(?:(?:提高|提升|上升|升)?[达到至]{1,2}|为|超过|保持在|稳定在|是)约?$"
)
