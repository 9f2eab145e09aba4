"""Rules in time: overlays, what changes between days and rulebooks, what it does to figures."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from dafeng.cli import app
from dafeng.grading import grade
from dafeng.rulebook import (
    DATA,
    Change,
    Rulebook,
    between_days,
    between_rules,
    check,
    known_on,
    load,
    near,
    overlaid,
    search,
)
from dafeng.vocabulary import Fault
from dafeng.workspace import Moved, Workspace

RULES = load()
EVE, ISSUED = date(2025, 12, 30), date(2025, 12, 31)
"""The factors of 2023 were issued on 2025-12-31 (announcement 2025 no. 47)."""

ENTRIES = "reporter,period,item,flow,quantity,unit,source,mark"
POWER = "mill,2023,electricity,purchased,1000,MWh,grid bill,synthetic"
LATER = date(2030, 1, 1)

# ---- a workspace with an overlay

DOCUMENT = """
documents:
  - id: zj-notice
    number: 虚构〔2026〕1号
    title: {zh: 虚构省规, en: Fictional notice of a province}
    issuer: {zh: 虚构厅, en: Fictional department}
    issued: 2026-02-01
    checked: synthetic
    clauses:
      - {id: factor, text: {zh: 省电力因子, en: factor of electricity of the province}}
      - {id: clinker, text: {zh: 熟料水平, en: levels of clinker}}
"""
FACTOR = """
id: zj-electricity
title: {zh: 虚构省电力因子, en: Fictional factor of a province}
document: zj-notice
clause: factor
data_year: 2023
before: [electricity-2023]
checked: synthetic
tables:
  - columns: {electricity_factor: tCO2/MWh}
    rows:
      - {region: "33", values: [0.4]}
"""
LEVEL = """
id: zj-level
family: level
kind: level
title: {zh: 虚构省熟料水平, en: Fictional levels of clinker of a province}
document: zj-notice
clause: clinker
region: "33"
applies_from: 2026-02-01
checked: synthetic
grades:
  - {id: benchmark, zh: 标杆水平, en: benchmark level}
  - {id: baseline, zh: 基准水平, en: baseline level}
beyond: {zh: 低于基准水平, en: below the baseline level}
scales:
  - {id: clinker, zh: 水泥熟料, en: cement clinker, item: clinker, unit: kgce/t, limits: [95, 109]}
"""
OVERLAY = {
    "documents/zj.yaml": DOCUMENT,
    "parameters/zj-electricity.yaml": FACTOR,
    "scales/zj-level.yaml": LEVEL,
}


def written(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def put(ws: Workspace, table: str, head: str, *rows: str) -> None:
    file = ws.store.path.parent / f"{table}-{len(ws.store.batches(table))}.csv"
    file.write_text("\n".join((head, *rows)) + "\n", encoding="utf-8")
    done = ws.import_file(file, table=table)
    assert done.taken == len(rows), done.findings


def firm(ws: Workspace, name: str, method: str = "other-industry-2015") -> None:
    head = "reporter,kind,name_zh,region,sector,mark"
    put(ws, "reporters", head, f"{name},enterprise,虚构企业,33,34,synthetic")
    purpose = "energy" if method.startswith("comprehensive") else "inventory"
    put(ws, "assignments", "reporter,method,purpose", f"{name},{method},{purpose}")


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """A mill in Zhejiang that bought 1,000 MWh in 2023."""
    made = Workspace.create(tmp_path / "ws")
    firm(made, "mill")
    put(made, "entries", ENTRIES, POWER)
    return made


def reopened(ws: Workspace) -> Workspace:
    return Workspace(ws.store.path)


def cli(ws: Workspace | None, *words: str, code: int = 0, lang: str = "en") -> Any:
    """Run a command; return its JSON, or its two texts where it does not ask for JSON."""
    place = ("-w", str(ws.store.path)) if ws else ()
    result = CliRunner().invoke(app, [*words, *place, "--lang", lang])
    assert result.exit_code == code, result.stdout + result.stderr
    assert "internal_error" not in result.stdout + result.stderr
    if "--json" not in words:
        return result.stdout, result.stderr
    return json.loads(result.stdout or result.stderr)


# ---- overlays


def test_a_province_sets_its_own_level_and_no_other_place_sees_it(tmp_path: Path) -> None:
    rules = overlaid(written(tmp_path, OVERLAY))
    day = date(2026, 3, 1)
    for place, before_it, limits in (("33", day, (95, 109)), ("32", day, (100, 117))):
        edition, scale = rules.scale("level", "clinker", before_it, place)
        assert scale.limits == limits
        (graded,) = grade(edition, scale, [112])
        assert graded.grade == ("beyond" if place == "33" else "baseline")
    assert rules.scale("level", "clinker", date(2026, 1, 31), "33")[1].limits == (100, 117)
    assert load().scale("level", "clinker", day, "33")[1].limits == (100, 117)


def test_a_factor_of_ones_own_comes_before_the_national_one(ws: Workspace) -> None:
    national = {path: path.read_bytes() for path in DATA.rglob("*.yaml")}
    (before,) = ws.account().lines
    assert before.grams == 497_400_000  # 1000 MWh × 0.4974
    written(ws.store.path / "rules", OVERLAY)
    (after,) = reopened(ws).account().lines
    assert after.grams == 400_000_000  # 1000 MWh × 0.4
    (value,) = (node for node in after.tree.walk() if node.kind == "parameter")
    assert (value.ref, value.mark) == ("electricity_factor/zj-electricity/33", "synthetic")
    assert [node.ref for node in value.children] == ["zj-notice/factor"]
    assert {path: path.read_bytes() for path in DATA.rglob("*.yaml")} == national
    assert "electricity_factor/zj-electricity/33" not in load().values


def test_what_comes_from_the_overlay_is_said(ws: Workspace) -> None:
    written(ws.store.path / "rules", OVERLAY)
    listed = cli(ws, "rules", "list", "--json")["overlay"]
    assert {(one["kind"], one["id"], one["file"], one["replaces"]) for one in listed} == {
        ("documents", "zj-notice", "rules/documents/zj.yaml", False),
        ("sets", "zj-electricity", "rules/parameters/zj-electricity.yaml", False),
        ("scales", "zj-level", "rules/scales/zj-level.yaml", False),
    }
    shown = cli(ws, "rules", "show", "zj-level", "--json")
    assert [one["id"] for one in shown["overlay"]] == ["zj-notice", "zj-level"]
    assert "overlay" not in cli(ws, "rules", "show", "level-2023", "--json")
    assert "rules/scales/zj-level.yaml" in cli(ws, "rules", "show", "zj-level/clinker")[0]
    assert "overlay" in cli(ws, "rules", "search", "zj-level")[0]
    assert "overlay" not in cli(None, "rules", "list", "--json")


def test_an_overlay_that_replaces_a_rule_is_a_notice_and_no_error(ws: Workspace) -> None:
    changed = (DATA / "parameters" / "heat-default.yaml").read_text(encoding="utf-8")
    assert "0.11" in changed
    files = {"parameters/heat-default.yaml": changed.replace("0.11", "0.10")}
    written(ws.store.path / "rules", files)
    found = cli(ws, "rules", "check", "--json")
    (notice,) = found["findings"]
    assert (notice["code"], notice["severity"]) == ("overlay_replaces", "notice")
    assert notice["place"] == "rules/parameters/heat-default.yaml"
    assert reopened(ws).rules.values["heat_factor/heat-default/heat"].number == 0.10
    assert RULES.values["heat_factor/heat-default/heat"].number == 0.11


def edited(name: str, old: str, new: str) -> dict[str, str]:
    assert old in OVERLAY[name]
    return OVERLAY | {name: OVERLAY[name].replace(old, new)}


BROKEN = {
    "no YAML": (
        edited("scales/zj-level.yaml", "id: zj-level", "id: ["),
        "bad_yaml",
        "scales/zj-level",
    ),
    "no field": (edited("scales/zj-level.yaml", "kind: level", ""), "bad_field", "scales/zj-level"),
    "strange field": (
        edited("parameters/zj-electricity.yaml", "data_year", "datayear"),
        "bad_field",
        "rules/parameters/zj-electricity.yaml",
    ),
    "no mapping": (OVERLAY | {"formulas/x.yaml": "- 1"}, "bad_field", "rules/formulas/x.yaml"),
    "empty file": (OVERLAY | {"formulas/x.yaml": ""}, "bad_field", "rules/formulas/x.yaml"),
    "no list": (OVERLAY | {"documents/x.yaml": "documents: 1"}, "bad_field", "documents/x.yaml"),
    "strange folder": (OVERLAY | {"params/x.yaml": "id: x"}, "unknown_file", "params/x.yaml"),
    "strange ending": (OVERLAY | {"scales/x.yml": LEVEL}, "unknown_file", "scales/x.yml"),
    "id twice": (OVERLAY | {"scales/again.yaml": LEVEL}, "duplicate_id", "rules/scales"),
    "clause not there": (
        edited("scales/zj-level.yaml", "clause: clinker", "clause: lime"),
        "unknown_clause",
        "rules/scales/zj-level.yaml",
    ),
    "document not there": (
        edited("parameters/zj-electricity.yaml", "document: zj-notice", "document: nowhere"),
        "unknown_clause",
        "rules/parameters/zj-electricity.yaml",
    ),
    "no value and no document": (
        OVERLAY
        | {
            "parameters/zj-electricity.yaml": FACTOR.replace("[0.4]", "[null]").replace(
                "document: zj-notice", "document: nowhere"
            )
        },
        "unknown_clause",
        "rules/parameters/zj-electricity.yaml",
    ),
    "set not there": (
        edited("parameters/zj-electricity.yaml", "[electricity-2023]", "[electricity-1923]"),
        "unknown_id",
        "rules/parameters/zj-electricity.yaml",
    ),
    "parameter not there": (
        edited("parameters/zj-electricity.yaml", "electricity_factor", "moonlight"),
        "unknown_parameter",
        "rules/parameters/zj-electricity.yaml",
    ),
    "region not there": (
        edited("scales/zj-level.yaml", '"33"', '"99"'),
        "unknown_region",
        "rules/scales/zj-level.yaml",
    ),
    "unit not there": (
        edited("scales/zj-level.yaml", "kgce/t", "kgce/moon"),
        "unknown_unit",
        "rules/scales/zj-level.yaml",
    ),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_overlay_names_file_and_fault(ws: Workspace, fault: str) -> None:
    files, code, place = BROKEN[fault]
    written(ws.store.path / "rules", files)
    with pytest.raises(Fault) as caught:
        _ = reopened(ws).rules
    assert caught.value.code == code
    assert place in caught.value.place
    for words in (("rules", "list"), ("rules", "check")):
        (found, *_) = cli(ws, *words, "--json", code=2)["findings"]
        assert found["code"] == code


# ---- between two days


def of(changes: list[Change], kind: str, id_: str) -> list[Change]:
    return [change for change in changes if (change.kind, change.id) == (kind, id_)]


def test_between_two_days_the_new_factors_stand_beside_the_old() -> None:
    changes = between_days(RULES, EVE, ISSUED)
    (value,) = of(changes, "values", "electricity_factor/electricity-2023/33")
    # announcement 2024 no. 33: 0.5153; 2025 no. 47: 0.4974
    assert (value.before, value.after, value.unit) == (0.5153, 0.4974, "tCO2/MWh")
    assert (value.event, value.day) == ("replaced", ISSUED)
    assert (value.clause, value.mark) == ("mee-nbs-2025-47/table-3", "republished")
    assert value.instead == "electricity_factor/electricity-2022/33"
    (document,) = of(changes, "documents", "mee-nbs-2025-47")
    assert (document.event, document.day) == ("issued", ISSUED)
    assert not of(between_days(RULES, ISSUED, date(2026, 7, 1)), "documents", "mee-nbs-2025-47")


def test_a_standard_that_takes_the_place_of_another_is_compared_limit_by_limit() -> None:
    changes = between_days(RULES, date(2026, 6, 30), date(2026, 7, 1))
    (edition,) = of(changes, "scales", "quota-steel-2025")
    assert (edition.before, edition.event) == ("quota-steel-2013", "replaced")
    (limits,) = of(changes, "limits", "quota-steel-2025/sintering")
    assert (limits.before, limits.after) == ((45, 50, 55), (43, 46, 52))  # kgce/t
    ended = [change.event for change in of(changes, "documents", "gb-21256-2013")]
    assert ended == ["ends"]


def test_nothing_changes_where_nothing_was_issued_begins_or_ends() -> None:
    assert between_days(RULES, ISSUED, ISSUED) == []
    assert between_days(RULES, date(2025, 12, 28), date(2025, 12, 29)) == []


def test_what_begins_between_two_days_is_what_the_two_halves_say() -> None:
    first, middle, last = date(2025, 1, 1), ISSUED, date(2026, 7, 1)
    whole = {(c.kind, c.id, c.event) for c in between_days(RULES, first, last)}
    halves = {
        (c.kind, c.id, c.event)
        for days in ((first, middle), (middle, last))
        for c in between_days(RULES, *days)
    }
    assert {one for one in whole if one[0] == "documents"} == {
        one for one in halves if one[0] == "documents"
    }
    assert {one for one in whole if one[0] == "sets"} <= {one for one in halves if one[0] == "sets"}


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2025, 12, 31), date(2026, 6, 22), []),
        (date(2025, 12, 31), date(2026, 6, 23), [("issued", date(2026, 6, 23))]),
        (date(2026, 1, 15), date(2026, 7, 1), [("issued", date(2026, 6, 23))]),
        (date(2026, 6, 23), date(2026, 12, 31), []),
    ],
)
def test_a_method_issued_in_its_first_year_counts_from_when_it_was_issued(
    first: date, last: date, expected: list[tuple[str, date]]
) -> None:
    """The power method of 2026 was issued on 2026-06-23, for the whole of that year."""
    found = of(between_days(RULES, first, last), "methods", "coal-power-2026")
    assert [(change.event, change.day) for change in found] == expected


def test_a_notice_is_no_change_on_a_day_before_it_was_issued(tmp_path: Path) -> None:
    text = DOCUMENT.replace(
        "    issued: 2026-02-01\n", "    issued: 2026-02-01\n    in_force_from: 2026-01-01\n"
    )
    rules = load(DATA, written(tmp_path, {"documents/zj.yaml": text}))
    days = [date(2025, 12, 31), date(2026, 1, 31), date(2026, 2, 1)]
    events = [
        [change.event for change in of(between_days(rules, *span), "documents", "zj-notice")]
        for span in (days[:2], days[1:], days[::2])
    ]
    assert events == [[], ["issued"], ["issued"]]


def test_on_a_day_only_what_was_issued_is_known() -> None:
    before = known_on(RULES, EVE)
    assert "electricity_factor/electricity-2023/33" not in before.values
    assert "electricity_factor/electricity-2022/33" in before.values
    assert "electricity-2023" in before.sets  # its name still leads somewhere
    assert before.hash != RULES.hash
    assert known_on(RULES, date(2015, 11, 1)).methods.keys() < RULES.methods.keys()
    all_known = known_on(RULES, LATER)
    assert (all_known.hash, all_known.values.keys()) == (RULES.hash, RULES.values.keys())
    assert between_rules(all_known, RULES) == []


@pytest.mark.parametrize("year", [1990, 2014, 2020, 2024])
def test_what_was_known_on_a_day_leads_nowhere_astray(year: int) -> None:
    """Names of what was issued later still resolve; what rests on it has no value."""
    assert check(known_on(RULES, date(year, 1, 1))) == check(RULES)


# ---- between two rulebooks


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the rules with one value, one title and one clause changed, one document gone."""
    folder = tmp_path_factory.mktemp("rules") / "data"
    shutil.copytree(DATA, folder)
    edit(folder / "parameters" / "electricity-2023.yaml", zhejiang_to(0.5))
    edit(folder / "scales" / "level-2023.yaml", stricter_clinker)
    edit(folder / "methods" / "textile-2018.yaml", lambda d: d.update(first_year=2017))
    (folder / "scales" / "level-henan.yaml").unlink()
    return folder


def edit(path: Path, change: Callable[[Any], object]) -> None:
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(data)
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")


def zhejiang_to(value: float) -> Callable[[Any], object]:
    def change(data: Any) -> None:
        (row,) = (r for t in data["tables"] for r in t["rows"] if r["region"] == "33")
        row["values"] = [value]

    return change


def stricter_clinker(data: Any) -> None:
    (scale,) = (s for s in data["scales"] if s["id"] == "clinker")
    scale["limits"] = [100, 110]


def test_between_two_rulebooks_every_changed_field_is_named(changed: Path) -> None:
    found = {(c.kind, c.id, c.field, c.event) for c in between_rules(RULES, load(changed))}
    assert found == {
        ("values", "electricity_factor/electricity-2023/33", "", "changed"),
        ("scales", "level-2023", "scales[clinker].limits", "changed"),
        ("methods", "textile-2018", "first_year", "changed"),
        ("scales", "level-henan", "", "removed"),
    }
    by_kind = {c.kind: c for c in between_rules(load(changed), RULES) if c.event == "changed"}
    limits, value = by_kind["scales"], by_kind["values"]
    assert (limits.before, limits.after, limits.unit) == ((100, 110), (100, 117), "kgce/t")
    assert (value.before, value.after, value.mark) == (0.5, 0.4974, "republished")


def test_the_same_rulebook_twice_is_no_change(changed: Path) -> None:
    assert between_rules(load(changed), load(changed)) == []
    found = cli(None, "rules", "diff", str(changed), str(changed), "--json")
    assert found["changes"] == []
    assert "no rule changes" in cli(None, "rules", "diff", str(changed), str(changed))[0]


def test_an_overlay_folder_is_laid_over_the_national_rules(tmp_path: Path, changed: Path) -> None:
    folder = str(written(tmp_path / "draft", OVERLAY))
    found = cli(None, "rules", "diff", "current", folder, "--json")
    assert {(c["kind"], c["id"], c["event"]) for c in found["changes"]} == {
        ("documents", "zj-notice", "added"),
        ("sets", "zj-electricity", "added"),
        ("values", "electricity_factor/zj-electricity/33", "added"),
        ("scales", "zj-level", "added"),
    }
    assert "national" in found["sides"]["after"]
    alone = cli(None, "rules", "diff", "current", str(changed), "--json")
    assert alone["sides"]["after"] == str(changed)
    assert ("scales", "level-henan", "removed") in {
        (c["kind"], c["id"], c["event"]) for c in alone["changes"]
    }


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("2026-07-01", "2026-06-30", "days_reversed"),
        ("2026-07-01", "current", "mixed_sides"),
        ("2026-02-30", "2026-07-01", "unknown_side"),
        ("yesterday", "2026-07-01", "unknown_side"),
        ("no-such-folder", "current", "unknown_side"),
        ("empty", "current", "no_rules"),
        ("broken", "current", "bad_field"),
    ],
)
def test_a_side_that_is_no_side_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: str, after: str, code: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    written(tmp_path / "broken", {"formulas/x.yaml": "id: x"})
    (found,) = cli(None, "rules", "diff", before, after, "--json", code=2)["findings"]
    assert found["code"] == code
    assert found["cause"] != cli(None, "rules", "diff", before, after, code=2, lang="zh")[1]


# ---- figures


def preview(ws: Workspace, before: Rulebook, after: Rulebook) -> dict[str, Moved]:
    return {one.held.reporter: one for one in ws.preview(before, after).moved}


def test_which_figures_the_new_factors_change_and_by_how_much(ws: Workspace) -> None:
    # 1000 MWh × (0.4974 − 0.5153) tCO2/MWh = −17.9 t, −3.4737 % of 515.3 t
    put(ws, "entries", ENTRIES, POWER.replace("2023", "2022"))
    files = sorted(ws.store.path.rglob("*"))
    found = cli(ws, "rules", "diff", "2025-12-30", "2025-12-31", "--json")
    (line,) = found["figures"]
    assert (line["reporter"], line["year"], line["measure"]) == ("mill", "2023", "emission")
    assert (line["before"], line["after"]) == (515_300_000, 497_400_000)
    assert line["difference"] == -17_900_000
    assert line["share"] == pytest.approx(-0.034737, abs=1e-6)
    assert line["mark"] == "synthetic"
    (value,) = line["inside"]
    assert (value["before"], value["after"], value["unit"]) == (0.5153, 0.4974, "tCO2/MWh")
    assert value["clause"] == "mee-nbs-2025-47/table-3"
    (total,) = found["totals"]
    assert (total["difference"], total["figures"], total["unit"]) == (-17_900_000, 1, "gCO2e")
    assert found["unchanged"] == 1  # that of 2022
    assert sorted(ws.store.path.rglob("*")) == files, "nothing is written"
    out, _ = cli(ws, "rules", "diff", "2025-12-30", "2025-12-31")
    assert "515.30 tCO2e → 497.40 tCO2e" in out
    assert "−17.90 tCO2e" in out
    chinese, _ = cli(ws, "rules", "diff", "2025-12-30", "2025-12-31", lang="zh")
    assert "515.30 tCO2e → 497.40 tCO2e" in chinese
    assert "电力排放因子，浙江" in chinese
    assert "figures" not in cli(
        ws, "rules", "diff", "2025-12-30", "2025-12-31", "--no-figures", "--json"
    )


def test_an_overlay_is_tried_before_it_is_adopted(ws: Workspace, tmp_path: Path) -> None:
    draft = written(tmp_path / "draft", OVERLAY)
    found = cli(ws, "rules", "diff", "current", str(draft), "--json")
    (line,) = found["figures"]
    assert line["difference"] == -97_400_000  # 1000 MWh × (0.4 − 0.4974)
    (value,) = line["inside"]
    assert value["instead"] == "electricity_factor/electricity-2023/33"
    assert reopened(ws).account().lines[0].grams == 497_400_000, "nothing is adopted"


def test_a_changed_formula_is_named(ws: Workspace, tmp_path: Path) -> None:
    path = DATA / "methods" / "other-industry-2015.yaml"
    text = path.read_text(encoding="utf-8")
    old = "column: net_purchased\n    expression: EF\n"
    files = {"methods/other.yaml": text.replace(old, old.replace("EF", "EF * 2"), 1)}
    found = preview(ws, RULES, overlaid(written(tmp_path / "draft", files)))["mill"]
    assert (found.difference, found.share) == (497_400_000, 1.0)
    (inside,) = found.inside
    assert (inside.before, inside.after) == ("EF", "EF * 2")
    assert inside.clause == "ndrc-2015-1722/other-electricity"


def test_the_largest_difference_comes_first_and_measures_stay_apart(ws: Workspace) -> None:
    firm(ws, "works")
    firm(ws, "coal", "comprehensive-energy-2020")
    put(
        ws,
        "entries",
        ENTRIES,
        POWER.replace("mill", "works").replace("1000", "3000"),
        "coal,2023,raw_coal,consumed,10,t,weighbridge,synthetic",
    )
    found = ws.preview(known_on(RULES, EVE), RULES)
    moved = [(one.held.reporter, one.difference) for one in found.moved]
    assert moved == [("works", -53_700_000), ("mill", -17_900_000)]
    both = [side for one in found.moved for side in (one.before, one.after) if side]
    assert [side.tree.value for side in both] == [side.grams for side in both]  # still there
    (total,) = found.sums
    assert (total.difference, total.figures, total.measure) == (-71_600_000, 2, "emission")
    assert found.same == 1


def test_facilities_are_not_added_to_their_firm(ws: Workspace) -> None:
    row = POWER.replace("1000", "600") + ",hall"
    head = "reporter,method,purpose,facility"
    put(ws, "assignments", head, "mill,other-industry-2015,inventory,hall")
    put(ws, "entries", ENTRIES + ",facility", row)
    sums = ws.preview(known_on(RULES, EVE), RULES).sums
    assert {one.parts: one.difference for one in sums} == {
        False: -17_900_000,
        True: -10_740_000,  # 600 MWh × −0.0179
    }


def test_a_figure_without_value_on_one_side_has_no_difference(ws: Workspace) -> None:
    """Before 2024-04-12 none of the provincial factors was issued."""
    put(ws, "entries", ENTRIES, "mill,2023,diesel,consumed,10,t,fuel cards,synthetic")
    found = preview(ws, known_on(RULES, date(2024, 4, 11)), RULES)["mill"]
    assert (found.reason, found.difference, found.share) == ("coverage", None, None)
    (total,) = ws.preview(known_on(RULES, date(2024, 4, 11)), RULES).sums
    assert (total.figures, total.without) == (0, 1)


def test_a_method_that_one_side_lacks_is_said_and_is_not_zero(ws: Workspace) -> None:
    text = (DATA / "methods" / "other-industry-2015.yaml").read_text(encoding="utf-8")
    files = {"methods/own.yaml": text.replace("id: other-industry-2015", "id: own-2026", 1)}
    written(ws.store.path / "rules", files)
    ws = reopened(ws)
    firm(ws, "works", "own-2026")
    put(ws, "entries", ENTRIES, POWER.replace("mill", "works"))
    forth, back = preview(ws, RULES, ws.rules)["works"], preview(ws, ws.rules, RULES)["works"]
    assert (forth.before, forth.reason, forth.difference) == (None, "not_before", None)
    assert (back.after, back.reason) == (None, "not_after")
    out, _ = cli(ws, "rules", "diff", str(DATA), "current")
    assert "– → 497.40 tCO2e  the method is not among the first rules" in out
    assert "0.00 → 0.00" not in out, "what has no difference has no sum either"


def test_a_method_out_of_its_years_counts_nothing(ws: Workspace, tmp_path: Path) -> None:
    text = (DATA / "methods" / "other-industry-2015.yaml").read_text(encoding="utf-8")
    files = {
        "methods/o.yaml": text.replace("first_year: 2015", "first_year: 2015\nlast_year: 2022")
    }
    found = preview(ws, RULES, overlaid(written(tmp_path / "draft", files)))["mill"]
    assert (found.after, found.reason) == (None, "not_counted")


def test_same_rules_move_no_figure(ws: Workspace) -> None:
    found = ws.preview(RULES, known_on(RULES, LATER))
    assert (found.moved, found.sums, found.same) == ((), (), 1)


def test_without_books_figures_are_only_computed_when_asked_for(tmp_path: Path) -> None:
    empty = Workspace.create(tmp_path / "empty")
    words = ("rules", "diff", "2025-12-30", "2025-12-31", "--json")
    assert "figures" not in cli(empty, *words)
    assert cli(empty, *words, "--figures")["figures"] == []
    result = CliRunner().invoke(app, [*words, "--figures", "-w", str(tmp_path), "--lang", "en"])
    assert result.exit_code == 2
    assert json.loads(result.stderr)["findings"][0]["code"] == "no_workspace"


# ---- search


@pytest.mark.parametrize(
    ("words", "kind", "id_"),
    [
        ("公告2025年第47号", "documents", "mee-nbs-2025-47"),  # number
        ("47号", "documents", "mee-nbs-2025-47"),
        ("LEVEL-2023", "scales", "level-2023"),  # id, any case
        ("水泥熟料", "limits", "level-2023/clinker"),  # product of a scale
        ("熟料", "items", "clinker"),
        ("cement clinker", "limits", "level-2023/clinker"),
        ("低位发热量", "parameters", "ncv"),
        ("Henan", "scales", "level-henan"),
        ("henan clinker", "scales", "level-henan"),  # both words, in any order
        ("ｃｌｉｎｋｅｒ", "items", "clinker"),  # full width
        ("provincial averages", "clauses", "mee-nbs-2025-47/table-3"),
        ("other-industry", "methods", "other-industry-2015"),
        ("carry-over", "formulas", "ets-carry-over-2024"),
        ("gb21256", "documents", "gb-21256-2025"),  # whatever stands between letters and digits
        ("GB/T2589—2020", "documents", "gbt-2589-2020"),
        ("placement", "formulas", "capacity-clinker-2024"),  # inside "replacement"
    ],
)
def test_a_word_in_either_language_finds_the_rule(words: str, kind: str, id_: str) -> None:
    assert (kind, id_) in {(hit.kind, hit.id) for hit in search(RULES, words)}


def test_ids_and_names_come_before_texts() -> None:
    hits = search(RULES, "clinker")
    assert (hits[0].kind, hits[0].id, hits[0].rank) == ("items", "clinker", 0)
    ranks = [hit.rank for hit in hits]
    assert ranks == sorted(ranks)
    place = next(hit for hit in hits if hit.id == "level-2023/clinker")
    assert (place.clause, place.mark) == ("ndrc-2023-723/levels", "republished")


def test_a_word_at_its_start_comes_before_the_same_letters_inside_another() -> None:
    """Cement is also a part of "replacement"."""
    hits = search(RULES, "cement")
    (first, *_), (*_, last) = hits, hits
    assert "cement" in first.name.en.casefold().split()
    inside = [hit for hit in hits if hit.rank == last.rank]
    assert "capacity-steel-2021" in {hit.id for hit in inside}
    assert not any(re.search(r"\bcement", hit.name.en.casefold()) for hit in inside)


def test_a_search_for_nothing_is_refused() -> None:
    with pytest.raises(Fault, match="no_search_words"):
        search(RULES, "  ")
    (found,) = cli(None, "rules", "search", " ", "--json", code=2)["findings"]
    assert found["code"] == "no_search_words"


def test_nothing_found_offers_words_that_are_near() -> None:
    assert search(RULES, "clinkr") == []
    assert "clinker" in near(RULES, "clinkr")
    (found,) = cli(None, "rules", "search", "clinkr", "--json", code=1)["findings"]
    assert found["code"] == "nothing_found"
    assert "clinker" in found["cause"]
    assert "熟料" in cli(None, "rules", "search", "熟料料", code=1, lang="zh")[1]


def test_a_search_says_kind_place_and_mark() -> None:
    (hit, *_) = cli(None, "rules", "search", "level-2023", "--json")["hits"]
    assert hit == {
        "kind": "scales",
        "id": "level-2023",
        "name": RULES.scales["level-2023"].title.en,
        "rank": 0,
        "clause": "ndrc-2023-723/levels",
        "mark": "recalled",
        "flags": ["our_reading"],
    }
    assert "ndrc-2023-723/levels" in cli(None, "rules", "search", "level-2023", lang="zh")[0]
