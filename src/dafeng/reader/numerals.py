"""Numerals, digits and number words as exact decimals."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import Any

from dafeng.reader.lexicon import data, fold, pattern_of


def _lost() -> str:
    """Pattern of what stands in place of digits; possessive, so that long runs cost little."""
    signs = data("numbers")["placeholders"]
    single, repeated = ([re.escape(one) for one in signs[kind]] for kind in ("single", "repeated"))
    return "|".join([*single, *(rf"{one}(?:{one}{{1,7}}+|(?=[%万亿]))" for one in repeated)])


def _digit_starts() -> tuple[str, ...]:
    signs = data("numbers")["placeholders"]
    return (*"0123456789", *signs["single"], *signs["repeated"])


_LOST = _lost()
_LOST_SIGN = re.compile("|".join(map(re.escape, _digit_starts()[10:])))
# "29.<>7", "1□8": what is left of digits stands beside what is lost
_SINGLE = "|".join(map(re.escape, data("numbers")["placeholders"]["single"]))
_SOME = rf"(?:\d++|{_SINGLE}|[?？](?=[\d%万亿])|(?<=\d)[x*](?=[.%]))++"
_RUN = rf"(?:{_SOME}|{_LOST})(?:[.,][.,]?+{_SOME})*+(?:\.(?=%))?"
# "1, 2 00": thousands that a translation has taken apart
_APART = r"\d{1,3}+(?:, ?\d{1,3}+){0,3}+ (?!100? )\d{2,3}+(?:(?<= \d{3})\.\d++)?+(?= ?[a-z%一-龥])"
# "Rmb62.36", "Yn97": the sign of a money stands right before its digits
MONEY_START = r"(?=\d)(?:(?<=rmb|cny|usd)|(?<=[^a-z]yn))"
DIGITS = rf"(?:(?<![\da-z□■])|{MONEY_START})(?<!<>)(?<!\d[.,])(?:{_APART}|{_RUN})"
DIGIT_STARTS = _digit_starts()
_DIGIT_ZH = "一二三四五六七八九"
NUMERALS = (
    rf"(?:[{_DIGIT_ZH}两十][{_DIGIT_ZH}十百千万亿两零〇]{{0,16}}+(?:点[{_DIGIT_ZH}零〇]{{1,8}}+)?+)"
)
NUMERAL_STARTS = (*_DIGIT_ZH, "两", "十")


@cache
def _words() -> dict[str, Any]:
    found: dict[str, Any] = data("numbers")["en"]
    return found


def number_starts() -> tuple[str, ...]:
    """Words that an English number begins with."""
    return tuple(_words()["units"])


@cache
def number_words() -> str:
    """Pattern of English number words, such as "two hundred and fifty"."""
    some = pattern_of(number_starts())
    more = pattern_of([*_words()["units"], *_words()["places"], "thousand"])
    return rf"{some}(?:[ -](?:and )?{more}){{0,6}}+"


def lost(token: str) -> bool:
    """Whether a token holds a placeholder in place of digits."""
    return _LOST_SIGN.search(token) is not None


def parse(token: str) -> Decimal | None:
    """The number that a token prints; ``None`` where digits are lost or are not one number."""
    token = token.strip()
    first = token[:1]
    if "0" <= first <= "9":
        return _digits(token)
    zh = data("numbers")["zh"]
    return numeral(token) if first in zh["digits"] or first in zh["places"] else spelt(token)


LONGEST = len("100,000,000,000.00")  # no figure of a plan has more digits
_ONE_NUMBER = re.compile(r"[0-9]{1,3}((,[0-9]{3})+|( [0-9]{3})+)(\.[0-9]+)?|[0-9]+(\.[0-9]+)?")


def _digits(token: str) -> Decimal | None:
    if len(token) > LONGEST:
        return None
    if token.isdecimal():
        return Decimal(token)
    if _ONE_NUMBER.fullmatch(token):
        return Decimal(token.replace(",", "").replace(" ", ""))
    return None


def numeral(token: str) -> Decimal | None:
    """A Chinese numeral: 二百五十, 一千二百万, 十三点五, 二〇二五."""
    zh = data("numbers")["zh"]
    whole, _, decimals = token.partition("点")
    if whole and all(sign in zh["digits"] for sign in whole):
        value = Decimal("".join(str(zh["digits"][sign]) for sign in whole))
    else:
        value = _by_places(whole, zh)
    if decimals:
        value += Decimal("0." + "".join(str(zh["digits"][sign]) for sign in decimals))
    return value


def _by_places(whole: str, zh: dict[str, Any]) -> Decimal:
    total, section, digit = 0, 0, 0
    for sign in whole:
        if sign in zh["digits"]:
            digit = zh["digits"][sign]
        elif sign in zh["places"]:
            section += (digit or 1) * zh["places"][sign]
            digit = 0
        else:
            total = (total + section + digit) * zh["groups"][sign]
            section = digit = 0
    return Decimal(total + section + digit)


def spelt(token: str) -> Decimal | None:
    """An English number in words: "two hundred and fifty"."""
    en = _words()
    total, section = 0, 0
    for word in re.split(r"[ -]+", fold(token).replace(" and ", " ")):
        if word in en["units"]:
            section += en["units"][word]
        elif word in en["places"]:
            section = (section or 1) * en["places"][word]
        elif word in en["groups"]:
            total += (section or 1) * en["groups"][word]
            section = 0
        else:
            return None
    return Decimal(total + section)


_YEAR_DIGITS = len("2025")


def is_year(token: str) -> bool:
    """Whether digits can be a year that such a text speaks of."""
    return len(token) == _YEAR_DIGITS and token.isdigit() and int(token) in plausible_years()


@cache
def plausible_years() -> range:
    """The years that such a text speaks of."""
    years = data("times")["plausible_years"]
    return range(years["first"], years["last"] + 1)
