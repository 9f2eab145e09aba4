"""Reading policy text: a megabyte of plan, Chinese and English, to proposals."""

from __future__ import annotations

import re
from functools import partial

from benchmarks.registry import Benchmark, Job, Variant, register
from dafeng.reader import Reading, propose

# About one figure in 350 bytes, as in published plans and press notes (300 to 390).
PROSE_ZH = (
    "深入推进产业结构优化升级，坚决遏制高耗能高排放低水平项目盲目发展，加快构建绿色制造体系。"
    "强化科技创新引领，完善政策支撑，加强统筹协调，压实各方责任，确保各项任务落到实处。"
    "引导企业实施清洁能源替代，提升能源利用效率。"
)
PROSE_EN = (
    "Promote the upgrading of the industrial structure and curb the blind development of projects "
    "with high energy consumption and high emissions. Strengthen scientific and technological "
    "innovation, improve policy support, and make sure that the tasks are carried out. "
)
AIMS_ZH = """
到2025年，规模以上工业单位增加值能耗较2020年下降{a}.5%以上，力争下降{b}%。
“十四五”末，建成绿色工厂{c}家以上、绿色园区{a}个。
到2030年，非化石能源消费占比达到{a}%左右，二氧化碳排放2030年前达到峰值。
2022年，新增光伏装机{c}万千瓦，单位地区生产总值能耗同比下降{b}.1%。
"""
AIMS_EN = """
By 2025, energy per unit of industrial added value will fall by more than {a}.5% from 2020, striving for {b}%.
By the end of the 14th Five-Year Plan, more than {c} green factories and {a} green parks will be built.
By 2030, the share of non-fossil energy will reach about {a}%, and CO2 emissions will peak before 2030.
In 2022, {c} million kW of PV were added, and energy consumption per unit of GDP fell by {b}.1% year-on-year.
"""  # noqa: E501
PROSE = {"zh": PROSE_ZH, "en": PROSE_EN}
AIMS = {"zh": AIMS_ZH.strip().splitlines(), "en": AIMS_EN.strip().splitlines()}
MB = 1_000_000


def text(lang: str, size: int) -> str:
    """A plan of ``size`` megabytes of UTF-8 in paragraphs; its numbers differ from line to line."""
    lines: list[str] = []
    length = 0
    while length < size * MB:
        at = len(lines)
        aim = AIMS[lang][at % len(AIMS[lang])].format(
            a=10 + at % 40, b=5 + at % 30, c=100 + at % 800
        )
        lines.append(f"{aim} {PROSE[lang] * 2}\n")
        length += len(lines[-1].encode())
    return "".join(lines)


def _read(lang: str, size: int) -> Job:
    whole = text(lang, size)
    propose(whole[:2000])  # the dictionaries are compiled once in a process
    job: partial[Reading] = partial(propose, whole)
    return job


def numbers(size: int) -> Job:
    """Find every run of digits with one plain pattern: less cannot be done."""
    return partial(re.findall, r"[0-9]+", text("zh", size))


def chinese(size: int) -> Job:
    """Propose all figures of a Chinese plan."""
    return _read("zh", size)


def english(size: int) -> Job:
    """Propose all figures of a plan in English."""
    return _read("en", size)


register(
    Benchmark(
        name="reader",
        title="policy text to proposals",
        sizes=(1,),
        unit="MB",
        variants=(
            Variant("every run of digits", numbers),
            Variant("a plan in Chinese", chinese, budget=1.0),
            Variant("a plan in English", english, budget=1.0),
        ),
        describe=lambda size: ", ".join(
            f"{len(propose(text(lang, size)).proposals):,} proposals ({lang})" for lang in AIMS
        ),
    )
)
