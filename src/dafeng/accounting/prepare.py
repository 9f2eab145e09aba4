"""Completes ledger rows for the join: unit factor, year, basis, use, region, method."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa

from dafeng.accounting.joins import looked_up
from dafeng.rulebook import Rulebook, province_of
from dafeng.vocabulary import Fault, basis, factor, items, period, regions

if TYPE_CHECKING:
    import ibis.expr.types as ir

NORMAL_VOLUME = "normal_volume/normal-volume/all"
"""Id of the rule that leads from Nm3 to m3."""

PREPARED = (
    "reporter",
    "facility",
    "period",
    "item",
    "flow",
    "use",
    "product",
    "quantity",
    "unit",
    "source",
    "mark",
    "entry",
)


def prepare(
    rules: Rulebook,
    entries: ir.Table,
    reporters: ir.Table,
    facilities: ir.Table,
    assignments: ir.Table,
) -> ir.Table:
    """Return the entries with what the join needs, once per assigned method.

    Args:
        rules: the rulebook, for the rule that leads from normal to statistical cubic metres.
        entries: ledger columns and ``entry``, the id of the row; ``books_purchases`` (whether the
            item is bought in the year, at the same place) where not all rows of the year are there.
        reporters: reporter, region.
        facilities: reporter, facility, type.
        assignments: reporter, facility, year, method, purpose (see ``spread_assignments``).

    Returns:
        ``entries`` with ``year, amount`` (quantity in the item's unit), ``basis, use, region,
        method, purpose``. A row without a method keeps an empty one.
    """
    units = ibis.memtable(_unit_factors(rules, entries))
    periods = ibis.memtable(_years(entries))
    kinds = ibis.memtable(
        pa.table(
            {
                "item": list(items()),
                "regional": [item.regional for item in items().values()],
                "always_purchase": [i.kind in basis().purchase_kinds for i in items().values()],
            }
        )
    )
    places = ibis.memtable(_factor_regions(reporters))
    rows = (
        entries.inner_join(units, ["item", "unit"])
        .inner_join(periods, "period")
        .inner_join(kinds, "item")
    )
    rows = looked_up(rows, places, ["reporter"])
    types = facilities.select("reporter", "facility", "type")
    rows = looked_up(rows, types, ["reporter", "facility"])
    rows = rows.mutate(
        amount=rows.quantity * rows.unit_factor,
        use=ibis.ifelse(rows.use == "", rows.type.fill_null(""), rows.use),
        region=ibis.ifelse(rows.regional, rows.factor_region.fill_null(""), ""),
    )
    if "books_purchases" not in rows.columns:
        keys = ("reporter", "facility", "item", "year")
        bought = rows.filter(rows.flow.isin(basis().purchase_flows)).select(*keys).distinct()
        rows = looked_up(rows, bought.mutate(books_purchases=True), keys)
    purchased = rows.always_purchase | rows.books_purchases.fill_null(False)  # noqa: FBT003  ibis
    rows = rows.mutate(basis=ibis.ifelse(purchased, "purchase", "consumption"))
    rows = looked_up(rows, assignments, ["reporter", "facility", "year"])
    return rows.select(
        *PREPARED,
        "year",
        "amount",
        "basis",
        "region",
        method=rows.method.fill_null(""),
        purpose=rows.purpose.fill_null(""),
    )


def spread_assignments(rows: Sequence[dict[str, Any]], years: Iterable[int]) -> pa.Table:
    """Spread dated assignments over reporting years, so that the join is one of equality.

    A method stands once for a reporter and year, whatever it is used for, so that no entry is
    counted twice: ``purpose`` lists all purposes as ``|energy|inventory|``.
    """
    names = ("reporter", "facility", "year", "method")
    purposes: dict[tuple[str, ...], set[str]] = {}
    for year in years:
        for row in rows:
            if _covers(row, year):
                key = (row["reporter"], row["facility"] or "", str(year), row["method"])
                purposes.setdefault(key, set()).add(row["purpose"] or "")
    found = [
        dict(zip(names, key, strict=True)) | {"purpose": f"|{'|'.join(sorted(listed))}|"}
        for key, listed in purposes.items()
    ]
    schema = pa.schema([(name, pa.string()) for name in (*names, "purpose")])
    return pa.Table.from_pylist(found, schema)


def _covers(row: dict[str, Any], year: int) -> bool:
    first, last = row.get("first"), row.get("last")
    return (not first or int(str(first)[:4]) <= year) and (not last or year <= int(str(last)[:4]))


def _unit_factors(rules: Rulebook, entries: ir.Table) -> pa.Table:
    """Distinct (item, unit) with the factor to the item's own unit."""
    pairs = entries.select("item", "unit").distinct().to_pyarrow().to_pylist()
    for pair in pairs:
        pair["unit_factor"] = _unit_factor(rules, pair["item"], pair["unit"])
    return pa.Table.from_pylist(
        pairs,
        pa.schema([("item", pa.string()), ("unit", pa.string()), ("unit_factor", pa.float64())]),
    )


def _unit_factor(rules: Rulebook, item: str, unit: str) -> float:
    """Return the factor to the item's unit; normal cubic metres go through the stated rule."""
    wanted = items()[item].unit
    try:
        return factor(unit, wanted)
    except Fault as fault:
        rule = rules.values.get(NORMAL_VOLUME)
        if rule is None or rule.number is None or fault.code != "unit_mismatch":
            raise fault.at(f"{item} [{unit}]") from fault
        normal, _, statistical = rule.unit.partition("/")
        try:
            return factor(unit, normal) / rule.number * factor(statistical, wanted)
        except Fault:
            raise fault.at(f"{item} [{unit}]") from fault


def _years(entries: ir.Table) -> pa.Table:
    labels = entries.select("period").distinct().to_pyarrow()["period"].to_pylist()
    return pa.table(
        {"period": labels, "year": [str(period(label).year) for label in labels]},
        schema=pa.schema([("period", pa.string()), ("year", pa.string())]),
    )


def _factor_regions(reporters: ir.Table) -> pa.Table:
    """Map each reporter to the province whose factor it takes."""
    rows = reporters.select("reporter", "region").distinct().to_pyarrow()
    known = {
        label: province_of(label) if label in regions() else ""
        for label in rows["region"].unique().to_pylist()
    }
    return pa.table(
        {
            "reporter": rows["reporter"],
            "factor_region": pa.array([known[label] for label in rows["region"].to_pylist()]),
        },
        schema=pa.schema([("reporter", pa.string()), ("factor_region", pa.string())]),
    )
