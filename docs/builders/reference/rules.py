"""Pages of the rulebook."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from builders.reference.markdown import Lines, anchor, both, cited, code, rules, table
from dafeng import report, vocabulary

PAGES = {"sets": "parameters"}
"""Kinds of rules whose page has another name."""


def documents() -> Lines:
    """Yield the documents with their clause trees."""
    held_by = report.resting(rules())
    for document in rules().documents.values():
        yield from head(report.document_card(rules(), document, held_by))
        yield f"- 网页 web page: [{document.id}](rules/{document.id}.html)"
        yield "- 条款 clauses:"
        yield from clauses(document.clauses, 1)
        yield ""


def clauses(found: Iterable[Any], depth: int) -> Lines:
    """Yield clauses as a nested list."""
    for clause in found:
        yield f"{'  ' * depth}- `{clause.id}` {both(clause.text)}"
        yield from clauses(clause.clauses, depth + 1)


def parameters() -> Lines:
    """Yield the parameters, then the sets with every value."""
    names = ("编号 id", "符号 symbol", "中文", "English", "单位 units")
    rows = ((code(p.id), code(p.symbol), p.zh, p.en, ", ".join(p.units))
            for p in rules().parameters.values())  # fmt: skip
    yield from table(names, rows)
    yield from cards("sets")


def cards(kind: str) -> Lines:
    """Yield every rule of a kind."""
    for card in report.cards_of(rules(), kind):
        yield from head(card)
        yield ""
        for grid in card.grids:
            if len(card.grids) > 1:
                yield f"**{both(grid.caption)}**"
                yield ""
            rows = [[held(one) for one in row] for row in grid.rows]
            yield from table([both(name) for name in grid.columns], rows)


def head(card: report.Card) -> Lines:
    """Yield the name of a rule, where it stands, its mark, what it says and what is remarked."""
    yield f"{'###' if card.kind == 'terms' else '##'} {card.id}"
    yield ""
    yield both(card.title)
    yield ""
    if card.at:
        yield f"- 出处 source: {cited(card.at)}"
    if card.mark or card.flags:
        zh, en = (report.mark_words(card.mark, card.flags, lang) for lang in vocabulary.LANGUAGES)
        yield f"- 可信度 mark: {zh} / {en}"
    yield from (f"- {both(name)}: {held(one)}" for name, one in card.facts)
    yield from (f"- **{both(name)}** {both(text)}" for name, text in card.notes)


def held(one: report.Cell) -> str:
    """Return a cell of a card with its links."""
    if one.refs:
        return ", ".join(
            cited(ref.id)
            if ref.kind == "clause"
            else f"[{ref.id}]({PAGES.get(ref.kind, ref.kind)}.md#{anchor(ref.id)})"
            for ref in one.refs
        )
    return code(one.text.zh) if one.style == "code" else both(one.text)
