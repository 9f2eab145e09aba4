"""Write docs/validation.md: results on real data beside the figures that others publish.

python docs/build_validation.py [--check] [--page FILE]

The data are read from DAFENG_TEST_DATA (by default ../shared beside the repository); they are not
part of it. With ``--check`` nothing is written; the exit code is 1 where the page is stale, 2
where there are no data.
"""

from __future__ import annotations

import argparse
import csv
import math
import os
import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import ibis
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dafeng import engine, ledger, rulebook
from dafeng.accounting import (
    SEPARATOR,
    Activity,
    accounts,
    compile_coefficients,
    prepare,
    spread_assignments,
)
from dafeng.vocabulary import Text, factor, items, regions
from dafeng.workspace import Workspace

REPO = Path(__file__).resolve().parent.parent
PAGE = REPO / "docs" / "validation.md"
MAPPING = REPO / "examples" / "energy-balance-2007" / "map.yaml"

PHYSICAL = Path("data/china_energy_balance_2007/energy_balance_physical_2007.csv")
STANDARD_COAL = Path("data/china_energy_balance_2007/national_energy_balance_tce_2007.csv")
TOTALS = Path("data/china_province_co2/province_totals_co2_1997_2019.csv")
BY_SOURCE = Path("data/china_province_co2/province_sector_source_co2_1997_2019.parquet")

YEAR = 2007
NATION = "00"
PROVINCES = ("11", "13", "14", "21", "32", "37", "42", "44", "51")
INVENTORY = "regional-balance-2007"
SUPPLY = "regional-energy-supply-2007"
CONSUMPTION = "regional-energy-consumption-2007"

# --- What stands beside what: labels of the tables and what is known of single cells ----------

TCE_UNIT = "10^4 tce"
TCE_TOLERANCE = 0.01  # 10^4 tce
TCE_FUELS = (
    "Cleaned coal", "Coke", "Crude oil", "Gasoline", "Kerosene", "Diesel oil", "Fuel oil", "LPG",
    "Refinery gas", "Natural gas", "Electricity",
)  # fmt: skip
"""Products whose two national tables agree cell by cell."""

TCE_NAMED: dict[tuple[str, str], Text] = {
    ("Export (-)", "Kerosene"): Text(
        zh="标准量表漏印负号", en="printed without its minus sign in standard coal"
    ),
    ("Refuelling in China of foreign aircraft and ships (-)", "Kerosene"): Text(
        zh="标准量表漏印负号", en="printed without its minus sign in standard coal"
    ),
    ("Industry: non-energy use (feedstock)", "Fuel oil"): Text(
        zh="两表不一致：标准量为实物量折算值的 0.81 倍",
        en="the tables disagree: standard coal is 0.81 of what the quantity gives",
    ),
    ("Stock change", "LPG"): Text(
        zh="两表的尾数不一致", en="the tables disagree in the last digits"
    ),
}
"""The only cells of these products that differ by more than the tolerance, and why."""

SOURCES = {
    "Raw coal": "raw_coal",
    "Cleaned coal": "cleaned_coal",
    "Other washed coal": "other_washed_coal",
    "Briquettes": "briquettes",
    "Coke": "coke",
    "Coke oven gas": "coke_oven_gas",
    "Other gas": "other_gas",
    "Other coking products": "other_coking_products",
    "Crude oil": "crude_oil",
    "Gasoline": "gasoline",
    "Kerosene": "kerosene",
    "Diesel oil": "diesel",
    "Fuel oil": "fuel_oil",
    "LPG": "lpg",
    "Refinery gas": "refinery_gas",
    "Other petroleum products": "other_petroleum",
    "Natural gas": "natural_gas",
}
"""Source of the published inventory → our item."""

UNMAPPED_SOURCES = {
    "Process": Text(
        zh="水泥等工业过程排放，不在 `fossil_mt_co2` 内，能源平衡表也没有",
        en="industrial processes (cement), outside `fossil_mt_co2` and not in an energy balance",
    ),
}
UNMAPPED_ITEMS = {
    "heat": Text(zh="排放计在供热投入", en="counted at the input to heating supply"),
    "electricity": Text(zh="排放计在火力发电投入", en="counted at the input to thermal power"),
    "other_energy": Text(
        zh="清单无此来源，方法也不计其排放",
        en="no source of the inventory; no emission by the method",
    ),
}
SECTORS = {
    "Farming, Forestry, Animal Husbandry, Fishery and Water Conservancy": (
        "Farming, forestry, animal husbandry, fishery and water conservancy"
    ),
    "Construction": "Construction",
    "Transportation, Storage, Post and Telecommunication Services": "Transport, storage and post",
    "Wholesale, Retail Trade and Catering Services": "Wholesale, retail, hotel and restaurants",
    "Others": "Other sectors",
    "Urban": "Residential: urban",
    "Rural": "Residential: rural",
}
"""Sector of the inventory → row of the balance. The 40 branches of industry have one row there."""

SAME = 0.001
"""Ratios that differ by less, relatively, are the same factor."""

LARGEST = 10
"""Activity parts that are listed one by one."""

# --- Reading ----------------------------------------------------------------------------------


def read_csv(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_csv(path: Path, rows: Sequence[Mapping[str, str]]) -> Path:
    """Write rows as a CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


@dataclass(frozen=True)
class Data:
    """The published tables as read.

    Attributes:
        balance: the physical balances, one row per printed cell.
        standard_coal: (row, fuel) of the national balance in standard coal → 10^4 tce.
        totals: province → Mt CO2 of fossil fuels, as published.
        by_sector: (province, sector, source) → g CO2.
    """

    balance: list[dict[str, str]]
    standard_coal: dict[tuple[str, str], float]
    totals: dict[str, float]
    by_sector: dict[tuple[str, str, str], int]

    @classmethod
    def read(cls, folder: Path) -> Data:
        """Read the tables of a folder."""
        held = pq.ParquetFile(folder / BY_SOURCE).read()
        held = held.filter(pc.equal(held["year"], YEAR))
        return cls(
            read_csv(folder / PHYSICAL),
            {(r["row"], r["fuel"]): float(r["value"]) for r in read_csv(folder / STANDARD_COAL)},
            {
                row["province_code"]: float(row["fossil_mt_co2"])
                for row in read_csv(folder / TOTALS)
                if row["year"] == str(YEAR)
            },
            {
                (row["province_code"], row["sector"], row["source"]): grams(row["mt_co2"])
                for row in held.to_pylist()
                if row["province_code"] in PROVINCES
            },
        )

    def published(self) -> dict[tuple[str, str], int]:
        """Return g CO2 by province and our item."""
        sums: Counter[tuple[str, str]] = Counter()
        for (province, _, source), amount in self.by_sector.items():
            if source in SOURCES:
                sums[province, SOURCES[source]] += amount
        return dict(sums)


def grams(megatonnes: float) -> int:
    """Return Mt as whole grams."""
    return round(megatonnes * factor("Mt", "g"))


def names() -> dict[str, str]:
    """Return the item of each fuel label that the mapping books."""
    held = ledger.read_mapping(MAPPING).items
    return {label: rule for label, rule in held.items() if isinstance(rule, str)}


# --- Import -----------------------------------------------------------------------------------


def imported(path: Path) -> ledger.Import:
    """Read a file of balances by the mapping."""
    return ledger.read_table(path, ledger.tables()["entries"], ledger.read_mapping(MAPPING))


def import_each(data: Data, folder: Path) -> dict[str, ledger.Import]:
    """Read the balance of each region alone, by way of files in ``folder``."""
    codes = dict.fromkeys(row["region_code"] for row in data.balance)
    return {
        code: imported(
            write_csv(
                folder / f"{code}.csv", [row for row in data.balance if row["region_code"] == code]
            )
        )
        for code in codes
    }


# --- Standard coal ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """A cell of the national balance, converted and as printed, in 10^4 tce."""

    row: str
    fuel: str
    computed: float
    printed: float

    @property
    def differs(self) -> bool:
        """Whether the two are apart by more than the tolerance."""
        return abs(self.computed - self.printed) > TCE_TOLERANCE


def standard_coal(rules: rulebook.Rulebook, method: str, flow: str) -> dict[str, float]:
    """Return g standard coal per unit of each item, as the accounting compiles it."""
    wanted = [
        Activity(method, item, flow, basis, "final")
        for item in names().values()
        for basis in ("consumption", "purchase")
    ]
    rows = compile_coefficients(rules, wanted, [str(YEAR)], [NATION]).to_pylist()
    return {row["item"]: row["coefficient"] for row in rows}


def cells(data: Data, coefficients: Mapping[str, float]) -> list[Cell]:
    """Convert the cells of the national balance that both of its tables print."""
    known, found = names(), []
    for row in data.balance:
        place = (row["row"], row["fuel"])
        if row["region_code"] != NATION or row["fuel"] not in known:
            continue
        if place in data.standard_coal:
            item = known[row["fuel"]]
            amount = float(row["value"]) * factor(row["unit"], items()[item].unit)
            computed = amount * coefficients[item] * factor("gce", TCE_UNIT)
            found.append(Cell(*place, computed, data.standard_coal[place]))
    return found


# --- CO2 --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Own:
    """Our emission (g CO2) of a fuel in a province and the quantity it comes from."""

    grams: int
    quantity: float


def workspace(data: Data, folder: Path) -> Workspace:
    """Take the balances into a workspace, with the methods of provinces and nation."""
    held = Workspace.create(folder / "balance")
    reporters = [
        {"reporter": code, "kind": "region", "name_zh": regions()[code].name.zh, "region": code}
        for code in (NATION, *PROVINCES)
    ]
    methods = [(code, INVENTORY, "inventory") for code in PROVINCES]
    methods += [(NATION, method, "energy") for method in (SUPPLY, CONSUMPTION)]
    assigned = [{"reporter": r, "method": m, "purpose": p} for r, m, p in methods]
    held.import_file(write_csv(folder / "reporters.csv", reporters), table="reporters")
    held.import_file(write_csv(folder / "assignments.csv", assigned), table="assignments")
    held.import_file(write_csv(folder / "balances.csv", data.balance), mapping=MAPPING)
    return held


def account_rows(held: Workspace) -> list[dict[str, Any]]:
    """Return the rows of the accounts of a workspace, one per entry and term."""
    backend = engine.connect()
    table = {
        name: backend.put(name, held.table(name))
        for name in ("measured", "reporters", "facilities")
    }
    spread = ibis.memtable(spread_assignments(held.table("assignments").to_pylist(), [YEAR]))
    entries = backend.put("entries", ledger.current(held.table("entries")))
    rows = prepare(held.rules, entries, table["reporters"], table["facilities"], spread)
    rows = backend.keep("prepared", rows)
    computed = accounts(held.rules, rows, table["measured"]).order_by(["method", "term", "entry"])
    found: list[dict[str, Any]] = backend.fetch(computed).to_pylist()
    return found


def own(rows: Iterable[dict[str, Any]]) -> dict[tuple[str, str], Own]:
    """Sum the inventory method's rows by province and item."""
    parts: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        if row["method"] == INVENTORY:
            parts.setdefault((row["reporter"], row["item"]), []).append(row)
    return {
        place: Own(
            sum(row["grams"] for row in held),
            math.fsum(row["sign"] * row["amount"] for row in held),
        )
        for place, held in parts.items()
    }


@dataclass(frozen=True)
class Part:
    """The difference of a fuel in a province, ours less the published one, in g CO2.

    Attributes:
        factor: our quantity × (our factor − the inventory's factor).
        activity: our quantity × the inventory's factor − the inventory's emission.
        apart: the whole difference where only one side counts the fuel.
    """

    province: str
    item: str
    ours: int
    published: int
    factor: int = 0
    activity: int = 0
    apart: int = 0

    @property
    def difference(self) -> int:
        """Ours less the published emission."""
        return self.ours - self.published


def ratios(
    mine: Mapping[tuple[str, str], Own], published: Mapping[tuple[str, str], int]
) -> dict[str, dict[str, float]]:
    """Return item → province → published emission over our quantity, where both count it."""
    found: dict[str, dict[str, float]] = {}
    for item in SOURCES.values():
        for province in PROVINCES:
            held, other = mine.get((province, item)), published.get((province, item), 0)
            if held and held.quantity > 0 and other > 0:
                found.setdefault(item, {})[province] = other / held.quantity
    return found


def split(
    mine: Mapping[tuple[str, str], Own], published: Mapping[tuple[str, str], int]
) -> list[Part]:
    """Split the differences into factor and activity; whole grams, so that they add up exactly."""
    both_count, found = ratios(mine, published), []
    for item, province in product(SOURCES.values(), PROVINCES):
        given = both_count.get(item, {})
        held = mine.get((province, item), Own(0, 0.0))
        other = published.get((province, item), 0)
        if province in given:
            between = round(held.quantity * statistics.median(given.values()))
            parts = {"factor": held.grams - between, "activity": between - other}
        else:
            parts = {"apart": held.grams - other}
        if held.grams or other:
            found.append(Part(province, item, held.grams, other, **parts))
    return found


def sector_ratios(data: Data, source: str) -> dict[str, list[float]]:
    """Return row of the balance → g CO2 per unit in each province, where both tables have it."""
    item = items()[SOURCES[source]]
    printed = {
        (row["region_code"], row["row"]): float(row["value"]) * factor(row["unit"], item.unit)
        for row in data.balance
        if row["fuel"] == source
    }
    return {
        row: [
            data.by_sector[province, sector, source] / printed[province, row]
            for province in PROVINCES
            if (province, sector, source) in data.by_sector and printed.get((province, row))
        ]
        for sector, row in SECTORS.items()
    }


# --- All together -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Validation:
    """Everything that the page says."""

    data: Data
    whole: ledger.Import
    each: dict[str, ledger.Import]
    cells: list[Cell]
    rows: list[dict[str, Any]]
    own: dict[tuple[str, str], Own]
    published: dict[tuple[str, str], int]
    ratios: dict[str, dict[str, float]]
    parts: list[Part]
    accounted: dict[tuple[str, str], int]

    def median(self, item: str) -> float:
        """Return the inventory's factor of an item: g CO2 per unit."""
        return statistics.median(self.ratios[item].values())

    def implied(self, province: str, item: str) -> float:
        """Return the quantity that leads to the inventory's emission by its own factor."""
        return self.published[province, item] / self.median(item)

    def factor(self, item: str) -> float:
        """Return our factor of an item: g CO2 per unit, one for all provinces and uses."""
        (found,) = {
            row["coefficient"]
            for row in self.rows
            if row["method"] == INVENTORY and row["item"] == item
        }
        return float(found)


def validate(folder: Path) -> Validation:
    """Compute everything from the data in ``folder``."""
    data = Data.read(folder)
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        each = import_each(data, place)
        held = workspace(data, place)
        rows = account_rows(held)
        totals = {(a.reporter, a.method): a.grams or 0 for a in held.account().lines}
    mine, published = own(rows), data.published()
    coefficients = standard_coal(rulebook.load(), CONSUMPTION, "consumed")
    return Validation(
        data,
        imported(folder / PHYSICAL),
        each,
        cells(data, coefficients),
        rows,
        mine,
        published,
        ratios(mine, published),
        split(mine, published),
        totals,
    )


# --- The page ---------------------------------------------------------------------------------

Lines = Iterator[str]
NOTE = "<!-- Written by docs/build_validation.py from external data; do not edit. -->"
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


READING = (
    Text(
        zh="差异主要来自原煤的因子：因子部分 {coal} 百万吨，净差 {difference} 百万吨。"
        "本软件 {ours} t/t = 20,908 kJ/kg × 烟煤 26.1 tC/TJ × 98 % × 44/12；"
        "清单中位数 {theirs} t/t，按同一热值相当于含碳量 × 氧化率 {their_carbon} tC/TJ，"
        "本软件为 {our_carbon}。",
        en="Most of it is the factor of raw coal: its factor part is {coal} Mt, the net difference "
        "{difference} Mt. Ours, {ours} t/t, is 20,908 kJ/kg × 26.1 tC/TJ of bituminous coal × 98 % "
        "× 44/12; the inventory's median, {theirs} t/t, is carbon × oxidation of {their_carbon} "
        "tC/TJ at the same calorific value, where ours is {our_carbon}.",
    ),
    Text(
        zh="第5节表明清单的原煤因子分部门而不分省：农业、建筑业 {farm}，交通、商业、其他、生活 "
        "{home}；本软件各用途氧化率同为 98 %，规则库已注明偏高（oxidation-2007）。"
        "所以原煤的活动部分（{coal_activity} 百万吨）也含部门构成之差；"
        "热值、含碳量、氧化率各占多少，这些数字分不开。",
        en="Section 5 shows that the inventory's factor of raw coal depends on the sector and not "
        "on the province: {farm} in farming and construction, {home} in transport, trade, other "
        "sectors and households. Ours has 98 % oxidation in every use, which the rulebook says is "
        "on the high side (oxidation-2007). The activity part of raw coal ({coal_activity} Mt) "
        "therefore holds the mix of sectors too; how much of the factor is calorific value, carbon "
        "or oxidation cannot be told from these figures.",
    ),
    Text(
        zh="焦炭同向（因子部分 {coke} 百万吨）；焦炉煤气和其他煤气反向（{gases} 百万吨）：本软件"
        "取2013年企业指南的含碳量，清单的因子高约一半。",
        en="Coke goes the same way (factor part {coke} Mt), the two coal gases the other way "
        "({gases} Mt): our carbon content is that of the 2013 enterprise guidelines, and the "
        "inventory's factors are higher by about a half.",
    ),
    Text(
        zh="汽油、煤油、柴油、其他煤气、炼厂干气的比值各省相同：清单所计的量即本方法所计的量"
        "（终端消费扣除非能源使用，加火电与供热投入），差异全在因子，双方都不计转换损失。",
        en="The ratios of gasoline, kerosene, diesel, other gas and refinery gas are the same in "
        "every province that has them: the inventory counts the quantities that this method counts "
        "(final consumption less non-energy use, plus inputs to power and heating), the difference "
        "is all factor, and neither side counts losses of transformation there.",
    ),
    Text(
        zh="其他石油制品相反：各省比值无一相同，中位数不是因子，上表的因子部分没有因子的含义。"
        "清单几乎不计（{their_petroleum} 百万吨，本软件 {our_petroleum}），所差 {petroleum} "
        "百万吨是所计的量不同。",
        en="Other petroleum products are the opposite: no ratio repeats, the median is no factor, "
        "and neither is the factor part above. The inventory hardly counts them "
        "({their_petroleum} Mt, ours {our_petroleum}); the difference of {petroleum} Mt is one of "
        "the quantity that is counted.",
    ),
    Text(
        zh="两处活动差异可由平衡表认出：山东其他焦化产品，印刷的终端消费量 16.78 与其工业行 69.94"
        "（万吨）矛盾，导入时已有警告，清单相当于取 {tar}；广东原油，清单相当于取 {crude} 万吨，"
        "即终端消费量未扣非能源使用 4.87。其余活动差异的原因这些数字看不出。",
        en="Two activity parts can be recognised in the balance. Shandong's other coking products: "
        "the printed final consumption, 16.78, contradicts its own industry row, 69.94 (10⁴ t), "
        "as the import warns; the inventory comes to {tar}. Guangdong's crude oil: the inventory "
        "comes to {crude} × 10⁴ t, the final consumption without taking off the non-energy use of "
        "4.87. Causes of the others do not show in these figures.",
    ),
)


def page(v: Validation) -> str:
    """Return the page."""
    lines = [NOTE, "", "# 与公布数字对照 Validation against published figures", ""]
    lines += said(
        "本页由 `python docs/build_validation.py` 从外部数据（`DAFENG_TEST_DATA`）算出，"
        "`--check` 检查是否过时。数据不随本仓库发布：《中国能源统计年鉴2008》表 4-1、4-2、6-1 至 "
        "6-30（国家统计局、国家能源局）；CEADs 1997–2019 年 30 省排放清单（Shan et al. 2016, 2018, "
        "2020；Guan et al. 2021）。公布的数字如实列出，不为吻合而调整。",
        "This page is computed by `python docs/build_validation.py` from external data "
        "(`DAFENG_TEST_DATA`); `--check` tells whether it is stale. The data are not part of the "
        "repository: China Energy Statistical Yearbook 2008, tables 4-1, 4-2 and 6-1 to 6-30 "
        "(National Bureau of Statistics, National Energy Administration); CEADs emission "
        "inventories of 30 provinces, 1997–2019 (Shan et al. 2016, 2018, 2020; Guan et al. 2021). "
        "What comes out is published as it is; nothing is tuned to agree.",
    )
    for section in (counts, coal_equivalent, provinces, fuels, sectors, reading):
        lines += section(v)
    return "\n".join(lines).rstrip() + "\n"


def main() -> int:
    """Write the page, or check it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if stale")
    parser.add_argument("--page", type=Path, default=PAGE, help="where the page stands")
    given = parser.parse_args()
    folder = Path(os.environ.get("DAFENG_TEST_DATA") or REPO.parent / "shared")
    if not (folder / PHYSICAL).is_file():
        sys.stderr.write(f"no external data in {folder}; set DAFENG_TEST_DATA\n")
        return 2
    text = page(validate(folder))
    if not given.check:
        given.page.write_text(text, encoding="utf-8", newline="\n")
        return 0
    if given.page.is_file() and given.page.read_text(encoding="utf-8") == text:
        return 0
    sys.stderr.write(f"stale: {given.page}; run: python docs/build_validation.py\n")
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
