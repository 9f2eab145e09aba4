"""What a region has to reach, read from the targets of its plans."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from dafeng.budget.terms import Goal, MetricTerm, Origin, Rate
from dafeng.explain import Node
from dafeng.indicators import target_node
from dafeng.plan import Plan, Target
from dafeng.vocabulary import Text, period

_PERCENT = Decimal(100)


def goals(
    plans: Iterable[Plan],
    region: str,
    metric: MetricTerm,
    origin: Origin,
    *,
    first: str | None = None,
    growth: Decimal | None = None,
) -> list[Goal]:
    """Return what a region has to reach, the plan named first, then the newest.

    Args:
        plans: all plans at hand.
        region: code of the region.
        metric: of what.
        origin: where use and growth come from; it says which intensity the target is of.
        first: id of the plan that comes before the others.
        growth: a year's growth in percent that is assumed where no target states it.
    """
    sources = metric.sources(origin)
    own = [plan for plan in plans if plan.owner == region]
    rates = _planned(own, sources.rate)
    order = sorted(own, key=lambda p: (p.id == first, str(p.issued or "")), reverse=True)
    return [
        _goal(plan, target, rates, growth)
        for plan in order
        for target in plan.targets
        if target.indicator == sources.intensity and target.kind == "reduction"
    ]


def goal_for(held: Iterable[Goal], year: int) -> Goal | None:
    """Return the goal whose time holds a year, else ``None``."""
    return next((goal for goal in held if goal.base_year < year <= goal.year), None)


def _planned(plans: Iterable[Plan], indicator: str) -> dict[int, Rate]:
    """Return the growth that plans state, by year; a later plan gives way to an earlier one."""
    found: dict[int, Rate] = {}
    for plan in plans:
        for target in plan.targets:
            if target.indicator == indicator and target.kind == "annual_growth":
                rate = Rate(Decimal(str(target.value)) / _PERCENT, target_node(plan, target))
                span = range(
                    target.first_year or period(plan.period).year,
                    (target.year or period(plan.period).last.year) + 1,
                )
                found = dict.fromkeys(span, rate) | found
    return found


def _goal(plan: Plan, target: Target, rates: dict[int, Rate], growth: Decimal | None) -> Goal:
    base, last = target.base_year or 0, target.year or 0
    planned = {year: rate for year, rate in rates.items() if base < year <= last}
    if growth is not None:
        assumed = _assumed(growth)
        planned = dict.fromkeys(range(base + 1, last + 1), assumed) | planned
    cut = Rate(Decimal(str(target.value)) / _PERCENT, target_node(plan, target))
    stretch = None if target.stretch is None else Decimal(str(target.stretch)) / _PERCENT
    return Goal(base, last, cut, planned, stretch, plan.id)


def _assumed(growth: Decimal) -> Rate:
    title = Text(zh="假设的年增速", en="assumed growth per year")
    node = Node("assumption", f"growth/{growth}", title, float(growth), "%", flags=("assumed",))
    return Rate(growth / _PERCENT, node)
