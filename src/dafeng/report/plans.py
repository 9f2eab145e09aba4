"""Plans for people to read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.text import Text as Styled
from rich.tree import Tree

from dafeng.explain import unit_words
from dafeng.plan import TO_CHOOSE, Plan, Target, bodies
from dafeng.report.words import SIGNS, number, phrase, word
from dafeng.vocabulary import Text, regions


def plan_row(plan: Plan, lang: str) -> tuple[Any, ...]:
    """Return a plan as a line of the list."""
    owner = owner_name(plan).of(lang)
    complete = word("yes" if plan.complete else "no", lang)
    return (
        plan.id,
        owner,
        plan.title.of(lang),
        str(plan.issued or ""),
        len(plan.targets),
        len(plan.measures),
        complete,
    )


def owner_name(plan: Plan) -> Text:
    """Return whose a plan is; an id that is no region is itself."""
    region = regions().get(plan.owner)
    if plan.owner == TO_CHOOSE:
        return phrase("to_be_chosen")
    return region.name if region else Text(zh=plan.owner, en=plan.owner)


def plan_view(plan: Plan, lang: str) -> Iterator[Any]:
    """Yield a plan's targets, tiers and measures with who is responsible."""
    yield Styled(f"{plan.title.of(lang)} · {plan.issuer.of(lang)} · {plan.issued or '–'}", "bold")
    for point in plan.open_points:
        yield Styled(f"  {word('incomplete', lang)}: {point.of(lang)}", "dim")
    for heading, entries in (
        ("targets", [(t, _goal(t, lang)) for t in plan.targets]),
        ("measures", [(m, "") for m in plan.measures]),
    ):
        tree = Tree(Styled(word(heading, lang), "bold"))
        for entry, goal in entries:
            names = [bodies()[body].name.of(lang) for body in (entry.lead, *entry.others) if body]
            line = Styled(f"{entry.id} {entry.title.of(lang)}")
            line.append(f"  {goal}" * bool(goal), "bold yellow")
            line.append("  " + " · ".join(names), "dim")
            tree.add(line)
        yield tree
    for tiers in plan.tiers:
        tree = Tree(Styled(f"{tiers.id} {tiers.title.of(lang)} [{tiers.unit}]", "bold"))
        for tier in tiers.tiers:
            tree.add(f"{tier.id} {tier.title.of(lang)}")
        yield tree


def _goal(target: Target, lang: str) -> str:
    """Return what a target asks for as its plan states it: sign, value, unit, years."""
    base = f"{target.base_year}→" if target.base_year and target.kind == "reduction" else ""
    years = f"{base}{target.year or ''}"
    if target.value is None:
        return years
    if target.kind == "peak_year":
        return f"{SIGNS[target.direction]} {target.value:g}".strip()
    unit = unit_words(target.unit or "").of(lang)
    about = word("compare_about", lang) if target.about else ""
    high = "" if target.high is None else f"–{number(target.high)}"
    stretch = (
        "" if target.stretch is None else f"({word('read_strive', lang)} {number(target.stretch)})"
    )
    value = f"{about}{number(target.value)}{high}"
    parts = (SIGNS[target.direction], value, unit, stretch, f"@{years}" if years else "")
    return " ".join(part for part in parts if part)
