"""Indicators over what the reporters booked: material ratios, growth of value added."""

from __future__ import annotations

from math import fsum

from dafeng.explain import Node, condensed, told
from dafeng.indicators.holdings import Holdings, Row, counted, end, silent
from dafeng.indicators.readings import Reading, named, reason_text
from dafeng.indicators.schema import Indicator
from dafeng.vocabulary import Text, flows, items

PERCENT = 100
_LATE = "not_reported"


def material_ratio(indicator: Indicator, held: Holdings, as_of: str, _first: int | None) -> Reading:
    """Return one quantity over another, in percent, as both are booked by the reporters."""
    _, year = end(as_of)
    above, below = (_amount(held, wanted, year) for wanted in (indicator.of, indicator.over))
    if not below or not above:
        made = {name.partition(".")[0] for name in indicator.over}
        known = any(f"{row['item']}.{row['flow']}" in indicator.over for row in held.amounts)
        known |= any(row["product"] in made for row in held.lines)
        return silent(year, indicator, *[_LATE] * known)
    top, bottom = _sum(above), _sum(below)
    if not bottom > 0:
        return Reading(None, str(year), "%", "not_computable", reason_text("no_divisor"))
    nodes = (*_nodes(held, above), *_nodes(held, below))
    return counted(indicator, year, top / bottom * PERCENT, "%", _quotient(above, below), nodes)


def growth(indicator: Indicator, held: Holdings, as_of: str, first: int | None) -> Reading:
    """Return the mean yearly growth of a quantity from the year before ``first``, in percent."""
    _, year = end(as_of)
    start = (first or year) - 1
    then, now = (_amount(held, indicator.of, when) for when in (start, year))
    if not then or not now or year <= start:
        names = {name.rpartition(".")[2] for name in indicator.of}
        known = any(row["list"] in names for row in held.lists)
        known |= any(f"{row['item']}.{row['flow']}" in indicator.of for row in held.amounts)
        return silent(year, indicator, *[_LATE] * known)
    if len({row.get("basis", "") for row in (*then, *now)}) > 1:
        return Reading(None, str(year), "%", "not_computable", reason_text("mixed_prices"))
    top, bottom = _sum(now), _sum(then)
    if not bottom > 0:
        return Reading(None, str(year), "%", "not_computable", reason_text("no_divisor"))
    mean = (float(top / bottom) ** (1 / (year - start)) - 1) * PERCENT
    nodes = (*_nodes(held, then), *_nodes(held, now))
    plain = _quotient(now, then)
    words = Text(
        zh=f"({plain.zh})^(1/{year - start}) − 1", en=f"({plain.en})^(1/{year - start}) − 1"
    )
    return counted(indicator, year, mean, "%", words, nodes)


def _amount(held: Holdings, wanted: tuple[str, ...], year: int) -> list[Row]:
    """Return the amounts named ``item.flow`` of a year."""
    return [r for r in held.amounts if f"{r['item']}.{r['flow']}" in wanted and r["year"] == year]


def _sum(rows: list[Row]) -> float:
    """Add amounts; the order does not matter."""
    return fsum(row["quantity"] for row in rows)


def _nodes(held: Holdings, rows: list[Row]) -> tuple[Node, ...]:
    """Return a node per item, flow and year with those behind it; unlike amounts are not added."""
    groups: dict[tuple[str, str, int], list[Row]] = {}
    for row in rows:
        groups.setdefault((row["item"], row["flow"], row["year"]), []).append(row)
    return tuple(_node(held, *key, own) for key, own in groups.items())


def _node(held: Holdings, item: str, flow: str, year: int, rows: list[Row]) -> Node:
    name, unit = items()[item].name, items()[item].unit
    how = flows()[flow].name if flow in flows() else named(flow)
    ref = f"{item}.{flow}/{year}"
    return Node(
        "formula",
        ref,
        Text(zh=f"{year} 年{name.zh}（{how.zh}）", en=f"{name.en} ({how.en}) {year}"),
        _sum(rows),
        unit,
        children=condensed(
            Node(
                "entry",
                f"{ref}/{row['reporter']}",
                held.called(row, "reporter"),
                float(row["quantity"]),
                unit,
                row.get("mark", ""),
                detail=_rows(row),
            )
            for row in rows
        ),
    )


def _rows(row: Row) -> Text | None:
    """Say which rows of the books an amount was added up from."""
    if not row.get("entry"):
        return None
    count, entry = row["rows"], row["entry"]
    if count == 1:
        return Text(zh=f"记录 {entry}", en=f"entry {entry}")
    return Text(zh=f"{count} 条记录，自 {entry} 起", en=f"{count} entries from {entry}")


def _quotient(above: list[Row], below: list[Row]) -> Text:
    """Write one amount over another, as people read them."""
    top, bottom = (told(_sum(own), items()[own[0]["item"]].unit) for own in (above, below))
    return Text(zh=f"{top.zh} ÷ {bottom.zh}", en=f"{top.en} / {bottom.en}")
