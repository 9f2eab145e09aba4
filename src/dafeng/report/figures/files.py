"""A figure as a file."""

from __future__ import annotations

from pathlib import Path

import altair as alt
import vl_convert

from dafeng.report.figures.theme import theme
from dafeng.vocabulary import Fault

FORMATS = (".svg", ".png", ".html", ".json")


def save(chart: alt.TopLevelMixin, path: Path) -> None:
    """Write a figure; the suffix says how: ``.svg``, ``.png``, ``.html`` or ``.json`` (Vega-Lite).

    The page has all it needs inside; nothing is fetched, then or later.

    Raises:
        Fault: ``figure_format``.
    """
    check(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    match path.suffix.casefold():
        case ".svg":
            text = vl_convert.vegalite_to_svg(chart.to_dict())
        case ".png":
            scale = theme().sizes["scale"]
            path.write_bytes(vl_convert.vegalite_to_png(chart.to_dict(), scale=scale))
            return
        case ".html":
            text = vl_convert.vegalite_to_html(chart.to_dict(), bundle=True)
        case _:
            text = chart.to_json()
    path.write_text(text, encoding="utf-8", newline="\n")


def check(path: Path) -> None:
    """Refuse a suffix that no figure has.

    Raises:
        Fault: ``figure_format``.
    """
    if path.suffix.casefold() not in FORMATS:
        raise Fault("figure_format", str(path), label=path.suffix or "–", near=", ".join(FORMATS))
