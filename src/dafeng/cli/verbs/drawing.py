"""A figure beside what a verb prints; the library that draws is loaded only where one is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.text import Text as Styled

from dafeng.report import word


def checked(path: Path | None) -> None:
    """Refuse a file name that says no format, before anything is computed.

    Raises:
        Fault: ``figure_format``.
    """
    if path is not None:
        from dafeng.report import figures  # noqa: PLC0415  heavy

        figures.check(path)


def drawn(path: Path | None, lang: str, draw: Callable[[Any], Any]) -> list[Any]:
    """Write a figure where a file is named, and return the line that says so.

    Args:
        path: the file; nothing is drawn without one.
        lang: ``zh`` or ``en``.
        draw: takes ``report.figures`` and returns a chart.
    """
    if path is None:
        return []
    from dafeng.report import figures  # noqa: PLC0415  heavy

    figures.save(draw(figures), path)
    return [Styled(word("fig_written", lang).format(path=path), "green")]
