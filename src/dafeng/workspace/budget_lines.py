"""One firm's budget for people: where it stands, why, what is due; and the findings it leads to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from dafeng.budget import NOT_REPORTED, TOO_EARLY, conditions, measures_in
from dafeng.findings import Finding
from dafeng.plan import bodies
from dafeng.rulebook import Rulebook
from dafeng.vocabulary import Text, worst_mark
from dafeng.workspace.budget_followed import Followed, missing_months
from dafeng.workspace.budget_trees import Told, told_budget, told_forecast, told_level

CODES = {
    "notice": "budget_notice",
    "warning": "budget_warning",
    "serious": "budget_serious",
    "not_reported": "budget_not_reported",
}
_REASONS = {
    "nothing": Text(zh="没有任何能源数据", en="no energy data at all"),
    "hole": Text(zh="缺主要品种", en="a main item is missing"),
    "no_value": Text(zh="有品种没有系数", en="an item has no coefficient"),
}
_PERCENT = 100


@dataclass(frozen=True)
class Line:
    """A firm's budget as of a month; amounts are whole grams.

    Attributes:
        at: its place among the firms followed.
        tier: its tier; ``None`` where last year's use is not known.
        managers: who manages the tier, as levels of government.
        used: ``None`` where no month is known.
        forecast, low, high: ``None`` where there is none.
        level, level_name: id and words of the level.
        since: first month in a row at that level.
        why: why it stands there, in words.
        by_month: whether it reports by month; else there is no forecast.
        due, due_on: what is due, and by when; empty where nothing is.
        citation: clause of what is due.
        told: the figures, by ``given``, ``forecast``, ``level``.
    """

    at: int
    reporter: str
    name: Text
    sector: str
    region: str
    tier: Text | None
    managers: tuple[str, ...]
    budget: int | None
    used: int | None
    forecast: int | None
    low: int | None
    high: int | None
    level: str
    level_name: Text
    since: str
    supervised: bool
    why: tuple[Text, ...]
    due: Text
    due_on: str
    citation: str
    mark: str
    flags: tuple[str, ...]
    by_month: bool
    told: dict[str, Told]

    @property
    def margin(self) -> int | None:
        """Budget less forecast; below zero where the forecast exceeds the budget."""
        if self.budget is None or self.forecast is None:
            return None
        return self.budget - self.forecast


def line(followed: Followed, at: int, rules: Rulebook) -> Line:
    """Return a firm's line."""
    row = followed.held.rows[at]
    place = int(followed.tier[at])
    tier = followed.tiers.tiers[place] if place >= 0 else None
    how, level = followed.ways.levels, int(followed.level[at])
    paths, month = followed.found.paths, followed.month
    early = bool(followed.early[at])
    parts = {"forecast": paths.total, "low": followed.found.low, "high": followed.found.high}
    amounts = {
        name: None if early or np.isnan(part[at, month]) else round(float(part[at, month]))
        for name, part in parts.items()
    }
    ahead = told_forecast(followed, at, rules)
    told = {
        "given": told_budget(followed, at, rules),
        "forecast": ahead,
        "level": told_level(followed, at, rules, ahead),
    }
    due_on = followed.due(at)
    return Line(
        at=at,
        reporter=row["reporter"],
        name=followed.held.name(at),
        sector=row["sector"],
        region=row["region"],
        tier=tier.name if tier else None,
        managers=tier.managed_by if tier else (),
        budget=int(followed.budgets[at]) if followed.has[at] else None,
        used=int(followed.used[at]) if followed.anything(at) else None,
        forecast=amounts["forecast"],
        low=amounts["low"],
        high=amounts["high"],
        level=how.id_of(level),
        level_name=how.name_of(level),
        since=followed.since(at),
        supervised=bool(followed.supervised[at]),
        why=tuple(_why(followed, at)),
        due=_due(followed, level),
        citation=followed.ways.levels.citation,
        due_on=str(due_on) if due_on and followed.has[at] else "",
        mark=worst_mark({figure.tree.worst for figure in told.values()}),
        flags=told["level"].tree.all_flags,
        by_month=bool(followed.by_month[at]),
        told=told,
    )


def finding(followed: Followed, one: Line) -> Finding:
    """Return what a line at a warning level asks of its firm."""
    how = followed.ways.levels
    values = {
        "name": one.name,
        "why": Text(
            zh="；".join(text.zh for text in one.why), en="; ".join(text.en for text in one.why)
        ),
        "as_of": followed.as_of,
    }
    clause = how.supervision.citation if one.supervised else how.citation
    listed = Text(zh="列入督导名单；", en="on the supervision list; ")
    consequence = Text(
        zh=(listed.zh if one.supervised else "") + one.due.zh,
        en=(listed.en if one.supervised else "") + one.due.en,
    )
    return Finding(
        CODES[one.level],
        one.reporter,
        values,
        reporter=one.reporter,
        figure=one.told["level"].figure,
        clause=clause,
        consequence=consequence,
        due=one.due_on,
    )


@dataclass(frozen=True)
class Punished:
    """What a department is asked to do about a firm."""

    body: Text
    reporter: str
    name: Text
    ground: Text
    measure: Text
    citation: str
    mark: str
    our_reading: Text | None


def punished(followed: Followed, at: int, ground: Text) -> Iterator[Punished]:
    """Yield the entries of a firm on the joint punishment list, one per department and measure."""
    for one in measures_in(followed.held.rows[at]["region"], followed.ways.levels):
        yield Punished(
            bodies()[one.body].name,
            followed.held.ids[at],
            followed.held.name(at),
            ground,
            one.measure,
            one.citation,
            one.mark,
            one.our_reading,
        )


def used_up(followed: Followed) -> list[int]:
    """Return the firms that have used more than their budget already."""
    over = followed.has & (followed.used > followed.budgets)
    return [int(at) for at in np.flatnonzero(over)]


def _due(followed: Followed, level: int) -> Text:
    how = followed.ways.levels
    if level == NOT_REPORTED:
        return how.not_reported.due
    return how.levels[level - 1].due if level > 0 else Text(zh="无", en="nothing")


def _why(followed: Followed, at: int) -> Iterator[Text]:
    if not followed.has[at]:
        yield Text(zh="没有预算", en="it has no budget")
        return
    level = int(followed.level[at])
    if not followed.by_month[at]:
        yield from _own_cycle(followed, at, level)
        return
    for reason, months in missing_months(followed, at).items():
        if months:
            label = _spans(followed.year, months)
            words = _REASONS[reason]
            yield Text(zh=f"{label} {words.zh}", en=f"{label}: {words.en}")
    if followed.early[at]:
        least = followed.ways.forecast.least_parts
        if level == TOO_EARLY:
            yield Text(zh=f"不足 {least} 个月，过早", en=f"too early, less than {least} months")
        return
    yield from _against(followed, at, level)
    yield from _apart(followed, at)


def _against(followed: Followed, at: int, level: int) -> Iterator[Text]:
    """Yield where use and forecast stand against the budget."""
    how = followed.ways.levels
    shares = {name: float(followed.ratio(name)[at]) for name in ("used", "low", "forecast", "high")}
    raw = int(followed.levels.raw[at, followed.month])
    if raw > 0 and level != NOT_REPORTED:
        for name in conditions(how.levels[raw - 1], shares):
            yield _share(name, shares[name])
    elif level != NOT_REPORTED:
        yield _share("forecast", shares["forecast"])
    if level not in (NOT_REPORTED, TOO_EARLY) and raw != level:
        name_ = how.name_of(raw)
        yield Text(
            zh=f"当月为{name_.zh}，未满升降月数",
            en=f"this month alone: {name_.en}, not long enough to move",
        )


def _own_cycle(followed: Followed, at: int, level: int) -> Iterator[Text]:
    months = int(followed.held.use.cycle(followed.year)[at])
    yield Text(
        zh=f"每 {months} 个月填报一次，不按月对照",
        en=f"it reports every {months} months: not followed by month",
    )
    if level == NOT_REPORTED:
        yield Text(zh="已结束的报告期有缺", en="a period that is over is missing")
    if followed.anything(at) and followed.budgets[at]:
        yield _share("used", int(followed.used[at]) / int(followed.budgets[at]))


def _spans(year: int, months: list[int]) -> str:
    """Return months as spans: 2025-01–2025-03, 2025-07."""
    firsts = [m for m in months if m - 1 not in months]
    lasts = [m for m in months if m + 1 not in months]
    spans = [
        f"{year}-{a:02d}" + (f"–{year}-{b:02d}" if b > a else "")
        for a, b in zip(firsts, lasts, strict=True)
    ]
    return ", ".join(spans)


def _share(name: str, share: float) -> Text:
    percent = f"{share * _PERCENT:.1f} %"
    return {
        "used": Text(zh=f"已用为预算的 {percent}", en=f"use is {percent} of the budget"),
        "forecast": Text(
            zh=f"预测为预算的 {percent}", en=f"the forecast is {percent} of the budget"
        ),
        "low": Text(
            zh=f"区间下限为预算的 {percent}", en=f"even the lower bound is {percent} of the budget"
        ),
        "high": Text(
            zh=f"区间上限为预算的 {percent}", en=f"the upper bound is {percent} of the budget"
        ),
    }[name]


def _apart(followed: Followed, at: int) -> Iterator[Text]:
    """Yield the months that stand apart from the level, and those at which a new one began."""
    paths = followed.found.paths
    for month in range(followed.month + 1):
        label = f"{followed.year}-{month + 1:02d}"
        if paths.shifts[at, month]:
            yield Text(zh=f"自 {label} 起为新水平", en=f"a new level since {label}")
        elif paths.spikes[at, month] and not _led_to_shift(paths.shifts[at], month):
            yield Text(
                zh=f"{label} 远离平常，请先核对数据",
                en=f"{label} is far off the usual: check the entry first",
            )


def _led_to_shift(shifts: np.ndarray[tuple[int], np.dtype[np.bool_]], month: int) -> bool:
    return bool(shifts[month + 1 : month + 2].any())
