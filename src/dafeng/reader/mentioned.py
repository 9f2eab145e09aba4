"""What is only mentioned: counts and sizes that are neither aimed at nor reached."""

from __future__ import annotations

import re
from functools import cache

from dafeng.reader.aside import lists
from dafeng.reader.comparators import Compared
from dafeng.reader.draft import Draft
from dafeng.reader.lexicon import data, pattern_of
from dafeng.reader.quantities import ahead_of_time
from dafeng.reader.quantity import Quantity
from dafeng.reader.sentence import Sentence
from dafeng.reader.sizes import sorted_behind
from dafeng.reader.when import dated
from dafeng.reader.yearlike import acted_on


def mentioned(sentence: Sentence, one: Quantity, compared: Compared, before: Draft | None) -> bool:
    """Whether a figure is told by the way; ``before`` is the figure before it in the paragraph."""
    sums_up = sentence.folded.endswith("等", sentence.start, one.start)  # 废铜等9种
    return (
        sums_up
        or (compared.sign == "=" and of_class(sentence, one))
        or _ranked(sentence, one)
        or _qualifies(sentence, one, compared)
        or _measured_of(sentence, one, compared)
        or _hoped_early(sentence, one)
        or _of_project(sentence, one)
        or _invested(sentence, one)
        or _distributes(sentence, one)
        or _contained(sentence, one)
        or _in_force(sentence, one)
        or _revises(sentence, one)
        or (not one.digits and _casual(sentence, one, compared, before))
    )


def of_class(sentence: Sentence, one: Quantity) -> bool:
    """Whether it tells what kind of thing is meant: 100万千瓦级机组."""
    return sentence.folded.startswith(_CLASS, one.end)


_CLASS = ("级", "-class", "-level")  # 100万千瓦级机组: what kind of unit is meant


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


def _measured_of(sentence: Sentence, one: Quantity, compared: Compared) -> bool:
    """Whether a count belongs to the name of what is measured: "the output of 9 kinds reaches"."""
    if sentence.chinese or one.unit is None or not one.unit.count or compared.sign != "=":
        return False
    if not sentence.folded.endswith((" of ", " of the ", " of its "), sentence.start, one.start):
        return False
    low = max(sentence.start, one.start - data("sentences")["lead"])
    if not _MEASURED.search(sentence.folded, low, one.start):
        return _BERTHS.search(sentence.folded, low, one.start) is not None
    following = [q for q in sentence.quantities if one.end < q.start][:1]
    return (
        bool(following) and _REACHES.match(sentence.folded, one.end, following[0].start) is not None
    )


_MEASURED = re.compile(
    r"(?<![a-z])(?:amount|output|production|volume|capacity|sales|consumption|emissions?|value"
    r"|intensity|efficiency|rate|utili[sz]ation|use|yield|income|revenue|area|intake|investment)"
    r" of (?:the |its )?$"
)
# "covers 100 % of the berths of 5 port areas": where the share is taken
_BERTHS = re.compile(r"(?:%|percent) of (?:the |all |its )?(?:[a-z-]+ ){1,3}of (?:the |its )?$")
_REACHES = re.compile(
    r"[^.;:,]*? (?:reach(?:es|ed)?|exceed(?:s|ed)?|be|rise|fall|grow|drop|increase|total|amount"
    r"|come|account|rose|fell|grew|was|were|is|are|total?led|stood at) [^.;:,]*$"
)
_WHOLE_PLACES = ("全国", "全省", "全市", "全区", "全县", "全州")
_VERBS = frozenset({"target", "past", "perfect", "future", "rise", "rise_to", "increase_of"})


def _hoped_early(sentence: Sentence, one: Quantity) -> bool:
    """Whether it tells how much earlier an aim is striven for, which its own figure states."""
    if not ahead_of_time(sentence.folded, one):
        return False
    return "strive" in sentence.labels(sentence.clause(one.start)[0], one.start)


_WORKS = re.compile("的[^，。；]{1,16}?(?:工程|项目)")  # 总投资45亿元的航道工程
# the size of one named thing: 核电二期总装机240万千瓦, 国家公园面积4000平方公里
_SIZED = re.compile(
    "(?:[一二三四五六]期|示范工程|示范项目|国家公园|自然保护区|湿地公园)[^，。；0-9]{0,8}?"
    "(?:总?装机|总?面积|库容)(?:容量|规模)?(?:为|约)?$"
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
# what a work is designed for, and then yields: 设计送电能力800万千瓦，年输送电量360亿千瓦时
_DESIGNED = re.compile(
    "(?:设计|额定)[^，。；0-9]{0,4}?(?:能力|容量|功率|规模)(?:为|约|达|达到)?"
    "(?:约?[0-9][0-9.]*[^，。；0-9]{1,6}，[^，。；0-9]{0,6}?年[^，。；0-9新增]{0,6}量"
    "(?:为|约|达|达到|将|可|预计|超过|超){0,4})?$"
    "|设计年[^，。；0-9]{1,6}量(?:为|约|达)?$"
)
# of which nothing is told but that it is built: 2座共240万千瓦抽水蓄能电站加快建设
_BUILT_ON = re.compile(
    "[^，。；0-9的]{0,10}?(?:电站|电厂|工程|项目|机组|基地|风电|光伏|通道|线路)"
    "(?:正在|加快|抓紧|有序|顺利|全面|稳步|持续|正)(?:推进)?(?:建设|施工|推进)(?=[，。；])"
)
# what is to be had once things are done, and not when: 全部实施后每年可节能48万吨
_ONCE_DONE = re.compile(
    "(?:实施|建成|投产|投运|达产|完工|竣工)后，?[^，。；0-9]{0,8}?(?:每年|年)均?可[^，。；0-9]{1,12}$"
)
# what a size describes: 600t/d浮法玻璃生产线
_LINE = re.compile("(?!及?以[上下])[^，。；0-9的]{0,12}?(?:生产线|装置|炉|窑|项目|煤矿|矿井|系统)")
_BY_TIME = ("/day", "/year")
_BEING_BUILT = re.compile(
    r"(?: unit| reactor| plant| project| line| station)?"
    r" is (?:now |still |also |currently )?(?:under construction|being built)"
)
_ANOTHER = ("another ", " a further ", "one more ", " a second ", " a third ")
_ONE_WORK = re.compile(
    r"(?<![a-z])(?:station|plant|reactor|project|dam|farm|base|line)"
    r" (?:with a (?:total |planned |designed )?capacity )?of $"
)
_SINGULAR = ("watt", "ton", "tonne", "meter", "metre", "mw", "gw", "kw")
_UNITS = re.compile(
    r" (?:(?!of |in |from |by |and |or |for |to |at |will |is |are |was |were )[a-z-]{1,20} ){0,2}?"
    r"(?:units?|sets?|boilers?|furnaces?|kilns?|converters?|turbines?"
    r"|reactors?|lines?|plants?|stations?|vessels?|ships?|mines?|trucks?)(?![a-z])"
)
# "3 bases with an annual capacity of 500,000 tons each"
_WITH_EACH = re.compile(r" (?:with|having|boasting) an? (?:[a-z-]+ ){1,4}of (?:about |over )?$")
_IN_EACH = re.compile(r" each(?:[a-z]| in | for | of | year)")
# the size that every one of several things has
_OF_EACH = re.compile(
    r" (?:each|both|every one)(?: of (?:them|which))? (?:with|having|of|at|boasting|holding)"
    r" (?:an? |its )?(?:[a-z-]+ ){0,4}?(?:capacity|output|area|volume|size|investment|production"
    r"|throughput|population|scale)(?: of)?(?: about| around| nearly| over| more than| some)? $"
)
_EACH = re.compile(
    r"(?:县|市|区|[（(][^()（）]{1,6}[）)]|[、和与]){0,4}(?:分别|要|须|应|都|均)?各(?![类项级地种市县])"
    r"|(?: [a-z-]{3,16}){1,5}? (?:will|shall|should|must|have|has) each "
)


def _distributes(sentence: Sentence, one: Quantity) -> bool:
    """Whether a count tells how many do each what follows: "12 counties will each build"."""
    if one.unit is None or not one.unit.count:
        return False
    shared = sentence.folded.endswith(_SHARED_ZH, sentence.start, one.start)
    if shared and dated(sentence, one):  # 到2025年，将清洁供暖落实到500个村
        first = sentence.clause(one.start)[0]
        shared = _AIMS_ZH.search(sentence.folded, first, one.start) is not None
    shared = shared or sentence.folded.endswith(_SHARED_EN, sentence.start, one.start)
    if shared or _EACH.match(sentence.folded, one.end):
        return True
    first = sentence.clause(one.start)[0] if sentence.chinese else one.start
    led = sentence.folded.endswith("的", first, one.start)
    led = led and _FOR_THOSE.search(sentence.folded, first, one.start) is not None
    return led and _TREATS.match(sentence.folded, one.end) is not None


# to how many something is shared out, or how many it concerns: 分解到11个县, 涉及28个市
_SHARED_ZH = ("落实到", "分解到", "下达到", "分解至", "下达至", "涉及")
_AIMS_ZH = re.compile("目标|任务|指标")
_SHARED_EN = ("each of the ", "each of its ")
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


def _in_force(sentence: Sentence, one: Quantity) -> bool:
    """Whether it is how long the document itself holds: "These Measures are valid for 5 years"."""
    if sentence.chinese or one.unit is None or not one.unit.duration:
        return False
    return _IN_FORCE.fullmatch(sentence.folded, sentence.start, one.start) is not None


_IN_FORCE = re.compile(
    r"\W*(?:article \d+ )?(?:(?:th(?:is|ese) (?:[a-z-]+ ){0,3}?|the )(?:measures|notice|plan"
    r"|opinions|provisions|rules|regulations?|scheme|circular|document|guidelines|policy|policies)"
    r"|(?:they|it)(?= [^.;:]*(?:into force|effect)))"
    r"(?: [^.;:]*)? (?:valid|effective|in force|in effect)(?: for| for a (?:period|term) of) $",
    re.ASCII,
)
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
    if _sizes_one(sentence, one):
        return True
    named = sentence.folded.endswith(("the ", "a ", "an "), sentence.start, one.start)
    return named and _PROJECT.match(sentence.folded, one.end) is not None


def _sizes_one(sentence: Sentence, one: Quantity) -> bool:
    """Whether it is the size of one work, or of each of several."""
    attribute = one.digits and sentence.folded.startswith("-", one.head)
    if attribute and sorted_behind().match(sentence.folded, one.end):
        return True  # "renovation of 300,000-kilowatt units"
    unit = one.digits and sentence.folded.endswith(_SINGULAR, one.head, one.end)
    if unit and _UNITS.match(sentence.folded, one.end):
        return True  # "the coal use of new 1 million kilowatt units"
    if _BEING_BUILT.match(sentence.folded, one.end):
        another = sentence.folded.endswith(_ANOTHER, 0, one.start)
        return another or bool(_ONE_WORK.search(sentence.folded, sentence.start, one.start))
    if sentence.folded.startswith(" each", one.end) and _WITH_EACH.search(
        sentence.folded, sentence.start, one.start
    ):
        return _IN_EACH.match(sentence.folded, one.end) is None
    # "3 bases, each with an annual capacity of 500,000 tons"
    return _OF_EACH.search(sentence.folded, sentence.start, one.start) is not None


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
_FUNDS = re.compile("(?:安排|投入)[^，。；0-9]{0,16}(?:资金|经费)(?:约|共|共计|近)?$")
_COSTS = re.compile(  # 该项目总投资36亿元
    "(?:[该此本]|[一二三四]期)(?:项目|工程|基地)，?(?:计划|估算|概算|预计)?总投资(?:额)?(?:约|为|达|超过|超)?$"
)
_BOUND = "(?:不少于|不低于|不超过|超过|至少)?"
_GIVEN = f"(?:安排|统筹|列支|拿出|投入|下达|拨付)(?:了|约|近|资金)?{_BOUND}$"
_ARRANGED = re.compile(_GIVEN)
_BUDGETED = re.compile(f"财政[^，。；0-9]{{0,6}}?{_GIVEN}")
_AS_FUNDS = re.compile("[^，。；0-9]{0,10}(?:资金|经费)")


def _set_aside(sentence: Sentence, one: Quantity) -> bool:
    """Whether it is money that a budget sets aside: 2022年安排专项资金1.5亿元."""
    low = max(sentence.start, one.start - data("sentences")["thing"])
    if _FUNDS.search(sentence.folded, low, one.start) or _COSTS.search(
        sentence.folded, low, one.start
    ):
        return True
    arranged = _ARRANGED.search(sentence.folded, low, one.start) is not None
    if arranged and _BUDGETED.search(sentence.folded, low, one.start):
        return True  # 财政每年安排不少于5亿元支持产业发展
    return arranged and _AS_FUNDS.match(sentence.folded, one.end) is not None


def _of_station(sentence: Sentence, one: Quantity) -> bool:
    """Whether it is the size of one work that is named before it."""
    first = sentence.clause(one.start)[0]
    if _SIZED.search(sentence.folded, first, one.start) or _once_done(sentence, one):
        return True
    if _BUILT_ON.match(sentence.folded, one.end):
        return True
    low = max(sentence.start, first - data("sentences")["lead"])
    designed = sentence.folded.find("设计", low, one.start) >= 0
    designed = designed or sentence.folded.find("额定", low, one.start) >= 0
    if designed and _DESIGNED.search(sentence.folded, low, one.start):
        return True
    return _STATION.search(sentence.folded, low, one.start) is not None


def _once_done(sentence: Sentence, one: Quantity) -> bool:
    """Whether it is what things yield once they are done: 全部实施后每年可节能48万吨."""
    low = max(sentence.start, one.start - data("sentences")["lead"])
    after = sentence.folded.find("后", low, one.start) >= 0
    return after and _ONCE_DONE.search(sentence.folded, low, one.start) is not None


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
