"""A left join that keeps one copy of its keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir


def looked_up(rows: ir.Table, found: ir.Table, keys: Sequence[str]) -> ir.Table:
    """Return the rows with the other columns of ``found``, null where there is no match."""
    joined = rows.left_join(found, list(keys), rname="looked_up_{name}")
    return joined.drop(*(f"looked_up_{key}" for key in keys))
