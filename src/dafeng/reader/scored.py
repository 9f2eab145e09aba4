"""Points of a score, which are figures only where a score is spoken of."""

from __future__ import annotations

import re

SCORE = "points of a score"
_AHEAD = len("第三方评价得分原则上不得低于")
_SCORE = re.compile("(?:得分|评分|总分|打分|分数|分值|评价|考核|考评|测评)[^，。；0-9]{0,10}$")
_SCORED = re.compile("[及（(含）)]{0,3}以[上下]|[，。；、的]|者|$")


def of_a_score(folded: str, start: int, end: int) -> bool:
    """Whether points are those of a score: 评价得分85分以上."""
    scored = _SCORED.match(folded, end)
    return bool(scored) and _SCORE.search(folded, max(0, start - _AHEAD), start) is not None
