"""The project gate on the books: projects, lines, claims and rooms, and the opinions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from dafeng import budget, plan, rulebook
from dafeng.budget import Metric, Origin, Room
from dafeng.findings import Finding
from dafeng.gate import (
    Case,
    Opinion,
    Own,
    Project,
    WholeList,
    read_own,
    read_project,
    review,
    settings,
    whole_list,
)
from dafeng.indicators import there
from dafeng.plan import Plan
from dafeng.vocabulary import Fault, Text, ancestors, period, regions
from dafeng.workspace.door import is_estimate
from dafeng.workspace.gate_amounts import amounts
from dafeng.workspace.gate_projects import Row, projects_of
from dafeng.workspace.room import AskedRoom, Region

if TYPE_CHECKING:
    from dafeng.workspace import Workspace

_METRICS: tuple[Metric, ...] = ("energy", "co2")
_LEVELS = ("province", "city")
_NO_ROOM = ("no_figures", "room_without_region")


@dataclass(frozen=True)
class AskedGate:
    """What the gate is asked.

    Attributes:
        day: day of the review.
        origin: where use and growth of the room come from.
        as_of: period up to which figures of the room count; by default the newest period held, and
            of those before the day of the review where the books go beyond it.
        growth, plan_id: as for a room.
    """

    day: date
    origin: Origin = "reporters"
    as_of: str | None = None
    growth: float | None = None
    plan_id: str | None = None

    def scope(self, region: str) -> str:
        """Return what is asked as it stands in a figure's id."""
        words = [region, *([self.origin] if self.origin != "reporters" else [])]
        said = {"asof": self.as_of, "plan": self.plan_id}
        said["growth"] = None if self.growth is None else f"{self.growth:g}"
        return "~".join([*words, *(f"{name}-{one}" for name, one in said.items() if one)])

    @classmethod
    def of(cls, scope: str, day: str) -> AskedGate | None:
        """Return what an id asks for: the reverse of ``scope``; ``None`` if it is none."""
        region, *words = scope.split("~")
        said = dict(word.partition("-")[::2] for word in words)
        origin: Origin = "statistics" if "statistics" in words else "reporters"
        try:
            growth = float(said["growth"]) if "growth" in said else None
            found = cls(date.fromisoformat(day), origin, said.get("asof"), growth, said.get("plan"))
        except ValueError:
            return None
        return found if found.scope(region) == scope else None


def gate_file(path: Path, day: date) -> Opinion:
    """Review a project file without a workspace: nothing is known of lines and rooms."""
    project = read_project(path)
    rules = rulebook.load()
    counted = amounts(rules, [project], {project.project: project.begins(day)})
    why = Text(zh="没有工作区", en="there is no workspace")
    case = Case(
        project,
        rules,
        day,
        claims=None,
        counted=counted[project.project],
        no_room=dict.fromkeys(_METRICS, why),
        plans=tuple(plan.plans().values()),
    )
    return review(case)


def gate(ws: Workspace, wanted: str, asked: AskedGate) -> Opinion:
    """Review a project of the workspace, or a project file.

    Raises:
        Fault: ``gate_unknown_project`` where it is neither.
    """
    books = GateBooks(ws, asked)
    if wanted in books.projects:
        found = books.opinions([books.projects[wanted]])[0]
    elif Path(wanted).is_file():
        found = books.opinions([read_project(Path(wanted))])[0]
    else:
        near = ", ".join(get_close_matches(wanted, books.projects))
        raise Fault("gate_unknown_project", label=wanted, near=near or "–")
    ws.store.keep_figure(found.figure, found.tree.to_dict("en"))
    return found


def gate_list(ws: Workspace, asked: AskedGate, rule: str) -> tuple[WholeList, list[Finding]]:
    """Review all two-highs projects; which of the planned ones fit the room by a rule.

    Raises:
        Fault: ``gate_unknown_rule``, ``gate_no_two_highs``.
    """
    if rule not in settings().fits:
        raise Fault("gate_unknown_rule", label=rule, near=", ".join(settings().fits))
    books = GateBooks(ws, asked)
    live = [one for one in books.projects.values() if one.status != "stopped"]
    held = [one for one in live if one.two_highs]
    if not held:
        raise Fault("gate_no_two_highs", count=len(live))
    found = books.opinions(held)
    for one in found:
        ws.store.keep_figure(one.figure, one.tree.to_dict("en"))
    open_ = sum(1 for one in live if one.two_highs is None and one.kind != "retrofit")
    findings = [Finding("gate_two_highs_open", "", {"count": open_})] if open_ else []
    return whole_list(found, rule), findings


def opinion_of(ws: Workspace, name: str, scope: str, day: str) -> Opinion:
    """Return the opinion that a figure's id names.

    Raises:
        Fault: ``bad_figure_id``; ``unknown_figure`` where the workspace does not hold the project
            there.
    """
    asked = AskedGate.of(scope, day)
    if asked is None:
        raise Fault("bad_figure_id", label=f"gate:{name}:{scope}:{day}")
    books = GateBooks(ws, asked)
    project = books.projects.get(name)
    if project is None or project.region != scope.partition("~")[0]:
        raise Fault("unknown_figure", label=f"gate:{name}:{scope}:{day}")
    return books.opinions([project])[0]


class GateBooks:
    """A workspace as the gate sees it."""

    def __init__(self, ws: Workspace, asked: AskedGate) -> None:
        self._ws, self._asked = ws, asked
        if asked.plan_id is not None and asked.plan_id not in ws.plans:
            raise Fault("unknown_plan", label=asked.plan_id, near=", ".join(ws.plans))
        self._rows: list[Row] = ws.rows("projects")
        held = ws.rows("lines")
        self._lines: list[Row] = [row | {"estimated": is_estimate(row["note"])} for row in held]
        self._lists: list[Row] = ws.rows("lists")
        self.projects = projects_of(ws, self._rows, self._lines, self._lists, asked.day)
        self._own = read_own(ws.store.path / "gate")
        self._regions: dict[tuple[str, Metric], Region] = {}

    def opinions(self, projects: Sequence[Project]) -> list[Opinion]:
        """Review some projects; their energy is counted in one pass."""
        day, rules = self._asked.day, self._ws.rules
        years = {one.project: one.begins(day) for one in projects}
        counted = amounts(rules, projects, years)
        plans = tuple(self._ws.plans.values())
        found = []
        for one in projects:
            rooms, why = self._rooms(one)
            case = Case(
                one,
                rules,
                day,
                lines={row["line"]: row for row in self._lines},
                claims=self._claims(one.project),
                counted=counted[one.project],
                rooms=rooms,
                no_room=why,
                plans=_known(plans, day),
                scope=self._asked.scope(one.region),
            )
            found.append(review(case, self._own))
        return found

    def _claims(self, project: str) -> Mapping[str, frozenset[str]]:
        """Return what the other projects use: lines and sources of carbon."""
        found: dict[str, set[str]] = defaultdict(set)
        for name, other in self.projects.items():
            if name != project and other.status != "stopped":
                for line in other.retires:
                    found[line.line].add(name)
                for source in other.replaced_carbon or ():
                    found[source.source].add(name)
        return {name: frozenset(users) for name, users in found.items()}

    def _rooms(self, one: Project) -> tuple[dict[str, list[Own]], dict[str, Text]]:
        found: dict[str, list[Own]] = {}
        why: dict[str, Text] = {}
        places = [p.id for p in ancestors(one.region) if p.kind in _LEVELS]
        for metric in _METRICS:
            try:
                found[metric] = [
                    own
                    for place in reversed(places)
                    for own in self._of_region(one, places[-1], place, metric)
                ]
            except Fault as fault:
                if fault.code not in _NO_ROOM:
                    raise
                words = Finding.of(fault)
                why[metric] = Text(zh=words.cause("zh"), en=words.cause("en"))
        return found, why

    def _of_region(self, one: Project, whole: str, place: str, metric: Metric) -> list[Own]:
        """Return the rooms of a region in the year of operation and in the target year."""
        region = self._region(whole, metric)
        begun = one.begins(self._asked.day)
        years = [year for year in region.years() if year >= begun] or region.years()[-1:]
        rooms = [region.room(place, year) for year in sorted({years[0], years[-1]})]
        for room in rooms:
            self._ws.store.keep_figure(room.figure, room.tree.to_dict("en"))
        return [Own(room, self._included(one, room)) for room in rooms]

    def _region(self, place: str, metric: Metric) -> Region:
        key = (place, metric)
        if key not in self._regions:
            asked = self._asked
            wanted = AskedRoom(
                place,
                metric,
                asked.origin,
                asked.as_of or self._before_review,
                growth=asked.growth,
                plan_id=asked.plan_id,
            )
            others = (self._regions.get((place, other)) for other in _METRICS)
            beside = next((one for one in others if one), None)
            self._regions[key] = Region(self._ws, wanted, beside=beside)
        return self._regions[key]

    @cached_property
    def _before_review(self) -> str | None:
        """The month before the review, where the books know more than was known then."""
        day = self._asked.day
        source = "statistics" if self._asked.origin == "statistics" else "entries"
        held = self._ws.table(source)["period"].unique().to_pylist()
        if all(period(one).last <= day for one in held):
            return None
        before = day.replace(day=1) - timedelta(days=1)
        return f"{before:%Y-%m}"

    def _included(self, one: Project, room: Room) -> int:
        """Return what of a project the room has taken off as committed."""
        region = self._regions[(self._whole(room.region), room.metric)]
        rows = [row for row in self._rows if row["project"] == one.project]
        done = budget.committed(
            rows,
            budget.metrics()[room.metric],
            self._ws.rules,
            day=min(region.day, period(str(room.year)).last),
            year=room.year,
            use_year=room.use_year or room.year,
            listed=self._listed,
        )
        return done.amount.grams if done.amount else 0

    @cached_property
    def _listed(self) -> set[str]:
        names = {one.list for one in budget.exclusions().values() if one.list}
        day = str(self._asked.day)
        return {row["subject"] for row in self._lists if row["list"] in names and there(row, day)}

    @staticmethod
    def _whole(place: str) -> str:
        held = regions()[place]
        above = [p.id for p in ancestors(place) if p.kind in _LEVELS]
        return above[-1] if above else held.id


def _known(plans: Iterable[Plan], day: date) -> tuple[Plan, ...]:
    """Return the plans that have begun: one that ended says so itself."""
    return tuple(one for one in plans if period(one.period).first <= day)
