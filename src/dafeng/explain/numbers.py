"""Numbers as people read them, with their unit; every surface and every tree writes them so."""

from __future__ import annotations

from dafeng.vocabulary import Text, factor, units

COUNT = "count"
"""The unit of counted things, which people do not write."""

_SCALES = {"gCO2e": ("tCO2e", 6), "gCO2": ("tCO2", 6), "gce": ("tce", 6)}
_YEAR, _MONEY, _LARGE = "a", "yuan", "10^8 yuan"
_WORDS = {COUNT, "person", _MONEY, _YEAR}
"""Units that are words and not symbols; Chinese has its own, as it has for powers of ten."""


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


def told(value: float | None, unit: str = "") -> Text:
    """Return a number with its unit in both languages; much money in 10^8 yuan, years plain."""
    if value is None:
        return Text(zh="–", en="–")
    if unit == _YEAR and value == int(value):
        return Text(zh=f"{int(value)} {unit_words(unit).zh}", en=str(int(value)))
    if unit == _MONEY and abs(value * factor(_MONEY, _LARGE)) >= 1:
        value, unit = value * factor(_MONEY, _LARGE), _LARGE
    whole = value if isinstance(value, int) or unit not in _SCALES else round(value)
    unit_, _ = _SCALES.get(unit, (unit, 0))
    text = number(whole, unit).removesuffix(unit_).strip()
    name = unit_words(unit_)
    return Text(zh=f"{text} {name.zh}".strip(), en=f"{text} {name.en}".strip())


def unit_words(unit: str) -> Text:
    """Return how a unit is written: symbols as they are, words and powers of ten by language."""
    zh = "/".join(_chinese(part) for part in unit.split("/"))
    return Text(zh=zh, en="" if unit == COUNT else unit)


def _chinese(part: str) -> str:
    known = units().find(part) if part in _WORDS or part.startswith("10^") else None
    return known.name.zh if known else part


def _tonnes(grams: int, places: int) -> str:
    """Return whole grams as tonnes with two decimals, rounded half away from zero."""
    step = 10 ** (places - 2)
    hundredths = (abs(grams) + step // 2) // step
    sign = "-" if grams < 0 else ""
    return f"{sign}{hundredths // 100:,}.{hundredths % 100:02d}"
