"""The patterns of quantities: numbers, scale words, units, and the things that are counted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from dafeng.reader.lexicon import (
    LATIN_START,
    WORD_START,
    both,
    data,
    fold,
    guarded,
    pattern_of,
)
from dafeng.reader.numerals import (
    DIGIT_STARTS,
    DIGITS,
    MONEY_START,
    NUMERAL_STARTS,
    NUMERALS,
    number_starts,
    number_words,
)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as texts print it.

    Attributes:
        name: as proposals print it. ``id``: that of the vocabulary, where there is one.
        count: whether it counts things. ``duration``: whether it is a time that things take.
        digits: whether it is a figure only behind digits.
        like: the unit by which indicators are known that are told in this one (GW by kW).
    """

    name: str
    id: str | None = None
    count: bool = False
    duration: bool = False
    digits: bool = False
    like: str | None = None


_SPACE = r"[ \t\u2002-\u200a]?"
# What has digits and is no figure: ordinals, numbers of documents, dates, standards, clock times.
_SKIP = (
    r"第 ?[\d一二三四五六七八九十百]{1,8}(?:[、和及]\d{1,3}(?![\d.万亿%千吨]))*"
    r"|[〔\[(（【]\d{4}[〕\])）】] ?\d{0,6}号?"
    r"|no\. ?\d{1,6}"
    r"|[一二][〇○零九][〇○零一二三四五六七八九]{2}年"
    r"|(?<!\d)(?:\d{1,6}号|\d{4} ?年|\d{1,2}月(?:\d{1,2}日)?|(?<!连续)(?<!逾期)(?<!超期)(?<!延期)"
    r"\d{1,2}日(?![之以]?内)"
    r"|\d{1,2}时(?!段))"
    r"|(?<!\d)\d{1,4}(?:st|nd|rd|th)(?![a-z])"
    r"|(?:gb|db\d{0,4}|iso|hj|jb|qb|iec)(?:/t|/z)? ?\d[\d.\-—]{0,16}"
)
_SKIP_STARTS = (*DIGIT_STARTS, *"第〔[(（【一二", "no", "gb", "db", "iso", "hj", "jb", "qb", "iec")
_OVER = r"\d{1,3}(?:\.\d{1,3})?"
# not 14:48, which is a time
_RATIO = (
    rf"(?<![\d:.])(?<!\d[：∶︰])(?<!\d )(?<!日)(?<!日 ){_OVER}[:：∶︰]"
    rf"(?P<over>(?!\d\d(?![\d.])){_OVER})(?!\.?\d)(?![:：])"
)


@cache
def units() -> dict[str, Unit]:
    """Units by the words of both languages."""
    return {
        fold(word): Unit(
            entry["name"],
            entry.get("id"),
            **{flag: bool(entry.get(flag)) for flag in ("count", "duration", "digits")},
            like=entry.get("like"),
        )
        for entry in data("units")["units"]
        for word in both(entry)
    }


@cache
def pers() -> dict[str, Unit]:
    """Units that may stand below the slash."""
    return {
        fold(word): units()[fold(word)]
        for entry in data("units")["units"]
        if entry.get("per")
        for word in both(entry)
    }


@cache
def scales() -> dict[str, tuple[Decimal, str]]:
    """Scale words: what they multiply by, and how proposals print them."""
    return {
        word: (Decimal(entry["factor"]), entry["printed"])
        for entry in data("numbers")["scales"]
        for word in entry["words"]
    }


@cache
def figure_words() -> dict[str, dict[str, Any]]:
    """Words that are a figure by themselves: "one-third", 翻一番."""
    return {fold(word): entry for entry in data("numbers")["words"] for word in both(entry)}


@cache
def things() -> dict[str, str]:
    """Words for what is counted → the unit that a proposal prints."""
    return {fold(word): entry["name"] for entry in data("units")["things"] for word in both(entry)}


_GROUPS_ZH = ("tenths", "half", "parted", "percent", "whole", "numeral")


@cache
def head_pattern(*, chinese: bool = True) -> re.Pattern[str]:
    """The number of a quantity; the group that matched says how it is written."""
    alone = r"(?<![\d.])(?<!\d )(?:million|billion|trillion)(?=-(?:kilowatt|ton))"
    alone += r"|(?<=[ -]a )(?:million|billion|trillion)(?= (?:yuan|tons|tonnes|metric|kilowatt|mu))"
    alone += r"|(?<=[能量])万(?=吨标准煤)"  # 年耗能万吨标准煤以上
    alone += rf"|(?<=[过超破逾达近个座项处])(?:[万千百]亿|[千百]万)(?!级)(?={pattern_of(units())})"
    pieces: tuple[str, ...] = (
        rf"(?P<skip>{_SKIP})",
        rf"(?P<word>(?<!first )(?<!second ){pattern_of(figure_words())})",
        rf"(?P<alone>{alone})",
        r"(?P<tenths>(?:[一二两三四五六七八九]|(?<![\d.:第])[1-9])成[一二三四五六七八九半]?(?![本员果立效熟功长品为分都交份天套不一二三四五六七八九]))",
        r"(?P<half>(?<=[过超近达逾])半(?:数)?(?=[，。；、的以]|$))",
        r"(?P<parted>[二三四五六七八九十]分之[一二三四五六七八九])",
        rf"(?P<percent>百分之(?P<whole>{NUMERALS}))",
        r"(?P<fraction>(?<![\d/.])(?P<part>[1-9])/(?P<of>[2-9]|10)(?![\d/.]))",
        rf"(?P<ratio>{_RATIO})",
        rf"(?P<digits>{DIGITS})",
        rf"(?P<numeral>{NUMERALS})",
        rf"(?P<spelt>{number_words()})",
    )
    ahead = (*_SKIP_STARTS, *figure_words(), *scales(), *number_starts())
    if not chinese:
        never = "(?!)" + "".join(f"(?P<{name}>)" for name in _GROUPS_ZH)
        own = tuple(f"(?P<{name}>" for name in _GROUPS_ZH)
        pieces = (*(piece for piece in pieces if not piece.startswith(own)), never)
        begin = f"(?:{LATIN_START}|{MONEY_START})"
        return re.compile(guarded(ahead, "|".join(pieces), begin=begin), re.ASCII)
    ahead = (*ahead, *NUMERAL_STARTS, "半", "百分之")
    return re.compile(guarded(ahead, "|".join(pieces), begin=WORD_START), re.ASCII)


@cache
def scale_pattern() -> re.Pattern[str]:
    """A scale word."""
    return re.compile(pattern_of(scales()))


@cache
def scaled_pattern() -> re.Pattern[str]:
    """A scale word and a unit behind a number; either may be missing."""
    unit, per, scale = pattern_of(units()), pattern_of(pers()), pattern_of(scales())
    below = rf"{_SPACE}(?:/|每|per ){_SPACE}(?P<per>(?:{scale}{_SPACE})?{per})"
    more = rf"(?P<more>[多余](?={scale}|{unit}))?"
    return re.compile(
        rf"{more}(?:{_SPACE}-?(?P<scale>{scale})(?P<odd>[多余](?={unit}))?)?"
        rf"(?:{_SPACE}-?(?:of )?(?P<unit>{unit})(?:{below})?)?"
    )


@cache
def range_pattern() -> re.Pattern[str]:
    """What stands behind the lower end of a range, with its upper end."""
    own = rf"(?:{_SPACE}(?:{pattern_of(scales())}))?{_SPACE}(?:{pattern_of(units())})?"
    dash = r" ?(?:—{1,2}|–{1,2}|-|~|至|到| to | (?P<and>and) )"
    return re.compile(
        rf"(?P<own>{own})(?:（含）|\(含\))?{dash}(?P<high>{DIGITS}|{NUMERALS}) ?", re.ASCII
    )


@cache
def spelt_to_pattern() -> re.Pattern[str]:
    """The upper end of a range in words: "five to ten leading firms"."""
    return re.compile(rf" to (?P<high>{number_words()}) (?=[a-z])")


_MORE = "(?: or so| or more| or above| and above| and more)?"


def _no_end() -> str:
    return rf"(?!{pattern_of(data('units')['name_ends'])})"


@cache
def thing_pattern() -> re.Pattern[str]:
    """What an English number counts: some words and a thing that the dictionary knows."""
    names = pattern_of(fold(word) for entry in data("units")["things"] for word in entry["en"])
    structural = pattern_of(fold(word) for word in data("units")["structural"]["en"])
    word = rf"{_no_end()}[a-z\"“”'&/-]{{1,24}}+,? (?:\([a-z-]{{2,10}}\) )?"
    return re.compile(
        rf"{_MORE} (?!and )(?:{word}){{0,7}}?"  # what follows "and" is not counted by it
        rf"(?:(?P<structural>{structural})|(?P<thing>{names})|(?P<years>years|months|days)(?![a-z]))"
    )


@cache
def singular_pattern() -> re.Pattern[str]:
    """What "one" counts: up to four words and a thing that the dictionary knows by one."""
    names = pattern_of(data("units")["singular"])
    return re.compile(rf" (?:[a-z-]{{2,20}}+ ){{0,4}}?(?P<thing>{names})(?![a-z-])")


@cache
def plural_pattern() -> re.Pattern[str]:
    """What an English number counts where no dictionary knows it: some words and a plural."""
    return re.compile(
        rf"{_MORE} (?:public and private )?[\"“]?"
        rf"(?:{_no_end()}(?!and )[a-z-]{{2,20}}+ ){{0,3}}?[\"“]?"
        r"(?P<thing>(?!(?:this|was|has|its)(?![a-z]))(?:[a-z]{2,10}-)?[a-z]{3,20}(?<!u)(?<!s)s)"
        # "500 substations of 42 kV", "two furnaces of less than"
        r"(?![a-z-])(?! of (?![0-9<]|less |more |over |under |below |above |at least ))"
    )


@cache
def label_pattern() -> re.Pattern[str]:
    """Words before a number that is a label: "Section 3", "Annex 2"."""
    return re.compile(rf"{pattern_of(data('units')['labels'])} $")


@cache
def day_of() -> re.Pattern[str]:
    """A month right before a number that is its day: "the notice of Sept. 30 asks"."""
    names = [name.lower() for name in data("times")["months"]]
    short = [name[:3] for name in names]
    return re.compile(rf"(?<![a-z])(?:{'|'.join([*names, *short, 'sept'])})\.? $")


@cache
def money_pattern() -> re.Pattern[str]:
    """The sign of a money right before its amount: "CNY 5m", "$2.99 million"."""
    return re.compile(rf"{pattern_of(data('units')['money'])} ?$")


@cache
def structural_pattern() -> re.Pattern[str]:
    """Counted parts of a plan in Chinese: 大行动, 项任务."""
    return re.compile(pattern_of(data("units")["structural"]["zh"]))
