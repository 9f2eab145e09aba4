"""Projects that are approved and do not use a full year's energy yet.

A project counts from the year in which building starts (or operation, where that day is given)
with what it will use in a year. One that began in the year of the use counts with the rest of it:
what of a year lies before its first day is not in the use.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from dafeng.budget.terms import Amount, MetricTerm, clauses
from dafeng.explain import Node, condensed
from dafeng.indicators import exact, half_up
from dafeng.rulebook import Rulebook
from dafeng.vocabulary import Text, factor, period

_STOPPED, _RETROFIT = "stopped", "retrofit"
Row = dict[str, Any]


@dataclass(frozen=True)
class Committed:
    """What is committed.

    Attributes:
        amount: whole grams; ``None`` where a project has no amount.
        without: those projects.
    """

    amount: Amount | None
    without: tuple[str, ...] = ()

    @property
    def node(self) -> Node | None:
        """How it came about."""
        return self.amount.node if self.amount else None


def committed(
    projects: Iterable[Row],
    metric: MetricTerm,
    rules: Rulebook,
    *,
    day: date,
    year: int,
    use_year: int,
    listed: Iterable[str] = (),
) -> Committed:
    """Return what approved projects will use in a year beyond what they used in ``use_year``.

    Args:
        projects: rows of the table of projects, of one region; retrofits save and do not count.
        metric: which of a project's amounts counts.
        rules: the rulebook, for the clause.
        day: approvals up to this day count.
        year: the year of the room: projects that start later do not count.
        use_year: the year of the use that it stands beside.
        listed: projects that are left out of the total.
    """
    held = [row for row in projects if _counts(row, day, year) and row["project"] not in {*listed}]
    nodes, total, without = [], 0, []
    for row in held:
        share = _share(row, use_year)
        amount = next((row[name] for name in metric.projects if row[name] is not None), None)
        if not share:
            continue
        if amount is None:
            without.append(row["project"])
            continue
        grams = half_up(exact(amount) * exact(factor("t", "g")) * share)
        total += grams
        nodes.append(_node(row, grams, amount, share, metric.unit))
    if without:
        return Committed(None, tuple(without))
    _, clause = rules.clause(clauses()["committed"])
    title = Text(zh="已批复未投产项目", en="approved projects not in operation yet")
    cited = Node("clause", clauses()["committed"], clause.text)
    tree = Node(
        "account",
        f"committed/{day}/{year}",
        title,
        total,
        metric.unit,
        flags=("our_reading",),
        children=(*condensed(nodes), cited),
    )
    return Committed(Amount(total, tree))


def _counts(row: Row, day: date, year: int) -> bool:
    if row["kind"] == _RETROFIT or row["status"] == _STOPPED or not row["approved"]:
        return False
    starts = row["finished"] or row["started"] or row["approved"]
    return row["approved"] <= str(day) and int(starts[:4]) <= year  # dates are text, 2025-12-31


def _share(row: Row, use_year: int) -> Fraction:
    """Return the part of a year that is not in the use of ``use_year``."""
    if not row["finished"]:
        return Fraction(row["status"] != "running")
    whole = period(str(use_year))
    first = date.fromisoformat(row["finished"])
    days = (whole.last - whole.first).days + 1
    return Fraction(min(max((first - whole.first).days, 0), days), days)


def _node(row: Row, grams: int, amount: float, share: Fraction, unit: str) -> Node:
    rest = "" if share == 1 else f" × {share}"
    return Node(
        "entry",
        f"project/{row['project']}",
        Text(
            zh=f"{row['project']} {row['title_zh']}",
            en=f"{row['project']} {row['title_en'] or row['title_zh']}",
        ),
        grams,
        unit,
        row["mark"],
        source=row["source"],
        detail=Text(zh=f"每年 {amount:g} t{rest}", en=f"{amount:g} t a year{rest}"),
    )
