"""Formulas of the rulebook: arithmetic, comparisons, symbols, and the functions of ``FUNCTIONS``.

Terms of methods are evaluated on pint quantities of arrays, so that the units of a formula are
checked each time: carbon becomes CO2, and energy standard coal, only through a parameter.
Limits, prices and allowances are evaluated on arrays of Decimal, so that what is rounded down is
what the rule says and not what binary fractions make of it.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from functools import cache, reduce
from typing import TYPE_CHECKING, Any

from dafeng.vocabulary import Fault

if TYPE_CHECKING:
    import pint
    from numpy.typing import NDArray

    Quantities = Mapping[str, "pint.Quantity[Any] | NDArray[Any]"]

_OPERATORS: dict[type[ast.operator], Any] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_COMPARISONS: dict[type[ast.cmpop], Any] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_FALLBACK, _CHOICE = "first", "where"
_NUMPY = {"min": "minimum", "max": "maximum", "floor": "floor", "ceil": "ceil", "exp": "exp"}
FUNCTIONS = {_FALLBACK: 2, _CHOICE: 3, "min": 2, "max": 2, "floor": 1, "ceil": 1, "exp": 1}
"""Functions of a formula and how many arguments each takes (``first`` takes two or more)."""


@cache
def _parse(expression: str) -> ast.expr:
    try:
        tree = ast.parse(expression, mode="eval").body
    except SyntaxError as error:
        raise Fault("bad_expression", expression, reason=error.msg) from error
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and not _is_known(node):
            raise Fault("bad_expression", expression, reason=ast.unparse(node))
        if not isinstance(node, _ALLOWED):
            raise Fault("bad_expression", expression, reason=type(node).__name__)
        if isinstance(node, ast.Constant) and type(node.value) not in (int, float):
            raise Fault("bad_expression", expression, reason=repr(node.value))
    return tree


_ALLOWED = (
    ast.BinOp,
    ast.UnaryOp,
    ast.USub,
    ast.Call,
    ast.Name,
    ast.Load,
    ast.Constant,
    ast.Compare,
    *_OPERATORS,
    *_COMPARISONS,
)


def _is_known(node: ast.Call) -> bool:
    wanted = FUNCTIONS.get(_name(node))
    enough = len(node.args) >= (wanted or 0) if _is_fallback(node) else len(node.args) == wanted
    return wanted is not None and enough and not node.keywords


def _is_fallback(node: ast.Call) -> bool:
    return _name(node) == _FALLBACK


def _name(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else ""


def symbols(expression: str) -> tuple[str, ...]:
    """Return the symbols of a formula in order of appearance.

    Raises:
        Fault: ``bad_expression``.
    """
    names = (n.id for n in ast.walk(_parse(expression)) if isinstance(n, ast.Name))
    found = dict.fromkeys(name for name in names if name not in FUNCTIONS)
    return tuple(sorted(found, key=expression.index))


def evaluate(expression: str, values: Quantities, number: Callable[[str], Any] = float) -> Any:
    """Return the value of a formula, elementwise.

    Args:
        expression: the formula.
        values: symbol → quantity (array of float64, NaN where there is no value), or array of
            Decimal; all of one length. Each branch of ``where`` sees only the rows that take it.
        number: how the numbers of the formula itself are read: ``float`` or ``Decimal``.

    Raises:
        Fault: ``bad_expression``, or ``unit_mismatch`` where unlike quantities are added.
    """
    import pint  # noqa: PLC0415  heavy

    try:
        found: Any = _value(_parse(expression), values, number)
    except pint.DimensionalityError as error:
        units = {"unit": f"{error.units1}", "expected": f"{error.units2}"}
        raise Fault("unit_mismatch", expression, **units) from error
    return found


def _value(node: ast.expr, values: Quantities, number: Callable[[str], Any]) -> Any:
    match node:
        case ast.Constant(value=int() | float() as constant):
            return number(repr(constant))
        case ast.Name(id=name):
            return values[name]
        case ast.UnaryOp(operand=operand):
            return -_value(operand, values, number)
        case ast.BinOp(left=left, op=op, right=right):
            sides = (_value(side, values, number) for side in (left, right))
            return _OPERATORS[type(op)](*sides)
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            chain = [_value(side, values, number) for side in (left, *comparators)]
            pairs = zip(ops, chain, chain[1:], strict=False)
            return reduce(operator.and_, (_COMPARISONS[type(op)](a, b) for op, a, b in pairs))
        case ast.Call():
            return _call(node, values, number)
    raise Fault("bad_expression", ast.unparse(node), reason=type(node).__name__)


def _call(node: ast.Call, values: Quantities, number: Callable[[str], Any]) -> Any:
    import numpy as np  # noqa: PLC0415  heavy

    name = _name(node)
    if name == _CHOICE:
        return _where(node.args, values, number)
    args = [_value(arg, values, number) for arg in node.args]
    return _first(args) if name == _FALLBACK else getattr(np, _NUMPY[name])(*args)


def _first(options: list[Any]) -> Any:
    """Take the next option wherever the ones before have no value; all in the last one's unit."""
    import numpy as np  # noqa: PLC0415  heavy

    *earlier, found = options
    for option in reversed(earlier):
        here = getattr(option, "magnitude", option)
        found = np.where(np.asarray(here != here, dtype=bool), found, option)  # noqa: PLR0124  NaN
    return found


def _where(args: list[ast.expr], values: Quantities, number: Callable[[str], Any]) -> Any:
    """Evaluate each branch on the rows that take it, so that the other rows cannot spoil it."""
    import numpy as np  # noqa: PLC0415  heavy

    condition, *branches = args
    holds = np.asarray(_value(condition, values, number), dtype=bool)
    if not holds.ndim:
        return _value(branches[0 if holds else 1], values, number)
    sides = []
    for branch, taken in zip(branches, (holds, ~holds), strict=True):
        part = {name: held[taken] if np.ndim(held) else held for name, held in values.items()}
        sides.append(_spread(_value(branch, part, number), taken))
    return np.where(holds, *sides)


def _spread(part: Any, taken: NDArray[Any]) -> Any:
    """Return what some rows have as a column of all rows; the others hold zeros."""
    import numpy as np  # noqa: PLC0415  heavy

    units = getattr(part, "units", None)
    found = np.asarray(part if units is None else part.magnitude)
    column = np.zeros(taken.shape, dtype=found.dtype)
    column[taken] = found
    return column if units is None else type(part)(column, units)


def used(expression: str, known: Mapping[str, Any]) -> dict[str, Any]:
    """Return which symbols a formula really takes, elementwise.

    Args:
        expression: the formula.
        known: symbol → array of bool, whether it has a value.

    Returns:
        Symbol → array of bool. Behind ``first`` only the option that is taken counts, so that
        an alternative that was not needed, or that lacks a part, does not bear on the result;
        where no option has a value, all of them count.
    """
    if not known:
        return {}
    found = {symbol: array & False for symbol, array in known.items()}
    _mark_used(_parse(expression), known, found, _as_array(True, known))  # noqa: FBT003
    return found


def _mark_used(
    node: ast.expr, known: Mapping[str, Any], found: dict[str, Any], active: Any
) -> None:
    """Mark the symbols below ``node`` where it is active."""
    if isinstance(node, ast.Name):
        found[node.id] = found[node.id] | active
    elif isinstance(node, ast.Call) and _is_fallback(node):
        for arg in node.args:
            has_value = _has_value(arg, known)
            _mark_used(arg, known, found, active & has_value)
            active = active & ~has_value
        for arg in node.args:
            _mark_used(arg, known, found, active)
    else:
        for part in _parts(node):
            _mark_used(part, known, found, active)


def _has_value(node: ast.expr, known: Mapping[str, Any]) -> Any:
    if isinstance(node, ast.Name):
        return known[node.id]
    parts = [_has_value(part, known) for part in _parts(node)]
    if isinstance(node, ast.Call) and _is_fallback(node):
        return reduce(operator.or_, parts)
    return reduce(operator.and_, parts, _as_array(True, known))  # noqa: FBT003


def _parts(node: ast.expr) -> list[ast.expr]:
    """Return the operands of an operation or the arguments of a function."""
    if isinstance(node, ast.Call):
        return node.args
    return [part for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr)]


def _as_array(value: Any, known: Mapping[str, Any]) -> Any:
    return next(iter(known.values())) & False | value
