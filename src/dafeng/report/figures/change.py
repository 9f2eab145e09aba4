"""What moved emissions: the factors of a change, and the wedges of measures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
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
    theme,
    values,
    years_axis,
)
from dafeng.report.words import word


def decomposition(
    effects: pa.Table,
    names: Mapping[str, str],
    lang: str = "zh",
    *,
    title: str = "",
    notes: Sequence[str] = (),
) -> alt.LayerChart:
    """Draw what each factor of a change made: from nothing to the whole change, bar after bar.

    With several steps there is a stack per step, and a dot where its factors lead together.

    Args:
        effects: ``Decomposition.table``.
        names: factor → its name in the language, in the order of the bars.
        lang: ``zh`` or ``en``.
        title: of the figure.
        notes: lines below the title.
    """
    rows = effects.to_pylist()
    unit, scale = large(rows[0]["unit"])
    sums: dict[tuple[int, int], dict[str, int]] = defaultdict(lambda: dict.fromkeys(names, 0))
    for row in rows:
        sums[(row["from_year"], row["to_year"])][row["factor"]] += row["effect"]
    steps = {step: {k: v * scale for k, v in held.items()} for step, held in sorted(sums.items())}
    draw = _steps if len(steps) > 1 else _bars
    drawn = draw(steps, names, unit, lang)
    said = word("fig_change_title", lang).format(first=min(steps)[0], last=max(steps)[1])
    return dressed(drawn, lang, title=title or said, notes=notes, mark=marked(effects))


def _bars(
    steps: Mapping[tuple[int, int], Mapping[str, float]],
    names: Mapping[str, str],
    unit: str,
    lang: str,
) -> alt.LayerChart:
    """Return one step as bars that hang from each other, and the whole change from zero."""
    size, colour = theme().sizes, theme().colours
    ((_, effects),) = steps.items()
    tops = list(accumulate(effects.values()))
    net, up, down = (word(f"fig_{name}", lang) for name in ("net", "up", "down"))
    rows = [
        {
            "name": names[k],
            "value": top,
            "base": top - v,
            "top": max(top, top - v),
            "change": v,
            "what": up if v > 0 else down,
        }
        for (k, v), top in zip(effects.items(), tops, strict=True)
    ]
    whole = {"name": net, "value": tops[-1], "base": 0.0, "top": max(tops[-1], 0.0)}
    rows.append(whole | {"change": tops[-1], "what": net})
    legend = {up: colour["up"], down: colour["down"], net: colour["whole"]}
    base = alt.Chart(values(rows))
    x = alt.X(
        "name:N", sort=None, title=None, axis=alt.Axis(labelAngle=0, labelLimit=size["label"])
    )
    y = alt.Y("value:Q", title=word("fig_change", lang).format(unit=unit))
    bars = base.mark_bar().encode(x=x, y=y, y2="base:Q", color=colours(legend))
    text = base.mark_text(dy=-size["text"] / 2, baseline="bottom", color=colour["ink"]).encode(
        x=x, y="top:Q", text=alt.Text("change:Q", format="+,.1f")
    )
    rule = alt.Chart(values([{"value": 0}])).mark_rule(color=colour["soft"]).encode(y="value:Q")
    return layered([bars, rule, text])


def _steps(
    steps: Mapping[tuple[int, int], Mapping[str, float]],
    names: Mapping[str, str],
    unit: str,
    lang: str,
) -> alt.LayerChart:
    """Return a stack per step, what adds above zero and what reduces below it."""
    size, colour = theme().sizes, theme().colours
    rows = [
        {"year": to, "what": names[factor], "value": value, "order": i}
        for (_, to), effects in steps.items()
        for i, (factor, value) in enumerate(effects.items())
    ]
    nets = [{"year": to, "value": sum(effects.values())} for (_, to), effects in steps.items()]
    net = word("fig_net", lang)
    legend = dict(zip(names.values(), theme().categories, strict=False)) | {net: colour["ink"]}
    x = alt.X(
        "year:O", title=word("fig_year", lang), axis=alt.Axis(labelAngle=0, labelOverlap=True)
    )
    y = alt.Y("value:Q", title=word("fig_change", lang).format(unit=unit))
    bars = alt.Chart(values(rows)).mark_bar()
    dots = alt.Chart(values([row | {"what": net} for row in nets]))
    drawn = [
        bars.encode(x=x, y=y, color=colours(legend), order="order:Q"),
        dots.mark_point(filled=True, size=size["point"], opacity=1).encode(
            x=x, y=y, color=colours(legend)
        ),
    ]
    return layered(drawn)


def wedges(
    table: pa.Table,
    names: Mapping[str, str],
    lang: str = "zh",
    *,
    title: str = "",
    notes: Sequence[str] = (),
) -> alt.LayerChart:
    """Draw what each measure avoids, between emissions without and with all of them.

    Args:
        table: ``Attribution.table``.
        names: lever → its title in the language.
        lang: ``zh`` or ``en``.
        title: of the figure.
        notes: lines below the title.
    """
    rows = table.to_pylist()
    unit, scale = large(rows[0]["unit"])
    level: dict[str, dict[int, float]] = defaultdict(dict)
    avoided: dict[str, dict[int, float]] = defaultdict(dict)
    for row in rows:
        held = level if row["kind"] == "level" else avoided
        held[row["lever"]][row["year"]] = row["value"] * scale
    negative = [names[k] for k, by in avoided.items() if min(by.values()) < 0]
    said = [
        *notes,
        word("fig_adds", lang).format(names=", ".join(negative)) if negative else "",
        word("fig_sampled", lang) if any(row["error"] for row in rows) else "",
    ]
    drawn = _wedges(level, _few(avoided, names, lang), unit, lang)
    heading = title or word("fig_wedges_title", lang)
    return dressed(drawn, lang, title=heading, notes=said, mark=marked(table))


def _few(
    avoided: Mapping[str, Mapping[int, float]], names: Mapping[str, str], lang: str
) -> dict[str, dict[int, float]]:
    """Return the wedges by title, the largest first, the smallest put together."""
    last = max(next(iter(avoided.values())))
    order = sorted(avoided, key=lambda lever: -avoided[lever][last])
    most = int(theme().limits["wedges"])
    rest = order[most:] if len(order) > most + 1 else []
    found = {names[k]: dict(avoided[k]) for k in order if k not in rest}
    if rest:
        together = {year: sum(avoided[k][year] for k in rest) for year in avoided[rest[0]]}
        found[word("fig_others", lang).format(count=len(rest))] = together
    return found


def _wedges(
    level: Mapping[str, Mapping[int, float]],
    avoided: Mapping[str, Mapping[int, float]],
    unit: str,
    lang: str,
) -> alt.LayerChart:
    size, colour = theme().sizes, theme().colours
    areas: Rows = []
    top = dict(level["without"])
    for name, by in avoided.items():
        areas += [
            {"year": y, "value": top[y] - v, "high": top[y], "what": name, "avoided": v}
            for y, v in by.items()
        ]
        top = {year: top[year] - by[year] for year in top}
    ends = min(top), max(top)
    legend = dict(zip(avoided, theme().categories, strict=False))
    labels = {name: word(f"fig_{name}", lang) for name in ("without", "with_all")}
    legend |= {labels["without"]: colour["soft"], labels["with_all"]: colour["history"]}
    lows = [*level["with_all"].values(), *(row["value"] for row in areas)]
    y = axis_from(
        lows, level["without"].values(), word("fig_emissions", lang).format(unit=unit), lang
    )
    x, shade = years_axis(*ends, lang), colours(legend, word("fig_measure", lang))
    layers: list[Any] = [
        alt.Chart(values(areas))
        .mark_area(opacity=1 - theme().faint / 2)
        .encode(x=x, y=y, y2="high:Q", color=shade, tooltip=["what:N", "year:Q", "avoided:Q"])
    ]
    for name, label in labels.items():
        line = [{"year": k, "value": v, "what": label} for k, v in level[name].items()]
        dash = list(theme().dash) if name == "without" else [1, 0]
        mark = alt.Chart(values(line)).mark_line(strokeWidth=size["line"], strokeDash=dash)
        layers.append(mark.encode(x=x, y=y, color=shade))
    return layered(layers)
