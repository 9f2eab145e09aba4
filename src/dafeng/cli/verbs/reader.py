"""Verbs of the reader."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.text import Text as Styled

from dafeng import report
from dafeng.cli.outcome import FINE, FOUND, Outcome
from dafeng.findings import Finding
from dafeng.plan import Plan
from dafeng.reader import (
    Document,
    Merged,
    Reading,
    accept,
    difference_words,
    draft_plan,
    empty_plan,
    merge,
    open_document,
    read_document,
    read_gold,
    read_own_plan,
    review_data,
    score,
    whole_title,
    write_draft,
    write_plan,
)
from dafeng.reader import read_review as saved_review
from dafeng.vocabulary import Fault, regions, write_file


def read_file(
    lang: str,
    files: list[Path],
    plan: Path | None,
    text: Path | None,
    measures: bool,  # noqa: FBT001
    jurisdiction: str | None,
) -> Outcome:
    """Read documents; put the targets of several together; write a draft."""
    region = _region(jurisdiction)
    if text is not None and len(files) > 1:
        raise Fault("one_text_only", str(text), files=len(files))
    documents = _named_apart(files)
    readings = {d.name: _reading(d, region, alone=len(documents) == 1) for d in documents}
    findings = [finding for document in documents for finding in document.findings]
    merged = merge(readings)
    shown: list[Any] = []
    for document in documents:
        view = report.measures_view if measures else report.reading_view
        shown += view(document, readings[document.name], lang)
    if len(documents) > 1 and not measures:
        shown += report.merged_view(merged, lang)
        findings += _disagreements(merged)
    if text is not None:
        _spare(files, text)
        write_file(text, documents[0].text)
        shown.append(_written(text, lang))
    if plan is not None:
        _spare(files, plan)
        draft = draft_plan(documents, readings, _plan_id(plan), owner=region and region[0])
        write_draft(draft, plan)
        shown.append(_written(plan, lang))
    lines = _measure_lines(documents, readings) if measures else _lines(documents, readings, merged)
    return Outcome(shown, findings=findings, code=_code(findings), lines=lines)


def read_score(lang: str, file: Path, gold: Path, jurisdiction: str | None) -> Outcome:
    """Compare what is read with annotations; exit code 1 where something is missed or false."""
    region = _region(jurisdiction)
    document = open_document(file)
    rows = read_gold(gold, document)
    found = score(read_document(document, region and region[1]), rows)
    groups = (found.aims, found.figures, found.garbled)
    code = FOUND if any(group.missed or group.false for group in groups) else FINE
    shown = list(report.score_view(found, lang))
    return Outcome(shown, found.to_dict(), list(document.findings), code)


def read_review(lang: str, file: Path, out: Path | None, jurisdiction: str | None) -> Outcome:
    """Write the review page of a document."""
    region = _region(jurisdiction)
    document = open_document(file)
    reading = read_document(document, region and region[1])
    page = report.review_page(review_data(document, reading, lang), lang)
    target = out or file.with_name(f"{file.stem}.review.html")
    _spare([file], target)
    write_file(target, page)
    data = {"page": str(target), "figures": len(reading.proposals), "sha256": document.sha256}
    findings = list(document.findings)
    return Outcome([_written(target, lang)], data, findings, _code(findings))


def read_accept(
    lang: str,
    review: Path,
    plan: Path,
    file: Path | None,
    checked: str,
    jurisdiction: str | None,
) -> Outcome:
    """Bring accepted proposals into a plan."""
    region = _region(jurisdiction)
    saved = saved_review(review)
    document = open_document(file or _beside(review, saved.file))
    reading = read_document(document, region and region[1])
    held = _plan_to_fill(plan, document, region and region[0], reading)
    filled, findings = accept(saved, document, reading, held, checked=checked)
    write_plan(filled, plan)
    accepted = sum(1 for one in saved.decisions if one.decision == "accept")
    left = sum(1 for one in findings if one.code != "entered_in_words")
    counts = {"accepted": accepted - left, "rejected": len(saved.decisions) - accepted}
    words = report.word("read_accepted", lang).format(**counts)
    shown = [Styled(words), _written(plan, lang)]
    data = counts | {"plan": str(plan), "person": saved.person, "date": str(saved.date)}
    return Outcome(shown, data, findings, _code(findings))


def _spare(files: list[Path], out: Path) -> None:
    """Refuse to write over a document that is read."""
    if any(out.exists() and out.samefile(file) for file in files):
        raise Fault("overwrites_document", str(out))


def _reading(document: Document, region: tuple[str, str] | None, *, alone: bool) -> Reading:
    """Read a document about a place that a person named.

    Of several documents, those that name another place than the country keep their own.
    """
    if region is not None and not alone:
        own = read_document(document)
        if any(regions()[p.region].parent for p in own.proposals if p.region):
            return own
    return read_document(document, region and region[1])


def _plan_to_fill(path: Path, document: Document, owner: str | None, reading: Reading) -> Plan:
    """Return the plan of a file, or an empty one where there is no file yet."""
    if path.exists():
        return read_own_plan(path)
    return empty_plan(document, reading, _plan_id(path), owner=owner)


def _beside(review: Path, name: str) -> Path:
    """Return the reviewed document by its name, which must be a name and no path."""
    for folder in (review.parent, Path()):
        if (found := folder / Path(name).name).is_file():
            return found
    raise Fault("no_file", str(review.parent / Path(name).name))


def _named_apart(files: list[Path]) -> list[Document]:
    """Open documents; where two have one name, the whole path tells them apart."""
    documents = [open_document(file) for file in files]
    names = [document.name for document in documents]
    return [
        document if names.count(document.name) == 1 else document.renamed(str(file))
        for document, file in zip(documents, files, strict=True)
    ]


def _lines(
    documents: list[Document], readings: dict[str, Reading], merged: tuple[Merged, ...]
) -> list[dict[str, Any]]:
    """Return one line per proposal: its fields, file, line and page, and what disagrees with it."""
    differing: dict[tuple[str, int, int], list[str]] = {}
    for one in merged:
        for statement in one.statements:
            proposal = statement.proposal
            key = (statement.document, proposal.start, proposal.end)
            differing[key] = [difference.field for difference in one.differences]
    lines = []
    for document in documents:
        for proposal in readings[document.name].proposals:
            place = {"file": document.name, "line": document.line(proposal.start)}
            page = document.page(proposal.start)
            more: dict[str, Any] = {} if page is None else {"page": page}
            if len(documents) > 1:
                key = (document.name, proposal.start, proposal.end)
                more["disagrees"] = differing.get(key, [])
            lines.append(place | more | proposal.to_dict())
    return lines


def _measure_lines(documents: list[Document], readings: dict[str, Reading]) -> list[dict[str, Any]]:
    return [
        {"file": document.name, "line": document.line(measure.start)} | measure.to_dict()
        for document in documents
        for measure in readings[document.name].measures
    ]


def _disagreements(merged: tuple[Merged, ...]) -> list[Finding]:
    return [
        Finding(
            "documents_disagree",
            one.first.indicator_id or one.first.indicator,
            {"target": whole_title(one.first), "what": difference_words(one, one.differences)},
        )
        for one in merged
        if one.differences and len(one.documents) > 1
    ]


def _region(label: str | None) -> tuple[str, str] | None:
    """Return code and English name of a place."""
    if label is None:
        return None
    found = regions().resolve(label)
    return found.id, found.name.en


def _plan_id(path: Path) -> str:
    return path.stem


def _written(path: Path, lang: str) -> Styled:
    return Styled(report.word("read_written", lang).format(file=path), "green")


def _code(findings: list[Finding]) -> int:
    return FOUND if any(finding.severity != "notice" for finding in findings) else FINE
