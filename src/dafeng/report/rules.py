"""What goes by a name in the rulebook, for people to read and as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from rich.table import Table
from rich.text import Text as Styled
from rich.tree import Tree

from dafeng.report.card_parts import flags_of
from dafeng.report.cards import Card, card_view, counted, counts, number, span
from dafeng.report.limits import scale_card
from dafeng.report.rule_cards import (
    EDITIONS,
    SINGLE,
    document_card,
    method_card,
    resting,
    set_card,
    term_card,
)
from dafeng.report.rule_lists import day_of, edition_row, holds, list_view
from dafeng.report.words import mark_words, phrase, word
from dafeng.rulebook import Clause, Rulebook, Value, describe, holds_on
from dafeng.vocabulary import Fault, marks

Shown = tuple[list[Any], dict[str, Any]]
One = tuple[Iterable[Any], dict[str, Any]]
"""What is printed of one rule, and the same as plain data."""


def rule_view(rules: Rulebook, wanted: str, as_of: str | None, lang: str) -> Shown:
    """Return everything that goes by a name, to print and as plain data.

    Args:
        rules: the rulebook.
        wanted: id of a rule, a document, ``document/clause``, ``edition/scale``, a family of
            editions, or of a parameter value, a parameter, an item.
        as_of: a day, or a period, of which the last day counts: of a family the edition in
            force, only values that apply, and no edition or method outside its time.
        lang: language of what is printed and of the names in the data.

    Raises:
        Fault: ``unknown_rule``, ``no_edition``, ``edition_out_of_time``, ``method_out_of_time``.
    """
    day = day_of(as_of)
    found = [
        *_documents(rules, wanted, lang),
        *_held_by_id(rules, wanted, day, lang),
        *_scale(rules, wanted, lang),
        *_family(rules, wanted, day, lang),
    ]
    values = [
        value
        for value in rules.values.values()
        if wanted in (value.id, value.set.id, value.parameter, value.row.item)
        and (day is None or value.applies(day))
    ]
    if not found and not values:
        raise Fault("unknown_rule", label=wanted)
    shown = [thing for things, _ in found for thing in things]
    if values:
        shown.append(_value_table(rules, values, lang))
    data = {
        "rules": [record for _, record in found],
        "values": [_value_data(rules, value, lang) for value in values],
    }
    return shown, data


def _documents(rules: Rulebook, wanted: str, lang: str) -> Iterator[One]:
    """Yield a document with its clauses, or one clause with what rests on it."""
    name, _, place = wanted.partition("/")
    document = rules.documents.get(name)
    if document is None:
        return
    held = resting(rules)
    if not place:
        card = document_card(rules, document, held)
        things, record = _one(card, document, lang)
        here = {
            clause: cards
            for at, cards in held.items()
            for d, _, clause in [at.partition("/")]
            if d == name
        }
        record["resting"] = {clause: counts(cards) for clause, cards in here.items()}
        tree = Tree(word("clauses", lang))
        _grow(tree, document.clauses, here, lang)
        yield [*things, tree], record
    elif (clause := document.clause(place)) is not None:
        cards = held.get(wanted, [])
        shown = [Styled(f"{wanted}  {clause.text.of(lang)}", "bold"), *_printed(cards, lang)]
        record = {"kind": "clauses", **clause.model_dump(mode="json")}
        yield shown, record | {"resting": [f"{card.kind}:{card.id}" for card in cards]}


def _grow(
    tree: Tree, clauses: Iterable[Clause], here: Mapping[str, Sequence[Card]], lang: str
) -> None:
    """Add clauses to a tree, each with the number of what rests on it."""
    for clause in clauses:
        line = Styled(f"{clause.id}  {clause.text.of(lang)}")
        line.append(f"  {counted(here.get(clause.id, ())).of(lang)}", "cyan")
        _grow(tree.add(line), clause.clauses, here, lang)


def _held_by_id(rules: Rulebook, wanted: str, day: date | None, lang: str) -> Iterator[One]:
    """Yield what has this id; an edition or method outside its time is refused."""
    if wanted in rules.sets and (day is None or _set_applies(rules, wanted, day)):
        card = set_card(rules, rules.sets[wanted])
        yield _one(replace(card, grids=()), rules.sets[wanted], lang)  # its values follow by id
    if wanted in rules.methods:
        method = rules.method(wanted, day.year if day else None)
        terms = [term_card(rules, method, term) for term in method.terms]
        things, record = _one(method_card(rules, method), method, lang)
        yield [*things, *_printed(terms, lang)], record
    for kind, make in EDITIONS.items():
        book = getattr(rules, kind)
        if wanted in book:
            edition = rules.named(book, wanted, day) if day else book[wanted]
            yield _one(make(rules, edition), edition, lang)
    for kind, make in SINGLE.items():
        book = getattr(rules, kind)
        if wanted in book:
            yield _one(make(rules, book[wanted]), book[wanted], lang)


def _set_applies(rules: Rulebook, wanted: str, day: date) -> bool:
    found = rules.sets[wanted]
    return holds(found.applies_from, found.applies_to, day)


def _scale(rules: Rulebook, wanted: str, lang: str) -> Iterator[One]:
    """Yield one scale of an edition: ``edition/scale``."""
    name, _, part = wanted.partition("/")
    edition = rules.scales.get(name)
    scale = edition.scale(part) if edition else None
    if edition is not None and scale is not None:
        card = scale_card(rules, edition, only=scale.id)
        things, record = _one(card, edition.model_copy(update={"scales": (scale,)}), lang)
        yield things, record


def _family(rules: Rulebook, wanted: str, day: date | None, lang: str) -> Iterator[One]:
    """Yield the editions of a family in force on a day, else a list of all of them."""
    for kind, make in EDITIONS.items():
        book = getattr(rules, kind)
        editions = [edition for edition in book.values() if edition.family == wanted]
        if not editions or wanted in book:
            continue
        if day is not None:
            for edition in _standing(rules, book, wanted, day):
                yield _one(make(rules, edition), edition, lang)
            continue
        cards = [(make(rules, edition), edition) for edition in editions]
        rows = [edition_row(card, span(e.applies_from, e.applies_to), lang) for card, e in cards]
        records = [_one(card, edition, lang)[1] for card, edition in cards]
        record = {"kind": "family", "id": wanted, "editions": records}
        yield [Styled(wanted, "bold"), list_view(kind, phrase("editions"), rows, lang)], record


def _standing(rules: Rulebook, book: dict[str, Any], wanted: str, day: date) -> list[Any]:
    """Return the editions in force on a day: the country's, and each province's own.

    Raises:
        Fault: ``no_edition``, with the editions that there are.
    """
    found = {
        edition.region: edition  # an overlay's, which is read last, takes the place
        for edition in book.values()
        if edition.family == wanted and holds_on(edition, day) and not rules.is_draft(edition)
    }
    return list(found.values()) or [rules.edition(book, wanted, day)]


def _one(card: Card, rule: Any, lang: str) -> One:
    return list(card_view(card, lang)), _record(card.kind, rule, card.mark, card.flags)


def _record(kind: str, rule: Any, mark: str, flags: tuple[str, ...]) -> dict[str, Any]:
    """Return a rule as plain data, whole, with what its source note means."""
    held = marks().resolve(mark).id if mark else None
    return {"kind": kind, "mark": held, "flags": list(flags), **rule.model_dump(mode="json")}


def _printed(cards: Iterable[Card], lang: str) -> Iterator[Any]:
    for card in cards:
        yield ""
        yield from card_view(card, lang)


# --- Values -----------------------------------------------------------------------------------


def _value_table(rules: Rulebook, values: Iterable[Value], lang: str) -> Table:
    """Return values, each with its id whole to copy; what belongs together is one column."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(word("name", lang), overflow="fold", ratio=1)
    table.add_column(word("setting", lang), justify="right", no_wrap=True)
    table.add_column(word("mark", lang), overflow="fold")
    for value in values:
        name = Styled(f"{describe(rules, value).of(lang)}\n")
        name.append(f"{value.id}\n{value.clause}", "dim")
        shown = value.number if value.number is not None else (value.low or 0, value.high or 0)
        mark = Styled(mark_words(value.mark, flags_of(rules, value.set), lang), "magenta")
        table.add_row(name, f"{number(shown).of(lang)} {value.unit}", mark)
    return table


def _value_data(rules: Rulebook, value: Value, lang: str) -> dict[str, Any]:
    held = value.set
    return {
        "id": value.id,
        "name": describe(rules, value).of(lang),
        "parameter": value.parameter,
        "set": held.id,
        "keys": value.row.model_dump(include={"item", "region", "gas", "use", "case"}),
        "value": value.number,
        "low": value.low,
        "high": value.high,
        "unit": value.unit,
        "applies_from": held.applies_from and str(held.applies_from),
        "applies_to": held.applies_to and str(held.applies_to),
        "data_year": held.data_year,
        "source": value.clause,
        "mark": value.mark,
        "flags": list(flags_of(rules, held)),
        "our_reading": held.our_reading and held.our_reading.of(lang),
        "note": value.row.note and value.row.note.of(lang),
    }
