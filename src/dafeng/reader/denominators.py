"""Numbers by which others are counted, and which are no figures: per 10,000 yuan, 每吨."""

from __future__ import annotations

import re
from functools import cache

from dafeng.reader.durations import again, term
from dafeng.reader.lexicon import data


def is_denominator(folded: str, start: int, end: int, *, single: bool) -> bool:
    """Whether a number says of how much another one is: "per 10,000 yuan", "producing 1 ton".

    Args:
        folded: the whole text; ``start`` and ``end`` are the span of the number, with its range.
        start: see ``folded``.
        end: see ``folded``.
        single: whether it is a 1 in digits.
    """
    words = _denominators(single=single)
    if folded.endswith(_OF_MONEY, 0, start):
        return True  # "per 10,000 yuan (about 1,570 U.S. dollars) of GDP"
    if folded.endswith("每", 0, start) and again(folded, end + len("年")):
        return False
    if folded.endswith(_STEPS, 0, start) and _STEP.match(folded, end):
        return False
    if not folded.endswith(words, 0, start):
        return False
    if (
        folded.endswith("every ", 0, start)
        and _YEARS.match(folded, end)
        and term(folded, start, end)
    ):
        return False  # "shall be audited every three years"
    return any(
        folded.endswith(word, 0, start)
        # no "paper 20 tons"
        and (word >= "一" or not "a" <= folded[start - len(word) - 1 : start][:1] <= "z")
        for word in words
    )


_YEARS = re.compile(" (?:years|months)(?![a-z])")
_OF_MONEY = tuple(f"per 10,000 yuan ({about}" for about in ("", "about ", "around ", "some "))
# a step by which something is counted: "for every 1 percentage point above that share"
_STEPS = ("every ", "for each ")
_STEP = re.compile(
    r" ?[a-z%][a-z -]{0,40}? (?:above|below|over|beyond|exceed|in excess|saved|reduced|cut|replaced"
    r"|avoided|recycled|increase|decrease|drop|rise|more|less|by which|that)(?![a-z])"
)


@cache
def _denominators(*, single: bool) -> tuple[str, ...]:
    words = data("units")["denominators"]
    ahead = [*words["any"], *(words["one"] if single else ())]
    return tuple(word if word >= "一" else f"{word} " for word in ahead)
