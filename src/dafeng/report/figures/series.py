"""Series that were judged: their history with levels ahead, or how likely each has peaked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import altair as alt
import pyarrow as pa

from dafeng.report.figures.theme import (
    Rows,
    axis_from,
    colours,
    dressed,
    layered,
    percent,
    theme,
    values,
    years_axis,
)
from dafeng.report.words import PERCENT, word

_LEVEL = re.compile(r"level_(\d+)_q(\d+)")


def status(
    series: pa.Table,
    judged: Sequence[Mapping[str, Any]],
    lang: str = "zh",
    *,
    title: str = "",
    notes: Sequence[str] = (),
) -> alt.ConcatChart | alt.Chart:
    """Draw the history of a few series, else how likely each of many has peaked.

    Args:
        series: ``outlook.status_series``.
        judged: ``outlook.status_rows``.
        lang: ``zh`` or ``en``.
        title: of the figure.
        notes: lines below the title.
    """
    if len(judged) <= theme().limits["panels"]:
        return history(series, judged, lang, title=title, notes=notes)
    return peaked(judged, lang, title=title, notes=notes)


def peaked(
    status: Sequence[Mapping[str, Any]],
    lang: str = "zh",
    *,
    title: str = "",
    notes: Sequence[str] = (),
) -> alt.Chart:
    """Draw how likely each series has peaked, a bar each.

    Args:
        status: ``outlook.status_rows``.
        lang: ``zh`` or ``en``.
        title: of the figure.
        notes: lines below the title.
    """
    size, shapes = theme().sizes, theme().shapes
    legend = {word(f"fig_shape_{name}", lang): colour for name, colour in shapes.items()}
    rows = [
        {
            "series": row["series"],
            "p": row["p_peaked"],
            "what": word(f"fig_shape_{row['shape'] or 'unknown'}", lang),
        }
        for row in status
        if row["p_peaked"] is not None
    ]
    rows.sort(key=lambda row: -row["p"])
    most = int(theme().limits["rows"])
    idle = len(status) - len(rows)
    said = [word("fig_not_judged", lang).format(count=idle) if idle else ""]
    said.append(word("fig_more", lang).format(count=len(rows) - most) if len(rows) > most else "")
    scale, axis = alt.Scale(domain=[0, 1]), alt.Axis(format="%")
    limit = alt.Axis(labelLimit=size["label"])
    drawn: alt.Chart = (
        alt.Chart(values(rows[:most]))
        .mark_bar()
        .encode(
            x=alt.X("p:Q", title=word("fig_probability", lang), scale=scale, axis=axis),
            y=alt.Y("series:N", sort=None, title=None, axis=limit),
            color=colours(legend, word("fig_shape", lang)),
            tooltip=["series:N", alt.Tooltip("p:Q", format=".1%")],
        )
        .properties(width=size["width"], height=alt.Step(size["step"]))
    )
    as_of = status[0]["as_of"] if status else ""
    heading = title or word("fig_status_title", lang).format(as_of=as_of)
    return dressed(drawn, lang, title=heading, notes=[*notes, *said])


def history(
    series: pa.Table,
    status: Sequence[Mapping[str, Any]],
    lang: str = "zh",
    *,
    title: str = "",
    notes: Sequence[str] = (),
) -> alt.ConcatChart:
    """Draw series up to a date, the highest value, and the levels expected in later years.

    Args:
        series: what was known: ``series``, ``year``, ``value``.
        status: ``outlook.status_rows`` of these series.
        lang: ``zh`` or ``en``.
        title: of the figure.
        notes: lines below the title.
    """
    most = int(theme().limits["panels"])
    held = series.to_pylist()
    panels = [
        _panel([row for row in held if row["series"] == one["series"]], one, lang, len(status) == 1)
        for one in status[:most]
    ]
    said = word("fig_more", lang).format(count=len(status) - most) if len(status) > most else ""
    heading = title or word("fig_history_title", lang).format(as_of=status[0]["as_of"])
    columns = min(2, len(panels))
    return dressed(alt.concat(*panels, columns=columns), lang, title=heading, notes=[*notes, said])


def _panel(rows: Rows, status: Mapping[str, Any], lang: str, alone: bool) -> alt.LayerChart:  # noqa: FBT001
    colour, size = theme().colours, theme().sizes
    levels = _levels(status)
    shares = sorted({share for cuts in levels.values() for share in cuts})
    names = {
        "history": word("fig_reported", lang),
        "highest": word("fig_highest", lang),
        "ahead": word("fig_level_ahead", lang).format(low=shares[0], high=shares[-1]),
    }
    legend = {
        names["history"]: colour["history"],
        names["highest"]: colour["peak"],
        names["ahead"]: colour["median"],
    }
    bars: Rows = [
        {"year": year, "value": cuts[shares[0]], "high": cuts[shares[-1]]}
        for year, cuts in levels.items()
    ]
    dots: Rows = [
        {"year": year, "value": cuts[PERCENT // 2]}
        for year, cuts in levels.items()
        if PERCENT // 2 in cuts
    ]
    top: Rows = [{"year": status["peak_year"], "value": status["peak_value"]}]
    every = [*_numbers(rows), *_numbers(bars), *(bar["high"] for bar in bars)]
    y = axis_from(every, every, word("fig_value", lang), lang)
    last = max([row["year"] for row in rows] + [bar["year"] for bar in bars])
    x = years_axis(min(row["year"] for row in rows), last + 1, lang)
    shade = colours(legend)

    def part(held: Rows, name: str) -> alt.Chart:
        return alt.Chart(values(row | {"what": names[name]} for row in held))

    point: dict[str, Any] = {"filled": True, "size": size["point"], "opacity": 1}
    drawn = [
        part(rows, "history").mark_line(strokeWidth=size["line"]).encode(x=x, y=y, color=shade),
        part(bars, "ahead")
        .mark_rule(strokeWidth=size["line"] * 2)
        .encode(x=x, y=y, y2="high:Q", color=shade),
        part(dots, "ahead").mark_point(**point).encode(x=x, y=y, color=shade),
        part(top, "highest").mark_point(**point).encode(x=x, y=y, color=shade),
    ]
    p = status["p_peaked"]
    said = "–" if p is None else percent(p)
    heading = word("fig_panel", lang).format(series=status["series"], p=said)
    side = size["width"] if alone else size["small"] + size["low"] / 2
    chart = layered(drawn, side, size["height"] if alone else size["small"])
    return chart.properties(title=alt.TitleParams(heading, fontSize=size["text"] + 1))


def _levels(status: Mapping[str, Any]) -> dict[int, dict[int, float]]:
    """Return year → quantile in percent → level."""
    found: dict[int, dict[int, float]] = {}
    for name, value in status.items():
        said = _LEVEL.fullmatch(name)
        if said and value is not None:
            found.setdefault(status["as_of"] + int(said[1]), {})[int(said[2])] = value
    return found


def _numbers(rows: Iterable[Mapping[str, Any]]) -> list[float]:
    return [row["value"] for row in rows]
