"""After-the-fact supervision: rules on both sides of their limits, deadlines, what is not known."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.cli.verbs import run
from dafeng.gate import (
    Hit,
    Looked,
    Supervision,
    graded_hits,
    last_hits,
    low_hits,
    matters,
    oversight,
    review_hits,
    supervise,
)
from dafeng.plan import plans
from dafeng.rulebook import load
from dafeng.workspace import Workspace
from dafeng.workspace import supervise as sweep

RULES = load()
DAY = date(2026, 7, 1)
Row = dict[str, Any]

TEXTS = ("project", "reporter", "region", "status", "started", "finished", "opinion")
PROJECT = dict.fromkeys((*TEXTS, "opinion_date", "used_year", "carried_out", "checked"), "")
PROJECT |= {
    "project": "P1",
    "reporter": "F1",
    "region": "3301",
    "mark": "reported",
    "source": "a:1",
}
AMOUNTS = ("approved_tce", "designed_tce", "used_tce")


def table(rows: list[Row], numbers: tuple[str, ...]) -> pa.Table:
    """Return rows as columns of texts, and of numbers."""
    kinds = {name: pa.float64() if name in numbers else pa.string() for name in rows[0]}
    return pa.Table.from_pylist(rows, pa.schema(list(kinds.items())))


def reviewed(day: date = DAY, **said: Any) -> Looked:
    """Judge one project."""
    return review_hits(table([PROJECT | dict.fromkeys(AMOUNTS) | said], AMOUNTS), day)


def test_what_was_begun_before_the_rules_is_not_judged_by_their_opinion() -> None:
    said = {"status": "running", "opinion": "none"}
    for started, expected in (("2016-11-26", []), ("2016-11-27", ["no_opinion"])):
        rows = table([PROJECT | dict.fromkeys(AMOUNTS) | said | {"started": started}], AMOUNTS)
        looked = review_hits(rows, DAY, date(2016, 11, 27))
        assert [hit.matter for hit in looked.hits] == expected
        assert (("no_opinion", "before_rules") in looked.unknown) == (not expected)


def found(looked: Looked) -> list[tuple[str, str]]:
    return [(hit.matter, hit.variant) for hit in looked.hits]


# --- Energy reviews ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ({"status": "building", "opinion": "none"}, [("no_opinion", "begun")]),
        ({"status": "running", "opinion": "refused"}, [("review_failed", "begun")]),
        ({"status": "planned", "opinion": "none"}, []),
        (
            {"status": "planned", "opinion": "none", "started": "2026-07-01"},
            [("no_opinion", "begun")],
        ),
        ({"status": "planned", "opinion": "none", "started": "2026-07-02"}, []),
        ({"status": "stopped", "opinion": "none", "started": "2024-01-01"}, []),
        ({"status": "building", "opinion": ""}, []),  # not stated is not none
    ],
)
def test_building_without_a_review_is_found_once_it_has_begun(
    said: Row, wanted: list[tuple[str, str]]
) -> None:
    assert found(reviewed(**said)) == wanted


def test_an_opinion_that_is_not_stated_is_counted_and_never_taken_as_none() -> None:
    looked = reviewed(status="building")
    assert len(looked.unknown["no_opinion", "opinion_not_stated"]) == 1
    assert not looked.judged["no_opinion"]


@pytest.mark.parametrize(
    ("started", "finished", "wanted"),
    [
        ("2024-03-01", "", [("early_start", "started")]),
        ("2024-03-02", "", []),  # the day of the opinion is in time
        ("2024-03-03", "", []),
        ("2024-03-01", "2024-03-01", [("early_start", "operated")]),
        ("2024-03-01", "2024-03-02", [("early_start", "started")]),
    ],
)
def test_a_start_before_the_opinion_is_early(
    started: str, finished: str, wanted: list[tuple[str, str]]
) -> None:
    said: Row = {"status": "building", "opinion": "granted", "opinion_date": "2024-03-02"}
    assert found(reviewed(**said, started=started, finished=finished)) == wanted


def test_a_start_that_is_not_stated_cannot_be_told() -> None:
    looked = reviewed(status="building", opinion="granted", opinion_date="2024-03-02")
    assert len(looked.unknown["early_start", "start_not_stated"]) == 1
    looked = reviewed(status="building", opinion="granted", started="2024-01-01")
    assert len(looked.unknown["early_start", "opinion_undated"]) == 1


@pytest.mark.parametrize(
    ("used", "designed", "wanted"),
    [
        (10000.0, 9000.0, []),  # on the amount is not above it
        (10000.5, 9000.0, [("above_approval", "used")]),
        (None, 10000.0, []),
        (None, 10001.0, [("above_approval", "designed")]),
        (9000.0, 10001.0, [("above_approval", "designed")]),
    ],
)
def test_energy_above_approval(
    used: float | None, designed: float, wanted: list[tuple[str, str]]
) -> None:
    said: Row = {"status": "running", "opinion": "granted", "opinion_date": "2024-01-01"}
    said |= {"started": "2024-02-01", "finished": "2025-01-01", "used_year": "2025"}
    looked = reviewed(**said, approved_tce=10000.0, used_tce=used, designed_tce=designed)
    assert found(looked) == wanted
    open_ = looked.unknown.get(("above_approval", "use_not_known"), [])
    assert bool(open_) is (used is None and not wanted)  # running, and nobody knows its use


def test_an_opinion_found_not_to_be_carried_out() -> None:
    said: Row = {"status": "building", "opinion": "granted", "opinion_date": "2024-01-01"}
    assert ("not_carried_out", "inspected") in found(reviewed(**said, carried_out="no"))
    assert not found(reviewed(**said, carried_out="yes", started="2024-02-01"))
    assert len(reviewed(**said).unknown["not_carried_out", "not_inspected"]) == 1


# --- Quotas and levels -------------------------------------------------------------------------


STEEL = {"family": "quota-steel", "scale": "converter", "year": "2026"}


def units(**said: Any) -> Looked:
    row: Row = {"subject": "L1", "reporter": "F1", "region": "3301", "year": "2025"}
    row |= {"family": "quota-cement", "scale": "clinker", "value": 117.0, "inputs": ""}
    row |= {"variant": "stated", "mark": "reported", "source": "a:1"}
    return graded_hits(RULES, table([row | said], ("value",)))


@pytest.mark.parametrize(
    ("said", "over"),
    [
        ({"value": 117.0}, False),  # GB 16780-2021, table 2, grade 3: 117
        ({"value": 117.01}, True),
        # table 1, grade 3: 94 + 1.20 x (78 - 75) = 97.6
        ({"scale": "cement", "value": 97.6, "inputs": "clinker_ratio=78"}, False),
        ({"scale": "cement", "value": 97.7, "inputs": "clinker_ratio=78"}, True),
        # GB 21256: -10 up to 2026-06-30, -12 after; negative limits
        ({"family": "quota-steel", "scale": "converter", "value": -10.0}, False),
        ({"family": "quota-steel", "scale": "converter", "value": -9.9}, True),
        ({"family": "quota-steel", "scale": "converter", "value": -10.0, "year": "2026"}, True),
        # -12 + 0.23 x 10 = -9.7 with 10 % scrap
        (STEEL | {"value": -9.7, "inputs": "scrap=10"}, False),
        (STEEL | {"value": -9.6, "inputs": "scrap=10"}, True),
    ],
)
def test_over_quota_is_beyond_the_last_grade(said: Row, over: bool) -> None:  # noqa: FBT001
    looked = units(**said)
    assert bool(looked.hits) is over
    assert looked.judged["over_quota"] == 1


def test_a_default_that_decides_is_said() -> None:
    [one] = judged([units(**STEEL | {"value": -10.0})], day=date(2027, 1, 1)).found
    assert "default taken for: scrap ratio of the converter" in one.text.en


def test_what_lacks_is_no_violation() -> None:
    assert len(units(value=None).unknown["over_quota", "not_graded"]) == 1
    assert len(units(scale="cement", value=99.0).unknown["over_quota", "not_graded"]) == 1
    assert units(scale="cement", value=99.0, inputs="clinker_ratio=x").unknown
    assert len(units(scale="no-such").unknown["over_quota", "no_field"]) == 1
    assert not units(value=None).hits


LEVEL = {"family": "level", "scale": "clinker", "value": 118.0}  # 2023 edition: baseline 117


@pytest.mark.parametrize(
    ("day", "stage", "severity"),
    [
        (date(2025, 12, 31), "running", "warning"),  # the last day is still in time
        (date(2026, 1, 1), "passed", "warning"),  # facts of 2024 prove nothing of 2026
    ],
)
def test_below_baseline_is_late_from_the_day_after(day: date, stage: str, severity: str) -> None:
    [one] = judged([units(**LEVEL, year="2024")], day=day).found
    assert (one.stage, one.due, one.severity) == (stage, "2025-12-31", severity)
    assert "ndrc-2023-723/upgrade" in one.clauses
    assert ("zj-57-2023/II.1" in one.clauses) is (stage == "passed")  # energy restricted


def test_facts_after_the_deadline_prove_that_it_is_late() -> None:
    [one] = judged([units(**LEVEL, year="2026")], day=date(2027, 1, 2)).found
    assert (one.stage, one.severity) == ("passed", "error")
    assert "upgraded since" not in one.text.en


def test_on_the_baseline_is_not_below_it() -> None:
    assert not units(**LEVEL | {"value": 117.0}).hits


# --- Low performers ----------------------------------------------------------------------------


def low(**said: Any) -> Looked:
    row: Row = {
        "reporter": "F1",
        "region": "330502",
        "year": "2021",
        "class": "",
        "scale": "above-scale",
    }
    row |= {"tax_yuan": None, "land_mu": None, "low_performer": "", "lawful": ""}
    row |= {"mark": "reported", "source": "a:1"}
    return low_hits(RULES, table([row | said], ("tax_yuan", "land_mu")))


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        # Huzhou 2021: below 60 000 yuan per mu above scale, below 30 000 from 10 mu below scale
        ({"tax_yuan": 600_000.0, "land_mu": 10.0}, []),
        ({"tax_yuan": 599_999.0, "land_mu": 10.0}, [("low_performer_open", "taxed")]),
        (
            {"tax_yuan": 299_999.0, "land_mu": 10.0, "scale": "below-scale"},
            [("low_performer_open", "taxed")],
        ),
        ({"tax_yuan": 269_999.0, "land_mu": 9.0, "scale": "below-scale"}, []),  # less than 10 mu
        ({"tax_yuan": 1.0, "land_mu": 10.0, "year": "2022"}, []),  # the limits are those of 2021
        ({"tax_yuan": 1.0, "land_mu": 10.0, "region": "3301"}, []),  # and of Huzhou
        ({"tax_yuan": 1.0, "land_mu": 10.0, "low_performer": "no"}, []),
        ({"class": "D", "lawful": "no"}, [("low_performer_unlawful", "classed")]),
        ({"class": "C"}, []),
        ({"low_performer": "yes", "lawful": "yes"}, [("low_performer_lawful", "listed")]),
    ],
)
def test_low_performers(said: Row, wanted: list[tuple[str, str]]) -> None:
    assert found(low(**said)) == wanted


def test_without_class_and_limit_a_low_performer_cannot_be_told() -> None:
    assert len(low(region="3301").unknown["low_performer_open", "no_limit"]) == 1
    assert len(low().unknown["low_performer_open", "land_not_stated"]) == 1


# --- Green factories ---------------------------------------------------------------------------


def scored(scores: dict[str, list[float | None]], day: date = DAY) -> Looked:
    """Judge a list by the scores of its factories in 2023, 2024 and 2025."""
    rows: list[Row] = [
        {"list": "green", "level": "", "subject": who, "reporter": who, "region": "3301"}
        | {"year": str(2023 + place), "score": score, "mark": "reported", "source": "a:1"}
        for who, own in scores.items()
        for place, score in enumerate(own)
    ]
    return last_hits(RULES, table(rows, ("score",)), day)


def crowd(count: int, **own: list[float | None]) -> dict[str, list[float | None]]:
    known: dict[str, list[float | None]] = {f"G{n:03d}": [80.0 + n / 10] * 3 for n in range(count)}
    return known | own


def test_the_last_of_twenty_in_three_years_goes() -> None:
    looked = scored(crowd(19, LAST=[1.0, 2.0, 3.0]))  # 1 of 20 is 5 %
    assert [hit.subject for hit in looked.hits] == ["LAST"]
    assert looked.hits[0].values["places"] == "20/20, 20/20, 20/20"
    assert not scored(crowd(18, LAST=[1.0, 2.0, 3.0])).hits  # 1 of 19 is more than 5 %


def test_two_years_are_not_three_and_a_missing_year_is_not_low() -> None:
    assert not scored(crowd(19, LAST=[99.0, 2.0, 3.0])).hits
    looked = scored(crowd(20, LAST=[None, 2.0, 3.0]))
    assert not looked.hits
    assert len(looked.unknown["last_places", "score_missing"]) == 1


def test_a_tie_across_the_border_accuses_nobody() -> None:
    assert not scored(crowd(18, ONE=[1.0] * 3, TWO=[1.0] * 3)).hits  # 2 of 20 share the last place
    both = scored(crowd(38, ONE=[1.0] * 3, TWO=[1.0] * 3))  # 2 of 40 are 5 %
    assert {hit.subject for hit in both.hits} == {"ONE", "TWO"}


def test_before_the_rule_nobody_is_removed() -> None:
    assert not scored(crowd(19, LAST=[1.0] * 3), day=date(2024, 1, 18)).hits


@given(st.lists(st.integers(0, 5), min_size=1, max_size=60))
def test_never_more_than_five_per_cent_go(scores: list[int]) -> None:
    looked = scored({f"G{n}": [float(score)] * 3 for n, score in enumerate(scores)})
    assert len(looked.hits) * 20 <= len(scores)


# --- Stages, consequences, departments ---------------------------------------------------------

OVER = Looked((Hit("over_quota", "stated", "L1", "F1", "3301", "2025-12-31", {
    "year": "2025", "scale": "x", "value": "118", "unit": "kgce/t", "limit": "117", "edition": "e",
}),))  # fmt: skip


def order(**said: str) -> Row:
    row: Row = {
        "subject": "L1",
        "matter": "over_quota",
        "issued": "2026-03-01",
        "due": "2026-06-30",
    }
    return row | {"cured": "", "source": "no. 1", "mark": "reported"} | said


def judged(looked: list[Looked], orders: tuple[Row, ...] = (), day: date = DAY) -> Supervision:
    return supervise(RULES, looked, orders, plans().values(), day)


@pytest.mark.parametrize(
    ("day", "stage", "severity", "words"),
    [
        (date(2026, 2, 28), "found", "warning", "order to correct"),  # before the order
        (date(2026, 6, 30), "running", "warning", "the order runs"),
        (date(2026, 7, 1), "passed", "error", "suspension or closure"),
    ],
)
def test_an_order_on_both_sides_of_its_last_day(
    day: date, stage: str, severity: str, words: str
) -> None:
    [one] = judged([OVER], (order(),), day).found
    assert (one.stage, one.severity) == (stage, severity)
    assert words in one.consequence.en
    assert one.clauses == ("zj-57-2023/II.3", "zj-57-2023/I.3", "ndrc-2010-978/punitive")
    assert one.lead == "energy-bureau"
    assert "justice" in one.others


def test_an_extension_is_a_newer_order() -> None:
    longer = order(issued="2026-06-20", due="2026-09-30")
    [one] = judged([OVER], (order(), longer)).found
    assert (one.stage, one.due) == ("running", "2026-09-30")
    assert "not stated" in oversight().words.extension.en


def test_a_cure_settles_it_until_newer_facts() -> None:
    done = judged([OVER], (order(cured="2026-05-01"),))
    assert not done.found
    assert done.settled["over_quota"] == 1
    again = judged([OVER], (order(cured="2025-05-01", issued="2025-03-01", due="2025-06-30"),))
    assert [one.stage for one in again.found] == ["found"]  # facts up to 2025-12-31 come after


def test_where_no_plan_states_a_consequence_it_says_so() -> None:
    hit = Hit("not_carried_out", "inspected", "P1", "F1", "44", "", {"checked": "2026-01-01"})
    [one] = judged([Looked((hit,))]).found
    assert (one.follows, one.lead, one.due) == ((), "", "")
    assert one.consequence == oversight().words.none_stated


def cited(matter: str, variant: str, day: date = DAY, /, **said: Any) -> tuple[str, ...]:
    """Return the clauses of what follows in Zhejiang, or in another place."""
    where = said.pop("region", "3301")
    hit = Hit(matter, variant, "L1", "F1", where, "", OVER.hits[0].values, **said)
    [one] = judged([Looked((hit,))], day=day).found
    return tuple(clause for _, clause in one.follows)


@pytest.mark.parametrize(
    ("family", "clause"),
    [
        ("quota-cement", "ndrc-2016-75/steps"),
        ("quota-steel", "ndrc-2016-2803/tiered"),
        ("quota-aluminium", "ndrc-2021-1239/mark-up"),
        ("quota-coking", "ndrc-2010-978/punitive"),
    ],
)
def test_each_sector_has_the_price_of_its_own_rule(family: str, clause: str) -> None:
    found = cited("over_quota", "stated", region="44", family=family, scale="x")
    assert clause in found
    # cement and steel have rules of their own in place of the punitive price of 2010
    assert ("ndrc-2010-978/punitive" in found) == (family not in ("quota-cement", "quota-steel"))


def test_what_follows_below_the_baseline_depends_on_product_and_day() -> None:
    due = {"due": "2025-12-31", "family": "level"}
    kiln = cited("below_baseline", "stated", DAY, scale="clinker", **due)
    assert "miit-2024-206/unusable" in kiln
    assert "ndrc-2024-730/below-baseline" not in kiln
    before = cited("below_baseline", "stated", date(2024, 10, 31), scale="clinker", **due)
    assert "miit-2024-206/unusable" not in before
    furnace = cited("below_baseline", "stated", DAY, scale="blast-furnace", region="13", **due)
    assert furnace == ("ndrc-2023-723/upgrade", "ndrc-2024-730/below-baseline")


def test_class_d_has_the_differential_policy_of_its_province() -> None:
    assert "zj-2018-5/differential" in cited("low_performer_open", "classed")
    assert "zj-2018-5/differential" not in cited("low_performer_open", "listed")
    assert cited("low_performer_open", "classed", region="44") == ()


def test_every_clause_exists_and_every_sentence_can_be_filled() -> None:
    for one in matters().values():
        for held in one.consequences:
            RULES.clause(held.clause)
        assert set(one.severity) == {"found", "running", "passed"}
    RULES.clause(oversight().choices)
    RULES.clause(oversight().low_tax.least_land.clause)


# --- A workspace -------------------------------------------------------------------------------

FILES = {
    "reporters": "reporter,kind,name_zh,region,mark\nF1,enterprise,甲,3301,synthetic\n"
    "F2,enterprise,乙,44,reported\n",
    "projects": "project,reporter,region,kind,title_zh,status,started,finished,approved,"
    "approved_tce,source\n"
    "P1,F1,3301,new,一,building,2026-01-10,,,,filing\n"
    "P2,F2,44,new,二,running,2024-01-01,2025-01-01,2024-02-01,100,filing\n",
    "energy_reviews": "project,opinion,used_tce,used_year,source\nP1,none,,,inspection\n"
    "P2,,120,2025,inspection\nP7,none,,,inspection\n",
    "lists": "list,subject,first,source\ngreen,F1,2022-01-01,list\n",
    "factory_scores": "list,subject,year,score,source\ngreen,F1,2025,1,s\ngreen,F2,2025,2,s\n",
}


@pytest.fixture(scope="module")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("supervision")
    made = Workspace.create(folder / "ws", region="33")
    for name, text in FILES.items():
        file = folder / f"{name}.csv"
        file.write_text(text, encoding="utf-8")
        done = made.import_file(file, table=name)
        assert done.taken, done.findings
    return made


def test_a_workspace_is_swept(ws: Workspace) -> None:
    swept = sweep(ws, DAY)
    known = {(one.hit.matter, one.hit.subject): one for one in swept.supervision.found}
    assert set(known) == {
        ("no_opinion", "P1"),
        ("early_start", "P2"),
        ("above_approval", "P2"),
    }
    assert known["no_opinion", "P1"].mark == "synthetic"  # its enterprise is fictional
    assert known["early_start", "P2"].mark != "synthetic"
    codes = {finding.code for finding in swept.findings}
    assert codes == {"supervise_unknown_project", "supervise_not_listed"}


def test_years_that_are_not_over_do_not_count(ws: Workspace) -> None:
    early = sweep(ws, date(2025, 12, 30)).supervision
    assert not [one for one in early.found if one.hit.matter == "above_approval"]


def test_a_finding_is_explained_by_its_id(ws: Workspace) -> None:
    one = next(o for o in sweep(ws, DAY).supervision.found if o.hit.matter == "above_approval")
    told = ws.explain(one.figure)
    assert told.figure == one.figure
    assert "120" in str(told.tree.to_dict("en"))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_command_says_what_when_and_by_which_clause(
    ws: Workspace, lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments: Row = {"workspace": ws.store.path, "wanted": (), "matters_only": False}
    arguments |= {"subject": None, "everyone": False, "as_of": "2026-07-01"}
    assert run("supervise", lang, as_json=False, **arguments) == 1
    shown = capsys.readouterr().out
    assert "zj-57-2023/II.3" in shown
    assert {"zh": "未定天数", "en": "no number of days"}[lang] in shown.replace("\n", " ")
    assert run("supervise", lang, as_json=True, **arguments | {"wanted": ("last_places",)}) == 0
    assert run("supervise", lang, as_json=False, **arguments | {"wanted": ("nothing",)}) == 2
    assert run("supervise", lang, as_json=False, **arguments | {"subject": "P1"}) == 1
    assert run("supervise", lang, as_json=False, **arguments | {"subject": "nobody"}) == 2
    assert run("supervise", lang, as_json=False, **arguments | {"matters_only": True}) == 0


def test_an_order_about_nothing_that_is_supervised_is_refused(
    ws: Workspace, tmp_path: Path
) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("subject,matter,issued,due,source\nL1,noise,2026-01-01,2026-02-01,x\n")
    assert not ws.import_file(file, table="orders").taken


def test_an_inspection_after_the_day_is_not_known_yet(tmp_path: Path) -> None:
    made = Workspace.create(tmp_path / "ws", region="33")
    rows = "project,opinion,checked,source\nP1,{},{},x\n"
    reviews = {"first": ("none", "2026-03-01"), "second": ("granted", "2026-06-01")}
    for name in ("reporters", "projects"):
        file = tmp_path / f"{name}.csv"
        file.write_text(FILES[name], encoding="utf-8")
        made.import_file(file, table=name)
    for name, said in reviews.items():
        file = tmp_path / f"{name}.csv"
        file.write_text(rows.format(*said), encoding="utf-8")
        made.import_file(file, table="energy_reviews")

    def matters_of(day: date) -> list[str]:
        return [o.hit.matter for o in sweep(made, day).supervision.found if o.hit.subject == "P1"]

    assert matters_of(date(2026, 5, 31)) == ["no_opinion"]
    assert not matters_of(date(2026, 6, 1))


def test_without_facts_it_does_not_look_as_if_all_were_well(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Workspace.create(tmp_path / "ws", region="33")
    arguments: Row = {"workspace": tmp_path / "ws", "wanted": (), "matters_only": False}
    arguments |= {"subject": None, "everyone": False, "as_of": "2026-07-01"}
    assert run("supervise", "en", as_json=False, **arguments) == 0
    assert "no facts to judge" in capsys.readouterr().out
