"""What of one rulebook changes from one day to another, and what was known on a day."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from dafeng.rulebook.difference import Change, Event, cell_of, change_of, value_change
from dafeng.rulebook.editions import Dated, holds_on
from dafeng.rulebook.rulebook import Records, Rulebook, Value
from dafeng.rulebook.schema import Document, Method, ParameterSet, Reference
from dafeng.vocabulary import Fault, period

R = TypeVar("R")
_EDITIONS = ("scales", "formulas", "scorecards")


# --- What was known on a day ------------------------------------------------------------------


def issued(rules: Rulebook, rule: Any) -> date | None:
    """Return when a rule was issued: its own day, its document's, or the first day in force."""
    own: date | None = getattr(rule, "issued", None)
    document = rules.documents.get(rule.document)
    if own or document is None:
        return own
    return document.issued or document.in_force_from


def known_on(rules: Rulebook, day: date) -> Rulebook:
    """Return the rules as they had been issued by a day.

    What was issued later is left out; what has no day is taken to have been known always. Sets
    that were not yet issued keep their place but hold no value, so that what asks for one finds
    none; a method is known no sooner than its global warming potentials.
    """
    held = rules.records

    def known(rule: Any) -> bool:
        when = issued(rules, rule)
        return when is None or when <= day

    later = {name for name, one in held.sets.items() if not known(one)}
    silent = {value.id for value in rules.values.values() if value.set.id in later}
    lookups = _kept(held.lookups, known)
    resolvers = {
        name: one
        for name, one in held.resolvers.items()
        if not silent & set(one.values.values()) and set(one.tables.values()) <= set(lookups)
    }
    methods = _kept(held.methods, lambda one: known(one) and one.gwp not in later)
    restricted = replace(
        held,
        sets={name: _emptied(one) if name in later else one for name, one in held.sets.items()},
        methods={name: _resolved_by(one, resolvers) for name, one in methods.items()},
        shared={name: _resolved_by(one, resolvers) for name, one in held.shared.items()},
        lookups=lookups,
        resolvers=resolvers,
        **{kind: _kept(getattr(held, kind), known) for kind in _EDITIONS},
    )
    return Rulebook(restricted, _digest(rules, restricted, later), rules.laid)


def _kept(book: dict[str, R], known: Callable[[R], bool]) -> dict[str, R]:
    return {name: one for name, one in book.items() if known(one)}


def _emptied(found: ParameterSet) -> ParameterSet:
    """Return a set with the same rows and no value in them."""
    tables = tuple(
        table.model_copy(
            update={
                "rows": tuple(
                    row.model_copy(update={"values": (None,) * len(row.values)})
                    for row in table.rows
                )
            }
        )
        for table in found.tables
    )
    return found.model_copy(update={"tables": tables})


def _resolved_by(rule: Any, resolvers: dict[str, Any]) -> Any:
    """Return a method or shared terms with those of its resolvers that there are."""
    left = tuple(name for name in rule.resolvers if name in resolvers)
    return rule if left == rule.resolvers else rule.model_copy(update={"resolvers": left})


def _digest(rules: Rulebook, restricted: Records, later: set[str]) -> str:
    """Return the hash of the rules less what is left out; where nothing is, it is the same."""
    kinds = ("methods", "lookups", "resolvers", *_EDITIONS)
    lost = sorted(
        f"{kind}:{name}"
        for kind in kinds
        for name in getattr(rules.records, kind).keys() - getattr(restricted, kind).keys()
    )
    lost += sorted(f"sets:{name}" for name in later)
    if not lost:
        return rules.hash
    return hashlib.sha256("\n".join((rules.hash, *lost)).encode()).hexdigest()


# --- What changes between two days ------------------------------------------------------------


def between_days(rules: Rulebook, first: date, last: date) -> list[Change]:
    """Return what is in force or known on ``last`` and not on ``first``, and the other way round.

    Drafts are never in force; a draft that was issued in between is listed as issued.

    Raises:
        Fault: ``days_reversed`` where ``last`` is before ``first``.
    """
    if last < first:
        raise Fault("days_reversed", first=first, last=last)
    found = [
        change for one in rules.documents.values() for change in _document(rules, one, first, last)
    ]
    found += _sets_and_values(rules, first, last)
    found += _methods(rules, first, last)
    for kind in _EDITIONS:
        found += _editions(rules, kind, first, last)
    return found


def _document(rules: Rulebook, one: Document, first: date, last: date) -> Iterator[Change]:
    """Yield when a document was issued, came into force and went out of it."""
    if one.issued and first < one.issued <= last:
        yield change_of(rules, "documents", one, "issued", day=one.issued)
    begins = one.in_force_from
    if begins and first < begins <= last and not one.draft and _known_by(one.issued, begins):
        yield change_of(rules, "documents", one, "starts", day=begins)
    if one.in_force_to and first <= one.in_force_to < last and not one.draft:
        after = one.superseded_by or ""
        made = change_of(rules, "documents", one, "ends", day=one.in_force_to)
        yield replace(made, after=after or None)


def _live(rules: Rulebook, rule: Any, day: date) -> bool:
    """Whether a set or an edition is issued and in force on a day, and no draft."""
    when = issued(rules, rule)
    return _known_by(when, day) and holds_on(rule, day) and not rules.is_draft(rule)


def _began(rules: Rulebook, rule: Any, first: date) -> tuple[Event, date | None]:
    """Return event and day of what is live now and was not on ``first``."""
    return _start(rule.applies_from, issued(rules, rule), first)


def _start(begins: date | None, when: date | None, first: date) -> tuple[Event, date | None]:
    """Return event and day: what was issued after it began counts from when it was issued."""
    if begins and first < begins and _known_by(when, begins):
        return "starts", begins
    return "issued", when


def _known_by(when: date | None, day: date) -> bool:
    return when is None or when <= day


def _sets_and_values(rules: Rulebook, first: date, last: date) -> Iterator[Change]:
    old = {one.id: one for one in rules.sets.values() if _live(rules, one, first)}
    new = {one.id: one for one in rules.sets.values() if _live(rules, one, last)}
    begun = [one for name, one in new.items() if name not in old]
    ended = {name: one for name, one in old.items() if name not in new}
    for one in begun:
        event, day = _began(rules, one, first)
        yield change_of(rules, "sets", one, event, day=day)
    for one in ended.values():
        yield change_of(rules, "sets", one, "ends", day=one.applies_to)
    gone = {value.id: value for value in rules.values.values() if value.set.id in ended}
    related = _related(rules)
    for value in (value for value in rules.values.values() if value.set in begun):
        sets = [old[name] for name in sorted(related.get(value.set.id, ())) if name in old]
        before = _predecessor(rules, value, sets)
        event, day = _began(rules, value.set, first)
        if before is None:
            yield value_change(rules, value, event, after=cell_of(value), day=day)
            continue
        gone.pop(before.id, None)
        if (cell_of(before), before.unit) != (cell_of(value), value.unit):
            then, today = cell_of(before), cell_of(value)
            more = {"before": then, "after": today, "instead": before.id}
            if before.unit != value.unit:
                more |= {"before": f"{then} {before.unit}", "after": f"{today} {value.unit}"}
                more |= {"unit": ""}
            yield value_change(rules, value, "replaced", day=day, **more)
    for value in gone.values():
        yield value_change(rules, value, "ends", before=cell_of(value), day=value.set.applies_to)


def _related(rules: Rulebook) -> dict[str, set[str]]:
    """Return for each set the others that may answer where it may: those named beside it."""
    found: dict[str, set[str]] = {}
    references: list[Reference] = [
        ref
        for method in rules.methods.values()
        for term in method.terms
        for ref in term.parameters.values()
    ]
    references += [ref for one in rules.formulas.values() for ref in one.parameters.values()]
    groups: Iterable[tuple[str, ...]] = {ref.sets for ref in references}
    over = [(one.id, *one.before) for one in rules.sets.values() if one.before]
    for group in (*groups, *over):
        for name in group:
            found.setdefault(name, set()).update(group)
    return {name: others - {name} for name, others in found.items()}


def _predecessor(rules: Rulebook, value: Value, sets: Iterable[ParameterSet]) -> Value | None:
    """Return the newest value of the same thing in some sets, if it is no newer than this one."""
    _, _, keys = value.id.split("/", 2)
    held = (rules.values.get(f"{value.parameter}/{one.id}/{keys}") for one in sets)
    found = [one for one in held if one and _age(rules, one) <= _age(rules, value)]
    return max(found, key=lambda one: _age(rules, one)) if found else None


def _age(rules: Rulebook, value: Value) -> tuple[int, date, date]:
    """Return what tells which of two values is newer."""
    held = value.set
    day = issued(rules, held) or date.min
    return (held.data_year or 0, held.applies_from or date.min, day)


def _methods(rules: Rulebook, first: date, last: date) -> Iterator[Change]:
    """Yield methods whose reporting years begin or end, or that were issued in between."""
    for one in rules.methods.values():
        if rules.documents[one.document].draft:
            continue
        when = issued(rules, one)
        old, new = (_used(one, when, day) for day in (first, last))
        begins = period(str(one.first_year)).first if one.first_year else None
        if new and not old:
            event, day = _start(begins, when, first)
            yield change_of(rules, "methods", one, event, day=day)
        elif old and not new:
            ended = period(str(one.last_year)).last
            yield change_of(rules, "methods", one, "ends", day=ended)


def _used(method: Method, when: date | None, day: date) -> bool:
    """Whether a method is issued by a day and used for its year."""
    within = (method.first_year or day.year) <= day.year <= (method.last_year or day.year)
    return within and _known_by(when, day)


def _editions(rules: Rulebook, kind: str, first: date, last: date) -> Iterator[Change]:
    """Yield editions that begin or end; one that takes another's place says whose."""
    book: dict[str, Any] = getattr(rules, kind)
    old = {name: one for name, one in book.items() if _live(rules, one, first)}
    new = {name: one for name, one in book.items() if _live(rules, one, last)}
    gone = {_place(one): one for name, one in old.items() if name not in new}
    for one in (one for name, one in new.items() if name not in old):
        before = gone.pop(_place(one), None)
        event, day = _began(rules, one, first)
        if before is None:
            yield change_of(rules, kind, one, event, day=day)
            continue
        made = change_of(rules, kind, one, "replaced", day=day, instead=before.id)
        yield replace(made, before=before.id, after=one.id)
        if kind == "scales":
            yield from _limits(rules, before, one, day)
    for one in gone.values():
        yield change_of(rules, kind, one, "ends", day=one.applies_to)


def _place(edition: Dated) -> tuple[str, str]:
    return edition.family, edition.region


def _limits(rules: Rulebook, before: Any, after: Any, day: date | None) -> Iterator[Change]:
    """Yield the limits that differ between two editions, product by product."""
    old = {scale.id: scale for scale in before.scales}
    new = {scale.id: scale for scale in after.scales}
    for name in (*(n for n in old if n not in new), *new):
        was, now = old.get(name), new.get(name)
        edition, held = (after, now) if now else (before, was)
        if held is None or (was and now and (was.limits, was.unit) == (now.limits, now.unit)):
            continue
        checked = held.checked or edition.checked
        rule = edition.model_copy(update={"clause": held.clause or edition.clause})
        made = change_of(rules, "limits", rule.model_copy(update={"checked": checked}), "replaced")
        yield replace(
            made,
            id=f"{edition.id}/{name}",
            name=held.name,
            event="replaced" if was and now else "added" if now else "removed",
            before=was and (was.limits if held.unit == was.unit else f"{was.limits} {was.unit}"),
            after=now and now.limits,
            unit=held.unit,
            day=day,
            instead=f"{before.id}/{name}" if was and now else "",
        )
