"""Words and numbers of every surface, in zh and en."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from dafeng.explain import COUNT, number
from dafeng.vocabulary import Term, Text, marks, read_records

__all__ = ["COUNT", "PERCENT", "SIGNS", "mark_words", "named", "number", "phrase", "rate", "word"]

_DATA = Path(__file__).parent / "data"
_FILES = {"texts": _DATA / "texts", "flags": _DATA / "flags.yaml"}
PERCENT = 100
SIGNS = {"at_least": "≥", "at_most": "≤", "more_than": ">", "less_than": "<", None: ""}
"""Direction of a target → the sign before its value."""


@cache
def _texts(key: str) -> dict[str, Text]:
    return {term.id: term.name for term in read_records(Term, _FILES[key], key)}


def word(text_id: str, lang: str) -> str:
    """Return a word of the report in ``lang``."""
    return phrase(text_id).of(lang)


def phrase(text_id: str) -> Text:
    """Return a word of the report in both languages."""
    return _texts("texts")[text_id]


def named(kind: str, value: str | None) -> Text | None:
    """Return the words for a value of a closed list, ``kind_value``; else the value itself."""
    if value is None:
        return None
    return _texts("texts").get(f"{kind}_{value}", Text(zh=value, en=value))


def mark_words(mark: str, flags: tuple[str, ...], lang: str) -> str:
    """Return a mark and its flags as words."""
    names = [marks()[mark].name.of(lang)] if mark else []
    known = _texts("flags")
    names += [known[flag].of(lang) if flag in known else flag for flag in flags]
    return ("、" if lang == "zh" else ", ").join(names)


def rate(value: float | None, unit: str, *, signed: bool = True) -> str:
    """Return a value of the board with two decimals, and its unit."""
    if value is None:
        return "–"
    unit = "" if unit == COUNT else unit
    text = f"{value:+,.2f}" if signed else f"{round(value, 2) + 0.0:,.2f}"  # no minus nought
    text = text.rstrip("0").rstrip(".")
    return f"{text.replace('-', '−')} {unit}".strip()
