"""What the parts promise against the whole: what it adds up to, the gap, and who is silent.

Not reported is not zero. With a part missing, a reduction of the whole is a range: from that part
keeping its intensity (0 %) to that part using nothing (100 %); an amount is at least the sum of
what is promised. Where a base is missing too, nothing can be said.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from dafeng.explain import Node, condensed, figure_id
from dafeng.findings import Finding
from dafeng.indicators.apportion import column, exact
from dafeng.indicators.splits import (
    PERCENT,
    Part,
    Whole,
    growths,
    percent,
    plain,
    split_reason,
    target_node,
    whole_number,
    whole_of,
)
from dafeng.plan import Plan, Target
from dafeng.vocabulary import Fault, Text, factor, period, worst_mark

_MEETS = {
    "at_least": operator.ge,
    "more_than": operator.gt,
    "at_most": operator.le,
    "less_than": operator.lt,
}


@dataclass(frozen=True)
class Promise:
    """What a part promises.

    Attributes:
        value: as written; a fall is positive; ``None`` is not reported.
        unit: empty: that of the target.
    """

    part: str
    value: float | None
    unit: str = ""
    mark: str = ""
    source: str = ""


@dataclass(frozen=True)
class Promised:
    """Promises set against their target.

    Attributes:
        unit: of values, implied whole, goal and gap: ``%`` for a reduction, else the smallest
            parts of the amount.
        base_unit: unit of the parts' bases.
        values: part → what it promises; ``None`` where it is silent.
        low, high: what the promises add up to; ``None`` where that side is open.
        needed: what the silent parts together must bring for the whole to be reached (their
            common rate, or the amount left); ``None`` where it cannot be told.
        coverage: share of the base that the promises cover; ``None`` where a base is not known.
        verdict: ``enough``, ``short``, ``open`` (it depends on the silent) or ``not_computable``.
        reason: why it is open or not computable.
    """

    plan: Plan
    target: Target
    to: str
    unit: str
    base_unit: str
    goal: Fraction
    parts: tuple[Part, ...]
    values: Mapping[str, Fraction | None]
    low: Fraction | None = None
    high: Fraction | None = None
    needed: Fraction | None = None
    coverage: Fraction | None = None
    verdict: str = "not_computable"
    reason: Text | None = None
    tree: Node = field(default_factory=lambda: Node("figure", "", Text(zh="", en="")))
    findings: tuple[Finding, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """Parts that promised nothing."""
        return tuple(name for name, value in self.values.items() if value is None)

    @property
    def implied(self) -> Fraction | None:
        """What the promises add up to, where that is one number."""
        return self.low if self.low == self.high else None

    @property
    def gap(self) -> Fraction | None:
        """What they add up to less the target, at the side that is certain."""
        return None if self.low is None else self.low - self.goal

    @property
    def mark(self) -> str:
        """The worst mark of target, bases and promises."""
        return self.tree.worst

    @property
    def figure(self) -> str:
        """Id of the figure."""
        scope = f"{self.plan.owner}~{self.to}.promises"
        year = str(self.target.year or period(self.plan.period).year)
        return figure_id("split", f"{self.plan.id}.{self.target.id}", scope, year, self.tree)


def promised(
    plan: Plan,
    target: Target,
    parts: Sequence[Part],
    promises: Iterable[Promise],
    *,
    to: str,
    growth: Fraction | None = None,
) -> Promised:
    """Set what parts promise against a target.

    Args:
        plan: whose target it is.
        target: a reduction, or an amount.
        parts: all that should promise, with their bases where they are known.
        promises: what they promise.
        to: ``cities`` or ``enterprises``.
        growth: of the whole, for a reduction; without any growth all parts are taken to grow
            alike, and it cancels out.

    Raises:
        Fault: ``not_divisible``, ``unknown_part``, ``duplicate``, ``not_whole``,
            ``out_of_range``, ``growth_unknown``, ``unit_mismatch``.
    """
    place = f"{plan.id}/{target.id}"
    whole = whole_of(plan, target)
    given = _given(parts, promises)
    values = {
        name: None if one is None or one.value is None else _value(whole, target, one)
        for name, one in given.items()
    }
    unit, goal = ("%", whole.value * PERCENT) if whole.reduction else (whole.unit, whole.value)
    found = Promised(plan, target, to, unit, whole.unit, goal, tuple(parts), values)
    found = replace(found, coverage=_coverage(found))
    found = _reduction(found, whole, growth, place) if whole.reduction else _amount(found)
    notes = list(found.findings)
    if found.missing:
        silent = {"parts": ", ".join(found.missing), "number": len(found.missing)}
        notes.append(Finding("promise_missing", place, silent))
    return replace(found, tree=_tree(found, given), findings=tuple(notes))


def _given(parts: Sequence[Part], promises: Iterable[Promise]) -> dict[str, Promise | None]:
    given: dict[str, Promise | None] = {part.part: None for part in parts}
    for one in promises:
        if one.part not in given:
            raise Fault("unknown_part", one.source, label=one.part, near=", ".join(given))
        other = given[one.part]
        if other is not None:
            raise Fault("duplicate", one.source, other=other.source)
        given[one.part] = one
    return given


def _value(whole: Whole, target: Target, one: Promise) -> Fraction:
    unit = one.unit or target.unit or whole.unit
    goal = "%" if whole.reduction else whole.unit
    value = exact(one.value or 0) * exact(factor(unit, goal))
    if whole.reduction is None:
        if value < 0:
            raise Fault("out_of_range", one.source, label=one.value, low=0, high="…")
        return Fraction(whole_number(value, goal, one.source))
    if value > PERCENT:
        raise Fault("out_of_range", one.source, label=one.value, low="…", high=PERCENT)
    return value


def _coverage(found: Promised) -> Fraction | None:
    bases = {part.part: part.base for part in found.parts}
    total = sum(base or 0 for base in bases.values())
    if None in bases.values() or not total:
        return None
    told = sum(base or 0 for name, base in bases.items() if found.values[name] is not None)
    return Fraction(told, total)


def _amount(found: Promised) -> Promised:
    """An amount is at least what is promised; what the silent add is not known."""
    total = sum((value for value in found.values.values() if value is not None), Fraction(0))
    high = None if found.missing else total
    needed = found.goal - total if found.missing else None
    return _judged(replace(found, low=total, high=high, needed=needed))


def _reduction(found: Promised, whole: Whole, growth: Fraction | None, place: str) -> Promised:
    if any(part.base is None for part in found.parts):
        return replace(found, reason=split_reason("no_base"))
    if growth is None and whole.over and all(part.growth is None for part in found.parts):
        growth = Fraction(0)  # alike for all: it cancels out
    rate, each, _, notes = growths(whole, found.parts, growth, place)
    bases = column([Fraction(part.base or 0) for part in found.parts])
    grown, full = bases * (1 + each), sum(bases) * (1 + rate)
    if not full > 0:
        return replace(found, reason=split_reason("no_base"))
    told = column([value is not None for value in found.values.values()]).astype(bool)
    rates = column([value or Fraction(0) for value in found.values.values()]) / PERCENT
    left = sum((grown * (1 - rates))[told])
    silent = sum(grown[~told])
    low, high = (1 - (left + silent) / full, 1 - left / full)
    needed = 1 - (full * (1 - whole.value) - left) / silent if silent else None
    ends: dict[str, Any] = {"low": low * PERCENT, "high": high * PERCENT}
    ends["needed"] = None if needed is None else needed * PERCENT
    return _judged(replace(found, findings=notes, **ends))


def _judged(found: Promised) -> Promised:
    """Say whether the promises reach the target, whatever the silent parts do."""
    meets = _MEETS[found.target.direction or "at_least"]
    ends = [end for end in (found.low, found.high) if end is not None]
    good = [meets(end, found.goal) for end in ends]
    rising = found.target.direction in ("at_least", "more_than")
    if found.missing and found.high is None:  # more can come, never less
        good.append(rising)
    if all(good):
        return replace(found, verdict="enough")
    if not any(good):
        return replace(found, verdict="short")
    return replace(
        found, verdict="open", reason=split_reason("more" if found.high is None else "silent")
    )


def _tree(found: Promised, given: Mapping[str, Promise | None]) -> Node:
    ref = f"promises/{found.plan.id}.{found.target.id}/{found.to}"
    implied = None if found.implied is None else plain(found.implied)
    formula = Node(
        "formula",
        ref,
        Text(zh="承诺合计", en="what the promises add up to"),
        implied,
        found.unit,
        detail=found.reason,
        children=condensed(_node(found, part, given[part.part]) for part in found.parts),
    )
    label = Text(
        zh=f"{found.target.title.zh}：承诺汇总", en=f"{found.target.title.en}: sum of promises"
    )
    aim = target_node(found.plan, found.target)
    return Node("figure", ref, label, implied, found.unit, children=(aim, formula))


def _node(found: Promised, part: Part, one: Promise | None) -> Node:
    value = found.values[part.part]
    mark = worst_mark({part.mark, one.mark if one else ""})
    base = Text(zh=f"基数 {part.base}", en=f"base {part.base}") if part.base is not None else None
    return Node(
        "entry",
        f"promise/{part.part}/{part.base}/{percent(part.growth)}",
        part.name,
        None if value is None else plain(value),
        found.unit,
        mark,
        () if value is not None else ("not_reported",),
        source=one.source if one else "",
        detail=base,
    )
