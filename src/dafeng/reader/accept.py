"""From a review to a plan: what a person accepted becomes targets, with who and when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import count
from typing import Any

from dafeng.findings import Finding
from dafeng.indicators import indicators
from dafeng.plan import TO_CHOOSE, Plan, Source, Target
from dafeng.reader.documents import Document
from dafeng.reader.names import jurisdiction_of, place_name
from dafeng.reader.owner import Owner, owner_of, owner_of_accepted
from dafeng.reader.plan_draft import open_points, other_place
from dafeng.reader.proposals import Proposal, Reading
from dafeng.reader.review import Changes, Decision, Review
from dafeng.reader.targets import document_id, source_of, stretch_base, target_of, unit_misfit
from dafeng.reader.words import joined, reader_word, said
from dafeng.vocabulary import Fault, Text, units

_ENTERED = ("target", "cap")
# a field that a person changes, and the beginning of the flags that then no longer hold
_OWN_WORD = {
    "indicator_id": "indicator",
    "base_year": "base_year_inferred",
    "year": "year_inferred",
    "kind": "kind_inferred",
}


def accept(
    review: Review, document: Document, reading: Reading, plan: Plan, *, checked: str
) -> tuple[Plan, list[Finding]]:
    """Return a plan with what was accepted, without what was decided about before, and findings.

    Args:
        review: what was decided.
        document: the text that the spans count.
        reading: what is proposed for it now.
        plan: where the accepted targets go; drafts of the same spans give way.
        checked: mark of the source, as the person knows it.

    Raises:
        Fault: ``other_text`` where the text is not the one that was reviewed; ``span_differs``;
            ``several_places`` where it is not known whose plan it is.
    """
    if review.sha256 != document.sha256:
        raise Fault("other_text", document.name, file=review.file)
    for decision in review.decisions:
        if document.text[decision.start : decision.end] != decision.slice:
            raise Fault("span_differs", _span(document, decision), slice=decision.slice)
    proposals = {(p.start, p.end): p for p in reading.proposals}
    settled: dict[str, Decision] = {}
    entered: list[tuple[Decision, Proposal]] = []
    findings: list[Finding] = []
    found = owner_of([document], [reading])
    accepted = [d for d in review.decisions if d.decision == "accept"]
    chosen = [p for d in accepted if (p := proposals.get((d.start, d.end)))]
    whose = owner_of_accepted(plan, found, chosen, document.name)
    for decision in review.decisions:
        if decision.decision == "accept":
            proposal = proposals.get((decision.start, decision.end))
            mended = _elsewhere(decision, proposal, document, whose) or _accepted(
                decision, proposal, document
            )
            if isinstance(mended, Finding):
                findings.append(mended)
                continue
            entered.append((decision, mended))
        settled[_span(document, decision)] = decision
    kept = [left for target in plan.targets if (left := _undecided(target, settled))]
    names = _free_names(plan)
    targets = [
        target_of(
            proposal,
            next(names),
            [_source(proposal, review, document), *_others(plan, settled, decision, document)],
            _notes(review, decision),
            checked,
        )
        for decision, proposal in entered
    ]
    findings += _in_words(entered, targets, document)
    points = _still_open(plan, settled.values(), document, proposals, drafts=bool(kept))
    if whose.region != plan.owner:
        points = tuple(p for p in points if p not in found.points) + whose.points
    changed = {
        "owner": whose.region,
        "targets": (*kept, *targets),
        "documents": tuple(dict.fromkeys([*plan.documents, document_id(document.name)])),
        "open_points": points,
    }
    return plan.model_copy(update=changed), findings


def _undecided(target: Target, decided: Mapping[str, Decision]) -> Target | None:
    """Return a target with the sources that nobody decided about; none where one was accepted."""
    held = [decided.get(_place(source)) for source in target.sources]
    if any(decision and _taken_over(decision) for decision in held):
        return None
    left = tuple(s for s, decision in zip(target.sources, held, strict=True) if decision is None)
    return target.model_copy(update={"sources": left}) if left else None


def _taken_over(decision: Decision) -> bool:
    """Whether the other sources say what was accepted; not where a person changed the figure."""
    return decision.decision == "accept" and not decision.changed.given()


def _others(
    plan: Plan, decided: Mapping[str, Decision], decision: Decision, document: Document
) -> list[dict[str, Any]]:
    """Return the other sources of the target that is accepted, as the plan had them."""
    span = _span(document, decision)
    if not _taken_over(decision):
        return []
    return [
        source.model_dump()
        for target in plan.targets
        if span in map(_place, target.sources)
        for source in target.sources
        if _place(source) not in decided
    ]


def _still_open(
    plan: Plan,
    settled: Iterable[Decision],
    document: Document,
    proposals: Mapping[tuple[int, int], Proposal],
    *,
    drafts: bool,
) -> tuple[Text, ...]:
    """Return the open points without those that the review has settled."""
    closed = [] if drafts or plan.measures else [said("draft")]
    for decision in settled:
        if proposal := proposals.get((decision.start, decision.end)):
            closed += [*open_points(document, proposal), other_place(document, proposal)]
    return tuple(point for point in plan.open_points if point not in closed)


def _elsewhere(
    decision: Decision, proposal: Proposal | None, document: Document, whose: Owner
) -> Finding | None:
    """Return that a figure is about another place than the plan."""
    if proposal is None or whose.region == TO_CHOOSE or whose.has(proposal):
        return None
    place = f"{document.name}:{document.line(decision.start)}"
    places = {"what": jurisdiction_of(proposal), "owner": place_name(whose.region)}
    return Finding("other_place", place, {"slice": decision.slice} | places)


def _accepted(
    decision: Decision, proposal: Proposal | None, document: Document
) -> Proposal | Finding:
    """Return the proposal as accepted, or why it does not go into the plan."""
    place = f"{document.name}:{document.line(decision.start)}"
    if proposal is None:
        return Finding("not_proposed", place, {"slice": decision.slice})
    if decision.shown != Changes.of(proposal):
        return Finding("reading_changed", place, {"slice": decision.slice})
    changed = decision.changed.given()
    if proposal.corrupt and changed.get("value_base") is None:
        return Finding("garbled_not_mended", place, {"slice": decision.slice})
    try:
        mended = _mended(proposal, changed, place)
    except Fault as fault:  # an unknown name keeps one figure out, not the others
        return Finding.of(fault)
    return _unfit(mended, decision, place) or mended


def _mended(proposal: Proposal, changed: Mapping[str, Any], place: str) -> Proposal:
    """Return a proposal with what the person changed.

    Raises:
        Fault: ``unknown_unit``, ``unknown_indicator``.
    """
    mended = replace(proposal, **changed, corrupt=False)
    if "value_base" in changed:  # now as printed in the base unit, and so is what is striven for
        mended = replace(mended, value=mended.value_base, stretch_value=stretch_base(proposal))
    if "unit_base" in changed:
        known = units().resolve(changed["unit_base"] or "", place)
        mended = replace(mended, unit_id=known.id)
    if "indicator_id" in changed and mended.indicator_id is not None:
        indicators().resolve(mended.indicator_id, place)
    for field in _OWN_WORD.keys() & changed.keys():
        mended = replace(mended, flags=_without(mended.flags, _OWN_WORD[field]))
    return mended


def _unfit(mended: Proposal, decision: Decision, place: str) -> Finding | None:
    """Return why a proposal, as accepted, is no target of a plan."""
    if contrary := _contrary(mended):
        return Finding("contrary_fields", place, {"slice": decision.slice, "what": contrary})
    if misfit := unit_misfit(mended):
        return Finding("unit_mismatch", place, {"unit": misfit[0], "expected": misfit[1]})
    if mended.kind not in _ENTERED:
        kind = reader_word(f"kind_{mended.kind}")
        return Finding("not_a_target", place, {"slice": decision.slice, "kind": kind})
    return None


def _contrary(proposal: Proposal) -> Text | None:
    """Return which fields of a figure cannot both be right."""
    years = (proposal.base_year, proposal.year)
    if years[0] is not None and years[1] is not None and years[0] >= years[1]:
        return joined([reader_word("base_year"), reader_word("year")])
    if proposal.high_base is not None and proposal.high_base <= (proposal.value_base or 0):
        return joined([reader_word("value_base"), reader_word("high_base")])
    return None


def _in_words(
    entered: Iterable[tuple[Decision, Proposal]], targets: Iterable[Target], document: Document
) -> Iterator[Finding]:
    """Yield the figures that went in as words only, since something a target needs is missing."""
    for (decision, proposal), target in zip(entered, targets, strict=True):
        if proposal.value_base is not None and target.value is None:
            place = f"{document.name}:{document.line(decision.start)}"
            why = target.note or Text(zh="–", en="–")
            yield Finding("entered_in_words", place, {"slice": decision.slice, "why": why})


def _source(proposal: Proposal, review: Review, document: Document) -> dict[str, Any]:
    return source_of(proposal, document, f"({review.person}, {review.date})")


def _notes(review: Review, decision: Decision) -> list[Text]:
    notes = [said("accepted", who=review.person, when=review.date)]
    return [*notes, said("edited")] if decision.changed.given() else notes


def _without(flags: tuple[str, ...], start: str) -> tuple[str, ...]:
    return tuple(flag for flag in flags if not flag.startswith(start))


def _free_names(plan: Plan) -> Iterator[str]:
    used = {target.id for target in plan.targets}
    return (name for number in count(1) if (name := f"A{number}") not in used)


def _span(document: Document, decision: Decision) -> str:
    return f"{document.name}[{decision.start}:{decision.end}] sha256:{document.sha256}"


def _place(source: Source) -> str:
    """Return file, span and hash of a source without the remark after them."""
    head, mark, rest = (source.seen or "").partition(" sha256:")
    return head + mark + rest[:64]
