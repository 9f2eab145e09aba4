"""Worked cases of scales and formulas: published with their place, or with the arithmetic shown.

A case names ``family`` and ``date`` (the edition in force answers) or an ``edition`` and a date.
A scale case holds ``value`` against ``scale`` and expects ``grade`` and, where it states them,
``limits`` and what is ``missing``. Its ``table`` holds many values against many scales: value →
grade, or inputs that no source lets us take and that withhold the grade. A formula case expects
the results of ``steps``; numbers are compared exactly, so they stand in quotes where binary
fractions would disturb them, and ``~`` expects no value.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from dafeng.grading import Graded, grade
from dafeng.grading.scales import needed
from dafeng.rulebook import compute, load
from dafeng.vocabulary import Fault

Row = dict[str, Any]
RULES = load()


def read(path: Path) -> Iterator[tuple[str, Row]]:
    """Yield the cases of a file, a table row by row."""
    for case in yaml.safe_load(path.read_text(encoding="utf-8")):
        name = f"{path.stem}: {case['name']}"
        inputs = case.get("inputs", {})
        if "table" not in case:
            yield name, case
        for row in case.get("table", ()):
            given = {"inputs": inputs | row.get("inputs", {})}
            yield f"{name} ({row['scale']})", case | row | given


CASES: dict[str, Row] = {
    name: case
    for path in sorted((Path(__file__).parent / "cases" / "rules").glob("*.yaml"))
    for name, case in read(path)
}


def edition(case: Row, book: dict[str, Any]) -> Any:
    """The edition that a case names, or the one in force on its date."""
    day = case["date"]
    assert isinstance(day, date)
    if "edition" in case:
        return RULES.named(book, case["edition"], day)
    return RULES.edition(book, case["family"], day, case.get("region", ""))


def check_scale(case: Row) -> None:
    found = edition(case, RULES.scales)
    scale = found.scale(case["scale"])
    assert scale is not None, f"{found.id} has no {case['scale']}"
    inputs = {name: [value] for name, value in case.get("inputs", {}).items()}
    (graded,) = grade(found, scale, [case.get("value")], inputs)
    assert graded.grade == case["grade"]
    if "in_edition" in case:
        assert found.id == case["in_edition"]
    if "limits" in case:
        assert graded.limits == {k: Decimal(str(v)) for k, v in case["limits"].items()}
    assert list(graded.missing) == case.get("missing", [])


def held(case: Row) -> dict[str, Graded]:
    """Hold the values of a row of a table against their scale."""
    found = edition(case, RULES.scales)
    scale = found.scale(case["scale"])
    assert scale is not None, f"{found.id} has no {case['scale']}"
    values = case.get("grades") or {str(one): "" for one in scale.limits if one is not None}
    inputs = {name: [value] * len(values) for name, value in case["inputs"].items()}
    return dict(zip(values, grade(found, scale, [*values], inputs), strict=True))


def check_row(case: Row) -> None:
    graded = held(case)
    if "withheld" in case:
        missing = tuple(case["withheld"])
        assert {(one.grade, one.missing) for one in graded.values()} == {("", missing)}
        return
    assert {value: one.grade for value, one in graded.items()} == case["grades"]
    for limits in (one.limits for one in graded.values()):
        assert set(limits.values()) <= {Decimal(value) for value in graded}


def check_formula(case: Row) -> None:
    found = edition(case, RULES.formulas)
    columns = {name: [value] for name, value in case["inputs"].items()}
    if "in_edition" in case:
        assert found.id == case["in_edition"]
    computed = compute(RULES, found, columns, case["date"], case.get("region", ""))
    for step, expected in case["steps"].items():
        (result,) = computed.steps[step]
        if expected is None:
            assert result.is_nan(), step
        else:
            assert result == Decimal(str(expected)), step
    assert list(computed.missing[0]) == case.get("missing", [])


@pytest.mark.parametrize("name", CASES)
def test_case(name: str) -> None:
    case = CASES[name]
    check = check_row if "table" in case else check_scale if "scale" in case else check_formula
    if "refused" in case:
        with pytest.raises(Fault) as caught:
            check(case)
        assert caught.value.code == case["refused"]
    else:
        check(case)


def test_every_scale_with_a_correction_is_worked_at_each_of_its_limits() -> None:
    rows = [case for case in CASES.values() if "grades" in case]
    worked = {(edition(case, RULES.scales).id, case["scale"]) for case in rows}
    open_ = [case for case in CASES.values() if "withheld" in case]
    withheld = {(edition(case, RULES.scales).id, case["scale"]) for case in open_}
    for one in RULES.scales.values():
        for scale in one.scales:
            asked = [one.inputs[name] for name in needed(scale)]
            if asked:
                assert (one.id, scale.id) in worked
            if any(given.default is None and not given.optional for given in asked):
                assert (one.id, scale.id) in withheld
