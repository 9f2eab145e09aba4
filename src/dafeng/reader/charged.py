"""Rules told without a year: what makes good a lack, what things should reach."""

from __future__ import annotations

import re

from dafeng.reader.comparators import Compared
from dafeng.reader.quantity import Quantity
from dafeng.reader.sentence import Sentence
from dafeng.reader.when import part_of

# how far before a figure the words stand that make a rule of it
_REACH = len("改造后的机组，纯凝工况最小技术出力一般应当至少达到额定负荷或者设计能力的")


def ruled(sentence: Sentence, one: Quantity, compared: Compared) -> bool:
    """Whether a figure without a year is a rule by itself; some of these need a bound."""
    return (
        _makes_good(sentence, one)
        or _should_reach(sentence, one, compared)
        or _shared_new(sentence, one)
        or _may_last(sentence, one, compared)
        or _of_each(sentence, one, compared)
    )


# 按少停天数的2倍补停, "shall make up for 2 times the missing amount"
_BY_ZH = re.compile("按照?[^，。；0-9按]{1,24}(?:的|以)?$")
_GOOD_ZH = re.compile(
    "(?:的?(?:标准|比例|数量|额度|幅度))?(?:予以|给予|进行|等量|从重|加倍)?"
    "(?:补|扣|罚|追|核减|核扣|缴|收取|计收|计征|征收|赔|抵|加征|加收|处以)"
)
_GOOD_EN = re.compile(
    r"(?<![a-z])(?:mak(?:e|es|ing) (?:up|good)|made (?:up|good)|deduct(?:ed|s)?|fined?"
    r"|compensat(?:e|ed)|surrender(?:ed)?|penal(?:ty|ised|ized)|withheld|charged|repaid|repay|forfeit)(?![a-z])"
)
_TIMES = frozenset({"times", "%"})


def _makes_good(sentence: Sentence, one: Quantity) -> bool:
    """Whether it tells how many times a lack has to be made good, or is charged for."""
    if one.unit is None or one.unit.name not in _TIMES:
        return False
    first = sentence.clause(one.start)[0]
    if sentence.chinese:
        led = _BY_ZH.search(sentence.folded, max(first, one.start - _REACH), one.start)
        return led is not None and _GOOD_ZH.match(sentence.folded, one.end) is not None
    if one.unit.name != "times" or "past" in sentence.says:
        return False
    return _GOOD_EN.search(sentence.folded, first, sentence.clause(one.start)[1]) is not None


# 一般应达到额定负荷的35%左右: of each thing, since it prints no year and no place
_SHOULD_ZH = re.compile(
    "(?<![供相响对效适反感本])(?:应当?|必须|须)(?:分别|均|都|全部|至少)?"
    "(?:达到?|保持在|维持在|降至|降到|提高到|控制在)(?:[^，。；0-9]{2,12}的)?$"
)
_WHOLE_ZH = re.compile(
    "全[国省市区县州]|我[省市区]|总量|总额|总规模|产量|装机|比重|平均|占比|比例|(?<![效功])率"
    "|(?<!设计)能力|外送"
)
_OF_KIND_ZH = re.compile("新建|新增|扩建|改建|改造后|每[个台家座辆条套]|单[个台座]|凡|所有|各类")
_SHOULD_EN = re.compile(
    r"(?:^|[.;:,] )(?:[a-z -]{3,40}, )?(?:the [a-z -]{3,40} (?:of|in|at) )?"
    r"(?:an?|each|every|any|all|new|newly built|retrofitted|converted|existing) [a-z -]{3,60}?"
    r"(?:must|shall|should)(?: generally| normally| usually| in general)?"
    r" (?:reach|attain|be|stay at|be kept at|remain at)$"
)


def _should_reach(sentence: Sentence, one: Quantity, compared: Compared) -> bool:
    """Whether it is what each of a kind should reach, be it without a bound."""
    if one.unit is None or one.unit.count or one.unit.duration:
        return False
    first = sentence.clause(one.start)[0]
    if not sentence.chinese:
        if compared.sign != "about":
            return False
        said = sentence.folded[max(sentence.start, first - _REACH * 2) : compared.start].rstrip()
        return _SHOULD_EN.search(said) is not None
    low = max(first, compared.start - _REACH)
    if not _SHOULD_ZH.search(sentence.folded, low, compared.start):
        return False
    if not _OF_KIND_ZH.search(sentence.folded, sentence.start, compared.start):
        return False
    return _WHOLE_ZH.search(sentence.folded, sentence.start, compared.start) is None


_NEW_MUST = re.compile(
    r" (?:of|in|for) [a-z -]{0,50}?(?:new|newly built|every|each) [a-z -]{3,40}"
    r" (?:must|shall|is to|are to|should|has to|have to) "
)


def _shared_new(sentence: Sentence, one: Quantity) -> bool:
    """Whether it opens a rule for what is new: "at least 30 % of spaces in new lots must have"."""
    near = one.start - part_of(sentence, one) <= len("in principle, no less than ")
    shared = near and one.unit is not None and one.unit.name == "%" and not sentence.chinese
    return shared and _NEW_MUST.match(sentence.folded, one.end) is not None


_MAY = re.compile(
    r"(?<![a-z])(?:may (?:[a-z-]+ ){1,7}"
    r"|(?:can|is allowed to|are allowed to) (?:[a-z-]+ ){1,4}for )$"
)
_TWICE_EN = re.compile(
    r"(?:^|[.;:,] )(?:an?|any|each|every|those|no) [a-z -]{0,40}?(?:that|which|who) [a-z -]{3,60}$"
)
_LASTS = frozenset({"years", "months", "days", "hours"})


def _may_last(sentence: Sentence, one: Quantity, compared: Compared) -> bool:
    """Whether it is how long, or how much of it, something may be: "may run for up to 200 days"."""
    if sentence.chinese or one.unit is None or one.unit.name not in {"%", *_LASTS}:
        return False
    first = sentence.clause(one.start)[0]
    if one.unit.duration and "future" in sentence.labels(one.end, sentence.clause(one.end)[1]):
        said = sentence.folded[max(sentence.start, first - 2) : one.start].strip()
        return _TWICE_EN.search(said) is not None  # "a firm that fails two years running will lose"
    bound = compared.sign in {"<=", "<"}
    return bound and _MAY.search(sentence.folded, first, compared.start) is not None


_SINGLE_ZH = re.compile(
    "(?:单[个体座条站台厂炉机](?!期)|每[个座条台家](?:项目|企业|园区|基地|站|单位))[^，。；0-9]{0,12}$"
)


def _of_each(sentence: Sentence, one: Quantity, compared: Compared) -> bool:
    """Whether it bounds a single thing of a kind: 单个项目不小于1万亩."""
    if not sentence.chinese or compared.sign not in {">=", "<=", ">", "<"}:
        return False
    low = max(sentence.clause(one.start)[0], compared.start - _REACH)
    return _SINGLE_ZH.search(sentence.folded, low, compared.start) is not None
