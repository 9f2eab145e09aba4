"""The shape of what stands beside terms: lookup tables, resolvers, terms that methods share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, model_validator

from dafeng.rulebook.schema import Checked, Method, MethodTerm, Number
from dafeng.vocabulary import Fault, Record, Term, Text


class Lookup(Record):
    """A table of states, in which a value is looked up by others: enthalpy by pressure.

    Attributes:
        columns: column → unit.
        rows: numbers in the order of the columns.
    """

    id: str
    title: Text
    document: str
    clause: str
    checked: Checked
    our_reading: Text | None = None
    note: Text | None = None
    columns: dict[str, str] = Field(min_length=2)
    rows: tuple[tuple[Number, ...], ...]

    @model_validator(mode="after")
    def _whole(self) -> Lookup:
        for row in self.rows:
            if len(row) != len(self.columns):
                msg = f"{len(row)} numbers for {len(self.columns)} columns: {row}"
                raise ValueError(msg)
        return self


class Resolver(Term):
    """What is looked up or converted before the join; the function is named, the rest is data.

    Attributes:
        clause: ``document/clause`` that says so.
        kind: what it yields: a ``measured`` parameter; entries that are a ``share`` of others;
            entries of the change of ``stock``.
        function: name of the function in ``accounting.resolvers``.
        items: items that it holds for; empty for all.
        inputs: symbol → measured parameter, each taken in the parameter's first unit.
        by: inputs any of which calls for the resolver; without one nothing is resolved.
        gives: the parameter that it yields.
        tables: name of an argument → lookup table.
        values: name of an argument → id of a parameter value.
        signs: flow → sign of the entries that it yields; a flow that is not named has none.
        beside: flows next to which a change of stock is wanted: without them there is none.
        always: whether it holds for every method; else for those that name it.
        refusal: why there may be no value although an input is given.
    """

    clause: str
    kind: Literal["measured", "share", "stock"] = "measured"
    function: str
    items: tuple[str, ...] = ()
    inputs: dict[str, str] = Field(min_length=1)
    by: tuple[str, ...] = Field(min_length=1)
    gives: str | None = None
    tables: dict[str, str] = {}  # noqa: RUF012  frozen
    values: dict[str, str] = {}  # noqa: RUF012  frozen
    signs: dict[str, Literal[1, -1]] = {}  # noqa: RUF012  frozen
    beside: tuple[str, ...] = ()
    always: bool = False
    refusal: Text
    our_reading: Text | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Resolver:
        if (self.kind == "measured") != (self.gives is not None):
            raise ValueError("what yields a measured parameter, and nothing else, names it")
        if not set(self.by) <= set(self.inputs):
            raise ValueError("by names inputs")
        return self


class SharedTerms(Record):
    """Terms that several methods have in common, with the resolvers that they need.

    A method names them under ``shared`` with the clause of its own document.
    """

    id: str
    title: Text
    resolvers: tuple[str, ...] = ()
    terms: tuple[MethodTerm, ...] = Field(min_length=1)


def completed(method: Method, shared: Mapping[str, SharedTerms]) -> Method:
    """Return a method with the terms that it shares with others, under its own clauses.

    Raises:
        Fault: ``unknown_id``.
    """
    terms, resolvers = list(method.terms), list(method.resolvers)
    for name, clause in method.shared.items():
        if name not in shared:
            raise Fault("unknown_id", method.id, label=name)
        terms += [term.model_copy(update={"clause": clause}) for term in shared[name].terms]
        resolvers += shared[name].resolvers
    return method.model_copy(update={"terms": tuple(terms), "resolvers": tuple(resolvers)})
