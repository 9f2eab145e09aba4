"""Cost curves, selections and levers for people to read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rich.text import Text as Styled

from dafeng.findings import Finding
from dafeng.report.tables import listing
from dafeng.report.words import mark_words, word
from dafeng.vocabulary import regions

if TYPE_CHECKING:
    import pyarrow as pa

    from dafeng.portfolio import Curve, Selection

SHOWN = 20
"""Rows of a long table that are printed; the others are counted, and stand in the JSON."""
WAN = 100 * 100


def plain_number(value: float | None, places: int = 0, *, signed: bool = False) -> str:
    """Return a number with thousands marked and a true minus sign."""
    if value is None or value != value:  # noqa: PLR0124  NaN
        return "–"
    text = f"{value:+,.{places}f}" if signed else f"{value:,.{places}f}"
    if places:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", "−")


def wan(yuan: float | None) -> str:
    """Return yuan as 万元."""
    return plain_number(None if yuan is None else float(yuan) / WAN, 2)


def said(text_id: str, lang: str, **values: Any) -> str:
    """Return a phrase with its values."""
    return word(text_id, lang).format_map(values)


# --- Curve ------------------------------------------------------------------------------------


def curve_view(found: Curve, lang: str) -> Iterator[Any]:
    """Yield a cost curve: what it comes to, its steps, what stands on none."""
    marks = mark_words(found.mark, (), lang)
    yield Styled(word(f"retro_curve_{found.measure}", lang), "bold").append(
        f"  [{marks}]", "magenta"
    )
    yield Styled(
        _terms(
            lang, found.view_name.of(lang), found.rate, found.price_year, ours=found.default_rate
        ),
        "dim",
    )
    steps, unit = found.steps.to_pylist(), word(f"retro_amount_{found.measure}", lang)
    values = {
        "total": f"{plain_number(found.total)} {unit}",
        "alone": plain_number(found.sum_alone),
        "overlap": plain_number(found.sum_alone - found.total),
    }
    yield Styled(said("retro_curve_total", lang, **values))
    pays = sum(step["amount_t"] for step in steps if step["cost_yuan_per_t"] < 0)
    yield Styled(said("retro_curve_pays", lang, amount=f"{plain_number(pays)} {unit}"), "green")
    columns = ("retro_project", "retro_replaces", "retro_city", f"retro_amount_{found.measure}",
               "retro_alone", "retro_unit_cost", "retro_cumulated")  # fmt: skip
    rows = [
        (
            step["project"],
            step["replaces"] or "–",
            _cities(step["region"], lang),
            plain_number(step["amount_t"]),
            plain_number(step["alone_t"]),
            plain_number(step["cost_yuan_per_t"]),
            plain_number(step["to_t"]),
        )
        for step in steps
    ]
    yield from _long(columns, rows, lang)
    out = found.left_out.to_pylist()
    if out:
        yield Styled(word("retro_out", lang), "bold")
        others = [
            (
                one["project"],
                plain_number(one["alone_t"]),
                plain_number(one["cost_yuan_per_t"]),
                word(_curve_reason(one["why"]), lang),
            )
            for one in out
        ]
        names = ("retro_project", "retro_alone", "retro_unit_cost", "retro_why")
        yield from _long(names, others, lang)


def _curve_reason(code: str) -> str:
    return "retro_why_no_effect" if code == "no_effect" else "retro_why_curve_dominated"


def _terms(lang: str, view: str, rate: float, price_year: int, *, ours: bool) -> str:
    note = word("retro_ours", lang) if ours else ""
    return said(
        "retro_terms",
        lang,
        view=view,
        rate=f"{rate:.2%}".replace(".00", ""),
        ours=note,
        year=price_year,
    )


def _cities(codes: str, lang: str) -> str:
    names = (regions()[code].name.of(lang) for code in codes.split("; ") if code)
    return ", ".join(names)


def _long(columns: Iterable[str], rows: Sequence[Sequence[str]], lang: str) -> Iterator[Any]:
    """Yield a table, and how many of its rows are not shown."""
    yield listing(list(columns), rows[:SHOWN], lang)
    if len(rows) > SHOWN:
        yield Styled(said("retro_more", lang, number=len(rows) - SHOWN), "dim")


# --- Selection --------------------------------------------------------------------------------


def selection_view(found: Selection, tables: dict[str, pa.Table], lang: str) -> Iterator[Any]:
    """Yield a selection: how good it is, demands, the baseline beside it, what is in and out."""
    model, objective = found.model, found.model.objective
    marks = mark_words(found.mark, (), lang)
    yield Styled(objective.name.of(lang), "bold").append(f"  [{marks}]", "magenta")
    yield Styled(_status(found, lang), "bold yellow" if found.status != "optimal" else "bold green")
    span = model.wanted.span
    terms = _terms(lang, found.view_name.of(lang), model.wanted.discount, model.projects.price_year,
                   ours=model.wanted.rate is None)  # fmt: skip
    years = said("retro_span", lang, first=span.first, last=span.last, target=span.target)
    yield Styled(f"{years}; {terms}", "dim")
    if found.bound is not None:
        bound, relaxed = _value(found, found.bound), _value(found, found.relaxed)
        yield Styled(said("retro_bound", lang, bound=bound, relaxed=relaxed), "dim")
    yield _ways(tables["ways"], lang)
    if found.greedy_difference is not None:
        difference = f"{found.greedy_difference:+.1%}".replace("-", "−")
        yield Styled(said("retro_against", lang, difference=difference), "cyan")
    if tables["demands"].num_rows:
        yield _demands(found, tables["demands"], lang)
    if found.shortfall:
        yield from _lacking(found, tables, lang)
    yield from _options(found, tables, lang)
    yield from _limits(tables, lang)


def _status(found: Selection, lang: str) -> str:
    gap = "–" if found.gap is None else f"{found.gap:.3%}"
    return f"{said(f'retro_status_{found.status}', lang, gap=gap)}: {_value(found, found.value)}"


def _value(found: Selection, value: float | None, *, signed: bool = False) -> str:
    return f"{plain_number(value, signed=signed)} {found.model.objective.unit}"


def _ways(table: pa.Table, lang: str) -> Any:
    columns = ["retro_way", "retro_options", "retro_tco2", "retro_tce",
               "retro_cost", "retro_investment", "retro_meets"]  # fmt: skip
    rows = [
        (
            word(f"retro_way_{way['way']}", lang),
            str(way["options"]),
            plain_number(way["reduction_tco2"]),
            plain_number(way["saving_tce"]),
            wan(way["cost_yuan"]),
            wan(way["investment_yuan"]),
            word("retro_yes" if way["meets"] else "retro_no", lang),
        )
        for way in table.to_pylist()
    ]
    return listing(columns, rows, lang)


def _demands(found: Selection, table: pa.Table, lang: str) -> Any:
    columns = ["retro_demand", "retro_wanted", "retro_reached", "retro_marginal"]
    rows = [
        (
            word(f"retro_demand_{one['demand']}", lang),
            plain_number(one["wanted"]),
            plain_number(one["reached"], 1),
            "–"
            if one["price"] is None
            else f"{plain_number(one['price'], 2)} {found.model.objective.unit}",
        )
        for one in table.to_pylist()
    ]
    return listing(columns, rows, lang)


def lacking_words(lacking: dict[str, float], lang: str) -> str:
    """Return what is missing of each demand."""
    parts = (f"{word(f'retro_demand_{n}', lang)} {plain_number(v, 1)}" for n, v in lacking.items())
    return ", ".join(parts)


def _lacking(found: Selection, tables: dict[str, pa.Table], lang: str) -> Iterator[Any]:
    """Yield what is missing to meet the demands."""
    lack = found.shortfall
    if lack is None:
        return
    words = lacking_words(lack.lacking, lang)
    yield Styled(said("retro_lack_within", lang, lacking=words), "yellow")
    if lack.missing_yuan is None and lack.whole:
        words = lacking_words(lack.possible, lang)
        yield Styled(said("retro_lack_none", lang, lacking=words), "bold yellow")
    elif lack.missing_yuan is not None:
        total = wan(float(lack.missing_yuan.sum()))
        yield Styled(said("retro_lack_money", lang, total=total), "yellow")
        rows = [
            (row["limit"], *_scope(row, lang), wan(row["limit_yuan"]), wan(row["missing_yuan"]))
            for row in tables["limits"].to_pylist()
            if row["missing_yuan"] >= 1
        ]
        columns = ["retro_limit", "retro_counts", "retro_city", "reporter", "year",
                   "retro_limit_wan", "retro_missing_wan"]  # fmt: skip
        yield from _long(columns, rows, lang)
    if not lack.whole:
        yield Styled(word("retro_lack_open", lang), "yellow")


def _scope(row: dict[str, Any], lang: str) -> tuple[str, str, str, str]:
    """Return money, region, enterprise and year of a limit."""
    region = _cities(row["region"], lang) or "–"
    return (
        word(f"retro_money_{row['counts']}", lang),
        region,
        row["reporter"] or "–",
        str(row["year"] or "–"),
    )


def _options(found: Selection, tables: dict[str, pa.Table], lang: str) -> Iterator[Any]:
    """Yield the options that are in, the largest first, and those that are out, each with why."""
    rows = sorted(
        tables["options"].to_pylist(), key=lambda row: (-row["reduction_tco2"], row["project"])
    )
    yield Styled(word("retro_in", lang), "bold")
    columns = ["retro_project", "retro_title", "retro_city", "retro_start", "retro_tco2",
               "retro_tce", "retro_unit_cost", "retro_investment"]  # fmt: skip
    inside = [
        (
            row["project"],
            row[f"title_{lang}"] or row["title_zh"],
            _cities(row["region"], lang),
            str(row["start"]),
            plain_number(row["reduction_tco2"]),
            plain_number(row["saving_tce"]),
            plain_number(row["cost_yuan_per_tco2"]),
            wan(row["investment_yuan"]),
        )
        for row in rows
        if row["chosen"]
    ]
    yield from _long(columns, inside, lang)
    blocked: dict[str, list[dict[str, Any]]] = {}
    for one in tables["blocked"].to_pylist():
        blocked.setdefault(one["project"], []).append(one)
    outside = [
        (row["project"], plain_number(row["alone_tco2"]), plain_number(row["cost_yuan_per_tco2"]),
         why(found, row, blocked.get(row["project"], []), lang))
        for row in sorted(rows, key=lambda row: (-row["alone_tco2"], row["project"]))
        if row["why"]
    ]  # fmt: skip
    if outside:
        yield Styled(word("retro_out", lang), "bold")
        columns = ["retro_project", "retro_tco2", "retro_unit_cost", "retro_why"]
        yield from _long(columns, outside, lang)


def why(found: Selection, row: dict[str, Any], blocked: list[dict[str, Any]], lang: str) -> str:
    """Return in words why an option is out."""
    code = row["why"]
    if code == "exclusive" and not blocked:
        code = "exclusive_demand"
    parts = (
        said("retro_lacks", lang, limit=one["limit"], yuan=wan(one["lacking_yuan"]))
        for one in blocked
    )
    return said(
        f"retro_why_{code}",
        lang,
        limits=("、" if lang == "zh" else ", ").join(parts),
        instead=row["instead"],
        change=_value(found, row["change"], signed=True),
    )


def _limits(tables: dict[str, pa.Table], lang: str) -> Iterator[Any]:
    """Yield the limits that have a price or keep an option out."""
    blocking = set(tables["blocked"]["limit"].to_pylist())
    rows = tables["limits"].to_pylist()
    live = [row for row in rows if (row["price"] or 0) > 0 or row["limit"] in blocking]
    live.sort(key=lambda row: (-(row["price"] or 0), row["limit"]))
    columns = ["retro_limit", "retro_counts", "retro_city", "reporter", "year", "retro_limit_wan",
               "retro_used_wan", "retro_left_wan", "retro_price"]  # fmt: skip
    shown = [
        (
            row["limit"],
            *_scope(row, lang),
            *(wan(row[name]) for name in ("limit_yuan", "used_yuan", "left_yuan")),
            plain_number(row["price"], 2),
        )
        for row in live
    ]
    if shown:
        yield Styled(word("retro_limit", lang), "bold")
        yield from _long(columns, shown, lang)
    if len(rows) > len(live):
        yield Styled(said("retro_limits_idle", lang, number=len(rows) - len(live)), "dim")


def search_words(search: Any, lang: str) -> str:
    """Return how far a search is."""
    known = abs(search.best) > 0 and abs(search.best) < float("inf")
    gap = (
        f"{abs(search.bound - search.best) / abs(search.best):.2%}"
        if known
        else word("retro_nothing", lang)
    )
    return said("retro_searching", lang, seconds=f"{search.seconds:.0f}", gap=gap)


def selection_findings(found: Selection, lang: str) -> list[Finding]:
    """Return what a reader must act on or bear in mind."""
    lack = found.shortfall
    if lack is not None and lack.missing_yuan is None and not lack.whole:
        return [Finding("nothing_found_yet", "")]
    if lack is not None and lack.missing_yuan is None:
        return [Finding("gap_out_of_reach", "", {"lacking": lacking_words(lack.possible, lang)})]
    if lack is not None and lack.missing_yuan is not None:
        values = {
            "lacking": lacking_words(lack.lacking, lang),
            "total": wan(float(lack.missing_yuan.sum())),
        }
        return [Finding("gap_not_closed", "", values)]
    if found.status == "none":
        return [Finding("nothing_found_yet", "")]
    notes = []
    if found.status == "stopped":
        gap = "–" if found.gap is None else f"{found.gap:.2%}"
        notes.append(Finding("search_stopped", "", {"gap": gap}))
    if found.prices_are_rough:
        notes.append(Finding("price_is_rough", "", {"distance": f"{found.relaxed_distance:.1%}"}))
    if not found.greedy_meets:
        notes.append(Finding("greedy_short", ""))
    return notes


def selection_dict(found: Selection) -> dict[str, Any]:
    """Return what a selection says as a whole, as plain data."""
    model = found.model
    wanted = model.wanted
    return {
        "status": found.status,
        "objective": wanted.objective,
        "unit": model.objective.unit,
        "value": found.value,
        "bound": found.bound,
        "gap": found.gap,
        "relaxed": found.relaxed,
        "greedy_value": found.greedy_value,
        "greedy_meets": found.greedy_meets,
        "span": wanted.span.model_dump(),
        "view": wanted.view,
        "rate": wanted.discount,
        "price_year": model.projects.price_year,
        "mark": found.mark,
    }
