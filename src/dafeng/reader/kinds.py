"""Whether a figure is a target, a result, a cap, a threshold or context."""

from __future__ import annotations

import re
from functools import cache

from dafeng.reader.aside import able, of_the_aim, of_whole, underway
from dafeng.reader.comparators import Compared
from dafeng.reader.draft import Draft
from dafeng.reader.durations import term
from dafeng.reader.duties import binds
from dafeng.reader.goals import named_aim
from dafeng.reader.lexicon import data
from dafeng.reader.mentioned import mentioned, of_class
from dafeng.reader.past import Past, aims
from dafeng.reader.proposals import Kind
from dafeng.reader.quantity import Quantity
from dafeng.reader.sentence import Sentence
from dafeng.reader.sizes import is_floor, is_threshold
from dafeng.reader.standing import stands
from dafeng.reader.tense import tense
from dafeng.reader.times import Time
from dafeng.reader.when import dated, describes


def kind_of(
    sentence: Sentence,
    one: Quantity,
    compared: Compared,
    time: Time | None,
    fall: bool,  # noqa: FBT001
    before: Draft | None,
    past: Past,
) -> tuple[Kind, bool]:
    """Sort a figure by the words around it, and tell whether they say so.

    Args:
        sentence: where it stands.
        one: the figure.
        compared: its comparator.
        time: what it is for.
        fall: whether it is a reduction.
        before: the figure before it in the paragraph.
        past: what the text before tells about years.
    """
    counts_parts = one.structural and compared.sign == "="
    if counts_parts or mentioned(sentence, one, compared, before):
        return "result" if _have_done(sentence, one) else "context", True
    like = describes(sentence, one) or of_the_aim(sentence, one) or _usual(sentence, one)
    if one.origin or like or _exists(sentence, one) or _done(sentence, one):
        planned = _PLANNED.match(sentence.folded, one.end)  # "up from 25 % planned for 2025"
        return "target" if planned or named_aim(sentence, one) else "result", True
    if _rules(sentence, one, compared, before, past):
        return "threshold", True
    first = sentence.clause(one.start)[0]
    bounded = compared.sign in {"<=", "=", "about"}
    bounded = bounded and "rise" not in sentence.labels(first, one.start)
    if not fall and (compared.cap or (bounded and _capped(sentence, first, one))):
        return "cap", True
    return _aimed_or_told(sentence, one, compared, time, before, past)


def _rules(
    sentence: Sentence, one: Quantity, compared: Compared, before: Draft | None, past: Past
) -> bool:
    """Whether a figure is the bound of a rule or of a class of things."""
    return (
        bool(one.bound)
        or (one.unit is not None and one.unit.name == "grade")
        or _is_term(sentence, one)
        or of_class(sentence, one)  # 5万吨级以上泊位
        or stands(sentence, one, compared, before, past)
        or binds(sentence, one, compared, before)
        or is_threshold(sentence, one, _sign(one, compared), compared.end)
        or is_floor(sentence, one)
    )


def _aimed_or_told(
    sentence: Sentence,
    one: Quantity,
    compared: Compared,
    time: Time | None,
    before: Draft | None,
    past: Past,
) -> tuple[Kind, bool]:
    """Whether what is no rule and no cap is aimed at or reached, and whether words say so."""
    first, last = sentence.clause(one.start)
    named = named_aim(sentence, one)
    if (_passed(sentence, one, time, past) and not named) or _built_upon(sentence, one):
        return "result", True
    said = sentence.labels(first, one.start) | sentence.labels(one.start, last)
    asked = compared.sign == ">=" and (
        compared.start < one.start  # 不少于
        if sentence.chinese
        else _ASKED.search(sentence.folded, first, one.start) is not None
    )
    asked = asked and not past.reports and not said & {"past", "perfect", "yearly"}
    if asked or named:
        return "target", True
    kind, sure = tense(sentence, one, said, time, before, past)
    if _aside(sentence, one, said, kind):
        return "context", True
    bound = time is None and one.digits and one.unit is not None and compared.sign in _BOUNDS
    # a bound that is neither aimed at nor reached is a rule's
    ruled = kind == "context" and bound and not said & _MOVES
    return "threshold" if ruled else kind, sure


def _passed(sentence: Sentence, one: Quantity, time: Time | None, past: Past) -> bool:
    """Whether the year of a figure is before that of the text; a guess overrules no aim's words."""
    if time is None or not time.year or not past.this_year or time.year >= past.this_year:
        return False
    if not sentence.chinese or (past.firm and time.year < past.firm):
        return True
    aimed = sentence.folded.endswith("到", sentence.start, time.start)
    return not aimed and "strive" not in sentence.labels(*sentence.clause(one.start))


def _built_upon(sentence: Sentence, one: Quantity) -> bool:
    """Whether it is what goes on from: 在建设15个园区的基础上，…."""
    if not sentence.chinese or sentence.folded.find("基础上", one.end, sentence.end) < 0:
        return False
    first, last = sentence.clause(one.start)
    upon = _UPON.match(sentence.folded, one.end, last) is not None
    return upon and sentence.folded.find("在", first, one.start) >= 0


_UPON = re.compile("[^，。；0-9]{0,30}?的基础上")


def _sign(one: Quantity, compared: Compared) -> str:
    return "range" if one.high is not None else compared.sign


_BOUNDS = frozenset({">=", "<=", ">", "<"})
_MOVES = frozenset({"rise", "fall", "rise_to", "fall_to"})
_ASKED = re.compile(r"(?<![a-z])not (?:be )?(?:less|lower|smaller|fewer) than $")


_AIMING = frozenset({"future", "strive"})


def _aside(sentence: Sentence, one: Quantity, said: frozenset[str], kind: Kind) -> bool:
    """Whether no aim is told: the whole of which a part is, or what can be and not when."""
    if kind != "target":
        return False
    undated = not dated(sentence, one)
    can = undated and not said & _AIMING and able(sentence, one)
    return can or (undated and underway(sentence, one)) or of_whole(sentence, one)


def _is_term(sentence: Sentence, one: Quantity) -> bool:
    """Whether it is how long a rule gives, or how long something has to last."""
    lasts = one.unit is not None and one.unit.duration
    return lasts and term(sentence.folded, one.start, one.end)


_PLANNED = re.compile(r" ?\(?(?:planned|targeted|set|foreseen|envisaged|expected) (?:for|in|by) ")


def _capped(sentence: Sentence, first: int, one: Quantity) -> bool:
    """Whether a word for a cap leads to a figure, past none of another unit."""
    places = [hit.end for hit in sentence.within(first, one.start) if "cap" in hit.labels]
    kept = None if sentence.chinese else _KEPT.search(sentence.folded, first, one.start)
    if kept:
        places.append(kept.end())
    return bool(places) and all(
        other.unit == one.unit
        for other in sentence.quantities
        if places[-1] <= other.start < one.start
    )


_KEPT = re.compile(
    r"(?:keep|hold)(?:ing)? [a-z -]{3,50}(?:capacity|output|production|consumption|emissions)"
    r" (?:at|to|within) (?:about |around |some )?$"
)


def _have_done(sentence: Sentence, one: Quantity) -> bool:
    """Whether it counts those that have done something: "So far, 17 provinces have issued"."""
    if sentence.chinese or one.unit is None or not one.unit.count or "perfect" not in sentence.says:
        return False
    first, last = sentence.clause(one.start)
    opens = sentence.folded[first : one.start].strip() in _ALL_OF
    return opens and _HAVE_DONE.match(sentence.folded, one.end, last) is not None


_ALL_OF = frozenset({"", "all", "and", "a total of", "altogether", "the first batch of", "another"})
_HAVE_DONE = re.compile(
    r"(?: \([^()]{3,60}\))?(?: (?!that |which |who |will |to |shall |departments |ministries |agen)"
    r"[a-z-]{2,20}){0,8}?"
    r" (?:have|has|had) (?:all |also |already |now |each )?(?:been )?"
    r"[a-z]{2,14}(?:ed|wn|en|lt|ut|et|un|ade)(?![a-z])"
)


def _usual(sentence: Sentence, one: Quantity) -> bool:
    """Whether a technology is compared with the usual one: "70 % lower than traditional ones"."""
    than = sentence.folded.find(" than ", one.end, one.end + data("sentences")["thing"])
    return than > 0 and sentence.folded.startswith(_usuals(), than + len(" than "))


_OF_AIM = re.compile(
    r" of (?:the|its|their|this|that) (?:[a-z-]+ |20\d\d ){0,3}?(?:targets?|tasks?|goals?|quota)"
    r"(?![a-z])",
    re.ASCII,
)


def _done(sentence: Sentence, one: Quantity) -> bool:
    """Whether a share tells how much of an aim is done: "54 percent of the five-year task"."""
    if sentence.chinese or one.unit is None or one.unit.name != "%":
        return False
    if not _OF_AIM.match(sentence.folded, one.end):
        return False
    first, last = sentence.clause(one.start)
    if any(t.year in aims() and t.end <= one.start and t.sign != "=" for t in sentence.times):
        return False
    return sentence.labels(first, last).isdisjoint({"future", "strive"})


def _exists(sentence: Sentence, one: Quantity) -> bool:
    """Whether it tells how things are: 现有糖厂76家, "which accounts for one-fifth"."""
    low = max(sentence.start, one.start - data("sentences")["lead"])
    return _EXISTS.search(sentence.folded, low, one.start) is not None


_EXISTS = re.compile(
    "现[有存][^，。；0-9达低高超降占率比升减至到]{0,8}$"
    "|现[有存][^，。；0-9]{0,12}[0-9][0-9.]*[^，。；0-9]{1,6}，(?:设计|核定|合计|总|年){0,3}"
    "(?:产能|生产能力|能力|装机|容量|面积|蓄积){1,2}(?:约|为|共|合计)?$"
    "|which (?:now |currently |already )?(?:accounts? for|makes? up|represents?) "
    "(?:about |around |roughly |nearly |over |more than |almost )?$"
)


@cache
def _usuals() -> tuple[str, ...]:
    return tuple(data("cues")["usual_en"])
