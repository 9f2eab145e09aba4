"""Groups: who holds whom, and the lines of consolidated sums."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from dafeng.explain import Node
from dafeng.indicators.holdings import there
from dafeng.indicators.sum_lines import Roll, sum_tree
from dafeng.indicators.sum_of import Sum, Wanted
from dafeng.vocabulary import Fault, Record, Text, period, read_yaml, validate

_FILE = Path(__file__).parent / "data" / "consolidation.yaml"
_SHARE = Text(
    zh="按权益比例合并：逐行取整，余数归最大持有者",
    en="by ownership share: each row rounded, the remainder to the largest holder",
)
_CONTROL = Text(zh="按控制权合并：全额计入", en="by control: counted in full")
Row = dict[str, Any]


class _Consolidation(Record):
    majority: float
    note: Text


@cache
def majority() -> float:
    """The share above which a group controls what it owns, where the books do not say."""
    return validate(_Consolidation, read_yaml(_FILE), _FILE.name).majority


def holders(members: Iterable[Row], year: int) -> list[Row]:
    """Return who owns each member at the end of a year, outsiders (the empty group) too.

    Raises:
        Fault: ``shares_above_whole`` where a member is owned by more than its whole.
    """
    by_member: dict[str, list[Row]] = defaultdict(list)
    for row in held_in(members, year):
        by_member[row["member"]].append(row)
    found = []
    for member, own in sorted(by_member.items()):
        # as printed: three times 0.1 and 0.7 are one whole
        whole = sum((Fraction(str(row["share"])) for row in own), Fraction())
        if whole > 1:
            raise Fault("shares_above_whole", member, whole=f"{float(whole):g}")
        held = [
            {"group": row["group"], "share": row["share"], "control": controls(row)} for row in own
        ]
        held.append({"group": "", "share": float(1 - whole), "control": False})
        most = max(held, key=lambda row: (row["share"], row["group"]))
        found += [
            row | {"member": member, "year": str(year), "largest": row is most} for row in held
        ]
    return found


def held_in(members: Iterable[Row], year: int) -> list[Row]:
    """Return the members as they are held at the end of a year."""
    return [row for row in members if there(row, str(period(str(year)).last))]


def controls(row: Row) -> bool:
    """Whether a group controls a member: as the books say, else by more than half."""
    return bool(row["control"] == "yes" if row["control"] else row["share"] > majority())


def group_lines(
    wanted: Wanted,
    sums: Iterable[Row],
    members: list[Row],
    rows: Iterable[Row],
    names: dict[str, Text],
    roll: Roll,
) -> list[Sum]:
    """Return a line per group and year.

    Args:
        wanted: what is asked for.
        sums: group, year, grams, feedstock, renewable: consolidated.
        members: rows of the table of members.
        rows: sums of the members alone: reporter, year, grams, whole, mark.
        names: names of groups and members.
        roll: who there is: a member that came later or is gone is not expected.
    """
    alone = {(row["reporter"], row["year"]): row for row in rows}
    lines = []
    for row in sorted(sums, key=lambda row: (row["group"], row["year"])):
        held = [m for m in held_in(members, row["year"]) if m["group"] == row["group"]]
        held = [m for m in held if controls(m)] if wanted.control else held
        parts = [
            alone[(m["member"], row["year"])] | {"share": m["share"]}
            for m in held
            if (m["member"], row["year"]) in alone
        ]
        due = {part["reporter"] for part in parts} | roll.expected(wanted, row["year"])
        own = {m["member"] for m in held}
        expected = len(own & due | own - set(roll.reporters))
        lines.append(_line(wanted, row | {"excluded": 0}, expected, parts, names))
    return lines


def _line(wanted: Wanted, row: Row, expected: int, parts: list[Row], names: dict[str, Text]) -> Sum:
    title = names.get(row["group"], Text(zh=row["group"], en=row["group"]))
    children = (_part(wanted, part, row["year"], names) for part in parts)
    words = _CONTROL if wanted.control else _SHARE
    return Sum(
        wanted=wanted,
        key=row["group"],
        title=title,
        year=row["year"],
        tree=sum_tree(wanted, title, row["year"], row, children, words),
        expected=expected,
        reported=len(parts),
        complete=sum(part["whole"] for part in parts),
        **{name: row[name] for name in ("grams", "feedstock", "renewable", "excluded")},
    )


def _part(wanted: Wanted, part: Row, year: int, names: dict[str, Text]) -> Node:
    share = "1" if wanted.control else f"{part['share']:g}"
    name = names.get(part["reporter"], Text(zh=part["reporter"], en=part["reporter"]))
    return Node(
        "account",
        f"{wanted.measure}/{part['reporter']}/{year}/{share}",
        Text(zh=f"{name.zh} × {share}", en=f"{name.en} × {share}"),
        part["grams"],
        wanted.unit,
        part["mark"],
        () if part["whole"] else part.get("flags") or ("partial",),
    )
