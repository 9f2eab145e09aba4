"""What changes in the rules, what it does to figures, and what a search found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text as Styled

from dafeng.report.cards import exact
from dafeng.report.words import PERCENT, mark_words, number, rate, word
from dafeng.vocabulary import Text

_WHOLE = ("diff_difference", "year")
"""Columns whose cells are not broken over lines."""

if TYPE_CHECKING:
    from dafeng.rulebook import Change, Hit, Laid
    from dafeng.workspace import Account, Moved, Preview


# --- Rules ------------------------------------------------------------------------------------


def changes_view(changes: Sequence[Change], lang: str) -> Iterator[Any]:
    """Yield a table of changes for each kind of rules."""
    if not changes:
        yield word("diff_none", lang)
    for kind in dict.fromkeys(change.kind for change in changes):
        held = [change for change in changes if change.kind == kind]
        yield Styled(f"{word(kind, lang)} × {len(held)}", "bold cyan")
        rows = [_change_row(change, lang) for change in held]
        columns = ("diff_event", "name", "diff_values")
        shown = len(columns) if any(row[-1] for row in rows) else -1
        yield _table(columns[:shown], [row[:shown] for row in rows], lang)


def _change_row(change: Change, lang: str) -> tuple[Styled, ...]:
    """Return what happened and when, to what, and the value before and after."""
    event = Styled(word(f"diff_{change.event}", lang))
    event.append(f"\n{change.day}" if change.day else "", "dim")
    name = Styled(change.name.of(lang))
    name.append(f"  [{mark_words(change.mark, change.flags, lang)}]" * bool(change.mark), "magenta")
    name.append(f"\n{change.id}", "dim")
    name.append(f"  {change.field}" if change.field else "", "green")
    if change.clause not in ("", change.id):
        name.append(f"\n{change.clause}", "cyan")
    values = Styled()
    if (change.before, change.after) != (None, None):
        values.append(f"{said(change.before, lang)} → {said(change.after, lang)}", "bold")
        values.append(f" {change.unit}")
    return event, name, values


def change_dict(change: Change, lang: str) -> dict[str, Any]:
    """Return a change as plain data."""
    return {
        "kind": change.kind,
        "id": change.id,
        "name": change.name.of(lang),
        "event": change.event,
        "field": change.field or None,
        "before": _plain(change.before, lang),
        "after": _plain(change.after, lang),
        "unit": change.unit or None,
        "clause": change.clause or None,
        "mark": change.mark or None,
        "flags": list(change.flags),
        "day": change.day and str(change.day),
        "instead": change.instead or None,
    }


def said(value: Any, lang: str) -> str:
    """Return a value of a rule for people: a number, limits, words; – for nothing."""
    if value is None:
        return "–"
    if isinstance(value, Text):
        return value.of(lang)
    if isinstance(value, bool):
        return word("yes" if value else "no", lang)
    if isinstance(value, int | float):
        return exact(value)
    if isinstance(value, tuple | list):
        numbers = all(one is None or isinstance(one, int | float) for one in value)
        return (" / " if numbers else ", ").join(said(one, lang) for one in value) or "–"
    return str(value)


def _plain(value: Any, lang: str) -> Any:
    if isinstance(value, Text):
        return value.of(lang)
    if isinstance(value, tuple | list):
        return [_plain(one, lang) for one in value]
    return value if value is None or isinstance(value, int | float | str) else str(value)


# --- Figures ----------------------------------------------------------------------------------


def preview_view(found: Preview, lang: str) -> Iterator[Any]:
    """Yield the figures that move, what differs inside each of them, and sums."""
    yield Styled(word("diff_figures", lang), "bold cyan")
    for one in found.moved:
        yield from _moved_lines(one, lang)
    yield Styled(word("diff_same", lang).format(number=found.same))
    if found.sums:
        yield Styled(word("diff_sums", lang), "bold")
        columns = ("measure", "method", "year", "diff_values", "diff_difference", "figures")
        yield _table(columns, [_sum_row(one, lang) for one in found.sums], lang)


def _moved_lines(one: Moved, lang: str) -> Iterator[Styled]:
    held = one.held
    title = Styled(held.title.of(lang), "bold")
    title.append(f" / {held.facility}" if held.facility else "")
    title.append(f" ({held.memo})" if held.memo else "")
    yield title
    before, after = (_total(side, lang) for side in (one.before, one.after))
    line = Styled(f"  {before} → {after}  ").append(_difference(one, lang), "bold yellow")
    yield line.append(f"  [{mark_words(one.mark, _flags(one), lang)}]", "magenta")
    for part in one.inside:
        inner = Styled(f"    {part.name.of(lang)}  ")
        inner.append(f"{said(part.before, lang)} → {said(part.after, lang)} {part.unit}", "green")
        inner.append(f"  [{mark_words(part.mark, (), lang)}]" if part.mark else "", "magenta")
        yield inner.append(f"  ‹{part.clause or part.id}›", "dim cyan")
    yield Styled(f"  {held.figure.rpartition(':')[0]}", "dim")


def _total(side: Account | None, lang: str) -> str:
    if side is None:
        return "–"
    if "incomplete_method" in side.said:
        return word("refused", lang)
    return number(side.grams, side.unit)


def _difference(one: Moved, lang: str) -> str:
    if one.difference is None:
        return word(f"diff_{one.reason}", lang) if one.reason else ""
    share = "" if one.share is None else f" ({rate(one.share * PERCENT, '%')})"
    return f"{number(one.difference, one.held.unit, signed=True)}{share}"


def _flags(one: Moved) -> tuple[str, ...]:
    sides = (side for side in (one.before, one.after) if side)
    return tuple(sorted({flag for side in sides for flag in side.flags}))


def _sum_row(one: Any, lang: str) -> tuple[Styled, ...]:
    measure = word(one.measure, lang) + (f" ({one.memo})" if one.memo else "")
    measure += f" / {word('diff_parts', lang)}" if one.parts else ""
    counted = f"{one.figures}" + (f" (+{one.without} –)" if one.without else "")
    known = one.before and one.difference is not None
    share = f" ({rate(one.difference / one.before * PERCENT, '%')})" if known else ""
    cells = (
        measure,
        one.method,
        one.year,
        f"{number(one.before, one.unit).partition(' ')[0]} → {number(one.after, one.unit)}",
        number(one.difference, one.unit, signed=True) + share,
        counted,
    )
    return tuple(Styled(cell) for cell in cells)


def preview_dict(found: Preview, lang: str) -> dict[str, Any]:
    """Return the figures that move as plain data; grams are whole numbers."""
    return {
        "figures": [_moved_dict(one, lang) for one in found.moved],
        "totals": [
            {name: getattr(one, name) for name in _SUM}
            | {"memo": one.memo or None, "difference": one.difference}
            for one in found.sums
        ],
        "unchanged": found.same,
    }


_SUM = ("measure", "method", "year", "parts", "unit", "before", "after", "figures", "without")


def _moved_dict(one: Moved, lang: str) -> dict[str, Any]:
    held = one.held
    return {
        "reporter": held.reporter,
        "facility": held.facility or None,
        "year": held.year,
        "method": held.method,
        "measure": held.measure,
        "memo": held.memo or None,
        "title": held.title.of(lang),
        "unit": held.unit,
        "before": one.before and one.before.grams,
        "after": one.after and one.after.grams,
        "difference": one.difference,
        "share": one.share,
        "reason": one.reason or None,
        "inside": [
            {
                "id": part.id,
                "name": part.name.of(lang),
                "before": part.before,
                "after": part.after,
                "unit": part.unit or None,
                "clause": part.clause or None,
                "mark": part.mark or None,
                "instead": part.instead or None,
            }
            for part in one.inside
        ],
        "mark": one.mark,
        "flags": list(_flags(one)),
    }


# --- Overlays and searches --------------------------------------------------------------------


def overlay_view(laid: Iterable[Laid], lang: str) -> Iterator[Any]:
    """Yield which records come from an overlay."""
    rows = [
        (
            word(one.kind, lang),
            one.id,
            one.file,
            word("overlay_replaced" if one.replaces else "overlay_added", lang),
        )
        for one in laid
    ]
    if rows:
        yield Styled(word("overlay", lang), "bold cyan")
        cells = [tuple(Styled(cell) for cell in row) for row in rows]
        yield _table(("kind", "id", "overlay_file", "overlay_effect"), cells, lang)


def overlay_dicts(laid: Iterable[Laid]) -> list[dict[str, Any]]:
    """Return which records come from an overlay as plain data."""
    return [
        {"kind": one.kind, "id": one.id, "file": one.file, "replaces": one.replaces} for one in laid
    ]


def hits_view(hits: Sequence[Hit], overlay: Iterable[str], lang: str) -> Table:
    """Return what a search found; ids in ``overlay`` say so."""
    own = set(overlay)
    rows = []
    for hit in hits:
        flags = (*hit.flags, *(["overlay"] if own & {hit.id, hit.id.partition("/")[0]} else []))
        marked = mark_words(hit.mark, flags, lang)
        name = Styled(hit.name.of(lang))
        name.append(f"  [{marked}]" * bool(marked), "magenta").append(f"\n{hit.id}", "dim")
        name.append(f"  ‹{hit.clause}›" * (hit.clause not in ("", hit.id)), "cyan")
        rows.append((Styled(word(hit.kind, lang)), name))
    return _table(("kind", "name"), rows, lang)


def hit_dict(hit: Hit, lang: str) -> dict[str, Any]:
    """Return what was found as plain data."""
    return {
        "kind": hit.kind,
        "id": hit.id,
        "name": hit.name.of(lang),
        "rank": hit.rank,
        "clause": hit.clause or None,
        "mark": hit.mark or None,
        "flags": list(hit.flags),
    }


def _table(columns: Sequence[str], rows: Iterable[Sequence[Styled]], lang: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(word(column, lang), overflow="fold", no_wrap=column in _WHOLE)
    for row in rows:
        table.add_row(*row)
    return table
