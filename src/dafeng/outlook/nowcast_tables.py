"""The tidy tables of a nowcast: the open months, the months of the record, and its scores."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from dafeng.outlook.nowcast import Estimate, Floats, Nowcast

MONTHS = pa.schema(
    [
        ("part", pa.string()),
        ("closed", pa.string()),
        ("month", pa.string()),
        ("ahead", pa.int64()),
        ("sector", pa.string()),
        *((name, pa.float64()) for name in ("estimate", "low", "high", "naive", "booked")),
        ("covered", pa.float64()),
        ("kept", pa.int64()),
        ("firms", pa.int64()),
        ("unit", pa.string()),
        ("mark", pa.string()),
    ]
)
RECORD = pa.schema(
    [
        ("sector", pa.string()),
        ("ahead", pa.int64()),
        ("months", pa.int64()),
        *((name, pa.float64()) for name in ("mape", "median", "naive_mape", "naive_median")),
        ("intervals", pa.int64()),
        ("within", pa.float64()),
        ("mark", pa.string()),
    ]
)
UNIT = "tCO2e"


def month_table(found: Nowcast) -> pa.Table:
    """Return every estimate: part, closed, month, ahead, sector, estimate and its interval.

    ``part`` is ``open`` or ``record``; an empty sector is the region; ``estimate``, ``naive`` (the
    same month a year before) and ``booked`` are of the enterprises that are kept, in tonnes;
    ``covered`` is their share of the emissions of all.
    """
    rows = [
        row
        for one, spread in zip(found.past, found.past_spread, strict=True)
        for row in _rows(found, one, spread, "record")
    ]
    rows += _rows(found, found.now, found.spread, "open")
    return pa.Table.from_pylist(rows, MONTHS)


def _rows(found: Nowcast, one: Estimate, spread: Floats, part: str) -> Iterator[dict[str, Any]]:
    held = found.held
    names = (*held.sectors, "")
    some = np.argwhere(one.value > 0)
    months = np.datetime64(held.months[one.closed], "M") + np.arange(1, one.value.shape[1] + 1)
    for i, k in some[np.lexsort((some[:, 0], some[:, 1]))]:
        value, half = float(one.value[i, k]), float(spread[min(i, len(spread) - 1), k])
        yield {
            "part": part,
            "closed": held.months[one.closed],
            "month": str(months[k]),
            "ahead": int(k) + 1,
            "sector": names[i],
            "estimate": value,
            "low": _known(value * np.exp(-half)),
            "high": _known(value * np.exp(half)),
            "naive": _known(one.naive[i, k]),
            "booked": _known(one.booked[i, k]),
            "covered": float(one.covered[i]),
            "kept": int(one.kept[i]),
            "firms": int(one.firms[i]),
            "unit": UNIT,
            "mark": held.mark,
        }


def record_table(found: Nowcast) -> pa.Table:
    """Return how well past estimates met what the books said later, by sector and months ahead.

    ``mape`` and ``median``: mean and median of the absolute error over what was booked;
    ``within``: share of months inside their interval, of those that had one. Months of which not
    all enterprises have reported are left out.
    """
    rows = []
    for i, sector in enumerate((*found.held.sectors, "")):
        for k in range(found.settings.lag):
            at = [one for one in found.past if _counts(one, i, k)]
            if not at:
                continue
            error = _relative([one.value[i, k] for one in at], [one.booked[i, k] for one in at])
            naive = _relative([one.naive[i, k] for one in at], [one.booked[i, k] for one in at])
            inside = [
                abs(float(one.error[i, k])) <= float(half[i, k])
                for one, half in zip(found.past, found.past_spread, strict=True)
                if _counts(one, i, k) and half.shape[0] > i and np.isfinite(half[i, k])
            ]
            rows.append(
                {
                    "sector": sector,
                    "ahead": k + 1,
                    "months": len(at),
                    "mape": float(error.mean()),
                    "median": float(np.median(error)),
                    "naive_mape": float(naive.mean()),
                    "naive_median": float(np.median(naive)),
                    "intervals": len(inside),
                    "within": float(np.mean(inside)) if inside else None,
                    "mark": found.held.mark,
                }
            )
    return pa.Table.from_pylist(rows, RECORD)


def _counts(one: Estimate, sector: int, ahead: int) -> bool:
    return bool(one.value[sector, ahead] > 0 and one.booked[sector, ahead] > 0)


def _relative(values: list[float], booked: list[float]) -> Floats:
    held = np.array(booked)
    return np.asarray(np.abs(np.array(values) - held) / held)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
