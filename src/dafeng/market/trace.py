"""The tree behind an allowance: steps → inputs and parameters → clauses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from dafeng.accounting import clause_node, parameter_node
from dafeng.explain import Node, cut
from dafeng.rulebook import Formula, Rulebook, Step, symbols
from dafeng.vocabulary import Text, marks

DIMENSIONLESS = "1"
Inputs = Callable[[str], Node]
"""Gives the node of an input by its symbol."""


@dataclass(frozen=True)
class Worked:
    """A formula with its results for one unit or enterprise.

    Attributes:
        place: what it was computed for, for the ids of steps.
        steps: results; values: ids of the rulebook values taken.
        inputs: node of an input.
        assumed: inputs whose default was taken.
        shown: symbols that the tree shows already; again they stand without what is below.
    """

    rules: Rulebook
    formula: Formula
    place: str
    steps: Mapping[str, Decimal | None]
    values: Mapping[str, str]
    inputs: Inputs
    assumed: tuple[str, ...] = ()
    shown: set[str] = field(default_factory=set)


def step_tree(worked: Worked, wanted: str) -> Node:
    """Return a step with all that it rests on, and its clause where it has one of its own."""
    step = next(step for step in worked.formula.steps if step.id == wanted)
    children = [_symbol(worked, name) for name in symbols(step.expression)]
    if step.clause:
        children.append(_clause(worked, step.clause))
    return Node(
        "formula",
        f"{worked.formula.id}.{step.id}/{worked.place}",
        Text(zh=step.zh, en=step.en),
        plain(worked.steps[step.id]),
        _shown(step.unit),
        _mark(worked.formula, step),
        _flags(worked, known=worked.steps[step.id] is not None),
        detail=Text(zh=f"公式 {step.expression}", en=f"formula {step.expression}"),
        children=tuple(children),
    )


def plain(value: Decimal | None) -> float | int | None:
    """Return a result for a tree: whole numbers stay whole."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def figure_tree(worked: Worked, wanted: Sequence[str], label: Text, mark: str = "") -> Node:
    """Return a figure: the first wanted step, what the others add, the clause of the formula.

    Args:
        worked: the formula with its results.
        wanted: steps; the value is that of the first.
        label: name of the figure.
        mark: mark of the row that it speaks of.
    """
    steps = [_symbol(worked, name) for name in wanted]
    first = steps[0]
    return Node(
        "figure",
        f"allowance/{worked.place}",
        label,
        first.value,
        first.unit,
        mark,
        first.flags,
        children=(*steps, _clause(worked, worked.formula.clause)),
    )


def given(
    place: str, name: Text, value: Any, unit: str | None, mark: str, source: str = ""
) -> Node:
    """Return an input that a table gave."""
    number = plain(value) if isinstance(value, Decimal) else None
    flags = () if value is not None else ("not_reported",)
    said = Text(zh=str(value), en=str(value)) if isinstance(value, str) else None
    return Node("entry", place, name, number, _shown(unit), mark, flags, source=source, detail=said)


def _symbol(worked: Worked, name: str) -> Node:
    again = name in worked.shown
    worked.shown.add(name)
    node = _node(worked, name)
    return cut(node, 0) if again else node


def _node(worked: Worked, name: str) -> Node:
    if name in worked.steps:
        return step_tree(worked, name)
    if name in worked.formula.parameters:
        if name in worked.values:
            return parameter_node(worked.rules, worked.values[name])
        missing = worked.rules.parameters[worked.formula.parameters[name].parameter].name
        return Node("parameter", f"{worked.formula.id}.{name}", missing, flags=("no_value",))
    return worked.inputs(name)


def _clause(worked: Worked, cited: str) -> Node:
    return clause_node(
        worked.rules, cited if "/" in cited else f"{worked.formula.document}/{cited}"
    )


def _shown(unit: str | None) -> str:
    """Return a unit as people write it: a plain number has none."""
    return unit if unit and unit != DIMENSIONLESS else ""


def _mark(formula: Formula, step: Step) -> str:
    return marks().resolve(step.checked or formula.checked).id


def _flags(worked: Worked, *, known: bool) -> tuple[str, ...]:
    held = {
        "draft": worked.rules.is_draft(worked.formula),
        "our_reading": worked.formula.our_reading is not None,
        "assumed": bool(worked.assumed),
        "not_computed": not known,
    }
    return tuple(flag for flag, is_set in held.items() if is_set)
