"""Accounts of a workspace: its tables handed to the accounting core, and what results."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa

from dafeng import engine, ledger
from dafeng.accounting import (
    COLUMNS,
    MARK,
    Footing,
    Ground,
    account_tree,
    accounts,
    derive,
    footings,
    outside,
    prepare,
    spread_assignments,
    totals,
)
from dafeng.explain import Node
from dafeng.findings import Finding
from dafeng.rulebook import Rulebook, in_force, years_of
from dafeng.vocabulary import Text, items, period, worst_mark
from dafeng.workspace.cache import Cache
from dafeng.workspace.figures import Account

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from dafeng.workspace.store import Store

_KEYS = {
    "measured": ("reporter", "facility", "period", "item", "parameter"),
    "reporters": ("reporter",),
    "facilities": ("reporter", "facility"),
    "assignments": ("reporter", "facility", "method", "purpose", "first"),
}
_ACTIVITY = [item.id for item in items().values() if item.kind != "measure"]
KEY = ("reporter", "facility", "year", "method", "measure", "memo")
"""What identifies a total."""


class Books:
    """The ledger of a workspace, prepared and joined to the rules.

    Args:
        store: the folder.
        rules: the rulebook.
        data_year: hold regional factors fixed at the data of this year.
    """

    def __init__(self, store: Store, rules: Rulebook, data_year: int | None = None) -> None:
        self._rules = rules
        self._engine = engine.connect()
        schemas = ledger.tables()
        loaded = {
            name: store.load(schemas[name])
            for name in ("entries", "measured", "reporters", "facilities", "assignments")
        }
        self._tables = {name: self._current(name, rows) for name, rows in loaded.items()}
        self._measured = {
            "/".join(
                (
                    "measured",
                    *(row[k] for k in _KEYS["measured"]),
                )
            ): row
            for row in loaded["measured"].to_pylist()
        }
        self._files = {
            name.split("-")[0]: manifest["file"] for name, manifest in store.manifests("entries")
        }
        self._names = {
            row["reporter"]: Text(zh=row["name_zh"], en=row["name_en"] or row["name_zh"])
            for row in loaded["reporters"].to_pylist()
        }
        self._assignments = self.fetch(self._tables["assignments"])
        self.prepared = self._prepare()
        compiler = Cache(store.path / "cache").coefficients
        measured = self._tables["measured"]
        rows = accounts(
            rules,
            self.prepared,
            measured,
            data_year,
            compiler,
            derived=self._derived,
            put=self._engine.put,
        )
        self.rows = self._engine.keep("accounts", rows)
        self._ground = Ground(rules, self._measured, self._derived.origins)

    def accounts(self, reporters: Sequence[str] = (), year: str | None = None) -> list[Account]:
        """Return the totals by reporter, facility, method and year."""
        rows = self._chosen(self.rows, reporters, year)
        sums = self.fetch(totals(rows, ("reporter", "year")).order_by(list(KEY)))
        detail = self._engine.fetch(rows.select(*KEY, *COLUMNS))
        footings_ = footings(self._ground, detail, KEY)
        return [self._account(row, footings_[tuple(row[k] for k in KEY)]) for row in sums]

    def reporters(self) -> list[dict[str, Any]]:
        """Return the reporters as dictionaries."""
        return self.fetch(self._tables["reporters"])

    def fetch(self, rows: ir.Table) -> list[dict[str, Any]]:
        """Compute a table and return its rows as dictionaries; whole numbers stay whole."""
        found: list[dict[str, Any]] = self._engine.fetch(rows).to_pylist()
        return found

    def mark_of(self, value: str) -> str:
        """Return the mark of an input of a coefficient: a rule's, or that of a measured value."""
        if value in self._rules.values:
            return self._rules.values[value].mark
        if value in self._derived.origins:
            origin = self._derived.origins[value]
            return worst_mark({*map(self.mark_of, origin.inputs), *origin.marks(self._rules)})
        return self._measured[value].get("mark") or "reported"

    def findings(self) -> list[Finding]:
        """Return what the accounts leave out, and why."""
        return [
            *self._out_of_time(),
            *self._two_methods(),
            *self._without_method(),
            *self._outside(),
            *self._no_value(),
            *self._derived.findings,
            *(finding for gaps in self.gaps().values() for finding in gaps),
        ]

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
        rows = self.fetch(self.rows.filter([self.rows[k] == value for k, value in key.items()]))
        for row in rows:
            row["source"] = self._place(row)
        method = self._rules.method(account.method)
        parts = account_tree(self._rules, method, rows, self._measured, self._derived.origins)
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

    @cache  # noqa: B019  a workspace opens few books, and they live as long as the command
    def gaps(self) -> dict[tuple[str, str], list[Finding]]:
        """Find the months that a series lacks inside its span, by reporter and year.

        They are in no sum: not reported is not zero.
        """
        found: dict[tuple[str, str], list[Finding]] = {}
        for gap in ledger.check_entries(self._engine.fetch(self._entries)):
            if gap.code != "month_gap":
                continue
            months = gap.values["months"].split(", ")
            for year in sorted({month[:4] for month in months}):
                here = ", ".join(month for month in months if month[:4] == year)
                values = dict(gap.values) | {"months": here}
                finding = Finding("not_reported", gap.values["reporter"], values)
                found.setdefault((gap.values["reporter"], year), []).append(finding)
        for (reporter, year), missing in self._absent_months().items():
            values = {"months": ", ".join(missing), "year": year}
            finding = Finding("year_incomplete", reporter, values)
            found.setdefault((reporter, year), []).append(finding)
        return found

    def _absent_months(self) -> dict[tuple[str, str], list[str]]:
        """Find the months of a year in which a reporter that books by month has no entry at all."""
        activity = self._entries.filter(self._entries.item.isin(_ACTIVITY))
        covered: dict[tuple[str, str], set[str]] = {}
        for row in self.fetch(activity.select("reporter", "period").distinct()):
            when = period(row["period"])
            if when.kind in ("month", "quarter"):
                months = covered.setdefault((row["reporter"], str(when.year)), set())
                months |= set(when.months())
        return {
            key: missing
            for key, months in covered.items()
            if (missing := sorted(set(period(key[1]).months()) - months))
        }

    def _place(self, row: dict[str, Any]) -> str:
        """Return file and row that an entry was read from, then the source it names."""
        batch, _, line = row["entry"].partition(MARK)[0].partition(".")
        return f"{self._files.get(batch, batch)}:{int(line)} · {row['source']}"

    def _prepare(self) -> ir.Table:
        entries = self._entries = self._tables["entries"]
        labels = [row["period"] for row in self.fetch(entries.select("period").distinct())]
        years = sorted({period(label).year for label in labels})
        spread = spread_assignments(self._assignments, years)
        self._methods = _methods(spread)
        assigned = ibis.memtable(spread)
        rows = prepare(
            self._rules, entries, self._tables["reporters"], self._tables["facilities"], assigned
        )
        booked = self._engine.keep("booked", rows)
        self._derived = derive(self._rules, booked, self._tables["measured"])
        prepared = self._derived.with_entries(booked)
        return self._engine.keep("prepared", prepared)

    def _current(self, name: str, rows: pa.Table) -> ir.Table:
        """Return what counts today of a table of the books, computed once."""
        held = self._engine.put(f"all_{name}", rows)
        today = ledger.current(held) if name == "entries" else ledger.newest(held, _KEYS[name])
        return self._engine.keep(f"current_{name}", today)

    def _chosen(self, rows: ir.Table, reporters: Sequence[str], year: str | None) -> ir.Table:
        if reporters:
            rows = rows.filter(rows.reporter.isin(list(reporters)))
        return rows.filter(rows.year == year) if year else rows

    def unsettled(self, reporter: str, year: str, purpose: str) -> bool:
        """Whether a reporter has no total for a purpose: two methods, or an incomplete one."""
        methods = self._methods.get((reporter, "", year, purpose), [])
        return len(methods) > 1 or not all(self._rules.method(m).complete for m in methods)

    def _two_methods(self) -> Iterable[Finding]:
        for (reporter, facility, year, purpose), methods in sorted(self._methods.items()):
            if len(methods) > 1:
                values = {"methods": ", ".join(methods), "purpose": purpose, "year": year}
                yield Finding("two_methods", f"{reporter} {facility}".strip(), values)

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
        # value added and the like are no activity; that no method counts them needs no word
        held = self.prepared.filter(
            (self.prepared.method != "") & self.prepared.item.isin(_ACTIVITY)
        )
        rows = outside(held, self.rows)
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


def _methods(spread: pa.Table) -> dict[tuple[str, str, str, str], list[str]]:
    """Gather the methods by reporter, facility, year and purpose."""
    found: dict[tuple[str, str, str, str], list[str]] = {}
    for row in spread.to_pylist():
        for purpose in row["purpose"].strip("|").split("|"):
            key = (row["reporter"], row["facility"], row["year"], purpose)
            found.setdefault(key, []).append(row["method"])
    return found
