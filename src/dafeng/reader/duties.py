"""What each of a class must keep, or pays: duties, cases, steps and charges, for no year.

A plan's aim is of a region and for a year; a duty binds every single thing of a kind from now on.
What tells them apart is the word that bids (须, 不得, "must") with a bound and without a year.
"""

from __future__ import annotations

import re
from functools import cache

from dafeng.reader.bidden import ASKS, MODAL, bidden_en
from dafeng.reader.charged import ruled
from dafeng.reader.comparators import Compared
from dafeng.reader.draft import Draft
from dafeng.reader.lexicon import data, pattern_of
from dafeng.reader.quantity import Quantity
from dafeng.reader.reckoned import reckoned
from dafeng.reader.sentence import Sentence
from dafeng.reader.standing import before_en
from dafeng.reader.when import dated, part_of

_BOUNDS = frozenset({">=", "<=", ">", "<"})
_SHARES = frozenset({"%", "percentage points", "times", "ratio"})
_WHOLE = 100


def binds(sentence: Sentence, one: Quantity, compared: Compared, before: Draft | None) -> bool:
    """Whether a figure is what each of a class must keep or pays; ``before``: the figure before.

    A duty that bounds a region's total is none: it is a cap of the plan. What each pays may be set
    by the year.
    """
    if one.unit is None:
        return False
    if dated(sentence, one) or rated(sentence, one):
        return rated(sentence, one) or _limits_grant(sentence, one)
    return (
        _charged(sentence, one, compared)
        or _stepped(sentence, one)
        or reckoned(sentence, one)
        or _in_case(sentence, one, compared)
        or _must_keep(sentence, one, compared)
        or _goes_on(sentence, one, before)
        or ruled(sentence, one, compared)
    )


def _limits_grant(sentence: Sentence, one: Quantity) -> bool:
    """Whether it is the most that is paid, be a year told or not: 补贴上限200元."""
    if not sentence.chinese or one.unit is None or not one.unit.name.startswith("yuan"):
        return False
    said = sentence.labels(*sentence.clause(one.start))
    if "grant" not in said or said & {"perfect", "past", "strive", "future"}:
        return False
    return _AT_MOST_ZH.search(sentence.folded, sentence.clause(one.start)[0], one.start) is not None


def _charged(sentence: Sentence, one: Quantity, compared: Compared) -> bool:
    """Whether it is money, or a share of it, that a rule pays or takes: 每千瓦时加价0.1元."""
    first, last = sentence.clause(one.start)
    said = sentence.labels(first, last)
    past = "past" in said
    if not said & _VERBS:  # "…, capped at 2,000 yuan", "and 100,000 yuan for those of 8 m"
        first = part_of(sentence, one)
        said = sentence.labels(first, last)
    told = any(t.dates for t in sentence.times if first <= t.start < last)
    name = one.unit.name if one.unit else ""
    firm = sentence.chinese and not told and not said & {"perfect", "strive", "future"}
    if firm and _paid_zh(sentence, one):
        return True
    shared = name in _SHARES and "share" in said and not _of_price(sentence, one)
    if told or shared or said & {"perfect", "strive"} or (sentence.chinese and past):
        return False
    if "price" in said and compared.sign in _BOUNDS and name in _SHARES:
        return True
    if "price" in said and name.startswith("yuan") and not said & {"past", "future"}:
        changed = "rise" in said or _RAISED.search(sentence.folded, first, one.start) is not None
        if changed or "grant" not in said:
            return changed
    if name.startswith("yuan"):
        if _FOR_EACH.match(sentence.folded, one.end) and not said & {"past", "future"}:
            said = said | {"grant"}
        elif _MOST.search(sentence.folded, first, one.end):
            said = sentence.labels(part_of(sentence, one), last)
    return "grant" in said and (name.startswith("yuan") or name in {"%", "times"})


def _paid_zh(sentence: Sentence, one: Quantity) -> bool:
    """Whether it is the most that each gets, or the share that is paid: 贴息比例为30%."""
    low = part_of(sentence, one)
    money = one.unit is not None and one.unit.name.startswith("yuan")
    most = money and _AT_MOST_ZH.search(sentence.folded, low, one.start)
    return bool(most or _RATE_ZH.search(sentence.folded, low, one.start))


_FOR_EACH = re.compile(
    " (?:for|per|to) (?:a single|each|one|any one|every) | per (?:project|firm|company|household)"
)
# "30 % of the total investment" is paid, and no share of what is had
_OF_PRICE = re.compile(" of (?:the |its |their )?[a-z -]{0,24}?(?:invest|cost|price|amount|fee)")
_VERBS = frozenset({"target", "past", "future", "perfect", "grant", "price", "rise_to", "fall_to"})


def rated(sentence: Sentence, one: Quantity) -> bool:
    """Whether it is money that a rule grants for each of something, be it by the year."""
    name = one.unit.name if one.unit else ""
    if not sentence.chinese and name.startswith("yuan/"):
        said = sentence.labels(*sentence.clause(one.start))
        return "grant" in said and not said & {"past", "perfect", "strive"}
    if not sentence.chinese or not (name.startswith("yuan") or name == "%"):
        return False
    part, last = part_of(sentence, one), sentence.clause(one.start)[1]
    said = sentence.labels(part, last)
    if "grant" not in said or said & {"perfect", "strive"}:
        return False
    if _PER_ZH.search(sentence.folded, part, one.end):
        return True
    first = sentence.clause(one.start)[0]
    large = "亿" in sentence.folded[one.start : one.end]  # all that is paid
    now = large or any(t.dates for t in sentence.times if first <= t.start < last)
    now = now or (dated(sentence, one) and not _FOR_ZH.match(sentence.folded, first, one.start))
    given = not now and "past" not in said and _GIVEN_ZH.search(sentence.folded, first, one.start)
    return bool(given) and name != "%"


_GIVEN_ZH = re.compile("(?:给予|予以|奖励|补助|补贴)(?:(?!达到|累计)[^，。；0-9]){0,10}$")
_FOR_ZH = re.compile("对[^，。；0-9]{2,16}(?:给予|予以)")  # …，对先进县给予150万元奖励
_PER_ZH = re.compile(
    r"按照?每[^，。；0-9]{1,6}[0-9.]|每[^，。；0-9]{1,6}(?:补贴|补助|奖励)[0-9.]|[给予以]每[^，。；0-9]{1,6}"
    r"|的，可?(?:按|给予|予以)[^，。；0-9]{0,12}[0-9]"
)
# the most that each gets (单站最高500万元), the share that is paid (贴息比例为30%)
_AT_MOST_ZH = re.compile(
    "(?:最高|最多|封顶|上限)(?:可?达?|不超过|不得超过|为|给予|支持|补[贴助]|奖[励补]|资助)$"
    "|(?:补贴|补助|奖励|奖补|贴息|资助)(?:资金|金额|总额|额度)?(?:最高)?(?:不得|原则上不)?(?:不?超过)$"
)
_RATE_ZH = re.compile(
    "(?:贴息|补贴|补助|奖励|奖补|支持|优惠|配套|返还|补偿)比例(?:最高)?(?:为|是|按|不超过|不低于)?$"
)
_MOST = re.compile(
    "最高|最多|上限|封顶|不超过|up to|maximum|at most|capped|a (?:cap|ceiling|limit) of"
)


_RAISED = re.compile(r"(?<![a-z])(?:raised|lowered|cut|set at)|[加提上降调]")


def _stepped(sentence: Sentence, one: Quantity) -> bool:
    """Whether it is a step by which something is counted, or what each step costs."""
    part = part_of(sentence, one)
    last = sentence.clause(one.start)[1]
    if sentence.chinese and "每" not in sentence.folded[part:last]:
        return False
    step = _steps(sentence.chinese).search(sentence.folded, part, last)
    return step is not None and (step.start() < one.start or not sentence.chinese)


@cache
def _steps(chinese: bool) -> re.Pattern[str]:  # noqa: FBT001
    words = data("cues")["steps"]
    if chinese:
        return re.compile(rf"每{pattern_of(words['zh'])}[^，。；\d]{{0,14}}\d")
    return re.compile(rf"(?<![a-z]){pattern_of(words['en'])} (?:[a-z -]{{2,50}}, )?\d")


def _in_case(sentence: Sentence, one: Quantity, compared: Compared) -> bool:
    """Whether it tells in which case a rule holds: 占比超过15%的，; "if it exceeds 15 %"."""
    return (_in_case_zh if sentence.chinese else _in_case_en)(sentence, one, compared)


def _in_case_zh(sentence: Sentence, one: Quantity, compared: Compared) -> bool:
    folded = sentence.folded
    if one.unit is not None and (one.unit.duration or one.unit.name in _TERMS):
        counted = one.unit.name == "items" and not folded.startswith("工作日", one.end)
        if counted and _THEMSELVES.match(folded, one.end - 1):
            return False  # 培育100家以上的企业: how many of them
        term = _OF_THOSE_ZH if counted else _TERM_ZH  # 3000家以内 is no term, 10个工作日内 is
        return term.match(folded, one.end, sentence.end) is not None
    apart = _PASSED_ZH.search(folded, sentence.clause(one.start)[0], one.start) is not None
    if compared.sign == "=" and not (apart or folded.endswith(_REACHED, 0, one.start)):
        return False
    if _for_zh(sentence, one, compared):
        return True
    sorts = compared.sign in _BOUNDS and _sorted_zh().match(folded, compared.end, sentence.end)
    if sorts and not _some_have(sentence, one, compared):
        return True
    return _CASE_ZH.match(folded, compared.end, sentence.end) is not None


def _some_have(sentence: Sentence, one: Quantity, compared: Compared) -> bool:
    """Whether a share opens a clause and those it is of have got somewhere: 三成以上的企业达到."""
    if one.unit is None or one.unit.name != "%":
        return False
    first = sentence.clause(one.start)[0]
    opens = _ALL_ZH.fullmatch(sentence.folded, first, compared.start) is not None
    return opens and _HAVE_ZH.match(sentence.folded, compared.end, sentence.end) is not None


_ALL_ZH = re.compile(r"\s*(?:全[国省市区县州]|目前|已有|已|有|其中|力争|确保|推动|约|近){0,3}")
_HAVE_ZH = re.compile(
    "的[^，。；0-9]{2,16}?(?:已|将|均|要){0,2}(?:达[到标]|完成|实现|建成|通过|具备)"
)


def _for_zh(sentence: Sentence, one: Quantity, compared: Compared) -> bool:
    """Whether it sorts out what a clause with 对 is for: 对日加氢能力不低于500千克的加氢站，."""
    if one.unit is None or one.unit.count:
        return False
    first = sentence.clause(one.start)[0]
    if not _FOR_ZH.match(sentence.folded, first, one.start):
        return False
    return _OF_ZH.match(sentence.folded, compared.end, sentence.end) is not None


_FOR_ZH = re.compile(
    r"\s*(?:[(（]?[0-9一二三四五六七八九十]{1,2}[)）.、．])?(?:对于?|凡是?|针对)(?![标外口接比内])"
)
_OF_ZH = re.compile("[^，。；：0-9]{0,16}?的[^，。；0-9]{1,24}，")
# a bound and its number, parted by what it is a share of: 不低于变压器容量的30%的
_PASSED_ZH = re.compile(
    "(?:[低高]于|超[过出]?|[少大小]于|达到?)[^，。；0-9]{2,16}(?:的|目标|进度|标准|面积|总额|总量)$"
)


def _in_case_en(sentence: Sentence, one: Quantity, compared: Compared) -> bool:
    folded = sentence.folded
    if compared.sign not in _BOUNDS and one.high is None:
        return False
    first, last = sentence.clause(one.start)
    if _CASE_EN.search(folded, first, one.start):
        return True
    sorts_en = before_en().search(folded, first, one.start) is not None
    if sorts_en and (MODAL.search(folded, one.end, last) or _FALLS.search(folded, one.end, last)):
        return True
    verbless = not sentence.labels(first, one.start) & {"past", "future", "target"}
    return verbless and _THEN.match(folded, one.end) is not None


_FALLS = re.compile(r" (?:is|are) (?:not )?(?:eligible|exempt|entitled|required|subject to)")
_THEN = re.compile(r" (?:must|shall|should|may not|are not|is not|are to|is to)(?![a-z])")


_REACHED = ("达到", "达", "为", "满", "完成", "实现")
_TERMS = frozenset({"days", "months", "hours", "h", "items"})
# a term (10个工作日内), or how long something has gone on in the case meant (连续两年超预算的企业)
_OF_THOSE = "[^，。；0-9]{2,12}?(?:[0-9.]+[^，。；0-9]{1,8})?的(?:企业|单位|项目|用户|，)"
_OF_THOSE_ZH = re.compile(_OF_THOSE)
_THEMSELVES = re.compile("[家个项](?:及?以[上下]|左右)的(?:企业|单位|项目|用户)")
_TERM_ZH = re.compile(f"(?:个?工作日|个月|[日天])?(?:以|之)?内(?!部|容|河|需)|{_OF_THOSE}")


@cache
def _sorted_zh() -> re.Pattern[str]:
    """Behind a bound, the thing that it sorts: 不超过64千瓦时/吨的生产线, or its other bound."""
    things = pattern_of(data("cues")["threshold"]["things_zh"])
    bounds = "(?:不超过|低于|小于|不满|不足|不到|不高于|不大于)"
    other = f"(?:但|且|、|，|至|到)?{bounds}[0-9.]+[^，。；0-9]{{1,14}}?"
    return re.compile(f"(?:{other})?的[^，。；、：（(0-9]{{0,8}}?{things}")


_CASE_ZH = re.compile(
    r"[^，。；：\d]{0,16}?(?:，(?:且|并且|或)[^，。；]{2,40}?)?"
    r"(?:时(?=，|发布|启动|予以|应|须|按)|的(?=[，；：]|部分[，；]|[一二]次性|加价|给予))|[^，。；：\d]{0,16}?"
    r"的(?:[，；：）)]|[一二]次性|加价|给予|予以|按|由|应|须|可(?!再)|不予|不得|一律|视为|实行|执行"
    r"|[红橙黄蓝]色|[^，。；\d]{0,4}预警"
    r"|[^，。；\d]{2,8}，(?:给予|予以|暂停|暂缓|实行|纳入|列入|责令|不得|应|须))"
)
_CASE_EN = re.compile(
    r"(?<![a-z])(?:if|when|where|whose|in case|provided that|those (?:with|that|which|above|below))"
    r" [a-z '’,%/-]{0,80}$"
)


def _must_keep(sentence: Sentence, one: Quantity, compared: Compared) -> bool:
    """Whether a word that bids leads to a bound."""
    whole = one.unit is not None and one.unit.name == "%" and one.value == _WHOLE
    low = max(sentence.start, one.start - data("sentences")["thing"])
    apart = sentence.chinese and _APART_ZH.search(sentence.folded[low : one.start])
    if compared.sign not in _BOUNDS and not whole and not apart:
        return False
    part = part_of(sentence, one)
    if one.unit is not None and one.unit.name in {"℃", "mg/m3"}:
        return True
    if sentence.chinese:
        return _bidden_zh(sentence, one, compared, part)
    return bidden_en(sentence, one, part)


def _goes_on(sentence: Sentence, one: Quantity, before: Draft | None) -> bool:
    """Whether it goes on with a rule: ", and that of a heating unit no higher than 40 %"."""
    part = part_of(sentence, one)
    if before is None or before.kind != "threshold" or before.start < part or one.unit is None:
        return False
    said = sentence.labels(before.end, one.start)
    if one.unit.name == "ratio" and before.unit == one.printed_unit:
        return True  # 置换比例不低于1.5:1，其他地区不低于1.25:1
    if (one.unit.duration or one.unit.name in _HOURS) and not said & _MOVED:
        return True  # how long, beside how much
    bids = _BIDS_ZH if sentence.chinese else MODAL
    ruled = bids.search(sentence.folded, part, before.start) is not None
    ruled = ruled or "in principle" in sentence.folded[part : before.start]
    ruled = ruled or ASKS.search(sentence.folded, part, before.start) is not None
    ruled = ruled or bool(sentence.labels(part, before.end) & {"grant", "price"})
    own, other = one.unit.name, before.base_unit.name if before.base_unit else ""
    alike = own == other or (own.startswith("yuan") and other.startswith("yuan"))
    alike = alike or (other.startswith("yuan") and _of_price(sentence, one))
    return ruled and alike and not said & _MOVED


def _of_price(sentence: Sentence, one: Quantity) -> bool:
    """Whether a share is of what something costs: "or 30 % of the investment", 投资额的30%."""
    if sentence.chinese:
        return _OF_PRICE_ZH.search(sentence.folded, sentence.start, one.start) is not None
    return _OF_PRICE.match(sentence.folded, one.end) is not None


_OF_PRICE_ZH = re.compile("(?:投资|费用|成本|价款|造价|金额|价格|支出|合同)[^，。；0-9]{0,4}的$")
_HOURS = frozenset({"h", "hours"})


_MOVED = frozenset({"future", "strive", "fall_to", "rise_to", "past"})


_BIDS_ZH = re.compile(
    "申[报请](?:企业|单位|主体|项目)|必?须|不得|不宜|不应|原则上|(?<![供相响对效适反感本])应(?![用急对变收付届力])"
)

# a bound and its number, parted by what it is a share of: 不应大于现状总面积的20%
_APART_ZH = re.compile(
    "(?:不得|不应|不宜|原则上不|[应须]不?)(?:低于|高于|大于|小于|超过|超|少于)[^，。；0-9]{1,16}的?$"
)


def _bidden_zh(sentence: Sentence, one: Quantity, compared: Compared, part: int) -> bool:
    """Whether 须, 应 or 不得 stands in the clause, or further ahead of a bound like 不小于."""
    folded = sentence.folded
    if compared.cap and _TOTAL_ZH.search(folded, sentence.clause(one.start)[0], one.start):
        return False
    bound = folded.startswith(_bounds_zh(), compared.start)
    low = part if bound else sentence.clause(one.start)[0]
    return _BIDS_ZH.search(folded, low, one.start) is not None


_TOTAL_ZH = re.compile("总量|总额|总规模|产能(?!利用|置换)|产量|消费量|装机(?!容量的)")


@cache
def _bounds_zh() -> tuple[str, ...]:
    return tuple(data("cues")["admission"]["bound_zh"])
