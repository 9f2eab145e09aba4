"""Numbers without a unit of their own: in a list that shares one, or behind "the number of"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from dafeng.reader.lexicon import data, fold, pattern_of
from dafeng.reader.quantities import RATIO, Quantity, is_year
from dafeng.reader.quantity_patterns import Unit, things

_JOINT = re.compile(r" and | ?, (?:and )?|、|和|与|及")
_SHARED = re.compile(r"respectively|分别")


def with_unit(
    folded: str, start: int, end: int, found: Sequence[Quantity], bare: Sequence[Quantity]
) -> Iterator[Quantity]:
    """The bare numbers of a sentence that are figures, with the unit that they share.

    Args:
        folded: the whole text; ``start`` and ``end`` are the span of the sentence.
        start: see ``folded``.
        end: see ``folded``.
        found: its quantities, in their order.
        bare: its numbers without a unit, years too; those that are figures are completed.
    """
    shared = _SHARED.search(folded, start, end) is not None
    following = {one.start: one for one in found}
    for one in reversed(bare):
        joint = _JOINT.match(folded, one.end)
        behind = following.get(joint.end()) if joint and shared else None
        if behind is not None and behind.high is None and not is_year(one.token):
            one.unit, one.factor, one.scale = behind.unit, behind.factor, behind.scale
            following[one.start] = one
        elif _plain().search(folded, max(start, one.start - data("sentences")["name"]), one.start):
            one.unit = RATIO
        elif whole := _whole(folded, one, found):
            one.unit = whole.unit
        elif thing := _numbered(folded, start, one.start):
            one.unit = Unit(thing, "count", count=True)
        if one.unit is not None:
            yield one


def _whole(folded: str, one: Quantity, found: Sequence[Quantity]) -> Quantity | None:
    """The count of which a number is a part: "1,072 factories, including 87 at …"."""
    if is_year(one.token) or not folded.endswith(("including ", "of which "), 0, one.start):
        return None
    ahead = [q for q in found if q.end <= one.start]
    return ahead[-1] if ahead and ahead[-1].unit and ahead[-1].unit.count else None


@cache
def _plain() -> re.Pattern[str]:
    """What is a number by itself, and the words between it and the number."""
    return re.compile(rf"{pattern_of(map(fold, data('units')['plain']))}[^\d。；;]*$")


@cache
def _number_of() -> re.Pattern[str]:
    names = pattern_of(fold(word) for entry in data("units")["things"] for word in entry["en"])
    verb = "(?:is|was|will be|reach(?:ed|es)?|exceed(?:ed|s)?|(?:rose|grew) to|totall?ed)"
    more = "(?: about| over| more than| nearly| at least| approximately| around)?"
    named = rf"number of (?:[a-z0-9-]{{1,20}} ){{0,6}}?(?P<thing>{names})"
    return re.compile(rf"{named}[a-z -]{{0,60}}? {verb}{more} $")


def _numbered(folded: str, start: int, place: int) -> str | None:
    """What a number counts that follows "the number of … reached"."""
    if not folded[place].isdigit():
        return None
    low = max(start, place - 2 * data("sentences")["title"])
    found = _number_of().search(folded, low, place)
    return things()[found["thing"]] if found else None
