"""``dafeng portfolio`` as a person uses it: files in, words and tables out, in both languages."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from dafeng.cli import app
from dafeng.workspace import Workspace, retrofit_limits, retrofits

EXAMPLES = Path(__file__).resolve().parent.parent / "docs" / "howto" / "examples"
OPTIONS, LIMITS = EXAMPLES / "retrofits.csv", EXAMPLES / "retrofit-limits.csv"
SPAN = ("--years", "2026-2027", "--target-year", "2028")


def dafeng(*words: Any) -> Result:
    return CliRunner().invoke(app, ["portfolio", *map(str, words)])


def data(*words: Any) -> Any:
    ran = dafeng(*words, "--json")
    assert ran.exit_code in (0, 1), ran.output
    return json.loads(ran.stdout, parse_constant=pytest.fail)  # NaN is no JSON


@pytest.fixture(scope="module")
def selected() -> Any:
    return data("select", OPTIONS, "--limits", LIMITS, *SPAN, "--key-projects", 2)


def test_a_selection_holds_every_limit_to_the_fen(selected: Any) -> None:
    assert selected["status"] == "optimal"
    assert selected["gap"] <= 1e-4
    spent = {row["limit"]: row for row in selected["limits"]}
    assert all(float(row["left_yuan"]) >= 0 for row in spent.values())
    chosen = [row for row in selected["options"] if row["chosen"]]
    loans = sum(row["loan_yuan"] for row in chosen)
    assert float(spent["province-loan"]["used_yuan"]) == loans
    hangzhou = [r for r in chosen if r["region"] == "3301" and r["start"] == 2027]
    assert float(spent["hangzhou-2027"]["used_yuan"]) == sum(r["subsidy_yuan"] for r in hangzhou)


def test_the_parts_of_a_selection_add_up(selected: Any) -> None:
    counted = sum(row["reduction_tco2"] for row in selected["options"])
    assert counted == pytest.approx(selected["value"])
    first, greedy = selected["ways"]
    assert first["reduction_tco2"] == pytest.approx(selected["value"])
    assert greedy["objective"] < first["objective"] <= selected["bound"] * (1 + 1e-9)


def test_every_option_is_in_or_has_a_reason(selected: Any) -> None:
    assert all(row["chosen"] != bool(row["why"]) for row in selected["options"])
    assert selected["mark"] == "synthetic"


@pytest.mark.parametrize(("lang", "word"), [("zh", "限额"), ("en", "the limit")])
def test_a_selection_is_told_in_both_languages(lang: str, word: str) -> None:
    ran = dafeng("select", OPTIONS, "--limits", LIMITS, *SPAN, "--lang", lang)
    assert ran.exit_code == 0, ran.output
    assert word in ran.stdout
    assert "steel-eaf" in ran.stdout
    assert ("synthetic" if lang == "en" else "虚构") in ran.stdout


@pytest.mark.parametrize(
    ("gap", "code"), [(330_000, "gap_not_closed"), (2_000_000, "gap_out_of_reach")]
)
def test_a_gap_that_stays_open_is_an_answer(gap: int, code: str) -> None:
    found = data("select", OPTIONS, "--limits", LIMITS, *SPAN, "--gap", gap)
    assert found["status"] == "infeasible"
    assert [one["code"] for one in found["findings"]] == [code]
    assert found["demands"][0]["lacking"] == pytest.approx(gap - found["value"])
    missing = sum(row["missing_yuan"] for row in found["limits"])
    assert (missing > 0) is (code == "gap_not_closed")
    for lang in ("zh", "en"):
        ran = dafeng("select", OPTIONS, "--limits", LIMITS, *SPAN, "--gap", gap, "--lang", lang)
        assert ran.exit_code == 1
        assert "Traceback" not in ran.output


def test_with_the_missing_money_the_gap_is_closed(tmp_path: Path) -> None:
    found = data("select", OPTIONS, "--limits", LIMITS, *SPAN, "--gap", 330_000)
    missing = {row["limit"]: row["missing_yuan"] for row in found["limits"]}
    with LIMITS.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["limit_yuan"] = str(float(row["limit_yuan"]) + missing[row["limit"]] + 1)
    raised = tmp_path / "limits.csv"
    with raised.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    again = data("select", OPTIONS, "--limits", raised, *SPAN, "--gap", 330_000)
    assert again["status"] == "optimal"
    assert again["demands"][0]["reached"] >= 330_000 - 1


def test_tables_are_written_for_spreadsheets(tmp_path: Path) -> None:
    ran = dafeng("curve", OPTIONS, "--out", tmp_path / "out")
    assert ran.exit_code == 0
    written = (tmp_path / "out" / "steps.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(written.splitlines()))
    assert [float(row["from_t"]) for row in rows[1:]] == [float(row["to_t"]) for row in rows[:-1]]


def test_the_books_hold_options_too(tmp_path: Path) -> None:
    ws = Workspace.create(tmp_path / "ws", region="33", synthetic=True)
    ws.import_file(OPTIONS, table="retrofits")
    ws.import_file(LIMITS, table="retrofit_limits")
    listed = tmp_path / "lists.csv"
    listed.write_text(
        "list,level,subject,first,source,mark\n"
        "provincial_key_retrofit,provincial,tex-steam,2025-01-01,fictional,synthetic\n",
        encoding="utf-8",
    )
    before = int(retrofits(ws).key.sum())
    ws.import_file(listed, table="lists")
    assert int(retrofits(ws).key.sum()) == before + 1
    assert len(retrofit_limits(ws)) == 14
    found = data("select", *SPAN, "-w", ws.store.path)
    assert found["value"] == data("select", OPTIONS, "--limits", LIMITS, *SPAN)["value"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("select", OPTIONS, "--years", "soon"), "bad_years"),
        (("select", OPTIONS, "--years", "2028-2026"), "bad_span"),
        (("select", OPTIONS, "--years", "2026", "--objective", "cost"), "gap_needed"),
        (("curve", OPTIONS, "--view", "mine"), "unknown_cost_view"),
        (("curve", OPTIONS, "--per", "yuan"), "unknown_saving_measure"),
        (("curve", "nowhere.csv"), "no_file"),
        (("levers", "glass"), "unknown_roadmap"),
        (("verify", EXAMPLES / "metered.csv", "--by", "mood"), "unknown_driver"),
        (("verify", EXAMPLES / "metered.csv", "--confidence", "9"), "bad_confidence"),
    ],
)
def test_bad_input_is_named(words: Any, code: str) -> None:
    ran = dafeng(*words, "--lang", "en")
    assert ran.exit_code == 2, ran.output
    assert f"error {code} " in ran.stderr.replace("\n", " ")


def test_faults_of_rows_have_their_place(tmp_path: Path) -> None:
    rows = OPTIONS.read_text(encoding="utf-8").splitlines()
    rows[1] = rows[1].replace(",180000,", ",170000,")
    file = tmp_path / "faulty.csv"
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    ran = dafeng("curve", file, "--lang", "en")
    assert ran.exit_code == 2
    assert "system_differs" in ran.stderr
    assert "faulty.csv:" in ran.stderr.replace("\n", "")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_savings_and_levers_are_told_in_both_languages(lang: str) -> None:
    words = (
        "--region",
        "33",
        "--method",
        "comprehensive-energy-2020",
        "--method",
        "cement-ets-2024",
    )
    ran = dafeng("verify", EXAMPLES / "metered.csv", *words, "--lang", lang)
    assert ran.exit_code == 1  # one month out of range, one method without a coefficient
    assert "drivers_out_of_range" in ran.stderr
    assert "no_conversion" in ran.stderr
    assert "tce" in ran.stdout
    told = data("verify", EXAMPLES / "metered.csv", *words)
    assert told["counted"] < told["low"] < told["saving"]  # one month less, and its lower end
    assert {one["unit"] for one in told["converted"]} == {"tce"}
    levers = dafeng("levers", "--lang", lang)
    assert ("not sourced" if lang == "en" else "未见来源") in levers.stdout
