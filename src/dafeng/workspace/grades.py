"""Gradings whose rows come from the books: capacity lines and enterprises of a region."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from dafeng.findings import Finding
from dafeng.grading import (
    GROW,
    REASON,
    Job,
    Placing,
    Rating,
    Ratio,
    card_of,
    editions_of,
    jobs,
    place,
    rate,
    reasons,
)
from dafeng.indicators import there, within
from dafeng.rulebook import Rulebook
from dafeng.vocabulary import Fault, period
from dafeng.workspace.books import Books
from dafeng.workspace.grade_firms import Firms, growing, per_row
from dafeng.workspace.grade_lines import COUNTRY, grade_lines
from dafeng.workspace.graded import FromBooks, choices_said

if TYPE_CHECKING:
    from dafeng.workspace import Workspace

Row = dict[str, Any]
_VALUE = "value"
_ENTERPRISE = "enterprise"


def grade_books(
    ws: Workspace, name: str, as_of: str | None = None, region: str = "", only: str = ""
) -> FromBooks:
    """Grade what the books of a workspace hold.

    Args:
        ws: the workspace.
        name: id of a job, or a family or edition that a job is about.
        as_of: period; the last whole year at its end is graded, by the rules of its last day. By
            default the newest year of the books.
        region: only what lies there; by default the workspace's own region.
        only: one line or enterprise; the others are looked at where the rule compares them.

    Raises:
        Fault: ``grade_no_job`` where the books do not answer the name, ``no_figures`` where they
            are empty, and as ``editions_of`` and ``card_of``.
    """
    job = job_of(ws.rules, name)
    day, year = _when(ws, as_of)
    place_ = region or ws.store.config.region or ""
    books = Books(ws.store, ws.rules)
    if job.rows == "lines":
        return grade_lines(ws, books, job, (day, year), place_)
    return _of_firms(ws, books, job, (day, year), place_, only)


def graded_of(ws: Workspace, name: str, scope: str, day: str) -> Rating | Placing:
    """Return the grade that a figure's id names, from the books.

    Raises:
        Fault: ``unknown_figure`` where the books do not grade it; as ``grade_books``.
    """
    found = grade_books(ws, name, day, only=scope)
    every: list[Rating | Placing] = [*found.ratings, *found.placings]
    for one in every:
        held = one.edition.id if isinstance(one, Rating) else one.scored.card.id
        if (one.who, held) == (scope, name):
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


# ---- enterprises


def _of_firms(
    ws: Workspace, books: Books, job: Job, when: tuple[date, int], region: str, only: str
) -> FromBooks:
    day, year = when
    rows = [
        row
        for row in _enterprises(ws, books, job, year)
        if within(row["region"], region or COUNTRY)
    ]
    if not rows:
        raise Fault("grade_no_firms", region=region or COUNTRY, year=year)
    complete = [name for name, method in ws.rules.methods.items() if method.complete]
    firms = Firms(books, rows, year, complete)
    if job.value is not None:
        return _by_scale(ws.rules, job, firms, when, region, only)
    card = card_of(ws.rules, job.family or "", period(str(year)).last, region)
    units = {one.id: one.unit or "1" for one in card.criteria if one.id in job.criteria}
    held = {name: job.criteria[name] for name in units}
    cells = {name: firms.ratio(ratio, units[name]) for name, ratio in held.items()}
    sheet = _sheet(firms, held, cells)
    placed = place(ws.rules, card, sheet, period(str(year)).last)
    return FromBooks(
        job, day, year, placings=tuple(placed), findings=tuple(_said(job, firms, held))
    )


def _enterprises(ws: Workspace, books: Books, job: Job, year: int) -> Iterator[Row]:
    end = str(period(str(year)).last)
    on_list = {
        row["subject"] for row in ws.rows("lists") if row["list"] == job.on_list and there(row, end)
    }
    for row in books.reporters():
        listed = job.on_list is None or row["reporter"] in on_list
        if listed and row["kind"] == _ENTERPRISE and there(row, end):
            yield row


def _by_scale(
    rules: Rulebook,
    job: Job,
    firms: Firms,
    when: tuple[date, int],
    region: str,
    only: str,
) -> FromBooks:
    day, year = when
    editions = editions_of(rules, job.family or "", day, region)
    ratio = job.value or Ratio(over="")
    held = {_VALUE: ratio}
    unit = ratio.unit or editions[0].scales[0].unit
    rows = _sheet(firms, held, {_VALUE: firms.ratio(ratio, unit)})
    rows = [row for row in rows if not only or row["who"] == only]
    rated = rate(rules, editions, rows, day)
    return FromBooks(job, day, year, ratings=tuple(rated), findings=tuple(_said(job, firms, held)))


def _sheet(firms: Firms, held: dict[str, Ratio], cells: dict[str, Any]) -> list[Row]:
    """Return a row for each enterprise: values, why one is missing, what each rests on."""
    names = {n for r in held.values() for n in (r.over, r.under) if n}
    values = {name: _plain(column) for name, (column, _) in cells.items()}
    empty = {name: why for name, (_, why) in cells.items()}
    rows = []
    for at, firm in enumerate(firms.rows):
        row: Row = {"who": firm["reporter"], "mark": firms.mark(names, at)}
        row |= {name: column[at] for name, column in values.items()}
        row[GROW] = growing(firms, held, at)
        if lacking := per_row(empty, at):
            row[REASON] = lacking
        rows.append(row)
    return rows


def _plain(column: Any) -> list[float | None]:
    return [None if value != value else value for value in column.tolist()]  # noqa: PLR0124  NaN


def _said(job: Job, firms: Firms, held: dict[str, Ratio]) -> Iterator[Finding]:
    """Yield our choices, and which amounts are missing for how many and why."""
    yield from choices_said(job)
    for name in dict.fromkeys(n for r in held.values() for n in (r.over, r.under) if n):
        part = firms.part(name)
        for why in dict.fromkeys(part.reason[part.reason != ""].tolist()):
            count = int((part.reason == why).sum())
            words = reasons()[why].name
            values = {"amount": part.label, "count": count, "of": len(firms.rows), "why": words}
            yield Finding("grade_lacking", job.id, values)
