"""Totals of the accounts as figures, beside what others published."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from dafeng.explain import Node, figure_id
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
        tree: how it came about.
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
    tree: Node
    published: Figure | None = None

    @property
    def difference(self) -> float | None:
        """This total over the published figure, less one; ``None`` where there is none."""
        if self.published is None or self.grams is None or not self.published.value:
            return None
        return self.grams / (self.published.value * factor(self.published.unit, "g")) - 1

    @property
    def mark(self) -> str:
        """The worst mark of what it rests on."""
        return self.tree.worst

    @property
    def name(self) -> str:
        """Name of the figure: the measure, and what is kept apart."""
        return f"{self.measure}.{self.memo}" if self.memo else self.measure

    @property
    def scope(self) -> str:
        """Whose total, by which method."""
        place = f"{self.reporter}.{self.facility}" if self.facility else self.reporter
        return f"{place}~{self.method}"

    @property
    def figure(self) -> str:
        """Id of the figure."""
        return figure_id("account", self.name, self.scope, self.year, self.tree)


@dataclass(frozen=True)
class Accounts:
    """The totals of a ledger and what they leave out."""

    lines: tuple[Account, ...]
    findings: tuple[Finding, ...]

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
