"""History and fan chart, with the distribution of the peak year below."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import altair as alt
import pyarrow as pa

from dafeng.report.figures.theme import (
    Rows,
    axis_from,
    colours,
    dressed,
    large,
    layered,
    marked,
    percent,
    theme,
    values,
    years_axis,
)
from dafeng.report.words import PERCENT, word

MIDDLE = "q50"
KINDS = ("past", "ahead", "not_before")


def fan(
    years: pa.Table,
    peaks: pa.Table,
    lang: str = "zh",
    *,
    by: Sequence[int] = (),
    title: str = "",
    notes: Sequence[str] = (),
    region: str = "",
    sector: str = "",
) -> alt.VConcatChart:
    """Draw the history and where a scenario leads, and below it when the runs peak.

    Args:
        years: ``Projection.years``.
        peaks: ``Projection.peaks``; they are those of the total.
        lang: ``zh`` or ``en``.
        by: years of which to say how probable a peak is by then.
        title: of the figure.
        notes: lines below the title.
        region: whose emissions; empty means all regions.
        sector: likewise.
    """
    rows = [r for r in years.to_pylist() if (r["region"], r["sector"]) == (region, sector)]
    unit, scale = large(rows[0]["unit"])
    rows = [row | {"value": row["value"] * scale} for row in rows]
    whole = not region and not sector
    quantiles = sorted({r["statistic"] for r in rows if r["statistic"].startswith("q")})
    bands = list(zip(quantiles, reversed(quantiles), strict=True))[: len(quantiles) // 2]
    rows += _joined(rows)
    said, span = _peak(peaks.to_pylist(), quantiles, lang) if whole else ("", None)
    drawn = _levels(rows, bands, span, unit, lang)
    parts: list[Any] = [drawn]
    if whole:
        ends = min(r["year"] for r in rows), max(r["year"] for r in rows)
        parts.append(_distribution(peaks.to_pylist(), ends, lang))
    both: alt.VConcatChart = alt.vconcat(*parts).resolve_scale(color="independent")
    return dressed(
        both,
        lang,
        title=title or word("fig_emissions", lang).format(unit=unit),
        notes=[*notes, said, *(_by(peaks.to_pylist(), year, lang) for year in by if whole)],
        mark=marked(years),
    )


def _levels(
    rows: Rows,
    bands: list[tuple[str, str]],
    span: tuple[int, int, int] | None,
    unit: str,
    lang: str,
) -> alt.LayerChart:
    colour, size = theme().colours, theme().sizes
    ends = min(r["year"] for r in rows), max(r["year"] for r in rows)
    by = {(r["statistic"], r["year"]): r["value"] for r in rows}
    lines = {"reported": "history", MIDDLE: "median", "plain": "plain"}
    names = {
        "reported": word("fig_reported", lang),
        MIDDLE: word("fig_median", lang),
        "plain": word("fig_plain", lang),
    }
    legend = {names[s]: colour[c] for s, c in lines.items() if any(s == k for k, _ in by)}
    labels = [
        word("fig_band", lang).format(low=int(low[1:]), high=int(high[1:])) for low, high in bands
    ]
    legend |= dict(zip(labels, (colour["wide"], colour["narrow"]), strict=False))
    held = [r["value"] for r in rows]
    y = axis_from(held, held, word("fig_emissions", lang).format(unit=unit), lang)
    if span:
        share = [int(name[1:]) for name in bands[0]]
        between = word("fig_peak_interval", lang).format(low=share[0], high=share[1])
        marker = {between: colour["peak_span"], word("fig_peak_middle", lang): colour["peak"]}
        legend |= marker
    x, shade = _axis(ends, lang), colours(legend)
    layers: list[Any] = _marker(span, list(marker), x, shade) if span else []
    for (low, high), label in zip(bands, labels, strict=True):
        area = [
            {"year": year, "value": by[(low, year)], "high": value, "what": label}
            for (statistic, year), value in by.items()
            if statistic == high
        ]
        layers.append(_chart(area).mark_area().encode(x=x, y=y, y2="high:Q", color=shade))
    for statistic, label in names.items():
        line = [
            {"year": r["year"], "value": r["value"], "what": label}
            for r in rows
            if r["statistic"] == statistic
        ]
        dash = list(theme().dash) if statistic == "plain" else [1, 0]
        width = size["thin" if statistic == "plain" else "line"]
        mark = _chart(line).mark_line(strokeWidth=width, strokeDash=dash)
        layers.append(mark.encode(x=x, y=y, color=shade))
    return layered(layers)


def _joined(rows: Rows) -> Rows:
    """Return the last year of the history as the point in which all that comes after begins."""
    before = [row for row in rows if row["part"] == "history"]
    after = [row for row in rows if row["part"] == "projection"]
    if not before or before[-1]["year"] + 1 != min(row["year"] for row in after):
        return []
    return [before[-1] | {"statistic": name} for name in {row["statistic"] for row in after}]


def _axis(ends: tuple[int, int], lang: str) -> alt.X:
    """Return the axis that both panels share: half a year more on either side, for the bars."""
    return years_axis(ends[0] - 0.5, ends[1] + 0.5, lang)


def _marker(span: tuple[int, int, int], labels: list[str], x: alt.X, shade: Any) -> list[Any]:
    """Return the interval of the peak year as a shade, and its median as a rule."""
    low, middle, high = span
    between = [{"year": low - 0.5, "to": high + 0.5, "what": labels[0]}]
    rule = _chart([{"year": middle, "what": labels[1]}]).mark_rule(
        strokeWidth=theme().sizes["line"]
    )
    return [
        _chart(between).mark_rect().encode(x=x, x2="to:Q", color=shade),
        rule.encode(x=x, color=shade),
    ]


def _distribution(peaks: Rows, ends: tuple[int, int], lang: str) -> alt.Chart:
    """Return the share of runs by peak year as bars, somewhat narrower than a year."""
    size, half = theme().sizes, (1 - theme().faint) / 2
    names = {kind: word(f"fig_{kind}", lang).format(year=ends[1]) for kind in KINDS}
    rows = [
        r | {"low": r["year"] - half, "high": r["year"] + half, "what": names[r["kind"]]}
        for r in peaks
    ]
    legend = {name: theme().colours[kind] for kind, name in names.items()}
    x = _axis(ends, lang).title(word("fig_peak_year", lang))
    x["shorthand"] = "low:Q"
    axis = alt.Axis(format="%", tickCount=2)
    found: alt.Chart = (
        _chart(rows)
        .mark_rect()
        .encode(
            x=x,
            x2="high:Q",
            y=alt.Y("probability:Q", title=word("fig_share_of_runs", lang), axis=axis),
            y2=alt.datum(0),
            color=colours(legend, word("fig_peak_year", lang)),
            tooltip=["year:Q", alt.Tooltip("probability:Q", format=".1%")],
        )
        .properties(width=size["width"], height=size["low"])
    )
    return found


def _peak(peaks: Rows, quantiles: list[str], lang: str) -> tuple[str, tuple[int, int, int] | None]:
    """Return in words and years when the runs peak; no years where most do not within the horizon.

    The interval ends in the last year where its upper end is not within the horizon.
    """
    low, high = (int(quantiles[i][1:]) for i in (0, -1))
    so_far = list(accumulate(row["probability"] for row in peaks))
    at = [
        next((i for i, s in enumerate(so_far) if s * PERCENT >= share), len(peaks) - 1)
        for share in (low, PERCENT / 2, high)
    ]
    first, middle, last = (peaks[i] for i in at)
    if middle["kind"] == "not_before":
        return word("fig_peak_unsaid", lang).format(year=middle["year"]), None
    end = str(last["year"])
    if last["kind"] == "not_before":
        end = word("fig_open_end", lang).format(year=end)
    said = word("fig_peak_said", lang).format(
        middle=middle["year"], share=high - low, low=first["year"], high=end
    )
    return said, (first["year"], middle["year"], last["year"])


def _by(peaks: Rows, year: int, lang: str) -> str:
    """Return the probability of a peak by a year in words; nothing where it cannot be said."""
    if any(row["kind"] == "not_before" and row["year"] <= year for row in peaks):
        return ""
    share = sum(row["probability"] for row in peaks if row["year"] <= year)
    return word("fig_peak_by", lang).format(year=year, share=percent(share))


def _chart(rows: Rows) -> alt.Chart:
    return alt.Chart(values(rows))
