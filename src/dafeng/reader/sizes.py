"""Whether a figure sorts things by their size, as "boilers of 10 t/h and below" does."""

from __future__ import annotations

import re
from functools import cache

from dafeng.reader.lexicon import data, pattern_of
from dafeng.reader.quantity import Quantity
from dafeng.reader.sentence import Sentence
from dafeng.reader.standing import before_en
from dafeng.reader.when import dated

_SHARES = frozenset({"%", "percentage points", "times"})
_MOVES = frozenset({"rise", "fall", "rise_to", "fall_to", "cap"})
_CASE = re.compile(r"的(?:[，；]|[^，。；]{0,4}预警)")  # "超过限额10%以上的，加价…"
_BOUND_ZH = re.compile(r"以上|以下|内|[（(]含[)）]")


# PUE在1.5至1.8之间的
_BETWEEN = re.compile(r"(?:[至到~—-]{1,2}\d[\d.]*)?(?:[（(]含[)）])?之间的", re.ASCII)


def is_threshold(sentence: Sentence, one: Quantity, comparator: str, ends: int) -> bool:
    """Whether a figure sorts things by size ("boilers of 10 t/h and below") and aims at nothing.

    ``ends`` is the place where the figure ends with its comparator.
    """
    named = one.unit.name if one.unit else one.scale
    if named is None or comparator == "about":
        return False
    if named in _SHARES or (one.unit and one.unit.count):
        return comparator != "=" and _in_class(sentence, one, ends)
    low = max(sentence.start, one.start - data("sentences")["sorted"])
    limits = not sentence.chinese and (comparator != "=" or one.high is not None)
    limits = limits and _WHO.search(sentence.folded, low, one.start) is not None
    used = bool(limits and _that_use().search(sentence.folded, low, one.start))
    if _of_counted(sentence, one) and _changes(sentence, one):
        return True  # "eliminate 12 pot series below 160 kA"
    first = max(sentence.clause(one.start)[0], one.start - data("sentences")["verb"])
    said = sentence.labels(first, one.start)
    if said & _MOVES and not used:
        return comparator != "=" and "fall" in said and _which_save(sentence, one)
    return used or _sorts(sentence, one, comparator, ends, said)


def _sorts(
    sentence: Sentence, one: Quantity, comparator: str, ends: int, said: frozenset[str]
) -> bool:
    """Whether a measured size sorts things; ``said``: by the words right before it."""
    low = max(sentence.start, one.start - data("sentences")["sorted"])
    first = max(sentence.clause(one.start)[0], one.start - data("sentences")["verb"])
    subject = "threshold subject" in sentence.labels(sentence.start, one.start)
    sorts = comparator != "=" or before_en().search(sentence.folded, low, one.start) is not None
    if subject and sorts and sentence.folded.find(" per ", first, one.start) < 0:
        return True
    if sentence.chinese:
        bound = one.high is not None or _BOUND_ZH.search(sentence.folded, one.end, ends)
        sorts = sentence.folded.startswith(("的", "或"), ends)
        sorted_by = comparator in {">", "<", ">=", "<="} and sorts
        sorted_by = sorted_by or (comparator == "=" and _reaching(sentence, one, ends))
        behind = _behind_zh().match(sentence.folded, ends, sentence.end)
        meant = comparator != "=" and _sorts_in_bracket(sentence, one, ends)
        between = one.high is None and _BETWEEN.match(sentence.folded, one.end) is not None
        sorts = behind is not None and (bool(bound) or sorted_by)
        return meant or between or sorts or (sorted_by and _opens_zh(sentence, one, ends))
    return _sorts_en(sentence, one, comparator, ends, aimed="target" in said)


def _opens_zh(sentence: Sentence, one: Quantity, ends: int) -> bool:
    """Whether a clause begins with what a bound sorts: 距离500公里以上的货物逐步转向铁路."""
    first, last = sentence.clause(one.start)
    if sentence.labels(first, one.start) - _MEASURED or any(
        t.year and first <= t.start < last for t in sentence.times
    ):
        return False
    return _OF_ZH.match(sentence.folded, ends, last) is not None


_MEASURED = frozenset({"share", "annual", "threshold subject"})
_OF_ZH = re.compile(
    "的(?![^，。；]{0,6}(?:目标|任务|要求|水平|能力|规模|占比|比例|，|。))[一-龥“”、]{4}"
)


_WHICH_SAVE = re.compile(
    r" (?:that|which) (?:save|cut|reduce|saves|cuts|reduces) (?:[a-z]+ ){0,4}?$"
)


def _which_save(sentence: Sentence, one: Quantity) -> bool:
    """Whether a saving tells which are meant: "projects that save more than 5,000 tons get"."""
    if sentence.chinese:
        return False
    low = max(sentence.start, one.start - data("sentences")["sorted"])
    found = _WHICH_SAVE.search(sentence.folded, low, one.start)
    return bool(found and _thing_last().search(sentence.folded, low, found.start()))


@cache
def _thing_last() -> re.Pattern[str]:
    return re.compile(rf"{pattern_of(data('cues')['threshold']['things_en'])}$")


_MUST_BEHIND = re.compile("的[^，。；0-9]{1,10}?(?:应|须|必须|要|纳入|列入|由|实行|不得|可|均)")
_REACHES = ("达到", "达", "满", "达到了", "高达")


def _reaching(sentence: Sentence, one: Quantity, ends: int) -> bool:
    """Whether what reaches a size has to do something: 排放达到2.6万吨的企业应纳入名录."""
    reaches = sentence.folded.endswith(_REACHES, sentence.clause(one.start)[0], one.start)
    return reaches and _MUST_BEHIND.match(sentence.folded, ends) is not None


def _in_class(sentence: Sentence, one: Quantity, ends: int) -> bool:
    """Whether a bound is of a case (超过限额10%以上的) or as in "farms with over 500 pigs must"."""
    if one.unit is None or not one.unit.count:
        first = sentence.clause(one.start)[0]
        where = not sentence.chinese and _WHERE.search(sentence.folded, first, one.start)
        return bool(where) or _CASE.match(sentence.folded, ends) is not None
    if sentence.chinese:
        return _in_class_zh(sentence, one, ends)
    low = max(sentence.start, one.start - data("sentences")["sorted"])
    first, last = sentence.clause(one.start)
    sorts = before_en().search(sentence.folded, low, one.start)
    sorts = sorts or _above_en().search(sentence.folded, low, one.start)
    bids = sorts and _MUST.search(sentence.folded, one.end, last)
    told = {"future"} if _NEWLY.match(sentence.folded, first) else {"future", "past"}
    return bool(bids) and sentence.labels(first, one.start).isdisjoint(told)


_NEWLY = re.compile(r"\W*(?:for |all )?newly[ -](?:built|constructed|added|approved)(?![a-z])")


def _in_class_zh(sentence: Sentence, one: Quantity, ends: int) -> bool:
    """Whether a count of what a thing has sorts it: 年出栏500头以上的养殖场."""
    low = max(sentence.clause(one.start)[0], one.start - data("sentences")["verb"])
    has = _HAS_ZH.search(sentence.folded, low, one.start)
    if has is None:
        return False
    found = _counted_zh().match(sentence.folded, ends, sentence.end)
    return found is not None and (has[1] is None or bool(found[1]))  # 拥有50辆以上货车的企业


_HAS_ZH = re.compile(
    "(?:(拥有|自有|设有|配有|保有|经营|管理)|(?:出栏|存栏|屠宰|饲养|养殖|床位|车位|泊位|机架|员工"
    "|职工|从业人员|学生|客房|住户)(?:总?[量数]|规模)?)(?:在|达到?|超过)?$"
)


@cache
def _counted_zh() -> re.Pattern[str]:
    things = pattern_of([*data("cues")["threshold"]["things_zh"], "场", "小区", "学校", "公司"])
    return re.compile(rf"([^，。；、：（(\d]{{0,8}}?)的[^，。；、：（(\d]{{0,8}}?{things}")


# "in areas with a rate of use not lower than 90 %, …": a share that tells which places are meant
_WHERE = re.compile(
    r"(?<![a-z])(?:in|for|to) (?:the |those |all |any )?(?:[a-z-]+ ){0,2}?(?:areas|regions|places"
    r"|zones|provinces|cities|counties|towns|districts|parks|enterprises|firms|companies|projects)"
    r" (?:with|where|whose|that have|which have) [a-z -]{3,70}$"
)
_MUST = re.compile(" (?:must|shall|should|may not|are to|is to|have to|has to) ")


def _sorts_in_bracket(sentence: Sentence, one: Quantity, ends: int) -> bool:
    """Whether a bracket tells which of the things before it are meant: 数据中心（PUE大于1.5）."""
    opens = max(sentence.folded.rfind(sign, sentence.start, one.start) for sign in "（(")
    if opens < 0 or not sentence.folded.startswith(("）", ")"), ends):
        return False
    said = sentence.labels(opens, one.start)
    low = max(sentence.start, opens - data("sentences")["thing"])
    return not said & {"strive", "target"} and bool(
        _thing_ends().search(sentence.folded, low, opens)
    )


@cache
def _thing_ends() -> re.Pattern[str]:
    return re.compile(f"(?:{pattern_of(data('cues')['threshold']['things_zh'])}|数据中心)$")


def _sorts_en(
    sentence: Sentence, one: Quantity, comparator: str, ends: int, *, aimed: bool
) -> bool:
    low = max(sentence.start, one.start - _WHOSE)
    whose = sentence.folded.find(" whose ", low, one.start) > 0
    if whose and _whose().search(sentence.folded, low, one.start):
        return True
    if not aimed and _above_en().search(sentence.folded, sentence.start, one.start):
        return True
    words = sentence.folded[one.end : ends].strip()
    if words in data("cues")["threshold"]["bounds_en"]:
        return not aimed
    low = max(sentence.start, one.start - data("sentences")["sorted"])
    if not words and _SIZED_EN.match(sentence.folded, one.end) and _changes(sentence, one):
        return True  # "the 65 steam tons per hour boilers will be shut down"
    behind = sorted_behind().match(sentence.folded, ends, sentence.end)
    sized = before_en().search(sentence.folded, low, one.start)
    before = sized is not None and not _AIMS_AT.search(sized[0])
    led = not words and not aimed and comparator != "="  # "boilers of less than 65 t/h"
    return bool(words and (behind or before)) or (led and before)


# "the city of A plans 2 million kW or more": a place, and no kind of thing that a size sorts
_AIMS_AT = re.compile(
    " (?:plans?|aims?|wants?|hopes?|expects?|intends?|seeks?|targets?|proposes?|pledges?|has"
    "|have|had|will|is to|are to|should|must) "
)
_SIZED_EN = re.compile(" (?:coal-fired )?(?:boilers?|units?|furnaces?|kilns?|converters?|ovens?) ")


def _changes(sentence: Sentence, one: Quantity) -> bool:
    """Whether what a size names goes or is made anew."""
    redone = _REDONE.search(sentence.folded, one.end, sentence.end) is not None
    return redone or "phase_out" in sentence.says


def _of_counted(sentence: Sentence, one: Quantity) -> bool:
    """Whether a size bounds things that are counted right before it: "12 kilns below 2,500 t/d"."""
    low = max(sentence.start, one.start - data("sentences")["sorted"])
    found = None if sentence.chinese else _COUNTED.search(sentence.folded, low, one.start)
    if found is None or (one.unit is not None and one.unit.duration):
        return False
    counts = [q for q in sentence.quantities if q.unit and q.unit.count]
    return any(q.start <= found.start() < q.end for q in counts)


_COUNTED = re.compile(
    r"\d (?:[a-z-]{2,20} ){1,4}?(?:with (?:an? )?(?:[a-z-]{2,20} ){1,3})?"
    r"(?:below|under|smaller than|of less than|of under|of below) $",
    re.ASCII,
)
_REDONE = re.compile(
    "(?:will|shall|must|should|to) (?:all )?be (?:retrofit|renovat|upgrad|transform|replac"
    "|convert|rebuilt|modifi|gone)"
)


@cache
def _behind_zh() -> re.Pattern[str]:
    words = data("cues")["threshold"]
    aged = r"(?:、[^，。；：（(]{2,8}\d{1,2}年(?:及?以上)?)?"  # 30万千瓦以下、运行满25年的机组
    thing = rf"{aged}的?[^，。；、：（(\d]{{0,12}}?{pattern_of(words['things_zh'])}"
    counted = r"的\d+[台座家个条]"  # 35蒸吨/小时以上的129台
    return re.compile(f"{pattern_of(words['directly_zh'])}|{thing}|{counted}", re.ASCII)


@cache
def sorted_behind() -> re.Pattern[str]:
    """A thing right behind its size: "300,000-kilowatt units", "10 t/h and below boilers"."""
    words = data("cues")["threshold"]["things_en"]
    return re.compile(rf",? (?:[a-z-]{{1,20}} ){{0,6}}?{pattern_of(words)}")


_WHOSE = len("projects whose annual comprehensive consumption of energy exceeds at least ")


@cache
def _whose() -> re.Pattern[str]:
    """What a thing has to reach to be meant: "a project whose energy use reaches 50,000 t"."""
    things = pattern_of(data("cues")["threshold"]["things_en"])
    reach = "(?:reach(?:es)?|exceeds?|is|are)(?: more than| over| above| at least| below| under)?"
    return re.compile(rf"{things} whose [a-z -]{{3,40}} {reach} $")


@cache
def _above_en() -> re.Pattern[str]:
    """A thing and the bound of its size: "kilns below 2,000 tons per day"."""
    things = pattern_of(data("cues")["threshold"]["things_en"])
    bounds = "below|under|over|above|exceeding|in excess of|smaller than|larger than"
    return re.compile(rf"{things} (?:still )?(?:{bounds}) $")


_WHO = re.compile(" (?:that|wh(?:ich|o)) ")


@cache
def _that_use() -> re.Pattern[str]:
    """A thing and what it uses, which sorts it out: "smelters that do not use more than"."""
    things = pattern_of(data("cues")["threshold"]["things_en"])
    verbs = pattern_of(data("cues")["threshold"]["uses_en"])
    who = "(?:that|which|who) (?:do not |does not )?"
    return re.compile(rf"{things} {who}{verbs} [a-z -]{{0,40}}$")


_FLOOR_WORDS = re.compile("floor|minimum|red line|bottom line|红线|底线|预警线")
_FLOOR = re.compile(
    r"(?:above|below|over|exceeding|within|under|beyond|than|meets?|met) (?:the|its|their|a) "
    r"(?:[a-z-]+ ){0,3}?(?:floor|minimum|red line|bottom line) (?:of|at|set at) $"
)
_FLOOR_BEHIND = re.compile(
    r"(?: [a-z-]+){0,2}? (?:floor|minimum|red line|bottom line)(?![a-z]| space| area)"
    "|的?(?:红线|底线|预警线)"
)


def is_floor(sentence: Sentence, one: Quantity) -> bool:
    """Whether a bound is named beside which things are told: "above the national floor of 90 %"."""
    if not _FLOOR_WORDS.search(sentence.folded, sentence.start, sentence.end):
        return False
    if _FLOOR.search(sentence.folded, sentence.start, one.start):
        return True
    shared = one.unit is not None and one.unit.name == "%"
    behind = shared and _FLOOR_BEHIND.match(sentence.folded, one.end) is not None
    return behind and not (sentence.chinese and dated(sentence, one))  # 到2025年守住20%的底线
