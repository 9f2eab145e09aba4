"""The tree behind an allocated budget: claim, sector level, what the total is shared among."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from dafeng.accounting import clause_node
from dafeng.budget import reason_words
from dafeng.explain import Node
from dafeng.rulebook import Rulebook
from dafeng.vocabulary import Text
from dafeng.workspace.budget_allocation import Allocated
from dafeng.workspace.budget_trees import GCE, Told, settings_nodes


def told_allocated(found: Allocated, at: int, rules: Rulebook) -> Told:
    """Return the budget that an allocation gives a firm."""
    asked, result = found.asked, found.found
    reporter, firms = found.held.ids[at], result.firms
    year = asked.year - 1
    held = bool(result.held[at])
    why = reason_words().get(firms.reasons[at])
    label = Text(
        zh=f"{reporter} {asked.year} 年用能预算（试算）",
        en=f"{reporter}, energy budget of {asked.year} (preview)",
    )
    base = Node(
        "account",
        f"energy/{reporter}/{year}",
        Text(zh=f"{year} 年用能", en=f"use of {year}")
        if not firms.entrant[at]
        else Text(zh="项目批复用能", en="approved energy of its projects"),
        int(firms.last_year[at]) if firms.known[at] or firms.entrant[at] else None,
        GCE,
        found.held.marks[at],
        ("months_missing",) if firms.estimated[at] else (),
    )
    claim = Node(
        "formula",
        f"budget/claim/{result.rule.id}/{reporter}",
        result.rule.name,
        int(result.claims[at]),
        GCE,
        result.rule.mark,
        detail=result.rule.note,
        children=(base, *_claim_parts(found, at, rules)),
    )
    tree = Node(
        "figure",
        f"budget/allocated/{reporter}/{asked.year}",
        label,
        int(result.budgets[at]) if held else None,
        GCE,
        detail=why,
        children=(claim, *_lines(found), *_fit(found, rules)),
    )
    outside = "" if asked.outside is None else f"~outside-{asked.outside}"
    scope = f"{reporter}~{asked.region}~{result.rule.id}~total-{result.total}{outside}"
    return Told("allocated", scope, asked.year, tree)


def _claim_parts(found: Allocated, at: int, rules: Rulebook) -> Iterator[Node]:
    result = found.found
    if not np.isnan(result.levels[at]):
        sector = found.held.rows[at]["sector"]
        yield Node(
            "formula",
            f"budget/benchmark/{sector}/{found.asked.year - 1}",
            Text(
                zh=f"行业 {sector} 单位增加值能耗水平",
                en=f"level of sector {sector}, energy per value added",
            ),
            float(result.levels[at]),
            "gce/yuan",
        )
        yield Node(
            "account",
            f"value_added/{found.held.ids[at]}/{found.asked.year - 1}",
            Text(zh="增加值", en="value added"),
            float(result.firms.value_added[at]),
            "yuan",
            found.held.marks[at],
        )
    if result.firms.factors is not None:
        factor = result.firms.factors[at]
        yield Node(
            "formula",
            f"{result.rule.formula}/{found.held.ids[at]}",
            Text(zh="核减和增减后的倍数", en="factor after cut and adjustment"),
            None if np.isnan(factor) else float(factor),
            "1",
            result.rule.mark,
        )
    if result.rule.document:
        yield clause_node(rules, f"{result.rule.document}/{result.rule.clause}")


def _lines(found: Allocated) -> Iterator[Node]:
    result = found.found
    lines: Sequence[tuple[str, Text, int]] = (
        ("total", Text(zh="可分配总量", en="allocatable total"), result.total),
        ("reserve", Text(zh="预留", en="reserve"), result.reserve),
        (
            "small",
            Text(zh="未单设预算的小户", en="small users without a budget of their own"),
            result.small,
        ),
        ("outside", Text(zh="账簿以外的用户", en="users outside the books"), result.outside),
    )
    for name, label, value in lines:
        yield Node(
            "formula", f"budget/{name}/{found.asked.region}/{found.asked.year}", label, value, GCE
        )


def _fit(found: Allocated, rules: Rulebook) -> Iterator[Node]:
    """Yield how the claims were fitted to the total, and the settings of it."""
    scale, how = found.found.scale, found.how
    yield Node(
        "formula",
        f"budget/scale/{found.asked.region}/{found.asked.year}",
        Text(zh="预算与申领之比（未到上下限者）", en="budgets over claims, of those at no bound"),
        None if np.isnan(scale) else float(scale),
        "1",
    )
    numbers = {"reserve": how.reserve, "floor": how.bounds.floor, "cap": how.bounds.cap}
    yield from settings_nodes("allocation", numbers, how.citation, how.mark, rules)
