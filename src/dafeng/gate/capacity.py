"""Capacity replacement: for each product the ratio of its rule against the lines that retire."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dafeng.accounting import parameter_node
from dafeng.explain import Node
from dafeng.gate.case import Case, Remark, shown
from dafeng.gate.lines import CAPACITY, Given, capacity_of, given, strange
from dafeng.gate.project import Product
from dafeng.gate.settings import Family, families, family_of
from dafeng.gate.site import KEY, OTHER, air_node, air_of, hearing, moved, park
from dafeng.rulebook import Formula, compute, province_of
from dafeng.vocabulary import Fault, Text, items, regions

_SITUATION, _ABROAD, _RESTRICTED = "situation", "cross-province", "restricted"
_UNIT = f"{CAPACITY}/a"


@dataclass(frozen=True)
class Needed:
    """What has to exit for a product: the least and the most, where the case is not settled."""

    least: Decimal
    most: Decimal
    nodes: tuple[Node, ...]
    clauses: tuple[str, ...]
    ratios: tuple[Decimal, ...]

    @property
    def said(self) -> str:
        """The ratios as they stand in a sentence."""
        return "–".join(f"{shown(ratio)}:1" for ratio in sorted(set(self.ratios)))

    def perhaps(self, other: Needed) -> Needed:
        """Return what is needed where another case may hold, which asks for more."""
        if other.most <= self.most:
            return self
        return Needed(
            self.least,
            other.most,
            (*self.nodes, *other.nodes),
            tuple(dict.fromkeys((*self.clauses, *other.clauses))),
            (*self.ratios, *other.ratios),
        )


def replacement(case: Case) -> Iterator[Remark]:
    """Compare, product by product, the capacity that has to exit with what may be counted."""
    ruled = [(one, family_of(one.item)) for one in case.project.products]
    held = [(product, family) for product, family in ruled if family is not None]
    unclear = [*_unclear(case)]
    yield from unclear
    if not held:
        if not unclear:
            asked = "replacement_not_asked" if case.project.products else "products_not_stated"
            yield Remark(asked)
        return
    published = case.project.capacity_plan.published
    if published is not None and published > case.day:
        yield Remark("plan_published_later", {"date": published, "day": case.day})
    yield from strange(case, {product.item for product, _ in held})
    if case.decided is not None:
        for name in dict.fromkeys(family.id for _, family in held):
            yield from park(case, families()[name], case.decided)
    for item in dict.fromkeys(product.item for product, _ in held):
        own = [product for product, _ in held if product.item == item]
        family = next(family for product, family in held if product.item == item)
        yield from _product(case, family, item, own)


def _unclear(case: Case) -> Iterator[Remark]:
    """Yield products behind which there is capacity of a family that is not stated."""
    made = {one.item for one in case.project.products}
    for family in families().values():
        for product in case.project.products:
            values = {"item": items()[product.item].name, "family": family.name}
            if product.item in family.unclear:
                yield Remark("product_unclear", values, (family.clause,))
            inside = any(
                product.item == one.item and product.route in one.routes for one in family.within
            )
            if inside and not made & set(family.items):
                yield Remark("inside_not_stated", values, (family.clause,))


def new_capacity(products: list[Product]) -> Decimal | None:
    """Return the capacity of products in 10^4 t/a, ``None`` where one does not state it."""
    sizes = [capacity_of(one.capacity, one.unit) for one in products]
    known = [size for size in sizes if size is not None]
    return sum(known, Decimal(0)) if len(known) == len(sizes) else None


def _product(case: Case, family: Family, item: str, products: list[Product]) -> Iterator[Remark]:
    name = items()[item].name
    new = new_capacity(products)
    if new is None:
        yield Remark("capacity_not_stated", {"item": name})
        return
    day = case.decided
    if day is None:
        yield Remark("start_not_stated")
        return
    lines = given(case, family, item, day)
    yield from lines.remarks
    yield from moved(case, family, lines, day)
    refused = _situation(case, family, day)
    if refused is not None:
        yield refused
        return
    needed = _needed(case, family, new, lines, day)
    if isinstance(needed, Remark):
        yield needed
        if not family.formula and lines.possible is not None and lines.possible < new:
            values = {"item": name, "new": shown(new), "held": shown(lines.possible)}
            yield Remark("replacement_below_equal", values, (family.clause,), tuple(lines.nodes))
        return
    yield _compared(case, name, new, lines, needed)
    if needed.most == 0 and case.project.capacity_plan.situation in family.exempt:
        yield hearing(case)


def _compared(case: Case, name: Text, new: Decimal, lines: Given, needed: Needed) -> Remark:
    low, high = needed.least, needed.most
    values = {
        "item": name,
        "new": shown(new),
        "needed": shown(low) if low == high else f"{shown(low)}–{shown(high)}",
        "held": shown(lines.sure),
        "ratio": shown(lines.sure / new) if new else "–",
        "asked": needed.said,
    }
    nodes = (case.figure("new_capacity", new, _UNIT), *lines.nodes, *needed.nodes)
    if lines.sure >= high:
        return Remark("replacement_met", values, needed.clauses, nodes)
    possible = lines.possible
    if possible is not None and possible < low:
        values |= {"short": shown(low - possible)}
        return Remark("replacement_below_ratio", values, needed.clauses, nodes)
    return Remark("replacement_open", values, needed.clauses, nodes)


def _needed(case: Case, family: Family, new: Decimal, lines: Given, day: date) -> Needed | Remark:
    """Return what the rule of a day asks to exit, or why that cannot be said."""
    if not family.formula:
        return Remark("ratio_not_seen", {"family": family.name}, (family.clause,))
    plan = case.project.capacity_plan
    book = case.rules.formulas
    try:
        if plan.rule:
            formula = case.rules.named(book, plan.rule, day)
        else:
            formula = case.rules.edition(book, family.formula, day, case.project.region)
        return _asked(case, formula, new, lines, day)
    except Fault as fault:
        return _no_rule(fault, family, plan.situation, day)


def _no_rule(fault: Fault, family: Family, situation: str, day: date) -> Remark:
    """Return why the rule of a day says nothing; any other fault goes on."""
    if fault.code == "no_edition":
        why = fault.values["why"]
        return Remark("no_rule_in_force", {"day": day, "why": why}, (family.clause,))
    if fault.code == "unknown_case":
        return Remark("situation_not_in_rule", {"situation": situation, "day": day})
    raise fault


def _asked(case: Case, formula: Formula, new: Decimal, lines: Given, day: date) -> Needed:
    """Return what a rule asks; where it may have kept a case of the one before, up to that."""
    general, strict = _situations(case, lines, day)
    known = _cases(case, formula)
    sure = [name for name, certain in strict.items() if certain and name in known]
    perhaps = [name for name, certain in strict.items() if not certain and name in known]
    found = _computed(case, formula, new, [*(sure or general), *perhaps], day)
    before = _before(case, formula)
    lost = [name for name in strict if name not in known and name in _cases(case, before)]
    if not lost or before is None or before.applies_to is None:
        return found
    return found.perhaps(_computed(case, before, new, lost, before.applies_to))


def _situations(case: Case, lines: Given, day: date) -> tuple[list[str], dict[str, bool]]:
    """Return the general cases that may apply, and the strict ones with whether they do.

    Which lines retire decides on the strict ones. A special case that is stated does not lift what
    holds anywhere: then both may apply.
    """
    stated = case.project.capacity_plan.situation
    strict = {_ABROAD: True} if lines.abroad else {}
    if lines.restricted & {True, None}:
        strict[_RESTRICTED] = True in lines.restricted
    if stated and stated not in (KEY, OTHER):
        return [stated], dict.fromkeys(strict, False)
    air = stated or air_of(case, day)
    return ([air] if air else [KEY, OTHER]), strict


def _before(case: Case, formula: Formula) -> Formula | None:
    """Return the edition before this one."""
    first = formula.applies_from
    held = [
        one
        for one in case.rules.formulas.values()
        if one.family == formula.family and first and one.applies_to and one.applies_to < first
    ]
    return max(held, key=lambda one: one.applies_to or date.min, default=None)


def _situation(case: Case, family: Family, day: date) -> Remark | None:
    """Return what speaks against the case that the project states, by where it stands."""
    stated = case.project.capacity_plan.situation
    where = next((one for one in family.situations if one.id == stated), None)
    if where is None:
        return None
    air, province = air_of(case, day), province_of(case.project.region)
    values = {"situation": stated, "region": regions()[province].name}
    away = bool(where.regions) and province not in where.regions
    if (where.air and air and air != where.air) or (away and not where.more):
        return Remark("situation_elsewhere", values, (family.clause,))
    if away or (where.air and not air and stated not in (KEY, OTHER)):
        return Remark("situation_open", values, (family.clause,))
    return None


def _cases(case: Case, formula: Formula | None) -> set[str]:
    if formula is None:
        return set()
    sets = (case.rules.sets[name] for ref in formula.parameters.values() for name in ref.sets)
    return {name for one in sets for name in one.cases}


def _computed(
    case: Case, formula: Formula, new: Decimal, situations: list[str], day: date
) -> Needed:
    if _SITUATION not in formula.inputs:
        situations = situations[:1]
    columns: dict[str, list[object]] = {"new": [new] * len(situations)}
    if _SITUATION in formula.inputs:
        columns[_SITUATION] = list(situations)
    found = compute(case.rules, formula, columns, day, case.project.region)
    exits = list(found.steps[formula.steps[-1].id])
    values = [value for value in found.values["ratio"] if value is not None]
    ratios = tuple(Decimal(str(value.number)) for value in values)
    return Needed(
        min(exits),
        max(exits),
        (
            *(parameter_node(case.rules, value.id) for value in values),
            *(air_node(case, day) if {KEY, OTHER} & set(situations) else ()),
        ),
        tuple(dict.fromkeys(value.clause for value in values)),
        ratios,
    )
