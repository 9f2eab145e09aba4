"""Limits that plans set on capacity: no net growth, the scale of a base year, none of a route."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from dafeng.explain import Node
from dafeng.gate.capacity import new_capacity
from dafeng.gate.case import Case, Remark, Row, shown
from dafeng.gate.lines import CAPACITY, Given, capacity_of, given
from dafeng.gate.project import Product
from dafeng.gate.settings import Family, Limit, families, family_of, route_limits
from dafeng.indicators import there, within
from dafeng.plan import Plan, Target
from dafeng.vocabulary import ancestors, items, marks, period

_NET, _CAP = "zero_net_growth", "cap"
_UNIT = f"{CAPACITY}/a"


def net_capacity(case: Case) -> Iterator[Remark]:
    """Hold new less retired capacity against each plan that limits it there."""
    if not case.project.products:
        yield Remark("products_not_stated")
        return
    found = [*_nets(case), *_routes(case)]
    yield from found or [Remark("no_limit_there")]


def _targets(case: Case, indicator: str, kind: str) -> Iterator[tuple[Plan, Target]]:
    places = {place.id for place in ancestors(case.project.region)}
    for plan in case.plans:
        if plan.owner in places:
            yield from (
                (plan, t) for t in plan.targets if (t.indicator, t.kind) == (indicator, kind)
            )


def _nets(case: Case) -> Iterator[Remark]:
    for family in families().values():
        own = [one for one in case.project.products if family_of(one.item) is family]
        for item in dict.fromkeys(one.item for one in own):
            for indicator in family.limits:
                for plan, target in _targets(case, indicator, _NET):
                    yield _net(case, family, [o for o in own if o.item == item], plan, target)


def _net(case: Case, family: Family, own: list[Product], plan: Plan, target: Target) -> Remark:
    """Judge what a product adds in the region of a plan."""
    item = own[0].item
    clauses = _clauses(target)
    values = {"item": items()[item].name, "plan": plan.title, "target": target.id}
    day = case.decided
    if day is None:
        return Remark("start_not_stated", {}, clauses)
    if _over(day, plan, target):
        return Remark("limit_over", values | {"year": target.year or plan.period}, clauses)
    new = new_capacity(own)
    lines = given(case, family, item, day)
    if new is None or lines.possible is None:
        return Remark("net_not_known", values, clauses)
    replaced = lines.sure if target.exclusions else _inside(lines)
    net = new - replaced
    values |= {"new": shown(new), "retired": shown(replaced), "net": shown(net)}
    figure = case.figure(f"net_capacity/{target.id}/{item}", net, _UNIT)
    nodes = (figure, _target_node(target))
    if net <= 0:
        return Remark("net_within", values, clauses, nodes)
    if target.exclusions:
        reason = "net_open" if new <= lines.possible else "net_above"
        return Remark(reason, values, clauses, nodes)
    return _of_region(case, item, plan, target, Remark("", values, clauses, nodes), new)


def _of_region(
    case: Case, item: str, plan: Plan, target: Target, said: Remark, new: Decimal
) -> Remark:
    """Judge by the capacity of the whole region since the base year; without lines it is open.

    Lines that the project retires leave it, if the books still hold them as running.
    """
    lines = [
        row
        for row in case.lines.values()
        if row["product"] == item and within(row["region"], plan.owner)
    ]
    if not lines:
        return Remark("net_region_unknown", said.values, said.clauses, said.nodes)
    base = target.base_year or (target.first_year or _first_year(plan)) - 1
    gone = {one.line for one in case.project.retires}
    staying = [row for row in lines if row["line"] not in gone]
    then, now = _sum(lines, f"{base}-12-31"), _sum(lines, str(case.day))
    after = _sum(staying, str(case.day)) + new
    values = {**said.values, "base": base}
    values |= {"then": shown(then), "now": shown(now), "after": shown(after)}
    reason = "net_region_within" if after <= then else "net_region_above"
    return Remark(reason, values, said.clauses, said.nodes)


def _routes(case: Case) -> Iterator[Remark]:
    for limit in route_limits():
        own = [one for one in case.project.products if one.item in limit.items]
        for plan, target in _targets(case, limit.indicator, _CAP) if own else ():
            yield _route(case, limit, own, plan, target)


def _route(case: Case, limit: Limit, own: list[Product], plan: Plan, target: Target) -> Remark:
    clauses = _clauses(target)
    values = {"route": limit.name, "plan": plan.title, "target": target.id}
    day = case.decided
    if day is None:
        return Remark("start_not_stated", {}, clauses)
    if _over(day, plan, target):
        return Remark("limit_over", values | {"item": limit.name, "year": target.year}, clauses)
    if any(not one.route for one in own):
        return Remark("route_not_stated", values, clauses)
    new = new_capacity([one for one in own if one.route in limit.routes])
    if new is None:
        return Remark("net_not_known", values | {"item": limit.name}, clauses)
    first = f"{_first_year(plan)}-01-01"
    held = [
        row
        for row in case.lines.values()
        if row["product"] in limit.items
        and row["route"] in limit.routes
        and within(row["region"], plan.owner)
        and first <= (row["first"] or "") <= str(case.day)
    ]
    before = sum((_size(row) for row in held), Decimal(0))
    most = capacity_of(target.value, target.unit or "t") or Decimal(0)
    values |= {"new": shown(new), "before": shown(before), "most": shown(most)}
    nodes = (case.figure(f"route_capacity/{target.id}", new, _UNIT), _target_node(target))
    allowed = new == 0 or before + new <= most
    return Remark("route_within" if allowed else "route_above", values, clauses, nodes)


def _inside(lines: Given) -> Decimal:
    """Return what retires in the province itself, as far as it may be counted."""
    return min(lines.own, lines.sure)


def _over(day: date, plan: Plan, target: Target) -> bool:
    last = target.year or period(plan.period).last.year
    return not _first_year(plan) <= day.year <= last


def _first_year(plan: Plan) -> int:
    return period(plan.period).first.year


def _sum(lines: list[Row], day: str) -> Decimal:
    return sum((_size(row) for row in lines if there(row, day)), Decimal(0))


def _size(row: Row) -> Decimal:
    return capacity_of(row["capacity"], row["unit"]) or Decimal(0)


def _clauses(target: Target) -> tuple[str, ...]:
    return tuple(f"{one.document}/{one.clause}" for one in target.sources[:1])


def _target_node(target: Target) -> Node:
    return Node(
        "target",
        target.id,
        target.title,
        target.value,
        target.unit or "",
        marks().resolve(target.checked).id,
        source=_clauses(target)[0],
    )
