"""Nowcasts for people to read: the open months, and how well earlier ones did."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text as Styled

from dafeng.report.words import PERCENT, mark_words, word
from dafeng.vocabulary import factor, sectors

if TYPE_CHECKING:
    from dafeng.outlook import Nowcast

UNIT, LARGE_UNIT = "tCO2e", "10^4 tCO2e"


def nowcast_view(
    found: Nowcast, months: list[dict[str, Any]], record: list[dict[str, Any]], lang: str
) -> Iterator[Any]:
    """Yield the open months, the record, and what both rest on.

    Args:
        found: the nowcast.
        months: rows of ``outlook.month_table``.
        record: rows of ``outlook.record_table``.
        lang: ``zh`` or ``en``.
    """
    opened = [row for row in months if row["part"] == "open"]
    title = word("nowcast_title", lang).format(
        first=opened[0]["month"], last=opened[-1]["month"], closed=opened[0]["closed"]
    )
    yield Styled(title, "bold").append(f"  [{mark_words(found.held.mark, (), lang)}]", "magenta")
    yield Styled(word("nowcast_assumed", lang).format(lag=found.settings.lag), "dim")
    yield _open(opened, lang, found.settings.share)
    yield Styled(word("nowcast_set", lang), "dim")
    if record:
        yield Styled(word("nowcast_record", lang), "bold")
        yield _record(record, lang, found.settings.share)
        yield Styled(word("nowcast_record_note", lang), "dim")


def _open(rows: list[dict[str, Any]], lang: str, share: float) -> Table:
    booked = any(row["booked"] is not None for row in rows)
    names = ["fig_month", "stat_sector", "nowcast_estimate", "nowcast_interval", "nowcast_naive"]
    names += ["nowcast_covered", "nowcast_firms"] + (["nowcast_booked"] if booked else [])
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in names:
        left = name in ("fig_month", "stat_sector")
        header = word(name, lang).format(share=round(share * PERCENT), unit=word("wan_co2e", lang))
        table.add_column(header, justify="left" if left else "right")
    for row in rows:
        span = "–" if row["low"] is None else f"{_wan(row['low'])}–{_wan(row['high'])}"
        cells = [row["month"], sector_words(row["sector"], lang), _wan(row["estimate"]), span]
        cells += [_wan(row["naive"]), f"{row['covered'] * PERCENT:.0f} %"]
        cells += [f"{row['kept']:,}/{row['firms']:,}"] + ([_wan(row["booked"])] if booked else [])
        table.add_row(*cells, style="" if row["sector"] else "bold")
    return table


def _record(rows: list[dict[str, Any]], lang: str, share: float) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    names = ["stat_sector", "nowcast_ahead", "nowcast_months", "nowcast_mape", "nowcast_median"]
    names += ["nowcast_naive_mape", "nowcast_naive_median", "nowcast_within"]
    for name in names:
        header = word(name, lang).format(share=round(share * PERCENT))
        table.add_column(header, justify="left" if name == "stat_sector" else "right")
    for row in rows:
        within = "–"
        if row["within"] is not None:
            within = f"{row['within'] * PERCENT:.0f} % ({row['intervals']})"
        errors = (row[name] for name in ("mape", "median", "naive_mape", "naive_median"))
        table.add_row(
            sector_words(row["sector"], lang),
            f"+{row['ahead']}",
            str(row["months"]),
            *(f"{error * PERCENT:.1f} %" for error in errors),
            within,
            style="" if row["sector"] else "bold",
        )
    return table


def sector_words(sector: str, lang: str) -> str:
    """Return the name of a sector; an empty one is all of them."""
    if not sector:
        return word("all_sectors", lang)
    entry = sectors().find(sector)
    return entry.name.of(lang) if entry else sector


def _wan(tonnes: float | None) -> str:
    return "–" if tonnes is None else f"{tonnes * factor(UNIT, LARGE_UNIT):,.1f}"


def nowcast_dict(
    found: Nowcast, months: list[dict[str, Any]], record: list[dict[str, Any]]
) -> dict[str, Any]:
    """Return a nowcast as plain data; amounts are tonnes."""
    return {
        "closed": found.held.months[found.now.closed],
        "settings": found.settings.model_dump(mode="json"),
        "mark": found.held.mark,
        "open": [row for row in months if row["part"] == "open"],
        "record": record,
        "past": [row for row in months if row["part"] == "record"],
    }
