"""Notices figures whose digits cannot be what was written, each with the reason."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Any

from dafeng.reader.draft import Draft
from dafeng.reader.lexicon import data
from dafeng.reader.numerals import lost
from dafeng.reader.sentence import Sentence
from dafeng.reader.times import month_of

_THOUSANDS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?")
WHOLE = 100  # percent
_PARTICLES = re.compile(r"(?<![a-z])pm ?(?!2\.5|10(?!\d)|1(?:\.0)?(?![\d.]))\d{1,2}(?:\.\d)?")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the checks say of one sentence.

    Attributes:
        proofs: ids of checks that show its digits to be displaced.
        figures: how many figures it has that are written in digits.
    """

    proofs: tuple[str, ...]
    figures: int


@cache
def rules() -> dict[str, Any]:
    """Bounds and wordings of the checks."""
    found: dict[str, Any] = data("garbles")
    return found


@cache
def _spreads() -> frozenset[str]:
    return frozenset(check["id"] for check in rules()["checks"] if check["spreads"])


def check_sentence(sentence: Sentence, drafts: Sequence[Draft]) -> Verdict:
    """Mark the drafts of a sentence that fail a check; a proof spreads to its other digits."""
    digits = [d for d in drafts if d.displaceable]
    for draft in digits:
        draft.reasons.extend(_by_itself(sentence, draft))
    _parts(sentence, digits)
    proofs = [t.fault for t in sentence.times if t.fault]
    if "<>" in sentence.folded[sentence.start : sentence.end]:
        proofs.append("placeholder")
    if _PARTICLES.search(sentence.folded, sentence.start, sentence.end):
        proofs.append("particle_size")
    proofs += [r for d in digits for r in d.reasons if r in _spreads()]
    if proofs:
        _spread(digits, "digits_displaced")
    marked = proofs or [r for d in digits for r in d.reasons]
    return Verdict(tuple(marked), len(digits))


def _spread(drafts: Sequence[Draft], reason: str) -> None:
    """Doubt the digits beside displaced ones; thousands that came through whole did not move."""
    for draft in drafts:
        whole = draft.quantity is not None and _GROUPED.fullmatch(draft.quantity.token)
        if draft.displaceable and not draft.reasons and not whole:
            draft.reasons.append(reason)


_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+")


def bad_spans(sentence: Sentence) -> list[Draft]:
    """Spans of years that cannot be, as drafts of their own: "(2035-6)"."""
    return [
        Draft(t.start + 1, t.end - 1, "context", "=", unit="years", reasons=["bad_span"])
        for t in sentence.times
        if t.fault == "bad_span"
    ]


def check_paragraph(
    folded: str, start: int, sentences: Sequence[tuple[Verdict, Sequence[Draft]]]
) -> None:
    """Mark the digits of a paragraph that is garbled for the most part, or numbered with a year.

    Digits change places with those nearest to them: the number of a heading has gone into the
    first sentence with figures behind it, and what stands further on is not touched by that.
    """
    with_figures = [one for one in sentences if one[0].figures or one[0].proofs]
    garbled = [verdict for verdict, _ in with_figures if verdict.proofs]
    bound = rules()["paragraph"]
    if len(garbled) >= bound["sentences"] and len(garbled) >= bound["share"] * len(with_figures):
        for _, drafts in with_figures:
            _spread(drafts, "paragraph_displaced")
    if _YEAR_HEADING.match(folded, start):
        for _, drafts in with_figures[:1]:
            _spread(drafts, "heading_number")


_YEAR_HEADING = re.compile(r"\s*[(（][12][0-9]{3}[)）]")


def _by_itself(sentence: Sentence, draft: Draft) -> list[str]:
    """The checks that a number fails by itself."""
    one = draft.quantity
    assert one is not None  # only digits come here  # noqa: S101
    token = one.token
    if lost(token):
        return ["placeholder"]
    if one.unit is None and one.scale is None:
        return ["cut_off"]
    if "/" in token or (one.unit is not None and one.unit.name == "ratio"):
        return []  # 2/3, 1.5:1
    if _nought_decimals(token):
        return ["trailing_noughts"]
    odd = _LEADING_NOUGHT.match(token)
    if draft.value is None or odd or not _THOUSANDS.fullmatch(token):
        year = _year_like(token.replace(",", "")[:4]) and "," in token
        return ["year_as_quantity", "broken_thousands"] if year else ["broken_thousands"]
    return _out_of_place(sentence, draft, token)


def _out_of_place(sentence: Sentence, draft: Draft, token: str) -> list[str]:
    """The checks that a sound number fails where it stands."""
    found = []
    if _year_as_quantity(sentence, draft, token):
        found.append("year_as_quantity")
    if "." in token and _year_like(token.split(".")[1]):
        found.append("year_in_decimals")
    if _above_whole(sentence, draft):
        found.append("share_above_whole")
    if _beyond(draft) or _unscaled(sentence, draft, token):
        found.append("scale_at_odds")
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
    if one is None or one.high is not None or not _year_like(token):
        return False
    unit = one.unit
    if sentence.chinese and not (unit and unit.name == "%"):
        return int(token) in {time.year for time in sentence.times}
    return True


def _above_whole(sentence: Sentence, draft: Draft) -> bool:
    one = draft.quantity
    if one is None or one.unit is None or one.unit.name != "%" or draft.value is None:
        return False
    first, _ = sentence.clause(draft.start)
    said = sentence.labels(first, draft.end)
    bound = "share" in said or draft.fall
    return draft.value > WHOLE and bound and not said & {"rise", "may_pass"}


@cache
def _ceilings() -> dict[str, Decimal]:
    return {entry["unit"]: Decimal(str(entry["above"])) for entry in rules()["ceilings"]}


def _beyond(draft: Draft) -> bool:
    unit = draft.base_unit.name if draft.base_unit else ""
    return draft.base is not None and unit in _ceilings() and draft.base > _ceilings()[unit]


def _unscaled(sentence: Sentence, draft: Draft, token: str) -> bool:
    """Thousands of millions, not parted by commas: 9500万 taken for 9500 million."""
    words = rules()["scale_words"]
    large = draft.value is not None and draft.value >= words["from"]
    scaled = draft.quantity is not None and draft.quantity.scale in words["of"]
    return large and scaled and "," not in token and not sentence.chinese


def _month_in_front(sentence: Sentence, draft: Draft, token: str) -> bool:
    """The digit of 6月 went into the number: "as of the end of June … 6.6615 million"."""
    whole, _, decimals = token.partition(".")
    if len(decimals) < rules()["month_decimals"] or decimals.endswith("0") or not draft.factor > 1:
        return False
    months = {month_of(sentence.folded, t) for t in sentence.times if t.end <= draft.start}
    return whole.isdigit() and int(whole) in months


def _parts(sentence: Sentence, digits: Sequence[Draft]) -> None:
    """A part or a growth that is above the whole it stands behind: neither can be believed."""
    for whole, part in pairwise(digits):
        started = whole.quantity is not None and whole.quantity.origin
        if started or whole.base is None or part.base is None or not _same_amount(whole, part):
            continue
        if part.base > whole.base and _belongs(sentence.labels(whole.end, part.start)):
            for draft in (whole, part):
                if "part_above_whole" not in draft.reasons:
                    draft.reasons.append("part_above_whole")


def _belongs(between: set[str]) -> bool:
    """Whether the words between two amounts make the second a part or the growth of the first."""
    other = any(label.startswith("atom ") for label in between)  # the growth of something else
    grown = "increase_of" in between and "rise_to" not in between and not other
    return "part" in between or grown


def _same_amount(one: Draft, other: Draft) -> bool:
    """Whether two figures are amounts in the same unit, so that one can be a part of the other."""
    a, b = one.base_unit, other.base_unit
    return a is not None and b is not None and a.name == b.name and a.name != "%"
