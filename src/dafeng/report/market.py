"""Allowances for people to read."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rich.text import Text as Styled

from dafeng.report.tables import listing
from dafeng.report.words import mark_words, number, word
from dafeng.vocabulary import worst_mark

if TYPE_CHECKING:
    from dafeng.market import Adjustment, Allocation, Balance, Line, Total

_TONNES = "t"


def allocation_view(found: Allocation, lang: str) -> Iterator[Any]:
    """Yield units, adjustments and totals of an allocation, in tonnes."""
    flags = tuple(sorted({flag for total in found.totals for flag in total.flags}))
    said = mark_words(worst_mark({total.mark for total in found.totals}), flags, lang)
    rules = dict.fromkeys(line.formula.title.of(lang) for line in found.lines)
    yield Styled("; ".join(rules), "bold").append(f"  [{said}]", "magenta")
    if found.balance is not None:
        yield Styled(_balance_words(found.balance, lang), "cyan")
    columns = ["enterprise", "market_unit", "allowance", "obligation", "mark"]
    rows = [_line_row(line, lang) for line in found.lines]
    yield listing(columns, rows, lang)
    if found.adjustments:
        columns = ["enterprise", "market_unit", "adjustment", "tonnes", "clause"]
        yield listing(columns, [_adjustment_row(one, lang) for one in found.adjustments], lang)
    columns = ["enterprise", "allowance", "obligation", "surplus", "lacking", "mark"]
    yield listing(columns, [_total_row(total, lang) for total in found.totals], lang)


def allocation_dict(found: Allocation, lang: str) -> dict[str, Any]:
    """Return an allocation as plain data; exact numbers that are not whole are text."""
    balance = found.balance
    return {
        "sector": found.sector,
        "year": found.year,
        "lines": [_line_dict(line) for line in found.lines],
        "adjustments": [
            {
                "enterprise": one.enterprise,
                "unit": one.unit or None,
                "step": one.step,
                "title": one.title.of(lang),
                "tonnes": _plain(one.tonnes),
                "clause": one.clause,
            }
            for one in found.adjustments
        ],
        "totals": [
            {
                "figure": total.figure,
                "enterprise": total.enterprise,
                "formula": total.formula.id,
                "allowance": total.allowance,
                "obligation": total.obligation,
                "balance": total.balance,
                "missing": list(total.missing),
                "mark": total.mark,
                "flags": list(total.flags),
            }
            for total in found.totals
        ],
        "balance": balance
        and {
            "value": str(balance.value),
            "unit": balance.unit,
            "solved": balance.solved,
            "units": balance.units,
            "verified": _plain(balance.verified),
            "before_rounding": _plain(balance.before),
            "after_rounding": _plain(balance.after),
            "residual": _plain(balance.residual),
        },
    }


def _line_dict(line: Line) -> dict[str, Any]:
    return {
        "figure": line.figure,
        "enterprise": line.enterprise,
        "unit": line.unit,
        "formula": line.formula.id,
        "steps": {name: _plain(value) for name, value in line.steps.items()},
        "parameters": line.values,
        "allowance": line.allowance,
        "obligation": _plain(line.obligation),
        "assumed": list(line.assumed),
        "missing": list(line.missing),
        "mark": line.mark,
        "flags": list(line.flags),
    }


def _line_row(line: Line, lang: str) -> tuple[str, ...]:
    marks = mark_words(line.mark, line.flags, lang)
    return line.enterprise, line.unit, number(line.allowance), _shown(line.obligation), marks


def _adjustment_row(one: Adjustment, lang: str) -> tuple[str, ...]:
    tonnes = _shown(one.tonnes, signed=True)
    return one.enterprise, one.unit or "–", one.title.of(lang), tonnes, one.clause


def _total_row(total: Total, lang: str) -> tuple[str, ...]:
    return (
        total.enterprise,
        number(total.allowance),
        number(total.obligation),
        number(total.balance, signed=True),
        ", ".join(total.missing) or "–",
        mark_words(total.mark, total.flags, lang),
    )


def _balance_words(balance: Balance, lang: str) -> str:
    parts = [
        f"{word('balance_value', lang)} {balance.value:.6f} {balance.unit}",
        f"{word('verified_sum', lang)} {_shown(balance.verified)} {_TONNES}",
        f"{word('before_rounding', lang)} {_shown(balance.before)} {_TONNES}",
        f"{word('after_rounding', lang)} {_shown(balance.after)} {_TONNES}",
    ]
    return " · ".join(parts)


def _shown(value: Decimal | None, *, signed: bool = False) -> str:
    """Return tonnes with at most two decimals; an exact number is not passed through a float."""
    if value is None:
        return "–"
    text = f"{value:+,.2f}" if signed else f"{value:,.2f}"
    return text.rstrip("0").rstrip(".").replace("-", "−")


def _plain(value: Decimal | None) -> int | str | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else str(value)
