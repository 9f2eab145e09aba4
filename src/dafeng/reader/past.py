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

_ITEM = re.compile(
    r"\s*(?:[一二三四五六七八九十]是|[-–—•·*●○■]|[(（]?[0-9a-z一二三四五六七八九十]{1,2}[)）.、．]|[①-⑳])"
)
# （三）现状。…
_RUN_IN = re.compile(r"[（(]?[0-9一二三四五六七八九十]{1,2}[)）.、．][^，。；,;0-9]{2,12}[。：]")
_YEARS_OFF = {"last_year": -1, "this_year": 0, "next_year": 1}
_PEAK = "year"  # unit of a figure that is the year of a peak
# 主要进展体现在三个方面。: the items that follow tell what has been reached
_PROGRESS = re.compile(
    "(?:进展|成效|成绩|成果|成就|变化)，?(?:主要|集中|具体|可以|突出){0,2}"
    "(?:体现|表现|反映|概括|归纳)?[在为有是][^，。；]{0,6}?(?:方面|特点|亮点)[。：:]$"
)
_POINT = re.compile("第[一二三四五六七八九]|首先|其次|再次|最后|此外")
_NTH = re.compile(r"\s*(?:[^，。；：\d]{1,16}：)?([一二三四五六七八九十])是")
_COLON = (":", "：")
_OPEN = (":", "：", ";", "；", ",", "，", "、")
_CLOSED = re.compile(r"[。.!！?？…](?:[”\"’」)）])?$")


# how headings are numbered, from the highest level down
_COUNTED = "[一二三四五六七八九十]{1,3}"
_LEVELS = tuple(
    re.compile(level)
    for level in ("第.{1,3}[章编]", f"{_COUNTED}、", f"[(（]{_COUNTED}[)）]", "[0-9]{1,2}[.、．]")
)

_SPAN = r"(20\d\d)年? ?(?:[-–—~至到]|to){1,2} ?(20\d\d)年?"
_YEARS = re.compile(_SPAN)  # digits first: found at once, and no plan is named without them
# 2024—2025年节能降碳行动方案, "action plan (2024-2027)"; a five-year plan is told by its number
_PLAN = re.compile(
    rf"{_SPAN}[^，。；、,.;《》\d]{{0,40}}?"
    r"(?:方案|计划|规划(?!建设)|(?<!five-year )(?:plan|program))"
    rf"|(?:方案|计划|(?<!五)(?<!五[”\"])规划|(?<!five-year )(?:plan|program))s? ?[(（]{_SPAN}[)）]"
)


# as in: the main projected targets for 2024 are as follows:
_LEAD_IN = len(
    "sets the following main expected targets of economic development for the year 2024:"
)
_SETS_AIMS = re.compile(
    r"(?<![a-z])(?:targets|goals|objectives)(?![a-z])(?! (?:were|was|met|ha[sd]))"
)
# 关于做好2026年度水泥错峰生产工作的通知
_FOR_YEAR = re.compile(
    "关于(?:组织|认真|扎实|切实|进一步|印发)?(?:开展|做好|下达|推进|实施|加强|落实|抓好|报送|申报|明确|印发)?好?"
    "[^，。；0-9]{0,20}?(20[0-9]{2})(?:年度|年(?![0-9底末前至—-]))"
)
_PAPERS = ("的通知", "的函", "的通告", "的公告", "的意见", "通知", "方案》的通知")


_Years = tuple[int | None, int | None, bool, dict[str, int]]


@dataclass(slots=True)
class Past:
    """What is known of years at a place of the text.

    Attributes:
        this_year: the earliest year that the text can be of, as far as it can be told.
        firm: the same by what it prints of days and of what is past, without guesses.
        at: the last year of the paragraph, or of the line that leads a list in.
        base: the last base year.
        of: the last year of a figure of each kind in the paragraph.
        title: the year that the title or the last heading speaks of.
        listed: whether the paragraph is an item of a list that a line leads in.
        plans: whether the title or the last heading is that of a plan. ``reports``: of results.
        annual: the year that a plan for one year is for.
        planned: the years of a plan that the text names (2024—2025年节能降碳行动方案).
        rules: whether rules are listed (准入条件).
        aimed: whether the line that leads a list in says that it is of targets.
        told: whether the paragraph is an item of what a line says has been brought about.
        spanned: the last year of the last span of years that a sentence names.
        monthly: whether the last year stood with its month, as in a report.
    """

    this_year: int | None = None
    firm: int | None = None
    at: int | None = None
    base: int | None = None
    of: dict[str, int] = field(default_factory=dict)
    title: int | None = None
    plans: bool = False
    reports: bool = False
    annual: int | None = None
    planned: range = range(0)
    monthly: bool = False
    spanned: int | None = None
    listed: bool = False
    rules: bool = False
    aimed: bool = False
    told: bool = False
    _rules_led: bool = False
    _rules_at: int = 0
    _earlier: int | None = None
    _items: _Years | None = None
    _lead: _Years = (None, None, False, {})
    _leads: bool = False
    _opens: bool = False
    _reported: bool = False

    def enter(self, folded: str, start: int, end: int) -> None:
        """Begin a paragraph: a list goes on with the years of the line that leads it in."""
        line = folded[start:end].strip()
        self._items = None
        self._plan(line)
        if "关于" in line[: data("sentences")["heading"]]:
            self._noticed(line)
        item = _ITEM.match(line) is not None
        fresh = item and self.listed and not self._leads
        if self._opens:
            self._lead = (self.at, self.base, self.monthly, dict(self.of))
        elif fresh:  # an item does not go on from the one before it but from what leads the list in
            self.at, self.base, self.monthly, led = self._lead
            self.of = dict(led)
        point = item or _POINT.match(line) is not None
        shows = not line.isascii() and _PROGRESS.search(line) is not None
        self.told = shows or (self.told and point)
        self.listed = self._leads or (self.listed and item)
        self._earlier = self.at or self._earlier
        if not self.listed:
            self.at, self.base, self.monthly = None, None, False
            self.of = {}
            self.rules = self.rules and not self._rules_led
        self._leads, self._opens = line.endswith(_OPEN), line.endswith(_COLON)
        if self._opens:
            self.aimed = _SETS_AIMS.search(fold(line[-_LEAD_IN:])) is not None
        elif not (self.listed or self._leads):
            self.aimed = False
        head = _RUN_IN.match(line)
        if head:
            self._head(head[0], [])
        elif len(line) <= _longest(line) and not _CLOSED.search(line):
            self._head(line, times(folded, start, end, []))

    def begin(self, folded: str, start: int) -> None:
        """Begin a sentence: 二是… goes on from what led 一是… in, not from its year."""
        near = folded.find("是", start, start + data("sentences")["thing"])
        item = _NTH.match(folded, start) if near >= 0 else None
        if item is None:
            return
        if self._items is None or item[1] == "一":
            self._items = (self.at, self.base, self.monthly, dict(self.of))
        else:
            self.at, self.base, self.monthly, led = self._items
            self.of = dict(led)

    def _plan(self, line: str) -> None:
        """Take note of the years of a plan that a line names."""
        found = _PLAN.search(line) if _YEARS.search(line) else None
        if found:
            first, last = (int(year) for year in found.groups() if year)
            self.planned = range(first, last + 1)

    def _noticed(self, line: str) -> None:
        """Take note of the year of a notice on the work of one year (关于做好2026年度…的通知)."""
        found = _FOR_YEAR.search(line) if line.endswith(_PAPERS) else None
        if found and self.annual is None and self.this_year in {None, int(found[1])}:
            self.annual = self.this_year = int(found[1])
            self.plans = True

    def _annual(self, line: str, found: Sequence[Time]) -> None:
        """Take note of the year of a plan for one year ("2024年工作要点")."""
        found = [time for time in found if time.year and not (time.plan or time.first)]
        told = [time.year for time in found if time.year and _plain(line, time)]
        if told and self.annual is None and self.this_year in {None, *told}:
            self.annual = self.this_year = told[0]

    def _head(self, line: str, found: Sequence[Time]) -> None:
        """Take note of a heading, or of a line that leads a list in."""
        depth = next((n for n, level in enumerate(_LEVELS) if level.match(line)), None)
        if rules_open().search(line):
            self.rules, self._rules_led = True, self._leads
            self._rules_at = len(_LEVELS) if depth is None else depth
        elif not self.listed and (depth is None or depth <= self._rules_at):
            self.rules = False  # below a heading that leads rules in they go on
        if not self._leads:
            self.title = _titled(line, found) or self.title
        if _speaks_of("results").search(line):
            self.plans, self.reports = False, True
        elif _speaks_of("plans").search(line):
            self.plans, self.reports = True, False
            self._annual(line, found)

    def year_of(self, time: Time) -> int | None:
        """The year that a time stands for, words for it resolved as far as the text allows."""
        if time.word in _YEARS_OFF:
            return None if self.this_year is None else self.this_year + _YEARS_OFF[time.word]
        if time.word == "decade":
            return ((self.this_year or data("times")["aims_after"]) // 10 + 1) * 10
        if time.word == "period":
            return self.planned[-1] if self.planned else self.spanned
        if time.word == "month":
            return self.at or self.this_year
        if time.word == "then":
            return self.at or (self._earlier if self._earlier in aims() else None)
        return time.year

    def told_of(self, said: frozenset[str]) -> bool:
        """Whether "over the period" looks back, by what else is said."""
        spanned = self.spanned is not None and not self.planned
        return "perfect" in said or ("past" in said and spanned)

    def inherited(self, kind: str) -> int | None:
        """The year that a figure without one takes over.

        An aim is for no year that has passed; a result is not of one that the text looks ahead to.
        """
        year = self.of.get(kind) or self.at or self.title
        looked_back = self._reported and kind == "target" and year == self.at
        told = self.monthly and year == self.of.get("result") and year not in aims()
        looked_back = looked_back or (told and kind == "target" and "target" not in self.of)
        if year is None or looked_back:
            return None
        if kind == "target":
            return year if year >= (self.this_year or year) else None
        ahead = year in aims() and year > (self.this_year or 0) and year != self.of.get(kind)
        ahead = ahead or (self.plans and year == self.annual and year != self.of.get(kind))
        told = self.monthly or (self.reports and year == self.title)  # 2025年工作回顾
        return None if kind == "result" and ahead and not told else year

    def led(self, year: int | None) -> bool:
        """Whether a year is that of a heading, of a list or of a month's report."""
        return self.listed or self.monthly or year == self.title

    def take(
        self,
        found: Iterable[Time],
        drafts: Sequence[Draft],
        inserted: frozenset[int] = frozenset(),
    ) -> None:
        """Take note of the years of a sentence: its last ones, none put in, go on in the next."""
        for draft in drafts:
            started = draft.quantity is not None and draft.quantity.origin
            if started or draft.year in inserted:
                continue  # what a change starts from dates nothing behind it
            if draft.year and draft.unit != _PEAK and "year_inferred" not in draft.flags:
                self.of[draft.kind] = draft.year
        found = [time for time in found if time.year not in inserted]
        if len(drafts) > 1 and _staged(found, drafts):
            self.at, self.monthly = None, False
            self.of.pop("target", None)
            return
        if self._opens and drafts and found and found[-1].start > drafts[-1].end:
            self.of.clear()  # "…的目标，2023年重点抓好以下工作：" the list is for the last year
        ruled = {d.year for d in drafts if d.kind == "threshold"} - {None, *aims()}
        found = [time for time in found if time.year not in ruled]  # when a rule holds
        for time in found:
            self.spanned = time.year if time.first else self.spanned
            if time.dates and not time.day and not _peaks(time, drafts):
                self.at = self.year_of(time) or self.at
                self.monthly = time.month and time.sign != "<"
                self._reported = time.role == "as_of" and self.at not in aims()


def _longest(line: str) -> int:
    """How long a heading may be: titles in English take more signs than Chinese ones."""
    rules = data("sentences")
    return int(rules["heading_en"] if line.isascii() else rules["heading"])


def _staged(found: Sequence[Time], drafts: Sequence[Draft]) -> bool:
    """Whether a sentence ends with the second of two years: "10 % by 2025 and 15 % by 2030"."""
    aimed = [d for d in drafts if d.kind == "target" and d.year and "year_inferred" not in d.flags]
    two = found and len({d.year for d in aimed[-2:]}) > 1
    return bool(two) and found[-1].start > aimed[-1].end and found[-1].year == aimed[-1].year


def _peaks(time: Time, drafts: Sequence[Draft]) -> bool:
    """Whether a year is the value of a figure: that of a peak dates nothing behind it."""
    return any(d.unit == _PEAK and d.start < time.end and time.start < d.end for d in drafts)


@cache
def _speaks_of(what: str) -> re.Pattern[str]:
    """Words of a heading over what is planned, or over what has been reached."""
    return re.compile(pattern_of(map(fold, both(data("cues")["headings"][what]))))


@cache
def rules_open() -> re.Pattern[str]:
    """Words of a heading, or of a line, that lead rules in."""
    return re.compile(pattern_of(map(fold, both(data("cues")["ruled"]))))


def _titled(line: str, found: Iterable[Time]) -> int | None:
    """The year of a title: the end of a plan, or a year that is no aim, no date and no deadline."""
    alone = _YEAR_ALONE.fullmatch(line)
    if alone:
        return int(alone[1])
    for time in found:
        if time.year and not time.fault and (time.plan or _plain(line, time)):
            return time.year
    return None


_YEAR_ALONE = re.compile(  # "2025", "By 2025:", "Achieving the carbon peak by 2030"
    r"\W*(?:(?:by|in|before|until) |[a-z]{3,12}ing [a-z ]{3,40} (?:by|before) )?"
    r"(20[0-9]{2})年?\W*",
    re.IGNORECASE,
)


def _plain(line: str, time: Time) -> bool:
    stands = (
        re.search(rf"(?<![到至]){time.year}年(?!底?(?:以前|之前|前(?![一二三四半几])))", line)
        is not None
    )
    told = time.sign == "=" or (time.sign == "<=" and stands)
    stated = time.role == "as_of" and _speaks_of("results").search(line) is not None
    told_of = time.year not in aims() or ("年" in line and _looks_back(line))
    day = time.day or re.search(rf"{time.year}([-/.])\d{{1,2}}\1\d", line) is not None
    return (time.role == "at" or stated) and told and not day and told_of


def _looks_back(line: str) -> bool:
    """Whether a heading tells of what has been: 2025年工作回顾."""
    return _speaks_of("results").search(line) is not None


@cache
def aims() -> frozenset[int]:
    """Years that plans set their aims for."""
    rules = data("times")
    ends = {one.last for one in plan_periods().values() if one.last > rules["aims_after"]}
    return frozenset(ends | set(rules["aims"]))
