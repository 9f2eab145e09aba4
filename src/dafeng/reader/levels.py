"""Levels that a rule sets: benchmark, baseline and advanced values."""

from __future__ import annotations

import re
from functools import cache

from dafeng.reader.comparators import Compared
from dafeng.reader.lexicon import both, data, fold, pattern_of
from dafeng.reader.quantity import Quantity
from dafeng.reader.sentence import Sentence
from dafeng.reader.when import dated

_SHARES = frozenset({"%", "percentage points", "times"})


def is_level(sentence: Sentence, one: Quantity, compared: Compared) -> bool:
    """Whether a figure is a level that is set: 先进值按94千克标准煤/吨, "above 435 kg must be"."""
    if one.unit is None or one.unit.name in _SHARES or one.unit.count:
        return False
    led = levelled(sentence, one) or _in_levels(sentence, one) or _by_standard(sentence, one)
    if one.unit.name == "number" and _LEVELS_EN.search(sentence.folded, sentence.start, one.start):
        led = True  # "…; from natural gas, 1000 and 1200 respectively"
    opens = sentence.folded.startswith(_OPENS, compared.end)
    named = opens and _called().match(sentence.folded, compared.end) is not None
    crossed = compared.sign in {">", "<"} and _must().match(sentence.folded, compared.end)
    return led or named or bool(crossed)


_LEVELS_EN = re.compile("(?:benchmark|baseline) (?:level|value)")


_STANDARD = re.compile("标准(?:暂|统一)?(?:按照?|为|是|定为|调整为|：)(?:每[一-龥]{1,4})?$")


def _by_standard(sentence: Sentence, one: Quantity) -> bool:
    """Whether a standard is set for each of something, for no year: 执行标准为0.3元/千瓦时."""
    if one.unit is None or "/" not in one.unit.name or dated(sentence, one):
        return False
    low = max(sentence.start, one.start - data("sentences")["lead"])
    return _STANDARD.search(sentence.folded, low, one.start) is not None


def levelled(sentence: Sentence, one: Quantity) -> bool:
    """Whether the name of a level leads to a figure."""
    low = max(sentence.start, one.start - data("sentences")["sorted"])
    return _level().search(sentence.folded, low, one.start) is not None


def _in_levels(sentence: Sentence, one: Quantity) -> bool:
    """Whether it stands in a list of levels: 标杆水平、基准水平分别为：A 100…、117…；B 8…、12…."""
    colon = sentence.folded.find("：", sentence.start, one.start) >= 0
    if not colon and "respectively" not in sentence.says:
        return False
    opened = _levels().search(sentence.folded, sentence.start, one.start)
    return opened is not None and not dated(sentence, one)


@cache
def _levels() -> re.Pattern[str]:
    words = pattern_of(data("cues")["levels"]["zh"])
    more = "(?:[和、及与][^，。；0-9]{2,10})?"
    return re.compile(f"{words}{more}(?:(?:分别|依次)?(?:为|是|如下|按)?：|(?:分别|依次)[为是按])")


_OPENS = ("(", "（", " (")


@cache
def _level() -> re.Pattern[str]:
    words = pattern_of(map(fold, both(data("cues")["levels"])))
    verb = "(?:暂|统一)?(?:按照?|为|是|取|定为|调整为|:|：| is| are| of| at| was| set at)?"
    each = "(?:每[一-龥]{1,4})?"
    of = "(?: (?:of|for|in|on) [a-z ,'-]{3,60}? (?:is|are|at|shall be|will be))?"
    return re.compile(rf"{words}{of}{verb}{each} ?$")


@cache
def _called() -> re.Pattern[str]:
    words = pattern_of(map(fold, both(data("cues")["levels"])))
    return re.compile(rf" ?[(（](?:the )?{words}[)）]")


@cache
def _must() -> re.Pattern[str]:
    """What follows a bound that is not to be passed: "above 435 kg per ton must be"."""
    must = pattern_of(data("cues")["admission"]["must_en"])
    return re.compile(rf"(?: of [a-z]{{2,12}})?(?: ?\([^()]{{1,40}}\))? {must} (?:be )?")
