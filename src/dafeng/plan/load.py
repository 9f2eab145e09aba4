"""Reads plan files: those that come with Dafeng and those of a workspace."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from dafeng.plan.schema import Body, Measure, Plan, Target
from dafeng.vocabulary import Entries, Fault, read_records, read_yaml, validate

DATA = Path(__file__).parent / "data"


@cache
def bodies() -> Entries[Body]:
    """Responsible bodies, by id, name or the names that texts use."""
    return Entries("body", read_records(Body, DATA / "bodies.yaml", "bodies"))


def load_plan(path: Path) -> Plan:
    """Read one plan file.

    Raises:
        Fault: with the field that is wrong, or ``unknown_body``.
    """
    plan = validate(Plan, read_yaml(path), path.name)
    entries: tuple[Target | Measure, ...] = (*plan.targets, *plan.measures)
    for entry in entries:
        for body in (entry.lead, *entry.others):
            if body is not None:
                bodies().resolve(body, f"{path.name}/{entry.id}")
    return plan


@cache
def _own(path: Path) -> Plan:
    return load_plan(path)


def plans(*folders: Path) -> dict[str, Plan]:
    """Read all plans of some folders, by id; the plans that come with Dafeng stand first.

    Raises:
        Fault: ``duplicate_id`` where a plan stands in two folders.
    """
    found: dict[str, Plan] = {}
    for folder in (DATA / "plans", *folders):
        for path in sorted(folder.glob("*.yaml")):
            plan = _own(path) if folder == DATA / "plans" else load_plan(path)
            if plan.id in found:
                raise Fault("duplicate_id", str(path), id=plan.id)
            found[plan.id] = plan
    return found
