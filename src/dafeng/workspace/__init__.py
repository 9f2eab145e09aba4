"""What a person opens: a folder with books and plans, and the verbs on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from dafeng import explain as trees
from dafeng import indicators, ledger, plan, rulebook, statistics
from dafeng.findings import Finding, about, has_errors
from dafeng.gate import limiting, matters, supervision_tables
from dafeng.portfolio import tables as portfolio_tables
from dafeng.vocabulary import Fault, TableSchema, period
from dafeng.vocabulary import below as inside
from dafeng.workspace import budgeting
from dafeng.workspace.barometer import Readings, barometer
from dafeng.workspace.boards import BoardOfBooks
from dafeng.workspace.books import Books
from dafeng.workspace.decompose import Asked, FaultyFile, decompose
from dafeng.workspace.door import door_check
from dafeng.workspace.explained import Finder, found_by
from dafeng.workspace.figures import Account, Accounts, beside_published
from dafeng.workspace.firm_amounts import amounts_of
from dafeng.workspace.gate import AskedGate, gate, gate_file, gate_list
from dafeng.workspace.grade_firms import grade_firms
from dafeng.workspace.grade_kept import keep_graded, keep_shown, shown_tree
from dafeng.workspace.grade_lines import Used, grade_lines
from dafeng.workspace.graded import FromBooks, Share, Unscaled
from dafeng.workspace.grades import grade_books
from dafeng.workspace.kept import Kept
from dafeng.workspace.nowcast import nowcast_of
from dafeng.workspace.outlook import open_history, open_scenario
from dafeng.workspace.paths import paths_of
from dafeng.workspace.portfolio import retrofit_limits, retrofits
from dafeng.workspace.preview import Moved, Preview, preview
from dafeng.workspace.projected import keep_outlook, keep_statements
from dafeng.workspace.results import Board, Explanation, Imported
from dafeng.workspace.room import AskedRoom, Rooms, rooms
from dafeng.workspace.store import Config, Store
from dafeng.workspace.sums import sums
from dafeng.workspace.supervision import Swept, supervise
from dafeng.workspace.supervision_classes import Firm, classes_of

__all__ = [
    "Account",
    "Accounts",
    "AskedGate",
    "AskedRoom",
    "Board",
    "Explanation",
    "FaultyFile",
    "Firm",
    "FromBooks",
    "Imported",
    "Moved",
    "Preview",
    "Readings",
    "Rooms",
    "Share",
    "Swept",
    "Unscaled",
    "Used",
    "Workspace",
    "amounts_of",
    "barometer",
    "budgeting",
    "classes_of",
    "gate",
    "gate_file",
    "gate_list",
    "grade_books",
    "grade_firms",
    "grade_lines",
    "keep_graded",
    "keep_outlook",
    "keep_shown",
    "keep_statements",
    "nowcast_of",
    "open_history",
    "open_scenario",
    "paths_of",
    "retrofit_limits",
    "retrofits",
    "rooms",
    "supervise",
]

FORMAT = 1
Progress = Callable[[str, int, int], None]


class Workspace:
    """A workspace folder.

    Example:
        >>> ws = Workspace.create(Path("demo"))  # doctest: +SKIP
        >>> ws.board(as_of="2023").lines         # doctest: +SKIP
    """

    def __init__(self, path: Path | str = ".") -> None:
        self.store = Store(Path(path))

    @classmethod
    def create(
        cls,
        path: Path | str,
        *,
        region: str | None = None,
        plan_id: str | None = None,
        synthetic: bool = False,
    ) -> Workspace:
        """Make an empty workspace and open it; a ``synthetic`` one holds fictional reporters."""
        name = Path(path).resolve().name
        config = Config(format=FORMAT, name=name, region=region, plan=plan_id, synthetic=synthetic)
        Store.create(Path(path), config)
        return cls(path)

    @cached_property
    def rules(self) -> rulebook.Rulebook:
        """The rules in use: those that come with Dafeng, under those of this workspace.

        Raises:
            Fault: where an overlay has a fault, with its file and field.
        """
        overlay = self.overlay
        return rulebook.overlaid(overlay) if overlay else rulebook.load()

    @property
    def overlay(self) -> Path | None:
        """The folder ``rules/`` of this workspace, if it has one."""
        folder = self.store.path / "rules"
        return folder if folder.is_dir() else None

    @property
    def plans(self) -> dict[str, plan.Plan]:
        """The plans that come with Dafeng and those of this workspace, by id."""
        return plan.plans(self.store.path / "plans")

    def table(self, name: str) -> pa.Table:
        """Return all rows of a table, with ``entry``, the id of the row.

        Raises:
            Fault: ``unknown_table``.
        """
        return self.store.load(self._schema(name))

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Return what counts today of a table: of rows with the same key the newest.

        Raises:
            Fault: ``unknown_table``.
        """
        return ledger.today(self.table(name).to_pylist(), self._schema(name).key)

    def import_file(
        self,
        file: Path | str,
        *,
        table: str | None = None,
        mapping: Path | str | None = None,
        accept_valid: bool = False,
        progress: Progress | None = None,
    ) -> Imported:
        """Take a file into the books.

        Nothing of a faulty file is taken in unless ``accept_valid``; then the rejected rows are
        written beside it.
        """
        layout = ledger.read_mapping(Path(mapping)) if mapping else None
        name = table or (layout.table if layout else "entries")
        schema = self._schema(name)
        self.store.refuse_known(name, Path(file))
        existing = self.table(name) if name == "entries" else None
        check = door_check(name, self.rules)
        found = ledger.read_table(
            Path(file), schema, layout, progress, existing=existing, also=check
        )
        return self._take(Path(file), name, found, accept_valid=accept_valid)

    def account(
        self,
        *,
        reporters: Sequence[str] = (),
        year: str | None = None,
        data_year: int | None = None,
    ) -> Accounts:
        """Return energy and emissions by reporter, method and year, and what they leave out.

        Args:
            reporters: only these.
            year: only this reporting year.
            data_year: hold regional electricity factors at the data of this year.
        """
        books = Books(self.store, self.rules, data_year)
        published = self.table("statistics").to_pylist()
        found = beside_published(books.accounts(reporters, year), self.rules, published)
        self._kept.add(found)
        own, others = about(books.findings(), reporters, year)
        return Accounts(tuple(found), tuple(own), tuple(others))

    def preview(self, before: rulebook.Rulebook, after: rulebook.Rulebook) -> Preview:
        """Return which figures differ between two rulebooks on these books; nothing is kept.

        Args:
            before: the rules to start from.
            after: the rules that are asked about.
        """
        return preview(self.store, before, after)

    def board(
        self,
        *,
        plan_id: str | None = None,
        region: str | None = None,
        as_of: str | None = None,
        source: str = "statistics",
        below: bool = False,
    ) -> Board:
        """Return the progress of every target of a plan, or of a region's plans.

        Args:
            plan_id: the plan; by default the workspace's own.
            region: all plans of a region, in place of one plan.
            as_of: period up to which figures are used; by default the newest year held.
            source: ``statistics`` (published figures) or ``reporters`` (sums of the books); the
                two are never mixed.
            below: from the books, for the regions right below the owner too. A rate is set against
                the plan's own; a count or an amount has no target there.
        """
        rows = self.table("statistics").to_pylist() if source == "statistics" else []
        held = self.table("statistics" if source == "statistics" else "entries")
        when = as_of or _newest_year(held["period"])
        chosen = self._chosen_plans(plan_id, region, when)
        if source == "reporters":
            books, last = BoardOfBooks(self), period(when).last
            lines = [
                line
                for plan_ in chosen
                for place in (plan_.owner, *(inside(plan_.owner, last) if below else ()))
                for line in books.lines(plan_, when, place)
            ]
        else:
            lines = [line for plan_ in chosen for line in indicators.board(plan_, rows, when)]
        for line in lines:
            self._keep(line.figure, line.tree)
        return Board(when, tuple(lines))

    def sums(self, wanted: indicators.Wanted) -> tuple[list[indicators.Sum], list[Finding]]:
        """Return sums of the reporters, each with its coverage and its tree.

        Args:
            wanted: measure, boundary, lines, and which reporters count.
        """
        tables = {name: self.rows(name) for name in ("lists", "projects", "members")}
        lines, found = sums(Books(self.store, self.rules), tables, wanted)
        for line in lines:
            self._keep(line.figure, line.tree)
        return lines, found

    def split(self, target: str, **wanted: Any) -> indicators.Split | indicators.Promised:
        """Split a target among cities or enterprises, or set their promises against it.

        Args:
            target: id of the target.
            wanted: attributes of ``decompose.Asked``: to, rule, by, base, promises, growth …
        """
        found = decompose(self, Asked(target, **wanted))
        self._keep(found.figure, found.tree)
        return found

    def explain(self, figure: str) -> Explanation:
        """Return the tree behind a figure id; an id without its hash means the newest.

        Raises:
            Fault: ``bad_figure_id``, ``unknown_figure``.
        """
        kind, name, scope, when, digest = trees.parse_figure_id(figure)
        shown = shown_tree(self.store, figure) if digest else None
        if shown is not None:  # it rests on a file that is not held here: it stands as it was
            return Explanation(figure, shown, figure)
        if kind == "account":
            reporter = scope.partition("~")[0].partition(".")[0]
            account = self.account(reporters=[reporter], year=when).find(name, scope, when)
            current, tree, now = account.figure, account.tree, account.inputs
            self._keep(current, tree)
        else:
            own: dict[str, Finder] = {"target": self._line, "sum": self._sum}
            finder = own.get(kind) or partial(found_by(kind, figure), self)
            found = finder(name, scope, when)
            current, tree, now = found.figure, found.tree, trees.inputs(found.tree.to_dict("en"))
        if not digest or figure == current:
            return Explanation(current, tree, figure)
        before = self._inputs(figure)
        changes = trees.difference(before, now) if before else []
        return Explanation(current, tree, figure, tuple(changes), kept=before is not None)

    @property
    def _kept(self) -> Kept:
        return Kept(self.store.path / "figures" / "accounts")

    def _inputs(self, figure: str) -> dict[str, Any] | None:
        """Return what went into a figure that was shown, ``None`` where it is not kept."""
        tree = self.store.kept_figure(figure)
        return self._kept.inputs(figure) or (trees.inputs(tree) if tree else None)

    def _sum(self, name: str, key: str, year: str) -> indicators.Sum:
        lines, _ = self.sums(indicators.wanted_of(name, year))
        for line in lines:
            if (line.key or "all", str(line.year)) == (key, year):
                return line
        raise Fault("unknown_figure", label=f"sum:{name}:{key}:{year}")

    def _line(self, name: str, scope: str, period_: str) -> indicators.Progress:
        plan_id, _, target = name.partition(".")
        place, _, when = scope.partition("~asof-")
        as_of, _, source = when.partition("~")
        period(as_of)
        owned = self._chosen_plans(plan_id, None, as_of)[0]
        if source and place != owned.owner:
            lines: Iterable[indicators.Progress] = BoardOfBooks(self).lines(owned, as_of, place)
        else:
            lines = self.board(plan_id=plan_id, as_of=as_of, source=source or "statistics").lines
        for line in lines:
            if (line.target.id, line.region, line.value_period) == (target, place, period_):
                return line
        raise Fault("unknown_figure", label=f"target:{name}:{scope}")

    def _chosen_plans(self, plan_id: str | None, region: str | None, when: str) -> list[plan.Plan]:
        held = self.plans
        wanted = plan_id or (None if region else self.store.config.plan)
        if wanted is not None:
            if wanted not in held:
                raise Fault("unknown_plan", label=wanted, near=", ".join(held))
            return [held[wanted]]
        place = region or self.store.config.region
        begun = [p for p in held.values() if period(p.period).first <= period(when).last]
        return [p for p in begun if place is None or p.owner == place]

    def _take(self, file: Path, name: str, found: ledger.Import, *, accept_valid: bool) -> Imported:
        faulty = has_errors(found.findings)
        taken = found.table.num_rows if accept_valid or not faulty else 0
        batch = rejected = ""
        if taken:
            if faulty:
                rejected = str(ledger.write_rejected(found, file))
            rows = found.table.append_column("file_row", [found.row])
            batch = self.store.add(name, rows, file, found.counts)
        return Imported(
            name,
            batch,
            taken,
            found.rejected.num_rows,
            rejected,
            found.counts,
            tuple(found.findings),
        )

    def _schema(self, name: str) -> TableSchema:
        """Return a table with the parameters, methods and measures that its columns may name."""
        known = ledger.tables() | statistics.tables() | portfolio_tables() | supervision_tables()
        if name not in known:
            raise Fault("unknown_table", label=name, near=", ".join(known))
        books = self.rules.scales.values() if name in ("lines", "unit_energy") else ()
        match name:
            case "measured":
                column, choices = "parameter", list(self.rules.parameters)
            case "assignments":
                column, choices = "method", list(self.rules.methods)
            case "lines":
                column, choices = "field", sorted({s.id for book in books for s in book.scales})
            case "statistics":
                column, choices = "measure", list(statistics.measures())
            case "orders":
                column, choices = "matter", list(matters())
            case "unit_energy":
                column, choices = "family", limiting(books)
            case _:
                return known[name]
        return known[name].with_choices(column, choices)

    def _keep(self, figure: str, tree: trees.Node) -> None:
        self.store.keep_figure(figure, tree.to_dict("en"))


def _newest_year(periods: pa.ChunkedArray) -> str:
    years = [period(label).year for label in periods.unique().to_pylist()]
    if not years:
        raise Fault("no_figures")
    return str(max(years))
