"""What a figure is of, as its text prints it, where no dictionary knows it."""

from __future__ import annotations

import re
from functools import cache

from dafeng.reader.lexicon import data, guarded, pattern_of
from dafeng.reader.quantity import Quantity
from dafeng.reader.sentence import Sentence

_EDGES = ' \t\r\n.，,；;：:、。的了"“”()（）'
_BREAK = re.compile(r"[，；;。：]|,(?: |(?=[一-龥“《]))")


def printed_name(sentence: Sentence, one: Quantity, low: int, end: int, high: int) -> str:
    """The words nearest to a figure, as printed, where no dictionary knows what it measures."""
    length: int = data("sentences")["name"]
    stop = _before_verbs(sentence, one.start)
    ahead = _BREAK.split(sentence.slice(max(low, stop - length), stop))[-1]
    behind = _BREAK.split(sentence.slice(end, min(high, end + length)))[0]
    counts = one.unit is not None and one.unit.count and not sentence.chinese
    nearest = (behind, ahead) if counts else (ahead, behind)
    return _trimmed(nearest[0]) or _trimmed(nearest[1])


def _trimmed(words: str) -> str:
    """Words without the connectives, verbs and years at their ends."""
    first, last = _edges()
    words, before = words.strip(_EDGES), ""
    while words != before:
        lead = first.match(words)
        before, words = words, last.sub("", words[lead.end() if lead else 0 :]).strip(_EDGES)
    return words


@cache
def _edges() -> tuple[re.Pattern[str], re.Pattern[str]]:
    held = data("phrases")["edges"]
    year = r"\d{4}(?![\d,.])年?[底末]?"
    period = '十[一二三四五六]五[”"]?(?:期间|时期|期末|末)?'
    start = rf"(?:{pattern_of(held['start'])}|(?:比|较|到|in |by )?{year}|{period})(?![a-z-])"
    end = guarded(
        [*held["end"], *"0123456789"], rf"(?:{pattern_of(held['end'])}|(?<![\d,.]){year})$"
    )
    return re.compile(start, re.IGNORECASE), re.compile(end, re.IGNORECASE)


def _before_verbs(sentence: Sentence, place: int) -> int:
    """Where the words of change and comparison in front of a figure begin."""
    for hit in reversed(sentence.within(sentence.clause(place)[0], place)):
        named = any(label.startswith(("atom ", "share")) for label in hit.labels)
        if named or sentence.folded[hit.end : place].strip():
            break
        place = hit.start
    return place
