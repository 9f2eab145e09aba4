"""Grading files: what is read, what is said, what is refused."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from dafeng.cli import app
from dafeng.grading import card_of, card_sheet, editions_of, place, rate, scale_sheet
from dafeng.rulebook import Scale, ScaleSet, load

RULES = load()
LATE = date(2026, 8, 1)


def every_limit() -> list[tuple[ScaleSet, Scale, int]]:
    """Each limit that is a number, of each scale that has no inputs to be corrected by."""
    return [
        (edition, scale, place)
        for edition in RULES.scales.values()
        for scale in edition.scales
        for place, limit in enumerate(scale.limits)
        if isinstance(limit, float) and scale.corrected is None and not scale.unknown
    ]


@pytest.mark.parametrize("edition", RULES.scales.values(), ids=lambda edition: edition.id)
def test_at_below_and_above_every_limit(edition: ScaleSet) -> None:
    step = Decimal("0.001")
    sign = 1 if edition.direction == "at_most" else -1
    names = [grade.id for grade in edition.grades]
    for own, scale, place_ in every_limit():
        if own is not edition:
            continue
        limit = Decimal(str(scale.limits[place_]))
        rows = [
            {"who": "x", "scale": scale.id, "value": str(limit + sign * move)}
            for move in (-step, Decimal(0), step)
        ]
        better, at, worse = rate(RULES, [edition], rows, LATE)
        reached = names.index(at.graded.grade)
        assert reached <= place_, f"{scale.id}: a value on a limit keeps it"
        assert at.graded.limits[names[place_]] == limit
        assert names.index(better.graded.grade) <= reached
        beyond = worse.graded.grade
        assert beyond == "beyond" or names.index(beyond) > place_, f"{scale.id}: beyond its limit"


def test_the_nearest_place_answers_and_the_nation_for_the_rest() -> None:
    held = editions_of(RULES, "level", LATE, "37")
    own, nation = held[0], held[-1]
    assert (own.region, nation.region) == ("37", "")
    rows: list[dict[str, Any]] = [
        {"who": "a", "scale": own.scales[0].id, "value": 0},
        {"who": "b", "scale": "coke-top-charged", "value": 110},
    ]
    first, second = rate(RULES, held, rows, LATE)
    assert (first.edition, second.edition, second.graded.grade) == (own, nation, "benchmark")


def test_the_table_to_fill_in_follows_from_the_rule() -> None:
    names = [
        one.name for one in scale_sheet("x", editions_of(RULES, "quota-steel", LATE, "")).columns
    ]
    assert names[:3] == ["who", "scale", "value"]
    assert {"scrap", "burden_grade", "mark"} <= set(names)
    card = card_of(RULES, "green-factory", date(2025, 6, 1), "")
    names = [one.name for one in card_sheet(card).columns]
    assert {"performance", "performance_lead", "basics"} <= set(names)


def test_a_veto_of_the_green_factory_and_its_recalled_weights() -> None:
    # weights 20, 15, 15, 10, 10, 30 of full dimensions: 100; half of performance: 85
    card = card_of(RULES, "green-factory", date(2025, 6, 1), "")
    full: dict[str, Any] = {one.id: 100 for one in card.criteria}
    rows = [
        {"who": "full", **full, "basics": "no"},
        {"who": "half", **full, "performance": 50, "basics": "no"},
        {"who": "out", **full, "basics": "yes"},
    ]
    full_, half, out = place(RULES, card, rows, date(2025, 6, 1))
    assert [full_.total, half.total] == [Decimal(100), Decimal(85)]
    assert out.scored.ranks[2] is None
    assert out.scored.events[2] == ("basics",)
    assert full_.tree.worst == "recalled"


# --- The command --------------------------------------------------------------------------------


def dafeng(*words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, list(words))
    return done.exit_code, done.stdout, done.stderr


def file(folder: Path, text: str) -> str:
    path = folder / "given.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_file_is_graded_with_what_was_assumed_and_what_lacks(tmp_path: Path) -> None:
    given = file(tmp_path, "who,scale,value,scrap\nL1,converter,-25.4,20\nL2,converter,,5\n")
    code, out, _ = dafeng("grade", "quota-steel", given, "--as-of", "2026-08", "--json")
    first, second = json.loads(out)["ratings"]
    # GB 21256-2025: -30 + 0.23 × 20 = -25.4
    assert (first["grade"], first["limits"]["1"], first["assumed"][0]) == (
        "1",
        "-25.4",
        "quality_carbon",
    )
    assert (second["grade"], second["missing"]) == (None, ["value"])
    assert code == 1, "somebody has to report a value"


@pytest.mark.parametrize(("day", "edition"), [("2026-06-30", "2013"), ("2026-07-01", "2025")])
def test_the_edition_in_force_on_the_day_answers(tmp_path: Path, day: str, edition: str) -> None:
    given = file(tmp_path, "who,scale,value\nL1,converter,-20\n")
    _, out, _ = dafeng("grade", "quota-steel", given, "--as-of", day, "--json")
    assert json.loads(out)["ratings"][0]["edition"] == f"quota-steel-{edition}"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["nothing"], "unknown_family"),
        (["carbon-efficiency", "--region", "33"], "grade_file_wanted"),
        (["quota-steel-2013", "--columns", "--as-of", "2026-08"], "edition_out_of_time"),
    ],
)
def test_what_cannot_be_graded_is_refused(words: list[str], code: str) -> None:
    exit_code, _, err = dafeng("grade", *words)
    assert (exit_code, code in err) == (2, True)


def test_a_scale_that_there_is_not_is_named_with_its_row(tmp_path: Path) -> None:
    given = file(tmp_path, "who,scale,value\nL1,konverter,-20\n")
    code, _, err = dafeng("grade", "quota-steel", given, "--as-of", "2026-08", "--lang", "en")
    assert code == 2
    assert "given.csv:2" in err


def test_one_of_them_is_explained_down_to_the_clause(tmp_path: Path) -> None:
    given = file(tmp_path, "who,value\nA,0.6\nB,0.61\n")
    words = ["grade", "carbon-efficiency", given, "--region", "33", "--as-of", "2025"]
    _, out, _ = dafeng(*words, "--explain", "A", "--json")
    (explained,) = json.loads(out)["explained"]
    refs = [node["ref"] for node in explained["tree"]["children"]]
    assert refs[-1] == "zj-carbon-efficiency/efficiency"
    assert explained["figure"].startswith("grade:carbon-efficiency-zhejiang:A:2025-12-31:")
    code, _, err = dafeng(*words, "--explain", "C")
    assert (code, "unknown_graded" in err) == (2, True)


def test_what_another_lacks_is_no_reason_for_another_exit_code(tmp_path: Path) -> None:
    given = file(tmp_path, "who,value\nA,0.6\nB,\n")
    words = ["grade", "carbon-efficiency", given, "--region", "33", "--as-of", "2025"]
    codes = [dafeng(*words, *more)[0] for more in ([], ["--explain", "A"], ["--explain", "B"])]
    assert codes == [1, 0, 1]
