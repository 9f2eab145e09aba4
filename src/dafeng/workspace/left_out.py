"""What the accounts of the books leave out or what is at odds in them, by reporter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import pyarrow as pa

from dafeng.accounting import outside
from dafeng.findings import Finding
from dafeng.rulebook import Rulebook, in_force, years_of
from dafeng.vocabulary import items
from dafeng.workspace.parts import larger_parts

if TYPE_CHECKING:
    from dafeng.workspace.books import Books

_ACTIVITY = [item.id for item in items().values() if item.kind != "measure"]


def left_out(
    books: Books,
    rules: Rulebook,
    methods: Mapping[tuple[str, str, str, str], list[str]],
    sums: Iterable[tuple[str, pa.Table]],
) -> Iterator[Finding]:
    """Yield what is to be said of the accounts.

    Args:
        books: the ledger, joined to the rules.
        rules: the rulebook.
        methods: the methods by reporter, facility, year and purpose.
        sums: years, each with its totals; see ``larger_parts``.
    """
    yield from _out_of_time(books, rules)
    yield from _two_methods(methods)
    yield from _without_method(books)
    yield from _outside(books)
    yield from _no_value(books)
    yield from larger_parts(sums, books.gaps())


def _out_of_time(books: Books, rules: Rulebook) -> Iterator[Finding]:
    pairs = books.prepared.filter(books.prepared.method != "").select("method", "year").distinct()
    for row in books.fetch(pairs.order_by(["method", "year"])):
        method = rules.method(row["method"])
        if not in_force(method, row["year"]):
            values = {"year": row["year"], "years": years_of(method)}
            yield Finding("method_out_of_time", method.id, values)


def _two_methods(methods: Mapping[tuple[str, str, str, str], list[str]]) -> Iterator[Finding]:
    for (reporter, facility, year, purpose), held in sorted(methods.items()):
        if len(held) > 1:
            values = {"methods": ", ".join(held), "purpose": purpose, "year": year}
            place = f"{reporter} {facility}".strip()
            yield Finding("two_methods", place, values, reporter=reporter)


def _without_method(books: Books) -> Iterator[Finding]:
    lost = books.prepared.filter(books.prepared.method == "").group_by("reporter")
    counts = lost.aggregate(entries=books.prepared.entry.nunique()).order_by("reporter")
    for row in books.fetch(counts):
        who = row["reporter"]
        yield Finding("no_method", who, {"entries": row["entries"]}, reporter=who)


def _outside(books: Books) -> Iterator[Finding]:
    # value added and the like are no activity; that no method counts them needs no word
    held = books.prepared.filter(
        (books.prepared.method != "") & books.prepared.item.isin(_ACTIVITY)
    )
    rows = outside(held, books.rows)
    grouped = rows.group_by(["reporter", "method"]).aggregate(entries=rows.entries.sum())
    for row in books.fetch(grouped.order_by(["reporter", "method"])):
        place, values = f"{row['reporter']} {row['method']}", {"entries": row["entries"]}
        yield Finding("outside_method", place, values, reporter=row["reporter"])


def _no_value(books: Books) -> Iterator[Finding]:
    rows = books.rows.filter(books.rows.grams.isnull())
    grouped = rows.group_by(["reporter", "method", "item", "year"]).aggregate(
        entries=rows.entry.nunique()
    )
    for row in books.fetch(grouped.order_by(["reporter", "method", "year", "item"])):
        values = {"item": items()[row["item"]].name} | {k: row[k] for k in ("entries", "year")}
        place = f"{row['reporter']} {row['method']}"
        yield Finding("no_value", place, values, reporter=row["reporter"])
