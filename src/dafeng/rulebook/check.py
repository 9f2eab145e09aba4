"""What can be wrong with a rulebook that its schema does not see."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from datetime import date
from functools import partial
from itertools import chain

from dafeng.findings import Finding
from dafeng.rulebook.expressions import symbols
from dafeng.rulebook.instruments import Formula, Scorecard
from dafeng.rulebook.limits import ScaleSet
from dafeng.rulebook.resolving import Resolver
from dafeng.rulebook.rulebook import Rulebook
from dafeng.rulebook.schema import Method, MethodTerm, Reference
from dafeng.rulebook.sense import Test, sense_tests
from dafeng.vocabulary import Entries, Fault, flows, gases, items, quantity, regions, uses


def check(rules: Rulebook, day: date | None = None) -> list[Finding]:
    """Return what is wrong: citations, names, units and formulas that lead nowhere, and nonsense.

    Args:
        rules: the rulebook.
        day: look only at parameter values that apply on this day.
    """
    found: list[Finding] = []
    for place, test in _tests(rules, day):
        try:
            test()
        except Fault as fault:
            found.append(Finding.of(fault.at(place)))
    return found


def _tests(rules: Rulebook, day: date | None) -> Iterator[Test]:
    yield from _value_tests(rules, day)
    for document in rules.documents.values():
        if document.superseded_by:
            yield document.id, partial(_known, rules.documents, document.superseded_by)
    for parameter_set in rules.sets.values():
        place = f"{parameter_set.document}/{parameter_set.clause}"
        yield parameter_set.id, partial(rules.clause, place)
        for name in parameter_set.before:
            yield parameter_set.id, partial(_known, rules.sets, name)
    for method in rules.methods.values():
        yield from _method_tests(rules, method)
        yield from ((method.id, partial(_known, rules.resolvers, n)) for n in method.resolvers)
    yield from _lookup_tests(rules)
    yield from chain.from_iterable(_resolver_tests(rules, r) for r in rules.resolvers.values())
    for deadline in rules.deadlines.values():
        yield deadline.id, partial(rules.clause, f"{deadline.document}/{deadline.clause}")
    yield from chain.from_iterable(_scale_tests(rules, e) for e in rules.scales.values())
    yield from chain.from_iterable(_formula_tests(rules, f) for f in rules.formulas.values())
    yield from chain.from_iterable(_scorecard_tests(rules, c) for c in rules.scorecards.values())
    yield from sense_tests(rules, day)


def _method_tests(rules: Rulebook, method: Method) -> Iterator[Test]:
    yield method.id, partial(rules.clause, f"{method.document}/{method.clause}")
    for term in method.terms:
        place = f"{method.id}.{term.id}"
        yield place, partial(rules.clause, _cited(method, term.clause))
        yield place, partial(_term, rules, term)


def _value_tests(rules: Rulebook, day: date | None) -> Iterator[Test]:
    for value in rules.values.values():
        if day is not None and not value.applies(day):
            continue
        row = value.row
        yield value.id, partial(rules.clause, value.clause)
        yield value.id, partial(quantity, value.unit)
        yield value.id, partial(rules.parameters.resolve, value.parameter)
        if row.case:
            yield value.id, partial(_known, value.set.cases, row.case)
        for book, key in (
            (items(), row.item),
            (regions(), row.region),
            (gases(), row.gas),
            (uses(), row.use),
        ):
            if key:
                yield value.id, partial(_known, book, key)


def _lookup_tests(rules: Rulebook) -> Iterator[Test]:
    for table in rules.lookups.values():
        yield table.id, partial(rules.clause, f"{table.document}/{table.clause}")
        yield from ((table.id, partial(quantity, unit)) for unit in table.columns.values())


def _resolver_tests(rules: Rulebook, resolver: Resolver) -> Iterator[Test]:
    yield resolver.id, partial(rules.clause, resolver.clause)
    gives = [resolver.gives] if resolver.gives else []
    for book, names in (
        (rules.parameters, (*resolver.inputs.values(), *gives)),
        (rules.lookups, resolver.tables.values()),
        (rules.values, resolver.values.values()),
        (items(), resolver.items),
        (flows(), (*resolver.signs, *resolver.beside)),
    ):
        yield from ((resolver.id, partial(_known, book, name)) for name in names)


def _edition_tests(
    rules: Rulebook, edition: ScaleSet | Formula | Scorecard, clauses: Iterable[str | None]
) -> Iterator[Test]:
    for clause in (edition.clause, *clauses):
        if clause:
            yield edition.id, partial(rules.clause, _cited(edition, clause))
    if edition.region:
        yield edition.id, partial(_known, regions(), edition.region)


def _scale_tests(rules: Rulebook, edition: ScaleSet) -> Iterator[Test]:
    yield from _edition_tests(rules, edition, (scale.clause for scale in edition.scales))
    yield from ((edition.id, partial(quantity, i.unit)) for i in edition.inputs.values() if i.unit)
    for scale in edition.scales:
        place = f"{edition.id}.{scale.id}"
        yield place, partial(quantity, scale.unit)
        if scale.item:
            yield place, partial(_known, items(), scale.item)
        corrected = scale.corrected
        for formula in corrected.values() if isinstance(corrected, dict) else [corrected]:
            if formula:
                yield place, partial(_symbols_known, formula, {"limit", *edition.inputs})


def _formula_tests(rules: Rulebook, formula: Formula) -> Iterator[Test]:
    yield from _edition_tests(rules, formula, (step.clause for step in formula.steps))
    for ref in formula.parameters.values():
        yield formula.id, partial(_reference, rules, ref)
    known = {name for name, i in formula.inputs.items() if i.unit is not None}
    yield from ((formula.id, partial(quantity, i.unit)) for i in formula.inputs.values() if i.unit)
    known |= set(formula.parameters)
    for step in formula.steps:
        place = f"{formula.id}.{step.id}"
        yield place, partial(quantity, step.unit)
        yield place, partial(_symbols_known, step.expression, set(known))
        known.add(step.id)


def _scorecard_tests(rules: Rulebook, card: Scorecard) -> Iterator[Test]:
    clauses = [criterion.clause for criterion in card.criteria]
    yield from _edition_tests(rules, card, clauses + [event.clause for event in card.events])
    for criterion in card.criteria:
        place = f"{card.id}.{criterion.id}"
        if criterion.unit:
            yield place, partial(quantity, criterion.unit)
        if criterion.group:
            yield place, partial(_known, card.groups, criterion.group)
    if card.normalised:
        names = {"value", "base", "lead"}
        yield card.id, partial(_symbols_known, card.normalised, names)


def _symbols_known(formula: str, known: set[str]) -> None:
    strange = set(symbols(formula)) - known
    if strange:
        raise Fault("bad_expression", reason=str(sorted(strange)))


def _cited(rule: Method | ScaleSet | Formula | Scorecard, clause: str) -> str:
    return clause if "/" in clause else f"{rule.document}/{clause}"


def _term(rules: Rulebook, term: MethodTerm) -> None:
    names = set(symbols(term.expression))
    if names != set(term.parameters):
        raise Fault("bad_expression", reason=str(names ^ set(term.parameters)))
    _items(rules, term)
    for flow in term.flows or ():
        _known(flows(), flow)
    if term.column and not any(term.column in flow.signs for flow in flows().values()):
        raise Fault("unknown_flow", label=term.column, near="–")
    for use in term.uses:
        if not use.endswith("/*"):
            _known(uses(), use)
    if term.gas:
        _known(gases(), term.gas)
    for ref in term.parameters.values():
        _reference(rules, ref)


def _items(rules: Rulebook, term: MethodTerm) -> None:
    for name in term.items:
        if name.startswith("set:"):
            _known(rules.sets, name.removeprefix("set:"))
    for item in rules.items(term):
        _known(items(), item)


def _reference(rules: Rulebook, ref: Reference) -> None:
    rules.parameters.resolve(ref.parameter)
    for name in ref.sets:
        _known(rules.sets, name)


def _known(book: Container[str], key: str) -> None:
    if key not in book:
        kind = book.kind if isinstance(book, Entries) else "id"
        raise Fault(f"unknown_{kind}", label=key, near="–")
