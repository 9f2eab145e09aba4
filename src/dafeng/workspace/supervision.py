"""After-the-fact supervision of a workspace: its tables, judged, with what follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import pyarrow as pa

from dafeng import gate
from dafeng.findings import Finding
from dafeng.gate import Supervised, Supervision
from dafeng.vocabulary import Fault, Text
from dafeng.workspace.books import Books
from dafeng.workspace.supervision_facts import Facts
from dafeng.workspace.supervision_lines import line_rows, project_use

if TYPE_CHECKING:
    from dafeng.workspace import Workspace


@dataclass(frozen=True)
class Swept:
    """What supervision found in a workspace.

    Attributes:
        supervision: all that was found.
        names: of the enterprises, by id.
        findings: what lacks in the tables.
    """

    supervision: Supervision
    names: Mapping[str, Text]
    findings: tuple[Finding, ...]


def supervise(ws: Workspace, day: date) -> Swept:
    """Judge reviews, quotas, levels, low performers and green factories as of a day.

    Args:
        ws: the workspace; only years that are over by the day count.
        day: the day; a deadline has passed from the day after it.
    """
    facts = Facts(ws, day)
    lines, projects = ws.rows("lines"), facts.projects
    books = Books(ws.store, ws.rules) if lines or _booked(projects) else None
    if books is not None:
        projects = project_use(books, projects, day)
    units = facts.unit_energy
    if books is not None and lines:
        units = pa.concat_tables([units, line_rows(books, lines, facts.reporters, ws.rules, day)])
    looked = [
        gate.review_hits(projects, day, gate.first_rules(ws.rules)),
        gate.graded_hits(ws.rules, units),
        gate.low_hits(ws.rules, facts.per_mu),
        gate.last_hits(ws.rules, facts.scores, day),
    ]
    found = gate.supervise(ws.rules, looked, ws.rows("orders"), ws.plans.values(), day)
    return Swept(found, facts.names, facts.findings)


def reviewed(ws: Workspace, day: date) -> pa.Table:
    """Return the projects with their energy review and use, as supervision reads them."""
    projects = Facts(ws, day).projects
    return project_use(Books(ws.store, ws.rules), projects, day) if _booked(projects) else projects


def _booked(projects: pa.Table) -> bool:
    return any(projects["facility"].unique().to_pylist())


def supervised_of(ws: Workspace, matter: str, subject: str, day: str) -> Supervised:
    """Return the finding that a figure's id names.

    Raises:
        Fault: ``unknown_figure`` where nothing is found of it on that day.
    """
    unknown = Fault("unknown_figure", label=f"supervise:{matter}:{subject}:{day}")
    try:
        when = date.fromisoformat(day)
    except ValueError:
        raise unknown from None
    for one in supervise(ws, when).supervision.found:
        if (one.hit.matter, one.hit.subject) == (matter, subject):
            return one
    raise unknown
