"""Years by which emissions peak, or carbon neutrality is reached: figures whose value is a year."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

from dafeng.reader.draft import Draft
from dafeng.reader.lexicon import Hit, data, fold, pattern_of
from dafeng.reader.naming import Name
from dafeng.reader.quantity_patterns import Unit
from dafeng.reader.sentence import Sentence
from dafeng.reader.times import Time

YEAR = Unit("year", "a")


def peaks(sentence: Sentence) -> list[Draft]:
    """A draft for every year of a sentence by which something peaks."""
    drafts: list[Draft] = []
    used: set[int] = set()
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
        if _in_title(sentence, hit):
            used |= {time.start} if time else set()
            continue
        if time is not None and time.year is not None:
            used.add(time.start)
            drafts.append(_draft(sentence, hit, time, topic))
    return drafts


def _draft(sentence: Sentence, hit: Hit, time: Time, topic: str) -> Draft:
    first, last = sentence.clause(hit.start)
    said = sentence.labels(first, last)
    done = "perfect" in said and "future" not in said
    neutral = Name(data("phrases")["neutral"]["name"], atoms=1)
    return Draft(
        time.start,
        time.end,
        "result" if done else "target",
        time.sign,
        value=Decimal(time.year or 0),
        unit=YEAR.name,
        base_unit=YEAR,
        name=_scope(sentence, first, last) if topic == "peak" else neutral,
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
        if t.role == "at" and t.year and not t.plan and t.start not in used
    ]
    near = [t for t in dated if first <= t.start < last and not _figure_between(sentence, t, hit)]
    near = [t for t in near if t.sign != "=" or "peak_verb" in hit.labels]
    if near:
        return min(near, key=lambda t: abs(t.start - hit.start))
    if "peak_verb" not in hit.labels:
        return None
    reach = data("sentences")["peak"]
    ahead = [t for t in dated if t.end <= hit.start and hit.start - t.end < reach and t.sign != "="]
    return ahead[-1] if ahead and not _figure_between(sentence, ahead[-1], hit) else None


def _figure_between(sentence: Sentence, time: Time, hit: Hit) -> bool:
    low, high = sorted((time.start, hit.start))
    return any(low <= one.start < high for one in sentence.quantities)


@cache
def _titles() -> tuple[re.Pattern[str], re.Pattern[str]]:
    words = data("cues")["title"]
    heads = pattern_of(map(fold, words["en"]))
    zh = rf"[一-龥]{{0,3}}?(?:目标)?(?:[“”\"]?[一-龥]{{0,4}})?{pattern_of(words['zh'])}"
    en = rf"{heads}(?: for| of| on| to)+ [a-z -]{{0,30}}$"
    return re.compile(zh), re.compile(en)


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
