"""The reader on single sentences: what is a figure, of what, for when, how sure; and who does what.

The sentences stand in ``cases/reader`` and are worded for these tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.indicators import indicators
from dafeng.plan import bodies
from dafeng.reader import Proposal, propose
from dafeng.reader.lexicon import DATA, data, fold
from dafeng.reader.measures import LOCAL
from dafeng.reader.numerals import numeral, parse, spelt
from dafeng.reader.quantity_patterns import units
from dafeng.vocabulary import Fault
from dafeng.vocabulary import units as known_units

Case = dict[str, Any]
FOLDER = Path(__file__).parent / "cases" / "reader"


def cases(name: str) -> list[Any]:
    read: list[Case] = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return [pytest.param(case, id=case["text"][:40]) for case in read]


def near(proposal: Proposal, text: str, slice_: str) -> bool:
    """Whether a proposal overlaps some occurrence of the printed words."""
    place = text.find(slice_)
    while place >= 0:
        if proposal.start < place + len(slice_) and place < proposal.end:
            return True
        place = text.find(slice_, place + 1)
    return False


def field(proposal: Proposal, name: str) -> Any:
    value = getattr(proposal, name)
    return list(value) if isinstance(value, tuple) else value


def differs(proposal: Proposal, figure: Case) -> dict[str, Any]:
    """The fields in which a proposal is not what the case expects."""
    wanted = {k: v for k, v in figure.items() if k not in {"slice", "optional", "at"}}
    return {k: field(proposal, k) for k, v in wanted.items() if field(proposal, k) != v}


SENTENCES = (
    "zh",
    "en",
    "lists",
    "years",
    "rules",
    "duties",
    "numbers",
    "support",
    "unseen",
    "years_and_aims",
    "english_pages",
    "chinese_pages",
    "notices_and_plans",
    "provinces_and_sectors",
    "interviews_and_bases",
    "summaries_and_rules",
    "county_plans",
    "round_ups_and_notices",
    "reviewed_kinds",
)


@pytest.mark.parametrize("case", [case for name in SENTENCES for case in cases(name)])
def test_figures_of_a_sentence(case: Case) -> None:
    assert_figures(case)


GARBLED = (
    "garbled",
    "garbled_paragraphs",
    "garbled_by_their_own_signs",
    "doubts",
    "reviewed_signs",
)


@pytest.mark.parametrize("case", [case for name in GARBLED for case in cases(name)])
def test_garbled_digits_are_noticed_and_sound_ones_are_not_doubted(case: Case) -> None:
    for figure in case["figures"]:
        figure.setdefault("corrupt", False)
    assert_figures(case)


def assert_figures(case: Case) -> None:
    text = case["text"]
    free = list(propose(text).proposals)
    for figure in case["figures"]:
        here = [p for p in free if near(p, text, figure["slice"])]
        if figure.get("optional"):
            free = [p for p in free if p not in here]
            continue
        assert here, f"{figure['slice']} was not found"
        best = min(here, key=lambda p: len(differs(p, figure)))
        assert not differs(best, figure), figure["slice"]
        free.remove(best)
    allowed = tuple(str(words) for words in case.get("any", ()))
    false = [p for p in free if p.kind != "context" and not any(near(p, text, a) for a in allowed)]
    assert not false


@pytest.mark.parametrize("case", cases("measures"))
def test_units_of_a_measure(case: Case) -> None:
    found = propose(case["text"]).measures
    if "task" not in case:
        assert not found
        return
    (measure,) = found
    assert measure.text == case["task"]
    assert measure.lead == case["lead"]
    assert list(measure.others) == case["others"]
    assert list(measure.unresolved) == case["unresolved"]
    assert case["text"][measure.start :].startswith(measure.text)


# --- links and context -------------------------------------------------------------------------


def only(text: str) -> Proposal:
    (proposal,) = propose(text).proposals
    return proposal


def test_an_indicator_that_is_not_sure_has_candidates_and_no_id() -> None:
    factories = only("到2025年，建成绿色工厂300家。")
    assert factories.indicator_id is None
    assert factories.candidates == (
        "green_factories_municipal_and_above",
        "green_low_carbon_factories",
    )
    assert "indicator_unsure" in factories.flags
    assert factories.trust == "check"


def test_an_indicator_that_is_not_declared_is_told_from_one_that_is_not_known() -> None:
    assert "indicator_undeclared" in only("到2025年，短流程炼钢占比达到20%。").flags
    assert "indicator_unknown" in only("到2025年，群众满意度达到90%。").flags


def test_a_sure_figure_is_good() -> None:
    assert only("江苏省：到2025年，非化石能源消费占比达到18%。").trust == "good"


def test_the_year_of_a_plan_period_is_its_last() -> None:
    assert (
        only("During the 15th Five-Year Plan, emissions per unit of GDP will fall by 17%.").year
        == 2030
    )
    assert only("“十四五”时期，森林覆盖率达到24.1%。").year == 2025


def test_a_year_taken_from_the_sentence_before_is_flagged() -> None:
    _, second = propose("到2025年，绿色工厂达到500家。绿色园区达到50个。").proposals
    assert second.year == 2025
    assert "year_inferred" in second.flags


def test_the_same_period_keeps_year_and_base_year() -> None:
    _, second = propose(
        "到2025年，单位地区生产总值能耗较2020年下降14%，同期单位地区生产总值二氧化碳排放下降18%。"
    ).proposals
    assert (second.year, second.base_year) == (2025, 2020)
    assert "base_year_inferred" in second.flags


def test_this_year_is_known_only_from_the_text() -> None:
    figure = "As of June this year, the pumped storage capacity reached 4.2 million kilowatts."
    assert only(figure).year is None
    told = propose(f"By the end of 2021, the country had completed 5 million kilowatts. {figure}")
    assert told.proposals[-1].year == 2022
    assert "year_inferred" in told.proposals[-1].flags


def test_the_region_is_that_of_the_heading_or_of_the_caller() -> None:
    headed = propose("江苏省：到2025年，绿色工厂达到500家。\n绿色园区达到50个。").proposals
    assert [p.jurisdiction for p in headed] == ["Jiangsu", "Jiangsu"]
    (given,) = propose("到2025年，绿色工厂达到500家。", jurisdiction="33").proposals
    assert (given.jurisdiction, given.region) == ("Zhejiang", "33")


def test_one_phrase_for_two_indicators_is_two_proposals() -> None:
    first, second = propose(
        "By 2025, energy consumption per unit of GDP and CO2 emissions per unit of GDP will "
        "ensure the completion of the national targets."
    ).proposals
    assert first.slice == second.slice
    assert {first.indicator_id, second.indicator_id} == {"energy_per_gdp", "co2_per_gdp"}


def test_values_of_a_list_go_to_their_indicators() -> None:
    found = propose(
        "到2025年，单位地区生产总值能耗、二氧化碳排放分别比2020年下降14.5%、20.5%。"
    ).proposals
    assert [(p.value, p.indicator_id) for p in found] == [
        (14.5, "energy_per_gdp"),
        (20.5, "co2_per_gdp"),
    ]


@dataclass
class Part:
    id: str
    start: int
    end: int


def test_a_proposal_stands_in_its_innermost_section_and_its_measure() -> None:
    text = "一、目标\n到2025年，绿色工厂达到500家。（责任单位：省经信厅）\n二、其他\n"
    parts = [Part("1", 0, len(text)), Part("1.1", text.index("到"), text.index("二"))]
    reading = propose(text, sections=parts)
    assert reading.proposals[0].section == "1.1"
    assert reading.proposals[0].measure == 0
    assert reading.measures[0].section == "1.1"


# --- what a garbled figure may and may not say ------------------------------------------------


def test_a_garbled_figure_has_a_reason_and_no_base_value() -> None:
    garbled = only("By the end of 6, the capacity of energy storage exceeded 1 million kilowatts.")
    assert garbled.corrupt
    assert garbled.value_base is None
    assert garbled.reason == "digits_displaced"
    assert garbled.reason in {check["id"] for check in data("garbles")["checks"]}
    assert garbled.trust == "corrupt"


def test_a_guess_says_how_it_came_about_and_enters_no_field() -> None:
    garbled = only("As of the end of June this year, the filed scale is 6.6615 million kilowatts.")
    assert garbled.value_base is None
    assert garbled.repair is not None
    assert garbled.repair.value == 66_150_000  # 6615 万
    assert garbled.repair.trail == (("without_month", "6.6615"),)


def test_digits_that_moved_by_one_place_are_moved_back() -> None:
    found = propose(
        "In 50, coal power had 60% of the capacity, made 70% of the power "
        "and undertook 2021% of the peak."
    )
    assert [p.repair.value for p in found.proposals if p.repair] == [50, 60, 70]


def test_a_paragraph_numbered_with_a_year_is_not_believed() -> None:
    found = propose(
        "(2021) Hydropower. The capacity is 41 million kilowatts.\n"
        "Wind power is 30 million kilowatts."
    )
    assert [p.corrupt for p in found.proposals] == [True, False]


# --- numbers -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("token", "value"),
    [
        ("二百五十", 250),
        ("一千二百万", 12_000_000),
        ("十三点五", Decimal("13.5")),
        ("二〇二五", 2025),
        ("两", 2),
    ],
)
def test_chinese_numerals(token: str, value: Decimal) -> None:
    assert numeral(token) == value


@pytest.mark.parametrize(
    ("token", "value"),
    [
        ("two hundred and fifty", 250),
        ("twenty-five", 25),
        ("one thousand two hundred", 1200),
        ("green", None),
    ],
)
def test_english_number_words(token: str, value: int | None) -> None:
    assert spelt(token) == value


@pytest.mark.parametrize(
    ("token", "value"), [("12,345.6", Decimal("12345.6")), ("6,13", None), ("<>", None)]
)
def test_digits(token: str, value: Decimal | None) -> None:
    assert parse(token) == value


# --- the dictionaries are whole ----------------------------------------------------------------


def test_ids_in_the_dictionaries_exist() -> None:
    entries = [*data("phrases")["indicators"], *data("phrases")["peaks"]]
    named = {entry["id"] for entry in entries if "id" in entry}
    named |= {one for entry in entries for one in entry.get("may", ())}
    assert named <= set(indicators())
    assert {*data("measures")["also"], LOCAL} <= set(bodies())
    assert {unit.id for unit in units().values() if unit.id} <= set(known_units())


def test_atoms_of_an_indicator_are_defined() -> None:
    atoms = set(data("phrases")["atoms"])
    for entry in data("phrases")["indicators"]:
        assert {*entry["all"], *entry.get("none", ())} <= atoms, entry["name"]


def test_checks_have_words_in_both_languages() -> None:
    assert all(check["zh"] and check["en"] for check in data("garbles")["checks"])


# --- any text ----------------------------------------------------------------------------------

PIECES = [
    *(
        "0",
        "1",
        "2025",
        "2030",
        "2,0",
        "1.",
        "12,34",
        "13.5",
        "１２",
        "％",
        "%",
        "万",
        "亿",
        "千瓦",
        "吨",
    ),
    *(
        "标准煤",
        "年",
        "年前",
        "到",
        "比",
        "较",
        "下降",
        "不超过",
        "以上",
        "左右",
        "（",
        "）",
        "(",
        ")",
        "<>",
    ),
    *(
        "XX",
        "“",
        "”",
        "十四五",
        "“十四五”",
        "三分之一",
        "百分之",
        "十",
        "五",
        "点",
        "达峰",
        "。",
        "；",
        "，",
    ),
    *(
        "、",
        "—",
        "-",
        "~",
        "《",
        "》",
        "责任单位：",
        "省发展改革委",
        "江苏省：",
        "by",
        "in",
        "and",
        "to",
    ),
    *("reach", "peak", "million", "kilowatts", "tons", "of", "one", "two", "hundred", "percent"),
    *("respectively", "24th", "Five-Year", "Plan", "this year", "more than", "not exceed", "😀"),
    *("\r\n", "\n", "\t", ".", ",", ":", ";"),
]


def assert_faithful(text: str) -> None:
    reading = propose(text)
    for proposal in reading.proposals:
        assert text[proposal.start : proposal.end] == proposal.slice != ""
        assert not (proposal.corrupt and proposal.value_base is not None)
        assert proposal.corrupt is (proposal.reason is not None)
    assert list(reading.proposals) == sorted(reading.proposals, key=lambda p: (p.start, p.end))
    assert all(0 <= m.start < m.end <= len(text) for m in reading.measures)
    yaml.safe_dump(reading.to_dict())


@given(st.lists(st.sampled_from(PIECES), max_size=60))
@settings(max_examples=150, deadline=None)
def test_places_are_true_in_any_mixture(pieces: list[str]) -> None:
    assert_faithful("".join(pieces))
    assert_faithful(" ".join(pieces))


@given(st.text(max_size=200))
@settings(max_examples=150, deadline=None)
def test_no_text_is_too_strange(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert_faithful(text)


def test_a_place_that_nobody_knows_is_refused() -> None:
    with pytest.raises(Fault, match="unknown_region"):
        propose("到2025年，绿色工厂达到500家。", jurisdiction="火星")


def test_every_check_of_garbled_digits_that_is_declared_is_made() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in DATA.parent.glob("*.py"))
    assert [one["id"] for one in data("garbles")["checks"] if f'"{one["id"]}"' not in code] == []


LONG = 50_000


@pytest.mark.parametrize(
    "piece",
    ["1", "1,", "1 ", "(", "（）", "_", "*", "<>", "一二三四五六七八九十百千万亿", " ", "\n", "1-",
     "one hundred and ", "peak by ", "不再新增", "（责任单位：", "省发展改革委、", "million-", ". ",
     "《", "20 a "],
)  # fmt: skip
def test_a_long_row_of_one_thing_is_read_to_its_end(piece: str) -> None:
    text = (piece * (LONG // len(piece) + 1))[:LONG] + "\n到2025年，绿色工厂达到500家。"
    assert propose(text).proposals[-1].value == 500


def test_indicators_that_share_a_target_come_in_one_order_in_every_process() -> None:
    text = "到2025年，单位GDP能耗和单位GDP二氧化碳排放下降确保完成国家下达的目标任务。"
    names = [proposal.indicator for proposal in propose(text).proposals]
    assert len(names) > 1
    assert names == sorted(names)
