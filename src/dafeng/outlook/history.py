"""Files of yearly series: reading, vintages, gaps, zeros, breaks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from dafeng.findings import Finding, has_errors
from dafeng.ledger import Mapping as Layout
from dafeng.ledger import read_table
from dafeng.outlook.learn import Floats
from dafeng.outlook.panel import Panel
from dafeng.vocabulary import Column, Fault, TableSchema, Text

SEPARATOR = " / "
NAMED = 10
"""Examples that a message names."""
_TABLE = "yearly_series"


@dataclass(frozen=True)
class History:
    """Rows of a file: one value of one series, year and vintage.

    Attributes:
        names: series, in alphabetical order.
        series, year, value: per row; ``series`` counts in ``names``.
        vintage: per row, counted in ``vintages``; all 0 where the file has none.
        vintages: in order, as printed.
    """

    names: tuple[str, ...]
    series: np.ndarray
    year: np.ndarray
    value: Floats
    vintage: np.ndarray
    vintages: tuple[str, ...]

    @property
    def last(self) -> int:
        """The last year with a value."""
        return int(self.year.max())

    def panel(self, as_of: int | None = None) -> Panel:
        """Return the series as they were known.

        Of several vintages of a year the newest counts; with ``as_of`` only vintages up to that
        year (the first four digits of a vintage), so that no later revision is used.
        """
        known = np.ones(len(self.year), dtype=np.bool_)
        if as_of is not None:
            known = self.year <= as_of
            if any(self.vintages):
                years = np.array([int(vintage[:4]) for vintage in self.vintages])
                known &= years[self.vintage] <= as_of
        first = int(self.year.min())
        width = max(int(self.year[known].max(initial=first)) - first + 1, 1)
        values = np.full((len(self.names), width), np.nan)
        order = np.flatnonzero(known)[np.argsort(self.vintage[known], kind="stable")]
        values[self.series[order], self.year[order] - first] = self.value[order]
        whole = Panel(self.names, first, values)
        return whole if as_of is None else _whole_years(whole.until(as_of), as_of)

    @cached_property
    def findings(self) -> list[Finding]:
        """What a reader should know of the file: zeros, gaps, revisions."""
        panel = self.panel()
        return [*_zeros(panel), *_gaps(panel), *self._revisions()]

    def _revisions(self) -> Iterable[Finding]:
        if len(self.vintages) <= 1:
            return
        order = np.lexsort((self.vintage, self.year, self.series))
        series, year, value = self.series[order], self.year[order], self.value[order]
        same = (series[1:] == series[:-1]) & (year[1:] == year[:-1])
        before, after = value[:-1][same], value[1:][same]
        change = np.abs(after - before) / np.maximum(np.abs(before), np.finfo(np.float64).tiny)
        changed = np.flatnonzero(change > 0)
        if len(changed) == 0:
            return
        most = changed[np.argmax(change[changed])]
        yield Finding(
            "outlook_revised",
            values={
                "revised": len(changed),
                "newest": self.vintages[-1],
                "series": self.names[series[1:][same][most]],
                "year": int(year[1:][same][most]),
                "before": f"{before[most]:g}",
                "after": f"{after[most]:g}",
            },
        )


def read_history(path: Path, columns: Mapping[str, str | None], *, add: bool = False) -> History:
    """Read yearly series from a CSV, Excel or Parquet file.

    Args:
        path: the file.
        columns: ``series`` (several columns of the file, separated by commas, make one name),
            ``year``, ``value`` and ``vintage`` → column of the file.
        add: whether rows of the same series, year and vintage are added.

    Raises:
        Unreadable: with all findings, if rows cannot be read.
        Fault: ``outlook_duplicate``, ``outlook_negative``, ``outlook_vintage``, ``outlook_empty``.
    """
    parts = [name.strip() for name in (columns["series"] or "").split(",") if name.strip()]
    wanted = {f"series_{count}": name for count, name in enumerate(parts)}
    wanted |= {name: column for name in ("year", "value", "vintage") if (column := columns[name])}
    done = read_table(path, _schema(wanted), Layout(table=_TABLE, columns=wanted))
    if has_errors(done.findings):
        raise Unreadable([_of_option(finding) for finding in done.findings])
    if len(done.table) == 0:
        raise Fault("outlook_empty", path.name)
    table = done.table
    labels = [table[f"series_{count}"].to_pylist() for count in range(len(parts))]
    names, series = np.unique(
        [SEPARATOR.join(map(str, row)) for row in zip(*labels, strict=True)], return_inverse=True
    )
    given = [str(v or "") for v in table["vintage"].to_pylist()] if "vintage" in wanted else [""]
    vintages, vintage = np.unique(given, return_inverse=True)
    _check_vintages(vintages, path.name, stated="vintage" in wanted)
    year = table["year"].to_numpy().astype(np.int64)
    value = table["value"].to_numpy(zero_copy_only=False).astype(np.float64)
    vintage = np.broadcast_to(vintage, year.shape)
    keep = ~np.isnan(value)
    rows = (series[keep], year[keep], vintage[keep], value[keep], done.row[keep])
    series, year, vintage, value = _merged(*rows, names=names, place=path.name, add=add)
    if len(value) == 0:
        raise Fault("outlook_empty", path.name)
    return History(tuple(map(str, names)), series, year, value, vintage, tuple(map(str, vintages)))


class Unreadable(Exception):  # noqa: N818  the file's faults, collected
    """A file that has faults; they are in ``findings``."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        super().__init__(f"{len(findings)} findings")


def _of_option(finding: Finding) -> Finding:
    """Return a missing column as one that an option names: there is no mapping file here."""
    return replace(finding, code="outlook_column") if finding.code == "missing_column" else finding


def _schema(wanted: Mapping[str, str]) -> TableSchema:
    text = Text(zh="年度序列", en="yearly series")
    types: dict[str, Any] = {"year": "integer", "value": "number"}
    columns = tuple(
        Column(name=name, type=types.get(name, "text"), required=name != "value", text=text)
        for name in wanted
    )
    return TableSchema(name=_TABLE, text=text, columns=columns)


def _check_vintages(vintages: Any, place: str, *, stated: bool) -> None:
    wrong = [v for v in vintages if stated and not str(v)[:4].isdecimal()]
    if wrong:
        raise Fault("outlook_vintage", place, label=str(wrong[0]))


def _merged(
    series: Any, year: Any, vintage: Any, value: Any, row: Any, *, names: Any, place: str, add: bool
) -> tuple[Any, Any, Any, Any]:
    """Return one row per series, year and vintage."""
    low = int(np.argmin(value)) if len(value) else 0
    if len(value) and value[low] < 0:
        raise Fault("outlook_negative", f"{place}:{row[low]}", value=f"{value[low]:g}")
    order = np.lexsort((row, vintage, year, series))
    series, year, vintage, value, row = (a[order] for a in (series, year, vintage, value, row))
    keys = np.stack([series, year, vintage])
    again = np.flatnonzero((keys[:, 1:] == keys[:, :-1]).all(axis=0)) + 1
    if len(again) and not add:
        raise Fault(
            "outlook_duplicate",
            f"{place}:{row[again[0]]}",
            series=str(names[series[again[0]]]),
            year=int(year[again[0]]),
            others=len(again) - 1,
        )
    start = np.setdiff1d(np.arange(len(value)), again)
    total = np.add.reduceat(value, start) if len(value) else value
    return series[start], year[start], vintage[start], total


def _whole_years(panel: Panel, as_of: int) -> Panel:
    """Return the panel with a column for each year up to ``as_of``."""
    missing = as_of - panel.last
    values = np.pad(panel.values, ((0, 0), (0, max(missing, 0))), constant_values=np.nan)
    return Panel(panel.names, panel.first, values)


def _zeros(panel: Panel) -> Iterable[Finding]:
    zero = (panel.values == 0) & (panel.highest > 0)
    if zero.any():
        yield Finding("outlook_zeros", values=_examples(panel, zero))


def _gaps(panel: Panel) -> Iterable[Finding]:
    columns = np.arange(panel.values.shape[1])
    begun = np.maximum.accumulate(panel.held, axis=1)
    gap = ~panel.held & begun & (columns <= panel.last_held[:, None])
    if gap.any():
        yield Finding("outlook_gaps", values=_examples(panel, gap))


def _examples(panel: Panel, where: Any) -> dict[str, Any]:
    named = [panel.names[i] for i in np.flatnonzero(where.any(axis=1))]
    more = " …" if len(named) > NAMED else ""
    return {"years": int(where.sum()), "series": ", ".join(named[:NAMED]) + more}
