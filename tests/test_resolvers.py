"""What is resolved before the join: pure functions, and their way through the books."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.accounting.resolvers import (
    FUNCTIONS,
    carbon_as_received,
    late_calibration,
    oxidation_by_boiler,
    steam_enthalpy,
    stock_balance,
)
from dafeng.accounting.stocks import with_stocks
from dafeng.rulebook import load
from dafeng.workspace import Workspace
from dafeng.workspace.books import Books

RULES = load()
ATMOSPHERE = 0.101325
NOTHING = math.nan
CLOSE = settings(max_examples=100, deadline=None)


def columns(table: str) -> dict[str, Any]:
    found = RULES.lookups[table]
    cells = np.array(found.rows, dtype=np.float64).reshape(-1, len(found.columns))
    return dict(zip(found.columns, cells.T, strict=True))


SATURATED = columns("steam-gbt32151-34-saturated")
SUPERHEATED = columns("steam-gbt32151-34-superheated")
STATES = set(zip(SUPERHEATED["pressure"], SUPERHEATED["temperature"], strict=True))


def enthalpy(
    pressure: float = NOTHING, temperature: float = NOTHING, gauge: float = NOTHING
) -> float:
    (found,) = steam_enthalpy(
        pressure=np.array([pressure]),
        gauge=np.array([gauge]),
        temperature=np.array([temperature]),
        saturated=SATURATED,
        superheated=SUPERHEATED,
        atmosphere=ATMOSPHERE,
    )
    return float(found)


def boiling(pressure: float) -> float:
    return float(np.interp(pressure, SATURATED["pressure"], SATURATED["temperature"]))


# ---- steam


def test_a_printed_state_has_its_printed_enthalpy() -> None:
    """At a node nothing is interpolated, though its neighbours may be water."""
    for table, saturated in ((SATURATED, True), (SUPERHEATED, False)):
        size = table["pressure"].size
        found = steam_enthalpy(
            pressure=table["pressure"],
            gauge=np.full(size, np.nan),
            temperature=np.full(size, np.nan) if saturated else table["temperature"],
            saturated=SATURATED,
            superheated=SUPERHEATED,
            atmosphere=ATMOSPHERE,
        )
        assert found == pytest.approx(table["enthalpy"], abs=1e-9)


def test_the_published_interpolation() -> None:
    """TV-CAR-PAR-001 of GHGTOOL's mapping of GB/T 32151.34-2024, section 16.3: 1.75 MPa."""
    assert enthalpy(1.75) == pytest.approx(2794.45)
    assert boiling(1.75) == pytest.approx(205.7)


def test_between_two_pressures_and_two_temperatures() -> None:
    # 2 MPa lies half way between 1 and 3, 250 °C half way between 240 and 260: the mean of
    # 2920.5, 2964.8, 2823 and 2885.5
    assert enthalpy(2, 250) == pytest.approx(2898.45)


@CLOSE
@given(st.floats(0.01, 30), st.floats(60, 600))
def test_superheated_steam_lies_between_the_states_around_it(
    pressure: float, temperature: float
) -> None:
    at = [np.unique(SUPERHEATED[name]) for name in ("pressure", "temperature")]
    near = [
        (axis[axis <= x].max(), axis[axis >= x].min())
        for axis, x in zip(at, (pressure, temperature), strict=True)
    ]
    corners = {(p, t) for p in near[0] for t in near[1]}
    if corners <= STATES:
        around = [enthalpy(p, t) for p, t in corners]
        slack = 1e-6
        assert min(around) - slack <= enthalpy(pressure, temperature) <= max(around) + slack


@CLOSE
@given(st.floats(0.01, 19), st.floats(0, 200), st.floats(0.5, 100))
def test_hotter_steam_of_one_pressure_holds_more_down_to_saturation(
    pressure: float, above: float, more: float
) -> None:
    cooler = boiling(pressure) + above
    assert enthalpy(pressure) - 1e-6 <= enthalpy(pressure, cooler)
    if cooler + more <= 600:
        assert enthalpy(pressure, cooler) < enthalpy(pressure, cooler + more)


@CLOSE
@given(st.floats(0.01, 21.9))
def test_a_gauge_reads_one_atmosphere_less(pressure: float) -> None:
    by_gauge = enthalpy(gauge=pressure - ATMOSPHERE)
    assert by_gauge == pytest.approx(enthalpy(pressure), abs=1e-6)
    assert enthalpy(pressure, gauge=1) == enthalpy(pressure), "absolute pressure comes first"


@pytest.mark.parametrize(
    ("pressure", "temperature"),
    [
        (0.0005, NOTHING),  # below the first line
        (22.5, NOTHING),  # above the last line
        (0.005, 100),  # below the first pressure of the other table
        (30.1, 500),  # above the last one
        (1, 600.1),  # hotter than the table
        (1, 179),  # below saturation: water
        (22.5, 390),  # no saturation, and a neighbour that is not in the table
        (NOTHING, 200),  # no pressure at all
    ],
)
def test_nothing_is_extrapolated(pressure: float, temperature: float) -> None:
    assert math.isnan(enthalpy(pressure, temperature))


# ---- coal

SHARE = st.floats(0, 0.9)


def as_received(**given_: float) -> float:
    names = ("air_dry", "dry", "total", "inherent")
    (found,) = carbon_as_received(**{n: np.array([given_.get(n, NOTHING)]) for n in names})
    return float(found)


@CLOSE
@given(st.floats(0.1, 0.99), SHARE, SHARE)
def test_both_ways_to_carbon_as_received_agree(dry: float, total: float, inherent: float) -> None:
    by_dry = as_received(dry=dry, total=total)
    by_air_dry = as_received(air_dry=dry * (1 - inherent), total=total, inherent=inherent)
    assert by_air_dry == pytest.approx(by_dry)
    assert by_dry == pytest.approx(dry * (1 - total))


def test_a_sample_without_its_moisture_is_not_converted() -> None:
    assert math.isnan(as_received(air_dry=0.6, total=0.1))
    assert math.isnan(as_received(air_dry=0.6, inherent=0.02))
    assert math.isnan(as_received(dry=0.6))
    assert math.isnan(as_received(air_dry=0.6, total=0.1, inherent=1))
    assert as_received(air_dry=0.6, dry=0.65, total=0.1) == pytest.approx(0.585)


def test_oxidation_is_that_of_the_band_that_holds_the_site() -> None:
    bands = {
        "boiler": np.array([1.0, 1, 2]),
        "altitude_from": np.array([0.0, 1000, 0]),
        "altitude_below": np.array([1000.0, 3000, 9000]),
        "oxidation": np.array([0.99, 0.98, 0.97]),
    }
    found = oxidation_by_boiler(
        boiler=np.array([1, 1, 1, 1, 2, 3, NOTHING]),
        altitude=np.array([0, 999.9, 1000, 3000, 500, 500, 500]),
        bands=bands,
    )
    assert found == pytest.approx([0.99, 0.99, 0.98, np.nan, 0.97, np.nan, np.nan], nan_ok=True)


def test_a_table_without_rates_gives_none() -> None:
    found = oxidation_by_boiler(
        boiler=np.array([1.0]), altitude=np.array([100.0]), bands=columns("oxidation-2026")
    )
    assert np.isnan(found).all()


# ---- meters and stocks


def test_a_late_meter_is_corrected_by_what_it_is_off_beyond_what_is_required() -> None:
    found = late_calibration(
        required=np.array([0.005, 0.005, 0.005, NOTHING]),
        found=np.array([0.015, 0.004, NOTHING, 0.01]),
    )
    assert found == pytest.approx([0.01, 0, 0.005, np.nan], nan_ok=True)


@CLOSE
@given(st.lists(st.floats(0, 1e6), min_size=2, max_size=20))
def test_changes_of_stock_add_up_to_first_less_last(levels: list[float]) -> None:
    pairs = np.array(list(pairwise(levels)))
    drawn = stock_balance(opening=pairs[:, 0], closing=pairs[:, 1])
    assert drawn.sum() == pytest.approx(levels[0] - levels[-1], abs=1e-6)


def test_every_resolver_of_the_rulebook_has_its_function() -> None:
    assert {resolver.function for resolver in RULES.resolvers.values()} == set(FUNCTIONS)


# ---- through the books

HEADS = {
    "entries": "reporter,facility,period,item,flow,quantity,unit,source",
    "measured": "reporter,facility,period,item,parameter,value,unit,source",
    "reporters": "reporter,kind,name_zh,region,sector",
    "assignments": "reporter,method,purpose",
}


@pytest.fixture
def books(tmp_path: Path) -> Any:
    ws = Workspace.create(tmp_path / "ws")

    def put(table: str, *rows: str) -> None:
        path = tmp_path / f"{table}.csv"
        path.write_text("\n".join((HEADS[table], *rows)) + "\n", encoding="utf-8")
        assert ws.import_file(path, table=table).rejected == 0

    def account(method: str, purpose: str, entries: list[str], measured: list[str]) -> Any:
        put("reporters", "works,enterprise,虚构企业,33,30")
        put("assignments", f"works,{method},{purpose}")
        put("entries", *entries)
        put("measured", *measured)
        return ws

    return account


def refs(tree: Any) -> dict[str, Any]:
    return {node.ref: node for node in tree.walk()}


def test_a_looked_up_value_is_explained_down_to_table_and_clause(books: Any) -> None:
    ws = books(
        "other-industry-2015",
        "inventory",
        ["works,,2023,steam,purchased,100,t,invoice"],
        ["works,,2023,steam,steam_pressure_gauge,0.8,MPa,gauge of the park"],
    )
    (line,) = ws.account().lines
    # 0.901325 MPa: 2773.053 kJ/kg; 100 t x (2773.053 - 83.74) kJ/kg x 0.11
    assert line.grams == 29_582_443
    found = refs(line.tree)
    derived = found["derived/other-industry-2015/works//2023/steam/enthalpy"]
    assert derived.value == pytest.approx(2773.053)
    below = refs(derived)
    assert below["measured/works//2023/steam/steam_pressure_gauge"].value == 0.8
    assert {"steam-gbt32151-34-saturated", "gbt-32151-34-2024/table-C.4"} <= set(below)
    assert "gbt-32151-34-2024/formula-13" in below
    assert "our_reading" in line.tree.all_flags
    assert ws.explain(line.figure).tree.hash == line.tree.hash
    assert not ws.account().findings


def test_what_cannot_be_resolved_has_no_value_and_says_why(books: Any) -> None:
    ws = books(
        "other-industry-2015",
        "inventory",
        ["works,,2023-01,steam,purchased,100,t,invoice"],
        ["works,,2023,steam,steam_pressure,50,MPa,typed wrong"],
    )
    (line,) = ws.account().lines
    assert (line.grams, line.without_value) == (None, 1)
    (said,) = (f for f in ws.account().findings if f.code == "not_resolved")
    assert said.place == "works other-industry-2015"
    assert "outside the tables" in said.cause("en")
    assert "不外推" in said.cause("zh")


def test_a_derived_entry_is_a_row_of_its_own_with_its_meter(books: Any) -> None:
    ws = books(
        "coal-power-2026",
        "ets",
        ["works,,2026-01,raw_coal,consumed,1000,t,belt scale"],
        [
            "works,,2026,raw_coal,oxidation,99,%,platform",
            "works,,2026-01,raw_coal,accuracy_required,0.5,%,class of the scale",
            "works,,2026-01,raw_coal,accuracy_found,1.5,%,late calibration",
        ],
    )
    (line,) = ws.account().lines
    assert line.grams is None, "the method is not complete"
    entries = {ref: node for ref, node in refs(line.tree).items() if node.kind == "entry"}
    assert sorted(node.value for node in entries.values()) == pytest.approx([10, 1000])
    (derived,) = (node for ref, node in entries.items() if ref.endswith("~late-calibration"))
    assert derived.source.startswith("entries.csv:2 · ")
    assert "belt scale" in derived.source
    assert {"accuracy_required", "accuracy_found", "late-calibration"} <= {
        ref.rpartition("/")[2] for ref in refs(derived)
    }


def test_a_correction_that_cannot_be_made_leaves_a_total_that_says_so(books: Any) -> None:
    ws = books(
        "coal-power-2026",
        "ets",
        ["works,,2026-01,raw_coal,consumed,1000,t,belt scale"],
        [
            "works,,2026,raw_coal,oxidation,99,%,platform",
            "works,,2026-01,raw_coal,accuracy_found,1.5,%,late calibration",
        ],
    )
    (line,) = ws.account().lines
    assert line.without_value == 1, "the correction has no amount"
    assert "partial" in line.flags
    assert {f.code for f in ws.account().findings} >= {"not_resolved", "no_value"}
    entries = [node for node in refs(line.tree).values() if node.kind == "entry"]
    assert {node.value for node in entries} == {1000, None}


def test_one_stock_level_without_the_other_is_said_and_changes_nothing(books: Any) -> None:
    ws = books(
        "other-industry-2015",
        "inventory",
        [
            "works,,2023-01,anthracite,purchased,100,t,weighbridge",
            "works,,2023-02,anthracite,purchased,100,t,weighbridge",
        ],
        ["works,,2023-01,anthracite,stock_level,40,t,survey"],
    )
    (line,) = ws.account().lines
    # 2 x 100 t x 24.515 x 0.02749 x 0.94 x 44/12 = 2 x 232.276847 t
    assert line.grams == 464_553_694
    (said,) = (f for f in ws.account().findings if f.code == "not_resolved")
    assert said.values["rows"] == 2, "January lacks the level before, February the one after"


def test_a_booked_change_of_stock_is_not_derived_again(books: Any) -> None:
    ws = books(
        "other-industry-2015",
        "inventory",
        [
            "works,,2023,anthracite,purchased,100,t,weighbridge",
            "works,,2023,anthracite,stock_change,10,t,survey",
        ],
        [
            "works,,2022,anthracite,stock_level,40,t,survey",
            "works,,2023,anthracite,stock_level,30,t,survey",
        ],
    )
    (line,) = ws.account().lines
    # 110 t x 2.3227684663
    assert line.grams == 255_504_532
    assert line.entries == 2


def changes(ws: Any) -> dict[str, float]:
    """Return the derived changes of stock [t] by period, as the books hold them."""
    rows = Books(ws.store, ws.rules).prepared
    found = rows.filter(rows.flow == "stock_change").to_pyarrow().to_pylist()
    assert len({row["entry"] for row in found}) == len(found)
    return {row["period"]: row["amount"] for row in found}


LEVELS = [40, 130, 120, 105, 90, 80, 70, 60, 45, 30, 20, 10, 0]
MONTHS = [f"2023-{month:02d}" for month in range(1, 13)]


def level(period: str, tonnes: float) -> str:
    return f"works,,{period},anthracite,stock_level,{tonnes},t,survey"


@pytest.mark.parametrize("period", ["2023-01", "2023"])
def test_changes_of_stock_of_all_months_add_up_to_first_less_last(books: Any, period: str) -> None:
    """One delivery is burnt over the year: what was drawn in the other months counts."""
    given_ = [level(at, tonnes) for at, tonnes in zip(["2022", *MONTHS], LEVELS, strict=True)]
    entry = f"works,,{period},anthracite,purchased,100,t,weighbridge"
    ws = books("other-industry-2015", "inventory", [entry], given_)
    found = changes(ws)
    assert set(found) == set(MONTHS)
    assert sum(found.values()) == pytest.approx(LEVELS[0] - LEVELS[-1])
    assert found["2023-01"] == pytest.approx(-90)
    assert not [f for f in ws.account().findings if f.code == "not_resolved"]
    (line,) = ws.account().lines
    # 140 t x 2.3227684663 (see above), each month's grams rounded
    assert line.grams == pytest.approx(325_187_585, abs=12)
    inputs = {ref for ref, node in refs(line.tree).items() if ref.startswith("measured/works")}
    assert len(inputs) == len(LEVELS), "each change names its own levels"


@pytest.mark.parametrize("end", ["2023", "2023-12"])
def test_yearly_levels_beside_monthly_purchases_are_one_change(books: Any, end: str) -> None:
    entries = [f"works,,{at},anthracite,purchased,10,t,weighbridge" for at in MONTHS]
    ws = books("other-industry-2015", "inventory", entries, [level("2022-12", 40), level(end, 15)])
    assert changes(ws) == {"2023": pytest.approx(25)}
    assert not ws.account().findings


def test_a_gap_and_an_end_of_the_levels_are_said(books: Any) -> None:
    entries = [
        "works,,2023-01,anthracite,purchased,100,t,weighbridge",
        "works,,2023-05,anthracite,purchased,100,t,weighbridge",
    ]
    given_ = [level(at, 50) for at in ("2022", "2023-01", "2023-03", "2023-04")]
    ws = books("other-industry-2015", "inventory", entries, given_)
    assert set(changes(ws)) == {"2023-01", "2023-04"}
    (said,) = (f for f in ws.account().findings if f.code == "not_resolved")
    assert said.values["rows"] == 2, "from January to March, and after April"


@pytest.mark.parametrize(
    ("given_", "worst"),
    [
        (("reported", "secondary"), "secondary"),
        (("official", "synthetic"), "synthetic"),
        (("reported", "republished"), "republished"),
        (("official", "reported"), "official"),
    ],
)
def test_a_derived_change_bears_the_worst_mark(given_: tuple[str, ...], worst: str) -> None:
    names = ("reporter", "facility", "year", "period", "flow", "use", "product", "entry", "mark")
    rows = [
        ("works", "", "2023", f"2023-0{at}", "purchased", "", "", f"e{at}", mark)
        for at, mark in enumerate(given_, 1)
    ]
    levels = [("works", "", period, 5.0, "t", period) for period in ("2022", "2023")]
    held = ("reporter", "facility", "period", "value", "unit", "id")
    found = with_stocks(
        ibis.memtable(pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in rows])),
        pa.Table.from_pylist([dict(zip(held, row, strict=True)) for row in levels]),
        RULES.resolvers["stock-balance"],
    )
    assert found["mark"].to_pylist() == [worst]
