"""Rules and plans for people to read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from rich.text import Text as Styled
from rich.tree import Tree

from dafeng.plan import Plan, bodies
from dafeng.report.tables import listing
from dafeng.report.words import mark_words, word
from dafeng.rulebook import (
    Document,
    Method,
    MethodTerm,
    Rulebook,
    Value,
    describe,
    in_force,
    years_of,
)
from dafeng.vocabulary import Fault, flows, marks, period, regions

Shown = tuple[list[Any], dict[str, Any]]


def rules_view(rules: Rulebook, day: date | None, lang: str) -> Iterator[Any]:
    """Yield the lists of documents, parameter sets and methods, on ``day`` where one is given."""
    data = rules_data(rules, day, lang)
    for name, columns in (
        ("documents", ("id", "number", "title", "in_force", "mark")),
        ("parameters", ("id", "title", "source", "year", "entries")),
        ("methods", ("id", "title", "year", "boundary", "complete")),
    ):
        rows = [[row[column] for column in columns] for row in data[name]]
        yield listing(columns, rows, lang)


def rules_data(rules: Rulebook, day: date | None, lang: str) -> dict[str, Any]:
    """Return the lists of documents, parameter sets and methods as plain data."""
    return {
        "documents": [
            {
                "id": d.id,
                "number": d.number,
                "title": d.title.of(lang),
                "in_force": f"{d.in_force_from or '…'} – {d.in_force_to or '…'}",
                "mark": marks().resolve(d.checked).name.of(lang),
            }
            for d in rules.documents.values()
            if _holds(d.in_force_from, d.in_force_to, day)
        ],
        "parameters": [
            {
                "id": s.id,
                "title": s.title.of(lang),
                "source": f"{s.document}/{s.clause}",
                "year": s.data_year or "",
                "entries": sum(len(table.rows) * len(table.columns) for table in s.tables),
            }
            for s in rules.sets.values()
            if _holds(s.applies_from, s.applies_to, day)
        ],
        "methods": [
            {
                "id": m.id,
                "title": m.title.of(lang),
                "year": years_of(m),
                "boundary": m.boundary.of(lang),
                "complete": word("yes" if m.complete else "no", lang),
            }
            for m in rules.methods.values()
            if day is None or in_force(m, str(day.year))
        ],
    }


def _holds(first: date | None, last: date | None, day: date | None) -> bool:
    """Whether ``day`` lies between two dates; an open or unknown end is no bar."""
    return day is None or ((first is None or first <= day) and (last is None or day <= last))


def rule_view(rules: Rulebook, wanted: str, as_of: str | None, lang: str) -> Shown:
    """Return a document, method, parameter set or value; values may be cut to a date.

    Raises:
        Fault: ``unknown_rule``.
    """
    if wanted in rules.documents:
        document = rules.documents[wanted]
        return [_document_tree(document, lang)], document.model_dump(mode="json")
    if wanted in rules.methods:
        method = rules.methods[wanted]
        return [_method_tree(rules, method, lang)], method.model_dump(mode="json")
    values = [
        value
        for value in rules.values.values()
        if wanted in (value.id, value.set.id, value.parameter, value.row.item)
        and (as_of is None or value.applies(period(as_of).last))
    ]
    if not values:
        raise Fault("unknown_rule", label=wanted)
    columns = ("id", "name", "setting", "unit", "year", "source", "mark")
    rows = [_value_row(rules, value, lang) for value in values]
    data = {"values": [dict(zip(columns, row, strict=True)) for row in rows]}
    return [listing(columns, rows, lang)], data


def plan_row(plan: Plan, lang: str) -> tuple[Any, ...]:
    """Return a plan as a line of the list."""
    owner = regions()[plan.owner].name.of(lang) if plan.owner in regions() else plan.owner
    complete = word("yes" if plan.complete else "no", lang)
    return (
        plan.id,
        owner,
        plan.title.of(lang),
        str(plan.issued or ""),
        len(plan.targets),
        len(plan.measures),
        complete,
    )


def plan_view(plan: Plan, lang: str) -> Iterator[Any]:
    """Yield a plan's targets, tiers and measures with who is responsible."""
    yield Styled(f"{plan.title.of(lang)} · {plan.issuer.of(lang)} · {plan.issued or '–'}", "bold")
    for point in plan.open_points:
        yield Styled(f"  {word('incomplete', lang)}: {point.of(lang)}", "dim")
    for heading, entries in (
        ("targets", [(t.id, t.title, t.lead, t.others) for t in plan.targets]),
        ("measures", [(m.id, m.title, m.lead, m.others) for m in plan.measures]),
    ):
        tree = Tree(Styled(word(heading, lang), "bold"))
        for entry, title, lead, others in entries:
            names = [bodies()[body].name.of(lang) for body in (lead, *others) if body]
            line = Styled(f"{entry} {title.of(lang)}")
            line.append("  " + " · ".join(names), "dim")
            tree.add(line)
        yield tree
    for tiers in plan.tiers:
        tree = Tree(Styled(f"{tiers.id} {tiers.title.of(lang)} [{tiers.unit}]", "bold"))
        for tier in tiers.tiers:
            tree.add(f"{tier.id} {tier.title.of(lang)}")
        yield tree


def _flows(term: MethodTerm, lang: str) -> str:
    """Return the flows of a term with their signs, or the column of the sign table."""
    signs = {1: "+", -1: "−"}
    listed = [f"{signs[sign]} {flows()[f].name.of(lang)}" for f, sign in (term.flows or {}).items()]
    return " ".join(listed) or str(term.column)


def _value_row(rules: Rulebook, value: Value, lang: str) -> tuple[Any, ...]:
    shown = f"{value.number:.6g}" if value.number is not None else f"{value.low}–{value.high}"
    year = value.set.data_year or ""
    return (
        value.id,
        describe(rules, value).of(lang),
        shown,
        value.unit,
        year,
        value.clause,
        mark_words(value.mark, (), lang),
    )


def _document_tree(document: Document, lang: str) -> Tree:
    dates = f"{document.in_force_from or '…'} – {document.in_force_to or '…'}"
    mark = marks().resolve(document.checked).name.of(lang)
    head = Styled(f"{document.number} {document.title.of(lang)}", "bold")
    head.append(f"  {document.issuer.of(lang)}  {word('in_force', lang)} {dates}  [{mark}]", "dim")
    tree = Tree(head)
    stack = [(tree, clause) for clause in document.clauses]
    while stack:
        branch, clause = stack.pop(0)
        below = branch.add(Styled(f"{clause.id}  {clause.text.of(lang)}"))
        stack.extend((below, child) for child in clause.clauses)
    return tree


def _method_tree(rules: Rulebook, method: Method, lang: str) -> Tree:
    head = Styled(f"{method.id}  {method.title.of(lang)}", "bold")
    head.append(f"  {years_of(method)}  {method.boundary.of(lang)}", "dim")
    tree = Tree(head)
    for point in (*method.open_points, *([method.our_reading] if method.our_reading else [])):
        tree.add(Styled(point.of(lang), "yellow"))
    for term in method.terms:
        branch = tree.add(Styled(f"{term.id}  {term.title.of(lang)}"))
        branch.add(Styled(f"{_flows(term, lang)}  {' '.join(term.uses)}", "dim"))
        branch.add(Styled(term.expression, "green"))
        for symbol, ref in term.parameters.items():
            name = rules.parameters[ref.parameter].name.of(lang)
            branch.add(Styled(f"{symbol}: {name} ← {', '.join(ref.sets) or '–'}", "dim"))
        branch.add(Styled(", ".join(rules.items(term)), "dim"))
    return tree
