"""Monthly estimates beside what the books said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pyarrow as pa

from dafeng.report.figures.theme import (
    axis_from,
    colours,
    dressed,
    large,
    layered,
    marked,
    theme,
    values,
)
from dafeng.report.nowcast import sector_words
from dafeng.report.words import word


def nowcast(
    months: pa.Table,
    lang: str = "zh",
    *,
    sector: str = "",
    title: str = "",
    notes: Sequence[str] = (),
) -> alt.LayerChart:
    """Draw the months estimated one month ahead and those still open, with intervals.

    Args:
        months: ``outlook.month_table``.
        lang: ``zh`` or ``en``.
        sector: whose emissions; empty means all of them.
        title: of the figure.
        notes: lines below the title.
    """
    size, colour = theme().sizes, theme().colours
    unit, scale = large(months["unit"][0].as_py())
    rows = [
        row | {k: row[k] * scale for k in ("estimate", "low", "high", "naive", "booked") if row[k]}
        for row in months.to_pylist()
        if row["sector"] == sector and (row["part"] == "open" or row["ahead"] == 1)
    ]
    parts = ("estimate", "open", "interval", "booked")
    names = {part: word(f"fig_nowcast_{part}", lang) for part in parts}
    names["naive"] = word("nowcast_naive", lang)
    shades = ("median", "plain", "wide", "history", "soft")
    legend = {names[k]: colour[c] for k, c in zip((*parts, "naive"), shades, strict=True)}
    every = [
        row[k] for row in rows for k in ("estimate", "low", "high", "booked", "naive") if row[k]
    ]
    y = axis_from(every, every, word("fig_emissions", lang).format(unit=unit), lang)
    axis = alt.Axis(format="%Y-%m", grid=False, labelAngle=0, labelOverlap=True, labelFlush=False)
    x = alt.X("month:T", title=word("fig_month", lang), axis=axis)
    shade = colours(legend)

    def part(name: str, column: str, which: str = "") -> alt.Chart:
        held = [
            {"month": row["month"], "value": row[column], "high": row["high"], "what": names[name]}
            for row in rows
            if row[column] is not None and which in ("", row["part"])
        ]
        return alt.Chart(values(held))

    point: dict[str, Any] = {"filled": True, "size": size["point"], "opacity": 1}
    line: dict[str, Any] = {"strokeWidth": size["line"]}
    thin: dict[str, Any] = {"strokeWidth": size["thin"], "strokeDash": list(theme().dash)}
    drawn: list[Any] = [
        part("interval", "low").mark_area().encode(x=x, y=y, y2="high:Q", color=shade),
        part("naive", "naive").mark_line(**thin).encode(x=x, y=y, color=shade),
        part("estimate", "estimate").mark_line(**line).encode(x=x, y=y, color=shade),
        part("booked", "booked").mark_line(**line).encode(x=x, y=y, color=shade),
        part("open", "estimate", "open").mark_point(**point).encode(x=x, y=y, color=shade),
    ]
    chart = layered(drawn)
    heading = word("fig_nowcast_title", lang).format(sector=sector_words(sector, lang))
    lines = [*notes, word("fig_nowcast_set", lang)]
    return dressed(chart, lang, title=title or heading, notes=lines, mark=marked(months))
