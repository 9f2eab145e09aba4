"""Gradings whose rows come from the books: capacity lines and enterprises of a region."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from dafeng.grading import Job, Placing, Rating, jobs
from dafeng.indicators import there, within
from dafeng.rulebook import Rulebook
from dafeng.vocabulary import Fault, period
from dafeng.workspace.books import Books
from dafeng.workspace.firm_amounts import amounts_of
from dafeng.workspace.grade_firms import grade_firms
from dafeng.workspace.grade_lines import grade_lines, used_of
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

    who = "line" if job.rows == "lines" else "reporter"

    def asked(row: Row) -> bool:
        return within(row["region"], place_) and only in ("", row[who])

    if job.rows == "lines":
        lines = ws.rows("lines")
        end = str(period(str(year)).last)
        if not any(asked(row) and there(row, end) for row in lines):
            raise Fault("grade_no_lines", region=place_, year=year)
        used = used_of(books, lines, year)
        return grade_lines(ws.rules, used, job, lines, (day, year), asked)
    firms = [*_enterprises(ws, books, job, year)]
    if not any(asked(row) for row in firms):
        raise Fault("grade_no_firms", region=place_, year=year)
    return grade_firms(ws.rules, amounts_of(books, ws.rules, firms, year), job, day, asked)


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
