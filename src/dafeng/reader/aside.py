"""What an English sentence names by the way or states: wholes, abilities, lists, how things are."""

from __future__ import annotations

import re
from functools import cache

from dafeng.reader.draft import Draft
from dafeng.reader.lexicon import data, pattern_of
from dafeng.reader.quantities import Quantity
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
        first = sentence.clause(first - 1)[
            0
        ]  # "it can produce 200 GWh, saving 70,000 tons of coal"
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
