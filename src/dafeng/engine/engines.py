"""One face for three engines: put a table, keep an expression, fetch a result.

The expressions are the same on all of them. What differs is how rows get in and out without
passing through a data frame, where whole numbers would become floats.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, partial
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from weakref import finalize

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dafeng.vocabulary import Fault

if TYPE_CHECKING:
    import ibis.expr.types as ir

VARIABLE = "DAFENG_ENGINE"
"""Environment variable that names the engine where nothing else does."""

Names = Sequence[str] | None

_EXTRAS = {"postgresql": "postgres", "spark": "spark"}


class Engine:
    """DuckDB, embedded and in memory.

    Args:
        backend: an Ibis backend.
    """

    embedded = True
    """Whether it computes here, on files that are at hand."""

    def __init__(self, backend: Any) -> None:
        self.backend = backend

    @property
    def kind(self) -> str:
        """Which of the engines it is: what one computed is not taken for another's."""
        return type(self).__name__

    def put(self, name: str, rows: pa.Table) -> ir.Table:
        """Take rows in as a temporary table."""
        table: ir.Table = self.backend.create_table(name, rows, temp=True, overwrite=True)
        return table

    def scan(self, _name: str, files: Sequence[Path], columns: Names = None) -> ir.Table:
        """Look at columns of Parquet files of one layout; at all of them where none are named.

        Here they are read where they are, as far as is asked; elsewhere they are taken in.
        """
        table: ir.Table = self.backend.read_parquet([str(file) for file in files])
        return table.select(*columns) if columns else table

    def keep(self, name: str, expression: ir.Table) -> ir.Table:
        """Compute an expression into a temporary table, so that it is computed once."""
        table: ir.Table = self.backend.create_table(name, expression, temp=True, overwrite=True)
        return table

    def fetch(self, expression: ir.Table) -> pa.Table:
        """Compute an expression; integers stay integers."""
        return self.backend.to_pyarrow(expression)

    def close(self) -> None:
        """Let go of the tables and of the connection."""
        self.backend.disconnect()

    def close_when_unused(self) -> None:
        """Close once nobody holds one of its tables any more, at the latest when all ends."""
        finalize(self.backend, self._closing())

    def _closing(self) -> Callable[[], object]:
        """Return what closes; it must not hold the backend itself."""
        closing: Callable[[], object] = self.backend.con.close
        return closing


class Postgres(Engine):
    """PostgreSQL: rows go in by COPY, and the planner is told how many there are."""

    embedded = False

    def put(self, name: str, rows: pa.Table) -> ir.Table:
        """Take rows in as a temporary table."""
        import ibis  # noqa: PLC0415  heavy
        from pyarrow import csv  # noqa: PLC0415  heavy

        rows = plain(rows)
        table: ir.Table = self.backend.create_table(
            name, schema=ibis.Schema.from_pyarrow(rows.schema), temp=True, overwrite=True
        )
        sink = BytesIO()
        csv.write_csv(rows, sink, csv.WriteOptions(include_header=False))
        # text is quoted and null is not, which is how COPY tells an empty text from no value
        with self.backend.con.cursor() as cursor:
            with cursor.copy(f'COPY "{name}" FROM STDIN (FORMAT csv)') as copy:
                copy.write(sink.getbuffer())
            cursor.execute(f'ANALYZE "{name}"')
        return table

    def scan(self, name: str, files: Sequence[Path], columns: Names = None) -> ir.Table:
        """Take columns of Parquet files in as a temporary table: the server may not see files."""
        return self.put(name, _of_files(files, columns))

    def keep(self, name: str, expression: ir.Table) -> ir.Table:
        """Compute an expression into a temporary table, so that it is computed once."""
        table = super().keep(name, expression)
        with self.backend.con.cursor() as cursor:
            cursor.execute(f'ANALYZE "{name}"')
        return table


class Spark(Engine):
    """Apache Spark: temporary views of Arrow tables and of results that are kept."""

    embedded = False

    def put(self, name: str, rows: pa.Table) -> ir.Table:
        """Take rows in as a temporary view."""
        frame = self._session.createDataFrame(plain(rows))
        if frame.count() != rows.num_rows:
            raise Fault("engine_refused", label=name, reason=f"{frame.count()} ≠ {rows.num_rows}")
        return self._view(name, frame)

    def scan(self, name: str, files: Sequence[Path], columns: Names = None) -> ir.Table:
        """Take columns of Parquet files in as a view: a cluster may not see files."""
        return self.put(name, _of_files(files, columns))

    def keep(self, name: str, expression: ir.Table) -> ir.Table:
        """Compute an expression once, and cut its plan off from what it came from."""
        return self._view(name, self._frame(expression).localCheckpoint(eager=True))

    def fetch(self, expression: ir.Table) -> pa.Table:
        """Compute an expression; integers stay integers."""
        return self._frame(expression).toArrow()

    def close(self) -> None:
        """Let go of the tables; other engines stay on the same Spark."""
        self._closing()()

    def _closing(self) -> Callable[[], object]:
        return partial(_drop_views, self._session, self._views)

    @cached_property
    def _views(self) -> set[str]:
        return set()

    @property
    def _session(self) -> Any:
        return self.backend._session  # noqa: SLF001  Ibis names it so

    def _frame(self, expression: ir.Table) -> Any:
        self.backend._run_pre_execute_hooks(expression)  # noqa: SLF001  registers tables in memory
        return self._session.sql(self.backend.compile(expression))

    def _view(self, name: str, frame: Any) -> ir.Table:
        frame.createOrReplaceTempView(name)
        self._views.add(name)
        table: ir.Table = self.backend.table(name)
        return table


def connect(url: str = "") -> Engine:
    """Open an engine of its own: no other one sees its tables.

    Args:
        url: empty or ``duckdb`` for DuckDB in memory, never a file; ``postgresql://…``; ``spark``
            for Spark on this machine or ``spark://host:port``. Where it is empty, the environment
            variable decides.

    Raises:
        Fault: ``unknown_engine``, ``engine_missing`` where its library is not installed,
            ``engine_refused`` where it cannot be reached.
    """
    url = url or os.environ.get(VARIABLE, "")
    kind = urlsplit(url).scheme or url or "duckdb"
    openers = {"duckdb": _duckdb, "postgresql": _postgres, "postgres": _postgres, "spark": _spark}
    if kind not in openers or (kind == "duckdb" and url not in ("", kind, f"{kind}://")):
        raise Fault("unknown_engine", label=url, near=", ".join(openers))
    try:
        return openers[kind](url)
    except ModuleNotFoundError as error:
        extra = _EXTRAS.get(kind, kind)
        raise Fault("engine_missing", label=kind, extra=extra, module=error.name) from error


def _duckdb(_url: str) -> Engine:
    import ibis  # noqa: PLC0415  heavy

    backend = ibis.duckdb.connect()
    backend.raw_sql("SET enable_progress_bar = false")  # it would stand in the middle of JSON
    return Engine(backend)


def _postgres(url: str) -> Engine:
    import ibis  # noqa: PLC0415  heavy
    import psycopg  # noqa: PLC0415  heavy

    try:
        return Postgres(ibis.connect(url.replace("postgresql://", "postgres://", 1)))
    except (psycopg.Error, OSError) as error:
        raise _refused("postgresql", error) from error


def _spark(url: str) -> Engine:
    import ibis  # noqa: PLC0415  heavy
    from py4j.protocol import Py4JError  # type: ignore[import-untyped]  # noqa: PLC0415  heavy
    from pyspark.errors import PySparkException  # noqa: PLC0415  heavy
    from pyspark.sql import SparkSession  # noqa: PLC0415  heavy

    settings = {
        "spark.master": url if "://" in url else "local[*]",
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": str(os.cpu_count() or 1),
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        "spark.log.level": "ERROR",
    }
    builder = SparkSession.builder.appName("dafeng")
    for name, value in settings.items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate().newSession()  # views are the session's own
        for name, value in settings.items():
            if name.startswith("spark.sql."):
                session.conf.set(name, value)
        return Spark(ibis.pyspark.connect(session))
    except (PySparkException, Py4JError, OSError) as error:
        raise _refused("spark", error) from error


def _drop_views(session: Any, names: Iterable[str]) -> None:
    for name in names:  # asking Spark for them would make it keep a warehouse in this folder
        session.catalog.dropTempView(name)


def _of_files(files: Sequence[Path], columns: Names) -> pa.Table:
    names = list(columns) if columns else None
    parts = (pq.ParquetFile(file, page_checksum_verification=True) for file in files)
    return pa.concat_tables(part.read(columns=names) for part in parts)


def plain(rows: pa.Table) -> pa.Table:
    """Return a table with dictionary-encoded columns written out, in one piece.

    PySpark 4.0 loses rows of a table in many pieces without a word.
    """
    columns = {
        name: pc.cast(rows[name], pa.string()) if pa.types.is_dictionary(kind) else rows[name]
        for name, kind in zip(rows.schema.names, rows.schema.types, strict=True)
    }
    return pa.table(columns).combine_chunks()


def _refused(kind: str, error: Exception) -> Fault:
    said = str(error).strip().splitlines() or [type(error).__name__]
    return Fault("engine_refused", label=kind, reason=said[0])
