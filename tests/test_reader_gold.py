"""The reader against annotated policy texts: what it finds, what it misses, what it makes up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dafeng.reader import Proposal, Reading, Repair, propose, score
from dafeng.reader.score import Group, Score, total

Row = dict[str, Any]


@pytest.fixture(scope="module")
def policies(test_data: Path) -> Path:
    return test_data / "policies"


@pytest.fixture(scope="module")
def scored(policies: Path) -> dict[str, Score]:
    lines = (policies / "gold_figures.jsonl").read_text(encoding="utf-8").splitlines()
    rows: list[Row] = [json.loads(line) for line in lines]
    files = sorted({row["file"] for row in rows})
    texts = {file: (policies / file).read_bytes().decode("utf-8") for file in files}
    return {
        file: score(propose(text), [row for row in rows if row["file"] == file])
        for file, text in texts.items()
    }


def share(value: float | None) -> float:
    assert value is not None
    return value


def told(group: Group) -> str:
    missed = [f"missed {row['start']} {row['slice']}" for row in group.missed]
    return "\n".join(missed + [f"false {p.start} {p.slice}" for p in group.false])


def test_targets_caps_and_thresholds_are_found_and_not_made_up(scored: dict[str, Score]) -> None:
    aims = total(list(scored.values())).aims
    assert share(aims.recall) >= 0.95, told(aims)
    assert share(aims.precision) >= 0.95, told(aims)


def test_nine_in_ten_of_all_figures_are_found(scored: dict[str, Score]) -> None:
    figures = total(list(scored.values())).figures
    assert share(figures.recall) >= 0.9, told(figures)
    assert share(figures.precision) >= 0.9, told(figures)


def test_nine_in_ten_garbled_figures_are_noticed_and_few_sound_ones_doubted(
    scored: dict[str, Score],
) -> None:
    garbled = total(list(scored.values())).garbled
    assert share(garbled.recall) >= 0.9, told(garbled)
    assert share(garbled.precision) >= 0.9, told(garbled)


def test_comparators_and_kinds_agree_beside_the_score(scored: dict[str, Score]) -> None:
    for file, one in scored.items():
        assert share(one.beside["comparator"]) >= 0.9, file
        assert share(one.beside["kind"]) >= 0.9, file


# --- how the score counts ----------------------------------------------------------------------

GOLD: Row = {
    "start": 0, "end": 3, "slice": "14%", "value": 14, "value_base": 14, "year": 2025,
    "kind": "target", "corrupt": False, "corrected_guess": None, "note": None,
}  # fmt: skip


def figure(**fields: Any) -> Proposal:
    plain: dict[str, Any] = {
        "start": 0, "end": 3, "slice": "14%", "kind": "target", "comparator": "=", "value": 14.0,
        "year": 2025,
    }  # fmt: skip
    return Proposal(**plain | fields)


def counts(proposals: list[Proposal], *gold: Row) -> tuple[int, int, int, int]:
    """Found, missed, right and false among all figures."""
    group = score(Reading(tuple(proposals)), gold).figures
    return group.found, len(group.missed), group.right, len(group.false)


@pytest.mark.parametrize(
    ("fields", "gold", "expected"),
    [
        ({}, {}, (1, 0, 1, 0)),
        ({"start": 3, "end": 6}, {}, (0, 1, 0, 1)),  # beside it
        ({"value": 15.0}, {}, (0, 1, 0, 1)),
        ({"value": 0.14, "value_base": 14.0}, {}, (1, 0, 1, 0)),  # in base units
        ({"year": 2030}, {}, (0, 1, 0, 1)),
        ({"year": None}, {}, (0, 1, 0, 1)),
        ({"year": None}, {"note": "year inferred from context"}, (1, 0, 1, 0)),
        ({"year": None}, {"note": "base year inferred from context"}, (0, 1, 0, 1)),
        ({"year": None}, {"note": "year and base year inferred from context"}, (1, 0, 1, 0)),
        ({"year": 2024}, {"note": "year inferred from context"}, (0, 1, 0, 1)),
        ({"value": None}, {"value": None, "value_base": None}, (1, 0, 1, 0)),
        ({"corrupt": True}, {}, (0, 1, 0, 1)),  # a sound figure that is doubted
        ({}, {"corrupt": True, "corrected_guess": 60.0}, (0, 1, 0, 1)),  # reported as good
        ({"corrupt": True, "value": 1.0}, {"corrupt": True}, (1, 0, 1, 0)),
        ({"repair": Repair(60.0, "%", ())}, {"corrupt": True, "corrected_guess": 60}, (1, 0, 1, 0)),
        ({"kind": "context"}, {"kind": "context"}, (0, 0, 0, 0)),
    ],
)
def test_a_figure_is_found_if_place_value_and_year_agree(
    fields: Row, gold: Row, expected: tuple[int, ...]
) -> None:
    assert counts([figure(**fields)], GOLD | gold) == expected


def test_a_proposal_answers_for_one_figure_only() -> None:
    assert counts([figure()], GOLD, GOLD) == (1, 1, 1, 0)
    assert counts([figure(), figure()], GOLD, GOLD) == (2, 0, 2, 0)


def test_a_result_that_is_called_a_target_is_a_false_target() -> None:
    made = score(Reading((figure(),)), [GOLD | {"kind": "result"}])
    assert len(made.aims.false) == 1
    assert made.figures.found == 1


def test_shares_of_nothing_are_not_told() -> None:
    empty = score(Reading(), [])
    assert empty.figures.recall is None
    assert empty.figures.precision is None
    json.dumps(empty.to_dict())
