"""One sentence, with the known words, quantities and times that stand in it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

from dafeng.reader.bare import with_unit
from dafeng.reader.lexicon import Hit, Lexicon, both, data
from dafeng.reader.quantities import quantities
from dafeng.reader.quantity import Quantity
from dafeng.reader.quantity_patterns import units
from dafeng.reader.times import Time, times

# A bracket is looked through, a break of clause is not.
_CLAUSE = re.compile(
    r"[，；;。：,:](?:(?<=[；;。：])|(?<=，)(?<!初步[测核]算，)(?<!初步统计，)"
    r"|(?<=[,:])(?: |(?=[一-龥“《])))"
)
_BRACKETS = re.compile(r"[(（][^()（）]*[)）]")
_TITLE = re.compile(r"《[^》\n]{1,80}》")


@cache
def cues() -> Lexicon:
    """Every word that says something about a figure, with what it says."""
    return Lexicon(_words(), inherit="(?!cmp|fall$|rise$|past$|future$|strive$|each$)")


def _words() -> Iterator[tuple[str, str]]:
    for name, entry in data("cues")["words"].items():
        yield from ((word, name) for word in both(entry))
    for entry in data("comparators")["comparators"]:
        for side in ("before", "after"):
            cap = "!" if entry.get("cap") else ""
            yield from ((word, f"cmp {side} {entry['sign']}{cap}") for word in entry.get(side, ()))
    for name, entry in data("phrases")["atoms"].items():
        yield from ((word, f"atom {name}") for word in both(entry))
    yield from ((word, "yearly") for word in data("times")["yearly"])


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a text, read word by word.

    Attributes:
        text, folded: the whole text, as it is and folded; places count in both.
        start, end: span of the sentence.
        chinese: whether it is written in Chinese.
        hits: its known words, none overlapping; where each begins and ends (``starts``, ``ends``),
            and what it says (``meanings``). ``says`` is what is said by any of them.
        breaks: where its clauses begin, but the first. ``brackets``: spans in brackets.
    """

    text: str
    folded: str
    start: int
    end: int
    chinese: bool
    hits: list[Hit]
    starts: list[int]
    ends: list[int]
    meanings: list[frozenset[str]]
    says: frozenset[str]
    quantities: list[Quantity]
    times: list[Time]
    breaks: list[int]
    brackets: list[tuple[int, int]]
    _clauses: dict[int, tuple[int, int]] = field(default_factory=dict, repr=False, compare=False)

    def within(self, start: int, end: int) -> list[Hit]:
        """The known words that begin within a span, in their order."""
        return self.hits[bisect_left(self.starts, start) : bisect_left(self.starts, end)]

    def labels(self, start: int, end: int) -> frozenset[str]:
        """What is said by the known words within a span."""
        first, last = bisect_left(self.starts, start), bisect_right(self.ends, end)
        return _NOTHING.union(*self.meanings[first:last]) if first < last else _NOTHING

    def clause(self, place: int) -> tuple[int, int]:
        """Span of the clause that holds a place."""
        found = self._clauses.get(place)
        if found is None:
            index = bisect_right(self.breaks, place)
            first = self.breaks[index - 1] if index else self.start
            last = self.breaks[index] if index < len(self.breaks) else self.end
            found = self._clauses[place] = (first, last)
        return found

    def slice(self, start: int, end: int) -> str:
        """The text of a span, as it is."""
        return self.text[start:end]


_NOTHING: frozenset[str] = frozenset()
_CHINESE = re.compile(r"[一-龥]")


def has_chinese(folded: str, start: int, end: int) -> bool:
    """Whether a span has any Chinese sign."""
    return not folded[start:end].isascii() and _CHINESE.search(folded, start, end) is not None


def read_sentence(text: str, folded: str, start: int, end: int) -> Sentence:
    """Find all that is known in a sentence."""
    chinese = has_chinese(folded, start, end)
    found, bare = quantities(folded, start, end, chinese=chinese)
    _metric_tons(text, found)
    if bare:
        completed = with_unit(folded, start, end, found, bare)
        found = sorted([*found, *completed], key=lambda one: one.start)
    titles = [m.span() for m in _TITLE.finditer(folded, start, end)]
    if titles:
        found = [one for one in found if not _within(one.start, titles)]
    spans = [(one.start, one.end) for one in found]
    when = times(folded, start, end, spans, chinese=chinese)
    if titles:
        when = [one for one in when if not _within(one.start, titles)]
    _origins(folded, found, when)
    breaks = [m.end() for m in _CLAUSE.finditer(folded, start, end)]
    hits = cues().scan(folded, start, end, chinese=chinese)
    if not chinese and any("past" in hit.labels or "perfect" in hit.labels for hit in hits):
        hits = list(_had(folded, hits, {one.start for one in found}))
    elif folded.find("目标", start, end) >= 0:
        hits = [_surpassed(folded, start, hit) for hit in hits]
    if chinese and any(one.origin for one in found):
        hits = [hit for hit in hits if not _starts(folded, hit)]
    starts, ends = [hit.start for hit in hits], [hit.end for hit in hits]
    meanings = [hit.labels for hit in hits]
    says = _NOTHING.union(*meanings)
    brackets = [m.span() for m in _BRACKETS.finditer(folded, start, end)]
    return Sentence(
        text, folded, start, end, chinese, hits, starts, ends, meanings, says, found, when, breaks,
        brackets,
    )  # fmt: skip


def _metric_tons(text: str, found: list[Quantity]) -> None:
    """Read "225 million mt" and "20,000 mt" as metric tons; "12,000 Mt" are millions of them."""
    for one in found:
        if one.unit is not None and one.unit.name == "Mt":
            many = (one.value or 0) >= data("units")["metric"]
            if one.scale or (many and text.find("Mt", one.start, one.end) < 0):
                one.unit = units()["t"]


_HAS = re.compile(r" (?:more than |over |about |around |nearly |at least |up to |only |some )?")
_OWNED = (" until ", " a ", " an ", " no ")
_TO_HAVE = ("will ", "shall ", "should ", "must ", " that ")
_BE = (" is ", " are ", " be ", " being ")


def _had(folded: str, hits: list[Hit], starts: set[int]) -> Iterator[Hit]:
    """The hits, "is reduced" no past, and "have" before a number no auxiliary.

    So in "plans to build 20 and have 10,000".
    """
    ahead = False
    for hit in hits:
        ahead = ahead or "future" in hit.labels
        past, perfect = "past" in hit.labels, "perfect" in hit.labels
        if ahead and perfect and folded.endswith(_TO_HAVE, 0, hit.start):
            yield Hit(hit.start, hit.end, hit.labels - {"past", "perfect"})  # "should have built"
        elif past and not perfect and folded.endswith(_BE, 0, hit.start):
            yield Hit(hit.start, hit.end, hit.labels - {"past"})
        elif perfect and folded.startswith(_OWNED, hit.end) and folded[hit.end - 1] != "d":
            yield Hit(hit.start, hit.end, hit.labels - {"past", "perfect"})  # "has a capacity of"
        elif perfect and folded.startswith("ha", hit.start) and _owns(folded, hit.end, starts):
            yield Hit(hit.start, hit.end, frozenset() if ahead else frozenset({"past"}))
        else:
            yield hit


def _owns(folded: str, place: int, starts: set[int]) -> bool:
    """Whether a figure is what "has" or "have" before it owns: "has more than 5 %"."""
    found = _HAS.match(folded, place)
    return found is not None and found.end() in starts


_SURPASSED = re.compile(
    "(?<![要须将保争力取应])(?:满足|符合|超|超额?完成|超过|超出|高于|好于|优于|快于|高出)"
    "[^，。；、0-9超要须将保争]{0,8}$"
    "|(?:圆满|超额|如期|全面|顺利|胜利|提前|已)完成了?[^，。；、要须将]{0,20}$"
    "|(?<![要须将保争力取求])(?:提前|已经?|均已)(?:[一二两三四五六0-9]{1,2}年多?)?(?:实现|达到)了?"
    "[^，。；、要须将]{0,20}$"
)


def _surpassed(folded: str, start: int, hit: Hit) -> Hit:
    """A goal that is told to be surpassed is not aimed at: 超省下达年度目标2.66个百分点."""
    if not folded.startswith("目标", hit.start) or "future" not in hit.labels:
        return hit
    low = max(start, hit.start - len("超额完成了省政府下达的下降百分之十的年度工作"))
    if _SURPASSED.search(folded[low : hit.start]) is None:
        return hit
    return Hit(hit.start, hit.end, frozenset({"perfect"}))


def _starts(folded: str, hit: Hit) -> bool:
    """Whether a word for the present only tells what a change starts from: 由目前的8%提高到15%."""
    if "past" not in hit.labels or hit.start == 0:
        return False
    led = folded[hit.start - 1]
    return led == "在" or (led in "由从" and folded.startswith("的", hit.end))


_NOW = ("current ", "present ", "existing ", "previous ")
_BACK = ("from a peak of ", "from a high of ", "from a low of ", "than the ", "from ",
         *(f"{moved} from {the}{now}" for moved in ("up", "down")
           for the in ("", "the ", "its ", "their ") for now in _NOW), "after ",
         "against ", "versus ", "compared with ", "compared to ")  # fmt: skip
_FROM = re.compile(
    r"(?:(?:from|after|against|versus|than the|compared (?:with|to))"
    r" (?:a (?:peak|high|low) of "
    r"|(?:the |its |their |a )?(?:current|present|previous|existing) (?:level of )?)?"
    r"(?:about |around |nearly |only |just |some )?"
    r"|[由从](?:\d{4}年[底末初]?的?|[“\"]?十[一二三四五]五[”\"]?[底末]的?|"
    r"(?:目前|当前|现在|现阶段|现状|现有|原有|原来|原先|上年|去年)的)?约? ?"
    r"|[比较]\d{4}年[底末初]?的约?)$"
)
# how the words end that :data:`_FROM` and :data:`_THAN` look for
_LED_BY = ("from ", "after ", "against ", "versus ", "the ", "with ", "to ", "about ", "around ")
_LED_BY += (
    "nearly ",
    "of ",
    "only ",
    "just ",
    "some ",
    "current ",
    "present ",
    "previous ",
    "existing ",
    *"由从的约年底末初",
    *(f"{sign} " for sign in "由从的约年底末初"),
)
_LEAD = len("compared with around 2020年底的")
_THAN = re.compile(r"[比较]\d{4}年[底末初]?的约?$")  # 比2021年底的3900万千瓦多
_STANDS = re.compile(r"在(?:\d{4}年[底末初]?|目前|当前|现有|现状|原有)的?约?$")
_TO = re.compile(r"[到至]| to ")


def _origins(folded: str, found: list[Quantity], when: list[Time]) -> None:
    """Mark what a change starts from, and the year beside it, which dates nothing else."""
    for place, one in enumerate(found):
        low = max(0, one.start - _LEAD)
        before = found[place - 1] if place else one
        if before.origin and folded[before.end : one.start] == " and ":
            one.origin = True  # "compared with 86 plants and 8 parks in 2021"
        _built_upon(folded, one, when)
        led = folded.endswith(_LED_BY, low, one.start)
        if not (led and _FROM.search(folded, low, one.start)):
            continue
        last = _last_of(folded, found, place)  # 由2022年的56%、60%提高到…
        following = found[last + 1].start if last + 1 < len(found) else one.end
        backwards = place > 0 and folded.endswith(_BACK, 0, one.start)
        if not (
            backwards
            or _THAN.search(folded, low, one.start)
            or _TO.search(folded, found[last].end, following)
        ):
            continue
        for joined in found[place : last + 1]:
            joined.origin = True
        for time in when:
            if _beside(folded, time, one):
                time.role = "base"


_JOINED = ("、", "和", "与", "及", "以及")


def _last_of(folded: str, found: list[Quantity], place: int) -> int:
    """The place of the last figure of a Chinese list that begins with the one at ``place``."""
    while place + 1 < len(found) and folded[found[place].end : found[place + 1].start] in _JOINED:
        place += 1
    return place


def _built_upon(folded: str, one: Quantity, when: list[Time]) -> None:
    """Mark what a change is built upon, and its year: 在2020年12.5%的基础上提高到18%."""
    if not folded.startswith(("的基础上", "基础上"), one.end):
        return
    if _STANDS.search(folded, max(0, one.start - _LEAD), one.start):
        one.origin = True
        for time in when:
            if time.end <= one.start and _beside(folded, time, one):
                time.role = "base"


_OWN_YEAR = re.compile(
    r"(?: and [\d,.]+(?: ?%| percent)?)?(?:,? respectively,?)? ?\(?"
    r"(?:recorded |reached |burned |used |consumed |produced |emitted |seen |"
    r"(?:planned|targeted|set|foreseen|envisaged|expected) (?:for )?)?"
    r"(?:in |at |as of |by )?(?:the )?(?:end of )?(?:the )?(?:year )?"
)


def _beside(folded: str, time: Time, one: Quantity) -> bool:
    """Whether a year is that of a start: "from 42 % in 2020", 由2020年的42%."""
    if "a" <= folded[one.start - 2] <= "z":  # "from 42 %"
        beside = _OWN_YEAR.fullmatch(folded, one.end, time.start) is not None
    else:
        bracket = folded.startswith(("（", "("), one.end) and time.start == one.end + 1
        beside = bracket or 0 <= one.start - time.end <= data("sentences")["own_year"]
    return time.year is not None and beside


def own_year(sentence: Sentence, one: Quantity) -> int | None:
    """The year that stands beside what a change starts from, or the first of its span of years."""
    for time in reversed(sentence.times):
        if time.role == "base" and _beside(sentence.folded, time, one):
            return time.year
    for before, joined in pairwise(sentence.quantities if sentence.chinese else ()):
        goes_on = joined is one and before.origin
        if goes_on and sentence.folded[before.end : one.start] in _JOINED:
            return own_year(sentence, before)
    ahead = [t for t in sentence.times if t.end <= one.start and t.year]
    return ahead[-1].first if ahead else None


def _within(place: int, spans: list[tuple[int, int]]) -> bool:
    return any(start <= place < end for start, end in spans)
