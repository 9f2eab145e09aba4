"""The patterns of years, plan periods and dates, and of the words that say what a year does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from dafeng.reader.lexicon import LATIN_START, WORD_START, data, guarded, pattern_of
from dafeng.reader.numerals import NUMERAL_STARTS

_YEAR_ZH = r"(?:\d{4}|[一二][〇○零九][〇○零一二三四五六七八九]{2})"
_MONTH_ZH = r"(?:\d{1,2}|[一二三四五六七八九十]{1,2})"
# A part of a year that is told of when it is over.
_SEASON_ZH = r"(?:上半年|(?:第|前)?[一二三1-3](?:个)?季度|1[—–~至到-]\d{1,2} ?月份?)"
_ORDINAL_ZH = (
    r"十[一二三四五六七八九]|[一二三四五六七八九]十?"
    r"|[二三四五六七八九]十[一二三四五六七八九]|\d{1,4}|<>|x{2}"
)
_TO_ZH = r"(?:—{1,2}|–{1,2}|-{1,2}|~|至|到)"
# A number that is no year in the place of one: "In 50, coal power", "… kilowatts over 600, and".
_NO_YEAR = r"(?:\d{1,3}|[03-9]\d{3}|1[0-8]\d{2}|2[1-9]\d{2}|<>)"
_SLOT = (
    r"(?P<slot>(?:\b(?:since|the (?:end|beginning|start) of|months of|quarters of) "
    rf"(?P<odd>{_NO_YEAR})"
    r"(?=[,.;)]|$| (?:and|to|will|was|were|the|this year|last year|in (?:19|20)\d\d)\b)"
    rf"|(?:\bin|(?<![^,;.] )\bby|\bover) (?P<few>{_NO_YEAR}|\d{{1,2}}-\d{{2,3}}(?=,))"
    r"(?=[,.;)]|$| (?:will|was|were)\b))"
    r"|(?:(?:到|截至|于)(?P<zhodd>\d|\d{3}|\d{5,6})|(?<![^。；\s])\d{2,3})年(?=[底末初，]))"
)


def rules() -> dict[str, Any]:
    """What the data file says of times."""
    found: dict[str, Any] = data("times")
    return found


@cache
def months() -> dict[str, int]:
    """English months in lower case, with their numbers."""
    return {name.lower(): number for name, number in rules()["months"].items()}


def _date_without_month() -> str:
    return (
        r"(?P<monthless>\d{4}年 *月(?:\d{1,2}日)?"
        r"|\b(?:on|as of|until) (?:the )?\d{1,2}(?:st|nd|rd|th)?,? (?:of )?\d{4}(?!\d))"
    )


def _years_zh() -> tuple[str, str]:
    span = rf"(?P<from>{_YEAR_ZH}) ?年?{_TO_ZH}(?P<until>{_YEAR_ZH}) ?年"
    date = (
        rf"(?P<zh>{_YEAR_ZH}) ?年(?:度)?"
        rf"(?P<zhmonth>{_MONTH_ZH} ?月(?:份)?(?:\d{{1,2}}[日号])?|{_SEASON_ZH})?"
        r"(?P<tail>(?:年?[底末初中])?(?:以前|之前|前(?![后期沿列一二三四五六七八九十\d])|左右)?)"
    )
    return span, date


def _plans() -> tuple[str, str, str]:
    quoted = (
        rf"[“\"‘']?(?P<plan>{_ORDINAL_ZH})五[”\"’'](?:规划|时期|期间|期)?"
        r"(?:前(?P<firstyears>[一二两三四1234])年|[末底]?(?:以前|之前|前)?)"
    )
    bare = (
        r"(?P<bareplan>十[一二三四五六])五(?=规划|时期|期|末|以来|，|、)"
        r"(?:规划|时期|期间|期)?[末底]?"
        r"|第[“\"]?(?P<numbered>\d{1,4}|<>)[”\"]?个五年(?:规划|时期|期间|期)?[末底]?"
    )
    ordinals = pattern_of(data("numbers")["en"]["ordinals"])
    english = (
        r"(?:first (?P<efirst>two|three|four|[234]) years of the [“\"]?)?"
        rf"(?P<ordinal>\d{{1,4}}|<>|(?<![a-z]){ordinals})(?:st|nd|rd|th)?(?:[”\"] ?)?"
        r"[ -](?:five[- ]?years?|fyps?\b)[”\"]?(?:[- ]plan)?[”\"]?"
    )
    return quoted, bare, english


_WORDS = (
    "this_year", "now", "decade", "last_year", "next_year", "then", "later", "same_period",
    "period",
)  # fmt: skip


def _words() -> str:
    words = "|".join(f"(?P<{name}>{pattern_of(rules()[name])})" for name in _WORDS)
    return f"(?![0-9])(?:{words})"


def _date_en() -> str:
    names = "|".join(re.escape(name) for name in months() if name != "may")
    return (
        r"(?:the )?(?:(?:end|beginning|start) of )?"
        r"(?:(?<![\d.,])\d{1,2}(?:st|nd|rd|th)? (?:of )?)?"
        rf"(?P<month>(?<![a-z])(?:{names}|may(?= \d| of | this| last))(?![a-z]))"
        r"(?P<mday> \d{1,2}(?:st|nd|rd|th)?(?![\d.,]*\d))?"
        r"(?:,? (?:of )?(?P<myear>\d{4}(?!\d)|this year|last year))?"
    )


_PART = "(?:mid-|the end of |the first half of |early |late )?"


def _years_en() -> tuple[str, ...]:
    year = r"(?:19|20)\d{2}"
    until = rf"{_PART}(?P<euntil>{year}|(?<=-)\d{{2}})(?![\d%-])"
    no_scale = r"(?![\d%]|[.,]\d| ?(?:million|billion|trillion|thousand)|-[a-z])"
    no_letter_first = (
        rf"(?<![\d.,-])(?P<efrom>{year}) ?(?:[-–—~]|to) ?{until}",
        r"(?P<span>\((?P<a>\d{4}) ?[-–—~] ?(?P<b>\d{1,4})\))",
        r"(?P<ordinalyear>(?<![\d.,])(?:19|20)\d{2}(?:st|nd|rd|th)(?![a-z]))",
        rf"(?:(?<![\d.,a-z–—-])|(?<=mid-)|(?<=end-))(?P<en>{year}){no_scale}",
        r"(?P<heading>[(（]\d{4}[)）]|[〔\[【]\d{4}[〕\]】])",
        r"(?P<broken>(?<![\d,.])(?:19|20)\d{2},\d{1,4}(?![\d,]))",
    )
    return (
        rf"(?![a-z])(?:{'|'.join(no_letter_first)})",
        rf"(?<![a-z])between (?P<btfrom>{year}) and (?P<btuntil>{year})(?!\d)",
        _SLOT,
    )


_GROUPS_ZH = (
    "zhbare",
    "from",
    "until",
    "zh",
    "zhmonth",
    "tail",
    "plan",
    "firstyears",
    "bareplan",
    "numbered",
)


# What the years, plan periods and dates begin with: that of an English ordinal comes from the data.
_LEADING = ("on", "as of", "until", "since", "months of", "quarters of", "in", "by", "over", "the")
_STARTS_EN = (*"0123456789<([【〔（", "first", "on the", "as of the", "until the", "between")
_STARTS_EN += tuple(f"{word} {sign}" for word in _LEADING for sign in "0123456789<")
_STARTS_EN += tuple(
    f"{the}{part} of" for the in ("", "the ") for part in ("end", "beginning", "start")
)
_STARTS_ZH = (*NUMERAL_STARTS, *"“\"‘'x到截于第")


def _starts(*, chinese: bool) -> Iterator[str]:
    """What everything that can be a time begins with."""
    yield from _STARTS_EN
    yield from (
        *data("numbers")["en"]["ordinals"],
        *months(),
        *(f"the {name}" for name in months()),
    )
    for name in _WORDS:
        yield from rules()[name]
    if chinese:
        yield from _STARTS_ZH


@cache
def time_pattern(*, chinese: bool = True) -> re.Pattern[str]:
    """Everything that can be a time; the group that matched says what it is."""
    if not chinese:
        never = "(?!)" + "".join(f"(?P<{name}>)" for name in _GROUPS_ZH)
        pieces = (_date_without_month(), _plans()[2], _words(), _date_en(), *_years_en(), never)
        found = guarded(_starts(chinese=False), "|".join(pieces), begin=LATIN_START)
        return re.compile(found, re.ASCII)
    as_of = r"(?P<zhbare>(?<=截至|截止)\d{1,2}月[底末份]?)"
    pieces = (
        as_of,
        _date_without_month(),
        *_years_zh(),
        *_plans(),
        _words(),
        _date_en(),
        *_years_en(),
    )
    found = guarded(_starts(chinese=True), "|".join(pieces), begin=WORD_START)
    return re.compile(found, re.ASCII)


def _issued() -> str:
    """When a document or an office came about: "a plan released in", ", set up in"."""
    words = rules()["issued"]
    documents, verbs = pattern_of(words["documents_en"]), pattern_of(words["verbs_en"])
    at = "(?: earlier| late| early)?(?: in| on| at)?(?: the)?"
    return rf"(?:{documents} (?:[a-z]{{1,12}} ){{0,3}}?|, (?:which was |first )?){verbs}{at}"


_FOUNDING = "(?: (?:its|their|the) [a-z]{3,14} (?:in|on|of))?"  # since its opening in 2013


@cache
def before_pattern() -> re.Pattern[str]:
    """What stands right before a year and says what it does."""
    base, deadline, words = rules()["base"], rules()["deadline"], rules()["issued"]
    between = rf"(?:[ “\"]*{pattern_of(base['between_en'])}){{0,6}}[ “\"]*"
    strong = set(base["before_zh"]) - set(base["weak_zh"])
    no_share = "(?<![占环])"  # 占比2020年为15%: the 比 is no comparison
    as_of = [*rules()["as_of"]["before_zh"], *rules()["as_of"]["before_en"]]
    since = [*rules()["since"]["before_zh"], *rules()["since"]["before_en"]]
    leads = r"(?: the end of)?(?: the)?(?: year)? "
    compared = "(?<=and )(?:compared|in comparison) (?:with|to)"
    english = (
        rf"(?:(?<!and )(?<!or )(?!on year ){pattern_of(base['before_en'])}|{compared}){between}"
    )
    pieces = (
        rf"(?P<issued>{_issued()})",
        rf"(?P<base>{english}|{no_share}{pattern_of(strong)})",
        rf"(?P<weak>{pattern_of(base['weak_zh'])})",
        rf"(?P<as_of>{pattern_of(as_of)}){between}",
        rf"(?P<since>{pattern_of(since)}{_FOUNDING}){between}",
        rf"(?P<about>{pattern_of(deadline['about'])}){leads}",
        rf"(?P<before>{pattern_of(deadline['before'])}){leads}",
        rf"(?P<by>{pattern_of(deadline['by'])}){leads}",
    )
    starts = [*words["documents_en"], ",", *base["before_en"], *base["before_zh"], *as_of, *since]
    starts += [word for name in ("about", "before", "by") for word in deadline[name]]
    found = rf"(?:{'|'.join(pieces)}) ?[“\"]? ?$"
    return re.compile(guarded(starts, found, begin=WORD_START))


@cache
def after_pattern() -> re.Pattern[str]:
    """What stands right behind a year and says what it does."""
    base, since = rules()["base"], rules()["since"]
    than = r"相比|基础上|规模(?!以上)|水平|[^，。；\d]{0,10}的(?:约|近|超|超过|逾)?\d[\d.]*倍"
    zh = rf"{pattern_of(base['after_zh'])}|[年末底的]{{0,3}}(?:{than})"
    en = rf" (?:{pattern_of(base['after_en'])})|['’]s (?:emissions?|levels?|consumption|output)"
    aims = (
        r"(?:规划)?(?:目标任务|目标进度|时序进度|进度|目标|任务)的(?=[约近超\d一二三四五六七八九])"
    )
    since_zh, issued = pattern_of(since["after_zh"]), pattern_of(rules()["issued"]["after_zh"])
    return re.compile(
        rf"(?P<base>{zh}|{en})|(?P<since>{since_zh})|(?P<aims>{aims})|(?P<issued>{issued})"
    )
