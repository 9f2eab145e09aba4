"""The tree behind an account: term → item → coefficient and entries → parameters → clauses."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from dafeng.accounting.coefficients import SEPARATOR
from dafeng.accounting.derive import Origin
from dafeng.explain import Node
from dafeng.rulebook import Clause, Document, Lookup, Method, MethodTerm, Rulebook, describe
from dafeng.vocabulary import Text, flows, items, marks, uses, worst_mark

SHOWN = 20
"""Entries shown one by one under a coefficient; the rest is one line with their sum and hash."""

GRAMS = {"emission": "gCO2e", "energy": "gce"}

Row = dict[str, Any]
Measured = Mapping[str, Row]


@dataclass(frozen=True)
class Ground:
    """What a tree goes down to: rules, what was measured, and where the derived comes from."""

    rules: Rulebook
    measured: Measured
    origins: Mapping[str, Origin]


def account_tree(
    rules: Rulebook,
    method: Method,
    rows: Iterable[Row],
    measured: Measured,
    origins: Mapping[str, Origin] | None = None,
) -> tuple[Node, ...]:
    """Return a node per term of a method with what it rests on.

    Args:
        rules: the rulebook.
        method: the method of all rows.
        rows: rows of ``accounts`` (one figure's), as dictionaries.
        measured: measured parameters by id (``measured/…``).
        origins: where derived values and entries come from, by id.
    """
    ground = Ground(rules, measured, origins or {})
    by_term = _grouped(rows, lambda row: row["term"])
    return tuple(
        _term_node(ground, method, term, by_term[term.id])
        for term in method.terms
        if term.id in by_term
    )


def parameter_node(rules: Rulebook, value_id: str, *, proxy: bool = False) -> Node:
    """Return a parameter with its number, mark, dates and clause."""
    value = rules.values[value_id]
    document, _ = rules.clause(value.clause)
    year = value.set.data_year
    flags = tuple(
        flag
        for flag, held in (
            ("proxy", proxy),
            ("draft", document.draft),
            ("our_reading", value.set.our_reading is not None),
        )
        if held
    )
    return Node(
        "parameter",
        value.id,
        describe(rules, value),
        value.number,
        value.unit,
        value.mark,
        flags,
        source=value.clause,
        detail=Text(zh=f"数据年份 {year}", en=f"data year {year}") if year else value.row.note,
        children=(clause_node(rules, value.clause),),
    )


def clause_node(rules: Rulebook, citation: str) -> Node:
    """Return a clause with its document, and since when it holds.

    Raises:
        Fault: ``unknown_clause``.
    """
    document, clause = rules.clause(citation)
    since = str(document.in_force_from or document.issued or "")
    return Node("clause", citation, cited(document, clause), source=since)


def cited(document: Document, clause: Clause) -> Text:
    """Return document and clause as a citation."""
    return Text(
        zh=f"《{document.title.zh}》（{document.number}）：{clause.text.zh}",
        en=f"{document.title.en} ({document.number}): {clause.text.en}",
    )


def _term_node(ground: Ground, method: Method, term: MethodTerm, rows: list[Row]) -> Node:
    citation = term.clause if "/" in term.clause else f"{method.document}/{term.clause}"
    document, clause = ground.rules.clause(citation)
    by_item = _grouped(rows, lambda row: (row["item"], row["inputs"], row["coefficient"]))
    unknown = any(row["grams"] is None for row in rows)
    formula = Node("clause", citation, cited(document, clause))
    return Node(
        "account",
        f"{method.id}.{term.id}",
        term.title,
        _sum(rows),
        GRAMS[term.measure],
        flags=(*(["memo"] if term.memo else []), *(["partial"] if unknown else [])),
        detail=Text(zh=f"公式 {term.expression}", en=f"formula {term.expression}"),
        children=(
            *(_item_node(ground, term, group) for group in by_item.values()),
            formula,
        ),
    )


def _item_node(ground: Ground, term: MethodTerm, rows: list[Row]) -> Node:
    first = rows[0]
    item = items()[first["item"]]
    unit = f"{GRAMS[term.measure]}/{item.unit}"
    ids = [value_id for value_id in first["inputs"].split(SEPARATOR) if value_id]
    known = first["coefficient"] is not None
    coefficient = Node(
        "coefficient",
        f"{first['method']}.{term.id}/{item.id}/{first['use']}/{first['period']}/{first['region']}",
        Text(zh=f"{item.zh}系数", en=f"coefficient of {item.en}"),
        first["coefficient"],
        unit,
        flags=() if known else ("no_value",),
        children=tuple(input_node(ground, value_id, proxy=first["proxy"]) for value_id in ids),
    )
    return Node(
        "account",
        f"{first['method']}.{term.id}/{item.id}",
        item.name,
        _sum(rows) if known else None,
        GRAMS[term.measure],
        flags=() if known else ("no_value",),
        children=(*_entries(ground, rows), coefficient),
    )


def input_node(ground: Ground, value_id: str, *, proxy: bool = False) -> Node:
    """Return a value that a coefficient rests on: of the rules, measured or derived."""
    rules = ground.rules
    if value_id in rules.values:
        regional = rules.values[value_id].row.region is not None
        return parameter_node(rules, value_id, proxy=proxy and regional)
    if value_id in ground.origins:
        return _derived_node(ground, value_id, ground.origins[value_id])
    row = ground.measured[value_id]
    name = rules.parameters[row["parameter"]].name
    return Node(
        "measured",
        value_id,
        Text(zh=f"实测{name.zh}", en=f"measured {name.en}"),
        row["value"],
        row["unit"],
        row.get("mark") or "reported",
        source=row["source"],
    )


def _derived_node(ground: Ground, value_id: str, origin: Origin) -> Node:
    """Return a value that a resolver gave, with what it came of."""
    name = ground.rules.parameters[origin.parameter].name
    resolver = ground.rules.resolvers[origin.resolver]
    return Node(
        "measured",
        value_id,
        Text(zh=f"{name.zh}（{resolver.zh}）", en=f"{name.en} ({resolver.en})"),
        origin.value,
        origin.unit,
        flags=("our_reading",) if resolver.our_reading else (),
        detail=resolver.our_reading,
        children=origin_nodes(ground, origin),
    )


def origin_nodes(ground: Ground, origin: Origin) -> tuple[Node, ...]:
    """Return what a resolver took: what was measured, values, tables, and its clause."""
    rules, resolver = ground.rules, ground.rules.resolvers[origin.resolver]
    tables = [rules.lookups[name] for name in resolver.tables.values()]
    return (
        *(input_node(ground, value_id) for value_id in origin.inputs),
        *(parameter_node(rules, value_id) for value_id in resolver.values.values()),
        *(_table_node(rules, table) for table in tables),
        _clause_node(rules, resolver.clause),
    )


def _table_node(rules: Rulebook, table: Lookup) -> Node:
    clause = f"{table.document}/{table.clause}"
    return Node(
        "parameter",
        table.id,
        table.title,
        mark=marks().resolve(table.checked).id,
        source=clause,
        detail=table.note,
        children=(_clause_node(rules, clause),),
    )


def _clause_node(rules: Rulebook, citation: str) -> Node:
    document, clause = rules.clause(citation)
    return Node("clause", citation, cited(document, clause))


def _entries(ground: Ground, rows: list[Row]) -> Iterator[Node]:
    ordered = sorted(rows, key=lambda row: (-abs(row["grams"] or 0), row["entry"]))
    for row in ordered[:SHOWN]:
        flow = flows()[row["flow"]].name
        use = (
            uses()[row["use"]].name if row["use"] in uses() else Text(zh=row["use"], en=row["use"])
        )
        sign = "−" if row["sign"] < 0 else "+"
        place = " ".join(part for part in (row["reporter"], row["facility"], row["period"]) if part)
        yield Node(
            "entry",
            f"entry/{row['entry']}",
            Text(zh=f"{sign} {flow.zh} {use.zh} {place}", en=f"{sign} {flow.en} {use.en} {place}"),
            row["quantity"],
            row["unit"],
            row["mark"],
            source=row["source"],
            children=origin_nodes(ground, ground.origins[row["entry"]])
            if row["entry"] in ground.origins
            else (),
        )
    rest = ordered[SHOWN:]
    if rest:
        digest = hashlib.sha256(
            repr([(r["entry"], r["quantity"], r["mark"]) for r in rest]).encode()
        )
        yield Node(
            "entry",
            f"entries/{digest.hexdigest()}",
            Text(zh=f"另有 {len(rest)} 行", en=f"{len(rest)} more rows"),
            mark=worst_mark({row["mark"] for row in rest}),
        )


def _sum(rows: list[Row]) -> int | None:
    """Sum what is known; nothing known is not zero."""
    known = [row["grams"] for row in rows if row["grams"] is not None]
    return sum(known) if known else None


def _grouped(rows: Iterable[Row], key: Callable[[Row], Any]) -> dict[Any, list[Row]]:
    ordered = sorted(rows, key=lambda row: repr(key(row)))
    return {name: list(group) for name, group in groupby(ordered, key)}
