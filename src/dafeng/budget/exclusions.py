"""What leaves a region's total, each by its own rule and from its own date.

The rule in force on the last day of a period holds for the period. What leaves base and year
*alike* is taken off both, or neither where one of the two is not known. Of an *increment* only what
is more than in the reference year leaves, and the base keeps its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Literal

from dafeng.budget.terms import FILE, Amount, Known, Metric
from dafeng.explain import Node
from dafeng.indicators import exact
from dafeng.rulebook import Reference, Rulebook, Value, describe
from dafeng.vocabulary import Entries, Term, Text, factor, period, read_records

_LEFT_OUT = "left_out_of_total"


class Exclusion(Term):
    """A kind of use that a rule leaves out of the total.

    Attributes:
        metrics: of which rooms.
        base: ``alike``, ``increment`` or ``year``: what becomes of the base year.
        reference_year: year that an increment starts from.
        case, set: the value of the rulebook that says whether it is left out.
        limit: parameter of the greatest share of the wanted saving, where there is one.
        statistics: metric → published measure.
        books: where the books of reporters hold it; empty where they cannot tell.
        list: list whose projects it is, where it is a list.
        optional: whether a region that reports none has none.
    """

    metrics: tuple[Metric, ...]
    base: Literal["alike", "increment", "year"]
    reference_year: int | None = None
    case: str
    set: str
    limit: str | None = None
    statistics: dict[Metric, str]
    books: str = ""
    list: str = ""
    optional: bool = False


@dataclass(frozen=True)
class Active:
    """An exclusion with the rule that holds.

    Attributes:
        share: greatest share of the wanted saving, as a fraction; ``None`` without a limit.
    """

    exclusion: Exclusion
    rule: Value
    node: Node
    share: Fraction | None = None


@dataclass(frozen=True)
class Left:
    """What is left out of one year.

    Attributes:
        grams: whole grams; ``None`` where it is not known and stays in.
        base: what leaves the base year.
    """

    active: Active
    grams: int | None
    base: int
    node: Node

    @property
    def id(self) -> str:
        """Id of the exclusion."""
        return self.active.exclusion.id


@cache
def exclusions() -> Entries[Exclusion]:
    """All exclusions, in the order in which they are taken off."""
    return Entries("exclusion", read_records(Exclusion, FILE, "exclusions"))


def in_force(rules: Rulebook, metric: Metric, when: str) -> list[Active]:
    """Return the exclusions whose rule holds on the last day of a period."""
    found = []
    for exclusion in exclusions().values():
        if metric not in exclusion.metrics:
            continue
        flag = _value(rules, exclusion, _LEFT_OUT, when, exclusion.case)
        if flag is None or not flag.number:
            continue
        share = None
        if exclusion.limit:
            limit = _value(rules, exclusion, exclusion.limit, when, None)
            share = None if limit is None or limit.number is None else _fraction(limit)
        found.append(Active(exclusion, flag, _rule_node(rules, flag), share))
    return found


def left_out(
    active: Sequence[Active], known: Known, *, year: int, base_year: int, saving: int | None = None
) -> list[Left]:
    """Return what is left out of a year and of the base year.

    Args:
        active: the exclusions in force for the year that is judged.
        known: what the region reports.
        year: year of the use.
        base_year: year that the target starts from.
        saving: grams that the target wants to be saved in the year; limits what has a limit.
    """
    held = [one for one in active if not _absent(one.exclusion, known, year)]
    return [_left(one, known, year, base_year, saving) for one in held]


def _absent(kind: Exclusion, known: Known, year: int) -> bool:
    """Whether a region has no such thing, as far as it says."""
    return kind.optional and (kind.id, year) not in known.apart


def _left(one: Active, known: Known, year: int, base_year: int, saving: int | None) -> Left:
    kind = one.exclusion
    years = {"alike": base_year, "increment": kind.reference_year or base_year, "year": year}
    other = years[kind.base]
    now, then = (known.apart.get((kind.id, when)) for when in (year, other))
    if now is None or then is None:
        return _unknown(one, year if now is None else other)
    if kind.limit and saving is None:
        return _unknown(one, year)
    grams = max(now.grams - then.grams, 0) if kind.base == "increment" else now.grams
    if one.share is not None and saving is not None:
        grams = min(grams, int(one.share * saving))
    base = then.grams if kind.base == "alike" else 0
    amounts = (now,) if kind.base == "year" else (now, then)
    return Left(one, grams, base, _node(one, year, grams, *amounts))


def _unknown(one: Active, year: int) -> Left:
    node = Node(
        "formula",
        f"excluded/{one.exclusion.id}/{year}",
        one.exclusion.name,
        flags=("not_left_out",),
        detail=Text(zh=f"{year}年未报，未扣除", en=f"not reported for {year}, not taken off"),
        children=(one.node,),
    )
    return Left(one, None, 0, node)


def _node(one: Active, year: int, grams: int, *amounts: Amount) -> Node:
    return Node(
        "formula",
        f"excluded/{one.exclusion.id}/{year}",
        one.exclusion.name,
        -grams,
        amounts[0].node.unit,
        detail=one.exclusion.note,
        children=(*(amount.node for amount in amounts), one.node),
    )


def _value(
    rules: Rulebook, kind: Exclusion, parameter: str, when: str, case: str | None
) -> Value | None:
    ref = Reference(parameter=parameter, sets=(kind.set,), case=case)
    chosen = rules.choose(ref, "", period(when))
    return chosen.value if chosen else None


def _fraction(value: Value) -> Fraction:
    return exact(value.number or 0) * exact(factor(value.unit, "1"))


def _rule_node(rules: Rulebook, value: Value) -> Node:
    _, clause = rules.clause(value.clause)
    flags = ("our_reading",) if value.set.our_reading else ()
    return Node(
        "parameter",
        value.id,
        describe(rules, value),
        value.number,
        value.unit,
        value.mark,
        flags,
        detail=value.set.our_reading,
        children=(Node("clause", value.clause, clause.text),),
    )
