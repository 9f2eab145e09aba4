"""Grades as an officer reads them: in the language asked for, the best first, estimates named."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dafeng.cli import app
from dafeng.grading import score
from dafeng.rulebook import load
from dafeng.workspace import Workspace, supervise


def said(*words: str) -> str:
    """Return what a command prints on a wide terminal."""
    return CliRunner().invoke(app, words, env={"COLUMNS": "200"}).stdout


def books(folder: Path, repo: Path, **more: str) -> Workspace:
    """Return the books of the how-to, with lines of which something more is stated."""
    example = repo / "docs/howto/examples/grades"
    held = Workspace.create(folder / "ws", region="33")
    for table in ("reporters", "facilities", "assignments", "entries"):
        held.import_file(example / f"{table}.csv", table=table)
    with (example / "lines.csv").open(encoding="utf-8") as file:
        rows = [row | more for row in csv.DictReader(file)]
    for row in rows:
        row["note"] = "" if row["line"] == "north-2" else "Estimated"
    path = folder / "lines.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    held.import_file(path, table="lines")
    return held


@pytest.fixture(scope="module")
def ws(tmp_path_factory: pytest.TempPathFactory, repo: Path) -> Workspace:
    return books(tmp_path_factory.mktemp("views"), repo)


def graded(ws: Workspace, lang: str) -> str:
    return said("grade", "level", "-w", str(ws.store.path), "--as-of", "2025", "--lang", lang)


def test_limits_stand_under_the_names_of_their_grades(ws: Workspace) -> None:
    text = graded(ws, "zh")
    assert "标杆水平" in text
    assert "benchmark" not in text
    assert "baseline" not in text


def test_grades_are_counted_from_the_best_to_what_has_none(ws: Workspace) -> None:
    # 100 kgce/t is on the benchmark, 120 beyond the baseline of 117; north-3 has no facility
    assert "标杆水平：1 · 低于基准水平：1 · 不评级：1" in graded(ws, "zh")
    assert "benchmark level: 1 · below the baseline level: 1 · not rated: 1" in graded(ws, "en")


def test_a_rated_line_of_estimated_capacity_is_named(ws: Workspace) -> None:
    assert "to be checked against the approval: north-1 (1)" in graded(ws, "en")
    assert "以批复文件核实： north-1 (1)" in graded(ws, "zh")


def test_what_a_correction_asks_for_is_named_where_it_lacks(tmp_path: Path) -> None:
    path = tmp_path / "high.csv"
    path.write_text("who,scale,value,altitude\nK,clinker,118,2000\n", encoding="utf-8")
    text = said("grade", "quota-cement", str(path), "--as-of", "2025", "--lang", "en")
    assert "missing air pressure at the plant" in text
    assert "needed above 1500 m" in text


@pytest.mark.parametrize(("points", "wanted"), [(150, 20), (100, 20), (50, 10), (-10, 0)])
def test_points_of_a_green_factory_stay_within_the_weight(points: float, wanted: float) -> None:
    card = load().scorecards["green-factory-2018"]
    found = score(card, {one.id: [points] for one in card.criteria})
    assert found.points["infrastructure"][0] == wanted


def test_a_line_over_its_quota_leads_to_its_grade(ws: Workspace) -> None:
    found = supervise(ws, date(2026, 1, 15)).supervision.found
    [over] = [one for one in found if one.hit.matter == "over_quota"]
    assert over.hit.subject == "north-2"  # 120 kgce/t, limit 117
    assert over.hit.source == "grade:quota-cement-2021:north-2:2025-12-31"
    assert ws.explain(over.hit.source).tree.label.en == "north-2 beyond grade 3"


def test_a_line_is_held_against_the_quota_that_it_names(tmp_path: Path, repo: Path) -> None:
    """Its field of the levels may have no quota of the same name."""
    ws = books(tmp_path, repo, field="")
    found = supervise(ws, date(2026, 1, 15)).supervision.found
    assert [(one.hit.matter, one.hit.subject) for one in found] == [("over_quota", "north-2")]
