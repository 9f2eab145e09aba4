"""Tasks with a bracketed list of responsible units: who leads, who follows, who is not known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from dafeng.plan import bodies
from dafeng.reader.lexicon import both, data, fold
from dafeng.reader.limits import limit
from dafeng.reader.proposals import Measure, Sections
from dafeng.reader.sentences import Paragraph

LOCAL = "local-governments"
KEPT = 1000  # names that are kept resolved
_STOPS = tuple("。；;.")


@cache
def _rules() -> dict[str, Any]:
    found: dict[str, Any] = data("measures")
    return found


@cache
def _label() -> re.Pattern[str]:
    names = {
        side: sorted(map(fold, both(_rules()[side])), key=len, reverse=True)
        for side in ("lead", "others")
    }
    lead, others = ("|".join(map(re.escape, names[side])) for side in ("lead", "others"))
    return re.compile(
        rf"(?:(?P<lead>{lead})|(?P<others>{others}))(?: ?[:：]|为(?=[一-龥])|(?<= by)|(?<= of))"
    )


@cache
def _list() -> re.Pattern[str]:
    """A bracket that holds no other, or one level of them (县（市、区）)."""
    opening = "".join(map(re.escape, _rules()["open"]))
    closing = "".join(map(re.escape, _rules()["close"]))
    inner = rf"[^{opening}{closing}\n]"
    nested = rf"[{opening}]{inner}{{1,20}}+[{closing}]{inner}{{0,300}}+"
    return re.compile(rf"[{opening}](?P<list>{inner}{{2,400}}+(?:{nested}){{0,6}}+)[{closing}]")


_BLANK = re.compile(r"\s*+")
_LINE = re.compile(r"\S[^\r\n]*")  # from its first sign on: blank lines are passed at once


def measures(text: str, folded: str, paragraph: Paragraph, sections: Sections) -> Iterator[Measure]:
    """The measures of a paragraph: each ends with its bracketed list of units.

    A paragraph that is a labelled list itself (责任单位：…) makes one of the line above it.
    """
    if _labelled(folded, paragraph.start, paragraph.end):
        yield from _of_line_above(text, folded, paragraph, sections)
        return
    place, end = paragraph.start, paragraph.end
    if not any(folded.find(sign, place, end) >= 0 for sign in _rules()["open"]):
        return
    for found in _list().finditer(folded, paragraph.start, paragraph.end):
        closes = folded[found.start() - 1 : found.start()] in _STOPS
        if not _names_units(found["list"], closes=closes):
            continue
        names = _read(text[found.start("list") : found.end("list")])
        if names.printed:
            task = text[place : found.start()]
            start = place + len(task) - len(task.lstrip())
            where = sections.of(found.start())
            yield Measure(
                start,
                found.end(),
                task.strip(),
                names.lead,
                tuple(names.others),
                tuple(names.printed),
                tuple(names.unknown),
                where,
            )
            place = found.end()


def _labelled(folded: str, start: int, end: int) -> bool:
    """Whether a line is a list of units with its label (责任单位：…)."""
    blank = _BLANK.match(folded, start, end)
    found = _label().match(folded, blank.end() if blank else start, end)
    return found is not None and found[0][-1] in ":："


def _of_line_above(
    text: str, folded: str, paragraph: Paragraph, sections: Sections
) -> Iterator[Measure]:
    """The measure of a line with the lists of units on the lines below it."""
    first = max(0, paragraph.start - limit("task_characters"))
    stop = first + len(text[first : paragraph.start].rstrip())
    start = max(first, text.rfind("\n", first, stop) + 1, text.rfind("\r", first, stop) + 1)
    start = min(stop, start + len(text[start:stop]) - len(text[start:stop].lstrip()))
    if start == stop or _labelled(folded, start, stop):
        return
    end = paragraph.end
    while (below := _LINE.search(folded, end)) and _labelled(folded, *below.span()):
        end = below.end()
    names = _read(re.sub(r"[\r\n]+", "；", text[paragraph.start : end]))
    if len(names.unknown) < len(names.printed):
        yield Measure(
            start,
            end,
            text[start:stop],
            names.lead,
            tuple(names.others),
            tuple(names.printed),
            tuple(names.unknown),
            sections.of(paragraph.start),
        )


def _names_units(inside: str, *, closes: bool) -> bool:
    """Whether a bracket is a list of units: by its label, or because bodies make most of it.

    One body alone makes a list only where it leads, or stands behind the end of a sentence.
    """
    endings = tuple(map(fold, _rules()["responsible"]))
    if _label().search(inside) or inside.endswith(endings):
        return True
    names = list(_split(inside))
    known = sum(_resolve(name) is not None for name in names)
    acts = closes or inside.endswith(tuple(map(fold, _rules()["does"])))
    return known > 0 and 2 * known >= len(names) and (len(names) > 1 or acts)


@dataclass(slots=True)
class _Names:
    """The units of a list as they are read: who leads, who follows, who is not known."""

    lead: str | None = None
    others: list[str] = field(default_factory=list)
    printed: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def add(self, name: str, *, leads: bool) -> None:
        """Take the next name; the first of those that lead is the lead."""
        self.printed.append(name)
        body = _resolve(name)
        if body is None:
            self.unknown.append(name)
        elif leads and self.lead is None and not self.others and not self.unknown:
            self.lead = body
        elif body != self.lead and body not in self.others:
            self.others.append(body)


def _read(inside: str) -> _Names:
    folded = fold(inside)
    marks = list(_label().finditer(folded))
    bounds = [0, *(mark.end() for mark in marks)]
    stops = [*(mark.start() for mark in marks), len(inside)]
    found = _Names()
    for part, (start, stop) in enumerate(zip(bounds, stops, strict=True)):
        leads = part == 0 or marks[part - 1]["lead"] is not None
        for name in _split(inside[start:stop]):
            found.add(name, leads=leads)
    return found


@cache
def _separators() -> re.Pattern[str]:
    """Between names; a sign within a bracket belongs to the name: 县（市、区）."""
    plain = "|".join(re.escape(one) for one in _rules()["separators"])
    return re.compile(rf"(?:{plain})(?![^（(]{{0,12}}[）)])")


def _split(inside: str) -> Iterator[str]:
    for part in _separators().split(inside):
        name = _bare(part)
        if len(name) > 1:
            yield from _joined(name)


def _bare(part: str) -> str:
    """A name without what stands around it: "and", "the", 牵头, 按职责分工负责."""
    name = re.sub(r"^(?:(?:and|the)\s+)+", "", part.strip(" \t。.:：;；、,，"), flags=re.IGNORECASE)
    endings = [*_rules()["responsible"], *_rules()["ending"], *_rules()["does"]]
    for ending in sorted(endings, key=len, reverse=True):
        if fold(name).endswith(fold(ending)):
            name = name[: -len(ending)].strip(" ,，")
    return name


_AND = re.compile(r" and (?:the )?")


def _joined(name: str) -> Iterator[str]:
    """One name, or two with "and" between them: both known, or one where the whole is not."""
    pairs = [(name[: m.start()], name[m.end() :]) for m in _AND.finditer(name)]
    known = [[_resolve(one) is not None for one in pair] for pair in pairs]
    enough = all if _resolve(name) is not None else any
    for (ahead, behind), found in zip(pairs, known, strict=True):
        if enough(found):
            yield ahead
            yield from _joined(behind)
            return
    yield name


@lru_cache(maxsize=KEPT)
def _resolve(name: str) -> str | None:
    """Id of a body by its name, without the place before it; local governments together."""
    for label in _labels(name):
        if found := bodies().find(label):
            return found.id
        if also := _also().get(fold(label)):
            return also
    local = _rules()["local"]
    if re.search(local["zh"], name) or re.search(local["en"], fold(name)):
        return LOCAL
    return None


@cache
def _also() -> dict[str, str]:
    return {fold(name): body for body, names in _rules()["also"].items() for name in names}


def _labels(name: str) -> Iterator[str]:
    """A name as printed, and without place and level."""
    yield name
    bare = re.sub(_rules()["place_zh"], "", name)
    yield from (bare, f"省{bare}")
    placeless = re.sub(r"^(?:[A-Z][a-z]+ )?(?=Provincial|Municipal)", "", name)
    yield from (placeless, re.sub(r"^(?:Provincial|Municipal) ", "", placeless))
