"""Whether a figure is a target, a result, a cap, a threshold or context."""

from __future__ import annotations

import re
from functools import cache

from dafeng.reader.aside import able, lists, of_the_aim, of_whole, underway
from dafeng.reader.comparators import Compared
from dafeng.reader.draft import Draft
from dafeng.reader.durations import term
from dafeng.reader.duties import binds
from dafeng.reader.goals import named_aim
from dafeng.reader.lexicon import data, pattern_of
from dafeng.reader.past import Past
from dafeng.reader.proposals import Kind
from dafeng.reader.quantities import Quantity, ahead_of_time
from dafeng.reader.sentence import Sentence
from dafeng.reader.sizes import is_floor, is_threshold, sorted_behind
from dafeng.reader.standing import dated, stands
from dafeng.reader.tense import tense
from dafeng.reader.times import Time
from dafeng.reader.when import describes
from dafeng.reader.yearlike import acted_on


def kind_of(
    sentence: Sentence,
    one: Quantity,
    compared: Compared,
    time: Time | None,
    fall: bool,  # noqa: FBT001
    before: Draft | None,
    past: Past,
) -> tuple[Kind, bool]:
    """Sort a figure by the words around it, and tell whether they say so.

    Args:
        sentence: where it stands.
        one: the figure.
        compared: its comparator.
        time: what it is for.
        fall: whether it is a reduction.
        before: the figure before it in the paragraph.
        past: what the text before tells about years.
    """
    listed = sentence.folded.endswith(
        "等", sentence.start, one.start
    )  # "废铜等9种": sums up a list
    by_the_way = (
        listed
        or (compared.sign == "=" and sentence.folded.startswith(_CLASS, one.end))
        or _ranked(sentence, one)
        or _qualifies(sentence, one, compared)
        or _hoped_early(sentence, one)
        or _of_project(sentence, one)
        or _invested(sentence, one)
        or _distributes(sentence, one)
        or _contained(sentence, one)
        or _revises(sentence, one)
        or (not one.digits and _casual(sentence, one, compared, before))
    )
    if (one.structural and compared.sign == "=") or by_the_way:
        return "result" if _have_done(sentence, one) else "context", True
    like = describes(sentence, one) or of_the_aim(sentence, one) or _usual(sentence, one)
    if one.origin or like or _exists(sentence, one) or _done(sentence, one):
        planned = _PLANNED.match(sentence.folded, one.end)  # "up from 25 % planned for 2025"
        return "target" if planned or named_aim(sentence, one) else "result", True
    if (
        one.bound
        or (one.unit is not None and one.unit.name == "grade")
        or _is_term(sentence, one)
        or sentence.folded.startswith(_CLASS, one.end)  # 5万吨级以上泊位
        or stands(sentence, one, compared, before, past)
        or binds(sentence, one, compared, before)
        or is_threshold(sentence, one, _sign(one, compared), compared.end)
        or is_floor(sentence, one)
    ):
        return "threshold", True
    first, last = sentence.clause(one.start)
    said = sentence.labels(first, one.start)
    bounded = compared.sign in {"<=", "=", "about"} and "rise" not in said
    capped = bounded and _capped(sentence, first, one)
    if not fall and (compared.cap or capped):
        return "cap", True
    named = named_aim(sentence, one)
    passed = time is not None and time.year and past.this_year and time.year < past.this_year
    if (passed and not named) or _built_upon(sentence, one):
        return "result", True
    said |= sentence.labels(one.start, last)
    asked = compared.sign == ">=" and (
        compared.start < one.start  # 不少于
        if sentence.chinese
        else _ASKED.search(sentence.folded, first, one.start) is not None
    )
    asked = asked and not past.reports and not said & {"past", "perfect", "yearly"}
    if asked or named:
        return "target", True
    kind, sure = tense(sentence, one, said, time, before, past)
    if _aside(sentence, one, said, kind):
        return "context", True
    bound = time is None and one.digits and one.unit is not None and compared.sign in _BOUNDS
    # a bound that is neither aimed at nor reached is a rule's
    ruled = kind == "context" and bound and not said & _MOVES
    return "threshold" if ruled else kind, sure


def _built_upon(sentence: Sentence, one: Quantity) -> bool:
    """Whether it is what goes on from: 在建设15个园区的基础上，…."""
    if not sentence.chinese or sentence.folded.find("基础上", one.end, sentence.end) < 0:
        return False
    first, last = sentence.clause(one.start)
    upon = _UPON.match(sentence.folded, one.end, last) is not None
    return upon and sentence.folded.find("在", first, one.start) >= 0


_UPON = re.compile("[^，。；0-9]{0,30}?的基础上")


def _sign(one: Quantity, compared: Compared) -> str:
    return "range" if one.high is not None else compared.sign


_BOUNDS = frozenset({">=", "<=", ">", "<"})
_MOVES = frozenset({"rise", "fall", "rise_to", "fall_to"})
_ASKED = re.compile(r"(?<![a-z])not (?:be )?(?:less|lower|smaller|fewer) than $")


_AIMING = frozenset({"future", "strive"})


def _aside(sentence: Sentence, one: Quantity, said: frozenset[str], kind: Kind) -> bool:
    """Whether no aim is told: the whole of which a part is, or what can be and not when."""
    if kind != "target":
        return False
    undated = not dated(sentence, one)
    can = undated and not said & _AIMING and able(sentence, one)
    return can or (undated and underway(sentence, one)) or of_whole(sentence, one)


def _is_term(sentence: Sentence, one: Quantity) -> bool:
    """Whether it is how long a rule gives, or how long something has to last."""
    lasts = one.unit is not None and one.unit.duration
    return lasts and term(sentence.folded, one.start, one.end)


_CLASS = ("级", "-class", "-level")  # 100万千瓦级机组: what kind of unit is meant


_PLANNED = re.compile(r" ?\(?(?:planned|targeted|set|foreseen|envisaged|expected) (?:for|in|by) ")


def _ranked(sentence: Sentence, one: Quantity) -> bool:
    """Whether a count is that of a ranking: "the top 10 companies", 前10家."""
    if one.unit is None or not one.unit.count:
        return False
    ahead, behind = _ranks()
    low = max(sentence.start, one.start - data("sentences")["comparator"])
    before = ahead.search(sentence.folded, low, one.start)
    return bool(before or behind.match(sentence.folded, one.head, sentence.end))


@cache
def _ranks() -> tuple[re.Pattern[str], re.Pattern[str]]:
    words = data("cues")["ranked"]
    before, after = pattern_of(words["before"]), pattern_of(words["after"])
    whole = "(?:(?:in|across|among|at|for|from|covering|between) (?:its|their|the)|forefront of)"
    led = rf"(?:(?<!年)(?<!to )(?<!will )(?<!and ){before} ?|(?<![a-z]){whole} )$"
    return re.compile(led), re.compile(rf" {after}(?![a-z])")


def _qualifies(sentence: Sentence, one: Quantity, compared: Compared) -> bool:
    """Whether a count without a verb belongs to the name of what is measured: 全省9个城市…达98%."""
    if not sentence.chinese or one.unit is None or not one.unit.count or compared.sign != "=":
        return False
    first, last = sentence.clause(one.start)
    following = [q for q in sentence.quantities if one.end < q.start < last]
    named = bool(following) and not (following[0].unit and following[0].unit.count)
    named = named or sentence.folded.endswith(_WHOLE_PLACES, first, one.start)
    return named and not sentence.labels(first, one.start) & _VERBS


_WHOLE_PLACES = ("全国", "全省", "全市", "全区", "全县", "全州")
_VERBS = frozenset({"target", "past", "perfect", "future", "rise", "rise_to", "increase_of"})


def _capped(sentence: Sentence, first: int, one: Quantity) -> bool:
    """Whether a word for a cap leads to a figure, past none of another unit."""
    places = [hit.end for hit in sentence.within(first, one.start) if "cap" in hit.labels]
    kept = None if sentence.chinese else _KEPT.search(sentence.folded, first, one.start)
    if kept:
        places.append(kept.end())
    return bool(places) and all(
        other.unit == one.unit
        for other in sentence.quantities
        if places[-1] <= other.start < one.start
    )


_KEPT = re.compile(
    r"(?:keep|hold)(?:ing)? [a-z -]{3,50}(?:capacity|output|production|consumption|emissions)"
    r" (?:at|to|within) (?:about |around |some )?$"
)


def _hoped_early(sentence: Sentence, one: Quantity) -> bool:
    """Whether it tells how much earlier an aim is striven for, which its own figure states."""
    if not ahead_of_time(sentence.folded, one):
        return False
    return "strive" in sentence.labels(sentence.clause(one.start)[0], one.start)


_WORKS = re.compile("的[^，。；]{1,16}?(?:工程|项目)")  # 总投资45亿元的航道工程
# the size of one named thing, or money set aside: 核电二期总装机240万千瓦, 国家公园面积4000平方公里
_SIZED = re.compile(
    "(?:[一二三四五六]期|示范工程|示范项目|国家公园|自然保护区|湿地公园)[^，。；0-9]{0,8}?"
    "(?:总?装机|总?面积|库容)(?:容量|规模)?(?:为|约)?$|安排[^，。；0-9]{0,8}(?:资金|经费)$"
    "|占(?:全[国省市区]|我[国省市])[^，。；0-9]{0,4}面积的?$"
)
# one station in the works, told with its size: 加快建设某抽水蓄能电站，规划装机120万千瓦
_STATION = re.compile(
    "(?:建设|推进|推动|开工|实施|建成)[一-龥]{2,16}?(?:电站|电厂|枢纽|通道|基地项目|工程|项目)，"
    "(?:规划|设计|核准)?总?(?:装机|库容|投资)(?:容量|规模)?(?:为|约|达)?$"
)
# its size in the bracket behind a name: 某抽水蓄能电站（装机120万千瓦）
_OF_WORK = re.compile(
    "(?:电站|电厂|枢纽|工程|项目|基地|线路|机组)[（(][^，。；（）()0-9]{0,6}?"
    "(?:装机|投资|库容|面积|规模|容量)(?:容量|规模)?(?:为|约)?$"
)
# what a size describes: 600t/d浮法玻璃生产线
_LINE = re.compile("(?!及?以[上下])[^，。；0-9的]{0,12}?(?:生产线|装置|炉|窑|项目|煤矿|矿井|系统)")
_BY_TIME = ("/day", "/year")
_BEING_BUILT = re.compile(
    r" is (?:now |still |also |currently )?(?:under construction|being built)"
)
_ONE_WORK = re.compile(
    r"(?<![a-z])(?:station|plant|reactor|project|dam|farm|base|line)"
    r" (?:with a (?:total |planned |designed )?capacity )?of $"
)
_EACH = re.compile(
    r"(?:县|市|区|[（(][^()（）]{1,6}[）)]|[、和与]){0,4}(?:分别|要|须|应|都|均)?各(?![类项级地种市县])"
    r"|(?: [a-z-]{3,16}){1,5}? (?:will|shall|should|must|have|has) each "
)


def _distributes(sentence: Sentence, one: Quantity) -> bool:
    """Whether a count tells how many do each what follows: "12 counties will each build"."""
    if one.unit is None or not one.unit.count:
        return False
    all_of = sentence.folded.endswith(_SHARED_OUT, sentence.start, one.start)
    if all_of or _EACH.match(sentence.folded, one.end):
        return True
    first = sentence.clause(one.start)[0] if sentence.chinese else one.start
    led = sentence.folded.endswith("的", first, one.start)
    led = led and _FOR_THOSE.search(sentence.folded, first, one.start) is not None
    return led and _TREATS.match(sentence.folded, one.end) is not None


# to how many something is shared out, or how many it concerns: 分解到11个县, 涉及28个市
_SHARED_ZH = ("落实到", "分解到", "下达到", "分解至", "下达至", "涉及")
_SHARED_OUT = ("each of the ", "each of its ", *_SHARED_ZH)
# 对列入清单的36个重点项目给予支持
_FOR_THOSE = re.compile("对[^，。；0-9]{2,24}的$")
_TREATS = re.compile(
    "[^，。；0-9]{0,14}?(?:实行|给予|予以|优先|约谈|通报|督办|督导|督查|帮扶|按月|挂牌|预警)"
)


def _contained(sentence: Sentence, one: Quantity) -> bool:
    """Whether it counts what a plan holds, or the things of the list before it.

    So do 63项 in 规划提出63项工程, 3个 in 皖北、沿江、省会3个集群 and "the plan sets out 8 tasks".
    """
    if one.unit is None or not one.unit.count or one.value is None:
        return False
    low = max(sentence.start, one.start - data("sentences")["lead"])
    if _holds()["zh" if sentence.chinese else "en"].search(sentence.folded, low, one.start):
        return True
    listed = _LISTED.search(sentence.folded, low, one.start) if sentence.chinese else None
    return listed is not None and one.value == listed[0].count("、") + 1


_LISTED = re.compile("[^，。；：、]{1,16}、[^，。；：]{0,39}[^，。；：的]$")


@cache
def _holds() -> dict[str, re.Pattern[str]]:
    words = data("cues")["contained"]
    papers_zh, verbs_zh = pattern_of(words["papers_zh"]), pattern_of(words["verbs_zh"])
    papers_en, verbs_en = pattern_of(words["papers_en"]), pattern_of(words["verbs_en"])
    return {
        "zh": re.compile(
            f"(?:{papers_zh}》?[^，。；0-9、]{{0,6}}?|围绕[^，。；0-9]{{2,40}}?){verbs_zh}了?"
            "(?:共|以下|如下)?(?:[0-9一二三四五六七八九十]{1,3}(?:个?部分|个?方面|大类|章|大项)，?)?$"
        ),
        "en": re.compile(
            rf"{papers_en} (?:also |further |has |have |will )?{verbs_en}"
            r" (?:a total of |the following |about |some )?$"
        ),
    }


_REVISED = re.compile(
    r"\s*(?:compared (?:with|to)|relative to) (?:the|its) (?:[a-z-]+ ){0,4}"
    "(?:plan|targets?|draft)[ ,]"
)
_REVISED_ZH = re.compile(
    r"[比较](?:原|此前|先前|上一?版)[^，。；\d]{0,10}(?:规划|目标|方案|计划)"
    r"[^，。；\d]{0,4}(?:[上下]调|调[高低]|[提增]?[高加]|减少|低)了?约?$"
)


def _revises(sentence: Sentence, one: Quantity) -> bool:
    """Whether it only tells how a plan differs from the one before: 比原规划上调500万千瓦."""
    if sentence.chinese:
        low = max(sentence.start, one.start - data("sentences")["lead"])
        return _REVISED_ZH.search(sentence.folded, low, one.start) is not None
    return (
        "future" not in sentence.says
        and _REVISED.match(sentence.folded, sentence.start) is not None
    )


_SHARES = frozenset({"%", "percentage points", "times"})
_PROJECT = re.compile(r" ?(?:[a-z/-]{2,20} ){1,5}?projects?(?![a-z])")


def _of_project(sentence: Sentence, one: Quantity) -> bool:
    """Whether it is the size of one project: "the 1.2 million tons hydrogen project"."""
    if one.unit is None or one.unit.count or (one.unit.name in _SHARES and one.digits):
        return False
    if sentence.chinese:
        return (
            (one.unit.name == "yuan" and _WORKS.match(sentence.folded, one.end) is not None)
            or (one.unit.name == "yuan" and _set_aside(sentence, one))
            or _OF_WORK.search(sentence.folded, sentence.start, one.start) is not None
            or (
                one.unit.name.endswith(_BY_TIME)
                and _LINE.match(sentence.folded, one.end) is not None
            )
            or (not dated(sentence, one) and _of_station(sentence, one))
        )
    attribute = one.digits and sentence.folded.startswith("-", one.head)
    if attribute and sorted_behind().match(sentence.folded, one.end):
        return True  # "renovation of 300,000-kilowatt units"
    if _BEING_BUILT.match(sentence.folded, one.end):
        return _ONE_WORK.search(sentence.folded, sentence.start, one.start) is not None
    named = sentence.folded.endswith(("the ", "a ", "an "), sentence.start, one.start)
    return named and _PROJECT.match(sentence.folded, one.end) is not None


def _have_done(sentence: Sentence, one: Quantity) -> bool:
    """Whether it counts those that have done something: "So far, 17 provinces have issued"."""
    if sentence.chinese or one.unit is None or not one.unit.count or "perfect" not in sentence.says:
        return False
    first, last = sentence.clause(one.start)
    opens = sentence.folded[first : one.start].strip() in _ALL_OF
    return opens and _HAVE_DONE.match(sentence.folded, one.end, last) is not None


_ALL_OF = frozenset({"", "all", "and", "a total of", "altogether", "the first batch of", "another"})
_HAVE_DONE = re.compile(
    r"(?: \([^()]{3,60}\))?(?: (?!that |which |who |will |to |shall |departments |ministries |agen)"
    r"[a-z-]{2,20}){0,8}?"
    r" (?:have|has|had) (?:all |also |already |now |each )?(?:been )?"
    r"[a-z]{2,14}(?:ed|wn|en|lt|ut|et|un|ade)(?![a-z])"
)


def _invested(sentence: Sentence, one: Quantity) -> bool:
    """Whether it only adds what the things told before cost: "with a total investment of"."""
    if sentence.chinese or one.unit is None or one.unit.name != "yuan":
        return False
    return _INVESTED.search(sentence.folded, sentence.start, one.start) is not None


_INVESTED = re.compile(
    r"(?<![a-z])(?:with|at|for|requiring|involving|and) (?:an? )?"
    r"(?:total |planned |combined |overall |estimated |cumulative |aggregate ){1,2}"
    r"(?:investment|cost|budget) of (?:about |around |nearly |some |over |more than |up to )?$"
)


_FUNDS = re.compile("安排[^，。；0-9]{0,16}(?:资金|经费)(?:约|共|共计|近)?$")
_ARRANGED = re.compile("安排(?:了|约|近)?$")
_AS_FUNDS = re.compile("[^，。；0-9]{0,10}(?:资金|经费)")


def _set_aside(sentence: Sentence, one: Quantity) -> bool:
    """Whether it is money that a budget sets aside: 2022年安排专项资金1.5亿元."""
    low = max(sentence.start, one.start - data("sentences")["thing"])
    if _FUNDS.search(sentence.folded, low, one.start):
        return True
    arranged = _ARRANGED.search(sentence.folded, low, one.start) is not None
    return arranged and _AS_FUNDS.match(sentence.folded, one.end) is not None


def _of_station(sentence: Sentence, one: Quantity) -> bool:
    """Whether it is the size of one work that is named before it."""
    first = sentence.clause(one.start)[0]
    if _SIZED.search(sentence.folded, first, one.start):
        return True
    low = max(sentence.start, first - data("sentences")["lead"])
    return _STATION.search(sentence.folded, low, one.start) is not None


def _usual(sentence: Sentence, one: Quantity) -> bool:
    """Whether a technology is compared with the usual one: "70 % lower than traditional ones"."""
    than = sentence.folded.find(" than ", one.end, one.end + data("sentences")["thing"])
    return than > 0 and sentence.folded.startswith(_usuals(), than + len(" than "))


_OF_AIM = re.compile(
    r" of (?:the|its|their|this|that) (?:[a-z-]+ |20\d\d ){0,3}?(?:targets?|tasks?|goals?|quota)"
    r"(?![a-z])",
    re.ASCII,
)


def _done(sentence: Sentence, one: Quantity) -> bool:
    """Whether a share tells how much of an aim is done: "54 percent of the five-year task"."""
    if sentence.chinese or one.unit is None or one.unit.name != "%":
        return False
    if not _OF_AIM.match(sentence.folded, one.end):
        return False
    ahead = sentence.labels(sentence.clause(one.start)[0], one.start)
    return ahead.isdisjoint({"future", "strive"})


def _exists(sentence: Sentence, one: Quantity) -> bool:
    """Whether it tells how things are: 现有糖厂76家, "which accounts for one-fifth"."""
    low = max(sentence.start, one.start - data("sentences")["lead"])
    return _EXISTS.search(sentence.folded, low, one.start) is not None


_EXISTS = re.compile(
    "现[有存][^，。；0-9达低高超降占率比升减至到]{0,8}$"
    "|现[有存][^，。；0-9]{0,12}[0-9][0-9.]*[^，。；0-9]{1,6}，(?:设计|核定|合计|总|年){0,3}"
    "(?:产能|生产能力|能力|装机|容量|面积|蓄积){1,2}(?:约|为|共|合计)?$"
    "|which (?:now |currently |already )?(?:accounts? for|makes? up|represents?) "
    "(?:about |around |roughly |nearly |over |more than |almost )?$"
)


@cache
def _usuals() -> tuple[str, ...]:
    return tuple(data("cues")["usual_en"])


def _casual(sentence: Sentence, one: Quantity, compared: Compared, before: Draft | None) -> bool:
    """Whether a number word counts by the way ("six pilot areas"), not as an aim or a result."""
    if one.unit is None or not one.unit.count or compared.sign != "=" or one.high is not None:
        return False
    listed = not sentence.folded.endswith((" of ", " of the "), sentence.start, one.start)
    if (
        listed
        and before
        and before.kind != "context"
        and before.start >= sentence.clause(one.start)[0]
    ):
        return False  # it goes on in a list: 工厂五十家、园区十个
    if listed and before and lists(sentence, one, before):
        return False  # "30 factories, five parks and five data centers"
    large = one.value is not None and one.value > data("cues")["casual"]
    large = large or acted_on(sentence.folded, one.end)
    verb = any(
        "target" in hit.labels and not sentence.folded[hit.end : one.start].strip()
        for hit in sentence.within(one.start - data("sentences")["verb"], one.start)
    )
    return not (large or verb)
