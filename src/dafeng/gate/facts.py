"""Checks on what others decided: policy lists, zoning, environmental impact."""

from __future__ import annotations

from collections.abc import Iterator

from dafeng.gate.case import Case, Remark
from dafeng.gate.project import Recorded
from dafeng.vocabulary import Text

_NO_DOCUMENT = Text(zh="文号、日期未填", en="document and day not stated")


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
    if not held.holds or case.project.status == "planned":
        return
    if held.day is None or started is None:
        yield Remark("eia_order_not_known")
    elif started < held.day:
        yield Remark("eia_late", {"started": started, "date": held.day})


def _recorded(held: Recorded, name: str) -> Iterator[Remark]:
    answer = {None: "not_stated", True: "holds", False: "fails"}[held.holds]
    said: str | Text = " ".join(filter(None, (held.document, str(held.day or ""))))
    yield Remark(f"{name}_{answer}", {"document": said or _NO_DOCUMENT})
