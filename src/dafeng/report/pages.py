"""The rulebook as HTML: a page per document, with what rests on each of its clauses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import quote

from dafeng.report.card_parts import document_of
from dafeng.report.cards import Card, Ref, marked
from dafeng.report.rule_cards import document_card, resting
from dafeng.report.words import phrase
from dafeng.rulebook import Clause, Rulebook
from dafeng.vocabulary import Text, marks, write_files

_TEMPLATES = Path(__file__).parent / "data"
INDEX = "index.html"
STYLE = "pages.css"


@dataclass(frozen=True)
class Place:
    """A clause on a page: ``level`` is that of its heading, ``cards`` is what rests on it."""

    clause: Clause
    level: int
    cards: tuple[Card, ...]
    places: tuple[Place, ...]


def pages(rules: Rulebook, folder: Path) -> list[Path]:
    """Write a page per document, an index and a style sheet into a folder; return the files.

    What the folder holds besides is left alone.
    """
    files = {folder / name: text for name, text in page_texts(rules).items()}
    write_files(files)
    return list(files)


def page_texts(rules: Rulebook) -> dict[str, str]:
    """Return the pages and their style sheet by file name; nothing else is needed to show them."""
    held = resting(rules)
    render = _renderer(rules)
    cards = [document_card(rules, document, held) for document in rules.documents.values()]
    made = {
        page_name(card.id): render(
            "page.html.j2",
            {"card": card, "places": _places(card.id, rules.documents[card.id].clauses, held, 2)},
        )
        for card in cards
    }
    style = (_TEMPLATES / STYLE).read_text(encoding="utf-8")
    return {INDEX: render("index.html.j2", _index(rules, cards)), **made, STYLE: style}


def page_name(document: str) -> str:
    """Return the file name of a document's page."""
    return f"{document}.html"


def href(rules: Rulebook, ref: Ref) -> str:
    """Return the link to a clause, ``page#clause``, or to a rule's card on a page."""
    if ref.kind == "clause":
        document, _, place = ref.id.partition("/")
        return quote(page_name(document)) + (f"#{quote(place)}" if place else "")
    rule = getattr(rules, ref.kind)[ref.id]
    return f"{quote(page_name(document_of(rule)))}#{quote(card_anchor(ref.kind, ref.id))}"


def card_anchor(kind: str, rule: str) -> str:
    """Return the anchor of a card; no clause has a colon in its id."""
    return f"{kind}:{rule}"


def _renderer(rules: Rulebook) -> Callable[[str, Mapping[str, Any]], str]:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415  heavy

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
    )
    environment.globals |= {
        "phrase": phrase,
        "anchor": card_anchor,
        "ref": Ref,
        "marked": marked,
        "style": STYLE,
        "href": lambda ref: href(rules, ref),
    }
    return lambda name, values: environment.get_template(name).render(values)


def _places(
    document: str, clauses: Iterable[Clause], held: Mapping[str, Sequence[Card]], level: int
) -> tuple[Place, ...]:
    return tuple(
        Place(
            clause,
            level,
            tuple(held.get(f"{document}/{clause.id}", ())),
            _places(document, clause.clauses, held, level + 1),
        )
        for clause in clauses
    )


def _index(rules: Rulebook, cards: Sequence[Card]) -> dict[str, Any]:
    """Return the documents by issuer, each issuer's by date; those without a date come last."""

    def issuer(card: Card) -> Text:
        return rules.documents[card.id].issuer

    def order(card: Card) -> tuple[str, str, date, str]:
        document = rules.documents[card.id]
        day = document.issued or document.in_force_from or date.max
        return document.issuer.zh, document.issuer.en, day, document.id

    listed = [(name, list(held)) for name, held in groupby(sorted(cards, key=order), key=issuer)]
    shown = [phrase(name) for name in ("issued", "in_force", "superseded_by", "resting")]
    return {"issuers": listed, "documents": rules.documents, "shown": shown, "marks": marks()}
