"""The year in which a text was written, as far as it can be told from its own words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from dafeng.reader.lexicon import data, pattern_of
from dafeng.reader.numerals import numeral
from dafeng.reader.time_patterns import months
from dafeng.vocabulary import plan_periods

_VERBS = (
    "had|dropped|decreased|fell|reached|exceeded|increased|passed|topped|rose|grew|climbed|totall?ed"
    "|surpassed|declined|amounted|stood|jumped|hit"
)
# The patterns begin with a year or a word, so that they are found at once.
_DONE = (
    re.compile(
        r"(20(?:(?<=by the end of 20)|(?<=at the end of 20)|(?<=in 20))[0-9]{2}),"
        rf"[^.。;]{{0,90}}? (?:{_VERBS})\b",
        re.ASCII,
    ),
    re.compile(
        r"(20(?<![到至]20)[0-9]{2})年底?[，,]?"
        r"(?:(?!目前|当前|力争|目标|推广|形成|将)[^。；]){0,30}(?:已|达到了|完成了)",
        re.ASCII,
    ),
)
_REPORTED = re.compile(
    r"(?<![到至])(20[0-9]{2})年(?:，|全[省市区国年])"
    r"(?:(?!力争|目标|预计|计划|将|半年|季度|月|20[0-9]{2}年)[^。；]){0,60}同比",
    re.ASCII,
)
# what a whole year brought, to the decimal: 2025年，浓度为28.0微克，同比下降4.4%
_RECORDED = re.compile(
    r"(?<![到至])(20[0-9]{2})年(?:，|全[省市区国年])"
    r"(?:(?!力争|目标|预计|计划|将|半年|季度|月|20[0-9]{2}年)[^。；]){0,60}?"
    r"(?:[0-9][^。；，0-9]{0,8}[，(（](?:同比|[比较]上年)[^。；，0-9]{0,6}[0-9]+\.[0-9]+(?:%|个百分点)(?!左右|以上)"
    r"|历史最[优好高]|有[^，。；]{0,4}记录以来|创[^，。；0-9]{0,6}新高|首次(?:突破|超过))",
    re.ASCII,
)
# a plan, or a heading of a year: what it says of that year need not be past
_PLANS = re.compile("方案|计划|要点|规划|纲要|意见|目标|任务|安排|部署|打算|举措|通知")
_LOOKS_BACK = re.compile("总结|回顾|公报|完成情况|运行情况|进展")
# a meeting or a report of a year is held in it: 2026年全国生态环境保护工作会议
_HELD = re.compile(r"(20[0-9]{2})年(?:全[国省市区县])?[^，。；、0-9\n]{0,14}?(?:会议|政府工作报告)")
_TO_COME = re.compile("(?:承办|筹备|筹办|举办|主办|申办|迎接|服务|保障|做好|将)[^，。；\n]{0,12}$")
_SPOKE = re.compile("(?:在[^，。；将\n]{1,8})?(?:召开|指出|强调)")
# the title of a plan: what was reached in the one before it is past
_NEXT_PLAN = re.compile(r"\s*[^\n。，]{0,40}?(十[五六])五[”\"]?[^\n。，]{0,20}?(?:规划|纲要)")
_TO_BE_DRAWN = re.compile("编制|前期|研究|建议|思路|^(?!.*印发).*通知")
_OPENING = 2  # lines of a title
_ENDED = re.compile(
    r"(?:as of the end of|截至|截止) ?(20[0-9]{2})(?:年[底末]|(?![0-9年]))", re.ASCII
)
_BEGUN = re.compile(
    r"by the (?:beginning|start) of (20[0-9]{2}),?[^.。;]{0,120}? (?:had|has|have)\b", re.ASCII
)
_PART_OF = r"first (?:half|[a-z]+ quarters?|quarter|[a-z0-9]+ months) of"
_AS_OF = tuple(
    re.compile(rf"{lead}[^.。;，,]{{0,24}}?(20[0-9]{{2}})(?![0-9])", re.ASCII)
    for lead in ("as of", _PART_OF, "截至", "截止")
)


_END_OF = re.compile(r"the end of (?P<month>[a-z]{3,9}),? (20[0-9]{2})(?![0-9])", re.ASCII)
_SAID = len("a total capacity of 1,014.3 GW of wind power and solar power")
_STOOD = re.compile(  # "rose to 14.3 GW by the end of May 2025"
    r"(?<![a-z])(?:climbed|rose|grew|stood|reached|hit|topped|jumped|expanded|fell|dropped|came"
    r"|totall?ed|amounted|exceeded|surpassed|passed|had|was|were) "
    rf"(?:(?!will|shall|must|should|plan|target|goal|to be )(?:[^.;]|[.](?=[0-9]))){{2,{_SAID}}}?"
    r"(?:by|at) $",
    re.ASCII,
)
_STOOD_REACH = len("expanded  by ") + _SAID


def _stood(folded: str) -> Iterator[int]:
    """Years at whose month's end something is said to have stood."""
    for found in _END_OF.finditer(folded):
        start = found.start()
        led = found["month"] in months() and folded.endswith(("by ", "at "), 0, start)
        if led and _STOOD.search(folded, max(0, start - _STOOD_REACH), start):
            yield int(found[2])


@cache
def _this_year() -> re.Pattern[str]:
    return re.compile(pattern_of(data("times")["this_year"]))


_YEAR = re.compile(r"20(?<![0-9-]20)[0-9]{2}(?![0-9])")  # digits first: they are found at once
_DAY = re.compile(
    r"年[0-9]{1,2}月[0-9]{1,2}日(?!以?前|之前|起|止)|-[0-9]{1,2}-[0-9]{1,2}(?![0-9-])"
)
_REACH = len("before September 30th, ")


@cache
def _day_before() -> re.Pattern[str]:
    """A day in front of a year, "Dec. 12, 2022" or "9 November 2022"; not of a deadline."""
    names = "|".join(rf"{name[:3]}(?:\.|t\.|{name[3:]})?" for name in months())
    not_by = "(?<!by )(?<!before )(?<!until )(?<!from )(?<![0-9a-z])"
    return re.compile(rf"{not_by}(?:(?:{names}) [0-9]{{1,2}},?|[0-9]{{1,2}} (?:{names}),?) $")


def _days(folded: str) -> Iterator[int]:
    """Years of the days that a text prints: of what has happened, not of deadlines."""
    for found in _YEAR.finditer(folded):
        start, end = found.span()
        if folded[end : end + 1] in "年-":
            printed = _DAY.match(folded, end)
        else:
            printed = _day_before().search(folded, max(0, start - _REACH), start)
        if printed:
            yield int(found[0])


_AIMED = re.compile(r"(?<![a-z])(?:will|plans? to|aims? to|target|is to|are to)(?![a-z])[^.;]*$")


def _holds(folded: str, found: re.Match[str]) -> bool:
    """Whether something is told "as of" a year, not planned as of it: "to reach 90 as of 2030"."""
    low = max(0, found.start() - 2 * _SAID)
    return _AIMED.search(folded[low : found.start()]) is None


def written_in(folded: str) -> tuple[int | None, int | None]:
    """The earliest year that a text can be of, which "this year" stands for, and by days alone."""
    years = [] if folded.isascii() else [*_at_least(folded)]
    found = _told(folded)
    return max([*years, found] if found else years, default=None), found


def _at_least(folded: str) -> Iterator[int]:
    """Years that a Chinese text is surely not before: of meetings, of what a whole year brought."""
    if "十五五" in folded and (plan := _NEXT_PLAN.match(folded)):
        title = folded[: folded.find("\n", plan.end())] if "\n" in folded[plan.end() :] else folded
        if not _TO_BE_DRAWN.search(title):
            yield plan_periods()[f"{numeral(plan[1])}FYP"].first
    for found in _RECORDED.finditer(folded):
        if not _planned(folded, found[1]):
            yield int(found[1]) + 1
    for found in _HELD.finditer(folded) if "会议" in folded or "工作报告" in folded else ():
        if _was_held(folded, found):
            yield int(found[1])


def _planned(folded: str, year: str) -> bool:
    """Whether the title is of a plan, or a heading is of a year and does not look back on it."""
    lines = [line.strip() for line in folded.split("\n")]
    longest = data("sentences")["heading_zh"]
    short = [line for line in lines if 0 < len(line) <= longest and not line.endswith("。")]
    title = next(filter(None, lines), "")[: data("sentences")["heading"]].split("。")[0]
    if _PLANS.search(title) and not _LOOKS_BACK.search(title):
        return True
    return any(
        (year in line or _PLANS.search(line)) and not _LOOKS_BACK.search(line) for line in short
    )


def _was_held(folded: str, found: re.Match[str]) -> bool:
    """Whether a meeting of a year is what a text reports of, not one that is to come."""
    start, end = found.span()
    low = folded.rfind("\n", 0, start) + 1
    if _TO_COME.search(folded, low, start) or folded.startswith(("筹备", "筹办"), end):
        return False
    opens = folded.count("\n", 0, start) < _OPENING
    said = _SPOKE.search(folded, low, start) or _SPOKE.match(folded, end)
    return opens or said is not None


def _told(folded: str) -> int | None:
    """The year of a text by what it prints of days and of what is past.

    The latest year of a day that it prints or that something is reported "as of" is taken; where it
    speaks of this year, else the year after the latest one that is spoken of as past.
    """
    told = [int(m[1]) for as_of in _AS_OF for m in as_of.finditer(folded) if _holds(folded, m)]
    told += [int(m[1]) for m in _BEGUN.finditer(folded)]
    told += _days(folded)
    if told and "同比" in folded:
        told += [int(m[1]) + 1 for m in _REPORTED.finditer(folded)]  # the whole year is over
    named = any(word in folded for word in data("times")["this_year"])
    named = named and _this_year().search(folded) is not None
    if named:
        told += _stood(folded)
    if told and named:
        told += [int(m[1]) + 1 for m in _ENDED.finditer(folded)]
    if told or not named:
        return max(told, default=None)
    done = [int(m[1]) for pattern in _DONE for m in pattern.finditer(folded)]
    return max(done) + 1 if done else None
