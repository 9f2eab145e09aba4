"""A target split among its parts adds up to the whole; promises are set against it honestly."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.cli.verbs import run
from dafeng.indicators import Part, Promise, Rule, RuleName, Split, promised, split
from dafeng.indicators.apportion import apportion
from dafeng.plan import Plan, Target
from dafeng.vocabulary import Fault, Text
from dafeng.workspace import Workspace

WORDS = {"zh": "虚构", "en": "fictional"}
EXAMPLES = Path(__file__).resolve().parent.parent / "docs" / "howto" / "examples"


def plan(**target: Any) -> tuple[Plan, Target]:
    held = {"id": "T", "title": WORDS, "sources": [{"document": "zj-57-2023"}]}
    found = Plan.model_validate(
        {
            "id": "p", "title": WORDS, "owner": "33", "issuer": WORDS, "period": "2021-2025",
            "documents": ["zj-57-2023"], "complete": True,
            "targets": [held | {"checked": "synthetic"} | target],
        }
    )  # fmt: skip
    return found, found.targets[0]


REDUCTION = plan(
    kind="reduction", indicator="energy_per_industrial_value_added", direction="at_least",
    value=16, unit="%", base_year=2020, year=2025,
)  # fmt: skip
COUNT = plan(
    kind="count", indicator="green_low_carbon_factories", direction="at_least", value=10,
    unit="count", year=2025,
)  # fmt: skip
CAP = plan(
    kind="cap", indicator="enterprise_energy", direction="at_most", value=90, unit="tce", year=2025,
)  # fmt: skip


def part(name: str, base: int | None = None, **more: Any) -> Part:
    values: dict[str, Any] = {k: Fraction(str(v)) for k, v in more.items()}
    return Part(name, Text(zh=name, en=name), base, mark="synthetic", **values)


# B and A as in the how-to: 1000, 2000, 1000 tce; C grows by 50 %, the others by 30 %
TCE = 10**6
UNEVEN = [
    part("a", 1000 * TCE, growth="0.3", divisor=500, weight=100 * TCE),
    part("b", 2000 * TCE, growth="0.3", divisor=600, weight=500 * TCE),
    part("c", 1000 * TCE, growth="0.5", divisor=400, weight=200 * TCE),
]


def divide(
    held: tuple[Plan, Target],
    parts: list[Part],
    name: RuleName,
    growth: str | None = None,
    **bounds: Any,
) -> Split:
    stated = None if growth is None else Fraction(growth)
    return split(*held, parts, Rule(name, **bounds), to="cities", growth=stated)


def given_to(found: Split) -> list[int]:
    return [one.allocation for one in found.shares]


# --- Whole numbers in proportion ----------------------------------------------------------------


def test_the_largest_remainder_takes_what_is_left_and_a_tie_goes_to_the_smaller_id() -> None:
    # quotas 10 × (5, 3, 3) ÷ 11 = 4.545, 2.727, 2.727 → 4, 2, 2; two left: to the two of .727
    assert apportion(10, [5, 3, 3], ["a", "b", "c"]).tolist() == [4, 3, 3]
    # three equal remainders of a third, one left: the smaller id
    assert apportion(10, [1, 1, 1], ["c", "b", "a"]).tolist() == [3, 3, 4]


def test_what_a_bound_cuts_off_is_shared_anew() -> None:
    # quotas 60, 30, 10; a at most 40: 60 left for b and c as 3 : 1 = 45, 15
    assert apportion(100, [6, 3, 1], list("abc"), high=[40, 100, 100]).tolist() == [40, 45, 15]
    # and b at most 42: c takes 18
    assert apportion(100, [6, 3, 1], list("abc"), high=[40, 42, 100]).tolist() == [40, 42, 18]
    # c at least 20: 80 left for a and b as 2 : 1 = 53.3, 26.7
    assert apportion(100, [6, 3, 1], list("abc"), low=[0, 0, 20]).tolist() == [53, 27, 20]


SIZES = st.lists(st.integers(0, 10**17), min_size=1, max_size=30)


@given(st.integers(0, 10**16), SIZES)
def test_any_shares_add_up_and_lie_within_one_of_their_quota(whole: int, sizes: list[int]) -> None:
    ids = [f"{i:02d}" for i in range(len(sizes))]
    if not any(sizes):
        with pytest.raises(Fault, match="no_weight"):
            apportion(whole, sizes, ids)
        return
    found = apportion(whole, sizes, ids).tolist()
    assert sum(found) == whole
    assert all(
        abs(one - Fraction(whole * size, sum(sizes))) < 1
        for one, size in zip(found, sizes, strict=True)
    )


@given(
    st.lists(
        st.tuples(st.integers(1, 10**6), st.integers(0, 50), st.integers(50, 100)),
        min_size=1,
        max_size=12,
    ),
    st.floats(0, 1),
)
def test_bounds_hold_and_the_sum_too(rows: list[tuple[int, int, int]], place: float) -> None:
    weights, low, high = (list(column) for column in zip(*rows, strict=True))
    whole = sum(low) + int(place * (sum(high) - sum(low)))
    found = apportion(whole, weights, [str(i) for i in range(len(rows))], low=low, high=high)
    assert sum(found) == whole
    assert all(a <= x <= b for a, x, b in zip(low, found, high, strict=True))


def test_bounds_that_cannot_hold_are_refused() -> None:
    with pytest.raises(Fault, match="split_bounds"):
        apportion(100, [1, 1], ["a", "b"], high=[40, 50])
    with pytest.raises(Fault, match="split_bounds"):  # b has no weight to take what a may not
        apportion(100, [1, 0], ["a", "b"], high=[40, 100])


# --- Reductions ---------------------------------------------------------------------------------


def test_parts_that_grow_alike_have_the_rate_of_the_whole() -> None:
    # 100 + 300 tce, growth 25 %, −16 %: 125 × 0.84 = 105 and 375 × 0.84 = 315 tce
    found = divide(REDUCTION, [part("a", 100 * TCE), part("b", 300 * TCE)], "equal", "0.25")
    assert given_to(found) == [105 * TCE, 315 * TCE]
    assert [one.rate for one in found.shares] == [Fraction(16, 100)] * 2
    assert found.implied == Fraction(16, 100)


def test_one_rate_for_all_is_not_that_of_the_whole_where_growth_differs() -> None:
    # growth of the whole (500·30 + 600·30 + 400·50) ÷ 1500 = 530 ÷ 1500 = 35.33 %
    # allowed 4000 × 1.35333 × 0.84 = 4547.2; expected 1300 + 2600 + 1500 = 5400; saving 852.8
    # one rate for all: 852.8 ÷ 5400 = 15.793 %
    found = divide(REDUCTION, UNEVEN, "equal")
    assert found.growth == Fraction(530, 1500)
    assert (found.total, found.whole, found.saving) == (4547_200_000, 4547_200_000, 852_800_000)
    assert [float(one.rate or 0) for one in found.shares] == pytest.approx([0.157926] * 3, abs=1e-6)


def test_a_saving_in_proportion_to_the_base() -> None:
    # 852.8 × (1, 2, 1) ÷ 4 = 213.2, 426.4, 213.2
    assert given_to(divide(REDUCTION, [part(p.part, p.base, growth=p.growth, divisor=p.divisor)
                                       for p in UNEVEN], "base")) == [
        1086_800_000, 2173_600_000, 1286_800_000,
    ]  # fmt: skip


def test_a_saving_in_proportion_to_the_potential_and_beyond_it() -> None:
    # 852.8 × (100, 500, 200) ÷ 800 = 106.6, 533, 213.2; more than 800 tce is asked
    rule = Rule("potential", unit="gce")
    found = split(*REDUCTION, UNEVEN, rule, to="cities")
    assert given_to(found) == [1193_400_000, 2067_000_000, 1286_800_000]
    assert [finding.code for finding in found.findings] == ["beyond_potential"]


def test_least_and_greatest_rates_hold_and_are_named() -> None:
    found = divide(REDUCTION, UNEVEN, "potential", low=Fraction("0.1"), high=Fraction("0.18"))
    rates = [one.rate or Fraction(0) for one in found.shares]
    assert min(rates) >= Fraction("0.1")
    assert max(rates) <= Fraction("0.18")
    assert found.total == found.whole
    assert set(found.held) == {"a", "b"}
    with pytest.raises(Fault, match="split_bounds"):
        divide(REDUCTION, UNEVEN, "potential", high=Fraction("0.15"))


def test_no_part_saves_more_than_it_uses() -> None:
    # expected 10 + 990; allowed 840; saving 160, all of a's weight: a could save 10 at most
    parts = [part("a", 10, weight=9), part("b", 990, weight=1)]
    found = divide(REDUCTION, parts, "potential", "0")
    assert given_to(found) == [0, 840]
    assert found.held == ("a",)


@given(
    st.lists(st.tuples(st.integers(0, 10**15), st.integers(-20, 100)), min_size=1, max_size=20),
    st.integers(-20, 100),
)
def test_the_parts_imply_the_whole_to_the_gram(rows: list[tuple[int, int]], rate: int) -> None:
    """Σ Aᵢ is the nearest gram of (Σ Eᵢ)(1+g)(1−R), whatever the parts' growths."""
    parts = [part(f"{i:02d}", base, growth=g / 100) for i, (base, g) in enumerate(rows)]
    try:
        found = divide(REDUCTION, parts, "equal", str(Fraction(rate, 100)))
    except Fault as fault:
        assert fault.code in {"nothing_to_split", "no_weight"}  # noqa: PT017  either is honest
        return
    exact = sum(base for base, _ in rows) * (1 + Fraction(rate, 100)) * Fraction("0.84")
    assert abs(found.total - exact) <= Fraction(1, 2)


def test_a_growth_that_nobody_states_is_asked_for() -> None:
    with pytest.raises(Fault, match="growth_unknown"):
        divide(REDUCTION, [part("a", 100)], "equal")
    found = divide(REDUCTION, UNEVEN, "equal", "0.3")
    assert [finding.code for finding in found.findings] == ["growth_differs"]


def test_a_base_that_is_not_reported_is_not_zero() -> None:
    with pytest.raises(Fault, match="base_missing") as caught:
        divide(REDUCTION, [part("a", 100), part("b")], "equal", "0.3")
    assert caught.value.values["parts"] == "b"
    with pytest.raises(Fault, match="nothing_to_split"):
        divide(REDUCTION, [part("a", 0), part("b", 0)], "base", "0.3")


# --- Amounts ------------------------------------------------------------------------------------


def test_a_count_in_equal_shares_and_by_base() -> None:
    assert given_to(divide(COUNT, [part(n) for n in "abc"], "equal")) == [4, 3, 3]
    parts = [part("a", weight=70), part("b", weight=25), part("c", weight=5)]
    # 7, 2.5, 0.5: one left, the tie of the remainders goes to b
    assert given_to(divide(COUNT, parts, "base")) == [7, 3, 0]


def test_a_capacity_is_shared_in_kilowatts() -> None:
    pv = plan(kind="increment", indicator="distributed_pv_added", direction="at_least",
              value=6.45, unit="GW", first_year=2021, year=2025)  # fmt: skip
    found = divide(pv, [part("a", weight=2), part("b", weight=1)], "base")
    assert (found.unit, given_to(found)) == ("kW", [4_300_000, 2_150_000])


def test_a_cap_by_potential_is_a_cut_of_the_bases() -> None:
    # 60 + 40 tce down to 90: a cut of 10, as 1 : 3 = 2.5 and 7.5 tce
    parts = [part("a", 60 * TCE, weight=1), part("b", 40 * TCE, weight=3)]
    found = divide(CAP, parts, "potential")
    assert given_to(found) == [57_500_000, 32_500_000]
    assert found.implied == Fraction(1, 10)
    # in proportion to the base: 54 and 36, both −10 %
    found = divide(CAP, [part("a", 60 * TCE), part("b", 40 * TCE)], "base")
    assert [(one.allocation, one.rate) for one in found.shares] == [
        (54_000_000, Fraction(1, 10)), (36_000_000, Fraction(1, 10)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "target",
    [
        {"kind": "level", "indicator": "benchmark_capacity_share", "unit": "%", "value": 50},
        {"kind": "peak_year", "indicator": "industrial_co2_peak_year", "unit": "a", "value": 2030},
        {"kind": "annual_growth", "indicator": "strategic_emerging_value_added_growth",
         "unit": "%", "value": 8},
    ],
    ids=lambda target: target["kind"],
)  # fmt: skip
def test_what_is_no_sum_over_parts_is_refused(target: dict[str, Any]) -> None:
    held = plan(direction="at_least", year=2025, **target)
    with pytest.raises(Fault, match="not_divisible"):
        divide(held, [part("a", 1)], "equal")


def test_half_a_factory_is_refused() -> None:
    held = plan(kind="count", indicator="green_low_carbon_factories", direction="at_least",
                value=0.5, unit="count", year=2025)  # fmt: skip
    with pytest.raises(Fault, match="not_whole"):
        divide(held, [part("a")], "equal")


def test_the_tree_leads_from_the_clause_to_the_bases_and_the_mark_travels() -> None:
    found = divide(REDUCTION, UNEVEN, "base")
    kinds = [node.kind for node in found.tree.walk()]
    assert kinds.index("clause") < kinds.index("formula") < kinds.index("assumption")
    assert "base/a" in [node.ref for node in found.tree.walk()]
    assert found.figure.startswith("split:p.T:33~cities.base:2025:")
    assert found.mark == "synthetic"
    other = divide(REDUCTION, UNEVEN, "base", low=Fraction("0.1"))
    assert other.figure != found.figure
    table = found.table()
    assert sum(table["allocation"].to_pylist()) == found.whole


# --- Promises -----------------------------------------------------------------------------------


def promise(name: str, value: float | None) -> Promise:
    return Promise(name, value, mark="synthetic")


def test_promises_are_weighted_by_what_the_parts_will_use() -> None:
    # alike growth cancels: 1 − (1000·0.83 + 2000·0.82 + 1000·0.88) ÷ 4000 = 1 − 3350 ÷ 4000
    parts = [part("a", 1000), part("b", 2000), part("c", 1000)]
    given_ = [promise("a", 17), promise("b", 18), promise("c", 12)]
    found = promised(*REDUCTION, parts, given_, to="cities")
    assert found.implied == Fraction("16.25")
    assert found.gap == Fraction("0.25")
    assert found.verdict == "enough"
    assert found.coverage == 1
    assert not found.missing


def test_a_silent_part_makes_the_whole_a_range() -> None:
    # known 830 + 1640 = 2470; c from 1000 to 0: 1 − 3470/4000 = 13.25 % to 1 − 2470/4000 = 38.25 %
    # 16 % allows 3360, so c may use 890: −11 %
    parts = [part("a", 1000), part("b", 2000), part("c", 1000)]
    found = promised(*REDUCTION, parts, [promise("a", 17), promise("b", 18)], to="cities")
    assert found.implied is None
    assert (found.low, found.high) == (Fraction("13.25"), Fraction("38.25"))
    assert found.needed == 11
    assert (found.verdict, found.missing, found.coverage) == ("open", ("c",), Fraction(3, 4))
    assert "promise_missing" in [finding.code for finding in found.findings]


def test_without_a_base_promises_cannot_be_weighted() -> None:
    parts = [part("a", 1000), part("b")]
    found = promised(*REDUCTION, parts, [promise("a", 17), promise("b", 18)], to="cities")
    assert found.verdict == "not_computable"
    assert found.low is found.coverage is None
    assert found.reason is not None


@pytest.mark.parametrize(
    ("held", "values", "verdict"),
    [
        (COUNT, [6, 4], "enough"),
        (COUNT, [6, 3], "short"),
        (COUNT, [6, None], "open"),
        (COUNT, [12, None], "enough"),  # whatever b adds
        (CAP, [50, 40], "enough"),
        (CAP, [50, None], "open"),
        (CAP, [91, None], "short"),  # whatever b takes
    ],
)
def test_what_the_silent_can_still_change(
    held: tuple[Plan, Target], values: list[float | None], verdict: str
) -> None:
    promises = [promise(name, value) for name, value in zip("ab", values, strict=True)]
    found = promised(*held, [part("a"), part("b")], promises, to="cities")
    assert found.verdict == verdict
    assert (found.high is None) == (None in values)


def test_a_promise_of_nobody_or_beyond_all_is_refused() -> None:
    with pytest.raises(Fault, match="unknown_part"):
        promised(*COUNT, [part("a")], [promise("z", 1)], to="cities")
    with pytest.raises(Fault, match="out_of_range"):
        promised(*REDUCTION, [part("a", 1)], [promise("a", 101)], to="cities")


# --- From the books -----------------------------------------------------------------------------

SOURCE = "fictional,synthetic"
FIRMS = {"one": ("3301", 1000), "two": ("3302", 2000), "three": ("3302", 4000), "four": ("3303", 0)}


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Four firms of one sector: raw coal (t) of 2020; the last reported value added only."""
    folder = tmp_path_factory.mktemp("books")
    ws = Workspace.create(folder / "w", region="33", plan_id="zhejiang-industry-2023")
    reporters = [f"{n},enterprise,{n},{city},30,synthetic" for n, (city, _) in FIRMS.items()]
    assigned = [f"{name},comprehensive-energy-2020,energy" for name in FIRMS]
    coal = [f"{n},2020,raw_coal,consumed,,{c},t,{SOURCE}" for n, (_, c) in FIRMS.items() if c]
    added = [
        f"{name},{year},value_added,produced,2020,{value},yuan,{SOURCE}"
        for year, value in ((2020, 100), (2025, 125))
        for name in FIRMS
    ]
    tables = {
        "reporters": ["reporter,kind,name_zh,region,sector,mark", *reporters],
        "assignments": ["reporter,method,purpose", *assigned],
        "entries": ["reporter,period,item,flow,product,quantity,unit,source,mark", *coal, *added],
    }
    for name, rows in tables.items():
        file = folder / f"{name}.csv"
        file.write_text("\n".join(rows), encoding="utf-8")
        assert ws.import_file(file, table=name).taken
    return ws


def test_the_books_give_bases_and_growth_and_say_who_is_left_out(books: Workspace) -> None:
    # raw coal 0.7143 kgce/kg: 714.3, and 1428.6 + 2857.2 = 4285.8 tce; value added + 25 %
    # allowed 5000.1 × 1.25 × 0.84 = 5250.105 tce, as 1 : 6 = 750.015 and 4500.09
    found = books.split("ZJ-1", rule="base")
    assert isinstance(found, Split)
    assert [one.part.base for one in found.shares] == [714_300_000, 4285_800_000]
    assert found.growth == Fraction(1, 4)
    assert given_to(found) == [750_015_000, 4500_090_000]
    assert found.mark == "synthetic"
    noted = {finding.code: finding.values for finding in found.findings}
    assert noted["split_left_out"]["named"] == "four"
    assert "Wenzhou" in noted["part_without_books"]["parts"].en


def test_growth_is_that_of_firms_with_all_months(tmp_path: Path) -> None:
    # one: 100 → 125 yuan; late reports eleven months of 2025, 10 yuan each: 110 is no year
    months = [f"2025-{month:02d}" for month in range(1, 12)]
    rows = [
        *(f"{name},2020,raw_coal,consumed,,10,t,{SOURCE}" for name in ("one", "late")),
        *(f"{name},2020,value_added,produced,2020,100,yuan,{SOURCE}" for name in ("one", "late")),
        f"one,2025,value_added,produced,2020,125,yuan,{SOURCE}",
        *(f"late,{month},raw_coal,consumed,,1,t,{SOURCE}" for month in months),
        *(f"late,{month},value_added,produced,2020,10,yuan,{SOURCE}" for month in months),
    ]
    firms = [f"{name},enterprise,{name},3301,30,synthetic" for name in ("one", "late")]
    assigned = [f"{name},comprehensive-energy-2020,energy" for name in ("one", "late")]
    ws = Workspace.create(tmp_path / "w", region="33", plan_id="zhejiang-industry-2023")
    for table, head, lines in (
        ("reporters", "reporter,kind,name_zh,region,sector,mark", firms),
        ("assignments", "reporter,method,purpose", assigned),
        ("entries", "reporter,period,item,flow,product,quantity,unit,source,mark", rows),
    ):
        file = tmp_path / f"{table}.csv"
        file.write_text("\n".join([head, *lines]), encoding="utf-8")
        assert ws.import_file(file, table=table).taken
    found = ws.split("ZJ-1", rule="base")
    assert isinstance(found, Split)
    assert found.growth == Fraction(1, 4)


def test_the_potential_is_what_lies_above_the_best_of_the_sector(books: Workspace) -> None:
    # per yuan of value added the best is firm one: above it 0, 714.3 and 2142.9 tce, as 0 : 1 : 3
    # expected 892.875, 1785.75, 3571.5; saving 5000.1 × 1.25 × 0.16 = 1000.02: 0, 250.005, 750.015
    found = books.split("ZJ-1", to="enterprises", rule="potential")
    assert isinstance(found, Split)
    names = [one.part.part for one in found.shares]
    assert dict(zip(names, given_to(found), strict=True)) == {
        "one": 892_875_000,
        "two": 1535_745_000,
        "three": 2821_485_000,
    }


def test_a_count_goes_by_the_number_of_enterprises(books: Workspace) -> None:
    # 500 as 1 : 2 : 1
    found = books.split("ZJ-4", rule="base", by="enterprises")
    assert isinstance(found, Split)
    assert given_to(found) == [125, 250, 125]
    with pytest.raises(Fault, match="base_wanted"):
        books.split("ZJ-4", rule="base")


# --- At the command line ------------------------------------------------------------------------


@pytest.fixture
def place(tmp_path: Path) -> Path:
    Workspace.create(tmp_path / "w", region="33", plan_id="zhejiang-industry-2023")
    return tmp_path / "w"


def asked(place: Path, capsys: pytest.CaptureFixture[str], **wanted: Any) -> dict[str, Any]:
    wanted = {"target": "ZJ-1", "show_tree": False, "workspace": place} | wanted
    code = run("split", "en", as_json=True, **wanted)
    out, err = capsys.readouterr()
    data: dict[str, Any] = json.loads(out or err)
    return data | {"code": code}


def test_cities_are_known_by_name_and_the_figure_is_kept(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    base = EXAMPLES / "city-bases.csv"
    found = asked(place, capsys, rule="base", base=base)
    assert [one["part"] for one in found["parts"]] == ["3301", "3302", "3303"]
    assert found["total"] == found["whole"] == 4547_200_000
    assert (found["mark"], found["code"]) == ("synthetic", 0)
    assert Workspace(place).store.kept_figure(found["figure"]) is not None


def test_a_faulty_table_is_refused_with_every_fault(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bases.csv"
    file.write_text("part,base,unit\n3301,many,tce\n3302,-1,tce\n", encoding="utf-8")
    found = asked(place, capsys, base=file, growth=10.0)
    assert [one["code"] for one in found["findings"]] == ["bad_number", "out_of_range"]
    assert found["code"] == 2


@pytest.mark.parametrize(
    ("text", "wanted", "code"),
    [
        ("part,base,unit\n萧山,1,tce\n", {}, "outside_owner"),
        ("part,base,unit\n3301,1,tce\n杭州,1,tce\n", {}, "duplicate"),
        ("part,base,unit\n3301,1,MW\n", {}, "unit_mismatch"),
        ("part,base\n3301,1\n", {}, "unit_mismatch"),
        ("part,base,unit\n3301,1,tce\n", {"target": "ZJ-99"}, "unknown_target"),
        ("part,base,unit\n3301,1,tce\n", {"rule": "potential"}, "base_missing"),
        ("part,base,unit\n3301,1,tce\n", {"rule": "base", "by": "people"}, "missing_column"),
    ],
)
def test_what_cannot_be_split_says_why(
    place: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    text: str,
    wanted: dict[str, Any],
    code: str,
) -> None:
    file = tmp_path / "bases.csv"
    file.write_text(text, encoding="utf-8")
    found = asked(place, capsys, base=file, growth=10.0, **wanted)
    assert (found["code"], found["findings"][0]["code"]) == (2, code)


def test_promises_of_cities_that_are_silent_are_named(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "promises.csv"
    file.write_text("part,value,mark\n杭州,300,synthetic\n宁波,150,synthetic\n", encoding="utf-8")
    found = asked(place, capsys, target="ZJ-4", promises=file)
    assert (found["low"], found["high"], found["verdict"]) == (450, None, "open")
    assert found["missing"] == [f"33{i:02d}" for i in range(3, 12)]
    assert found["code"] == 1
