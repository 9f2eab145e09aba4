"""Energy and emissions of projects from their carriers, by the rulebook: never by a literal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from dafeng import engine
from dafeng.accounting import (
    Origin,
    account_tree,
    accounts,
    derive,
    outside,
    prepare,
    spread_assignments,
)
from dafeng.explain import Node
from dafeng.findings import Finding
from dafeng.gate import Counted, Project
from dafeng.rulebook import Method, Rulebook, in_force
from dafeng.vocabulary import Fault, Text, factor, items

if TYPE_CHECKING:
    from dafeng.engine import Engine

Row = dict[str, Any]
ENERGY_METHOD = "comprehensive-energy-2020"
_MEASURES = {"energy": ("energy", "gce"), "co2": ("emission", "gCO2e")}
_PROCESS = ("product", "material")
_NO_PROCESS = Text(
    zh="过程排放（产品、原料）未填报", en="process emissions (products, materials) not stated"
)
_CARRIERS = ("fuel", "electricity", "heat", "medium")
_LABELS = {
    "energy": Text(zh="按品种核算的年能耗", en="energy of a year by carrier"),
    "co2": Text(zh="按品种核算的年碳排放", en="emissions of a year by carrier"),
}
_COLUMNS = {
    "entries": (
        *("reporter", "facility", "period", "item", "flow", "use", "product", "quantity"),
        *("unit", "source", "mark", "entry"),
    ),
    "measured": ("reporter", "facility", "period", "item", "parameter", "value", "unit"),
    "facilities": ("reporter", "facility", "type"),
    "reporters": ("reporter", "region"),
}
_NUMBERS = ("quantity", "value")


def amounts(
    rules: Rulebook, projects: Sequence[Project], years: Mapping[str, int]
) -> dict[str, dict[str, Counted]]:
    """Return ``energy`` and ``co2`` of each project, as computed and as stated.

    Args:
        rules: the rulebook.
        projects: with their carriers; ``method`` names how emissions are computed.
        years: project → the year whose factors count.
    """
    ways = {one.project: _methods(rules, one, years[one.project]) for one in projects}
    rows, lost, origins = _rows(rules, projects, years, ways)
    found: dict[str, dict[str, Counted]] = {}
    for one in projects:
        own = {
            metric: _counted(rules, one, metric, ways[one.project], rows, lost, origins)
            for metric in _MEASURES
        }
        found[one.project] = own
    return found


def _methods(rules: Rulebook, one: Project, year: int) -> dict[str, str | Text]:
    """Return metric → the method that counts it, or why none does."""
    ways: dict[str, str | Text] = {"energy": ENERGY_METHOD}
    if not one.method:
        ways["co2"] = Text(zh="未写明核算方法", en="no accounting method is named")
        return ways
    try:
        method = rules.method(one.method)
    except Fault as fault:
        words = Finding.of(fault)
        ways["co2"] = Text(zh=words.cause("zh"), en=words.cause("en"))
        return ways
    if not method.complete or not in_force(method, str(year)):
        ways["co2"] = Text(
            zh=f"核算方法 {method.id} 不能用于{year}年",
            en=f"method {method.id} cannot be used for {year}",
        )
    else:
        ways["co2"] = method.id
    return ways


def _rows(
    rules: Rulebook,
    projects: Iterable[Project],
    years: Mapping[str, int],
    ways: Mapping[str, Mapping[str, str | Text]],
) -> tuple[list[Row], list[Row], dict[str, Origin]]:
    """Return the account rows of all carriers, what no method counts, and derived values."""
    held = [one for one in projects if one.energy]
    entries = [
        {
            "reporter": one.project,
            "period": str(years[one.project]),
            "entry": f"{one.project}.{number}",
            "source": one.source,
            "mark": one.mark,
            **carrier.model_dump(),
        }
        for one in held
        for number, carrier in enumerate(one.energy, start=1)
    ]
    if not entries:
        return [], [], {}
    assigned = [
        {"reporter": one.project, "facility": "", "method": way, "purpose": purpose}
        for one in held
        for metric, purpose in (("energy", "energy"), ("co2", "inventory"))
        if isinstance(way := ways[one.project][metric], str)
    ]
    worker = engine.connect()
    try:
        return _joined(worker, rules, entries, assigned, [_place(one) for one in held])
    finally:
        worker.close()


def _joined(
    worker: Engine, rules: Rulebook, entries: list[Row], assigned: list[Row], places: list[Row]
) -> tuple[list[Row], list[Row], dict[str, Origin]]:
    years = sorted({int(row["period"]) for row in entries})
    tables = {
        "entries": _table("entries", entries),
        "reporters": _table("reporters", places),
        "facilities": _table("facilities", ()),
        "measured": _table("measured", ()),
        "assignments": spread_assignments(assigned, years),
    }
    put = {name: worker.put(f"gate_{name}", rows) for name, rows in tables.items()}
    ready = prepare(rules, put["entries"], put["reporters"], put["facilities"], put["assignments"])
    booked = worker.keep("gate_booked", ready)
    derived = derive(rules, booked, put["measured"])
    prepared = worker.keep("gate_prepared", derived.with_entries(booked))
    rows = worker.keep("gate_accounts", accounts(rules, prepared, put["measured"], derived=derived))
    found: list[Row] = worker.fetch(rows).to_pylist()
    lost: list[Row] = worker.fetch(outside(prepared, rows)).to_pylist()
    return found, lost, dict(derived.origins)


def _counted(
    rules: Rulebook,
    one: Project,
    metric: str,
    ways: Mapping[str, str | Text],
    rows: Iterable[Row],
    lost: Iterable[Row],
    origins: Mapping[str, Origin],
) -> Counted:
    stated = one.energy_tce if metric == "energy" else one.emission_tco2
    grams = None if stated is None else round(stated * factor("t", "g"))
    way = ways[metric]
    if isinstance(way, Text) or not one.energy:
        why = way if isinstance(way, Text) else Text(zh="未按品种填报", en="not stated by carrier")
        return Counted(None, grams, _stated(one, metric, grams), why)
    measure, unit = _MEASURES[metric]
    mine = [
        row
        for row in rows
        if (row["reporter"], row["method"], row["measure"], row["memo"])
        == (one.project, way, measure, "")
    ]
    without = _without_value(one, way, mine, lost)
    if without is not None:
        return Counted(None, grams, _stated(one, metric, grams), without)
    total = sum(row["grams"] for row in mine)
    method = rules.method(way)
    if metric == "co2" and _process_missing(rules, one, method):
        return Counted(None, grams, _stated(one, metric, grams), _NO_PROCESS)
    node = Node(
        "account",
        f"project/{one.project}/{metric}",
        _LABELS[metric],
        total,
        unit,
        detail=method.title,
        children=account_tree(rules, method, mine, {}, origins),
    )
    return Counted(total, grams, _both(one, metric, node, grams))


def _process_missing(rules: Rulebook, one: Project, method: Method) -> bool:
    """Whether a method counts products or materials, and the project states none of them."""
    counted = {item for term in method.terms for item in rules.items(term)}
    process = {item for item in counted if items()[item].kind in _PROCESS}
    return bool(process) and not process & {carrier.item for carrier in one.energy}


def _without_value(one: Project, way: str, mine: Iterable[Row], lost: Iterable[Row]) -> Text | None:
    """Return why a total would be too low: a part without a value, or that nobody counts."""
    parts: dict[str, set[str]] = defaultdict(set)
    parts["no_value"] = {row["item"] for row in mine if row["grams"] is None}
    parts["outside"] = {
        row["item"]
        for row in lost
        if (row["reporter"], row["method"]) == (one.project, way)
        and items()[row["item"]].kind in _CARRIERS
        and row["flow"] != "self_generated"
    }
    names = [items()[item].name for item in sorted(parts["no_value"] | parts["outside"])]
    if not names:
        return None
    zh, en = "、".join(name.zh for name in names), ", ".join(name.en for name in names)
    return Text(zh=f"没有系数或不在方法内：{zh}", en=f"no value, or outside the method: {en}")


def _stated(one: Project, metric: str, grams: int | None) -> Node | None:
    if grams is None:
        return None
    label = {
        "energy": Text(zh="申报的年能耗（当量值）", en="energy as stated, equivalent value"),
        "co2": Text(zh="申报的年碳排放", en="emissions as stated"),
    }[metric]
    unit = _MEASURES[metric][1]
    ref = f"{one.project}/stated/{metric}"
    return Node("entry", ref, label, grams, unit, one.mark, source=one.source)


def _both(one: Project, metric: str, node: Node, grams: int | None) -> Node:
    """Return the computed amount, beside the stated one where there is one."""
    stated = _stated(one, metric, grams)
    if stated is None or grams is None or node.value is None:
        return node
    return Node(
        "formula",
        f"{one.project}/{metric}",
        Text(
            zh=f"取较大者：{_LABELS[metric].zh}、申报数",
            en=f"the larger of {_LABELS[metric].en} and what is stated",
        ),
        max(int(node.value), grams),
        node.unit,
        flags=("our_reading",),
        children=(node, stated),
    )


def _place(one: Project) -> Row:
    return {"reporter": one.project, "region": one.region}


def _table(name: str, rows: Iterable[Row]) -> pa.Table:
    columns = _COLUMNS[name]
    filled = [
        {key: row.get(key) if key in _NUMBERS else str(row.get(key, "")) for key in columns}
        for row in rows
    ]
    types = [pa.float64() if key in _NUMBERS else pa.string() for key in columns]
    return pa.Table.from_pylist(filled, pa.schema(zip(columns, types, strict=True)))
