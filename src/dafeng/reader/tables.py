"""Tables of indicators: a row whose cells are years, and under it rows of numbers.

Cells are parted by tabs (as the readers of HTML and docx write them), bars, strokes, wide gaps or,
in Chinese, by any space.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from dafeng.reader.cells import Column, Span, figure
from dafeng.reader.draft import Draft
from dafeng.reader.lexicon import both, data, fold, pattern_of
from dafeng.reader.past import Past, aims
from dafeng.reader.proposals import Kind
from dafeng.reader.sentence import has_chinese
from dafeng.reader.times import times

_FIRM = tuple(re.compile(sign) for sign in (r"\t", "[|｜]"))  # these part cells and nothing else
_WIDE = re.compile("[ \u00a0\u3000]{2,}|\u3000")
_SPACE = re.compile("[ \u00a0\u3000]+(?!以[上下内]|左右|[（(])")
_LOOSE = (_WIDE, re.compile("[/／]"), re.compile("、"), _SPACE)
_RULE = re.compile(r"[\s|:+-]+")  # the line under the head of a table in Markdown
_YEAR = re.compile(r"(?:19|20)\d{2}|[一二三四五六]五|\d{2}th five-year", re.ASCII)
_IN_BRACKETS = re.compile(r"[(（〔\[][^()（）〔〕\[\]]*[)）〕\]]")
_DIGIT = re.compile("[0-9]")
_CELL = re.compile(r"[^，。；:：0-9]{0,8}[0-9](?:[^，。；:：]{0,14})|[-–—/·.…~ ]{0,4}|/")
_LINE = re.compile(r"[^\r\n]*[^\s][^\r\n]*")
_WORD = re.compile("[a-z一-龥]{2}")
_UNIT = re.compile(
    r"(?:单位(?:为|[:：])|units?[:：]) ?([^，。、；:：()（）\t\r\n|]{1,24}(?=[)）\t\r\n|]))"
)


# label, unit and numbers of a row, each with its column
Row = tuple[Span, Span | None, list[tuple[Span, Column]]]


@dataclass(slots=True)
class Table:
    """The table that a text is in, if it is in one.

    Attributes:
        columns: of each cell of a row, the column it stands in; ``None`` for words.
        unit: place of the column of units, where there is one.
        parted: how its cells are parted; ``None`` outside of a table.
        shared: the unit of all rows that state none, as the line above the head tells it.
        aside: place of a column that sorts the rows (属性), before their numbers.
        read_to: where a table ends whose cells stand one to a line.
    """

    columns: tuple[Column | None, ...] = ()
    unit: int | None = None
    parted: re.Pattern[str] | None = None
    shared: Span | None = None
    aside: int | None = None
    read_to: int = 0

    def read(self, text: str, folded: str, span: Span, past: Past) -> list[Draft] | None:
        """The figures of a line, or ``None`` if it is to be read as any other."""
        if span[0] < self.read_to:
            return []
        if self.parted is not None:
            if _RULE.fullmatch(folded, *span):
                return []
            cells = _cells(self.parted, text, span)
            row = self._row(folded, cells)
            if row is not None:
                return _figures(text, folded, row, past)
            widest = _widest() if self._firm else data("sentences")["table"]["group"]
            if len(cells) > 1 or span[1] - span[0] > widest:
                self.parted = None  # a short line by itself heads a group of rows
        first = data("sentences")["table"]["first"]
        if span[1] - span[0] < first and _is("label", folded, _stripped(folded, *span)):
            return self._stacked(text, folded, span, past)
        return [] if self._opens(text, folded, span, past) else None

    @property
    def _firm(self) -> bool:
        return self.parted in _FIRM

    def _opens(self, text: str, folded: str, span: Span, past: Past) -> bool:
        """Whether a line is the head of a table, which it then is."""
        if span[1] - span[0] > 2 * _widest() or not _YEAR.search(folded, *span):
            return False
        chinese = has_chinese(folded, *span)
        for parted in (*_FIRM, *(_LOOSE if chinese else _LOOSE[:-1])):
            cells = _cells(parted, text, span)
            columns = len(cells) > 1 and _columns(folded, cells, past, firm=parted in _FIRM)
            if columns:
                self.columns, self.parted = columns, parted
                self.unit = _place("unit", folded, cells)
                self.aside = _place("aside", folded, cells)
                self.shared = _shared_unit(folded, span)
                return True
        return False

    def _stacked(self, text: str, folded: str, head: Span, past: Past) -> list[Draft] | None:
        """The figures of a table whose cells stand one to a line, or ``None`` if none begins."""
        cells = _lines(folded, head[0])
        fewest, most = data("sentences")["table"]["columns"]
        for width in range(fewest, min(len(cells) // 2, most) + 1):
            columns = _columns(folded, cells[:width], past, firm=True)
            if not columns or not _digits_in(folded, cells[width : 2 * width], columns):
                continue
            unit, aside = (_place(what, folded, cells[:width]) for what in ("unit", "aside"))
            table = Table(columns, unit, _FIRM[0], _shared_unit(folded, head), aside)
            made: list[Draft] = []
            at = width
            while at + width <= len(cells):
                row = cells[at : at + width]
                told = _digits_in(folded, row, columns) and table._row(folded, row)
                if told:
                    made += _figures(text, folded, told, past)
                elif not _digits_in(folded, cells[at + 1 : at + 1 + width], columns):
                    break
                at += width if told else 1  # a line by itself heads a group of rows
            self.parted, self.read_to = None, cells[at - 1][1]
            return made
        return None

    def _row(self, folded: str, cells: list[Span]) -> Row | None:
        """Label, unit and numbers of a row with their columns, or ``None`` if it is none."""
        numbers = [n for n, column in enumerate(self.columns) if column]
        stop = max(folded.find(sign, *cells[0]) for sign in ":：")
        places = list(range(len(cells)))
        if stop > 0 and len(cells) == len(numbers):  # 绿色工厂（家）：54／120
            cells = [(cells[0][0], stop), _stripped(folded, stop + 1, cells[0][1]), *cells[1:]]
            places = [numbers[0] - 1, *numbers]
        elif len(cells) < len(self.columns):  # a cell ahead reaches over several rows
            places = [n + len(self.columns) - len(cells) for n in places]
            if not self._firm and not self._fits(folded, dict(zip(places, cells, strict=True))):
                places = list(range(len(cells)))  # nothing stands in the last cells
        elif self.parted is _SPACE:  # 单位 GDP 能耗下降
            cells = self._joined(cells, numbers[0])
            places = list(range(len(cells)))
        at = dict(zip(places, cells, strict=True))
        if not self._firm and not self._fits(folded, at):
            return None
        placed = [(at[n], column) for n, column in enumerate(self.columns) if column and n in at]
        aside = {self.unit, self.aside}
        words = [cell for n, cell in at.items() if n < numbers[0] and n not in aside]
        words = [cell for cell in words if cell[0] < cell[1]]
        short = all(stop - start <= _widest() for (start, stop), _ in placed)
        if len(cells) < 2 or not (words and placed and short):  # noqa: PLR2004
            return None
        unit = at.get(self.unit) if self.unit is not None else self.shared
        return words[-1], unit, placed

    def _fits(self, folded: str, at: dict[int, Span]) -> bool:
        """Whether what stands in the columns of numbers may be numbers."""
        cells = [at[n] for n, column in enumerate(self.columns) if column and n in at]
        return all(_CELL.fullmatch(folded, *cell) for cell in cells)

    def _joined(self, cells: list[Span], first: int) -> list[Span]:
        """The cells of a row with the words of its label put together, which spaces part, too."""
        label = max((n for n in range(first) if n not in {self.unit, self.aside}), default=0)
        last = label + max(0, len(cells) - len(self.columns))
        return [*cells[:label], (cells[label][0], cells[last][1]), *cells[last + 1 :]]


def _figures(text: str, folded: str, row: Row, past: Past) -> list[Draft]:
    """The figures of a row."""
    label, unit, placed = row
    made = (figure(text, folded, label, unit, at, past) for at in placed)
    return [draft for draft in made if draft is not None]


def _lines(folded: str, start: int) -> list[Span]:
    """The short lines from a place on, up to the first long one."""
    found: list[Span] = []
    for line in _LINE.finditer(folded, start):
        if line.end() - line.start() > _widest():
            break
        found.append(_stripped(folded, *line.span()))
    return found


def _digits_in(folded: str, cells: list[Span], columns: tuple[Column | None, ...]) -> bool:
    """Whether words stand in the first column of a row that has a name, numbers in the others."""
    numbers = [cell for cell, column in zip(cells, columns, strict=False) if column]
    fit = len(cells) == len(columns) and all(_CELL.fullmatch(folded, *cell) for cell in numbers)
    named = any(_WORD.search(folded, *c) for c, col in zip(cells, columns, strict=False) if not col)
    return fit and named and any(_DIGIT.search(folded, *cell) for cell in numbers)


def _shared_unit(folded: str, head: Span) -> Span | None:
    """The unit that the head of a table, or the line above it, tells for all: 单位：万千瓦."""
    above = folded.rfind("\n", 0, len(folded[: head[0]].rstrip())) + 1
    found = _UNIT.search(folded, above, head[1])
    return found.span(1) if found else None


def _widest() -> int:
    width: int = data("sentences")["heading"]
    return width


def _cells(parted: re.Pattern[str], text: str, span: Span) -> list[Span]:
    """The cells of a line, without the space around them; what is in brackets is not parted."""
    brackets = [m.span() for m in _IN_BRACKETS.finditer(text, *span)]
    start, end = _stripped(text, *span) if parted is not _FIRM[0] else span
    if parted is _FIRM[1]:  # a bar may open and close the line
        start += text.startswith(("|", "｜"), start)
        end -= text.endswith(("|", "｜"), start, end)
    cells = []
    for sign in parted.finditer(text, start, end):
        if not any(low <= sign.start() < high for low, high in brackets):
            cells.append(_stripped(text, start, sign.start()))
            start = sign.end()
    return [*cells, _stripped(text, start, end)]


def _stripped(text: str, start: int, end: int) -> Span:
    cell = text[start:end]
    first = start + len(cell) - len(cell.lstrip())
    return first, max(first, start + len(cell.rstrip()))


@cache
def _words(what: str) -> re.Pattern[str]:
    return re.compile(pattern_of(map(fold, both(data("cues")["table"][what]))))


def _is(what: str, folded: str, cell: Span) -> bool:
    return _words(what).match(folded, *cell) is not None


def _place(what: str, folded: str, cells: list[Span]) -> int | None:
    return next((n for n, cell in enumerate(cells) if _is(what, folded, cell)), None)


def _columns(
    folded: str, cells: list[Span], past: Past, *, firm: bool
) -> tuple[Column | None, ...]:
    """The columns of a head of a table; none if the cells are not those of one."""
    dated = [_year(folded, cell) for cell in cells]
    named = _is("label", folded, cells[0])
    enough = sum(year is not None for year in dated) > (0 if firm and named else 1)
    if dated[0] or not enough or not (named or (firm and not _DIGIT.search(folded, *cells[0]))):
        return ()
    first = next(n for n, year in enumerate(dated) if year)
    columns: list[Column | None] = []
    for n, (cell, year) in enumerate(zip(cells, dated, strict=True)):
        if year:
            kind = _kind(folded, cell, year, past, opens=n == first and sum(map(bool, dated)) > 1)
            columns.append(Column(year, kind))
        else:
            whole = n > first and _words("whole").search(folded, *cell)
            columns.append(next((c for c in reversed(columns) if c), None) if whole else None)
    return tuple(columns)


def _year(folded: str, cell: Span) -> int | None:
    """The year that a cell names, if it names nothing else."""
    if cell[1] - cell[0] > _widest() // 2:
        return None
    found = times(folded, *cell, [], chinese=has_chinese(folded, *cell))
    if len(found) != 1 or found[0].month or found[0].fault:
        return None
    (time,) = found
    rest = folded[cell[0] : time.start] + folded[time.end : cell[1]]
    return None if _DIGIT.search(rest) else time.year


def _kind(folded: str, cell: Span, year: int, past: Past, *, opens: bool) -> Kind:
    """Whether a column is of aims: by its words, its year, or its place behind the first."""
    if _words("target").search(folded, *cell):
        return "target"
    gone = year <= data("times")["aims_after"] or (past.this_year or 0) > year
    if gone or past.reports or _words("result").search(folded, *cell):
        return "result"
    return "result" if opens and year not in aims() else "target"
