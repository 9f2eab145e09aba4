"""What a projection needs from a workspace: plans, registered projects, history from the books."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dafeng import outlook, plan
from dafeng.findings import Finding
from dafeng.rulebook import load
from dafeng.vocabulary import Fault, Text, sectors, validate
from dafeng.workspace.books import Books
from dafeng.workspace.lever_sets import roadmap_levers
from dafeng.workspace.sector_books import history_of_books

if TYPE_CHECKING:
    from dafeng.workspace import Workspace

Row = dict[str, Any]


def open_scenario(
    path: Path, held: outlook.SectorTable, ws: Workspace | None
) -> tuple[outlook.Scenario, list[Finding]]:
    """Read a scenario, with the levers of roadmaps, registered projects and targets it names.

    Args:
        path: the scenario file.
        held: the history that it is for.
        ws: the workspace, where there is one.

    Raises:
        Fault: ``registered_wanted``, ``unknown_plan_target``, ``unknown_plan_measure``,
            ``goal_indicator``, those of ``roadmap_levers`` and of the file.
    """
    scenario = outlook.read_scenario(path)
    plans = ws.plans if ws else plan.plans()
    for lever in scenario.levers:
        if lever.measure is not None:
            _measure(plans, lever.measure, f"{scenario.id}/{lever.id}")
    goals = [_goal(plans, label, scenario.id) for label in scenario.plan_targets]
    levers, findings = scenario.levers, []
    if scenario.roadmaps:
        levers = (*levers, *roadmap_levers(scenario.roadmaps, ws.rules if ws else load()))
    if scenario.registered is not None:
        if ws is None:
            raise Fault("registered_wanted", scenario.id)
        own, left = _registered(ws.rows("projects"), scenario.registered, held)
        levers = (*levers, *own)
        findings = [Finding("projects_left_out", scenario.id, {"count": left})] if left else []
    whole = dict(scenario) | {"levers": levers, "targets": (*scenario.targets, *goals)}
    return validate(outlook.Scenario, whole, path.name), findings


def _measure(plans: Mapping[str, plan.Plan], label: str, place: str) -> None:
    plan_id, _, measure = label.partition("/")
    held = plans.get(plan_id)
    if held is None or measure not in {one.id for one in held.measures}:
        raise Fault("unknown_plan_measure", place, label=label)


def _goal(plans: Mapping[str, plan.Plan], label: str, place: str) -> outlook.Goal:
    """Return a target of a plan as a goal of runs."""
    plan_id, _, name = label.partition("/")
    held = plans.get(plan_id)
    target = next((one for one in held.targets if one.id == name), None) if held else None
    if target is None:
        raise Fault("unknown_plan_target", place, label=label)
    kind = outlook.goal_kind(target.kind, target.indicator)
    if kind is None or target.value is None:
        raise Fault("goal_indicator", place, label=label, kind=target.kind)
    source = target.sources[0]
    return outlook.Goal(
        id=label,
        title=target.title,
        kind=kind,
        value=target.value,
        unit=target.unit,
        year=target.year,
        base_year=target.base_year,
        plan_target=label,
        source=outlook.Cited(
            document=source.document, clause=source.clause, checked=target.checked
        ),
    )


def _registered(
    rows: Iterable[Row], wanted: outlook.Registered, held: outlook.SectorTable
) -> tuple[tuple[outlook.Lever, ...], int]:
    """Return a lever per sector of the projects that count, and how many could not be counted."""
    found: dict[str, list[Row]] = defaultdict(list)
    left = 0
    for row in rows:
        if row["kind"] not in wanted.kinds or row["status"] not in wanted.statuses:
            continue
        if row["sector"] in held.axes["sector"] and row["reduction_tco2"]:
            found[row["sector"]].append(row)
        else:
            left += 1
    return tuple(_lever(sector, found[sector], wanted) for sector in sorted(found)), left


def _lever(sector: str, rows: list[Row], wanted: outlook.Registered) -> outlook.Lever:
    stated = sum(row["reduction_tco2"] for row in rows)
    entry = sectors().find(sector)
    name = entry.name if entry else Text(zh=sector, en=sector)
    share = wanted.delivered
    scaled = {
        end: stated * getattr(share, end) / outlook.WHOLE for end in ("low", "central", "high")
    }
    fiction = "synthetic" in {row["mark"] for row in rows}
    source = wanted.source.model_copy(update={"checked": "synthetic"} if fiction else {})
    return outlook.Lever(
        id=f"projects-{sector}",
        title=Text(
            zh=f"{name.zh}已登记项目（{len(rows)} 个）",
            en=f"{len(rows)} registered projects, {name.en}",
        ),
        tonnes=outlook.Range(**scaled),
        sectors=(sector,),
        start=wanted.start,
        full=wanted.full,
        projects=tuple(row["project"] for row in rows),
        source=source,
    )


def open_history(
    path: Path | None, ws: Workspace | None
) -> tuple[outlook.SectorTable, list[Finding]]:
    """Read the history by sector from a file, else from the books.

    Raises:
        Fault: of the file, or ``books_history``.
    """
    if path is not None:
        return outlook.read_sectors(path)
    if ws is None:
        reason = Text(zh="此处没有工作区", en="there is no workspace here")
        raise Fault("books_history", reason=reason)
    return history_of_books(Books(ws.store, ws.rules), ws.store.config.region)
