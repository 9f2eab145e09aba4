"""The room of the regions of a workspace: plans, books or statistics, projects and rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, cached_property
from math import inf
from typing import TYPE_CHECKING, Any, get_args

from dafeng import budget
from dafeng.budget import Amount, Goal, Ground, Limits, Metric, Origin, Place, Room, Weight
from dafeng.findings import Finding
from dafeng.indicators import there, within
from dafeng.rulebook import Rulebook
from dafeng.vocabulary import Fault, below, period, regions
from dafeng.workspace.room_books import RoomBooks
from dafeng.workspace.room_findings import room_findings
from dafeng.workspace.room_published import known_published

if TYPE_CHECKING:
    from dafeng.workspace import Workspace

_BASIS = {"energy": {"reporters": "equivalent", "statistics": "as_published"}}
PERCENT = 100
_SHARING = ("city", "county")
"""Regions that share the total of the region above where they have no target of their own."""


@dataclass(frozen=True)
class AskedRoom:
    """Whose room, and from what.

    Attributes:
        region: code; by default the workspace's own.
        metric: ``energy`` or ``co2``.
        origin: ``reporters`` or ``statistics``.
        as_of: period up to which figures and approvals count; by default the newest year held.
        years: only these; by default all of the plan.
        below: the regions right below too, for the year that has passed and the target year.
        growth: a year's growth in percent that is assumed where no target states it.
        plan_id: the plan whose target comes first.
    """

    region: str | None = None
    metric: Metric = "energy"
    origin: Origin = "reporters"
    as_of: str | None = None
    years: tuple[int, ...] = ()
    below: bool = False
    growth: float | None = None
    plan_id: str | None = None

    def scope(self, region: str, as_of: str) -> str:
        """Return what is asked for as it stands in a figure's id."""
        words = [region, self.origin, f"asof-{as_of}"]
        words += [f"growth-{self.growth:g}"] if self.growth is not None else []
        words += [f"plan-{self.plan_id}"] if self.plan_id else []
        return "~".join(words)

    @classmethod
    def of(cls, metric: str, scope: str) -> AskedRoom | None:
        """Return what a figure's id asks for: the reverse of ``scope``; ``None`` if it is none."""
        region, _, rest = scope.partition("~")
        origin, *words = rest.split("~")
        said = dict(word.partition("-")[::2] for word in words)
        growth = said.get("growth")
        try:
            rate = None if growth is None else float(growth)
        except ValueError:
            return None
        asked = cls(region, metric, origin, said.get("asof"), growth=rate, plan_id=said.get("plan"))  # type: ignore[arg-type]
        known = metric in budget.metrics() and origin in get_args(Origin) and region in regions()
        return asked if known and asked.scope(region, asked.as_of or "") == scope else None


@dataclass(frozen=True)
class Rooms:
    """Rooms by region and year, and what a reader must know of them."""

    region: str
    as_of: str
    now: int
    lines: tuple[Room, ...]
    findings: tuple[Finding, ...]


def rooms(ws: Workspace, asked: AskedRoom) -> Rooms:
    """Return the room of a region, and of those below it.

    Raises:
        Fault: ``room_without_region``, ``unknown_region``, ``no_figures``, ``bad_growth``,
            ``unknown_plan``.
    """
    held = Region(ws, asked)
    lines = [held.room(held.region, year) for year in asked.years or held.years()]
    if asked.below:
        when = sorted({held.last, held.until()})
        lines += [held.room(place, year) for place in held.below() for year in when]
    for line in lines:
        ws.store.keep_figure(line.figure, line.tree.to_dict("en"))
    return Rooms(held.region, held.as_of, held.last, tuple(lines), tuple(held.findings(lines)))


def room_of(ws: Workspace, name: str, scope: str, year: str) -> Room:
    """Return the room that a figure's id names.

    Raises:
        Fault: ``bad_figure_id``.
    """
    asked = AskedRoom.of(name, scope)
    if asked is None or asked.region is None or not year.isdigit():
        raise Fault("bad_figure_id", label=f"room:{name}:{scope}:{year}")
    return Region(ws, asked).room(asked.region, int(year))


class Region:
    """A region with all that its room, and that of the regions below it, is computed from.

    Attributes:
        region: code.
        as_of: period up to which figures and approvals count.
        last: latest year that has passed by then.

    Args:
        ws: the workspace.
        asked: whose room, and from what.
        quarter: where a quarter is judged: its year goes by the rules in force at its end.
        beside: the same region by another metric, so that the ledger is joined once for both.
    """

    def __init__(
        self, ws: Workspace, asked: AskedRoom, quarter: str = "", *, beside: Region | None = None
    ) -> None:
        if asked.growth is not None and not -PERCENT < asked.growth < inf:
            raise Fault("bad_growth", label=asked.growth)
        self._ws, self._asked, self._quarter, self._beside = ws, asked, quarter, beside
        self.metric = budget.metrics().resolve(asked.metric)
        held = ws.plans
        if asked.plan_id not in (None, *held):
            raise Fault("unknown_plan", label=asked.plan_id, near=", ".join(held))
        self._plans = list(held.values())
        named = asked.region or ws.store.config.region
        if named is None:
            raise Fault("room_without_region")
        self.region = regions().resolve(named).id
        source = "statistics" if asked.origin == "statistics" else "entries"
        self.as_of = asked.as_of or _newest(ws.table(source)["period"])
        self.day = period(self.as_of).last
        self.last = self.day.year if self.day == _end(self.day.year) else self.day.year - 1
        self._projects = ws.rows("projects")
        self._lists = ws.rows("lists")

    @property
    def whole(self) -> str:
        """Code of the region above, where this one may have to share its total."""
        place = regions()[self.region]
        return place.parent or self.region if place.kind in _SHARING else self.region

    def below(self) -> list[str]:
        """Return the regions right below."""
        return below(self.region, self.day)

    def until(self) -> int:
        """Return the next target year after the latest year, the latest year where none is left."""
        return min(
            (goal.year for goal in self._ahead() if goal.year > self.last), default=self.last
        )

    def years(self) -> list[int]:
        """Return the years of the targets that are not over before the latest year."""
        held = {y for goal in self._ahead() for y in range(goal.base_year + 1, goal.year + 1)}
        return sorted(held) or [self.last]

    def _ahead(self) -> list[Goal]:
        held = self._goals(self.region) or self._goals(self.whole)
        named = self._asked.plan_id
        return [goal for goal in held if goal.year >= self.last and named in (None, goal.plan)]

    @cache  # noqa: B019  lives as long as the command
    def room(self, place: str, year: int) -> Room:
        """Return the room of a region and year."""
        ground = self.ground(place, year)
        done = budget.committed(
            [row for row in self._projects if within(row["region"], place)],
            self.metric,
            self._ws.rules,
            day=min(self.day, _end(year)),
            year=year,
            use_year=ground.use_year(year) or year,
            listed=self._listed(min(self.day, _end(year))),
        )
        return budget.room(
            self.place(place),
            self.limits(place, year),
            ground,
            self.base_year(place, year),
            year,
            done,
        )

    @cache  # noqa: B019
    def limits(self, place: str, year: int) -> Limits:
        """Return the total of a region and year: by its own target, else its share."""
        own = self.goal(place, year)
        if own is not None or regions()[place].kind not in _SHARING:
            return budget.limits(own, self.ground(place, year), year)
        above = self._above(place)
        if self.goal(above, year) is None:
            return Limits(why=budget.reason("no_target"))
        return self._shares(above, year).get(place, Limits(why=budget.reason("no_target")))

    @cache  # noqa: B019
    def _shares(self, above: str, year: int) -> dict[str, Limits]:
        places = below(above, self.day)
        own = {p: self.limits(p, year) for p in places if self.goal(p, year) is not None}
        goal = self.goal(above, year)
        assert goal is not None  # noqa: S101  asked before
        weights = {p: self._weight(p, goal, year) for p in places if p not in own}
        return budget.shared(self.limits(above, year), own, weights, self._ws.rules)

    def _weight(self, place: str, goal: Goal, year: int) -> Weight | None:
        ground = self.ground(place, year)
        base, use = ground.base(goal.base_year, year), ground.known.use.get(goal.base_year)
        if base is None or use is None:
            return None
        rates = ground.actual(goal.base_year, year)
        passed = range(goal.base_year + 1, min(year, self.last) + 1)
        grown = budget.grams_of(base, rates) if len(rates) == len(passed) else None
        return Weight(Amount(base, use.node), grown)

    @cache  # noqa: B019
    def ground(self, place: str, year: int) -> Ground:
        """Return what is known of a region, and what may leave its total in a year."""
        judged = bool(self._quarter) and period(self._quarter).year == year
        when = self._quarter if judged else str(year)
        active = budget.in_force(self._ws.rules, self.metric.id, when)  # type: ignore[arg-type]
        return Ground(self._known(place), active, self.last, self._ws.rules)

    def apart(self, place: str, year: int) -> dict[tuple[str, int], Amount]:
        """Return what may be left out of a region's use in a year."""
        return {key: held for key, held in self._known(place).apart.items() if key[1] == year}

    @property
    def rules(self) -> Rulebook:
        """The rules in use."""
        return self._ws.rules

    @cache  # noqa: B019
    def _known(self, place: str) -> budget.Known:
        if self._asked.origin == "statistics":
            return known_published(self._published, self.metric, place, self.last)
        return self.books.known(place, self.last)

    @cached_property
    def books(self) -> RoomBooks:
        """The books of the reporters, joined to the rules when they are first asked for."""
        beside = self._beside.books if self._beside else None
        return RoomBooks(self._ws, self.metric, self.whole, beside)

    @cached_property
    def _published(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self._ws.table("statistics").to_pylist()
        return rows

    @cache  # noqa: B019
    def _goals(self, place: str) -> list[Goal]:
        growth = self._asked.growth
        return budget.goals(
            self._plans,
            place,
            self.metric,
            self._asked.origin,
            first=self._asked.plan_id or self._ws.store.config.plan,
            growth=None if growth is None else Decimal(str(growth)),
        )

    def goal(self, place: str, year: int) -> Goal | None:
        """Return what a region has to reach by its own plans in the time that holds a year."""
        return budget.goal_for(self._goals(place), year)

    def base_year(self, place: str, year: int) -> int:
        """Return the year that a region's total starts from; without a target the year itself."""
        goal = self.goal(place, year) or self.goal(self._above(place), year)
        return goal.base_year if goal else year

    def _above(self, place: str) -> str:
        held = regions()[place]
        return held.parent or place if held.kind in _SHARING else place

    def _listed(self, day: date) -> set[str]:
        name = next(e.list for e in budget.exclusions().values() if e.list)
        return {r["subject"] for r in self._lists if r["list"] == name and there(r, str(day))}

    def place(self, place: str) -> Place:
        """Return how a region is called in figure ids."""
        asked = self._asked
        basis = _BASIS.get(self.metric.id, {}).get(asked.origin, "")
        scope = asked.scope(place, self.as_of)
        return Place(place, asked.metric, asked.origin, basis, scope)

    def findings(self, lines: list[Room]) -> list[Finding]:
        """Return what a reader must know of some rooms."""
        found = room_findings(lines)
        if not self._projects:
            found.append(Finding("no_projects_held", self.region))
        if self._asked.origin == "statistics":
            if any(line.committed for line in lines) and self.metric.id == "energy":
                found.append(Finding("committed_other_basis", self.region))
            return found
        if self._asked.below and (outside := self.books.at(self.region)):
            found.append(Finding("room_outside_parts", self.region, {"reporters": outside}))
        base = min((line.year for line in lines), default=self.last) - 1
        came, gone = self.books.moved(self.region, base, self.last)
        if came or gone:
            values = {"came": came, "gone": gone, "base": base, "year": self.last}
            found.append(Finding("room_set_changed", self.region, values))
        return found


def _end(year: int) -> date:
    return period(str(year)).last


def _newest(periods: Any) -> str:
    """Return the label of the period that ends last, the shortest of them."""
    held = [period(label) for label in periods.unique().to_pylist()]
    if not held:
        raise Fault("no_figures")
    newest = max(held, key=lambda one: (one.last, one.first))
    return newest.text
