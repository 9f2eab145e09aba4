"""Where tables are computed. DuckDB in the process is the default."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis
    import pyarrow as pa


def connect() -> ibis.BaseBackend:
    """Open the embedded engine, in memory."""
    import ibis  # noqa: PLC0415  heavy

    return ibis.duckdb.connect()


def fetch(backend: ibis.BaseBackend, expression: ibis.Table) -> pa.Table:
    """Compute an expression; integers stay integers (a data frame would pass through floats)."""
    return backend.to_pyarrow(expression)
