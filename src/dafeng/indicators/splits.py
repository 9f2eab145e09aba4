"""What can be split and into which smallest parts; the parts; the target as a step of a tree."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, Literal

from dafeng.explain import Node
from dafeng.findings import Finding
from dafeng.indicators.apportion import column, exact
from dafeng.indicators.read import indicators
from dafeng.indicators.schema import Indicator
from dafeng.indicators.sums import UNKNOWN, Total
from dafeng.plan import Plan, Target
from dafeng.vocabulary import (
    Entries,
    Fault,
    Record,
    TableSchema,
    Term,
    Text,
    factor,
    marks,
    read_records,
    read_tables,
    read_yaml,
    validate,
)

_FILE = Path(__file__).parent / "data" / "splits.yaml"
PERCENT = 100
_AMOUNTS = ("count", "increment", "level", "cap")
DECIMALS = 2
_MEASURES = ("energy", "emission")

_STATED = Text(
    zh="给定；未另给增长的部分与整体相同（假设）",
    en="as stated; a part without growth of its own is assumed to grow as the whole",
)
_OF_PARTS = Text(
    zh="由各部分的增长按基年分母加权；未给增长的部分与整体相同（假设）",
    en="that of the parts together, weighted by what they are divided by in the base year; a part "
    "without growth of its own is assumed to grow as the whole",
)
BASE = Text(zh="基数", en="base")
RuleName = Literal["equal", "base", "potential"]


class Reduction(Record):
    """What falls when an indicator falls.

    Attributes:
        id: the indicator.
        unit: unit of the parts' bases, in whole numbers.
        over: what it is divided by; ``None`` where it is no intensity.
    """

    id: str
    unit: str
    over: Text | None = None


class Settings(Record):
    """The choices of ``splits.yaml``."""

    quanta: tuple[str, ...]
    best_share: float


@cache
def settings() -> Settings:
    """The smallest parts of amounts, and what the best of a sector are."""
    held = read_yaml(_FILE)
    return validate(Settings, {name: held[name] for name in Settings.model_fields}, _FILE.name)


@cache
def split_tables() -> dict[str, TableSchema]:
    """The tables that a split reads, by name."""
    return read_tables(_FILE)


@cache
def split_rules() -> Entries[Term]:
    """The rules by which a whole is shared."""
    return Entries("rule", read_records(Term, _FILE, "rules"))


@cache
def split_reason(name: str) -> Text:
    """Return why promises lead to no single answer, in both languages."""
    return Entries("reason", read_records(Term, _FILE, "reasons"))[name].name


@cache
def _reductions() -> dict[str, Reduction]:
    return {entry.id: entry for entry in read_records(Reduction, _FILE, "reductions")}


@dataclass(frozen=True)
class Part:
    """A city or an enterprise that takes a share.

    Attributes:
        base: of the base year, in whole units of the split (grams of coal or CO2e, kW …).
        weight: what the rule goes by, where that is not the base.
        growth: of what an intensity is divided by, from the base year to the target year, as a
            fraction; ``None``: that of the whole.
        divisor: what an intensity is divided by, in the base year.
        source: where it was read; empty for the books.
    """

    part: str
    name: Text
    base: int | None = None
    weight: Fraction | None = None
    growth: Fraction | None = None
    divisor: Fraction | None = None
    mark: str = ""
    source: str = ""


@dataclass(frozen=True)
class Whole:
    """What is split.

    Attributes:
        unit: the smallest parts; allocations are whole numbers of it.
        value: the target in that unit; of a reduction the rate as a fraction.
        reduction: what falls, where the target is a reduction.
    """

    unit: str
    value: Fraction
    reduction: Reduction | None = None

    @property
    def over(self) -> Text | None:
        """What an intensity is divided by."""
        return self.reduction.over if self.reduction else None


def whole_of(plan: Plan, target: Target) -> Whole:
    """Return what is split of a target.

    Raises:
        Fault: ``not_divisible`` for a target that no sum over parts can meet (a share in percent,
            a rate of growth, a year, a ban, words).
    """
    place = f"{plan.id}/{target.id}"
    if target.kind == "reduction" and target.indicator in _reductions():
        found = _reductions()[target.indicator]
        return Whole(found.unit, exact(target.value or 0) / PERCENT, found)
    if target.kind in _AMOUNTS and target.unit is not None and target.value is not None:
        unit = amount_unit(target.unit)
        if unit is not None:
            return Whole(unit, exact(target.value) * exact(factor(target.unit, unit)))
    values = {"kind": target.kind, "unit": target.unit or "–", "indicator": target.indicator}
    raise Fault("not_divisible", place, **values)


def whole_number(value: Fraction, unit: str, place: str) -> int:
    """Return a value that must be whole.

    Raises:
        Fault: ``not_whole``.
    """
    if value.denominator != 1:
        raise Fault("not_whole", place, label=f"{float(value):g}", unit=unit)
    return int(value)


def growths(
    whole: Whole, parts: Sequence[Part], stated: Fraction | None, place: str
) -> tuple[Fraction, Any, Text, tuple[Finding, ...]]:
    """Return the growth of what an intensity is divided by, of the whole and each part, and why.

    A part without growth of its own grows as the whole does. Where the parts' divisors of the
    base year and some growths are known, they give the whole's: Σ Dᵢ·gᵢ ÷ Σ Dᵢ.

    Raises:
        Fault: ``growth_unknown``, ``growth_unwanted`` for what is no intensity.
    """
    own = [part for part in parts if part.growth is not None]
    if whole.over is None:
        if own or stated is not None:
            raise Fault("growth_unwanted", place)
        return Fraction(0), column([Fraction(0)] * len(parts)), _STATED, ()
    known = all(part.divisor is not None for part in parts)
    divisor = sum((part.divisor or 0 for part in own), Fraction(0))
    computed: Fraction | None = None
    if own and known and divisor > 0:
        zero = Fraction(0)
        grown = ((part.divisor or zero) * (part.growth or zero) for part in own)
        computed = sum(grown, zero) / divisor
    found: tuple[Finding, ...] = ()
    if stated is not None and computed is not None and len(own) == len(parts):
        said, sums = (round(float(rate * PERCENT), DECIMALS) for rate in (stated, computed))
        if said != sums:
            found = (Finding("growth_differs", place, {"stated": said, "computed": sums}),)
    rate = stated if stated is not None else computed
    if rate is None:
        raise Fault("growth_unknown", place, over=whole.over)
    each = column([rate if part.growth is None else part.growth for part in parts])
    return rate, each, _STATED if stated is not None else _OF_PARTS, found


def target_node(plan: Plan, target: Target) -> Node:
    """Return a target with the clauses that state it."""
    return Node(
        "target",
        f"{plan.id}/{target.id}",
        target.title,
        -target.value if target.kind == "reduction" and target.value else target.value,
        target.unit or "",
        marks().resolve(target.checked).id,
        flags=("about",) if target.about else (),
        source=plan.id,
        detail=target.note,
        children=tuple(
            Node(
                "clause",
                f"{source.document}/{source.clause}",
                source.wording or plan.title,
                source=source.seen or "",
            )
            for source in target.sources
        ),
    )


def part_nodes(part: Part, unit: str, by: Text, weight_unit: str) -> Iterable[Node]:
    """Yield what is known of a part: base, weight and own growth."""
    kind: Literal["entry", "account"] = "entry" if part.source else "account"
    held = (
        ("base", BASE, part.base, unit),
        ("weight", by, part.weight, weight_unit),
        ("growth", Text(zh="增长", en="growth"), part.growth, "%"),
        ("divisor", Text(zh="分母（基年）", en="divided by (base year)"), part.divisor, ""),
    )
    for name, label, value, shown in held:
        if value is not None:
            number = plain(value * PERCENT if name == "growth" else value)
            yield Node(
                kind, f"{name}/{part.part}", label, number, shown, part.mark, source=part.source
            )


def plain(value: Fraction | int) -> float | int:
    """Return a number for a tree: whole numbers stay whole."""
    return int(value) if value == int(value) else float(value)


def percent(rate: Fraction | None) -> float | None:
    """Return a fraction in percent."""
    return None if rate is None else float(rate * PERCENT)


def amount_unit(unit: str) -> str | None:
    """Return the smallest parts in which an amount is shared, ``None`` where there are none."""
    for wanted in settings().quanta:
        try:
            factor(unit, wanted)
        except Fault:
            continue
        return wanted
    return None


def best_share() -> float:
    """The share of a sector's firms that are its best."""
    return settings().best_share


def base_measure(target: Target) -> Indicator | None:
    """Return the indicator over the books whose numerator is the base of a target."""
    held = indicators()
    indicator = held.resolve(target.indicator)
    own = held[indicator.of_reporters] if indicator.of_reporters else indicator
    return own if own.source == "sum_of_reporters" and own.measure in _MEASURES else None


def known_amount(total: Total) -> bool:
    """Whether no part of a total is unknown."""
    return not UNKNOWN & set(total.flags)
