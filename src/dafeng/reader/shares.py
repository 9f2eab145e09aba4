"""What is written as a share or a ratio, in numbers: 百分之五, 九成, 1/3, 1.25:1."""

from __future__ import annotations

import re
from decimal import Decimal

from dafeng.reader.numerals import parse

_WHOLE = Decimal(100)
_TEN = Decimal(10)


def share(head: re.Match[str]) -> Decimal | None:
    """Per cent of a share: 百分之五, 九成, 七成五, 过半, 五分之二, 1/3 (33.3)."""
    if head["percent"]:
        return parse(head["whole"])
    if head["part"]:
        return round(Decimal(head["part"]) / Decimal(head["of"]) * _WHOLE, 1)
    if head["half"]:
        return _WHOLE / 2
    if head["parted"]:
        whole, _, part = head["parted"].partition("分之")
        return round((parse(part) or Decimal(0)) / (parse(whole) or _WHOLE) * _WHOLE, 1)
    tens, _, more = head["tenths"].partition("成")
    rest = _TEN / 2 if more == "半" else parse(more) if more else Decimal(0)
    return (parse(tens) or Decimal(0)) * _TEN + (rest or Decimal(0))


def ratio(token: str) -> Decimal:
    """What a ratio says beside one: 1.25 of "1.25:1" and of "1:1.25"; else the quotient."""
    first, over = (Decimal(part) for part in re.split("[:：∶︰]", token))
    return over if first == 1 or not over else first / over
