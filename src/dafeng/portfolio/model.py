"""The choice as arrays: which option starts when, under which limits, toward which demands."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from dafeng.portfolio.choices import Objective, Span, objectives, setting, views
from dafeng.portfolio.cost import Costs, yearly_costs
from dafeng.portfolio.overlap import Systems, systems_of
from dafeng.portfolio.projects import Bools, Floats, Ints, Projects, Rows, limits_of
from dafeng.portfolio.spending import Matrix, spending
from dafeng.vocabulary import Fault

KEY = "key"
MEASURES = ("tco2", "tce")
TINY = 1 / 1000 / 1000
"""A share below which a difference is noise of sums and of the solver's tolerance."""


@dataclass(frozen=True)
class Wanted:
    """What a selection is asked for.

    Attributes:
        span: years of start, and the target year.
        objective: id of the objective.
        gaps: measure (``tco2``, ``tce``) → tonnes per year that must be saved in the target year.
        key: least number of provincial key projects.
        view: whose money a cost counts.
        rate: real discount rate per year; by default that of the settings.
        tolerance: relative optimality gap at which the search may end.
    """

    span: Span
    objective: str = "abatement"
    gaps: dict[str, float] = field(default_factory=dict)
    key: int = 0
    view: str = "society"
    rate: float | None = None
    tolerance: float | None = None

    @property
    def discount(self) -> float:
        """The discount rate."""
        return setting("discount_rate") if self.rate is None else self.rate

    def check(self) -> Objective:
        """Return the objective.

        Raises:
            Fault: ``unknown_objective``, ``unknown_cost_view``, ``bad_span``, ``bad_rate``,
                ``unknown_saving_measure``, ``gap_needed``.
        """
        objective = objectives().resolve(self.objective)
        views().resolve(self.view)
        span = self.span
        if not span.first <= span.last <= span.target:
            raise Fault("bad_span", first=span.first, last=span.last, target=span.target)
        if not 0 <= self.discount < 1:
            raise Fault("bad_rate", rate=self.discount)
        for name in set(self.gaps) - set(MEASURES):
            raise Fault("unknown_saving_measure", label=name, near=", ".join(MEASURES))
        if objective.sense == "least" and not any(self.gaps.values()):
            raise Fault("gap_needed", objective=objective.id)
        return objective


@dataclass(frozen=True)
class Model:
    """Options times years of start.

    A *column* is an option with a year in which it may start. ``running`` says in which of the
    ``years`` that count a column is in full effect.

    Attributes:
        project, start: option (row of ``projects``) and year of each column.
        weight: what a year of ``years`` counts in the objective.
        fits: whether a column alone is within every limit.
        limit_fen: limits in whole fen; ``spent`` holds, by limit and column, fen.
        group: rows of options that exclude each other, and which columns are in them.
    """

    projects: Projects
    limits: Rows
    wanted: Wanted
    objective: Objective
    costs: Costs
    systems: Systems
    project: Ints
    start: Ints
    years: Ints
    weight: Floats
    running: Bools
    fits: Bools
    limit_fen: Ints
    spent: Matrix
    groups: list[str]
    group: Matrix

    @property
    def sign(self) -> int:
        """Factor that makes more of the objective better: −1 for costs."""
        return 1 if self.objective.sense == "most" else -1

    @cached_property
    def at_target(self) -> int:
        """Place of the target year in ``years``."""
        return int(np.flatnonzero(self.years == self.wanted.span.target)[0])

    @cached_property
    def demands(self) -> dict[str, float]:
        """What must be reached, by measure."""
        wanted = {name: gap for name, gap in self.wanted.gaps.items() if gap > 0}
        return wanted | ({KEY: float(self.wanted.key)} if self.wanted.key else {})

    def own(self, measure: str) -> Floats:
        """Return per option what does not depend on other measures, per year."""
        return self.costs.own if measure == "cost" else np.zeros(len(self.projects))

    def joint(self, measure: str) -> Floats:
        """Return per set of measures what they save (a cost: its opposite), per year."""
        effect = self.systems.effect
        return -effect["energy"] if measure == "cost" else effect[measure]

    def masks(self, columns: Ints) -> Ints:
        """Return which set of measures runs on each system in each year, if these columns start."""
        found = np.zeros((len(self.systems.size), len(self.years)), dtype=np.int64)
        option = self.project[columns]
        bits = self.systems.bit[option][:, None] * self.running[columns]
        np.bitwise_or.at(found, self.systems.system[option], bits)
        return found

    def per_year(self, measure: str, columns: Ints) -> Floats:
        """Return what these columns come to together in each of the years."""
        sets = self.systems.offset[:, None] + self.masks(columns)
        own = (self.own(measure)[self.project[columns], None] * self.running[columns]).sum(axis=0)
        return np.asarray(own + self.joint(measure)[sets].sum(axis=0))

    def value(self, columns: Ints) -> float:
        """Return the objective of these columns, overlaps counted."""
        return float(self.per_year(self.objective.of, columns) @ self.weight)

    def reached(self, columns: Ints) -> dict[str, float]:
        """Return tonnes of each measure in the target year, and the number of key projects."""
        found = {name: float(self.per_year(name, columns)[self.at_target]) for name in MEASURES}
        return found | {KEY: float(self.projects.key[self.project[columns]].sum())}

    def added(self, measure: str, masks: Ints) -> Floats:
        """Return per column and year what it adds to the sets that run already."""
        system = self.systems.system[self.project]
        bit, before = self.systems.bit[self.project][:, None], masks[system]
        place, joint = self.systems.offset[system][:, None], self.joint(measure)
        more = joint[place + (before | bit)] - joint[place + before]
        return np.asarray((self.own(measure)[self.project, None] + more) * self.running)

    def meets(self, columns: Ints) -> bool:
        """Whether these columns meet all demands."""
        reached = self.reached(columns)
        noise = {name: max(wanted, 1) * TINY for name, wanted in self.demands.items()}
        return all(reached[name] >= wanted - noise[name] for name, wanted in self.demands.items())

    def spending(self, columns: Ints) -> Ints:
        """Return fen spent under each limit, exactly."""
        chosen = np.isin(self.spent.col, columns)
        found = np.zeros(len(self.limit_fen), dtype=np.int64)
        np.add.at(found, self.spent.row[chosen], self.spent.value[chosen].astype(np.int64))
        return found


def build(projects: Projects, wanted: Wanted, limits: Rows | None = None) -> Model:
    """Return the model of a choice.

    Raises:
        Fault: as ``Wanted.check``; ``price_years_differ`` also between options and limits.
    """
    objective, limits = wanted.check(), limits or limits_of()
    stated = {projects.price_year, limits.price_year if len(limits) else projects.price_year}
    if len(stated) > 1:
        raise Fault("price_years_differ", years=", ".join(map(str, sorted(stated))))
    costs = yearly_costs(projects, views()[wanted.view], wanted.discount)
    systems = systems_of(projects, costs.energy)
    years, weight = _years(objective, wanted)
    project, start = _columns(projects, wanted.span)
    money = spending(projects, limits, project, start)
    fen = limits.fen("limit_yuan")
    over = money.value > fen[money.row]
    fits = np.ones(len(project), dtype=bool)
    fits[money.col[over]] = False
    begins = start + projects.delay[project]
    ends = begins + projects.numbers("life_years")[project]
    running = (begins[:, None] <= years) & (years < ends[:, None])
    groups, group = _groups(projects, project)
    return Model(
        projects, limits, wanted, objective, costs, systems, project, start, years, weight,
        running, fits, fen, money, groups, group,
    )  # fmt: skip


def _years(objective: Objective, wanted: Wanted) -> tuple[Ints, Floats]:
    """Return the years that count and what each counts; costs are discounted to the first year."""
    span = wanted.span
    if objective.years == "target":
        return np.array([span.target]), np.ones(1)
    years = np.arange(span.first, span.target + 1)
    if objective.of != "cost":
        return years, np.ones(len(years))
    return years, (1 + wanted.discount) ** -(years - span.first).astype(np.float64)


def _columns(projects: Projects, span: Span) -> tuple[Ints, Ints]:
    """Return option and year of each possible start that is in effect in the target year."""
    starts = np.arange(span.first, span.last + 1)
    begins = starts + projects.delay[:, None]
    ends = begins + projects.numbers("life_years")[:, None]
    possible = (begins <= span.target) & (span.target < ends)
    possible &= starts >= projects.numbers("first_year", span.first)[:, None]
    possible &= starts <= projects.numbers("last_year", span.last)[:, None]
    project, year = np.nonzero(possible)
    return project, starts[year]


def _groups(projects: Projects, project: Ints) -> tuple[list[str], Matrix]:
    """Return rows of which one column may be chosen: exclusive groups, years of an option."""
    times = np.bincount(project, minlength=len(projects))
    columns = np.split(np.arange(len(project)), np.cumsum(times)[:-1]) if len(times) else []
    found: dict[str, list[int]] = {}
    for i, names in enumerate(projects.groups):
        for name in names or ((f"\0{i}",) if times[i] > 1 else ()):
            found.setdefault(name, []).extend(columns[i].tolist())
    found = {name: at for name, at in found.items() if len(at) > 1}
    row = np.repeat(np.arange(len(found)), [len(at) for at in found.values()])
    col = np.array([c for at in found.values() for c in at], dtype=np.int64)
    return list(found), Matrix(row, col, np.ones(len(col)))
