"""History by sector from the books: of the enterprises that reported whole in every year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa

from dafeng.accounting import PURPOSES, inside, rounded, whole_sum
from dafeng.findings import Finding
from dafeng.indicators import makers
from dafeng.outlook import SectorTable, sector_table
from dafeng.vocabulary import Fault, Text, sectors
from dafeng.workspace.reporters import VALUE_ADDED, mark_at, ranks_of

if TYPE_CHECKING:
    from dafeng.workspace.books import Books

Row = dict[str, Any]
Key = tuple[str, str]
BOUNDARY, PROCESS, WHOLE_REGION = "consumption", "process", "all"
_UNITS = {"energy": "gce", "emission": "gCO2e"}
_SOURCE = "ledger"


def history_of_books(books: Books, region: str | None) -> tuple[SectorTable, list[Finding]]:
    """Sum the books by sector, item and year.

    Only enterprises count that were whole in every year (no month missing, one method, value added
    on one price basis), so that years are never compared over different sets of firms. Makers of
    power and heat are left out; electricity is with its users (boundary ``consumption``).

    Args:
        books: the ledger, joined to the rules.
        region: the region that the history is said to be of.

    Raises:
        Fault: ``books_history`` where no enterprise is whole in two years or more.
    """
    firms = {
        row["reporter"]: row["sector"]
        for row in books.reporters()
        if row["kind"] == "enterprise" and row["sector"] not in makers()
    }
    amounts = {measure: _amounts(books, measure) for measure in _UNITS}
    added = _value_added(books)
    years = sorted({year for rows in amounts.values() for _, year in rows})
    whole = [name for name in firms if _whole(books, name, years, amounts, added)]
    if not whole or len(years) <= 1:
        reason = Text(zh="没有每年都报全的企业", en="no enterprise reported whole in every year")
        raise Fault("books_history", reason=reason)
    rows = list(_rows(firms, whole, years, amounts, added, region or WHOLE_REGION))
    values = {"kept": len(whole), "firms": len(firms), "years": f"{years[0]}-{years[-1]}"}
    return sector_table(rows), [Finding("history_fixed_set", region or "", values)]


def _amounts(books: Books, measure: str) -> dict[Key, dict[str, tuple[int, int, bool]]]:
    """Return grams, rank of the mark and whether whole: (reporter, year) → item."""
    plants = ibis.memtable(pa.table({"reporter": pa.array([], pa.string())}))
    rows = inside(books.rows, measure, BOUNDARY, plants).join(ranks_of(books), ["inputs", "mark"])
    rows = rows.filter(rows.memo == "")
    sums = rows.group_by(["reporter", "year", "item"]).aggregate(
        grams=whole_sum(rows.grams), missing=rows.grams.isnull().any(), rank=rows["rank"].max()
    )
    found: dict[Key, dict[str, tuple[int, int, bool]]] = defaultdict(dict)
    for row in books.fetch(sums):
        part = (row["grams"] or 0, row["rank"], not row["missing"])
        found[(row["reporter"], row["year"])][row["item"]] = part
    return dict(found)


def _value_added(books: Books) -> dict[Key, tuple[int, str]]:
    """Return value added in yuan and its price basis; two bases in a year are none."""
    rows = books.prepared
    rows = rows.filter(
        (rows.item == VALUE_ADDED) & (rows.flow == "produced") & (rows.facility == "")
    )
    rows = rows.select("reporter", "year", "product", "entry", "amount").distinct()
    sums = rows.group_by(["reporter", "year"]).aggregate(
        yuan=whole_sum(rounded(rows.amount)),
        bases=rows["product"].nunique(),
        basis=rows["product"].max(),
    )
    found = books.fetch(sums.filter(sums.bases == 1))
    return {(row["reporter"], row["year"]): (row["yuan"], row["basis"]) for row in found}


def _whole(
    books: Books,
    name: str,
    years: list[str],
    amounts: dict[str, dict[Key, dict[str, tuple[int, int, bool]]]],
    added: dict[Key, tuple[int, str]],
) -> bool:
    """Whether an enterprise reported all of every year, on one price basis."""
    keys = [(name, year) for year in years]
    if any(key not in added or key in books.gaps() for key in keys):
        return False
    for measure, held in amounts.items():
        if any(key not in held or books.unsettled(*key, PURPOSES[measure]) for key in keys):
            return False
        if not all(known for key in keys for _, _, known in held[key].values()):
            return False
    return len({added[key][1] for key in keys}) == 1


def _rows(
    firms: dict[str, str],
    whole: list[str],
    years: list[str],
    amounts: dict[str, dict[Key, dict[str, tuple[int, int, bool]]]],
    added: dict[Key, tuple[int, str]],
    region: str,
) -> Iterator[Row]:
    """Yield rows of the sector table; an item that a sector does not use in a year is zero."""
    fuels = {item for key in amounts["energy"] for item in amounts["energy"][key]}
    sums: dict[tuple[str, str, str], dict[str, int]] = {}
    ranks: dict[tuple[str, str, str], int] = {}
    for name in whole:
        for year in years:
            activity = sums.setdefault((firms[name], "", "activity"), dict.fromkeys(years, 0))
            activity[year] += added[(name, year)][0]
            for measure, held in amounts.items():
                for item, (grams, rank, _) in held[(name, year)].items():
                    key = (firms[name], item if item in fuels else PROCESS, measure)
                    sums.setdefault(key, dict.fromkeys(years, 0))[year] += grams
                    ranks[key] = max(ranks.get(key, rank), rank)
    worst = max(ranks.values())
    for (sector, fuel, measure), by_year in sums.items():
        for year, value in by_year.items():
            yield {
                "region": region,
                "sector": sector,
                "group": sectors()[sector].parent or "",
                "fuel": fuel,
                "year": year,
                "measure": measure,
                "value": float(value),
                "unit": _UNITS.get(measure, "yuan"),
                "source": _SOURCE,
                "mark": mark_at(ranks.get((sector, fuel, measure), worst)),
                "place": f"{_SOURCE}/{sector}/{fuel}/{year}",
            }
