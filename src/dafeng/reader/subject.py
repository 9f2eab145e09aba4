"""What a figure is of: the indicator, the thing that is counted, and whether it is a fall."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from dafeng.reader.draft import Draft
from dafeng.reader.lexicon import data, pattern_of
from dafeng.reader.naming import Name, kinds_of, name_of
from dafeng.reader.printed import printed_name
from dafeng.reader.quantity import Quantity
from dafeng.reader.quantity_patterns import Unit, things
from dafeng.reader.sentence import Sentence


def falls(sentence: Sentence, one: Quantity, low: int) -> bool:
    """Whether a figure is a fall: by the last word of change before it, or the one behind it."""
    if one.minus or "fall" not in sentence.says:
        return one.minus
    if one.unit is not None and one.unit.count:
        first = sentence.clause(one.start)[0]
        own = max(low, first)
        low = own if "target" in sentence.labels(own, one.start) else low
    verdict, reach, moved = False, data("sentences")["fall_behind"], -1
    for hit in sentence.within(low, one.end + reach):
        if hit.end <= one.start:
            if hit.labels & {"fall_to", "rise", "rise_to", "share"}:
                verdict = False
            elif "fall" in hit.labels:
                verdict, moved = True, hit.end
            elif hit.start == moved + 1 and "cmp before <" in hit.labels:
                verdict = False  # "drop below 110 kg" is to a level
        elif hit.start >= one.end and "fall" in hit.labels and not sentence.chinese:
            between = sentence.folded[one.end : hit.start]
            return verdict or between in {" ", " year-on-year "}
    return verdict


def unit_of(sentence: Sentence, one: Quantity, end: int) -> tuple[str | None, Unit | None]:
    """Unit as printed and unit of the base value; a Chinese classifier is named by its thing."""
    if one.unit is None or one.unit.name != "items":
        return one.printed_unit, one.unit
    unit = replace(one.unit, name=_thing(sentence, one, end))
    return " ".join(filter(None, (one.scale, unit.name))), unit


def _thing(sentence: Sentence, one: Quantity, end: int) -> str:
    """What a classifier counts: the thing behind it, else the one before it."""
    reach: int = data("sentences")["thing"]
    first, last = sentence.clause(one.start)
    behind = _things().search(sentence.folded, end, min(last, end + reach))
    if behind and "、" not in sentence.folded[end : behind.start()]:
        return things()[behind[0]]
    ahead = list(_things().finditer(sentence.folded, max(first, one.start - reach), one.start))
    return things()[ahead[-1][0]] if ahead else "items"


@cache
def _things() -> re.Pattern[str]:
    return re.compile(pattern_of(things()))


def name(sentence: Sentence, draft: Draft, low: int, high: int, last: Draft | None) -> None:
    """Give a draft its indicator: from the words before it, behind it, or from the figure before.

    Args:
        sentence: where it stands.
        draft: the figure; ``name`` and ``fall`` are set.
        low: end of the figure before it, ``high`` start of the next one.
        high: see ``low``.
        last: the figure before it in the sentence, whose subject may go on.
    """
    one = draft.quantity
    if one is None:
        return
    rules = data("sentences")
    ahead = sentence.labels(max(low, one.start - rules["window"]), one.start)
    behind = _behind(sentence, draft, min(high, draft.end + rules["after"]))
    kinds = kinds_of(one, change=draft.fall or bool(ahead & {"rise", "yearly"}))
    follows = sentence.folded.startswith(" of ", draft.end) and not kinds & {"share", "change"}
    order = (behind, ahead) if behind and ("count" in kinds or follows) else (ahead, behind)
    carried = _carried(sentence, one.start)
    found = (
        name_of(order[0] | carried, kinds)
        or name_of(order[1] | carried, kinds)
        or name_of(ahead | behind, kinds)
    )
    found = _nearer(sentence, one, low, carried, found, kinds) if found else None
    if found is None and last and _goes_on(sentence, draft, last, low):
        found = last.name
        draft.fall = draft.fall or bool(last and last.fall and "strive" in ahead)
    if found is None and last and last.name and _changes(sentence, draft, last, low):
        words = last.name.words if draft.fall else f"rise of {last.name.words}"
        found = Name(words, atoms=last.name.atoms)
    draft.name = found or Name(printed_name(sentence, one, low, draft.end, high))
    draft.fall = draft.fall and not draft.name.fallen
    if not draft.name.annual and _by_the_year(sentence, one, low):
        draft.flags |= {"annual"}
        draft.name = draft.name.unsure()


def _nearer(
    sentence: Sentence,
    one: Quantity,
    low: int,
    carried: frozenset[str],
    found: Name,
    kinds: frozenset[str],
) -> Name:
    """The name that a figure's own clause says, if it says as much as those before it do."""
    first = sentence.clause(one.start)[0]
    if first <= low:
        return found
    own = name_of(sentence.labels(first, one.start) | carried, kinds)
    return own if own and own.atoms >= found.atoms else found


def _by_the_year(sentence: Sentence, one: Quantity, low: int) -> bool:
    """Whether a figure is of each year ("by 3 % a year on average"), not of the whole period."""
    if "annual" not in sentence.says:
        return False
    first, last = sentence.clause(one.start)
    reach: int = data("sentences")["yearly"]
    return "annual" in sentence.labels(max(low, first), min(last, one.end + reach))


def _carried(sentence: Sentence, place: int) -> frozenset[str]:
    """Whose figures these are, as the sentence said further ahead."""
    if sentence.says.isdisjoint(_whose()):
        return frozenset()
    return sentence.labels(sentence.start, place) & _whose()


@cache
def _whose() -> frozenset[str]:
    return frozenset(f"atom {atom}" for atom in data("phrases")["carried"])


_SIGNS = re.compile(r"[a-z]+|[一-龥]")


def _goes_on(sentence: Sentence, draft: Draft, last: Draft | None, low: int) -> bool:
    """Whether the subject of the figure before goes on: nothing between them names another."""
    one = draft.quantity
    if last is None or one is None or last.name is None or last.unit != draft.unit:
        return False
    return _nothing_between(sentence, low, one)


def _changes(sentence: Sentence, draft: Draft, last: Draft, low: int) -> bool:
    """Whether a change in per cent, or in points of it, is that of the level before it."""
    one = draft.quantity
    if one is None or draft.unit not in _CHANGES or last.unit == draft.unit or last.fall:
        return False
    moved = draft.fall or "rise" in sentence.labels(low, one.start)
    return moved and _nothing_between(sentence, low, one)


_MOVED = frozenset({"rise", "fall", "rise_to", "fall_to"})
_CHANGES = frozenset({"%", "percentage points"})


def _nothing_between(sentence: Sentence, low: int, one: Quantity) -> bool:
    """Whether the words before a figure, from a place on, name nothing."""
    known = [
        (hit.start, hit.end)
        for hit in sentence.within(low, one.start)
        if hit.labels & _MOVED or not any(label.startswith("atom ") for label in hit.labels)
    ]
    known += [(t.start, t.end) for t in sentence.times if low <= t.start < one.start]
    signs = [m.start() for m in _SIGNS.finditer(sentence.folded, low, one.start)]
    unknown = sum(not any(start <= sign < end for start, end in known) for sign in signs)
    most: int = data("sentences")["unknown"]["zh" if sentence.chinese else "en"]
    return unknown <= most


_OPEN = re.compile(r"[一-龥 a-z\"“]")


def _behind(sentence: Sentence, draft: Draft, high: int) -> frozenset[str]:
    """What the words behind a figure say, if they belong to it: within its clause, close to it."""
    if sentence.chinese and not _OPEN.match(sentence.folded, draft.end):
        return frozenset()
    if sentence.folded.startswith(" and ", draft.end):
        return frozenset()  # "20,000 and charging stations"
    return sentence.labels(draft.end, min(high, sentence.clause(draft.end)[1]))
