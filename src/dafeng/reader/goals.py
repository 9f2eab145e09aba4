"""Whether a figure is called a goal by the words beside it, whatever the tense of its sentence."""

from __future__ import annotations

import re

from dafeng.reader.past import Past
from dafeng.reader.quantity import Quantity
from dafeng.reader.sentence import Sentence
from dafeng.reader.times import Time

_AIMS = re.compile("target|goal|quota|task|plan for")
_AIM_IS = re.compile(
    r"(?<![a-z])(?:targets?|goals?|quota|task|plan(?= for))(?: (?:for|of|in) [a-z0-9 -]{2,40})?"
    r"(?: of(?: below| above| about| around| at least| more than| less than| up to)? $"
    r"| (?:is|was|are|were|has been|had been|stands at|remains)"
    r"(?! (?:reached|met|hit|achieved|exceeded|surpassed|missed|fulfilled|completed))(?![a-z]))"
)
_AIM_BEHIND = re.compile(
    r"[ -](?:reduction |growth |annual |full-year )?(?:target|goal|quota)"
    r"(?!s? (?:was|is) (?:met|reached))| (?:planned|targeted|set|envisaged) for (?:the year )?20"
)


_AIM_BEHIND_ZH = re.compile(
    "的(?:年度|控制|考核|总体|预期|约束性|节能|减排|增长|下降|全年|改善|提升|工作){0,3}(?:目标|任务|要求)"
    "(?!(?:任务)?(?:已|均|都|全部|提前|如期|圆满|超额|胜利|顺利){0,3}(?:完成|实现|达到))"
)
_GOAL_TO = re.compile(
    r"(?<![a-z])(?:targets?|goals?|task) (?:of|to|for)"
    r" (?:reduc|cut|lower|rais|increas|expand|achiev|reach|hav|keep|produc|build|install)[a-z]*"
    r" [^,;:]{0,80}$"
)
_MET = re.compile(
    r"(?<![a-z])(?:met|meets|achieved|fulfilled|completed|reached|exceeded|hit)(?![a-z])"
)
_AIM_ZH = re.compile("(?:目标|任务)(?:值|量)?(?:分别)?(?:为|是|定为|设定为)[^，。；]{0,6}$")


def named_aim(sentence: Sentence, one: Quantity) -> bool:
    """Whether a figure is called a target: "the goal was 30 %", "the 5 percent goal", 目标为3%."""
    first = sentence.clause(one.start)[0]
    if sentence.chinese:
        near = max(sentence.folded.rfind(word, first, one.start) for word in ("目标", "任务"))
        called = near >= 0 and _AIM_ZH.match(sentence.folded[near : one.start]) is not None
        return called or _AIM_BEHIND_ZH.match(sentence.folded, one.end) is not None
    near = _AIMS.search(sentence.folded, first, one.start) is not None
    goal = _GOAL_TO.search(sentence.folded, first, one.start) if near else None
    if goal and not _MET.search(sentence.folded, first, goal.start()):
        return True
    ahead = near and _AIM_IS.search(sentence.folded, first, one.start) is not None
    return ahead or _AIM_BEHIND.match(sentence.folded, one.end) is not None


_TOLD = frozenset({"past", "perfect"})
_JOINS = re.compile(r" ?(?:and |or |as well as |but also )?(?:[a-z]+ly )?(?=[a-z])")


def chained(sentence: Sentence, one: Quantity) -> bool:
    """Whether its clause goes on with a verb that the one before aims with: "will add 9, cut 5"."""
    first = sentence.clause(one.start)[0]
    if sentence.chinese or "future" not in sentence.says or first == sentence.start:
        return False
    opens = _JOINS.match(sentence.folded, first)
    hits = sentence.within(opens.end(), opens.end() + 1) if opens else []
    if not hits or not hits[0].labels & {"target", "fall", "rise", "phase_out", "chained"}:
        return False
    bare = not sentence.folded[hits[0].start : hits[0].end].endswith(("s", "ed", "ing", "to"))
    part = max(sentence.folded.rfind(sign, sentence.start, first) for sign in (";", " that ")) + 1
    ahead = sentence.labels(max(part, sentence.start), first)
    return bare and "future" in ahead and ahead.isdisjoint(_TOLD)


_PROPOSES = re.compile("[，》]提出(?![了的])")


def without_sums(sentence: Sentence, said: frozenset[str], *, plans: bool) -> frozenset[str]:
    """What is said but for the past of 累计, which goals say as well, where plans are spoken of."""
    if not sentence.chinese or "past" not in said or "perfect" in sentence.says:
        return said
    if not (plans or _PROPOSES.search(sentence.folded, sentence.start, sentence.end)):
        return said
    past = [hit for hit in sentence.hits if "past" in hit.labels]
    summed = all(sentence.folded[hit.start : hit.end] == "累计" for hit in past)
    return said - {"past"} if summed else said


_LEADS = re.compile("(?:确保|力争|完成|实现)[^。；]{0,40}?(?:目标|任务|要求)(?:为|是)?：")


# no year tells that the goals of 完成年度任务： are not met yet
_URGED = re.compile(
    "(?:要|须|应|将|力争|争取)[^。；已]{0,6}确保|(?<![已均都])(?:确保|力争)(?:完成|实现)"
)


def urged_to_aim(sentence: Sentence, one: Quantity) -> bool:
    """Whether goals without a year are led in ahead of it as ones to be reached yet."""
    if not led_by_aim(sentence, one):
        return False
    return _URGED.search(sentence.folded, sentence.start, one.start) is not None


def led_by_aim(sentence: Sentence, one: Quantity) -> bool:
    """Whether goals are led in ahead of it: 要确保完成年度目标：平均浓度同比下降3%左右."""
    if not sentence.chinese or sentence.folded.find("：", sentence.start, one.start) < 0:
        return False
    return _LEADS.search(sentence.folded, sentence.start, one.start) is not None


_FORECASTS = ("预计", "预期", "有望", "下一步", "今后")


def forecast_behind(sentence: Sentence, one: Quantity) -> bool:
    """Whether nothing but a forecast behind it tells of what will be: 约17亿吨，预计全年超过94%."""
    if not sentence.chinese or "future" not in sentence.says:
        return False
    ahead = [hit for hit in sentence.hits if "future" in hit.labels]
    return all(h.start > one.end and sentence.folded.startswith(_FORECASTS, h.start) for h in ahead)


_COUNTED = re.compile(
    "(?:初步(?:统计|核算|测算)|据统计|(?:数据|结果|统计|监测)显示)[，：]?(?:全[国省市区县])?$"
)


_PROGRESS = re.compile("取得[^，。；]{0,4}(?:进展|成效|成就|成绩)")
_LOOSE = ("以上", "及以上", "左右", "以内", "以下")


def told_of(sentence: Sentence, one: Quantity, time: Time, past: Past) -> bool:
    """Whether a year that plans aim at is reported on: 初步统计2025年…, or by its heading."""
    if not sentence.chinese or "strive" in sentence.says:
        return False
    if past.reports and time.plan and sentence.folded[time.end - 1] in "间期":
        return not sentence.folded.startswith(_LOOSE, one.end)
    if time.plan and not past.plans and _PROGRESS.search(sentence.folded, time.end, sentence.end):
        stated = sentence.folded.find("提出", sentence.start, time.start) < 0
        return stated and not sentence.folded.startswith(_LOOSE, one.end)
    return _COUNTED.search(sentence.folded, sentence.start, time.start) is not None


def to_year_end(sentence: Sentence, time: Time) -> bool:
    """Whether something is to come about by the end of this year: 到今年年底，达到95%."""
    if not sentence.folded.endswith("到", sentence.start, time.start):
        return False
    return sentence.folded.startswith(("年底", "底", "末", "年末"), time.end)
