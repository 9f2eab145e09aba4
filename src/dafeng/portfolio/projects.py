"""Tables of retrofit options and of limits: read, checked, and as columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dafeng.findings import Finding, has_errors
from dafeng.ledger import Add, read_mapping, read_table
from dafeng.portfolio.choices import setting
from dafeng.vocabulary import Fault, TableSchema, read_tables, worst_mark

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Wrong = tuple[str, Ints, str, Callable[[int], dict[str, Any]]]
FEN = 100
"""Fen of a yuan: money that is added up and held against a limit is whole fen."""


@cache
def tables() -> dict[str, TableSchema]:
    """The tables of the portfolio by name."""
    return read_tables(Path(__file__).parent / "data" / "tables.yaml")


class Rows:
    """Rows of a table as columns of one kind each; an absent text is empty, a number NaN."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table
        self._texts: dict[str, list[str]] = {}

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def texts(self, name: str) -> list[str]:
        """Return a column of texts."""
        if name not in self._texts:
            self._texts[name] = [text or "" for text in self.table[name].to_pylist()]
        return self._texts[name]

    def numbers(self, name: str, absent: float = np.nan) -> Floats:
        """Return a column of numbers, with ``absent`` where there is none."""
        column = self.table[name].cast(pa.float64()).to_numpy(zero_copy_only=False)
        return np.where(np.isnan(column), absent, column)

    def fen(self, name: str) -> Ints:
        """Return a column of money as whole fen; absent money is none."""
        return np.rint(self.numbers(name, 0.0) * FEN).astype(np.int64)

    @cached_property
    def mark(self) -> str:
        """The worst mark of the rows."""
        return worst_mark(set(self.texts("mark")))

    @cached_property
    def price_year(self) -> int:
        """The year of the prices.

        Raises:
            Fault: ``price_years_differ``.
        """
        years = sorted(set(self.table["price_year"].to_pylist()))
        if len(years) != 1:
            raise Fault("price_years_differ", years=", ".join(map(str, years)))
        return int(years[0])


class Projects(Rows):
    """Retrofit options, each a row of the table ``retrofits``."""

    @cached_property
    def ids(self) -> list[str]:
        """The ids in the order of the table."""
        return self.texts("project")

    @cached_property
    def groups(self) -> list[tuple[str, ...]]:
        """The exclusive groups of each option."""
        parted = (text.replace("；", ";").split(";") for text in self.texts("group"))
        return [tuple(filter(None, (part.strip() for part in parts))) for parts in parted]

    @cached_property
    def delay(self) -> Ints:
        """Years from start to full effect."""
        return self.numbers("delay_years", setting("delay_years")).astype(np.int64)

    @cached_property
    def key(self) -> Bools:
        """Whether an option is a provincial key project."""
        return np.array([text == "yes" for text in self.texts("key")])

    def money(self, counts: str) -> Ints:
        """Return what counts toward a limit, in fen: subsidy, loan, own or investment."""
        if counts == "own":
            return self.fen("investment_yuan") - self.fen("subsidy_yuan") - self.fen("loan_yuan")
        return self.fen(f"{counts}_yuan")


def read_projects(path: Path, mapping: Path | None = None) -> tuple[Projects, list[Finding]]:
    """Read options from a CSV, Excel or Parquet file; with an error they are not the whole file."""
    table, findings = _read(path, "retrofits", mapping, faults_of_projects)
    return Projects(table), findings


def read_limits(path: Path, mapping: Path | None = None) -> tuple[Rows, list[Finding]]:
    """Read limits from a file; with an error among the findings they are not the whole file."""
    table, findings = _read(path, "retrofit_limits", mapping, lambda _: iter(()))
    return Rows(table), findings


def projects_of(table: pa.Table) -> Projects:
    """Return the options of a table with the columns of ``retrofits``.

    Raises:
        Fault: the first fault of its rows, as reading a file finds them.
    """
    for code, at, column, values in faults_of_projects(Projects(table)):
        if len(at):
            raise Fault(code, f"retrofits:{at[0] + 1}:{column}", column=column, **values(at[0]))
    return Projects(table)


def limits_of(table: pa.Table | None = None) -> Rows:
    """Return the limits of a table with the columns of ``retrofit_limits``; by default none."""
    return Rows(table_of("retrofit_limits", []) if table is None else table)


def table_of(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    """Return rows as a table of the portfolio, with the defaults of its columns."""
    kinds = {"number": pa.float64(), "integer": pa.int64()}
    columns = tables()[name].columns
    arrays = [
        pa.array([row.get(c.name, c.default) for row in rows], kinds.get(c.type, pa.string()))
        for c in columns
    ]
    return pa.table(arrays, names=[c.name for c in columns])


def _read(
    path: Path, name: str, mapping: Path | None, check: Callable[[Any], Iterator[Wrong]]
) -> tuple[pa.Table, list[Finding]]:
    def also(table: pa.Table, add: Add) -> None:
        for code, at, column, values in check(Projects(table)):
            add(code, at, column, values)

    layout = read_mapping(mapping) if mapping else None
    done = read_table(path, tables()[name], layout, also=also)
    findings = list(done.findings)
    if not done.table.num_rows and not has_errors(findings):
        findings.append(Finding("nothing_to_choose", path.name))
    return done.table, findings


def faults_of_projects(rows: Projects) -> Iterator[Wrong]:
    """Yield what is wrong with options beyond single cells: code, rows, column, values."""
    seen = {name: i for i, name in reversed(list(enumerate(rows.ids)))}
    again = [i for i, name in enumerate(rows.ids) if seen[name] != i]
    other = lambda i: {"other": seen[rows.ids[i]] + 1}  # noqa: E731
    yield "duplicate", np.array(again, dtype=np.int64), "project", other
    first, last = rows.numbers("first_year"), rows.numbers("last_year")
    years = lambda i: {"first": int(first[i]), "last": int(last[i])}  # noqa: E731
    yield "start_reversed", np.flatnonzero(last < first), "last_year", years
    over = rows.money("own") < 0
    yield "more_than_invested", np.flatnonzero(over), "investment_yuan", lambda _: {}
    shared = _shared(rows)
    for amount, total in (("saving_tce", "system_tce"), ("reduction_tco2", "system_tco2")):
        whole, part = rows.numbers(total), rows.numbers(amount)
        unknown = np.array([len(shared.get(s, ())) > 1 for s in rows.texts("system")], dtype=bool)
        yield "system_unknown", np.flatnonzero(unknown & np.isnan(whole)), total, lambda _: {}
        yield "above_system", np.flatnonzero(part > whole), amount, lambda _: {}
        odd = [i for at in shared.values() for i in at if whole[i] != whole[at[0]]]
        odd = [i for i in odd if not np.isnan(whole[i])]
        yield "system_differs", np.array(odd, dtype=np.int64), total, lambda _: {}
    most = int(setting("largest_system"))
    large = [i for at in shared.values() if len(at) > most for i in at]
    yield "system_too_large", np.array(large, dtype=np.int64), "system", lambda _: {"most": most}


def _shared(rows: Projects) -> dict[str, list[int]]:
    """Return the rows of each system."""
    found: dict[str, list[int]] = {}
    for i, name in enumerate(rows.texts("system")):
        if name:
            found.setdefault(name, []).append(i)
    return found
