"""The marginal abatement cost curve, overlaps counted: of each step only what it adds.

Options that exclude each other or work on one system form a *cluster*. Of a cluster all
combinations that are allowed are compared, and those are kept that no mix of others beats (the
lower hull of cost over abatement, from doing nothing on). A step of the curve leads from one of
them to the next: its amount and its cost are the differences, and the steps of a cluster come in
order of their cost per tonne by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa

from dafeng.portfolio.choices import setting, views
from dafeng.portfolio.cost import Costs, unit_cost, yearly_costs
from dafeng.portfolio.model import MEASURES
from dafeng.portfolio.overlap import Systems, systems_of
from dafeng.portfolio.projects import Bools, Floats, Projects
from dafeng.vocabulary import Fault, Text

STEPS = pa.schema(
    [
        ("step", pa.int64()),
        ("project", pa.string()),
        ("replaces", pa.string()),
        ("reporter", pa.string()),
        ("region", pa.string()),
        ("amount_t", pa.float64()),
        ("alone_t", pa.float64()),
        ("cost_yuan", pa.float64()),
        ("cost_yuan_per_t", pa.float64()),
        ("from_t", pa.float64()),
        ("to_t", pa.float64()),
        ("mark", pa.string()),
    ]
)
LEFT_OUT = pa.schema(
    [
        ("project", pa.string()),
        ("why", pa.string()),
        ("alone_t", pa.float64()),
        ("cost_yuan", pa.float64()),
        ("cost_yuan_per_t", pa.float64()),
    ]
)


@dataclass(frozen=True)
class Curve:
    """A cost curve.

    Attributes:
        measure: ``tco2`` or ``tce``, of which the tonnes are.
        view, rate, price_year: whose money, at which discount rate and prices.
        steps: a row per step, cheapest first: what is ``amount_t`` tonnes per year more for
            ``cost_yuan`` per year more; ``from_t`` to ``to_t`` is where it stands on the axis.
            ``alone_t`` is what its projects would save if each were done alone.
        left_out: options that stand on no step: ``dominated`` or ``no_effect``.
        sum_alone: tonnes of all options if each were done alone, which nobody can reach.
    """

    measure: str
    view: str
    rate: float
    price_year: int
    steps: pa.Table
    left_out: pa.Table
    sum_alone: float
    mark: str

    @property
    def default_rate(self) -> bool:
        """Whether the discount rate is that of the settings."""
        return self.rate == setting("discount_rate")

    @property
    def view_name(self) -> Text:
        """Whose money is counted."""
        return views()[self.view].name

    @property
    def total(self) -> float:
        """Tonnes per year that the whole curve comes to."""
        return float(np.sum(self.steps["amount_t"].to_numpy()))


def curve(
    projects: Projects, measure: str = "tco2", view: str = "society", rate: float | None = None
) -> Curve:
    """Return the cost curve of options.

    Args:
        projects: the options.
        measure: ``tco2`` or ``tce``.
        view: whose money is counted.
        rate: real discount rate per year; by default that of the settings.

    Raises:
        Fault: ``unknown_saving_measure``, ``unknown_cost_view``, ``bad_rate``,
            ``price_years_differ``, ``cluster_too_large``.
    """
    discount = setting("discount_rate") if rate is None else rate
    if measure not in MEASURES:
        raise Fault("unknown_saving_measure", label=measure, near=", ".join(MEASURES))
    if not 0 <= discount < 1:
        raise Fault("bad_rate", rate=discount)
    costs = yearly_costs(projects, views().resolve(view), discount)
    systems = systems_of(projects, costs.energy)
    alone = projects.numbers("reduction_tco2" if measure == "tco2" else "saving_tce")
    steps: list[dict[str, Any]] = []
    for cluster in clusters(projects):
        steps += _steps(projects, costs, systems, measure, alone, cluster)
    steps.sort(key=lambda step: (step["cost_yuan_per_t"], step["project"]))
    end = np.cumsum([step["amount_t"] for step in steps])
    for i, step in enumerate(steps):
        step |= {"step": i + 1, "from_t": end[i - 1] if i else 0.0, "to_t": end[i]}
        step |= {"mark": projects.mark}
    return Curve(
        measure,
        view,
        discount,
        projects.price_year,
        pa.Table.from_pylist(steps, STEPS),
        pa.Table.from_pylist(list(_left_out(projects, costs, alone, steps)), LEFT_OUT),
        float(alone.sum()),
        projects.mark,
    )


def _steps(
    projects: Projects,
    costs: Costs,
    systems: Systems,
    measure: str,
    alone: Floats,
    cluster: list[int],
) -> Iterator[dict[str, Any]]:
    """Yield the steps of a cluster, from nothing to its largest combination on the hull."""
    packages = combinations(projects, cluster)
    amount, cost = _totals(packages, cluster, costs, systems, measure)
    kept = hull(amount, cost)
    for before, after in pairwise(kept):
        added = [i for i, a in zip(cluster, packages[after] & ~packages[before], strict=True) if a]
        gone = [i for i, a in zip(cluster, packages[before] & ~packages[after], strict=True) if a]
        tonnes, yuan = amount[after] - amount[before], cost[after] - cost[before]
        yield {
            "project": _names(projects, added),
            "replaces": _names(projects, gone),
            "reporter": _several(projects.texts("reporter"), added),
            "region": _several(projects.texts("region"), added),
            "amount_t": tonnes,
            "alone_t": float(alone[added].sum() - alone[gone].sum()),
            "cost_yuan": yuan,
            "cost_yuan_per_t": yuan / tonnes,
        }


def _names(projects: Projects, at: list[int]) -> str:
    return "; ".join(projects.ids[i] for i in at)


def _several(names: list[str], at: list[int]) -> str:
    return "; ".join(dict.fromkeys(names[i] for i in at))


def clusters(projects: Projects) -> list[list[int]]:
    """Return options put together that exclude each other or work on one system."""
    parent = list(range(len(projects)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = i = parent[parent[i]]
        return i

    first: dict[tuple[str, str], int] = {}
    for i, (system, groups) in enumerate(
        zip(projects.texts("system"), projects.groups, strict=True)
    ):
        tied = [("group", name) for name in groups] + ([("system", system)] if system else [])
        for name in tied:
            a, b = sorted((root(i), root(first.setdefault(name, i))))
            parent[b] = a
    found: dict[int, list[int]] = {}
    for i in range(len(projects)):
        found.setdefault(root(i), []).append(i)
    return list(found.values())


def combinations(projects: Projects, cluster: list[int]) -> Bools:
    """Return the allowed combinations of a cluster, a row each; the first is nothing.

    Raises:
        Fault: ``cluster_too_large``.
    """
    most = int(setting("most_packages"))
    groups = [set(projects.groups[i]) for i in cluster]
    found: list[tuple[list[int], set[str]]] = [([], set())]
    for k, own in enumerate(groups):
        found += [([*held, k], taken | own) for held, taken in found if not taken & own]
        if len(found) > most:
            names = _names(projects, cluster[:3])
            raise Fault("cluster_too_large", names, options=len(cluster), most=most)
    rows = np.zeros((len(found), len(cluster)), dtype=bool)
    for row, (held, _) in zip(rows, found, strict=True):
        row[held] = True
    return rows


def _totals(
    packages: Bools, cluster: list[int], costs: Costs, systems: Systems, measure: str
) -> tuple[Floats, Floats]:
    """Return tonnes and yuan per year of each combination."""
    at = np.array(cluster)
    amount = np.zeros(len(packages))
    cost = packages @ costs.own[at]
    for system in np.unique(systems.system[at]):
        within = systems.system[at] == system
        sets = systems.offset[system] + packages[:, within] @ systems.bit[at[within]]
        amount += systems.effect[measure][sets]
        cost -= systems.effect["energy"][sets]
    return amount, cost


def hull(amount: Floats, cost: Floats) -> list[int]:
    """Return the points of the lower hull to the right of the first point, in order of amount."""
    order = np.lexsort((cost, amount))
    kept = [0]
    for i in order.tolist():
        if amount[i] <= amount[kept[-1]]:
            continue
        while len(kept) > 1 and _slope(amount, cost, kept[-2], i) <= _slope(
            amount, cost, kept[-2], kept[-1]
        ):
            kept.pop()
        kept.append(i)
    return kept


def _slope(amount: Floats, cost: Floats, a: int, b: int) -> float:
    return float((cost[b] - cost[a]) / (amount[b] - amount[a]))


def _left_out(
    projects: Projects, costs: Costs, alone: Floats, steps: list[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Yield the options that stand on no step, and why."""
    on = {name for step in steps for name in step["project"].split("; ")}
    price = unit_cost(costs.alone, alone)
    for i, name in enumerate(projects.ids):
        if name not in on:
            yield {
                "project": name,
                "why": "no_effect" if alone[i] <= 0 else "dominated",
                "alone_t": float(alone[i]),
                "cost_yuan": float(costs.alone[i]),
                "cost_yuan_per_t": None if np.isnan(price[i]) else float(price[i]),
            }
