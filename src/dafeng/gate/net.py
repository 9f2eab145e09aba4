"""Limits that plans set on capacity: no net growth, the scale of a base year, none of a route."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from dafeng.explain import Node
from dafeng.gate.capacity import new_capacity
from dafeng.gate.case import Case, Remark, Row, listed, shown
from dafeng.gate.lines import CAPACITY, Given, capacity_of, estimate, given
from dafeng.gate.project import Product
from dafeng.gate.settings import Family, Limit, families, family_of, route_limits
from dafeng.indicators import there, within
from dafeng.plan import Plan, Target
from dafeng.vocabulary import ancestors, items, marks, period

_NET, _CAP = "zero_net_growth", "cap"
_RUNNING, _SHOWN = "running", 10
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

    Lines that the project retires leave it, if the books still hold them as running. A line without
    a first day may be older than the base year or not: where that decides, it is not known.
    """
    lines = [
        row
        for row in case.lines.values()
        if row["product"] == item and within(row["region"], plan.owner)
    ]
    if not lines:
        return Remark("net_region_unknown", said.values, said.clauses, said.nodes)
    base = target.base_year or (target.first_year or _first_year(plan)) - 1
    today = [row for row in lines if there(row, str(case.day))]
    held = [row for row in lines if there(row, f"{base}-12-31")]
    undated = [row for row in held if not row["first"]]
    most, now = _sum(held), _sum(today)
    least = most - _sum(undated)  # were all undated lines newer than the base year
    after = now - _leaving(case, today) + new
    before = after - new if case.project.status == _RUNNING else after  # it may be a line already
    values = {**said.values, "base": base, "now": shown(now)}
    values |= {"then": _span(least, most), "after": _span(before, after)}
    values |= {"undated": listed(row["line"] for row in undated[:_SHOWN]) or "–"}
    values |= {"more": _more(undated)}
    guessed = [row["line"] for row in lines if estimate(row)]
    if guessed:
        values |= {"lines": listed(guessed[:_SHOWN]), "count": len(guessed)}
        return Remark("net_region_estimated", values, said.clauses, said.nodes)
    reason = "net_region_within" if after <= least else "net_region_open"
    return Remark("net_region_above" if before > most else reason, values, said.clauses, said.nodes)


def _leaving(case: Case, today: list[Row]) -> Decimal:
    """Return what of the lines that are there leaves with the project: no more than they give."""
    sizes = {row["line"]: _size(row) for row in today}
    parts = {
        one.line: sizes[one.line] if one.gives is None else capacity_of(one.gives, one.unit)
        for one in case.project.retires
        if one.line in sizes
    }
    return sum((min(part or Decimal(0), sizes[name]) for name, part in parts.items()), Decimal(0))


def _more(lines: list[Row]) -> str:
    return f" … ({len(lines)})" if len(lines) > _SHOWN else ""


def _span(low: Decimal, high: Decimal) -> str:
    return shown(low) if low == high else f"{shown(low)}–{shown(high)}"


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
    lost = _route_lost(limit, own)
    if lost is not None:
        return Remark(lost.reason, values | {**lost.values}, clauses)
    new = new_capacity([one for one in own if one.route in limit.routes])
    if new is None:
        return Remark("net_not_known", values | {"item": limit.name}, clauses)
    first = f"{_first_year(plan)}-01-01"
    held = [
        row
        for row in case.lines.values()
        if row["product"] in limit.items
        and not limit.free(row["route"])
        and within(row["region"], plan.owner)
        and (not row["first"] or first <= row["first"] <= str(case.day))
    ]
    sure = _sum([row for row in held if row["first"] and row["route"] in limit.routes])
    before = _sum(held)  # with lines without a day or without a route, which may count or not
    most = capacity_of(target.value, target.unit or "t") or Decimal(0)
    values |= {"new": shown(new), "before": _span(sure, before), "most": shown(most)}
    nodes = (case.figure(f"route_capacity/{target.id}", new, _UNIT), _target_node(target))
    if new == 0 or before + new <= most:
        return Remark("route_within", values, clauses, nodes)
    return Remark("route_above" if sure + new > most else "route_open", values, clauses, nodes)


def _route_lost(limit: Limit, own: list[Product]) -> Remark | None:
    """Return why it cannot be told whether products are of a limited route."""
    if any(not one.route for one in own):
        return Remark("route_not_stated")
    known = limit.routes + limit.others
    strange = [one.route for one in own if one.route not in known]
    values = {"given": listed(strange), "known": listed(known)}
    return Remark("route_unknown", values) if strange else None


def _inside(lines: Given) -> Decimal:
    """Return what retires in the province itself, as far as it may be counted."""
    return min(lines.own, lines.sure)


def _over(day: date, plan: Plan, target: Target) -> bool:
    last = target.year or period(plan.period).last.year
    return not _first_year(plan) <= day.year <= last


def _first_year(plan: Plan) -> int:
    return period(plan.period).first.year


def _sum(lines: list[Row]) -> Decimal:
    return sum((_size(row) for row in lines), Decimal(0))


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
