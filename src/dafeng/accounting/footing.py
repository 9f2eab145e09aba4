"""What many totals rest on, without a tree for each: hash, worst mark, flags, inputs.

One pass over the rows of all totals; a tree is grown only for the total that is asked for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dafeng.accounting.coefficients import SEPARATOR
from dafeng.accounting.trace import Ground, input_node, origin_nodes
from dafeng.explain import Node, beside, inputs
from dafeng.vocabulary import worst_mark

if TYPE_CHECKING:
    from numpy.typing import NDArray

COLUMNS = (
    "entry",
    "term",
    "quantity",
    "unit",
    "mark",
    "sign",
    "coefficient",
    "inputs",
    "proxy",
    "grams",
)
"""Columns of ``accounts`` that tell what a total rests on, beside those that identify it."""

_KINDS = ("method", "term", "inputs", "proxy", "mark")
_KIND = (*_KINDS, "valued", "known")
_FLAGS = ("proxy", "valued", "known")
_FOOTING = (
    pa.field("lines", pa.string()),
    pa.field("entry", pa.list_(pa.string())),
    pa.field("quantity", pa.list_(pa.float64())),
    pa.field(
        "kinds",
        pa.list_(pa.struct([(n, pa.bool_() if n in _FLAGS else pa.string()) for n in _KIND])),
    ),
)


@dataclass(frozen=True)
class Share:
    """What a kind of rows contributes to what a total rests on.

    Attributes:
        marks, flags: those of its rules and measured values.
        rules: their content, for the hash.
        inputs: id of a parameter or measured value → its value; ``method.term`` → formula.
    """

    marks: set[str]
    flags: set[str]
    rules: set[str]
    inputs: dict[str, Any]


@dataclass(frozen=True)
class Footing:
    """What a total rests on.

    Attributes:
        lines: hash of its rows.
        entries: ids of its entries, each once.
        quantities: their quantities as entered.
        shares: what its kinds of rows contribute.
    """

    lines: str
    entries: pa.Array
    quantities: pa.Array
    shares: list[Share] = field(default_factory=list)

    @property
    def mark(self) -> str:
        """The worst mark of its rows and rules."""
        return worst_mark({mark for share in self.shares for mark in share.marks})

    @property
    def flags(self) -> set[str]:
        """Flags of all that it rests on."""
        marks = {mark for share in self.shares for mark in share.marks}
        return {flag for share in self.shares for flag in share.flags} | beside(marks)

    @property
    def inputs(self) -> dict[str, Any]:
        """Inputs that are no entries, by id with their value, and formulas with their text."""
        return {name: value for share in self.shares for name, value in share.inputs.items()}

    @property
    def contents(self) -> list[str]:
        """What a hash is taken over: rows, rules and formulas; not words or clauses."""
        return [self.lines, *sorted({rule for share in self.shares for rule in share.rules})]


def footings(ground: Ground, rows: pa.Table, key: Sequence[str]) -> dict[tuple[str, ...], Footing]:
    """Return what each total rests on, by its key.

    Args:
        ground: rules, measured values, and where derived ones come from.
        rows: ``COLUMNS`` of ``accounts`` and the columns of ``key``, among them ``method``.
        key: the columns that identify a total.
    """
    return footings_of(ground, footing_table(rows, key), key)


def footing_table(rows: pa.Table, key: Sequence[str]) -> pa.Table:
    """Return what the rows alone say of the footing of each total; it can be kept.

    Args:
        rows: as for ``footings``.
        key: the columns that identify a total.

    Returns:
        ``key``; ``lines`` (hash), ``entry`` and ``quantity`` (lists), ``kinds`` (list).
    """
    schema = pa.schema([*((name, pa.string()) for name in key), *_FOOTING])
    if not rows.num_rows:
        return schema.empty_table()
    rows, lines, starts = _ordered(rows, key)
    totals = np.repeat(np.arange(len(starts)), np.diff([*starts, rows.num_rows]))
    kinds: list[list[dict[str, Any]]] = [[] for _ in starts]
    for total, *kind in _kinds(rows, totals):
        kinds[total].append(dict(zip(_KIND, kind, strict=True)))
    found = list(_split(rows, lines, starts))
    columns = {name: rows[name].take(pa.array(starts)) for name in key} | {
        "lines": [digest for digest, _, _ in found],
        "entry": _lists([entries for _, entries, _ in found]),
        "quantity": _lists([quantities for _, _, quantities in found]),
        "kinds": kinds,
    }
    return pa.table(columns, schema=schema)


def footings_of(
    ground: Ground, table: pa.Table, key: Sequence[str]
) -> dict[tuple[str, ...], Footing]:
    """Return what each total of a ``footing_table`` rests on, by its key."""
    if not table.num_rows:
        return {}
    table = table.combine_chunks()
    entries, quantities = (_whole(table[name]) for name in ("entry", "quantity"))
    shares: dict[tuple[Any, ...], Share] = {}
    known: dict[tuple[str, bool], Share] = {}
    found = []
    for at, (lines, kinds) in enumerate(
        zip(table["lines"].to_pylist(), table["kinds"].to_pylist(), strict=True)
    ):
        own = [tuple(kind[name] for name in _KIND) for kind in kinds]
        for kind in own:
            if kind not in shares:
                shares[kind] = _share(ground, known, *kind)
        held = (entries[at].values, quantities[at].values)
        found.append(Footing(lines, *held, [shares[kind] for kind in own]))
    derived = pc.is_in(entries.values, pa.array(list(ground.origins), pa.string()))
    for place in np.flatnonzero(derived.to_numpy(zero_copy_only=False)):
        origin = ground.origins[entries.values[int(place)].as_py()]
        at = int(np.searchsorted(entries.offsets.to_numpy(), place, side="right")) - 1
        found[at].shares.append(_of_nodes(origin_nodes(ground, origin)))
    keys = zip(*(table[name].to_pylist() for name in key), strict=True)
    return dict(zip(keys, found, strict=True))


def _lists(parts: Sequence[pa.Array]) -> pa.ListArray:
    """Return arrays as one array of lists."""
    ends = np.cumsum([0, *map(len, parts)])
    return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), pa.concat_arrays(parts))


def _ordered(rows: pa.Table, key: Sequence[str]) -> tuple[pa.Table, pa.Array, NDArray[np.int64]]:
    """Sort rows by total and content; return them, a line of text for each, and the starts."""
    names = pc.binary_join_element_wise(*(rows[name] for name in key), "\t")
    said = (_text(rows[name]) for name in COLUMNS)
    end, between = (pa.scalar(sign, pa.large_string()) for sign in ("\n", "\t"))
    lines = pc.binary_join_element_wise(*said, end, between)
    order = pc.sort_indices(
        pa.table({"total": names, "line": lines}),
        sort_keys=[("total", "ascending"), ("line", "ascending")],
    )
    totals = _whole(names.take(order)).dictionary_encode().indices.to_numpy()
    starts = np.flatnonzero(np.diff(totals, prepend=-1))
    return rows.take(order), _whole(lines.take(order)), starts


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column as text, the same everywhere: of a float its bits, nothing of a null."""
    if pa.types.is_floating(column.type):
        chunks = [chunk.view(pa.int64()) for chunk in column.chunks]
        column = pa.chunked_array(chunks, pa.int64())
    return pc.fill_null(column.cast(pa.large_string()), "")


def _split(
    rows: pa.Table, lines: pa.Array, starts: NDArray[np.int64]
) -> Iterator[tuple[str, pa.Array, pa.Array]]:
    """Yield rows by total: the hash of their lines, and each entry once."""
    entries, quantities = _whole(rows["entry"]), _whole(rows["quantity"])
    codes = entries.dictionary_encode().indices.to_numpy()
    first = np.diff(codes, prepend=-1) != 0
    first[starts] = True
    once = pa.array(np.flatnonzero(first))
    entries, quantities = entries.take(once), quantities.take(once)
    offsets = np.frombuffer(lines.buffers()[1], np.int64)[lines.offset :]
    data = memoryview(lines.buffers()[2])
    bounds = [*starts, rows.num_rows]
    cuts = np.searchsorted(once.to_numpy(), bounds)
    for begin, end, cut, after in zip(bounds, bounds[1:], cuts, cuts[1:], strict=False):
        yield (
            hashlib.sha256(data[offsets[begin] : offsets[end]]).hexdigest(),
            entries[cut:after],
            quantities[cut:after],
        )


def _kinds(rows: pa.Table, totals: NDArray[np.int64]) -> Iterator[tuple[Any, ...]]:
    """Yield the kinds of rows that each total has; of many rows there are few kinds."""
    kinds = pa.table({"total": totals} | {name: rows[name] for name in _KINDS})
    for name in ("coefficient", "grams"):
        kinds = kinds.append_column(name, pc.is_valid(rows[name]))
    distinct = kinds.group_by(kinds.column_names).aggregate([])
    return zip(*(distinct[name].to_pylist() for name in kinds.column_names), strict=True)


def _share(
    ground: Ground,
    known_inputs: dict[tuple[str, bool], Share],
    method: str,
    term_id: str,
    value_ids: str,
    proxy: bool,  # noqa: FBT001
    mark: str,
    valued: bool,  # noqa: FBT001
    known: bool,  # noqa: FBT001
) -> Share:
    """Return what the rows of a term with the same inputs contribute."""
    term = next(t for t in ground.rules.method(method).terms if t.id == term_id)
    shares = []
    for name in filter(None, value_ids.split(SEPARATOR)):
        if (name, proxy) not in known_inputs:
            known_inputs[name, proxy] = _of_nodes([input_node(ground, name, proxy=proxy)])
        shares.append(known_inputs[name, proxy])
    said = (("memo", term.memo), ("partial", not known), ("no_value", not valued))
    formula = f"formula {term.expression}"
    return Share(
        {mark}.union(*(share.marks for share in shares)),
        {flag for flag, held in said if held}.union(*(share.flags for share in shares)),
        {f"{method}.{term_id}: {formula}"}.union(*(share.rules for share in shares)),
        {k: v for s in shares for k, v in s.inputs.items()} | {f"{method}.{term_id}": formula},
    )


def _of_nodes(nodes: Iterable[Node]) -> Share:
    held = list(nodes)
    steps = [step for node in held for step in node.walk() if step.kind != "clause"]
    return Share(
        {step.mark for step in steps},
        {flag for step in steps for flag in step.flags},
        {step.content for step in steps},
        {ref: value for node in held for ref, value in inputs(node.to_dict("en")).items()},
    )


def _whole(column: Any) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
