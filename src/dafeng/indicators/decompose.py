"""A target split among cities or enterprises, in whole numbers that add up to the whole.

Of a reduction, with bases Eᵢ, growths gᵢ of what it is divided by, and the whole's g and rate R:

    expected Bᵢ  = Eᵢ·(1+gᵢ), in whole grams
    allowed  A   = (Σ Eᵢ)·(1+g)·(1−R), in whole grams
    saving   S   = Σ Bᵢ − A, shared by the rule into Sᵢ;  allocation Aᵢ = Bᵢ − Sᵢ, so Σ Aᵢ = A
    implied  rᵢ  = 1 − Aᵢ ÷ (Eᵢ·(1+gᵢ))

The rule ``equal`` shares S by Bᵢ, so that every rᵢ is the same; it is R where all parts grow as the
whole does. ``base`` and ``potential`` share S by their weight. No part saves more than it uses.
Amounts (counts, capacities, caps) are shared themselves; only a cap that is split by potential is a
saving on the bases.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import ceil, floor
from typing import Any

import numpy as np
import pyarrow as pa

from dafeng.explain import Node, condensed, figure_id
from dafeng.findings import Finding
from dafeng.indicators.apportion import apportion, column, half_up
from dafeng.indicators.splits import (
    BASE,
    Part,
    RuleName,
    Whole,
    growths,
    part_nodes,
    percent,
    plain,
    split_rules,
    target_node,
    whole_number,
    whole_of,
)
from dafeng.plan import Plan, Target
from dafeng.vocabulary import Fault, Text, period, worst_mark

NAMED = 10
"""Parts that a message names."""
_FALLING = ("at_most", "less_than")
_nearest, _up, _down = (np.frompyfunc(to, 1, 1) for to in (half_up, ceil, floor))


@dataclass(frozen=True)
class Rule:
    """How a whole is shared.

    Attributes:
        name: ``equal``, ``base`` or ``potential``.
        by: what a weight is called; unit: its unit, empty where it is not known.
        low, high: least and greatest share of a part: a rate of reduction as a fraction, else in
            the unit of the split.
    """

    name: RuleName
    by: Text = BASE
    unit: str = ""
    low: Fraction | None = None
    high: Fraction | None = None


@dataclass(frozen=True)
class Share:
    """What a part is given.

    Attributes:
        share: of what is divided: of the saving for reductions, else of the whole.
        allocation: whole units: what the part may use, or has to bring.
        rate: implied reduction as a fraction; ``None`` where there is no base to set it against.
    """

    part: Part
    growth: Fraction | None
    share: Fraction | None
    allocation: int
    rate: Fraction | None


@dataclass(frozen=True)
class Split:
    """A target split among parts.

    Attributes:
        whole: what the allocations add up to, in ``unit``.
        saving: of the parts together on what is expected; ``None`` where an amount is shared.
        growth: of the whole; assumption: where it comes from, and what it means for the parts.
        implied: reduction of the whole that the allocations imply.
        held: parts whose share is at a bound.
    """

    plan: Plan
    target: Target
    to: str
    rule: Rule
    unit: str
    whole: int
    shares: tuple[Share, ...]
    saving: int | None = None
    growth: Fraction | None = None
    assumption: Text | None = None
    implied: Fraction | None = None
    held: tuple[str, ...] = ()
    tree: Node = field(default_factory=lambda: Node("figure", "", Text(zh="", en="")))
    findings: tuple[Finding, ...] = ()

    @property
    def total(self) -> int:
        """Sum of the allocations; it is the whole."""
        return sum(share.allocation for share in self.shares)

    @property
    def base(self) -> int | None:
        """Sum of the bases, where all are known."""
        bases = [share.part.base for share in self.shares]
        return None if None in bases else sum(base for base in bases if base is not None)

    @property
    def mark(self) -> str:
        """The worst mark of the target and of the bases."""
        return worst_mark({self.tree.worst, *(share.part.mark for share in self.shares)})

    @property
    def figure(self) -> str:
        """Id of the figure."""
        scope = f"{self.plan.owner}~{self.to}.{self.rule.name}"
        year = str(self.target.year or period(self.plan.period).year)
        return figure_id("split", f"{self.plan.id}.{self.target.id}", scope, year, self.tree)

    def table(self) -> pa.Table:
        """Return a row per part; base and allocation are whole ``unit``, the reduction percent."""
        shares = [None if one.share is None else float(one.share) for one in self.shares]
        return pa.table(
            {
                "part": [one.part.part for one in self.shares],
                "base": pa.array([one.part.base for one in self.shares], pa.int64()),
                "share": pa.array(shares, pa.float64()),
                "allocation": pa.array([one.allocation for one in self.shares], pa.int64()),
                "reduction_percent": pa.array(
                    [percent(one.rate) for one in self.shares], pa.float64()
                ),
                "unit": [self.unit] * len(self.shares),
                "mark": [one.part.mark for one in self.shares],
            }
        )


def split(
    plan: Plan,
    target: Target,
    parts: Sequence[Part],
    rule: Rule,
    *,
    to: str,
    growth: Fraction | None = None,
    assumption: Text | None = None,
) -> Split:
    """Split a target among parts.

    Args:
        plan: whose target it is.
        target: a reduction, or an amount: count, increment, level or cap.
        parts: cities or enterprises with their bases.
        rule: how it is shared.
        to: ``cities`` or ``enterprises``.
        growth: of the whole, from the base year to the target year, as a fraction.
        assumption: where the growth of the whole comes from; by default it was stated.

    Raises:
        Fault: ``not_divisible``, ``no_parts``, ``base_missing``, ``no_weight``, ``split_bounds``,
            ``growth_unknown``, ``growth_unwanted``, ``nothing_to_split``, ``not_whole``.
    """
    place = f"{plan.id}/{target.id}"
    whole = whole_of(plan, target)
    if not parts:
        raise Fault("no_parts", place)
    blank = Split(plan, target, to, rule, whole.unit, 0, ())
    if whole.reduction is not None:
        found = _reduction(blank, whole, parts, growth, place)
    elif rule.name == "potential" and target.direction in _FALLING:
        found = _cut(blank, whole, parts, place)
    else:
        found = _amounts(blank, whole, parts, place)
    found = replace(found, assumption=assumption or found.assumption)
    notes = (*found.findings, *_held(found, place), *_beyond(found, place))
    return replace(found, tree=_tree(found, whole), findings=notes)


def _reduction(
    found: Split, whole: Whole, parts: Sequence[Part], growth: Fraction | None, place: str
) -> Split:
    bases = _bases(parts, place)
    rate, each, said, notes = growths(whole, parts, growth, place)
    grown = bases * (1 + each)
    full = sum(bases) * (1 + rate)
    found = replace(found, growth=rate if whole.over else None, assumption=said, findings=notes)
    return _savings(found, parts, grown, half_up(full * (1 - whole.value)), full, each)


def _cut(found: Split, whole: Whole, parts: Sequence[Part], place: str) -> Split:
    bases = _bases(parts, place)
    allowed = whole_number(whole.value, whole.unit, place)
    return _savings(found, parts, bases * Fraction(1), allowed, Fraction(sum(bases)), None)


def _savings(
    found: Split,
    parts: Sequence[Part],
    grown: Any,
    allowed: int,
    full: Fraction,
    each: Any | None,
) -> Split:
    """Share the saving that leads from what is expected to what is allowed."""
    rule, place = found.rule, f"{found.plan.id}/{found.target.id}"
    expected = _nearest(grown)
    saving = int(sum(expected)) - allowed
    if saving < 0 or not full > 0:
        values = {"expected": f"{sum(expected):,}", "allowed": f"{allowed:,}", "unit": found.unit}
        raise Fault("nothing_to_split", place, **values)
    weights = expected if rule.name == "equal" else _weights(parts, rule, place)
    low = None if rule.low is None else _up(expected - grown * (1 - rule.low))
    high = expected  # no part saves more than it uses
    if rule.high is not None:
        high = np.minimum(expected, _down(expected - grown * (1 - rule.high)))
    ids = [part.part for part in parts]
    savings = apportion(saving, weights, ids, low=low, high=high, unit=found.unit)
    given = expected - savings
    shares = tuple(
        Share(
            part,
            None if each is None else each[i],
            Fraction(savings[i], saving) if saving else None,
            given[i],
            1 - given[i] / grown[i] if grown[i] else None,
        )
        for i, part in enumerate(parts)
    )
    held = _at_bound(ids, savings, weights, low, high)
    implied = 1 - allowed / full
    return replace(found, whole=allowed, shares=shares, saving=saving, implied=implied, held=held)


def _amounts(found: Split, whole: Whole, parts: Sequence[Part], place: str) -> Split:
    rule, ids = found.rule, [part.part for part in parts]
    amount = whole_number(whole.value, whole.unit, place)
    weights = column([1] * len(parts)) if rule.name == "equal" else _weights(parts, rule, place)
    low = None if rule.low is None else column([ceil(rule.low)] * len(parts))
    high = None if rule.high is None else column([floor(rule.high)] * len(parts))
    given = apportion(amount, weights, ids, low=low, high=high, unit=whole.unit)
    falling = found.target.direction in _FALLING
    shares = tuple(
        Share(
            part,
            None,
            Fraction(one, amount) if amount else None,
            one,
            1 - Fraction(one, part.base) if falling and part.base else None,
        )
        for part, one in zip(parts, given, strict=True)
    )
    found = replace(found, whole=amount, shares=shares)
    implied = 1 - Fraction(amount, found.base) if falling and found.base else None
    return replace(found, implied=implied, held=_at_bound(ids, given, weights, low, high))


def _bases(parts: Sequence[Part], place: str) -> Any:
    return column([Fraction(value) for value in _known(parts, "base", place)])


def _weights(parts: Sequence[Part], rule: Rule, place: str) -> Any:
    held = any(part.weight is not None for part in parts)
    name = "weight" if held or rule.name == "potential" else "base"
    return column([Fraction(value) for value in _known(parts, name, place)])


def _known(parts: Sequence[Part], name: str, place: str) -> list[Any]:
    """Return a figure of every part; not reported is not zero.

    Raises:
        Fault: ``base_missing``.
    """
    silent = [part.part for part in parts if getattr(part, name) is None]
    if silent:
        values = {"parts": ", ".join(silent), "column": Text(**_COLUMNS[name])}
        raise Fault("base_missing", place, **values)
    return [getattr(part, name) for part in parts]


_COLUMNS = {
    "base": {"zh": "基数", "en": "base"},
    "weight": {"zh": "分解依据", "en": "what the rule goes by"},
}


def _at_bound(
    ids: Sequence[str], given: Any, weights: Any, low: Any | None, high: Any | None
) -> tuple[str, ...]:
    """Return the parts whose share a bound has moved."""
    whole, total = int(sum(given)), sum(weights)
    held = []
    for i, name in enumerate(ids):
        quota = weights[i] * Fraction(whole) / total
        if (low is not None and quota < low[i]) or (high is not None and quota > high[i]):
            held.append(name)
    return tuple(held)


def _held(found: Split, place: str) -> list[Finding]:
    if not found.held:
        return []
    named = ", ".join(found.held[:NAMED]) + (" …" if len(found.held) > NAMED else "")
    return [Finding("bound_held", place, {"parts": named, "number": len(found.held)})]


def _beyond(found: Split, place: str) -> list[Finding]:
    """Say where more is asked than the potential is, where both are in the same unit."""
    potential = sum(share.part.weight or 0 for share in found.shares)
    alike = found.rule.name == "potential" and found.rule.unit == found.unit
    if not alike or found.saving is None or found.saving <= potential:
        return []
    values = {"saving": f"{found.saving:,}", "potential": f"{int(potential):,}", "unit": found.unit}
    return [Finding("beyond_potential", place, values)]


def _tree(found: Split, whole: Whole) -> Node:
    ref = f"split/{found.plan.id}.{found.target.id}/{found.to}/{found.rule.name}"
    rule = split_rules()[found.rule.name]
    note = rule.note or rule.name
    steps: list[Node] = []
    if found.growth is not None and whole.over is not None:
        steps.append(_growth_node(found.growth, whole.over, found.assumption))
    steps += condensed(_share_node(found, share) for share in found.shares)
    by = Text(zh="", en="")
    if found.rule.name != "equal":
        by = Text(zh=f"：{found.rule.by.zh}", en=f": {found.rule.by.en}")
    formula = Node(
        "formula",
        ref,
        Text(zh=f"规则 {rule.zh}", en=f"rule {rule.en}"),
        found.whole,
        found.unit,
        detail=Text(zh=f"{note.zh}{by.zh}{_bounds(found)}", en=f"{note.en}{by.en}{_bounds(found)}"),
        children=tuple(steps),
    )
    label = Text(
        zh=f"{found.target.title.zh}：分解（{rule.zh}）",
        en=f"{found.target.title.en}: split {rule.en}",
    )
    aim = target_node(found.plan, found.target)
    return Node("figure", ref, label, found.whole, found.unit, children=(aim, formula))


def _bounds(found: Split) -> str:
    low, high = found.rule.low, found.rule.high
    said = [
        f" {sign} {plain(value)}" for sign, value in (("≥", low), ("≤", high)) if value is not None
    ]
    return ";".join(said)


def _growth_node(growth: Fraction, over: Text, assumption: Text | None) -> Node:
    return Node(
        "assumption",
        "growth",
        Text(zh=f"{over.zh}增长", en=f"growth of {over.en}"),
        percent(growth),
        "%",
        detail=assumption,
    )


def _share_node(found: Split, share: Share) -> Node:
    rate = percent(share.rate)
    detail = None
    if rate is not None:
        detail = Text(zh=f"隐含降幅 {rate:.4f} %", en=f"implied reduction {rate:.4f} %")
    nodes = part_nodes(share.part, found.unit, found.rule.by, found.rule.unit)
    return Node(
        "formula",
        f"allocation/{share.part.part}",
        share.part.name,
        share.allocation,
        found.unit,
        detail=detail,
        children=tuple(nodes),
    )
