"""Totals added as arrays are those of the expression that servers run, to the gram."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.accounting import SUMS, Adding, Rows, account_totals

BACKEND = ibis.duckdb.connect()
ROWS = pa.schema([("who_no", pa.int32()), ("activity_no", pa.int32()), ("amount", pa.float64())])
LINES = pa.schema(
    [
        *(("label", pa.int32()), ("own", pa.int32()), ("coefficient", pa.float64())),
        *(("sign", pa.float64()), ("first", pa.bool_()), ("activity_no", pa.int32())),
    ]
)
OWN = pa.schema(
    [
        *(("own", pa.int32()), ("own_label", pa.int32())),
        *(("override", pa.float64()), ("who_no", pa.int32())),
    ]
)
LABELS = 4

Row = dict[str, Any]
Ledger = tuple[list[Row], list[Row], list[Row], int, int]
"""Rows, lines, overrides; rows in a part; threads."""


def table(rows: Sequence[Row], schema: pa.Schema) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema)


def by_expression(rows: Sequence[Row], lines: Sequence[Row], own: Sequence[Row]) -> list[Any]:
    given_ = {"rows": (rows, ROWS), "lines": (lines, LINES), "own": (own, OWN)}
    held = (
        BACKEND.create_table(name, table(*one), temp=True, overwrite=True)
        for name, one in given_.items()
    )
    return content(BACKEND.to_pyarrow(account_totals(*held)))


def by_arrays(
    rows: Sequence[Row],
    lines: Sequence[Row],
    own: Sequence[Row],
    size: int = 1000,
    threads: int = 1,
) -> list[Any]:
    parts = table(rows, ROWS).to_batches(max_chunksize=size)
    sides = [
        parts[len(parts) * k // threads : len(parts) * (k + 1) // threads] for k in range(threads)
    ]
    adding = Adding(table(lines, LINES), table(own, OWN), LABELS)
    return content(adding(*map(arrays, sides)))


def arrays(parts: Sequence[pa.RecordBatch]) -> Rows:
    for part in parts:
        who, activity, amount = (c.to_numpy(zero_copy_only=False) for c in part.columns)
        yield who, activity, amount


def content(totals: pa.Table) -> list[Any]:
    names = ("who_no", "label", *SUMS)
    return sorted(tuple(row[name] for name in names) for row in totals.to_pylist())


AMOUNTS = st.one_of(
    st.sampled_from([None, 0.0, -0.0, 0.5, -0.5, 2.5, 2.0**53, 1e300, -1e300, float("inf")]),
    st.floats(-1e6, 1e6, allow_subnormal=False),
)
COEFFICIENTS = st.one_of(st.none(), st.floats(-10, 10, allow_subnormal=False))


@st.composite
def ledgers(draw: st.DrawFn) -> Ledger:
    line = {
        "label": st.integers(0, LABELS - 1),
        "own": st.none() | st.integers(0, 3),
        "coefficient": COEFFICIENTS,
        "sign": st.sampled_from([1.0, -1.0]),
        "first": st.booleans(),
        "activity_no": st.integers(0, 3),  # several lines of one activity, and activities without
    }
    who = {"who_no": st.integers(0, 3), "activity_no": st.integers(0, 5), "amount": AMOUNTS}
    pairs = draw(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5)), unique=True, max_size=8))
    own = [
        {"who_no": whose, "own": what, "own_label": 1, "override": draw(st.floats(-10, 10))}
        for whose, what in pairs  # also of what no line asks for
    ]
    rows: list[Row] = draw(st.lists(st.fixed_dictionaries(who), max_size=20))
    if draw(st.booleans()):
        rows.sort(key=lambda row: row["who_no"])  # as they lie in a snapshot
    lines = draw(st.lists(st.fixed_dictionaries(line), max_size=8))
    return rows, lines, own, draw(st.sampled_from([1, 3, 1000])), draw(st.integers(1, 3))


@settings(max_examples=120, deadline=None)
@given(ledgers())
def test_arrays_give_what_the_expression_gives(
    ledger: Ledger,
) -> None:
    rows, lines, own, size, threads = ledger
    assert by_arrays(rows, lines, own, size, threads) == by_expression(rows, lines, own)


def one_line(own: int | None = 0, label: int = 0) -> Row:
    return {"label": label, "own": own, "coefficient": 1.0, "sign": 1.0} | {
        "first": True,
        "activity_no": 0,
    }


def test_what_one_firm_measured_is_not_taken_for_the_next() -> None:
    # firm 0 measured for a line that no row asks for (own 1); firm 1 measured nothing
    own = [{"who_no": 0, "own": 1, "own_label": 1, "override": 100.0}]
    rows = [{"who_no": 1, "activity_no": 0, "amount": 3.0}]
    found = by_arrays(rows, [one_line()], own)
    assert found == by_expression(rows, [one_line()], own) == [(1, 0, 3, 1, 1, 0)]


def test_a_sum_that_does_not_fit_names_whose_it_is() -> None:
    rows = [{"who_no": who, "activity_no": 0, "amount": 2.0**62 * who} for who in (0, 1, 0, 1)]
    with pytest.raises(OverflowError) as error:
        by_arrays(rows, [one_line(None)], [])
    assert error.value.args == (1,)
    with pytest.raises(OverflowError):  # also where its parts come one by one
        by_arrays(rows, [one_line(None)], [], 1)
