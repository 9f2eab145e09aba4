"""The shape of the rulebook: documents, parameter sets, methods.

A rule is data with value, unit, dates, source and mark; a data file that lacks one is refused.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from dafeng.vocabulary import Record, Term, Text

Checked = Literal["official", "V", "V~", "M+", "M", "synthetic"]


def _fraction(value: object) -> object:
    """``44/12`` is an exact way to write a value; a range is written ``[low, high]``."""
    return float(Fraction(value)) if isinstance(value, str) and "/" in value else value


Number = Annotated[float, BeforeValidator(_fraction)]
Cell = Number | tuple[Number, Number] | None


class Clause(Record):
    """A place in a document, described in our own words."""

    id: str
    kind: Literal["clause", "table", "annex", "document"] = "clause"
    text: Text
    clauses: tuple[Clause, ...] = ()


class Document(Record):
    """A standard, guideline, notice or plan, as a tree of clauses.

    Attributes:
        in_force_from, in_force_to: first and last day; ``None`` where open or not known.
        superseded_by: id of the document that took its place.
        draft: a draft is never used by default.
        checked: how well number, title and dates are checked.
        seen: where the text or a copy of it was seen.
    """

    id: str
    number: str
    title: Text
    issuer: Text
    issued: date | None = None
    in_force_from: date | None = None
    in_force_to: date | None = None
    superseded_by: str | None = None
    draft: bool = False
    checked: Checked
    seen: str | None = None
    note: Text | None = None
    clauses: tuple[Clause, ...]

    def clause(self, wanted: str) -> Clause | None:
        """Return the clause with this id, wherever it stands in the tree."""
        stack = list(self.clauses)
        while stack:
            clause = stack.pop()
            if clause.id == wanted:
                return clause
            stack.extend(clause.clauses)
        return None


class Parameter(Term):
    """A named parameter.

    Attributes:
        symbol: how formulas write it.
        units: units a measured value may stand in (any that converts); the first is preferred.
        low, high: the smallest and the largest value that make sense, in the first unit: 0 and
            1 of a share.
    """

    symbol: str
    units: tuple[str, ...]
    low: float = 0
    high: float | None = None


class Row(Record):
    """One line of a parameter table: its keys, then a cell per column.

    A cell is a number, a fraction as text, ``[low, high]`` where the document prints a range
    (then there is no default value), or null where the document prints nothing.
    """

    item: str | None = None
    region: str | None = None
    gas: str | None = None
    use: str | None = None
    case: str | None = None
    values: tuple[Cell, ...]
    checked: Checked | None = None
    clause: str | None = None
    note: Text | None = None


class Table(Record):
    """Rows with the same columns; ``columns`` maps a parameter to its unit."""

    columns: dict[str, str] = Field(min_length=1)
    rows: tuple[Row, ...]

    @model_validator(mode="after")
    def _cells(self) -> Table:
        for row in self.rows:
            if len(row.values) != len(self.columns):
                msg = f"{len(row.values)} values for {len(self.columns)} columns: {row}"
                raise ValueError(msg)
        return self


class ParameterSet(Record):
    """Parameters of one edition of one document.

    Attributes:
        applies_from, applies_to: days on which the values apply to what happened then.
        data_year: the year that the values describe (electricity factors).
        issued: when these values were issued, where it is not the document's own date.
        purpose: ``ets``, ``inventory``, ``statistics`` or ``footprint`` where it matters.
        checked: the reference's mark of every row that has none of its own.
        cases: names of what the rows tell apart by ``case``: ``key_region``, ``class-1``.
        before: sets whose values give way to this one where both apply: a province's overlay.
    """

    id: str
    title: Text
    document: str
    clause: str
    cases: dict[str, Text] = {}  # noqa: RUF012  frozen
    before: tuple[str, ...] = ()
    issued: date | None = None
    applies_from: date | None = None
    applies_to: date | None = None
    data_year: int | None = None
    purpose: Literal["ets", "inventory", "statistics", "footprint"] | None = None
    checked: Checked
    our_reading: Text | None = None
    note: Text | None = None
    tables: tuple[Table, ...]


class Unknown(Record):
    """Days for which there is no value where one would be expected, and why.

    Attributes:
        applies_from, applies_to: first and last of these days; ``None`` where open.
    """

    applies_from: date | None = None
    applies_to: date | None = None
    reason: Text


class Reference(Record):
    """Where a symbol of an expression takes its value from.

    Attributes:
        parameter: name of the parameter.
        sets: parameter sets that may give the default, in order of preference; none means
            that only a measured value counts.
        item: the item whose parameter it is, if not the row's own.
        gas: key of a parameter kept by gas.
        case: key of a parameter kept by case; in a formula it may name an input that holds it.
        measured: whether a reporter's own value takes the default's place.
        own_period: whether only a value of the row's own period does: that of the year stands
            for no month.
        default_only: items whose value is never taken from the reporter.
        select: ``in_force`` by the period's last day; ``newest_data_year`` not later than the
            period and applying on its last day, else the earliest later one as a flagged proxy.
        region: level of region at which a regional value is looked up.
        unknown: when the sets have no value although they have one at other times.
    """

    parameter: str
    sets: tuple[str, ...] = ()
    item: str | None = None
    gas: str | None = None
    case: str | None = None
    measured: bool = True
    own_period: bool = False
    default_only: tuple[str, ...] = ()
    select: Literal["in_force", "newest_data_year"] = "in_force"
    region: Literal["province", "country"] | None = None
    unknown: tuple[Unknown, ...] = ()


class MethodTerm(Record):
    """sign × quantity(item, flow, use) × expression(parameters).

    Attributes:
        measure: ``emission`` (g CO2e, with ``gas`` and ``scope``) or ``energy`` (g standard coal).
        items: item ids, or ``set:ID`` for all items of a parameter set.
        column: a column of the sign table; or
        flows: flow → sign.
        uses: uses that count, ``final/*`` for a family; none means all.
        memo: kept apart and outside every total: ``feedstock`` or ``renewable``.
        expression: a formula over the symbols of ``parameters``; ``first(a, b)`` takes ``b``
            where ``a`` has no value.
    """

    id: str
    title: Text
    clause: str
    measure: Literal["emission", "energy"]
    gas: str | None = None
    scope: Literal[1, 2] | None = None
    items: tuple[str, ...] = Field(min_length=1)
    column: str | None = None
    flows: dict[str, Literal[1, -1]] | None = None
    uses: tuple[str, ...] = ()
    memo: Literal["feedstock", "renewable"] | None = None
    expression: str
    parameters: dict[str, Reference]

    @model_validator(mode="after")
    def _consistent(self) -> MethodTerm:
        if (self.column is None) == (self.flows is None):
            raise ValueError("column or flows, exactly one of them")
        if (self.measure == "emission") != (self.gas is not None and self.scope is not None):
            raise ValueError("an emission has gas and scope, energy has neither")
        return self


class Method(Record):
    """A way to compute energy or emissions of one kind of reporter.

    Attributes:
        purposes: what results may be used for: ``ets``, ``inventory``, ``energy``.
        boundary: results of different boundaries are never added.
        first_year, last_year: reporting years for which this edition is used.
        gwp: parameter set with the global warming potentials (emission methods).
        published_as: statistics measure under which others publish the same thing.
        complete: a method with an unsettled term refuses totals.
        shared: terms that stand elsewhere for several methods → the clause of this method.
        resolvers: what is resolved before the join, besides what the shared terms need.
    """

    id: str
    title: Text
    document: str
    clause: str
    purposes: tuple[Literal["ets", "inventory", "energy"], ...] = Field(min_length=1)
    boundary: Text
    boundary_id: str
    first_year: int | None = None
    last_year: int | None = None
    gwp: str | None = None
    published_as: str | None = None
    complete: bool = True
    open_points: tuple[Text, ...] = ()
    our_reading: Text | None = None
    shared: dict[str, str] = {}  # noqa: RUF012  frozen
    resolvers: tuple[str, ...] = ()
    terms: tuple[MethodTerm, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> Method:
        if not self.complete and not self.open_points:
            raise ValueError("an incomplete method says what is open")
        if self.gwp is None and any(term.measure == "emission" for term in self.terms):
            raise ValueError("a method with emissions names its GWP set")
        return self
