"""Durations that are figures: how old what is sorted out is, and how many days something lasts."""

from __future__ import annotations

import re
from functools import cache

from dafeng.reader.lexicon import data, fold, pattern_of

_AHEAD = len("in operation for more than at least ")  # how far before a number its words may begin


def age(folded: str, start: int, end: int) -> str | None:
    """Comparator of an age, if a span is one: 运行满25年, "in service for over 25 years"."""
    low = max(0, start - _AHEAD)
    found = _ages().search(folded, low, start)
    if found:
        return str(data("units")["ages"][found["words"]])
    if folded[end - 1] == "年":  # 船龄20年以上的
        above = _OLD_ZH.match(folded, end) or _PASSED_ZH.search(folded, low, start)
        return ">=" if above and _AGED_ZH.search(folded, low, start) else None
    return _age_en(folded, low, start, end)


def _age_en(folded: str, low: int, start: int, end: int) -> str | None:
    """Comparator of an age for which something is due: "20 years old shall be scrapped"."""
    if not folded.endswith(("year", "years"), start, end):
        return None
    led, old = _AGED.search(folded, low, start), _OLD.match(folded, end)
    more = led["more"] if led else None
    above = more or (old and old["more"])
    if led is None or old is None or not above or not (led["aged"] or old["old"]):
        return None
    due = _DUE.match(folded, old.end(), old.end() + data("sentences")["said"])
    return None if due is None else ">=" if more in {None, "at least ", "no less than "} else ">"


_AGED = re.compile(
    r"(?P<aged>(?<![a-z])(?:run|running|ran|operat(?:ed|ing)|used|served|aged)"
    r" (?:continuously )?(?:for )?"
    r"|(?:service|working|operating) (?:life|age|period|time)"
    r" (?:of |exceeds |exceeding |reaches |reaching |is ){1,2}"
    r"|(?<![a-z])ag(?:e|es) (?:of |exceeding ))?"
    r"(?P<more>(?:more than|over|at least|exceeding|longer than|above|no less than) )?$"
)
_OLD = re.compile(
    r"(?P<more> (?:or|and) (?:more|above|over|longer|older))?"
    r"(?P<old> old(?: or (?:more|older|above))?"
    r"| (?:of|in) (?:continuous |cumulative |actual )?(?:operation|service|use)"
    r"(?! (?:experience|in|of)))?(?![a-z])"
)
_DUE = re.compile(
    r"[^.;]*?(?<![a-z])(?:shall|must|should|will|are to|is to|may|(?:are|is|be) (?:phased|retired|"
    r"scrapped|replaced|closed|updated|eliminated|banned|given priority))(?![a-z])"
)
_LIVED = "[船车房楼炉机库]龄|服役|运行|使用|投运|投用|投产|运营|服务|建成"
_AGED_ZH = re.compile(
    f"(?:{_LIVED})(?:时间|年限|年份|寿命)?已?(?:连续|累计)?(?:超过|超|满|达到|达|在|大于|不低于)?$"
)
_OLD_ZH = re.compile("(?:[（(]含[）)])?及?以上[^，。；]{0,8}?的")
_PASSED_ZH = re.compile("(?:超过|超|满|大于)$")


def lasts(folded: str, start: int) -> bool:
    """Whether days are told that something lasts or is good: 错峰停窑不少于150天."""
    return _lasting().search(folded, max(0, start - _AHEAD), start) is not None


def term(folded: str, start: int, end: int) -> bool:
    """Whether a time is the term of a rule: 限期三年, 2年内有效, "shall … within 18 months"."""
    led = _term_ahead().search(folded, max(0, start - _AHEAD), start) is not None
    if not led and folded.endswith(_LOOKED_BACK, 0, start):
        return _spotless(folded, start, end)
    if not led and folded.endswith("每", 0, start):  # 每三年开展一次能源审计
        return again(folded, end)
    if led or (folded.startswith(_IN, end) and _bidden(folded, start, end)):
        return True
    if _term_behind().match(folded, end):
        return not folded.endswith(tuple(data("units")["terms"]["not_after"]), 0, start)
    of_case = _OF_CASE.match(folded, end) is not None and folded.endswith(_BOUNDS, 0, start)
    # 使用时间少于3年的，
    return of_case or _within(folded, start, end) or _shut_out(folded, start)


def _shut_out(folded: str, start: int) -> bool:
    """Whether it is how long someone is to be kept out: "shall be barred from it for one year"."""
    if not folded.endswith(_FOR, 0, start):
        return False
    return _BARRED.search(folded, max(0, start - data("sentences")["said"]), start) is not None


def _within(folded: str, start: int, end: int) -> bool:
    """Whether a duty has to be done in a time: "shall … within 18 months"."""
    words = data("units")["terms"]
    if not folded.endswith(tuple(f"{word} " for word in words["within"]), 0, start):
        return False
    first = max(folded.rfind(". ", 0, start), start - data("sentences")["said"], 0)
    return bool(_duty().search(folded, first, start) or _duty_behind().match(folded, end))


_IN = ("内", "之内", "以内", "个工作日内")


def _bidden(folded: str, start: int, end: int) -> bool:
    """Whether a duty leads to a time, or an event from which it runs: 应在5日内, 自受理之日起."""
    low = max(0, start - _AHEAD)
    return _FROM_DAY.search(folded, low, start) is not None and not _SOON.match(folded, end)


_FROM_DAY = re.compile(
    r"(?:(?<![供相响对效适反感本])应当?|须|必须|要求)[于在自][^，。；\d]{0,24}$|(?:之日起|[收接]到[^，。；\d]{1,12}后)，?$"
)
_SOON = re.compile("[之以]?内(?:将|力争|争取|预计|计划|实现|新增)")


def again(folded: str, end: int) -> bool:
    """Whether a time is that after which something is done again: 每三年开展一次审计."""
    return folded.startswith("年", end - 1) and _AGAIN.match(folded, end) is not None


_BOUNDS = ("少于", "大于", "多于", "超过", "不足", "不满", "满", "未满", "低于", "高于")
_OF_CASE = re.compile("(?:及?以上)?(?:[少小低]于[0-9]+年)?的[，；。]")
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


_FOR = ("for ", "period of ", "at least ", "up to ")
_BARRED = re.compile(
    r"(?<![a-z])(?:shall|must|may|will|should|is|are) (?:also |then |further )?"
    r"(?:(?:not|no longer) be (?:allowed|permitted|eligible|accepted|considered|admitted|entitled)"
    r"|(?:not|no longer) (?:apply|take part|participate|bid|receive|declare)"
    r"|(?:be )?(?:barred|banned|debarred|disqualified|excluded|prohibited|ineligible|blacklisted"
    r"|struck off|removed from|suspended from))"
    r"(?: [a-z'’-]+){0,12}? (?:for|for a period of)(?: at least| up to)? $"
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
    how = "逐步|全部|基本|稳定|及时|如实|主动|首次|一次性|按要求|依法"
    may = f"(?:[须应要必可需]|应当|必须|{how}|[向将][^，。；]{{1,12}}?)"
    aim = "[^，。；]{0,6}(?:任务|目标)"
    return re.compile(rf"[之以]?内(?:{may}{{0,3}}{duty}(?!{aim})|未)")


@cache
def _duty() -> re.Pattern[str]:
    return re.compile(pattern_of(data("units")["terms"]["said"]))


@cache
def _duty_behind() -> re.Pattern[str]:
    said = pattern_of(data("units")["terms"]["said"])
    event = "(?:of|after|from|following|upon|once)"  # "within a year of approval, owners must"
    return re.compile(
        rf"(?: [a-z'’-]+){{0,8}}?,? {said}| {event} [a-z'’ -]{{2,80}}, (?:[a-z'’-]+ ){{1,6}}?{said}"
    )


@cache
def _ages() -> re.Pattern[str]:
    return re.compile(rf"(?P<words>{pattern_of(data('units')['ages'])}) ?$")


@cache
def _lasting() -> re.Pattern[str]:
    words = pattern_of(map(fold, data("units")["lasting"]))
    return re.compile(rf"{words}(?:[^，。；,;.\d]{{0,14}}|[a-z -]{{0,32}})$")
