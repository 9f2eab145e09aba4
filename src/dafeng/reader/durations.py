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


def term(folded: str, start: int, end: int) -> bool:
    """Whether a time is the term of a rule: 限期三年, 2年内有效, "shall … within 18 months"."""
    if _term_ahead().search(folded, max(0, start - _AHEAD), start):
        return True
    if folded.endswith(_LOOKED_BACK, 0, start):
        return _spotless(folded, start, end)
    if folded.endswith("每", 0, start):  # 每三年开展一次能源审计
        return again(folded, end)
    if _term_behind().match(folded, end):
        return not folded.endswith(tuple(data("units")["terms"]["not_after"]), 0, start)
    words = data("units")["terms"]
    if not folded.endswith(tuple(f"{word} " for word in words["within"]), 0, start):
        return False
    first = max(folded.rfind(". ", 0, start), start - data("sentences")["said"], 0)
    return bool(_duty().search(folded, first, start) or _duty_behind().match(folded, end))


def again(folded: str, end: int) -> bool:
    """Whether a time is that after which something is done again: 每三年开展一次审计."""
    return folded.startswith("年", end - 1) and _AGAIN.match(folded, end) is not None


_AGAIN = re.compile("[^，。；0-9]{0,12}?(?:一次|审计|评估|评价|复核|审查|更新|修订|核查|普查|开展)")


def _spotless(folded: str, start: int, end: int) -> bool:
    """Whether a time looked back on is to have been without fault: 近三年未发生安全事故."""
    if folded.endswith("近", 0, start):
        return _SPOTLESS_ZH.match(folded, end) is not None
    return _SPOTLESS.search(folded, max(0, start - _SPOTLESS_REACH), start) is not None


# how long what applies must have been without fault
_SPOTLESS_ZH = re.compile(
    "(?:以?内|来)?[，]?(?:均|都|连续|生产经营活动)?(?:未(?!来)|没有|无|不存在)"
)
_LOOKED_BACK = ("近", "past ", "last ", "previous ", "preceding ", "recent ")
_SPOTLESS = re.compile(
    r"(?<![a-z])(?:no|without|free of|free from|not had|never had) [a-z ,/-]{3,70}"
    r" (?:in|during|over|within|for) (?:the )?(?:past|last|previous|preceding|most recent) $"
)
_SPOTLESS_REACH = len(
    "without any record of major safety accidents, pollution or false data in the most recent "
)


@cache
def _term_ahead() -> re.Pattern[str]:
    words = data("units")["terms"]
    bound = pattern_of(map(fold, words["bounds"]))
    named = pattern_of(map(fold, words["ahead"]))
    return re.compile(rf"(?:{named}(?:[为是:：]|原则上|一般){{0,2}} ?|{bound} ?)$")


@cache
def _term_behind() -> re.Pattern[str]:
    duty = pattern_of(data("units")["terms"]["duties"])
    may = "(?:[须应要必可需]|应当|必须|逐步|全部|基本|一次性|按要求|依法|[向将][^，。；]{1,12}?)"
    aim = "[^，。；]{0,6}(?:任务|目标)"
    return re.compile(rf"[之以]?内(?:{may}{{0,3}}{duty}(?!{aim})|未)")


@cache
def _duty() -> re.Pattern[str]:
    return re.compile(pattern_of(data("units")["terms"]["said"]))


@cache
def _duty_behind() -> re.Pattern[str]:
    said = pattern_of(data("units")["terms"]["said"])
    return re.compile(rf"(?: [a-z'’-]+){{0,8}}?,? {said}")


@cache
def _ages() -> re.Pattern[str]:
    return re.compile(rf"(?P<words>{pattern_of(data('units')['ages'])}) ?$")


@cache
def _lasting() -> re.Pattern[str]:
    words = pattern_of(map(fold, data("units")["lasting"]))
    return re.compile(rf"{words}(?:[^，。；,;.\d]{{0,14}}|[a-z -]{{0,32}})$")
