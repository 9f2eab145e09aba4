"""The kept coefficient tables: compiled once, anew when a rule changes, and never believed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dafeng.accounting import Activity, compile_coefficients
from dafeng.rulebook import load
from dafeng.rulebook.load import DATA
from dafeng.workspace import Workspace, cache
from dafeng.workspace.cache import KEPT, Cache

ACTIVITIES = [
    Activity("steel-2013", "diesel", "consumed", "consumption", ""),
    Activity("steel-2013", "electricity", "purchased", "purchase", ""),
]
Count = Callable[[], int]


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> Count:
    """How often coefficients were really compiled."""
    calls = []

    def counted(*given: Any) -> Any:
        calls.append(given)
        return compile_coefficients(*given)

    monkeypatch.setattr(cache, "compile_coefficients", counted)
    return lambda: len(calls)


@pytest.fixture
def kept(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    ws = Workspace.create(tmp_path / "ws")
    files = {
        "reporters": "reporter,kind,name_zh,region,sector,mark\nmill,enterprise,厂,33,30,synthetic",
        "assignments": "reporter,method,purpose\nmill,other-industry-2015,inventory",
        "entries": "reporter,period,item,flow,quantity,unit,source,mark\n"
        "mill,2023,diesel,consumed,1,t,book,synthetic\n"
        "mill,2023,electricity,purchased,1,MWh,book,synthetic",
    }
    for table, text in files.items():
        path = tmp_path / f"{table}.csv"
        path.write_text(text, encoding="utf-8")
        assert not ws.import_file(path, table=table).rejected
    return ws


def totals(ws: Workspace) -> list[tuple[str, int | None]]:
    return [(line.figure, line.grams) for line in ws.account().lines]


def test_a_second_account_compiles_nothing_and_gives_the_same(
    workspace: Workspace, compiled: Count
) -> None:
    first = totals(workspace)
    assert [grams for _, grams in first] == [3_145_122 + 497_400]  # diesel; 0.4974 tCO2/MWh
    assert totals(workspace) == first
    assert totals(Workspace(workspace.store.path)) == first
    assert compiled() == 1
    shutil.rmtree(workspace.store.path / "cache")
    assert totals(workspace) == first
    assert compiled() == 2


def test_a_fixed_data_year_has_a_table_of_its_own(workspace: Workspace, compiled: Count) -> None:
    fixed = [workspace.account(data_year=2021).lines[0].grams for _ in range(2)]
    assert fixed == [3_145_122 + 542_200] * 2
    assert workspace.account().lines[0].grams != fixed[0]
    assert compiled() == 2


def test_the_tables_stay_out_of_git(workspace: Workspace) -> None:
    workspace.account()
    assert (workspace.store.path / "cache" / ".gitignore").read_text() == "*\n"


def test_a_changed_rule_is_compiled_anew(kept: Cache, compiled: Count, tmp_path: Path) -> None:
    before = kept.coefficients(load(), ACTIVITIES, ["2023"], ["33"])
    shutil.copytree(DATA, tmp_path / "data")
    rules = tmp_path / "data" / "parameters" / "electricity-2023.yaml"
    text = rules.read_text(encoding="utf-8")
    assert "0.4974" in text
    rules.write_text(text.replace("0.4974", "0.5"), encoding="utf-8")
    after = kept.coefficients(load(tmp_path / "data"), ACTIVITIES, ["2023"], ["33"])
    assert compiled() == 2
    # diesel as before; electricity 0.5 tCO2/MWh, in g/kWh
    assert before["coefficient"][0] == after["coefficient"][0]
    assert after["coefficient"].to_pylist()[1] == 500


def test_other_questions_have_other_answers(kept: Cache, compiled: Count) -> None:
    asked: list[tuple[Any, ...]] = [
        (ACTIVITIES, ["2023"], ["33"]),
        (ACTIVITIES[:1], ["2023"], ["33"]),
        (ACTIVITIES, ["2022"], ["33"]),
        (ACTIVITIES, ["2023"], ["54"]),
        (ACTIVITIES, ["2023"], ["33"], 2021),
    ]
    for _ in range(2):
        for question in asked:
            found = kept.coefficients(load(), *question)
            assert found.equals(compile_coefficients(load(), *question))
    assert compiled() == len(asked)


def test_the_order_in_which_activities_are_named_does_not_matter(
    kept: Cache, compiled: Count
) -> None:
    kept.coefficients(load(), ACTIVITIES, ["2023"], ["33"])
    kept.coefficients(load(), iter(ACTIVITIES[::-1]), ["2023"], ["33"])
    assert compiled() == 1


@pytest.mark.parametrize("keep", [0, 4, 500])
def test_a_broken_table_is_compiled_anew(
    keep: int, kept: Cache, compiled: Count, tmp_path: Path
) -> None:
    whole = kept.coefficients(load(), ACTIVITIES, ["2023"], ["33"])
    (path,) = (tmp_path / "cache").glob("*.parquet")
    path.write_bytes(path.read_bytes()[:keep])
    assert kept.coefficients(load(), ACTIVITIES, ["2023"], ["33"]).equals(whole)
    assert kept.coefficients(load(), ACTIVITIES, ["2023"], ["33"]).equals(whole)
    assert compiled() == 2


def test_a_table_with_a_flipped_bit_is_not_believed(kept: Cache, tmp_path: Path) -> None:
    whole = kept.coefficients(load(), ACTIVITIES, ["2023"], ["33"])
    (path,) = (tmp_path / "cache").glob("*.parquet")
    sound = path.read_bytes()
    for place in range(0, len(sound), 97):
        flipped = bytearray(sound)
        flipped[place] ^= 1
        path.write_bytes(flipped)
        assert kept.coefficients(load(), ACTIVITIES, ["2023"], ["33"]).equals(whole), place


def test_a_folder_that_may_not_be_written_is_no_fault(compiled: Count, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder would be")
    kept = Cache(tmp_path / "cache")
    for _ in range(2):
        assert kept.coefficients(load(), ACTIVITIES, ["2023"], ["33"]).num_rows == 2
    assert compiled() == 2


def test_old_tables_go(kept: Cache, tmp_path: Path) -> None:
    for year in range(2000, 2000 + 2 * KEPT):
        kept.coefficients(load(), ACTIVITIES, [str(year)], ["33"])
    held = len(list((tmp_path / "cache").glob("*")))
    assert held == KEPT + 1  # and .gitignore
