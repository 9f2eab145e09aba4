"""What a sentence names by the way or states: wholes, abilities, lists, how things are."""

from __future__ import annotations

import re
from functools import cache

from dafeng.reader.draft import Draft
from dafeng.reader.lexicon import data, pattern_of
from dafeng.reader.quantity import Quantity
from dafeng.reader.sentence import Sentence

_SHARES = frozenset({"%", "percentage points", "times"})
_CAN = re.compile(r" can (?:also |each |thus )?(?:[a-z]+ )(?:[a-z]+[ ,]+){0,8}?[^a-z,;]{0,4}$")
_SAVING = re.compile(
    r" ?(?:and )?(?:saving|cutting|reducing|avoiding|replacing|equivalent)(?![a-z])"
)
_UNDERWAY = re.compile(
    r" (?:is|are) (?:now |already |currently |still )?(?!expect|aim|plann)[a-z]+ing "
)
_OF_WHOLE = re.compile(
    r"(?: [a-z-]+){0,2}? (?:out )?of (?:(?:a total of|(?:its|their|all|the)(?: [a-z’'-]+){0,2}) )?"
)
_ITEM = re.compile(r" (?:[a-z-]+ ){0,4}[a-z-]+s(?:, | and |, and )")


def able(sentence: Sentence, one: Quantity) -> bool:
    """Whether it tells what something can do: "such a plant can save 15 percent of its coal"."""
    if sentence.chinese or one.unit is None or one.unit.count:
        return False
    first = sentence.clause(one.start)[0]
    if first > sentence.start and _SAVING.match(sentence.folded, first):
        # "it can produce 200 GWh, saving 70,000 tons of coal"
        first = sentence.clause(first - 1)[0]
    can = sentence.folded.rfind(" can ", first, one.start)
    if can >= 0 and first < sentence.clause(one.start)[0]:
        return True
    return can >= 0 and _CAN.match(sentence.folded, can, one.start) is not None


def underway(sentence: Sentence, one: Quantity) -> bool:
    """Whether a clause tells what is being done: "crews are putting up 3 million panels"."""
    if sentence.chinese:
        return False
    first = sentence.clause(one.start)[0]
    doing = _UNDERWAY.search(sentence.folded, first, one.start) is not None
    return doing and sentence.labels(first, one.start).isdisjoint({"future", "strive"})


_OF_THE_AIM = re.compile(
    r" of (?:the|its|their) [\d.,]+ ?(?:%|percent|per cent|percentage points)"
    r"(?: (?:that|which|target|goal|reduction|cut|fall|drop|required|planned|set|due)(?![a-z]))"
)


def of_the_aim(sentence: Sentence, one: Quantity) -> bool:
    """Whether it tells how much of an aim is done: "only 61 percent of the 14 percent that is"."""
    return _OF_THE_AIM.match(sentence.folded, one.end) is not None


def of_whole(sentence: Sentence, one: Quantity) -> bool:
    """Whether it counts what a part is told of: "close 5 of its 12 boilers"."""
    if sentence.chinese or one.unit is None or one.unit.name in _SHARES:
        return False
    low = max(sentence.start, one.start - data("sentences")["lead"])
    if sentence.folded.find(" of ", low, one.start) < 0:
        return False
    ahead = [q for q in sentence.quantities if low <= q.end < one.start]
    alike = [q for q in ahead if q.unit is None or q.unit == one.unit]
    return any(_OF_WHOLE.fullmatch(sentence.folded, q.head, one.start) for q in alike)


def lists(sentence: Sentence, one: Quantity, before: Draft) -> bool:
    """Whether a count stands in a list behind another one that aims at something or tells it."""
    if sentence.chinese or before.start < sentence.start or before.kind == "context":
        return False
    counted = before.base_unit is not None and before.base_unit.count
    low = before.quantity.head if before.quantity else before.end
    return counted and _ITEM.fullmatch(sentence.folded, low, one.start) is not None


_ALREADY = re.compile(r"(?: [a-z-]+){0,3}? (?:have|has) (?:already|so far|now) [a-z]")


def already(sentence: Sentence, one: Quantity) -> bool:
    """Whether what is counted has done something: "22 have already set their targets"."""
    return "perfect" in sentence.says and _ALREADY.match(sentence.folded, one.end) is not None


def there_are(sentence: Sentence) -> bool:
    """Whether a sentence tells what there is: "There are 14 of them, with 7.8 million tonnes"."""
    return not sentence.chinese and _THERE.match(sentence.folded, sentence.start) is not None


_THERE = re.compile(r"\s*there (?:are|is|were|was) ")


def states(sentence: Sentence, one: Quantity) -> bool:
    """Whether an English clause tells in the present how things are: "coal makes up 56 %"."""
    if sentence.chinese or not (one.digits or (one.unit and one.unit.name == "%")):
        return False
    first, last = sentence.clause(one.start)
    said = sentence.labels(first, last)
    return not said & {"future", "strive", "cap"} and bool(
        _states().search(sentence.folded, first, last)
    )


@cache
def _states() -> re.Pattern[str]:
    no_noun = "(?<!the )(?<!energy )(?<!water )"
    return re.compile(
        rf"(?<![a-z])(?:{pattern_of(data('cues')['states_en'])}|{no_noun}uses?(?![a-z]))"
    )


_DID = re.compile(
    r"(?<!be )(?<!been )(?<!being )(?<!is )(?<!are )(?<!or )(?<!the )(?<!to )"
    r"\b(?!need|plann|propos|expect|requir|schedul|target|reduc|rais|combin)[a-z]{2,12}ed"
    r" (?:out |up |in |off |into [a-z]+ )?(?:about |around |nearly |some |over |almost |roughly "
    r"|more than |less than |a total of |an? (?:additional |further )?)?$"
)
_DID_ZH = re.compile("(?<!为)了(?:大约|约|近|将近|超过|超|逾|共|共计)?$")
_IS = re.compile(
    r" (?:is|are|stands at|stood at|came to|amounted to|totall?ed|accounts? for|makes? up|emits?)"
    r" (?:now |currently |about |around |nearly |over )?$"
)
_NOW = re.compile(r"\((?:now|currently|at present|today)[ :]*(?:only |about |just )*$")
_AT_PRESENT = re.compile(r",? (?:at present|now|currently|at the moment|today)(?=[,;.])")


def is_now(sentence: Sentence, one: Quantity) -> bool:
    """Whether a figure is how things are before what will be: "is 62.5 % and will be 63 %"."""
    if sentence.chinese:
        return False
    low = max(sentence.start, one.start - len("(currently only about "))
    if _AT_PRESENT.match(sentence.folded, one.end) or _NOW.search(sentence.folded, low, one.start):
        return True
    if "future" not in sentence.says:
        return False
    first, last = sentence.clause(one.start)
    low = max(first, one.start - len(" stands at currently "))
    if not _IS.search(sentence.folded, low, one.start):
        return False
    ahead, behind = sentence.labels(first, one.start), sentence.labels(one.end, last)
    return "future" in behind and "future" not in ahead


def narrates(sentence: Sentence, one: Quantity) -> bool:
    """Whether a figure is the object of a verb in the past: "handled 20 million tons", 支撑了5%."""
    low = max(sentence.clause(one.start)[0], one.start - data("sentences")["lead"])
    if sentence.chinese:
        near = sentence.folded.rfind("了", low, one.start)
        return near >= 0 and _DID_ZH.search(sentence.folded, low, one.start) is not None
    near = sentence.folded.rfind("ed ", low, one.start)
    return near >= 0 and _DID.search(sentence.folded, low, one.start) is not None
