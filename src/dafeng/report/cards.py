"""Cards: what a rule says, in both languages, for any surface to print."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text as Styled

from dafeng.report.words import mark_words, phrase, word
from dafeng.vocabulary import Text

NOTHING = Text(zh="", en="")
NUMBER, CODE, MARK = "number", "code", "mark"
"""Styles of a cell; a mark's style also names the mark: ``mark recalled``."""

_INDENT = (0, 0, 0, 2)
_STYLES = {NUMBER: "bold", CODE: "green", MARK: "magenta"}


@dataclass(frozen=True)
class Ref:
    """Something that a surface may link to.

    Attributes:
        kind: ``clause`` (then ``id`` is ``document/clause``) or a kind of rules: ``sets``.
    """

    kind: str
    id: str


@dataclass(frozen=True)
class Cell:
    """Words, a number, code, or references; an empty cell is falsy."""

    text: Text = NOTHING
    style: str = ""
    refs: tuple[Ref, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.text.zh or self.refs)

    def of(self, lang: str) -> str:
        """Return the cell as plain words in ``lang``."""
        return ", ".join(ref.id for ref in self.refs) or self.text.of(lang)


@dataclass(frozen=True)
class Grid:
    """A table; columns that are empty in every row are not in it.

    Attributes:
        right: whether a column is of numbers.
    """

    caption: Text
    columns: tuple[Text, ...]
    rows: tuple[tuple[Cell, ...], ...]
    right: tuple[bool, ...]

    @classmethod
    def of(
        cls, caption: Text, columns: Sequence[str | Text], rows: Iterable[Sequence[Cell]]
    ) -> Grid:
        """Make a table; a column is named by its words or their id."""
        held = [tuple(row) for row in rows]
        kept = [j for j in range(len(columns)) if any(row[j] for row in held)]
        names = [phrase(name) if isinstance(name, str) else name for name in columns]
        right = (any(row[j].style == NUMBER for row in held) for j in kept)
        cut = tuple(tuple(row[j] for j in kept) for row in held)
        return cls(caption, tuple(names[j] for j in kept), cut, tuple(right))


@dataclass(frozen=True)
class Card:
    """What a rule says, or the part of it that rests on one clause.

    Attributes:
        kind: where it is held: ``sets``, ``methods``, ``terms``, ``scales`` …
        at: ``document/clause`` that it stands at; empty for a document.
        part: of a rule whose own card stands elsewhere.
        mark: the worst of what it shows; empty where that has none.
        facts: names and what they say; empty ones are left out by ``card``.
        notes: remarks under their name: our reading, what is open, a note.
        entries: how many values, limits, steps or criteria it holds.
    """

    kind: str
    id: str
    title: Text
    at: str
    part: bool
    mark: str
    flags: tuple[str, ...]
    facts: tuple[tuple[Text, Cell], ...]
    notes: tuple[tuple[Text, Text], ...]
    grids: tuple[Grid, ...]
    entries: int


def facts(**named: Cell) -> tuple[tuple[Text, Cell], ...]:
    """Return what is said, under its name; a keyword is the id of a word."""
    return tuple((phrase(name), cell) for name, cell in named.items() if cell)


def notes(**named: Text | Sequence[Text] | None) -> tuple[tuple[Text, Text], ...]:
    """Return the remarks that there are, under their name; a keyword is the id of a word."""
    return tuple(
        (phrase(name), text)
        for name, found in named.items()
        for text in ([found] if isinstance(found, Text) else found or ())
    )


def words(text: Text | None) -> Cell:
    """Return a cell of words."""
    return Cell(text) if text else Cell()


def plain(value: object, style: str = "") -> Cell:
    """Return a cell that is the same in both languages; nothing for nothing."""
    shown = "" if value is None else str(value)
    return Cell(Text(zh=shown, en=shown), style)


def code(*values: object) -> Cell:
    """Return a cell of ids or a formula."""
    return plain(", ".join(str(value) for value in values if value not in (None, "")), CODE)


def number(value: float | tuple[float, float] | None) -> Cell:
    """Return a number as the rule has it, a range as ``low–high``."""
    parts = value if isinstance(value, tuple) else (value,)
    return plain("–".join(exact(part) for part in parts if part is not None), NUMBER)


def exact(value: float) -> str:
    """Return a number without exponent and without the noise of binary fractions."""
    return format(Decimal(f"{value:.10g}"), "f").replace("-", "−")


def marked(mark: str, flags: tuple[str, ...] = ()) -> Cell:
    """Return a mark and its flags in words."""
    text = Text(zh=mark_words(mark, flags, "zh"), en=mark_words(mark, flags, "en"))
    return Cell(text, f"{MARK} {mark}".strip())


def linked(kind: str, *ids: str | None) -> Cell:
    """Return a cell of references; nothing for nothing."""
    return Cell(refs=tuple(Ref(kind, one) for one in ids if one))


def span(first: date | None, last: date | None) -> str:
    """Return first and last day as printed; what is open or not known is ``…``.

    Nothing where neither is known.
    """
    return f"{first or '…'} – {last or '…'}" if first or last else ""


def counts(cards: Iterable[Card]) -> dict[str, int]:
    """Return how many values, limits, steps, criteria … there are, by kind of rule."""
    found: dict[str, int] = {}
    for card in cards:
        if card.kind != "methods" and card.entries:  # the terms of a method are counted
            found[card.kind] = found.get(card.kind, 0) + card.entries
    return found


def counted(cards: Iterable[Card]) -> Text:
    """Return the counts in words; nothing for nothing."""
    found = [(phrase(f"count_{kind}"), number) for kind, number in counts(cards).items()]
    return Text(
        zh="，".join(f"{name.zh} × {number}" for name, number in found),
        en=", ".join(f"{name.en} × {number}" for name, number in found),
    )


def card_view(card: Card, lang: str) -> Iterator[Any]:
    """Yield a card for the terminal."""
    head = Styled(f"{card.id}  ", "bold").append(card.title.of(lang))
    head.append(f"  [{word(card.kind, lang)}]", "dim")
    said = mark_words(card.mark, card.flags, lang)
    yield head.append(f"  [{said}]", "magenta") if said else head
    source = [(phrase("source"), plain(card.at))] if card.at else []
    for name, cell in (*source, *card.facts):
        line = Styled(f"{name.of(lang)}: ", "dim").append(cell.of(lang), _style(cell))
        yield Padding(line, _INDENT, expand=False)
    for name, text in card.notes:
        yield Padding(Styled(f"{name.of(lang)}: {text.of(lang)}", "yellow"), _INDENT, expand=False)
    yield from (GridView(grid, lang) for grid in card.grids)


@dataclass(frozen=True)
class GridView:
    """A table where it fits the terminal, else a block per row: nothing is cut at any width."""

    grid: Grid
    lang: str

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        table = self._table()
        if Measurement.get(console, options, table).maximum < options.max_width:
            yield table
        else:
            yield Styled(self.grid.caption.of(self.lang), "italic")
            yield from map(self._block, self.grid.rows)

    def _table(self) -> Table:
        table = Table(title=self.grid.caption.of(self.lang), title_justify="left", box=None)
        for name, right in zip(self.grid.columns, self.grid.right, strict=True):
            table.add_column(name.of(self.lang), justify="right" if right else "left")
        for row in self.grid.rows:
            table.add_row(*(Styled(cell.of(self.lang), _style(cell)) for cell in row))
        return table

    def _block(self, row: tuple[Cell, ...]) -> Padding:
        line = Styled()
        for name, cell in zip(self.grid.columns, row, strict=True):
            if cell:
                line.append(" · " if line else "").append(f"{name.of(self.lang)}: ", "dim")
                line.append(cell.of(self.lang), _style(cell))
        return Padding(line, _INDENT, expand=False)


def _style(cell: Cell) -> str:
    return _STYLES.get(cell.style.partition(" ")[0], "cyan" if cell.refs else "")
