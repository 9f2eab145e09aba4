"""A metered series cut into weeks of days, for a backtest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray
from pyarrow import csv

from dafeng.budget import ForecastSettings, Rolled, roll
from dafeng.vocabulary import Fault, Text

WEEK = len(("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"))
_DATE, _NUMBER = Text(zh="日期", en="date"), Text(zh="数值", en="number")
NAMES = ("time", "value")


@dataclass(frozen=True)
class Weeks:
    """A series by week.

    Attributes:
        first: the first Monday.
        use: weeks × days, whole weeks only.
        left_out: weeks that have a day missing or with fewer readings than usual.
        rolled: each week forecast from those before it.
    """

    first: date
    use: NDArray[np.float64]
    left_out: int
    rolled: Rolled


def weekly(path: Path, columns: Mapping[str, str], how: ForecastSettings) -> Weeks:
    """Read a series and forecast its weeks one after the other.

    A reading counts to the date that its stamp prints.

    Args:
        path: CSV or Parquet file.
        columns: ``time`` and ``value`` → name of the column in the file.
        how: the settings.

    Raises:
        Fault: ``no_file``, ``unreadable_file``, ``budget_no_column``, ``budget_bad_series``,
            ``budget_short_series``.
    """
    rows = _read(path)
    for name in NAMES:
        if columns.get(name, name) not in rows.column_names:
            near = ", ".join(rows.column_names)
            raise Fault("budget_no_column", str(path), label=columns.get(name, name), near=near)
    days = _days(rows, columns.get("time", "time"), path)
    values = _values(rows, columns.get("value", "value"), path)
    first = int(days.min())
    monday = first + (-date.fromordinal(first).weekday()) % WEEK
    place = days - monday
    size = max(0, (int(days.max()) - monday + 1) // WEEK)
    inside = (place >= 0) & (place < size * WEEK)
    sums = np.bincount(place[inside], values[inside], minlength=size * WEEK)
    counts = np.bincount(place[inside], minlength=size * WEEK)
    usual = int(np.median(counts[counts > 0])) if size else 0
    whole = (counts >= max(usual, 1)).reshape(size, WEEK).all(axis=1)
    use = sums.astype(np.float64).reshape(size, WEEK)[whole]
    if len(use) <= how.first_cycle:
        raise Fault("budget_short_series", str(path), weeks=len(use), least=how.first_cycle + 1)
    return Weeks(date.fromordinal(monday), use, int((~whole).sum()), roll(use, how))


def _read(path: Path) -> pa.Table:
    if not path.is_file():
        raise Fault("no_file", str(path))
    try:
        if path.suffix.casefold() == ".parquet":
            return pq.ParquetFile(path).read()
        return csv.read_csv(path)
    except (OSError, pa.ArrowException) as error:
        reason = str(error).splitlines()[0]
        raise Fault("unreadable_file", str(path), reason=reason) from error


def _days(rows: pa.Table, name: str, path: Path) -> NDArray[np.int64]:
    column = rows[name]
    try:
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            column = pc.strptime(pc.utf8_slice_codeunits(column, 0, 10), "%Y-%m-%d", "s")
        counted = column.cast(pa.date32()).cast(pa.int32())
        found: NDArray[np.int64] = counted.to_numpy().astype(np.int64)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise Fault("budget_bad_series", str(path), label=name, wanted=_DATE) from error
    return found + date.toordinal(date.fromisoformat("1970-01-01"))


def _values(rows: pa.Table, name: str, path: Path) -> NDArray[np.float64]:
    try:
        found: NDArray[np.float64] = rows[name].cast(pa.float64()).to_numpy()
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise Fault("budget_bad_series", str(path), label=name, wanted=_NUMBER) from error
    if not np.isfinite(found).all():
        raise Fault("budget_bad_series", str(path), label=name, wanted=_NUMBER)
    return found
