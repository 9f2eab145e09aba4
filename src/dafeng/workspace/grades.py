"""Gradings whose rows come from the books: capacity lines and enterprises of a region."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dafeng.grading import Job, Placing, Rating, jobs
from dafeng.indicators import there
from dafeng.rulebook import Rulebook
from dafeng.vocabulary import Fault, period
from dafeng.workspace.books import Books
from dafeng.workspace.firm_amounts import amounts_of
from dafeng.workspace.grade_firms import grade_firms
from dafeng.workspace.grade_lines import Used, grade_lines
from dafeng.workspace.graded import COUNTRY, FromBooks

if TYPE_CHECKING:
    from dafeng.workspace import Workspace

Row = dict[str, Any]
_ENTERPRISE = "enterprise"
_NOBODY = ("grade_no_job", "grade_no_lines", "grade_no_firms")


def grade_books(
    ws: Workspace, name: str, as_of: str | None = None, region: str = "", only: str = ""
) -> FromBooks:
    """Grade what the books of a workspace hold.

    Args:
        ws: the workspace.
        name: id of a job, or a family or edition that a job is about.
        as_of: period; the last whole year at its end is graded, by the rules of its last day. By
            default the newest year of the books.
        region: only what lies there is shown; by default what lies in the workspace's own region.
            Who is compared with whom follows from the rule, never from what is shown.
        only: one line or enterprise.

    Raises:
        Fault: ``grade_no_job`` where the books do not answer the name, ``no_figures`` where they
            are empty, and as ``editions_of`` and ``card_of``.
    """
    job = job_of(ws.rules, name)
    day, year = _when(ws, as_of)
    place_ = region or ws.store.config.region or COUNTRY
    books = Books(ws.store, ws.rules)

    if job.rows == "lines":
        used = Used(books, ws.rows("lines"), year)
        shown = used.lines.within(place_) & used.there & _one(used.lines.rows, "line", only)
        if not shown.any():
            raise Fault("grade_no_lines", region=place_, year=year)
        return grade_lines(ws.rules, used, job, day, shown)
    amounts = amounts_of(books, ws.rules, [*_enterprises(ws, books, job, year)], year)
    shown = amounts.within(place_) & _one(amounts.rows, "reporter", only)
    if not shown.any():
        raise Fault("grade_no_firms", region=place_, year=year)
    return grade_firms(ws.rules, amounts, job, day, shown)


def _one(rows: Sequence[Row], name: str, only: str) -> NDArray[np.bool_]:
    """Tell which rows are the one that is asked for; all where none is."""
    return np.array([only in ("", row[name]) for row in rows], bool)


def graded_of(ws: Workspace, name: str, scope: str, day: str) -> Rating | Placing:
    """Return the grade that a figure's id names, from the books.

    Raises:
        Fault: ``unknown_figure`` where the books do not grade it; as ``grade_books``.
    """
    try:
        found = grade_books(ws, name, day, COUNTRY, scope)
    except Fault as fault:
        if fault.code not in _NOBODY:
            raise
        found = None
    for one in found.graded if found else ():
        if (one.who, one.rule) == (scope, name):
            return one
    raise Fault("unknown_figure", label=f"grade:{name}:{scope}:{day}")


def job_of(rules: Rulebook, name: str) -> Job:
    """Return the job of a name: its own, or that of the family or edition that it is about.

    Raises:
        Fault: ``grade_no_job``.
    """
    if name in jobs():
        return jobs()[name]
    held = rules.scales.get(name) or rules.scorecards.get(name)
    family = held.family if held else name
    if held is not None and getattr(held, "kind", "") == "quota":
        return jobs()["quota"]
    for job in jobs().values():
        if family == job.family:
            return job
    raise Fault("grade_no_job", label=name, near=", ".join(jobs()))


def _when(ws: Workspace, as_of: str | None) -> tuple[date, int]:
    """Return the day of the rules and the last whole year on it."""
    if as_of is None:
        held = ws.table("entries")["period"].unique().to_pylist()
        if not held:
            raise Fault("no_figures")
        newest = max(period(one).year for one in held)
        return period(str(newest)).last, newest
    try:
        day = date.fromisoformat(as_of)
    except ValueError:
        day = period(as_of).last
    whole = period(str(day.year)).last == day
    return day, day.year if whole else day.year - 1


def _enterprises(ws: Workspace, books: Books, job: Job, year: int) -> Iterator[Row]:
    end = str(period(str(year)).last)
    on_list = {
        row["subject"] for row in ws.rows("lists") if row["list"] == job.on_list and there(row, end)
    }
    for row in books.reporters():
        listed = job.on_list is None or row["reporter"] in on_list
        if listed and row["kind"] == _ENTERPRISE and there(row, end):
            yield row
