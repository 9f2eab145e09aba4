"""Worked cases: hand-worked with the arithmetic in a comment, or published with their place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from worked import summed

CASES = [
    pytest.param(case, id=f"{path.stem}: {case['name']}")
    for path in sorted((Path(__file__).parent / "cases").glob("*.yaml"))
    for case in yaml.safe_load(path.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("case", CASES)
def test_case(case: dict[str, Any]) -> None:
    found = summed(case, case.get("by", "term"))
    tolerance = case.get("tolerance_g", 1)
    for name, tonnes in case["expect_t"].items():
        if tonnes is None:
            assert found[name] is None
        else:
            assert found[name] is not None, f"{name}: no value"
            assert abs(found[name] - tonnes * 1_000_000) <= tolerance, f"{name}: {found[name]} g"
    unexpected = set(found) - set(case["expect_t"])
    assert not unexpected, f"terms that the case does not speak of: {unexpected}"
