"""How the capacity of lines lies over the levels, and why the level of some is not known."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from dafeng.grading import Chosen, Rating, Ratings
from dafeng.vocabulary import Text, items
from dafeng.workspace.graded import Share, Sizes, Unscaled


def shares(
    ratings: Chosen[Rating, Ratings], unscaled: Sequence[Unscaled], sizes: Sizes
) -> Iterator[Share]:
    """Yield the shares of capacity of each field; capacities of different units are not added.

    Lines that no scale is about follow by product and by what they name.
    """
    at = sizes.at(ratings.column(lambda part: part.who).tolist())
    grades = ratings.column(lambda part: part.graded.grade)
    names = [(part.edition.id, part.scale.id) for part in ratings.parts]
    scale = np.array([names.index(name) for name in names], np.int64)[ratings.part]
    unit = np.unique(sizes.unit[at].astype(str), return_inverse=True)[1]
    keys = scale * (len(unit) + 1) + unit
    _, first, group = np.unique(keys, return_index=True, return_inverse=True)
    for number in np.argsort(first):
        own = np.flatnonzero(group == number)
        held = at[own]
        found, start, code = np.unique(
            grades[own].astype(str), return_index=True, return_inverse=True
        )
        parts, lines = np.bincount(code, sizes.amount[held]), np.bincount(code)
        turn = np.argsort(start).tolist()  # in the order in which they come first
        by_grade = {str(found[one]): float(parts[one]) for one in turn}
        counts = {str(found[one]): int(lines[one]) for one in turn if found[one]}
        lost = ratings.taken(own[grades[own] == ""])
        why = Counter(reason for part, at in lost.pairs() for reason in reasons_of(part, at))
        rating = ratings[int(own[0])]
        yield _share(rating.scale.name, rating, (sizes, held), (by_grade, counts, why))
    lost_: dict[tuple[str, str, str], list[Unscaled]] = defaultdict(list)
    for left, unit in zip(unscaled, sizes.unit[sizes.at([o.who for o in unscaled])], strict=True):
        lost_[left.product, left.named, unit].append(left)
    for (product, named, _), own_ in lost_.items():
        held = sizes.at([one.who for one in own_])
        name = items()[product].name
        if named:
            name = Text(zh=f"{name.zh}（{named}）", en=f"{name.en} ({named})")
        why = Counter(reason for one in own_ for reason in one.reasons)
        yield _share(name, None, (sizes, held), ({"": sum(sizes.amount[held].tolist())}, {}, why))


def reasons_of(part: Ratings, at: int) -> tuple[str, ...]:
    """Return why a rating has no grade, as ids of words; nothing where it has one."""
    plain = {"value": "firm_not_booked", "limit": "limit_unknown"}
    said = part.why(at).items()
    return tuple(dict.fromkeys(why or plain.get(name, "input_missing") for name, why in said))


def _share(
    name: Text,
    rating: Rating | None,
    of: tuple[Sizes, NDArray[np.int64]],
    found: tuple[Mapping[str, float], Mapping[str, int], Mapping[str, int]],
) -> Share:
    (parts, counts, why), (sizes, held) = found, of
    whole = sum(sizes.amount[held].tolist())
    by_grade = {one: part / whole for one, part in parts.items() if one} if whole > 0 else {}
    return Share(
        name,
        rating,
        len(held),
        whole,
        str(sizes.unit[held[0]]),
        int(sizes.estimated[held].sum()),
        by_grade,
        dict(counts),
        parts.get("", 0.0) / whole if whole > 0 else 0.0,
        dict(why),
    )
