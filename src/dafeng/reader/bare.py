"""Numbers without a unit of their own: in a list that shares one, or behind "the number of"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from dafeng.reader.lexicon import data, fold, pattern_of
from dafeng.reader.numerals import is_year
from dafeng.reader.quantities import RATIO
from dafeng.reader.quantity import Quantity
from dafeng.reader.quantity_patterns import Unit, day_of, label_pattern, things
from dafeng.reader.times import LOST
from dafeng.reader.yearlike import determined

_OF_THE = (" of the ", " of its ", " of their ", " of ")  # "15 of the 21 plants"
_JOINT = re.compile(rf" and | ?, (?:and )?|{'|'.join(_OF_THE)}|、|和|与|及")
_JOINT_ZH = "、和与及"
_SHARED = re.compile(r"respectively|分别|依次")
_MOVING = ("from ", "由", "从")
_TO = re.compile(
    r" to (?:about |around |nearly |over |(?:more|less|fewer) than |below |under )?"
    r"|[一-龥]{0,4}[到至](?:约|近|超过)?"
)
_MORE_OF = re.compile(
    r" (?:more|fewer|less) than (?:in|at)\b| of (?:them|these|which)\b| left\b| remain"
    r"| (?:more |still )?(?:under construction|in operation|in the pipeline|planned)\b"
    r"| to be [a-z]+ed\b| more (?:must|will|shall|should|would|are|were|have|had|with)\b"
    r"| (?:of|at) (?:the )?[a-z]{3,12} (?:rank|level|grade)\b| (?:had|have|has|were|are|was) "
    r"| in (?:19|20)\d{2}\b(?!,? [0-9])",
    re.ASCII,
)
_NUMBER, _ITEMS = Unit("number", "1"), Unit("items", "count", count=True)
# before a value of a list whose unit was told before: 相应标杆值分别为7.5、590和1100
_ROW = re.compile(
    r"(?:(?:分别|依次)(?:为|是|达到?|[至到])|(?:低|高|提高?|降低?|下降|增加?|调整)(?:至|到|于|为)"
    r"| (?:are|were|be|at|to|of) )(?:[\d.]+(?:、|和|与|及|，|, and |, | and ))*$",
    re.ASCII,
)
_GROUPED = re.compile("[1-9][0-9]{0,2}(?:,[0-9]{3})+")  # thousands in groups are a figure
_DATING = re.compile(r"\W*(?:\d{1,2}[).] ?)?(?:in|by|since|(?:by|since|at) the end of) ", re.ASCII)
_IN_NUMBER = re.compile("(?: or so)? in (?:number|total|all)(?![a-z])")
_HAVE = re.compile(" (?:have|has|had|were|are|will) ")  # "units, of which <> have been built"
_BROKEN = re.compile(r"\d+(?:,\d+)*,(?:\d{1,2}|\d{4,})(?:,\d+)*")  # "was 52,7000, an increase"
_ENDS = re.compile(r"[.;](?:\s|$)|, (?=[a-z])| and |$")
_LOST_DIGITS = re.compile(r"<>[.,]\d+|\d+[.,]<>")  # no year is printed so: "will serve <>,000"
_STOP = re.compile(r"\.(?=\s|$)")
_DATED = re.compile(  # as in a line of charging piles, 62,000 now, 110,000 at the end of 2024
    r" (?:now|today|at present|currently|(?:at|by) the end of|(?:in|by) 20\d\d)\b", re.ASCII
)
_MORE_ARE = ("another ", "a further ", "an additional ", "some ")  # "Another 30,000 will be built"
_ARE = re.compile(" (?:will|shall|should|must|are|were|have|had) ")
_LED = len("increased to more than about ")


def with_unit(
    folded: str, start: int, end: int, found: Sequence[Quantity], bare: Sequence[Quantity]
) -> Iterator[Quantity]:
    """The bare numbers of a sentence that are figures, with the unit that they share.

    Args:
        folded: the whole text; ``start`` and ``end`` are the span of the sentence.
        start: see ``folded``.
        end: see ``folded``.
        found: its quantities, in their order.
        bare: its numbers without a unit, years too; those that are figures are completed.
    """
    shared = _SHARED.search(folded, start, end) is not None
    following = {one.start: one for one in found}
    for one in reversed(bare):
        behind = _behind(folded, start, one, following, shared=shared)
        if behind is not None:
            one.unit, one.factor, one.scale = behind.unit, behind.factor, behind.scale
            following[one.start] = one
        else:
            one.unit = _own_unit(folded, start, one, shared=shared)
    known = sorted([*found, *(one for one in bare if one.unit)], key=lambda one: one.start)
    for one in bare:
        if one.unit is None and (unit := _compared_with(folded, start, one, known)):
            one.unit = unit
        if one.unit is None and (risen := _risen(folded, start, one, known)):
            one.unit = risen
            known.append(one)
        if one.unit is None and (whole := _whole(folded, one, known)):
            one.unit = whole.unit
            known.append(one)
        if one.unit is None and is_year(one.token) and _year_counts(folded, one, part=False):
            one.unit = _ITEMS if _OF_THEM.match(folded, one.end) else None
        if one.unit is None and "," in one.token and _GROUPED.fullmatch(one.token):
            counts = [q.unit for q in known if q.unit and q.unit.count and q.end <= one.start]
            one.unit = counts[-1] if counts else None
        told = _cut(folded, start, one) or _broken(folded, start, one)
        if one.unit is not None or told or _LOST_DIGITS.fullmatch(one.token):
            yield one


_LEVEL = re.compile(
    r"(?:benchmark|baseline|advanced|limit|threshold|access)(?: level| value)? (?:is|of|are|at) $"
    r"|(?:标杆|基准|准入|限定|先进|限额)(?:水平|值)(?:分别|调整|提高)?(?:为|至)$"
    r"|level.*;[^.;]{3,60}, (?:[0-9.]+ and )?$"
)


def _own_unit(folded: str, start: int, one: Quantity, *, shared: bool) -> Unit | None:
    """The unit of a number that is a figure by the words around it."""
    if not is_year(one.token):
        if shared and _ROW.search(folded, start, one.start):
            return _NUMBER
        if _LEVEL.search(folded, start, one.start):
            return _NUMBER
    if _is_plain(folded, start, one):
        return RATIO
    part = "<>" in one.token and folded.endswith("of which ", 0, one.start)
    if _IN_NUMBER.match(folded, one.end) or (part and _HAVE.match(folded, one.end)):
        return _ITEMS
    began = is_year(one.token) and folded.endswith("from ", start, one.start)
    thing = None if began else _numbered(folded, start, one.start)
    if thing is None and _GROUPED.fullmatch(one.token):
        led = _led().search(folded, max(start, one.start - _LED), one.start)
        more = folded.endswith(_MORE_ARE, start, one.start) and _ARE.match(folded, one.end)
        return _ITEMS if led or more or _DATED.match(folded, one.end) else None
    return Unit(thing, "count", count=True) if thing else None


def _behind(
    folded: str, start: int, one: Quantity, following: Mapping[int, Quantity], *, shared: bool
) -> Quantity | None:
    """The next value of a list, which has the unit of all ("7.19、0.28和3.40万吨")."""
    moves = folded.endswith(_MOVING, 0, one.start)
    joint = (_TO if moves else _JOINT).match(folded, one.end)
    behind = following.get(joint.end()) if joint else None
    if joint is None or behind is None or behind.high is not None or is_year(one.token):
        return None
    if _DATING.fullmatch(folded, start, one.start):
        return None  # "Since 634, 472 standards": digits in the slot of a year
    if folded.endswith(_SHARES_SINCE, start, one.start):
        return None  # "fell by 1.2 % compared with 6, and 320 plants"
    if one.token in LOST and folded.endswith(_SINCE, start, one.start):
        return None  # "an increase of 42 % over <>, and 487 piles"
    if day_of().search(folded, max(start, one.start - _LED), one.start):
        return None  # "as of December 16, 110 steelmakers"
    listed = (
        shared or moves or "." in one.token or behind.head == behind.end or joint[0] in _JOINT_ZH
    )
    if joint[0] in _OF_THE:  # not "phase 2 of the 3 plants", "phase 2 of the 300 MW"
        counts = behind.unit is not None and behind.unit.count
        counts = counts and (joint[0] != " of " or _fewer(one, behind))
        listed = counts and not label_pattern().search(
            folded, max(start, one.start - _LED), one.start
        )
    return behind if listed and behind.unit is not None else None


def _fewer(one: Quantity, other: Quantity) -> bool:
    """Whether a number can be a part of another: "214 of 300 factories"."""
    return one.value is not None and other.value is not None and one.value <= other.value


def _cut(folded: str, start: int, one: Quantity) -> bool:
    """Whether a text breaks off at the decimal point: "falls by 19"."""
    if not one.token.isdigit() or is_year(one.token) or not _STOP.match(folded, one.end):
        return False
    return _led().search(folded, max(start, one.start - _LED), one.start) is not None


def _broken(folded: str, start: int, one: Quantity) -> bool:
    """Whether a number whose thousands are broken stands where an amount is told."""
    if "," not in one.token or not _BROKEN.fullmatch(one.token):
        return False
    if folded.endswith((" was ", " were ", " is "), start, one.start):
        return True
    if folded.endswith((" to ", " total of ", " including "), start, one.start):
        return _ENDS.match(folded, one.end) is not None
    return _led().search(folded, max(start, one.start - _LED), one.start) is not None


def _whole(folded: str, one: Quantity, found: Sequence[Quantity]) -> Quantity | None:
    """The count that a number is a part of, or one more of: "25 parks …, including 8 in 2022"."""
    part = folded.endswith(("including ", "of which "), 0, one.start)
    if not (one.token.replace(",", "").isdigit() or "<>" in one.token):
        return None
    ahead = [q for q in found if q.end <= one.start and q.unit and q.unit.count]
    if not ahead:
        return None
    low = max(0, ahead[-1].start - len(" of the "))
    of_all = _OF_ALL.fullmatch(folded, low, one.start)
    if is_year(one.token) and not (
        (of_all and _WERE.match(folded, one.end)) or _year_counts(folded, one, part=part)
    ):
        return None
    return ahead[-1] if part or of_all or _MORE_OF.match(folded, one.end) else None


_RISEN = re.compile(
    r" from (?P<first>[\d,]+)(?: (?:in|at|by) [a-z0-9 ]{2,24}?| now| today)?,? to"
    r"(?: about| over| more than"
    r"| nearly| around| at least)? (?:[\d,]+ (?:in|by) (?:19|20)\d\d,? and (?:over |about )?)?$",
    re.ASCII,
)


def _risen(folded: str, start: int, one: Quantity, known: Sequence[Quantity]) -> Unit | None:
    """The unit of what a count rises to: "the number of ships rose from 85 in 2020 to 171"."""
    low = max(start, one.start - _LED - len(" from 1,000 at the end of 2023 to 2,000 in 2025 and "))
    found = (
        _RISEN.search(folded, low, one.start) if folded.find(" from ", low, one.start) > 0 else None
    )
    if found is None or is_year(one.token):
        return None
    counts = [q.unit for q in known if q.start == found.start("first") and q.unit]
    return counts[0] if counts and counts[0].count else None


def _year_counts(folded: str, one: Quantity, *, part: bool) -> bool:
    """Whether a year stands in place of a count: "2022 of them", "by 2025, and 2022 have been"."""
    if part:
        return _COUNTED.match(folded, one.end) is not None
    if _OF_THEM.match(folded, one.end):
        return determined(folded, one.start)
    low = max(0, one.start - len("by 2025, and "))
    return bool(_WERE.match(folded, one.end) and _AND.search(folded, low, one.start))


_OF_THEM = re.compile(" of (?:them|these|those|which)(?![a-z])")  # "2022 of them have met it"
_WERE = re.compile(" (?:(?:have|were|are) [a-z]|[a-z]{3,12}ed )")
_AND = re.compile(r"(?:[a-z)]|by 20\d\d), and $", re.ASCII)  # not "2023, 2024, and 2025 are"
_AGAINST = re.compile(
    r"(?:compared (?:with|to)|up from|down from|against|versus) (?:only |just |about |the )?"
    r"(?P<row>(?:[\d,]+ )*(?:and )?)$",
    re.ASCII,
)
_ROW_ENDS = re.compile(
    r"(?:(?:,? and |, )[\d,]*\d)*(?:,? respectively,?)?(?= (?:in|at|by|last|a) |[.;]\s|[.;]?$)",
    re.ASCII,
)


def _compared_with(
    folded: str, start: int, one: Quantity, known: Sequence[Quantity]
) -> Unit | None:
    """The unit of a number with which a count is compared: "20 parks, compared with 8 in 2021"."""
    if is_year(one.token) or not one.token.replace(",", "").isdigit():
        return None
    low = max(start, one.start - len("compared with 1,000, 1,000, 1,000 and "))
    led = _AGAINST.search(folded, low, one.start)
    ends = _ROW_ENDS.match(folded, one.end) if led else None
    if led is None or ends is None:
        return None
    before, behind = len(_DIGITS.findall(led["row"])), len(_DIGITS.findall(ends[0]))
    counts = [q.unit for q in known if q.end <= led.start() and q.unit and q.unit.count]
    row = counts[-(before + 1 + behind) :]
    return row[before] if len(row) > before + behind else counts[0] if len(counts) == 1 else None


_DIGITS = re.compile(r"\d[\d,]*")
_COUNTED = re.compile(
    " (?:newly|were|are|have|had|[a-z]{3,12}ed) "
    "| at the (?:national|state|provincial|municipal) level"
)  # "including 2022 newly named": no year
# "of the 120 enterprises supervised, 1370 met the standard"
_OF_ALL = re.compile(r"[^a-z]?(?:of|among) the [0-9,]+ [a-z -]{3,60}, ")
_COMPARED = ("compared with ", "compared to ")
_SHARES_SINCE = tuple(f"%{row} {led}" for row in ("", " respectively") for led in _COMPARED)
_SINCE = (" over ", " in ", " by ", " since ")


@cache
def _led() -> re.Pattern[str]:
    """Verbs that lead to an amount or to a change by one."""
    verbs = pattern_of(map(fold, data("units")["verbs_of_amount"]))
    about = "about|more than|over|around|nearly|some|approximately|roughly|almost"
    return re.compile(rf"{verbs}(?: (?:{about}))? $")


_AGAIN = re.compile("的，?(?:不应|不得|应不|不)(?:高于|超过|大于)$")


@cache
def _plain_names() -> re.Pattern[str]:
    return re.compile(pattern_of(map(fold, data("units")["plain"])))


@cache
def _plain() -> re.Pattern[str]:
    """What is a number by itself, and the words between it and the number."""
    second = r"(?P<first>\d\.\d+(?:[^\d。]|20\d\d年){1,32}){0,4}"
    names = pattern_of(map(fold, data("units")["plain"]))
    again = r"(?:\d\.\d+(?:[^\d.;。]|20\d\d){1,80}(?:below|under|above|than|within|exceed) )?"
    return re.compile(rf"{names}[^\d。；;]*(?:20\d\d年[^\d。；;]*)?{second}{again}$")


def _is_plain(folded: str, start: int, one: Quantity) -> bool:
    """Whether a number is one by itself, or the next one: "PUE不高于1.25，改造后的不高于1.4"."""
    reach = "window" if "." in one.token else "name"
    if "." in one.token and folded.endswith(("于", "过"), start, one.start):
        again = _AGAIN.search(folded, start, one.start)  # PUE不高于1.3；2万吨以上的，不高于1.2
        if again and _plain_names().search(folded, start, one.start):
            return True
    found = _plain().search(folded, max(start, one.start - data("sentences")[reach]), one.start)
    return found is not None and (not found["first"] or "." in one.token)


_CHANGES = (
    "(?:be |been |was |were )?(?:cut|reduced|lowered|increased|raised|expanded|lifted|boosted"
    "|brought(?: up| down)?|pushed(?: up)?)"
    "|(?:will |to )?(?:fall|drop|rise|grow|increase|decrease|expand|climb|come down)"
    "|fell|dropped|rose|grew|fallen|risen|grown|climbed|came down"
)
# what it changes from: "from 19 in 2020 to 15"; not "from 2020 to 2025"
_FROM = (
    "from(?: (?!(?:19|20)[0-9]{2} to)[0-9,]+(?: plants| firms| units)?"
    "(?: (?:in|at the end of|by the end of) (?:19|20)[0-9]{2}| now| last year)?(?= to))?"
)


@cache
def _number_of() -> re.Pattern[str]:
    names = pattern_of(fold(word) for entry in data("units")["things"] for word in entry["en"])
    verb = (
        "(?:is|was|will be|(?:shall|should|must|is to) (?:be|reach)"
        "|(?:will )?(?:reach(?:ed|es)?|exceed(?:ed|s)?|total(?:l?ed)?|amount(?:ed)? to|come to)"
        "|(?:will |to )?(?:rise|grow|climb|increase|expand|fall|drop) to|came to|stood at"
        "|(?:rose|risen|grew|grown|climbed|increased|expanded|fell|fallen|dropped) to"
        "|(?:grow|rise|increase|expand|climb|fall|drop|grew|rose|fell|grown|risen|increased|dropped"
        "|expanded|climbed|decreased) from"
        "|be (?:limited|kept|held|capped|controlled|cut|reduced|increased|raised)"
        " (?:to|at|within|below)"
        f"|(?:{_CHANGES})(?: {_FROM})?(?: to)?|(?:will |to |would )?number|numbered|stands at|now"
        "|(?<=, )at)"
    )
    more = (
        "(?: about| over| more than| nearly| at least| approximately| around| fewer than| less than"
        "| (?:no|not) (?:less|fewer|lower|more) than)?"
    )
    what = "(?:number|ownership|stock|fleet|sales|output|production|registrations)"
    of = rf"{what} of (?:[a-z0-9-]{{1,20}} ){{0,6}}?"
    named = rf"{of}(?P<thing>{names})[a-z -]{{0,60}}? {verb}"
    reached = "(?:reach(?:ed|es)?|totall?ed|numbered|(?:will|to|would|shall|should) number|came to)"
    moved = (
        "(?:(?:reduced|cut|increased|raised|limited|kept|held|capped|controlled)"
        " (?:to|at|within|below)"
        f"|(?:fell|dropped|rose|grew|fallen|risen|grown) to|(?:{_CHANGES}) {_FROM} to)"
    )
    # "the number of parks, at 12 in 2022, is to reach"
    put_in = "(?:(?<=, )[a-z0-9 -]{2,40}, (?:will |shall |must |should )?)?"
    numbered = rf"(?:number|count|tally|total) of (?:[a-z0-9-]{{1,20}},? ){{1,9}}?{put_in}{verb}"
    counts = rf"(?P<things>{names})(?: [a-z-]{{1,20}}){{0,4}}? (?:{reached}|{moved})"
    many = r"[a-z-]{3,20}s(?: [a-z-]{1,20}){0,5}? (?:numbered|(?:will|would|shall|to) number)"
    return re.compile(rf"(?:{named}|{counts}|{numbered}|{many}){more} $")


@cache
def _listed() -> re.Pattern[str]:
    """What is counted without a verb: "will reach 70 %, and the number of piles 400,000"."""
    names = pattern_of(fold(word) for entry in data("units")["things"] for word in entry["en"])
    return re.compile(rf" and the number of (?:[a-z-]{{1,20}} ){{0,4}}?(?P<thing>{names}) ")


# the last word of what :func:`_number_of` asks for before a number
_REACHED = tuple(
    f"{word} "
    for word in (
        "is", "was", "be", "reach", "reached", "reaches", "exceed", "exceeded", "exceeds", "total",
        "totaled", "totalled", "numbered", "to", "at", "about", "over", "than", "nearly", "least",
        "approximately", "around", "within", "below", "from", "number", "numbers", "now",
    )
)  # fmt: skip


def _numbered(folded: str, start: int, place: int) -> str | None:
    """What a number counts that follows "the number of … reached"."""
    if not folded[place].isdigit():
        return None
    low = max(start, place - 2 * data("sentences")["title"])
    if not folded.endswith(_REACHED, 0, place):
        listed = folded.rfind(" and the number of ", low, place)
        row = _listed().fullmatch(folded, listed, place) if listed >= 0 else None
        return things()[row["thing"]] if row else None
    found = _number_of().search(folded, low, place)
    thing = found and (found["thing"] or found["things"])
    return things()[thing] if thing else "items" if found else None
