"""The total of a region shared among the regions below it that have no target of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from dafeng.budget.terms import Amount, clauses, reason
from dafeng.budget.totals import Limits
from dafeng.explain import Node
from dafeng.indicators import apportion
from dafeng.rulebook import Rulebook
from dafeng.vocabulary import Text, regions

_SPLIT = ("split",)


@dataclass(frozen=True)
class Weight:
    """What a share goes by: use of the base year, and the same times the region's own growth."""

    base: Amount
    grown: int | None = None


def shared(
    whole: Limits,
    own: Mapping[str, Limits],
    weights: Mapping[str, Weight | None],
    rules: Rulebook,
) -> dict[str, Limits]:
    """Give regions without a target of their own a share of the total of the region above.

    What the regions with a target of their own may use is taken off first; shares and these add up
    to the whole, to the gram. The planned total goes by use of the base year, the corrected one by
    that times each region's own growth, where all of them know it.

    Args:
        whole: the total of the region above.
        own: region → the total by its own target, where that gives one.
        weights: region → what its share goes by, ``None`` where that is not reported.
        rules: the rulebook, for the clause.
    """
    held = {region: weight for region, weight in weights.items() if weight is not None}
    if whole.holds is None:
        return dict.fromkeys(weights, Limits(why=reason("not_split")))
    bases = {region: weight.base.grams for region, weight in held.items()}
    grown = {region: weight.grown for region, weight in held.items()}
    known = {region: value for region, value in grown.items() if value is not None}
    own_growth = known if len(known) == len(grown) else bases
    target = _parts(whole.target, [one.target for one in own.values()], bases, held, rules)
    corrected = _parts(
        whole.corrected, [one.corrected for one in own.values()], own_growth, held, rules
    )
    found = {
        region: Limits(target.get(region), corrected.get(region), flags=(*_SPLIT, *whole.flags))
        for region in held
    }
    lost = {region: Limits(why=reason("no_weight")) for region in weights if region not in held}
    unshared = reason("not_split")
    return lost | {
        region: share if share.holds else replace(share, why=unshared)
        for region, share in found.items()
    }


def _parts(
    whole: Amount | None,
    own: list[Amount | None],
    weights: Mapping[str, int],
    held: Mapping[str, Weight],
    rules: Rulebook,
) -> dict[str, Amount]:
    """Return the shares; nothing where the whole or what comes off it is not known."""
    if whole is None or None in own or not sum(weights.values()):
        return {}
    rest = whole.grams - sum(amount.grams for amount in own if amount is not None)
    if rest < 0:
        return {}
    ids = sorted(weights)
    shares = apportion(rest, [weights[name] for name in ids], ids, unit=whole.node.unit)
    _, clause = rules.clause(clauses()["split"])
    cited = Node("clause", clauses()["split"], clause.text)
    total = sum(weights.values())
    return {
        name: Amount(
            int(share),
            _node(
                name,
                int(share),
                rest,
                weights[name],
                total,
                (whole.node, held[name].base.node, cited),
            ),
        )
        for name, share in zip(ids, shares, strict=True)
    }


def _node(
    region: str, grams: int, rest: int, weight: int, total: int, children: tuple[Node, ...]
) -> Node:
    name = regions()[region].name
    said = f"{rest} × {weight} ÷ {total}"
    return Node(
        "formula",
        f"share/{region}/{children[0].ref}",
        Text(zh=f"{name.zh}的份额", en=f"share of {name.en}"),
        grams,
        children[0].unit,
        flags=("our_reading", "split"),
        detail=Text(zh=said, en=said),
        children=children,
    )
