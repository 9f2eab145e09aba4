"""Peak status and its scores as tables and plain data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text as Styled

from dafeng.report.tables import listing
from dafeng.report.words import PERCENT, word

if TYPE_CHECKING:
    from dafeng.outlook import Hindcast, LevelScore, PeakScore, Scores

NONE = "–"


def status_view(rows: Sequence[Mapping[str, Any]], lang: str) -> Iterable[Styled | Table]:
    """Yield the status of series: a table, and what its figures mean."""
    if not rows:
        yield Styled(word("peak_no_series", lang))
        return
    as_of, horizon = rows[0]["as_of"], rows[0]["horizon"]
    later = [name.rpartition("_")[2] for name in rows[0] if name.startswith("p_peak_by_")]
    ahead = [name.split("_")[1] for name in rows[0] if name.endswith("_q50")]
    yield Styled(word("peak_title", lang).format(year=as_of), "bold")
    columns = ["peak_series", "peak_last", "peak_max", "peak_shape", "peak_p"]
    table = listing(columns, [], lang)
    for years in later:
        table.add_column(word("peak_by", lang).format(year=as_of + int(years)), overflow="fold")
    for row in rows:
        table.add_row(*_status_row(row, later, lang))
    yield table
    table = listing(["peak_series"], [], lang)
    for years in ahead:
        for part in ("peak_low", "peak_middle", "peak_high"):
            table.add_column(word(part, lang).format(year=as_of + int(years)), overflow="fold")
    for row in rows:
        table.add_row(*_level_cells(row, ahead))
    yield table
    yield Styled(word("peak_meaning", lang).format(horizon=horizon), "dim")


def scores_view(scores: Scores, found: Hindcast, lang: str) -> Iterable[Styled | Table]:
    """Yield the scores of a backtest: peaks beside the baselines, reliability, intervals."""
    dates = ", ".join(str(status.as_of) for status in found.statuses)
    yield Styled(word("peak_backtest", lang).format(dates=dates), "bold")
    if not scores.peaks and not scores.levels:
        yield Styled(word("peak_unscored", lang))
    for later in dict.fromkeys(one.later for one in scores.peaks):
        parts = [one for one in scores.peaks if one.later == later]
        title = "peak_has" if later == 0 else "peak_later"
        yield Styled(word(title, lang).format(later=later), "bold")
        yield _peak_table(parts, lang)
    if scores.reliability:
        yield Styled(word("peak_reliability", lang), "bold")
        columns = ["peak_range", "peak_number", "peak_said", "peak_came"]
        bins = [
            (f"{one.low:g}–{one.high:g}", one.number, f"{one.said:.2f}", f"{one.came:.2f}")
            for one in scores.reliability
        ]
        yield listing(columns, bins, lang)
    if scores.levels:
        yield Styled(word("peak_levels", lang), "bold")
        columns = ["peak_date", "peak_ahead", "peak_number", "peak_covered", "peak_below"]
        columns += ["peak_above", "peak_error", "peak_no_change"]
        yield listing(columns, [_level_row(one, lang) for one in scores.levels], lang)
    yield Styled(word("peak_scores_meaning", lang), "dim")


def scores_dict(scores: Scores, found: Hindcast) -> dict[str, Any]:
    """Return the scores as plain data; ``as_of`` is null where all dates are taken together."""
    return {"dates": [status.as_of for status in found.statuses], "scores": asdict(scores)}


def _status_row(row: Mapping[str, Any], later: Sequence[str], lang: str) -> Iterable[Styled]:
    yield Styled(row["series"])
    yield Styled(_amount(row["last_value"]))
    yield Styled(f"{_amount(row['peak_value'])} ({row['peak_year']})")
    yield Styled(word(f"peak_{row['shape']}", lang) if row["shape"] else NONE)
    yield Styled(_share(row["p_peaked"]), "bold")
    for years in later:
        yield Styled(_share(row[f"p_peak_by_{years}"]))


def _level_cells(row: Mapping[str, Any], ahead: Sequence[str]) -> Iterable[Styled]:
    yield Styled(row["series"])
    for years in ahead:
        for quantile in ("q05", "q50", "q95"):
            yield Styled(_amount(row[f"level_{years}_{quantile}"]))


def _peak_table(parts: Sequence[PeakScore], lang: str) -> Table:
    from dafeng.outlook import BASELINES, METHOD  # noqa: PLC0415  heavy

    names = [METHOD, *(name for name in BASELINES if name in parts[0].brier)]
    rule = parts[0].later == 0
    columns = ["peak_date", "peak_number", "peak_true", *(f"peak_{name}" for name in names)]
    columns += ["peak_precision", "peak_recall"] * rule
    rows = []
    for one in parts:
        best = min(one.brier.values())
        briers = [
            Styled(f"{one.brier[n]:.3f}", "bold" if one.brier[n] == best else "") for n in names
        ]
        rated = [_two(one.precision), _two(one.recall)] * rule
        rows.append([_date(one.as_of, lang), one.number, f"{one.share:.2f}", *briers, *rated])
    return listing(columns, rows, lang)


def _level_row(one: LevelScore, lang: str) -> tuple[str, ...]:
    shares = (one.covered, one.below, one.above, one.error, one.no_change)
    return (_date(one.as_of, lang), f"+{one.ahead}", str(one.number), *map(_percent, shares))


def _date(as_of: int | None, lang: str) -> str:
    return word("peak_all", lang) if as_of is None else str(as_of)


def _two(value: float | None) -> str:
    return NONE if value is None else f"{value:.2f}"


def _percent(value: float | None) -> str:
    return NONE if value is None else f"{value * PERCENT:.1f} %"


def _share(value: float | None) -> str:
    """Return whole percent; nothing is shown as certain."""
    if value is None:
        return NONE
    whole = round(value * PERCENT)
    return "< 1 %" if whole < 1 else "> 99 %" if whole >= PERCENT else f"{whole} %"


def _amount(value: float | None) -> str:
    """Return three significant digits, whole from 100 on."""
    if value is None:
        return NONE
    return f"{value:,.0f}" if value >= PERCENT else f"{value:.3g}"
