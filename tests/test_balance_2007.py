"""The energy balances of 2007: import, standard coal and CO2 beside the published figures.

The figures come from docs/build_validation.py, which also writes docs/validation.md; what is
asserted here is what that page says.
"""

from __future__ import annotations

import math
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import build_validation
import pytest
from builders.validation import compare, data, labels, sections

from dafeng import rulebook
from dafeng.findings import has_errors
from dafeng.vocabulary import factor, items

REPO = Path(__file__).resolve().parent.parent
CLASSES = ("entries", "checks", "of_which", "ignored", "rejected")
REGIONS = ("00", "11", "13", "14", "21", "32", "37", "42", "44", "51")
TONNE = 10**6  # g
OTHER_COKING = "Other coking products"


@pytest.fixture(scope="module")
def found(test_data: Path) -> Any:
    return compare.validate(test_data)


# --- Import -----------------------------------------------------------------------------------


def test_every_row_of_the_file_has_a_place(found: Any) -> None:
    counts = found.whole.counts
    assert not has_errors(found.whole.findings)
    assert counts["rows"] == 3202
    assert sum(counts[name] for name in CLASSES) == 3202
    assert counts["rejected"] == 0
    assert counts["unchecked"] == 0


@pytest.mark.parametrize("code", REGIONS)
def test_each_region_alone_goes_in(found: Any, code: str) -> None:
    alone = found.each[code]
    rows = [row for row in found.data.balance if row["region_code"] == code]
    assert not has_errors(alone.findings)
    assert alone.counts["rows"] == len(rows)
    assert sum(alone.counts[name] for name in CLASSES) == len(rows)
    assert alone.table.num_rows > 0


def test_the_regions_alone_add_up_to_the_file(found: Any) -> None:
    assert tuple(found.each) == REGIONS
    for name, count in found.whole.counts.items():
        assert sum(alone.counts[name] for alone in found.each.values()) == count
    booked = sum(alone.table.num_rows for alone in found.each.values())
    assert booked == found.whole.table.num_rows
    warned = sum(len(alone.findings) for alone in found.each.values())
    assert warned == len(found.whole.findings)


# --- Standard coal ----------------------------------------------------------------------------


def test_both_energy_methods_convert_alike() -> None:
    rules = rulebook.load()
    supply = compare.standard_coal(rules, labels.SUPPLY, "produced")
    assert supply == compare.standard_coal(rules, labels.CONSUMPTION, "consumed")
    assert supply.keys() == set(data.names().values())
    assert None not in supply.values()


def test_quantities_convert_to_the_official_standard_coal(found: Any) -> None:
    compared = [cell for cell in found.cells if cell.fuel in labels.TCE_FUELS]
    assert {cell.fuel for cell in compared} == set(labels.TCE_FUELS)
    apart = {(cell.row, cell.fuel): cell for cell in compared if cell.differs}
    # Exactly the named cells: a new one is a fault of ours, one that is gone must be struck out.
    assert apart.keys() == labels.TCE_NAMED.keys()
    # Two signs that the table in standard coal leaves out.
    for row in ("Export (-)", "Refuelling in China of foreign aircraft and ships (-)"):
        cell = apart[row, "Kerosene"]
        assert cell.computed < 0
        assert cell.computed == pytest.approx(-cell.printed, abs=labels.TCE_TOLERANCE)
    # 115.9296 × 10⁴ t × 1.4286 = 165.617, but 133.783 is printed: 0.81 of it.
    cell = apart["Industry: non-energy use (feedstock)", "Fuel oil"]
    assert (round(cell.computed, 3), round(cell.printed, 3)) == (165.617, 133.783)
    assert round(cell.printed / cell.computed, 2) == 0.81
    # 3.84 × 10⁴ t × 1.7143 = 6.583, but 6.57 is printed.
    cell = apart["Stock change", "LPG"]
    assert (round(cell.computed, 3), round(cell.printed, 3)) == (6.583, 6.57)


def test_no_cell_is_left_out_of_the_comparison(found: Any) -> None:
    physical = {
        (row["row"], row["fuel"])
        for row in found.data.balance
        if row["region_code"] == "00" and row["fuel"] in labels.TCE_FUELS
    }
    printed = {place for place in found.data.standard_coal if place[1] in labels.TCE_FUELS}
    compared = {(c.row, c.fuel) for c in found.cells if c.fuel in labels.TCE_FUELS}
    assert compared == physical & printed
    assert printed <= physical
    # The table in standard coal has this row only for the energy total.
    assert {row for row, _ in physical - printed} == {"Total consumption"}


def test_other_products_differ_as_the_page_says(found: Any) -> None:
    apart = {cell.fuel for cell in found.cells if cell.differs}
    assert apart == {"Kerosene", "Fuel oil", "LPG", "Raw coal", "Heat"}
    heat = [
        row for row in found.data.balance if (row["region_code"], row["fuel"]) == ("00", "Heat")
    ]
    for row in heat:
        printed = found.data.standard_coal.get((row["row"], "Heat"))
        if printed is not None:
            amount = float(row["value"]) * factor(row["unit"], "MJ")
            assert amount * 0.0341 / 1e7 == pytest.approx(printed, abs=0.01)


def test_accounts_of_the_nation_meet_the_official_totals(found: Any) -> None:
    """Total supply by product, from the booked rows alone, is the official one."""
    supplied: dict[str, int] = defaultdict(int)
    for row in found.rows:
        if row["method"] == labels.SUPPLY:
            supplied[row["item"]] += row["grams"]
    for fuel in labels.TCE_FUELS:
        grams = supplied[data.names()[fuel]]
        # Refinery gas is made and used at home: no cell.
        printed = found.data.standard_coal.get(("Total primary energy supply", fuel), 0.0)
        # Nine rows of two to six decimals each.
        assert grams * factor("gce", labels.TCE_UNIT) == pytest.approx(printed, abs=0.03), fuel
    total = sum(row["grams"] for row in found.rows if row["method"] == labels.SUPPLY)
    assert total == found.accounted["00", labels.SUPPLY]


# --- CO2 --------------------------------------------------------------------------------------


def test_every_source_of_the_inventory_is_mapped_or_said_not_to_be(found: Any) -> None:
    sources = {source for _, _, source in found.data.by_sector}
    assert sources == labels.SOURCES.keys() | labels.UNMAPPED_SOURCES.keys()
    assert len(set(labels.SOURCES.values())) == len(labels.SOURCES)
    booked = set(data.names().values())
    assert booked == set(labels.SOURCES.values()) | labels.UNMAPPED_ITEMS.keys()
    assert {item for _, item in found.own} <= set(labels.SOURCES.values())


def test_sources_of_the_inventory_add_up_to_its_totals(found: Any) -> None:
    for province in labels.PROVINCES:
        added = sum(grams for (place, _), grams in found.published.items() if place == province)
        # The totals are printed to a tonne.
        assert abs(added - data.grams(found.data.totals[province])) <= TONNE


def test_the_rows_are_those_of_the_accounts(found: Any) -> None:
    for province in labels.PROVINCES:
        own = sum(held.grams for (place, _), held in found.own.items() if place == province)
        assert own == found.accounted[province, labels.INVENTORY]
        assert own > 0


def test_quantities_are_read_off_the_balance(found: Any) -> None:
    """Final consumption − non-energy use + inputs to power and heating, from the file itself."""
    wanted: dict[tuple[str, str], list[float]] = defaultdict(list)
    signs = {
        "Total final consumption": 1,
        "Industry: non-energy use (feedstock)": -1,
        "Thermal power": -1,  # inputs are printed below zero
        "Heating supply": -1,
    }
    for row in found.data.balance:
        item = data.names().get(row["fuel"], "")
        amount = signs.get(row["row"], 0) * float(row["value"])
        output = row["row"] in ("Thermal power", "Heating supply") and amount < 0
        if item in labels.SOURCES.values() and amount and not output and row["region_code"] != "00":
            unit = factor(row["unit"], items()[item].unit)
            wanted[row["region_code"], item].append(amount * unit)
    assert wanted.keys() == found.own.keys()
    for place, amounts in wanted.items():
        assert found.own[place].quantity == pytest.approx(math.fsum(amounts), rel=1e-12)


def test_the_split_adds_up_exactly(found: Any) -> None:
    for part in found.parts:
        assert part.factor + part.activity + part.apart == part.difference
        assert not part.apart or not (part.factor or part.activity)
    for province in labels.PROVINCES:
        parts = [part for part in found.parts if part.province == province]
        published = sum(g for (place, _), g in found.published.items() if place == province)
        whole = found.accounted[province, labels.INVENTORY] - published
        assert sum(p.factor + p.activity + p.apart for p in parts) == whole


def test_the_parts_mean_what_they_are_called(found: Any) -> None:
    for part in found.parts:
        place = (part.province, part.item)
        if place[0] not in found.ratios[part.item]:
            assert place not in found.own or place not in found.published
            continue
        quantity, theirs = found.own[place].quantity, found.median(part.item)
        # Each entry and the product are rounded to whole grams.
        slack = 10
        expected = quantity * (found.factor(part.item) - theirs)
        assert part.factor == pytest.approx(expected, rel=1e-9, abs=slack)
        assert part.activity == pytest.approx(
            quantity * theirs - found.published[place], rel=1e-9, abs=slack
        )


def test_a_fuel_that_one_side_lacks_stands_apart() -> None:
    own = {("11", "coke"): compare.Own(30, 10.0), ("13", "coke"): compare.Own(60, 20.0)}
    published = {("11", "coke"): 20, ("14", "coke"): 7, ("14", "diesel"): 5}
    parts = {(part.province, part.item): part for part in compare.split(own, published)}
    # One ratio, 20 / 10 = 2: factor part 30 − 10 × 2 = 10, activity part 20 − 20 = 0.
    assert parts["11", "coke"] == compare.Part("11", "coke", 30, 20, 10, 0, 0)
    assert parts["13", "coke"] == compare.Part("13", "coke", 60, 0, 0, 0, 60)
    assert parts["14", "coke"] == compare.Part("14", "coke", 0, 7, 0, 0, -7)
    assert parts["14", "diesel"] == compare.Part("14", "diesel", 0, 5, 0, 0, -5)
    assert len(parts) == 4


def test_the_page_reads_the_figures_rightly(found: Any) -> None:
    """What the page says in words about single figures."""
    # 20,908 kJ/kg × 26.1 tC/TJ × 98 % × 44/12 = 1.960878 t CO2/t
    assert found.factor("raw_coal") == pytest.approx(20908e-6 * 26.1 * 0.98 * 44 / 12 * TONNE)
    assert sections.carbon_oxidised(found, "raw_coal") == pytest.approx(26.1 * 0.98)
    by_row = compare.sector_ratios(found.data, "Raw coal")
    for given in by_row.values():
        assert max(given) / min(given) - 1 < 1e-5
    farming, households = by_row.pop("Construction"), by_row["Residential: urban"]
    del by_row["Farming, forestry, animal husbandry, fishery and water conservancy"]
    assert all(given[0] == pytest.approx(households[0], rel=1e-5) for given in by_row.values())
    assert farming[0] > households[0]
    for item in ("gasoline", "kerosene", "diesel", "other_gas", "refinery_gas"):
        given = found.ratios[item].values()
        assert max(given) / min(given) - 1 < labels.SAME
    for item in ("coke_oven_gas", "other_gas"):
        assert found.median(item) / found.factor(item) == pytest.approx(1.5, abs=0.11)
    printed = {
        (row["region_code"], row["row"], row["fuel"]): float(row["value"])
        for row in found.data.balance
    }
    # Shandong: the printed total is not that of its only sector; the inventory takes the sector.
    coking = {
        row: value for (p, row, f), value in printed.items() if (p, f) == ("37", OTHER_COKING)
    }
    assert (coking["Total final consumption"], round(coking["Industry"], 2)) == (16.78, 69.94)
    implied = found.implied("37", "other_coking_products") * factor("t", "10^4 t")
    assert implied == pytest.approx(coking["Industry"], abs=0.01)
    # Guangdong: the inventory does not take off the non-energy use of crude oil.
    crude = {row: value for (p, row, f), value in printed.items() if (p, f) == ("44", "Crude oil")}
    assert crude["Industry: non-energy use (feedstock)"] == 4.87
    implied = found.implied("44", "crude_oil") * factor("t", "10^4 t")
    assert implied == pytest.approx(crude["Total final consumption"], abs=0.01)


# --- The page ---------------------------------------------------------------------------------


def test_the_published_page_is_what_is_recomputed(found: Any) -> None:
    assert build_validation.PAGE.read_text(encoding="utf-8") == build_validation.page(found), (
        "stale; run: python docs/build_validation.py"
    )


def test_no_external_data_is_said(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DAFENG_TEST_DATA", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["build_validation.py", "--check"])
    assert build_validation.main() == 2
    assert "no external data" in capsys.readouterr().err
