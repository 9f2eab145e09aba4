"""The year in which a text was written, as far as it can be told from its own words."""

from __future__ import annotations

import re
from functools import cache

from dafeng.reader.lexicon import data, pattern_of

_VERBS = "had|dropped|decreased|fell|reached|exceeded|increased"
_DONE = re.compile(
    rf"(?:by the end of|at the end of|in) (20[0-9]{{2}}),[^.。;]{{0,90}}? (?:{_VERBS})\b"
    r"|(20[0-9]{2})年底?[，,]?[^。；]{0,30}(?:已|达到了|完成了)",
    re.ASCII,
)
_AS_OF = re.compile(r"(?:as of|截至|截止)[^.。;，,]{0,24}?(20[0-9]{2})(?![0-9])(年底|年末)?")


@cache
def _this_year() -> re.Pattern[str]:
    return re.compile(pattern_of(data("times")["this_year"]))


def written_in(folded: str) -> int | None:
    """The year that "this year" stands for, or ``None``.

    The latest year that something is reported "as of" is taken; else the year after the latest one
    that is spoken of as past.
    """
    if not _this_year().search(folded):
        return None
    as_of = [int(m[1]) for m in _AS_OF.finditer(folded)]
    done = [int(m[1] or m[2]) for m in _DONE.finditer(folded)]
    if as_of:
        return max(as_of)
    return max(done) + 1 if done else None
