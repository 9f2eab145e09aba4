"""What stands beside what: labels of the tables, and what is known of single cells."""

from __future__ import annotations

from pathlib import Path

from dafeng.vocabulary import Text

MAPPING = Path(__file__).resolve().parents[3] / "examples" / "energy-balance-2007" / "map.yaml"

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
