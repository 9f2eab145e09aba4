"""The core: accounts = ledger ⨝ terms ⟕ coefficients ⟕ overrides.

Everything here is an Ibis expression of equality joins, so that any engine runs it. Row amounts
are whole grams; sums are sums of integers and do not depend on the order of rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import ibis
import pyarrow as pa

from dafeng.accounting.coefficients import (
    SEPARATOR,
    Activity,
    Compiler,
    compile_coefficients,
)
from dafeng.accounting.derive import Derived
from dafeng.accounting.joins import looked_up
from dafeng.accounting.overrides import KEY, compile_overrides
from dafeng.accounting.prepare import PREPARED
from dafeng.rulebook import Rulebook

if TYPE_CHECKING:
    import ibis.expr.types as ir

JOIN = ("method", "item", "flow", "basis", "use", "period", "region")
OWN = tuple(name for name in KEY if name not in ("reporter", "facility"))
HALF = 0.5
LARGEST = 2.0**63

Put = Callable[[str, pa.Table], "ir.Table"]


def in_memory(_name: str, rows: pa.Table) -> ir.Table:
    """Let the engine find a table in memory."""
    return ibis.memtable(rows)


def accounts(
    rules: Rulebook,
    prepared: ir.Table,
    measured: ir.Table,
    data_year: int | None = None,
    compiler: Compiler = compile_coefficients,
    derived: Derived | None = None,
    put: Put = in_memory,
) -> ir.Table:
    """Compute the accounts.

    Args:
        rules: the rulebook.
        prepared: rows from ``prepare``.
        measured: measured parameters: reporter, facility, period, item, parameter, value, unit.
        data_year: hold regional factors fixed at the data of this year; ``None`` takes the
            newest not later than the period.
        compiler: what gives the coefficients: ``compile_coefficients``, or one that remembers.
        derived: what ``derive`` gave; its entries belong among the prepared rows already.
        put: takes a table in where the rows are, under a name.

    Returns:
        One row per entry and term: the entry's columns, ``method, purpose, term, boundary,
        measure, gas, scope, memo, sign, coefficient, inputs, proxy`` and ``grams`` (int64,
        g CO2e or g standard coal, signed; null where a parameter has no value).
    """
    table = coefficient_table(rules, prepared, data_year, compiler)
    known = (derived or Derived()).with_measured(measured)
    overrides = compile_overrides(rules, occurring(prepared).to_pyarrow(), known, data_year)
    return join(prepared, put("coefficients", table), put("overrides", overrides))


def occurring(prepared: ir.Table) -> ir.Table:
    """Return for whom and what an override may be asked: columns as ``compile_overrides`` says."""
    names = ("reporter", "facility", "method", "item", "use", "period", "year", "region")
    return prepared.filter(prepared.method != "").select(*names).distinct()


def coefficient_table(
    rules: Rulebook,
    prepared: ir.Table,
    data_year: int | None,
    compiler: Compiler = compile_coefficients,
) -> pa.Table:
    """Compile the coefficients for what occurs in the rows."""
    held = prepared.filter(prepared.method != "")
    names = ("method", "item", "flow", "basis", "use")
    activities = held.select(*names).distinct().to_pyarrow().to_pylist()
    periods = _distinct(held, "period")
    regions = _distinct(held, "region")
    return compiler(rules, (Activity(**row) for row in activities), periods, regions, data_year)


def keyed(rows: ir.Table) -> ir.Table:
    """Return rows with ``activity``, one text for all columns that a coefficient hangs on.

    Joining by one text costs half of joining by seven columns; a snapshot holds it ready.
    """
    return rows if "activity" in rows.columns else rows.mutate(activity=_text(rows, JOIN))


def join(prepared: ir.Table, coefficients: ir.Table, overrides: ir.Table) -> ir.Table:
    """Join rows to coefficients and overrides; see ``accounts`` for the columns."""
    rows = _joined(prepared, coefficients, overrides)
    coefficient = ibis.coalesce(rows.override, rows.coefficient)
    return rows.select(
        *PREPARED,
        "method",
        "purpose",
        "year",
        "region",
        "basis",
        "amount",
        "term",
        "boundary",
        "measure",
        "gas",
        "scope",
        "memo",
        "sign",
        coefficient=coefficient,
        inputs=ibis.coalesce(rows.override_inputs, rows.inputs),
        proxy=ibis.coalesce(rows.override_proxy, rows.proxy),
        grams=_grams(rows),
    )


def account_totals(rows: ir.Table, lines: ir.Table, own: ir.Table) -> ir.Table:
    """Return totals of the rows that ``join`` would give, without making them.

    Numbers stand for who, activity and label, so that no text is looked at row by row. All but
    the keys is a count or a sum of whole numbers: totals can be added, and taken from one another.

    Args:
        rows: rows of a snapshot: ``who_no``, ``activity_no``, ``amount``.
        lines: lines of ``Lines.numbered``.
        own: overrides of ``Lines.numbered``.

    Returns:
        ``who_no``, ``label``; ``grams`` (int64, 0 where nothing is known), ``entries``, ``terms``
        (rows summed), ``without_value`` (rows whose amount is unknown and not in the sum).
    """
    found = rows.inner_join(lines, "activity_no")
    found = looked_up(found, own, ["who_no", "own"])
    coefficient = ibis.coalesce(found.override, found.coefficient)
    found = found.select(
        "who_no",
        "first",
        label=ibis.coalesce(found.own_label, found.label),
        grams=rounded(found.amount * coefficient * found.sign),
    )
    return found.group_by(["who_no", "label"]).aggregate(
        grams=whole_sum(found.grams).fill_null(0),
        entries=found.count(where=found["first"]),
        terms=found.count(),
        without_value=found.count(where=found.grams.isnull()),
    )


def _joined(prepared: ir.Table, lines: ir.Table, overrides: ir.Table) -> ir.Table:
    """Join rows to coefficients, and to overrides where anyone measured for the coefficient.

    Elsewhere ``own`` is null: it meets nothing, and an engine need not look it up.
    """
    measured = overrides.mutate(own=_text(overrides, OWN)).drop(*OWN)
    lines = keyed(lines).mutate(line=_text(lines, OWN))
    met = measured.select("own").distinct()
    lines = lines.left_join(met, lines.line == met.own).drop(*JOIN, "line")
    rows = keyed(prepared).inner_join(lines, "activity")
    return looked_up(rows, measured, ["reporter", "facility", "own"])


def _text(rows: ir.Table, names: Sequence[str]) -> ir.StringColumn:
    """Return columns as one text."""
    text = rows[names[0]]
    for name in names[1:]:
        text = text + SEPARATOR + rows[name]
    return text


def _grams(rows: ir.Table) -> ir.Column:
    coefficient = ibis.coalesce(rows.override, rows.coefficient)
    return rounded(rows.amount * coefficient * rows.sign)


@ibis.udf.scalar.builtin(name="floor")  # type: ignore[untyped-decorator]
def _floor(value: float) -> float:
    """The engine's own floor; Ibis would cast it to a whole number, which costs a quarter more."""
    raise NotImplementedError


def rounded(value: ir.Column) -> ir.Column:
    """Round half away from zero to a whole number: sign(x)·floor(|x| + ½).

    What does not fit into 64 bits (above 9 × 10¹² t) has no value, and is reported as such.
    """
    whole = value.sign() * _floor(value.abs() + HALF)
    return ibis.ifelse(value.abs() < LARGEST, whole, ibis.null("float64")).cast("int64")


def whole_sum(grams: ir.Column) -> ir.Column:
    """Return a sum of whole numbers as 64 bits, wherever it goes.

    Ibis takes the sum for 64 bits and drops a plain cast; DuckDB's has 128, and a Parquet file of
    it holds floats. What does not fit is an error.
    """
    return grams.sum().cast("decimal(38, 0)").cast("int64")


def totals(rows: ir.Table, by: Sequence[str]) -> ir.Table:
    """Sum whole grams by columns.

    Firms and their facilities, methods, boundaries and what is kept apart are always keys, so
    that they are never added.

    Returns:
        ``by``, ``facility``, ``method``, ``boundary``, ``measure``, ``memo``, ``grams`` (int64),
        ``entries`` (rows summed), ``without_value`` (rows whose amount is unknown and not in
        the sum).
    """
    keys = dict.fromkeys((*by, "facility", "method", "boundary", "measure", "memo"))
    return rows.group_by(list(keys)).aggregate(
        grams=whole_sum(rows.grams),
        entries=rows.entry.nunique(),
        without_value=rows.grams.isnull().sum().cast("int64"),
    )


def outside(prepared: ir.Table, rows: ir.Table) -> ir.Table:
    """Count entries that no term of their method counts, by method, item, flow and use."""
    counted = rows.select("entry", "method").distinct().mutate(counted=True)
    joined = looked_up(prepared, counted, ["entry", "method"])
    return (
        joined.filter(joined.counted.isnull())
        .group_by(["reporter", "method", "item", "flow", "use"])
        .aggregate(entries=joined.entry.nunique())
    )


def _distinct(rows: ir.Table, column: str) -> list[str]:
    return sorted(rows.select(column).distinct().to_pyarrow()[column].to_pylist())
