"""Checks on what others decided: policy lists, zoning, environmental impact."""

from __future__ import annotations

from collections.abc import Iterator

from dafeng.gate.case import Case, Remark
from dafeng.gate.project import Recorded


def policy(case: Case) -> Iterator[Remark]:
    """Hold the project against the industrial policy lists, by the class that is recorded."""
    held = case.project.policy
    if held is None:
        yield Remark("policy_not_stated")
    elif held == "restricted" and case.project.kind == "retrofit":
        yield Remark("policy_restricted_retrofit")
    else:
        yield Remark(f"policy_{held}")


def zoning(case: Case) -> Iterator[Remark]:
    """Ask for the finding on ecological zoning ("three lines, one list")."""
    yield from _recorded(case.project.zoning, "zoning")


def eia(case: Case) -> Iterator[Remark]:
    """Ask for the approval of the environmental impact assessment, and whether it came in time."""
    held, started = case.project.eia, case.project.started
    yield from _recorded(held, "eia")
    built = case.project.status != "planned"
    if held.holds and held.day and started and built and started < held.day:
        yield Remark("eia_late", {"started": started, "date": held.day})


def _recorded(held: Recorded, name: str) -> Iterator[Remark]:
    answer = {None: "not_stated", True: "holds", False: "fails"}[held.holds]
    said = " ".join(filter(None, (held.document, str(held.day or ""))))
    yield Remark(f"{name}_{answer}", {"document": said or "–"})
