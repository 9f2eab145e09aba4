"""From the quantities of a sentence to drafts: comparator, kind, year, base year, stretch."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from dafeng.reader import subject
from dafeng.reader.aside import is_now
from dafeng.reader.comparators import compare, inclusive
from dafeng.reader.draft import Draft
from dafeng.reader.kinds import kind_of
from dafeng.reader.lexicon import data
from dafeng.reader.lists import distribute, in_step, repeated, shared_years
from dafeng.reader.naming import Name
from dafeng.reader.past import Past, aims
from dafeng.reader.quantities import ahead_of_time
from dafeng.reader.quantity import Quantity
from dafeng.reader.sentence import Sentence, own_year
from dafeng.reader.sizes import is_threshold
from dafeng.reader.standing import holds_from, year_of_rule
from dafeng.reader.times import Time
from dafeng.reader.when import at, base_of, describes, says_same_period


def figures(sentence: Sentence, past: Past, before: Draft | None) -> list[Draft]:
    """A draft for every quantity of a sentence; ``before`` is the last one of the paragraph."""
    drafts: list[Draft] = []
    for index, one in enumerate(sentence.quantities):
        for part in _parts(sentence, one):
            last = drafts[-1] if drafts else None
            draft = _draft(sentence, index, part, past, last, before)
            _stretch(sentence, last, draft)
            drafts.append(draft)
            before = before if part.origin else draft
    _paired(drafts)
    _converted(sentence, drafts)
    distribute(sentence, drafts)
    in_step(sentence, drafts)
    _exclusions(sentence, drafts)
    drafts += [*repeated(sentence, drafts), *shared_years(sentence, drafts)]
    return drafts


def _parts(sentence: Sentence, one: Quantity) -> list[Quantity]:
    """A range of sizes that sorts things is two thresholds; any other is one figure."""
    if one.high is None or one.second is None or one.first_end is None:
        return [one]
    own_unit = sentence.folded[one.head : one.first_end].strip()
    between = sentence.folded.endswith("between ", sentence.start, one.start)
    if (
        (own_unit == "%" and not _WARNS.match(sentence.folded, one.end))
        or not (own_unit or between)
        or not is_threshold(sentence, one, "range", one.end)
    ):
        return [one]
    end = inclusive(sentence, one.first_end)
    low = replace(one, end=end, high=None, bound=">=")
    high = replace(one, start=one.second, value=one.high, high=None, bound="<=")
    return [low, high]


_WARNS = re.compile("的[^，。；]{0,4}预警")  # 超出5%至10%的橙色预警


def _draft(
    sentence: Sentence,
    index: int,
    one: Quantity,
    past: Past,
    last: Draft | None,
    before: Draft | None,
) -> Draft:
    """One figure; ``last`` is the one before it in the sentence, ``before`` tells its kind."""
    low = last.end if last else sentence.start
    compared = compare(sentence, one)
    draft = Draft(
        compared.start,
        compared.end,
        "context",
        "range" if one.high is not None else compared.sign,
        quantity=one,
        value=one.value,
        high=one.high,
        factor=one.factor,
        fall=subject.falls(sentence, one, low),
    )
    time = _unless_passed(sentence, one, at(sentence, index))
    draft.kind, sure = kind_of(sentence, one, compared, time, draft.fall, before, past)
    draft.flags |= set() if sure else {"kind_inferred"}
    draft.unit, draft.base_unit = subject.unit_of(sentence, one, compared.end)
    subject.name(sentence, draft, low, _next(sentence, index), last)
    if _of_aims(sentence, one):
        draft.name, draft.fall = Name(""), False
    _date(sentence, draft, time, past)
    _base_year(sentence, draft, index, past, low)
    strives = "strive" in sentence.says
    if strives and any("strive" in hit.labels for hit in sentence.within(low, one.start)):
        draft.flags |= {"strive"}
    return draft


_HALVES = re.compile("[;；]")


def _unless_passed(sentence: Sentence, one: Quantity, time: Time | None) -> Time | None:
    """The year ahead of a figure, unless it is of the other half of the sentence, told otherwise.

    So in "it was 22 % in 2022; the goal is 30 %" and in "6 million by 2025, and limits have been".
    """
    if time is None or not time.year or sentence.chinese:
        return time
    if describes(sentence, one):
        return None
    if time.end > one.start:
        ahead = "future" in sentence.labels(one.end, time.start)  # "is 62 % and will be 63 % in"
        return None if ahead and is_now(sentence, one) else time
    if time.year in aims() and is_now(sentence, one):
        return None
    first = sentence.clause(one.start)[0]
    if first <= time.start or "future" not in sentence.says:
        return time
    gone = time.year <= data("times")["aims_after"]
    stated = time.end if time.role == "as_of" else sentence.clause(time.start)[0]
    there = sentence.labels(stated, sentence.clause(time.start)[1])  # what "as of" says is no past
    here = sentence.labels(first, one.start)
    if "future" in here:
        parted = time.year not in aims()  # "which stood at 51 % in 2022, is to go up by 9 points"
        parted = parted or _HALVES.search(sentence.folded, time.end, one.start) is not None
        passed = parted and "future" not in there and not there.isdisjoint({"past", "perfect"})
    else:
        passed = "future" in there and ("perfect" in here or _stood(sentence, one, time))
        if _HAVE_BEEN.match(sentence.folded, one.end):
            passed = "future" in there | sentence.labels(time.end, first)
    # as gas gave 21 % in 2020, and the last loose coal will be gone in two years
    passed = passed or (gone and "future" in sentence.labels(*sentence.clause(one.start)))
    return None if passed else time


# "50 km will be laid by 2025, and 3 counties have been named"
_HAVE_BEEN = re.compile(r" (?:[a-z-]{2,20} ){0,5}?(?:have|has) (?:already |now |all )?been ")
_STOOD = re.compile(
    r"(?<![a-z])(?:stood at|was|were|came to|had been)"
    r" (?:only |just |still |about |around |over |nearly )?$"
)


def _stood(sentence: Sentence, one: Quantity, time: Time) -> bool:
    """Whether a figure in the other half only "stood at" so much: "must be 30 %; it was 22 %"."""
    low = max(sentence.start, one.start - data("sentences")["comparator"])
    stood = _STOOD.search(sentence.folded, low, one.start) is not None
    return stood and _HALVES.search(sentence.folded, time.end, one.start) is not None


def _of_aims(sentence: Sentence, one: Quantity) -> bool:
    """Whether a share tells how much of a plan's aims is done: it is not itself aimed at."""
    if one.unit is None or one.unit.name != "%":
        return False
    near = len("规划目标任务的超过")
    plans = [t for t in sentence.times if t.role == "aims"]
    return any(0 <= max(t.start - one.end, one.start - t.end) <= near for t in plans)


def _paired(drafts: list[Draft]) -> None:
    """Two bounds of one class of size are both thresholds: "3000 吨以上、1 万吨以下的企业"."""
    for low, high in pairwise(drafts):
        near = high.start - low.end <= len("、至") and low.base_unit == high.base_unit
        listed = low.kind == "threshold" and high.comparator == "=" and low.quantity is not None
        if near and listed and high.kind in {"target", "cap"} and low.comparator != "=":
            high.kind, high.year, high.comparator = "threshold", low.year, low.comparator
        if near and high.kind == "threshold" and low.comparator in {">=", ">"}:
            low.kind, low.year = "threshold", None


_CONVERTED = re.compile(r" ?[(（](?:about|some|around|approximately|约合|约|合)? ?(?:us ?)?\$? ?")


def _converted(sentence: Sentence, drafts: list[Draft]) -> None:
    """The same amount in another unit, in brackets: what is said of the first holds for both."""
    for one, other in pairwise(drafts):
        if _CONVERTED.fullmatch(
            sentence.folded, one.end, other.quantity.start if other.quantity else 0
        ):
            other.kind, other.year, other.base_year = one.kind, one.year, one.base_year
            other.name, other.fall = one.name, one.fall


def _next(sentence: Sentence, index: int) -> int:
    rest = sentence.quantities
    return rest[index + 1].start if index + 1 < len(rest) else sentence.end


def _date(sentence: Sentence, draft: Draft, time: Time | None, past: Past) -> None:
    """The year of a draft: printed, inferred from the sentences before, or lost."""
    if draft.kind == "threshold" and draft.quantity:
        draft.year = year_of_rule(sentence, draft.quantity, time)
        return
    if draft.quantity and ahead_of_time(sentence.folded, draft.quantity):
        return  # "two years early" is of no year itself
    if draft.kind == "threshold" or (draft.kind == "context" and time is None):
        return
    if draft.quantity and draft.quantity.origin:
        draft.year = own_year(sentence, draft.quantity)
        return
    if time is not None:
        draft.year = _this_year(sentence, time, past) or past.year_of(time)
        inferred = time.word is not None
    else:
        held = draft.kind == "target" and draft.quantity
        draft.year = (held and holds_from(sentence, held)) or _carried(sentence, draft, past)
        inferred = True
        if past.at is None and any(t.fault for t in sentence.times) and draft.kind != "cap":
            draft.flags |= set() if _is_done(sentence, draft) else {"kind_inferred"}
    if inferred and draft.year is not None:
        draft.flags |= {"year_inferred"}


def _is_done(sentence: Sentence, draft: Draft) -> bool:
    """Whether what was reached in a lost year is told as done: "Since 10, it has closed mills"."""
    told = draft.kind == "result" and "perfect" in sentence.says and "future" not in sentence.says
    return told and not sentence.chinese


def _this_year(sentence: Sentence, time: Time, past: Past) -> int | None:
    """The year after that of the text, if the sentence reports on it before it says "this year"."""
    ahead = {t.year for t in sentence.times if t.role != "base" and t.end <= time.start}
    following = past.this_year and past.this_year + 1
    return following if time.word == "this_year" and following in ahead else None


def _carried(sentence: Sentence, draft: Draft, past: Past) -> int | None:
    """The year that the text before gives a figure."""
    flows = draft.kind == "target" and _flows(sentence, draft)
    stands = draft.kind == "cap" and "standing" in sentence.labels(*sentence.clause(draft.start))
    year = None if flows or stands else past.inherited(draft.kind)
    started = [t.year for t in sentence.times if t.role == "base" and t.year]
    if year and started and draft.kind == "target" and max(started) >= year:
        return None  # what is aimed at from a year on is not for one before it
    opening = _opening_year(sentence) if draft.kind == "result" else None
    if opening is not None and year in {None, opening} and past.at in {None, opening}:
        return opening
    told = draft.kind != "result" or sentence.chinese or past.led(year) or _takes_up(sentence)
    return year if told else None


def _opening_year(sentence: Sentence) -> int | None:
    """The year that an English paragraph opens with the end of: all it tells stands at it."""
    if sentence.chinese:
        return None
    first = sentence.folded.rfind("\n", 0, sentence.start) + 1
    found = _AT_THE_END.match(sentence.folded, first, sentence.start)
    return int(found["year"]) if found else None


_AT_THE_END = re.compile(r"\W*(?:[a-z]+: )?at the end of (?:the year )?(?P<year>20\d\d)", re.ASCII)


def _takes_up(sentence: Sentence) -> bool:
    """Whether an English sentence takes up the one before; else its year would be a guess.

    A Chinese paragraph states its year once.
    """
    opening = sentence.folded[sentence.start : sentence.end].lstrip()
    same = says_same_period(sentence, sentence.start, sentence.end)
    one = sentence.quantities[0] if sentence.quantities else None
    same = same or (one is not None and _of_it(sentence, one))
    return same or opening.startswith(tuple(data("times")["taken_up_en"]))


def _of_it(sentence: Sentence, one: Quantity) -> bool:
    """Whether a sentence opens with a part of what was told: "About a third of that went"."""
    near = one.start - sentence.start <= data("sentences")["lead"]
    return near and _OF_IT.match(sentence.folded, one.end) is not None


_OF_IT = re.compile(" (?:of )?(?:that|this|these|those|them|it) ")


def _flows(sentence: Sentence, draft: Draft) -> bool:
    """Whether it is told what will be had every year, it is not said from when on."""
    if sentence.chinese:  # 达到1400万标箱，年均增长率超过15%
        said = sentence.labels(*sentence.clause(draft.start))
        return "annual" in said and not said & {"fall", "rise", "may_pass"}
    said = sentence.says
    return "annual" in said and not said & {"fall", "rise"}


_CHANGES = frozenset({"rise", "increase_of", "yearly"})


def _base_year(sentence: Sentence, draft: Draft, index: int, past: Past, low: int) -> None:
    """The year that a change starts from: printed, a year earlier, or that of the change before."""
    grown = draft.unit == "times" and not draft.quantity.digits if draft.quantity else False
    if not (draft.fall or grown) and sentence.says.isdisjoint(_CHANGES):
        return
    one = sentence.quantities[index]
    ahead = sentence.labels(low, one.start)
    said = ahead | sentence.labels(one.end, one.end + data("sentences")["yearly"])
    if "rise_to" in ahead or not (draft.fall or grown or said & _CHANGES):
        return
    draft.base_year = base_of(sentence, index, opening=draft.fall and not index)
    if draft.base_year is None and "yearly" in said:
        draft.base_year = draft.year - 1 if draft.year else None
        return
    goes_on = draft.fall or says_same_period(sentence, low, one.start)
    if draft.base_year is None and past.base is not None and goes_on:
        draft.base_year = past.base
        draft.flags |= {"base_year_inferred"}
    past.base = draft.base_year or past.base


def _stretch(sentence: Sentence, last: Draft | None, draft: Draft) -> None:
    """A second value that is striven for belongs to the figure before it, too."""
    if last is None or last.unit != draft.unit or "strive" not in draft.flags:
        return
    if last.kind == "result":
        return  # 累计达5万个，力争年底达到6万个
    place = max(sentence.folded.rfind(sign, last.end, draft.start) for sign in "）)")
    said = sentence.labels(
        max(place, last.end), draft.start
    )  # a bracket between them is passed over
    between = (time for time in sentence.times if last.end <= time.start < draft.start)
    dated = any(time.role != "base" for time in between)
    if not dated and not any(label.startswith("atom ") for label in said):
        last.stretch = draft.value
        draft.name, draft.fall = last.name, last.fall
        draft.base_year, draft.kind = last.base_year, last.kind


_EXCLUDED = re.compile(r"[^，。；;,.）)\n]{0,40}")
_PARTED = re.compile(r"[，；;。]|, ")


def _exclusions(sentence: Sentence, drafts: list[Draft]) -> None:
    """What is left out belongs to the figure before it, or to the next one behind a comma."""
    for hit in sentence.hits if drafts and "exclusion" in sentence.says else ():
        if "exclusion" not in hit.labels:
            continue
        words = _EXCLUDED.match(sentence.folded, hit.end, sentence.end)
        what = sentence.slice(hit.end, words.end()).strip(" 的") if words else ""
        ahead = [draft for draft in drafts if draft.end <= hit.start]
        behind = [draft for draft in drafts if draft.start > hit.start]
        parted = bool(ahead) and _PARTED.search(sentence.folded, ahead[-1].end, hit.start)
        owner = behind[0] if behind and (not ahead or parted) else ahead[-1] if ahead else None
        if what and owner is not None:
            owner.exclusions = (*owner.exclusions, what)
