"""Surcharges on the price of electricity for people to read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rich.text import Text as Styled

from dafeng.report.tables import listing
from dafeng.report.words import mark_words, number, word
from dafeng.vocabulary import worst_mark

if TYPE_CHECKING:
    from dafeng.grading import Charge


def charges_view(found: Sequence[Charge], lang: str) -> Iterator[Any]:
    """Yield each row with its step, rate and amount, by rule, then what is known of the sum."""
    groups: dict[str, list[Charge]] = {}
    for one in found:
        groups.setdefault(one.formula.id, []).append(one)
    for own in groups.values():
        formula = own[0].formula
        flags = tuple(sorted({flag for one in own for flag in one.tree.all_flags}))
        words = mark_words(worst_mark({one.tree.worst for one in own}), flags, lang)
        yield Styled(formula.title.of(lang), "bold").append(f"  [{words}]", "magenta")
        yield Styled(f"{formula.document}/{formula.clause}", "dim")
        heads = ["graded", "price_step", "price_kwh", "price_markup", "price_amount", "because"]
        yield listing(heads, [_row(one, lang) for one in own], lang)
        yield from _defaults(own, lang)
    known = [one.amount for one in found if one.amount is not None]
    total = Styled(f"{word('price_total', lang)} {_money(sum(known, Decimal(0)))}", "bold")
    if len(known) < len(found):
        total.append(f"  {word('price_open', lang)} {len(found) - len(known)}", "yellow")
    yield total


def charge_dict(one: Charge, lang: str) -> dict[str, Any]:
    """Return a surcharge as plain data; exact numbers are text."""
    return {
        "figure": one.figure,
        "who": one.who,
        "formula": one.formula.id,
        "clause": f"{one.formula.document}/{one.formula.clause}",
        "steps": {name: _text(value) for name, value in one.steps.items()},
        "amount": _text(one.amount),
        "assumed": list(one.assumed),
        "missing": [_name(one, name, lang) for name in one.missing],
        "mark": one.tree.worst,
        "flags": list(one.tree.all_flags),
    }


def _row(one: Charge, lang: str) -> tuple[str, ...]:
    comma = "、" if lang == "zh" else ", "
    cells = [one.row.get(name) for name in one.formula.inputs if name != "electricity"]
    said = [f"{cell:g}" if isinstance(cell, float) else str(cell) for cell in cells if cell]
    names = comma.join(_name(one, name, lang) for name in one.missing)
    return (
        one.who,
        comma.join(said) or "–",
        number(one.row.get("electricity")),
        _text(one.steps.get("markup")) or "–",
        _money(one.amount),
        f"{word('because_missing', lang)} {names}" if names else "",
    )


def _defaults(found: Sequence[Charge], lang: str) -> Iterator[Styled]:
    """Yield which defaults were taken, and for how many."""
    counts = Counter(name for one in found for name in one.assumed)
    if counts:
        held = [f"{_name(found[0], name, lang)} ×{count}" for name, count in counts.items()]
        yield Styled(f"{word('because_assumed', lang)} {'; '.join(held)}", "dim")


def _name(one: Charge, name: str, lang: str) -> str:
    """Return the words for an input, or for a parameter of which no value was seen."""
    if name in one.formula.inputs:
        held = one.formula.inputs[name]
        return held.zh if lang == "zh" else held.en
    parameter = one.rules.parameters[one.formula.parameters[name].parameter]
    return f"{parameter.name.of(lang)} ({word('price_no_value', lang)})"


def _text(value: Decimal | None) -> str | None:
    return None if value is None else format(value.normalize(), "f")


def _money(value: Decimal | None) -> str:
    return "–" if value is None else f"{value:,.2f}"
