"""Accounts of a workspace: its tables handed to the accounting core, and what results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from dafeng import engine, ledger
from dafeng.accounting import (
    COLUMNS,
    MARK,
    SEPARATOR,
    SUMS,
    Footing,
    Ground,
    Lines,
    account_tree,
    footing_table,
    footings_of,
    lines_of,
    over_years,
    spread_assignments,
)
from dafeng.explain import Node
from dafeng.findings import Finding
from dafeng.rulebook import Rulebook
from dafeng.vocabulary import Text, worst_mark
from dafeng.workspace import compiled as compiling
from dafeng.workspace import pieces
from dafeng.workspace.compiled import ACCOUNTS_SCHEMA, PREPARED_SCHEMA, Compiled
from dafeng.workspace.figures import Account
from dafeng.workspace.gaps import gaps_of
from dafeng.workspace.left_out import left_out
from dafeng.workspace.measured import Rows
from dafeng.workspace.pieces import KEYS
from dafeng.workspace.shelf import Shelf, hashed, program
from dafeng.workspace.told import told
from dafeng.workspace.totals import Summing, Totals, labelled, summed_by

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from dafeng.workspace.store import Store

KEY = ("reporter", "facility", "year", "method", "measure", "memo")
"""What identifies a total."""


class Books:
    """The ledger of a workspace, prepared and joined to the rules.

    Args:
        store: the folder.
        rules: the rulebook.
        data_year: hold regional factors fixed at the data of this year.

    Attributes:
        assigned: the methods of each reporter and facility in each year of the books, with their
            purposes; see ``accounting.spread_assignments``.
    """

    def __init__(self, store: Store, rules: Rulebook, data_year: int | None = None) -> None:
        self._rules = rules
        store = store.frozen()  # or what another process adds meanwhile is in half of it
        self._store = store  # its folder may go with it, and trees are read from there later
        self._engine = engine.connect()
        self._engine.close_when_unused()
        self._loaded = {name: store.load(ledger.tables()[name]) for name in KEYS}
        self._measured = Rows(self._loaded["measured"], "measured", KEYS["measured"])
        self._files = {
            name.split("-")[0]: manifest["file"] for name, manifest in store.manifests("entries")
        }
        self._reporters = ledger.today(self._loaded["reporters"].to_pylist(), KEYS["reporters"])
        self._names = {
            row["reporter"]: Text(zh=row["name_zh"], en=row["name_en"] or row["name_zh"])
            for row in self._reporters
        }
        name = "books" if data_year is None else f"books-{data_year}"
        self._shelf = Shelf(store.path / "cache" / name)
        said = (rules.hash, program(), data_year, self._engine.kind)
        self._key = hashed(store.content(("entries", *KEYS)), *said)
        self._books = self._opened(store, data_year, hashed(*said))
        self._tidy()
        assigned = ledger.today(self._loaded["assignments"].to_pylist(), KEYS["assignments"])
        spread = spread_assignments(assigned, [int(year) for year in self._books.years])
        self.assigned = spread
        self._told: dict[tuple[str, str], pa.Table] = {}
        self._methods = _methods(spread)
        self._derived = self._books.origins
        self._ground = Ground(rules, self._measured, self._derived)

    def _opened(self, store: Store, data_year: int | None, settled: str) -> Compiled:
        """Return the books compiled, from the shelf where nothing changed."""
        held = self._shelf.record(f"state-{self._key}")
        if held is not None and (books := Compiled(self._shelf, held)).whole:
            return books
        ground = pieces.Ground(self._rules, data_year, self._loaded, settled)
        worker = engine.connect()
        try:
            entries = store.load(ledger.tables()["entries"])
            try:
                books = compiling.compiled(worker, self._shelf, entries, ground)
            except OSError as error:
                if error.errno is None:  # not the system's: what was read is damaged
                    raise
                self._shelf.retreat()
                books = compiling.compiled(worker, self._shelf, entries, ground)
        finally:
            worker.close()
        self._note(f"state-{self._key}", books.years)
        return books

    def _note(self, name: str, record: Mapping[str, Any]) -> None:
        with suppress(OSError):  # a full disk keeps nothing, and changes no figure
            self._shelf.note(name, record)

    def _put(self, name: str, rows: pa.Table) -> pa.Table:
        with suppress(OSError):
            self._shelf.put(name, rows)
        return rows

    def _tidy(self) -> None:
        """Remove what these books do not use; what another run used today stays."""
        whole = {f"{name}-{self._key}" for name in ("state", "findings", "gaps")}
        years = {
            f"{n}-{y}-{self._named(y)}" for n in ("totals", "footings") for y in self._books.years
        }
        self._shelf.clear(whole | years | self._books.names())

    @cached_property
    def prepared(self) -> ir.Table:
        """The rows that count, completed for the join; see ``accounting.prepare``."""
        files = self._books.snapshot.files(self._books.snapshot.periods)
        return self._scanned("prepared", files, PREPARED_SCHEMA)

    @cached_property
    def rows(self) -> ir.Table:
        """The accounts: rows joined to terms; see ``accounting.accounts``."""
        files = [self._shelf.path(name) for name in self._books.accounts.values()]
        return self._scanned("accounts", files, ACCOUNTS_SCHEMA)

    def _scanned(self, name: str, files: list[Path], schema: pa.Schema) -> ir.Table:
        if not files:
            return self._engine.put(name, schema.empty_table())
        return self._engine.scan(name, files, schema.names)

    def accounts(self, reporters: Sequence[str] = (), year: str | None = None) -> list[Account]:
        """Return the totals by reporter, facility, method and year."""
        found = []
        for one in (y for y in self._books.years if year in (None, y)):
            totals, footing = self._summed(one), self._footing(one)
            if reporters:
                wanted = pa.array(list(reporters), pa.string())
                totals, footing = (
                    side.filter(pc.is_in(side["reporter"], value_set=wanted))
                    for side in (totals, footing)
                )
            rests_on = footings_of(self._ground, footing, KEY)
            found += [
                self._account(row, rests_on[tuple(row[k] for k in KEY)])
                for row in totals.to_pylist()
            ]
        return sorted(found, key=lambda account: [getattr(account, name) for name in KEY])

    def totals(self, year: str) -> pa.Table:
        """Return the totals of a year as they are kept; texts are places in lists.

        Returns:
            ``reporter, facility, mark`` (of the rows), the columns of ``LABEL`` and of ``SUMS``,
            ``months`` (of which there are rows, as bits).
        """
        name = f"totals-{year}-{self._named(year)}"
        found = self._shelf.table(name)
        if found is None:
            snapshot, lines = self._books.snapshot, self._lines(year)

            def bearing(period: str) -> str:
                return hashed(program(), self._engine.kind, lines.hash(period))

            summing = Summing(self._engine, snapshot, lines)
            folder = self._shelf.folder / "totals"
            totals = Totals(snapshot, folder, bearing, summing, summing.at_once)
            found = labelled(totals.with_months(year), snapshot.numbered("who"))
            found = self._put(name, found)
        return found

    def told(self, year: str, item: str = "") -> pa.Table:
        """Return the entries of a year that tell of output and the like; see ``told.told``."""
        if (year, item) not in self._told:
            derived = any(MARK in name for name in self._derived)
            self._told[year, item] = told(self._books.snapshot, year, item, derived=derived)
        return self._told[year, item]

    @property
    def years(self) -> list[str]:
        """The years of the books."""
        return list(self._books.years)

    def _summed(self, year: str) -> pa.Table:
        """Return the totals of a year by ``KEY``."""
        found = self.totals(year)
        texts = {name: found[name].cast(pa.string()) for name in KEY if name != "year"}
        found = pa.table(texts | {name: found[name] for name in SUMS})
        found = found.append_column("year", pa.array([year] * found.num_rows, pa.string()))
        sums = summed_by(found, KEY)
        known = pc.greater(sums["terms"], sums["without_value"])
        at = sums.column_names.index("grams")
        return sums.set_column(at, "grams", pc.if_else(known, sums["grams"], None))

    def _footing(self, year: str) -> pa.Table:
        """Return what the totals of a year rest on."""
        name = f"footings-{year}-{self._named(year)}"
        found = self._shelf.table(name)
        if found is None:
            detail = self.rows.filter(self.rows.year == year).select(*KEY, *COLUMNS)
            found = self._put(name, footing_table(self._engine.fetch(detail), KEY))
        return found

    def _named(self, year: str) -> str:
        """Return a hash of all that bears on the accounts of a year."""
        return hashed(self._books.pieces(year))

    def _lines(self, year: str) -> Lines:
        """Return what the rows of a year are joined to."""

        def worst(inputs: str) -> str:
            return worst_mark({self.mark_of(one) for one in inputs.split(SEPARATOR) if one})

        table = self._books.table
        return lines_of(table("coefficients", year), table("overrides", year), worst)

    def reporters(self) -> list[dict[str, Any]]:
        """Return the reporters as dictionaries."""
        return self._reporters

    def fetch(self, rows: ir.Table) -> list[dict[str, Any]]:
        """Compute a table and return its rows as dictionaries; whole numbers stay whole."""
        found: list[dict[str, Any]] = self.table(rows).to_pylist()
        return found

    def table(self, rows: ir.Table) -> pa.Table:
        """Compute a table; whole numbers stay whole."""
        return self._engine.fetch(rows)

    def mark_of(self, value: str) -> str:
        """Return the mark of an input of a coefficient: a rule's, or that of a measured value."""
        if value in self._rules.values:
            return self._rules.values[value].mark
        if value in self._derived:
            origin = self._derived[value]
            return worst_mark({*map(self.mark_of, origin.inputs), *origin.marks(self._rules)})
        return self._measured[value].get("mark") or "reported"

    def findings(self) -> list[Finding]:
        """Return what the accounts leave out, and why."""
        held = self._shelf.record(f"findings-{self._key}")
        if held is None:
            sums = ((year, self._summed(year)) for year in self.years)
            found = left_out(self, self._rules, self._methods, sums)
            held = {"found": [*found, *over_years(self._books.refused)]}
            self._note(f"findings-{self._key}", held)
        return [*held["found"], *(finding for gaps in self.gaps().values() for finding in gaps)]

    def _account(self, row: dict[str, Any], footing: Footing) -> Account:
        method = self._rules.method(row["method"])
        said = (
            ("partial", row["without_value"]),
            ("months_missing", (row["reporter"], row["year"]) in self.gaps()),
            ("incomplete_method", not method.complete),
        )
        name = self._names.get(row["reporter"], Text(zh=row["reporter"], en=row["reporter"]))
        account = Account(
            **{k: row[k] for k in (*KEY, "entries", "without_value")},
            boundary=method.boundary_id,
            boundary_name=method.boundary,
            grams=row["grams"] if method.complete else None,
            title=Text(
                zh=f"{name.zh} {row['year']} {method.title.zh}",
                en=f"{name.en} {row['year']} {method.title.en}",
            ),
            said=tuple(flag for flag, held in said if held),
            footing=footing,
            grow=lambda: self._tree(account),
        )
        return account

    def _tree(self, account: Account) -> Node:
        """Grow the tree of a total from its rows."""
        key = {name: getattr(account, name) for name in KEY}
        own = self.rows.filter([self.rows[k] == value for k, value in key.items()])
        rows = self.fetch(own.order_by(["period", "entry"]))
        for row in rows:
            row["source"] = self._place(row)
        method = self._rules.method(account.method)
        parts = account_tree(self._rules, method, rows, self._measured, self._derived)
        if not method.complete:  # what is settled of it is no total
            parts = tuple(replace(n, flags=(*n.flags, "incomplete_method")) for n in parts)
        return Node(
            "figure",
            "/".join(("account", *key.values())),
            account.title,
            account.grams,
            account.unit,
            flags=account.said,
            detail=method.our_reading,
            children=parts,
        )

    def gaps(self) -> dict[tuple[str, str], list[Finding]]:
        """Find the months that a series lacks inside its span, by reporter and year.

        They are in no sum: not reported is not zero.
        """
        return self._gaps

    @cached_property
    def _gaps(self) -> dict[tuple[str, str], list[Finding]]:
        held = self._shelf.record(f"gaps-{self._key}")
        if held is None:
            found = gaps_of(self._books.table("entries")) if self._books.years else {}
            held = {"found": [[*who, findings] for who, findings in found.items()]}
            self._note(f"gaps-{self._key}", held)
        return {(reporter, year): findings for reporter, year, findings in held["found"]}

    def _place(self, row: dict[str, Any]) -> str:
        """Return file and row that an entry was read from, then the source it names."""
        batch, _, line = row["entry"].partition(MARK)[0].partition(".")
        return f"{self._files.get(batch, batch)}:{int(line)} · {row['source']}"

    def unsettled(self, reporter: str, year: str, purpose: str) -> bool:
        """Whether a reporter has no total for a purpose: two methods, or an incomplete one."""
        methods = self._methods.get((reporter, "", year, purpose), [])
        return len(methods) > 1 or not all(self._rules.method(m).complete for m in methods)


def _methods(spread: pa.Table) -> dict[tuple[str, str, str, str], list[str]]:
    """Gather the methods by reporter, facility, year and purpose."""
    found: dict[tuple[str, str, str, str], list[str]] = {}
    for row in spread.to_pylist():
        for purpose in row["purpose"].strip("|").split("|"):
            key = (row["reporter"], row["facility"], row["year"], purpose)
            found.setdefault(key, []).append(row["method"])
    return found
