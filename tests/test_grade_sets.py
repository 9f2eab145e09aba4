"""Who a grade is compared with (one price basis, a stated set), and what is kept of grades."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from test_grade_books import taken
from typer.testing import CliRunner

from dafeng.cli import app
from dafeng.grading import Job, editions_of, rate
from dafeng.rulebook import load
from dafeng.vocabulary import Fault
from dafeng.workspace import FromBooks, Workspace, grade_books

Row = dict[str, Any]
FICTION = {"source": "fictional", "mark": "synthetic"}
# who → region, price basis, MWh and yuan of value added; all of sector 30
FIRMS = {
    "A": ("331003", "2025", 1000, 1e7),
    "B": ("331003", "2025", 3000, 1e7),
    "C": ("3302", "2025", 2000, 1e7),
    "H": ("3302", "2020", 1000, 1e7),
    "I": ("3302", "2020", 4000, 1e7),
    "J": ("3302", "", 1000, 1e7),
}


def books_of(folder: Path) -> Workspace:
    ws = Workspace.create(folder / "books", region="33", synthetic=True)
    firms = [
        {"reporter": who, "kind": "enterprise", "name_zh": f"虚构{who}", "region": region}
        | {"sector": "30", "mark": "synthetic"}
        for who, (region, *_) in FIRMS.items()
    ]
    taken(ws, folder, "reporters", firms)
    taken(
        ws,
        folder,
        "assignments",
        ({"reporter": w, "method": "other-industry-2015", "purpose": "inventory"} for w in FIRMS),
    )
    on = {"list": "above_scale", "level": "", "first": "2020-01-01"}
    taken(ws, folder, "lists", (FICTION | on | {"subject": who} for who in FIRMS))
    taken(ws, folder, "entries", entries())
    return ws


def entries() -> Iterable[Row]:
    for who, (_, basis, power, added) in FIRMS.items():
        own = FICTION | {"reporter": who, "period": 2025, "product": ""}
        bought = {"item": "electricity", "flow": "purchased", "quantity": power, "unit": "MWh"}
        yield own | bought
        made = {"item": "value_added", "flow": "produced", "quantity": added, "unit": "yuan"}
        yield own | made | {"product": basis}
        yield own | {"item": "land_area", "flow": "held", "quantity": 2000 / 3, "unit": "m2"}


@pytest.fixture(scope="module")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return books_of(tmp_path_factory.mktemp("sets"))


def values(found: FromBooks) -> dict[str, float | None]:
    return {
        one.who: None if one.graded.value is None else float(one.graded.value)
        for one in found.ratings
    }


def dafeng(*words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, list(words))
    return done.exit_code, done.stdout, done.stderr


def test_no_mean_is_taken_across_price_bases(ws: Workspace) -> None:
    # 2025: A 1, B 3, C 2 GWh for 10⁷ yuan each: mean 2; 2020: H 1, I 4: mean 2.5; J is alone
    found = grade_books(ws, "carbon-efficiency", "2025")
    assert values(found) == {"A": 0.5, "B": 1.5, "C": 1.0, "H": 0.4, "I": 1.6, "J": None}
    alone = next(one for one in found.ratings if one.who == "J")
    assert alone.row["reason"] == {"value": "firm_alone_on_basis"}
    (said,) = [one for one in found.findings if one.code == "grade_price_bases"]
    assert "at prices of 2020 ×2" in said.cause("en")
    assert "at prices of 2025 ×3" in said.cause("en")


@pytest.mark.parametrize("region", ["33", "3302", "331003"])
def test_who_is_shown_does_not_change_a_grade(ws: Workspace, region: str) -> None:
    every = {one.who: one for one in grade_books(ws, "carbon-efficiency", "2025").ratings}
    shown = grade_books(ws, "carbon-efficiency", "2025", region).ratings
    wanted = {who for who, (place, *_) in FIRMS.items() if place.startswith(region)}
    assert {one.who for one in shown} == wanted
    assert {one.figure for one in shown} == {every[who].figure for who in wanted}
    for one in shown:
        told = ws.explain(one.figure)
        assert (told.figure, told.changes) == (one.figure, ())


def test_the_set_of_a_mean_stands_in_the_tree(ws: Workspace) -> None:
    one = next(r for r in grade_books(ws, "carbon-efficiency", "2025").ratings if r.who == "A")
    (mean,) = [node for node in one.tree.walk() if node.ref.startswith("mean/33/30/2025/2025")][:1]
    assert "3 enterprises in Zhejiang, at prices of 2025" in mean.label.en
    sums = {node.ref.rpartition("/")[2]: node.value for node in mean.children}
    assert sums["value_added"] == 30_000_000
    assert 3 in sums.values(), "how many are in it"


def test_who_comes_into_the_set_changes_the_id_and_is_said(tmp_path: Path) -> None:
    ws = books_of(tmp_path)
    path = str(ws.store.path)
    _, out, _ = dafeng("grade", "carbon-efficiency", "-w", path, "--as-of", "2025", "--json")
    before = {one["who"]: one["figure"] for one in json.loads(out)["ratings"]}
    late = {"reporter": "K", "kind": "enterprise", "name_zh": "虚构K", "region": "3301"}
    taken(ws, tmp_path, "reporters", [late | {"sector": "30", "mark": "synthetic"}])
    own = {"reporter": "K", "method": "other-industry-2015", "purpose": "inventory"}
    taken(ws, tmp_path, "assignments", [own])
    one = FICTION | {"reporter": "K", "period": 2025}
    added = {"item": "value_added", "flow": "produced", "quantity": 1e7, "unit": "yuan"}
    bought = {"item": "electricity", "flow": "purchased", "quantity": 2000, "unit": "MWh"}
    taken(ws, tmp_path, "entries", [one | added | {"product": "2025"}, one | bought])
    # the mean stays 2 GWh, but it is another set: 4 enterprises
    assert values(grade_books(ws, "carbon-efficiency", "2025"))["A"] == 0.5
    told = ws.explain(before["A"])
    assert told.figure != before["A"]
    assert told.kept
    assert any("/set-" in ref for ref, _, _ in told.changes)
    assert ws.explain(before["H"]).figure == before["H"], "another basis, another set"


def test_ranks_are_on_the_basis_that_most_have(ws: Workspace) -> None:
    found = grade_books(ws, "per-mu-above-scale", "2025")
    why = {one.who: one.row["reason"].get("value_added_per_mu", "") for one in found.placings}
    assert why == dict.fromkeys("ABC", "") | dict.fromkeys("HIJ", "firm_other_basis")
    (said,) = [f for f in found.findings if f.code == "grade_one_basis"][:1]
    assert said.values["count"] == 3
    names = {one.who: one.row["lacks"] for one in found.placings}
    assert names["A"]["value_added_per_pollutant"] == "pollutant_equivalents"
    assert names["A"]["tax_per_mu"] == "tax_paid"
    shown = grade_books(ws, "per-mu-above-scale", "2025", "3302").placings
    ids = {one.who: one.figure for one in found.placings}
    assert {one.figure for one in shown} == {ids[who] for who in "CHIJ"}


@pytest.mark.parametrize("name", ["carbon-efficiency", "carbon-level", "per-mu-above-scale"])
def test_every_printed_id_is_kept_and_explained(ws: Workspace, name: str) -> None:
    path = str(ws.store.path)
    code, out, _ = dafeng("grade", name, "-w", path, "--as-of", "2025", "--json")
    assert code in (0, 1)
    said = json.loads(out)
    figures = [one["figure"] for one in [*said["ratings"], *said["placings"]]]
    assert len(figures) == len(FIRMS)
    kept = [ws._inputs(one) for one in figures]
    assert all(kept)
    code, out, err = dafeng("explain", figures[0], "-w", path, "--lang", "en")
    assert code == 0, err
    _, out, _ = dafeng("grade", name, "-w", path, "--as-of", "2025", "--lang", "en")
    assert f"{figures[0].split(':')[1]}:GRADED:2025-12-31" in out


def test_what_a_file_was_graded_stays_explained_without_the_file(
    ws: Workspace, tmp_path: Path
) -> None:
    path = tmp_path / "given.csv"
    path.write_text("who,scale,value,scrap\nL1,converter,-25.4,20\n", encoding="utf-8")
    words = ["grade", "quota-steel", str(path), "-w", str(ws.store.path), "--as-of", "2026-08"]
    _, out, _ = dafeng(*words, "--json")
    (figure,) = [one["figure"] for one in json.loads(out)["ratings"]]
    path.unlink()
    for lang, name in (("en", "grade 1"), ("zh", "1级")):
        code, out, err = dafeng("explain", figure, "-w", str(ws.store.path), "--lang", lang)
        assert code == 0, err
        assert name in out
        assert "GB 21256-2025" in out.replace("\n", "")
    gone = figure[:-1] + ("0" if figure[-1] != "0" else "1")
    assert dafeng("explain", gone, "-w", str(ws.store.path))[0] == 2


def test_surcharges_of_a_file_are_explained_by_their_id(ws: Workspace, repo: Path) -> None:
    prices = repo / "docs" / "howto" / "examples" / "prices.csv"
    words = ["grade", "price", str(prices), "-w", str(ws.store.path), "--as-of", "2024-06"]
    _, out, _ = dafeng(*words, "--json")
    for one in json.loads(out)["charges"]:
        assert dafeng("explain", one["figure"], "-w", str(ws.store.path))[0] == 0


# ---- a province's own edition with another scale

OWN = """
id: carbon-efficiency-ours
family: carbon-efficiency
kind: rating
title: {zh: 本市碳效, en: our carbon efficiency}
document: zj-carbon-efficiency
clause: efficiency
region: "3302"
checked: synthetic
grades: [{id: good, zh: 好, en: good}]
beyond: {zh: 差, en: poor}
scales:
"""
SCALE = '  - {{id: {}, zh: 碳效, en: efficiency, unit: "1", limits: [{}]}}\n'


def with_rule(ws: Workspace, folder: Path, text: str) -> Workspace:
    copy = folder / "copy"
    shutil.copytree(ws.store.path, copy)
    (copy / "rules" / "scales").mkdir(parents=True, exist_ok=True)
    (copy / "rules" / "scales" / "ours.yaml").write_text(text, encoding="utf-8")
    return Workspace(copy)


def test_another_scale_in_a_citys_own_edition_confuses_nobody(
    ws: Workspace, tmp_path: Path
) -> None:
    text = OWN + SCALE.format("efficiency", 1.2) + SCALE.format("fleet", 9)
    held = with_rule(ws, tmp_path, text)
    found = {one.who: one for one in grade_books(held, "carbon-efficiency", "2025").ratings}
    assert found["A"].edition.id == "carbon-efficiency-zhejiang"
    assert found["C"].edition.id == "carbon-efficiency-ours"
    # the city's mean is the city's: C is alone there on prices of 2025, H and I are as before
    assert found["C"].row["reason"] == {"value": "firm_alone_on_basis"}
    assert (found["H"].graded.grade, found["I"].graded.grade) == ("good", "beyond")
    assert held.explain(found["H"].figure).figure == found["H"].figure


def test_a_citys_edition_without_that_scale_leaves_the_provinces(
    ws: Workspace, tmp_path: Path
) -> None:
    held = with_rule(ws, tmp_path, OWN + SCALE.format("fleet", 9))
    found = grade_books(held, "carbon-efficiency", "2025")
    assert {one.edition.id for one in found.ratings} == {"carbon-efficiency-zhejiang"}


def test_a_row_that_names_no_scale_of_several_is_refused() -> None:
    day = date(2026, 8, 1)
    editions = editions_of(load(), "quota-steel", day, "")
    with pytest.raises(Fault, match="grade_which_scale"):
        rate(load(), editions, [{"who": "x", "value": 1}], day)


def test_a_job_with_a_value_names_its_scale() -> None:
    words = {"id": "x", "zh": "例", "en": "case", "rows": "firms", "value": {"over": "co2"}}
    with pytest.raises(ValidationError, match="needs its scale"):
        Job.model_validate(words)


def test_where_no_rule_holds_it_is_said(tmp_path: Path) -> None:
    ws = books_of(tmp_path)
    far = {"reporter": "Z", "kind": "enterprise", "name_zh": "虚构Z", "region": "32"}
    taken(ws, tmp_path, "reporters", [far | {"sector": "30", "mark": "synthetic"}])
    found = grade_books(ws, "carbon-efficiency", "2025", "00")
    assert [(one.who, one.reasons) for one in found.unscaled] == [("Z", ("no_scale",))]
    with pytest.raises(Fault, match="no_edition"):
        grade_books(ws, "carbon-efficiency", "2025", "32")
