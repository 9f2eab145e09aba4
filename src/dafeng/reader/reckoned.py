"""What a rule reckons by: 按每千瓦330元执行, 按单耗的80%折算."""

from __future__ import annotations

import re

from dafeng.reader.quantity import Quantity
from dafeng.reader.sentence import Sentence


def reckoned(sentence: Sentence, one: Quantity) -> bool:
    """Whether a figure is a price, a rate or a share by which something is reckoned."""
    if not sentence.chinese or one.unit is None or one.unit.count:
        return False
    first = sentence.clause(one.start)[0]
    if sentence.folded.find("按", first, one.start) < 0:
        return False
    led = _BY.search(sentence.folded, first, one.start)
    return led is not None and _RECKONED.match(sentence.folded, one.end) is not None


_BY = re.compile("按照?(?!期|时|月|季)[^，。；0-9]{0,16}$")
_RECKONED = re.compile(
    "(?:及?以[上下])?(?:的?(?:标准|比例|价格|幅度|额度|系数))?"
    "(?:执行|计[算收提]|折算|核[定算减]|分配|确定|收取|征收|扣减|结算|支付|缴纳|落实|取值)"
)
