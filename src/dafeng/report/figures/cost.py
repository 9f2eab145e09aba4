"""What retrofits cost: the abatement cost curve, and which projects a choice takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

import altair as alt
import pyarrow as pa

from dafeng.report.figures.theme import Rows, colours, dressed, layered, marked, theme, values
from dafeng.report.words import word
from dafeng.vocabulary import factor

_UNITS = {"tco2": "tCO2", "tce": "tce"}


def cost_curve(
    steps: pa.Table,
    lang: str = "zh",
    *,
    measure: str = "tco2",
    title: str = "",
    notes: Sequence[str] = (),
) -> alt.LayerChart:
    """Draw a marginal abatement cost curve: a bar per step, as wide as what it adds.

    Args:
        steps: ``Curve.steps``.
        lang: ``zh`` or ``en``.
        measure: ``tco2`` or ``tce``, of which the tonnes are.
        title: of the figure.
        notes: lines below the title.
    """
    gain, cost = word("fig_gain", lang), word("fig_cost", lang)
    rows = [
        {
            "low": row["from_t"],
            "high": row["to_t"],
            "cost": row["cost_yuan_per_t"],
            "name": row["project"],
            "what": cost if row["cost_yuan_per_t"] > 0 else gain,
        }
        for row in steps.to_pylist()
    ]
    legend = {gain: theme().colours["down"], cost: theme().colours["up"]}
    drawn, said = _curve(rows, legend, measure, lang)
    heading = title or word(f"fig_cost_title_{measure}", lang)
    lines = [*notes, word("fig_cost_added", lang), said]
    return dressed(drawn, lang, title=heading, notes=lines, mark=marked(steps))


def choice(
    options: pa.Table,
    lang: str = "zh",
    *,
    measure: str = "tco2",
    title: str = "",
    notes: Sequence[str] = (),
) -> alt.LayerChart:
    """Draw all options by their cost per tonne, those that are chosen in colour.

    Args:
        options: the table ``options`` of ``portfolio.tables_of``.
        lang: ``zh`` or ``en``.
        measure: ``tco2`` or ``tce``.
        title: of the figure.
        notes: lines below the title.
    """
    chosen, out = word("fig_chosen", lang), word("fig_left_out", lang)
    width, price = f"alone_{measure}", f"cost_yuan_per_{measure}"
    held = options.to_pylist()
    drawable = [row for row in held if row[price] is not None and row[width] > 0]
    drawable.sort(key=lambda row: (row[price], row["project"]))
    ends = [0.0, *accumulate(row[width] for row in drawable)]
    rows = [
        {
            "low": ends[i],
            "high": ends[i + 1],
            "cost": row[price],
            "name": row["project"],
            "what": chosen if row["chosen"] else out,
        }
        for i, row in enumerate(drawable)
    ]
    lacking = len(held) - len(drawable)
    legend = {chosen: theme().colours["ahead"], out: theme().colours["out"]}
    drawn, said = _curve(rows, legend, measure, lang)
    lines = [*notes, word("fig_alone", lang), said]
    lines.append(word("fig_no_price", lang).format(count=lacking) if lacking else "")
    heading = title or word("fig_choice_title", lang)
    return dressed(drawn, lang, title=heading, notes=lines, mark=marked(options))


def _curve(
    rows: Rows, legend: Mapping[str, str], measure: str, lang: str
) -> tuple[alt.LayerChart, str]:
    """Return bars of their own width from zero, the widest ones named, and which these are."""
    size, colour = theme().sizes, theme().colours
    unit, scale = _scaled(rows[-1]["high"] if rows else 0.0, measure, lang)
    bars = [row | {"low": row["low"] * scale, "high": row["high"] * scale} for row in rows]
    widest = sorted(bars, key=lambda row: row["low"] - row["high"])
    named = widest[: int(theme().limits["labels"])]
    least = (bars[-1]["high"] if bars else 0.0) * size["text"] / size["width"]
    named = [
        row | {"at": (row["low"] + row["high"]) / 2, "top": max(row["cost"], 0.0)}
        for row in named
        if row["high"] - row["low"] >= least
    ]
    last = bars[-1]["high"] if bars else 1
    x = alt.X(
        "low:Q",
        title=word(f"fig_tonnes_{measure}", lang).format(unit=unit),
        scale=alt.Scale(domain=[0, last], nice=False),
        axis=alt.Axis(grid=False),
    )
    y = alt.Y("cost:Q", title=word("fig_per_tonne", lang).format(unit=_UNITS[measure]))
    drawn: list[Any] = [
        alt.Chart(values(row | {"zero": 0} for row in bars))
        .mark_rect(stroke="white", strokeWidth=size["thin"] / 2)
        .encode(
            x=x, x2="high:Q", y=y, y2="zero:Q", color=colours(legend), tooltip=["name:N", "cost:Q"]
        ),
        alt.Chart(values([{"cost": 0}])).mark_rule(color=colour["soft"]).encode(y="cost:Q"),
        alt.Chart(values(named))
        .mark_text(
            angle=size["upwards"], align="left", dx=size["line"] * 2, fontSize=size["text"] - 2
        )
        .encode(x=alt.X("at:Q"), y=alt.Y("top:Q"), text="name:N", color=alt.value(colour["ink"])),
    ]
    chart = layered(drawn)
    if len(named) == len(rows):
        return chart, ""
    return chart, word("fig_named", lang).format(count=len(named), all=len(rows))


def _scaled(whole: float, measure: str, lang: str) -> tuple[str, float]:
    """Return unit and scale in which an axis of tonnes reads well: t or 10⁴ t."""
    unit = _UNITS[measure]
    scale = factor(unit, f"10^4 {unit}")
    if whole * scale < 1:
        return unit, 1.0
    return word("fig_wan", lang).format(unit=unit), scale
