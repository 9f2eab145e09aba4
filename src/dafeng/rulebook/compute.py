"""Formulas of the rulebook on columns, in exact decimals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal, localcontext
from typing import TYPE_CHECKING, Any

from dafeng.rulebook.expressions import evaluate, symbols
from dafeng.rulebook.instruments import Formula, Step
from dafeng.rulebook.limits import Input
from dafeng.rulebook.rulebook import Rulebook, Value
from dafeng.rulebook.schema import Reference
from dafeng.vocabulary import Fault, Period

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Column = NDArray[Any]

PRECISION = 50
"""Digits carried: powers of a factor such as 1.015 stay exact far beyond the last tonne."""

NOTHING = Decimal("NaN")
"""What stands where there is no value; every result that needs it has none either."""

_ROUNDING = {"down": ROUND_DOWN, "half_up": ROUND_HALF_UP}


@dataclass(frozen=True)
class Computed:
    """The lines of a formula for some rows.

    Attributes:
        steps: step → results (Decimal, ``NaN`` where something is missing).
        values: symbol of a parameter → the rulebook value taken in each row, or ``None``.
        assumed: for each row the inputs whose default was taken.
        missing: for each row the inputs that are missing and the parameters without a value.
    """

    steps: dict[str, Column]
    values: dict[str, list[Value | None]]
    assumed: list[tuple[str, ...]]
    missing: list[tuple[str, ...]]


@dataclass(frozen=True)
class Given:
    """Inputs completed by their defaults; see ``Computed`` for ``assumed`` and ``missing``."""

    columns: dict[str, Column]
    assumed: list[tuple[str, ...]]
    missing: list[tuple[str, ...]]


def compute(
    rules: Rulebook,
    formula: Formula,
    columns: Mapping[str, Sequence[Any]],
    when: Period | date,
    region: str = "",
) -> Computed:
    """Compute a formula row by row of its inputs.

    Args:
        rules: where the parameters are looked up.
        formula: the formula.
        columns: input → numbers (in the unit of the input; ``None`` where not given) or case
            names, all of one length.
        when: the period that is calculated, or the day; parameters are those of the last day.
        region: code of the place, for regional parameters.

    Raises:
        Fault: ``missing_column`` where an input without a default is not among the columns,
            ``unknown_case`` for a name that a parameter does not know.
    """
    if isinstance(when, date):
        when = Period(str(when), "day", when, when)
    size = len(next(iter(columns.values()), ()))
    given = complete(formula.inputs, columns, size)
    known = dict(given.columns)
    values: dict[str, list[Value | None]] = {}
    for symbol, ref in formula.parameters.items():
        values[symbol] = _chosen(rules, formula, ref, known, (when, region), size)
        known[symbol] = decimals([v.number if v else None for v in values[symbol]])
    lacking = {symbol: [v is None for v in found] for symbol, found in values.items()}
    steps: dict[str, Column] = {}
    for step in formula.steps:
        steps[step.id] = known[step.id] = run_step(step, known, size)
    missing = [
        (*named, *(symbol for symbol, absent in lacking.items() if absent[row]))
        for row, named in enumerate(given.missing)
    ]
    return Computed(steps, values, given.assumed, missing)


def complete(inputs: Mapping[str, Input], columns: Mapping[str, Sequence[Any]], size: int) -> Given:
    """Return all inputs as columns, with defaults where nothing is given."""
    held: dict[str, Column] = {}
    assumed: list[list[str]] = [[] for _ in range(size)]
    missing: list[list[str]] = [[] for _ in range(size)]
    for name, wanted in inputs.items():
        if name not in columns and wanted.default is None:
            raise Fault("missing_column", label=name)
        found = list(columns.get(name, [None] * size))
        for row, value in enumerate(found):
            if value is None or value == "" or value != value:  # noqa: PLR0124  NaN
                found[row] = wanted.default
                if not wanted.optional:
                    (missing if wanted.default is None else assumed)[row].append(name)
        held[name] = decimals(found) if wanted.unit is not None else texts(found)
        for row in _outside(wanted, held[name]):
            held[name][row] = NOTHING
            missing[row].append(name)
    return Given(held, [tuple(names) for names in assumed], [tuple(names) for names in missing])


def _outside(wanted: Input, column: Column) -> list[int]:
    """Return the rows whose number lies where the rule does not speak."""
    low, high = (None if end is None else Decimal(str(end)) for end in (wanted.low, wanted.high))
    return [
        row
        for row, value in enumerate(column)
        if isinstance(value, Decimal)
        and not value.is_nan()
        and ((low is not None and value < low) or (high is not None and value > high))
    ]


def run_step(step: Step, known: Mapping[str, Column], size: int) -> Column:
    """Evaluate one step and round it as it says; a row that lacks a symbol has no result."""
    import numpy as np  # noqa: PLC0415  heavy

    names = symbols(step.expression)
    whole = np.ones(size, dtype=bool)
    for name in names:
        whole &= np.array([value == value for value in known[name]], dtype=bool)  # noqa: PLR0124
    result = np.full(size, NOTHING, dtype=object)
    if whole.any():
        part = {name: known[name][whole] for name in names}
        result[whole] = rounded(calculate(step.expression, part, int(whole.sum())), step)
    return result


def calculate(expression: str, columns: Mapping[str, Column], size: int) -> Column:
    """Evaluate a formula in exact decimals; a constant formula gives a full column.

    A row in which the formula has no value (a division by zero) gets none; the others keep theirs.
    """
    import numpy as np  # noqa: PLC0415  heavy

    try:
        with localcontext(Context(prec=PRECISION)):
            found = evaluate(expression, columns, Decimal)
    except ArithmeticError:
        if size == 1:
            return decimals([None])
        rows = ({name: column[[i]] for name, column in columns.items()} for i in range(size))
        return np.concatenate([calculate(expression, row, 1) for row in rows])
    whole = np.broadcast_to(np.asarray(found, dtype=object), (size,))
    return np.array([Decimal(value) for value in whole], dtype=object)


def rounded(column: Column, step: Step) -> Column:
    """Round to the digits of a step."""
    import numpy as np  # noqa: PLC0415  heavy

    if step.digits is None:
        return column
    unit, how = Decimal(1).scaleb(-step.digits), _ROUNDING[step.rounding]
    with localcontext(Context(prec=PRECISION)):
        return np.array([value.quantize(unit, how) for value in column], dtype=object)


def decimals(values: Sequence[Any]) -> Column:
    """Return numbers as Decimal by what is printed, so that 0.1 is a tenth; None becomes NaN."""
    import numpy as np  # noqa: PLC0415  heavy

    found = np.empty(len(values), dtype=object)
    found[:] = [NOTHING if value is None else Decimal(str(value)) for value in values]
    return found


def constant(value: Any, size: int) -> Column:
    """Return one number for all rows, as ``decimals`` would."""
    import numpy as np  # noqa: PLC0415  heavy

    return np.full(size, decimals([value])[0], dtype=object)


def texts(values: Sequence[Any]) -> Column:
    """Return names as a column of objects."""
    import numpy as np  # noqa: PLC0415  heavy

    found = np.empty(len(values), dtype=object)
    found[:] = list(values)
    return found


def _chosen(
    rules: Rulebook,
    formula: Formula,
    ref: Reference,
    known: Mapping[str, Column],
    place: tuple[Period, str],
    size: int,
) -> list[Value | None]:
    """Return the value of a parameter for each row; its case may be the name of an input."""
    when, region = place
    cases = list(known[ref.case]) if ref.case in formula.inputs else [ref.case] * size
    found: dict[str | None, Value | None] = {}
    for case in dict.fromkeys(cases):
        if ref.case in formula.inputs and case is not None:
            _check_case(rules, ref, str(case))
        given = case is not None or ref.case is None
        asked = ref.model_copy(update={"case": case})
        choice = rules.choose(asked, "", when, region, draft=formula.document) if given else None
        found[case] = choice.value if choice else None
    return [found[case] for case in cases]


def _check_case(rules: Rulebook, ref: Reference, case: str) -> None:
    known = {name for held in rules.sets_of(ref) for name in rules.sets[held].cases}
    if case not in known:
        raise Fault("unknown_case", label=case, near=", ".join(sorted(known)))
