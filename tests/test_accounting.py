"""The core join: signs, rounding, sums that do not depend on order, facilities beside firms."""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worked import Row, run

from dafeng.accounting import Activity, compile_coefficients, outside, rounded, totals
from dafeng.accounting.coefficients import sign_of
from dafeng.accounting.trace import parameter_node
from dafeng.rulebook import MethodTerm, load
from dafeng.vocabulary import Fault, flows

BACKEND = ibis.duckdb.connect()
CLOSE = settings(max_examples=40, deadline=None)
BASES = ("consumption", "purchase")

# The sign table as the design states it: column → basis → flow → sign.
BURNT = {"consumed": 1, "transformed_in": 1, "transformed_out": -1}
BOUGHT = {"purchased": 1, "sold": -1, "stock_change": 1}
UNBURNT = {"feedstock": -1, "non_energy": -1}
SIGNS = {
    "comprehensive": {"consumption": BURNT | {"loss": 1, "sold": -1}, "purchase": BOUGHT},
    "combustion": {"consumption": BURNT, "purchase": BOUGHT},
    "burnt": {"consumption": BURNT | UNBURNT, "purchase": BOUGHT | UNBURNT},
    "net_purchased": {"consumption": {}, "purchase": {"purchased": 1, "sold": -1}},
    "regional_supply": dict.fromkeys(
        BASES,
        dict.fromkeys(("stock_change", "recovered", "produced", "imported", "inflow"), 1)
        | dict.fromkeys(("exported", "outflow", "loss"), -1),
    ),
}


def rounded_all(numbers: list[float]) -> list[int]:
    rows = ibis.memtable(
        pa.table({"at": range(len(numbers)), "x": pa.array(numbers, pa.float64())})
    )
    found = rows.mutate(grams=rounded(rows.x)).order_by("at")
    return list(BACKEND.to_pyarrow(found)["grams"].to_pylist())


def sums(rows: list[Row]) -> list[Row]:
    """Totals of bare account rows."""
    bare = {
        "reporter": "firm",
        "facility": "",
        "method": "m",
        "boundary": "b",
        "measure": "emission",
        "memo": "",
    }
    filled = [bare | {"entry": str(i)} | row for i, row in enumerate(rows)]
    names = ("reporter", "facility", "method", "boundary", "measure", "memo", "entry")
    schema = pa.schema([*((n, pa.string()) for n in names), ("grams", pa.int64())])
    held = ibis.memtable(pa.Table.from_pylist(filled, schema))
    return list(BACKEND.to_pyarrow(totals(held, ["reporter"])).to_pylist())


def case(*entries: Row, method: str = "other-industry-2015", **more: Any) -> Row:
    return {"method": method, "period": 2023, "entries": list(entries)} | more


# ---- signs


def test_the_sign_table_is_that_of_the_design() -> None:
    found = {
        (column, basis, flow.id): sign
        for flow in flows().values()
        for column, by_basis in flow.signs.items()
        for basis, sign in by_basis.items()
    }
    stated = {
        (column, basis, flow): sign
        for column, by_basis in SIGNS.items()
        for basis, by_flow in by_basis.items()
        for flow, sign in by_flow.items()
    }
    assert found == stated


@pytest.mark.parametrize("method", load().methods.values(), ids=lambda method: method.id)
def test_a_term_counts_what_its_column_or_its_flows_say(method: Any) -> None:
    for term in method.terms:
        use = term.uses[0].replace("*", "06") if term.uses else ""
        for basis, flow in product(BASES, flows()):
            activity = Activity(method.id, "any", flow, basis, use)
            named = term.flows if term.flows is not None else SIGNS[term.column][basis]
            assert sign_of(term, activity) == named.get(flow, 0)


@pytest.mark.parametrize(
    ("use", "sign"),
    [
        ("final/06", 1),
        ("final", 1),
        ("final/06/x", 1),
        ("finally", 0),
        ("thermal_power", 0),
        ("", 0),
    ],
)
def test_a_family_of_uses_counts_with_its_members_and_nothing_else(use: str, sign: int) -> None:
    term = load().methods["regional-balance-2007"].terms[0]
    assert term.uses == ("final/*",)
    assert sign_of(term, Activity("m", "raw_coal", "consumed", "consumption", use)) == sign


# ---- rounding


NUMBERS = st.lists(
    st.one_of(
        st.floats(-1e15, 1e15, allow_subnormal=False),
        st.integers(-(10**12), 10**12).map(lambda n: n + 0.5),
        st.integers(-(2**53), 2**53).map(float),
    ),
    min_size=1,
    max_size=50,
)


@CLOSE
@given(NUMBERS)
def test_rounding_is_antisymmetric_and_half_away_from_zero(numbers: list[float]) -> None:
    found = rounded_all(numbers)
    assert rounded_all([-x for x in numbers]) == [-n for n in found]
    assert found == [int(math.copysign(math.floor(abs(x) + 0.5), x)) for x in numbers]


DRAWN = st.tuples(
    st.floats(0, 1e7, allow_subnormal=False),
    st.sampled_from([("t", 1.0), ("kg", 0.001), ("10^4 t", 10_000.0)]),
    st.sampled_from(["purchased", "sold", "stock_change"]),
)


@settings(max_examples=5, deadline=None)
@given(st.lists(DRAWN, min_size=20, max_size=100))
def test_a_row_is_the_rounded_product_of_quantity_unit_and_coefficient(
    drawn: list[tuple[float, tuple[str, float], str]],
) -> None:
    drawn = [*drawn, (1.0, ("t", 1.0), "purchased")]  # without one, a sale is on the other basis
    entries = [
        {"item": "diesel", "flow": flow, "quantity": quantity, "unit": unit}
        for quantity, (unit, _), flow in drawn
    ]
    rows, _ = run({"firm": case(*entries)})
    found = sorted(rows, key=lambda row: str(row["entry"]))
    for (quantity, (_, per_unit), flow), row in zip(drawn, found, strict=True):
        sign = -1 if flow == "sold" else 1
        assert row["sign"] == sign
        assert row["grams"] == sign * math.floor(quantity * per_unit * row["coefficient"] + 0.5)


# ---- sums


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "grams": st.one_of(st.none(), st.integers(-(10**16), 10**16)),
            "boundary": st.sampled_from(["enterprise", "facility"]),
            "memo": st.sampled_from(["", "feedstock"]),
        }
    ),
    min_size=1,
    max_size=30,
)


@CLOSE
@given(ROWS, st.randoms(use_true_random=False))
def test_totals_are_sums_of_whole_grams_in_any_order(rows: list[Row], random: Any) -> None:
    def by_key(found: list[Row]) -> dict[tuple[str, str], tuple[int | None, int]]:
        return {(r["boundary"], r["memo"]): (r["grams"], r["without_value"]) for r in found}

    first = by_key(sums(rows))
    shuffled = random.sample(rows, len(rows))
    assert by_key(sums(shuffled)) == first
    for key, (total, without) in first.items():
        parts = [r["grams"] for r in rows if (r["boundary"], r["memo"]) == key]
        known = [grams for grams in parts if grams is not None]
        assert total == (sum(known) if known else None)
        assert without == len(parts) - len(known)


def test_totals_above_ten_gigatonnes_are_exact_to_the_gram() -> None:
    grams = [9_900_000_000_000_001] * 7 + [1] * 1000
    expected = 7 * 9_900_000_000_000_001 + 1000
    assert expected > 10**16 > 2**53
    assert float(expected) != expected, "the case would not show a float in the way"
    assert [row["grams"] for row in sums([{"grams": g} for g in grams])] == [expected]


def test_exact_totals_from_entries_on() -> None:
    """10^10 t of COD, at 0.25 × 1 tCH4 × 21: 5.25 × 10^16 g; 4 mg of it more is 21 g more."""
    measured = [{"item": "wastewater_cod", "parameter": "mcf", "value": 1, "unit": "1"}]
    entries = [
        {"item": "wastewater_cod", "flow": "waste", "quantity": 1, "unit": "10^8 t"},
        {"item": "wastewater_cod", "flow": "waste", "quantity": 4, "unit": "g"},
    ]
    _, found = run({"firm": case(*entries[:1] * 100, entries[1], measured=measured)})
    assert [row["grams"] for row in found] == [525 * 10**14 + 21]


def test_splitting_a_row_changes_no_total_that_has_no_half_grams() -> None:
    """1 t of COD at MCF 1 is 5.25 t of CO2e: whole grams however the tonnes are split."""
    measured = [{"item": "wastewater_cod", "parameter": "mcf", "value": 1, "unit": "1"}]

    def total(*quantities: float) -> list[int]:
        rows = [{"item": "wastewater_cod", "flow": "waste", "quantity": q} for q in quantities]
        return [row["grams"] for row in run({"firm": case(*rows, measured=measured)})[1]]

    assert total(1000) == total(1, 999) == total(*[125] * 8) == [5_250_000_000]


# ---- what is left out, and what is never added


def test_a_row_outside_the_method_is_counted_and_a_row_without_a_value_is_not_zero() -> None:
    entries = [
        {"item": "diesel", "flow": "consumed", "quantity": 1},
        {"item": "raw_coal", "flow": "consumed", "quantity": 1},
        {"item": "diesel", "flow": "exported", "quantity": 1},
        {"item": "crude_steel", "flow": "produced", "quantity": 1},
    ]
    rows, found = run({"firm": case(*entries)})
    assert [(r["grams"], r["without_value"]) for r in found] == [(3_145_122, 1)]
    assert {r["item"] for r in rows} == {"diesel", "raw_coal"}


def test_outside_counts_entries_that_no_term_takes() -> None:
    names = ("reporter", "method", "item", "flow", "use", "entry")
    prepared = [
        ("firm", "m", "diesel", "consumed", "", "1"),
        ("firm", "m", "diesel", "exported", "", "2"),
        ("firm", "m", "diesel", "exported", "", "3"),
        ("firm", "n", "diesel", "consumed", "", "1"),
    ]
    taken = pa.table({"entry": ["1", "1"], "method": ["m", "m"]})
    held = pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in prepared])
    found = BACKEND.to_pyarrow(outside(ibis.memtable(held), ibis.memtable(taken))).to_pylist()
    assert {(r["method"], r["flow"]): r["entries"] for r in found} == {
        ("m", "exported"): 2,
        ("n", "consumed"): 1,
    }


def test_what_is_kept_apart_is_never_in_the_total() -> None:
    rows, found = run(
        {
            "firm": case(
                {"item": "electricity", "flow": "purchased", "quantity": 1, "unit": "MWh"},
                {"item": "electricity", "flow": "self_generated", "quantity": 1, "unit": "MWh"},
                method="comprehensive-energy-2020",
            )
        }
    )
    assert {r["memo"]: r["grams"] for r in found} == {"": 122_900, "renewable": 122_900}
    assert len(rows) == 2


def test_a_firm_and_its_facilities_are_never_added() -> None:
    """Rows without a facility are the enterprise, rows with one are its parts."""
    entries = [
        {"item": "diesel", "flow": "consumed", "quantity": 3},
        {"item": "diesel", "flow": "consumed", "quantity": 1, "facility": "F1"},
        {"item": "diesel", "flow": "consumed", "quantity": 2, "facility": "F2"},
    ]
    _, found = run({"firm": case(*entries)})
    # 3 t × 43.33 × 0.0202 × 0.98 × 44/12 = 9.435367480 t
    expected = {"": 9_435_367, "F1": 3_145_122, "F2": 6_290_245}
    assert {row["facility"]: row["grams"] for row in found} == expected


def test_each_reporter_and_basis_stands_alone() -> None:
    """A purchase at one firm does not turn another firm's consumption into a purchase."""
    sold = {"item": "diesel", "flow": "sold", "quantity": 1}
    bought = {"item": "diesel", "flow": "purchased", "quantity": 5}
    used = {"item": "diesel", "flow": "consumed", "quantity": 5}
    rows, _ = run({"buyer": case(bought, sold), "user": case(used, sold)})
    assert {(r["reporter"], r["flow"]): r["sign"] for r in rows} == {
        ("buyer", "purchased"): 1,
        ("buyer", "sold"): -1,
        ("user", "consumed"): 1,
    }


def test_a_method_out_of_its_time_computes_nothing() -> None:
    early = case(
        {"item": "raw_coal", "flow": "consumed", "quantity": 1, "period": 2020},
        {"item": "raw_coal", "flow": "consumed", "quantity": 1, "period": 2021},
        {"item": "raw_coal", "flow": "consumed", "quantity": 1, "period": 2026},
        method="coal-power-2022",
    )
    assert {row["year"] for row in run({"firm": early})[0]} == {"2021"}


# ---- coefficients


def test_an_expression_that_leads_elsewhere_is_refused() -> None:
    """Calorific value twice is energy squared: no coefficient in CO2 comes of it."""
    rules = load()
    method = rules.methods["steel-2013"]
    wrong = method.terms[0].model_copy(update={"expression": "NCV * NCV * CC * OF * CO2_PER_C"})
    broken = method.model_copy(update={"terms": (wrong,)})
    rules.methods["broken"] = broken.model_copy(update={"id": "broken"})
    try:
        activity = Activity("broken", "diesel", "consumed", "consumption", "")
        with pytest.raises(Fault) as caught:
            compile_coefficients(rules, [activity], ["2023"], ["33"])
    finally:
        del rules.methods["broken"]
    assert caught.value.code == "unit_mismatch"


def test_the_inputs_of_a_coefficient_are_those_that_it_rests_on() -> None:
    """C_ar was measured, so calorific value and carbon content by heat do not bear on it."""
    coal = {"item": "raw_coal", "flow": "consumed", "quantity": 1}
    carbon = {"item": "raw_coal", "parameter": "carbon_as_received", "value": 0.5, "unit": "tC/t"}
    rows, _ = run(
        {
            "measured": case(coal, method="coal-power-2022", measured=[carbon]),
            "default": case(coal, method="coal-power-2022"),
        }
    )
    inputs = {r["reporter"]: {i for i in r["inputs"].split("|") if i} for r in rows}
    common = {"oxidation/coal-power-2022/all", "co2_per_carbon/constants/all"}
    measured = "measured/measured//2023/raw_coal/carbon_as_received"
    assert inputs["measured"] == common | {measured}
    assert inputs["default"] == common | {
        "ncv/coal-power-2022/all",
        "carbon_content/coal-power-2022/all",
    }


def test_a_coefficient_names_no_alternative_that_was_not_taken() -> None:
    diesel = {"item": "diesel", "flow": "consumed", "quantity": 1}
    ncv = {"item": "diesel", "parameter": "ncv", "value": 42.7, "unit": "GJ/t"}
    method = "comprehensive-energy-2020"
    rows, _ = run(
        {"a": case(diesel, method=method), "b": case(diesel, method=method, measured=[ncv])}
    )
    assert {r["reporter"]: {i for i in r["inputs"].split("|") if i} for r in rows} == {
        "a": {"standard_coal/gbt2589-2020-fuels/diesel"},
        "b": {"measured/b//2023/diesel/ncv", "standard_coal_ncv/gbt2589-2020-energy/all"},
    }


def test_a_gas_other_than_co2_names_its_warming_potential() -> None:
    water = {"item": "wastewater_cod", "flow": "waste", "quantity": 1}
    mcf = {"item": "wastewater_cod", "parameter": "mcf", "value": 0.1, "unit": "1"}
    rows, _ = run({"firm": case(water, measured=[mcf])})
    (row,) = rows
    node = parameter_node(load(), "gwp/gwp-sar/ch4")
    assert "gwp/gwp-sar/ch4" in row["inputs"]
    assert (node.value, row["gas"], row["scope"]) == (21, "ch4", 1)


def test_column_and_flows_exclude_each_other() -> None:
    term = load().methods["steel-2013"].terms[0].model_dump()
    with pytest.raises(ValueError, match="column or flows"):
        MethodTerm.model_validate(term | {"flows": {"consumed": 1}})
    with pytest.raises(ValueError, match="column or flows"):
        MethodTerm.model_validate(term | {"column": None})
