"""Runs the resolvers: measured values and entries that others lead to, before the join.

What is derived names its resolver and its inputs, so that the explanation of a figure can go on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dafeng.accounting.coefficients import SEPARATOR
from dafeng.accounting.measured import (
    SCHEMA,
    converted,
    found_for,
    identified,
    of_pair,
    pairs_of,
    whole,
)
from dafeng.accounting.resolvers import FUNCTIONS
from dafeng.accounting.stocks import ENDS, with_stocks
from dafeng.findings import Finding
from dafeng.rulebook import Resolver, Rulebook
from dafeng.vocabulary import factor, items, marks

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

MARK = "~"
"""Between the id of an entry and the resolver that derived another from it."""

_PLACE = ("reporter", "facility", "period", "year")


@dataclass(frozen=True)
class Origin:
    """Where a derived value or entry comes from: the resolver, and the ids of its inputs."""

    resolver: str
    inputs: tuple[str, ...]
    parameter: str = ""
    value: float | None = None
    unit: str = ""

    def marks(self, rules: Rulebook) -> set[str]:
        """Return the marks of the tables and values that the resolver takes."""
        resolver = rules.resolvers[self.resolver]
        tables = {marks().resolve(rules.lookups[t].checked).id for t in resolver.tables.values()}
        return tables | {rules.values[value].mark for value in resolver.values.values()}


@dataclass
class Derived:
    """What the resolvers gave.

    Attributes:
        measured: rows in the columns of ``MEASURED``, each for one method.
        entries: rows like those of ``prepare``; the id of each begins with that of an entry.
        origins: id of a derived value or entry → where it comes from.
        refused: what could not be resolved, by year; ``rows`` of a finding are those of the year.
    """

    measured: list[pa.Table] = field(default_factory=list)
    entries: list[pa.Table] = field(default_factory=list)
    origins: dict[str, Origin] = field(default_factory=dict)
    refused: list[tuple[str, Finding]] = field(default_factory=list)

    def with_entries(self, prepared: ir.Table) -> ir.Table:
        """Return the prepared rows and the derived ones."""
        if not self.entries:
            return prepared
        return prepared.union(ibis.memtable(pa.concat_tables(self.entries)))

    def with_measured(self, measured: ir.Table) -> pa.Table:
        """Return what was measured and what is derived, in the columns of ``MEASURED``."""
        return pa.concat_tables([identified(measured), *self.measured])


def over_years(refused: Iterable[tuple[str, Finding]]) -> list[Finding]:
    """Return what could not be resolved, the rows of all years together."""
    found: dict[str, Finding] = {}
    for _, one in refused:
        key = repr((one.code, one.place, {**one.values, "rows": 0}))
        rows = found[key].values["rows"] if key in found else 0
        found[key] = replace(one, values={**one.values, "rows": one.values["rows"] + rows})
    return list(found.values())


@dataclass(frozen=True)
class Case:
    """A resolver at work for one method and item.

    Attributes:
        rows: prepared rows of the method and item.
        measured: what was measured, with ids.
        wanted: input → item and parameter, of those that were measured at all.
    """

    rules: Rulebook
    resolver: Resolver
    method: str
    item: str
    rows: ir.Table
    measured: pa.Table
    wanted: Mapping[str, tuple[str, str]]

    def arrays(self, found: pa.Table) -> dict[str, Array]:
        """Return the inputs, each in the first unit of its parameter, NaN where not given."""
        return {
            symbol: converted(found, symbol, self.unit(parameter))
            if symbol in self.wanted
            else np.full(found.num_rows, np.nan)
            for symbol, parameter in self.resolver.inputs.items()
        }

    def called(self, given: Mapping[str, Array]) -> NDArray[np.bool_]:
        """Return which rows have an input that calls for the resolver."""
        calls: NDArray[np.bool_] = np.any([~np.isnan(given[s]) for s in self.resolver.by], axis=0)
        return calls

    def run(self, given: Mapping[str, Array]) -> Array:
        """Return what the function of the resolver gives."""
        rules, resolver = self.rules, self.resolver
        tables = {name: _columns(rules, table) for name, table in resolver.tables.items()}
        values = {name: rules.values[value].number for name, value in resolver.values.items()}
        result: Array = FUNCTIONS[resolver.function](**given, **tables, **values)
        return result

    def unit(self, parameter: str) -> str:
        """Return the unit in which a parameter is taken."""
        return self.rules.parameters[parameter].units[0]

    def refused(self, found: pa.Table, failed: NDArray[np.bool_]) -> Iterator[tuple[str, Finding]]:
        """Yield a finding for each reporter and year with rows that have an input and no result."""
        lost = found.select(["reporter", "year"]).filter(pa.array(failed))
        for row in lost.group_by(["reporter", "year"]).aggregate([([], "count_all")]).to_pylist():
            values = {
                "name": self.resolver.name,
                "item": items()[self.item].name,
                "rows": row["count_all"],
                "reason": self.resolver.refusal,
                "year": row["year"],
            }
            who = row["reporter"]
            finding = Finding("not_resolved", f"{who} {self.method}", values, reporter=who)
            yield row["year"], finding


def derive(rules: Rulebook, prepared: ir.Table, measured: ir.Table) -> Derived:
    """Run the resolvers that the methods name, and those that always hold.

    Args:
        rules: the rulebook.
        prepared: rows from ``prepare``.
        measured: measured parameters: reporter, facility, period, item, parameter, value, unit.
    """
    derived = Derived()
    own = identified(measured)
    known = pairs_of(own)
    held = prepared.filter(prepared.method != "")
    pairs = held.select("method", "item").distinct().order_by(["method", "item"]) if known else None
    for pair in pairs.to_pyarrow().to_pylist() if pairs is not None else ():
        method, item = pair["method"], pair["item"]
        rows = held.filter((held.method == method) & (held.item == item))
        for resolver in _resolvers(rules, method, item):
            asked = {symbol: (item, name) for symbol, name in resolver.inputs.items()}
            wanted = {symbol: pair for symbol, pair in asked.items() if pair in known}
            if wanted.keys() & set(resolver.by):
                case = Case(rules, resolver, method, item, rows, own, wanted)
                _KINDS[resolver.kind](case, derived)
    return derived


def callers(rules: Rulebook, measured: pa.Table) -> pa.Table:
    """Return reporter and item of all that calls for a resolver; the rows of others are not asked.

    Args:
        rules: the rulebook.
        measured: measured parameters: reporter, item, parameter.
    """
    found = [measured.select(["reporter", "item"]).slice(0, 0)]
    for resolver in rules.resolvers.values():
        names = pa.array([resolver.inputs[symbol] for symbol in resolver.by])
        asked = measured.filter(pc.is_in(measured["parameter"], value_set=names))
        if resolver.items:
            held = pc.is_in(asked["item"], value_set=pa.array(resolver.items))
            asked = asked.filter(held)
        found.append(asked.select(["reporter", "item"]))
    return pa.concat_tables(found).group_by(["reporter", "item"]).aggregate([])


def _resolvers(rules: Rulebook, method: str, item: str) -> list[Resolver]:
    named = rules.method(method).resolvers
    return [
        resolver
        for resolver in rules.resolvers.values()
        if (resolver.always or resolver.id in named)
        and (not resolver.items or item in resolver.items)
    ]


def _columns(rules: Rulebook, table: str) -> dict[str, Array]:
    """Return a lookup table as columns."""
    found = rules.lookups[table]
    cells = np.array(found.rows, dtype=np.float64).reshape(-1, len(found.columns))
    return dict(zip(found.columns, cells.T, strict=True))


def _derive_measured(case: Case, derived: Derived) -> None:
    """Derive a parameter, for the place and period of the finest of its inputs."""
    gives = case.resolver.gives or ""
    wanted = {**case.wanted, "direct": (case.item, gives)}
    found = found_for(case.rows.select(*_PLACE).distinct().to_pyarrow(), case.measured, wanted)
    given = case.arrays(found)
    values, called = case.run(given), case.called(given)
    where = _finest(found, case.wanted, "where", "facility", pa.array([""] * found.num_rows))
    when = _finest(found, case.wanted, "when", "period", whole(found["year"]))
    direct = pc.and_(pc.equal(found["direct_where"], where), pc.equal(found["direct_when"], when))
    beside = direct.fill_null(False).to_numpy()  # noqa: FBT003  pyarrow
    lost = called & np.isnan(values) & found["direct_value"].is_null().to_numpy()
    derived.refused += case.refused(found, lost)
    rows = pa.table(
        {
            "method": pa.array([case.method] * found.num_rows, pa.string()),
            "reporter": found["reporter"],
            "facility": where,
            "period": when,
            "item": pa.array([case.item] * found.num_rows, pa.string()),
            "parameter": pa.array([gives] * found.num_rows, pa.string()),
            "value": values,
            "unit": pa.array([case.unit(gives)] * found.num_rows, pa.string()),
        }
    )
    names = ("method", "reporter", "facility", "period", "item", "parameter")
    rows = rows.append_column(
        "id", pc.binary_join_element_wise("derived", *(rows[n] for n in names), "/")
    )
    # where nothing came of an input, no coarser value may stand in for it
    kept = pa.array((called & ~np.isnan(values) & ~beside) | lost)
    rows, inputs = rows.cast(SCHEMA).filter(kept), _inputs(found, case.wanted).filter(kept)
    first = np.unique(rows["id"].to_numpy(), return_index=True)[1]
    rows, inputs = rows.take(first), inputs.take(first)
    if rows.num_rows:
        derived.measured.append(rows)
        for row, ids in zip(rows.to_pylist(), inputs.to_pylist(), strict=True):
            derived.origins[row["id"]] = Origin(
                case.resolver.id, _split(ids), gives, row["value"], row["unit"]
            )


def _finest(
    found: pa.Table, wanted: Mapping[str, Any], part: str, own: str, coarse: pa.Array
) -> pa.Array:
    """Return the row's own place or period where an input was given for it, else the coarse one."""
    there = [pc.equal(found[f"{symbol}_{part}"], found[own]) for symbol in wanted]
    any_there = np.any([t.fill_null(False).to_numpy() for t in there], axis=0)  # noqa: FBT003
    return pc.if_else(pa.array(any_there), whole(found[own]), coarse)


def _inputs(found: pa.Table, wanted: Iterable[str]) -> pa.Array:
    """Return the ids of the inputs that were given."""
    ids = [whole(found[f"{symbol}_id"]).fill_null("") for symbol in wanted]
    return pc.binary_join_element_wise(*ids, SEPARATOR)


def _split(ids: str) -> tuple[str, ...]:
    return tuple(name for name in ids.split(SEPARATOR) if name)


def _derive_share(case: Case, derived: Derived) -> None:
    """Derive from each entry another that is a share of it.

    Where the share is wanted and not known, the derived entry has no amount: the total it belongs
    to is then said to lack a part.
    """
    signs = case.resolver.signs
    rows = case.rows.filter(case.rows.flow.isin(list(signs))).to_pyarrow()
    found = found_for(rows, case.measured, case.wanted)
    given = case.arrays(found)
    share, called = case.run(given), case.called(given)
    derived.refused += case.refused(found, called & np.isnan(share))
    flows = found["flow"].to_pylist()
    amount = found["amount"].to_numpy() * share * np.array([signs[flow] for flow in flows])
    kept = called & ~(share <= 0)
    chosen = found.select(rows.column_names).filter(pa.array(kept))
    inputs = _inputs(found, case.wanted).filter(pa.array(kept))
    _add_entries(case, derived, chosen, amount[kept], inputs)


def _derive_stock(case: Case, derived: Derived) -> None:
    """Derive the changes of stock of each place and year in which the item was bought."""
    item, parameter = next(iter(case.wanted.values()))
    levels = of_pair(case.measured, item, parameter)
    found = with_stocks(case.rows, levels, case.resolver)
    unit = case.unit(parameter)
    drawn = case.run({end: converted(found, end, unit) for end in ENDS})
    derived.refused += case.refused(found, np.isnan(drawn))
    kept = ~np.isnan(drawn)
    amount = drawn * factor(unit, items()[item].unit)
    rows = found.select(case.rows.columns).filter(pa.array(kept))
    inputs = _inputs(found, ENDS).filter(pa.array(kept))
    _add_entries(case, derived, rows, amount[kept], inputs, rows["period"])


def _add_entries(
    case: Case, derived: Derived, rows: pa.Table, amount: Array, inputs: pa.Array, *parts: Any
) -> None:
    """Add the rows with another quantity, source and id; ``parts`` of it tell some apart."""
    resolver = case.resolver
    if not rows.num_rows:
        return
    entries = pc.binary_join_element_wise(
        whole(rows["entry"]), resolver.id, *map(whole, parts), MARK
    )
    said = f"{resolver.zh} {resolver.en}"
    changed = {
        "quantity": pa.array(amount, mask=np.isnan(amount)),
        "amount": pa.array(amount, mask=np.isnan(amount)),
        "unit": pa.array([items()[case.item].unit] * rows.num_rows, pa.string()),
        "entry": entries,
        "source": pc.binary_join_element_wise(said, whole(rows["source"]), " · "),
    }
    schema = case.rows.schema().to_pyarrow()
    columns = [changed.get(name, rows[name]) for name in schema.names]
    derived.entries.append(pa.table(dict(zip(schema.names, columns, strict=True))).cast(schema))
    for entry, ids in zip(entries.to_pylist(), inputs.to_pylist(), strict=True):
        derived.origins[entry] = Origin(resolver.id, _split(ids))


_KINDS = {"measured": _derive_measured, "share": _derive_share, "stock": _derive_stock}
