"""Words and numbers of every surface, in zh and en."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from dafeng.vocabulary import Term, Text, marks, read_records

_DATA = Path(__file__).parent / "data"
_FILES = {"texts": _DATA / "texts", "flags": _DATA / "flags.yaml"}
PERCENT = 100
COUNT = "count"
"""The unit of counted things, which people do not write."""
_SCALES = {"gCO2e": ("tCO2e", 6), "gCO2": ("tCO2", 6), "gce": ("tce", 6)}


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


def number(value: float | None, unit: str = "", *, signed: bool = False) -> str:
    """Return a number for people: whole grams as tonnes, a true minus sign, no noise digits.

    Whole numbers are shifted as text, so that no total passes through a float.
    """
    if value is None:
        return "–"
    if isinstance(value, int) and unit in _SCALES:
        unit, places = _SCALES[unit]
        text = _tonnes(value, places)
    elif isinstance(value, int):
        text = f"{value:,}"
    elif value.is_integer():
        text = f"{value:,.0f}"
    else:
        text = f"{value:,.4f}".rstrip("0").rstrip(".") if abs(value) >= 1 else f"{value:.6g}"
    sign = "+" if signed and value > 0 else ""
    return f"{sign}{text} {unit}".strip().replace("-", "−", 1 if text.startswith("-") else 0)


def rate(value: float | None, unit: str, *, signed: bool = True) -> str:
    """Return a value of the board with two decimals, and its unit."""
    if value is None:
        return "–"
    unit = "" if unit == COUNT else unit
    text = f"{value:+,.2f}" if signed else f"{value:,.2f}"
    text = text.rstrip("0").rstrip(".")
    return f"{text.replace('-', '−')} {unit}".strip()


def _tonnes(grams: int, places: int) -> str:
    """Return whole grams as tonnes with two decimals, rounded half away from zero."""
    step = 10 ** (places - 2)
    hundredths = (abs(grams) + step // 2) // step
    sign = "-" if grams < 0 else ""
    return f"{sign}{hundredths // 100:,}.{hundredths % 100:02d}"
