"""The books compiled year by year: prepared rows, what they are joined to, and their accounts.

A year is compiled anew if its rows, or a table that bears on all years, changed; of its accounts
only the periods whose rows or coefficients are others now.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis
import pyarrow as pa
import pyarrow.compute as pc

from dafeng import ledger
from dafeng.accounting import (
    PREPARED,
    Origin,
    coefficient_table,
    compile_overrides,
    derive,
    join,
    keyed,
    occurring,
    prepare,
    spread_assignments,
)
from dafeng.vocabulary import Fault
from dafeng.workspace.cache import Cache
from dafeng.workspace.shelf import hashed, program
from dafeng.workspace.snapshot import Snapshot, readable

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from dafeng.engine import Engine
    from dafeng.findings import Finding
    from dafeng.rulebook import Rulebook
    from dafeng.workspace.shelf import Shelf

KEYS = {
    "measured": ("reporter", "facility", "period", "item", "parameter"),
    "reporters": ("reporter",),
    "facilities": ("reporter", "facility"),
    "assignments": ("reporter", "facility", "method", "purpose", "first"),
}
"""The tables beside the ledger, and what identifies a row of them."""

_NUMBERS = {
    **dict.fromkeys(("quantity", "amount", "coefficient"), pa.float64()),
    **dict.fromkeys(("scope", "sign"), pa.int8()),
    "grams": pa.int64(),
    "proxy": pa.bool_(),
}
_COMPLETED = (*PREPARED, "year", "amount", "basis", "region", "method", "purpose")
PREPARED_SCHEMA = pa.schema([(name, _NUMBERS.get(name, pa.string())) for name in _COMPLETED])
"""Columns of the prepared rows."""

ACCOUNTS_SCHEMA = pa.schema(
    [
        (name, _NUMBERS.get(name, pa.string()))
        for name in (
            *(*_COMPLETED, "term", "boundary", "measure", "gas", "scope", "memo"),
            *("sign", "coefficient", "inputs", "proxy", "grams"),
        )
    ]
)
"""Columns of the accounts."""

_SIDES = ("coefficients", "overrides")


@dataclass(frozen=True)
class Ground:
    """What all years rest on beside the ledger.

    Attributes:
        tables: the tables of ``KEYS`` as they are held.
        base: hash of them, of rules, program and engine.
    """

    rules: Rulebook
    data_year: int | None
    tables: Mapping[str, pa.Table]
    base: str


class Compiled:
    """The years of the books on a shelf.

    Args:
        shelf: where they are kept.
        years: year → the hash it is kept under.
        snapshot: the prepared rows; by default those that are held now.
    """

    def __init__(
        self, shelf: Shelf, years: Mapping[str, str], snapshot: Snapshot | None = None
    ) -> None:
        self.shelf, self.years = shelf, dict(years)
        self.snapshot = snapshot or Snapshot(shelf.folder / "rows")
        self._records = {year: shelf.record(f"{year}-{key}") for year, key in years.items()}

    @property
    def whole(self) -> bool:
        """Whether all that the years are made of is there, and no rows of other years."""
        return self.sound and self._named == self.snapshot.periods

    @property
    def sound(self) -> bool:
        """Whether all that the years are made of is there."""
        tables = [*self.accounts.values(), *(f"{n}-{y}-{k}" for n, y, k in self._tables())]
        return (
            all(self._records.values())
            and self._named.items() <= self.snapshot.periods.items()
            and all(readable(self.shelf.path(name)) for name in tables)
            and self.snapshot.whole
        )

    @property
    def _named(self) -> dict[str, str]:
        return {p: n for r in self._records.values() if r for p, n in r["periods"].items()}

    @property
    def accounts(self) -> dict[str, str]:
        """Period → the name of the table with its accounts."""
        return {p: n for r in self._records.values() if r for p, n in r["accounts"].items()}

    @property
    def origins(self) -> dict[str, Origin]:
        """Where derived values and entries come from, by id."""
        held = (item for r in self._records.values() if r for item in r["origins"].items())
        return {name: Origin(**said | {"inputs": tuple(said["inputs"])}) for name, said in held}

    @property
    def refused(self) -> list[tuple[str, Finding]]:
        """What could not be resolved, by year."""
        held = ((year, r["refused"]) for year, r in self._records.items() if r)
        return [(year, one) for year, found in held for one in found]

    def table(self, name: str, years: Iterable[str] | None = None) -> pa.Table:
        """Return ``entries`` that count today, ``coefficients`` or ``overrides``.

        Of all years, where none are named.

        Raises:
            Fault: ``cache_broken``; a year left out would be missing from sums without a word.
        """
        names = [
            f"{name}-{year}-{self.years[year]}" for year in (self.years if years is None else years)
        ]
        parts = {one: self.shelf.table(one) for one in names}
        for one, part in parts.items():
            if part is None:
                raise Fault("cache_broken", str(self.shelf.path(one)))
        return pa.concat_tables([part for part in parts.values() if part is not None])

    def names(self) -> set[str]:
        """Return the names of all that is in use."""
        tables = {f"{name}-{year}-{key}" for name, year, key in self._tables()}
        return {*tables, *self.accounts.values(), *(f"{y}-{k}" for y, k in self.years.items())}

    def _tables(self) -> Iterator[tuple[str, str, str]]:
        for name in ("entries", *_SIDES):
            for year, key in self.years.items():
                yield name, year, key


def compiled(engine: Engine, shelf: Shelf, entries: pa.Table, ground: Ground) -> Compiled:
    """Return the books compiled, taking from the shelf the years that are there.

    Args:
        engine: where tables are computed.
        shelf: where years are kept.
        entries: the ledger: all rows ever entered.
        ground: what all years rest on.
    """
    years = pc.utf8_slice_codeunits(entries["period"], 0, 4)
    named = entries["supersedes"].unique()
    keys = {}
    for year in sorted(years.unique().to_pylist()):
        rows = entries.filter(pc.equal(years, year))
        replaced = pc.is_in(rows["entry"], value_set=named)
        keys[year] = hashed(ground.base, rows, rows["entry"].filter(replaced).to_pylist())
    done = Compiled(shelf, keys)
    stale = [year for year in keys if shelf.record(f"{year}-{keys[year]}") is None]
    kept = {year: key for year, key in keys.items() if year not in stale}
    if not (Compiled(shelf, kept).sound if stale else done.whole):
        stale = list(keys)
    if stale:
        wanted = pc.or_(
            pc.is_in(years, value_set=pa.array(stale)), pc.not_equal(entries["supersedes"], "")
        )
        named_years = {year: keys[year] for year in stale}
        work = _Work(engine, shelf, ground)
        work.compile(entries.filter(wanted), named_years, keys)
        done = Compiled(shelf, keys, work.snapshot)
    return done


class _Work:
    """Compiles some years."""

    def __init__(self, engine: Engine, shelf: Shelf, ground: Ground) -> None:
        self._engine, self._shelf, self._ground = engine, shelf, ground
        self.snapshot = Snapshot(shelf.folder / "rows")

    def compile(self, entries: pa.Table, stale: Mapping[str, str], years: Collection[str]) -> None:
        """Compile some years of the ledger and keep them; periods of other than ``years`` go."""
        engine, ground = self._engine, self._ground
        today = ledger.current(engine.put("all_entries", entries))
        held = engine.keep("current_entries", _of(today, stale))
        sides = {name: self._newest(name) for name in KEYS}
        assigned = engine.fetch(sides["assignments"]).to_pylist()
        spread = spread_assignments(assigned, [int(year) for year in stale])
        rows = prepare(
            ground.rules, held, sides["reporters"], sides["facilities"], ibis.memtable(spread)
        )
        booked = engine.keep("booked", rows)
        derived = derive(ground.rules, booked, sides["measured"])
        prepared = engine.keep("prepared", derived.with_entries(booked))
        compiler = Cache(self._shelf.folder.parent).coefficients
        coefficients = coefficient_table(ground.rules, prepared, ground.data_year, compiler)
        measured = derived.with_measured(sides["measured"])
        overrides = compile_overrides(ground.rules, occurring(prepared), measured, ground.data_year)
        tables = dict(zip(_SIDES, (coefficients, overrides), strict=True))
        tables["entries"] = engine.fetch(held)
        year_of = derived.year_of()
        for year, key in stale.items():
            mine = {name: _of_year(rows, year) for name, rows in tables.items()}
            for name, rows in mine.items():
                self._shelf.put(f"{name}-{year}-{key}", rows)
            parts = _by_period(engine.fetch(keyed(prepared.filter(prepared.year == year))))
            others = [p for p in self.snapshot.periods if p[:4] != year and p[:4] in years]
            self.snapshot.update(parts.items(), stay=others)
            record = {
                "periods": {name: self.snapshot.periods[name] for name in parts},
                "accounts": self._accounts(list(parts), mine),
                "origins": {
                    name: vars(origin)
                    for name, origin in derived.origins.items()
                    if year_of.get(name) == year
                },
                "refused": [finding for when, finding in derived.refused if when == year],
            }
            self._shelf.note(f"{year}-{key}", record)

    def _newest(self, name: str) -> ir.Table:
        rows = self._engine.put(f"all_{name}", self._ground.tables[name])
        return self._engine.keep(f"current_{name}", ledger.newest(rows, KEYS[name]))

    def _accounts(self, periods: list[str], sides: Mapping[str, pa.Table]) -> dict[str, str]:
        """Return for each period the name of its accounts; compute those that are not kept."""
        held, parts = self.snapshot.periods, {n: _by_period(sides[n]) for n in _SIDES}
        by = (program(), self._engine.kind)
        names = {
            one: f"accounts-{one}-{hashed(by, held[one], *(parts[n].get(one) for n in _SIDES))}"
            for one in periods
        }
        lost = [one for one in periods if not readable(self._shelf.path(names[one]))]
        if lost:
            rows = self._engine.scan("rows", self.snapshot.files(lost))
            wanted = {n: [parts[n][one] for one in lost if one in parts[n]] for n in _SIDES}
            coefficients, overrides = (
                self._engine.put(n, pa.concat_tables([sides[n].slice(0, 0), *wanted[n]]))
                for n in _SIDES
            )
            found = _by_period(self._engine.fetch(join(rows, coefficients, overrides)))
            for one in lost:
                rows_of = found.get(one, ACCOUNTS_SCHEMA.empty_table())
                self._shelf.put(names[one], rows_of.select(ACCOUNTS_SCHEMA.names))
        return names


def _of(rows: ir.Table, years: Collection[str]) -> ir.Table:
    return rows.filter(rows.period.substr(0, 4).isin(list(years)))


def _of_year(rows: pa.Table, year: str) -> pa.Table:
    return rows.filter(pc.starts_with(rows["period"].cast(pa.string()), year))


def _by_period(rows: pa.Table) -> dict[str, pa.Table]:
    labels = rows["period"].cast(pa.string())
    return {
        label: rows.filter(pc.equal(labels, label)) for label in sorted(labels.unique().to_pylist())
    }
