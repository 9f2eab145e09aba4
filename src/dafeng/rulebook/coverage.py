"""What of the rules has a value when: methods, symbol by symbol, and families of editions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from dafeng.rulebook.editions import Dated, InTime, holds_on
from dafeng.rulebook.expressions import used
from dafeng.rulebook.rulebook import Choice, Rulebook
from dafeng.rulebook.schema import Method, MethodTerm, Reference, Unknown
from dafeng.vocabulary import Period, Text, ancestors, period, regions

if TYPE_CHECKING:
    from numpy.typing import NDArray

Status = Literal["default", "proxy", "measured", "other", "unknown", "gap"]
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Covered:
    """Days on which a symbol of a term has a value for an item, or why it has none.

    Attributes:
        use: the use that it is looked up for; empty where any use has the same values.
        first, last: first and last day of the span.
        status: ``default``: the rules give a value; ``proxy``: that of a later year stands in;
            ``measured``: they never do, the reporter's own value is needed; ``other``: it has
            none, and the formula takes another way; ``unknown``: it has none, as the data say;
            ``gap``: it has none, and nothing says so.
        provinces: where that is so; empty for everywhere.
        reason: why, where it is unknown.
    """

    method: str
    term: str
    item: str
    use: str
    symbol: str
    parameter: str
    first: date
    last: date
    status: Status
    provinces: tuple[str, ...] = ()
    reason: Text | None = None


@dataclass(frozen=True)
class Hole:
    """Days on which no edition of a family is in force in a place, although one was before.

    Attributes:
        kind: ``scales``, ``formulas`` or ``scorecards``.
        region: the place; empty for the country.
        reason: why, as the data say; ``None`` where they do not.
        drafts: editions that would hold, were they more than drafts.
    """

    kind: str
    family: str
    region: str
    first: date
    last: date
    reason: Text | None
    drafts: tuple[str, ...] = ()


def coverage(rules: Rulebook, first: date, last: date) -> list[Covered]:
    """Return what each symbol of each term of each method rests on, over some years.

    Args:
        rules: the rulebook.
        first: first day looked at; only days of a method's own years count.
        last: last day looked at.
    """
    found: list[Covered] = []
    for method in rules.methods.values():
        begin = max(first, _year(method.first_year, first).first)
        end = min(last, _year(method.last_year, last).last)
        if begin <= end:
            for term in method.terms:
                found += _term(rules, method, term, begin, end)
    return found


def holes(rules: Rulebook, last: date) -> list[Hole]:
    """Return the days from the first edition of each family to ``last`` on which none holds."""
    found = []
    for kind, book in (
        ("scales", rules.scales),
        ("formulas", rules.formulas),
        ("scorecards", rules.scorecards),
    ):
        families: dict[str, list[Dated]] = {}
        for edition in book.values():
            families.setdefault(edition.family, []).append(edition)
        for family, editions in families.items():
            known = [u for edition in editions for u in edition.unknown]
            drafts = [edition for edition in editions if rules.is_draft(edition)]
            final = [edition for edition in editions if edition not in drafts]
            for region in sorted({edition.region for edition in final}):
                for begin, end in _free(final, region, last):
                    reason = _reason(known, begin, end)
                    waiting = tuple(e.id for e in drafts if _spans_all(e, begin, end))
                    found.append(Hole(kind, family, region, begin, end, reason, waiting))
    return found


def _year(year: int | None, otherwise: date) -> Period:
    return period(str(year or otherwise.year))


def _term(
    rules: Rulebook, method: Method, term: MethodTerm, begin: date, end: date
) -> Iterator[Covered]:
    """Yield the lines of a term; spans that follow each other and say the same are one."""
    refs = term.parameters
    spans = list(_spans(rules, list(refs.values()), begin, end))
    local = any(ref.region == "province" for ref in refs.values())
    places = [r.id for r in regions().values() if r.kind == "province"] if local else [""]
    for item in rules.items(term):
        for use in _uses(rules, term, item):
            held: dict[tuple[object, ...], Covered] = {}
            for first, last in spans:
                for line in _looked_up(rules, term, (item, use), (first, last), places):
                    whole = replace(line, method=method.id)
                    key = (line.symbol, line.status, line.provinces, line.reason)
                    before = held.get(key)
                    if before and before.last + DAY == first:
                        held[key] = replace(before, last=last)
                    else:
                        if before:
                            yield before
                        held[key] = whole
            yield from held.values()


def _looked_up(
    rules: Rulebook,
    term: MethodTerm,
    wanted: tuple[str, str],
    span: tuple[date, date],
    places: Sequence[str],
) -> Iterator[Covered]:
    """Yield what each symbol rests on within a span in which nothing changes."""
    import numpy as np  # noqa: PLC0415  heavy

    item, use = wanted
    when = Period("", "day", span[0], span[0])
    found: dict[str, list[Choice | None]] = {}
    measured: dict[str, NDArray[np.bool_]] = {}
    for symbol, ref in term.parameters.items():
        found[symbol] = [rules.choose(ref, item, when, place, use) for place in places]
        own = ref.measured and item not in ref.default_only
        never = [own and not any(rules.candidates(ref, item, p, use)) for p in places]
        measured[symbol] = np.array(never)
    known = {
        symbol: measured[symbol] | [choice is not None for choice in choices]
        for symbol, choices in found.items()
    }
    taken = used(term.expression, known)
    for symbol, ref in term.parameters.items():
        reason = _reason(ref.unknown, *span)
        by_status: dict[Status, list[str]] = {}
        for at, (place, choice) in enumerate(zip(places, found[symbol], strict=True)):
            if choice is not None:
                status: Status = "proxy" if choice.proxy else "default"
            elif measured[symbol][at]:
                status = "measured"
            elif not taken[symbol][at]:
                status = "other"
            else:
                status = "unknown" if reason else "gap"
            by_status.setdefault(status, []).append(place)
        for status, where in by_status.items():
            yield Covered(
                method="",
                term=term.id,
                item=item,
                use=use,
                symbol=symbol,
                parameter=ref.parameter,
                first=span[0],
                last=span[1],
                status=status,
                provinces=tuple(where) if len(by_status) > 1 else (),
                reason=reason if status == "unknown" else None,
            )


def _uses(rules: Rulebook, term: MethodTerm, item: str) -> list[str]:
    """Return the uses to look at: those of the term, else those that its values tell apart."""
    if term.uses:
        return [use.removesuffix("/*") for use in term.uses]
    found = {""}
    for ref in term.parameters.values():
        for name in rules.sets_of(ref):
            rows = (row for table in rules.sets[name].tables for row in table.rows)
            found |= {row.use for row in rows if row.use and row.item in (None, ref.item or item)}
    return sorted(found)


def _spans(
    rules: Rulebook, refs: Sequence[Reference], begin: date, end: date
) -> Iterator[tuple[date, date]]:
    """Split some days where a set, a year or a declaration begins or ends."""
    dated = [rules.sets[name] for ref in refs for name in rules.sets_of(ref)]
    marks: list[InTime] = [*dated, *(unknown for ref in refs for unknown in ref.unknown)]
    starts = {begin}
    starts |= {m.applies_from for m in marks if m.applies_from}
    starts |= {m.applies_to + DAY for m in marks if m.applies_to}
    if any(ref.select == "newest_data_year" for ref in refs):
        starts |= {_year(found.data_year, end).first for found in dated if found.data_year}
    days = sorted(day for day in starts if begin <= day <= end)
    for day, after in zip(days, [*days[1:], end + DAY], strict=True):
        yield day, after - DAY


def _free(editions: Sequence[Dated], region: str, last: date) -> Iterator[tuple[date, date]]:
    """Yield the spans up to ``last`` in which no edition holds in a place."""
    places = {place.id for place in ancestors(region)} if region else set()
    held = [e for e in editions if e.region in {"", *places}]
    ordered = sorted(held, key=lambda edition: edition.applies_from or date.min)
    reach = ordered[0].applies_from or date.min
    for edition in ordered:
        begin = edition.applies_from or date.min
        if reach < begin:
            yield reach, begin - DAY
        if edition.applies_to is None:
            return
        reach = max(reach, edition.applies_to + DAY)
    if reach <= last:
        yield reach, last


def _reason(known: Sequence[Unknown], first: date, last: date) -> Text | None:
    """Return why there is no value between two days, where the data say so of all of them."""
    return next((unknown.reason for unknown in known if _spans_all(unknown, first, last)), None)


def _spans_all(dated: InTime, first: date, last: date) -> bool:
    return holds_on(dated, first) and holds_on(dated, last)
