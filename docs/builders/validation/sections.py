"""The sections of the page."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from builders.validation.causes import READING
from builders.validation.compare import Cell, Part, Validation, sector_ratios
from builders.validation.data import grams, names
from builders.validation.labels import (
    INVENTORY,
    LARGEST,
    PROVINCES,
    SAME,
    SOURCES,
    TCE_FUELS,
    TCE_NAMED,
    TCE_TOLERANCE,
    UNMAPPED_ITEMS,
    UNMAPPED_SOURCES,
)
from dafeng import ledger, rulebook
from dafeng.accounting import SEPARATOR
from dafeng.vocabulary import Text, factor, items, regions

Lines = Iterator[str]
COUNTS = ("rows", "entries", "checks", "of_which", "ignored", "rejected")


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], left: int = 1) -> Lines:
    """Yield a table; the first ``left`` columns hold text, the others numbers."""
    yield "| " + " | ".join(columns) + " |"
    yield "|" + "---|" * left + "---:|" * (len(columns) - left)
    for row in rows:
        yield "| " + " | ".join(str(value) for value in row) + " |"
    yield ""


def fixed(number: float, digits: int) -> str:
    """Return a number with so many decimals and a true minus sign; never a negative zero."""
    text = f"{number:,.{digits}f}"
    return text.replace("-", "−") if text.strip("-0.,") else text.removeprefix("-")


def mt(amount: float, digits: int = 2) -> str:
    """Return grams as Mt."""
    return fixed(amount * factor("g", "Mt"), digits)


def both(text: Text) -> str:
    """Return a text in both languages."""
    return f"{text.zh} {text.en}"


def said(zh: str, en: str) -> Lines:
    """Yield a paragraph in each language."""
    yield from (zh, "", en, "")


def region(code: str) -> str:
    """Return the name of a region."""
    return both(regions()[code].name)


def fuel_name(item: str) -> str:
    """Return the name of an item."""
    return both(items()[item].name)


def counts(v: Validation) -> Lines:
    """Yield what the import made of the rows."""
    yield from ("## 1 导入 Import", "")
    yield from said(
        "《中国能源统计年鉴2008》的全国表和九省表（实物量）用一个映射文件读入，无一行出错；"
        "各类行数相加等于文件行数，各省单独读入的结果相同。警告是印刷的合计与其分项不符"
        "（多为分省表的库存变化行，见 `examples/energy-balance-2007/README.md`），"
        "全国表的两个是漏印负号。",
        "The national table and those of nine provinces (China Energy Statistical Yearbook 2008, "
        "physical quantities) go in by one mapping file without an error. The classes of rows add "
        "up to the file, and each province alone gives the same. The warnings are printed totals "
        "that differ from their parts (mostly by the stock change row of the provincial tables, "
        "see `examples/energy-balance-2007/README.md`); the two of the national table are cells "
        "printed without their minus sign.",
    )
    names_ = ("地区 region", "行 rows", "记录 entries", "核对 checks", "其中 of which")
    rest = ("忽略 ignored", "退回 rejected", "警告 warnings")
    held = [(region(code), v.each[code]) for code in v.each]
    lines = [
        (name, *(result.counts[c] for c in COUNTS), _warnings(result))
        for name, result in [*held, ("全部 all", v.whole)]
    ]
    yield from table((*names_, *rest), lines)


def _warnings(result: ledger.Import) -> int:
    return sum(finding.severity == "warning" for finding in result.findings)


def coal_equivalent(v: Validation) -> Lines:
    """Yield the comparison with the official table in standard coal."""
    yield from ("## 2 实物量折标准煤 Physical quantities to standard coal", "")
    yield from said(
        f"全国实物量表（4-2）的每一格乘以规则库编译出的系数，与官方标准量表（4-1）对照。"
        f"前 {len(TCE_FUELS)} 种产品除下列各格外，相差均不超过 {TCE_TOLERANCE} 万吨标准煤"
        "（电力按电热当量）；“消费量合计”行在标准量表中只有能源合计，无从对照。"
        "原煤在标准量表中各行系数不同，热力用 0.0341 而非附录4的 0.03412，两者如实列出。",
        "Each cell of the national table in physical quantities (4-2) times the coefficient that "
        "is compiled from the rulebook, beside the official table in standard coal (4-1). For the "
        f"first {len(TCE_FUELS)} products no cell is apart by more than {TCE_TOLERANCE} × 10⁴ tce "
        "(electricity by its calorific value) except those named below; the row total consumption "
        "has only the energy total in the table of standard coal. Raw coal has another "
        "coefficient in each row there, and heat has 0.0341 in place of the 0.03412 of appendix "
        "4; both are shown as they are.",
    )
    by_fuel: dict[str, list[Cell]] = {}
    for cell in v.cells:
        by_fuel.setdefault(cell.fuel, []).append(cell)
    order = [*TCE_FUELS, *(fuel for fuel in by_fuel if fuel not in TCE_FUELS)]
    yield from table(
        ("产品 product", "格 cells", "相差较大 apart", "其余最大差 largest of the rest, 10⁴ tce"),
        [_fuel_line(fuel, by_fuel[fuel]) for fuel in order],
    )
    yield from table(
        ("行 row", "产品 product", "原因 reason", "折算 computed", "印刷 printed"),
        [
            (c.row, fuel_name(names()[c.fuel]), both(TCE_NAMED[c.row, c.fuel]),
             fixed(c.computed, 3), fixed(c.printed, 3))
            for c in v.cells
            if c.differs and c.fuel in TCE_FUELS
        ],
        left=3,
    )  # fmt: skip


def _fuel_line(fuel: str, held: Sequence[Cell]) -> tuple[object, ...]:
    close = [abs(c.computed - c.printed) for c in held if not c.differs]
    largest = fixed(max(close), 4) if close else ""
    return fuel_name(names()[fuel]), len(held), sum(c.differs for c in held), largest


def provinces(v: Validation) -> Lines:
    """Yield emissions by province beside the published ones."""
    yield from ("## 3 各省二氧化碳 CO2 by province", "")
    yield from said(
        f"方法 `{INVENTORY}`（终端消费 − 非能源使用 + 火力发电投入 + 供热投入）与 CEADs 分省清单"
        "的化石燃料排放 `fossil_mt_co2` 并列。未作任何调整。",
        f"Method `{INVENTORY}` (final consumption − non-energy use + input to thermal power + "
        "input to heating) beside the emission of fossil fuels, `fossil_mt_co2`, of the CEADs "
        "inventories of provinces. Nothing was tuned.",
    )
    lines = []
    for code in PROVINCES:
        ours = v.accounted[code, INVENTORY]
        lines.append(_province_line(region(code), ours, grams(v.data.totals[code])))
    total = sum(v.accounted[code, INVENTORY] for code in PROVINCES)
    published = sum(grams(v.data.totals[code]) for code in PROVINCES)
    lines.append(_province_line("九省 nine provinces", total, published))
    names_ = ("省 province", "本软件 ours, Mt", "公布 published, Mt", "差 difference, Mt", "%")
    yield from table(names_, lines)


def _province_line(name: str, ours: int, published: int) -> tuple[str, ...]:
    difference = ours - published
    share = fixed(100 * difference / published, 1)
    return name, mt(ours), mt(published), mt(difference), share


def fuels(v: Validation) -> Lines:
    """Yield the split of the differences by fuel and by province."""
    yield from ("## 4 差异按品种拆分 The difference by fuel", "")
    yield from said(
        "清单的品种因子 = 各省“清单排放 ÷ 本软件的量”的中位数。因子部分 = 本软件的量 × "
        "（本软件因子 − 清单因子）；活动部分 = 本软件的量 × 清单因子 − 清单排放；"
        "只有一方计量的单列。三者之和恰等于差（以整克计）。“同值”是比值与中位数相差 0.1 % "
        "以内的省数：同值越少，中位数越不像一个因子，拆分也越不可靠。",
        "The inventory's factor of a fuel is the median over provinces of its emission over our "
        "quantity. Factor part = our quantity × (our factor − its factor); activity part = our "
        "quantity × its factor − its emission; what only one side counts stands apart. The three "
        "add up to the difference exactly, in whole grams. “Same” counts the provinces whose "
        "ratio is within 0.1 % of the median: the fewer, the less is the median a factor and the "
        "less does the split mean.",
    )
    lines = []
    for item in v.ratios:
        held = [part for part in v.parts if part.item == item]
        lines.append((fuel_name(item), *_sums(held), *_factors(v, item)))
    lines.append(("合计 total", *_sums(v.parts), "", "", ""))
    amounts = ("差 difference", "因子 factor", "活动 activity", "单列 apart")
    rest = ("本软件因子 our factor", "清单因子 its factor", "同值 same")
    yield from said("单位：百万吨；因子为 t/t 或 kg/m³。", "Mt; factors in t/t or kg/m³.")
    yield from table(("品种 fuel", *amounts, *rest), lines)
    yield from table(
        ("省 province", *amounts),
        [(region(p), *_sums([part for part in v.parts if part.province == p])) for p in PROVINCES],
    )
    yield from said(
        f"最大的 {LARGEST} 个活动部分（百万吨），及清单因子所对应的量：",
        f"The {LARGEST} largest activity parts (Mt), and the quantity to which the inventory's "
        "factor leads:",
    )
    largest = sorted(v.parts, key=lambda part: -abs(part.activity))[:LARGEST]
    yield from table(
        ("省 province", "品种 fuel", "活动 activity", "本软件的量 ours", "清单的量 theirs"),
        [
            (region(p.province), fuel_name(p.item), mt(p.activity), *_quantities(v, p))
            for p in largest
        ],
        left=2,
    )


def _sums(parts: Sequence[Part]) -> tuple[str, ...]:
    amounts = [(p.difference, p.factor, p.activity, p.apart) for p in parts]
    return tuple(mt(sum(column)) for column in zip(*amounts, strict=True))


def _factors(v: Validation, item: str) -> tuple[str, ...]:
    same = sum(abs(ratio / v.median(item) - 1) <= SAME for ratio in v.ratios[item].values())
    scale = factor("g", "t" if items()[item].unit == "t" else "kg")
    shown = [fixed(value * scale, 3) for value in (v.factor(item), v.median(item))]
    return (*shown, f"{same}/{len(v.ratios[item])}")


def _quantities(v: Validation, part: Part) -> Iterator[str]:
    own_unit = items()[part.item].unit
    unit, shown = ("10^4 t", "10⁴ t") if own_unit == "t" else ("10^8 m3", "10⁸ m³")
    place = (part.province, part.item)
    for quantity in (v.own[place].quantity, v.implied(*place)):
        yield f"{fixed(quantity * factor(own_unit, unit), 2)} {shown}"


def sectors(v: Validation) -> Lines:
    """Yield the published emission of raw coal over the balance, by sector."""
    yield from ("## 5 原煤分部门 Raw coal by sector", "")
    yield from said(
        "清单排放 ÷ 平衡表同一行的原煤量（t/t），凡两边部门可对应者。工业只有一行，不能再分。",
        "Emission of the inventory over the raw coal of the same row of the balance (t/t), where "
        "sectors match. Industry has one row only and cannot be told apart.",
    )
    scale = factor("g", "t")
    yield from table(
        ("行 row", "省数 provinces", "最小 least", "最大 most"),
        [
            (row, len(given), fixed(min(given) * scale, 4), fixed(max(given) * scale, 4))
            for row, given in sector_ratios(v.data, "Raw coal").items()
        ],
    )


def reading(v: Validation) -> Lines:
    """Yield what the figures show of the causes, and what they do not."""
    yield from ("## 6 怎么看 Reading", "")
    shown = _figures(v)
    for text in READING:
        yield f"- {text.zh.format(**shown)}"
        yield f"  {text.en.format(**shown)}"
    yield from ("", "不能对应的 What cannot be mapped:", "")
    for name, why in UNMAPPED_SOURCES.items():
        yield f"- 清单 inventory: {name}：{both(why)}"
    for item, why in UNMAPPED_ITEMS.items():
        yield f"- 平衡表 balance: {fuel_name(item)}：{both(why)}"


def _figures(v: Validation) -> dict[str, str]:
    """Return the figures that the reading quotes."""
    held = {item: [p for p in v.parts if p.item == item] for item in SOURCES.values()}
    petroleum, by_row = held["other_petroleum"], sector_ratios(v.data, "Raw coal")
    tonne, carbon = factor("g", "t"), carbon_oxidised(v, "raw_coal")
    ours, theirs = v.factor("raw_coal"), v.median("raw_coal")
    return {
        "difference": mt(sum(p.difference for p in v.parts)),
        "coal": mt(sum(p.factor for p in held["raw_coal"])),
        "coal_activity": mt(sum(p.activity for p in held["raw_coal"])),
        "ours": fixed(ours * tonne, 3),
        "theirs": fixed(theirs * tonne, 3),
        "our_carbon": fixed(carbon, 1),
        "their_carbon": fixed(carbon * theirs / ours, 1),
        "farm": fixed(by_row["Construction"][0] * tonne, 3),
        "home": fixed(by_row["Residential: urban"][0] * tonne, 3),
        "coke": mt(sum(p.factor for p in held["coke"])),
        "gases": mt(sum(p.factor for p in held["coke_oven_gas"] + held["other_gas"])),
        "petroleum": mt(sum(p.difference for p in petroleum)),
        "our_petroleum": mt(sum(p.ours for p in petroleum)),
        "their_petroleum": mt(sum(p.published for p in petroleum)),
        "tar": fixed(v.implied("37", "other_coking_products") * factor("t", "10^4 t"), 2),
        "crude": fixed(v.implied("44", "crude_oil") * factor("t", "10^4 t"), 2),
    }


def carbon_oxidised(v: Validation, item: str) -> float:
    """Return carbon content × oxidation (tC/TJ) of an item, from the parameters of its factor."""
    row = next(r for r in v.rows if r["method"] == INVENTORY and r["item"] == item)
    values = [rulebook.load().values[name] for name in row["inputs"].split(SEPARATOR)]
    units = {"carbon_content": "tC/TJ", "oxidation": "1"}
    return math.prod(
        (value.number or 0.0) * factor(value.unit, units[kind])
        for value in values
        if (kind := value.id.partition("/")[0]) in units
    )
