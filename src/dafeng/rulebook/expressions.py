"""Formulas of the rulebook: ``+ - * /``, brackets, numbers, symbols and ``first(a, b)``.

Values are pint quantities of arrays, so the units of a formula are checked each time it is
evaluated: carbon becomes CO2, and energy becomes standard coal, only through a parameter.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Mapping
from functools import cache, reduce
from typing import TYPE_CHECKING, Any

from dafeng.vocabulary import Fault

if TYPE_CHECKING:
    import pint

    Quantities = Mapping[str, "pint.Quantity[Any]"]

_OPERATORS: dict[type[ast.operator], Any] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_FALLBACK = "first"


@cache
def _parse(expression: str) -> ast.expr:
    try:
        tree = ast.parse(expression, mode="eval").body
    except SyntaxError as error:
        raise Fault("bad_expression", expression, reason=error.msg) from error
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and not _is_fallback(node):
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
    *_OPERATORS,
)


def _is_fallback(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Name) and node.func.id == _FALLBACK and len(node.args) > 1


def symbols(expression: str) -> tuple[str, ...]:
    """Return the symbols of a formula in order of appearance.

    Raises:
        Fault: ``bad_expression``.
    """
    names = (n.id for n in ast.walk(_parse(expression)) if isinstance(n, ast.Name))
    found = dict.fromkeys(name for name in names if name != _FALLBACK)
    return tuple(sorted(found, key=expression.index))


def evaluate(expression: str, values: Quantities) -> pint.Quantity[Any]:
    """Return the value of a formula, elementwise.

    Args:
        expression: the formula.
        values: symbol → quantity (array of float64, NaN where there is no value).

    Raises:
        Fault: ``bad_expression``, or ``unit_mismatch`` where unlike quantities are added.
    """
    import pint  # noqa: PLC0415  heavy

    try:
        found: pint.Quantity[Any] = _value(_parse(expression), values)
    except pint.DimensionalityError as error:
        units = {"unit": f"{error.units1}", "expected": f"{error.units2}"}
        raise Fault("unit_mismatch", expression, **units) from error
    return found


def _value(node: ast.expr, values: Quantities) -> Any:
    match node:
        case ast.Constant(value=int() | float() as number):
            return number
        case ast.Name(id=name):
            return values[name]
        case ast.UnaryOp(operand=operand):
            return -_value(operand, values)
        case ast.BinOp(left=left, op=op, right=right):
            return _OPERATORS[type(op)](_value(left, values), _value(right, values))
        case ast.Call(args=args):
            return _first([_value(arg, values) for arg in args])
    raise Fault("bad_expression", ast.unparse(node), reason=type(node).__name__)


def _first(options: list[Any]) -> Any:
    """Take the next option wherever the ones before have no value; all in the last one's unit."""
    import numpy as np  # noqa: PLC0415  heavy

    *earlier, found = options
    for option in reversed(earlier):
        here = option.to(found.units).magnitude
        found = type(found)(np.where(np.isnan(here), found.magnitude, here), found.units)
    return found


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
    found = {symbol: array & False for symbol, array in known.items()}
    _mark_used(_parse(expression), known, found, _as_array(True, known))  # noqa: FBT003
    return found


def _mark_used(
    node: ast.expr, known: Mapping[str, Any], found: dict[str, Any], active: Any
) -> None:
    """Mark the symbols below ``node`` where it is active."""
    match node:
        case ast.Name(id=name):
            found[name] = found[name] | active
        case ast.Call(args=args):
            for arg in args:
                has_value = _has_value(arg, known)
                _mark_used(arg, known, found, active & has_value)
                active = active & ~has_value
            for arg in args:
                _mark_used(arg, known, found, active)
        case ast.BinOp(left=left, right=right):
            _mark_used(left, known, found, active)
            _mark_used(right, known, found, active)
        case ast.UnaryOp(operand=operand):
            _mark_used(operand, known, found, active)


def _has_value(node: ast.expr, known: Mapping[str, Any]) -> Any:
    match node:
        case ast.Name(id=name):
            return known[name]
        case ast.Call(args=args):
            return reduce(operator.or_, (_has_value(arg, known) for arg in args))
        case ast.BinOp(left=left, right=right):
            return _has_value(left, known) & _has_value(right, known)
        case ast.UnaryOp(operand=operand):
            return _has_value(operand, known)
    return _as_array(True, known)  # noqa: FBT003


def _as_array(value: Any, known: Mapping[str, Any]) -> Any:
    return next(iter(known.values())) & False | value
