"""Our figures beside the published ones, and what makes the difference."""

from __future__ import annotations

import math
import statistics
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import ibis

from builders.validation.data import Data, import_each, imported, names, write_csv
from builders.validation.labels import (
    CONSUMPTION,
    INVENTORY,
    MAPPING,
    NATION,
    PHYSICAL,
    PROVINCES,
    SECTORS,
    SOURCES,
    SUPPLY,
    TCE_TOLERANCE,
    TCE_UNIT,
    YEAR,
)
from dafeng import engine, ledger, rulebook
from dafeng.accounting import (
    Activity,
    accounts,
    compile_coefficients,
    prepare,
    spread_assignments,
)
from dafeng.vocabulary import factor, items, regions
from dafeng.workspace import Workspace

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
