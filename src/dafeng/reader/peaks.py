"""Years by which emissions peak, or carbon neutrality is reached: figures whose value is a year."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from copy import copy
from decimal import Decimal
from functools import cache

from dafeng.reader.draft import Draft
from dafeng.reader.lexicon import Hit, data, fold, pattern_of
from dafeng.reader.naming import Name
from dafeng.reader.past import aims
from dafeng.reader.quantity_patterns import Unit
from dafeng.reader.sentence import Sentence
from dafeng.reader.times import Time

YEAR = Unit("year", "a")


_TOPICS = frozenset({"peak", "peak_verb", "neutral"})


def peaks(sentence: Sentence) -> list[Draft]:
    """A draft for every year of a sentence by which something peaks."""
    drafts: list[Draft] = []
    used: set[int] = set()
    if sentence.says.isdisjoint(_TOPICS):
        return []
    for hit in sentence.hits:
        topic = (
            "peak"
            if hit.labels & {"peak", "peak_verb"}
            else "neutral"
            if "neutral" in hit.labels
            else ""
        )
        if not topic:
            continue
        time = _time_of(sentence, hit, used)
        if _FROM_PEAK.search(sentence.folded, sentence.start, hit.start) or (
            time and _TITLED.match(sentence.folded, hit.end, time.start)
        ):
            continue
        if _in_title(sentence, hit) or (
            time and _PLAN_BY.fullmatch(sentence.folded, hit.end, time.start)
        ):
            used |= {time.start} if time else set()
            continue
        if time is not None and time.year is not None:
            used.add(time.start)
            drafts.append(_draft(sentence, hit, time, topic))
    return [*drafts, *_left_out(sentence, drafts, used)]


# "fall 30 percent from that peak by 2030"; "has 2 million yuan for carbon peaking in 2023"
_FROM_PEAK = re.compile(
    r"(?:from|below|than|since|after) (?:that|the|its|their|this|a) (?:[a-z-]+ )?$"
    r"|(?:yuan|funds|money) for (?:carbon )?$"
)


def _left_out(sentence: Sentence, drafts: Sequence[Draft], used: set[int]) -> Iterator[Draft]:
    """Years of further peaks, for which the text does not repeat the word: "those of B by 2026"."""
    peaked = [draft for draft in drafts if draft.name and draft.name != _neutral()]
    for time in sentence.times if peaked else ():
        first, last = sentence.clause(time.start)
        free = time.role == "at" and time.year and not time.plan and time.start not in used
        if not free or time.sign == "=" or time.start < peaked[0].end:
            continue
        first = max(first, peaked[0].end)
        if _says_more(sentence, time, first, last):
            continue
        made = copy(peaked[0])
        made.start, made.end, made.comparator = time.start, time.end, time.sign
        made.value, made.year, made.flags = Decimal(time.year or 0), time.year, set(made.flags)
        made.name = _scope(sentence, first, last)
        yield made


_LATEST = ("不晚于", "不迟于")
_STANDS_FOR = re.compile(r"(?:实现|达到|完成)?(?:达峰)?(?=[，。；、]|$)")


def _says_more(sentence: Sentence, time: Time, first: int, last: int) -> bool:
    """Whether a clause has a figure or a verb of its own, so that its year is not of a peak."""
    if sentence.folded.startswith(", ", time.end):
        last = max(last, sentence.clause(time.end + len(", "))[1])  # "; by 2045, use will be 70 %"
    if any(first <= one.start < last for one in sentence.quantities):
        return True
    if sentence.chinese:
        bound = time.sign == "<" or sentence.folded.endswith(_LATEST, 0, time.start)
        return not bound or not _STANDS_FOR.match(sentence.folded, time.end, sentence.end)
    return any(
        "target" in hit.labels and not hit.labels & {"future", "strive"}
        for hit in sentence.within(first, last)
    )


@cache
def _neutral() -> Name:
    return Name(data("phrases")["neutral"]["name"], atoms=1)


def _draft(sentence: Sentence, hit: Hit, time: Time, topic: str) -> Draft:
    first, last = sentence.clause(hit.start)
    said = sentence.labels(first, last)
    done = "perfect" in said and "future" not in said and time.year not in aims()
    return Draft(
        time.start,
        time.end,
        "result" if done else "target",
        time.sign,
        value=Decimal(time.year or 0),
        unit=YEAR.name,
        base_unit=YEAR,
        name=_scope(sentence, first, last) if topic == "peak" else _neutral(),
        year=time.year,
        flags={"strive"} if "strive" in said else set(),
    )


def _time_of(sentence: Sentence, hit: Hit, used: set[int]) -> Time | None:
    """The year of a peak: the nearest in its clause, else the last one before."""
    first, last = sentence.clause(hit.start)
    if "no_peak" in sentence.labels(first, last):
        return None
    dated = [
        t
        for t in sentence.times
        if t.role == "at" and t.year and not (t.plan or t.month) and t.start not in used
    ]
    if sentence.chinese and _BUSINESS.match(sentence.folded, hit.end):
        dated = [t for t in dated if t.sign != "<="]  # 2022年落实碳达峰碳中和任务
    if not sentence.chinese and _WORK.match(sentence.folded, hit.end):
        dated = [t for t in dated if not sentence.folded.endswith("in ", 0, t.start)]
    near = [t for t in dated if first <= t.start < last and not _figure_between(sentence, t, hit)]
    verb = "peak_verb" in hit.labels
    near = [t for t in near if t.sign != "=" or verb or _named_so(sentence, t, hit)]
    if near:
        return min(near, key=lambda t: abs(t.start - hit.start))
    if "neutral" in hit.labels and _REACHED.match(sentence.folded, hit.end):
        return dated[0] if len(dated) == 1 else None
    passive = not sentence.chinese and _IS_REACHED.match(sentence.folded, hit.end)
    if "peak_verb" not in hit.labels and not passive:
        return None
    reach = data("sentences")["peak"]
    ahead = [t for t in dated if t.end <= hit.start and hit.start - t.end < reach and t.sign != "="]
    return ahead[-1] if ahead and not _figure_between(sentence, ahead[-1], hit) else None


# "Before 2030, carbon peaking will be achieved"
_IS_REACHED = re.compile(
    r"(?: (?:goals?|targets?))?(?: of (?:[a-z-]+ ){0,4}?[a-z-]+)?"
    r" (?:will|shall|should|must|is|are|is to|are to)(?: all)?(?: be)?(?: fully)?"
    r" (?:achieved|reached|reali[sz]ed|attained|accomplished)(?! by| in| before)"
)
_REACHED = re.compile("(?:目标)?(?:顺利|如期|全面)?(?:实现|达成)")
_BUSINESS = re.compile(
    "(?:碳中和)?(?:目标)?(?:任务|工作|试点|宣示|政策|路径|进程|战略|承诺|碳中和)"
)
# "the carbon peaking work in 2023" was no peak
_WORK = re.compile(
    "(?: and carbon neutrality)? (?:work|actions?|efforts|tasks|pilots?|progress)(?![a-z])"
)
_PLAN = re.compile(r"(?:ing)? (?:action|implementation|work|plan|program|scheme)")


def _named_so(sentence: Sentence, time: Time, hit: Hit) -> bool:
    """Whether a peak is named by its year: "the 2030 peak", and not a plan by both."""
    near = sentence.folded[time.end : hit.start] in {" ", " carbon "}
    return near and not _PLAN.match(sentence.folded, hit.end)


def _figure_between(sentence: Sentence, time: Time, hit: Hit) -> bool:
    low, high = sorted((time.start, hit.start))
    return any(low <= one.start < high for one in sentence.quantities)


@cache
def _titles() -> tuple[re.Pattern[str], re.Pattern[str]]:
    words = data("cues")["title"]
    heads = pattern_of(map(fold, words["en"]))
    zh = rf"[一-龥]{{0,3}}?(?:目标)?(?:[“”\"]?[一-龥]{{0,4}})?{pattern_of(words['zh'])}"
    en = rf"{heads}(?: for| of| on)+ [a-z -]{{0,30}}$"
    return re.compile(zh), re.compile(en)


# a plan's title in quotes: the year behind it is of what the plan says
_TITLED = re.compile(rf"{_PLAN.pattern}[a-z ]{{0,30}}[\"”](?! (?:will|to|is to) peak)")
# "the peaking plan (draft) proposes that by 2025": its year is of what it proposes
_PLAN_BY = re.compile(
    rf"{_PLAN.pattern}(?: ?\([^()]{{1,40}}\))?[a-z ]{{0,8}}(?: (?:[a-z]+ ){{1,4}}?that,?)?"
    r" (?:by|before|for) (?:the )?$"
)


def _in_title(sentence: Sentence, hit: Hit) -> bool:
    """Whether a peak is spoken of in the title of a document ("Action Plan for Peaking … 2030")."""
    zh, en = _titles()
    if sentence.chinese:
        return zh.match(sentence.folded, hit.end, sentence.end) is not None
    return (
        en.search(
            sentence.folded, max(sentence.start, hit.start - data("sentences")["title"]), hit.start
        )
        is not None
    )


@cache
def _scopes() -> list[tuple[re.Pattern[str] | None, Name]]:
    found = []
    for entry in data("phrases")["peaks"]:
        words = [*entry["zh"], *(fold(word) for word in entry["en"])]
        name = Name(entry["name"], entry.get("id"), tuple(entry.get("may", ())), atoms=1)
        found.append((re.compile(pattern_of(words)) if words else None, name))
    return found


def _scope(sentence: Sentence, first: int, last: int) -> Name:
    for pattern, name in _scopes():
        if pattern is None or pattern.search(sentence.folded, first, last):
            return name
    return Name("")
