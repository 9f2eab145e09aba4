"""What the reader names has words in both languages; units and comparators, too."""

from __future__ import annotations

import re

import pytest

from dafeng.reader import (
    Proposal,
    comparator_words,
    document_of,
    read_document,
    title_of,
    unit_words,
)
from dafeng.reader.lexicon import data
from dafeng.reader.names import indicator_name

CHINESE = re.compile(r"[\u4e00-\u9fff]")
PHRASES = data("phrases")
NAMES = sorted(
    {entry["name"] for entry in [*PHRASES["indicators"], *PHRASES["peaks"], PHRASES["neutral"]]}
)
SIGNS = sorted({entry["sign"] for entry in data("numberless")["patterns"]} - {"="})


@pytest.mark.parametrize("name", NAMES)
def test_every_indicator_that_the_reader_can_name_is_named_in_both_languages(name: str) -> None:
    found = indicator_name(name)
    assert found is not None, f"reader/data/names.yaml has no Chinese for “{name}”"
    assert CHINESE.search(found.zh)
    assert found.en == name


@pytest.mark.parametrize("sign", SIGNS)
def test_what_stands_in_place_of_a_number_is_said_in_chinese(sign: str) -> None:
    said = sign.replace("{plan}", "13th FYP").replace("{year}", "2020")
    assert CHINESE.search(comparator_words(said).zh)


def test_plans_and_years_are_filled_in() -> None:
    assert comparator_words("<= 13th FYP scale").zh == "不超过“十三五”规模"
    assert comparator_words("<= 2020 level").zh == "不超过2020年水平"
    assert comparator_words(">=").zh == ">="


def test_changes_are_named_after_what_changes_and_printed_words_are_quoted() -> None:
    def title(english: str, indicator: str | None = None) -> tuple[str, str]:
        found = title_of(
            Proposal(0, 1, "1", "target", "=", indicator=english, indicator_id=indicator)
        )
        return found.zh, found.en

    assert title("reduction of energy consumption")[0] == "能耗（下降）"
    assert title("reduction of towns") == ("“towns”（下降）", "reduction of “towns”")
    assert title("reduction of x", "energy_per_gdp")[0] == "单位地区生产总值能耗（降幅）"
    cut = title("reduction of x", "long_process_steel_capacity_cut")[0]
    assert cut == "长流程炼钢产能压减量"  # a cut itself, not the fall of one
    assert title("") == ("", "")


def test_units_are_said_in_chinese_part_by_part() -> None:
    assert unit_words("kgce/m2").zh == "千克标准煤/平方米"
    assert (unit_words("tons").zh, unit_words("tons").en) == ("吨", "tons")
    assert (unit_words("year").zh, unit_words("furlongs").zh) == ("年", "furlongs")


def test_no_english_is_left_in_the_names_of_a_chinese_text() -> None:
    text = "浙江省：到2025年，风电装机达到100万千瓦，可再生能源占比达到36%，充电桩5万个。"
    found = read_document(document_of(text.encode(), "a.txt")).proposals
    assert found
    assert not [title for p in found if re.search("[a-z]{3}", title := title_of(p).zh)]
