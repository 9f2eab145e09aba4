"""Guesses at what a garbled figure was, with the steps that lead there. A guess is not a fact."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from dafeng.reader.draft import Draft
from dafeng.reader.garbled import WHOLE, rules
from dafeng.reader.lexicon import data
from dafeng.reader.proposals import Repair
from dafeng.reader.quantity_patterns import scales
from dafeng.reader.sentence import Sentence


def repair(sentence: Sentence, draft: Draft, drafts: Sequence[Draft]) -> Repair | None:
    """A guess for a corrupt figure, or ``None`` where nothing in the sentence leads to one."""
    one = draft.quantity
    if one is None or draft.base_unit is None:
        return None
    if "month_in_front" in draft.reasons:
        digits = one.token.partition(".")[2]
        if not digits:
            return None
        return _guess(draft, Decimal(digits) * _factor("wan"), "without_month", one.token)
    scale = rules()["scale_words"]["lost"].get(one.scale)
    large = draft.value is not None and draft.value >= rules()["scale_words"]["from"]
    if large and scale and "year_as_quantity" not in draft.reasons:
        # the decimals are digits that follow: an English amount has them, one of so many 万 has not
        whole = Decimal(one.token.replace(",", "").partition(".")[0])
        return _guess(draft, whole * _factor(scale), scale, sentence.slice(draft.start, draft.end))
    return _rotated(sentence, draft, drafts)


def _factor(printed: str) -> Decimal:
    """What a scale word multiplies by, by the name that proposals print."""
    return next(factor for factor, name in scales().values() if name == printed)


def _guess(draft: Draft, value: Decimal, step: str, rests_on: str) -> Repair:
    unit = draft.base_unit.name if draft.base_unit else ""
    return Repair(float(value), unit, ((step, rests_on),))


def _rotated(sentence: Sentence, draft: Draft, drafts: Sequence[Draft]) -> Repair | None:
    """The year of the sentence stands in the slot of a figure, and the others moved up by one.

    Only where one year slot and one misplaced year stand at the two ends of the row of numbers.
    """
    slots = [t for t in sentence.times if t.fault == "year_slot"]
    row = [d for d in drafts if d.quantity and d.quantity.digits and d.value is not None]
    if len(slots) != 1 or draft not in row or any(d.factor != 1 for d in row):
        return None  # with a scale word the translation has changed the number itself, too
    years = [d for d in row if "year_as_quantity" in d.reasons]
    odd = sentence.folded[slots[0].start : slots[0].end].split()[-1]
    if len(years) != 1 or not odd.isdigit():
        return None
    if slots[0].start < row[0].start and years[0] is row[-1]:
        moved = [Decimal(odd), *(d.value for d in row[:-1])]
    elif slots[0].start > row[-1].start and years[0] is row[0]:
        moved = [*(d.value for d in row[1:]), Decimal(odd)]
    else:
        return None
    value = moved[row.index(draft)]
    share = draft.base_unit is not None and draft.base_unit.name == "%"
    if value is None or (share and value > WHOLE):
        return None
    return _guess(
        draft,
        value * draft.factor,
        "rotated",
        sentence.slice(sentence.start, sentence.end).strip()[: data("sentences")["trail"]],
    )
