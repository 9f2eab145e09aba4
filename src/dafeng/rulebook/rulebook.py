"""The rulebook in memory: documents, parameter values and methods, and which of them applies."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from dafeng.rulebook.schema import (
    Clause,
    Document,
    Method,
    MethodTerm,
    Parameter,
    ParameterSet,
    Reference,
    Row,
)
from dafeng.vocabulary import (
    Entries,
    Fault,
    Text,
    ancestors,
    gases,
    items,
    marks,
    period,
    read_records,
    read_yaml,
    regions,
    uses,
    validate,
)

if TYPE_CHECKING:
    from dafeng.vocabulary import Period

DATA = Path(__file__).parent / "data"
T = TypeVar("T", Document, ParameterSet, Method)


@dataclass(frozen=True)
class Value:
    """One value of one parameter in one edition.

    Attributes:
        id: ``parameter/set/key``.
        number: the value, ``None`` where the document prints a range or nothing.
        low, high: the printed range.
        mark: how well it is checked.
        clause: ``document/clause``.
    """

    id: str
    parameter: str
    set: ParameterSet
    row: Row
    number: float | None
    low: float | None
    high: float | None
    unit: str
    mark: str
    clause: str

    def applies(self, day: date) -> bool:
        """Whether the value applies to what happened on ``day``."""
        first, last = self.set.applies_from, self.set.applies_to
        return (first is None or first <= day) and (last is None or day <= last)


@dataclass(frozen=True)
class Choice:
    """The value that a reference leads to, and whether it stands in for a missing one."""

    value: Value
    proxy: bool = False


class Rulebook:
    """Documents, parameters and methods.

    Attributes:
        documents, parameters, methods, sets: by id.
        values: parameter values by id.
        hash: content hash of the data files.
    """

    def __init__(
        self,
        documents: Iterable[Document],
        parameters: Iterable[Parameter],
        sets: Iterable[ParameterSet],
        methods: Iterable[Method],
        digest: str = "",
    ) -> None:
        self.documents = _by_id("document", documents)
        self.parameters = Entries("parameter", parameters)
        self.sets = _by_id("set", sets)
        self.methods = _by_id("method", methods)
        self.hash = digest
        self.values: dict[str, Value] = {}
        self._keyed: dict[tuple[str, str, str, str, str, str], Value] = {}
        for parameter_set in self.sets.values():
            for value in _values(parameter_set):
                if value.id in self.values:
                    raise Fault("duplicate_id", parameter_set.id, id=value.id)
                self.values[value.id] = value
                row = value.row
                keys = (row.item or "", row.region or "", row.gas or "", row.use or "")
                self._keyed[(value.parameter, parameter_set.id, *keys)] = value

    def method(self, wanted: str, year: int | None = None) -> Method:
        """Return a method; with ``year``, refuse an edition outside its time.

        Raises:
            Fault: ``unknown_method``, ``method_out_of_time``.
        """
        method = self.methods.get(wanted)
        if method is None:
            raise Fault("unknown_method", label=wanted, near=", ".join(self.methods))
        if year is not None and not _within(method, year):
            raise Fault("method_out_of_time", wanted, year=year, years=years_of(method))
        return method

    def items(self, term: MethodTerm) -> tuple[str, ...]:
        """Return the items of a term; ``set:ID`` stands for all items of a parameter set."""
        found: dict[str, None] = {}
        for entry in term.items:
            if entry.startswith("set:"):
                rows = (r for t in self.sets[entry[4:]].tables for r in t.rows)
                found |= dict.fromkeys(row.item for row in rows if row.item)
            else:
                found[entry] = None
        return tuple(found)

    def choose(
        self, ref: Reference, item: str, when: Period, region: str = "", use: str = ""
    ) -> Choice | None:
        """Return the default value that a reference leads to, or ``None``.

        A value keyed by use comes before one that holds for every use. Drafts are never chosen.
        """
        found = list(self._candidates(ref, item, region, use))
        if ref.select == "in_force":
            return next((Choice(v) for v in found if v.applies(when.last)), None)
        dated = [value for value in found if value.set.data_year is not None]
        fitting = [value for value in dated if _data_year(value) <= when.year]
        # max and min keep the first of equals: a province's own value before that of its grid
        if fitting:
            return Choice(max(fitting, key=_data_year))
        return Choice(min(dated, key=_data_year), proxy=True) if dated else None

    def clause(self, citation: str) -> tuple[Document, Clause]:
        """Return what ``document/clause`` names.

        Raises:
            Fault: ``unknown_clause``.
        """
        name, _, place = citation.partition("/")
        document = self.documents.get(name)
        clause = document.clause(place) if document else None
        if document is None or clause is None:
            raise Fault("unknown_clause", label=citation)
        return document, clause

    def _candidates(self, ref: Reference, item: str, region: str, use: str) -> Iterator[Value]:
        places = _places(region, ref.region) if ref.region else ("",)
        for name in ref.sets:
            if self.documents[self.sets[name].document].draft:
                continue
            for place in places:
                for key in dict.fromkeys((use, "")):
                    for thing in dict.fromkeys((ref.item or item, "")):
                        wanted = (ref.parameter, name, thing, place, ref.gas or "", key)
                        value = self._keyed.get(wanted)
                        if value is not None and value.number is not None:
                            yield value


def _places(region: str, level: str) -> tuple[str, ...]:
    """Return the codes under which a regional value may stand, the nearest first.

    A province without a value of its own (Tibet) takes that of its grid.
    """
    if level == "country":
        return ("00",)
    line = {place.kind: place for place in ancestors(region)} if region else {}
    province = line.get("province")
    if province is None:
        return ()
    return (province.id, province.grid) if province.grid else (province.id,)


def _data_year(value: Value) -> int:
    return value.set.data_year or 0


def province_of(region: str) -> str:
    """Return the province that holds a region, or the region itself where none does."""
    return next((r.id for r in ancestors(region) if r.kind == "province"), region)


def years_of(method: Method) -> str:
    """Return the reporting years of a method, as printed."""
    return f"{method.first_year or '…'}–{method.last_year or '…'}"


def _within(method: Method, year: int) -> bool:
    return (method.first_year or year) <= year <= (method.last_year or year)


def _by_id(kind: str, records: Iterable[T]) -> dict[str, T]:
    found: dict[str, T] = {}
    for record in records:
        if record.id in found:
            raise Fault("duplicate_id", kind, id=record.id)
        found[record.id] = record
    return found


def _values(parameter_set: ParameterSet) -> Iterator[Value]:
    for table in parameter_set.tables:
        for row in table.rows:
            keys = [key for key in (row.item, row.region, row.gas, row.use) if key]
            for (name, unit), cell in zip(table.columns.items(), row.values, strict=True):
                if cell is None:
                    continue
                low, high = cell if isinstance(cell, tuple) else (None, None)
                yield Value(
                    id="/".join((name, parameter_set.id, ".".join(keys) or "all")),
                    parameter=name,
                    set=parameter_set,
                    row=row,
                    number=None if isinstance(cell, tuple) else cell,
                    low=low,
                    high=high,
                    unit=unit,
                    mark=marks().resolve(row.checked or parameter_set.checked).id,
                    clause=f"{parameter_set.document}/{row.clause or parameter_set.clause}",
                )


@cache
def load(folder: Path = DATA) -> Rulebook:
    """Read a rulebook folder.

    Raises:
        Fault: with the file and field that is wrong.
    """
    documents = sorted((folder / "documents").glob("*.yaml"))
    sets = sorted((folder / "parameters").glob("*.yaml"))
    methods = sorted((folder / "methods").glob("*.yaml"))
    parameters = folder / "parameters.yaml"
    digest = hashlib.sha256()
    for path in (*documents, parameters, *sets, *methods):
        digest.update(path.read_bytes())
    return Rulebook(
        documents=(d for path in documents for d in read_records(Document, path, "documents")),
        parameters=read_records(Parameter, parameters, "parameters"),
        sets=(validate(ParameterSet, read_yaml(path), path.name) for path in sets),
        methods=(validate(Method, read_yaml(path), path.name) for path in methods),
        digest=digest.hexdigest(),
    )


def describe(rules: Rulebook, value: Value) -> Text:
    """Return the name of a value for people: parameter, item or region, and edition."""
    row = value.row
    names = [
        book[key].name
        for book, key in (
            (items(), row.item),
            (regions(), row.region),
            (gases(), row.gas),
            (uses(), row.use),
        )
        if key
    ]
    of = [rules.parameters[value.parameter].name, *names]
    return Text(
        zh=f"{'，'.join(t.zh for t in of)}（{value.set.title.zh}）",
        en=f"{', '.join(t.en for t in of)} ({value.set.title.en})",
    )


def in_force(method: Method, when: str) -> bool:
    """Whether a method's edition covers the reporting year of a period."""
    return _within(method, period(when).year)
