"""What differs between two rulebooks, record by record and value by value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import fields as fields_of
from datetime import date
from typing import Any, Literal

from dafeng.rulebook.rulebook import Records, Rulebook, Value, describe
from dafeng.rulebook.schema import Document
from dafeng.vocabulary import Record, Term, Text, marks

Event = Literal["added", "removed", "changed", "issued", "starts", "ends", "replaced"]
KINDS = tuple(field.name for field in fields_of(Records))
"""Kinds of records that a rulebook holds."""

_APART = {"sets": {"tables"}}
"""Fields that are compared in another way: the values of a set, one by one."""


@dataclass(frozen=True)
class Change:
    """Something about a rule that is not the same before and after.

    Attributes:
        kind: kind of record, or ``values`` (of parameters) or ``limits`` (of a scale).
        event: two rulebooks: ``added``, ``removed``, ``changed``; two days: ``issued``,
            ``starts``, ``ends``, ``replaced`` (another took its place).
        field: what of the record changed, as the way to it in its file; empty for all of it.
        before, after: the value or the words; ``None`` where there is none.
        unit: of ``before`` and ``after``.
        clause: ``document/clause`` that it rests on.
        mark: how well it is checked.
        flags: ``draft``, ``our_reading``.
        day: when, where two days are compared.
        instead: id of what was in its place before.
    """

    kind: str
    id: str
    name: Text
    event: Event
    field: str = ""
    before: Any = None
    after: Any = None
    unit: str = ""
    clause: str = ""
    mark: str = ""
    flags: tuple[str, ...] = ()
    day: date | None = None
    instead: str = ""


def between_rules(before: Rulebook, after: Rulebook) -> list[Change]:
    """Return what two rulebooks hold differently: records, fields and parameter values.

    Nothing is said of words that only this program reads; dates, texts, clauses, marks and
    values all count.
    """
    found: list[Change] = []
    for kind in KINDS:
        old, new = getattr(before.records, kind), getattr(after.records, kind)
        for name in (*(n for n in old if n not in new), *new):
            rules = after if name in new else before
            found += _record(rules, kind, old.get(name), new.get(name))
        if kind == "sets":
            found += _values(before, after)
    return found


def _record(rules: Rulebook, kind: str, old: Record | None, new: Record | None) -> Iterator[Change]:
    """Yield what differs in one record, field by field; a whole one is one line."""
    held: Any = new or old
    if old is None or new is None:
        event: Event = "removed" if new is None else "added"
        yield change_of(rules, kind, held, event)
        return
    if old == new:
        return
    apart = _APART.get(kind, set())
    was = dict(_flat(old.model_dump(exclude=apart), ""))
    now = dict(_flat(new.model_dump(exclude=apart), ""))
    for way in dict.fromkeys((*was, *now)):
        if was.get(way) != now.get(way):
            yield change_of(rules, kind, held, "changed", way, was, now)


def change_of(
    rules: Rulebook,
    kind: str,
    rule: Any,
    event: Event,
    field: str = "",
    was: Mapping[str, Any] | None = None,
    now: Mapping[str, Any] | None = None,
    *,
    day: date | None = None,
    instead: str = "",
) -> Change:
    """Return a change of a rule, under its clause and mark.

    Args:
        rules: where its document is looked up.
        kind: where it is held.
        rule: the rule.
        event: what happened.
        field: what of it changed.
        was: fields of the rule by the way to them, before.
        now: the same, after.
        day: when.
        instead: what was in its place before.
    """
    was, now = was or {}, now or {}
    beside = {name: _beside(now, was, field, name) for name in ("unit", "clause", "checked")}
    return Change(
        kind=kind,
        id=rule.id,
        name=rule.name if isinstance(rule, Term) else rule.title,
        event=event,
        field=field,
        before=was.get(field),
        after=now.get(field),
        unit=beside["unit"] if field.rpartition(".")[2] != "unit" else "",
        clause=citation_of(rule, beside["clause"]),
        mark=mark_of(rules, rule, beside["checked"]),
        flags=flags_of(rules, rule),
        day=day,
        instead=instead,
    )


def _beside(now: Mapping[str, Any], was: Mapping[str, Any], way: str, name: str) -> str:
    """Return what stands beside a field under ``name``: the unit of the limits of a scale."""
    inner = way.rpartition(".")[0]
    place = f"{inner}.{name}" if inner else name
    return str(now.get(place) or was.get(place) or "")


def citation_of(rule: Any, clause: str = "") -> str:
    """Return ``document/clause`` of a rule, or of a part of it that has a clause of its own."""
    if isinstance(rule, Document):
        return rule.id
    place = str(clause or getattr(rule, "clause", ""))
    document = getattr(rule, "document", "")
    return place if "/" in place or not document else f"{document}/{place}"


def mark_of(rules: Rulebook, rule: Any, checked: str = "") -> str:
    """Return the mark of a rule; one that has none of its own takes that of its document."""
    document = rules.documents.get(getattr(rule, "document", ""))
    found = checked or getattr(rule, "checked", "") or (document.checked if document else "")
    return marks().resolve(found).id if found else ""


def flags_of(rules: Rulebook, rule: Any) -> tuple[str, ...]:
    """Return what stands beside the mark of a rule: a draft, our reading."""
    document = rules.documents.get(getattr(rule, "document", rule.id))
    draft = document is not None and document.draft
    reading = getattr(rule, "our_reading", None) is not None
    return tuple(name for name, holds in (("draft", draft), ("our_reading", reading)) if holds)


def _flat(data: Any, way: str) -> Iterator[tuple[str, Any]]:
    """Yield the way to each value of a record; records in a list go by their id."""
    if isinstance(data, dict) and set(data) == {"zh", "en"}:
        yield way, Text(**data)
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from _flat(value, f"{way}.{key}" if way else str(key))
    elif isinstance(data, tuple | list) and any(isinstance(one, dict) for one in data):
        for at, one in enumerate(data):
            yield from _flat(one, f"{way}[{one.get('id', at)}]")
    else:
        yield way, data


def _values(before: Rulebook, after: Rulebook) -> Iterator[Change]:
    """Yield the parameter values that differ, also those of sets that are new or gone."""
    old, new = before.values, after.values
    for name in (*(n for n in old if n not in new), *new):
        was, now = old.get(name), new.get(name)
        rules, held = (after, now) if now else (before, was)
        if held is None or (was and now and _said(was) == _said(now)):
            continue
        event: Event = "changed" if was and now else "added" if now else "removed"
        if was and now and (cell_of(was), was.unit) == (cell_of(now), now.unit):
            for field, (then, today) in _differing(was, now).items():
                yield value_change(rules, held, event, field=field, before=then, after=today)
        elif was and now and was.unit != now.unit:
            then, today = (f"{cell_of(one)} {one.unit}" for one in (was, now))
            yield value_change(rules, held, event, before=then, after=today, unit="")
        else:
            then, today = was and cell_of(was), now and cell_of(now)
            yield value_change(rules, held, event, before=then, after=today)


def value_change(rules: Rulebook, value: Value, event: Event, **more: Any) -> Change:
    """Return a change of a parameter value."""
    said: dict[str, Any] = {"unit": value.unit} | more
    return Change(
        kind="values",
        id=value.id,
        name=describe(rules, value),
        event=event,
        clause=value.clause,
        mark=value.mark,
        flags=flags_of(rules, value.set),
        **said,
    )


def cell_of(value: Value) -> float | tuple[float | None, float | None]:
    """Return the number, or the printed range."""
    return value.number if value.number is not None else (value.low, value.high)


def _said(value: Value) -> tuple[Any, ...]:
    return (cell_of(value), value.unit, value.mark, value.clause, value.row.note)


def _differing(was: Value, now: Value) -> dict[str, tuple[Any, Any]]:
    """Return what differs beside the number: mark, clause, note."""
    return {
        name: pair
        for name, pair in (
            ("checked", (was.mark, now.mark)),
            ("clause", (was.clause, now.clause)),
            ("note", (was.row.note, now.row.note)),
        )
        if pair[0] != pair[1]
    }
