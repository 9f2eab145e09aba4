"""Which year a figure is for, and which one its change starts from."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache

from dafeng.reader.lexicon import data
from dafeng.reader.quantities import Quantity
from dafeng.reader.sentence import Sentence
from dafeng.reader.times import Time
from dafeng.vocabulary import plan_periods


@dataclass(slots=True)
class Past:
    """What the text before a sentence tells about years.

    Attributes:
        this_year: the year that the text is written in, as far as it can be told.
        at: the last year of the paragraph; ``base``: the last base year.
    """

    this_year: int | None = None
    at: Time | None = None
    base: int | None = None


@cache
def aims() -> frozenset[int]:
    """Years that plans set their aims for."""
    rules = data("times")
    ends = {one.last for one in plan_periods().values() if one.last > rules["aims_after"]}
    return frozenset(ends | set(rules["aims"]))


def year_of(time: Time, past: Past) -> int | None:
    """The year that a time stands for, with words for it resolved as far as the text allows."""
    if time.word == "this_year":
        return past.this_year
    if time.word == "last_year":
        return None if past.this_year is None else past.this_year - 1
    return time.year


def at(sentence: Sentence, index: int) -> Time | None:
    """The time that a figure of the sentence is for.

    A year right behind it ("32 % by 2025") comes first, then the last one before it, then any in
    its clause.
    """
    one = sentence.quantities[index]
    when = [t for t in sentence.times if t.dates]
    starts = [t.start for t in when]
    place = bisect_left(starts, one.start)
    behind = when[place] if place < len(when) else None
    limit = _next_start(sentence, index)
    if behind and behind.start < limit and _leads(sentence, one, behind):
        return behind
    if place:
        return when[place - 1]
    if behind is None:
        return None
    same_clause = behind.start < sentence.clause(one.start)[1]
    only = len({t.year for t in when}) == 1 and not _is_later(sentence, one, behind)
    return behind if same_clause or only else None


def _is_later(sentence: Sentence, one: Quantity, time: Time) -> bool:
    """Whether a year is of another figure, in its clause, and this one was reached before."""
    last = sentence.clause(time.end)[1]
    reached = {"past", "perfect"} & sentence.labels(sentence.start, one.start)
    return bool(reached) and any(time.end <= q.start < last for q in sentence.quantities)


def _next_start(sentence: Sentence, index: int) -> int:
    others = sentence.quantities
    return others[index + 1].start if index + 1 < len(others) else sentence.end


@cache
def _following() -> re.Pattern[str]:
    words = "|".join(sorted(data("times")["following_en"], key=len, reverse=True))
    return re.compile(rf"[^,;，；。]* (?:{words})(?: the end of)?(?: the)?(?: year)? [\"“]?$")


def _leads(sentence: Sentence, one: Quantity, time: Time) -> bool:
    """Whether a year stands behind its figure: "32 % of the total by 2025"."""
    reach: int = data("sentences")["between_time"]
    if sentence.chinese or time.start - one.end > reach:
        return False
    return _following().match(sentence.folded, one.end, time.start) is not None


def base_of(sentence: Sentence, index: int, *, opening: bool) -> int | None:
    """The base year that is printed for a change: the last before it, or one in its clause.

    ``opening`` allows one that opens the sentence, before the year of the figure.
    """
    one = sentence.quantities[index]
    low = sentence.quantities[index - 1].end if index and not opening else sentence.start
    bases = [t for t in sentence.times if t.role == "base" and t.year]
    ahead = [t for t in bases if low <= t.start < one.start]
    if ahead:
        return ahead[-1].year
    high = min(sentence.clause(one.end)[1], _next_start(sentence, index))
    behind = [t for t in bases if one.end <= t.start < high]
    return behind[0].year if behind else None


def says_same_period(sentence: Sentence, start: int, end: int) -> bool:
    """Whether a span speaks of "the same period"."""
    return any(t.word == "same_period" and start <= t.start < end for t in sentence.times)
