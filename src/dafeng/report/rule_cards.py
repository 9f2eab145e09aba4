"""The cards of parameters and methods, and which clause every card rests on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any

from dafeng.report.card_parts import (
    Cited,
    card_of,
    citation,
    flags_of,
    held,
    listed,
    part_mark,
    place_of,
    references_grid,
)
from dafeng.report.cards import (
    Card,
    Cell,
    Grid,
    code,
    counted,
    facts,
    linked,
    notes,
    number,
    plain,
    span,
    words,
)
from dafeng.report.limits import deadline_card, formula_card, scale_card, scorecard_card
from dafeng.report.words import named, phrase
from dafeng.rulebook import (
    Document,
    Lookup,
    Method,
    MethodTerm,
    ParameterSet,
    Resolver,
    Rulebook,
    years_of,
)
from dafeng.vocabulary import Term, Text, flows, gases, items, marks, regions, uses

SIGNS = {1: "+", -1: "−"}


def placed(rules: Rulebook) -> Iterator[tuple[str, Card]]:
    """Yield every citation ``document/clause`` with a card of what rests on it."""
    for found in rules.sets.values():
        rows = (row.clause for table in found.tables for row in table.rows)
        yield from _parts(found, rows, partial(set_card, rules, found))
    for method in rules.methods.values():
        yield citation(method), method_card(rules, method)
        for term in method.terms:
            yield citation(method, term.clause), term_card(rules, method, term)
    for edition in rules.scales.values():
        places = (scale.clause for scale in edition.scales)
        yield from _parts(edition, places, partial(scale_card, rules, edition))
    for formula in rules.formulas.values():
        yield from _parts(
            formula, (s.clause for s in formula.steps), partial(formula_card, rules, formula)
        )
    for card in rules.scorecards.values():
        yield from _parts(
            card, (c.clause for c in card.criteria), partial(scorecard_card, rules, card)
        )
    for deadline in rules.deadlines.values():
        yield citation(deadline), deadline_card(rules, deadline)
    for lookup in rules.lookups.values():
        yield citation(lookup), lookup_card(rules, lookup)
    for resolver in rules.resolvers.values():
        yield resolver.clause, resolver_card(rules, resolver)


def resting(rules: Rulebook) -> dict[str, list[Card]]:
    """Return what rests on each citation ``document/clause``."""
    found: dict[str, list[Card]] = defaultdict(list)
    for at, card in placed(rules):
        found[at].append(card)
    return dict(found)


def document_card(
    rules: Rulebook, document: Document, held_by: Mapping[str, Sequence[Card]]
) -> Card:
    """Return the card of a document without its clauses.

    Args:
        rules: where what it supersedes is looked up.
        document: the document.
        held_by: what rests on each citation.
    """
    older = (other.id for other in rules.documents.values() if other.superseded_by == document.id)
    cards = (cards for at, cards in held_by.items() if at.partition("/")[0] == document.id)
    said = facts(
        number=plain(document.number),
        issuer=words(document.issuer),
        issued=plain(document.issued),
        in_force=plain(span(document.in_force_from, document.in_force_to)),
        superseded_by=linked("clause", document.superseded_by),
        supersedes=linked("clause", *older),
        seen=plain(document.seen),
        resting=words(counted(chain.from_iterable(cards))),
    )
    return Card(
        kind="documents",
        id=document.id,
        title=document.title,
        at="",
        part=False,
        mark=marks().resolve(document.checked).id,
        flags=("draft",) if document.draft else (),
        facts=said,
        notes=notes(note=document.note),
        grids=(),
        entries=0,
    )


def _parts(
    rule: Cited, clauses: Iterable[str | None], make: Callable[[str], Card]
) -> Iterator[tuple[str, Card]]:
    """Yield the rule at its own clause, then its parts that name another one."""
    for place in dict.fromkeys((citation(rule), *(citation(rule, clause) for clause in clauses))):
        yield place, make(place)


def set_card(rules: Rulebook, found: ParameterSet, at: str | None = None) -> Card:
    """Return the card of a parameter set, or of its rows that rest on ``at``."""
    grids, shown, entries = [], [], 0
    for table in found.tables:
        rows = held(found, table.rows, at)
        shown += rows
        entries += sum(value is not None for row in rows for value in row.values)
        columns = [
            with_unit(rules.parameters[name].name, unit) for name, unit in table.columns.items()
        ]
        lines = [
            (
                *_keys(found, row),
                *map(number, row.values),
                part_mark(rules, found, row),
                place_of(found, row.clause, at),
                words(row.note),
            )
            for row in rows
        ]
        head: tuple[str | Text, ...] = ("keys", "name", *columns, "mark", "clause", "note")
        grids.append(Grid.of(phrase("values"), head, lines))
    said = facts(
        applies=plain(span(found.applies_from, found.applies_to)),
        data_year=plain(found.data_year),
        issued=plain(found.issued),
        purpose=words(named("purpose", found.purpose)),
        comes_before=linked("sets", *found.before),
    )
    return card_of(rules, "sets", found, at, said, grids, shown, entries)


def with_unit(name: Text, unit: str) -> Text:
    """Return a name with its unit in brackets."""
    return Text(zh=f"{name.zh} [{unit}]", en=f"{name.en} [{unit}]")


def _keys(found: ParameterSet, row: Any) -> tuple[Cell, Cell]:
    """Return the keys of a row and their names."""
    books: tuple[tuple[Mapping[str, Term], str | None], ...] = (
        (items(), row.item),
        (regions(), row.region),
        (gases(), row.gas),
        (uses(), row.use),
    )
    held = [(key, book[key].name) for book, key in books if key]
    if row.case:
        held.append((row.case, found.cases[row.case]))
    return code(*(key for key, _ in held)), words(listed(name for _, name in held))


def method_card(rules: Rulebook, method: Method) -> Card:
    """Return the card of a method without its terms."""
    said = facts(
        reporting_years=plain(years_of(method)),
        purpose=words(listed(named("purpose", one) for one in method.purposes)),
        boundary=words(method.boundary),
        gwp=linked("sets", method.gwp),
        complete=words(phrase("yes" if method.complete else "refused")),
        resolvers=linked("resolvers", *method.resolvers),
    )
    return card_of(rules, "methods", method, None, said, [], [], len(method.terms))


def term_card(rules: Rulebook, method: Method, term: MethodTerm) -> Card:
    """Return the card of one term of a method: what it counts, and where its symbols come from."""
    kind = phrase("energy")
    if term.gas:
        gas = gases()[term.gas].name
        kind = Text(zh=f"{gas.zh}（范围 {term.scope}）", en=f"{gas.en} (scope {term.scope})")
    said = facts(
        expression=code(term.expression),
        measure=words(kind),
        memo=words(named("memo", term.memo)),
        flows=words(_flows(term)),
        uses=code(*term.uses),
        items=words(listed(items()[one].name for one in rules.items(term))),
    )
    return Card(
        kind="terms",
        id=f"{method.id}.{term.id}",
        title=term.title,
        at=citation(method, term.clause),
        part=False,
        mark="",
        flags=flags_of(rules, method),
        facts=said,
        notes=(),
        grids=tuple(g for g in [references_grid(rules, term.parameters)] if g.rows),
        entries=1,
    )


def lookup_card(rules: Rulebook, lookup: Lookup) -> Card:
    """Return the card of a table of states."""
    columns = [
        Text(zh=f"{name} [{unit}]", en=f"{name} [{unit}]") for name, unit in lookup.columns.items()
    ]
    grid = Grid.of(phrase("values"), columns, [tuple(map(number, row)) for row in lookup.rows])
    return card_of(rules, "lookups", lookup, None, (), [grid], [lookup], len(lookup.rows))


def resolver_card(rules: Rulebook, resolver: Resolver) -> Card:
    """Return the card of what is resolved before the join."""
    wanted = (rules.parameters[name].name for name in resolver.inputs.values())
    said = facts(
        inputs=words(listed(wanted)),
        gives=words(rules.parameters[resolver.gives].name if resolver.gives else None),
        items=words(listed(items()[one].name for one in resolver.items)),
        flows=words(_signed(resolver.signs)),
        lookups=linked("lookups", *resolver.tables.values()),
        values=linked("sets", *(rules.values[one].set.id for one in resolver.values.values())),
        all_methods=words(phrase("yes" if resolver.always else "no")),
    )
    return card_of(rules, "resolvers", resolver, None, said, [], [], 1)


def _flows(term: MethodTerm) -> Text:
    """Return the flows of a term with their signs, or the column of the sign table."""
    return (
        _signed(term.flows or {}) if term.column is None else Text(zh=term.column, en=term.column)
    )


def _signed(signs: Mapping[str, int]) -> Text:
    named_flows = [(SIGNS[sign], flows()[flow].name) for flow, sign in signs.items()]
    return Text(
        zh=" ".join(f"{sign} {name.zh}" for sign, name in named_flows),
        en=" ".join(f"{sign} {name.en}" for sign, name in named_flows),
    )


EDITIONS: dict[str, Callable[[Rulebook, Any], Card]] = {
    "scales": scale_card,
    "formulas": formula_card,
    "scorecards": scorecard_card,
}
"""Kinds that have families of editions, and how the card of one is made."""

SINGLE: dict[str, Callable[[Rulebook, Any], Card]] = {
    "deadlines": deadline_card,
    "lookups": lookup_card,
    "resolvers": resolver_card,
}
"""Kinds without editions, and how the card of one is made."""


_OTHERS: dict[str, Callable[[Rulebook, Any], Card]] = {"sets": set_card, "methods": method_card}


def cards_of(rules: Rulebook, kind: str) -> Iterator[Card]:
    """Yield the whole card of every rule of a kind; each method is followed by its terms."""
    make = (_OTHERS | EDITIONS | SINGLE)[kind]
    for rule in getattr(rules, kind).values():
        yield make(rules, rule)
        if kind == "methods":
            yield from (term_card(rules, rule, term) for term in rule.terms)
