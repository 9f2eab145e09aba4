"""The cards of scales, formulas, scorecards and deadlines."""

from __future__ import annotations

from dafeng.report.card_parts import (
    card_of,
    edition_facts,
    held,
    inputs_grid,
    is_part,
    listed,
    name_of,
    part_mark,
    place_of,
    references_grid,
)
from dafeng.report.cards import (
    Card,
    Cell,
    Grid,
    code,
    facts,
    linked,
    number,
    plain,
    words,
)
from dafeng.report.words import named, phrase
from dafeng.rulebook import Deadline, Formula, Rulebook, Scale, ScaleSet, Scorecard, Step, symbols
from dafeng.vocabulary import Text


def scale_card(
    rules: Rulebook, edition: ScaleSet, at: str | None = None, only: str | None = None
) -> Card:
    """Return the card of a set of scales, of those that rest on ``at``, or of one of them."""
    scales = [s for s in held(edition, edition.scales, at) if only in (None, s.id)]
    head: tuple[str | Text, ...] = (
        "id",
        "name",
        *map(name_of, edition.grades),
        "unit",
        "corrected",
    )
    lines = [
        (
            code(scale.id),
            words(scale.name),
            *map(number, scale.limits),
            code(scale.unit),
            _corrected(scale),
            part_mark(rules, edition, scale),
            place_of(edition, scale.clause, at),
            code(scale.item),
            linked("deadlines", scale.consequence),
            _file_only(edition, scale),
            words(scale.our_reading),
            words(scale.note),
        )
        for scale in scales
    ]
    tail = ("mark", "clause", "item", "consequence", "from_books", "our_reading", "note")
    said = facts(
        **edition_facts(edition),
        kind=words(named("kind", edition.kind)),
        direction=words(named("better", edition.direction)),
        grades=words(listed((*map(name_of, edition.grades), edition.beyond))),
    )
    entries = sum(limit is not None for scale in scales for limit in scale.limits)
    limits = Grid.of(phrase("limits"), (*head, *tail), lines)
    wanted = {name for scale in scales for formula in _formulas(scale) for name in symbols(formula)}
    inputs = {k: v for k, v in edition.inputs.items() if only is None or k in wanted}
    whole = [] if is_part(edition, at) else [inputs_grid(inputs)]
    return card_of(rules, "scales", edition, at, said, [*whole, limits], scales, entries)


def _file_only(edition: ScaleSet, scale: Scale) -> Cell:
    """Return whether the books cannot give the value of a scale."""
    return Cell() if edition.from_books and scale.from_books else words(phrase("file_only"))


def _formulas(scale: Scale) -> tuple[str, ...]:
    """Return the formulas of corrected limits."""
    if isinstance(scale.corrected, dict):
        return tuple(scale.corrected.values())
    return (scale.corrected,) if scale.corrected else ()


def _corrected(scale: Scale) -> Cell:
    if isinstance(scale.corrected, dict):
        return code("; ".join(f"{grade}: {text}" for grade, text in scale.corrected.items()))
    return code(scale.corrected)


def formula_card(rules: Rulebook, formula: Formula, at: str | None = None) -> Card:
    """Return the card of a formula, or of its steps that rest on ``at``."""
    steps = held(formula, formula.steps, at, whole=True)
    lines = [
        (
            code(step.id),
            words(name_of(step)),
            code(step.expression),
            code(step.unit),
            _rounding(step),
            part_mark(rules, formula, step),
            place_of(formula, step.clause, at),
        )
        for step in steps
    ]
    head = ("id", "name", "expression", "unit", "rounding", "mark", "clause")
    sources = references_grid(rules, formula.parameters, measured=False)
    given = [inputs_grid(formula.inputs), sources]
    grids = [*([] if is_part(formula, at) else given), Grid.of(phrase("steps"), head, lines)]
    return card_of(
        rules, "formulas", formula, at, facts(**edition_facts(formula)), grids, steps, len(steps)
    )


def _rounding(step: Step) -> Cell:
    if step.digits is None:
        return Cell()
    text = phrase(f"rounding_{step.rounding}")
    return words(Text(zh=text.zh.format(digits=step.digits), en=text.en.format(digits=step.digits)))


def scorecard_card(rules: Rulebook, card: Scorecard, at: str | None = None) -> Card:
    """Return the card of a scorecard, or of its criteria that rest on ``at``."""
    criteria = held(card, card.criteria, at, whole=True)
    lines = [
        (
            code(one.id),
            words(one.name),
            words(card.groups[one.group] if one.group else None),
            number(one.weight),
            code(one.unit),
            number(one.base),
            number(one.lead),
            words(named("better", one.direction)),
            part_mark(rules, card, one),
            place_of(card, one.clause, at),
            words(one.note),
        )
        for one in criteria
    ]
    head = ("id", "name", "group", "weight", "unit", "base", "lead_value", "direction")
    classes = [
        (code(one.id), words(name_of(one)), number(one.top), number(one.score))
        for one in card.classes
    ]
    whole = (
        []
        if is_part(card, at)
        else [Grid.of(phrase("classes"), ("id", "name", "top", "score"), classes)]
    )
    grids = [Grid.of(phrase("criteria"), (*head, "mark", "clause", "note"), lines), *whole]
    said = facts(**edition_facts(card), normalised=code(card.normalised))
    return card_of(rules, "scorecards", card, at, said, grids, criteria, len(criteria))


def deadline_card(rules: Rulebook, deadline: Deadline) -> Card:
    """Return the card of a deadline."""
    said = facts(
        due=words(due(deadline)),
        year=plain(deadline.year),
        who=words(deadline.who),
    )
    return card_of(rules, "deadlines", deadline, None, said, [], [deadline], 1)


def due(deadline: Deadline) -> Text:
    """Return the last day, or how many days after which event."""
    if deadline.due is not None:
        return Text(zh=str(deadline.due), en=str(deadline.due))
    days = phrase("working_days_after" if deadline.working_days else "days_after")
    event = named("event", deadline.event) or Text(zh="–", en="–")
    return Text(
        zh=days.zh.format(days=deadline.days_after, event=event.zh),
        en=days.en.format(days=deadline.days_after, event=event.en),
    )
