"""What a nation has of each thing: an amount far above it cannot be what was written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from dafeng.reader.draft import Draft
from dafeng.reader.lexicon import both, data, fold, pattern_of
from dafeng.reader.sentence import Sentence


@dataclass(frozen=True, slots=True)
class _Bound:
    """The most that there can be of a thing: ``soon`` in reports and in aims of the next years.

    A ``flow`` is counted by the year: several years together have more of it.
    """

    soon: Decimal
    ever: Decimal
    flow: bool = False


def beyond(sentence: Sentence, draft: Draft) -> bool:
    """Whether an amount is above what a nation has, but for what lies in the ground."""
    if draft.base is None or sentence.folded.startswith(_TIMES, draft.end):
        return False
    unit = draft.base_unit.name if draft.base_unit else ""
    if sentence.chinese and sentence.folded.endswith("充电桩", sentence.start, draft.start):
        unit = "piles"  # counted by 台, 个 or 根
    bound = _ceilings().get(unit)
    if (
        bound
        and draft.base > _most(sentence, draft, [bound])
        and not _words("stored").search(sentence.folded, *sentence.clause(draft.start))
        and not _words("abroad").search(sentence.folded, sentence.start, sentence.end)
    ):
        return True
    return _beyond_named(sentence, draft)


_TIMES = ("次", "公里", "·公里", "-kilomet", " kilomet", "-km")  # 5亿辆次, 6万亿吨公里


def _most(sentence: Sentence, draft: Draft, bounds: list[_Bound]) -> Decimal:
    """The most that there can be of things together, or of what flows in several years."""
    near = draft.kind == "result" or (draft.year or _never()) <= _named()["until"]
    most = sum((one.soon if near else one.ever for one in bounds), Decimal(0))
    flow = any(one.flow for one in bounds) and _summed(sentence)
    return most * int(_named()["summed"]["times"]) if flow else most


def _summed(sentence: Sentence) -> bool:
    """Whether a sentence tells of several years together."""
    if any(time.first is not None or time.word == "period" for time in sentence.times):
        return True
    return _sums().search(sentence.folded, sentence.start, sentence.end) is not None


@cache
def _sums() -> re.Pattern[str]:
    words = pattern_of(fold(word) for word in both(_named()["summed"]))
    plan_zh = '(?<!到)(?<!到[“"])十[一二三四五]五[”"]?(?!期?间?末|时期末|规划|收官|结束|以前|前)'
    plan_en = r"(?<![a-z])in the [^,.;]{0,12}five-year plan[”\"]? period"
    return re.compile(rf"{words}|近[一-龥\d]{{1,3}}年(?!底|末)|{plan_zh}|{plan_en}")


def _beyond_named(sentence: Sentence, draft: Draft) -> bool:
    """Whether an amount is above what a nation has or plans of the thing that it is told of.

    The thing is the one that follows with "of", or the last one that stands before it in its
    clause; the bounds of things that are told of together are added up.
    """
    unit = draft.base_unit.name if draft.base_unit else ""
    if draft.base is None or draft.base <= _least().get(unit, draft.base):
        return False
    words = _told_of(sentence, draft)
    told = [bound for word in words if (bound := _bounds()[word].get(unit))]
    if not told or len(told) < len(words) or _still_to_come(sentence, draft):
        return False
    return draft.base > _most(sentence, draft, told)


def _told_of(sentence: Sentence, draft: Draft) -> list[str]:
    """The words of the things that an amount is told of, none if it may be of something else."""
    folded = sentence.folded
    if behind := _OF.match(folded, draft.end):
        found = _things().match(folded, behind.end())
        return list(_row(folded, found)) if found else []
    ahead = list(_things().finditer(folded, _since(sentence, draft), draft.start))
    if not ahead or not _goes_on(sentence, ahead[-1].end(), draft):
        return []
    told = [ahead[-1][0]]
    for one, next_ in zip(reversed(ahead[:-1]), reversed(ahead), strict=False):
        if not _JOINT.fullmatch(folded, one.end(), next_.start()):
            break
        told.append(one[0])
    known = _bounds()
    return told if all(word in known for word in told) else []


def _goes_on(sentence: Sentence, place: int, draft: Draft) -> bool:
    """Whether no word may tell of another thing, where an amount stands behind a first one."""
    between = [
        one.end
        for one in sentence.quantities
        if place <= one.start and one.end < draft.start and one.unit == draft.base_unit
    ]
    return not between or _LINKS.fullmatch(sentence.folded, between[-1], draft.start) is not None


def _since(sentence: Sentence, draft: Draft) -> int:
    """Where the words begin that may tell of what an amount is: those of its clause.

    Power may be told of by what stands before: 核电机组2台，装机容量250万千瓦; "…, and by 2025
    it will reach 62 GW".
    """
    first, _ = sentence.clause(draft.start)
    power = draft.base_unit is not None and draft.base_unit.name in {"kW", "kWh"}
    if (
        power
        and first > sentence.start
        and _CAPACITY.fullmatch(sentence.folded, first, draft.start)
    ):
        return sentence.clause(first - 1)[0]
    if sentence.chinese or not power or _OWN.search(sentence.folded, first, draft.start):
        return first
    return max(sentence.start, draft.start - int(data("sentences")["longest"]))


def _row(folded: str, found: re.Match[str] | None) -> Iterator[str]:
    """Things one after another: "wind and solar power"."""
    while found:
        if found[0] in _bounds():
            yield found[0]
        joint = _JOINT.match(folded, found.end())
        found = _things().match(folded, joint.end()) if joint else None


_CAPACITY = re.compile("装机(?:容量|规模)?(?:达到?|为|约)*")
_OWN = re.compile("(?<!with a )(?<!with an installed )(?<!with a total )capacity(?! of which)")
_LINKS = re.compile(
    r"[ ,]*(?:(?:and|or|to|from|by|in|at|the|end|of|up|it|is|was|will|be|rise|grow|reach|reached"
    r"|exceed|about|over|more|than|nearly|then|further|only|20\d\d),? ?)*"
    r"|[，、]?(?:到|至|和|或|将|达到?|力争|约|超过?|20\d\d年)*"
)
_OF = re.compile(r" of (?:(?:new|newly added|installed|total|cumulative|capacity|of) )*")
_JOINT = re.compile(
    "(?: power| energy| generation| capacity|发电|装机)*"
    "(?:, and | and |, |/|、|和|及|与|以及)(?:of )?"
)


def _still_to_come(sentence: Sentence, draft: Draft) -> bool:
    """Whether what lies in the ground, or what may be built some day or abroad, is told of."""
    if _words("beyond").search(sentence.folded, *sentence.clause(draft.start)):
        return True
    return _words("abroad").search(sentence.folded, sentence.start, sentence.end) is not None


@cache
def _words(name: str) -> re.Pattern[str]:
    return re.compile(pattern_of(fold(word) for word in both(_named()[name])))


def _named() -> dict[str, Any]:
    found: dict[str, Any] = data("impossible")["named"]
    return found


@cache
def _never() -> int:
    last: int = data("times")["plausible_years"]["last"]
    return last


@cache
def _bounds() -> dict[str, dict[str, _Bound]]:
    """By the word for a thing and the unit: how much of it there can be."""
    found: dict[str, dict[str, _Bound]] = {}
    for entry in _named()["things"]:
        bound = _bound(entry)
        for word in both(entry):
            found.setdefault(fold(word), {})[entry["unit"]] = bound
    return found


def _bound(entry: dict[str, Any]) -> _Bound:
    ever = Decimal(str(entry["above"]))
    return _Bound(Decimal(str(entry.get("soon", ever))), ever, entry.get("flow", False))


@cache
def _ceilings() -> dict[str, _Bound]:
    """By unit: how much there can be of anything."""
    return {entry["unit"]: _bound(entry) for entry in data("garbles")["ceilings"]}


@cache
def _least() -> dict[str, Decimal]:
    """By unit: what is above no bound for any thing."""
    found: dict[str, Decimal] = {}
    for bounds in _bounds().values():
        for unit, bound in bounds.items():
            found[unit] = min(bound.soon, found.get(unit, bound.soon))
    return found


@cache
def _things() -> re.Pattern[str]:
    """The things that have a bound, and what amounts in the same units may be told of instead."""
    return re.compile(pattern_of([*_bounds(), *map(fold, both(_named()["others"]))]))
