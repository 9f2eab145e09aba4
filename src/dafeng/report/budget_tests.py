"""How good forecasts and warnings were, for people to read."""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan
from typing import TYPE_CHECKING, Any

from rich.text import Text as Styled

from dafeng.report.tables import listing
from dafeng.report.words import PERCENT, word

if TYPE_CHECKING:
    from dafeng.budget import ForecastSettings, Score
    from dafeng.workspace import budgeting


def backtest_view(found: budgeting.Backtest, lang: str) -> Iterator[Any]:
    """Yield errors by months elapsed beside the plain method, then the warnings."""
    import numpy as np  # noqa: PLC0415  heavy

    followed = found.followed
    title = Styled(f"{followed.region} {followed.year}", "bold")
    claimed = f"{word('budget_claimed', lang)} {followed.ways.forecast.coverage * PERCENT:.0f} %"
    yield title.append(f"  {claimed}", "dim")
    columns = ["budget_months", "budget_compared", "budget_median", "budget_mean", "budget_bias"]
    # errors stand side by side of the firms that both methods forecast; coverage is of all
    ours = found.beside if found.plain.count.any() else found.ours
    rows = [
        (*_row(ours, part), _percent(found.ours.covered[part]), _pair(found.plain, part))
        for part in range(len(ours.count) - 1)
        if ours.count[part]
    ]
    yield listing([*columns, "budget_covered", "budget_naive"], rows, lang)
    alarms = found.alarms
    facts = [
        ("budget_judged", alarms.judged),
        ("budget_over", alarms.over),
        ("budget_hits", alarms.hits),
        ("budget_missed", alarms.missed),
        ("budget_false", alarms.false),
    ]
    text = " · ".join(f"{word(name, lang)} {count}" for name, count in facts)
    yield Styled(f"{word('budget_alarms', lang)}: {text}")
    if len(alarms.lead):
        lead = f"{np.median(alarms.lead):g}, {alarms.lead.min()} – {alarms.lead.max()}"
        yield Styled(f"{word('budget_lead', lang)}: {lead}")


def backtest_dict(found: budgeting.Backtest) -> dict[str, Any]:
    """Return a backtest as plain data; errors are shares."""
    alarms = found.alarms
    return {
        "region": found.followed.region,
        "year": found.followed.year,
        "coverage_claimed": found.followed.ways.forecast.coverage,
        "ours": _score_dict(found.ours),
        "compared": {"ours": _score_dict(found.beside), "naive": _score_dict(found.plain)},
        "warnings": {
            "judged": alarms.judged,
            "over": alarms.over,
            "warned": alarms.warned,
            "hits": alarms.hits,
            "missed": alarms.missed,
            "false": alarms.false,
            "lead_months": [int(month) for month in alarms.lead],
        },
    }


def weeks_view(found: budgeting.Weeks, how: ForecastSettings, lang: str) -> Iterator[Any]:
    """Yield errors by days elapsed beside the pro-rata forecast."""
    weeks = len(found.rolled.cycles)
    title = Styled(f"{weeks} {word('budget_weeks', lang)} ({found.first} …)", "bold")
    yield title.append(f"  {word('budget_claimed', lang)} {how.coverage * PERCENT:.0f} %", "dim")
    columns = ["budget_days", "budget_compared", "budget_median", "budget_mean", "budget_bias"]
    rows = [
        (
            *_row(found.rolled.ours, part),
            _percent(found.rolled.ours.covered[part]),
            _pair(found.rolled.plain, part),
        )
        for part in range(len(found.rolled.ours.count) - 1)
        if found.rolled.ours.count[part]
    ]
    yield listing([*columns, "budget_covered", "budget_pro_rata"], rows, lang)


def weeks_dict(found: budgeting.Weeks, how: ForecastSettings) -> dict[str, Any]:
    """Return the backtest of a series as plain data; errors are shares."""
    return {
        "first_week": str(found.first),
        "weeks": len(found.use),
        "forecast": len(found.rolled.cycles),
        "left_out": found.left_out,
        "coverage_claimed": how.coverage,
        "ours": _score_dict(found.rolled.ours),
        "pro_rata": _score_dict(found.rolled.plain),
    }


def _row(found: Score, part: int) -> tuple[str, ...]:
    return (
        str(part + 1),
        str(int(found.count[part])),
        _percent(found.median[part]),
        _percent(found.mean[part]),
        _percent(found.bias[part], signed=True),
    )


def _pair(found: Score, part: int) -> str:
    return f"{_percent(found.median[part])} / {_percent(found.mean[part])}"


def _percent(value: float, *, signed: bool = False) -> str:
    if isnan(value):
        return "–"
    text = f"{value * PERCENT:+.2f} %" if signed else f"{value * PERCENT:.2f} %"
    return text.replace("-", "−")


def _score_dict(found: Score) -> list[dict[str, Any]]:
    names = ("median", "mean", "bias", "covered")
    return [
        {"reported": part + 1, "count": int(found.count[part])}
        | {name: _plain(getattr(found, name)[part]) for name in names}
        for part in range(len(found.count))
        if found.count[part]
    ]


def _plain(value: float) -> float | None:
    return None if isnan(value) else float(value)
