"""Sums of reporters as a table: the sum, what is kept apart, and who has reported."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text as Styled

from dafeng.report.words import mark_words, number, word

if TYPE_CHECKING:
    from dafeng.indicators import Sum

_RIGHT = ("value", "feedstock", "renewable", "excluded", "change")


def sum_view(lines: Sequence[Sum], lang: str) -> list[Any]:
    """Return the sums as a table, and how the id of each line is made."""
    scope = lines[0].wanted.scope
    pattern = f"sum:{scope}:{word('id', lang)}:{word('year', lang)}"
    return [_table(lines, lang), Styled(word("sum_id", lang).format(id=pattern), "dim")]


def _table(lines: Sequence[Sum], lang: str) -> Table:
    """Return a row per sum; columns that hold nothing are left out."""
    from dafeng.indicators import ALL  # noqa: PLC0415  heavy

    parts = [n for n in ("feedstock", "renewable", "excluded") if any(getattr(x, n) for x in lines)]
    columns = ["id", "name", "year", "value", *parts, "who_reported", "mark"]
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        right = "right" if column in _RIGHT else "left"
        table.add_column(word(column, lang), justify=right, overflow="fold")  # type: ignore[arg-type]
    for line in lines:
        table.add_row(
            line.key or ALL,
            line.title.of(lang),
            str(line.year),
            number(line.grams, line.unit),
            *(number(getattr(line, name), line.unit) for name in parts),
            f"{line.complete} / {line.reported} / {line.expected}",
            mark_words(line.tree.worst, line.tree.all_flags, lang),
        )
    return table


def sum_dict(line: Sum, lang: str) -> dict[str, Any]:
    """Return a sum as plain data."""
    names = ("key", "year", "grams", "unit", "feedstock", "renewable", "excluded")
    counts = ("expected", "reported", "complete")
    return {
        "title": line.title.of(lang),
        **{name: getattr(line, name) for name in (*names, *counts)},
        "mark": line.tree.worst,
        "flags": list(line.tree.all_flags),
        "figure": line.figure,
    }
