"""Standing rules: bounds that hold for what is built, kept or phased out, and aim at no year.

A rule has a year only where its own words print one: that from which it holds ("自2022年起"), or
the day by which what it sorts out is gone ("到2025年底，淘汰…").
"""

from __future__ import annotations

import re
from functools import cache

from dafeng.reader.comparators import Compared
from dafeng.reader.draft import Draft
from dafeng.reader.levels import is_level, levelled
from dafeng.reader.lexicon import both, data, fold, pattern_of
from dafeng.reader.past import Past, rules_open
from dafeng.reader.quantity import Quantity
from dafeng.reader.sentence import Sentence
from dafeng.reader.times import Time
from dafeng.reader.when import dated, part_of

_SHARES = frozenset({"%", "percentage points", "times"})


def stands(
    sentence: Sentence, one: Quantity, compared: Compared, before: Draft | None, past: Past
) -> bool:
    """Whether a figure is the bound of a standing rule; ``before`` is the figure before it."""
    return (
        _holds_from(sentence, one, compared, before)
        or _admitted(sentence, one, compared)
        or _chained(sentence, one, compared, before)
        or _of_class(sentence, one, compared, before)
        or _sorts_too(sentence, one, compared, before)
        or _exchanged(sentence, one)
        or _listed(sentence, one, compared, past)
        or is_level(sentence, one, compared)
        or _is_standard(sentence, one)
    )


def year_of_rule(sentence: Sentence, one: Quantity, time: Time | None) -> int | None:
    """The year that is printed for a rule: from when on it holds, or by when what it sorts goes."""
    if sentence.folded.endswith(_VALID, sentence.start, one.start):
        return None  # 自2023年9月1日起施行，有效期5年
    held = holds_from(sentence, one) or _from_behind(sentence, one)
    if held is None and time and time.role == "at" and not time.plan:
        lasts = one.unit is not None and one.unit.duration
        if levelled(sentence, one) or (lasts and _in_part(sentence, one, time)):
            return time.year  # "2022年分档标准为…", "2024年…停窑不少于150天"
    return held or _deadline(sentence, one, time)


_VALID = ("有效期", "有效期为", "有效期限", "有效期限为")


def _in_part(sentence: Sentence, one: Quantity, time: Time) -> bool:
    """Whether a year leads the part of a sentence, or stands in the clause, of a figure."""
    led = part_of(sentence, one) <= time.start < one.start
    first, last = sentence.clause(one.start)
    return led or first <= time.start < last


def holds_from(sentence: Sentence, one: Quantity) -> int | None:
    """The year from which on a rule holds ("自2022年起"), where none else dates a figure."""
    ahead = [t for t in sentence.times if t.end <= one.start and t.year and t.role != "issued"]
    roles = {"since", "base"} if sentence.chinese else {"since", "base", "at"}  # ", and from 2025"
    if not ahead or ahead[-1].first or ahead[-1].role not in roles:
        return None
    return ahead[-1].year if _onward(sentence, ahead[-1]) else None


def _onward(sentence: Sentence, time: Time) -> bool:
    """Whether something holds from a year on: 2022年起, "from 2022, ", "starting from 2022"."""
    folded = sentence.folded
    if sentence.chinese:
        return _ONWARD_ZH.match(folded, time.end) is not None
    if folded.startswith((" on,", " on ", " onward"), time.end):
        return True
    low = max(sentence.start, time.start - data("sentences")["lead"])
    opens = _OPENS_FROM.search(folded[low : time.start]) is not None
    return opens and not _NOT_ONWARD.match(folded, time.end)


_ONWARD_ZH = re.compile(
    "起|开始|[以之]?后(?=新?(?:投产|建成|并网|核准|备案|开工|注册|新建|建设|投运))"
)
_NOT_ONWARD = re.compile(r"-| level| to (?:the |end |of )*(?:19|20)\d\d(?!\d)", re.ASCII)


_OPENS_FROM = re.compile(
    r"(?:^|[;:.,] |\) ?| and )[“\"]?(?:and |but )?(?:starting |beginning |effective )?"
    r"(?:from|as from|(?:starting|beginning|effective) (?:in|on))"
    r"(?: the beginning of| the start of| january 1,?| the year)? $"
)
_FROM = ("from ", "starting from ", "from the beginning of ")


def _from_behind(sentence: Sentence, one: Quantity) -> int | None:
    """The year in "shall implement the 72 % standard from 2024"."""
    if sentence.chinese:
        return None
    last = sentence.clause(one.start)[1]
    behind = [t for t in sentence.times if one.end <= t.start < last and t.year]
    from_on = behind and sentence.folded.endswith(_FROM, one.end, behind[0].start)
    return behind[0].year if from_on and not behind[0].first else None


def _deadline(sentence: Sentence, one: Quantity, time: Time | None) -> int | None:
    """The year by which what a size sorts out shall be gone, if the same words print it."""
    if time is None or time.year is None or time.word is not None or time.month:
        return None
    if one.unit is not None and one.unit.name.startswith("yuan"):
        return None  # what is paid for what goes sorts nothing out
    low, high = min(time.start, one.start), max(time.end, one.end)
    if _PARTED.search(sentence.folded, low, high):
        return None
    gone = "phase_out" in sentence.labels(*sentence.clause(one.start))
    gone = gone or _completes(sentence, one)
    if not sentence.chinese and time.start > one.end:  # "boilers of 35 t/h in A, B and C shall be"
        gone = gone or "phase_out" in sentence.labels(*sentence.clause(time.start))
    return time.year if gone else None


def _completes(sentence: Sentence, one: Quantity) -> bool:
    """Whether what a size sorts out completes something: 600总吨以上货船全部完成改造."""
    last = sentence.clause(one.start)[1]
    if _NUMBERED.match(sentence.folded, one.end):
        return False  # 35蒸吨以上的129台锅炉…全部改造: the year is that of the 129
    return _COMPLETES.search(sentence.folded, one.end, last) is not None


_COMPLETES = re.compile(
    r"完成|全部|全面|(?<![a-z])(?:will|shall|must|should|are to) (?:all )?(?:complete|finish|have) "
)
_NUMBERED = re.compile(r"及?以[上下]的?\d")
_PARTED = re.compile("[；;]")


def _holds_from(
    sentence: Sentence, one: Quantity, compared: Compared, before: Draft | None
) -> bool:
    """Whether a figure is the bound of a rule that holds from a year on ("自2022年起，不低于")."""
    each = one.unit is not None and "/" in one.unit.name  # a cap on a rate is of each thing
    bound = compared.sign != "=" and (each or not compared.cap)
    if bound and holds_from(sentence, one) is not None:
        return True
    goes_on = before is not None and before.kind == "threshold" and before.start >= sentence.start
    goes_on = goes_on or "调整为" in sentence.folded[sentence.clause(one.start)[0] : one.start]
    goes_on = goes_on and (one.unit is None or one.unit.name not in _SHARES)
    return goes_on and bool(holds_from(sentence, one) or _from_behind(sentence, one))


def _admitted(sentence: Sentence, one: Quantity, compared: Compared) -> bool:
    """Whether a figure bounds what is newly built ("新建机组煤耗须低于270克标准煤/千瓦时")."""
    if compared.sign == "about" or one.unit is None or one.unit.count:
        return False
    lang = "zh" if sentence.chinese else "en"
    first = max(sentence.clause(one.start)[0] - 1, sentence.start)
    if not _may_admit(lang).search(sentence.folded, first, one.start):
        return False
    words = sentence.folded[first : one.start]
    built, bound, principle = (bool(pattern.search(words)) for pattern in _admission(lang))
    if one.unit.name in _SHARES:
        reached = _REACHED.search(words) is not None  # that is aimed at
        built = (bound or (built and not compared.cap)) and not reached
        holds = built or (principle and compared.sign != "=")
    else:
        holds = bound or (built and compared.sign != "=")
    return holds and not dated(sentence, one) and not _led_by_year(sentence, one, words)


def _led_by_year(sentence: Sentence, one: Quantity, words: str) -> bool:
    """Whether a share of the new goes on with what a year leads: 到2025年，…；新建…覆盖率不低于."""
    if not sentence.chinese or one.unit is None or one.unit.name != "%":
        return False
    if not _COVERS.search(words) or _BIDS.search(words):
        return False
    aimed = (t for t in sentence.times if t.dates and t.year and t.role == "at")
    return any(t.end <= one.start and sentence.folded.startswith("到", t.start - 1) for t in aimed)


_COVERS = re.compile("(?:覆盖率|普及率|安装率|占比)[^，。；]{0,6}$")
_BIDS = re.compile("须|(?<![供相响对效适反])应(?![用急对])|不得|原则上|一般不|按照?不")


_REACHED = re.compile("(?:reach|attain|achieve|rise to|increase to) $")


def _chained(sentence: Sentence, one: Quantity, compared: Compared, before: Draft | None) -> bool:
    """Whether a bound goes on with a rule for what is newly built: 新建…≥10%，时长不小于2小时."""
    whole = _ACCOUNTS.search(sentence.folded, sentence.start, one.start) is not None
    if (compared.sign not in {">=", "<=", ">", "<"} and not whole) or one.unit is None:
        return False
    part, lang = part_of(sentence, one), "zh" if sentence.chinese else "en"
    goes_on = before is not None and before.start >= part
    opens = _opens_rule(lang, goes_on=goes_on).match(sentence.folded, part, one.start)
    if opens is None or dated(sentence, one):
        return False
    if goes_on and before is not None and before.kind != "threshold":
        return False
    per = "/" in one.unit.name or one.unit.name in _RATES
    return (goes_on or per) and "target" not in _verbs(sentence, one, compared)


_ACCOUNTS = re.compile("(?:must|shall) account for $")


def _of_class(sentence: Sentence, one: Quantity, compared: Compared, before: Draft | None) -> bool:
    """Whether a share binds what a size sorted out: "projects over 5,000 m2 must … at least"."""
    shared = one.unit is not None and one.unit.name in _SHARES and compared.sign in {">=", "<="}
    if not shared or sentence.chinese or before is None or before.kind != "threshold":
        return False
    if before.start < sentence.clause(one.start)[0]:
        return False
    must = _must_en().search(sentence.folded, before.end, one.start) is not None
    return must and not dated(sentence, one)


def _sorts_too(sentence: Sentence, one: Quantity, compared: Compared, before: Draft | None) -> bool:
    """Whether a bound sorts what one before it sorts: "under 2 m and a width of less than 9 m"."""
    if sentence.chinese or before is None or before.kind != "threshold":
        return False
    if compared.sign == "=":
        return _OR.fullmatch(sentence.folded, before.end, one.start) is not None
    if one.unit is None or one.unit.count or before.comparator == "=":
        return False
    joined = _AND_OF.fullmatch(sentence.folded, before.end, one.start) is not None
    return joined and not sentence.labels(before.end, one.start) & _MOVES


_OR = re.compile(r"(?: a year| per year| annually)?,? or (?:of |for )?")
_AND_OF = re.compile(r",? (?:and|or|but) (?:[a-z-]+ ){1,9}")
_MOVES = frozenset({"target", "future", "past", "perfect", "rise_to", "fall_to", "strive"})


@cache
def _must_en() -> re.Pattern[str]:
    return re.compile(rf" {pattern_of(data('cues')['admission']['must_en'])} ")


_RATES = frozenset({"%", "ratio", "h"})
_LEADING = len("达到了")


def _verbs(sentence: Sentence, one: Quantity, compared: Compared) -> frozenset[str]:
    """What the words right before a bound say; the bound's own words are no verbs."""
    low = max(sentence.clause(one.start)[0], compared.start - _LEADING)
    return sentence.labels(low, compared.start)


@cache
def _opens_rule(lang: str, *, goes_on: bool) -> re.Pattern[str]:
    """The start of a rule: an item's number, what is newly built, what it must.

    Where a bound was told before (``goes_on``), its word alone bids.
    """
    words = data("cues")["admission"]
    new, must = (pattern_of(words[f"{part}_{lang}"]) for part in ("new", "must"))
    if lang == "en":
        things = pattern_of(data("cues")["threshold"]["things_en"])
        return re.compile(
            rf"\W*(?:for |in |all |the )*{new} (?:[a-z-]{{1,20}} ){{0,4}}?{things},? .*?{must} "
        )
    number = r"\W*(?:[0-9一二三四五六七八九十]{1,2}[）)、.．])?(?:对|凡|所有|各类|原则上)?"
    bids = [*words["must_zh"], *words["shares"], *words["exchange_zh"]]
    ruled = pattern_of([*bids, *words["bound_zh"]] if goes_on else bids)
    return re.compile(rf"{number}{new}.*?{ruled}", re.DOTALL)


def _exchanged(sentence: Sentence, one: Quantity) -> bool:
    """Whether a share tells at what rate something is to be replaced: 按1.5倍减量替代."""
    if one.unit is None or one.unit.name not in {"%", "times", "ratio", "hours"}:
        return False
    first, last = sentence.clause(one.start)
    exchanged = _exchange().search(sentence.folded, first, last) is not None
    return exchanged and not dated(sentence, one)


@cache
def _exchange() -> re.Pattern[str]:
    words = data("cues")["admission"]
    return re.compile(pattern_of([*words["exchange_zh"], *map(fold, words["exchange_en"])]))


@cache
def _may_admit(lang: str) -> re.Pattern[str]:
    """Any word without which nothing is a rule for what is newly built."""
    words = data("cues")["admission"]
    return re.compile(pattern_of([*words[f"new_{lang}"], *words["shares"]]))


@cache
def _admission(lang: str) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """What is newly built and must keep a bound; what has it as an attribute; a share's words."""
    words = data("cues")["admission"]
    new, must = (pattern_of(words[f"{part}_{lang}"]) for part in ("new", "must"))
    things = pattern_of(data("cues")["threshold"][f"things_{lang}"])
    if lang == "zh":
        opens = rf"(?:^|[，；。、：）])(?:一般|原则上|凡|凡是|所有|对|各类)?{new}"
        built = rf"{opens}[^，；。]{{1,40}}?{must}"
        bounds = pattern_of(words["bound_zh"])
        bound = rf"{opens}[^，；。]{{0,24}}?{things}[^，；。]{{2,24}}?{bounds}[^，；。]{{0,12}}$"
    else:
        built = rf"(?<![a-z]){new} (?:[a-z-]{{1,20}} ){{0,3}}?{things} [a-z -]{{0,60}}?{must} "
        bound = built
    return re.compile(built), re.compile(bound), re.compile(pattern_of(words["shares"]))


def _listed(sentence: Sentence, one: Quantity, compared: Compared, past: Past) -> bool:
    """Whether a figure stands in a list of rules ("新建项目应满足下列要求：…")."""
    if past.rules:
        counted = one.unit is not None and (one.unit.count or one.unit.name.startswith("yuan"))
        return not dated(sentence, one) and (compared.sign != "=" or not counted)
    if _of_article(sentence, compared):
        return not dated(sentence, one)
    folded, start = sentence.folded, sentence.start
    colon = max(folded.rfind("：", start, one.start), folded.rfind(":", start, one.start))
    if colon < 0 or not (
        rules_open().search(sentence.folded, sentence.start, colon) or _for_kind(sentence, one)
    ):
        return False
    return not dated(sentence, one)


def _of_article(sentence: Sentence, compared: Compared) -> bool:
    """Whether a bound stands in an article of law: "Article 4 … The reserve shall not exceed"."""
    if sentence.chinese or compared.sign == "=":
        return False
    line = sentence.folded.rfind("\n", 0, sentence.start) + 1
    return _ARTICLE.match(sentence.folded, line) is not None


_ARTICLE = re.compile(r"\W*article \d{1,3}\W", re.ASCII)
_FOR_KIND = re.compile(
    r"\W*(?:对[^，。；：]{2,40}(?:项目|企业|机组|用户|单位|建筑|园区|产能)|(?:具体)?(?:要求|条件))："
)


def _for_kind(sentence: Sentence, one: Quantity) -> bool:
    """Whether a kind of thing leads a rule in, and no change: 对新建项目：单位产品能耗不高于."""
    if not sentence.chinese or not _FOR_KIND.match(sentence.folded, sentence.start):
        return False
    if sentence.labels(*sentence.clause(one.start)) & _CHANGES:
        return False
    return _IN_ALL.search(sentence.folded, sentence.start, one.start) is None


_CHANGES = frozenset({"rise", "fall", "rise_to", "fall_to"})
_IN_ALL = re.compile("(?:五|(?<![0-9])5)年|累计")


def _is_standard(sentence: Sentence, one: Quantity) -> bool:
    """Whether a share is the name of a standard: 75%节能标准."""
    if one.unit is None or one.unit.name != "%":
        return False
    if _standard().match(sentence.folded, one.end) is None:
        return False
    return not dated(sentence, one) or _from_behind(sentence, one) is not None


@cache
def _standard() -> re.Pattern[str]:
    return re.compile(rf" ?{pattern_of(map(fold, both(data('cues')['standards'])))}")


@cache
def before_en() -> re.Pattern[str]:
    """A thing right before its size: "coal-fired boilers of 10 steam tons per hour and below"."""
    words = pattern_of(data("cues")["threshold"]["things_en"])
    return re.compile(
        rf"{words} (?:with|of|whose|having|consuming|using|burning|producing|emitting"
        r"|processing|handling|treating"
        r"|keeping|raising|generating|discharging|occupying|employing|covering|holding|selling|(?:"
        r"that|which) (?:use|consume|emit|arise|burn|produce|cut|save|treat|have))[a-z -]{0,45}"
        r"(?:[\d.,]+ [a-z -]{3,40} and [a-z -]{3,30})?$",  # "with a width of 2 m and a speed of"
        re.ASCII,
    )
