"""What English verbs bid of each thing of a kind: "a new line must", "shall not exceed"."""

from __future__ import annotations

import re
from functools import cache

from dafeng.reader.lexicon import data, pattern_of
from dafeng.reader.quantity import Quantity
from dafeng.reader.sentence import Sentence

_SHARES = frozenset({"%", "percentage points", "times", "ratio"})


MODAL = re.compile(
    r"(?<![a-z])(?:must|shall|should|may (?:not|only)|cannot|can only|are to|is to"
    r"|(?:is|are|be) (?:only )?(?:allowed|permitted|entitled) to)(?![a-z])"
)
# Who asks a share of the new sets a rule: "requires 10 % of spaces in new parking lots"
ASKS = re.compile(r"(?<![a-z])(?:requir|mandat|stipulat)(?:es?|ing)(?![a-z])")
_OF_NEW = re.compile(r" (?:in|for|at|of) (?:all |each )?(?:new|newly built|each|every) [a-z]")
# "By 2025, A will reach 75 %; B shall be lower than 2.3 tons": all that follows is aimed at
_OPENS_BY = re.compile(
    r"\W*by (?:the )?(?:end of )?(?:the )?(?:20\d\d"
    r"|[“\"]?\d\dth five-year plan[”\"]?(?: period)?),",
    re.ASCII,
)
# "Targets for 2025. A shall not exceed 1.5 tons. B shall not exceed 13,300 kWh per ton."
_HEADED = re.compile(
    r"\W*(?:\w{1,3}[.)] ?)?(?:(?:the|our|main|key|overall|general|specific|quantitative|binding"
    r"|energy|efficiency|carbon|\d{4}) ){0,3}(?:targets?|goals?|objectives?)"
    r"(?: (?:for|by|of|in|set for) [^.:;\n]{1,40})?[.:]",
    re.ASCII,
)
_FIRM = re.compile(
    r"(?<![a-z])(?:must|may (?:not|only)|cannot|can only"
    r"|(?:allowed|permitted|entitled) to)(?![a-z])"
)
# A subject that stands for each of its kind: "a unit", "new lines", "parking lots of new …".
_EACH_ONE = r"(?:an?|each|every|any|all|new|newly|existing|those|such|no)"
_GENERIC = re.compile(
    rf"^[^a-z]*(?:(?:[a-z]+,? )*?(?:for|in|of|at|with) )?{_EACH_ONE} "
    rf"| (?:of|in|at|for) {_EACH_ONE} "
)
_TOTAL_EN = re.compile(
    r"(?<![a-z])(?:total|output|capacity|scale|cumulative|emissions)"
    r"(?![a-z])"
)
_RATE_EN = re.compile(r"(?<![a-z])(?:rate|share|proportion|coverage|ratio|percentage)(?![a-z])")


def bidden_en(sentence: Sentence, one: Quantity, part: int) -> bool:
    """Whether "must" leads to a bound, or "shall" to one of each thing of a kind."""
    asked = ASKS.search(sentence.folded, part, one.start) is not None
    asked = asked and _OF_NEW.search(sentence.folded, part, sentence.end) is not None
    if asked or "in principle" in sentence.folded[part : one.start]:
        return True
    modals = list(MODAL.finditer(sentence.folded, part, one.start))
    if not modals:
        return False
    first = max(part, sentence.clause(modals[-1].start())[0])
    subject = sentence.folded[first : modals[-1].start()].strip() + " "
    each = _GENERIC.search(subject) is not None or _headed(subject)
    if _TOTAL_EN.search(subject) and not each:
        return False
    if _FIRM.search(sentence.folded, modals[-1].start(), one.start) or each:
        return True
    line = sentence.folded.rfind("\n", 0, sentence.start) + 1
    aimed = _OPENS_BY.match(sentence.folded, sentence.start) is not None
    aimed = aimed or _HEADED.match(sentence.folded, line) is not None
    if aimed or one.unit is None or one.scale is not None or one.unit.count:
        return False
    named = one.unit.name == "ratio"
    return named or (one.unit.name not in _SHARES and not _RATE_EN.search(subject))


def _headed(subject: str) -> bool:
    """Whether a subject begins with a thing of a kind: "data centers with", "parking lots of"."""
    return _thing_first().match(subject) is not None


@cache
def _thing_first() -> re.Pattern[str]:
    things = pattern_of(data("cues")["threshold"]["things_en"])
    return re.compile(rf"[^a-z]*(?!the )(?:(?!of |in |for |by )[a-z-]+ ){{0,4}}?{things} ")
