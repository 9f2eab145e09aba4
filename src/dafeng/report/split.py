"""Split targets and promises for people to read."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from rich.text import Text as Styled

from dafeng.report.tables import listing
from dafeng.report.words import COUNT, PERCENT, mark_words, number, rate, word

if TYPE_CHECKING:
    from dafeng.indicators import Part, Promised, Split

_RATE = "%"
_STYLES = {"enough": "bold green", "short": "bold red"}


def split_view(found: Split, lang: str) -> Iterator[Any]:
    """Yield the title, the parts with what they are given, and the check of the sum."""
    from dafeng.indicators import split_rules  # noqa: PLC0415  heavy

    rule = split_rules()[found.rule.name]
    note = (rule.note or rule.name).of(lang)
    by = f": {found.rule.by.of(lang)}" if found.rule.name != "equal" else ""
    yield _title(found, rule.name.of(lang), lang)
    yield Styled(f"{note}{by}", "cyan")
    if found.growth is not None:
        yield Styled(_growth_words(found, lang), "cyan")
    columns = ["part", "split_base", "share", "given", "implied_reduction"]
    rows = [
        (
            _name(one.part, lang),
            _amount(one.part.base, found.unit),
            rate(_percent(one.share), _RATE, signed=False),
            _amount(one.allocation, found.unit),
            rate(_percent(one.rate), _RATE, signed=False),
        )
        for one in found.shares
    ]
    yield listing(columns, rows, lang)
    yield Styled(check_words(found, lang), "green" if found.total == found.whole else "bold red")
    yield Styled(f"  {found.figure}", "dim")


def check_words(found: Split, lang: str) -> str:
    """Return the check that the parts add up to the whole, in whole units."""
    said = word("sum_is_whole", lang).format(
        parts=len(found.shares),
        total=f"{found.total:,}",
        sign="=" if found.total == found.whole else "≠",
        whole=f"{found.whole:,} {_unit(found.unit)}".strip(),
    )
    if found.implied is None:
        return said
    implied = rate(_percent(found.implied), _RATE, signed=False)
    return f"{said} · {word('implied_reduction', lang)} {implied}"


def split_dict(found: Split, lang: str) -> dict[str, Any]:
    """Return a split as plain data; amounts are whole numbers of ``unit``."""
    return {
        "figure": found.figure,
        "plan": found.plan.id,
        "target": found.target.id,
        "title": found.target.title.of(lang),
        "goal": found.target.value,
        "goal_unit": found.target.unit,
        "to": found.to,
        "rule": found.rule.name,
        "by": None if found.rule.name == "equal" else found.rule.by.of(lang),
        "unit": found.unit,
        "whole": found.whole,
        "total": found.total,
        "saving": found.saving,
        "growth_percent": _percent(found.growth),
        "implied_reduction_percent": _percent(found.implied),
        "parts": [
            {
                "part": one.part.part,
                "name": one.part.name.of(lang),
                "base": one.part.base,
                "share": None if one.share is None else float(one.share),
                "allocation": one.allocation,
                "growth_percent": _percent(one.growth),
                "implied_reduction_percent": _percent(one.rate),
                "mark": one.part.mark,
                "source": one.part.source or None,
            }
            for one in found.shares
        ],
        "held": list(found.held),
        "mark": found.mark,
        "flags": list(found.tree.all_flags),
    }


def promised_view(found: Promised, lang: str) -> Iterator[Any]:
    """Yield the title, the promises, and what they add up to against the target."""
    yield _title(found, word("promises", lang), lang)
    rows = []
    for part in found.parts:
        value = found.values[part.part]
        shown = (
            Styled(mark_words("", ("not_reported",), lang), "yellow")
            if value is None
            else _shown(found, value)
        )
        base = _amount(part.base, found.base_unit)
        rows.append((_name(part, lang), base, shown))
    yield listing(["part", "split_base", "promise"], rows, lang)
    yield Styled(word(f"verdict_{found.verdict}", lang), _STYLES.get(found.verdict, "yellow"))
    for text in _summary(found, lang):
        yield Styled(f"  {text}")
    if found.reason is not None:
        yield Styled(f"  {found.reason.of(lang)}", "dim")
    yield Styled(f"  {found.figure}", "dim")


def promised_dict(found: Promised, lang: str) -> dict[str, Any]:
    """Return promises as plain data, in ``unit``."""
    return {
        "figure": found.figure,
        "plan": found.plan.id,
        "target": found.target.id,
        "title": found.target.title.of(lang),
        "to": found.to,
        "unit": found.unit,
        "goal": _plain(found.goal),
        "implied": _plain(found.implied),
        "low": _plain(found.low),
        "high": _plain(found.high),
        "gap": _plain(found.gap),
        "needed_of_missing": _plain(found.needed),
        "coverage": None if found.coverage is None else float(found.coverage),
        "missing": list(found.missing),
        "verdict": found.verdict,
        "reason": found.reason.of(lang) if found.reason else None,
        "parts": [
            {
                "part": part.part,
                "name": part.name.of(lang),
                "base": part.base,
                "promise": _plain(found.values[part.part]),
            }
            for part in found.parts
        ],
        "mark": found.mark,
        "flags": list(found.tree.all_flags),
    }


def _title(found: Split | Promised, what: str, lang: str) -> Styled:
    target = found.target
    title = Styled(f"{target.id} {target.title.of(lang)} · {what}", "bold")
    said = mark_words(found.mark, found.tree.all_flags, lang)
    return title.append(f"  [{said}]", "magenta")


def _amount(value: int | None, unit: str, *, signed: bool = False) -> str:
    return number(value, _unit(unit), signed=signed)


def _unit(unit: str) -> str:
    return "" if unit == COUNT else unit


def _name(part: Part, lang: str) -> str:
    name = part.name.of(lang)
    return name if name == part.part else f"{part.part} {name}"


def _growth_words(found: Split, lang: str) -> str:
    node = next(node for node in found.tree.walk() if node.ref == "growth")
    detail = node.detail.of(lang) if node.detail else ""
    return f"{node.label.of(lang)} {rate(_percent(found.growth), _RATE)} ({detail})"


def _summary(found: Promised, lang: str) -> Iterator[str]:
    if found.low is not None:
        ends = [
            _shown(found, end) for end in dict.fromkeys((found.low, found.high)) if end is not None
        ]
        value = " – ".join(ends) + (" –" if found.high is None else "")
        yield f"{word('adds_up', lang)} {value}"
        yield f"{word('goal', lang)} {_shown(found, found.goal)}"
        gap = found.gap or Fraction(0)
        points = word("points", lang) if found.unit == _RATE else found.unit
        signed = (
            rate(float(gap), points)
            if found.unit == _RATE
            else _amount(int(gap), found.unit, signed=True)
        )
        yield f"{word('gap', lang)} {signed}"
    if found.missing:
        yield f"{word('missing_parts', lang)} {', '.join(found.missing)}"
        if found.needed is not None and found.verdict == "open":
            yield f"{word('needed_of_missing', lang)} {_shown(found, found.needed)}"
    if found.coverage is not None:
        yield f"{word('coverage', lang)} {rate(_percent(found.coverage), _RATE, signed=False)}"


def _shown(found: Promised, value: Fraction) -> str:
    if found.unit == _RATE:
        return rate(float(value), _RATE, signed=False)
    return _amount(int(value), found.unit)


def _plain(value: Fraction | None) -> float | int | None:
    if value is None:
        return None
    return int(value) if value.denominator == 1 else float(value)


def _percent(value: Fraction | None) -> float | None:
    return None if value is None else float(value * PERCENT)
