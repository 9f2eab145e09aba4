"""The tidy tables of a projection, for reports and figures. Emissions are in tonnes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dafeng.outlook.sector_table import EMISSION
from dafeng.vocabulary import factor

if TYPE_CHECKING:
    from dafeng.outlook.projection import Projection

YEARS = pa.schema(
    [
        ("part", pa.string()),
        ("region", pa.string()),
        ("sector", pa.string()),
        ("year", pa.int64()),
        ("statistic", pa.string()),
        ("value", pa.float64()),
        ("unit", pa.string()),
        ("mark", pa.string()),
    ]
)
PEAKS = pa.schema(
    [
        ("year", pa.int64()),
        ("kind", pa.string()),
        ("probability", pa.float64()),
        ("by_then", pa.float64()),
        ("mark", pa.string()),
    ]
)
LEVELS = pa.schema(
    [
        ("statistic", pa.string()),
        ("value", pa.float64()),
        ("unit", pa.string()),
        ("mark", pa.string()),
    ]
)
DIFFERENCES = pa.schema(
    [
        ("step", pa.string()),
        ("year", pa.int64()),
        ("value", pa.float64()),
        ("change", pa.float64()),
        ("error", pa.float64()),
        ("unit", pa.string()),
        ("mark", pa.string()),
    ]
)
_TONNE = {"gCO2e": "tCO2e", "gCO2": "tCO2"}


def tonnes(found: Projection) -> tuple[float, str]:
    """Return by what the runs are multiplied to stand in tonnes, and the unit."""
    unit = found.course.held.units[EMISSION]
    return factor(unit, _TONNE[unit]), _TONNE[unit]


def label(share: float) -> str:
    """Return the name of a quantile: ``q05``."""
    return f"q{share * 100:02.0f}"


def year_table(found: Projection) -> pa.Table:
    """Return emissions by year, of all, each sector and (where there are several) each region."""
    rows = [*_history(found), *_ahead(found)]
    scale, unit = tonnes(found)
    data = [
        (part, region, sector, year, statistic, value * scale, unit, found.mark)
        for part, region, sector, year, statistic, value in rows
    ]
    return _table(data, YEARS)


def _history(found: Projection) -> Iterator[tuple[str, str, str, int, str, float]]:
    course = found.course
    axes = course.held.axes
    for year, total in course.whole_past.items():
        yield "history", "", "", year, "reported", total
    for axis, label_of in (("sector", 1), ("region", 0)):
        sums = course.past.sum(axis=2 - label_of) if len(axes[axis]) > 1 else []
        for year, row in zip(course.past_years, sums, strict=False):
            for name, value in zip(axes[axis], row, strict=True):
                if not np.isnan(value):
                    yield "history", *_place(axis, name), year, "reported", float(value)


def _ahead(found: Projection) -> Iterator[tuple[str, str, str, int, str, float]]:
    axes = found.course.held.axes
    shares = np.array(found.settings.quantiles)
    series = [("", "", found.runs.total, found.plain.sum(axis=(1, 2)))]
    for axis, runs, plain in (
        ("sector", found.runs.sectors, found.plain.sum(axis=1)),
        ("region", found.runs.regions, found.plain.sum(axis=2)),
    ):
        if len(axes[axis]) > 1 and len(runs):
            series += [
                (*_place(axis, name), runs[i], plain[:, i]) for i, name in enumerate(axes[axis])
            ]
    for region, sector, runs, plain in series:
        means, cuts = runs.mean(axis=1, dtype=np.float64), np.quantile(runs, shares, axis=1)
        for at, year in enumerate(found.course.years):
            yield "projection", region, sector, year, "plain", float(plain[at])
            yield "projection", region, sector, year, "mean", float(means[at])
            for share, cut in zip(shares, cuts[:, at], strict=True):
                yield "projection", region, sector, year, label(share), float(cut)


def _place(axis: str, name: str) -> tuple[str, str]:
    return (name, "") if axis == "region" else ("", name)


def peak_table(found: Projection) -> pa.Table:
    """Return the distribution of the peak year, years without any run left out."""
    rows, so_far = [], 0.0
    for year, share in sorted(found.found.shares.items()):
        so_far += share
        last = year >= found.found.horizon
        kind = "not_before" if last else "past" if year <= found.found.base_year else "ahead"
        rows.append((year, kind, share, None if last else so_far, found.mark))
    return _table(rows, PEAKS)


def level_table(found: Projection) -> pa.Table:
    """Return the distribution of the peak level, and the peak without shocks (``plain``)."""
    scale, unit = tonnes(found)
    level = found.found.level
    values = [("plain", float(found.plain_peak.level[0])), ("mean", float(level.mean(dtype=float)))]
    cuts = np.quantile(level, found.settings.quantiles)
    pairs = zip(found.settings.quantiles, cuts, strict=True)
    values += [(label(share), float(cut)) for share, cut in pairs]
    return _table([(name, value * scale, unit, found.mark) for name, value in values], LEVELS)


def difference_table(found: Projection) -> pa.Table:
    """Return how the course without shocks and the median of the highest years come to differ.

    Steps, each with its change from the one before, all of projected years: the highest year
    without shocks; in that year the medians of the sectors added up (levers whose range is
    lopsided, or floored); the median of the total (what is skewed adds up to more than its
    middles); the highest year of the median; the median of the runs' own highest years.
    """
    scale, unit = tonnes(found)
    plain, total = found.plain.sum(axis=(1, 2)), found.runs.total
    at = int(plain.argmax())
    middles = np.median(total, axis=1)
    highest = int(middles.argmax())
    sectors = found.runs.sectors[:, at]
    year, top = found.course.years[at], found.course.years[highest]
    steps: list[tuple[str, int | None, float, float]] = [
        ("plain", year, float(plain[at]), 0.0),
        ("sector_medians", year, *_median(*sectors)),
        ("median", year, *_median(total[at])),
        ("peak_of_median", top, *_median(total[highest])),
        ("median_peak", None, *_median(total.max(axis=0))),
    ]
    rows: list[tuple[Any, ...]] = []
    for i, (name, when, value, error) in enumerate(steps):
        change = None if i == 0 else (value - steps[i - 1][2]) * scale
        rows.append((name, when, value * scale, change, error * scale, unit, found.mark))
    return _table(rows, DIFFERENCES)


def _median(*parts: NDArray[np.floating]) -> tuple[float, float]:
    """Return the sum of the medians of some sets of runs, and its standard error by their number.

    The error of one is half the distance between the ranks n/2 ± √n/2 (order statistics).
    """
    reach = 0.5 / np.sqrt(parts[0].size)
    shares = np.clip([0.5 - reach, 0.5, 0.5 + reach], 0, 1)
    low, middle, high = np.quantile(np.stack(parts), shares, axis=1)
    return float(middle.sum()), float(np.sqrt((((high - low) / 2) ** 2).sum()))


def _table(rows: list[tuple[Any, ...]], schema: pa.Schema) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [pa.array(c, field.type) for c, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)
