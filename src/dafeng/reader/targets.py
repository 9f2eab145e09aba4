"""From a proposal to a target of a plan; what the text lacks is not made up."""

from __future__ import annotations

import re
from typing import Any

from dafeng.indicators import indicators
from dafeng.plan import TO_CHOOSE, Target
from dafeng.reader.documents import Document
from dafeng.reader.merge import FALL
from dafeng.reader.names import indicator_words, title_of
from dafeng.reader.proposals import Proposal
from dafeng.reader.words import joined, reader_word, said
from dafeng.vocabulary import Fault, Text, factor, units

_DIRECTIONS = {">=": "at_least", "<=": "at_most", ">": "more_than", "<": "less_than"}
_NO_GROWTH = re.compile(r"<= .+ (?:scale|level)")
_ASSIGNED = "meets national target"
_PERCENT = "%"
WHOLE = 100
_YEAR = "year"
_GROWN = {"increment", "projects_done", "plants_added", "listed", "capacity_cut"}


def source_of(proposal: Proposal, document: Document, remark: str = "") -> dict[str, Any]:
    """Return where a proposal stands: file, span, hash of the text, and its words."""
    span = f"{document.name}[{proposal.start}:{proposal.end}] sha256:{document.sha256}"
    printed = " ".join(proposal.slice.split())
    return {
        "document": document_id(document.name),
        "clause": proposal.section or "document",
        "seen": f"{span} {remark}".strip(),
        "wording": {"zh": printed, "en": printed},
    }


def document_id(name: str) -> str:
    """Return a file's name as an id of letters, digits and hyphens."""
    return "-".join("".join(c if c.isalnum() else " " for c in name.lower()).split()) or "document"


def target_of(
    proposal: Proposal, name: str, sources: list[dict[str, Any]], notes: list[Text], checked: str
) -> Target:
    """Return a proposal as a target.

    Args:
        proposal: one that is not garbled.
        name: id of the target.
        sources: as :func:`source_of` gives them.
        notes: what is to be said beside it.
        checked: mark of the source.
    """
    fields, own = _figure(proposal)
    declared = indicators().get(proposal.indicator_id or "")
    if declared is None:
        held = ", ".join(proposal.candidates) or proposal.indicator or "–"
        own.append(said("choose_indicator", what=held))
    if misfit := unit_misfit(proposal):
        own.append(said("unit_misfit", unit=misfit[0], expected=misfit[1]))
    own += [reader_word(flag) for flag in proposal.flags if not flag.startswith("indicator")]
    title = title_of(proposal) if declared else _as_printed(proposal)
    known = {
        "id": name,
        "title": title,
        "indicator": declared.id if declared else TO_CHOOSE,
        "strive": "strive" in proposal.flags,
        "exclusions": [{"zh": text, "en": text} for text in proposal.exclusions],
        "sources": sources,
        "checked": checked,
        "note": joined([*notes, *own]) if notes or own else None,
    }
    return Target.model_validate(known | fields)


def stretch_base(proposal: Proposal) -> float | None:
    """Return what is striven for in the unit of ``value_base``; the text prints one scale word."""
    if proposal.stretch_value is None or proposal.value_base is None or not proposal.value:
        return None
    return proposal.stretch_value * (proposal.value_base / proposal.value)


def unit_misfit(proposal: Proposal) -> tuple[str, str] | None:
    """Return unit and expected unit where a figure cannot be one of its indicator."""
    declared = indicators().get(proposal.indicator_id or "")
    known = units().find(proposal.unit_id or proposal.unit_base or "")
    if declared is None or known is None or proposal.value_base is None:
        return None
    try:
        factor(known.id, declared.unit)
    except Fault:
        return known.id, declared.unit
    return None


def _figure(proposal: Proposal) -> tuple[dict[str, Any], list[Text]]:
    """Return kind, direction, value, unit and years; else the words, with what is missing."""
    words = {"kind": "qualitative", "year": proposal.year}
    printed = " ".join(proposal.slice.split())
    if proposal.value_base is None:
        kind = "assigned" if proposal.comparator == _ASSIGNED else "qualitative"
        if _NO_GROWTH.fullmatch(proposal.comparator):
            kind = "zero_net_growth"
        return words | {"kind": kind}, [said("words_only", slice=printed)]
    fields, notes = _numeric(proposal), []
    needed = ["value", "unit", "direction"]
    if fields["kind"] == "reduction":
        needed += ["base_year", "year"]
        if not 0 < proposal.value_base < WHOLE:
            needed.append("value_base")
            fields["value_base"] = None
    missing = [reader_word(field) for field in needed if fields.get(field) is None]
    fields.pop("value_base", None)
    if missing:
        return words, [said("not_entered", what=joined(missing), slice=printed)]
    if units().find(fields["unit"]) is None:
        notes.append(said("unit_as_printed", what=fields["unit"]))
    return fields, notes


def _numeric(proposal: Proposal) -> dict[str, Any]:
    kind = _kind(proposal)
    at_bound = "at_most" if kind in ("cap", "peak_year") else "at_least"
    unit = "a" if kind == "peak_year" else proposal.unit_id or proposal.unit_base
    loose = proposal.comparator in ("=", "about", "range")
    return {
        "kind": kind,
        "direction": at_bound if loose else _DIRECTIONS.get(proposal.comparator),
        "value": proposal.value_base,
        "high": proposal.high_base,
        "unit": unit,
        "about": proposal.comparator == "about",
        "stretch": stretch_base(proposal),
        "base_year": proposal.base_year,
        "year": proposal.year,
    }


def _kind(proposal: Proposal) -> str:
    declared = indicators().get(proposal.indicator_id or "")
    formula = declared.formula if declared else ""
    if proposal.unit_base == _YEAR:
        return "peak_year"
    if proposal.indicator.startswith(FALL) and proposal.unit_base == _PERCENT:
        return "reduction"
    if proposal.kind == "cap":
        return "cap"
    if formula == "annual_change":
        return "annual_growth"
    if formula in _GROWN:
        return "increment"
    return "count" if proposal.unit_id == "count" else "level"


def _as_printed(proposal: Proposal) -> Text:
    printed = " ".join(proposal.slice.split())
    found = indicator_words(proposal.indicator) if proposal.indicator else None
    return found or Text(zh=printed, en=printed)
