"""From files to figures, through the workspace and through the command line."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from dafeng.cli import app
from dafeng.findings import messages
from dafeng.vocabulary import Fault
from dafeng.workspace import Account, Imported, Workspace
from dafeng.workspace.books import Books
from dafeng.workspace.cache import KEPT

METHOD = "comprehensive-energy-2020"
FIGURE = f"account:energy:works~{METHOD}:2023"
COAL = "works,{period},raw_coal,consumed,{quantity},t,weighbridge,synthetic"
HEAD = {
    "entries": "reporter,period,item,flow,quantity,unit,source,mark",
    "corrections": "reporter,period,item,flow,quantity,unit,source,mark,kind,supersedes",
    "reporters": "reporter,kind,name_zh,region,sector,mark",
    "assignments": "reporter,method,purpose,facility",
    "measured": "reporter,period,item,parameter,value,unit,source,mark",
    "statistics": "region,measure,period,kind,value,unit,definition,vintage,source,mark",
}
KILOTONNE = 10**9


def coal(period: str, quantity: float) -> str:
    return COAL.format(period=period, quantity=quantity)


class Desk:
    """A workspace with a folder of files beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "ws"
        self.ws = Workspace.create(self.path)
        self.written = 0

    def file(self, kind: str, *rows: str) -> Path:
        self.written += 1
        path = self.folder / f"{kind}-{self.written}.csv"
        path.write_text("\n".join((HEAD[kind], *rows)) + "\n", encoding="utf-8")
        return path

    def put(self, kind: str, *rows: str, **more: Any) -> Imported:
        table = "entries" if kind == "corrections" else kind
        return self.ws.import_file(self.file(kind, *rows), table=table, **more)

    def firm(self, name: str = "works", method: str = METHOD, purpose: str = "energy") -> None:
        self.put("reporters", f"{name},enterprise,虚构企业,33,30,synthetic")
        self.put("assignments", f"{name},{method},{purpose},")

    def line(self, **chosen: Any) -> Account:
        (line,) = self.ws.account(**chosen).lines
        return line

    def codes(self) -> set[str]:
        return {finding.code for finding in self.ws.account().findings}

    def cli(self, *words: str, code: int = 0, lang: str = "en") -> Any:
        """Run a command; return its JSON, or its two texts where it does not ask for JSON."""
        options = () if words[0] in ("init", "rules") else ("-w", str(self.path))
        result = CliRunner().invoke(app, [*words, *options, "--lang", lang])
        assert result.exit_code == code, result.stdout + result.stderr
        assert "Traceback" not in result.stdout + result.stderr
        if "--json" not in words:
            return result.stdout, result.stderr
        silent, spoken = (
            (result.stdout, result.stderr) if result.stderr else (result.stderr, result.stdout)
        )
        assert silent == ""
        return json.loads(spoken)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


# ---- from a file to a figure


def test_from_a_file_to_a_figure_and_its_explanation(desk: Desk) -> None:
    desk.firm()
    done = desk.put("entries", coal("2023-01", 1000), coal("2023-02", 500))
    assert (done.taken, done.rejected, done.rejected_file) == (2, 0, "")
    line = desk.line()
    # 1500 t × 0.7143 = 1071.45 tce
    assert (line.grams, line.entries, line.without_value) == (1_071_450_000, 2, 0)
    assert line.mark == "synthetic"
    found = desk.ws.explain(line.figure)
    kinds = [node.kind for node in found.tree.walk()]
    assert {"entry", "coefficient", "parameter", "clause"} <= set(kinds)
    sources = [node.source for node in found.tree.walk() if node.kind == "entry"]
    assert sources == ["entries-3.csv:2 · weighbridge", "entries-3.csv:3 · weighbridge"]
    (table,) = desk.ws.account().table().to_pylist()
    assert (table["energy_gce"], table["emission_gco2e"]) == (1_071_450_000, None)


def test_a_correction_supersedes_and_the_old_row_is_kept(desk: Desk) -> None:
    desk.firm()
    desk.put("entries", coal("2023-01", 1000), coal("2023-02", 500))
    before = desk.line().figure
    desk.put("corrections", coal("2023-02", 400) + ",correction,")
    line = desk.line()
    assert line.grams == 1_000_020_000  # 1400 t × 0.7143
    assert [row["quantity"] for row in desk.ws.table("entries").to_pylist()] == [1000, 500, 400]
    found = desk.ws.explain(before)
    assert found.figure == line.figure != before
    assert found.kept
    assert found.changes == (
        ("entry/000001.00000003", 500, None),
        ("entry/000002.00000002", None, 400),
    )


def test_a_correction_under_another_key_names_what_it_replaces(desk: Desk) -> None:
    desk.firm()
    desk.put("entries", coal("2023-01", 1000))
    row = "works,2023-01,coke,consumed,1000,t,weighbridge,synthetic,correction,000001.00000002"
    desk.put("corrections", row)
    assert desk.line().grams == 971_400_000  # 1000 t × 0.9714, and no raw coal


def test_the_final_year_takes_the_place_of_its_months(desk: Desk) -> None:
    desk.firm()
    desk.put("entries", coal("2023-01", 1000), coal("2023-02", 500), coal("2024-01", 10))
    desk.put("corrections", coal("2023", 1600) + ",annual_final,")
    found = {line.year: line.grams for line in desk.ws.account().lines}
    assert found == {"2023": 1_142_880_000, "2024": 7_143_000}


def test_a_changed_parameter_changes_the_id_and_is_named(desk: Desk) -> None:
    desk.firm()
    desk.put("entries", coal("2023-01", 1000))
    before = desk.line().figure
    desk.put("measured", "works,2023,raw_coal,ncv,29307,kJ/kg,laboratory,synthetic")
    found = desk.ws.explain(before)
    assert found.tree.value == KILOTONNE
    changed = {ref: (old, new) for ref, old, new in found.changes}
    assert changed["standard_coal/gbt2589-2020-fuels/raw_coal"] == (0.7143, None)
    assert changed["measured/works//2023/raw_coal/ncv"] == (None, 29307)


def test_an_id_without_its_hash_is_the_newest_and_an_unkept_one_says_so(desk: Desk) -> None:
    desk.firm()
    desk.put("entries", coal("2023-01", 1000))
    line = desk.line()
    assert line.figure.startswith(FIGURE + ":")
    assert desk.ws.explain(FIGURE).figure == line.figure
    unknown = desk.ws.explain(f"{FIGURE}:0123456789ab")
    assert not unknown.kept
    assert unknown.changes == ()
    assert unknown.figure == line.figure


@pytest.mark.parametrize(
    ("figure", "code"),
    [
        (f"{FIGURE}:../../../../../secret", "bad_figure_id"),
        (f"{FIGURE}:/etc/passwd", "bad_figure_id"),
        (f"account:../../x:works~{METHOD}:2023", "unknown_figure"),
        (f"account:energy:../..~{METHOD}:2023", "unknown_figure"),
        ("account:energy:works~other-industry-2015:2023", "unknown_figure"),
        ("account:energy:works", "bad_figure_id"),
        (f"{FIGURE}:a:b", "bad_figure_id"),
        ("secret:a:b:c", "unknown_figure"),
        ("target:no-plan.X:00~asof-2023:2023", "unknown_plan"),
        ("target:ten-actions-2021.X:00~asof-2023:2023", "unknown_figure"),
        ("target:ten-actions-2021.C23-3-2025:00~asof-20x3:2023", "bad_period"),
    ],
)
def test_a_figure_id_that_leads_astray_is_refused(desk: Desk, figure: str, code: str) -> None:
    (desk.path / "secret.json").write_text('{"ref": "x", "value": 1, "children": []}')
    desk.firm()
    desk.put("entries", coal("2023-01", 1000))
    with pytest.raises(Fault) as caught:
        desk.ws.explain(figure)
    assert caught.value.code == code


def test_a_firm_and_its_parts_have_figures_of_their_own(desk: Desk) -> None:
    desk.firm()
    desk.put("assignments", f"works,{METHOD},energy,kiln-1")
    desk.put("entries", coal("2023-01", 1000))
    whole = desk.line().figure
    path = desk.folder / "parts.csv"
    rows = coal("2023-01", 600) + ",kiln-1\n"
    path.write_text(HEAD["entries"] + ",facility\n" + rows, encoding="utf-8")
    desk.ws.import_file(path)
    lines = {line.facility: line for line in desk.ws.account().lines}
    assert {place: line.grams for place, line in lines.items()} == {
        "": 714_300_000,
        "kiln-1": 428_580_000,
    }
    assert lines[""].figure == whole
    assert desk.ws.explain(lines["kiln-1"].figure).figure == lines["kiln-1"].figure


# ---- what an import takes in


def test_the_same_file_twice_is_taken_once(desk: Desk) -> None:
    files = {
        "reporters": "works,enterprise,虚构企业,33,30,synthetic",
        "measured": "works,2023,raw_coal,ncv,21000,kJ/kg,laboratory,synthetic",
    }
    for kind, row in files.items():
        desk.put(kind, row)
        with pytest.raises(Fault) as caught:
            desk.put(kind, row)
        assert caught.value.code == "already_imported"
        assert desk.ws.table(kind).num_rows == 1


def test_entries_twice_are_taken_once(desk: Desk) -> None:
    """Whole or in part: the row is in the books already, and the file says so."""
    desk.put("entries", coal("2023-01", 1000))
    again = desk.put("entries", coal("2023-01", 1000), coal("2023-02", 1))
    assert again.taken == 0
    assert [finding.code for finding in again.findings] == ["duplicate"]
    assert desk.ws.table("entries").num_rows == 1


def test_nothing_of_a_faulty_file_is_taken_in(desk: Desk) -> None:
    rows = (coal("2023-01", 1000), coal("2023-02", 1).replace(",t,", ",furlong,"))
    done = desk.put("entries", *rows)
    assert (done.taken, done.rejected, done.rejected_file) == (0, 1, "")
    assert desk.ws.table("entries").num_rows == 0


def test_with_accept_valid_the_rejected_rows_stand_beside_the_file(desk: Desk) -> None:
    rows = (coal("2023-01", 1000), coal("2023-02", 7).replace(",t,", ",furlong,"))
    done = desk.put("entries", *rows, accept_valid=True)
    assert (done.taken, done.rejected) == (1, 1)
    assert done.counts["rows"] == done.counts["entries"] + done.counts["rejected"] == 2
    rejected = Path(done.rejected_file)
    assert rejected.parent == desk.folder
    text = rejected.read_text(encoding="utf-8-sig")
    assert "furlong" in text
    assert "unknown_unit" in text
    assert "1000" not in text
    assert [row["quantity"] for row in desk.ws.table("entries").to_pylist()] == [1000]


def test_a_second_workspace_in_the_same_place_is_refused(desk: Desk) -> None:
    with pytest.raises(Fault) as caught:
        Workspace.create(desk.path)
    assert caught.value.code == "workspace_exists"
    with pytest.raises(Fault) as caught:
        Workspace(desk.folder)
    assert caught.value.code == "no_workspace"


# ---- what accounts leave out


def test_what_accounts_leave_out_is_said(desk: Desk) -> None:
    desk.firm()
    desk.firm("plant", "coal-power-2022", "ets")
    desk.put("reporters", "stranger,enterprise,无方法企业,33,30,synthetic")
    desk.put(
        "entries",
        coal("2023-01", 1000),
        coal("2023-03", 1000),  # February is missing
        "works,2023-01,natural_gas,consumed,10,m3,meter,synthetic",  # no default
        "works,2023-01,crude_steel,produced,10,t,meter,synthetic",  # outside the method
        coal("2023-01", 1).replace("works", "stranger"),  # no method
        coal("2020", 1).replace("works", "plant"),  # before the edition
    )
    found = {finding.code: finding for finding in desk.ws.account().findings}
    assert set(found) == {
        "no_value", "outside_method", "no_method", "method_out_of_time", "not_reported",
        "year_incomplete",
    }  # fmt: skip
    assert found["no_value"].values["entries"] == 1
    assert found["no_method"].place == "stranger"
    assert found["method_out_of_time"].values["year"] == "2020"
    assert "2023-02" in found["not_reported"].cause("en")
    line = desk.line()
    assert (line.grams, line.without_value) == (1_428_600_000, 1)  # 2000 t × 0.7143
    assert {"partial", "months_missing"} <= set(line.tree.all_flags)


def test_an_incomplete_method_refuses_a_total(desk: Desk) -> None:
    desk.firm(method="comprehensive-energy-2020-equal")
    desk.put("entries", coal("2023-01", 1000))
    line = desk.line()
    assert line.grams is None
    assert "incomplete_method" in line.tree.all_flags


# ---- what is kept of the books


def booked(desk: Desk) -> None:
    """Two firms that book coal by month in two years; one measured it."""
    desk.firm("works")
    desk.firm("mill")
    months = [f"{year}-{month:02d}" for year in (2022, 2023) for month in range(1, 13)]
    rows = [coal(month, 100 + number) for number, month in enumerate(months)]
    rows += [row.replace("works", "mill") for row in rows]
    desk.put("entries", *rows)
    desk.put("measured", "works,2023-05,raw_coal,ncv,21,GJ/t,laboratory,synthetic")


def figures_of(path: Path) -> tuple[list[Any], set[str]]:
    accounts = Workspace(path).account()
    lines = [(line.figure, line.grams, line.mark, line.inputs) for line in accounts.lines]
    return lines, {repr(finding) for finding in accounts.findings}


def kept_accounts(desk: Desk) -> dict[str, int]:
    folder = desk.path / "cache" / "books"
    return {path.name: path.stat().st_mtime_ns for path in folder.glob("accounts-*.parquet")}


def test_books_that_did_not_change_are_not_computed_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    booked(desk)
    first = figures_of(desk.path)

    def computed(*_: Any, **__: Any) -> Any:
        raise AssertionError

    for name in ("prepare", "join", "compile_overrides"):
        monkeypatch.setattr(f"dafeng.workspace.compiled.{name}", computed)
    assert figures_of(desk.path) == first


def test_a_corrected_month_is_computed_alone_and_gives_what_a_full_run_gives(desk: Desk) -> None:
    booked(desk)
    before, kept = figures_of(desk.path), kept_accounts(desk)
    desk.put("corrections", coal("2023-03", 777) + ",correction,")
    after, now = figures_of(desk.path), kept_accounts(desk)
    (fresh,) = now.keys() - kept.keys()
    assert fresh.startswith("accounts-2023-03-")
    assert all(now[name] == kept[name] for name in kept)
    shutil.rmtree(desk.path / "cache")
    assert figures_of(desk.path) == after
    assert sum(one != other for one, other in zip(before[0], after[0], strict=True)) == 1


def test_a_new_measurement_of_a_month_is_not_missed(desk: Desk) -> None:
    booked(desk)
    before, kept = figures_of(desk.path), kept_accounts(desk)
    desk.put("measured", "mill,2022-07,raw_coal,ncv,20,GJ/t,laboratory,synthetic")
    after = figures_of(desk.path)
    (fresh,) = kept_accounts(desk).keys() - kept.keys()
    assert fresh.startswith("accounts-2022-07-")
    assert after != before
    shutil.rmtree(desk.path / "cache")
    assert figures_of(desk.path) == after


def test_a_broken_file_of_the_cache_changes_no_figure(desk: Desk) -> None:
    booked(desk)
    first = figures_of(desk.path)
    for path in (desk.path / "cache" / "books").glob("*"):
        if path.suffix == ".json" or path.name.startswith(("footings", "totals-")):
            path.write_bytes(b"broken")
    assert figures_of(desk.path) == first


@pytest.mark.parametrize("content", [None, b"", b"broken"])
def test_any_file_of_the_cache_may_be_lost_or_broken(desk: Desk, content: bytes | None) -> None:
    booked(desk)
    first, held = figures_of(desk.path), desk.path / "cache" / "books"
    for path in [path for path in held.rglob("*") if path.is_file()]:
        path.unlink() if content is None else path.write_bytes(content)
    assert figures_of(desk.path) == first
    for path in (held / "rows").glob("2022-*.parquet"):
        path.unlink()
    assert figures_of(desk.path) == first


def test_books_opened_earlier_do_not_see_what_was_written_since(desk: Desk) -> None:
    booked(desk)
    books = Books(desk.ws.store, desk.ws.rules)
    desk.put("corrections", coal("2023-03", 777) + ",correction,")
    later = Workspace(desk.path).account(reporters=["works"], year="2023").lines
    earlier = books.accounts(["works"], "2023")
    assert {row["quantity"] for row in books.fetch(books.prepared)} & {777.0} == set()
    assert earlier[0].grams != later[0].grams
    shutil.rmtree(desk.path / "cache")
    again = Workspace(desk.path).account(reporters=["works"], year="2023").lines
    assert [line.figure for line in again] == [line.figure for line in later]


def test_where_nothing_may_be_written_files_of_others_stay(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    booked(desk)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    others = [temporary / f"{number}.parquet" for number in range(KEPT + 2)]
    for path in others:
        path.write_bytes(b"theirs")
    first = figures_of(desk.path)
    shutil.rmtree(desk.path / "cache")
    (desk.path / "cache").write_text("no folder", encoding="utf-8")
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    assert figures_of(desk.path) == first
    assert all(path.exists() for path in others)
    assert not list(temporary.glob("coefficients-*"))


def test_two_programs_may_build_the_same_books_at_once(desk: Desk) -> None:
    booked(desk)
    first = figures_of(desk.path)
    shutil.rmtree(desk.path / "cache")
    command = [sys.executable, "-m", "dafeng.cli", "-w", str(desk.path), "--json", "account"]
    running = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # noqa: S603
        for _ in range(2)
    ]
    said = [one.communicate() for one in running]
    assert [one.returncode for one in running] == [0, 0], said
    assert said[0][0] == said[1][0]
    assert figures_of(desk.path) == first


def test_of_one_reporter_only_its_own_findings_are_told_and_the_others_counted(desk: Desk) -> None:
    """Each has one: the works lacks a month and a report of its year, the mill has no method."""
    desk.firm()
    desk.put("reporters", "mill,enterprise,虚构企业,33,30,synthetic")
    months = [f"2023-{month:02d}" for month in range(1, 13)]
    works = [coal(month, 1) for month in months if month != "2023-02"]
    desk.put("entries", *works, *(coal(m, 1).replace("works", "mill") for m in months))
    assert desk.codes() == {"no_method", "not_reported", "year_incomplete"}
    found = desk.ws.account(reporters=["works"])
    assert {f.reporter for f in found.findings} == {"works"}
    assert [f.values for f in found.others] == [{"findings": 1}]
    assert desk.ws.account(reporters=["works", "mill"]).others == ()
    data = desk.cli("account", "--reporter", "works", "--json", code=1)
    assert [(f["code"], f["reporter"]) for f in data["findings"]] == [
        ("not_reported", "works"),
        ("year_incomplete", "works"),
        ("about_others", ""),
    ]
    _, spoken = desk.cli("account", "--reporter", "mill", code=1)
    assert "no_method" in spoken
    assert "2 more findings are about other reporters or years" in spoken
    assert "year_incomplete" not in spoken


def test_of_one_year_only_its_findings_are_told_and_the_others_counted(desk: Desk) -> None:
    """2022 is whole; 2023 lacks February: a gap of the series, and a month of the year."""
    desk.firm()
    months = [f"{year}-{month:02d}" for year in (2022, 2023) for month in range(1, 13)]
    desk.put("entries", *(coal(month, 1) for month in months if month != "2023-02"))
    assert [f.values for f in desk.ws.account(year="2022").findings] == []
    assert [f.values for f in desk.ws.account(year="2022").others] == [{"findings": 2}]
    assert {f.code for f in desk.ws.account(year="2023").findings} == {
        "not_reported",
        "year_incomplete",
    }


def test_what_is_found_of_others_alone_is_no_reason_for_another_exit_code(desk: Desk) -> None:
    desk.firm()
    desk.put("entries", coal("2023", 1), coal("2023", 1).replace("works", "mill"))
    assert "no_method" in desk.cli("account", code=1)[1]
    assert "1 more findings" in desk.cli("account", "--reporter", "works", code=0)[1]


def test_who_is_in_no_table_is_refused_and_who_reported_nothing_is_not(desk: Desk) -> None:
    desk.firm()
    desk.put("reporters", "mill,enterprise,虚构企业,33,30,synthetic")
    desk.put("entries", coal("2023", 1), coal("2023", 1).replace("works", "shop"))
    for lang, words in (("zh", "没有这个报告主体：wroks"), ("en", "no such reporter: wroks")):
        spoken = desk.cli("account", "--reporter", "wroks", lang=lang, code=2)[1]
        assert words in spoken
    for known in ("mill", "shop"):
        desk.cli("account", "--reporter", known, "--year", "2022", code=int(known == "shop"))


def test_what_concerns_all_of_the_books_is_told_whoever_is_asked_about(desk: Desk) -> None:
    desk.firm()
    desk.firm("mill", "coal-power-2022", "ets")
    desk.put("entries", coal("2020", 1), coal("2020", 1).replace("works", "mill"))
    found = desk.ws.account(reporters=["works"])
    assert [(f.code, f.place, f.reporter) for f in found.findings] == [
        ("method_out_of_time", "coal-power-2022", "")
    ]


def test_a_year_or_a_reporter_alone(desk: Desk) -> None:
    desk.firm()
    desk.firm("other")
    desk.put("entries", coal("2023-01", 1), coal("2024-01", 2))
    desk.put("entries", coal("2023-01", 3).replace("works", "other"))
    assert len(desk.ws.account().lines) == 3
    assert desk.line(reporters=["works"], year="2024").grams == 1_428_600
    assert desk.line(reporters=["other"]).grams == 2_142_900


# ---- the board on published figures


STATISTICS = (
    # results.md 1.1: first-published rates
    *(
        f"00,co2_per_gdp,{year},change,{rate},%,,,C,republished"
        for year, rate in zip(range(2021, 2026), (-3.8, -0.8, 0, -3.4, -5.0), strict=True)
    ),
    *(
        f"00,energy_per_gdp,{year},change,{rate},%,{basis},,C,republished"
        for year, rate, basis in (
            (2021, -2.7, "all_energy"),
            (2022, -0.1, "all_energy"),
            (2023, -0.5, "without_feedstock_and_non_fossil"),
            (2024, -3.8, "without_feedstock_and_non_fossil"),
            (2025, -5.1, "without_feedstock_and_non_fossil"),
        )
    ),
    "00,energy_per_gdp,2021-2024,change_sum,-11.6,%,without_feedstock_and_non_fossil,,N,republished",
    "00,energy_per_industrial_value_added,2021,change,-5.6,%,,,M,republished",
)


@pytest.fixture
def published(desk: Desk) -> Desk:
    desk.put("statistics", *STATISTICS)
    return desk


def target(desk: Desk, plan: str, name: str, as_of: str) -> Any:
    board = desk.ws.board(plan_id=plan, as_of=as_of)
    return next(line for line in board.lines if line.target.id == name)


def test_a_fall_of_5_6_in_the_first_year_of_13_5_is_ahead(published: Desk) -> None:
    line = target(published, "national-industry-2022", "I88-1", "2021")
    assert line.status == "ahead"
    assert line.value == pytest.approx(-5.6)
    assert line.path == pytest.approx(-2.86, abs=0.005)  # 0.865^(1/5) − 1
    assert line.pace == pytest.approx(-2.16, abs=0.005)  # (0.865/0.944)^(1/4) − 1


def test_national_co2_per_gdp_missed_its_target(published: Desk) -> None:
    line = target(published, "ten-actions-2021", "C23-3-2025", "2025")
    assert line.status == "missed"
    # 0.962 × 0.992 × 1 × 0.966 × 0.95 − 1 = −12.4235 %
    assert line.value == pytest.approx(-12.4235, abs=0.0001)
    assert line.mark == "republished"


def test_rates_on_two_definitions_are_not_chained(published: Desk) -> None:
    line = target(published, "energy-saving-2021", "E33-1", "2025")
    assert (line.status, line.value) == ("not_computable", None)
    assert [finding.code for finding in line.findings] == ["mixed_definitions"]
    assert line.last is not None
    assert (line.last.value, line.last.value_period) == (pytest.approx(-11.6), "2024")


def test_the_board_cuts_the_future_off(published: Desk) -> None:
    line = target(published, "ten-actions-2021", "C23-3-2025", "2022")
    # 0.962 × 0.992 − 1 = −4.5696 %; required 0.82^(2/5) − 1 = −7.6311 %
    assert (line.value, line.path) == (pytest.approx(-4.5696), pytest.approx(-7.6311, abs=1e-4))
    assert line.status == "off_track"  # by logarithms 0.589 of what is required
    late = target(published, "national-industry-2022", "I88-1", "2023")
    assert (late.status, late.value) == ("not_reported", None)
    assert late.last is not None
    assert late.last.value_period == "2021"


def test_a_figure_of_the_board_explains_itself(published: Desk) -> None:
    line = target(published, "ten-actions-2021", "C23-3-2025", "2025")
    found = published.ws.explain(line.figure)
    assert found.figure == line.figure
    statistics = [node for node in found.tree.walk() if node.kind == "statistic"]
    assert [node.value for node in statistics] == [-3.8, -0.8, 0, -3.4, -5.0]
    published.put("statistics", "00,co2_per_gdp,2025,change,-5.2,%,,2027-01-01,C,republished")
    changed = published.ws.explain(line.figure).changes
    assert {(old, new) for _, old, new in changed} >= {(-5.0, None), (None, -5.2)}


# ---- the board on the reporters' books


def carbon(name: str, year: int, diesel: float, power: float, added: float) -> Iterator[str]:
    yield f"{name},{year},diesel,consumed,{diesel},t,book,synthetic,"
    yield f"{name},{year},electricity,purchased,{power},MWh,book,synthetic,"
    yield f"{name},{year},value_added,produced,{added},10^8 yuan,book,synthetic,2020"


def reporters_board(desk: Desk, *rows: str) -> Any:
    for name, sector in (("mill", "30"), ("station", "4411"), ("newcomer", "30")):
        desk.put("reporters", f"{name},enterprise,虚构企业,3301,{sector},synthetic")
        desk.put("assignments", f"{name},other-industry-2015,inventory,")
    path = desk.folder / "carbon.csv"
    path.write_text("\n".join((HEAD["entries"] + ",product", *rows)), encoding="utf-8")
    assert desk.ws.import_file(path).taken == len(rows)
    board = desk.ws.board(plan_id="zhejiang-industry-2023", as_of="2023", source="reporters")
    return next(line for line in board.lines if line.target.id == "ZJ-2")


BOOKS = (
    *carbon("mill", 2020, diesel=100, power=1000, added=1.0),
    *carbon("mill", 2023, diesel=100, power=1000, added=1.2),
    *carbon("station", 2020, diesel=10_000, power=100, added=0.1),
    *carbon("station", 2023, diesel=10_000, power=100, added=0.1),
)


def test_intensity_of_the_reporters_on_the_consumption_boundary(desk: Desk) -> None:
    """A mill's scopes 1 and 2 and a power station's scope 2; its own burning is left out.

    Diesel 100 t × 43.33 × 0.0202 × 0.98 × 44/12 = 314.512249 t in both years.
    2020: 314.512249 + 1000 × 0.5422 + 100 × 0.5422 = 910.932249 t / 1.1 × 10⁸ yuan
    2023: 314.512249 + 1000 × 0.4974 + 100 × 0.4974 = 861.652249 t / 1.3 × 10⁸ yuan
    change (861.652249 / 1.3) / (910.932249 / 1.1) − 1 = −19.9622 %
    at one factor the emissions are equal: 1.1 / 1.3 − 1 = −15.3846 %
    """
    line = reporters_board(desk, *BOOKS)
    assert line.value == pytest.approx(-19.9622, abs=1e-4)
    (beside,) = line.beside
    assert beside.value == pytest.approx(1.1 / 1.3 - 1)
    assert (line.mark, line.region, line.value_period) == ("synthetic", "33", "2023")
    assert "proxy" in line.flags, "2020 stands on the factor of 2021"
    assert line.path == pytest.approx(-12.53, abs=0.01)  # 0.8^(3/5) − 1
    assert line.status == "ahead"
    assert desk.ws.explain(line.figure).figure == line.figure


def test_a_newcomer_does_not_move_the_intensity(desk: Desk) -> None:
    newcomer = carbon("newcomer", 2023, diesel=5000, power=9000, added=0.01)
    line = reporters_board(desk, *BOOKS, *newcomer)
    assert line.value == pytest.approx(-19.9622, abs=1e-4)
    (finding,) = line.findings
    assert (finding.code, finding.values["left_out"]) == ("fixed_set", 1)


def test_the_reporters_board_from_the_command_line(desk: Desk) -> None:
    reporters_board(desk, *BOOKS)
    words = ("--plan", "zhejiang-industry-2023", "--as-of", "2023", "--source", "reporters")
    found = desk.cli("board", *words, "--json", code=1)  # no energy in these books
    line = next(line for line in found["targets"] if line["target"] == "ZJ-2")
    assert line["source"] == "sum_of_reporters"
    assert line["value"] == pytest.approx(-19.9622, abs=1e-4)
    assert line["mark"] == "synthetic"
    out, _ = desk.cli("board", *words, code=1)
    assert "−15.38" in out, "the value at a fixed factor stands beside"


def test_two_price_bases_are_not_divided_by(desk: Desk) -> None:
    rows = [
        row.replace(",2020", ",2015") if row.startswith("mill,2023,v") else row for row in BOOKS
    ]
    line = reporters_board(desk, *rows)
    assert (line.status, line.value) == ("not_computable", None)
    assert [finding.code for finding in line.findings] == ["mixed_price_bases"]


# ---- the command line


def test_the_command_line_from_init_to_explain(desk: Desk) -> None:
    other = desk.folder / "other"
    assert desk.cli("init", str(other), "--json")["workspace"] == str(other)
    desk.path = other
    reporter = str(desk.file("reporters", "works,enterprise,虚构企业,33,30,synthetic"))
    assert desk.cli("import", reporter, "--table", "reporters", "--json")["taken"] == 1
    method = str(desk.file("assignments", f"works,{METHOD},energy,"))
    assert desk.cli("import", method, "--table", "assignments", "--json")["taken"] == 1
    done = desk.cli("import", str(desk.file("entries", coal("2023-01", 1000))), "--json")
    assert (done["taken"], done["findings"]) == (1, [])
    (line,) = desk.cli("account", "--json", code=1)["accounts"]
    assert (line["value"], line["unit"], line["mark"]) == (714_300_000, "gce", "synthetic")
    found = desk.cli("explain", line["figure"], "--json")
    assert (found["figure"], found["changes"]) == (line["figure"], [])
    assert found["tree"]["value"] == 714_300_000


@pytest.mark.parametrize(
    "words",
    [
        ("account",),
        ("board", "--plan", "ten-actions-2021", "--as-of", "2022"),
        ("explain", "C23-3-2025", "--as-of", "2022"),
        ("rules", "list"),
        ("rules", "show", "ncv/ndrc-2013-fuels/diesel"),
        ("rules", "show", "steel-2013"),
        ("rules", "show", "ndrc-2013-2526"),
        ("rules", "check"),
        ("plans", "list"),
        ("plans", "show", "zhejiang-industry-2023"),
    ],
    ids=" ".join,
)
def test_each_verb_speaks_two_languages_and_json(published: Desk, words: tuple[str, ...]) -> None:
    data = published.cli(*words, "--json")
    assert isinstance(data, dict)
    zh, en = (published.cli(*words, lang=lang)[0] for lang in ("zh", "en"))
    assert zh.strip()
    assert en.strip()
    assert zh != en


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("explain", "nonsense"), "unknown_figure"),
        (("explain", "a:b"), "bad_figure_id"),
        (("explain", f"{FIGURE}:../../../../../secret"), "unknown_figure"),
        (("board",), "no_figures"),
        (("board", "--plan", "nothing", "--as-of", "2023"), "unknown_plan"),
        (("board", "--as-of", "soon"), "bad_period"),
        (("account", "--as-of", "soon"), "bad_period"),
        (("import", "/no/such/file.csv", "--table", "coal"), "unknown_table"),
        (("import", "/no/such/file.csv", "--map", "/no/map.yaml"), "no_file"),
        (("plans", "show", "nothing"), "unknown_plan"),
        (("rules", "show", "nothing"), "unknown_rule"),
    ],
    ids=lambda words: " ".join(words) if isinstance(words, tuple) else words,
)
def test_bad_input_is_2_with_its_code_in_both_languages(
    desk: Desk, words: tuple[str, ...], code: str
) -> None:
    for lang in ("zh", "en"):
        out, err = desk.cli(*words, code=2, lang=lang)
        assert out == ""
        assert code in err
        assert messages()[code].severity == "error"
    found = desk.cli(*words, "--json", code=2)
    assert [finding["code"] for finding in found["findings"]] == [code]
    assert found["findings"][0]["mend"]


def test_a_file_that_is_not_there_is_said_to_be_missing(desk: Desk) -> None:
    found = desk.cli("import", "/no/such/file.csv", "--json", code=2)
    assert [finding["code"] for finding in found["findings"]] == ["no_file"]
    assert found["taken"] == 0


def test_findings_are_1_and_a_faulty_file_is_2(desk: Desk) -> None:
    desk.firm()
    gap = str(desk.file("entries", coal("2023-01", 1), coal("2023-03", 1)))
    done = desk.cli("import", gap, "--json", code=1)
    assert [finding["code"] for finding in done["findings"]] == ["month_gap"]
    assert done["taken"] == 2
    assert desk.cli("account", "--json", code=1)["accounts"]
    bad = desk.file("entries", coal("2023-05", 1), coal("2023-06", -1))
    refused = desk.cli("import", str(bad), "--json", code=2)
    assert (refused["taken"], refused["rejected"]) == (0, 1)
    assert not list(desk.folder.glob("*.rejected.csv"))
    taken = desk.cli("import", str(bad), "--accept-valid", "--json", code=2)
    assert taken["taken"] == 1
    assert Path(taken["rejected_file"]).is_file()
    _, err = desk.cli("import", str(bad), code=2, lang="zh")
    assert "negative_quantity" in err
    assert "数量" in err


def test_a_fault_of_the_program_is_3_without_a_traceback(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Workspace, "account", fail)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    out, err = desk.cli("account", code=3)
    assert out == ""
    assert "internal_error" in err
    (log,) = tmp_path.glob("dafeng-*.log")
    assert "ZeroDivisionError" in log.read_text()


def test_the_module_runs_as_a_program(tmp_path: Path) -> None:
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "dafeng.cli", *words]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)  # noqa: S603

    made = run("init", "ws", "--json", "--lang", "en")
    assert (made.returncode, made.stderr) == (0, "")
    assert json.loads(made.stdout)["workspace"] == "ws"
    again = run("init", "ws", "--lang", "en")
    assert (again.returncode, again.stdout) == (2, "")
    assert "workspace_exists" in again.stderr
    nowhere = run("account", "--lang", "zh")
    assert nowhere.returncode == 2
    assert "no_workspace" in nowhere.stderr
    assert "不是工作区" in nowhere.stderr


# ---- rows that would be counted twice


def test_two_methods_for_one_purpose_are_never_added(desk: Desk) -> None:
    desk.firm(method="other-industry-2015", purpose="inventory")
    desk.put("assignments", "works,steel-2013,inventory,")
    desk.put("entries", "works,2023,diesel,consumed,10,t,meter,synthetic")
    assert "two_methods" in desk.codes()
    assert {line.method for line in desk.ws.account().lines} == {
        "other-industry-2015",
        "steel-2013",
    }


def test_a_reporter_entered_again_counts_once(desk: Desk) -> None:
    desk.firm()
    desk.put("entries", coal("2023-01", 1000))
    before = desk.line().grams
    desk.put("reporters", "works,enterprise,改名企业,3301,30,synthetic")
    desk.put("assignments", f"works,{METHOD},energy,", f"works,{METHOD},inventory,")
    assert desk.line().grams == before


@pytest.mark.parametrize("reporter", ["a:b", "a~b", "a.b", "../../x", "甲公司", "a b"])
def test_an_id_that_cannot_stand_in_a_figure_id_is_refused(desk: Desk, reporter: str) -> None:
    done = desk.put("entries", coal("2023-01", 1).replace("works", reporter))
    assert done.taken == 0
    assert {finding.code for finding in done.findings} == {"bad_id"}


def test_a_correction_of_an_entry_that_is_not_there_is_refused(desk: Desk) -> None:
    row = f"{coal('2023-01', 1)},correction,000009.00000003"
    done = desk.put("corrections", row)
    assert (done.taken, done.findings[0].code) == (0, "unknown_entry")


def test_months_that_are_not_reported_are_said_and_not_zero(desk: Desk) -> None:
    desk.firm()
    desk.put("entries", coal("2023-01", 100), coal("2023-04", 100))
    account = desk.ws.account()
    (finding,) = [f for f in account.findings if f.code == "not_reported"]
    assert "2023-02, 2023-03" in finding.cause("en")
    assert "months_missing" in account.lines[0].tree.all_flags


def test_a_year_of_which_months_are_missing_at_the_end_is_flagged(desk: Desk) -> None:
    desk.firm()
    desk.put("entries", *(coal(f"2023-{month:02d}", 100) for month in range(1, 7)))
    line = desk.line()
    assert "months_missing" in line.tree.all_flags
    (finding,) = [f for f in desk.ws.account().findings if f.code == "year_incomplete"]
    assert "2023-07" in finding.cause("en")
    assert "2023-06" not in finding.cause("en")


def test_a_corrected_final_year_still_takes_the_place_of_its_months(desk: Desk) -> None:
    desk.firm()
    desk.put("entries", *(coal(f"2023-{month:02d}", 100) for month in range(1, 13)))
    desk.put("corrections", f"{coal('2023', 1250)},annual_final,")
    desk.put("corrections", f"{coal('2023', 1260)},correction,")
    # 1260 t × 0.7143 = 900.018 tce
    assert desk.line().grams == 900_018_000


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (coal("2023-2024", 1) + ",entry,", "span_period"),
        (coal("2023-04", 1) + ",annual_final,", "final_not_year"),
    ],
)
def test_periods_that_would_count_twice_are_refused(desk: Desk, row: str, code: str) -> None:
    done = desk.put("corrections", row)
    assert (done.taken, done.findings[0].code) == (0, code)


@pytest.mark.parametrize(
    ("kind", "row", "code"),
    [
        ("measured", "works,2023,diesel,ncv,42,t,lab,synthetic", "unit_mismatch"),
        ("measured", "works,2023,diesel,ncv,-42,GJ/t,lab,synthetic", "out_of_range"),
        ("measured", "works,2023,diesel,oxidation,9800,%,lab,synthetic", "out_of_range"),
        ("measured", "works,2023,diesel,colour,1,%,lab,synthetic", "bad_choice"),
        ("assignments", "works,other-industry-2015,ets,", "wrong_purpose"),
        ("assignments", "works,other-industry,inventory,", "bad_choice"),
        ("statistics", "33,co2_per_gdp,2021,change,-4,kg,,,x,synthetic", "unit_mismatch"),
        ("statistics", "33,luck,2021,change,-4,%,,,x,synthetic", "bad_choice"),
    ],
)
def test_what_the_rules_cannot_read_stays_at_the_door(
    desk: Desk, kind: str, row: str, code: str
) -> None:
    done = desk.put(kind, row)
    assert done.taken == 0
    assert code in {finding.code for finding in done.findings}


def test_more_than_64_bits_hold_is_no_value_and_stops_nobody(desk: Desk) -> None:
    desk.firm()
    desk.put("entries", coal("2023", 1e14))
    assert desk.line().grams is None
    assert "no_value" in desk.codes()


def test_the_mark_of_a_row_that_is_folded_away_still_counts(desk: Desk) -> None:
    desk.firm()
    marks = ["republished"] * 24 + ["synthetic"]  # the smallest row, behind the first twenty
    named = [
        f"works,2023,raw_coal,consumed,{100 - i},t,meter,{mark},p{i}"
        for i, mark in enumerate(marks)
    ]
    path = desk.folder / "many.csv"
    head = "reporter,period,item,flow,quantity,unit,source,mark,product"
    path.write_text("\n".join((head, *named)) + "\n", encoding="utf-8")
    desk.ws.import_file(path, table="entries")
    assert desk.line().mark == "synthetic"
