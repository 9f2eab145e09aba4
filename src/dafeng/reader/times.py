"""Finds years and plan periods in a sentence, and says what each of them does there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from dafeng.reader.lexicon import data
from dafeng.reader.numerals import numeral
from dafeng.reader.time_patterns import after_pattern, before_pattern, months, rules, time_pattern
from dafeng.vocabulary import plan_periods

Role = Literal["at", "base", "since", "as_of"]
LOST = frozenset({"<>", "xx"})


@dataclass(slots=True)
class Time:
    """A year, or words for one.

    Attributes:
        year: ``None`` where only the text can tell (``word``), or where it is garbled.
        role: the year of a figure (``at``, ``as_of``), the base of a change, or a beginning.
        word: ``this_year``, ``last_year`` or ``same_period``.
        plan: whether it is the end of a plan period.
        sign: ``<`` for "before", ``<=`` for "by", ``about``; ``=`` else.
        fault: id of the check that it fails (``plan_ordinal``, ``year_slot`` …).
    """

    start: int
    end: int
    year: int | None = None
    role: Role = "at"
    word: str | None = None
    plan: bool = False
    sign: str = "="
    fault: str | None = None

    @property
    def dates(self) -> bool:
        """Whether it can date a figure."""
        return self.role in {"at", "as_of"} and not self.fault and self.word != "same_period"


def times(folded: str, start: int, end: int, taken: list[tuple[int, int]]) -> list[Time]:
    """Years and periods of a sentence; ``taken`` are spans of quantities, which are none."""
    found: list[Time] = []
    spans = iter([*taken, (end + 1, end + 1)])
    low, high = next(spans)
    for match in time_pattern().finditer(folded, start, end):
        while high <= match.start():
            low, high = next(spans)
        if match["heading"] or (match.start() < high and match.end() > low and not match["zh"]):
            continue
        if match[0].startswith("over") and not any(stop == match.start() - 1 for _, stop in taken):
            continue  # "over 600" is a comparison unless a growth stands before it
        time = _time(match)
        if not (time.fault or match["span"] or match["efrom"]):
            _place(folded, start, end, time)
        found.append(time)
    return found


def month_of(folded: str, time: Time) -> int | None:
    """Number of the month that a time names in English."""
    words = folded[time.start : time.end]
    return next((number for name, number in months().items() if name in words), None)


def _time(match: re.Match[str]) -> Time:
    """The time that a match of the pattern prints, by the group that matched."""
    made = Time(match.start(), match.end())
    ordinal = match["plan"] or match["bareplan"] or match["ordinal"]
    year = match["until"] or match["euntil"] or match["en"] or match["zh"]
    if match["monthless"]:
        made.fault = "date_without_month"
    elif match["slot"]:
        made.fault = "placeholder" if LOST & {match["odd"], match["few"]} else "year_slot"
    elif match["span"]:
        _span(made, match["a"], match["b"])
    elif match["month"]:
        _month(made, match["myear"])
    elif ordinal:
        _plan(made, ordinal)
    elif year:
        made.year = _year(year)
        made.sign = _zh_sign(match["tail"]) if match["zh"] else "="
    else:
        made.word = match.lastgroup
    return made


def _year(token: str) -> int:
    value = int(token) if token.isdigit() else numeral(token)
    return int(value or 0)


def _zh_sign(tail: str) -> str:
    if tail.endswith("左右"):
        return "about"
    return "<" if tail.endswith("前") else "<="


def _month(made: Time, year: str | None) -> None:
    if year and year.isdigit():
        made.year = int(year)
    else:
        made.word = "last_year" if year == "last year" else "this_year"


def _span(made: Time, first: str, last: str) -> None:
    """A span in brackets: (2021-2035), (2021-25); "(2035-6)" cannot be."""
    late = int(last) if len(last) == len(first) else int(first[:2] + last)
    made.role = "since"
    if len(last) in {2, len(first)} and int(first) < late:
        made.year = late
    else:
        made.fault = "bad_span"


def _plan(made: Time, token: str) -> None:
    if token in LOST:
        made.fault = "placeholder"
        return
    ordinal = data("numbers")["en"]["ordinals"].get(token)
    if ordinal is None:
        ordinal = int(token) if token.isdigit() else int(numeral(token) or 0)
    plausible = rules()["plausible_plans"]
    if plausible["first"] <= ordinal <= plausible["last"]:
        known = plan_periods().get(f"{ordinal}FYP")
        made.year, made.plan = known.last if known else None, True
    else:
        made.fault = "plan_ordinal"


_BEHIND = 10  # characters behind a year that say what it does


def _place(folded: str, start: int, end: int, time: Time) -> None:
    """Give a time its role and sign, by the words right before and behind it."""
    behind = after_pattern().match(folded, time.end, min(end, time.end + _BEHIND))
    if behind:
        time.role = "base" if behind["base"] else "since"
        return
    ahead = before_pattern().search(
        folded, max(start, time.start - data("sentences")["lead"]), time.start
    )
    if not ahead:
        return
    if ahead["base"] or ahead["basezh"]:
        time.role = "base"
    elif ahead["as_of"]:
        time.role = "as_of"
    elif ahead["since"] and not time.plan:
        time.role = "since"
    if ahead["before"]:
        time.sign = "<"
    elif ahead["by"]:
        time.sign = "<="
    elif ahead["about"]:
        time.sign = "about"
