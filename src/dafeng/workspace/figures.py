"""Totals of the accounts as figures, beside what others published."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import pyarrow as pa

from dafeng.accounting import Footing
from dafeng.explain import Node, content_hash, figure_id
from dafeng.findings import Finding
from dafeng.rulebook import Rulebook
from dafeng.statistics import Figure, combine
from dafeng.vocabulary import Fault, Text, factor

UNITS = {"emission": "gCO2e", "energy": "gce"}


@dataclass(frozen=True)
class Account:
    """A total of the accounts: of a reporter as a whole, or of one facility of it.

    Attributes:
        facility: empty for the reporter as a whole; the two are never added.
        grams: whole g CO2e or g standard coal; ``None`` where the method refuses totals.
        without_value: entries whose amount is unknown and not in ``grams``.
        title: whose total, of which year, by which method.
        said: flags of the total itself.
        footing: what it rests on.
        grow: gives its tree.
        published: what somebody else published for the same thing.
    """

    reporter: str
    facility: str
    method: str
    boundary: str
    boundary_name: Text
    measure: str
    memo: str
    year: str
    grams: int | None
    entries: int
    without_value: int
    title: Text
    said: tuple[str, ...]
    footing: Footing = field(repr=False, compare=False)
    grow: Callable[[], Node] = field(repr=False, compare=False)
    published: Figure | None = None

    @cached_property
    def tree(self) -> Node:
        """How it came about; grown when it is asked for."""
        return self.grow()

    @property
    def unit(self) -> str:
        """Unit of ``grams``."""
        return UNITS[self.measure]

    @property
    def flags(self) -> tuple[str, ...]:
        """Flags of the total and of all that it rests on, sorted."""
        return tuple(sorted(self.footing.flags | set(self.said)))

    @property
    def hash(self) -> str:
        """Content hash over its inputs and rules; not over words or clauses."""
        own = (self.reporter, self.facility, self.year, self.method, self.measure, self.memo)
        return content_hash([repr((own, self.grams, self.said)), *self.footing.contents])

    @property
    def inputs(self) -> dict[str, Any]:
        """What went in, by id: quantities of entries, values of parameters, formulas."""
        entries = (f"entry/{entry}" for entry in self.footing.entries.to_pylist())
        quantities = self.footing.quantities.to_pylist()
        return dict(zip(entries, quantities, strict=True)) | self.footing.inputs

    @property
    def difference(self) -> float | None:
        """This total over the published figure, less one; ``None`` where there is none."""
        if self.published is None or self.grams is None or not self.published.value:
            return None
        return self.grams / (self.published.value * factor(self.published.unit, "g")) - 1

    @property
    def mark(self) -> str:
        """The worst mark of what it rests on."""
        return self.footing.mark

    @property
    def name(self) -> str:
        """Name of the figure: the measure, and what is kept apart."""
        return f"{self.measure}.{self.memo}" if self.memo else self.measure

    @property
    def scope(self) -> str:
        """Whose total, by which method."""
        place = f"{self.reporter}.{self.facility}" if self.facility else self.reporter
        return f"{place}~{self.method}"

    @cached_property
    def figure(self) -> str:
        """Id of the figure."""
        return figure_id("account", self.name, self.scope, self.year, self)


@dataclass(frozen=True)
class Accounts:
    """The totals of a ledger and what they leave out.

    Attributes:
        findings: about the reporters asked for and about the books as a whole.
        others: how many are about other reporters, as a notice; empty where none is.
    """

    lines: tuple[Account, ...]
    findings: tuple[Finding, ...]
    others: tuple[Finding, ...] = ()

    def find(self, name: str, scope: str, year: str) -> Account:
        """Return the total that an id without its hash names.

        Raises:
            Fault: ``unknown_figure``.
        """
        for line in self.lines:
            if (line.name, line.scope, line.year) == (name, scope, year):
                return line
        raise Fault("unknown_figure", label=f"account:{name}:{scope}:{year}")

    def table(self) -> pa.Table:
        """Return the totals as a table with the unit in the column names.

        ``emission_gco2e`` and ``energy_gce`` are whole grams (int64), null where the method
        refuses totals or measures the other.
        """
        words = ("reporter", "facility", "year", "method", "boundary", "memo", "mark", "figure")
        counts = ("entries", "without_value")
        grams = {measure: f"{measure}_{unit.lower()}" for measure, unit in UNITS.items()}
        schema = pa.schema(
            [(name, pa.string()) for name in words]
            + [(name, pa.int64()) for name in (*counts, *grams.values())]
        )
        rows = [
            {name: getattr(line, name) for name in (*words, *counts)}
            | {grams[line.measure]: line.grams}
            for line in self.lines
        ]
        return pa.Table.from_pylist(rows, schema)


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
