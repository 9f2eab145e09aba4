"""Allowances of a sector: units, adjustments, enterprises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from dafeng.explain import Node, figure_id
from dafeng.findings import Finding
from dafeng.market.apart import INITIAL, VERIFIED, set_apart, sum_of
from dafeng.market.balance import OBLIGATION, UNROUNDED, solve
from dafeng.market.results import Adjustment, Allocation, Balance, Line, Steps, Total
from dafeng.market.sectors import Sector, edition, sector
from dafeng.market.trace import Worked, figure_tree, given, plain
from dafeng.market.units import Unit, check_units, unread
from dafeng.rulebook import Computed, Formula, Rulebook, compute
from dafeng.vocabulary import Fault, Period, Text, period

ALLOWANCE, BALANCE = "allowance", "balance"


def allocate(
    rules: Rulebook,
    wanted: str,
    year: int,
    units: Sequence[Mapping[str, Any]] | Any,
    *,
    draft: bool = False,
    balance: Decimal | float | str | None = None,
) -> Allocation:
    """Compute the allowances of a sector.

    Args:
        rules: the rulebook.
        wanted: sector: ``power``, ``steel``, ``cement`` or ``aluminium``.
        year: year of the emissions.
        units: rows of the sector's unit table (dictionaries, or an Arrow table): ``enterprise``,
            ``unit``, and the inputs that the formulas of the year ask for, in their units.
        draft: use a draft where there is no final text for the year.
        balance: published balance value of the industry; by default it is solved over the units.

    Raises:
        Fault: ``only_draft``, ``no_edition``, ``unknown_market_sector``, ``missing_input``,
        ``unknown_case``, ``no_balance``, ``unused_balance``, or the fault of a cell.
    """
    chosen, when = sector(wanted), period(str(year))
    rows, apart = set_apart(rules, chosen, when, check_units(chosen.id, units), draft=draft)
    work = _Work(rules, chosen, when, draft)
    lines, found = work.unit_lines(rows, balance)
    if balance is not None and found is None:
        raise Fault("unused_balance", f"{wanted} {year}")
    totals = work.totals(lines)
    order = {(row.enterprise, row.unit): place for place, row in enumerate(rows)}
    lines.sort(key=lambda line: order[line.enterprise, line.unit])
    findings = [*unread(chosen.id, units), *apart]
    if draft:
        findings += _without_draft(rules, f"{wanted} {year}", [*lines, *totals])
    pairs = zip(lines, rows, strict=True)
    findings += [_lacking(line, row) for line, row in pairs if line.allowance is None]
    if found is not None and found.solved:
        values = {"value": f"{found.value:.6f}", "units": found.units}
        findings.append(Finding("balance_solved", f"{wanted} {year}", values))
    adjustments = [*_adjustments(chosen, lines), *_adjustments(chosen, totals)]
    return Allocation(
        wanted, year, tuple(lines), tuple(adjustments), tuple(totals), found, tuple(findings)
    )


@dataclass(frozen=True)
class _Work:
    """What all parts of an allocation share."""

    rules: Rulebook
    sector: Sector
    when: Period
    draft: bool

    def unit_lines(
        self, rows: list[Unit], balance: Decimal | float | str | None
    ) -> tuple[list[Line], Balance | None]:
        groups: dict[str, list[Unit]] = {}
        for row in rows:
            groups.setdefault(self.sector.family(row.cells), []).append(row)
        lines: list[Line] = []
        found = None
        for family, members in groups.items():
            formula = edition(self.rules, family, self.when.last, draft=self.draft)
            columns = _columns(formula, members, self.sector.balance)
            common: Balance | None = None
            if self.sector.balance in formula.inputs:
                common = found = self._balance(formula, columns, balance)
                value = common.value if common else None
                columns[str(self.sector.balance)] = [value] * len(members)
            computed = compute(self.rules, formula, columns, self.when)
            lines += [
                self._line(formula, row, place, computed, common)
                for place, row in enumerate(members)
            ]
        return lines, found

    def _balance(
        self, formula: Formula, columns: dict[str, list[Any]], published: Any
    ) -> Balance | None:
        """Return the balance value; ``None`` where a unit lacks what it takes to solve it."""
        name = str(self.sector.balance)
        size = len(next(iter(columns.values())))
        if published is None:
            probe = compute(self.rules, formula, {**columns, name: [1] * size}, self.when)
            if any(probe.missing) or any(value.is_nan() for value in probe.steps[UNROUNDED]):
                return None
            value = +solve(self.rules, formula, name, columns, self.when)
        else:
            value = _positive(published, name)
        held = compute(self.rules, formula, {**columns, name: [value] * size}, self.when).steps
        whole = [row for row in range(size) if not held[UNROUNDED][row].is_nan()]
        sums = (sum((held[s][r] for r in whole), Decimal(0)) for s in _SUMMED)
        return Balance(value, formula.inputs[name].unit or "", published is None, len(whole), *sums)

    def _line(
        self, formula: Formula, row: Unit, place: int, computed: Computed, common: Balance | None
    ) -> Line:
        steps = _steps(computed, place)
        values = _values(computed, place)
        where = f"{row.enterprise}/{row.unit}"

        def node(name: str) -> Node:
            wanted = formula.inputs[name]
            text = Text(zh=wanted.zh, en=wanted.en)
            if name == self.sector.balance:
                return _balance_node(self.sector, self.when, text, common)
            cell = row.cells.get(name)
            ref = f"input/{where}/{name}"
            if name in row.derived:
                return _derived(ref, text, cell, wanted.unit, row.mark)
            return given(ref, text, cell, wanted.unit, row.mark, row.source)

        worked = Worked(self.rules, formula, where, steps, values, node, computed.assumed[place])
        label = Text(
            zh=f"{row.enterprise} {row.unit} {self.when.text}年度{self.sector.zh}配额",
            en=f"{row.enterprise} {row.unit} {self.sector.en} allowance {self.when.text}",
        )
        tree = figure_tree(worked, (ALLOWANCE, OBLIGATION), label, row.mark)
        return Line(
            row.enterprise,
            row.unit,
            formula,
            steps,
            values,
            _whole(steps[ALLOWANCE]),
            steps[OBLIGATION],
            computed.assumed[place],
            computed.missing[place],
            self._figure(f"{row.enterprise}~{row.unit}", tree),
            tree,
        )

    def totals(self, lines: list[Line]) -> list[Total]:
        formula = edition(self.rules, self.sector.enterprise, self.when.last, draft=self.draft)
        members: dict[str, list[Line]] = {}
        for line in lines:
            members.setdefault(line.enterprise, []).append(line)
        columns = {
            INITIAL: [sum_of([line.allowance for line in held]) for held in members.values()],
            VERIFIED: [sum_of([line.obligation for line in held]) for held in members.values()],
        }
        computed = compute(self.rules, formula, columns, self.when)
        return [
            self._total(formula, name, held, computed, place)
            for place, (name, held) in enumerate(members.items())
        ]

    def _total(
        self, formula: Formula, name: str, held: list[Line], computed: Computed, place: int
    ) -> Total:
        steps = _steps(computed, place)
        branch = {INITIAL: 0, VERIFIED: 1}  # allowance and obligation of a unit's tree
        sums = {
            INITIAL: sum_of([line.allowance for line in held]),
            VERIFIED: sum_of([line.obligation for line in held]),
        }

        def node(symbol: str) -> Node:
            wanted = formula.inputs[symbol]
            return Node(
                "formula",
                f"{formula.id}.{symbol}/{name}",
                Text(zh=wanted.zh, en=wanted.en),
                plain(sums[symbol]),
                wanted.unit or "",
                flags=() if sums[symbol] is not None else ("not_computed",),
                children=tuple(_branch(line, branch[symbol]) for line in held),
            )

        worked = Worked(self.rules, formula, name, steps, _values(computed, place), node)
        label = Text(
            zh=f"{name} {self.when.text}年度{self.sector.zh}配额",
            en=f"{name} {self.sector.en} allowance {self.when.text}",
        )
        tree = figure_tree(worked, (ALLOWANCE, OBLIGATION, BALANCE), label)
        lacking = [line.unit for line in held if None in (line.allowance, line.obligation)]
        return Total(
            name,
            formula,
            steps,
            _whole(steps[ALLOWANCE]),
            _whole(steps[OBLIGATION]),
            _whole(steps[BALANCE]),
            tuple(lacking),
            self._figure(name, tree),
            tree,
        )

    def _figure(self, scope: str, tree: Node) -> str:
        return figure_id("allowance", self.sector.id, scope, self.when.text, tree)


_SUMMED = (OBLIGATION, UNROUNDED, ALLOWANCE)
"""Steps that a balance value is reported with, in the order of its fields."""


def _columns(formula: Formula, members: list[Unit], common: str | None) -> dict[str, list[Any]]:
    """Return the inputs of a formula; a column that no unit has is named."""
    columns = {}
    for name, wanted in formula.inputs.items():
        if name == common:
            continue
        if wanted.default is None and not any(name in row.cells for row in members):
            label = Text(zh=f"{name}（{wanted.zh}）", en=f"{name} ({wanted.en})")
            raise Fault("missing_input", members[0].source, label=label, rule=formula.title)
        columns[name] = [row.cells.get(name) for row in members]
    return columns


def _steps(computed: Computed, place: int) -> Steps:
    return {
        name: None if column[place].is_nan() else column[place]
        for name, column in computed.steps.items()
    }


def _values(computed: Computed, place: int) -> dict[str, str]:
    found = {symbol: column[place] for symbol, column in computed.values.items()}
    return {symbol: value.id for symbol, value in found.items() if value is not None}


def _whole(value: Decimal | None) -> int | None:
    return None if value is None else int(value)


def _positive(value: Any, name: str) -> Decimal:
    try:
        found = Decimal(str(value))
    except InvalidOperation as error:
        raise Fault("bad_number", name, label=value) from error
    if not found.is_finite():
        raise Fault("bad_number", name, label=value)
    if not found > 0:
        raise Fault("out_of_range", name, label=value, low=0, high="…")
    return found


def _branch(line: Line, place: int) -> Node:
    """Return a unit's figure with one of its steps: allowance (0) or obligation (1)."""
    step = line.tree.children[place]
    return replace(line.tree, ref=line.figure, value=step.value, unit=step.unit, children=(step,))


def _balance_node(of: Sector, when: Period, text: Text, common: Balance | None) -> Node:
    ref = f"balance/{of.id}/{when.text}"
    if common is None:
        return Node("assumption", ref, text, flags=("not_computed",))
    flags = ("solved",) if common.solved else ()
    detail = Text(
        zh=f"由表中 {common.units} 个单元求得" if common.solved else "已公布或给定",
        en=f"solved over the {common.units} units given" if common.solved else "as given",
    )
    return Node("assumption", ref, text, float(common.value), common.unit, "", flags, detail=detail)


def _derived(ref: str, text: Text, cell: Any, unit: str | None, mark: str) -> Node:
    node = given(ref, text, cell, unit, mark)
    why = Text(zh="由企业排放量得出", en="follows from the emissions of the enterprise")
    said = node.detail and Text(zh=f"{cell}，{why.zh}", en=f"{cell}, which {why.en}")
    return replace(node, kind="formula", detail=said or why)


def _without_draft(rules: Rulebook, place: str, worked: Sequence[Line | Total]) -> list[Finding]:
    """Return a notice where a draft was allowed and none was needed."""
    if any(rules.is_draft(one.formula) for one in worked):
        return []
    used = dict.fromkeys(one.formula.document for one in worked)
    titles = [rules.documents[document].title for document in used]
    said = Text(zh="》《".join(t.zh for t in titles), en="; ".join(t.en for t in titles))
    return [Finding("final_text_used", place, {"title": said})]


def _lacking(line: Line, row: Unit) -> Finding:
    """Say what a unit without an allowance lacks, or which of its figures no rule speaks of."""
    names = {name: Text(zh=i.zh, en=i.en) for name, i in line.formula.inputs.items()}
    held = [name for name in line.missing if row.cells.get(name) is not None]
    said = [names.get(name, Text(zh=name, en=name)) for name in held or line.missing]
    place = f"{line.enterprise}/{line.unit}"
    if not held:
        missing = Text(zh="、".join(t.zh for t in said), en=", ".join(t.en for t in said))
        return Finding("no_allowance", place, {"missing": missing})
    pairs = [(text, _said(row.cells[name])) for text, name in zip(said, held, strict=True)]
    strange = Text(
        zh="、".join(f"{text.zh} {value}" for text, value in pairs),
        en=", ".join(f"{text.en} {value}" for text, value in pairs),
    )
    return Finding("no_intensity", place, {"given": strange})


def _said(cell: Any) -> str:
    return f"{cell.normalize():,f}" if isinstance(cell, Decimal) else str(cell)


def _adjustments(chosen: Sector, of: Sequence[Line] | Sequence[Total]) -> list[Adjustment]:
    found = []
    for one in of:
        for step in one.formula.steps:
            tonnes = one.steps[step.id]
            if step.id in chosen.adjustments and tonnes:
                unit = one.unit if isinstance(one, Line) else ""
                clause = f"{one.formula.document}/{step.clause or one.formula.clause}"
                title = Text(zh=step.zh, en=step.en)
                found.append(Adjustment(one.enterprise, unit, step.id, title, tonnes, clause))
    return found
