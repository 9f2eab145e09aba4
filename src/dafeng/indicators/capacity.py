"""Indicators over capacity lines: what was added or cut, and the share at the benchmark level."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dafeng.explain import Node, told
from dafeng.findings import Finding
from dafeng.indicators.holdings import Holdings, Row, end, leaves, silent, there
from dafeng.indicators.readings import Reading, reason_text
from dafeng.indicators.schema import Indicator
from dafeng.vocabulary import Text, items, worst_mark

PERCENT = 100
BENCHMARK = "benchmark"
NAMED = 3
"""Lines or fields that a text names; how many there are stands beside."""


def net_capacity(indicator: Indicator, held: Holdings, as_of: str, first: int | None) -> Reading:
    """Return the capacity of products on a day less that before ``first``; negative is a cut.

    Products are never added to each other: with several, the largest growth is the figure and
    each product stands in the tree.
    """
    day, year = end(as_of)
    before = f"{(first or year) - 1}-12-31"
    lines = [
        row for row in held.lines if row["product"] in indicator.of and _routed(row, indicator)
    ]
    if not lines:
        return silent(year, indicator)
    products = sorted({row["product"] for row in lines})
    nodes = tuple(
        _net_node(held, product, [row for row in lines if row["product"] == product], before, day)
        for product in products
    )
    worst = max(nodes, key=lambda node: node.value or 0.0)
    sign = -1 if indicator.formula == "capacity_cut" else 1
    return Reading(sign * (worst.value or 0.0), str(year), worst.unit, nodes=nodes, base=0.0)


def _net_node(held: Holdings, product: str, own: list[Row], before: str, day: str) -> Node:
    """Return the change of one product with the lines that came and went; else those that stand."""
    name, unit = items()[product].name, items()[product].unit
    now, then = (sum(row["capacity"] for row in own if there(row, d)) for d in (day, before))
    moved = [row for row in own if there(row, day) != there(row, before)]

    def word(row: Row) -> Text:
        if row not in moved:
            return Text(zh="在产，未变", en="stands, unchanged")
        if there(row, day):
            return Text(zh=f"新增，{row['first']} 起", en=f"added, from {row['first']}")
        return Text(zh=f"退出，至 {row['last']}", en=f"closed, until {row['last']}")

    shown = moved or [row for row in own if there(row, day)]
    size = {"now": told(now, unit), "then": told(then, unit)}
    return Node(
        "formula",
        f"{product}/{before}/{day}",
        Text(zh=f"{name.zh}净增产能", en=f"net new capacity of {name.en}"),
        float(now - then),
        unit,
        worst_mark({row.get("mark", "") for row in own}),
        detail=Text(
            zh=f"{day}：{size['now'].zh}，{before}：{size['then'].zh}",
            en=f"{day}: {size['now'].en}, {before}: {size['then'].en}",
        ),
        children=leaves(held, shown, "line", lambda row: row["capacity"], unit, word),
    )


@dataclass(frozen=True)
class Field:
    """The lines of one field: they make one product, so that capacities can be added.

    Attributes:
        name: of the field.
        lines: there on the day.
        year: whose levels and energy count.
    """

    id: str
    lines: list[Row]
    year: int

    @property
    def name(self) -> Text:
        """Name of the field, its id where no rule names it."""
        plain = Text(zh=self.id, en=self.id)
        found: Text = self.lines[0].get("field_name") or plain
        return found

    @property
    def untold(self) -> list[Row]:
        """Lines whose level cannot be told."""
        return [row for row in self.lines if not row["level"].get(self.year)]

    @property
    def silent(self) -> list[Row]:
        """Lines whose energy is not known."""
        return [row for row in self.lines if row["energy"].get(self.year) is None]

    @property
    def rules(self) -> tuple[Node, ...]:
        """The limits that the lines were held against, each once."""
        found = (row.get("rule", {}).get(self.year) for row in self.lines)
        return tuple({node.ref: node for node in found if node}.values())

    def share(self, *, untold: bool = False) -> float:
        """Return the share at the benchmark level; ``untold``: as if lines not told were there."""
        whole = _capacity(self.lines)
        at = _capacity(row for row in self.lines if row["level"].get(self.year) == BENCHMARK)
        more = _capacity(self.untold) if untold else 0.0
        return (at + more) / whole if whole else 0.0

    @property
    def weight(self) -> int | None:
        """Energy of the field in whole g standard coal, ``None`` where no line tells any.

        That of the lines that tell theirs; of the others, as much per capacity. Where all tell
        theirs it is the plain sum.
        """
        known = [row for row in self.lines if row["energy"].get(self.year) is not None]
        grams = sum(row["energy"][self.year] for row in known)
        if grams <= 0:
            return None
        if len(known) == len(self.lines):
            return int(grams)
        capacity = _capacity(known)
        return round(grams * (_capacity(self.lines) / capacity)) if capacity > 0 else None


def capacity_share(indicator: Indicator, held: Holdings, as_of: str, _first: int | None) -> Reading:
    """Return the share of capacity at the benchmark level, in percent.

    Within a field by capacity. Over fields, tonnes of different products are never added: the
    shares are weighted by the energy that the fields use, which is our choice; what they recover is
    not taken off, since a converter may give more than it takes. Lines whose energy is not known
    weigh by capacity as the others of their field (our choice, said in a finding). A field of which
    no line tells its energy has no weight: there is no share of all then, and that of the other
    fields stands beside.

    A line whose level cannot be told is no line at the benchmark level: it counts below, is said,
    and the share if all such lines were there stands beside.
    """
    day, year = end(as_of)
    lines = [row for row in held.lines if row["field"] and _fielded(row, indicator)]
    if not lines:
        return silent(year, indicator)
    groups: dict[str, list[Row]] = {}
    for row in lines:
        if there(row, day):
            groups.setdefault(row["field"], []).append(row)
    if not groups:
        return silent(year, indicator)
    fields = [Field(name, own, year) for name, own in sorted(groups.items())]
    nodes = tuple(_field_node(held, field, alone=len(fields) == 1) for field in fields)
    notes = tuple(_notes(indicator, fields, year))
    weightless = [field for field in fields if field.weight is None]
    if len(fields) == 1 or not weightless:
        value, beside = _over(fields) * PERCENT, _if_untold(fields, year)
        return Reading(value, str(year), "%", nodes=nodes, findings=notes, beside=beside)
    rest = [field for field in fields if field.weight is not None]
    reason = _lacking(weightless)
    return Reading(
        None,
        str(year),
        "%",
        "not_computable",
        reason,
        nodes,
        notes,
        beside=_without(weightless, rest, year),
    )


def _over(fields: list[Field], *, untold: bool = False) -> float:
    if len(fields) == 1:
        return fields[0].share(untold=untold)
    weights = [field.weight or 0 for field in fields]
    parts = (w * f.share(untold=untold) for w, f in zip(weights, fields, strict=True))
    return sum(parts) / sum(weights)


def _if_untold(fields: list[Field], year: int) -> tuple[Reading, ...]:
    """Return what the share could be at most: if all lines that are not told were there."""
    count = sum(len(field.untold) for field in fields)
    if not count:
        return ()
    label = Text(
        zh=f"若不能判定的线（{count} 条）全部达标，至多",
        en=f"at most, if all lines that cannot be told ({count}) reached it",
    )
    return (Reading(_over(fields, untold=True), str(year), "%", label=label),)


def _without(weightless: list[Field], rest: list[Field], year: int) -> tuple[Reading, ...]:
    """Return the share of the fields that have a weight, and say which are not in it."""
    if not rest:
        return ()
    names = [field.name for field in weightless]
    label = Text(
        zh=f"不含{_few([n.zh for n in names], '、')}", en=f"without {_few([n.en for n in names])}"
    )
    return (Reading(_over(rest), str(year), "%", label=label),)


def _lacking(fields: list[Field]) -> Text:
    """Say which fields have no weight, and by which lines."""
    plain = reason_text("no_energy")
    zh = [f"{field.name.zh}（{_lines(field.lines).zh}）" for field in fields]
    en = [f"{field.name.en} ({_lines(field.lines).en})" for field in fields]
    return Text(zh=f"{plain.zh}：{_few(zh, '、')}", en=f"{plain.en}: {_few(en)}")


def _notes(indicator: Indicator, fields: list[Field], year: int) -> Iterable[Finding]:
    """Say which lines have no level, and which weigh as the others of their field."""
    untold = [row for field in fields for row in field.untold]
    if untold:
        values = {
            "unknown": len(untold),
            "lines": sum(len(field.lines) for field in fields),
            "year": year,
            "named": _lines(untold),
        }
        yield Finding("level_unknown", indicator.id, values)
    if len(fields) == 1:
        return
    for field in fields:
        if field.silent and field.weight is not None:
            part = _capacity(field.silent) / (_capacity(field.lines) or 1)
            yield Finding(
                "weight_estimated",
                indicator.id,
                {
                    "field": field.name,
                    "year": year,
                    "unknown": len(field.silent),
                    "lines": len(field.lines),
                    "named": _lines(field.silent),
                    "part": told(round(part * PERCENT, 2), "%"),
                },
            )


def _field_node(held: Holdings, field: Field, *, alone: bool) -> Node:
    count, weight = len(field.lines), field.weight
    zh, en = f"{count} 条产能线", f"{count} line{'s' * (count > 1)}"
    if not alone and weight is None:
        zh, en = f"{zh}；能耗未知，无权数", f"{en}; energy not known, no weight"
    elif not alone:
        energy = told(weight, "gce")
        zh += f"；权数为用能（不扣回收）{energy.zh}"
        en += f"; weighted by the energy they use, {energy.en}"
        if field.silent:
            few = _lines(field.silent)
            zh += f"，其中 {few.zh} 无能耗，按产能推算"
            en += f", of which {few.en} by capacity, their energy being unknown"

    def word(row: Row) -> Text:
        level = row["level"].get(field.year) or "?"
        found: Text = row.get("told", {}).get(field.year) or Text(zh=level, en=level)
        return found

    unit = items()[field.lines[0]["product"]].unit
    return Node(
        "formula",
        f"{field.id}/{field.year}",
        Text(
            zh=f"{field.name.zh}：达标杆水平的产能占比",
            en=f"{field.name.en}: share of capacity at the benchmark level",
        ),
        field.share() * PERCENT,
        "%",
        detail=Text(zh=zh, en=en),
        children=(
            *leaves(held, field.lines, "line", lambda row: float(row["capacity"]), unit, word),
            *field.rules,
        ),
    )


def _lines(rows: list[Row]) -> Text:
    """Name the first few lines and how many there are."""
    names = [row["line"] for row in rows]
    return Text(zh=_few(names, "、"), en=_few(names))


def _few(names: list[str], join: str = ", ") -> str:
    more = len(names) - NAMED
    words = f"{join}… ({len(names)})" if more > 0 else ""
    return join.join(names[:NAMED]) + words


def _capacity(rows: Iterable[Row]) -> float:
    return float(sum(row["capacity"] for row in rows))


def _routed(row: Row, indicator: Indicator) -> bool:
    return not indicator.among or row["route"] in indicator.among


def _fielded(row: Row, indicator: Indicator) -> bool:
    return not indicator.of or row["field"] in indicator.of
