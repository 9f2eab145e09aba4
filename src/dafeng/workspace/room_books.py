"""What the books of reporters say of a region: use, what may leave it, growth, and coverage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, localcontext
from typing import TYPE_CHECKING, Any

from dafeng.budget import DIGITS, Amount, Coverage, Known, MetricTerm, Rate, exclusions
from dafeng.explain import Node, condensed
from dafeng.indicators import Roll, Sum, Total, Wanted, sum_lines, within
from dafeng.vocabulary import Text, regions
from dafeng.workspace.books import Books
from dafeng.workspace.reporters import VALUE_ADDED, value_added_totals
from dafeng.workspace.sums import reporter_sums

if TYPE_CHECKING:
    from dafeng.workspace import Workspace

Row = dict[str, Any]


class RoomBooks:
    """The reporters of a workspace as regions; the ledger is joined to the rules once.

    Args:
        ws: the workspace.
        metric: what is summed.
        region: the region that holds all that are asked for.
        beside: the same region by another metric, whose ledger and growth are the same.

    Attributes:
        books: the ledger joined to the rules.
        added: value added of the reporters.
        grown: (region, last year) → growth of value added, as far as it was asked for.
    """

    books: Books
    added: Sequence[Total]
    grown: dict[tuple[str, int], dict[int, Rate]]

    def __init__(
        self, ws: Workspace, metric: MetricTerm, region: str, beside: RoomBooks | None = None
    ) -> None:
        self._metric = metric
        self.books = beside.books if beside else Books(ws.store, ws.rules)
        self.tables = {name: ws.rows(name) for name in ("lists", "projects")}
        listed = next(e for e in exclusions().values() if e.list).list
        measure = metric.reporters.use
        self.wanted = Wanted(measure=measure, without=listed)  # type: ignore[arg-type]
        self.roll, rows = reporter_sums(self.books, self.tables, self.wanted)
        self._listed = [row for row in rows if row["excluded"]]
        self._rows = gross(rows)
        self.added = beside.added if beside else value_added_totals(self.books, region)
        self.grown = beside.grown if beside else {}

    def known(self, region: str, last: int) -> Known:
        """Return what is known of a region up to a year."""
        wanted = replace(self.wanted, region=region, without=None)
        lines, _ = sum_lines(wanted, self.roll, self._rows)
        held = [line for line in lines if line.year <= last and line.grams is not None]
        use = {line.year: used(line, region, str(line.year)) for line in held}
        covered = {
            line.year: Coverage(line.expected, line.reported, line.complete) for line in held
        }
        apart = {("listed", year): self._off(region, year) for year in use}
        for line in held:
            apart["feedstock", line.year] = Amount(
                line.feedstock, feedstock_node(line.feedstock, line.tree)
            )
        return Known(use, apart, self._growth(region, last), covered)

    def moved(self, region: str, base_year: int, year: int) -> tuple[int, int]:
        """Return how many reporters have value added in the later year only, and the earlier."""
        then, now = (
            {
                total.reporter
                for total in self.added
                if total.year == when
                and within(self.roll.reporters[total.reporter]["region"], region)
            }
            for when in (base_year, year)
        )
        return len(now - then), len(then - now)

    def at(self, region: str) -> int:
        """Return how many reporters lie in a region itself and in none below it."""
        return sum(row["region"] == region for row in self.roll.reporters.values())

    def _off(self, region: str, year: int) -> Amount:
        held = [
            row
            for row in self._listed
            if row["year"] == year
            and within(self.roll.reporters[row["reporter"]]["region"], region)
        ]
        return self.listed(held, region, str(year))

    def listed(self, held: list[Row], region: str, when: str) -> Amount:
        """Return what some rows of reporters have taken off for listed projects."""
        total = sum(row["excluded"] for row in held)
        title = Text(zh=f"单列项目 {when}", en=f"listed projects, {when}")
        children = (
            Node(
                "account",
                f"listed/{row['reporter']}/{when}",
                self.roll.name(row["reporter"]),
                row["excluded"],
                self._metric.unit,
                row["mark"],
            )
            for row in held
        )
        ref = f"listed/{region}/{when}"
        node = Node("account", ref, title, total, self._metric.unit, children=condensed(children))
        return Amount(total, node)

    def _growth(self, region: str, last: int) -> dict[int, Rate]:
        """Return growth of value added at constant prices; two price bases give none."""
        if (region, last) not in self.grown:
            self.grown[region, last] = self._rates(region, last)
        return self.grown[region, last]

    def _rates(self, region: str, last: int) -> dict[int, Rate]:
        years: dict[int, list[Total]] = defaultdict(list)
        for total in self.added:
            if total.year <= last and within(self.roll.reporters[total.reporter]["region"], region):
                years[total.year].append(total)
        pairs = [y for y in years if y - 1 in years and _comparable(years[y - 1], years[y])]
        wanted = {year for pair in pairs for year in (pair - 1, pair)}
        nodes = {year: _sum_node(year, years[year], self.roll) for year in wanted}
        return {year: _rate(year, years, nodes) for year in pairs}


def used(line: Sum, region: str, when: str) -> Amount:
    """Return a sum of reporters as the use of a region."""
    name = regions()[region].name
    title = Text(
        zh=f"{name.zh}{when}用量（报告主体之和）", en=f"use of {name.en}, {when} (sum of reporters)"
    )
    return Amount(line.grams or 0, replace(line.tree, label=title))


def gross(rows: Iterable[Row]) -> list[Row]:
    """Return sums by reporter with what was taken off for listed projects put back."""
    return [row | {"grams": row["grams"] + row["excluded"], "excluded": 0} for row in rows]


def _comparable(before: Iterable[Total], now: Iterable[Total]) -> bool:
    held = [*before, *now]
    return len({total.price_basis for total in held}) == 1 and sum(t.amount for t in before) > 0


def _rate(year: int, years: Mapping[int, list[Total]], nodes: Mapping[int, Node]) -> Rate:
    before, now = years[year - 1], years[year]
    then, current = (int(sum(total.amount for total in held)) for held in (before, now))
    with localcontext() as context:
        context.prec = DIGITS
        value = Decimal(current) / Decimal(then) - 1
    counts = Text(
        zh=f"增加值 {current} ÷ {then} − 1；两年分别有 {len(now)}、{len(before)} 家",
        en=f"value added {current} / {then} − 1; {len(now)} and {len(before)} reporters",
    )
    node = Node(
        "formula",
        f"growth/{year}",
        Text(zh=f"{year}年实际增速", en=f"actual growth of {year}"),
        float(value * 100),
        "%",
        detail=counts,
        children=(nodes[year - 1], nodes[year]),
    )
    return Rate(value, node)


def _sum_node(year: int, held: list[Total], roll: Roll) -> Node:
    children = condensed(
        Node(
            "account",
            f"{VALUE_ADDED}/{total.reporter}/{year}",
            roll.name(total.reporter),
            total.amount,
            "yuan",
            total.mark,
            total.flags,
        )
        for total in held
    )
    title = Text(zh=f"增加值 {year}", en=f"value added {year}")
    whole = int(sum(total.amount for total in held))
    return Node("account", f"{VALUE_ADDED}/{year}", title, whole, "yuan", children=children)


def feedstock_node(grams: int, tree: Node) -> Node:
    """Return the feedstock in a sum of reporters, which the sum keeps apart."""
    title = Text(zh="其中：原料用能", en="of which feedstock")
    return Node("account", f"feedstock/{tree.ref}", title, grams, tree.unit, tree.worst)
