"""Accounts of a workspace: its tables handed to the accounting core, and what results."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa

from dafeng import engine, ledger
from dafeng.accounting import (
    account_tree,
    accounts,
    outside,
    prepare,
    spread_assignments,
    totals,
)
from dafeng.explain import Node, figure_id
from dafeng.findings import Finding
from dafeng.rulebook import Rulebook, in_force, years_of
from dafeng.statistics import Figure, combine
from dafeng.vocabulary import Fault, Text, factor, items, period, regions

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from dafeng.workspace.store import Store

UNITS = {"emission": "gCO2e", "energy": "gce"}


@dataclass(frozen=True)
class Account:
    """A total of the accounts.

    Attributes:
        grams: whole g CO2e or g standard coal; ``None`` where the method refuses totals.
        without_value: entries whose amount is unknown and not in ``grams``.
        tree: how it came about.
        published: what somebody else published for the same thing.
    """

    reporter: str
    method: str
    boundary: str
    boundary_name: Text
    measure: str
    memo: str
    year: str
    grams: int | None
    entries: int
    without_value: int
    tree: Node
    published: Figure | None = None

    @property
    def difference(self) -> float | None:
        """This total over the published figure, less one; ``None`` where there is none."""
        if self.published is None or self.grams is None or not self.published.value:
            return None
        return self.grams / (self.published.value * factor(self.published.unit, "g")) - 1

    @property
    def name(self) -> str:
        """Name of the figure: the measure, and what is kept apart."""
        return f"{self.measure}.{self.memo}" if self.memo else self.measure

    @property
    def figure(self) -> str:
        """Id of the figure."""
        scope = f"{self.reporter}~{self.method}"
        return figure_id("account", self.name, scope, self.year, self.tree)


class Books:
    """The ledger of a workspace, prepared and joined to the rules.

    Args:
        store: the folder.
        rules: the rulebook.
        data_year: hold regional factors fixed at the data of this year.
    """

    def __init__(self, store: Store, rules: Rulebook, data_year: int | None = None) -> None:
        self._rules = rules
        self._backend = engine.connect()
        schemas = ledger.tables()
        loaded = {
            name: store.load(schemas[name])
            for name in ("entries", "measured", "reporters", "facilities", "assignments")
        }
        for name, rows in loaded.items():
            self._backend.create_table(name, rows)
        self._measured = {
            "/".join(
                (
                    "measured",
                    *(row[k] for k in ("reporter", "facility", "period", "item", "parameter")),
                )
            ): row
            for row in loaded["measured"].to_pylist()
        }
        self._files = {
            name.split("-")[0]: manifest["file"] for name, manifest in store.manifests("entries")
        }
        self._assignments = loaded["assignments"].to_pylist()
        self.prepared = self._prepare()
        self.rows = accounts(rules, self.prepared, self._table("measured"), data_year)

    def accounts(self, reporters: Sequence[str] = (), year: str | None = None) -> list[Account]:
        """Return the totals by reporter, method and year, each with its tree."""
        rows = self._chosen(self.rows, reporters, year)
        sums = totals(rows, ("reporter", "year"))
        found = self.fetch(sums.order_by(["reporter", "year", "method", "memo", "measure"]))
        detail: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        for row in self.fetch(rows):
            row["source"] = self._place(row)
            key = tuple(row[k] for k in ("reporter", "year", "method", "measure", "memo"))
            detail.setdefault(key, []).append(row)
        return [self._account(row, detail) for row in found]

    def reporters(self) -> list[dict[str, Any]]:
        """Return the reporters as dictionaries."""
        return self.fetch(self._table("reporters"))

    def fetch(self, rows: ir.Table) -> list[dict[str, Any]]:
        """Compute a table and return its rows as dictionaries; whole numbers stay whole."""
        found: list[dict[str, Any]] = engine.fetch(self._backend, rows).to_pylist()
        return found

    def mark_of(self, value: str) -> str:
        """Return the mark of an input of a coefficient: a rule's, or that of a measured value."""
        if value in self._rules.values:
            return self._rules.values[value].mark
        return self._measured[value].get("mark") or "reported"

    def findings(self) -> list[Finding]:
        """Return what the accounts leave out, and why."""
        return [*self._out_of_time(), *self._without_method(), *self._outside(), *self._no_value()]

    def _account(
        self, row: dict[str, Any], detail: dict[tuple[str, ...], list[dict[str, Any]]]
    ) -> Account:
        key = tuple(row[k] for k in ("reporter", "year", "method", "measure", "memo"))
        method = self._rules.method(row["method"])
        children = account_tree(self._rules, method, detail[key], self._measured)
        grams = row["grams"] if method.complete else None
        flags = ("partial",) if row["without_value"] else ()
        tree = Node(
            "figure",
            f"account/{row['reporter']}/{row['method']}/{row['measure']}/{row['memo']}/{row['year']}",
            Text(
                zh=f"{reporter_name(row['reporter']).zh} {row['year']} {method.title.zh}",
                en=f"{reporter_name(row['reporter']).en} {row['year']} {method.title.en}",
            ),
            grams,
            UNITS[row["measure"]],
            flags=flags if method.complete else (*flags, "incomplete_method"),
            detail=method.our_reading,
            children=children,
        )
        return Account(
            row["reporter"],
            row["method"],
            method.boundary_id,
            method.boundary,
            row["measure"],
            row["memo"],
            row["year"],
            grams,
            row["entries"],
            row["without_value"],
            tree,
        )

    def _place(self, row: dict[str, Any]) -> str:
        """Return file and row that an entry was read from, then the source it names."""
        batch, _, line = row["entry"].partition(".")
        return f"{self._files.get(batch, batch)}:{int(line)} · {row['source']}"

    def _prepare(self) -> ir.Table:
        entries = ledger.current(self._table("entries"))
        labels = self._backend.to_pyarrow(entries.select("period").distinct())["period"].to_pylist()
        years = sorted({period(label).year for label in labels})
        assigned = ibis.memtable(spread_assignments(self._assignments, years))
        rows = prepare(
            self._rules, entries, self._table("reporters"), self._table("facilities"), assigned
        )
        return self._backend.create_table("prepared", rows, temp=True)

    def _table(self, name: str) -> ir.Table:
        return self._backend.table(name)

    def _chosen(self, rows: ir.Table, reporters: Sequence[str], year: str | None) -> ir.Table:
        if reporters:
            rows = rows.filter(rows.reporter.isin(list(reporters)))
        return rows.filter(rows.year == year) if year else rows

    def _out_of_time(self) -> Iterable[Finding]:
        pairs = self.prepared.filter(self.prepared.method != "").select("method", "year").distinct()
        for row in self.fetch(pairs.order_by(["method", "year"])):
            method = self._rules.method(row["method"])
            if not in_force(method, row["year"]):
                values = {"year": row["year"], "years": years_of(method)}
                yield Finding("method_out_of_time", method.id, values)

    def _without_method(self) -> Iterable[Finding]:
        lost = self.prepared.filter(self.prepared.method == "").group_by("reporter")
        counts = lost.aggregate(entries=self.prepared.entry.nunique()).order_by("reporter")
        for row in self.fetch(counts):
            yield Finding("no_method", row["reporter"], {"entries": row["entries"]})

    def _outside(self) -> Iterable[Finding]:
        rows = outside(self.prepared.filter(self.prepared.method != ""), self.rows)
        grouped = rows.group_by(["reporter", "method"]).aggregate(entries=rows.entries.sum())
        for row in self.fetch(grouped.order_by(["reporter", "method"])):
            yield Finding(
                "outside_method", f"{row['reporter']} {row['method']}", {"entries": row["entries"]}
            )

    def _no_value(self) -> Iterable[Finding]:
        rows = self.rows.filter(self.rows.grams.isnull())
        grouped = rows.group_by(["reporter", "method", "item", "year"]).aggregate(
            entries=rows.entry.nunique()
        )
        ordered = grouped.order_by(["reporter", "method", "year", "item"])
        for row in self.fetch(ordered):
            values = {"item": items()[row["item"]].name} | {k: row[k] for k in ("entries", "year")}
            yield Finding("no_value", f"{row['reporter']} {row['method']}", values)


def reporter_name(reporter: str) -> Text:
    """Return the name of a region, or the id of another reporter."""
    if reporter in regions():
        return regions()[reporter].name
    return Text(zh=reporter, en=reporter)


def beside_published(
    found: Iterable[Account], rules: Rulebook, rows: list[dict[str, Any]]
) -> list[Account]:
    """Set each total beside the published figure of the same thing, where one is held."""
    result = []
    for account in found:
        measure = rules.method(account.method).published_as
        figure = (
            combine(rows, account.reporter, measure).at(account.year, "value") if measure else None
        )
        result.append(replace(account, published=figure))
    return result


def find_account(found: Iterable[Account], name: str, scope: str, year: str) -> Account:
    """Return the account that an id without its hash names.

    Raises:
        Fault: ``unknown_figure``.
    """
    for account in found:
        own = (account.name, f"{account.reporter}~{account.method}", account.year)
        if own == (name, scope, year):
            return account
    raise Fault("unknown_figure", label=f"account:{name}:{scope}:{year}")


def as_table(found: Iterable[Account]) -> pa.Table:
    """Return accounts as a table with the unit in the column names."""
    names = ("reporter", "year", "method", "boundary", "memo", "entries", "without_value", "figure")
    schema = pa.schema(
        [
            *((n, pa.int64() if n in ("entries", "without_value") else pa.string()) for n in names),
            ("emission_gco2e", pa.int64()),
            ("energy_gce", pa.int64()),
            ("mark", pa.string()),
        ]
    )
    return pa.Table.from_pylist(
        [
            {n: getattr(a, n) for n in names}
            | {f"{a.measure}_{UNITS[a.measure].lower()}": a.grams, "mark": a.tree.worst}
            for a in found
        ],
        schema,
    )
