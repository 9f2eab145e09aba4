"""Values and indicators in lists: one for each ("respectively"), or one for all ("each")."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from copy import copy
from itertools import pairwise

from dafeng.reader.draft import Draft
from dafeng.reader.lexicon import Hit, data
from dafeng.reader.naming import Name, kinds_of, name_of
from dafeng.reader.numerals import numeral
from dafeng.reader.sentence import Sentence
from dafeng.reader.times import Time


def distribute(sentence: Sentence, drafts: Sequence[Draft]) -> None:
    """Give each value of a list its own indicator ("A and B fall by 8 % and 10 % respectively")."""
    for hit in sentence.hits if sentence.says & {"respectively", "each"} else ():
        if not hit.labels & {"respectively", "each"}:
            continue
        row = _row(drafts, hit.start, hit.end, opens=sentence.chinese)
        if len(row) > 1 and ("respectively" in hit.labels or _close(hit, row[0])):
            low = max((d.end for d in drafts if d.end <= row[0].start), default=sentence.start)
            names = _single_names(sentence, low, row)
            _dates(sentence, drafts, row)
            if len(names) >= len(row):
                for draft, found in zip(row, names[-len(row) :], strict=True):
                    draft.name, draft.fall = found, row[0].fall


def in_step(sentence: Sentence, drafts: Sequence[Draft]) -> None:
    """Years and values in step without a word that says so: "in 2023 and 2024 … 45 % and 50 %"."""
    when = [t for t in sentence.times if t.dates and t.year]
    if len(when) < 2 or "respectively" in sentence.says:  # noqa: PLR2004
        return
    reach: int = data("sentences")["listed"]
    _years_behind(sentence, drafts, when)
    row = _row([d for d in drafts if d.start >= when[-1].end], 0, 0, opens=True)
    apart = any(b.start - a.end > reach for a, b in pairwise(when))
    if not apart and len({t.year for t in when}) == len(when) == len(row):
        for draft, time in zip(row, when, strict=True):
            draft.year = time.year


def _years_behind(sentence: Sentence, drafts: Sequence[Draft], when: Sequence[Time]) -> None:
    """Give values the years in step behind them: "4.6 % and 7.8 % in 2021 and 2022"."""
    if sentence.chinese:
        return
    for one, other in pairwise(when):
        if sentence.folded[one.end : other.start] != " and " or one.year == other.year:
            continue
        row = [draft for draft in drafts if draft.end <= one.start][-2:]
        if len(row) < 2 or row[0].unit != row[1].unit:  # noqa: PLR2004
            continue
        joined = sentence.folded[row[0].end : row[1].start] == " and "
        if joined and _IN_TURN.fullmatch(sentence.folded, row[1].end, one.start):
            row[0].year, row[1].year = one.year, other.year


def shared_years(sentence: Sentence, drafts: Sequence[Draft]) -> Iterator[Draft]:
    """Further drafts for a value that holds for two years ("“十四五”“十五五”分别新增…")."""
    for hit in sentence.hits if sentence.says & {"respectively", "each"} else ():
        each = "each" in hit.labels and sentence.chinese  # 2024年、2025年各20万平方米
        if "respectively" not in hit.labels and not each:
            continue
        first, last = sentence.clause(hit.start)
        here = [draft for draft in drafts if first <= draft.start < last]
        if len(here) != 1 or _listed(drafts, here[0]):
            continue
        (one,) = here
        when = [t for t in sentence.times if t.dates and t.year and t.end <= one.start][-2:]
        near = all(b.start - a.end <= data("sentences")["listed"] for a, b in pairwise(when))
        near = near and (not each or (bool(when) and when[-1].end == hit.start))
        shared = one.quantity and len(_single_names(sentence, sentence.start, [one])) <= 1
        if shared and near and len({t.year for t in when}) > 1:
            one.year = when[0].year
            other = copy(one)
            other.year, other.flags = when[1].year, set(one.flags)
            yield other


def _listed(drafts: Sequence[Draft], one: Draft) -> bool:
    """Whether another value stands beside one."""
    gaps = (max(d.start - one.end, one.start - d.end) for d in drafts if d is not one)
    return any(gap <= data("sentences")["listed"] for gap in gaps)


def _dates(sentence: Sentence, drafts: Sequence[Draft], row: Sequence[Draft]) -> None:
    """Give each value of a list its own year: "by 2025 and 2030 … 20 % and 25 % respectively".

    The years may stand with the values of a list before it, as 2025 and 2030 do in
    "2025年4亿、2030年7亿；B相应为2亿和5亿".
    """
    first = row[0].start
    dated = [t for t in sentence.times if t.dates and t.year]
    when = [t for t in dated if t.end <= first]
    listed = when[-len(row) :]
    behind = [t for t in dated if t.start >= row[-1].end][: len(row)]
    if behind and _IN_TURN.fullmatch(sentence.folded, row[-1].end, behind[0].start):
        listed = behind  # "65 % and 72 % respectively in 2022 and 2025"
    near = all(b.start - a.end <= data("sentences")["listed"] for a, b in pairwise(listed))
    if near and len({t.year for t in listed}) == len(row):
        for draft, time in zip(row, listed, strict=True):
            draft.year = time.year
            if not (draft.name and draft.name.atoms):
                draft.name = row[0].name
        return
    model = [draft for draft in drafts if draft.end <= first][-len(row) :]
    own = any(model[-1].end <= t.start and t.year != model[-1].year for t in when if model)
    if not own and len({draft.year for draft in model if draft.year}) == len(row):
        for draft, other in zip(row, model, strict=True):
            draft.year = other.year


_IN_TURN = re.compile(r"(?:,? respectively,?)? (?:in|by|for) (?:the end of )?")


def _row(drafts: Sequence[Draft], start: int, end: int, *, opens: bool) -> list[Draft]:
    """The values of one unit that "respectively" closes, or that 分别 opens."""
    if opens:
        near = [draft for draft in drafts if draft.start >= end]
    else:
        near = [draft for draft in reversed(drafts) if draft.end <= start]
    row: list[Draft] = near[:1]
    for draft in near[1:]:
        gap = max(draft.start - row[-1].end, row[-1].start - draft.end)
        if not _same_unit(draft, row[0]) or gap > data("sentences")["listed"]:
            break
        row.append(draft)
    return row if opens else row[::-1]


def _same_unit(one: Draft, other: Draft) -> bool:
    """Whether two figures can stand in one list: 3000万千瓦 and 1亿千瓦 can."""
    a, b = one.base_unit, other.base_unit
    return one.unit == other.unit or (a is not None and b is not None and a.name == b.name)


_PARTS = re.compile(r"[、，,]| and |和|及|与")


def _single_names(sentence: Sentence, low: int, row: Sequence[Draft]) -> list[Name]:
    """The indicators that the parts of a list name, in its order.

    What the parts share stands in one of them: "energy use and CO2 emissions per unit of GDP".
    """
    return _names_in(sentence, row[0], low, row[0].start)


def _names_in(sentence: Sentence, draft: Draft, low: int, high: int) -> list[Name]:
    """The indicators that the parts of a span name."""
    one = draft.quantity
    kinds = kinds_of(one, change=draft.fall) if one else frozenset()
    shared = {f"atom {atom}" for atom in data("phrases")["shared"]} & sentence.labels(low, high)
    place, names = low, []
    for stop in [*(m.start() for m in _PARTS.finditer(sentence.folded, low, high)), high]:
        own = sentence.labels(place, stop)
        found = name_of(own, kinds) and (name_of(own | shared, kinds) or name_of(own, kinds))
        if found is not None:
            names.append(found)
        place = stop
    return names


_COUNTED = re.compile(r"([两二三四五六])(?:个|项|类|种|大|者)[^，。；]*$")


_MEASURE = "率|比例|比重|占比|强度"
_ALIKE_JOINT = re.compile(f"(?:{_MEASURE})[、和与及]")
_ALIKE = re.compile(
    f"(?:[^，。；、]{{2,20}}(?:{_MEASURE})[、和与及])+[^，。；、]{{2,20}}(?:{_MEASURE})(?=[均都])"
)


# 化肥、农药利用率均: one rate for each thing; places of one rate are no indicators
_RATE_OF = re.compile(
    r"(?:^|[，；：:])(?:[到至]?\d{4}年底?，?)?((?:[^，。；：:、\d]{2,16}(?<![省市县区州乡镇村])[、和与及]){1,3})"
    r"[^，。；、\d]{2,16}(?:率|比例|比重|占比)[均都]",
    re.ASCII,
)
_JOINTS = re.compile("[、和与及]")


def repeated(sentence: Sentence, drafts: Sequence[Draft]) -> Iterator[Draft]:
    """Further drafts for a value that several indicators share ("A and B each fall by 8 %")."""
    yield from _of_both(sentence, drafts)
    if "each" not in sentence.says:
        return
    places = [hit for hit in sentence.hits if "each" in hit.labels]
    for place, draft in enumerate(drafts):
        low = drafts[place - 1].end if place else sentence.start
        low = max(low, sentence.clause(draft.start)[0])
        if draft.quantity is None or not any(
            hit.start >= low and (_close(hit, draft) or _opens(sentence, hit, draft))
            for hit in places
        ):
            continue
        if len(_row(drafts[place:], low, low, opens=True)) > 1:
            continue  # 各增加3万千瓦、4万千瓦: one for each
        if place and _of_things(sentence, drafts[place - 1], draft):
            continue
        high = drafts[place + 1].start if place + 1 < len(drafts) else sentence.end
        for name in _sharing(sentence, low, draft, high):
            other = copy(draft)
            other.name, other.flags = name, set(draft.flags)
            yield other


_BOTH = re.compile(
    "(?:emissions?|discharges?|concentrations?|intensity|consumption|use|output) of "
    r"[a-z][a-z. '-]{1,40}(?<! and) and of [a-z][a-z. '-]{1,80}$"
)


_RATES_OF = re.compile(
    r"(?<![a-z])(?:rates|shares|proportions|intensities|coverages|ratios) of [a-z][a-z '-]{1,50}"
    r" and [a-z][a-z '-]{1,50} (?:will|shall|should|must|are to|are|were|have) (?:both|each)"
    r" [a-z -]{2,40}$"
)


def _of_both(sentence: Sentence, drafts: Sequence[Draft]) -> Iterator[Draft]:
    """One more draft for a value that two share: "emissions of dust and of SO2 below 0.3 kg"."""
    rates = not sentence.chinese and "each" in sentence.says
    if not rates and sentence.folded.find(" and of ", sentence.start, sentence.end) < 0:
        return
    for place, draft in enumerate(drafts):
        low = max(drafts[place - 1].end if place else 0, sentence.clause(draft.start)[0])
        alone = len(_row(drafts[place:], low, low, opens=True)) == 1
        if not (draft.quantity and alone):
            continue
        shared = _BOTH.search(sentence.folded, low, draft.start)
        named = rates and len(_single_names(sentence, low, [draft])) > 1
        if shared or (rates and not named and _RATES_OF.search(sentence.folded, low, draft.start)):
            other = copy(draft)
            other.flags = set(draft.flags)
            yield other


def _of_things(sentence: Sentence, before: Draft, draft: Draft) -> bool:
    """Whether it is the size of each of the things counted before: "four projects of 1 GW each"."""
    counted = before.base_unit is not None and before.base_unit.count
    return counted and sentence.folded.endswith(" of ", before.end, draft.start)


def _opens(sentence: Sentence, hit: Hit, draft: Draft) -> bool:
    """Whether "both" opens the list of what shares a value ("both A and B fall by 8 %")."""
    return hit.end < draft.start and sentence.folded.startswith("both ", hit.start)


def _close(hit: Hit, draft: Draft) -> bool:
    """Whether a word "each" stands close to a value, before or behind it."""
    reach: int = data("sentences")["each"]
    return draft.start - hit.end <= reach and hit.start - draft.end <= reach


def _sharing(sentence: Sentence, low: int, draft: Draft, high: int) -> list[Name | None]:
    """The indicators that share a value, but the one that it has already."""
    names: list[Name | None] = [*_single_names(sentence, low, [draft])]
    if len(names) < 2:  # noqa: PLR2004
        names = [*_names_in(sentence, draft, draft.end, min(high, sentence.clause(draft.end)[1]))]
    alike = _ALIKE.search(sentence.folded, low, draft.start)
    if len(names) < 2 and alike:  # noqa: PLR2004
        return [draft.name] * len(_ALIKE_JOINT.findall(alike[0]))
    rate = sentence.chinese and _RATE_OF.search(sentence.folded[low : draft.start])
    if len(names) < 2 and rate:  # noqa: PLR2004
        return [draft.name] * len(_JOINTS.findall(rate[1]))
    counted = _COUNTED.search(sentence.folded, low, draft.start)
    if len(names) < 2 and counted:  # noqa: PLR2004
        return [draft.name] * (int(numeral(counted[1]) or 1) - 1)
    if len(names) > 1:
        draft.name = names[0]
    return names[1:]
