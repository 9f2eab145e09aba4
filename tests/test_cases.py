"""Worked cases: hand-worked with the arithmetic in a comment, or published with their place.

A case expects tonnes of CO2e or standard coal: ``expect_t`` by the column ``by`` (the term, if
it names none; null where a value is missing, and nothing else may come out), ``totals_t`` by
boundary and measure (and what is kept apart), and in ``proxy`` the terms that are flagged so.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
import yaml
from worked import Row, run, summed

from dafeng.rulebook import load

CASES: dict[str, Row] = {
    f"{path.stem}: {case['name']}": case
    for path in sorted((Path(__file__).parent / "cases").glob("*.yaml"))
    for case in yaml.safe_load(path.read_text(encoding="utf-8"))
}
TONNE = 1_000_000


@cache
def computed(data_year: int | None) -> tuple[list[Row], list[Row]]:
    """The rows and totals of all cases that hold their factors at one year, or at none."""
    return run({n: c for n, c in CASES.items() if c.get("data_year") == data_year}, data_year)


def grams(expected: dict[str, float | None]) -> dict[str, int | None]:
    return {k: None if t is None else round(t * TONNE) for k, t in expected.items()}


@pytest.mark.parametrize("name", CASES, ids=str)
def test_case(name: str) -> None:
    case = CASES[name]
    rows, totals = (
        [row for row in found if row["reporter"] == name]
        for found in computed(case.get("data_year"))
    )
    assert summed(rows, case.get("by", "term")) == grams(case["expect_t"])
    assert {row["term"] for row in rows if row["proxy"]} == set(case.get("proxy", ()))
    if "totals_t" in case:
        found = {
            "/".join(filter(None, (row["boundary"], row["measure"], row["memo"]))): row["grams"]
            for row in totals
        }
        assert found == grams(case["totals_t"])


def test_every_method_has_a_case() -> None:
    """A method that refuses totals needs none; the two balances in tce are tested on the tables."""
    worked = {case["method"] for case in CASES.values()}
    complete = {method.id for method in load().methods.values() if method.complete}
    assert complete - worked <= {"regional-energy-consumption-2007", "regional-energy-supply-2007"}
