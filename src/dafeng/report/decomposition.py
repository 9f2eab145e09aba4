"""Decompositions for people to read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text as Styled

from dafeng.report.words import mark_words, number, word
from dafeng.vocabulary import factor, sectors

if TYPE_CHECKING:
    from dafeng.outlook import Decomposition

LARGE = {
    "gCO2e": "MtCO2e",
    "gCO2": "MtCO2",
    "tCO2e": "MtCO2e",
    "tCO2": "MtCO2",
    "gce": "Mtce",
}
"""Units in which a province's amounts are read."""


def decomposition_view(found: Decomposition, lang: str, by: str | None = None) -> Iterator[Any]:
    """Yield the effects, with their factors or split along an axis, and the two totals."""
    first, last = found.steps[0].from_year, found.steps[-1].to_year
    said = word("decomposition_title", lang).format(
        first=first, last=last, identity=found.identity.name.of(lang)
    )
    yield Styled(said, "bold").append(f"  [{mark_words(found.held.mark, (), lang)}]", "magenta")
    yield _along(found, lang, by) if by else _effects(found, lang)
    ends = (number(value, found.unit) for value in (found.before, found.after))
    before, after = ends
    words = word("from_to", lang)
    yield Styled(words.format(first=first, before=before, last=last, after=after))
    yield Styled(found.figure, "dim")


def _effects(found: Decomposition, lang: str) -> Table:
    """Return a row per factor: its effect, and how many times it moved the total."""
    table = _table(("factor_column", "effect_column", "times_column"), lang)
    factors, change = found.factors, found.after - found.before
    for link in found.identity.links:
        times = "–" if factors is None else f"×{factors[link.id]:.4f}"
        table.add_row(link.name.of(lang), _signed(found.effects[link.id], found.unit), times)
    times = "–" if factors is None else f"×{found.after / found.before:.4f}"
    table.add_row(Styled(word("lmdi_change", lang), "bold"), _signed(change, found.unit), times)
    return table


def _along(found: Decomposition, lang: str, by: str) -> Table:
    """Return a row per sector, region or fuel, a column per factor."""
    parts = found.effects_by(by)  # refuses an axis that is none
    table = _table((f"axis_{by}",), lang)
    for name in (
        *(link.name.of(lang) for link in found.identity.links),
        word("parts_together", lang),
    ):
        table.add_column(name, justify="right", overflow="fold")
    large = LARGE.get(found.unit, found.unit)
    scale = factor(found.unit, large)
    for label, effects in parts.items():
        entry = sectors().find(label) if by == "sector" else None
        values = (*effects.values(), sum(effects.values()))
        name = entry.name.of(lang) if entry else label
        table.add_row(name, *(_change(value * scale) for value in values))
    values = (*found.effects.values(), found.after - found.before)
    total = Styled(word("parts_together", lang), "bold")
    table.add_row(total, *(_change(value * scale) for value in values))
    table.caption, table.caption_justify = large, "left"
    return table


def _table(columns: tuple[str, ...], lang: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for i, column in enumerate(columns):
        table.add_column(word(column, lang), justify="right" if i else "left", overflow="fold")
    return table


def _signed(value: int, unit: str) -> str:
    return number(value, unit, signed=True)


def decomposition_dict(found: Decomposition, lang: str) -> dict[str, Any]:
    """Return a decomposition as plain data; effects are whole grams."""
    return {
        "figure": found.figure,
        "identity": found.identity.id,
        "factors": {link.id: link.name.of(lang) for link in found.identity.links},
        "from_year": found.steps[0].from_year,
        "to_year": found.steps[-1].to_year,
        "before": found.before,
        "after": found.after,
        "effects": found.effects,
        "times": found.factors,
        "unit": found.unit,
        "mark": found.held.mark,
        "rows": found.table.to_pylist(),
    }


def _change(value: float) -> str:
    return f"{value:+,.2f}".replace("-", "−")
