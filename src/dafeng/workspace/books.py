"""Accounts of a workspace: its tables handed to the accounting core, and what results."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
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
from dafeng.explain import Node
from dafeng.findings import Finding
from dafeng.rulebook import Rulebook, in_force, years_of
from dafeng.vocabulary import Text, items, period
from dafeng.workspace.figures import UNITS, Account

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
        self._backend = engine.connect()
        schemas = ledger.tables()
        loaded = {
            name: store.load(schemas[name])
            for name in ("entries", "measured", "reporters", "facilities", "assignments")
        }
        for name, rows in loaded.items():
            self._backend.create_table(f"all_{name}", rows)
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
        self._assignments = self.fetch(self._table("assignments"))
        self.prepared = self._prepare()
        self.rows = accounts(rules, self.prepared, self._table("measured"), data_year)

    def accounts(self, reporters: Sequence[str] = (), year: str | None = None) -> list[Account]:
        """Return the totals by reporter, facility, method and year, each with its tree."""
        rows = self._chosen(self.rows, reporters, year)
        sums = totals(rows, ("reporter", "year"))
        found = self.fetch(sums.order_by(list(KEY)))
        detail: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        for row in self.fetch(rows):
            row["source"] = self._place(row)
            key = tuple(row[k] for k in KEY)
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
        return [
            *self._out_of_time(),
            *self._two_methods(),
            *self._without_method(),
            *self._outside(),
            *self._no_value(),
            *(finding for gaps in self.gaps().values() for finding in gaps),
        ]

    def _account(
        self, row: dict[str, Any], detail: dict[tuple[str, ...], list[dict[str, Any]]]
    ) -> Account:
        key = tuple(row[k] for k in KEY)
        method = self._rules.method(row["method"])
        children = account_tree(self._rules, method, detail[key], self._measured)
        grams = row["grams"] if method.complete else None
        flags = ("partial",) if row["without_value"] else ()
        if (row["reporter"], row["year"]) in self.gaps():
            flags = (*flags, "months_missing")
        name = self._names.get(row["reporter"], Text(zh=row["reporter"], en=row["reporter"]))
        tree = Node(
            "figure",
            "/".join(("account", *key)),
            Text(
                zh=f"{name.zh} {row['year']} {method.title.zh}",
                en=f"{name.en} {row['year']} {method.title.en}",
            ),
            grams,
            UNITS[row["measure"]],
            flags=flags if method.complete else (*flags, "incomplete_method"),
            detail=method.our_reading,
            children=children,
        )
        return Account(
            row["reporter"],
            row["facility"],
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

    @cache  # noqa: B019  a workspace opens few books, and they live as long as the command
    def gaps(self) -> dict[tuple[str, str], list[Finding]]:
        """Find the months that a series lacks inside its span, by reporter and year.

        They are in no sum: not reported is not zero.
        """
        found: dict[tuple[str, str], list[Finding]] = {}
        for gap in ledger.check_entries(engine.fetch(self._backend, self._entries)):
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
        batch, _, line = row["entry"].partition(".")
        return f"{self._files.get(batch, batch)}:{int(line)} · {row['source']}"

    def _prepare(self) -> ir.Table:
        entries = self._entries = self._table("entries")
        labels = [row["period"] for row in self.fetch(entries.select("period").distinct())]
        years = sorted({period(label).year for label in labels})
        spread = spread_assignments(self._assignments, years)
        self._methods = _methods(spread)
        assigned = ibis.memtable(spread)
        rows = prepare(
            self._rules, entries, self._table("reporters"), self._table("facilities"), assigned
        )
        return self._backend.create_table("prepared", rows, temp=True)

    def _table(self, name: str) -> ir.Table:
        """Return what counts today of a table of the books."""
        rows = self._backend.table(f"all_{name}")
        return ledger.current(rows) if name == "entries" else ledger.newest(rows, _KEYS[name])

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
