"""The published tables as they are read and imported."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from builders.validation.labels import (
    BY_SOURCE,
    MAPPING,
    PHYSICAL,
    PROVINCES,
    SOURCES,
    STANDARD_COAL,
    TOTALS,
    YEAR,
)
from dafeng import ledger
from dafeng.vocabulary import factor


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
