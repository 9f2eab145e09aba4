"""The trees behind budgets, forecasts, levels and execution ratios."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa

from dafeng.accounting import clause_node
from dafeng.budget import Settlement
from dafeng.explain import Node, cut, figure_id, inputs
from dafeng.rulebook import Rulebook
from dafeng.vocabulary import Text, period
from dafeng.workspace.budget_followed import Followed, grams, missing_months

GCE = "gce"
_CHOICE = ("our_reading",)


@dataclass(frozen=True)
class Told:
    """A figure of budgets with its tree."""

    name: str
    scope: str
    year: int
    tree: Node

    @cached_property
    def figure(self) -> str:
        """Id of the figure."""
        return figure_id("budget", self.name, self.scope, str(self.year), self.tree)

    @property
    def footing(self) -> Any:
        """What is kept of it: its inputs by id."""
        none = pa.array([], pa.string()), pa.array([], pa.float64())
        found = inputs(self.tree.to_dict("en"))
        return SimpleNamespace(entries=none[0], quantities=none[1], inputs=found)


def told_budget(followed: Followed, at: int, rules: Rulebook) -> Told:
    """Return the budget of a firm: the row that holds."""
    reporter = followed.held.ids[at]
    node = _budget(followed, at)
    label = Text(
        zh=f"{reporter} {followed.year} 年用能预算",
        en=f"{reporter}, energy budget of {followed.year}",
    )
    tree = Node(
        "figure",
        f"budget/given/{reporter}/{followed.year}",
        label,
        node.value,
        GCE,
        children=(node, *_tier(followed, at, rules)),
    )
    return Told("given", reporter, followed.year, tree)


def told_forecast(followed: Followed, at: int, rules: Rulebook) -> Told:
    """Return the forecast of a firm's use to the end of the year."""
    reporter, how = followed.held.ids[at], followed.ways.forecast
    early = bool(followed.early[at])
    total = None if early else _whole(followed.found.paths.total[at, followed.month])
    monthly = bool(followed.by_month[at])
    gaps = monthly and any(missing_months(followed, at).values())
    label = Text(
        zh=f"{reporter} {followed.year} 年用能预测（截至 {followed.as_of}）",
        en=f"{reporter}, forecast of the use of {followed.year} as of {followed.as_of}",
    )
    numbers = {name: value for name, value in how if isinstance(value, int | float)}
    tree = Node(
        "figure",
        f"budget/forecast/{reporter}/{followed.as_of}",
        label,
        total,
        GCE,
        flags=("months_missing",) if gaps else (),
        detail=_method() if not early else _early(how.least_parts) if monthly else _own_cycle(),
        children=(
            *_used(followed, at),
            *(() if early else _ahead(followed, at)),
            *settings_nodes("forecast", numbers, how.citation, how.mark, rules),
        ),
    )
    return Told("forecast", f"{reporter}~asof-{followed.as_of}", followed.year, tree)


def told_level(followed: Followed, at: int, rules: Rulebook, forecast: Told | None = None) -> Told:
    """Return the level of a firm after the month, with the months before and the thresholds."""
    forecast = forecast or told_forecast(followed, at, rules)
    reporter, how = followed.held.ids[at], followed.ways.levels
    level = int(followed.level[at])
    name = how.name_of(level)
    label = Text(
        zh=f"{reporter} 预警级别（截至 {followed.as_of}）：{name.zh}",
        en=f"{reporter}, warning level as of {followed.as_of}: {name.en}",
    )
    numbers: dict[str, float] = {"step_down": how.step_down, "main_item": how.main_item}
    for one in how.levels:
        numbers |= {f"{one.id}/{measure}": limit for measure, limit in one.any.items()}
        numbers[f"{one.id}/months"] = one.months
    tree = Node(
        "figure",
        f"budget/level/{reporter}/{followed.as_of}",
        label,
        level,
        detail=Text(
            zh="连续达到规定月数才升级，连续低于规定月数才降级；缺报的月份不升也不降",
            en="up after its months in a row, down after months below; a gap does neither",
        ),
        children=(
            _budget(followed, at),
            cut(forecast.tree, 0),
            *(_part(followed, at, what) for what in ("used", "forecast", "low", "high")),
            *_months(followed, at),
            *settings_nodes("levels", numbers, how.citation, how.mark, rules),
        ),
    )
    return Told("level", f"{reporter}~asof-{followed.as_of}", followed.year, tree)


def told_execution(followed: Followed, settled: Settlement, at: int, rules: Rulebook) -> Told:
    """Return the execution ratio of a firm at the end of the year."""
    reporter, how = followed.held.ids[at], followed.ways.levels
    ratio = settled.ratio[at]
    label = Text(
        zh=f"{reporter} {followed.year} 年预算执行率",
        en=f"{reporter}, execution ratio of {followed.year}",
    )
    whole = bool(settled.whole[at])
    limits = {one.id: one.at_most for one in how.assessment if one.at_most is not None}
    tree = Node(
        "figure",
        f"budget/execution/{reporter}/{followed.year}",
        label,
        None if np.isnan(ratio) else float(ratio),
        flags=() if whole else ("months_missing",),
        detail=Text(
            zh="用能 ÷ 预算；有缺月的为下限",
            en="use / budget; a lower bound where months are missing",
        ),
        children=(
            _budget(followed, at),
            *_used(followed, at),
            *settings_nodes("assessment", limits, how.citation, how.mark, rules),
        ),
    )
    return Told("execution", reporter, followed.year, tree)


def _budget(followed: Followed, at: int) -> Node:
    reporter = followed.held.ids[at]
    if not followed.has[at]:
        return Node(
            "entry",
            f"entry/none/{reporter}",
            Text(zh="没有预算", en="no budget"),
            None,
            GCE,
            flags=("not_reported",),
        )
    row = followed.by_entry[followed.entries[at]]
    label = Text(zh=f"预算（{row['adopted']} 下达）", en=f"budget adopted on {row['adopted']}")
    note = Text(zh=row["note"], en=row["note"]) if row["note"] else None
    return Node(
        "entry",
        f"entry/budgets/{row['entry']}",
        label,
        grams(row),
        GCE,
        row["mark"],
        source=row["source"],
        detail=note,
    )


def _tier(followed: Followed, at: int, rules: Rulebook) -> Iterator[Node]:
    place = int(followed.tier[at])
    if place < 0:
        return
    tier = followed.tiers.tiers[place]
    yield Node(
        "assumption",
        f"budget/tier/{tier.id}",
        tier.name,
        mark=followed.tiers.mark,
        source=followed.tiers.citation,
        detail=tier.reason,
        children=(
            clause_node(rules, followed.tiers.citation),
            clause_node(rules, tier.manager.citation),
        ),
    )


def _used(followed: Followed, at: int) -> Iterator[Node]:
    reporter, use, place = followed.held.ids[at], followed.held.use, followed.place
    mark = followed.held.marks[at]
    months = period(str(followed.year)).months()[: followed.month + 1]
    nodes = []
    for month, label in enumerate(months if followed.by_month[at] else ()):
        known = bool(use.known[at, place, month])
        value = int(use.grams[at, place, month]) if known else None
        flags = () if known else ("not_reported",)
        nodes.append(
            Node(
                "account",
                f"energy/{reporter}/{label}",
                Text(zh=label, en=label),
                value,
                GCE,
                mark,
                flags,
            )
        )
    label_ = Text(zh=f"已报用能（至 {followed.as_of}）", en=f"use reported up to {followed.as_of}")
    total = int(followed.used[at])
    ref = f"energy/{reporter}/{followed.year}~asof-{followed.as_of}"
    yield Node("account", ref, label_, total, GCE, mark, children=tuple(nodes))


def _ahead(followed: Followed, at: int) -> Iterator[Node]:
    """Yield what the months to come rest on: level, seasons, interval."""
    reporter, found, month = followed.held.ids[at], followed.found, followed.month
    known = followed.held.use.known[at, followed.place]
    left = float(found.shares[at][~known].sum())
    total, used = found.paths.total[at, month], found.paths.used[at, month]
    if left > 0:
        yield Node(
            "formula",
            f"budget/pace/{reporter}/{followed.as_of}",
            Text(zh="水平（折年用能）", en="level (as a year's use)"),
            _whole((total - used) / left),
            GCE,
            detail=Text(zh="Σwu ÷ Σws，w 随月份久远而减", en="Σwu / Σws, w fading with age"),
        )
    whole = int(followed.held.use.known[at, : followed.place].all(axis=1).sum())
    yield Node(
        "assumption",
        f"budget/seasons/{reporter}/{followed.year}",
        Text(zh="未报月份占全年的份额", en="share of the months to come"),
        left,
        "1",
        detail=Text(
            zh=f"自身 {whole} 年的季节与同行业季节加权",
            en=f"own seasons of {whole} years, drawn to those of the sector",
        ),
    )
    last = followed.place - 1
    if last >= 0 and followed.held.use.whole[at, last]:
        yield Node(
            "account",
            f"energy/{reporter}/{followed.year - 1}",
            Text(zh="上年用能", en="last year's use"),
            int(followed.held.use.totals[at, last]),
            GCE,
            followed.held.marks[at],
        )
    reported = int(found.paths.reported[at, month])
    count = int(found.residuals[reported - 1]) if reported else 0
    for side, bound in (("low", found.low), ("high", found.high)):
        value = bound[at, month]
        words = {
            "low": Text(zh="区间下限", en="lower bound"),
            "high": Text(zh="区间上限", en="upper bound"),
        }
        yield Node(
            "formula",
            f"budget/{side}/{reporter}/{followed.as_of}",
            words[side],
            None if np.isnan(value) else _whole(value),
            GCE,
            detail=Text(
                zh=f"由往年 {count} 次回测的误差得出",
                en=f"from the errors of {count} forecasts of earlier years",
            ),
        )


def _part(followed: Followed, at: int, what: str) -> Node:
    ratio = float(followed.ratio(what)[at])
    words = {
        "used": Text(zh="已用占预算", en="use over budget"),
        "forecast": Text(zh="预测占预算", en="forecast over budget"),
        "low": Text(zh="区间下限占预算", en="lower bound over budget"),
        "high": Text(zh="区间上限占预算", en="upper bound over budget"),
    }
    mark = followed.held.marks[at]
    value = None if np.isnan(ratio) else ratio
    ref = f"budget/{what}-ratio/{followed.held.ids[at]}/{followed.as_of}"
    return Node("formula", ref, words[what], value, "1", mark)


def _months(followed: Followed, at: int) -> Iterator[Node]:
    how, levels = followed.ways.levels, followed.levels
    for month, label in enumerate(period(str(followed.year)).months()[: followed.month + 1]):
        held = how.name_of(int(levels.held[at, month]))
        judged = levels.held[at, month] >= 0
        raw = how.name_of(int(levels.raw[at, month]))
        yield Node(
            "formula",
            f"budget/level/{followed.held.ids[at]}/{label}",
            Text(zh=f"{label}：{held.zh}", en=f"{label}: {held.en}"),
            int(levels.held[at, month]),
            detail=Text(zh=f"当月为{raw.zh}", en=f"the month alone: {raw.en}") if judged else None,
        )


def settings_nodes(
    name: str, numbers: dict[str, Any], citation: str, mark: str, rules: Rulebook
) -> Iterator[Node]:
    """Yield the settings that a figure rests on, with their clause."""
    children = tuple(
        Node("parameter", f"setting/{name}/{key}", Text(zh=key, en=key), value, mark=mark)
        for key, value in numbers.items()
    )
    label = Text(zh="设定", en="settings")
    yield Node(
        "assumption",
        f"settings/{name}",
        label,
        mark=mark,
        flags=_CHOICE,
        source=citation,
        children=(*children, clause_node(rules, citation)),
    )


def _whole(value: float) -> int:
    return round(float(value))


def _early(least: int) -> Text:
    return Text(
        zh=f"过早：不足 {least} 个月的数据", en=f"too early: less than {least} months of data"
    )


def _own_cycle() -> Text:
    return Text(
        zh="按季或按年填报，不按月预测", en="it reports by quarter or year: no forecast by month"
    )


def _method() -> Text:
    return Text(
        zh="已报用能 + 水平 × 未报月份的季节份额",
        en="use reported + level × seasonal share of the months not reported",
    )
