"""How figures look: sizes, colours and fonts are data; every figure is dressed here, and only here.

A figure says what its data are marked as (``synthetic`` above all), in its subtitle.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import altair as alt
import pyarrow as pa

from dafeng.report.decomposition import LARGE
from dafeng.report.words import PERCENT, mark_words, word
from dafeng.vocabulary import Record, factor, read_yaml, validate, worst_mark

_FILE = Path(__file__).parent.parent / "data" / "figures.yaml"
Rows = list[dict[str, Any]]
_FIRST_WIDE = "\u2e80"
"""The first of the characters of Chinese."""
Chart = TypeVar("Chart", bound=alt.Chart | alt.LayerChart | alt.ConcatChart | alt.VConcatChart)


class Theme(Record):
    """The data file: sizes in pixels, limits of what one figure holds, colours by meaning."""

    fonts: dict[str, str]
    sizes: dict[str, float]
    limits: dict[str, float]
    dash: tuple[float, ...]
    faint: float
    colours: dict[str, str]
    shapes: dict[str, str]
    statuses: dict[str, str]
    categories: tuple[str, ...]


@cache
def theme() -> Theme:
    """The theme of all figures."""
    return validate(Theme, read_yaml(_FILE), "figures.yaml")


def values(rows: Iterable[Mapping[str, Any]]) -> alt.InlineData:
    """Return rows as the data of a chart, inside it."""
    return alt.InlineData(values=[dict(row) for row in rows])


def large(unit: str) -> tuple[str, float]:
    """Return the unit in which people read an amount, and by what the amount is multiplied."""
    shown = LARGE.get(unit, unit)
    return shown, factor(unit, shown) if shown != unit else 1.0


def marked(table: pa.Table) -> str:
    """Return the worst mark of a table's rows."""
    held = {mark for mark in table["mark"].to_pylist() if mark}
    return worst_mark(held) if held else ""


def colours(labels: Mapping[str, str], title: str | None = None, *, legend: bool = True) -> Any:
    """Return the encoding of a column ``what`` by colour: label → colour."""
    scale = alt.Scale(domain=list(labels), range=list(labels.values()))
    return alt.Color("what:N", scale=scale, title=title, legend=alt.Legend() if legend else None)


def axis_from(lows: Iterable[float], highs: Iterable[float], title: str, lang: str) -> alt.Y:
    """Return the axis of lines: from zero where that costs little, else it says that it is not."""
    low, high = min(lows), max(highs)
    zero = low <= theme().limits["zero"] * high
    shown = title if zero else word("fig_not_zero", lang).format(axis=title)
    return alt.Y("value:Q", title=shown, scale=alt.Scale(zero=zero, nice=True))


def years_axis(first: float, last: float, lang: str) -> alt.X:
    """Return an axis of years, without a thousands sign."""
    scale = alt.Scale(domain=[first, last], nice=False)
    apart = theme().sizes["text"]
    axis = alt.Axis(
        format="d",
        tickMinStep=1,
        grid=False,
        labelFlush=False,
        labelOverlap=True,
        labelSeparation=apart,
    )
    return alt.X("year:Q", title=word("fig_year", lang), scale=scale, axis=axis)


def layered(
    parts: Sequence[Any], width: float | None = None, height: float | None = None
) -> alt.LayerChart:
    """Return parts drawn over each other, of the usual size unless another is named."""
    size = theme().sizes
    chart: Any = alt.layer(*parts)
    found: alt.LayerChart = chart.properties(
        width=width or size["width"], height=height or size["height"]
    )
    return found


def dressed(
    chart: Chart, lang: str, *, title: str, notes: Sequence[str] = (), mark: str = ""
) -> Chart:
    """Return a chart with its title, notes, mark and the theme."""
    colour, size = theme().colours, theme().sizes
    lines = [note for note in notes if note]
    if mark:
        lines.append(word("fig_mark", lang).format(mark=mark_words(mark, (), lang)))
    heading = alt.TitleParams(
        title,
        subtitle=lines,
        anchor="start",
        frame="group",
        fontSize=size["title"],
        subtitleFontSize=size["text"],
        color=colour["ink"],
        subtitleColor=colour["soft"],
        offset=size["text"],
    )
    words: dict[str, Any] = {"labelColor": colour["ink"], "titleColor": colour["ink"]}
    small: dict[str, Any] = {"labelFontSize": size["text"], "titleFontSize": size["text"]}
    titled: Any = chart.properties(title=heading, background="white")
    found: Chart = titled.configure(
        font=theme().fonts[_script(chart, lines, title, lang)],
        axis=alt.AxisConfig(
            **words,
            **small,
            titleFontWeight="normal",
            gridColor=colour["grid"],
            domainColor=colour["soft"],
            tickColor=colour["soft"],
        ),
        legend=alt.LegendConfig(**words, **small, orient="right", labelLimit=size["label"]),
        view=alt.ViewConfig(stroke=None),
        header=alt.HeaderConfig(**small),
    )
    return found


def _script(chart: Any, lines: Sequence[str], title: str, lang: str) -> str:
    """Return whose fonts are wanted: an English figure may name firms and places in Chinese."""
    said = "".join([title, *lines, json.dumps(chart.to_dict(), ensure_ascii=False)])
    return "chinese" if lang == "zh" or max(said) >= _FIRST_WIDE else "latin"


def percent(p: float) -> str:
    """Return a probability as percent; what is not certain does not read as if it were."""
    shown = f"{p * PERCENT:.0f} %"
    if 0 < p < 1 and shown in ("0 %", "100 %"):
        return "<1 %" if p < 1 - p else ">99 %"
    return shown
