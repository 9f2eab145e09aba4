"""Worked cases of scales and formulas: published with their place, or with the arithmetic shown.

A case names ``family`` and ``date`` (the edition in force answers) or an ``edition`` and a date.
A scale case holds ``value`` against ``scale`` and expects ``grade`` and, where it states them,
``limits`` and what is ``missing``. A formula case expects the results of ``steps``; numbers are
compared exactly, so they stand in quotes where binary fractions would disturb them, and ``~``
expects no value.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from dafeng.grading import grade
from dafeng.rulebook import compute, load
from dafeng.vocabulary import Fault

Row = dict[str, Any]
RULES = load()
CASES: dict[str, Row] = {
    f"{path.stem}: {case['name']}": case
    for path in sorted((Path(__file__).parent / "cases" / "rules").glob("*.yaml"))
    for case in yaml.safe_load(path.read_text(encoding="utf-8"))
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
    check = check_scale if "scale" in case else check_formula
    if "refused" in case:
        with pytest.raises(Fault) as caught:
            check(case)
        assert caught.value.code == case["refused"]
    else:
        check(case)
