"""Allowances of units and enterprises: rounding, adjustments, the balance value, gaps."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.explain import parse_figure_id
from dafeng.findings import Finding, has_errors
from dafeng.market import Allocation, allocate, read_units
from dafeng.rulebook import load
from dafeng.vocabulary import Fault

RULES = load()
Row = dict[str, Any]


def coal(unit: str = "unit-1", enterprise: str = "plant", **cells: Any) -> Row:
    """A 600 MW coal unit at a load of 55 %."""
    return {
        "enterprise": enterprise,
        "unit": unit,
        "unit_class": "class-1",
        "generation": 3_000_000,
        "heat": 500_000,
        "load_factor": 0.55,
        "verified": 2_600_000,
        **cells,
    }


def gas(unit: str = "gas-1", enterprise: str = "plant", **cells: Any) -> Row:
    return {
        "enterprise": enterprise,
        "unit": unit,
        "unit_class": "class-4",
        "generation": 500_000,
        "heat": 0,
        "verified": 200_000,
        **cells,
    }


def line_of(found: Allocation, unit: str) -> Any:
    return next(line for line in found.lines if line.unit == unit)


# --- Power ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("year", "expected"),
    [
        # 1.015^5 = 1.077284003884375; 2 385 000 × that = 2 569 322.3…, + 51 900
        (2023, 2_621_222),
        # 2 373 000 × 1.077284… = 2 556 394.9…, + 51 650 = 2 608 044.9, rounded down
        (2024, 2_608_044),
    ],
)
def test_each_year_has_its_benchmark(year: int, expected: int) -> None:
    (line,) = allocate(RULES, "power", year, [coal()]).lines
    assert line.allowance == expected
    assert isinstance(line.allowance, int)
    assert line.values["benchmark_electricity"].split("/")[1] == f"ets-power-{year}"


def test_an_enterprise_adds_its_units_and_shows_what_was_topped_up() -> None:
    # gas: 500 000 × 0.3288 = 164 400, topped up by 35 600 to 200 000
    # plant: 2 608 044 + 200 000 = 2 808 044 against 2 600 000 + 200 000
    found = allocate(RULES, "power", 2024, [coal(), gas()])
    (total,) = found.totals
    assert (total.allowance, total.obligation, total.balance) == (2_808_044, 2_800_000, 8_044)
    (row,) = found.adjustments
    assert (row.unit, row.step, int(row.tonnes)) == ("gas-1", "topup", 35_600)
    assert row.clause == "ets-power-plan-2023/5.3.1"


def test_the_clamp_is_a_row_of_the_enterprise() -> None:
    # 80 % of 4 000 000 = 3 200 000; the unit alone earns 2 608 044
    found = allocate(RULES, "power", 2024, [coal(verified=4_000_000)])
    (row,) = found.adjustments
    assert (row.unit, row.step, int(row.tonnes)) == ("", "topup", 591_956)
    assert found.totals[0].allowance == 3_200_000
    assert found.lines[0].allowance == 2_608_044


def test_the_clamp_looks_at_the_enterprise_and_not_at_the_unit() -> None:
    # unit-2 alone falls short by more than a fifth, the enterprise by less: 2 × 2 608 044 =
    # 5 216 088 against 2 608 044 + 3 600 000 = 6 208 044, of which 80 % is 4 966 435.2
    units = [coal(verified=2_608_044), coal("unit-2", verified=3_600_000)]
    found = allocate(RULES, "power", 2024, units)
    assert not found.adjustments
    assert found.totals[0].balance == 5_216_088 - 6_208_044


def test_a_unit_outside_the_plan_neither_gets_nor_owes() -> None:
    units = [coal(), {"enterprise": "plant", "unit": "straw", "special": "biomass"}]
    found = allocate(RULES, "power", 2024, units)
    straw = line_of(found, "straw")
    assert (straw.allowance, straw.obligation) == (0, 0)
    assert found.totals[0].obligation == 2_600_000


def test_a_special_unit_of_the_draft_gets_what_it_emits() -> None:
    igcc = {"enterprise": "p", "unit": "igcc", "special": "oil-igcc-engine", "verified": "1000.9"}
    (line,) = allocate(RULES, "power", 2025, [igcc], draft=True).lines
    assert (line.allowance, line.obligation) == (1000, Decimal("1000.9"))


def test_older_plans_ask_for_net_supply() -> None:
    with pytest.raises(Fault) as caught:
        allocate(RULES, "power", 2022, [coal()])
    assert caught.value.code == "missing_input"
    assert "net_supply" in Finding.of(caught.value).cause("en")
    # 1 000 000 × 0.8177 + 0: water cooling, no heat, a load of 85 %
    older: Row = {"net_supply": 1_000_000, "heat": 0, "cooling": "water", "heat_ratio": 0}
    (line,) = allocate(RULES, "power", 2022, [coal(load_factor=0.85, **older)]).lines
    assert (line.allowance, line.mark) == (817_700, "recalled")


@pytest.mark.parametrize("year", [2020, 2022])
def test_what_a_gas_unit_is_relieved_of_is_a_row(year: int) -> None:
    # 2022: 1 000 000 × 0.3901 = 390 100; 2020: 1 000 000 × 0.392 = 392 000
    expected = {2020: 392_000, 2022: 390_100}[year]
    older: Row = {"net_supply": 1_000_000, "heat_ratio": 0, "verified": 500_000}
    found = allocate(RULES, "power", year, [gas(**older)])
    (row,) = found.adjustments
    assert (row.unit, row.step, int(row.tonnes)) == ("gas-1", "relief", expected - 500_000)
    assert found.totals[0].obligation == expected


# --- Drafts -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("sector", "year"), [("power", 2025), ("power", 2026), ("steel", 2026)])
def test_a_draft_is_refused_by_default(sector: str, year: int) -> None:
    with pytest.raises(Fault) as caught:
        allocate(RULES, sector, year, [coal()])
    assert caught.value.code == "only_draft"
    assert "draft" in Finding.of(caught.value).cause("en")


def test_what_rests_on_a_draft_says_so() -> None:
    # 3 000 000 × 0.7902 = 2 370 600; 500 000 × 0.1027 = 51 350; load 55 %: factor 1
    found = allocate(RULES, "power", 2025, [coal()], draft=True)
    assert found.lines[0].allowance == 2_421_950
    assert "draft" in found.lines[0].flags
    assert "draft" in found.totals[0].flags


def test_a_final_text_comes_before_a_draft() -> None:
    found = allocate(RULES, "power", 2024, [coal()], draft=True)
    assert "draft" not in found.lines[0].flags
    (notice,) = found.findings
    assert (notice.code, notice.severity) == ("final_text_used", "notice")
    assert "2023 and 2024" in notice.cause("en")


def test_a_year_without_any_plan_is_refused() -> None:
    with pytest.raises(Fault) as caught:
        allocate(RULES, "power", 2018, [coal()])
    assert caught.value.code == "no_edition"


# --- What is missing --------------------------------------------------------------------------


def test_what_is_missing_is_no_zero() -> None:
    found = allocate(RULES, "power", 2024, [coal(), coal("unit-2", generation=None)])
    lacking = line_of(found, "unit-2")
    assert (lacking.allowance, lacking.missing) == (None, ("generation",))
    (total,) = found.totals
    assert (total.allowance, total.balance, total.missing) == (None, None, ("unit-2",))
    assert total.obligation == 5_200_000
    (finding,) = found.findings
    assert (finding.code, finding.place) == ("no_allowance", "plant/unit-2")
    assert "gross generation" in finding.cause("en")


def test_other_enterprises_do_not_suffer() -> None:
    units = [coal(generation=None), coal(enterprise="other")]
    found = allocate(RULES, "power", 2024, units)
    assert [total.allowance for total in found.totals] == [None, 2_608_044]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"load_factor": 55}, "out_of_range"),  # a share, not percent
        ({"heat": -1}, "out_of_range"),
        ({"generation": "many"}, "bad_number"),
        ({"unit_class": "class-9"}, "unknown_case"),
        ({"enterprise": None}, "missing_value"),
        ({"unit": "a:b"}, "bad_id"),
        ({"unit": "unit-2"}, "duplicate"),
    ],
)
def test_bad_cells_are_refused(cells: Mapping[str, Any], code: str) -> None:
    with pytest.raises(Fault) as caught:
        allocate(RULES, "power", 2024, [coal("unit-2"), coal(**cells)])
    assert caught.value.code == code
    Finding.of(caught.value).cause("zh")


@pytest.mark.parametrize("arrow", [False, True])
def test_a_column_that_is_not_read_is_said_with_what_is_near(arrow: bool) -> None:  # noqa: FBT001
    rows = [coal(loadfactor=0.5, colour="grey", source="plan"), coal("unit-2")]
    table = pa.Table.from_pylist(rows) if arrow else rows
    (said,) = allocate(RULES, "power", 2024, table).findings
    assert said.code == "unknown_column"
    assert said.values["columns"] == "loadfactor (load_factor?), colour"


# --- The balance value ------------------------------------------------------------------------


def lines_of_cement(parts: list[tuple[float, float]]) -> list[Row]:
    """Clinker lines from emissions (t) and output (t)."""
    return [
        {"enterprise": f"works-{i // 2}", "unit": f"kiln-{i}", "verified": e, "clinker_output": q}
        for i, (e, q) in enumerate(parts)
    ]


PARTS = st.lists(
    st.tuples(
        st.floats(1e5, 3e6).map(lambda x: round(x, 2)),
        st.floats(1e5, 3e6).map(lambda x: round(x, 2)),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(PARTS)
def test_with_the_balance_value_allowances_equal_emissions(
    parts: list[tuple[float, float]],
) -> None:
    found = allocate(RULES, "cement", 2025, lines_of_cement(parts))
    balance = found.balance
    assert balance is not None
    assert balance.solved
    assert abs(balance.before - balance.verified) < Decimal(1) / 10**6
    assert balance.after == sum(line.allowance or 0 for line in found.lines)
    assert 0 <= balance.residual < len(parts)
    ranked = sorted((line.steps["intensity"], -line.steps["alpha"]) for line in found.lines)  # type: ignore[operator]
    losses = [loss for _, loss in ranked]
    assert losses == sorted(losses)  # who emits more per tonne never gains more
    assert all(abs(loss) <= Decimal("0.03") for loss in losses)


def test_two_equal_lines_balance_at_their_own_intensity() -> None:
    found = allocate(RULES, "cement", 2025, lines_of_cement([(850_000, 1_000_000)] * 2))
    assert found.balance is not None
    assert abs(found.balance.value - Decimal("0.85")) < Decimal("1e-9")
    assert [line.steps["alpha"] for line in found.lines] == pytest.approx([0, 0], abs=1e-10)
    assert [finding.code for finding in found.findings] == ["balance_solved"]


def test_a_published_balance_value_is_taken() -> None:
    # I = 0.9, X = (1 − 0.9)/1 = 0.1, α = 0.015: 900 000 × 1.015
    parts = lines_of_cement([(900_000, 1_000_000), (None, 1_000_000)])  # type: ignore[list-item]
    found = allocate(RULES, "cement", 2025, parts, balance="1")
    assert [line.allowance for line in found.lines] == [913_500, None]
    assert found.balance is not None
    assert (found.balance.solved, found.balance.units) == (False, 1)


@pytest.mark.parametrize("given", ["abc", "nan", "inf", float("nan")])
def test_a_balance_value_is_a_number(given: object) -> None:
    with pytest.raises(Fault) as caught:
        allocate(RULES, "cement", 2025, lines_of_cement([(900_000, 1_000_000)]), balance=given)  # type: ignore[arg-type]
    assert (caught.value.code, caught.value.place) == ("bad_number", "balance_value")


def test_a_balance_value_is_not_solved_over_a_part() -> None:
    parts = lines_of_cement([(900_000, 1_000_000), (None, 1_000_000)])  # type: ignore[list-item]
    found = allocate(RULES, "cement", 2025, parts)
    assert found.balance is None
    assert [line.allowance for line in found.lines] == [None, None]
    assert line_of(found, "kiln-0").missing == ("balance_value",)


def test_special_lines_stay_out_of_the_balance() -> None:
    parts = lines_of_cement([(850_000, 1_000_000), (2_000_000, 1_000_000)])
    parts[1]["special"] = "carbide-slag"
    found = allocate(RULES, "cement", 2025, parts)
    assert found.balance is not None
    assert found.balance.units == 1
    assert line_of(found, "kiln-1").allowance == 2_000_000


def test_in_2024_allowances_equal_emissions_and_need_no_balance() -> None:
    rows = [{"enterprise": "mill", "unit": "mill", "verified": 12_345_678}]
    found = allocate(RULES, "steel", 2024, rows)
    assert (found.totals[0].allowance, found.totals[0].balance) == (12_345_678, 0)
    with pytest.raises(Fault) as caught:
        allocate(RULES, "steel", 2024, rows, balance=1)
    assert caught.value.code == "unused_balance"


def test_an_enterprise_below_the_threshold_stays_out_of_the_balance() -> None:
    # 10 000 + 15 000.5 t are below 26 000 t; kiln-2 alone balances at its own 3 000 000 / 3 500 000
    parts = [(10_000, 12_000), (15_000.5, 40_000), (3_000_000, 3_500_000)]
    found = allocate(RULES, "cement", 2025, lines_of_cement(parts))  # type: ignore[arg-type]
    balance = found.balance
    assert balance is not None
    assert (balance.units, balance.verified) == (1, Decimal(3_000_000))
    assert abs(balance.value - Decimal(3_000_000) / 3_500_000) < Decimal("1e-9")
    assert [line.allowance for line in found.lines[:2]] == [10_000, 15_000]
    assert found.totals[0].allowance == 25_000
    assert 3_024_999 <= sum(total.allowance or 0 for total in found.totals) <= 3_025_000
    notice = found.findings[0]
    assert (notice.code, notice.place) == ("below_threshold", "works-0")
    assert "25,000.5 t" in notice.cause("en")
    assert notice.clause == "ets-industry-plan-2024/special"


def test_the_threshold_looks_at_the_enterprise_and_not_at_the_line() -> None:
    parts = [(20_000, 20_000), (20_000, 25_000)]  # one enterprise of 40 000 t
    found = allocate(RULES, "cement", 2025, lines_of_cement(parts))  # type: ignore[arg-type]
    assert found.balance is not None
    assert found.balance.units == 2


def test_a_small_smelter_needs_no_balance_value() -> None:
    # 9 000 + 1 000.5 t; what it must surrender is the emissions of the step, given by its parts
    row = {"feedstock_emission": 9_000, "anode_effect_emission": "1000.5", "liquid_output": 5_000}
    found = allocate(RULES, "aluminium", 2025, [{"enterprise": "s", "unit": "pots", **row}])
    (line,) = found.lines
    assert (found.balance, line.allowance, line.obligation) == (None, 10_000, Decimal("10000.5"))
    entries = {node.ref: node.kind for node in line.tree.walk()}
    assert entries["input/s/pots/verified"] == "formula"  # derived, not an entry of the table


def test_a_line_without_output_is_closed_or_has_no_intensity() -> None:
    parts = lines_of_cement([(30_000, 0), (850_000, 1_000_000), (900_000, 1_000_000)])
    (reason,) = (
        finding
        for finding in allocate(RULES, "cement", 2025, parts).findings
        if finding.place == "works-0/kiln-0"
    )
    assert reason.code == "no_intensity"
    assert "output of clinker 0" in reason.cause("en")
    parts[0]["special"] = "closed"
    found = allocate(RULES, "cement", 2025, parts)
    assert line_of(found, "kiln-0").allowance == 30_000
    assert found.balance is not None
    assert found.balance.units == 2


@pytest.mark.parametrize("sector", ["steel", "cement", "aluminium"])
def test_in_2024_special_cases_are_like_all_others(sector: str) -> None:
    rows = [
        {"enterprise": "a", "unit": "old", "special": "closed", "verified": "30000.7"},
        {"enterprise": "a", "unit": "new", "verified": 40_000},
    ]
    found = allocate(RULES, sector, 2024, rows)
    assert [line.allowance for line in found.lines] == [30_000, 40_000]


@pytest.mark.parametrize("year", [2025, 2026])
def test_the_coefficient_rests_on_the_parameters_of_the_year(year: int) -> None:
    # balance value 1: I = 0.8 is 20 % better (+3 %), I = 1.2 is 20 % worse (−3 %), I = 0.9: +1.5 %
    parts = [(800_000, 1_000_000), (1_200_000, 1_000_000), (900_000, 1_000_000)]
    rows = lines_of_cement(parts)  # type: ignore[arg-type]
    found = allocate(RULES, "cement", year, rows, draft=True, balance=1)
    assert [line.allowance for line in found.lines] == [824_000, 1_164_000, 913_500]
    sets = {found.lines[0].values[name].split("/")[1] for name in ("slope", "reach", "largest")}
    assert sets == {f"ets-intensity-{year}"}


# --- Tables, files, explanations --------------------------------------------------------------


def test_an_arrow_table_does_as_well() -> None:
    table = pa.Table.from_pylist([coal(), coal("unit-2")])
    found = allocate(RULES, "power", 2024, table)
    assert [line.allowance for line in found.lines] == [2_608_044, 2_608_044]


def write(path: Path, *rows: str, encoding: str = "utf-8") -> Path:
    head = "enterprise,unit,unit_class,generation,heat,load_factor,verified"
    path.write_text("\n".join((head, *rows)) + "\n", encoding=encoding)
    return path


def test_a_file_becomes_an_allocation(tmp_path: Path) -> None:
    path = write(tmp_path / "units.csv", "plant,unit-1,class-1,3000000,500000,0.55,2600000")
    rows, findings = read_units(path, RULES, "power", 2024)
    assert not findings
    (line,) = allocate(RULES, "power", 2024, rows).lines
    assert line.allowance == 2_608_044
    assert {node.source for node in line.tree.walk() if node.kind == "entry"} == {"units.csv:2"}


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("plant,unit-1,煤,3000000,0,0.55,1", "bad_choice"),
        ("plant,unit-1,class-1,many,0,0.55,1", "bad_number"),
        ("plant,unit-1,class-1,3000000,0,55,1", "out_of_range"),
        ("厂,unit-1,class-1,3000000,0,0.55,1", "bad_id"),
        (",unit-1,class-1,3000000,0,0.55,1", "missing_value"),
    ],
)
def test_a_faulty_file_says_where(tmp_path: Path, row: str, code: str) -> None:
    path = write(tmp_path / "units.csv", row, encoding="gb18030")
    _, findings = read_units(path, RULES, "power", 2024)
    assert has_errors(findings)
    (fault,) = [finding for finding in findings if finding.severity == "error"]
    assert fault.code == code
    assert fault.place.startswith("units.csv:2:")


def test_a_column_without_any_value_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "units.csv", "plant,unit-1,class-1,3000000,0,,2600000")
    rows, _ = read_units(path, RULES, "power", 2024)
    with pytest.raises(Fault) as caught:
        allocate(RULES, "power", 2024, rows)
    assert caught.value.code == "missing_input"


def test_an_allowance_can_say_how_it_came_about() -> None:
    (line,) = allocate(RULES, "power", 2024, [coal()]).lines
    nodes = {node.ref: node for node in line.tree.walk()}
    benchmark = nodes["ets_benchmark_electricity/ets-power-2024/class-1"]
    assert (benchmark.value, benchmark.unit) == (0.791, "tCO2/MWh")
    assert [child.ref for child in benchmark.children] == ["ets-power-plan-2023/annex-2"]
    assert nodes["input/plant/unit-1/generation"].value == 3_000_000
    assert line.tree.value == line.allowance
    kind, sector, scope, when, digest = parse_figure_id(line.figure)
    assert (kind, sector, scope, when) == ("allowance", "power", "plant~unit-1", "2024")
    (other,) = allocate(RULES, "power", 2024, [coal(heat=500_001)]).lines
    assert parse_figure_id(other.figure)[4] != digest


def test_a_fictional_unit_makes_fictional_figures() -> None:
    units = [coal(), {"enterprise": "plant", "unit": "x", "special": "new", "mark": "synthetic"}]
    found = allocate(RULES, "power", 2024, units)
    assert [line.mark for line in found.lines] == ["republished", "synthetic"]
    assert found.totals[0].mark == "synthetic"
