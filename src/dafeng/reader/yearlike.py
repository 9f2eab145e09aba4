"""Whether what looks like a year, or is told by the way, stands in place of a count."""

from __future__ import annotations

import re

from dafeng.reader.lexicon import data

_LEADS = (
    "in|by|since|before|until|till|after|from|during|(?<!past )(?<!last )year|the|end of|over"
    "|(?<!given )(?<!issued )(?<!granted )(?<!offered )(?<!provided )"  # so many are given it
    "(?<!applied )to"
)
_IN_TIME = re.compile(rf"(?:\b(?:{_LEADS})|[(（\"“]) ?$", re.ASCII)
_AIMS = re.compile(
    " (?:[a-z-]+ ){0,2}?"
    "(?:targets|goals|tasks|quotas|budgets|indicators|scenarios|editions|versions|outlooks)(?![a-z])"
)
_REACH = len("end of the ")
_DATED = re.compile(r"(?<![a-z])(?:in|since|of) 20\d\d, $", re.ASCII)  # "In 2022, 2022 households"
# as in: 2022 offices, or 76.5 % of the total
_SHARE = re.compile(r" [a-z -]{3,40}s, or [0-9.<>,]+ ?% of ", re.ASCII)
_LEAD = len(" since 2022, ")
# "Since 12, there have been 2025 refineries": the year has left its slot
_ODD_SLOT = re.compile(r"(?<![a-z])(?:in|since|by|of) \d{1,2}, ", re.ASCII)
# "12 parks and 2023 chains"
_ROW = re.compile(r"(?<![\d.])\d{1,3}(?: [a-z-]{3,20}){1,4}s and $", re.ASCII)
_MADE = re.compile(r" [a-z -]{0,40}s (?:have|had) been ", re.ASCII)


def determined(folded: str, start: int) -> bool:
    """Whether no word in front says that it is a year ("and 2021 institutions")."""
    aims = _AIMS.match(folded, start + len("2025"))  # "and 2025 targets"
    return not aims and _IN_TIME.search(folded, max(0, start - _REACH), start) is None


def made_total(folded: str, start: int, end: int) -> bool:
    """Whether it stands in place of a count of what no dictionary knows.

    "A total of 2024 channels"; behind lost digits or a count, "and 2024 methods have been issued".
    """
    if folded.endswith("total of ", 0, start) or _DATED.search(folded, start - _LEAD, start):
        return True
    if not determined(folded, start):
        return False
    if _SHARE.match(folded, end):
        return True
    low = max(0, start - data("sentences")["longest"])
    low = max(low, folded.rfind(". ", low, start))
    if _ODD_SLOT.search(folded, low, start):
        return True
    if not _MADE.match(folded, end):
        return False
    row = _ROW.search(folded, low, start) is not None
    return row or folded.find("<>", low, start) >= 0


_ACTED_ON = re.compile(
    r" (?:(?!of )[a-z-]{2,20} ){0,4}?[a-z]{3,20}s"
    r"(?: (?:of|with|below|above|under|over|in) [a-z0-9,. -]{3,40}?)?"
    r" (?:(?:will|shall|must|should|are to|have|has|had) (?:all )?be(?:en)?|are being)"
    r" (?:replaced|built|closed|shut|phased|retired|retrofitted|renovated|converted|eliminated"
    r"|started|constructed|removed|scrapped|demolished|dismantled|upgraded|completed|established|withdrawn"
    r"|commissioned|decommissioned|opened|banned|put into|taken out)(?![a-z])",
    re.ASCII,
)


def acted_on(folded: str, end: int) -> bool:
    """Whether what a number counts is built or goes: "two blast furnaces are to be replaced"."""
    return folded.find(" be", end, end + _ACTED_REACH) >= 0 and bool(_ACTED_ON.match(folded, end))


_ACTED_REACH = len(
    "blast furnaces of less than 1,300 cubic meters in the cities of the plain and coast will be"
)
