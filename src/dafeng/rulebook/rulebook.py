"""The rulebook in memory: documents, parameter values and methods, and which of them applies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from dafeng.rulebook.editions import Dated, E, holds_on, none_in_force, spell
from dafeng.rulebook.instruments import Deadline, Formula, Scorecard
from dafeng.rulebook.limits import Scale, ScaleSet
from dafeng.rulebook.resolving import Lookup, Resolver, SharedTerms, completed
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
    regions,
    uses,
)

if TYPE_CHECKING:
    from dafeng.rulebook.overlays import Laid
    from dafeng.vocabulary import Period


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
        return holds_on(self.set, day)


@dataclass(frozen=True)
class Choice:
    """The value that a reference leads to, and whether it stands in for a missing one."""

    value: Value
    proxy: bool = False


@dataclass(frozen=True)
class Records:
    """All records of a rulebook, by kind and id."""

    documents: dict[str, Document] = field(default_factory=dict)
    parameters: dict[str, Parameter] = field(default_factory=dict)
    sets: dict[str, ParameterSet] = field(default_factory=dict)
    methods: dict[str, Method] = field(default_factory=dict)
    scales: dict[str, ScaleSet] = field(default_factory=dict)
    formulas: dict[str, Formula] = field(default_factory=dict)
    scorecards: dict[str, Scorecard] = field(default_factory=dict)
    deadlines: dict[str, Deadline] = field(default_factory=dict)
    lookups: dict[str, Lookup] = field(default_factory=dict)
    resolvers: dict[str, Resolver] = field(default_factory=dict)
    shared: dict[str, SharedTerms] = field(default_factory=dict)


class Rulebook:
    """Documents, parameters, methods, scales, formulas, scorecards and deadlines.

    Attributes:
        documents, parameters, methods, sets, scales, formulas, scorecards, deadlines: by id.
        lookups, resolvers: tables of states and what is resolved before the join, by id.
        values: parameter values by id.
        hash: content hash of the data files.
        records: what it was made of.
        laid: which of them come from an overlay.
    """

    def __init__(self, records: Records, digest: str = "", laid: tuple[Laid, ...] = ()) -> None:
        self.records, self.laid = records, laid
        self.documents = records.documents
        self.parameters = Entries("parameter", records.parameters.values())
        self.sets = records.sets
        shared = records.shared
        self.methods = {m.id: completed(m, shared) for m in records.methods.values()}
        self.lookups = records.lookups
        self.resolvers = records.resolvers
        self.scales = records.scales
        self.formulas = records.formulas
        self.scorecards = records.scorecards
        self.deadlines = records.deadlines
        self.hash = digest
        self.values: dict[str, Value] = {}
        self._keyed: dict[tuple[str, ...], Value] = {}
        self._before: dict[str, tuple[str, ...]] = {}
        for parameter_set in self.sets.values():
            for name in parameter_set.before:
                self._before[name] = (parameter_set.id, *self._before.get(name, ()))
            for value in _values(parameter_set):
                if value.id in self.values:
                    raise Fault("duplicate_id", parameter_set.id, id=value.id)
                self.values[value.id] = value
                self._keyed[(value.parameter, parameter_set.id, *keys_of(value.row))] = value

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
        self,
        ref: Reference,
        item: str,
        when: Period,
        region: str = "",
        use: str = "",
        *,
        draft: str = "",
    ) -> Choice | None:
        """Return the default value that a reference leads to, or ``None``.

        A value keyed by use comes before one that holds for every use. Drafts are never chosen,
        save those of ``draft``: a formula of that document, asked for by name, takes its own.
        """
        found = list(self.candidates(ref, item, region, use, draft))
        if ref.select == "in_force":
            return next((Choice(v) for v in found if v.applies(when.last)), None)
        dated = [value for value in found if value.set.data_year is not None]
        fitting = [v for v in dated if _data_year(v) <= when.year and v.applies(when.last)]
        # max and min keep the first of equals: a province's own value before that of its grid
        if fitting:
            return Choice(max(fitting, key=_data_year))
        later = [v for v in dated if v.set.applies_to is None or when.last <= v.set.applies_to]
        return Choice(min(later, key=_data_year), proxy=True) if later else None

    def candidates(
        self, ref: Reference, item: str, region: str = "", use: str = "", draft: str = ""
    ) -> Iterator[Value]:
        """Yield the values that a reference may lead to at one time or another.

        The preferred set comes first, in it the nearest place, and a value keyed by use before
        one for every use.
        """
        places = _places(region, ref.region) if ref.region else ("",)
        for name in self.sets_of(ref):
            document = self.documents[self.sets[name].document]
            if document.draft and document.id != draft:
                continue
            for place in places:
                for key in dict.fromkeys((use, "")):
                    for thing in dict.fromkeys((ref.item or item, "")):
                        keys = (thing, place, ref.gas or "", key, ref.case or "")
                        wanted = (ref.parameter, name, *keys)
                        value = self._keyed.get(wanted)
                        if value is not None and value.number is not None:
                            yield value

    def epoch(self, refs: Iterable[Reference], when: Period) -> tuple[bool, ...]:
        """Return what of a period decides which values ``choose`` gives for some references.

        In periods of the same epoch the same sets hold, and so the same values.
        """
        held = []
        for ref in refs:
            sets = [self.sets[name] for name in self.sets_of(ref)]
            if ref.select == "in_force":
                held += [holds_on(found, when.last) for found in sets]
            else:
                held += [(s.data_year or 0) <= when.year and holds_on(s, when.last) for s in sets]
        return tuple(held)

    def edition(self, book: dict[str, E], family: str, day: date, region: str = "") -> E:
        """Return the edition of a family that is in force on a day, a province's own first.

        Args:
            book: ``scales``, ``formulas`` or ``scorecards``.
            family: what its editions have in common.
            day: the day.
            region: code of the place that it is wanted for.

        Raises:
            Fault: ``unknown_family``, ``no_edition`` where none is in force on that day. Drafts
            are never taken.
        """
        return self.editions(book, family, day, region)[0]

    def scale(
        self, family: str, wanted: str, day: date, region: str = ""
    ) -> tuple[ScaleSet, Scale]:
        """Return a scale of the edition in force on a day, of the nearest place that has it.

        A province's edition holds only the scales that it changes; the rest is the country's.

        Raises:
            Fault: ``unknown_family``, ``no_edition``; ``unknown_scale`` where no edition that is
            in force there has it.
        """
        editions = self.editions(self.scales, family, day, region)
        for edition in editions:
            scale = edition.scale(wanted)
            if scale is not None:
                return edition, scale
        near = ", ".join(dict.fromkeys(s.id for e in editions for s in e.scales))
        raise Fault("unknown_scale", family, label=wanted, day=day, near=near)

    def editions(self, book: dict[str, E], family: str, day: date, region: str = "") -> list[E]:
        """Return the editions in force on a day, those of the nearest place first.

        Raises:
            Fault: ``unknown_family``, ``no_edition``.
        """
        held = [e for e in book.values() if e.family == family]
        if not held:
            near = ", ".join(sorted({e.family for e in book.values()}))
            raise Fault("unknown_family", label=family, near=near)
        places = [*(place.id for place in ancestors(region)), ""] if region else [""]
        # what is read last is an overlay's and comes before what it lies over
        here = [e for e in reversed(held) if e.region in places]
        found = [edition for edition in here if self._in_force(edition, day)]
        if not found:
            raise none_in_force(family, day, held, here, [e for e in here if self.is_draft(e)])
        return sorted(found, key=lambda edition: places.index(edition.region))

    def named(self, book: dict[str, E], wanted: str, day: date) -> E:
        """Return an edition by its own id; outside its time it is refused.

        A draft that is asked for by name is given; who asks says that it is a draft.

        Raises:
            Fault: ``unknown_edition``, ``edition_out_of_time``.
        """
        edition = book.get(wanted)
        if edition is None:
            raise Fault("unknown_edition", label=wanted, near=", ".join(book))
        if not holds_on(edition, day):
            raise Fault("edition_out_of_time", wanted, day=day, dates=spell(edition))
        return edition

    def is_draft(self, edition: Dated) -> bool:
        """Whether an edition stands in a draft."""
        return self.documents[edition.document].draft

    def _in_force(self, edition: Dated, day: date) -> bool:
        return holds_on(edition, day) and not self.is_draft(edition)

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

    def sets_of(self, ref: Reference) -> Iterator[str]:
        """Yield the sets that may answer a reference, overlays before what they lie over."""
        for listed in ref.sets:
            yield from self._before.get(listed, ())
            yield listed


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


def keys_of(row: Row) -> tuple[str, ...]:
    """Return what tells a row of a parameter table from the others."""
    return tuple(key or "" for key in (row.item, row.region, row.gas, row.use, row.case))


def _values(parameter_set: ParameterSet) -> Iterator[Value]:
    for table in parameter_set.tables:
        for row in table.rows:
            keys = [key for key in keys_of(row) if key]
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
    if row.case:
        names.append(value.set.cases[row.case])
    of = [rules.parameters[value.parameter].name, *names]
    return Text(
        zh=f"{'，'.join(t.zh for t in of)}（{value.set.title.zh}）",
        en=f"{', '.join(t.en for t in of)} ({value.set.title.en})",
    )


def in_force(method: Method, when: str) -> bool:
    """Whether a method's edition covers the reporting year of a period."""
    return _within(method, period(when).year)
