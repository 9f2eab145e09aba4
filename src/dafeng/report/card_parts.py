"""What the cards of several kinds of rules have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from dafeng.report.cards import (
    Card,
    Cell,
    Grid,
    code,
    exact,
    linked,
    marked,
    notes,
    plain,
    span,
    words,
)
from dafeng.report.words import named, phrase
from dafeng.rulebook import (
    Formula,
    Input,
    Reference,
    Rulebook,
    ScaleSet,
    Scorecard,
)
from dafeng.vocabulary import Text, marks, regions, worst_mark


class _Named(Protocol):
    @property
    def zh(self) -> str: ...
    @property
    def en(self) -> str: ...


class _Placed(Protocol):
    @property
    def clause(self) -> str | None: ...


P = TypeVar("P", bound=_Placed)


class Cited(Protocol):
    """A rule that stands at a clause of a document."""

    @property
    def document(self) -> str: ...  # noqa: D102
    @property
    def clause(self) -> str: ...  # noqa: D102


def citation(rule: Cited, clause: str | None = None) -> str:
    """Return ``document/clause`` of a rule, or of a part of it that has a clause of its own."""
    place = clause or rule.clause
    return place if "/" in place else f"{rule.document}/{place}"


def document_of(rule: Cited) -> str:
    """Return the id of the document that a rule stands in."""
    return citation(rule).partition("/")[0]


def card_of(
    rules: Rulebook,
    kind: str,
    rule: Any,
    at: str | None,
    said: tuple[tuple[Text, Cell], ...],
    grids: Sequence[Grid],
    parts: Sequence[Any],
    entries: int,
) -> Card:
    """Return the card of a rule; a part that rests on another clause is only its tables.

    Args:
        rules: where its document is looked up.
        kind: where it is held.
        rule: the rule.
        at: the clause that is shown, ``None`` for the whole of it.
        said: what stands above its tables.
        grids: its tables.
        parts: the rows, scales, steps or criteria shown: the worst of their marks counts.
        entries: how many values, limits, steps or criteria that are.
    """
    found = {marks().resolve(one.checked or rule.checked).id for one in parts}
    part = is_part(rule, at)
    remarks = notes(
        our_reading=getattr(rule, "our_reading", None),
        open_points=getattr(rule, "open_points", ()),
        events=[one.name for one in getattr(rule, "events", ())],
        no_value=[_unknown(one) for one in getattr(rule, "unknown", ())],
        refusal=getattr(rule, "refusal", None),
        note=getattr(rule, "note", None),
    )
    return Card(
        kind=kind,
        id=rule.id,
        title=rule.title if hasattr(rule, "title") else name_of(rule),
        at=at or citation(rule),
        part=part,
        mark=worst_mark(found),
        flags=flags_of(rules, rule),
        facts=() if part else said,
        notes=() if part else remarks,
        grids=tuple(grid for grid in grids if grid.rows),
        entries=entries,
    )


def flags_of(rules: Rulebook, rule: Cited) -> tuple[str, ...]:
    """Return what stands beside the mark of a rule: draft, template, our reading."""
    said = {
        "draft": rules.documents[document_of(rule)].draft,
        "template": getattr(rule, "template", False),
        "our_reading": getattr(rule, "our_reading", None),
    }
    return tuple(flag for flag, holds in said.items() if holds)


def part_mark(rules: Rulebook, rule: Any, part: Any) -> Cell:
    """Return the mark of a part of a rule in words; in a draft every part says so."""
    flags = [flag for flag in flags_of(rules, rule) if flag == "draft"]
    flags += ["our_reading"] if getattr(part, "our_reading", None) else []
    return marked(marks().resolve(part.checked or rule.checked).id, tuple(flags))


def is_part(rule: Cited, at: str | None) -> bool:
    """Whether ``at`` is a clause other than the rule's own; ``None`` stands for the whole rule."""
    return at not in (None, citation(rule))


def held(rule: Cited, parts: Sequence[P], at: str | None, *, whole: bool = False) -> list[P]:
    """Return the parts that rest on ``at``; with ``whole`` its own clause has all of them."""
    if at is None or (whole and not is_part(rule, at)):
        return list(parts)
    return [part for part in parts if citation(rule, part.clause) == at]


def place_of(rule: Cited, clause: str | None, at: str | None) -> Cell:
    """Return the clause of a part, where it is not the rule's own and not the one shown."""
    place = citation(rule, clause)
    return Cell() if place in (at, citation(rule)) else linked("clause", place)


def edition_facts(rule: ScaleSet | Formula | Scorecard) -> dict[str, Cell]:
    """Return where an edition stands, of what it is one, where and when it applies."""
    return {
        "family": code(rule.family),
        "region": words(regions()[rule.region].name if rule.region else None),
        "applies": plain(span(rule.applies_from, rule.applies_to)),
    }


def inputs_grid(inputs: Mapping[str, Input]) -> Grid:
    """Return what has to be given, with units and defaults."""
    rows = [
        (code(symbol), words(name_of(one)), code(one.unit), _default(one), words(one.note))
        for symbol, one in inputs.items()
    ]
    return Grid.of(phrase("inputs"), ("symbol", "name", "unit", "default", "note"), rows)


def _default(one: Input) -> Cell:
    if one.default is None:
        return words(phrase("optional" if one.optional else "required"))
    return code(one.default if isinstance(one.default, str) else exact(one.default))


def references_grid(
    rules: Rulebook, refs: Mapping[str, Reference], *, measured: bool = True
) -> Grid:
    """Return where symbols take their values from; ``measured``: an own value may count."""
    rows = [
        (
            code(symbol),
            words(rules.parameters[ref.parameter].name),
            code(ref.item, ref.gas, ref.case),
            linked("sets", *ref.sets) if ref.sets else words(phrase("only_own")),
            words(None if ref.select == "in_force" else named("select", ref.select)),
            words(named("level", ref.region)),
            words(phrase("yes" if ref.measured else "no") if measured else None),
            words(listed(map(_unknown, ref.unknown))),
        )
        for symbol, ref in refs.items()
    ]
    head = (
        "symbol",
        "parameter",
        "keys",
        "default_from",
        "choice",
        "level",
        "own_value",
        "no_value",
    )
    return Grid.of(phrase("symbols"), head, rows)


def _unknown(one: Any) -> Text:
    """Return for which days there is no value, and why."""
    days = span(one.applies_from, one.applies_to)
    return Text(zh=f"{days}：{one.reason.zh}", en=f"{days}: {one.reason.en}")


def listed(texts: Iterable[Text | None]) -> Text:
    """Return several words as one line in each language."""
    known = [text for text in texts if text]
    return Text(zh="，".join(text.zh for text in known), en=", ".join(text.en for text in known))


def name_of(one: _Named) -> Text:
    """Return the name of something that has one in each language."""
    return Text(zh=one.zh, en=one.en)
