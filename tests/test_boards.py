"""Sums and boards of a small workspace: four firms in two cities, one that is silent, a park."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from dafeng.cli import app
from dafeng.indicators import Progress, Sum, Wanted, wanted_of
from dafeng.vocabulary import Fault
from dafeng.workspace import Workspace

Row = dict[str, Any]
PLAN = "zhejiang-industry-2023"
ENERGY, EMISSION = "comprehensive-energy-2020", "other-industry-2015"
BOOKED = {"source": "fictional", "mark": "synthetic"}
LISTED = "separately_listed"
_NUMBERS = itertools.count()

# Coefficients, g CO2: a tonne of diesel is 43.33 GJ × 0.0202 t C/GJ × 0.98 × 44/12 = 3.1451224933 t
DIESEL = 43.33e6 * 0.0202 * 0.98 * 44 / 12
# the published factor of Zhejiang for 2022 is 0.5153 kg CO2/kWh, that for 2021 (taken for 2020)
# 0.5422
POWER = {2020: 542_200, 2022: 515_300}

# reporter → region, sector, diesel (t), power bought (MWh)
FIRMS = {
    "mill": ("3301", "17", 100, 1000),
    "works": ("3301", "31", 200, 500),
    "kiln": ("3302", "3011", 300, 200),
    "plant": ("3302", "4411", 1000, 50),
}


# ---- a workspace made of a few rows


def put(ws: Workspace, table: str, rows: Iterable[Row]) -> None:
    """Take rows into a table; each file is another."""
    held = list(rows)
    path = ws.store.path.parent / f"{table}-{next(_NUMBERS)}.csv"
    head = list(dict.fromkeys(name for row in held for name in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, head, restval="")
        writer.writeheader()
        writer.writerows(held)
    done = ws.import_file(path, table=table)
    assert done.taken == len(held), [finding.cause("en") for finding in done.findings]


def who(name: str, kind: str, region: str, sector: str = "") -> Row:
    row = {"reporter": name, "kind": kind, "name_zh": name, "region": region, "sector": sector}
    return row | {"mark": "synthetic"}


def uses(name: str, facility: str = "") -> Iterator[Row]:
    for method, purpose in ((ENERGY, "energy"), (EMISSION, "inventory")):
        yield {"reporter": name, "facility": facility, "method": method, "purpose": purpose}


def entry(name: str, when: object, item: str, quantity: float, unit: str, **other: Any) -> Row:
    flow = {"electricity": "purchased", "diesel": "consumed", "raw_coal": "consumed"}
    row: Row = {"reporter": name, "facility": "", "period": when, "item": item, "product": ""}
    row |= {"flow": flow.get(item, "produced"), "quantity": quantity, "unit": unit}
    return row | BOOKED | other


def burnt(name: str, when: object, diesel: float, power: float, **other: Any) -> Iterator[Row]:
    yield entry(name, when, "diesel", diesel, "t", **other)
    yield entry(name, when, "electricity", power, "MWh", **other)


def value(name: str, year: int, amount: float, prices: str = "2020") -> Row:
    return entry(name, year, "value_added", amount, "10^8 yuan", product=prices)


def on(name: str, subject: str, first: str, last: str = "") -> Row:
    row = {"list": name, "level": "provincial", "subject": subject, "first": first, "last": last}
    return row | BOOKED


def project(name: str, **other: Any) -> Row:
    row = {"project": name, "reporter": "mill", "facility": "annex", "region": "3301"}
    row |= {"kind": "new", "title_zh": name, "status": "running", "finished": "2020-12-01"}
    return row | BOOKED | other


def line(capacity: float, name: str = "line-A", **other: Any) -> Row:
    row: Row = {"line": name, "reporter": "kiln", "facility": "line-1", "region": "3302"}
    row |= {"product": "clinker", "field": "clinker", "capacity": capacity, "unit": "t"}
    return row | {"first": "2022-01-01"} | BOOKED | other


def member(group: str, name: str, share: float, first: str = "", last: str = "") -> Row:
    return {"group": group, "member": name, "share": share, "first": first, "last": last}


def emptied(folder: Path) -> Workspace:
    """Return a workspace with the firms and their methods, and no activity."""
    ws = Workspace.create(folder / "ws")
    put(ws, "reporters", (who(n, "enterprise", *firm[:2]) for n, firm in FIRMS.items()))
    parts = [("mill", "annex"), ("kiln", "line-1")]
    put(ws, "facilities", ({"reporter": n, "facility": f, "type": "process"} for n, f in parts))
    named = [*((name, "") for name in FIRMS), *parts]
    put(ws, "assignments", (row for name, facility in named for row in uses(name, facility)))
    return ws


def filled(folder: Path) -> Workspace:
    ws = emptied(folder)
    others = [who("silent", "enterprise", "3303", "17"), who("estate", "park", "3301")]
    put(ws, "reporters", [*others, who("holding", "group", "33"), who("minor", "group", "33")])
    put(ws, "assignments", (row for name in ("silent", "estate") for row in uses(name)))
    rows = [
        row
        for year in (2020, 2022)
        for name, (_, _, diesel, power) in FIRMS.items()
        for row in burnt(name, year, diesel, power)
    ]
    rows += [row for year in (2020, 2022) for row in burnt("estate", year, 5000, 7000)]
    rows += [row for year in (2020, 2022) for row in burnt("mill", year, 40, 100, facility="annex")]
    rows += [value(name, 2020, 1.0) for name in FIRMS]
    rows += [value(name, 2022, 1.21) for name in FIRMS]
    put(ws, "entries", rows)
    put(ws, "lines", [line(1_500_000)])
    put(ws, "projects", [project("P-1"), project("P-2")])
    lists = [on("green_low_carbon_factory", name, "2021-06-01") for name in ("mill", "kiln")]
    lists += [on(LISTED, "P-1", "2021-01-01"), on(LISTED, "P-2", "2023-01-01")]
    put(ws, "lists", [*lists, on("strategic_emerging", "mill", "2020-01-01")])
    owned = [member("holding", name, 0.6) for name in (*FIRMS, "silent")]
    owned.append(member("minor", "mill", 0.3, last="2021-12-31"))
    put(ws, "members", [*owned, member("minor", "mill", 0.4, first="2022-01-01")])
    return ws


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace that no test changes: what was asked once is not computed again."""
    held = filled(tmp_path_factory.mktemp("books"))
    vars(held).update(sums=cache(held.sums), board=cache(held.board))
    return held


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """A workspace of the same firms, without activity."""
    return emptied(tmp_path)


def summed(ws: Workspace, year: str = "2022", **asked: Any) -> dict[str, Sum]:
    return {found.key: found for found in ws.sums(Wanted(year=year, **asked))[0]}


def total(ws: Workspace, **asked: Any) -> int:
    (found,) = summed(ws, **asked).values()
    assert found.grams is not None
    return found.grams


def board(ws: Workspace, as_of: str = "2022", *, below: bool = False) -> list[Progress]:
    found = ws.board(plan_id=PLAN, as_of=as_of, source="reporters", below=below)
    return list(found.lines)


def target(ws: Workspace, name: str, as_of: str = "2022", place: str = "33") -> Progress:
    lines = board(ws, as_of, below=place != "33")
    (found,) = (one for one in lines if (one.target.id, one.region) == (name, place))
    return found


# ---- sums: boundaries, cuts, coverage


BOUNDARIES = [
    {"measure": "energy"},
    {"measure": "emission", "boundary": "production"},
    {"measure": "emission", "boundary": "consumption"},
]
CUTS = ("city", "province", "sector", "section")


@pytest.mark.parametrize("without", [None, LISTED])
@pytest.mark.parametrize("asked", BOUNDARIES, ids=lambda asked: "-".join(asked.values()))
def test_cities_and_sectors_add_up_to_the_total(
    books: Workspace, asked: dict[str, Any], without: str | None
) -> None:
    asked = asked | {"without": without}
    whole = total(books, **asked)
    assert whole > 0
    for by in CUTS:
        assert sum(one.grams or 0 for one in summed(books, by=by, **asked).values()) == whole, by


def test_totals_are_those_of_the_firms_and_not_of_the_park(books: Workspace) -> None:
    # production: 100 + 200 + 300 + 1000 t of diesel; the 5000 t of the park are its members'
    made = total(books, boundary="production")
    assert made == pytest.approx(1600 * DIESEL, abs=4)
    # consumption: 600 t without the plant's, and 1000 + 500 + 200 + 50 MWh
    used = total(books, boundary="consumption")
    assert used == pytest.approx(600 * DIESEL + 1750 * POWER[2022], abs=4)
    # energy: 1600 t × 1.4571 tce/t and 1750 MWh × 0.1229 tce/MWh = 2331.36 + 215.075 tce
    assert total(books, measure="energy") == 2_546_435_000


def test_what_is_listed_apart_is_taken_off_inside_the_boundary(books: Workspace) -> None:
    # the annex: 40 t of diesel and 100 MWh, listed all of 2022
    taken = {
        boundary: total(books, boundary=boundary) - total(books, boundary=boundary, without=LISTED)
        for boundary in ("production", "consumption")
    }
    assert taken["production"] == pytest.approx(40 * DIESEL, abs=1)
    assert taken["consumption"] == pytest.approx(40 * DIESEL + 100 * POWER[2022], abs=1)


def test_of_two_projects_at_one_facility_the_earlier_day_counts(books: Workspace) -> None:
    # P-1 is listed from 2021 and P-2 from 2023: nothing is off in 2020, the annex is in 2022
    found, _ = books.sums(Wanted(boundary="production", without=LISTED))
    off = {one.year: one.excluded for one in found}
    assert off == {2020: 0, 2022: pytest.approx(40 * DIESEL, abs=1)}


def test_a_power_plant_counts_with_the_power_it_buys(books: Workspace) -> None:
    lines = {
        boundary: summed(books, by="sector", boundary=boundary)["44"].grams
        for boundary in ("production", "consumption")
    }
    assert lines["production"] == pytest.approx(1000 * DIESEL, abs=1)
    assert lines["consumption"] == 50 * POWER[2022]


@pytest.mark.parametrize("asked", BOUNDARIES, ids=lambda asked: "-".join(asked.values()))
def test_a_group_that_controls_everybody_is_the_total(
    books: Workspace, asked: dict[str, Any]
) -> None:
    groups = summed(books, by="group", control=True, **asked)
    assert groups["holding"].grams == total(books, **asked)
    assert "minor" not in groups  # it controls nobody


def test_a_city_whose_firm_is_silent_has_a_line(books: Workspace) -> None:
    found = summed(books, by="city")
    assert {key: (s.reported, s.expected) for key, s in found.items()}["3303"] == (0, 1)
    assert found["3303"].complete == 0
    assert set(found) == {"3301", "3302", "3303"}


# ---- groups


def test_shares_are_those_of_the_year(books: Workspace) -> None:
    lines, _ = books.sums(Wanted(by="group"))
    found = {one.year: one.grams for one in lines if one.key == "minor"}
    mill = {year: 100 * DIESEL + 1000 * POWER[year] for year in POWER}
    assert found == {  # 0.3 of the mill until the end of 2021, 0.4 from 2022 on
        2020: pytest.approx(0.3 * mill[2020], abs=2),
        2022: pytest.approx(0.4 * mill[2022], abs=2),
    }


NARROWED: Row = {
    "region": "3301",
    "sector": "17",
    "listed": "green",
    "since": 2020,
    "without": LISTED,
}


@pytest.mark.parametrize("name", NARROWED)
def test_groups_are_not_narrowed(books: Workspace, name: str) -> None:
    with pytest.raises(Fault) as caught:
        summed(books, by="group", **{name: NARROWED[name]})
    assert caught.value.code == "group_narrowed"


def test_a_list_that_the_workspace_does_not_have_is_refused(books: Workspace) -> None:
    for option in ("listed", "without"):
        with pytest.raises(Fault, match="unknown_list"):
            summed(books, **{option: "separatly_listed"})


def test_who_buys_power_alone_is_not_silent_where_only_fuel_counts(ws: Workspace) -> None:
    power = {"item": "electricity", "flow": "purchased", "unit": "MWh", "quantity": 50.0}
    put(ws, "entries", [value("mill", 2022, 1.0) | power])
    (made,) = summed(ws, boundary="production").values()
    (used,) = summed(ws, boundary="consumption").values()
    assert (made.grams, made.reported) == (0, used.reported)
    assert used.reported == 1


def test_groups_are_not_narrowed_from_the_command_line(books: Workspace) -> None:
    words = ["sum", "--by", "group", "--region", "3301", "-w", str(books.store.path)]
    done = CliRunner().invoke(app, [*words, "--lang", "en"])
    assert done.exit_code == 2
    assert "group_narrowed" in done.stderr


# ---- the newest row of a key counts, not both


def test_a_line_that_is_entered_again_has_the_new_capacity(ws: Workspace) -> None:
    put(ws, "entries", [value("mill", 2022, 1.0)])
    put(ws, "lines", [line(1_500_000)])
    found = target(ws, "ZJ-14")
    assert (found.value, found.unit, found.goal) == (1.5, "Mt", 0)
    put(ws, "lines", [line(2_000_000)])
    assert target(ws, "ZJ-14").value == 2  # not 3.5 Mt
    put(ws, "lines", [line(2_000_000, last="2022-06-30")])
    assert target(ws, "ZJ-14").value == 0


def test_a_list_row_that_is_entered_again_ends(ws: Workspace) -> None:
    green = ("green_low_carbon_factory", "mill", "2021-06-01")
    put(ws, "entries", burnt("mill", 2022, 1, 1))
    put(ws, "lists", [on(*green), on(green[0], "kiln", "2021-06-01")])
    assert target(ws, "ZJ-4").value == 2
    put(ws, "lists", [on(*green, last="2022-06-30")])
    assert target(ws, "ZJ-4").value == 1
    kept = summed(ws, listed=green[0], boundary="production")
    assert not any(found.grams for found in kept.values())


def test_a_share_that_is_entered_again_is_the_new_one(ws: Workspace) -> None:
    put(ws, "reporters", [who("minor", "group", "33")])
    put(ws, "entries", burnt("mill", 2022, 100, 0.001))
    for share in (0.3, 0.45):  # together they would be less than the whole
        put(ws, "members", [member("minor", "mill", share)])
        found = summed(ws, by="group", boundary="production")["minor"]
        assert found.grams == pytest.approx(share * 100 * DIESEL, abs=1)
        assert found.expected == 1


# ---- the level of a line


MONTHS = [f"2023-{month:02d}" for month in range(1, 13)]
AT_LINE = {"facility": "line-1"}


def coal(months: list[str]) -> list[Row]:
    return [entry("kiln", month, "raw_coal", 100, "t", **AT_LINE) for month in months]


CLINKER = [entry("kiln", month, "clinker", 1000, "t", **AT_LINE) for month in MONTHS]


def level(ws: Workspace) -> tuple[float | None, list[int]]:
    """Return the share of capacity at the benchmark, and how many lines have no level."""
    found = target(ws, "ZJ-3", "2023")
    return found.value, [f.values["unknown"] for f in found.findings if f.code == "level_unknown"]


def test_a_line_at_the_benchmark_and_one_below(ws: Workspace) -> None:
    # 1200 t × 714.3 kgce/t ÷ 12 000 t = 71.43 kgce/t, under the 100 of the benchmark level
    put(ws, "entries", [*coal(MONTHS), *CLINKER])
    put(ws, "lines", [line(1000)])
    assert level(ws) == (100, [])
    # as much coal again: 142.86 kgce/t, beyond the level, and known to be
    put(ws, "entries", [row | {"product": "second burner"} for row in coal(MONTHS)])
    assert level(ws) == (0, [])


def test_three_months_of_energy_over_a_year_of_output_is_no_level(ws: Workspace) -> None:
    put(ws, "entries", [*coal(MONTHS[:3]), *CLINKER])
    put(ws, "lines", [line(1000)])
    assert level(ws) == (0, [1])


def test_two_lines_at_one_facility_have_no_level(ws: Workspace) -> None:
    put(ws, "entries", [*coal(MONTHS), *CLINKER])
    put(ws, "lines", [line(1000), line(500, "line-B")])
    assert level(ws) == (0, [2])


def test_two_methods_of_energy_at_a_facility_give_no_level(ws: Workspace) -> None:
    other = {"method": f"{ENERGY}-equal", "purpose": "energy"}
    put(ws, "assignments", [{"reporter": "kiln", "facility": "line-1"} | other])
    put(ws, "entries", [*coal(MONTHS), *CLINKER])
    put(ws, "lines", [line(1000)])
    assert level(ws) == (0, [1])


# ---- growth


def test_growth_of_the_listed_firms(books: Workspace) -> None:
    found = target(books, "ZJ-7")
    assert found.value == pytest.approx(10)  # (1.21 ÷ 1)^(1/2) − 1, at the prices of 2020


def test_value_added_at_two_prices_is_no_growth(ws: Workspace) -> None:
    put(ws, "entries", [value("mill", 2020, 1.0), value("mill", 2022, 1.3, prices="2022")])
    put(ws, "lists", [on("strategic_emerging", "mill", "2020-01-01")])
    found = target(ws, "ZJ-7")
    assert (found.value, found.status) == (None, "not_computable")


# ---- the board by city


CITY = "3301"


def test_a_figure_of_a_city_carries_it_and_explains_itself(books: Workspace) -> None:
    places = {one.region for one in board(books, below=True)}
    assert {"33", "3301", "3302", "3303"} <= places
    asked = [target(books, name, place=CITY) for name in ("ZJ-2", "ZJ-4")]
    for one in asked:
        assert f":{CITY}~" in one.figure
        found = books.explain(one.figure)
        assert found.figure == one.figure
        assert found.tree.value == one.value
        assert found.kept
    assert len({target(books, "ZJ-4", place=place).figure for place in ("33", CITY)}) == 2


def test_a_city_is_judged_by_rates_and_not_by_counts(books: Workspace) -> None:
    count = target(books, "ZJ-4", place=CITY)
    assert (count.value, count.status, count.path) == (
        1,
        "",
        None,
    )  # the mill; the kiln is not here
    assert target(books, "ZJ-4").value == 2
    rate = target(books, "ZJ-2", place=CITY)
    # Hangzhou without the annex: 2022 has 300 − 40 t of diesel and 1500 − 100 MWh over 2.42,
    # 2020 all of it (nothing was listed) over 2.00
    before = (300 * DIESEL + 1500 * POWER[2020]) / 2.00
    now = (260 * DIESEL + 1400 * POWER[2022]) / 2.42
    assert rate.value == pytest.approx((now / before - 1) * 100, abs=1e-6)
    assert rate.status != ""
    assert rate.path is not None


def test_a_city_of_which_nothing_is_known_has_no_zero(books: Workspace) -> None:
    found = target(books, "ZJ-2", place="3303")
    assert (found.value, found.status) == (None, "not_reported")  # its firm is silent
    listed = target(books, "ZJ-4", place="3303")
    assert (listed.value, listed.status) == (None, "none_here")  # the list has others
    for place in ("33", "3303"):
        steel = target(books, "ZJ-15", place=place)
        assert (steel.value, steel.status) == (None, "not_reported")  # no books hold a line


def test_every_target_of_the_plan_has_its_line_and_a_reason_where_it_has_no_value(
    books: Workspace,
) -> None:
    plan = books.plans[PLAN]
    lines = board(books)
    assert [one.target.id for one in lines] == [target.id for target in plan.targets]
    assert all(one.value is not None or one.reason for one in lines)
    peak = target(books, "ZJ-6")
    assert (peak.value, peak.status) == (None, "not_computable")
    assert books.explain(peak.figure).tree.detail == peak.reason


def test_a_finding_of_a_city_names_it(ws: Workspace) -> None:
    put(ws, "entries", [*burnt("mill", 2020, 1, 1), *burnt("mill", 2022, 1, 1)])
    put(ws, "entries", [value("mill", 2020, 1), value("mill", 2022, 1)])
    put(ws, "entries", burnt("works", 2020, 1, 1))
    found = ws.board(plan_id=PLAN, as_of="2022", source="reporters", below=True).findings
    places = {one.region for one in found if one.code == "fixed_set"}
    assert places == {"", "3301"}
    assert {one.to_dict("zh")["region"] for one in found} == places


FIRM_TARGETS = ("ZJ-1", "ZJ-2", "ZJ-4", "ZJ-7", "ZJ-14")


@pytest.mark.parametrize("name", FIRM_TARGETS)
def test_a_target_leads_to_the_firms_behind_it(books: Workspace, name: str) -> None:
    tree = target(books, name).tree
    leaves = [n for n in tree.walk() if n.kind in ("entry", "account") and not n.children]
    assert leaves
    for node in leaves:
        assert any(firm in node.label.zh for firm in FIRMS), node.label
    said = [n.label.zh + (n.detail.zh if n.detail else "") for n in tree.walk()]
    assert not [one for one in said if "value_added" in one or "e+" in one]


def test_the_firms_behind_a_ratio_add_up_to_it_and_name_their_entries(books: Workspace) -> None:
    tree = target(books, "ZJ-7").tree
    sums = [node for node in tree.walk() if node.ref.startswith("value_added.")]
    tops = [node for node in sums if node.children]
    assert len(tops) == 2
    for top in tops:
        assert sum(child.value or 0 for child in top.children) == top.value
        assert all(child.detail and "000001." in child.detail.en for child in top.children)


# ---- what a figure id may ask for


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(by="sector", boundary="production", year="2022", sector="17", region="3301"),
        Wanted(measure="energy", by="section", since=2020, year="2022", without=LISTED),
        Wanted(by="group", year="2022"),
    ],
)
def test_what_is_asked_is_read_back(wanted: Wanted) -> None:
    assert wanted_of(wanted.scope, "2022") == wanted


@pytest.mark.parametrize(
    "scope",
    [
        "emission~consumption~planet",
        "emission~consumption",
        "emission~nowhere~total",
        "energy~consumption~total",
        "emission~consumption~group",  # by share or by control
        "emission~consumption~group~maybe",
        "emission~consumption~total~share",
        "emission~consumption~total~control-yes",
        "emission~consumption~total~year-2020",
        "emission~consumption~total~measure-energy",
        "emission~consumption~total~by-city",
        "emission~consumption~total~since-soon",
        "emission~consumption~total~since-02020",
        "emission~consumption~total~region-",
        "emission~consumption~total~region-3301~region-3302",
        "emission~consumption~total~sector-17~region-3301",  # not in order
        "emission~consumption~total~",
    ],
)
def test_an_id_that_is_not_as_it_would_be_printed_is_refused(scope: str) -> None:
    with pytest.raises(Fault) as caught:
        wanted_of(scope, "2022")
    assert caught.value.code == "bad_figure_id"


def test_a_sum_explains_itself(books: Workspace) -> None:
    for one in (*summed(books, by="city").values(), *summed(books, by="group").values()):
        found = books.explain(one.figure)
        assert (found.figure, found.tree.value) == (one.figure, one.grams)
