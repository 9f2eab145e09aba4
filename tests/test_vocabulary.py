"""Words that people and statistics use lead to one meaning, or to a fault that says why not."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dafeng.vocabulary import (
    Entries,
    Fault,
    Term,
    ancestors,
    check_credit_code,
    factor,
    flows,
    gases,
    period,
    quantity,
    read_records,
    regions,
    sectors,
    units,
    worst_mark,
)
from dafeng.vocabulary.reporters import check_digit, organisation_digit

# --- Units ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("label", "unit"),
    [
        ("10^8 kWh", "10^8 kWh"),
        ("10⁸ kWh", "10^8 kWh"),
        ("亿千瓦时", "10^8 kWh"),
        ("亿kWh", "10^8 kWh"),
        ("万千瓦时", "10^4 kWh"),
        ("度", "kWh"),
        ("kW·h", "kWh"),
        ("万吨", "10^4 t"),
        ("10⁴t", "10^4 t"),
        ("公斤", "kg"),
        ("10^10 kJ", "10^10 kJ"),
        ("10¹⁰kJ", "10^10 kJ"),
        ("百万千焦", "GJ"),
        ("吉焦", "GJ"),
        ("万吨标准煤", "10^4 tce"),
        ("吨标煤", "tce"),
        ("kgoe", "kgoe"),
        ("gce/kWh", "gce/kWh"),
        ("克标准煤/千瓦时", "gce/kWh"),
        ("克/千瓦时", "g/kWh"),  # a mass: what it weighs is not said
        ("吉瓦", "GW"),
        ("万千瓦", "10^4 kW"),
        ("亿元", "10^8 yuan"),
        ("吨标准煤/万元", "tce/10^4 yuan"),
        ("亩", "mu"),
        ("重量箱", "weight_case"),
        ("万重量箱", "10^4 weight case"),
        ("m³", "m3"),
        ("㎡", "m2"),
        ("万标立方米", "10^4 Nm3"),
        ("吨 CO₂", "tCO2"),
        ("％", "%"),
        ("个百分点", "pp"),
    ],
)
def test_printed_labels_are_known(label: str, unit: str) -> None:
    assert units().resolve(label).id == unit


@pytest.mark.parametrize(
    ("unit", "to", "expected"),
    [
        ("10^8 kWh", "kWh", 1e8),
        ("10^4 t", "t", 1e4),
        ("kg", "10^4 t", 1e-7),
        ("10^4 weight case", "kt", 0.5),
        ("kWh", "kJ", 3600.0),
        ("10^4 kWh", "GJ", 36.0),
        ("10^10 kJ", "TJ", 10.0),
        ("kcal", "kJ", 4.1868),
        ("TWh", "10^8 kWh", 10.0),
        ("GW", "10^4 kW", 100.0),
        ("kW·h", "kWh", 1.0),
        ("ha", "mu", 15.0),
        ("mu", "m2", 10000 / 15),
        ("weight_case", "kg", 50.0),
        ("10^8 tce", "10^4 tce", 1e4),
        ("10^4 Nm3", "Nm3", 1e4),
        ("10^8 yuan", "10^4 yuan", 1e4),
        ("%", "1", 0.01),
        ("‰", "%", 0.1),
        ("kgCO2/kWh", "tCO2/MWh", 1.0),
        ("gce/kWh", "kgce/kWh", 0.001),
        ("kJ/kg", "GJ/t", 0.001),
        ("tC/GJ", "tC/TJ", 1000.0),
        ("GJ/(10^4 Nm3)", "kJ/Nm3", 100.0),
        ("tCO2/t", "kgCO2/kg", 1.0),
        ("公斤标煤/吨", "kgce/t", 1.0),
        ("10^6 m3", "10^4 m3", 100.0),
        ("kgce/(t·d)", "kgce/t/d", 1.0),
    ],
)
def test_factors_are_exact(unit: str, to: str, expected: float) -> None:
    assert factor(unit, to) == expected


@pytest.mark.parametrize(
    ("unit", "to"),
    [
        ("GJ/10^4 Nm3", "GJ/(10^4 Nm3)"),
        ("tce/万元", "tce/10^4 yuan"),
        ("kWh/10^4t", "kWh/(10^4 t)"),
    ],
)
def test_a_multiple_after_the_stroke_belongs_to_its_unit(unit: str, to: str) -> None:
    assert factor(unit, to) == 1.0
    assert quantity(unit) == quantity(to)


@pytest.mark.parametrize(
    ("unit", "to"),
    [
        ("kgce", "kJ"),
        ("kgoe", "kgce"),
        ("kgoe", "kJ"),
        ("kgce", "kg"),
        ("gce/kWh", "g/kWh"),
        ("m3", "Nm3"),
        ("mu", "kg"),
        ("tC", "tCO2"),
        ("tC", "t"),
        ("tCO2", "tCO2e"),
        ("tCH4", "tCO2e"),
        ("tCO2", "t"),
        ("pp", "%"),
        ("person", "count"),
        ("kW", "kWh"),
        ("kWh/a", "kW"),
        ("t/d", "t/a"),
        ("yuan", "1"),
    ],
)
def test_only_a_rule_converts_between_kinds(unit: str, to: str) -> None:
    for pair in ((unit, to), (to, unit)):
        with pytest.raises(Fault) as caught:
            factor(*pair)
        assert caught.value.code == "unit_mismatch"
        assert caught.value.values == dict(zip(("unit", "expected"), pair, strict=True))


def test_greenhouse_gases_do_not_convert_into_each_other() -> None:
    masses = {gas.unit for gas in gases().values()}
    assert len(masses) == len(gases()) - 2  # methane is listed by origin, too
    for unit in masses:
        assert factor(unit.replace("g", "t", 1), unit) == 1e6
        for other in masses - {unit}:
            with pytest.raises(Fault, match="unit_mismatch"):
                factor(unit, other)


@pytest.mark.parametrize(
    "label",
    ["", "inch", "pound", "degC", "ms", "kkg", "Ws", "t/", "/t", "t//a", "10^4", "3 t", "kg**2",
     "t(", "()", "10^99999 t"],
)  # fmt: skip
def test_other_labels_are_unknown(label: str) -> None:
    with pytest.raises(Fault, match="unknown_unit"):
        quantity(label)


def test_an_unknown_unit_names_what_is_near() -> None:
    with pytest.raises(Fault) as caught:
        units().resolve("万吨标准媒")
    assert "万吨标准煤" in caught.value.values["near"]


def test_every_unit_leads_to_a_quantity() -> None:
    for unit in units().values():
        label = unit.aliases[0] if unit.aliases else unit.zh
        assert factor(label, unit.id) == 1.0
        assert factor(unit.zh, unit.en) == 1.0


def test_case_tells_units_apart() -> None:
    assert units().resolve("MW").id != units().resolve("Mt").id
    with pytest.raises(Fault):
        units().resolve("mw")


# --- Credit codes -----------------------------------------------------------------------------

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
KNOWN = ("9144030071526726XG", "91330100799655058B", "914403001922038216")


@st.composite
def credit_codes(draw: st.DrawFn) -> str:
    """Sixteen free characters, then the two check digits."""
    free = draw(st.text(ALPHABET, min_size=16, max_size=16))
    body = free + organisation_digit(free[8:])
    return body + check_digit(body)


def accepted(code: str) -> bool:
    try:
        check_credit_code(code)
    except Fault as fault:
        return fault.code != "bad_credit_code"
    return True


@pytest.mark.parametrize("code", KNOWN)
def test_published_codes_pass(code: str) -> None:
    check_credit_code(code)


@given(credit_codes())
def test_a_code_with_its_check_digits_passes(code: str) -> None:
    check_credit_code(code)


@given(credit_codes(), st.integers(0, 17), st.sampled_from(ALPHABET + "IOSVZaé甲 "))
@example(KNOWN[0], 17, "0")
def test_one_changed_character_is_found(code: str, place: int, other: str) -> None:
    # 31 is prime and no weight is a multiple of it, so one change always moves the sum.
    changed = code[:place] + other + code[place + 1 :]
    assert accepted(changed) is (other == code[place])


@given(credit_codes(), st.integers(0, 16))
def test_two_neighbours_swapped_are_found(code: str, place: int) -> None:
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert accepted(swapped) is (swapped == code)


@given(st.text(ALPHABET, max_size=30).filter(lambda code: len(code) != 18))
def test_a_code_of_another_length_is_refused(code: str) -> None:
    assert not accepted(code)


def test_the_organisation_digit_is_checked_on_its_own() -> None:
    body = KNOWN[0][:16] + "1"  # X is right
    with pytest.raises(Fault) as caught:
        check_credit_code(body + check_digit(body))
    assert "[17] 1 ≠ X" in caught.value.values["reason"]


# --- Regions ----------------------------------------------------------------------------------


def test_regions_hang_together() -> None:
    for region in regions().values():
        assert [r.id for r in ancestors(region.id)][-1] == "00"
        if region.parent and region.kind == "city":
            assert region.id.startswith(region.parent)
        if region.grid:
            assert regions()[region.grid].kind == "grid"
        if region.successor:
            heir = regions()[region.successor]
            assert region.last is not None
            assert heir.first is not None
            assert (heir.first - region.last).days == 1


def test_every_mainland_province_has_a_grid() -> None:
    provinces = {r.id: r.grid for r in regions().values() if r.kind == "province"}
    assert len(provinces) == 35
    assert {code for code, grid in provinces.items() if not grid} == {"71", "81", "82"}
    assert set(provinces.values()) - {None} == {
        r.id for r in regions().values() if r.kind == "grid"
    }


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("33", "33"),
        ("330000", "33"),
        ("浙江", "33"),
        ("浙江省", "33"),
        ("zhejiang", "33"),
        ("Shanxi", "14"),
        ("Shaanxi", "61"),
        ("广西壮族自治区", "45"),
        ("杭州市", "3301"),
        ("丽水地区", "3325"),
        ("全国", "00"),
    ],
)
def test_regions_answer_to_code_and_name(label: str, code: str) -> None:
    assert regions().resolve(label).id == code


def test_a_dated_region_keeps_its_dates() -> None:
    assert regions()["50"].first == date(1997, 6, 18)
    assert regions()["33"].first is None


def test_zhejiang_has_eleven_cities() -> None:
    cities = [r for r in regions().values() if r.parent == "33" and r.last is None]
    assert len(cities) == 11


# --- Sectors ----------------------------------------------------------------------------------


def test_sectors_hang_together() -> None:
    for sector in sectors().values():
        if sector.kind == "section":
            assert sector.parent is None
        elif sector.kind != "group":
            above = {"division": "section", "class": "division"}[sector.kind]
            assert sector.parent is not None
            assert sectors()[sector.parent].kind == above
        assert set(sector.members) <= set(sectors()) - {sector.id}


def test_sections_and_divisions_are_complete() -> None:
    of_kind = {
        kind: [s.id for s in sectors().values() if s.kind == kind]
        for kind in ("section", "division")
    }
    assert of_kind["section"] == list("ABCDEFGHIJKLMNOPQRST")
    assert of_kind["division"] == [f"{n:02}" for n in range(1, 98)]


def test_sectors_of_the_energy_balance_take_each_section_once() -> None:
    taken = [m for s in sectors().values() if s.id.startswith("eb-") for m in s.members]
    assert sorted(taken) == [s.id for s in sectors().values() if s.kind == "section"]


def test_the_seven_key_industries_do_not_overlap() -> None:
    industries = sectors()["zj-key"].members
    divisions = [d for industry in industries for d in sectors()[industry].members]
    assert len(industries) == len(set(divisions)) == 7


# --- Flows, marks, periods --------------------------------------------------------------------


def test_a_part_of_a_flow_is_never_added_again() -> None:
    """It is counted with the whole; what is burnt takes off what was not."""
    for flow in flows().values():
        if flow.part_of:
            assert flow.part_of in flows()
            assert set(flow.signs) == {"burnt"}
            assert set(flow.signs["burnt"].values()) == {-1}


@pytest.mark.parametrize(
    ("found", "worst"),
    [
        (set(), ""),
        ({"reported"}, "reported"),
        ({"reported", "official"}, "official"),
        ({"official", "recalled", "secondary"}, "recalled"),
        ({"synthetic", "reported", ""}, "synthetic"),
    ],
)
def test_the_worst_mark_decides(found: set[str], worst: str) -> None:
    assert worst_mark(found) == worst


@pytest.mark.parametrize(
    ("text", "kind", "first", "last"),
    [
        ("2024-02", "month", date(2024, 2, 1), date(2024, 2, 29)),
        ("2023Q2", "quarter", date(2023, 4, 1), date(2023, 6, 30)),
        ("2023", "year", date(2023, 1, 1), date(2023, 12, 31)),
        ("2021-2025", "span", date(2021, 1, 1), date(2025, 12, 31)),
        ("14FYP", "span", date(2021, 1, 1), date(2025, 12, 31)),
    ],
)
def test_periods_have_a_first_and_a_last_day(text: str, kind: str, first: date, last: date) -> None:
    found = period(text)
    assert (found.kind, found.first, found.last) == (kind, first, last)
    assert period("2021-2025").holds(found)
    assert not found.holds(period("2020-2030"))


@pytest.mark.parametrize(
    "text",
    ["", "2023-13", "2023-00", "2023Q5", "23", "2025-2021", "2023-2023", "２０２３", "2023 "],
)
def test_other_periods_are_refused(text: str) -> None:
    with pytest.raises(Fault, match="bad_period"):
        period(text)


# --- Any vocabulary ---------------------------------------------------------------------------


def term(name: str, *aliases: str) -> Term:
    return Term(id=name, zh=f"{name}名", en=f"{name} name", aliases=aliases)


def test_an_id_given_twice_is_refused() -> None:
    with pytest.raises(Fault, match="duplicate_id"):
        Entries("thing", [term("a"), term("a")])


@pytest.mark.parametrize("pair", [(term("a"), term("b", "A")), (term("b", "A"), term("a"))])
def test_a_label_of_two_entries_is_refused_in_any_order(pair: tuple[Term, Term]) -> None:
    with pytest.raises(Fault, match="ambiguous_label"):
        Entries("thing", pair)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("terms: [{id: a, zh: 甲, en: a, en: b}]", "bad_yaml"),  # a key twice
        ("terms: [{id: a, zh: 甲", "bad_yaml"),
        ("terms: [{id: a, zh: 甲}]", "bad_field"),  # no English name
        ("terms: [{id: 33, zh: 甲, en: a}]", "bad_field"),  # a code without quotes
        ("terms: [{id: a, zh: 甲, en: a, colour: red}]", "bad_field"),
        ("others: []", "bad_field"),
    ],
)
def test_a_bad_data_file_is_refused(tmp_path: Path, text: str, code: str) -> None:
    file = tmp_path / "terms.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(Fault, match=code):
        read_records(Term, file, "terms")
