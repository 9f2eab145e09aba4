"""Lists of the rules by kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from dafeng.report.card_parts import flags_of
from dafeng.report.cards import CODE, NUMBER, Card, Grid, GridView, plain, span
from dafeng.report.rule_cards import EDITIONS, SINGLE
from dafeng.report.words import mark_words, phrase, word
from dafeng.rulebook import Rulebook, holds_on, in_force, years_of
from dafeng.vocabulary import Text, marks, period, worst_mark

_COLUMNS = {
    "documents": ("id", "number", "title", "in_force", "mark"),
    "sets": ("id", "title", "source", "year", "entries", "mark"),
    "methods": ("id", "title", "year", "boundary", "complete"),
    "scales": ("id", "title", "in_force", "entries", "mark"),
    "formulas": ("id", "title", "in_force", "entries", "mark"),
    "scorecards": ("id", "title", "in_force", "entries", "mark"),
    "deadlines": ("id", "title", "due", "source", "mark"),
    "lookups": ("id", "title", "source", "entries", "mark"),
    "resolvers": ("id", "title", "source", "mark"),
}


def day_of(as_of: str | None) -> date | None:
    """Return a day that is given as such, or the last one of a period.

    Raises:
        Fault: ``bad_period``.
    """
    try:
        return date.fromisoformat(as_of) if as_of else None
    except ValueError:
        return period(as_of or "").last


def rules_view(rules: Rulebook, day: date | None, lang: str) -> Iterator[Any]:
    """Yield a list of each kind of rules, on ``day`` where one is given."""
    for kind, rows in rules_data(rules, day, lang).items():
        if rows:
            yield list_view(kind, phrase(kind), rows, lang)


def list_view(kind: str, title: Text, rows: Iterable[dict[str, Any]], lang: str) -> GridView:
    """Return rows of plain data as a list with the columns of their kind."""
    styles = {"id": CODE, "entries": NUMBER}
    columns = _COLUMNS[kind]
    lines = [[plain(row[column], styles.get(column, "")) for column in columns] for row in rows]
    return GridView(Grid.of(title, columns, lines), lang)


def rules_data(rules: Rulebook, day: date | None, lang: str) -> dict[str, list[dict[str, Any]]]:
    """Return the lists of rules by kind as plain data."""
    held: dict[str, list[str]] = {name: [] for name in rules.sets}
    for value in rules.values.values():
        held[value.set.id].append(value.mark)
    return {
        "documents": [
            {
                "id": d.id,
                "number": d.number,
                "title": d.title.of(lang),
                "in_force": span(d.in_force_from, d.in_force_to),
                "mark": _said(d.checked, ("draft",) if d.draft else (), lang),
            }
            for d in rules.documents.values()
            if holds(d.in_force_from, d.in_force_to, day)
        ],
        "sets": [
            {
                "id": s.id,
                "title": s.title.of(lang),
                "source": f"{s.document}/{s.clause}",
                "year": s.data_year or "",
                "entries": len(held[s.id]),
                "mark": mark_words(worst_mark(set(held[s.id])), flags_of(rules, s), lang),
            }
            for s in rules.sets.values()
            if holds(s.applies_from, s.applies_to, day)
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
        **{
            kind: [
                edition_row(make(rules, e), span(e.applies_from, e.applies_to), lang)
                for e in getattr(rules, kind).values()
                if day is None or holds_on(e, day)
            ]
            for kind, make in EDITIONS.items()
        },
        **{
            kind: [_row(make(rules, one), lang) for one in getattr(rules, kind).values()]
            for kind, make in SINGLE.items()
        },
    }


def edition_row(card: Card, dates: str, lang: str) -> dict[str, Any]:
    """Return an edition with its dates as a line of a list."""
    return {**_row(card, lang), "in_force": dates}


def _row(card: Card, lang: str) -> dict[str, Any]:
    said = {name: cell.of(lang) for name, cell in card.facts if cell}
    return {
        "id": card.id,
        "title": card.title.of(lang),
        "source": card.at,
        "entries": card.entries,
        "due": said.get(phrase("due"), ""),
        "mark": mark_words(card.mark, card.flags, lang),
    }


def holds(first: date | None, last: date | None, day: date | None) -> bool:
    """Whether ``day`` lies between two dates; an open or unknown end is no bar."""
    return day is None or ((first is None or first <= day) and (last is None or day <= last))


def _said(checked: str, flags: tuple[str, ...], lang: str) -> str:
    return mark_words(marks().resolve(checked).id, flags, lang)
