"""Indicators over what the reporters booked: material ratios, growth of value added."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from math import fsum

from dafeng.explain import Node, condensed, told
from dafeng.findings import Finding
from dafeng.indicators.holdings import Holdings, Row, counted, end, silent, there
from dafeng.indicators.readings import Reading, named, reason_text
from dafeng.indicators.schema import Indicator
from dafeng.vocabulary import Text, flows, items

PERCENT = 100
_LATE = "not_reported"


def material_ratio(indicator: Indicator, held: Holdings, as_of: str, _first: int | None) -> Reading:
    """Return one quantity over another, in percent, as both are booked by the reporters.

    Who has a month missing is in it with what is booked, and counted in a finding.
    """
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
    words = _quotient(above, below)
    found = counted(indicator, year, top / bottom * PERCENT, "%", words, nodes)
    everyone, partial = _names((*above, *below)), _names(_partial((*above, *below)))
    values = {"partial": len(partial), "reporters": len(everyone)}
    notes = (Finding("ratio_partial", f"{indicator.id} {year}", values),) if partial else ()
    return replace(found, findings=notes)


def growth(indicator: Indicator, held: Holdings, as_of: str, first: int | None) -> Reading:
    """Return the mean yearly growth of a quantity from the year before ``first``, in percent.

    One set of reporters is compared: those with all months of both years that are on the list at
    the end of the period, where a list is named; how many are left out is a finding.
    """
    day, year = end(as_of)
    start = (first or year) - 1
    then, now, notes = _fixed_set(indicator, held, start, day)
    if not then or not now or year <= start:
        names = {name.rpartition(".")[2] for name in indicator.of}
        known = any(row["list"] in names for row in held.lists)
        known |= any(f"{row['item']}.{row['flow']}" in indicator.of for row in held.amounts)
        return replace(silent(year, indicator, *[_LATE] * known), findings=notes)
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
    return replace(counted(indicator, year, mean, "%", words, nodes), findings=notes)


def _fixed_set(
    indicator: Indicator, held: Holdings, start: int, day: str
) -> tuple[list[Row], list[Row], tuple[Finding, ...]]:
    """Return the amounts of a year and of that of a day, of those that are whole in both."""
    year = int(day[:4])
    then, now = (_listed(held, indicator.of, when, day) for when in (start, year))
    compared = (_names(then) & _names(now)) - _names(_partial((*then, *now)))
    counts = {"compared": len(compared), "left_out": len(_names((*then, *now)) - compared)}
    note = Finding("fixed_set", f"{indicator.id} {start}–{year}", counts)
    then, now = ([r for r in rows if r["reporter"] in compared] for rows in (then, now))
    return then, now, (note,) if counts["left_out"] else ()


def _listed(held: Holdings, wanted: tuple[str, ...], year: int, day: str) -> list[Row]:
    """Return amounts of a year, of a list those of who is on it on a day."""
    lists = {name.rpartition(".")[2] for name in wanted} & {row["list"] for row in held.lists}
    on = {r["subject"] for r in held.lists if r["list"] in lists and there(r, day)}
    rows = _amount(held, wanted, year)
    return [row for row in rows if row["flow"] not in lists or row["reporter"] in on]


def _partial(rows: Iterable[Row]) -> list[Row]:
    """Return the amounts of which a month may be missing."""
    return [row for row in rows if not row.get("whole", True)]


def _names(rows: Iterable[Row]) -> set[str]:
    return {row["reporter"] for row in rows}


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
