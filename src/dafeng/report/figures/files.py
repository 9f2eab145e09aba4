"""A figure as a file."""

from __future__ import annotations

from pathlib import Path

import altair as alt
import vl_convert

from dafeng.report.figures.theme import theme
from dafeng.vocabulary import Fault, write_file

FORMATS = (".svg", ".png", ".html", ".json")


def save(chart: alt.TopLevelMixin, path: Path) -> None:
    """Write a figure; the suffix says how: ``.svg``, ``.png``, ``.html`` or ``.json`` (Vega-Lite).

    The page has all it needs inside; nothing is fetched, then or later.

    Raises:
        Fault: ``figure_format``.
    """
    check(path)
    match path.suffix.casefold():
        case ".svg":
            drawn: str | bytes = vl_convert.vegalite_to_svg(chart.to_dict())
        case ".png":
            scale = theme().sizes["scale"]
            drawn = vl_convert.vegalite_to_png(chart.to_dict(), scale=scale)
        case ".html":
            drawn = vl_convert.vegalite_to_html(chart.to_dict(), bundle=True)
        case _:
            drawn = chart.to_json()
    write_file(path, drawn)


def check(path: Path) -> None:
    """Refuse a suffix that no figure has.

    Raises:
        Fault: ``figure_format``.
    """
    if path.suffix.casefold() not in FORMATS:
        raise Fault("figure_format", str(path), label=path.suffix or "–", near=", ".join(FORMATS))
