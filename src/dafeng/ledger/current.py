"""Which rows of the books count: corrections supersede, a final year replaces its months."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis.expr.types as ir

_SERIES = ("reporter", "facility", "item", "flow", "use", "product")


def current(entries: ir.Table) -> ir.Table:
    """Return the rows that count today, one per key.

    Args:
        entries: all rows ever entered, with ``entry``, an id that grows with time.

    Returns:
        The newest row of each key, without rows that another one names in ``supersedes``, and
        without the months and quarters of a year that has an ``annual_final``, corrected or not.
    """
    named = entries.filter(entries.supersedes != "").select(entry=entries.supersedes).distinct()
    rows = newest(entries.anti_join(named, "entry"), (*_SERIES, "period"))
    rows = rows.mutate(year=rows.period.substr(0, 4))
    finals = entries.filter(entries.kind == "annual_final")
    final = finals.mutate(year=finals.period).select(*_SERIES, "year").distinct()
    replaced = rows.filter(rows.period != rows.year).semi_join(final, [*_SERIES, "year"])
    return rows.anti_join(replaced.select("entry"), "entry").drop("year")


def today(rows: Iterable[dict[str, Any]], key: Sequence[str]) -> list[dict[str, Any]]:
    """Return the row of each key that was entered last, of rows in the order of entry."""
    return list({tuple(row[name] for name in key): row for row in rows}.values())


def newest(rows: ir.Table, key: Sequence[str]) -> ir.Table:
    """Return the row of each key that was entered last."""
    last = rows.group_by(list(key)).aggregate(entry=rows.entry.max())
    return rows.semi_join(last, "entry")
