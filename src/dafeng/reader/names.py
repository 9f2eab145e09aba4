"""What the reader names in English, in both languages; what is taken as printed stays as it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from dafeng.indicators import indicators
from dafeng.reader.lexicon import data
from dafeng.reader.merge import FALL
from dafeng.reader.proposals import Proposal
from dafeng.vocabulary import Text, regions

_OWN_CHANGE = "increment"  # such an indicator is a change itself


def title_of(proposal: Proposal) -> Text:
    """Return what a proposal measures: the declared indicator, else its name as it was read."""
    declared = indicators().get(proposal.indicator_id or "")
    if declared is None:
        return indicator_words(proposal.indicator) if proposal.indicator else Text(zh="", en="")
    if not proposal.indicator.startswith(FALL) or declared.formula == _OWN_CHANGE:
        return declared.title
    fall = data("names")["fall"]
    return Text(zh=declared.title.zh + fall["zh"], en=declared.title.en + fall["en"])


def whole_title(proposal: Proposal) -> Text:
    """Return the place that a proposal is about, and what it measures."""
    place, title = jurisdiction_of(proposal), title_of(proposal)
    return Text(zh=f"{place.zh}{title.zh}", en=f"{place.en} {title.en}".strip())


def jurisdiction_of(proposal: Proposal) -> Text:
    """Return the place that a proposal is about."""
    return place_name(proposal.region or proposal.jurisdiction or "")


def place_name(code: str) -> Text:
    """Return the name of a region; what is no code is itself."""
    region = regions().get(code)
    return region.name if region else Text(zh=code, en=code)


def indicator_words(english: str) -> Text:
    """Return the name of an indicator; one that is as printed stands in quotation marks."""
    return indicator_name(english) or _filled("changes", english, _quoted) or _quoted(english)


def indicator_name(english: str) -> Text | None:
    """Return a name of the dictionaries, or a change of it; ``None`` where they have none."""
    return _known("indicators").get(english) or _filled("changes", english, indicator_name)


def comparator_words(comparator: str) -> Text:
    """Return what stands before a number, or in place of one; a sign is itself."""
    found = _known("comparators").get(comparator) or _filled("comparators", comparator, _plan)
    return found or Text(zh=comparator, en=comparator)


@cache
def unit_words(name: str) -> Text:
    """Return the unit of a proposal; a part that the dictionaries lack is as printed."""
    known = _units()
    zh = known.get(name) or "/".join(known.get(part, part) for part in name.split("/"))
    return Text(zh=zh, en=name)


@cache
def _known(kind: str) -> dict[str, Text]:
    return {entry["en"]: Text(**entry) for entry in data("names")[kind]}


@cache
def _units() -> dict[str, str]:
    """Chinese name of a unit by its English one: the first of the words by which it is read."""
    entries = [*data("units")["things"], *data("units")["units"]]
    printed = {entry["name"]: entry["zh"][0] for entry in entries}
    return printed | {english: words.zh for english, words in _known("units").items()}


@cache
def _templates(kind: str) -> list[tuple[re.Pattern[str], Text]]:
    """Entries with a gap, each with the pattern that finds what stands in it."""
    return [
        (re.compile(re.sub(r"\\{\w+\\}", "(.+)", re.escape(english))), words)
        for english, words in _known(kind).items()
        if "{" in english
    ]


def _filled(kind: str, english: str, of: Callable[[str], Text | None]) -> Text | None:
    """Return a template with its gap filled in both languages, where one fits."""
    for pattern, words in _templates(kind):
        found = pattern.fullmatch(english)
        inner = of(found[1]) if found else None
        if inner is not None:
            return Text(zh=_fill(words.zh, inner.zh), en=_fill(words.en, inner.en))
    return None


def _fill(template: str, inner: str) -> str:
    return re.sub(r"\{\w+\}", lambda _: inner, template)


def _plan(named: str) -> Text:
    """Return a plan period, or a year, which is the same in both languages."""
    return _known("plans").get(named) or Text(zh=named, en=named)


def _quoted(printed: str) -> Text:
    return Text(zh=f"“{printed}”", en=f"“{printed}”")
