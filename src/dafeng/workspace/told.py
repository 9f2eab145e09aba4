"""What the books tell beside what is accounted: output, value added, land; each entry once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dafeng.accounting import HALF, JOIN, LARGEST, MARK, SEPARATOR
from dafeng.vocabulary import Fault
from dafeng.workspace.files import checked
from dafeng.workspace.snapshot import SUMMED, Snapshot
from dafeng.workspace.totals import month_bits, processors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

FLOWS = ("produced", "held", "waste")
"""Flows of what is told."""


def told(snapshot: Snapshot, year: str, item: str = "", *, derived: bool) -> pa.Table:
    """Return the entries of a year in ``FLOWS``, or all entries of an item.

    An entry stands in a snapshot once for each method of its place, so that the rows of the first
    method are all entries; one that was derived may stand for some methods alone. What the rows
    are is told by the numbers that they bear; few columns are read.

    Args:
        snapshot: the prepared rows.
        year: the year.
        item: id of the item.
        derived: whether the books hold derived entries.

    Returns:
        ``reporter, facility, mark, item, flow, product`` (places in lists of texts), ``amount``
        (in the unit of the item; NaN where it is not known), ``months`` (of the period, as bits).
    """
    texts = pc.split_pattern(snapshot.numbered("activity")["activity"].combine_chunks(), SEPARATOR)
    done = {name: _coded(pc.list_element(texts, at)) for at, name in enumerate(JOIN)}
    among = pa.array([item] if item else FLOWS, pa.string())
    wanted = places(done["item" if item else "flow"], among) >= 0
    names = [*SUMMED, "product", *(["entry"] if derived else [])]
    held = [period for period in sorted(snapshot.periods) if period.startswith(year)]
    with ThreadPoolExecutor(processors()) as pool:

        def part(path: Path) -> pa.Table:
            return _once(_chosen(path, wanted, names), done["method"], derived=derived)

        parts = [*pool.map(part, snapshot.files(held))]
    if not any(part.num_rows for part in parts):
        return _SCHEMA.empty_table()
    months = np.repeat([month_bits(one) for one in held], [part.num_rows for part in parts])
    rows = pa.concat_tables(part for part in parts if part.num_rows)
    rows = rows.unify_dictionaries().combine_chunks().append_column("months", pa.array(months))
    who, who_no = snapshot.numbered("who"), rows["who_no"].combine_chunks()
    activity = rows["activity_no"].combine_chunks()
    columns = {name: _taken(_coded(who[name]), who_no) for name in who.column_names}
    columns |= {name: _taken(done[name], activity) for name in ("item", "flow")}
    more = {name: rows[name] for name in ("product", "amount", "months")}
    return pa.table(columns | more).cast(_SCHEMA)


_TEXT = pa.dictionary(pa.int32(), pa.string())
_SCHEMA = pa.schema(
    [
        *((name, _TEXT) for name in ("reporter", "facility", "mark", "item", "flow", "product")),
        ("amount", pa.float64()),
        ("months", pa.int64()),
    ]
)


def places(column: Any, among: pa.Array) -> Ints:
    """Return the place of each text in a list, −1 where it is not in it."""
    coded = _coded(column)
    at = pc.fill_null(pc.index_in(coded.dictionary, among), -1).to_numpy().astype(np.int64)
    found: Ints = at[coded.indices.to_numpy()]
    return found


def coded(column: Any, of: Any) -> Ints:
    """Return what a function gives for each text of a column; it is asked once for each."""
    held = _coded(column)
    known = np.array([of(text) for text in held.dictionary.to_pylist()], np.int64)
    found: Ints = known[held.indices.to_numpy()]
    return found


def added(cell: Ints, numbers: Any, size: int) -> Ints:
    """Return the sums of whole numbers by cell.

    Raises:
        OverflowError: a sum may not fit into 64 bits; with the number of its cell.
    """
    largest = np.bincount(cell, np.abs(numbers.astype(np.float64)), size)
    if largest.max(initial=0) >= LARGEST / 2:
        raise OverflowError(int(largest.argmax()))
    found = np.zeros(size, np.int64)
    np.add.at(found, cell, numbers)
    return found


@contextmanager
def too_large(named: Callable[[int], str]) -> Iterator[None]:
    """Say whose sum did not fit; ``named`` gives who is meant by the number of a cell.

    Raises:
        Fault: ``total_too_large``.
    """
    try:
        yield
    except OverflowError as error:
        raise Fault("total_too_large", named(error.args[0])) from error


def most(cell: Ints, numbers: Any, size: int, least: int = 0) -> Ints:
    """Return the largest number of each cell."""
    found = np.full(size, least)
    np.maximum.at(found, cell, numbers)
    return found


def all_bits(cell: Ints, bits: Ints, size: int) -> Ints:
    """Return the bits that some number of each cell has; few numbers differ."""
    found = np.zeros(size, np.int64)
    for one in pc.unique(pa.array(bits)).to_pylist():
        held = np.zeros(size, bool)
        held[cell[bits == one]] = True
        found |= held * np.int64(one)
    return found


def in_parts(amount: Any, parts: int) -> tuple[Ints, NDArray[np.bool_]]:
    """Return amounts in whole parts of their unit, half away from zero, and which are known."""
    scaled = amount * parts
    known = np.abs(scaled) < LARGEST
    whole = np.copysign(np.floor(np.abs(scaled) + HALF), scaled)
    return np.where(known, whole, 0).astype(np.int64), known


def _chosen(path: Path, wanted: NDArray[np.bool_], names: Iterable[str]) -> pa.Table:
    """Return some columns of the rows of a file whose activity is wanted."""
    file, parts = checked(path), []
    more = [name for name in names if name not in SUMMED]
    for group in range(file.num_row_groups):
        rows = file.read_row_group(group, list(SUMMED), use_threads=False)
        at = pa.array(np.flatnonzero(wanted[rows["activity_no"].to_numpy()]))
        if len(at):
            texts = file.read_row_group(group, more, use_threads=False)
            chosen = {name: _taken(_coded(texts[name]), at) for name in more}
            numbers = {name: rows[name].combine_chunks().take(at) for name in SUMMED}
            parts.append(pa.table(numbers | chosen))
    return pa.concat_tables(parts) if parts else pa.table({})


def _once(rows: pa.Table, method: pa.DictionaryArray, *, derived: bool) -> pa.Table:
    """Return each entry of a period once."""
    if not rows.num_rows:
        return rows
    who = rows["who_no"].to_numpy()
    code = method.indices.to_numpy()[rows["activity_no"].to_numpy()]
    plain = np.ones(rows.num_rows, bool)
    if derived:
        made = pc.match_substring(rows["entry"].cast(pa.string()), MARK)
        plain = ~made.to_numpy(zero_copy_only=False)
    first = np.full(int(who.max()) + 1, len(method.dictionary))
    np.minimum.at(first, who[plain], code[plain])
    kept = rows.filter(pa.array(plain & (code == first[who])))
    if plain.all():
        return kept
    others = rows.filter(pa.array(~plain))
    amount = np.unique(others["amount"].to_numpy(), return_inverse=True)[1]
    entry = _coded(others["entry"]).indices.to_numpy().astype(np.int64)
    _, at = np.unique(entry * (len(amount) + 1) + amount, return_index=True)
    return pa.concat_tables([kept, others.take(pa.array(at))])


def _coded(column: Any) -> pa.DictionaryArray:
    """Return a column of texts as places in one list."""
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    if isinstance(column, pa.ChunkedArray):
        one = column.num_chunks == 1
        column = column.chunk(0) if one else column.unify_dictionaries().combine_chunks()
    return column


def _taken(column: pa.DictionaryArray, at: Any) -> pa.DictionaryArray:
    """Return the texts at some places; the list of texts stays."""
    return pa.DictionaryArray.from_arrays(column.indices.take(at), column.dictionary)
