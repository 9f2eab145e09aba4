"""Tables of indicators: the year and the kind of a number are those of its column."""

from __future__ import annotations

import pytest

from dafeng.reader import Proposal, document_of, propose, read_document

Rows = list[tuple[float | None, int | None, str]]

ZH = """指标{s}单位{s}2020年{s}2025年{s}属性
再生水利用率{s}%{s}41{s}55以上{s}预期性
光伏装机{s}万千瓦{s}820{s}2600{s}预期性
单位地区生产总值能耗降低{s}%{s}—{s}〔12.5〕{s}约束性"""
WANTED: Rows = [
    (41, 2020, "result"),
    (55, 2025, "target"),
    (820, 2020, "result"),
    (2600, 2025, "target"),
    (12.5, 2025, "target"),
]


def told(proposals: tuple[Proposal, ...]) -> Rows:
    return [(one.value, one.year, one.kind) for one in proposals]


@pytest.mark.parametrize("sign", ["\t", "|", " | ", "    "])
def test_cells_take_the_year_of_their_column(sign: str) -> None:
    proposals = propose(ZH.replace("{s}", sign)).proposals
    assert told(proposals) == WANTED
    assert [one.unit for one in proposals] == ["%", "%", "wan kW", "wan kW", "%"]
    assert proposals[1].comparator == ">="
    assert proposals[4].indicator_id == "energy_per_gdp"
    assert proposals[4].indicator.startswith("reduction of")
    assert all("year_inferred" in one.flags for one in proposals)


def test_a_table_of_a_page_is_read_like_one_in_text() -> None:
    lines = [line.split("{s}") for line in ZH.splitlines()]
    rows = ["".join(f"<td><p>{cell}</p></td>" for cell in line) for line in lines]
    page = f"<html><body><table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table></body></html>"
    document = document_of(page.encode(), "page.html")
    proposals = read_document(document).proposals
    assert told(proposals) == WANTED
    for one in proposals:
        assert document.text[one.start : one.end] == one.slice


def test_labels_may_carry_the_unit_and_strokes_part_the_cells() -> None:
    text = (
        "指标名称／2019年／2027年\n"
        "绿色矿山（家，累计）：18／66\n"
        "碱性电解槽产能（万千瓦/年）：—／150左右\n"
        "水资源达峰时间：—／2030年前\n\n"
        "二、主要任务\n到2026年，复垦率达到70%。"
    )
    found = told(propose(text).proposals)
    assert found == [
        (18, 2019, "result"),
        (66, 2027, "target"),
        (150, 2027, "target"),
        (2030, 2030, "target"),
        (70, 2026, "target"),
    ]


def test_a_table_in_markdown_and_what_follows_it() -> None:
    text = (
        "| Indicator | 2022 (actual) | 2027 (target) |\n|---|---|---|\n"
        "| Heat pumps (10,000 units) | 3 | 8-10 |\n| Share of gas (%) | - | ≤ 12 |\n\n"
        "The share of coal will fall to 40%."
    )
    found = propose(text).proposals
    assert told(found) == [
        (3, 2022, "result"), (8, 2027, "target"), (12, 2027, "cap"), (40, None, "target"),
    ]  # fmt: skip
    assert found[1].value_high == 10
    assert found[2].comparator == "<="


def test_a_cell_that_reaches_over_rows_does_not_move_the_others() -> None:
    text = "类别\t指标\t2023年\t2030年\n"
    text += "交通\t电动公交（辆）\t500\t1500\n\t充电桩（个）\t90\t410\n水运航线（条）\t4\t7"
    assert told(propose(text).proposals) == [
        (500, 2023, "result"), (1500, 2030, "target"), (90, 2023, "result"),
        (410, 2030, "target"), (4, 2023, "result"), (7, 2030, "target"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "到2025年、2030年，绿电占比分别达到20%、30%。\n其他指标、任务另行下达。",
        "2025年/2030年：绿电占比20%/30%。\n产能/产量：50/60万吨。",
    ],
)
def test_a_line_with_years_is_no_head_of_a_table(text: str) -> None:
    found = propose(text).proposals
    assert {one.value for one in found} >= {20, 30}
    assert not any("产能" in one.indicator and one.year == 2025 for one in found if one.value == 60)


def test_digits_of_a_cell_that_cannot_be_are_noticed() -> None:
    table = """指标\t2020年\t2025年目标
森林覆盖率（%）\t2021\t24.1
电炉钢占比（%）\t12\tXX
单位能耗下降（%）\t-\t114
绿色工厂（家）\t120\t300"""
    proposals = propose(table).proposals
    printed = {one.slice: one.reasons for one in proposals if one.corrupt}
    assert set(printed) == {"2021", "XX", "114"}
    assert "placeholder" in printed["XX"]
    assert "share_above_whole" in printed["114"]
    assert len(proposals) == 7  # the sound ones are there, and not doubted


SPACED = """专栏2 主要指标
指标_属性_单位_2020年_2027年
单位 GDP 能耗降低_约束性_%_—_[12.5]
光伏装机_预期性_万千瓦_310_750 以上
水泥产能_约束性_万吨_620_控制在560以内
三、保障措施
各地要加强组织领导，2027年前完成评估。"""


@pytest.mark.parametrize("sign", [" ", "\u3000", "\u3000\u3000", " ｜ "])
def test_any_space_parts_the_cells_of_a_chinese_table(sign: str) -> None:
    text = SPACED.replace("_", sign)
    assert told(propose(text).proposals)[:5] == [
        (12.5, 2027, "target"), (310, 2020, "result"), (750, 2027, "target"),
        (620, 2020, "result"), (560, 2027, "cap"),
    ]  # fmt: skip


def test_the_unit_of_all_rows_stands_above_the_head() -> None:
    text = "表3 装机目标（单位：万千瓦）\n类别\t2021年\t2028年\n风电\t210\t640\n光伏\t95\t480"
    found = propose(text).proposals
    assert told(found) == [
        (210, 2021, "result"), (640, 2028, "target"), (95, 2021, "result"), (480, 2028, "target"),
    ]  # fmt: skip
    assert {one.unit for one in found} == {"wan kW"}


@pytest.mark.parametrize(
    "text",
    [
        "二 发展目标 2026年 2030年\n全市 绿色建筑占比 达到 100%",
        "指标 2026年 2030年\n按 3 类 分解 下达",
    ],
)
def test_words_with_spaces_are_no_rows(text: str) -> None:
    assert not any(one.year in {2026, 2030} for one in propose(text).proposals if one.value == 3)


def test_cells_may_stand_one_to_a_line() -> None:
    rows = ["指标", "单位", "2020年", "2026年", "属性", "电炉钢占比", "%", "—", "22", "预期性"]
    rows += ["（二）交通", "公共充电桩", "万台", "1.5", "6.5以上", "预期性", "二、主要任务"]
    text = "\n".join([*rows, "到2027年，复垦率达到70%，各地要制定实施方案并按年度组织评估。"])
    found = propose(text).proposals
    assert told(found) == [
        (22, 2026, "target"), (1.5, 2020, "result"), (6.5, 2026, "target"), (70, 2027, "target"),
    ]  # fmt: skip
    assert found[2].unit == "wan units"


def test_short_lines_are_no_table() -> None:
    text = "项目\n2025年完成投资30亿元。\n2026年开工。\n类别\n工业\n建筑"
    assert told(propose(text).proposals)[0][:2] == (30, 2025)
