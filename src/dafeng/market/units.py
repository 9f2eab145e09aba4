"""Unit tables: rows as given become checked units; files become rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from itertools import chain
from pathlib import Path
from typing import Any

from dafeng.findings import Finding
from dafeng.ledger import read_mapping, read_table
from dafeng.market.sectors import edition, sector, unit_tables
from dafeng.rulebook import Formula, Rulebook
from dafeng.vocabulary import Column, Fault, marks, period

ENTERPRISE, UNIT, MARK, SOURCE = "enterprise", "unit", "mark", "source"


@dataclass(frozen=True)
class Unit:
    """A row of a unit table: numbers as Decimal, names as text, ``None`` where nothing is given.

    Attributes:
        source: where it was read, for the explanation.
        derived: cells that follow from the rules and were not given.
    """

    enterprise: str
    unit: str
    mark: str
    source: str
    cells: dict[str, Any]
    derived: frozenset[str] = frozenset()


def check_units(name: str, rows: Sequence[Mapping[str, Any]] | Any) -> list[Unit]:
    """Return checked units of a sector.

    Args:
        name: the sector.
        rows: dictionaries, or an Arrow table.

    Raises:
        Fault: ``missing_value``, ``bad_id``, ``duplicate``, ``bad_number``, ``out_of_range``.
    """
    listed = rows.to_pylist() if hasattr(rows, "to_pylist") else rows
    columns = {column.name: column for column in unit_tables()[name].columns}
    found: dict[tuple[str, str], Unit] = {}
    for number, row in enumerate(listed, start=1):
        unit = _unit(row, columns, str(row.get(SOURCE) or f"{name}:{number}"))
        key = unit.enterprise, unit.unit
        if key in found:
            raise Fault("duplicate", unit.source, other=found[key].source)
        found[key] = unit
    return list(found.values())


def unread(name: str, rows: Sequence[Mapping[str, Any]] | Any) -> list[Finding]:
    """Return a finding of the columns that a sector does not know, each with what is near it."""
    known = [column.name for column in unit_tables()[name].columns]
    held = rows.column_names if hasattr(rows, "column_names") else chain.from_iterable(rows)
    strange = []
    for label in dict.fromkeys(map(str, held)):
        if label not in (*known, SOURCE):
            near = get_close_matches(label, known, n=1)
            strange.append(f"{label} ({near[0]}?)" if near else label)
    return [Finding("unknown_column", name, {"columns": ", ".join(strange)})] if strange else []


def read_units(
    path: Path,
    rules: Rulebook,
    wanted: str,
    year: int,
    *,
    draft: bool = False,
    mapping: Path | None = None,
) -> tuple[list[dict[str, Any]], list[Finding]]:
    """Read a unit table from a CSV (UTF-8 or GB18030), Excel or Parquet file.

    Columns bear the names of the sector's unit table, or are named by a mapping file. A column
    without any value counts as absent.

    Returns:
        The sound rows, and what was found; with an error among the findings the rows are not
        the whole file.

    Raises:
        Fault: as ``allocate`` for sector and year, and of the mapping.
    """
    chosen = sector(wanted)
    schema = unit_tables()[chosen.id]
    day = period(str(year)).last
    formulas = []
    for route in chosen.routes:
        try:
            formulas.append(edition(rules, route.family, day, draft=draft))
        except Fault as fault:
            if fault.code != "no_edition" or route.where is None:
                raise
    for column in schema.columns:
        cases = _cases(rules, formulas, column.name)
        if cases:
            schema = schema.with_choices(column.name, cases)
    done = read_table(path, schema, read_mapping(mapping) if mapping else None)
    columns = {name: done.table[name].to_pylist() for name in done.table.column_names}
    held = [name for name, values in columns.items() if any(map(_filled, values))]
    rows = done.table.select(held).to_pylist()
    for number, row in zip(done.row.tolist(), rows, strict=True):
        row[SOURCE] = f"{path.name}:{number}"
    return rows, done.findings


def _filled(value: Any) -> bool:
    return value is not None and value != ""


def _cases(rules: Rulebook, formulas: Iterable[Formula], name: str) -> dict[str, None]:
    """Return the cases that a column may name: those of the parameters chosen by it."""
    refs = [ref for formula in formulas for ref in formula.parameters.values() if ref.case == name]
    sets = (rules.sets[held] for ref in refs for held in rules.sets_of(ref))
    return dict.fromkeys(case for one in sets for case in one.cases)


def _unit(row: Mapping[str, Any], columns: Mapping[str, Column], source: str) -> Unit:
    for name in (ENTERPRISE, UNIT):
        label = row.get(name)
        if not label:
            raise Fault("missing_value", source, column=name)
        if set(str(label)) & set(":~/"):  # they part the ids of figures and inputs
            raise Fault("bad_id", source, label=label)
    mark = marks().resolve(row.get(MARK) or "reported", source).id
    cells = {
        name: _cell(value, columns[name], source)
        for name, value in row.items()
        if name in columns and name not in (ENTERPRISE, UNIT, MARK)
    }
    return Unit(str(row[ENTERPRISE]), str(row[UNIT]), mark, source, cells)


def _cell(value: Any, column: Column, source: str) -> Any:
    """Return a number as Decimal, a name as text; nothing given stays nothing."""
    if not _filled(value) or value != value:  # noqa: PLR0124  NaN
        return None
    if column.type != "number":
        return str(value)
    place = f"{source}:{column.name}"
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise Fault("bad_number", place, label=value) from error
    low, high = column.low, column.high
    if not number.is_finite():
        raise Fault("not_finite", place, label=value)
    if (low is not None and number < Decimal(str(low))) or (
        high is not None and number > Decimal(str(high))
    ):
        ends = {"low": "…" if low is None else low, "high": "…" if high is None else high}
        raise Fault("out_of_range", place, label=value, **ends)
    return number
