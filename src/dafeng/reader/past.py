"""What the text before a sentence tells about years: of its paragraph, list, heading or title."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

from dafeng.reader.draft import Draft
from dafeng.reader.lexicon import both, data, fold, pattern_of
from dafeng.reader.times import Time, times
from dafeng.vocabulary import plan_periods

_ITEM = re.compile(r"\s*(?:[-–—•·*●○■]|[(（]?[0-9a-z一二三四五六七八九十]{1,2}[)）.、．]|[①-⑳])")
_PEAK = "year"  # unit of a figure that is the year of a peak
_OPEN = (":", "：", ";", "；", ",", "，", "、")
_CLOSED = re.compile(r"[。.!！?？…](?:[”\"’」)）])?$")


@dataclass(slots=True)
class Past:
    """What is known of years at a place of the text.

    Attributes:
        this_year: the earliest year that the text can be of, as far as it can be told.
        at: the last year of the paragraph, or of the line that leads a list in.
        base: the last base year.
        of: the last year of a figure of each kind in the paragraph.
        title: the year that the title or the last heading speaks of.
        listed: whether the paragraph is an item of a list that a line leads in.
        plans: whether the title or the last heading is that of a plan.
    """

    this_year: int | None = None
    at: int | None = None
    base: int | None = None
    of: dict[str, int] = field(default_factory=dict)
    title: int | None = None
    plans: bool = False
    listed: bool = False
    _leads: bool = False
    _reported: bool = False

    def enter(self, folded: str, start: int, end: int) -> None:
        """Begin a paragraph: a list goes on with the years of the line that leads it in."""
        line = folded[start:end].strip()
        item = _ITEM.match(line) is not None
        self.listed = self._leads or (self.listed and item)
        if not self.listed:
            self.at = self.base = None
            self.of = {}
        self._leads = line.endswith(_OPEN)
        if len(line) <= data("sentences")["heading"] and not _CLOSED.search(line):
            self._head(line, times(folded, start, end, []))

    def _head(self, line: str, found: Iterable[Time]) -> None:
        """Take note of a heading, or of a line that leads a list in."""
        if not self._leads:
            self.title = _titled(found) or self.title
        if _speaks_of("results").search(line):
            self.plans = False
        elif _speaks_of("plans").search(line):
            self.plans = True

    def year_of(self, time: Time) -> int | None:
        """The year that a time stands for, words for it resolved as far as the text allows."""
        if time.word == "this_year":
            return self.this_year
        if time.word == "month":
            return self.at or self.this_year
        if time.word == "next_year":
            return None if self.this_year is None else self.this_year + 1
        if time.word == "then":
            return self.at
        if time.word == "last_year":
            return None if self.this_year is None else self.this_year - 1
        return time.year

    def inherited(self, kind: str) -> int | None:
        """The year that a figure without one takes over.

        An aim is for no year that has passed; a result is not of one that the text looks ahead to.
        """
        year = self.of.get(kind) or self.at or self.title
        looked_back = self._reported and kind == "target" and year == self.at
        if year is None or looked_back:
            return None
        if kind == "target":
            return year if year >= (self.this_year or year) else None
        ahead = year in aims() and year > (self.this_year or 0) and year != self.of.get(kind)
        return None if kind == "result" and ahead else year

    def take(self, found: Iterable[Time], drafts: Sequence[Draft]) -> None:
        """Take note of the years of a sentence: its last ones go on in the next."""
        for draft in drafts:
            if draft.year and draft.unit != _PEAK and "year_inferred" not in draft.flags:
                self.of[draft.kind] = draft.year
        for time in found:
            if time.dates and not time.day and not _peaks(time, drafts):
                self.at = self.year_of(time) or self.at
                self._reported = time.role == "as_of" and self.at not in aims()


def _peaks(time: Time, drafts: Sequence[Draft]) -> bool:
    """Whether a year is the value of a figure: that of a peak dates nothing behind it."""
    return any(d.unit == _PEAK and d.start < time.end and time.start < d.end for d in drafts)


@cache
def _speaks_of(what: str) -> re.Pattern[str]:
    """Words of a heading over what is planned, or over what has been reached."""
    return re.compile(pattern_of(map(fold, both(data("cues")["headings"][what]))))


def _titled(found: Iterable[Time]) -> int | None:
    """The year of a title: the end of a plan, or a year that is no aim, no date and no deadline."""
    for time in found:
        if time.year and not time.fault and (time.plan or _plain(time)):
            return time.year
    return None


def _plain(time: Time) -> bool:
    return time.role == "at" and time.sign == "=" and not time.day and time.year not in aims()


@cache
def aims() -> frozenset[int]:
    """Years that plans set their aims for."""
    rules = data("times")
    ends = {one.last for one in plan_periods().values() if one.last > rules["aims_after"]}
    return frozenset(ends | set(rules["aims"]))
