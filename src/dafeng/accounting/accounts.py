"""The core: accounts = ledger ⨝ terms ⟕ coefficients ⟕ overrides.

Everything here is an Ibis expression of equality joins, so that any engine runs it. Row amounts
are whole grams; sums are sums of integers and do not depend on the order of rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import ibis
import pyarrow as pa

from dafeng.accounting.coefficients import Activity, Compiler, compile_coefficients
from dafeng.accounting.derive import Derived
from dafeng.accounting.joins import looked_up
from dafeng.accounting.overrides import KEY, compile_overrides
from dafeng.accounting.prepare import PREPARED
from dafeng.rulebook import Rulebook

if TYPE_CHECKING:
    import ibis.expr.types as ir

_JOIN = ("method", "item", "flow", "basis", "use", "period", "region")
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
    names = ("reporter", "facility", "method", "item", "use", "period", "year", "region")
    occurring = prepared.filter(prepared.method != "").select(*names).distinct()
    known = (derived or Derived()).with_measured(measured)
    overrides = compile_overrides(rules, occurring, known, data_year)
    return join(prepared, put("coefficients", table), put("overrides", overrides))


def coefficient_table(
    rules: Rulebook,
    prepared: ir.Table,
    data_year: int | None,
    compiler: Compiler = compile_coefficients,
) -> pa.Table:
    """Compile the coefficients for what occurs in the rows."""
    occurring = prepared.filter(prepared.method != "")
    names = ("method", "item", "flow", "basis", "use")
    activities = occurring.select(*names).distinct().to_pyarrow().to_pylist()
    periods = _distinct(occurring, "period")
    regions = _distinct(occurring, "region")
    return compiler(rules, (Activity(**row) for row in activities), periods, regions, data_year)


def join(prepared: ir.Table, coefficients: ir.Table, overrides: ir.Table) -> ir.Table:
    """Join rows to coefficients and overrides; see ``accounts`` for the columns."""
    rows = looked_up(prepared.inner_join(coefficients, _JOIN), overrides, KEY)
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
        grams=rounded(rows.amount * coefficient * rows.sign),
    )


def rounded(value: ir.Column) -> ir.Column:
    """Round half away from zero to a whole number: sign(x)·floor(|x| + ½).

    What does not fit into 64 bits (above 9 × 10¹² t) has no value, and is reported as such.
    """
    fits = ibis.ifelse(value.abs() < LARGEST, value, ibis.null("float64"))
    return (fits.sign() * (fits.abs() + HALF).floor()).cast("int64")


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
        grams=rows.grams.sum().cast("int64"),
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
