"""The room of regions and the barometer as tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text as Styled

from dafeng.report.words import mark_words, word
from dafeng.vocabulary import regions, worst_mark

if TYPE_CHECKING:
    from dafeng.budget import Reading, Room
    from dafeng.workspace import Readings, Rooms

_COLOURS = {"red": "bold red", "yellow": "bold yellow", "green": "bold green", "open": "dim"}
_UNITS = ((10**10, 1, "10⁴ t"), (10**10, 2, "10⁴ t"), (10**6, 0, "t"))
"""Grams of a unit, decimals, name: the first of which the largest amount holds enough is shown."""
_ENOUGH = (1000, 100, 0)
_DIGITS = 4
_LEFT = ("region", "year", "colour", "share_of_pace")
_SPLIT, _UNKNOWN, _LATEST, _EXEMPT, _PROVISIONAL = "*", "?", "†", "‡", "§"
_SIGNS = {
    _SPLIT: "sign_split",
    _UNKNOWN: "sign_unknown",
    _LATEST: "sign_latest",
    _EXEMPT: "sign_exempt",
    _PROVISIONAL: "sign_provisional",
}


@dataclass(frozen=True)
class _Scale:
    """The unit that whole grams are shown in; they are shifted as text, never through a float."""

    grams: int
    decimals: int
    name: str

    @classmethod
    def of(cls, amounts: Iterable[int | None], unit: str) -> _Scale:
        largest = max((abs(amount) for amount in amounts if amount is not None), default=0)
        pairs = zip(_UNITS, _ENOUGH, strict=True)
        grams, decimals, name = next(u for u, enough in pairs if largest >= u[0] * enough)
        return cls(grams, decimals, f"{name}{unit.removeprefix('g')}")

    def show(self, amount: int | None, *, signed: bool = False) -> str:
        if amount is None:
            return "–"
        parts = 10**self.decimals
        step = self.grams // parts
        whole, rest = divmod((abs(amount) + step // 2) // step, parts)
        sign = "−" if amount < 0 else "+" if signed and amount > 0 else ""
        return f"{sign}{whole:,}" + (f".{rest:0{self.decimals}d}" if self.decimals else "")


def room_view(found: Rooms, lang: str) -> Iterator[Any]:
    """Yield a heading with what the figures rest on, a row per region and year, and the ids."""
    lines = found.lines
    first = lines[0]
    amounts = (amount for line in lines for amount in (line.limit, line.use))
    scale = _Scale.of(amounts, first.unit)
    yield _heading(
        [
            word("room_title", lang).format(what=word(f"room_{first.metric}", lang)),
            scale.name,
            word(f"room_{first.origin}", lang),
            word(f"basis_{first.basis}", lang) if first.basis else "",
            word("room_as_of", lang).format(when=found.as_of),
        ],
        lines,
        lang,
    )
    columns = ("planned_total", "corrected_total", "use", "left_out", "committed", "room")
    rows = [_room_row(line, scale, lang) for line in lines]
    yield _table(("region", "year", *columns, "whole_of"), rows, lang)
    for said in dict.fromkeys(line.reason.of(lang) for line in lines if line.reason):
        yield Styled(f"– {said}", "yellow")
    yield _legend(rows, lang)
    yield _clauses(lines, lang)
    scope = first.scope.partition("~")[2]
    pattern = f"room:{first.metric}:{word('region', lang)}~{scope}:{word('year', lang)}"
    yield Styled(word("room_id", lang).format(id=pattern), "dim")


def room_dict(found: Rooms, lang: str) -> dict[str, Any]:
    """Return rooms as plain data; amounts are whole grams."""
    return {
        "region": found.region,
        "as_of": found.as_of,
        "now": found.now,
        "rooms": [_line_dict(line, lang) for line in found.lines],
    }


def barometer_view(found: Readings, lang: str) -> Iterator[Any]:
    """Yield a heading, a row per region, and whom to guide."""
    lines = found.lines
    first = lines[0]
    title = word("barometer_title", lang).format(
        quarter=found.quarter, what=word(f"room_{first.place.metric}", lang)
    )
    scale = _Scale.of((amount for line in lines for amount in (line.use, line.pace)), first.unit)
    parts = [title, scale.name, word("room_reporters", lang)]
    yield _heading(parts, lines, lang)
    columns = ("colour", "use_so_far", "pace_so_far", "of_pace", "share_of_pace")
    rows = [_reading_row(line, scale, lang) for line in lines]
    yield _table(("region", *columns, "whole_of"), rows, lang)
    for line in lines:
        if line.guided:
            yield _guide(line, scale, lang)
    yield _legend(rows, lang)
    yield _clauses(lines, lang)
    scope = first.place.scope.partition("~")[2]
    pattern = f"barometer:{first.place.metric}:{word('region', lang)}~{scope}:{found.quarter}"
    yield Styled(word("room_id", lang).format(id=pattern), "dim")


def barometer_dict(found: Readings, lang: str) -> dict[str, Any]:
    """Return colours as plain data; amounts are whole grams."""
    return {
        "region": found.region,
        "quarter": found.quarter,
        "readings": [_reading_dict(line, lang) for line in found.lines],
    }


def _heading(parts: Sequence[str], lines: Sequence[Any], lang: str) -> Styled:
    flags = tuple(sorted({flag for line in lines for flag in line.tree.all_flags}))
    said = mark_words(worst_mark({line.mark for line in lines}), flags, lang)
    return Styled(" · ".join(filter(None, parts)), "bold").append(f"  [{said}]", "magenta")


def _room_row(line: Room, scale: _Scale, lang: str) -> tuple[Any, ...]:
    latest = line.use_year is not None and line.use_year != line.year
    style = "" if line.room is None else "bold red" if line.room < 0 else "bold"
    exempt = _EXEMPT if "flexible_total" in line.flags else ""
    return (
        _region(line.region, lang, split="split" in line.flags),
        str(line.year),
        scale.show(line.target),
        scale.show(line.corrected),
        scale.show(line.use) + _LATEST * latest,
        _left_out(line, scale),
        scale.show(line.committed),
        Styled(scale.show(line.room, signed=True) + exempt, style),
        _covered(line.covered),
    )


def _left_out(line: Room, scale: _Scale) -> str:
    """Return what is left out in all, with a question mark where a part of it is not known."""
    if not line.excluded:
        return "–"
    known = [grams for grams in line.excluded.values() if grams is not None]
    if not known:
        return _UNKNOWN
    return scale.show(sum(known)) + (_UNKNOWN if len(known) < len(line.excluded) else "")


def _reading_row(line: Reading, scale: _Scale, lang: str) -> tuple[Any, ...]:
    ratio = None if line.ratio is None else float(line.ratio)
    return (
        _region(line.place.region, lang, split="split" in line.tree.all_flags),
        _colour(line, lang),
        scale.show(line.use),
        scale.show(line.pace),
        "–" if ratio is None else f"{ratio:.2f} %",
        "–" if line.use is None else word("by_season" if line.seasonal else "by_quarter", lang),
        _covered(line.covered),
    )


def _colour(line: Reading, lang: str) -> Styled:
    said = word(f"colour_{line.colour}", lang)
    if line.provisional:
        supposed = word(f"colour_{line.provisional}", lang)
        said += word("colour_provisional", lang).format(colour=supposed) + _PROVISIONAL
    return Styled(said, _COLOURS.get(line.colour, ""))


def _guide(line: Reading, scale: _Scale, lang: str) -> Styled:
    name = regions()[line.place.region].name.of(lang)
    rises = [
        f"{rise.reporter} {rise.name.of(lang)} {scale.show(rise.grams, signed=True)}"
        for rise in line.rises
    ]
    said = word("guide", lang).format(region=name, rises="; ".join(rises) or "–")
    return Styled(said, _COLOURS[line.colour])


def _legend(rows: Sequence[Sequence[Any]], lang: str) -> Styled:
    """Return what the signs mean that stand in some rows."""
    cells = [str(cell) for row in rows for cell in row]
    held = [sign for sign in _SIGNS if any(cell.endswith(sign) for cell in cells)]
    said = "; ".join(f"{sign} {word(_SIGNS[sign], lang)}" for sign in held)
    return Styled(said, "dim")


def _clauses(lines: Sequence[Room | Reading], lang: str) -> Styled:
    """Return the clauses that some lines rest on."""
    nodes = (node for line in lines for node in line.tree.walk())
    cited = sorted({node.ref for node in nodes if node.kind == "clause"})
    return Styled(word("room_rests_on", lang).format(clauses=", ".join(cited)), "dim")


def _region(code: str, lang: str, *, split: bool) -> str:
    name = f"{code} {regions()[code].name.of(lang)}"
    return f"{name} {_SPLIT}" if split else name


def _covered(counted: Any) -> str:
    if counted is None:
        return "–"
    return f"{counted.complete}/{counted.expected}"


def _table(columns: Sequence[str], rows: Sequence[Sequence[Any]], lang: str) -> Table:
    table = Table(box=None, pad_edge=False, collapse_padding=True, header_style="bold")
    for column in columns:
        right = "left" if column in _LEFT else "right"
        # only names give way where the terminal is narrow: a number is never broken
        whole = column != "region"
        header = word(column, lang)
        table.add_column(header, justify=right, no_wrap=whole, overflow="fold")  # type: ignore[arg-type]
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Styled) else Styled(cell) for cell in row))
    return table


def _line_dict(line: Room, lang: str) -> dict[str, Any]:
    names = ("region", "year", "metric", "basis", "unit", "target", "corrected", "gross")
    more = ("excluded", "use", "use_year", "committed", "room", "allocatable", "mark", "figure")
    return {
        **{name: getattr(line, name) for name in names},
        "source": line.origin,
        **{name: getattr(line, name) for name in more},
        "covered": _counts(line.covered),
        "flags": list(line.flags),
        "reason": line.reason.of(lang) if line.reason else None,
    }


def _reading_dict(line: Reading, lang: str) -> dict[str, Any]:
    return {
        "region": line.place.region,
        "metric": line.place.metric,
        "colour": line.colour,
        "provisional": line.provisional or None,
        **{name: getattr(line, name) for name in ("use", "pace", "limit", "unit", "seasonal")},
        "ratio": None if line.ratio is None else round(float(line.ratio), _DIGITS),
        "covered": _counts(line.covered),
        "guide": [
            {"reporter": rise.reporter, "name": rise.name.of(lang), "rise": rise.grams}
            for rise in line.rises
        ],
        "reason": line.reason.of(lang) if line.reason else None,
        "mark": line.mark,
        "flags": list(line.tree.all_flags),
        "figure": line.figure,
    }


def _counts(counted: Any) -> dict[str, int] | None:
    if counted is None:
        return None
    names = ("expected", "reported", "complete")
    return {name: getattr(counted, name) for name in names}
