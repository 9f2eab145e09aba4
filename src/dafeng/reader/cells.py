"""A number in a cell of a table: its year is that of its column, its unit that of its row."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from dafeng.reader.comparators import compare
from dafeng.reader.draft import Draft
from dafeng.reader.garbled import check_sentence
from dafeng.reader.naming import Name, kinds_of, name_of
from dafeng.reader.numberless import numberless
from dafeng.reader.numerals import DIGITS, is_year, lost, parse
from dafeng.reader.past import Past
from dafeng.reader.proposals import Kind
from dafeng.reader.quantities import unit_at
from dafeng.reader.quantity import Quantity
from dafeng.reader.quantity_patterns import Unit
from dafeng.reader.sentence import Sentence, read_sentence

Span = tuple[int, int]

_NUMBER = re.compile(DIGITS, re.ASCII)
_TO = re.compile(rf" ?(?:—{{1,2}}|–|-|~|至|到) ?({DIGITS})", re.ASCII)
_BRACKET = re.compile(r"[(（〔\[,，]([^()（）〔〕\[\],，]{1,40})")
_THOUSANDS = re.compile(r"[(（\[]([^()（）\[\]]*\d,\d{3}[^()（）\[\]]*)")  # (10,000 tons)
_YEAR = Unit("year")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of numbers: the year that heads it, and whether that is aimed at."""

    year: int
    kind: Kind


def figure(
    text: str, folded: str, label: Span, unit: Span | None, at: tuple[Span, Column], past: Past
) -> Draft | None:
    """The figure of a cell, if it has one.

    Args:
        text: the whole text; ``folded``: the same, folded.
        folded: see ``text``.
        label: span of what is measured; ``unit``: of the cell with its unit, if there is one.
        unit: see ``label``.
        at: span of the cell, and its column.
        past: what the text before tells about years.
    """
    cell, column = at
    sentence = read_sentence(text, folded, *cell)
    found = _NUMBER.search(folded, *cell)
    if found is None:
        words = numberless(sentence, past, set())
        draft = words[0] if words else None
    else:
        draft = _number(sentence, found, _unit_of(folded, label, unit))
    if draft is None:
        return None
    _name(read_sentence(text, folded, *label), draft)
    if draft.quantity and found and (draft.unit or lost(found[0])):
        check_sentence(sentence, [draft])  # by itself: the digits of a row do not move
    draft.kind, draft.year = _kind(draft.kind, column), draft.year or column.year
    draft.flags |= {"year_inferred"} if draft.base_unit is not _YEAR else set()
    return draft


def _kind(kind: Kind, column: Column) -> Kind:
    return kind if kind == "cap" and column.kind == "target" else column.kind


_Scaled = tuple[Unit | None, Decimal, str | None]


def _unit_of(folded: str, label: Span, unit: Span | None) -> _Scaled:
    """The unit of a row: that of its own cell, or the one in a bracket behind what is measured."""
    spans = [unit] if unit else []
    spans += [m.span(1) for m in _THOUSANDS.finditer(folded, *label)]
    spans += [m.span(1) for m in reversed(list(_BRACKET.finditer(folded, *label)))]
    for start, end in spans:
        printed, factor, scale, stop = unit_at(folded, start, end)
        if stop > start:
            return printed, factor, scale
    return None, Decimal(1), None


def _number(sentence: Sentence, found: re.Match[str], of_row: _Scaled) -> Draft:
    """The figure that a number is, with the unit behind it or else that of its row."""
    folded, head = sentence.folded, found.end()
    high = _TO.match(folded, head, sentence.end)
    head = high.end() if high else head
    unit, factor, scale, end = unit_at(folded, head, sentence.end)
    if is_year(found[0]) and (folded.startswith("年", head) or not (unit or of_row[0])):
        value = int(found[0])
        sign = "<" if folded.startswith(("年前", "年以前", "年之前"), head) else "<="
        stop = min(sentence.end, head + len("年前"))
        return Draft(found.start(), stop, "target", sign, value=Decimal(value), year=value,
                     unit=_YEAR.name, base_unit=_YEAR)  # fmt: skip
    if unit is None and scale is None:
        (unit, factor, scale), end = of_row, head
    one = Quantity(found.start(), end, found.end(), found[0], parse(found[0]), unit,
                   factor=factor, scale=scale, digits=True)  # fmt: skip
    compared = compare(sentence, one)
    return Draft(
        compared.start, compared.end, "cap" if compared.cap else "target",
        "range" if high else compared.sign, quantity=one, value=one.value,
        high=parse(high[1]) if high else None, factor=factor, unit=one.printed_unit, base_unit=unit,
    )  # fmt: skip


def _name(label: Sentence, draft: Draft) -> None:
    """Give a figure the name that its row has."""
    said = label.labels(label.start, label.end)
    change = draft.unit in {"%", "percentage points", None}
    draft.fall = "fall" in said and change and draft.base_unit is not _YEAR
    kinds = kinds_of(draft.quantity, change=draft.fall) if draft.quantity else frozenset({"change"})
    words = _BRACKET.sub("", label.slice(label.start, label.end)).strip(" )）〕]")
    draft.name = name_of(said, kinds) or Name(words)
    draft.fall = draft.fall and not draft.name.fallen
