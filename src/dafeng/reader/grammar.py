"""Reads a text: sentence by sentence, what is a figure, of what, for when, and how sure."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache

from dafeng.reader.displaced import Page, Verdict, doubt, page_of
from dafeng.reader.draft import Draft
from dafeng.reader.figures import figures
from dafeng.reader.garbled import check_sentence, lost_figures, no_date
from dafeng.reader.lexicon import WORD_START, data, fold_text, guarded, pattern_of
from dafeng.reader.limits import keep_within
from dafeng.reader.measures import measures
from dafeng.reader.numberless import numberless
from dafeng.reader.numerals import NUMERAL_STARTS, NUMERALS
from dafeng.reader.past import Past
from dafeng.reader.peaks import peaks
from dafeng.reader.places import Where, english, named
from dafeng.reader.proposals import Kind, Measure, Proposal, Reading, Section, Sections
from dafeng.reader.quantity_patterns import figure_words, scales
from dafeng.reader.repairs import repair
from dafeng.reader.sentence import Sentence, has_chinese, read_sentence
from dafeng.reader.sentences import Paragraph, paragraphs
from dafeng.reader.tables import Table
from dafeng.reader.when import inserted
from dafeng.reader.written import written_in


def propose(
    text: str,
    *,
    sections: Sequence[Section] | None = None,
    jurisdiction: str | None = None,
    place: str = "",
) -> Reading:
    """Propose every figure and every measure of a text.

    Args:
        text: the decoded text; places count its characters, line ends and all.
        sections: its headings and items, where they are known; proposals name the innermost.
        jurisdiction: the region that the whole text is about, as a code or a name.
        place: name of the file.

    Returns:
        Proposals and measures in the order of the text. Nothing is invented: a year, a base year
        or a region that the text does not print beside the figure is flagged as inferred.

    Raises:
        Fault: no region is known by ``jurisdiction``; ``document_too_large``.
    """
    folded = fold_text(text)
    where = Where(jurisdiction)
    past = Past(*written_in(folded))
    parts = Sections(sections or ())
    drafts: list[Draft] = []
    tasks: list[Measure] = []
    pages: list[Page] = []
    doubted: list[tuple[Sentence, list[Draft]]] = []
    table = Table()
    for paragraph in paragraphs(text):
        row = table.read(text, folded, (paragraph.start, paragraph.end), past)
        if row is not None:
            drafts.extend(_placed(row, folded, paragraph, where))
            continue
        where.enter(folded, paragraph.start, paragraph.end)
        past.enter(folded, paragraph.start, paragraph.end)
        checked = _drafts(text, folded, paragraph, past, where, place)
        drafts.extend(draft for _, _, found in checked for draft in found)
        keep_within("figures", len(drafts), place)
        page = page_of(folded, paragraph.start, [verdict for _, verdict, _ in checked])
        if page is not None:
            pages.append(page)
            doubted.extend((sentence, found) for sentence, _, found in checked)
        tasks.extend(measures(text, folded, paragraph, parts))
    doubt(pages)
    for sentence, found in doubted:
        for draft in found:
            draft.repair = repair(sentence, draft, found) if draft.reasons else None
    drafts = _told_once(drafts, text)
    _settle_kinds(drafts)
    starts = [task.start for task in tasks]
    return Reading(
        tuple(_proposal(text, one, parts, starts, tasks) for one in drafts), tuple(tasks)
    )


def _proposal(
    text: str, draft: Draft, parts: Sections, starts: list[int], tasks: list[Measure]
) -> Proposal:
    task = bisect_right(starts, draft.start) - 1
    holds = task >= 0 and draft.start < tasks[task].end
    section = parts.of(draft.start)
    return draft.proposal(text, english(draft.region), section, task if holds else None)


def _told_once(drafts: list[Draft], text: str) -> list[Draft]:
    """The drafts without what a headline says in words and the text below says again."""
    line = _HEADLINE.match(text)
    end = line.end() if line else 0
    below = {(d.comparator, d.value) for d in drafts if d.start >= end and d.quantity is None}
    return [
        d for d in drafts
        if d.start >= end or d.quantity or d.unit == "year" or (d.comparator, d.value) not in below
    ]  # fmt: skip


_HEADLINE = re.compile(r"\s*+[^\r\n。]++(?=[\r\n])")


def _settle_kinds(drafts: list[Draft]) -> None:
    """Where the year is lost, a tense alone does not tell a target from a result: the text does."""
    plain = Counter(d.kind for d in drafts if "kind_inferred" not in d.flags and not d.reasons)
    least = min(plain["target"], plain["result"])
    mixed: int = data("garbles")["mixed"]
    if least * mixed >= plain["target"] + plain["result"] or plain["target"] == plain["result"]:
        return  # a text that tells of both
    kind: Kind = "target" if plain["target"] > plain["result"] else "result"
    for draft in drafts:
        if "kind_inferred" in draft.flags:
            draft.kind = kind


def _drafts(
    text: str, folded: str, paragraph: Paragraph, past: Past, where: Where, place: str
) -> list[tuple[Sentence, Verdict, list[Draft]]]:
    """The sentences of a paragraph with their drafts, each checked for garbled digits."""
    checked: list[tuple[Sentence, Verdict, list[Draft]]] = []
    seen: set[str] = set()
    last: Draft | None = None
    made = 0
    for sentence in _worth_reading(text, folded, paragraph):
        past.begin(folded, sentence.start)
        drafts = figures(sentence, past, last)
        drafts = drafts + peaks(sentence) + numberless(sentence, past, seen, drafts)
        drafts = [*no_date(sentence, drafts), *lost_figures(sentence)]
        drafts = sorted(_apart(drafts), key=lambda d: (d.start, d.end))
        verdict = check_sentence(sentence, drafts)
        regions = named(folded, sentence.start, sentence.end) if drafts else []
        for draft in drafts:
            draft.region, inferred = where.of(regions, draft.start)
            draft.flags |= {"jurisdiction_inferred"} if inferred else set()
        checked.append((sentence, verdict, drafts))
        keep_within("figures", made := made + len(drafts), place)
        put_in = inserted(sentence)
        if not verdict.garbled:
            past.take(sentence.times, drafts, put_in)
        told = [d for d in drafts if d.year not in put_in] if put_in else drafts
        last = told[-1] if told else last
    return checked


def _placed(row: list[Draft], folded: str, paragraph: Paragraph, where: Where) -> Iterator[Draft]:
    """The figures of a row of a table, with the region that it names."""
    regions = named(folded, paragraph.start, paragraph.end) if row else []
    for draft in row:
        draft.region, inferred = where.of(regions, draft.start)
        draft.flags |= {"jurisdiction_inferred"} if inferred else set()
        yield draft


def _apart(drafts: list[Draft]) -> Iterator[Draft]:
    """Drafts without a number give way to a number that stands within them."""
    for draft in drafts:
        if draft.quantity or not any(
            d.quantity and draft.start <= d.start and d.end <= draft.end
            for d in drafts
            if d is not draft
        ):
            yield draft


_DIGIT = re.compile("[0-9]")


@cache
def _anchor(*, chinese: bool) -> re.Pattern[str]:
    """What a sentence with a figure has but for digits: a lost one, or a word that is a figure."""
    signs = data("numbers")["placeholders"]
    lost = [sign for sign in (*signs["single"], *signs["repeated"]) if sign != "x"]
    numbers = [word for word in data("numbers")["en"]["units"] if word != "one"]
    words = [*figure_words(), *numbers, *scales(), *data("numberless")["anchors"]]
    if not chinese:
        latin = pattern_of(word for word in words if word.isascii())
        return re.compile(f"[^a-z](?:{pattern_of(lost)}|xx|{latin})")
    anchors = (
        rf"{pattern_of(lost)}|xx|{pattern_of(words)}|百分之"
        rf"|{NUMERALS}(?:[个家座项度台套大成]|[年日]内)|每[两二三四五六]年|限期|连续|十[一二三四五六]五|分之|[过超近]半"
    )
    starts = (*lost, "xx", *words, *NUMERAL_STARTS, *"每限", "百分之", "连续", "分之", *"过超近")
    return re.compile(guarded(starts, anchors, begin=WORD_START))


def _anchored(folded: str, start: int, end: int, *, chinese: bool) -> bool:
    """Whether an anchor begins within a span: one in English is found with the sign before it."""
    anchor = _anchor(chinese=chinese)
    if chinese:
        return anchor.search(folded, start, end) is not None
    if not start:
        return anchor.search(f" {folded[:end]}") is not None
    return anchor.search(folded, start - 1, end) is not None


def _worth_reading(text: str, folded: str, paragraph: Paragraph) -> Iterator[Sentence]:
    chinese = has_chinese(folded, paragraph.start, paragraph.end)
    for start, end in paragraph.sentences:
        if _DIGIT.search(folded, start, end) or _anchored(folded, start, end, chinese=chinese):
            yield read_sentence(text, folded, start, end)
