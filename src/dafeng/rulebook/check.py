"""What can be wrong with a rulebook that its schema does not see."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from datetime import date
from functools import partial

from dafeng.findings import Finding
from dafeng.rulebook.expressions import symbols
from dafeng.rulebook.rulebook import Rulebook
from dafeng.rulebook.schema import Method, MethodTerm
from dafeng.vocabulary import Entries, Fault, flows, gases, items, quantity, regions, uses


def check(rules: Rulebook, day: date | None = None) -> list[Finding]:
    """Return what is wrong: citations, names, units and formulas that lead nowhere.

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


def _tests(rules: Rulebook, day: date | None) -> Iterator[tuple[str, Callable[[], object]]]:
    for value in rules.values.values():
        if day is not None and not value.applies(day):
            continue
        row = value.row
        yield value.id, partial(rules.clause, value.clause)
        yield value.id, partial(quantity, value.unit)
        yield value.id, partial(rules.parameters.resolve, value.parameter)
        for book, key in (
            (items(), row.item),
            (regions(), row.region),
            (gases(), row.gas),
            (uses(), row.use),
        ):
            if key:
                yield value.id, partial(_known, book, key)
    for document in rules.documents.values():
        if document.superseded_by:
            yield document.id, partial(_known, rules.documents, document.superseded_by)
    for method in rules.methods.values():
        yield method.id, partial(rules.clause, f"{method.document}/{method.clause}")
        for term in method.terms:
            place = f"{method.id}.{term.id}"
            yield place, partial(rules.clause, _cited(method, term))
            yield place, partial(_term, rules, term)


def _cited(method: Method, term: MethodTerm) -> str:
    return term.clause if "/" in term.clause else f"{method.document}/{term.clause}"


def _term(rules: Rulebook, term: MethodTerm) -> None:
    names = set(symbols(term.expression))
    if names != set(term.parameters):
        raise Fault("bad_expression", reason=str(names ^ set(term.parameters)))
    for item in rules.items(term):
        _known(items(), item)
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
        rules.parameters.resolve(ref.parameter)
        for name in ref.sets:
            _known(rules.sets, name)


def _known(book: Container[str], key: str) -> None:
    if key not in book:
        kind = book.kind if isinstance(book, Entries) else "id"
        raise Fault(f"unknown_{kind}", label=key, near="–")
