"""Surcharges on the price of electricity, in yuan, by the formulas of the rulebook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from dafeng.accounting import parameter_node
from dafeng.explain import Node, figure_id
from dafeng.grading.sheets import MARK, SOURCE, WHO, Row, clause_of, column
from dafeng.rulebook import Formula, Rulebook, Step, Value, compute, symbols
from dafeng.vocabulary import Column, Fault, TableSchema, Text, marks

PRICE, RULE = "price", "rule"
AMOUNT, MARKUP, ELECTRICITY = "amount", "markup", "electricity"


@dataclass(frozen=True)
class Charge:
    """What a consumer pays on top, by one formula.

    Attributes:
        formula: edition that it was computed with.
        steps: step → result; ``None`` where something is missing.
        values: symbol → rulebook value; ``None`` where no source shows one.
        assumed: inputs whose default was taken.
        missing: inputs and parameters without a value.
    """

    rules: Rulebook
    formula: Formula
    day: date
    row: Row
    steps: dict[str, Decimal | None]
    values: dict[str, Value | None]
    assumed: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def who(self) -> str:
        """Who pays."""
        return str(self.row[WHO])

    @property
    def amount(self) -> Decimal | None:
        """Yuan, to the cent; ``None`` where it cannot be told."""
        return self.steps[self.formula.steps[-1].id]

    @cached_property
    def tree(self) -> Node:
        """How the amount came about: steps, inputs, rates, clauses."""
        last = self.formula.steps[-1]
        return Node(
            "figure",
            f"price/{self.formula.id}/{self.who}",
            Text(zh=f"{self.who} {last.zh}", en=f"{self.who} {last.en}"),
            _plain(self.amount),
            last.unit,
            flags=() if self.amount is not None else ("not_computed",),
            children=(
                self._step(last),
                clause_of(self.rules, self.formula.document, self.formula.clause),
            ),
        )

    @cached_property
    def figure(self) -> str:
        """Id of the amount."""
        return figure_id(PRICE, self.formula.id, self.who, str(self.day), self.tree)

    def _step(self, step: Step) -> Node:
        children = [self._symbol(name) for name in symbols(step.expression)]
        if step.clause:
            children.append(clause_of(self.rules, self.formula.document, step.clause))
        value = self.steps[step.id]
        said = {
            "our_reading": self.formula.our_reading is not None,
            "not_computed": value is None,
        }
        return Node(
            "formula",
            f"{self.formula.id}.{step.id}/{self.who}",
            Text(zh=step.zh, en=step.en),
            _plain(value),
            step.unit,
            marks().resolve(step.checked or self.formula.checked).id,
            tuple(flag for flag, held in said.items() if held),
            detail=Text(zh=f"公式 {step.expression}", en=f"formula {step.expression}"),
            children=tuple(children),
        )

    def _symbol(self, name: str) -> Node:
        for step in self.formula.steps:
            if step.id == name:
                return self._step(step)
        if name in self.formula.parameters:
            value = self.values[name]
            if value is not None:
                return parameter_node(self.rules, value.id)
            named = self.rules.parameters[self.formula.parameters[name].parameter].name
            return Node("parameter", f"{self.formula.id}.{name}", named, flags=("no_value",))
        return self._input(name)

    def _input(self, name: str) -> Node:
        wanted, cell = self.formula.inputs[name], self.row.get(name)
        assumed = name in self.assumed
        number = wanted.default if assumed else cell
        known = isinstance(number, (int, float))
        return Node(
            "entry",
            f"{self.who}/{name}",
            Text(zh=wanted.zh, en=wanted.en),
            float(number) if isinstance(number, (int, float)) else None,
            wanted.unit or "",
            str(self.row.get(MARK, "")),
            ("assumed",) if assumed else () if known or cell else ("not_reported",),
            source=str(self.row.get(SOURCE, "")),
            detail=Text(zh=str(cell), en=str(cell)) if cell and not known else None,
        )


def formulas_of(rules: Rulebook, wanted: str, day: date, region: str) -> dict[str, Formula]:
    """Return the formulas of prices by family: of one that is named, or of all in force.

    Raises:
        Fault: ``no_edition``, ``unknown_family``, ``edition_out_of_time``.
    """
    if wanted in rules.formulas:
        held = rules.named(rules.formulas, wanted, day)
        return {held.family: held}
    if wanted != PRICE:
        return {wanted: rules.edition(rules.formulas, wanted, day, region)}
    found = {}
    for family in sorted({one.family for one in rules.formulas.values() if is_price(one)}):
        try:
            found[family] = rules.edition(rules.formulas, family, day, region)
        except Fault as fault:
            if fault.code != "no_edition":
                raise
    return found


def is_price(formula: Formula) -> bool:
    """Whether a formula is that of a price."""
    return formula.family.startswith(f"{PRICE}-")


def price_sheet(name: str, rules: Rulebook, formulas: dict[str, Formula]) -> TableSchema:
    """Return the table of consumers that pay by the formulas; classes are those of the rules."""
    inputs = {key: one for f in formulas.values() for key, one in f.inputs.items()}
    cases = {
        ref.case: [
            case
            for f in formulas.values()
            for own in f.parameters.values()
            if own.case == ref.case
            for held in rules.sets_of(own)
            for case in rules.sets[held].cases
        ]
        for f in formulas.values()
        for ref in f.parameters.values()
        if ref.case in f.inputs
    }
    only = next(iter(formulas)) if len(formulas) == 1 else None
    return TableSchema(
        name=name,
        text=Text(
            zh="按差别、阶梯电价计费的用户：每行一个",
            en="consumers that pay a surcharge: a row for each",
        ),
        columns=(
            Column(
                name=WHO,
                type="id",
                required=True,
                key=True,
                text=Text(zh="用户或设备", en="consumer or equipment"),
            ),
            Column(
                name=RULE,
                choices=tuple(formulas),
                default=only,
                required=only is None,
                key=True,
                text=Text(zh="电价规则", en="rule of the price"),
            ),
            *(
                Column(
                    name=key,
                    type="number" if one.unit else "text",
                    choices=tuple(dict.fromkeys(cases.get(key, ()))),
                    key=not one.unit,
                    text=_with_unit(one.zh, one.en, one.unit),
                )
                for key, one in inputs.items()
            ),
            Column(name=MARK, type="mark", default="reported", text=Text(zh="可信度", en="mark")),
        ),
    )


def charge(
    rules: Rulebook, formulas: dict[str, Formula], rows: Sequence[Row], day: date, region: str = ""
) -> list[Charge]:
    """Compute the surcharges of some rows of a price sheet, in their order.

    Raises:
        Fault: ``unknown_case`` for a class that the rule of a row does not know.
    """
    only = next(iter(formulas))
    by_rule: dict[str, list[int]] = {}
    for index, row in enumerate(rows):
        by_rule.setdefault(row.get(RULE) or only, []).append(index)
    found: dict[int, Charge] = {}
    for name, places in by_rule.items():
        formula = formulas[name]
        own = [rows[index] for index in places]
        done = compute(
            rules, formula, {key: list(column(own, key)) for key in formula.inputs}, day, region
        )
        for at, index in enumerate(places):
            steps = {key: _known(held[at]) for key, held in done.steps.items()}
            values = {key: held[at] for key, held in done.values.items()}
            said = (done.assumed[at], done.missing[at])
            found[index] = Charge(rules, formula, day, rows[index], steps, values, *said)
    return [found[index] for index in range(len(rows))]


def _known(value: Any) -> Decimal | None:
    return None if value.is_nan() else Decimal(value)


def _plain(value: Decimal | None) -> float | int | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _with_unit(zh: str, en: str, unit: str | None) -> Text:
    return Text(zh=f"{zh}（{unit}）", en=f"{en} ({unit})") if unit else Text(zh=zh, en=en)
