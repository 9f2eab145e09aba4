"""Finds quantities: a number with its scale word and its unit, or a word that is a figure."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

from dafeng.reader.denominators import is_denominator
from dafeng.reader.durations import age, lasts, term
from dafeng.reader.lexicon import data, fold, pattern_of
from dafeng.reader.numerals import is_year, parse
from dafeng.reader.quantity import Quantity
from dafeng.reader.quantity_patterns import (
    Unit,
    day_of,
    figure_words,
    head_pattern,
    label_pattern,
    money_pattern,
    pers,
    plural_pattern,
    range_pattern,
    scale_pattern,
    scaled_pattern,
    scales,
    singular_pattern,
    spelt_to_pattern,
    structural_pattern,
    thing_pattern,
    things,
    units,
)
from dafeng.reader.scored import SCORE, of_a_score
from dafeng.reader.shares import ratio, share
from dafeng.reader.yearlike import acted_on, determined, made_total

_PERCENT = Unit("%", "%")
RATIO = Unit("ratio", "1")
TEN = Decimal(10)  # Chinese numerals below it ("一家", "两个") count by the way


def quantities(
    folded: str, start: int, end: int, *, chinese: bool = True
) -> tuple[list[Quantity], list[Quantity]]:
    """All quantities of a sentence of a folded text, and its bare numbers, in their order."""
    found: list[Quantity] = []
    bare: list[Quantity] = []
    done = start
    for head in head_pattern(chinese=chinese).finditer(folded, start, end):
        if head.start() < done or head.lastgroup == "skip":
            continue
        one = None if _is_date(folded, head) else _quantity(folded, head, end)
        if one is not None:
            found.append(one)
            done = one.end
        elif head.lastgroup == "digits":
            low, high = head.span()
            bare.append(Quantity(low, high, high, head[0], parse(head[0]), digits=True))
    return found, bare


def _is_date(folded: str, head: re.Match[str]) -> bool:
    """Whether digits are a year that ends its clause ("By 2025, "): nothing can be its unit."""
    low, high = head.span()
    dates = folded.startswith(_STOPS, high) and is_year(folded[low:high])
    return dates and not _money_sign(folded, low)


_STOPS = (", ", "，", ". ", "; ", "。", "；")


def _quantity(folded: str, head: re.Match[str], end: int) -> Quantity | None:
    start, stop = head.span()
    one, written = Quantity(start, stop, stop, head[0]), head.lastgroup
    if written == "word":
        entry = figure_words()[head["word"]]
        if _TO_A_LEVEL.match(folded, one.end) or folded.endswith(_OPENED, 0, one.start):
            return None  # "double to 18 million kW": the level is the figure
        one.value, one.spelt = Decimal(str(entry["value"])), True
        one.more = entry.get("more", False)
        one.unit = _PERCENT if entry["unit"] == _PERCENT.name else Unit(entry["unit"])
        return one
    if written in _SHARES:
        one.value, one.unit, one.digits = share(head), _PERCENT, written == "fraction"
        return one
    if written == "ratio":
        one.value, one.unit, one.digits = ratio(head["ratio"]), RATIO, True
        return one
    if written == "alone":
        return _alone(folded, one, end)
    one.value = parse(head[0])
    one.digits, one.spelt = written == "digits", written == "spelt"
    made = _number(folded, one, end)
    if made is not None and one.digits and _MINUS.search(folded, max(0, one.start - 2), one.start):
        one.start = one.start - 1
        change = one.unit is not None and one.unit.name in _CHANGES
        one.minus, one.value = change, one.value if change or one.value is None else -one.value
    return made


_SHARES = ("percent", "fraction", "tenths", "half", "parted")
_CHANGES = {"%", "percentage points", "times"}  # what falls; a level below nought stays so
_OPENED = ('"', "“", "‘")  # "double growth" is a way to speak
_TO_A_LEVEL = re.compile(r"(?:到|至| to )(?:about |over |more than |约|超)?\d|[\"”] growth")


def _alone(folded: str, one: Quantity, end: int) -> Quantity | None:
    """A scale word that says "one" by itself: "a million-kilowatt unit"."""
    tail = scaled_pattern().match(folded, one.end, end)
    if tail is None or not tail["unit"]:
        return None
    one.factor, one.scale = scales()[one.token]
    one.end, one.value, one.unit, one.spelt = tail.end(), Decimal(1), _unit(tail), True
    return one


def _number(folded: str, one: Quantity, end: int) -> Quantity | None:
    if not one.spelt:
        _take_high(folded, one, end)
    elif not folded.endswith("from ", 0, one.start) and (
        two := spelt_to_pattern().match(folded, one.end)
    ):
        one.second, one.first_end = two.start("high"), one.end
        one.high, one.end = parse(two["high"]), two.end("high")
    part = structural_pattern().match(folded, one.end, end)
    if part and not one.spelt:
        one.end, one.unit, one.structural = part.end(), Unit(part[0].lstrip("大项个条")), True
        return one
    tail = scaled_pattern().match(folded, one.end, end)
    single = one.value == 1 and one.digits
    if tail is None or is_denominator(folded, one.start, one.end, single=single):
        return None
    millions = _of_millions(folded, tail)
    if millions:
        one.end, one.unit = millions.end(), _unit(millions)
        one.factor, one.scale = scales()["million"]
        return one
    one.end, one.unit = tail.end(), _unit(tail)
    one.more = bool(tail["more"] or tail["odd"])
    if tail["scale"]:
        one.factor, one.scale = scales()[tail["scale"]]
    if one.unit is not None:
        if one.unit.name == "度":
            one.unit = _degree(one)
        return one if _worth(one, folded) else None
    if one.digits and (paid := _money(folded, one)):
        one.unit = paid
        return one
    return _counted(folded, one, end)


def _of_millions(folded: str, tail: re.Match[str]) -> re.Match[str] | None:
    """The unit behind an "m" that is no metre but a million: "99m tons"."""
    if tail["unit"] or tail["scale"] or not _MILLIONS.match(folded, tail.end()):
        return None
    unit = scaled_pattern().match(folded, tail.end() + 1)
    return unit if unit and unit["unit"] and not unit["scale"] else None


def _money(folded: str, one: Quantity) -> Unit | None:
    """The unit of an amount behind the sign of a money, which may be of so many m: "CNY 5m"."""
    sign = _money_sign(folded, one.start)
    if sign is None or (folded.startswith(")", one.end) and _made().match(folded, one.end + 1)):
        return None  # "per 10,000 yuan ($1,445) of GDP"
    if one.scale is None and _MILLIONS.match(folded, one.end):
        one.end, (one.factor, one.scale) = one.end + 1, scales()["million"]
    return units()[data("units")["money"][sign[0].strip()]]


def _money_sign(folded: str, place: int) -> re.Match[str] | None:
    return money_pattern().search(folded, max(0, place - len(" rmb ")), place)


_MILLIONS = re.compile("m(?![a-z0-9])")


def _degree(one: Quantity) -> Unit:
    """What 度 says: electricity in large amounts, else a temperature."""
    large = one.value is not None and one.value * one.factor >= data("units")["made"]["of"]
    return units()["度电" if large else "℃"]


def _take_high(folded: str, one: Quantity, end: int) -> None:
    """Give a quantity the upper end of its range, where a unit closes it."""
    two = range_pattern().match(folded, one.end, end)
    if two is None or (two["and"] and not folded.endswith("between ", 0, one.start)):
        return
    if _moves(folded, one, two["own"]):
        return
    tail = scaled_pattern().match(folded, two.end(), end)
    own = scaled_pattern().match(two["own"])
    own_unit, unit = own and own["unit"], tail and tail["unit"]
    same = not own_unit or bool(unit and unit.startswith(own_unit))  # 吨 … 吨标准煤
    measured = tail is not None and bool(tail["unit"] or tail["scale"])
    counts = not (measured or two["own"].strip() or is_year(one.token)) and one.digits
    counts = counts and thing_pattern().match(folded, two.end("high"), end) is not None
    if same and (measured or counts):
        one.high, one.end = parse(two["high"]), two.end("high") if counts else two.end()
        one.second, one.first_end = two.start("high"), two.end("own")


def _moves(folded: str, one: Quantity, own: str) -> bool:
    """Whether two numbers are a change: "from 12 % to 19 %", "42 % in 2020 to 55 %"."""
    started = folded.endswith(("from ", "由", "从", " current ", " present "), 0, one.start)
    return started or (not own and is_year(one.token))


def _unit(tail: re.Match[str]) -> Unit | None:
    if not tail["unit"]:
        return None
    unit = units()[tail["unit"]]
    if not tail["per"]:
        return unit
    scale = scale_pattern().match(tail["per"])
    per = pers()[tail["per"][scale.end() if scale else 0 :].strip()]
    singular = per.name.removesuffix("s")
    below = f"{scales()[scale[0]][1]} {singular}" if scale else singular
    known = unit.id and per.id and not scale
    return Unit(f"{unit.name}/{below}", f"{unit.id}/{per.id}" if known else None)


def unit_at(folded: str, start: int, end: int) -> tuple[Unit | None, Decimal, str | None, int]:
    """The unit that begins at a place, what its scale word multiplies by, and where it ends."""
    tail = scaled_pattern().match(folded, start, end)
    if tail is None:
        return None, Decimal(1), None, start
    factor, scale = scales()[tail["scale"]] if tail["scale"] else (Decimal(1), None)
    return _unit(tail), factor, scale, tail.end()


def _worth(one: Quantity, folded: str) -> bool:
    """Whether a number with a unit is a figure: no year, no duration, no "one" of something."""
    unit = one.unit
    if unit is None or unit.duration:
        one.bound = age(folded, one.start, one.end)
        days = one.digits and unit is not None and unit.id == "d" and lasts(folded, one.start)
        told = (
            one.bound is not None
            or days
            or ahead_of_time(folded, one)
            or folded.endswith("连续", 0, one.start)
            or _IN_A_ROW.match(folded, one.end) is not None
            or term(folded, one.start, one.end)
        )
        return told and (one.spelt or one.head - one.start < len("2025"))
    if _in_name(folded, one) or (unit.count and one.digits and _labelled(folded, one)):
        return False  # "Article 8 Units that …"
    if unit.digits:
        told = unit.name != SCORE or of_a_score(folded, one.start, one.end)
        return one.digits and told and (unit.name != "grade" or _of_a_class(folded, one))
    if unit.name == "yuan" and one.value and one.value * one.factor == data("units")["made"]["of"]:
        return _made().match(folded, one.end) is None  # "energy use of 10,000 yuan output value"
    if one.spelt and one.value == 1 and not unit.count and one.scale is None:
        return False  # "of one ton of steel"
    small = not one.digits and one.value is not None and one.value < TEN
    least = _AT_LEAST.search(folded, max(0, one.start - _REACH), one.start)
    return one.spelt or not (small and unit.count and not least)


_REACH = len("end of the ")
_CLASS = re.compile(r"(?:[（(]含[）)])?[及或]?以[上下]|[（(]含[）)]")
_TO_CLASS = re.compile("(?:不低于|不得低于|优于|高于|低于)[^，。；、0-9]{0,8}$")


@cache
def _made() -> re.Pattern[str]:
    made = pattern_of(map(fold, data("units")["made"]["words"]))
    return re.compile(rf"(?: of| worth of)? ?(?:the )?{made}")


def _of_a_class(folded: str, one: Quantity) -> bool:
    """Whether a class of a standard is a bound: 2级及以上, 不低于2级."""
    low = max(0, one.start - _REACH - len("不得低于"))
    return bool(_CLASS.match(folded, one.end) or _TO_CLASS.search(folded, low, one.start))


_IN_A_ROW = re.compile(" (?:in a row|in succession|running)(?![a-z])")


def _in_name(folded: str, one: Quantity) -> bool:
    """Whether a size is part of what a thing is called: ±800千伏直流工程, 4.3米焦炉."""
    for entry in data("units")["in_names"]:
        if one.unit is not None and one.unit.name == entry["unit"]:
            ahead, behind = tuple(entry["before"]), tuple(entry["after"])
            return folded.endswith(ahead, 0, one.start) or folded.startswith(behind, one.end)
    return False


_EARLY = re.compile(r" (?:ahead of (?:schedule|time|plan)|early|earlier than planned|in advance)\b")


def ahead_of_time(folded: str, one: Quantity) -> bool:
    """Whether it tells how long before its time something is reached: 提前两年."""
    if one.unit is None or not one.unit.duration:
        return False
    return folded.endswith("提前", 0, one.start) or _EARLY.match(folded, one.end) is not None


def _counted(folded: str, one: Quantity, end: int) -> Quantity | None:
    """A number without a unit: it counts the thing that follows, or is none."""
    year = one.digits and one.scale is None and is_year(one.token)
    if folded.startswith("<> ", one.start) and not determined(folded, one.start):
        closed = _CLOSED.match(folded, one.end)  # "parks in <> provinces."
        one.unit = _thing(closed["thing"]) if closed else None
        return one if closed else None  # "in <> recycled metals will reach"
    if one.spelt and _QUOTED.match(folded, one.start - 1):
        return None  # "two highs" projects
    if one.spelt and one.value == 1:
        single = singular_pattern().match(folded, one.end, end)
        one.unit = _thing(data("units")["singular"][single["thing"]]) if single else None
        if single:
            return one
    low = max(0, one.start - _REACH)
    if one.digits and _labelled(folded, one):
        return None  # "Article 5 Standards of support"
    found = thing_pattern().match(folded, one.end, end)
    if found and found["years"]:
        one.end, one.unit = found.end(), units()[found["years"]]
        row = data("cues")["words"]["consecutive"]["en"]
        return one if any(word in found[0] for word in row) else None
    if found and (not year or determined(folded, one.start)):
        one.unit = _thing(found["thing"] or found["structural"])
        one.structural = found["structural"] is not None
    elif (
        one.scale is None
        and _may_count(folded, one)
        and not (year and not made_total(folded, one.start, one.end))
    ):
        whole = one.value is None or one.value == one.value.to_integral_value()
        whole = whole or is_year(one.token.partition(".")[2])  # "9.2022 universities"
        whole = whole and not day_of().search(folded, low, one.start)
        plural = plural_pattern().match(folded, one.end, end) if whole else None
        one.unit = _thing(plural["thing"]) if plural else None
    return one if one.unit or one.scale else None


_CLOSED = re.compile(r" (?P<thing>[a-z]{3,20}[^su\W]s)(?=[.;,])", re.ASCII)


def _labelled(folded: str, one: Quantity) -> bool:
    """Whether a number is a label: "Article 5"."""
    return label_pattern().search(folded, max(0, one.start - _REACH), one.start) is not None


def _thing(word: str) -> Unit:
    return Unit(things().get(word, word), "count", count=True)


_MINUS = re.compile(r"[一-龥（(：: ][-−]$")
_AT_LEAST = re.compile("(?:至少|最少|不少于)[一-龥]{0,2}$")
_LEAST = ("at least ", "no less than ", "not less than ", "no fewer than ", "not fewer than ")


def _may_count(folded: str, one: Quantity) -> bool:
    """Whether a number may count what no dictionary knows: "30", "thirty" or "at least two"."""
    if one.spelt and one.value is not None and one.value > data("cues")["casual"]:
        return True
    if one.digits or (one.spelt and folded.endswith((*_LEAST, "total of "), 0, one.start)):
        return True
    return one.spelt and acted_on(folded, one.end)


_QUOTED = re.compile(r"[\"“'‘][a-z -]{3,24}[\"”'’]")
