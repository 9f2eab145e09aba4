"""Numbers, strictly: ``1.5``, ``-3``, ``1e3``; not ``1,234``, ``１２``, ``nan`` or ``inf``."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dafeng.ledger.importing.columns import Bools, Floats, Labels

_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}([,'\u00a0 ][0-9]{3})+(\.[0-9]+)?")


def parse(column: Any) -> tuple[Floats, Bools]:
    """Read a column of n numbers.

    Args:
        column: text, or an Arrow array of numbers.

    Returns:
        n numbers, not-a-number where there is none; and which rows hold something that is
        not a finite number.
    """
    if isinstance(column, Labels):
        numbers = _texts(column.values)
        wrong = pc.not_equal(column.values, "").to_numpy(zero_copy_only=False) & ~_finite(numbers)
        return column.each(numbers), column.each(wrong)
    given = column.is_valid().to_numpy(zero_copy_only=False)
    numbers = pc.fill_null(column.cast(pa.float64()), np.nan).to_numpy(zero_copy_only=False)
    return np.where(_finite(numbers), numbers, np.nan), given & ~_finite(numbers)


def fault_of(text: str) -> tuple[str, str]:
    """Return the code that tells why ``text`` is not a number, and the number it may mean."""
    plain = unicodedata.normalize("NFKC", text)
    if plain != text and re.fullmatch(_NUMBER, plain):
        return "fullwidth_digits", plain
    if _GROUPED.fullmatch(plain):
        return "thousands_separator", re.sub(r"[,'\s]", "", plain)
    try:
        number = float(text)
    except ValueError:
        return "bad_number", ""
    return ("bad_number", "") if np.isfinite(number) else ("not_finite", "")


def _texts(values: Any) -> Floats:
    """Read distinct texts; what is no number becomes not-a-number."""
    values = pc.if_else(pc.equal(values, ""), pa.scalar(None, pa.string()), values)
    try:
        numbers = values.cast(pa.float64())
    except pa.ArrowInvalid:
        good = pc.match_substring_regex(values, _NUMBER)
        numbers = pc.if_else(good, values, pa.scalar(None, pa.string())).cast(pa.float64())
    result: Floats = pc.fill_null(numbers, np.nan).to_numpy(zero_copy_only=False)
    return np.where(_finite(result), result, np.nan)


def _finite(numbers: Floats) -> Bools:
    finite: Bools = np.isfinite(numbers)
    return finite
