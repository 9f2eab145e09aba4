"""Finds years and plan periods in a sentence, and says what each of them does there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from dafeng.reader.lexicon import data
from dafeng.reader.numerals import is_year, numeral
from dafeng.reader.time_patterns import (
    after_pattern,
    before_pattern,
    months,
    opening_pattern,
    rules,
    time_pattern,
)
from dafeng.vocabulary import plan_periods

Role = Literal["at", "base", "since", "as_of", "aims", "issued"]
LOST = frozenset({"<>", "xx"})


@dataclass(slots=True)
class Time:
    """A year, or words for one.

    Attributes:
        year: ``None`` where only the text can tell (``word``), or where it is garbled.
        role: the year of a figure (``at``, ``as_of``), the base of a change, a beginning, a plan of
            whose ``aims`` a share is told, or when a document was ``issued``.
        word: ``this_year``, ``now``, ``last_year``, ``decade``, ``same_period``, ``then``,
            ``period`` (of the plan), or ``month`` (of which year is not told).
        plan: whether it is the end of a plan period.
        sign: ``<`` for "before", ``<=`` for "by", ``about``; ``=`` else.
        fault: id of the check that it fails (``plan_ordinal``, ``year_slot`` …).
        month, day: whether it is told to the month or to the day.
        first: the year in which a span of years begins.
    """

    start: int
    end: int
    year: int | None = None
    role: Role = "at"
    word: str | None = None
    plan: bool = False
    sign: str = "="
    fault: str | None = None
    month: bool = False
    day: bool = False
    first: int | None = None

    @property
    def dates(self) -> bool:
        """Whether it can date a figure."""
        return self.role in {"at", "as_of"} and not self.fault and self.word != "same_period"


def times(
    folded: str, start: int, end: int, taken: list[tuple[int, int]], *, chinese: bool = True
) -> list[Time]:
    """Years and periods of a sentence; ``taken`` are spans of quantities, which are none."""
    found: list[Time] = []
    spans = iter([*taken, (end + 1, end + 1)])
    low, high = next(spans)
    for match in time_pattern(chinese=chinese).finditer(folded, start, end):
        while high <= match.start():
            low, high = next(spans)
        within = match.start() < high and match.end() > low and not match["zh"]
        if within or (match.lastgroup == "heading" and not _closes(match, taken)):
            continue
        if match[0].startswith("over") and not any(stop == match.start() - 1 for _, stop in taken):
            continue  # "over 600" is a comparison unless a growth stands before it
        time = _time(match)
        if time.word == "this_year" and _ITS_YEAR.match(folded, time.end):
            continue  # "by year-end 2025"
        if time.word in {"month", "then"}:
            _same_year(time, found)
        if match.lastgroup == "span" and _closes(match, taken):
            time.role = "at"
        if not (time.fault or match.lastgroup in _PLACED):
            _place(folded, start, end, time)
            if match.lastgroup == "until" and time.role == "since":
                time.role = "at"  # 从2021年到2025年
        found.append(time)
    return found


_ITS_YEAR = re.compile(r" (?:19|20)\d\d(?!\d)", re.ASCII)
_PLACED = ("span", "heading", "euntil", "btuntil")  # what they do is said by how they are printed


def _closes(match: re.Match[str], taken: list[tuple[int, int]]) -> bool:
    """Whether years in a bracket stand right behind a figure: "25 % (2030)"."""
    beside = any(0 <= match.start() - stop <= 1 for _, stop in taken)
    return beside and (match.lastgroup == "span" or is_year(match[0][1:-1]))


def month_of(folded: str, time: Time) -> int | None:
    """Number of the month that a time names in English."""
    words = folded[time.start : time.end]
    return next((number for name, number in months().items() if name in words), None)


_FAULTS = {
    "monthless": "date_without_month",
    "ordinalyear": "year_ordinal",
    "broken": "broken_thousands",
}


def _time(found: re.Match[str]) -> Time:
    """The time that a match of the pattern prints, by the last group of its piece."""
    made, name = Time(found.start(), found.end()), str(found.lastgroup)
    if name in _FAULTS:
        made.fault = _FAULTS[name]
    elif name == "slot":
        made.fault = "placeholder" if LOST & {found["odd"], found["few"]} else "year_slot"
    elif name in {"month", "mday", "myear"}:
        _month(made, found["myear"], day=found["mday"] is not None)
    elif name == "zhbare":
        made.word, made.month = "month", True
    elif name in _PLANS:
        _plan(made, found[_PLANS[name]])
        if few := found[_FEW[name]] if name in _FEW else None:
            _first_years(made, few)
    elif not _dated(made, name, found):
        made.word = name
    return made


_PLANS = {name: name for name in ("plan", "bareplan", "numbered", "ordinal")}
_PLANS["firstyears"] = "plan"
_FEW = {"firstyears": "firstyears", "ordinal": "efirst"}  # how many of its first years
_FIRST = {"until": "from", "euntil": "efrom", "btuntil": "btfrom"}


def _dated(made: Time, name: str, found: re.Match[str]) -> bool:
    """Whether a match prints a year or a span of years, which the time is then given."""
    if name == "tail":
        made.year = _year(found["zh"])
        _chinese(made, found["zhmonth"] or "", found["tail"])
        era = rules()["era"]
        if not era["first"] <= made.year <= era["last"]:
            _no_year(made, found)
    elif name == "en":
        made.year = int(found[0])
        made.day = _ISO_DAY.match(found.string, made.end) is not None
    elif name == "heading":
        made.year = int(found[0][1:-1])
    elif name in _FIRST:
        _years(made, found[_FIRST[name]], found[name])
    elif name == "span":
        _span(made, found["a"], found["b"])
    else:
        return False
    return True


def _years(made: Time, first: str, last: str) -> None:
    """A span of years; of the last one two digits may be printed: 2021-25."""
    made.first, made.year = _year(first), _year(last)
    if made.year <= _CENTURY:
        made.year += made.first // _CENTURY * _CENTURY


_CENTURY = 100


def _no_year(made: Time, found: re.Match[str]) -> None:
    """Digits in the slot of a year (1002年，); what lasts so long (5000年文明) dates nothing."""
    made.year, made.role = None, "issued"
    led = made.start == 0 or found.string[made.start - 1] in "到至于在自从。；，\n "
    if led and (found["tail"] or found.string.startswith("，", made.end)):
        made.fault = "year_slot"


def _chinese(made: Time, month: str, tail: str) -> None:
    made.sign = _zh_sign(tail)
    made.month, made.day = bool(month), month.endswith(("日", "号"))


def _year(token: str) -> int:
    value = int(token) if token.isdigit() else numeral(token)
    return int(value or 0)


def _zh_sign(tail: str) -> str:
    if tail.endswith("左右"):
        return "about"
    return "<" if tail.endswith("前") else "<="


def _month(made: Time, year: str | None, *, day: bool) -> None:
    made.month, made.day = True, day
    if year and year.isdigit():
        made.year = int(year)
    else:
        made.word = {"last year": "last_year", "this year": "this_year"}.get(year or "", "month")


def _same_year(time: Time, before: list[Time]) -> None:
    """A month without a year is of the last year that the sentence dates something with."""
    years = [t.year for t in before if t.year and not t.plan and (t.dates or _onward(time, t))]
    if years:
        time.year, time.word = years[-1], None


def _onward(time: Time, other: Time) -> bool:
    """Whether "then" means the year from which on something holds: "from 2025 on, and by then"."""
    ahead = (other.year or 0) > rules()["aims_after"]
    return time.word == "then" and other.role in {"base", "since"} and ahead


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


def _first_years(made: Time, count: str) -> None:
    """The first years of a plan (“十四五”前三年): the last of them, looked back on."""
    period = next((one for one in plan_periods().values() if one.last == made.year), None)
    named = data("numbers")["en"]["units"].get(count)
    years = int(count) if count.isdigit() else int(named or numeral(count) or 0)
    made.plan, made.role = False, "as_of"
    made.year = period.first + years - 1 if period else None


_SHARES = ("%", "percent", "per cent", "half")
_SHARE_OF = tuple(f"{share} of the {quote}" for share in _SHARES for quote in ("", '"'))


# "Jan. 20, 2023 (Xinhua) --": a place and a day in front of a report
_DATELINE = re.compile(r" ?(?:\([a-z ]{2,24}\) ?)?(?:--|[—–]| - )")
_ISO_DAY = re.compile(r"-\d{1,2}-\d{1,2}(?!\d)", re.ASCII)  # 2021-12-30 - Shanghai
_PLACE = re.compile(r"^ *[(（][a-z ]{2,24},? ?$")


def _bracketed(folded: str, start: int, time: Time) -> bool:
    """Whether a day stands with a place in a bracket that opens a sentence: (Nanning, March 5)."""
    low = max(start, time.start - data("sentences")["lead"])
    closes = folded.startswith((")", "）"), time.end)
    return closes and _PLACE.search(folded[low : time.start]) is not None


_OWNS = ("'s ", "’s ")
_FROM_NOW = ("由", "从", "比", "较", "与", "同", "于", "过", "from ", "than ")


def _place(folded: str, start: int, end: int, time: Time) -> None:
    """Give a time its role and sign, by the words right before and behind it."""
    behind = after_pattern().match(
        folded, time.end, min(end, time.end + data("sentences")["behind"])
    )
    if behind:
        time.role = _ROLES[behind.lastgroup]
    elif (
        _of_aims(folded, start, time)
        or (time.plan and folded.endswith(_SHARE_OF, start, time.start))
        or _done(folded, start, end, time)
    ):
        time.role = "aims"
    elif time.word == "last_year" and folded.startswith(_OWNS, time.end):
        return  # "after last year's 2.5 percent"
    elif time.word in {"now", "last_year"} and folded.endswith(_FROM_NOW, start, time.start):
        time.role = "base"
    elif time.day and (
        _DATELINE.match(folded, time.end)
        or _bracketed(folded, start, time)
        or _ISO_DAY.match(folded, time.end)
    ):
        time.role = "issued"
    else:
        _lead(folded, start, time)


def _of_aims(folded: str, start: int, time: Time) -> bool:
    """Whether a year is that of goals which are spoken of, and dates no figure."""
    named = _ITS_AIM.match(folded, time.end) is not None
    return named and _OWNED.search(folded[start : time.start]) is not None


# "its 2030 wind and solar goals" date nothing, "the 2030 target of 20 %" does
_OWNED = re.compile(
    r"(?:(?<![a-z])(?:its|their|our|the|with|revised|adjusted|lowered|raised|announced|exceeds"
    r"|meets|met|beat|hit|surpassed)|['’]s) $"
)
_ITS_AIM = re.compile(
    r" (?:[a-z-]{2,14} ){0,4}?(?:targets?|goals?|pledges?|commitments?)"
    r"(?! of(?! (?:[a-z]+ ){0,4}(?:peak|peaking|neutrality)(?![a-z]))| is| was| to |:| at| by| are"
    r"| were| for [a-z -]{2,40}?(?: is| was| of|:))(?![a-z])"
)
_DONE = ("提前完成", "超额完成", "如期完成", "已完成", "完成了", "提前实现", "已实现", "超过了")
_ITS_AIMS = re.compile(r"[^，。；\d]{0,10}?(?:目标|任务|指标)")
# 提前达到“十四五”规划目标, 已提前完成了向社会承诺的2020年目标
_BEFORE_TIME = re.compile(
    r"(?<![要须将保争力取求])(?:提前|已经?|均已)(?:[一二两三四五六\d]{1,2}年多?)?"
    r"(?:完成|实现|达到|达)了?[^，。；要须将]{0,16}$"
)


def _done(folded: str, start: int, end: int, time: Time) -> bool:
    """Whether it is told of the aims of a plan or year that they are reached: they date nothing."""
    if not _ITS_AIMS.match(folded, time.end, end):
        return False
    if time.plan and folded.endswith(_DONE, start, time.start):
        return True
    low = max(start, time.start - data("sentences")["thing"])
    return _BEFORE_TIME.search(folded, low, time.start) is not None


_ROLES: dict[str | None, Role] = {
    "issued": "issued", "base": "base", "as_of": "as_of", "since": "since", "aims": "aims"
}  # fmt: skip
_SIGNS = {"before": "<", "by": "<=", "about": "about"}


def _lead(folded: str, start: int, time: Time) -> None:
    """Give a time its role and sign by the words that lead it in."""
    low = max(start, time.start - data("sentences")["lead"])
    ahead = before_pattern().search(folded, low, time.start)
    if not ahead:
        return
    if low == start and opening_pattern().fullmatch(folded, start, time.start):
        time.role = "issued"
        return
    role = _ROLES.get(ahead.lastgroup)
    if role is not None and not (role == "since" and time.plan):
        time.role = role
    time.sign = _SIGNS.get(str(ahead.lastgroup), time.sign)
