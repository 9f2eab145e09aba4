"""Target paths: what was reached, year by year, beside what the plan asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import Any

import altair as alt
import pyarrow as pa
from rich.cells import cell_len

from dafeng.indicators import statuses
from dafeng.report.figures.theme import Rows, colours, dressed, layered, marked, theme, values
from dafeng.report.words import COUNT, word
from dafeng.vocabulary import regions


def target_paths(
    paths: pa.Table,
    lang: str = "zh",
    *,
    as_of: str,
    title: str = "",
    notes: Sequence[str] = (),
) -> alt.ConcatChart:
    """Draw a small panel per target: values with their status, the path, and the goal.

    Args:
        paths: ``indicators.path_table``.
        lang: ``zh`` or ``en``.
        as_of: the period that the newest values are as of.
        title: of the figure.
        notes: lines below the title.
    """
    held = paths.to_pylist()
    keys = list(dict.fromkeys((row["plan"], row["region"], row["target"]) for row in held))
    panels = {
        key: [r for r in held if (r["plan"], r["region"], r["target"]) == key] for key in keys
    }
    known = [rows for rows in panels.values() if any(r["kind"] == "value" for r in rows)]
    most, columns = int(theme().limits["lines"]), int(theme().limits["columns"])
    said = [
        word("fig_axes_not_zero", lang),
        word("fig_more", lang).format(count=len(known) - most) if len(known) > most else "",
        word("fig_targets_without", lang).format(count=len(panels) - len(known))
        if len(known) < len(panels)
        else "",
    ]
    held_statuses = {r["status"] or "none" for rows in known for r in rows if r["kind"] == "value"}
    legend = _legend(held_statuses, lang)
    several = len({key[1] for key in keys}) > 1
    drawn = alt.concat(
        *(
            _panel(rows, _heading(rows[0], lang, placed=several), legend, lang)
            for rows in known[:most]
        ),
        columns=columns,
    )
    heading = title or word("fig_targets_title", lang).format(as_of=as_of)
    return dressed(drawn, lang, title=heading, notes=[*notes, *said], mark=marked(paths))


def _legend(held: set[str], lang: str) -> dict[str, str]:
    """Return label → colour of path, goal and the statuses that there are."""
    colour = theme().colours
    shades = {
        _status(name, lang): theme().statuses[name] for name in theme().statuses if name in held
    }
    return {
        word("fig_path", lang): colour["soft"],
        word("fig_goal", lang): colour["ink"],
        **shades,
    }


def _heading(row: Mapping[str, Any], lang: str, *, placed: bool) -> list[str]:
    """Return the title of a panel: the target's id, as on the board, its words, and where."""
    words = f"{row['target']} {row[f'title_{lang}']}"
    if placed:
        place = regions()[row["region"]].name.of(lang)
        words += f"（{place}）" if lang == "zh" else f" ({place})"
    return _lines(words, int(theme().limits["letters"]))


def _panel(rows: Rows, heading: list[str], legend: Mapping[str, str], lang: str) -> alt.LayerChart:
    colour, size = theme().colours, theme().sizes
    names = {kind: word(f"fig_{kind}", lang) for kind in ("path", "goal")}
    shown = [
        row | {"what": names.get(row["kind"]) or _status(row["status"] or "none", lang)}
        for row in rows
    ]
    years = {row["year"] for row in rows}
    axis = alt.Axis(format="d", tickMinStep=1, tickCount=theme().limits["ticks"], grid=False)
    x = alt.X(
        "year:Q",
        title=None,
        axis=axis,
        scale=alt.Scale(domain=[min(years) - 0.5, max(years) + 0.5], nice=False),
    )
    y = alt.Y(
        "value:Q",
        title=None if rows[0]["unit"] in ("", COUNT) else rows[0]["unit"],
        scale=alt.Scale(zero=False),
    )
    shade = colours(legend)

    def part(kind: str) -> alt.Chart:
        return alt.Chart(values(row for row in shown if row["kind"] == kind))

    drawn = [
        part("path").mark_line(strokeDash=list(theme().dash)).encode(x=x, y=y, color=shade),
        part("value").mark_line(color=colour["out"], strokeWidth=size["thin"]).encode(x=x, y=y),
        part("value")
        .mark_point(filled=True, opacity=1, size=size["point"])
        .encode(x=x, y=y, color=shade),
        part("goal")
        .mark_point(shape="diamond", opacity=1, size=size["point"] * 2)
        .encode(x=x, y=y, color=shade),
    ]
    title = alt.TitleParams(heading, fontSize=size["text"], fontWeight="normal", anchor="start")
    side = size["small"] - size["low"] / 2
    return layered(drawn, side, side * (1 - theme().faint)).properties(title=title)


def _status(status: str, lang: str) -> str:
    return word("fig_no_status", lang) if status == "none" else statuses()[status].name.of(lang)


def _lines(text: str, letters: int) -> list[str]:
    """Break a title where it would run into the next panel."""
    wide = cell_len(text) > len(text)
    return wrap(text, letters if wide else letters * 2)
