"""The books compiled: rows made ready, what they are joined to, and their accounts, by period.

A *piece* is what is kept of a period, under a hash of all that it was made of: its own rows that
count; of the year, whether an item is bought, and what the resolvers gave; what was measured for
the period or its year; place, facilities and methods of those who report; rules and program. A
corrected entry costs the pieces of its period, as a rule one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dafeng import ledger
from dafeng.accounting import (
    COEFFICIENTS,
    JOIN,
    OVERRIDES,
    PREPARED,
    SEPARATOR,
    Derived,
    Origin,
    callers,
    coefficient_table,
    combined,
    compile_overrides,
    derive,
    join,
    keyed,
    occurring,
    prepare,
)
from dafeng.vocabulary import Fault, basis
from dafeng.workspace.cache import Cache
from dafeng.workspace.files import sound
from dafeng.workspace.pieces import Ground, among, by_period
from dafeng.workspace.shelf import hashed, program
from dafeng.workspace.snapshot import Snapshot, digest

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from dafeng.engine import Engine
    from dafeng.findings import Finding
    from dafeng.workspace.shelf import Shelf

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

_ENTRY = ("reporter", "facility", "period", "item", "flow", "use", "product", "kind")
_SCHEMAS = {
    "entries": pa.schema([(name, pa.dictionary(pa.int32(), pa.string())) for name in _ENTRY]),
    "coefficients": COEFFICIENTS,
    "overrides": OVERRIDES,
}
"""Tables of a piece: what is booked today, and the two sides that its rows are joined to."""

_SIDES = ("coefficients", "overrides")
_AT_ONCE = 60_000  # entries that are made ready at a time: memory does not grow with the ledger


class Compiled:
    """The books on a shelf.

    Args:
        shelf: where they are kept.
        years: year → the hash that its periods are known under.
        snapshot: the prepared rows; by default those that are held now.
    """

    def __init__(
        self, shelf: Shelf, years: Mapping[str, str], snapshot: Snapshot | None = None
    ) -> None:
        self.shelf, self.years = shelf, dict(years)
        self.snapshot = snapshot or Snapshot(shelf.folder / "rows")
        self._records = {year: shelf.record(_of_year(year, key)) for year, key in years.items()}
        self._pieces = {p: k for r in self._held for p, k in r["periods"].items()}
        made = {p: shelf.record(_of_piece(p, key)) for p, key in self._pieces.items()}
        self._made = {period: piece for period, piece in made.items() if piece is not None}

    @property
    def _held(self) -> list[dict[str, Any]]:
        return [record for record in self._records.values() if record is not None]

    @property
    def whole(self) -> bool:
        """Whether all that the years are made of is there, and no rows of other periods."""
        return (
            all(self._records.values())
            and self._made.keys() == self._pieces.keys()
            and {p: piece["rows"] for p, piece in self._made.items()} == self.snapshot.periods
            and sound(map(self.shelf.path, self._tables()))
            and self.snapshot.whole
        )

    @property
    def accounts(self) -> dict[str, str]:
        """Period → the name of the table with its accounts."""
        return {period: piece["accounts"] for period, piece in self._made.items()}

    def pieces(self, year: str) -> dict[str, str]:
        """Return the periods of a year, each with the hash of all that its piece is made of."""
        return {period: key for period, key in self._pieces.items() if period.startswith(year)}

    @property
    def origins(self) -> dict[str, Origin]:
        """Where derived values and entries come from, by id."""
        held = (item for record in self._held for item in record["origins"].items())
        return {name: Origin(**said | {"inputs": tuple(said["inputs"])}) for name, said in held}

    @property
    def refused(self) -> list[tuple[str, Finding]]:
        """What could not be resolved, by year."""
        held = ((year, record["refused"]) for year, record in self._records.items() if record)
        return [(year, one) for year, found in held for one in found]

    def table(self, name: str, year: str = "") -> pa.Table:
        """Return ``entries`` (what is booked today), ``coefficients`` or ``overrides``.

        Of a year, or of all.

        Raises:
            Fault: ``cache_broken``; a period left out would be missing from sums without a word.
        """
        parts = [_SCHEMAS[name].empty_table()]
        for one, key in sorted(self.pieces(year).items()):
            place = _of_piece(one, key, name)
            part = self.shelf.table(place)
            if part is None:
                raise Fault("cache_broken", str(self.shelf.path(place)))
            parts.append(part)
        return pa.concat_tables(parts)

    def names(self) -> set[str]:
        """Return the names of all that is in use."""
        records = {_of_year(year, key) for year, key in self.years.items()}
        return records | {_of_piece(*piece) for piece in self._pieces.items()} | {*self._tables()}

    def _tables(self) -> Iterator[str]:
        yield from self.accounts.values()
        yield from (_of_piece(p, k, name) for name in _SCHEMAS for p, k in self._pieces.items())


def compiled(engine: Engine, shelf: Shelf, entries: pa.Table, ground: Ground) -> Compiled:
    """Return the books compiled, taking from the shelf the pieces that are there.

    Args:
        engine: where tables are computed.
        shelf: where pieces are kept.
        entries: the ledger: all rows ever entered.
        ground: what all years rest on.
    """
    work = _Work(engine, shelf, ground)
    years = pc.utf8_slice_codeunits(entries["period"], 0, 4)
    replacing = pc.not_equal(entries["supersedes"], "")
    named = entries["supersedes"].filter(replacing)
    keys = {}
    for year in sorted(years.unique().to_pylist()):
        rows = entries.filter(pc.equal(years, year))
        replaced = rows["entry"].filter(pc.is_in(rows["entry"], value_set=named))
        keys[year] = hashed(ground.base, digest(rows.combine_chunks()), replaced.to_pylist())
        if not work.has(year, keys[year]):
            work.compile(year, keys[year], entries.filter(pc.or_(pc.equal(years, year), replacing)))
    done = Compiled(shelf, keys, work.snapshot)
    work.snapshot.update((), stay=done.accounts)
    return done


class _Work:
    """Compiles what is not on the shelf."""

    def __init__(self, engine: Engine, shelf: Shelf, ground: Ground) -> None:
        self._engine, self._shelf, self._ground = engine, shelf, ground
        self.snapshot = Snapshot(shelf.folder / "rows")

    def has(self, year: str, key: str) -> bool:
        """Whether a year and all of its pieces are there."""
        record = self._shelf.record(_of_year(year, key))
        return record is not None and all(self._whole(*it) for it in record["periods"].items())

    def _whole(self, period: str, key: str) -> bool:
        """Whether a piece is there, and its rows are those that the snapshot holds."""
        piece = self._shelf.record(_of_piece(period, key))
        if piece is None or self.snapshot.periods.get(period) != piece["rows"]:
            return False
        tables = [piece["accounts"], *(_of_piece(period, key, name) for name in _SCHEMAS)]
        return sound([*map(self._shelf.path, tables), *self.snapshot.files([period])])

    def compile(self, year: str, key: str, entries: pa.Table) -> None:
        """Compile those pieces of a year that are not there, and keep them.

        Args:
            year: the year.
            key: what it is kept under.
            entries: its rows, and those of other years that replace one.
        """
        rows = ledger.current(entries)
        rows = _bought(rows.filter(pc.starts_with(rows["period"], year)))
        methods = self._ground.assigned(year)
        assigned = ibis.memtable(methods)
        derived = self._derived(rows, assigned)
        parts = by_period(rows)
        also = [period for part in derived.entries for period in part["period"].to_pylist()]
        pieces = {p: parts.get(p, rows.slice(0, 0)) for p in sorted({*parts, *also})}
        keys = {p: self._ground.key(p, piece, methods, derived) for p, piece in pieces.items()}
        lost = {p: piece for p, piece in pieces.items() if not self._whole(p, keys[p])}
        for some in _some(lost):
            self._pieces({p: keys[p] for p in some}, [lost[p] for p in some], assigned, derived)
        record = {
            "periods": keys,
            "origins": {name: vars(origin) for name, origin in derived.origins.items()},
            "refused": sorted((finding for _, finding in derived.refused), key=repr),
        }
        self._shelf.note(_of_year(year, key), record)

    def _derived(self, rows: pa.Table, assigned: ir.Table) -> Derived:
        """Return what the resolvers give for a year; its months lean on each other there."""
        calling = callers(self._ground.rules, self._ground.tables["measured"])
        rows = rows.join(calling, ["reporter", "item"], join_type="left semi")
        if not rows.num_rows:
            return Derived()
        booked = self._engine.keep("booked", self._ready(rows, assigned))
        return derive(self._ground.rules, booked, self._sides["measured"])

    def _ready(self, rows: pa.Table, assigned: ir.Table) -> ir.Table:
        """Return entries of a year as the join wants them."""
        held = self._engine.put("current_entries", rows.select([*PREPARED, "books_purchases"]))
        reporters, facilities = self._sides["reporters"], self._sides["facilities"]
        return prepare(self._ground.rules, held, reporters, facilities, assigned)

    def _pieces(
        self,
        keys: Mapping[str, str],
        entries: list[pa.Table],
        assigned: ir.Table,
        derived: Derived,
    ) -> None:
        """Compile some pieces of a year together, and keep them apart."""
        engine, ground = self._engine, self._ground
        held = pa.concat_tables(entries)
        more = Derived(entries=among(derived.entries, list(keys)))
        ready = more.with_entries(self._ready(held, assigned))
        prepared = engine.keep("prepared", ready)
        compiler = Cache(self._shelf.folder.parent).coefficients
        measured = derived.with_measured(self._sides["measured"])
        asked = engine.fetch(occurring(prepared))
        tables = {
            "entries": held.select(_ENTRY).cast(_SCHEMAS["entries"]),
            "coefficients": coefficient_table(ground.rules, prepared, ground.data_year, compiler),
            "overrides": compile_overrides(ground.rules, asked, measured, ground.data_year),
        }
        rows = by_period(engine.fetch(keyed(prepared)))
        others = [period for period in self.snapshot.periods if period not in keys]
        self.snapshot.update(rows.items(), stay=others)
        sides = {period: dict[str, pa.Table]() for period in keys}
        for name, table in tables.items():
            parts = by_period(table)
            for period, key in keys.items():
                part = parts.get(period, _SCHEMAS[name].empty_table())
                if name == "coefficients":
                    part = _met(part, rows[period]["activity"])
                sides[period][name] = self._shelf.put(_of_piece(period, key, name), part)
        for period, accounts in self._accounts(sides).items():
            piece = {"rows": self.snapshot.periods[period], "accounts": accounts}
            self._shelf.note(_of_piece(period, keys[period]), piece)

    @cached_property
    def _sides(self) -> dict[str, ir.Table]:
        """The rows that count of the tables beside the ledger."""
        held = self._ground.current.items()
        return {name: self._engine.put(f"current_{name}", rows) for name, rows in held}

    def _accounts(self, sides: Mapping[str, Mapping[str, pa.Table]]) -> dict[str, str]:
        """Return for each period the name of its accounts; compute those that are not kept."""
        by = (program(), self._engine.kind)
        names = {
            period: f"accounts-{period}-{hashed(by, rows, *(sides[period][n] for n in _SIDES))}"
            for period, rows in self.snapshot.periods.items()
            if period in sides
        }
        lost = [one for one in names if not sound([self._shelf.path(names[one])])]
        if lost:
            rows = self._engine.scan("rows", self.snapshot.files(lost))
            put = (
                self._engine.put(name, pa.concat_tables([sides[one][name] for one in lost]))
                for name in _SIDES
            )
            found = by_period(self._engine.fetch(join(rows, *put)))
            for one in lost:
                rows_of = found.get(one, ACCOUNTS_SCHEMA.empty_table())
                self._shelf.put(names[one], rows_of.select(ACCOUNTS_SCHEMA.names))
        return names


def _of_year(year: str, key: str) -> str:
    return f"year-{year}-{key}"


def _of_piece(period: str, key: str, name: str = "piece") -> str:
    return f"{name}-{period}-{key}"


def _bought(rows: pa.Table) -> pa.Table:
    """Return rows of a year with ``books_purchases``; see ``accounting.prepare``."""
    place = combined(rows.select(["reporter", "facility", "item"]))
    flows = pa.array(list(basis().purchase_flows), pa.string())
    buying = pc.is_in(rows["flow"].combine_chunks(), value_set=flows)
    bought = np.isin(place, place[buying.to_numpy(zero_copy_only=False)])
    return rows.append_column("books_purchases", pa.array(bought))


def _met(coefficients: pa.Table, activities: pa.ChunkedArray) -> pa.Table:
    """Return the coefficients that a row asks for: what is beside them depends on other periods."""
    parts = (coefficients[name].cast(pa.string()) for name in JOIN)
    activity = pc.binary_join_element_wise(*parts, SEPARATOR)
    return coefficients.filter(pc.is_in(activity, value_set=activities.unique()))


def _some(parts: Mapping[str, pa.Table]) -> Iterator[list[str]]:
    """Yield periods, as many at a time as there is room for."""
    some, rows = list[str](), 0
    for period, part in parts.items():
        if some and rows + part.num_rows > _AT_ONCE:
            yield some
            some, rows = [], 0
        some, rows = [*some, period], rows + part.num_rows
    if some:
        yield some
