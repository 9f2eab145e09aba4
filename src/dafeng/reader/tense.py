"""Whether a figure is aimed at or reported, by what its sentence and the text around it say."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dafeng.reader.aside import already, is_now, narrates, states, there_are
from dafeng.reader.draft import Draft
from dafeng.reader.goals import (
    chained,
    forecast_behind,
    led_by_aim,
    to_year_end,
    told_of,
    urged_to_aim,
    without_sums,
)
from dafeng.reader.lexicon import data
from dafeng.reader.past import Past, aims
from dafeng.reader.proposals import Kind
from dafeng.reader.quantity import Quantity
from dafeng.reader.sentence import Sentence
from dafeng.reader.standing import holds_from
from dafeng.reader.times import Time
from dafeng.reader.when import told_first


def tense(
    sentence: Sentence,
    one: Quantity,
    said: frozenset[str],
    time: Time | None,
    before: Draft | None,
    past: Past,
) -> tuple[Kind, bool]:
    """Target or result, and whether the text says so: the first line that holds decides.

    An aim's year outweighs the past tense that translations give to plans.

    Args:
        sentence: where the figure stands.
        one: the figure.
        said: what is said by the words of its clause.
        time: what it is for; ``before``: the figure before it; ``past``: as :func:`kind_of` has it.
        before: see ``time``.
        past: see ``time``.
    """
    if "future" not in said and chained(sentence, one):
        said = (said - {"past"}) | {"future"}
    elif narrates(sentence, one):
        said = said | {"past"}
    else:
        said = without_sums(sentence, said, plans=past.plans)
    if time is None:
        lines = _undated(sentence, one, said, before, past)
    else:
        lines = _dated(sentence, one, said, time, before, past)
    for holds, kind in lines:
        if holds:
            return kind, True
    return _from_around(sentence, one, said, time, before, past)


_DONE = frozenset({"past", "perfect"})


def _undated(
    sentence: Sentence, one: Quantity, said: frozenset[str], before: Draft | None, past: Past
) -> Iterator[tuple[bool, Kind]]:
    """What tells the tense of a figure without a year, worked out one by one, until one holds."""
    future, perfect = "future" in said, "perfect" in said
    yield _done(sentence, one) or (perfect and not future), "result"
    yield is_now(sentence, one) or (not future and there_are(sentence)), "result"
    yield past.told and "future" not in sentence.says, "result"
    yield urged_to_aim(sentence, one), "target"
    planned = _of_annual_plan(past) and not _reports(sentence, one)
    yield not future and (("yearly" in said and not planned) or _lasts(one)), "result"
    yield said.isdisjoint(_DONE) and holds_from(sentence, one) is not None, "target"
    yield not future and _since(sentence, one), "result"
    yield "part" in said and _is_aim(before) and "past" not in said, "target"
    yield not perfect and _bids(sentence, before), "target"
    yield future, "target"
    yield not perfect and (_goes_on(past, before) or _of_next_year(past)), "target"
    yield not perfect and _of_annual_plan(past), "target"
    yield "past" in said or (past.reports and "strive" not in sentence.says), "result"


def _dated(
    sentence: Sentence,
    one: Quantity,
    said: frozenset[str],
    time: Time,
    before: Draft | None,
    past: Past,
) -> Iterator[tuple[bool, Kind]]:
    """What tells the tense of a figure with a year, worked out one by one, until one holds."""
    future, word = "future" in said, time.word
    told = said | sentence.labels(time.end, one.start)
    done, towards = _done(sentence, one), word is None and _towards(sentence, time)
    if towards and time.year in aims():
        told_done = sentence.labels(time.end, sentence.clause(one.start)[1])
        if "perfect" not in told_done:  # 已建泊位到2025年达到85%
            done, said = False, said - {"perfect"}
    stands_at = time.role == "as_of" and not future
    stands_at = stands_at and "future" not in sentence.labels(*sentence.clause(time.start))
    yield stands_at, "result"
    yield done or ("perfect" in said and not future), "result"
    yield word == "last_year" or is_now(sentence, one), "result"
    planned = word is not None and _of_annual_plan(past) and not _reports(sentence, one)
    yield word == "month" and time.sign == "<" and not told & _DONE, "target"
    if word is not None or time.month:
        near = said | sentence.labels(*sentence.clause(time.start))
        ahead = planned or "future" in near or to_year_end(sentence, time)
        yield word == "this_year" and ahead, "target"
        yield word in {"this_year", "now", "month"} and "future" not in near, "result"
        yield word == "next_year" or (word == "period" and not past.told_of(said)), "target"
        yield time.month and time.sign != "<" and "future" not in near, "result"
    yield _lasts(one) and past.plans and time.year == past.annual, "target"
    yield led_by_aim(sentence, one), "target"
    yield not future and (("yearly" in said and not planned) or _lasts(one)), "result"
    yield "part" in said and _is_aim(before) and "past" not in told, "target"
    if word is None:
        first = told_first(sentence, one, time, did=narrates(sentence, one))
        yield _tells(sentence, one, time, told, past) or first, "result"
        yield not future and not towards and told_of(sentence, one, time, past), "result"
        yield time.year in aims(), "target"
        yield _adds(sentence, one, time, before) and not told & _DONE, "target"
        yield _compares(sentence, one, time, before), "result"
    yield future, "target"
    if word is None:
        later = _ahead(time.year, past) and not _goes_with(sentence, time, before)
        yield later and "past" not in told, "target"
        yield time.year in past.planned and not told & _DONE, "target"
    goes_with = _goes_with(sentence, time, before)
    yield towards and not goes_with and _open(sentence, one, time, told), "target"
    yield time.sign == "<", "target"
    yield "past" in said, "result"


def _done(sentence: Sentence, one: Quantity) -> bool:
    """Whether its clause tells ahead of it what is done: "had built 20 and will build 30"."""
    ahead = sentence.labels(sentence.clause(one.start)[0], one.start)
    if "perfect" in ahead and "future" not in ahead:
        return True
    return already(sentence, one)


def _is_aim(before: Draft | None) -> bool:
    return before is not None and before.kind == "target"


def _goes_with(sentence: Sentence, time: Time, before: Draft | None) -> bool:
    """Whether the figure before in the sentence is a result of the same year."""
    done = before is not None and before.kind == "result" and before.start >= sentence.start
    return done and before is not None and before.year == time.year


def _aimed_year(sentence: Sentence, before: Draft | None) -> int | None:
    """The year of the figure before in the sentence, if that is aimed at."""
    aimed = before is not None and _is_aim(before) and before.start >= sentence.start
    return before.year if aimed and before is not None else None


def _adds(sentence: Sentence, one: Quantity, time: Time | None, before: Draft | None) -> bool:
    """Whether a later year goes on with aims: "24 % in 2025; 2027: 27 %"."""
    year = _aimed_year(sentence, before)
    later = bool(year and time and time.year and time.year > year)
    return later and time is not None and (time.end <= one.start or not sentence.chinese)


def _compares(sentence: Sentence, one: Quantity, time: Time | None, before: Draft | None) -> bool:
    """Whether an earlier year in a bracket tells what an aim starts from: 5万（2023年3.2万）."""
    year = _aimed_year(sentence, before)
    if not (year and time and time.year and time.year < year):
        return False
    first, last = min(time.start, one.start), max(time.end, one.end)
    return any(low < first and last < high for low, high in sentence.brackets)


def _from_around(
    sentence: Sentence,
    one: Quantity,
    said: frozenset[str],
    time: Time | None,
    before: Draft | None,
    past: Past,
) -> tuple[Kind, bool]:
    """The kind of a figure whose clause does not tell it: by sentence, figure before or heading."""
    if time is not None and time.year is not None:
        return _of_year(sentence, said, time, time.year, past), True
    goes_on = before if before is not None and before.kind in {"target", "result"} else None
    if goes_on is None or goes_on.start < sentence.start:
        around = _around(sentence)
        if around is not None and not forecast_behind(sentence, one):
            return around, True
    if goes_on is not None:
        return goes_on.kind, "kind_inferred" not in goes_on.flags
    kind = _by_heading(time, past)
    if kind == "context" and time is None and states(sentence, one):
        return "result", not (past.plans and said & {"target", "strive"})
    return ("target", False) if kind == "context" and said & {"target", "strive"} else (kind, True)


def _of_year(sentence: Sentence, said: frozenset[str], time: Time, year: int, past: Past) -> Kind:
    """The kind of a figure whose clause tells its year only."""
    if not said & {"target", "future"} and _aims_later(sentence, time):
        return "result"
    planned = past.plans and year > data("times")["aims_after"]
    around = _around(sentence, year)
    stated = sentence.chinese and not said & _AIMING and not _towards(sentence, time)
    if stated and around is None and not _ahead(year, past):
        return "result"  # 2022年产量为1.4亿吨
    ahead = year >= (past.this_year or year)
    aimed = planned or (ahead and around == "target")
    return around or "target" if aimed else "result"


_AIMING = frozenset({"target", "future", "strive", "rise", "fall", "rise_to", "fall_to", "cap"})


def _tells(sentence: Sentence, one: Quantity, time: Time, told: frozenset[str], past: Past) -> bool:
    """Whether an English sentence tells as past what was "in 2025", not what is to be "by" then."""
    if sentence.chinese or time.year not in aims():
        return False
    if past.plans and time.year > (past.this_year or 0):
        return False
    if time.sign != "=" and not sentence.folded.endswith("in ", sentence.start, time.start):
        return False
    if "past" not in told or "future" in sentence.labels(sentence.start, sentence.end):
        return False
    return _SAYS.search(sentence.folded, sentence.start, one.start) is None


# What a document says of a year is aimed at, whatever the tense of its translation.
_SAYS = re.compile(
    r"(?:plan|program|programme|scheme|opinions|document|notice|it is|was) (?:also )?(?:point"
    r"|propos|clear|requir|mention|stat|emphasi|stipulat|specif)[a-z]*(?: out)?(?: that)?(?![a-z])"
)


def _aims_later(sentence: Sentence, time: Time) -> bool:
    """Whether what is aimed at is said of a later year only: 2022年为15万辆，2025年力争30万辆."""
    later = [t for t in sentence.times if t.dates and (t.year or 0) > (time.year or 0)]
    return any(
        t.start > time.end
        and sentence.labels(t.end, sentence.clause(t.start)[1]) & {"strive", "future"}
        for t in later
    )


def _around(sentence: Sentence, year: int | None = None) -> Kind | None:
    """What the other clauses of a sentence say where that of the figure is silent.

    Clauses that print another ``year`` than that of the figure are left out.
    """
    said = sentence.says
    others = [t for t in sentence.times if year and t.dates and t.year and t.year != year]
    if others:
        left_out = {sentence.clause(t.start) for t in others}
        kept = (hit.labels for hit in sentence.hits if sentence.clause(hit.start) not in left_out)
        said = frozenset[str]().union(*kept)
    if "future" in said:
        return None if "perfect" in said else "target"
    return "result" if said & {"perfect", "past", "yearly"} else None


def _goes_on(past: Past, before: Draft | None) -> bool:
    """Whether goals go on that were led in with their year: translations tell them as past."""
    if past.monthly or past.reports or past.at not in aims() or past.at <= (past.this_year or 0):
        return False
    if before is None and past.plans:
        return True
    aimed = before is not None and before.kind in {"target", "cap"} and before.year == past.at
    return aimed or (past.listed and past.plans)


def _of_annual_plan(past: Past) -> bool:
    """Whether a figure without a year is one of a plan for one year, which says 全年."""
    return past.annual is not None and past.at in {None, past.annual} and past.plans


def _reports(sentence: Sentence, one: Quantity) -> bool:
    """Whether a word of the past stands in its clause but for those of a yearly change."""
    hits = sentence.within(*sentence.clause(one.start))
    return any(hit.labels & _DONE and "yearly" not in hit.labels for hit in hits)


def _of_next_year(past: Past) -> bool:
    """Whether it stands in a list of what a report sets out for the year that follows it."""
    return past.listed and _ahead(past.at, past)


def _since(sentence: Sentence, one: Quantity) -> bool:
    """Whether a sentence tells what has come about since a year."""
    if not sentence.times:
        return False
    last = sentence.clause(one.start)[1]
    return any(t.role == "since" and t.year and t.start < last for t in sentence.times)


def _by_heading(time: Time | None, past: Past) -> Kind:
    """What a line of a list is that says nothing itself: the line above it or the title does."""
    year = past.at or past.title
    if past.aimed and past.listed and time is None:
        return "target"
    if time is not None or year is None:
        return "context"
    if past.monthly:
        return "result"
    if (year in aims() and year >= (past.this_year or year)) or _ahead(year, past):
        return "target"
    done = past.reports or (past.this_year is not None and year < past.this_year)
    return "result" if done else "context"


def _ahead(year: int | None, past: Past) -> bool:
    """Whether a year is surely later than the text."""
    return bool(year and past.this_year and year > past.this_year)


_OPENING = re.compile(r"(?:^|[.:] )[ \-–—•*]*(?:\(?\d{1,2}[.)] )?$")


def _bids(sentence: Sentence, before: Draft | None) -> bool:
    """Whether a sentence begins with a verb that bids: "Cultivate 15 green factories".

    Behind a result it need not: translations of reports leave the past tense out.
    """
    if sentence.chinese or not sentence.hits or (before and before.kind == "result"):
        return False
    first = sentence.hits[0]
    verb = "target" in first.labels and not first.labels & {"past", "future", "perfect"}
    bare = not sentence.folded[first.start : first.end].endswith(("s", "ed", "to"))
    ahead = sentence.folded[sentence.start : first.start]
    return verb and bare and _OPENING.search(ahead) is not None


def _open(sentence: Sentence, one: Quantity, time: Time, told: frozenset[str]) -> bool:
    """Whether no word of the past follows a year but 累计, which goals say as well."""
    hits = sentence.within(time.end, sentence.clause(one.start)[1])
    past = [hit for hit in hits if "past" in hit.labels]
    summed = past and all(sentence.folded[hit.start : hit.end] == "累计" for hit in past)
    return not told & {"past", "perfect"} - ({"past"} if summed else set())


_TOWARDS = re.compile(
    r"(?:(?<![降低升加高长大少])[到至]|力争|争取|by|by the end of|by the year|until)"
    r" ?[“\"]?(?:the )?(?:20[0-9]{2}(?:年[底末]?(?:[、和及与]|以及)|,? and |, ))*$"
)


def _towards(sentence: Sentence, time: Time) -> bool:
    """Whether a year is led in as one to be reached ("到2027年", "by 2027")."""
    return (
        _TOWARDS.search(
            sentence.folded, max(sentence.start, time.start - data("sentences")["lead"]), time.start
        )
        is not None
    )


def _lasts(one: Quantity) -> bool:
    return one.unit is not None and one.unit.duration
