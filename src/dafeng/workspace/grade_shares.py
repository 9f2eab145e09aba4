"""How the capacity of lines lies over the levels, and why the level of some is not known."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from dafeng.grading import REASON, Rating
from dafeng.vocabulary import Text, items
from dafeng.workspace.graded import Share, Size, Unscaled


def shares(
    ratings: Sequence[Rating], unscaled: Sequence[Unscaled], sizes: Mapping[str, Size]
) -> Iterator[Share]:
    """Yield the shares of capacity of each field; capacities of different units are not added.

    Lines that no scale is about follow by product and by what they name.
    """
    groups: dict[tuple[str, str, str], list[Rating]] = defaultdict(list)
    for one in ratings:
        groups[one.edition.id, one.scale.id, sizes[one.who].unit].append(one)
    for own in groups.values():
        held = [sizes[one.who] for one in own]
        parts: dict[str, float] = defaultdict(float)
        counts = Counter(one.graded.grade for one in own if one.graded.grade)
        for one, size in zip(own, held, strict=True):
            parts[one.graded.grade] += size.amount
        why = Counter(reason for one in own for reason in reasons_of(one))
        yield _share(own[0].scale.name, own[0], held, (parts, counts, why))
    lost: dict[tuple[str, str, str], list[Unscaled]] = defaultdict(list)
    for left in unscaled:
        lost[left.product, left.named, sizes[left.who].unit].append(left)
    for (product, named, _), own_ in lost.items():
        held = [sizes[one.who] for one in own_]
        name = items()[product].name
        if named:
            name = Text(zh=f"{name.zh}（{named}）", en=f"{name.en} ({named})")
        why = Counter(reason for one in own_ for reason in one.reasons)
        yield _share(name, None, held, ({"": sum(one.amount for one in held)}, Counter(), why))


def reasons_of(one: Rating) -> tuple[str, ...]:
    """Return why a rating has no grade, as ids of words; nothing where it has one."""
    if one.graded.grade:
        return ()
    said: Mapping[str, str] = one.row.get(REASON, {})
    plain = {"value": "firm_not_booked", "limit": "limit_unknown"}
    found = [said.get(name) or plain.get(name, "input_missing") for name in one.graded.missing]
    return tuple(dict.fromkeys(found))


def _share(
    name: Text,
    rating: Rating | None,
    held: Sequence[Size],
    found: tuple[Mapping[str, float], Mapping[str, int], Mapping[str, int]],
) -> Share:
    parts, counts, why = found
    whole = sum(one.amount for one in held)
    by_grade = {one: part / whole for one, part in parts.items() if one} if whole > 0 else {}
    return Share(
        name,
        rating,
        len(held),
        whole,
        held[0].unit,
        sum(one.estimated for one in held),
        by_grade,
        dict(counts),
        parts.get("", 0.0) / whole if whole > 0 else 0.0,
        dict(why),
    )
