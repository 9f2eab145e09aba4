"""What published figures say of a region: use, what may leave it, and growth."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from dafeng.budget import Amount, Known, MetricTerm, Rate, exclusions
from dafeng.explain import Node
from dafeng.indicators import exact, half_up, statistic_node
from dafeng.statistics import Figure, Series, combine
from dafeng.vocabulary import Text, factor

_WHOLE = ("all_energy", "")
"""Definitions with everything in: what leaves the total is taken off by its own rule and date."""


def known_published(
    rows: list[dict[str, Any]], metric: MetricTerm, region: str, last: int
) -> Known:
    """Return what is published of a region up to a year.

    Args:
        rows: rows of the table of statistics.
        metric: which measures count.
        region: code of the region.
        last: later figures are not used.
    """
    use = _levels(rows, region, metric.statistics.use, metric.unit, last)
    apart = {
        (exclusion.id, year): amount
        for exclusion in exclusions().values()
        if metric.id in exclusion.statistics
        for year, amount in _levels(
            rows, region, exclusion.statistics[metric.id], metric.unit, last
        ).items()
    }
    growth = _series(rows, region, metric.statistics.growth, last)
    years = {int(f.period) for f in growth.figures if f.kind == "change" and f.period.isdigit()}
    found = {year: growth.at(str(year), "change") for year in sorted(years)}
    return Known(use, apart, {year: _rate(figure) for year, figure in found.items() if figure})


def _levels(
    rows: list[dict[str, Any]], region: str, measure: str, unit: str, last: int
) -> dict[int, Amount]:
    series = _series(rows, region, measure, last)
    years = {int(f.period) for f in series.figures if f.kind == "value" and f.period.isdigit()}
    held = {
        year: next((f for name in _WHOLE if (f := series.at(str(year), "value", name))), None)
        for year in sorted(years)
    }
    return {year: _amount(figure, unit) for year, figure in held.items() if figure is not None}


def _series(rows: list[dict[str, Any]], region: str, measure: str, last: int) -> Series:
    return combine(rows, region, measure).until(str(last))


def _amount(figure: Figure, unit: str) -> Amount:
    grams = half_up(exact(figure.value) * Fraction(factor(figure.unit, unit)))
    printed = statistic_node(figure)
    node = Node("account", f"use/{printed.ref}", printed.label, grams, unit, children=(printed,))
    return Amount(grams, node)


def _rate(figure: Figure) -> Rate:
    printed = statistic_node(figure)
    value = Decimal(str(figure.value)) * Decimal(str(factor(figure.unit, "1")))
    title = Text(zh=f"{figure.period}年实际增速", en=f"actual growth of {figure.period}")
    node = Node(
        "formula", f"growth/{figure.period}", title, figure.value, figure.unit, children=(printed,)
    )
    return Rate(value, node)
