"""Finds rules by a word: id, title, number, clause, product, in Chinese or English."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from dafeng.rulebook.difference import citation_of, flags_of, mark_of
from dafeng.vocabulary import Fault, Term, Text, items

if TYPE_CHECKING:
    from dafeng.rulebook.rulebook import Rulebook


_WORD = re.compile(r"[\w-]+")
_RUN = re.compile(r"\d+(?:[^\w\n]+\d+)*|[^\W\d_]+")  # numbers as they are joined, or letters
_BETWEEN, _JOINT = r"(?:[^\w\n]|_)*", r"[^\w\n]+"


@dataclass(frozen=True)
class Hit:
    """A rule that holds the words that were searched for.

    Attributes:
        kind: kind of record; ``clauses``, ``items``, or ``limits`` for one scale of an edition.
        rank: 0 the very id or name, 1 in the id or the name, 2 in an alias, a number or the name
            of what it holds, 3 in its text, 4 only inside words: "cement" in "replacement".
        clause: ``document/clause`` that it rests on; empty for an item.
    """

    kind: str
    id: str
    name: Text
    rank: int
    clause: str = ""
    mark: str = ""
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Entry:
    """What of a rule is searched: its id and name first, unless it is only a place in a text."""

    hit: Hit
    more: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    place: bool = False

    @property
    def named(self) -> tuple[str, ...]:
        return () if self.place else (self.hit.id, self.hit.name.zh, self.hit.name.en)


def search(rules: Rulebook, words: str) -> list[Hit]:
    """Return the rules in which all words are found, the nearest first.

    Args:
        rules: the rulebook.
        words: one or more, with spaces between them; case and width make no difference, nor
            does what stands between letters and digits: ``gb21256`` finds GB 21256.

    Raises:
        Fault: ``no_search_words``.
    """
    wanted = _fold(words).split()
    if not wanted:
        raise Fault("no_search_words")
    patterns = [_pattern(word) for word in wanted]
    found = []
    for entry in _entries(rules):
        rank = _rank(entry, " ".join(wanted), patterns)
        if rank is not None:
            hit = entry.hit
            found.append(Hit(hit.kind, hit.id, hit.name, rank, hit.clause, hit.mark, hit.flags))
    return sorted(found, key=lambda hit: hit.rank)


def near(rules: Rulebook, words: str) -> list[str]:
    """Return ids and names that are written nearly like the words that were searched for."""
    known: dict[str, str] = {}
    for entry in _entries(rules):
        for label in (*entry.named, *entry.more):
            known.setdefault(_fold(label), label)
            known |= {_fold(part): part for part in _WORD.findall(label)}
    return [known[label] for label in get_close_matches(_fold(words), known)]


def _pattern(word: str) -> str:
    """Return the pattern of a word, whatever separates its letters from its digits."""
    runs = [_JOINT.join(re.split(r"[^\w\n]+", run)) for run in _RUN.findall(word)]
    return _BETWEEN.join(runs) or re.escape(word)


def _rank(entry: _Entry, phrase: str, patterns: list[str]) -> int | None:
    named = [_fold(label) for label in entry.named]
    if phrase in named:
        return 0
    held, rank = "", 0
    for rank, labels in enumerate((named, map(_fold, entry.more), map(_fold, entry.text)), 1):
        held = "\n".join((held, *labels))
        if all(re.search(rf"(?<![a-z0-9]){pattern}", held) for pattern in patterns):
            return rank
    return rank + 1 if all(re.search(pattern, held) for pattern in patterns) else None


def _fold(label: str) -> str:
    return unicodedata.normalize("NFKC", label).casefold()


def _entries(rules: Rulebook) -> Iterator[_Entry]:
    yield from _documents(rules)
    for parameter in rules.parameters.values():
        more = (parameter.symbol, *parameter.aliases)
        yield _Entry(Hit("parameters", parameter.id, parameter.name, 0), more)
    for one in rules.sets.values():
        held = {row.item for table in one.tables for row in table.rows if row.item}
        columns = {name for table in one.tables for name in table.columns}
        names = [label for name in sorted(columns) for label in _term(rules.parameters[name])]
        more = (*names, *_texts(one.cases.values()), *_items(sorted(held)))
        yield _Entry(_hit(rules, "sets", one), more, _texts((one.note, one.our_reading)))
    for method in rules.methods.values():
        parts = [text for term in method.terms for text in (term.id, *_texts((term.title,)))]
        text = _texts((method.boundary, method.our_reading, *method.open_points))
        yield _Entry(_hit(rules, "methods", method), tuple(parts), text)
    yield from _scales(rules)
    for formula in rules.formulas.values():
        steps = [label for step in formula.steps for label in (step.id, step.zh, step.en)]
        inputs = [label for one in formula.inputs.values() for label in (one.zh, one.en)]
        text = (*inputs, *_texts((formula.note, formula.our_reading)))
        yield _Entry(_hit(rules, "formulas", formula), (formula.family, *steps), text)
    for card in rules.scorecards.values():
        parts = [label for one in card.criteria for label in _term(one)]
        events = (event.name for event in card.events)
        text = _texts((*events, *card.open_points, card.note, card.our_reading))
        yield _Entry(_hit(rules, "scorecards", card), (card.family, *parts), text)
    for deadline in rules.deadlines.values():
        hit = _hit(rules, "deadlines", deadline)
        yield _Entry(hit, deadline.aliases, _texts((deadline.who, deadline.note)))
    for item in items().values():
        yield _Entry(Hit("items", item.id, item.name, 0), item.aliases, _texts((item.note,)))


def _documents(rules: Rulebook) -> Iterator[_Entry]:
    """Yield each document by title and number, and each of its clauses by what it says."""
    for one in rules.documents.values():
        hit = _hit(rules, "documents", one)
        text = _texts((one.issuer, one.note))
        yield _Entry(hit, (one.number,), text)
        stack = list(reversed(one.clauses))
        while stack:
            clause = stack.pop()
            stack.extend(reversed(clause.clauses))
            place = f"{one.id}/{clause.id}"
            found = Hit("clauses", place, clause.text, 0, place, hit.mark, hit.flags)
            yield _Entry(found, (place,), _texts((clause.text,)), place=True)


def _scales(rules: Rulebook) -> Iterator[_Entry]:
    """Yield each edition, and each of its scales by its product."""
    for one in rules.scales.values():
        grades = [label for grade in one.grades for label in (grade.zh, grade.en)]
        text = (*grades, *_texts((one.beyond, one.note, one.our_reading)))
        yield _Entry(_hit(rules, "scales", one), (one.family,), text)
        for scale in one.scales:
            held = one.model_copy(
                update={
                    "clause": scale.clause or one.clause,
                    "checked": scale.checked or one.checked,
                }
            )
            hit = _hit(rules, "limits", held, f"{one.id}/{scale.id}", scale.name)
            more = (*scale.aliases, *_items([scale.item] if scale.item else []))
            yield _Entry(hit, more, _texts((scale.note, scale.our_reading, one.title)))


def _hit(rules: Rulebook, kind: str, rule: Any, id_: str = "", name: Text | None = None) -> Hit:
    """Return a rule as it is shown, with its clause and mark."""
    title = name or (rule.name if isinstance(rule, Term) else rule.title)
    clause, mark = citation_of(rule), mark_of(rules, rule)
    return Hit(kind, id_ or rule.id, title, 0, clause, mark, flags_of(rules, rule))


def _items(ids: Iterable[str]) -> list[str]:
    return [label for name in ids for label in _term(items()[name])]


def _term(term: Term) -> tuple[str, ...]:
    return (term.id, term.zh, term.en, *term.aliases)


def _texts(texts: Iterable[Text | None]) -> tuple[str, ...]:
    return tuple(label for text in texts if text for label in (text.zh, text.en))
