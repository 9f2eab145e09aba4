"""Grades told by floats and sums told by numbers are those that decimals and rows would give."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pytest
from cards import HEAD
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng import engine
from dafeng.accounting import keyed
from dafeng.grading import grade, score
from dafeng.rulebook import Scorecard, load
from dafeng.workspace.snapshot import Snapshot
from dafeng.workspace.told import all_bits, told

CARD: dict[str, Any] = {
    **HEAD,
    "normalised": "min(max((value - base) / (lead - base), 0), 1.5)",
    "criteria": [
        {"id": "a", "zh": "甲", "en": "a", "weight": 70, "base": 0.1, "lead": 0.3},
        {"id": "b", "zh": "乙", "en": "b", "weight": 30, "base": 1, "lead": 4, "missing": "mean"},
    ],
    "classes": [
        {"id": "good", "zh": "好", "en": "good", "score": 70},
        {"id": "poor", "zh": "差", "en": "poor", "score": 0},
    ],
}
VALUES = st.lists(
    st.tuples(*(st.one_of(st.none(), st.integers(0, 500).map(lambda n: n / 1000)),) * 2),
    min_size=1,
    max_size=30,
)


def scale_of(family: str) -> tuple[Any, Any]:
    edition = next(one for one in load().scales.values() if one.family == family)
    return edition, next(s for s in edition.scales if s.corrected is None and not s.unknown)


@settings(deadline=None, max_examples=60)
@given(VALUES)
def test_ranks_and_classes_are_those_of_the_exact_totals(rows: list[tuple[Any, Any]]) -> None:
    columns = {name: [row[at] for row in rows] for at, name in enumerate("ab")}
    scored = score(Scorecard.model_validate(CARD), columns)
    totals = list(scored.total)
    for one, rank, named in zip(totals, scored.ranks, scored.classes, strict=True):
        if one.is_nan():
            assert (rank, named) == (None, "")
        else:
            better = sum(not other.is_nan() and other > one for other in totals)
            assert (rank, named) == (better + 1, "good" if one >= 70 else "poor")


def test_totals_that_floats_cannot_tell_apart_are_ranked_by_decimals() -> None:
    # 0.1 + 0.2 lies a little above 0.3 in binary; the decimals 0.30 and 0.3 are the same
    card = CARD | {"normalised": "value + base", "criteria": [CARD["criteria"][0]]}
    values = ["0.2", "0.20", "0.20000000000000000000001"]
    scored = score(Scorecard.model_validate(card), {"a": values})
    assert scored.ranks == [2, 2, 1]
    assert scored.total[0] == Decimal("21.0")


def test_a_division_by_zero_lacks_a_score_and_ranks_nobody() -> None:
    # 0.3 - 0.1 - 0.2 is nothing in decimals, and a little more in floats
    card = CARD | {"normalised": "value / (lead - base - 0.2)", "criteria": [CARD["criteria"][0]]}
    scored = score(Scorecard.model_validate(card), {"a": [1.0]})
    assert (scored.ranks, scored.missing) == ([None], [("undefined:a",)])


def test_functions_that_have_no_floats_are_computed_in_decimals() -> None:
    card = CARD | {"normalised": "where(value >= 0.3, 1, value ** 2)"}
    scored = score(Scorecard.model_validate(card), {"a": [0.3, 0.2], "b": [0.3, 0.1]})
    assert list(scored.total) == [Decimal(100), Decimal("3.1")]


@settings(deadline=None, max_examples=100)
@given(st.lists(st.one_of(st.none(), st.floats(0, 1e6), st.decimals(0, 3, places=25)), max_size=9))
def test_grades_are_those_of_a_comparison_of_decimals(values: list[Any]) -> None:
    edition, scale = scale_of("carbon-efficiency")
    limits = [Decimal(str(one)) for one in scale.limits]
    names = [one.id for one in edition.grades]
    values = [*values, *scale.limits, *(limit + Decimal("1e-25") for limit in limits)]
    found = grade(edition, scale, values)
    for value, one, column in zip(values, found, found.grade, strict=True):
        wanted = ""
        if value is not None:
            kept = [
                n for n, limit in zip(names, limits, strict=True) if Decimal(str(value)) <= limit
            ]
            wanted = kept[0] if kept else "beyond"
        assert (one.grade, column) == (wanted, wanted)


def test_rows_are_made_when_they_are_read_and_only_once() -> None:
    edition, scale = scale_of("carbon-efficiency")
    found = grade(edition, scale, [0.5, None, 3.0])
    assert found[0] is found[0]
    assert [one.value for one in found[1:]] == [None, Decimal("3.0")]
    assert found[-1].grade == "beyond"
    with pytest.raises(IndexError):
        found[3]


def test_bits_of_a_cell_are_those_of_any_of_its_rows() -> None:
    cell, bits = np.array([0, 0, 2, 2]), np.array([1, 2, 4, 4])
    assert all_bits(cell, bits, 3).tolist() == [3, 0, 4]


def prepared(rows: Sequence[dict[str, Any]]) -> pa.Table:
    said = {"facility": "", "mark": "synthetic", "use": "", "basis": "", "region": ""}
    held = ibis.memtable(pa.Table.from_pylist([said | row for row in rows]))
    return engine.connect().fetch(keyed(held))


def entry(number: str, method: str, amount: float, item: str = "value_added") -> dict[str, Any]:
    flow = "consumed" if item == "raw_coal" else "produced"
    return {"reporter": "A", "item": item, "flow": flow, "product": "2025", "period": "2025-03"} | {
        "entry": number,
        "method": method,
        "amount": amount,
    }


def test_an_entry_is_told_once_by_however_many_methods(tmp_path: Path) -> None:
    rows = [entry("1", m, 5.0) for m in ("energy", "inventory")]
    rows += [entry("2", m, 7.0) for m in ("energy", "inventory")]
    rows += [entry("3", m, 9.0, "raw_coal") for m in ("energy", "inventory")]  # it is accounted
    snapshot = Snapshot(tmp_path)
    snapshot.update([("2025-03", prepared(rows))])
    found = told(snapshot, "2025", derived=False)
    assert sorted(found["amount"].to_pylist()) == [5.0, 7.0]
    assert set(found["months"].to_pylist()) == {0b100}
    assert told(snapshot, "2024", derived=False).num_rows == 0
    assert told(snapshot, "2025", "raw_coal", derived=False)["amount"].to_pylist() == [9.0]


def test_a_derived_entry_that_stands_for_one_method_is_told_too(tmp_path: Path) -> None:
    rows = [entry("1", m, 5.0) for m in ("energy", "inventory")]
    rows += [entry("1~share", "inventory", 2.0)]
    snapshot = Snapshot(tmp_path)
    snapshot.update([("2025-03", prepared(rows))])
    found = told(snapshot, "2025", derived=True)
    assert sorted(found["amount"].to_pylist()) == [2.0, 5.0]
