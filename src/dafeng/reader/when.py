"""Which year a figure is for, and which one its change starts from."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cache

from dafeng.reader.lexicon import data
from dafeng.reader.past import aims
from dafeng.reader.quantity import Quantity
from dafeng.reader.sentence import Sentence
from dafeng.reader.times import Time


def part_of(sentence: Sentence, one: Quantity) -> int:
    """Where the part of a sentence begins that holds a figure."""
    folded, start = sentence.folded, sentence.start
    wide = folded.rfind("；", start, one.start) + 1
    return max(start, wide, folded.rfind(";", start, one.start) + 1)


def dated(sentence: Sentence, one: Quantity) -> bool:
    """Whether a year is printed for a figure, in its part of the sentence."""
    if not sentence.times:
        return False
    last = sentence.clause(one.start)[1]
    part = part_of(sentence, one)
    return any(t.dates and t.year and part <= t.start < last for t in sentence.times)


def at(sentence: Sentence, index: int) -> Time | None:
    """The time that a figure of the sentence is for.

    A year right behind it ("32 % by 2025") comes first, then the last one before it, then any in
    its clause.
    """
    one = sentence.quantities[index]
    when = [t for t in sentence.times if t.dates and not _elsewhere(sentence, one, t)]
    if len(when) > 1 and when[-1].year in aims():  # a plan of long ago is not what is aimed at
        when = [t for t in when if t.year or not t.plan]
    starts = [t.start for t in when]
    place = bisect_left(starts, one.start)
    behind = when[place] if place < len(when) else None
    limit = _next_start(sentence, index)
    if behind and behind.start < limit and _leads(sentence, one, behind):
        return behind
    if place:
        return _resumed(sentence, one, when[:place], behind)
    if behind is None:
        return None
    first, last = sentence.clause(one.start)
    if not sentence.chinese and _reached_before(sentence, one, behind):
        return None
    if not sentence.chinese and _opens_part(sentence, one, behind):
        return None
    peaks = not sentence.chinese and "peak" in sentence.labels(one.end, behind.start)
    # an emitter that must peak before 2030; what is spent on peaking in 2023 is of that year
    peaks = peaks and not sentence.folded.endswith("in ", one.end, behind.start)
    same_clause = behind.start < last and not peaks
    one_year = len({t.year for t in when}) == 1 and behind.word is None
    only = one_year and not (_is_later(sentence, one, behind) or _of_peak(sentence, behind))
    flows = "annual" in sentence.labels(first, last)
    return behind if same_clause or (only and not flows) else None


def _ends_part(sentence: Sentence, one: Quantity, ahead: Time, behind: Time) -> bool:
    """Whether the one year of a part that a semicolon opens ends it, and is that of all it tells.

    So is 2025 for both figures of "by 2030 A will be 60 %; 150 ships will sail and 20 run by 2025".
    """
    if sentence.chinese or not behind.year or behind.role == "base":
        return False
    part = part_of(sentence, one)
    if not ahead.end < part or _PARTED.search(sentence.folded, one.end, behind.start):
        return False
    if not _PART_END.match(sentence.folded, behind.end, sentence.end):
        return False
    last = [q for q in sentence.quantities if part <= q.start and q.end <= behind.start][-1]
    if last is one or not _leads(sentence, last, behind):
        return False
    said = sentence.labels(part, behind.start)
    return "future" in said and said.isdisjoint({"past", "perfect"})


_PART_END = re.compile(r" ?(?:[.;]|$)")


def _resumed(sentence: Sentence, one: Quantity, ahead: list[Time], behind: Time | None) -> Time:
    """The last year before a figure; behind ";" an inserted one gives way to the leading one."""
    last = ahead[-1]
    if behind and _ends_part(sentence, one, last, behind):
        return behind
    parted = sentence.folded.endswith("其中", sentence.start, last.start)
    parted_off = _PARTED.search(sentence.folded, last.end, one.start) is not None
    if parted and len(ahead) > 1 and parted_off:
        return ahead[-2]  # 到2025年达到150万辆，其中2024年新增30万辆；充电桩…
    if parted_off and last.year in inserted(sentence):
        return next((t for t in reversed(ahead) if t.year not in inserted(sentence)), last)
    if parted_off and sentence.chinese and len(ahead) > 1 and _puts_in(sentence, last):
        before = ahead[-2].year or 0  # 2025年达到60%，2030年达到65%；漏损率9%以内；到2030年…
        return ahead[-2] if before in aims() and before < (last.year or 0) else last
    return last


def inserted(sentence: Sentence) -> frozenset[int]:
    """Later years that date one value each, among those of the year that leads a sentence.

    So does 2030年 in "到2025年，A达到25%，2030年为50%；B达到4万台".
    """
    when = [t for t in sentence.times if t.dates and t.year]
    lead = when[0].year if when else None
    met = frozenset(t.year for t in when if t.year and _is_met(sentence, t))
    if met or not sentence.chinese or lead not in aims():
        return met
    later = [t for t in when[1:] if t.year and t.year > (lead or 0)]
    last = [t.year for t in later if t.year and _puts_in(sentence, t)]
    return frozenset(last) if len(last) == len(later) else frozenset()


def _puts_in(sentence: Sentence, time: Time) -> bool:
    """Whether a year only adds a value to what is told of an earlier one: "，2030年为50%"."""
    joined = _JOINED.search(sentence.folded, sentence.start, time.start) is not None
    return joined and _ITS_VALUE.match(sentence.folded, time.end, sentence.end) is not None


_PARTED = re.compile("[；;]")
_JOINED = re.compile(r"[，、和](?:力争|争取|并)?[到至]?$")
_ITS_VALUE = re.compile(
    r"底?(?:分别|进一步|力争|争取|将|要|再|约|均){0,3}"
    r"(?:为|达到?|超过?|(?:提高|提升|增长|增加|上升|扩大|下降|降低|降|增|升)[到至])"
    r"[^，。；、\d]{0,4}\d"
)


def _reached_before(sentence: Sentence, one: Quantity, time: Time) -> bool:
    """Whether a figure is of what has been, and a year behind it of what will be."""
    ahead = [hit.start for hit in sentence.within(one.end, time.start) if "future" in hit.labels]
    reported = sentence.folded.rfind(" that ", sentence.start, one.start)
    said = sentence.labels(max(reported, sentence.start), ahead[0]) if ahead else set()
    parted = _PARTED.search(sentence.folded, one.end, time.start) if ahead else None
    if parted and "future" not in sentence.labels(sentence.start, parted.start()):
        return True  # "it scrapped 1,106 boilers; 87 remain, which must go before October 2025"
    return bool(said & {"past", "perfect"}) and not said & {"future", "strive"}


def _opens_part(sentence: Sentence, one: Quantity, time: Time) -> bool:
    """Whether a year opens the part behind a semicolon: "one of 3 GW is built; by 2025 it will"."""
    parted = sentence.folded.rfind(";", one.end, time.start)
    return parted >= 0 and _BY.fullmatch(sentence.folded, parted + 1, time.start) is not None


_BY = re.compile(r" (?:and |but |while )?(?:by|in|before|at)(?: the end of)?(?: the year)? ")


def _passed_first(sentence: Sentence, one: Quantity, time: Time) -> bool:
    """Whether a figure is reached before another thing is to be: "85 have passed, 35 must"."""
    ahead = [hit.start for hit in sentence.within(one.end, time.start) if "future" in hit.labels]
    return bool(ahead) and "perfect" in sentence.labels(one.end, ahead[0])


_DONE_OF = ("目标的", "任务的", "目标的约", "任务的约", "目标的近", "任务的近")


def _elsewhere(sentence: Sentence, one: Quantity, time: Time) -> bool:
    """Whether a time is another figure's own: right behind it, or with it in a bracket.

    So are those of "18 % (2025); 25 % (2030)", "16 GW now, and 20" and "+5.6 % (+4.3 % in 2022)".
    """
    # 完成“十四五”下降14%目标的79%: how much is done by the year ahead of it
    done = time.plan and sentence.folded.endswith(_DONE_OF, sentence.start, one.start)
    if done or (time.plan and _of_scale(sentence, time)):
        return True
    if time.end <= one.start and _is_met(sentence, time):
        return sentence.clause(time.start)[0] != sentence.clause(one.start)[0]
    if time.word == "now" or in_bracket(sentence, time):
        first, last = sentence.clause(time.start)
        if _put_in_now(sentence, time, first, last):
            return not first <= one.start < last
        owners = [q for q in sentence.quantities if first <= q.start and q.end <= time.start]
        return bool(owners) and owners[-1] is not one
    for bracket in sentence.brackets:
        if bracket[0] <= time.start < bracket[1]:
            own = any(bracket[0] <= q.start < bracket[1] for q in sentence.quantities)
            return own and not bracket[0] <= one.start < bracket[1]
    return False


def _is_met(sentence: Sentence, time: Time) -> bool:
    """Whether a year is that of an aim that is met already: 提前完成2025年20%的目标."""
    if not sentence.chinese or not time.year:
        return False
    if not sentence.folded.endswith(_MET_ENDS, sentence.start, time.start):
        return False
    low = max(sentence.start, time.start - data("sentences")["lead"])
    met = _MET.search(sentence.folded, low, time.start) is not None
    met = met and "future" not in sentence.labels(sentence.clause(time.start)[0], time.start)
    return met and _ITS_AIM.match(sentence.folded, time.end, sentence.end) is not None


_MET_ENDS = ("成", "现", "到", "过", "出", "于", "了")  # of the words of the pattern, found at once
_MET = re.compile(
    r"(?:(?:提前|超额|圆满|已经?)[^，。；\d]{0,4}?(?:完成|实现|达到|超过|超出)|[好优快高低]于|超[过出])了?$"
)
_ITS_AIM = re.compile(r"[^，。；]{0,16}?\d[^，。；]{0,10}?(?:目标|任务|要求|指标)")


def _put_in_now(sentence: Sentence, time: Time, first: int, last: int) -> bool:
    """Whether a clause put in only tells how things are: "the rate, now 8 %, will be raised"."""
    if sentence.chinese or time.word != "now" or first == sentence.start:
        return False
    opens = sentence.folded[first : time.start].strip() in {"", "which is", "which stands", "or"}
    return opens and any(first <= q.start < last for q in sentence.quantities)


def _of_scale(sentence: Sentence, time: Time) -> bool:
    """Whether a plan's end is that of a scale not to be passed: 不超过“十三五”末规模."""
    if sentence.chinese:
        return _SCALE_ZH.match(sentence.folded, time.end, sentence.end) is not None
    low = max(sentence.start, time.start - len("the levels reached at the end of the "))
    return _SCALE_EN.search(sentence.folded, low, time.start) is not None


_SCALE_ZH = re.compile('[”"]?(?:规划)?(?:期|时期|期间)?[底末]?的?(?:规模(?!以上)|水平|总量)')
_SCALE_EN = re.compile(
    r"(?:scale|level|size)s? (?:reached )?(?:of|in|at|by)(?: the)?(?: end of)?(?: the)? ?[“\"]?$"
)


def in_bracket(sentence: Sentence, time: Time) -> bool:
    """Whether a time is all that stands in a bracket."""
    return sentence.folded[time.start] in "(（"


def _is_later(sentence: Sentence, one: Quantity, time: Time) -> bool:
    """Whether a year is of another figure, in its clause, and not of this one.

    A Chinese year stands before its figures; an English one is shared, unless something tells that
    this figure was reached before or that the other one is striven for.
    """
    last = sentence.clause(time.end)[1]
    owned = any(sentence.clause(time.start)[0] <= q.start < last for q in sentence.quantities)
    if sentence.chinese:
        return owned
    reached = {"past", "perfect"} & sentence.labels(sentence.start, one.start)
    reached |= {"strive"} & sentence.labels(one.end, time.start)
    first = sentence.clause(time.start)[0]
    alike = {"past", "perfect"} & sentence.labels(first, last)
    if not alike and _PARTICIPLE.match(sentence.folded, first):
        return bool(sentence.labels(first, last) & {"future", "strive"})
    return bool(reached) and owned and not alike


# ", amounting to 10 billion yuan by mid-2023" is of the same year as what it goes with
_PARTICIPLE = re.compile(" ?(?:amounting|accounting|representing|equivalent|worth|making)(?![a-z])")


def _of_peak(sentence: Sentence, time: Time) -> bool:
    """Whether a year is that of a peak in its clause, which dates nothing else."""
    return "peak" in sentence.labels(*sentence.clause(time.start))


def _next_start(sentence: Sentence, index: int) -> int:
    others = sentence.quantities
    return others[index + 1].start if index + 1 < len(others) else sentence.end


@cache
def _following() -> re.Pattern[str]:
    words = "|".join(sorted(data("times")["following_en"], key=len, reverse=True))
    leads = r"(?: the end of)?(?: the)?(?: year)? [\"“]?(?:the )?"
    return re.compile(rf"[^,;，；。]* (?:{words}){leads}$")


@cache
def _inserted() -> re.Pattern[str]:
    """What stands behind a size put in: "phase 2, with 2.4 million kW, is due by the end of"."""
    return re.compile(rf", (?:is|are|will|shall|should|must) {_following().pattern}")


_ADVERBS = frozenset({"last_year", "this_year", "next_year", "period"})
_BESIDE = re.compile(r" (?:[a-z-]{1,20} ){0,4}")


def _leads(sentence: Sentence, one: Quantity, time: Time) -> bool:
    """Whether a year stands behind its figure: "32 % of the total by 2025"."""
    reach: int = data("sentences")["between_time"]
    if in_bracket(sentence, time):
        return time.start - one.end <= 1
    if "peak" in sentence.labels(one.end, time.start) and not _FROM_PEAK.match(
        sentence.folded, one.end
    ):
        return False  # "exceeds 50 % and the peak is reached before 2030"
    far = sentence.chinese or time.start - one.end > reach
    if far or _passed_first(sentence, one, time):
        return False
    if sentence.folded.startswith("between ", time.start):
        return "," not in sentence.folded[one.end : time.start]
    adverb = time.word in _ADVERBS and not sentence.folded.startswith("of ", time.start)
    adverb = adverb and _BESIDE.fullmatch(sentence.folded, one.end, time.start) is not None
    if adverb or _following().match(sentence.folded, one.end, time.start):
        return True
    put_in = sentence.folded.rfind(", with ", one.start - len(", with a capacity of "), one.start)
    return put_in > 0 and _inserted().match(sentence.folded, one.end, time.start) is not None


def told_first(sentence: Sentence, one: Quantity, time: Time, *, did: bool = False) -> bool:
    """Whether a clause tells what was before what will be: "was 19 % in 2023 and is to be 20 %"."""
    if sentence.chinese or "future" not in sentence.says or time.start < one.end:
        return False
    if time.year in aims() or not sentence.folded.startswith(_AND, time.end):
        return False
    ahead = sentence.labels(sentence.clause(one.start)[0], one.start)
    told = did or not ahead.isdisjoint({"past", "perfect"})
    return told and ahead.isdisjoint({"future", "strive"})


_AND = (" and ", " but ", ", and ", ", but ")


def describes(sentence: Sentence, one: Quantity) -> bool:
    """Whether a figure describes what aims at another: "Hebei, home to 9 % of it, plans to"."""
    if sentence.chinese or sentence.says.isdisjoint({"future", "strive"}):
        return False
    first, last = sentence.clause(one.start)
    inserted_here = sentence.folded.endswith(", ", first, last)
    if not inserted_here or not _LIKE.match(sentence.folded, first, one.start):
        return False
    own = any(first <= t.start < last and t.year for t in sentence.times)
    said = sentence.labels(first, last)
    return not own and not said & {"future", "strive"} and bool(_AIMS.match(sentence.folded, last))


_LIKE = re.compile(
    r"\W*(?:which|where|who|home to|host to|responsible for|with|source of) (?!a goal)"
)
_AIMS = re.compile(
    r"(?:[a-z'’-]{2,20} ){0,3}?(?:aims?|plans?|wants?|intends?|seeks?|hopes?|expects?"
    r"|(?:has |have )?(?:pledged|vowed|promised|set out)|(?:will|must|should|is to|are to) (?:cut"
    r"|close|cap|retire|add|build|shut|stop|end|raise|lift|reduce|bring|limit|phase)) "
)
_FROM_PEAK = re.compile(r" (?:from|below|than) (?:that|the|its|their|this) (?:[a-z-]+ )?peak")


def base_of(sentence: Sentence, index: int, *, opening: bool) -> int | None:
    """The base year that is printed for a change: the last before it, or one in its clause.

    ``opening`` allows one that opens the sentence, before the year of the figure.
    """
    one = sentence.quantities[index]
    low = sentence.quantities[index - 1].end if index and not opening else sentence.start
    bases = [t for t in sentence.times if t.role == "base" and t.year]
    ahead = [t for t in bases if low <= t.start < one.start]
    if ahead:
        return ahead[-1].year
    last = sentence.clause(one.end)[1]
    if not sentence.chinese and _COMPARED.match(sentence.folded, last):
        last = sentence.clause(last)[1]  # ", compared to the 2020 level"
    high = min(last, _next_start(sentence, index))
    behind = [t for t in bases if one.end <= t.start < high]
    return behind[0].year if behind else None


_COMPARED = re.compile(r" ?(?:as )?(?:compared|from|relative to|against|versus|over|on) ")


def says_same_period(sentence: Sentence, start: int, end: int) -> bool:
    """Whether a span speaks of "the same period"."""
    return any(t.word == "same_period" and start <= t.start < end for t in sentence.times)
