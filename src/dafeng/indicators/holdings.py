"""What the reporters of a region hold, and how it stands in a tree.

The tables come from the books of reporters; dates are text (``2025-12-31``) and compare as text.
A row without a first day has been there from the start; one without a last day is still there.
What counts them is beside: ``counts``, ``capacity``, ``ratios``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dafeng.explain import Node, condensed
from dafeng.indicators.readings import Reading, reason_text
from dafeng.indicators.schema import Indicator
from dafeng.vocabulary import LANGUAGES, Text, period

NONE_HERE = "none_here"
"""Status: the books hold nothing of the kind for this place, though they may elsewhere."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Holdings:
    """What the reporters of a region hold, as rows of the tables of the same names.

    Attributes:
        lists: list, level, subject, first, last, mark.
        lines: line, reporter, product, field, route, capacity (in the unit of the product, per
            year), first, last, mark; ``level`` year → level reached (``benchmark``, another
            grade, or empty where it cannot be told) and ``energy`` year → g standard coal
            used, what is recovered or given away not taken off; ``field_name`` the name of the
            field, ``told`` year → the level in words, or why there is none, and ``rule`` year →
            the limits that it was held against.
        projects: project, reporter, kind, status, finished, mark.
        plants: reporter, facility, type, capacity (MW), first, last, mark.
        amounts: reporter, item, flow, year → quantity in the item's unit, with mark, number of
            rows (``rows``) and the first of them (``entry``), and whether no month of the reporter
            is missing in the year (``whole``); value added also by price basis: ``basis``.
        names: reporter or project → its name.
    """

    lists: list[Row] = field(default_factory=list)
    lines: list[Row] = field(default_factory=list)
    projects: list[Row] = field(default_factory=list)
    plants: list[Row] = field(default_factory=list)
    amounts: list[Row] = field(default_factory=list)
    names: Mapping[str, Text] = field(default_factory=dict)

    def called(self, row: Row, key: str) -> Text:
        """Return what a row is about: its id, then the names of what it is and of its firm."""
        ids = dict.fromkeys(row[name] for name in (key, "reporter") if row.get(name))
        names = [self.names[one] for one in ids if one in self.names]
        zh, en = (" · ".join(name.of(lang) for name in names) for lang in LANGUAGES)
        return Text(zh=f"{row[key]} {zh}".strip(), en=f"{row[key]} {en}".strip())


def there(row: Row, day: str) -> bool:
    """Whether a row holds on a day."""
    return (not row["first"] or row["first"] <= day) and (not row["last"] or day <= row["last"])


def end(as_of: str) -> tuple[str, int]:
    """Return the last day of a period and its year."""
    last = period(as_of).last
    return str(last), last.year


def silent(year: int, indicator: Indicator, status: str = NONE_HERE) -> Reading:
    """Return that the books hold nothing of the kind, or (``not_reported``) not of this year."""
    reason = "not_in_books" if status == NONE_HERE else "not_this_year"
    return Reading(None, str(year), indicator.unit, status, reason_text(reason))


def counted(
    indicator: Indicator,
    year: int,
    value: float,
    unit: str,
    words: Text,
    nodes: tuple[Node, ...],
    base: float | None = None,
) -> Reading:
    """Return a value with the one formula that leads to it."""
    formula = Node(
        "formula",
        f"{indicator.id}/{year}",
        indicator.title,
        value,
        unit,
        detail=words,
        children=nodes,
    )
    return Reading(value, str(year), unit, nodes=(formula,), base=base)


def leaves(
    held: Holdings,
    rows: Iterable[Row],
    key: str,
    size: Callable[[Row], float],
    unit: str,
    word: Callable[[Row], Text | None] = lambda _: None,
) -> tuple[Node, ...]:
    """Return a node per row, the largest first; many rows end in one line with sum and hash."""
    return condensed(
        Node(
            "entry",
            f"{key}/{row[key]}",
            held.called(row, key),
            size(row),
            unit,
            row.get("mark", ""),
            source=row.get("source", ""),
            detail=word(row),
        )
        for row in rows
    )
