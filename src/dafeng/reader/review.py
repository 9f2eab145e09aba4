"""A reading as a person reviews it, and what they decided as a file that goes into a plan.

The page shows what :func:`review_data` gives; what it saves is a :class:`Review`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, FiniteFloat

from dafeng.indicators import indicators
from dafeng.reader.documents import Document
from dafeng.reader.names import comparator_words, jurisdiction_of, title_of, unit_words
from dafeng.reader.proposals import Kind, Proposal, Reading
from dafeng.reader.targets import stretch_base
from dafeng.reader.words import garble_words, reader_word
from dafeng.vocabulary import Fault, Record, Text, validate

FORMAT = "dafeng-review-1"
_SIGNS = ("=", ">", ">=", "<", "<=", "about", "range")


class Changes(Record):
    """Fields of a proposal that a person sees and may change."""

    indicator_id: str | None = None
    comparator: str = "="
    value_base: FiniteFloat | None = None
    high_base: FiniteFloat | None = None
    unit_base: str | None = None
    base_year: int | None = None
    year: int | None = None
    kind: Kind = "target"

    @classmethod
    def of(cls, proposal: Proposal) -> Changes:
        """Return the fields as they were read."""
        return cls(**{name: getattr(proposal, name) for name in cls.model_fields})

    def given(self) -> dict[str, Any]:
        """Return the fields that are given."""
        return self.model_dump(exclude_unset=True)


class Decision(Record):
    """What a person decided about one proposal: as it was shown to them, and what they changed."""

    start: int
    end: int
    slice: str
    decision: Literal["accept", "reject"]
    shown: Changes
    changed: Changes = Changes()


class Review(Record):
    """A saved review: who, when, of which text (its hash), and each decision."""

    format: Literal["dafeng-review-1"]
    file: str
    sha256: str
    person: str = Field(pattern=r"\S")
    date: date
    decisions: tuple[Decision, ...]


def review_data(document: Document, reading: Reading, lang: str) -> dict[str, Any]:
    """Return what a page needs: the text in runs, and the proposals with their words.

    A run is (text, numbers of the proposals whose span holds it); the runs together are the text as
    it was read.
    """
    proposals = [_shown(document, p, n, lang) for n, p in enumerate(reading.proposals)]
    return {
        "format": FORMAT,
        "file": document.name,
        "sha256": document.sha256,
        "runs": list(_runs(document, reading)),
        "proposals": proposals,
        "indicators": [(i.id, i.title.of(lang)) for i in indicators().values()],
    }


def read_review(path: Path) -> Review:
    """Read a saved review.

    Raises:
        Fault: ``no_file``, ``bad_review``, ``bad_field``.
    """
    if not path.is_file():
        raise Fault("not_a_file" if path.is_dir() else "no_file", str(path))
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise Fault("bad_review", path.name, reason=str(error)) from error
    review = validate(Review, data, path.name)
    spans = Counter((one.start, one.end) for one in review.decisions)
    twice = [f"[{start}:{end}] × {n}" for (start, end), n in spans.items() if n > 1]
    if twice:
        raise Fault("bad_review", path.name, reason=", ".join(twice))
    return review


def _shown(document: Document, proposal: Proposal, number: int, lang: str) -> dict[str, Any]:
    held = proposal.to_dict()
    return held | {
        "number": number,
        "shown": Changes.of(proposal).model_dump(),
        "line": document.line(proposal.start),
        "page": document.page(proposal.start),
        "place": jurisdiction_of(proposal).of(lang),
        "title": title_of(proposal).of(lang),
        "signs": _signs(proposal, lang),
        "guess_unit": unit_words(proposal.repair.unit).of(lang) if proposal.repair else "",
        "unit_words": unit_words(proposal.unit_base or "").of(lang),
        "stretch_base": stretch_base(proposal),
        "why": garble_words(proposal.reason).of(lang) if proposal.corrupt else "",
        "trail": [_step(step).of(lang) for step, _ in proposal.repair.trail]
        if proposal.repair
        else [],
        "said": [reader_word(flag).of(lang) for flag in proposal.flags],
    }


def _signs(proposal: Proposal, lang: str) -> list[tuple[str, str]]:
    """Return what the comparator can be, its own first, each with its words."""
    signs = dict.fromkeys([proposal.comparator, *_SIGNS])
    return [(sign, comparator_words(sign).of(lang)) for sign in signs]


def _step(step: str) -> Text:
    """Return a step that led to a guess as words."""
    found = reader_word(f"guess_{step}")
    return Text(zh=step, en=step) if found.en.startswith("guess_") else found


def _runs(document: Document, reading: Reading) -> Iterator[tuple[str, list[int]]]:
    """Cut the text that is read at every edge of a span."""
    plain = document.reading.plain
    spans = [document.reading.read_at(p.start, p.end) for p in reading.proposals]
    starts: dict[int, list[int]] = {}
    ends: dict[int, list[int]] = {}
    for number, (start, end) in enumerate(spans):
        starts.setdefault(start, []).append(number)
        ends.setdefault(end, []).append(number)
    open_: list[int] = []
    done = 0
    for edge in sorted({*starts, *ends, len(plain)}):
        if edge > done:
            yield plain[done:edge], list(open_)
        open_ = [n for n in open_ if n not in ends.get(edge, ())] + starts.get(edge, [])
        done = edge
