"""Indicators that count what there is: lists, capacity lines, projects, plants, material ratios.

The tables come from the books of reporters; dates are text (``2025-12-31``) and compare as text.
A row without a first day has been there from the start; one without a last day is still there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from dafeng.explain import Node, condensed
from dafeng.findings import Finding
from dafeng.indicators.readings import Reading, reason_text
from dafeng.indicators.schema import Indicator
from dafeng.vocabulary import Text, items, period, worst_mark

PERCENT = 100
BENCHMARK = "benchmark"
_FINISHED = "running"
Row = dict[str, Any]


@dataclass(frozen=True)
class Holdings:
    """What the reporters of a region hold, as rows of the tables of the same names.

    Attributes:
        lists: list, level, subject, first, last, mark.
        lines: line, reporter, product, field, route, capacity (in the unit of the product, per
            year), first, last, mark; ``level`` year → level reached (``benchmark``, another
            grade, or empty where it cannot be told) and ``energy`` year → g standard coal
            used, what is recovered or given away not taken off.
        projects: project, kind, status, finished, mark.
        plants: facility, type, capacity (MW), first, last, mark.
        amounts: item, flow, year → quantity in the item's unit, with mark and number of
            reporters; value added also by price basis: ``basis``.
    """

    lists: list[Row] = field(default_factory=list)
    lines: list[Row] = field(default_factory=list)
    projects: list[Row] = field(default_factory=list)
    plants: list[Row] = field(default_factory=list)
    amounts: list[Row] = field(default_factory=list)


def there(row: Row, day: str) -> bool:
    """Whether a row holds on a day."""
    return (not row["first"] or row["first"] <= day) and (not row["last"] or day <= row["last"])


def listed(indicator: Indicator, held: Holdings, as_of: str, _first: int | None) -> Reading:
    """Count the subjects of a list on the last day of a period; removals are taken off."""
    day, year = _end(as_of)
    found = [row for row in held.lists if row["list"] in indicator.of and there(row, day)]
    subjects = {row["subject"]: row for row in found}
    if not any(row["list"] in indicator.of for row in held.lists):
        return _silent(year, indicator)
    left = {r["subject"] for r in held.lists if r["list"] in indicator.of and _gone(r, day)}
    removed = len(left - set(subjects))
    words = Text(
        zh=f"{day} 在名单上 {len(subjects)}，此前移出 {removed}",
        en=f"{len(subjects)} on the list on {day}, {removed} removed before",
    )
    nodes = _rows(subjects.values(), "subject", lambda _: 1, "count")
    return _reading(indicator, year, len(subjects), "count", words, nodes)


def projects_done(indicator: Indicator, held: Holdings, as_of: str, first: int | None) -> Reading:
    """Count the projects of a kind that were finished in the years from ``first`` on."""
    day, year = _end(as_of)
    start = f"{first or year}-01-01"
    listed_ones = {
        row["subject"] for row in held.lists if row["list"] in indicator.among and there(row, day)
    }
    kinds = [row for row in held.projects if row["kind"] in indicator.of]
    if not kinds:
        return _silent(year, indicator)
    found = [
        row
        for row in kinds
        if row["status"] == _FINISHED
        and start <= row["finished"] <= day
        and (not indicator.among or row["project"] in listed_ones)
    ]
    words = Text(zh=f"{start} 至 {day} 完工", en=f"finished from {start} to {day}")
    nodes = _rows(found, "project", lambda _: 1, "count")
    return _reading(indicator, year, len(found), "count", words, nodes, base=0.0)


def plants_added(indicator: Indicator, held: Holdings, as_of: str, first: int | None) -> Reading:
    """Sum the capacity of plants of a type that began in the years from ``first`` on, in MW."""
    day, year = _end(as_of)
    start = f"{first or year}-01-01"
    types = [row for row in held.plants if row["type"] in indicator.of]
    if not types:
        return _silent(year, indicator)
    found = [row for row in types if start <= row["first"] <= day and there(row, day)]
    words = Text(zh=f"{start} 至 {day} 投运", en=f"in operation from {start} to {day}")
    found = [row | {"plant": f"{row['reporter']}/{row['facility']}"} for row in found]
    nodes = _rows(found, "plant", lambda row: row["capacity"], "MW")
    added = sum(row["capacity"] for row in found)
    return _reading(indicator, year, added, "MW", words, nodes, base=0.0)


def net_capacity(indicator: Indicator, held: Holdings, as_of: str, first: int | None) -> Reading:
    """Return the capacity of products on a day less that before ``first``; negative is a cut.

    Products are never added to each other: with several, the largest growth is the figure and
    each product stands in the tree.
    """
    day, year = _end(as_of)
    before = f"{(first or year) - 1}-12-31"
    lines = [
        row for row in held.lines if row["product"] in indicator.of and _routed(row, indicator)
    ]
    if not lines:
        return _silent(year, indicator)
    changes: dict[str, float] = {}
    nodes = []
    for product in sorted({row["product"] for row in lines}):
        own = [row for row in lines if row["product"] == product]
        now, then = (sum(r["capacity"] for r in own if there(r, d)) for d in (day, before))
        changes[product] = now - then
        moved = [row for row in own if there(row, day) != there(row, before)]
        name = items()[product].name
        nodes.append(
            Node(
                "formula",
                f"{product}/{before}/{day}",
                Text(zh=f"{name.zh}净增产能", en=f"net new capacity of {name.en}"),
                changes[product],
                items()[product].unit,
                worst_mark({row.get("mark", "") for row in own}),
                detail=Text(
                    zh=f"{day}：{now:.6g}，{before}：{then:.6g}",
                    en=f"{day}: {now:.6g}, {before}: {then:.6g}",
                ),
                children=_rows(moved, "line", lambda row: row["capacity"], items()[product].unit),
            )
        )
    worst = max(changes, key=lambda product: changes[product])
    sign = -1 if indicator.formula == "capacity_cut" else 1
    return Reading(
        sign * changes[worst] or 0.0, str(year), items()[worst].unit, nodes=tuple(nodes), base=0.0
    )


def capacity_share(indicator: Indicator, held: Holdings, as_of: str, _first: int | None) -> Reading:
    """Return the share of capacity at the benchmark level, in percent.

    Within a field by capacity. Over fields, tonnes of different products are never added: the
    shares are weighted by the energy that the fields use, which is our choice; what they recover is
    not taken off, since a converter may give more than it takes. A line whose level cannot
    be told is no line at the benchmark level: it counts below, and is said.
    """
    day, year = _end(as_of)
    lines = [row for row in held.lines if row["field"] and _fielded(row, indicator)]
    lines = [row for row in lines if there(row, day)]
    if not lines:
        return _silent(year, indicator)
    unknown = [row for row in lines if not row["level"].get(year)]
    fields: dict[str, list[Row]] = {}
    for row in lines:
        fields.setdefault(row["field"], []).append(row)
    nodes, weighted = [], 0.0
    energies = {name: _energy(own, year) for name, own in fields.items()}
    for name, own in sorted(fields.items()):
        share = _share(own, year)
        weighted += share * energies[name]
        nodes.append(_field_node(name, own, year, share, energies[name]))
    if len(fields) > 1 and min(energies.values()) <= 0:
        return Reading(None, str(year), "%", "not_computable", reason_text("no_energy"))
    value = _share(lines, year) if len(fields) == 1 else weighted / sum(energies.values())
    findings: tuple[Finding, ...] = ()
    if unknown:
        values = {"unknown": len(unknown), "lines": len(lines), "year": year}
        findings = (Finding("level_unknown", indicator.id, values),)
    return Reading(value * PERCENT, str(year), "%", nodes=tuple(nodes), findings=findings)


def material_ratio(indicator: Indicator, held: Holdings, as_of: str, _first: int | None) -> Reading:
    """Return one quantity over another, in percent, as both are booked by the reporters."""
    _, year = _end(as_of)
    above, below = (_amount(held, wanted, year) for wanted in (indicator.of, indicator.over))
    if not below or not above:
        return _silent(year, indicator)
    top, bottom = (sum(row["quantity"] for row in rows) for rows in (above, below))
    if not bottom > 0:
        return Reading(None, str(year), "%", "not_computable", reason_text("no_divisor"))
    words = Text(zh=f"{top:.6g} ÷ {bottom:.6g}", en=f"{top:.6g} / {bottom:.6g}")
    nodes = (*_amounts(above), *_amounts(below))
    return _reading(indicator, year, top / bottom * PERCENT, "%", words, nodes)


def growth(indicator: Indicator, held: Holdings, as_of: str, first: int | None) -> Reading:
    """Return the mean yearly growth of a quantity from the year before ``first``, in percent."""
    _, year = _end(as_of)
    start = (first or year) - 1
    then, now = (_amount(held, indicator.of, when) for when in (start, year))
    if not then or not now or year <= start:
        return _silent(year, indicator)
    if len({row.get("basis", "") for row in (*then, *now)}) > 1:
        return Reading(None, str(year), "%", "not_computable", reason_text("mixed_prices"))
    top, bottom = (sum(row["quantity"] for row in rows) for rows in (now, then))
    if not bottom > 0:
        return Reading(None, str(year), "%", "not_computable", reason_text("no_divisor"))
    mean = (float(top / bottom) ** (1 / (year - start)) - 1) * PERCENT
    words = Text(
        zh=f"({top:.6g} ÷ {bottom:.6g})^(1/{year - start}) − 1",
        en=f"({top:.6g} / {bottom:.6g})^(1/{year - start}) − 1",
    )
    nodes = (*_amounts(then), *_amounts(now))
    return _reading(indicator, year, mean, "%", words, nodes)


FORMULAS: dict[str, Callable[[Indicator, Holdings, str, int | None], Reading]] = {
    "listed": listed,
    "projects_done": projects_done,
    "plants_added": plants_added,
    "net_capacity": net_capacity,
    "capacity_cut": net_capacity,
    "capacity_share": capacity_share,
    "material_ratio": material_ratio,
    "growth": growth,
}
"""Formulas over what the reporters hold, by the name that an indicator uses."""


def _share(lines: list[Row], year: int) -> float:
    whole = sum(row["capacity"] for row in lines)
    at = sum(row["capacity"] for row in lines if row["level"].get(year) == BENCHMARK)
    return at / whole if whole else 0.0


def _energy(lines: list[Row], year: int) -> int:
    """Return the energy of a field's lines, 0 where that of any of them is not known."""
    known = [row["energy"].get(year) for row in lines]
    return 0 if any(grams is None for grams in known) else sum(known)


def _field_node(name: str, lines: list[Row], year: int, share: float, energy: int) -> Node:
    def size(row: Row) -> float:
        return float(row["capacity"])

    return Node(
        "formula",
        f"{name}/{year}",
        Text(zh=f"{name} 达标杆产能占比", en=f"share of capacity at the benchmark, {name}"),
        share * PERCENT,
        "%",
        detail=Text(
            zh=f"{len(lines)} 条产能线；以用能（不扣回收）{energy} gce 加权",
            en=f"{len(lines)} lines; weighted by the energy they use, {energy} gce",
        ),
        children=_rows(lines, "line", size, "", lambda row: row["level"].get(year) or "?"),
    )


def _amount(held: Holdings, wanted: tuple[str, ...], year: int) -> list[Row]:
    """Return the amounts named ``item.flow`` of a year."""
    return [r for r in held.amounts if f"{r['item']}.{r['flow']}" in wanted and r["year"] == year]


def _amounts(rows: list[Row]) -> tuple[Node, ...]:
    """Return a node per amount; unlike amounts are never added."""
    named = [row | {"amount": f"{row['item']}.{row['flow']}/{row['year']}"} for row in rows]
    units = {row["item"]: items()[row["item"]].unit for row in rows}
    return tuple(n for row in named for n in _rows([row], "amount", _quantity, units[row["item"]]))


def _quantity(row: Row) -> float:
    return float(row["quantity"])


def _routed(row: Row, indicator: Indicator) -> bool:
    return not indicator.among or row["route"] in indicator.among


def _fielded(row: Row, indicator: Indicator) -> bool:
    return not indicator.of or row["field"] in indicator.of


def _gone(row: Row, day: str) -> bool:
    return bool(row["last"]) and row["last"] < day


def _end(as_of: str) -> tuple[str, int]:
    last = period(as_of).last
    return str(last), last.year


def _silent(year: int, indicator: Indicator) -> Reading:
    return Reading(None, str(year), indicator.unit, "not_reported", reason_text("not_in_books"))


def _reading(
    indicator: Indicator,
    year: int,
    value: float,
    unit: str,
    words: Text,
    nodes: tuple[Node, ...],
    base: float | None = None,
) -> Reading:
    formula = Node(
        "formula",
        f"{indicator.id}/{year}",
        indicator.title,
        value,
        unit,
        detail=words,
        children=nodes,
    )
    return Reading(value, str(year), unit, nodes=(formula,), base=base)


def _rows(
    rows: Iterable[Row],
    key: str,
    size: Callable[[Row], float],
    unit: str,
    word: Callable[[Row], str] = lambda _: "",
) -> tuple[Node, ...]:
    """Return a node per row, the largest first; many rows end in one line with sum and hash."""
    return condensed(
        Node(
            "entry",
            f"{key}/{row[key]}",
            Text(zh=f"{row[key]} {word(row)}".strip(), en=f"{row[key]} {word(row)}".strip()),
            size(row),
            unit,
            row.get("mark", ""),
            source=row.get("source", ""),
        )
        for row in rows
    )
