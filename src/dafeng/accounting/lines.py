"""Coefficients and overrides as totals want them: numbers in place of texts.

A *line* is a term of an activity. What a total says of its rows (method, boundary, measure …) is
one *label*; lines carry its number, so that an engine groups by two numbers and no text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dafeng.accounting.accounts import JOIN, OWN
from dafeng.accounting.coefficients import SEPARATOR

if TYPE_CHECKING:
    from numpy.typing import NDArray

_COUNTED = ("method", "boundary", "measure", "memo")
"""An entry is counted once for each of these, at the first of its terms."""

_SAID = (*_COUNTED, "scope", "gas")
"""What a line says itself; the rest hangs on the inputs of its coefficient."""

LABEL = (*_SAID, "proxy", "inputs_mark")
"""What a label says; ``inputs_mark`` is the worst mark of the inputs of the coefficient."""


@dataclass(frozen=True)
class Lines:
    """Lines and overrides by period.

    Attributes:
        lines: period, activity (text), label (number), own (number, null where nobody measured),
            coefficient, sign, first (whether entries are counted at this line).
        own: period, reporter, facility, own, own_label (number), override.
        labels: the texts of the labels by number, parts in the order of ``LABEL``.
        measured: the texts of what ``own`` numbers.
    """

    lines: pa.Table
    own: pa.Table
    labels: pa.Array
    measured: pa.Array

    def of(self, periods: Iterable[str]) -> Lines:
        """Return those of some periods."""
        wanted = pa.array(list(periods), pa.string())
        sides = (self.lines, self.own)
        lines, own = (side.filter(pc.is_in(_text(side["period"]), wanted)) for side in sides)
        return Lines(lines, own, self.labels, self.measured)

    def hash(self, period: str) -> str:
        """Return a hash of all of a period: with the same one, rows give the same totals."""
        found, held = hashlib.sha256(), self.of([period])
        for side in (held.lines, held.own):
            texts = (self._said(name, side[name]) for name in side.column_names)
            rows = _whole(pc.binary_join_element_wise(*texts, SEPARATOR)).sort()
            found.update("\n".join([*side.column_names, *rows.to_pylist()]).encode())
        return found.hexdigest()

    def numbered(self, who: pa.Table, activities: pa.Array) -> tuple[pa.Table, pa.Table]:
        """Return lines and overrides with the numbers that a snapshot gives.

        Args:
            who: reporter, facility … in the order of their numbers.
            activities: the texts of the activities in the order of theirs.

        Returns:
            ``activity_no, label, own, coefficient, sign, first`` and ``who_no, own, own_label,
            override``; what occurs in no row is left out.
        """
        at = pc.index_in(_whole(self.lines["activity"]), activities)
        lines = self.lines.drop_columns(["period", "activity"]).append_column("activity_no", at)
        pairs, of_own = distinct(self.own.select(["reporter", "facility"]))
        place = pc.index_in(_joined(who, pairs.column_names), _joined(pairs, pairs.column_names))
        numbers = pa.array(np.arange(who.num_rows, dtype=np.int32))
        places = pa.table({"pair": place, "who_no": numbers}).filter(pc.is_valid(place))
        own = self.own.drop_columns(["period", "reporter", "facility"])
        own = own.append_column("pair", pa.array(of_own.astype(np.int32)))
        own = own.join(places, "pair", join_type="inner").drop_columns(["pair"])
        lines = lines.filter(pc.is_valid(at))
        return lines, own.filter(pc.is_in(own["own"], lines["own"].combine_chunks()))

    def _said(self, name: str, column: pa.ChunkedArray) -> Any:
        """Return a column as text: of a number what it stands for, of a float its bits."""
        if name in ("label", "own_label", "own"):
            texts = self.measured if name == "own" else self.labels
            return pc.fill_null(texts.take(_whole(column)), "")
        if pa.types.is_floating(column.type):
            column = pa.chunked_array([one.view(pa.int64()) for one in column.chunks], pa.int64())
        return pc.fill_null(_text(column), "")


def lines_of(coefficients: pa.Table, overrides: pa.Table, worst: Callable[[str], str]) -> Lines:
    """Number coefficients and overrides.

    Args:
        coefficients: the table of ``compile_coefficients``.
        overrides: the table of ``compile_overrides``.
        worst: gives the worst mark of the inputs of a coefficient, as they stand in the tables.
    """
    keys, of_key = distinct(overrides.select(OWN))
    measured, line_key = _joined(keys, OWN), _joined(coefficients, OWN)
    own = pc.index_in(line_key, measured)
    of_line = _labels(coefficients, coefficients["proxy"], coefficients["inputs"], worst)
    at = pc.index_in(measured, line_key)  # any of its lines: they differ in flow and sign alone
    known = pc.is_valid(at).take(pa.array(of_key))  # an override without a line meets no row
    overrides, of_key = overrides.filter(known), of_key[known.to_numpy(zero_copy_only=False)]
    said = coefficients.select(_SAID).take(at.take(pa.array(of_key)))
    of_own = _labels(said, overrides["override_proxy"], overrides["override_inputs"], worst)
    labels = pa.chunked_array([of_line.dictionary, of_own.dictionary]).unique().sort()
    activity = _joined(coefficients, JOIN)
    lines = {
        "period": coefficients["period"],
        "activity": activity,
        "label": pc.index_in(of_line.dictionary, labels).take(of_line.indices),
        "own": own,
        "coefficient": coefficients["coefficient"],
        "sign": coefficients["sign"].cast(pa.float64()),
        "first": _first(coefficients, activity),
    }
    owned = {
        "period": overrides["period"],
        "reporter": overrides["reporter"],
        "facility": overrides["facility"],
        "own": pa.array(of_key.astype(np.int32)),
        "own_label": pc.index_in(of_own.dictionary, labels).take(of_own.indices),
        "override": overrides["override"],
    }
    return Lines(pa.table(lines), pa.table(owned), labels, measured)


def distinct(rows: pa.Table) -> tuple[pa.Table, NDArray[np.int64]]:
    """Return the combinations of texts that occur, and for each row its place among them."""
    _, first, where = np.unique(combined(rows), return_index=True, return_inverse=True)
    found = rows.take(pa.array(first))
    return pa.table({name: _whole(_text(found[name])) for name in rows.column_names}), where


def combined(rows: pa.Table) -> NDArray[np.int64]:
    """Return one number for each combination of texts in a row."""
    numbers, size = np.zeros(rows.num_rows, np.int64), 1
    for column in rows.itercolumns():
        texts = _coded(column)
        if size * len(texts.dictionary) >= np.iinfo(np.int64).max:
            numbers = pa.array(numbers).dictionary_encode().indices.to_numpy().astype(np.int64)
            size = rows.num_rows
        numbers = numbers * len(texts.dictionary) + texts.indices.to_numpy()
        size *= len(texts.dictionary)
    return numbers


def _labels(
    rows: pa.Table, proxy: Any, inputs: Any, worst: Callable[[str], str]
) -> pa.DictionaryArray:
    """Return the label of each row, as a place in a list of them."""
    found = _coded(inputs)
    marks = pa.array([worst(text) for text in found.dictionary.to_pylist()], pa.string())
    said = [rows[name] for name in _SAID]
    parts = (*said, proxy.cast(pa.int8()), marks.dictionary_encode().take(found.indices))
    held, where = distinct(pa.table(dict(zip(LABEL, parts, strict=True))))
    codes = pa.array(where.astype(np.int32))
    return pa.DictionaryArray.from_arrays(codes, _joined(held, LABEL))


def _first(rows: pa.Table, activity: pa.Array) -> NDArray[np.bool_]:
    """Return which line of an activity is the first by term, for each of what is counted."""
    parts = (activity, *(_text(rows[name]) for name in _COUNTED))
    key = _whole(pc.binary_join_element_wise(*parts, SEPARATOR)).dictionary_encode().indices
    term = pc.rank(_whole(_text(rows["term"])), "ascending", tiebreaker="dense")
    order = np.lexsort((term.to_numpy(), key.to_numpy()))
    first = np.zeros(rows.num_rows, bool)
    first[order[np.flatnonzero(np.diff(key.to_numpy()[order], prepend=-1))]] = True
    return first


def _joined(rows: pa.Table, names: Iterable[str]) -> pa.Array:
    return _whole(pc.binary_join_element_wise(*(_text(rows[name]) for name in names), SEPARATOR))


def _text(column: Any) -> Any:
    return column.cast(pa.string())


def _coded(column: Any) -> pa.DictionaryArray:
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    return _whole(column.unify_dictionaries() if isinstance(column, pa.ChunkedArray) else column)


def _whole(column: Any) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
