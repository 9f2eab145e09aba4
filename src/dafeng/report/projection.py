"""Projections, decompositions and attributions for people to read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text as Styled

from dafeng.report.decomposition import LARGE
from dafeng.report.words import mark_words, number, rate, word
from dafeng.vocabulary import factor, sectors

if TYPE_CHECKING:
    import pyarrow as pa

    from dafeng.outlook import Attribution, GoalMet, Projection

PERCENT = 100
BAR = 40
SHORT_BAR = 10
"""Characters of the longest bar, alone and in a table."""
_EVERY = 5
"""Years between the rows of the table in short."""


def projection_view(found: Projection, lang: str, *, by_sector: bool = False) -> Iterator[Any]:
    """Yield the years in short, the peak as bars, statements, targets, and why medians differ."""
    course = found.course
    said = word("projection_title", lang).format(
        title=found.scenario.title.of(lang), base=course.base_year, horizon=found.found.horizon
    )
    yield Styled(said, "bold").append(f"  [{mark_words(found.mark, (), lang)}]", "magenta")
    drawn = word("projection_runs", lang)
    yield Styled(drawn.format(draws=found.settings.draws, seed=found.settings.seed), "dim")
    yield _years(found.years, lang, by_sector=by_sector)
    yield Styled(word("peak_years", lang), "bold")
    yield _bars(found, lang)
    for statement in found.statements:
        yield _statement(statement.year, statement.probability, lang)
    yield Styled(_levels(found, lang))
    if found.targets:
        yield _targets(found.targets, lang)
    yield Styled(word("why_differ", lang), "bold")
    yield _differences(found.differences, lang)


def _years(years: pa.Table, lang: str, *, by_sector: bool) -> Table:
    """Return history and projection, every fifth year and the ends."""
    rows = [row for row in years.to_pylist() if not row["region"]]
    rows = [row for row in rows if by_sector or not row["sector"]]
    ahead = [row for row in rows if row["part"] == "projection"]
    quantiles = sorted({row["statistic"] for row in ahead} - {"plain", "mean"})
    columns = ["year", *(["sector"] if by_sector else []), "reported", "plain", *quantiles, "mean"]
    unit = LARGE[rows[0]["unit"]]
    table = Table(
        box=None, pad_edge=False, header_style="bold", caption=unit, caption_justify="left"
    )
    for column in columns:
        named = column if column in quantiles else word(f"stat_{column}", lang)
        table.add_column(named, justify="left" if column in ("year", "sector") else "right")
    cells: dict[tuple[str, int], dict[str, float]] = {}
    for row in rows:
        cells.setdefault((row["sector"], row["year"]), {})[row["statistic"]] = row["value"]
    known = {row["year"] for row in rows}
    ends = {min(known), max(known), min(row["year"] for row in ahead)}
    scale = factor(rows[0]["unit"], unit)
    for (sector, year), values in sorted(cells.items()):
        if year % _EVERY == 0 or year in ends:
            name = [_sector(sector, lang)] if by_sector else []
            table.add_row(
                str(year),
                *name,
                *(
                    f"{values[c] * scale:,.1f}" if c in values else ""
                    for c in columns
                    if c not in ("year", "sector")
                ),
            )
    return table


def _sector(sector: str, lang: str) -> str:
    if not sector:
        return word("all_sectors", lang)
    entry = sectors().find(sector)
    return entry.name.of(lang) if entry else sector


def _bars(found: Projection, lang: str) -> Table:
    """Return the peak years with a bar each; rare years are put together."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(justify="left", no_wrap=True)
    table.add_column(justify="right")
    table.add_column(no_wrap=True)
    rows = _together(found.peaks.to_pylist())
    most = max(row["probability"] for row in rows)
    for row in rows:
        label = row["label"]
        if row["kind"] != "ahead":
            label = word(f"peak_{row['kind']}", lang).format(year=label)
        bar = "█" * round(BAR * row["probability"] / most)
        style = "red" if row["kind"] == "not_before" else ""
        table.add_row(Styled(label, style), _share(row["probability"]), Styled(bar or "▏", style))
    return table


def _together(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put neighbouring years that are both rare into one row, each with its ``label``."""
    found: list[dict[str, Any]] = []
    for row in rows:
        last = found[-1] if found else None
        rare = row["kind"] == "ahead" and row["probability"] * PERCENT < 1
        if last and rare and last["rare"]:
            last["probability"] += row["probability"]
            last["label"] = f"{last['year']}–{row['year']}"
        else:
            found.append(row | {"label": str(row["year"]), "rare": rare})
    return found


def _share(probability: float | None) -> str:
    """Return a probability as percent; one that rounds to 0 or 100 without being it says so."""
    if probability is None:
        return "–"
    shown = f"{probability * PERCENT:.1f} %"
    if probability > 0 and shown == "0.0 %":
        return "<0.1 %"
    return ">99.9 %" if probability < 1 and shown == "100.0 %" else shown


def _statement(year: int, probability: float | None, lang: str) -> Styled:
    if probability is None:
        return Styled(word("peak_unsaid", lang).format(year=year), "yellow")
    said = word("project_peak_by", lang).format(year=year)
    return Styled(f"{said} ", "bold").append(_share(probability), "bold yellow")


def _levels(found: Projection, lang: str) -> str:
    """Return median and interval of the peak level, and the peak without shocks."""
    import numpy as np  # noqa: PLC0415  heavy

    unit = found.years["unit"][0].as_py()
    from_unit = found.course.held.units["emission"]
    scale = factor(from_unit, LARGE[unit])
    shares = (min(found.settings.quantiles), 0.5, max(found.settings.quantiles))
    low, middle, high = (float(x) * scale for x in np.quantile(found.found.level, shares))
    plain = found.plain_peak
    year = str(int(plain.year[0]))
    if int(plain.year[0]) == plain.horizon:
        year = word("peak_not_before", lang).format(year=year)
    return word("project_peak_levels", lang).format(
        middle=f"{middle:,.1f}",
        low=f"{low:,.1f}",
        high=f"{high:,.1f}",
        from_share=f"{shares[0] * PERCENT:g} %",
        to_share=f"{shares[2] * PERCENT:g} %",
        unit=LARGE[unit],
        plain=f"{float(plain.level[0]) * scale:,.1f}",
        year=year,
    )


def _targets(targets: tuple[GoalMet, ...], lang: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column, right in (
        ("target", 0),
        ("goal_probability", 1),
        ("stat_median", 1),
        ("stat_plain", 1),
    ):
        table.add_column(word(column, lang), justify="right" if right else "left")
    for one in targets:
        unit = {"emission": one.goal.unit or "", "reduction": "%"}.get(one.goal.kind, "")
        values = [
            "–"
            if x is None
            else str(int(x))
            if one.goal.kind == "peak_year"
            else f"{x:,.1f} {unit}"
            for x in (one.median, one.plain)
        ]
        table.add_row(one.goal.title.of(lang), _share(one.probability), *values)
    return table


def _differences(rows: pa.Table, lang: str) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    for right in (False, True, True, False):
        table.add_column(justify="right" if right else "left")
    unit = LARGE[rows["unit"][0].as_py()]
    scale = factor(rows["unit"][0].as_py(), unit)
    for row in rows.to_pylist():
        said = word(f"step_{row['step']}", lang).format(year=row["year"])
        value = f"{row['value'] * scale:,.1f}"
        if row["error"]:
            value += f" ±{row['error'] * scale:,.1f}"
        change = "" if row["change"] is None else rate(row["change"] * scale, "")
        why = "" if row["change"] is None else word(f"because_{row['step']}", lang)
        table.add_row(said, value, change, Styled(why, "dim"))
    return table


def projection_dict(found: Projection, lang: str) -> dict[str, Any]:
    """Return a projection as plain data, with its tables in full."""
    from dafeng.outlook import statement_figure  # noqa: PLC0415  heavy

    return {
        "scenario": found.scenario.id,
        "title": found.scenario.title.of(lang),
        "base_year": found.course.base_year,
        "horizon": found.found.horizon,
        "settings": found.settings.model_dump(mode="json"),
        "mark": found.mark,
        "statements": [
            {
                "peak_by": one.year,
                "probability": one.probability,
                "figure": statement_figure(found, one),
            }
            for one in found.statements
        ],
        "targets": [
            {
                "id": one.goal.id,
                "title": one.goal.title.of(lang),
                "kind": one.goal.kind,
                "value": one.goal.value,
                "unit": one.goal.unit,
                "probability": one.probability,
                "median": one.median,
                "without_shocks": one.plain,
                "source": f"{one.goal.source.document}/{one.goal.source.clause}",
            }
            for one in found.targets
        ],
        "peak_without_shocks": {
            "year": int(found.plain_peak.year[0]),
            "not_before": int(found.plain_peak.year[0]) == found.found.horizon,
        },
        "peaks": found.peaks.to_pylist(),
        "levels": found.levels.to_pylist(),
        "differences": found.differences.to_pylist(),
        "years": found.years.to_pylist(),
    }


def attribution_view(found: Attribution, year: int, lang: str) -> Iterator[Any]:
    """Yield what each lever avoids in a year; the parts add up."""
    projection = found.found
    said = word("attribution_title", lang).format(
        title=projection.scenario.title.of(lang), year=year
    )
    yield Styled(said, "bold").append(f"  [{mark_words(projection.mark, (), lang)}]", "magenta")
    unit = projection.course.held.units["emission"]
    at = projection.course.years.index(year)
    whole = int(found.without[at] - found.with_all[at])
    rows = sorted(
        zip(projection.scenario.levers, found.avoided[:, at], found.error[:, at], strict=True),
        key=lambda row: -int(row[1]),
    )
    large = LARGE[unit]
    scale = factor(unit, large)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column, right in (("wedge_lever", 0), ("wedge_avoided", 1), ("wedge_share", 1)):
        table.add_column(word(column, lang), justify="right" if right else "left", overflow="fold")
    table.add_column(no_wrap=True)
    table.add_column(word("source", lang), overflow="fold")
    most = max((abs(int(value)) for _, value, _ in rows), default=0) or 1
    for lever, value, error in rows:
        shown = f"{int(value) * scale:,.3f}"
        if not found.exact:
            shown += f" ± {float(error) * scale:,.3f}"
        share = f"{int(value) / whole * PERCENT:.1f} %" if whole else "–"
        bar = "█" * max(round(SHORT_BAR * int(value) / most), 0)
        source = Styled(f"{lever.source.document}/{lever.source.clause}", "dim")
        table.add_row(lever.title.of(lang), shown, share, bar, source)
    total = f"{whole * scale:,.3f} {large}"
    table.add_row(Styled(word("parts_together", lang), "bold"), total, "100.0 %", "", "")
    yield table
    ends = (number(int(value), unit) for value in (found.without[at], found.with_all[at]))
    yield Styled(
        word("with_without", lang).format(**dict(zip(("without", "after"), ends, strict=True)))
    )
    yield Styled(word("shapley_exact" if found.exact else "shapley_sampled", lang), "dim")


def attribution_dict(found: Attribution, lang: str) -> dict[str, Any]:
    """Return an attribution as plain data; amounts are whole grams."""
    return {
        "scenario": found.found.scenario.id,
        "mark": found.found.mark,
        "exact": found.exact,
        "levers": [
            {"id": one.id, "title": one.title.of(lang), "measure": one.measure}
            for one in found.found.scenario.levers
        ],
        "wedges": found.table.to_pylist(),
    }
