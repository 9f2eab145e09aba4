"""Targets that print no number: assigned by the State, compared with another, nothing new."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from dafeng.reader.draft import Draft
from dafeng.reader.lexicon import data
from dafeng.reader.naming import Name, name_of, names_of
from dafeng.reader.numerals import numeral
from dafeng.reader.past import Past, aims
from dafeng.reader.proposals import Kind
from dafeng.reader.quantity_patterns import Unit
from dafeng.reader.sentence import Sentence
from dafeng.reader.times import Time

_CHANGE = frozenset({"change"})
_ANY = frozenset({"change", "share", "t", "kW", "tce", "count"})


Rows = list[list[str]]
_NEVER = "(?!)"  # how an entry says that a language has no such words


@cache
def _patterns(lang: str) -> list[tuple[dict[str, Any], re.Pattern[str], Rows]]:
    """The entries with their patterns in a language, and the words that show one to be near."""
    return [
        (
            entry,
            re.compile(
                entry["zh"] if lang == "zh" else rf"(?<![a-z])(?:{entry['en']})(?![a-z])", re.ASCII
            ),
            _rows(entry["near"], lang),
        )
        for entry in data("numberless")["patterns"]
        if entry[lang] != _NEVER
    ]


def _rows(near: Rows, lang: str) -> Rows:
    """The rows of words in a language, the shortest first, as it is the first to fail."""
    rows = ([word for word in row if word.isascii() is (lang == "en")] for row in near)
    return sorted(rows, key=len)


def numberless(
    sentence: Sentence, past: Past, seen: set[str], told: Sequence[Draft] = ()
) -> list[Draft]:
    """A draft for every target without a number, one for each indicator that it is said of.

    Args:
        sentence: where it stands.
        past: what the text before tells about years.
        seen: what the paragraph has said already; a repetition is no second target.
        told: the figures of the sentence; a comparison with a result behind it aims at nothing.
    """
    drafts = []
    low = sentence.start
    for found, entry in sorted(_found(sentence), key=lambda pair: pair[0].start()):
        low = max(low, _low(sentence, found.start()))
        inside, ahead = (
            sentence.labels(found.start(), found.end()),
            sentence.labels(low, found.start()),
        )
        inside = ahead if entry.get("aimed") == _ONLY else inside  # what exceeds another thing
        labels = inside | ahead
        low = found.end()
        if entry.get("need") and entry["need"] not in labels:
            continue
        last = next((d for d in reversed(told) if d.end <= found.start()), None)
        if entry["sign"].startswith("> whole") and last and _reported(sentence, last, found):
            continue
        if entry.get("aimed") == _ONLY and not _aimed(sentence, found, labels):
            continue
        if entry.get("ban") and sentence.chinese and not _dated(sentence, found):
            continue
        named = _printed(sentence, found.start())
        listed = {name.words for name in named}
        names = _names(inside, labels, entry)
        for name in names if names[0].words else named or names:
            repeated = entry["sign"] in seen and not (name.id or name.words in listed)
            if not repeated or entry["kind"] in {"context", "cap"} or entry.get("aimed") == _ONLY:
                seen.add(entry["sign"])
                draft = _draft(sentence, entry, found, name, past)
                if draft.year or name.words or entry["sign"] != "qualitative":
                    drafts.append(draft)  # else it is a phrase: "the scale only decreases"
    return drafts


_ONLY = "only"


def _dated(sentence: Sentence, found: re.Match[str]) -> bool:
    """Whether a year is printed for a ban; without one only 不再新增…产能 is a target."""
    if sentence.folded.startswith("不再新增", found.start()):
        return True
    ahead = [t for t in sentence.times if t.dates and t.year and t.end <= found.start()]
    if ahead and not _SPLIT.search(sentence.folded, ahead[-1].end, found.start()):
        return True
    return any(t.dates and t.year and _follows(sentence, found.end(), t) for t in sentence.times)


_SPLIT = re.compile("[；;]")


def _aimed(sentence: Sentence, found: re.Match[str], said: frozenset[str]) -> bool:
    """Whether it is surely aimed at: by a word for it, or by a year that plans aim at."""
    near = said | sentence.labels(sentence.clause(found.start())[0], found.start())
    ahead = [t for t in sentence.times if t.dates and t.year and t.start < found.start()]
    behind = [t for t in sentence.times if t.dates and _follows(sentence, found.end(), t)]
    when = behind or ahead[-1:]
    dated = any(t.year in aims() or _led_to(sentence, t) for t in when)
    told = "future" not in near and (
        _as_of(sentence, found) or sentence.folded.endswith(_AT_LAST, sentence.start, found.start())
    )
    told = told or _heads(sentence)
    return not near & {"perfect"} and not told and (dated or "future" in near)


def _reported(sentence: Sentence, last: Draft, found: re.Match[str]) -> bool:
    """Whether what it is compared with was reached, in the same part of the sentence."""
    return last.kind == "result" and not _SPLIT.search(sentence.folded, last.end, found.start())


def _heads(sentence: Sentence) -> bool:
    """Whether it is an English heading without a year, which its text says again with one."""
    if sentence.chinese or any(t.year for t in sentence.times):
        return False
    first = sentence.folded.rfind("\n", 0, sentence.start) + 1
    end = sentence.folded.find("\n", sentence.start + 1, first + data("sentences")["heading_en"])
    line = sentence.folded[sentence.start : max(end, 0)].rstrip()
    return line[-1:].isalpha() and not sentence.folded[first : sentence.start].strip()


def _led_to(sentence: Sentence, time: Time) -> bool:
    """Whether a year is one to be reached: 到2026年, "by 2026"."""
    led = sentence.folded.endswith(("到", "至"), sentence.start, time.start)
    return led or (time.sign == "<=" and not sentence.chinese)


def _printed(sentence: Sentence, end: int) -> list[Name]:
    """The names of what is measured, where several are listed right before: "A浓度和B比率"."""
    words = _EVEN.sub("", sentence.slice(max(sentence.clause(end)[0], _low(sentence, end)), end))
    parts = [part.strip() for part in _JOINED.split(words)]
    measured = tuple(data("numberless")["measured"])
    listed = len(parts) > 1 and all(part.endswith(measured) for part in parts)
    return [Name(part) for part in parts] if listed else []


_JOINED = re.compile("[、和与及]")
_EVEN = re.compile("(?:均|都|全部|全面|分别|确保|力争)*$")


@cache
def _shown(lang: str) -> dict[str, list[int]]:
    """Every word of which a sentence must have one, with the places of the patterns it is for."""
    found: dict[str, list[int]] = {}
    for place, (_, _, rows) in enumerate(_patterns(lang)):
        for word in rows[0]:
            found.setdefault(word, []).append(place)
    return found


def _found(sentence: Sentence) -> Iterator[tuple[re.Match[str], dict[str, Any]]]:
    lang = "zh" if sentence.chinese else "en"
    text = sentence.folded[sentence.start : sentence.end]
    near = {place for word, places in _shown(lang).items() if word in text for place in places}
    for place in sorted(near):
        entry, pattern, rows = _patterns(lang)[place]
        if all(any(word in text for word in row) for row in rows[1:]):
            for found in pattern.finditer(sentence.folded, sentence.start, sentence.end):
                yield found, entry


def _low(sentence: Sentence, place: int) -> int:
    """Where the words that name the indicator begin: behind the figure or the break before."""
    ends = [one.end for one in sentence.quantities if one.end <= place]
    stops = [m.end() for m in re.finditer(r"[；;]", sentence.folded[sentence.start : place])]
    return max([sentence.start, *ends, *(sentence.start + stop for stop in stops)])


def _names(inside: frozenset[str], labels: frozenset[str], entry: dict[str, Any]) -> list[Name]:
    if entry["sign"] == "meets national target":
        return names_of(labels, _CHANGE) or [name_of(labels, _CHANGE) or Name("")]
    kinds = _CHANGE if "reduction" in entry["sign"] else _ANY
    return [name_of(inside, kinds) or name_of(labels, kinds) or Name("")]


def _draft(
    sentence: Sentence, entry: dict[str, Any], found: re.Match[str], name: Name, past: Past
) -> Draft:
    words = {key: value for key, value in found.groupdict().items() if value}
    printed = bool(name.words) and not name.atoms  # then it need be no reduction
    weighed = "capacity" in name.words and entry.get("aimed") != _ONLY
    unit = None if printed else entry.get("unit") or ("tons" if weighed else None)
    draft = Draft(
        found.start(),
        found.end(),
        _kind(sentence, entry["kind"], found),
        _sign(entry["sign"], words),
        value=Decimal(entry["value"]) if "value" in entry else None,
        unit=unit,
        base_unit=Unit(unit, "t" if unit == "tons" else None) if unit else None,
        name=name,
        fall="reduction" in (unit or ""),
    )
    ahead = [t for t in sentence.times if t.dates and t.start < found.start() and _own(sentence, t)]
    behind = [t for t in sentence.times if t.dates and _follows(sentence, found.end(), t)]
    if ahead or behind:
        draft.year = past.year_of(behind[0] if behind else ahead[-1])
    elif draft.kind != "context" and (entry["sign"] != "=" or entry.get("aimed")):
        # a ban holds from now on: it has no year
        draft.year = past.at or past.title
        draft.flags |= {"year_inferred"} if draft.year else set()
    return draft


_BEHIND = len(" by the end of ")
_OF_SCALE = re.compile(
    r"年?(?:规划)?(?:期|时期|期间)?[底末]?的?(?:规模|水平|总量)| (?:scale|level|size)"
)


def _follows(sentence: Sentence, end: int, time: Time) -> bool:
    """Whether a year follows right behind, in the same part of the sentence."""
    near = 0 <= time.start - end <= _BEHIND
    return near and not any(sign in sentence.folded[end : time.start] for sign in "，；;")


def _own(sentence: Sentence, time: Time) -> bool:
    """Whether a year is not that of a scale: 不超过2020年水平."""
    return _OF_SCALE.match(sentence.folded, time.end) is None


def _kind(sentence: Sentence, kind: Kind, found: re.Match[str]) -> Kind:
    first = sentence.clause(found.start())[0]
    done = "perfect" in sentence.labels(first, found.end())
    done = done and "future" not in sentence.labels(first, found.start())
    done = done or _as_of(sentence, found)
    return "result" if kind == "target" and done else kind


def _as_of(sentence: Sentence, found: re.Match[str]) -> bool:
    """Whether a sentence tells how things stood on a day: 截至上个采暖季，…，散煤基本清零."""
    if not _STOOD.match(sentence.folded, sentence.start) or "future" in sentence.says:
        return False
    dates = [t for t in sentence.times if t.dates and t.year and t.start < found.end()]
    return all(time.role == "as_of" for time in dates)


_STOOD = re.compile(r"\s*(?:[^，。；：]{2,20}：)?截[至止]")
_AT_LAST = ("历史性", "历史性地", "首次", "首度", "已", "已经", "正式", "成功")  # 历史性超过煤电


def _sign(sign: str, words: dict[str, str]) -> str:
    """The comparator with the plan or the year that it names, in English."""
    plan = words.get("plan", "")
    ordinal = numeral(plan[:-1]) if plan.endswith("五") else None
    named = f"{ordinal}th FYP" if ordinal else f"{plan} FYP"
    return sign.format(plan=named, year=words.get("year", ""))
