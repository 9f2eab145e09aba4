"""Notices figures whose digits cannot be what was written, each with the reason."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from dafeng.reader.ceilings import beyond
from dafeng.reader.displaced import Verdict
from dafeng.reader.draft import Draft
from dafeng.reader.lexicon import data, pattern_of
from dafeng.reader.numerals import lost
from dafeng.reader.quantity import Quantity
from dafeng.reader.rates import beyond_most, is_rate, of_what, told_since
from dafeng.reader.sentence import Sentence
from dafeng.reader.time_patterns import months
from dafeng.reader.times import Time, month_of
from dafeng.reader.wholes import doubt_parts

_THOUSANDS = re.compile(r"[0-9]{1,3}(?:[, ][0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?")
WHOLE = 100  # percent


@cache
def rules() -> dict[str, Any]:
    """Bounds and wordings of the checks."""
    found: dict[str, Any] = data("garbles")
    return found


@cache
def _spreads() -> frozenset[str]:
    return frozenset(check["id"] for check in rules()["checks"] if check["spreads"])


def check_sentence(sentence: Sentence, drafts: Sequence[Draft]) -> Verdict:
    """Mark the drafts of a sentence that fail a check, and tell what that says of its digits."""
    digits = [d for d in drafts if d.displaceable]
    for draft in digits:
        draft.reasons.extend(_by_itself(sentence, draft))
    if any(draft.reasons for draft in digits):
        _months(sentence, digits)
    doubt_parts(sentence, digits)
    slots = [time for time in sentence.times if time.fault in _SLOTS]
    exchanged = list(_exchanged(sentence, digits, slots))
    for draft in exchanged:
        draft.reasons.extend([] if draft.reasons else ["digits_displaced"])
    odd = [d for d in digits if d.reasons]
    gone = [d.start for d in odd if d.quantity and _wholly_lost(d.quantity.token)]
    open_ = len(slots) - len(exchanged)
    proofs: list[int] = []
    if open_ or not sentence.chinese:
        proofs = sorted(place for place in _proofs(sentence, odd) if place not in gone)
    closed = _closed(digits, slots)
    return Verdict(sentence, digits, proofs, [d.start for d in odd], gone, open_, closed)


_SLOTS = frozenset({"year_slot", "plan_ordinal"})


def _exchanged(
    sentence: Sentence, digits: Sequence[Draft], slots: Sequence[Time]
) -> Iterator[Draft]:
    """Figures that have only changed places with the year or the plan right beside them.

    That is no sign of digits that run: "In 4, use fell by 2022.2%", "by 500 the parks reach 2025".
    """
    taken: set[int] = set()
    for slot in slots:
        ahead = [d for d in digits if d.end <= slot.start]
        behind = [d for d in digits if d.start >= slot.end]
        for draft in (*behind[:1], *ahead[-1:]):
            gap = sorted((draft.start, draft.end, slot.start, slot.end))[1:3]
            parted = any(gap[0] <= time.start < gap[1] for time in sentence.times)
            if draft.start not in taken and not parted and _has_taken(slot, draft):
                taken.add(draft.start)
                yield draft
                break


def _has_taken(slot: Time, draft: Draft) -> bool:
    """Whether a figure holds what belongs into a slot: a year, or the number of a plan."""
    if "year_as_quantity" in draft.reasons or "year_in_decimals" in draft.reasons:
        return True
    plans = data("times")["plausible_plans"]
    plan = slot.fault == "plan_ordinal" and draft.value is not None
    return plan and plans["first"] <= draft.value <= plans["last"]


def _wholly_lost(token: str) -> bool:
    """Whether nothing is left of a number: it has lost its digits, it has not taken others'."""
    return lost(token) and not any(sign.isdigit() for sign in token)


def _closed(digits: Sequence[Draft], slots: Sequence[Time]) -> bool:
    """Whether the digits of a sentence have only changed places among themselves.

    The year stands first in Chinese and last in English: it has gone into the first figure, and
    the digits of the last one stand for the year.
    """
    lost = [time for time in slots if time.fault == "year_slot"]
    years = [d for d in digits if "year_as_quantity" in d.reasons] if lost else []
    if not (len(lost) == len(years) == 1):
        return False
    return years[0] is digits[0] and digits[-1].end <= lost[0].start


def _proofs(sentence: Sentence, odd: Sequence[Draft]) -> Iterator[int]:
    """Places that show that digits of the sentence are displaced, each told once.

    ``odd`` are its figures that fail a check.
    In Chinese no translation has moved them: there a year that cannot be leaves its figures open.
    """
    if sentence.chinese:
        yield from (time.start for time in sentence.times if time.fault)
        return
    spans = [(t.start, t.end) for t in sentence.times if t.fault]
    spans += [(d.start, d.end) for d in odd if not _spreads().isdisjoint(d.reasons)]
    yield from (start for start, _ in spans)
    for found in _tell_tales(sentence):
        if not any(start <= found.start() < end for start, end in spans):
            yield found.start()


def _tell_tales(sentence: Sentence) -> Iterator[re.Match[str]]:
    """What only a garbled sentence has, besides its figures and years."""
    if _SIGNS.search(sentence.folded, sentence.start, sentence.end):
        for check in ("placeholder", "particle_size", "year_slot"):
            yield from _tale(sentence, check)
    yield from _odd_dates(sentence)


_SIGNS = re.compile("<>|pm|peak")  # without one of them, a date is all that can be odd


def _odd_dates(sentence: Sentence) -> Iterable[re.Match[str]]:
    """Dates that nobody writes: "July 2021, 7"."""
    return _tale(sentence, "odd_date") if any(time.month for time in sentence.times) else ()


def _tale(sentence: Sentence, check: str) -> Iterable[re.Match[str]]:
    """Where a sentence has what a check looks for; most have not even the sign that begins it."""
    sign, pattern = _tales()[check]
    if sentence.folded.find(sign, sentence.start, sentence.end) < 0:
        return ()
    return pattern.finditer(sentence.folded, sentence.start, sentence.end)


@cache
def _tales() -> dict[str, tuple[str, re.Pattern[str]]]:
    """By the id of a check: a sign of it, and what it looks for."""
    names = pattern_of(months())
    day = r"\d{1,2}(?=[,.;)](?!\d))"  # "July 2021, 7", "in January 7"
    date = rf"(?<![a-z])(?:{names} \d{{4}}, {day}|in {names} {day}(?!, \d{{4}}))"
    peak = r"\bpeaks?\b[^,.;]{0,40}? (?:(?P<before>before)|by) "
    sizes = r"(?!2\.5|10(?!\d)|1(?:\.0)?(?![\d.]))\d{1,2}(?:\.\d)?"
    return {
        "placeholder": ("<>", re.compile("<>")),
        "lost_ratio": ("<>", re.compile(r"(?:\d[\d.]*|<>):<>|<>:\d[\d.]*", re.ASCII)),
        "lost_span": (
            "<>",
            re.compile(r"(?<![\d<>.,-])(?:(?:19|20)\d\d-<>|<>-(?:19|20)\d\d)(?![\d.<>])", re.ASCII),
        ),
        "particle_size": ("pm", re.compile(rf"(?<![a-z])pm ?{sizes}")),
        "year_slot": (
            "peak",
            re.compile(peak + r"(?P<slot>\d{1,2}|<>)(?=[,.;]|$| and )", re.ASCII),
        ),
        "odd_date": (" ", re.compile(date, re.ASCII)),
    }


def no_date(sentence: Sentence, drafts: Sequence[Draft]) -> list[Draft]:
    """The drafts but for what is read into a date that nobody writes: the 7 of "July 2021, 7"."""
    dates = [found.span() for found in _odd_dates(sentence)]
    if not dates:
        return list(drafts)
    return [d for d in drafts if not any(start <= d.start < end for start, end in dates)]


def lost_figures(sentence: Sentence) -> Iterator[Draft]:
    """Figures that only a garbled text has: "(2035-6)", "peak before 21", "not below 25.1:<>"."""
    for time in sentence.times:
        if time.fault == "bad_span":
            yield _lost(time.start + 1, time.end - 1, "=", "years", "bad_span")
    if not _SIGNS.search(sentence.folded, sentence.start, sentence.end):
        return
    for found in _tale(sentence, "year_slot"):
        yield _lost(*found.span("slot"), "<" if found["before"] else "<=", "year", "year_slot")
    for found in _tale(sentence, "lost_span"):
        yield _lost(*found.span(), "=", "years", "placeholder")
    for found in _tale(sentence, "lost_ratio"):
        yield _lost(*found.span(), "=", "ratio", "placeholder")


def _lost(start: int, end: int, sign: str, unit: str, reason: str) -> Draft:
    return Draft(start, end, "context", sign, unit=unit, reasons=[reason])


def _by_itself(sentence: Sentence, draft: Draft) -> list[str]:
    """The checks that a number fails by itself."""
    one = draft.quantity
    assert one is not None  # only digits come here  # noqa: S101
    token = one.token
    if told := _run_together(sentence, one) or _out_of_range(draft):
        return [told]
    if one.unit is None and one.scale is None:
        return ["broken_thousands" if "," in token else "cut_off"]
    if "/" in token or (one.unit is not None and one.unit.name == "ratio"):
        return ["scale_at_odds"] if beyond(sentence, draft) else []  # 2/3, 1.5:1; a PUE of 2022
    odd = _LEADING_NOUGHT.match(token)
    sound = token.isdecimal() or _THOUSANDS.fullmatch(token) is not None
    if draft.value is None or odd or not sound:
        year = _year_like(token.replace(",", "")[:4]) and "," in token
        return ["year_as_quantity", "broken_thousands"] if year else ["broken_thousands"]
    return (
        ["trailing_noughts"] if _nought_decimals(token) else _out_of_place(sentence, draft, token)
    )


def _run_together(sentence: Sentence, one: Quantity) -> str | None:
    """The check that fails if digits are lost, or if a year or a month has run into a number.

    "The 2025-13000 kWh target", 提高到6月5%.
    """
    if lost(one.token):
        return "placeholder"
    ahead = sentence.folded[max(sentence.start, one.start - len("提高到12月")) : one.start]
    if ahead.endswith("-") and _YEAR_RUN.search(ahead) and not _year_like(one.token):
        return "year_as_quantity"
    return "month_in_front" if "月" in ahead and _MONTH_RUN.search(ahead) else None


_YEAR_RUN = re.compile(r"(?<![\d.-])20\d\d-$", re.ASCII)
_MONTH_RUN = re.compile(r"(?:[达高低加增降]到?|[增降升]至|[为过])\d{1,2}月$", re.ASCII)


def _out_of_range(draft: Draft) -> str | None:
    """The check that fails if a number is beyond what its indicator can ever be."""
    bound = _ranges().get(draft.name.words) if draft.unit == "ratio" and draft.name else None
    beyond = bound is not None and draft.value is not None and draft.value > bound
    return "out_of_range" if beyond else None


@cache
def _ranges() -> dict[str, Decimal]:
    return {one["indicator"]: Decimal(str(one["above"])) for one in rules()["ranges"]}


def _out_of_place(sentence: Sentence, draft: Draft, token: str) -> list[str]:
    """The checks that a sound number fails where it stands."""
    found = []
    if _year_as_quantity(sentence, draft, token):
        found.append("year_as_quantity")
    if "." in token and _year_like(token.split(".")[1]):
        found.append("year_in_decimals")
    if _above_whole(sentence, draft):
        found.append("share_above_whole")
    if draft.factor > 1 and not draft.value:
        found.append("nought")
    share = draft.base_unit is not None and draft.base_unit.name == "%"
    above = beyond(sentence, draft) or (share and draft.factor > 1)  # "38 million%"
    if above or (_unscaled(draft) and _ungrouped(sentence, draft)):
        found.append("scale_at_odds")
    if "." in token and _counted_in_parts(sentence, draft):
        found.append("count_in_parts")
    if _month_in_front(sentence, draft, token):
        found.append("month_in_front")
    return found


_LEADING_NOUGHT = re.compile("0[0-9]")


def _nought_decimals(token: str) -> bool:
    """More digits than are ever printed, and noughts at the end: "398.500", not "8.700"."""
    whole, _, decimals = token.partition(".")
    bound = rules()["trailing_noughts"]
    noughts: int = bound["noughts"]
    ends = len(decimals) > noughts and decimals.endswith("0" * noughts)
    return ends and len((whole + decimals).lstrip("0")) >= bound["digits"]


def _year_like(digits: str) -> bool:
    """Whether digits are a year that such a text speaks of, and no round number by chance."""
    years = data("times")["plausible_years"]
    good = len(digits) == len("2025") and digits.isdigit()
    return good and years["first"] <= int(digits) <= years["last"] and int(digits) % WHOLE != 0


def _year_as_quantity(sentence: Sentence, draft: Draft, token: str) -> bool:
    """A year before a scale word, a unit, or what a text counts.

    Chinese digits went through no translation: there only a share, or the year of the sentence.
    """
    one = draft.quantity
    if one is None or one.high is not None or not _year_like(token.partition(".")[0]):
        return False
    unit = one.unit
    if "." in token:  # "2021.3%"
        share = unit is not None and unit.name == "%"
        return share or (not sentence.chinese and one.scale in rules()["scale_words"]["of"])
    if sentence.chinese and not (unit and unit.name == "%"):
        lost = any(time.fault == "year_slot" for time in sentence.times)
        return lost or int(token) in {time.year for time in sentence.times}
    return True


def _counted_in_parts(sentence: Sentence, draft: Draft) -> bool:
    """Whether things are counted that have no parts (绿色工厂12.7家), and not so many for each."""
    unit = draft.base_unit
    if unit is None or not unit.count or draft.factor != 1 or unit.name == "items":
        return False  # 提高3.3个、4.1个百分点
    return _AVERAGE.search(sentence.folded, sentence.start, sentence.end) is None


_AVERAGE = re.compile(r"[每均比]|(?<![a-z])(?:per|each|every|average|ratio|equivalent)(?![a-z])")


def _above_whole(sentence: Sentence, draft: Draft) -> bool:
    one = draft.quantity
    if one is None or one.unit is None or draft.value is None or draft.value <= WHOLE:
        return False
    if one.unit.name != "%":
        return one.unit.name == "percentage points"
    first = told_since(sentence, draft.start)
    said = sentence.labels(first, draft.end)
    bound = "share" in said or draft.fall or _ungrouped(sentence, draft)
    part, passed = of_what(sentence, draft.end)  # "130 % of the plan"
    bound = bound or part or is_rate(sentence, first, draft.start)
    if "rise" not in said and beyond_most(sentence, first, draft.start, draft.value):
        return True
    return bound and (draft.fall or not passed) and not said & {"rise", "may_pass"}


def _unscaled(draft: Draft) -> bool:
    """Whether a scale word stands behind thousands: 9500万 taken for 9500 million."""
    words = rules()["scale_words"]["of"]
    return draft.quantity is not None and draft.quantity.scale in words


def _ungrouped(sentence: Sentence, draft: Draft) -> bool:
    """Whether thousands are not parted by commas, as an English text parts them."""
    large = draft.value is not None and draft.value >= rules()["scale_words"]["from"]
    token = draft.quantity.token if draft.quantity else ""
    return large and "," not in token and not sentence.chinese


def _month_in_front(sentence: Sentence, draft: Draft, token: str) -> bool:
    """The digit of 6月 went into the number: "as of the end of June … 6.6615 million"."""
    whole, _, decimals = token.partition(".")
    if len(decimals) < rules()["month_decimals"] or decimals.endswith("0") or not draft.factor > 1:
        return False
    months = {month_of(sentence.folded, t) for t in sentence.times}
    return whole.isdigit() and int(whole) in months


def _months(sentence: Sentence, digits: Sequence[Draft]) -> None:
    """Only the digit of the month is left of an amount: "at the end of June, it was 6 million"."""
    for draft in digits:
        if not draft.reasons and draft.factor > 1 and not sentence.chinese:
            ahead = {month_of(sentence.folded, t) for t in sentence.times if t.end <= draft.start}
            if draft.value in ahead:
                draft.reasons.append("month_in_front")
