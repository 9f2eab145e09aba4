"""A draft of a plan file: what was read, marked as not accepted, each target with its span.

Where documents disagree, each version is a target of its own, and says so. A garbled figure is
never entered; it is an open point, and so is all else that a person must look at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from string import ascii_lowercase
from typing import Any

from dafeng.plan import Plan, Target
from dafeng.reader.documents import Document
from dafeng.reader.limits import limit
from dafeng.reader.merge import Difference, Merged, Statement, merge
from dafeng.reader.names import comparator_words, jurisdiction_of
from dafeng.reader.owner import Owner, owner_of
from dafeng.reader.proposals import Measure, Proposal, Reading
from dafeng.reader.targets import document_id, source_of, target_of
from dafeng.reader.words import garble_words, joined, reader_word, said
from dafeng.vocabulary import LANGUAGES, Text

_UNSEEN = "M"
_ANY = "2021-2030"  # where no target has a year; an open point says that it is a stand-in
_TITLE = 200  # characters of a task that its title keeps


def draft_plan(
    documents: Sequence[Document],
    readings: Mapping[str, Reading],
    name: str,
    *,
    owner: str | None = None,
) -> Plan:
    """Return everything that some documents propose as one plan.

    Args:
        documents: what was read.
        readings: what was found, by the document's name.
        name: id of the plan.
        owner: region code; else as :func:`owner_of` finds it. What is about other places is left
            out and listed as an open point.
    """
    held = {document.name: document for document in documents}
    whose = owner_of(documents, readings.values(), owner)
    targets, points = _targets(held, readings, whose)
    period = _period(targets)
    missing = ["draft", "no_issuer", "no_period" if period else "unknown_period"]
    fields = {
        "id": name,
        "title": said("plan_title", what=", ".join(held)),
        "owner": whose.region,
        "issuer": said("issuer"),
        "period": period or _ANY,
        "documents": [document_id(file) for file in held],
        "complete": False,
        "open_points": [*map(said, missing), *whose.points, *points, *_open(held, readings)],
        "targets": targets,
        "measures": list(_measures(readings)),
    }
    return Plan.model_validate(fields)


def empty_plan(
    document: Document, reading: Reading, name: str, *, owner: str | None = None
) -> Plan:
    """Return the plan that accepted targets go into: a draft of the document, without figures."""
    draft = draft_plan([document], {document.name: reading}, name, owner=owner)
    points = [point for point in draft.open_points if point != said("draft")]
    left = {"targets": (), "measures": (), "open_points": (*points, said("tasks_left"))}
    return draft.model_copy(update=left)


def place_of(document: Document, found: Proposal | Measure) -> str:
    """Return file, line and page for people."""
    page = document.page(found.start)
    where = f"{document.name}:{document.line(found.start)}"
    return where if page is None else f"{where} (p. {page})"


def difference_words(merged: Merged, differences: Iterable[Difference]) -> Text:
    """Return in which fields documents disagree, and who says what."""
    parts = []
    for one in differences:
        said_by = []
        for value, places in one.values[: limit("versions")]:
            names = dict.fromkeys(merged.statements[place].document for place in places)
            shown = _shown(one.field, value)
            by = ", ".join(names)
            said_by.append(Text(zh=f"{shown.zh} ({by})", en=f"{shown.en} ({by})"))
        if more := len(one.values) - len(said_by):
            said_by.append(said("more_versions", count=more))
        field = reader_word(one.field)
        zh, en = (" / ".join(text.of(lang) for text in said_by) for lang in LANGUAGES)
        parts.append(Text(zh=f"{field.zh} {zh}", en=f"{field.en} {en}"))
    return joined(parts)


def _shown(field: str, value: Any) -> Text:
    if field == "comparator":
        return comparator_words(value)
    if isinstance(value, tuple):
        printed = ", ".join(value) or "–"
    else:
        printed = f"{value:.15g}" if isinstance(value, float) else str(value)
    return Text(zh=printed, en=printed)


def _targets(
    held: Mapping[str, Document], readings: Mapping[str, Reading], whose: Owner
) -> tuple[list[Target], list[Text]]:
    targets: list[Target] = []
    points: list[Text] = []
    numbers = count(1)
    for merged in merge(readings):
        sound = [s for s in merged.statements if not s.proposal.corrupt]
        if not whose.has(merged.first):
            points += [other_place(held[s.document], s.proposal) for s in sound]
        elif sound:
            targets += _versions(f"D{next(numbers)}", merged, held)
    return targets, points


def other_place(document: Document, proposal: Proposal) -> Text:
    """Return the open point of a figure that is about another place."""
    return _left_out("other_place", document, proposal, what=jurisdiction_of(proposal))


def _versions(name: str, merged: Merged, held: Mapping[str, Document]) -> Iterator[Target]:
    """Yield a target per version of it that documents print: one, where they agree."""
    fields = [difference.field for difference in merged.differences]
    versions: dict[tuple[Any, ...], list[Statement]] = {}
    for statement in merged.statements:
        if not statement.proposal.corrupt:
            key = tuple(getattr(statement.proposal, field) for field in fields)
            versions.setdefault(key, []).append(statement)
    notes = [said("draft")]
    if fields:
        word = "differ" if len(merged.documents) > 1 else "differ_within"
        notes.append(said(word, what=difference_words(merged, merged.differences)))
    if garbled := [s.document for s in merged.statements if s.proposal.corrupt]:
        notes.append(said("also_garbled", what=", ".join(dict.fromkeys(garbled))))
    for letter, statements in zip(_letters(len(versions)), versions.values(), strict=True):
        sources = [source_of(s.proposal, held[s.document]) for s in statements]
        yield target_of(statements[0].proposal, name + letter, sources, notes, _UNSEEN)


def _letters(versions: int) -> list[str]:
    if versions == 1:
        return [""]
    return [ascii_lowercase[n] if n < len(ascii_lowercase) else f"-{n}" for n in range(versions)]


def _measures(readings: Mapping[str, Reading]) -> Iterator[dict[str, Any]]:
    numbers = count(1)
    for measure in (m for reading in readings.values() for m in reading.measures):
        text = " ".join(measure.text.split())[:_TITLE]
        yield {
            "id": f"T{next(numbers)}",
            "title": {"zh": text, "en": text},
            "lead": measure.lead,
            "others": measure.others,
            "clause": measure.section or "document",
        }


def _open(held: Mapping[str, Document], readings: Mapping[str, Reading]) -> Iterator[Text]:
    """Yield what is not entered and a person has to look at."""
    for file, reading in readings.items():
        for proposal in reading.proposals:
            yield from open_points(held[file], proposal)
        for measure in reading.measures:
            if measure.unresolved:
                names = ", ".join(measure.unresolved)
                yield said("unresolved", place=place_of(held[file], measure), what=names)


def open_points(document: Document, proposal: Proposal) -> list[Text]:
    """Return why a draft does not hold a figure: it is garbled, or the limit of a class."""
    if proposal.corrupt:
        return [_left_out("garbled", document, proposal, reason=garble_words(proposal.reason))]
    return [_left_out("threshold", document, proposal)] if proposal.kind == "threshold" else []


def _left_out(why: str, document: Document, proposal: Proposal, **values: Any) -> Text:
    printed = " ".join(proposal.slice.split())
    return said(why, place=place_of(document, proposal), slice=printed, **values)


def _period(targets: Sequence[Target]) -> str | None:
    """Return the years that targets span, from the year after the last base year before them."""
    ends = [target.year for target in targets if target.year]
    if not ends:
        return None
    bases = [t.base_year for t in targets if t.base_year and t.base_year < min(ends)]
    first, last = max(bases, default=min(ends) - 1) + 1, max(ends)
    return f"{first}-{last}" if first < last else str(last)
