"""Parts that are above the whole they are told to be of: neither of the two can be believed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from dafeng.reader.draft import Draft
from dafeng.reader.lexicon import data
from dafeng.reader.quantity_patterns import scales
from dafeng.reader.sentence import Sentence


def doubt_parts(sentence: Sentence, digits: Sequence[Draft]) -> None:
    """A part or a growth that is above its whole: neither can be believed."""
    _doubt_listed(sentence, digits)
    for one, other in pairwise(digits):
        started = one.quantity is not None and one.quantity.origin
        between = sentence.folded[one.end : other.start]
        among = _AMONG.search(between) is not None and _of_these(sentence, one, other)
        said = sentence.labels(one.end, other.start)
        counts = among or (
            "其中" in between and _alike(sentence, one, other) and _unnamed(one, other)
        )
        if (
            started
            or _tiers(one, other)
            or _of_each(sentence, one, other)
            or not _same_amount(one, other, counts=counts)
        ):
            continue
        whole, part = (other, one) if _OF_THE.fullmatch(between) else (one, other)
        all_of = sentence.folded.endswith(_ALL_OF, sentence.start, one.start)
        told = part is one or all_of or among or _OF_WHICH.match(sentence.folded, part.end)
        if not (told or _belongs(said)):
            continue
        larger, least = _likely(part), _likely(whole)
        if larger is not None and least is not None and larger > least:
            # the part is wrong by itself: it has a fault of its own, or "of the 12 plants 31 have"
            alone = (all_of and part is other) or (sentence.chinese and bool(part.reasons))
            # "34 of the 19": each of the two may have taken the other's place
            below = "part_above_whole" if part is one else "below_part"
            if below == "below_part" and "scale_at_odds" in part.reasons:
                below = "below_likely_part"
            for draft, reason in ((whole, below), (part, "part_above_whole")):
                if reason not in draft.reasons and not (alone and draft is whole):
                    draft.reasons.append(reason)


def _doubt_listed(sentence: Sentence, digits: Sequence[Draft]) -> None:
    """Doubt a later part of a list that is above its whole: 装机70，占50%，其中风电20、光伏360.

    The other parts bear the whole out.
    """
    whole: Draft | None = None
    for one, other in pairwise(digits):
        between = sentence.folded[one.end : other.start]
        if _LED_IN.search(between):
            ahead = [d for d in digits if d.end <= one.end and not _is_share(d)]
            whole = ahead[-1] if ahead and (ahead[-1] is one or _is_share(one)) else None
        elif not (whole and _NEXT_PART.fullmatch(between)):
            whole = None
        elif _same_amount(whole, other, counts=False) and not (whole.reasons or other.reasons):
            larger, least = other.base, whole.base
            if larger is not None and least is not None and larger > least:
                other.reasons.append("part_above_whole")


_LED_IN = re.compile("其中|of which|among (?:them|which|these)")
_NEXT_PART = re.compile(
    "[、，](?!.*(?:合计|累计|总|共|新增|比|较|全))[一-龥]{2,8}?(?:为|达到?|约)?"
    "|(?!.*(?:total|overall|cumulative|increase|compared|more| up ))"
    ",?(?: and)? [a-z][a-z -]{2,40} "
)


def _is_share(draft: Draft) -> bool:
    return draft.base_unit is not None and draft.base_unit.name == "%"


def _alike(sentence: Sentence, one: Draft, other: Draft) -> bool:
    """Whether two counts are printed with the same Chinese classifier: 企业25家，其中达标19家."""
    return sentence.chinese and sentence.folded[one.end - 1] == sentence.folded[other.end - 1]


def _unnamed(one: Draft, other: Draft) -> bool:
    """Whether nothing says that the second of two counts is of other things than the first."""
    a, b = one.base_unit, other.base_unit
    return a is not None and b is not None and b.name in {"items", a.name}


def _of_these(sentence: Sentence, one: Draft, other: Draft) -> bool:
    """Whether a count behind 中 is of the same things: 16个县区中，9个县区完成."""
    same = sentence.folded[one.end : one.end + 2] == sentence.folded[other.end : other.end + 2]
    does = _DOES.match(sentence.folded, other.end) is not None
    return (same or does) and _alike(sentence, one, other)


_DOES = re.compile(
    "(?:已|均|未|全部)*(?:完成|达标|达到|实现|通过|建成|下降|上升|投产|开工|超|纳入|获)"
)


def _likely(draft: Draft) -> Decimal | None:
    """The amount, 1376 billion taken for the 1376亿 that it must have been, 1,3,20 for 1320."""
    one = draft.quantity
    if draft.base is None:
        digits = one.token.replace(",", "").replace(".", "") if one else ""
        return Decimal(digits) * draft.factor if digits.isdecimal() else None
    lost_scale = data("garbles")["scale_words"]["lost"].get(one.scale) if one else None
    if lost_scale is None or "scale_at_odds" not in draft.reasons:
        return draft.base
    factor = next(factor for factor, name in scales().values() if name == lost_scale)
    return draft.base / draft.factor * factor


def _of_each(sentence: Sentence, *both: Draft) -> bool:
    """Whether one of two amounts is told of each thing: that is no part of what all have."""
    spans = ((sentence.clause(draft.start)[0], draft.start) for draft in both)
    return any(_EACH.search(sentence.folded, *span) for span in spans)


_EACH = re.compile(
    "每[个座家县市区镇乡村户]|各(?:县|市|区)?(?:新增|不少于|至少)|(?<![a-z])(?:each|every) "
)


def _tiers(whole: Draft, part: Draft) -> bool:
    """Whether two sizes sort things into tiers: the second class is a part of the first."""
    return whole.kind == part.kind == "threshold" and whole.comparator in {">", ">="}


_ALL_OF = ("of the ", "among the ", "of these ", "among these ")
_OF_WHICH = re.compile(" of (?:which|them|these|those)")
_OF_THE = re.compile(r" (?:out )?of (?:the|its|their) ")
_AMONG = re.compile(  # 41个行业中，54个; 18个县（市、区）中
    "^[^，。；、0-9]{0,8}?(?:（[^（）0-9]{1,8}）)?[^，。；、0-9]{0,8}中，?(?:已?有|共有)?$"
)


def _belongs(between: frozenset[str]) -> bool:
    """Whether the words between two amounts make the second a part or the growth of the first."""
    other = any(label.startswith("atom ") for label in between)  # the growth of something else
    grown = "increase_of" in between and "rise_to" not in between and not other
    return "part" in between or grown


def _same_amount(one: Draft, other: Draft, *, counts: bool) -> bool:
    """Whether two figures are amounts in the same unit, so that one can be a part of the other.

    What two ``counts`` count may be called otherwise.
    """
    a, b = one.base_unit, other.base_unit
    if b is None:
        return other.factor > 1  # "10.6 million piles, of which 27.2 million"
    if counts and a is not None and a.count and b.count:
        return True
    return a is not None and b is not None and a.name == b.name and a.name != "%"
