"""An allocation of energy budgets, and adjustments, for people to read."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from rich.text import Text as Styled

from dafeng.report.tables import listing
from dafeng.report.words import PERCENT, mark_words, number, word
from dafeng.vocabulary import regions

if TYPE_CHECKING:
    from dafeng.workspace import budgeting

UNIT = "gce"
SHOWN = 30


def allocated_view(
    found: budgeting.Allocated, batch: str, lang: str, *, everyone: bool = False
) -> Iterator[Any]:
    """Yield the lines that add up to the total, then the budgets, the largest first."""
    import numpy as np  # noqa: PLC0415  heavy

    asked, result = found.asked, found.found
    basis = word(f"budget_basis_{found.basis}", lang)
    title = f"{place_name(asked.region, lang)} {asked.year} · {result.rule.name.of(lang)} · {basis}"
    yield Styled(title, "bold").append(f"  [{mark_words(found.mark, (), lang)}]", "magenta")
    yield Styled(result.rule.note.of(lang), "dim")
    yield from _limits(found, lang)
    if asked.source:
        yield Styled(f"{word('budget_total', lang)}: {asked.source}", "dim")
    yield _sum_lines(found, lang)
    order = np.lexsort((np.array(result.firms.ids), -result.budgets))
    rows = [_allocated_row(found, int(at), lang) for at in order if result.held[at]]
    columns = ["budget_firm", "budget_last_year", "budget_claim", "budget_tce", "budget_change"]
    yield listing([*columns, "budget_bound"], rows if everyone else rows[:SHOWN], lang)
    if len(rows) > SHOWN and not everyone:
        yield Styled(f"{len(rows) - SHOWN} … {word('budget_more', lang)}", "dim")
    said = f"{word('budget_adopted', lang)} → budgets/{batch}" if batch else ""
    yield Styled(said or word("budget_preview", lang), "green" if batch else "cyan")


def allocated_dict(
    found: budgeting.Allocated, figures: dict[str, str], batch: str, lang: str
) -> Any:
    """Return an allocation as plain data; grams are whole numbers."""
    result, firms = found.found, found.found.firms
    return {
        "region": found.asked.region,
        "year": found.asked.year,
        "rule": result.rule.id,
        "electricity_basis": found.basis,
        "unit": UNIT,
        "source": found.asked.source or None,
        "total": result.total,
        "budgets": int(result.budgets.sum()),
        "reserve": result.reserve,
        "small": result.small,
        "outside": result.outside,
        "difference": result.balance,
        "adopted": batch or None,
        "mark": found.mark,
        "enterprises": [
            {
                "reporter": name,
                "figure": figures.get(name),
                "name": found.held.name(at).of(lang),
                "tier": found.tiers.tiers[result.tiers[at]].id if result.tiers[at] >= 0 else None,
                "last_year": int(firms.last_year[at]) if firms.known[at] else None,
                "claim": int(result.claims[at]) if result.claims[at] else None,
                "budget": int(result.budgets[at]) if result.held[at] else None,
                "bound": _bounds().get(int(result.bound[at])),
                "estimated": bool(firms.estimated[at]),
                "entrant": bool(firms.entrant[at]),
                "no_base": firms.reasons[at] or None,
            }
            for at, name in enumerate(firms.ids)
        ],
    }


def adjusted_view(found: budgeting.Adjusted, batch: str, lang: str) -> Iterator[Any]:
    """Yield what adjustments change, and what becomes of the reserve."""
    rows = [
        (r["reporter"], number(r["before"], UNIT), number(r["after"], UNIT), r["reason"])
        for r in found.rows
    ]
    rows += [
        (f"{word('budget_reserve', lang)} {place}", number(old, UNIT), number(new, UNIT), "")
        for place, (old, new) in found.reserves.items()
    ]
    yield listing(["budget_line", "budget_before", "budget_after", "budget_reason"], rows, lang)
    said = f"{word('budget_adopted', lang)} → budgets/{batch}" if batch else ""
    yield Styled(said or word("budget_preview", lang), "green" if batch else "cyan")


def adjusted_dict(found: budgeting.Adjusted, batch: str) -> dict[str, Any]:
    """Return adjustments as plain data; grams are whole numbers."""
    names = ("reporter", "region", "before", "after", "reason")
    return {
        "year": found.year,
        "unit": UNIT,
        "adopted": batch or None,
        "adjustments": [{name: row[name] for name in names} for row in found.rows],
        "reserves": {
            place: {"before": old, "after": new} for place, (old, new) in found.reserves.items()
        },
    }


def _limits(found: budgeting.Allocated, lang: str) -> Iterator[Styled]:
    tiers = found.tiers
    names = ", ".join(t.name.of(lang) for t in tiers.tiers)
    line = Styled(f"{word('budget_boundary', lang)}: {names} ‹{tiers.citation}›", "dim")
    yield line
    yield Styled(f"  {tiers.tiers[0].reason.of(lang)}", "dim")


def _sum_lines(found: budgeting.Allocated, lang: str) -> Any:
    result = found.found
    lines = [
        ("budget_budgets", int(result.budgets.sum()), int(result.held.sum())),
        ("budget_reserve", result.reserve, None),
        ("budget_small", result.small, int((result.claims > 0).sum() - result.held.sum())),
        ("budget_outside", result.outside, None),
        ("budget_total", result.total, None),
        ("budget_balance", result.balance, None),
    ]
    rows = [
        (
            word(name, lang),
            number(grams, UNIT),
            f"{grams / result.total * PERCENT:.2f} %" if result.total else "–",
            "" if count is None else str(count),
        )
        for name, grams, count in lines
    ]
    return listing(["budget_line", "budget_amount", "budget_part", "budget_count"], rows, lang)


def _allocated_row(found: budgeting.Allocated, at: int, lang: str) -> tuple[str, ...]:
    result, firms = found.found, found.found.firms
    base, budget = int(firms.last_year[at]), int(result.budgets[at])
    bound = _bounds().get(int(result.bound[at]))
    said = [word(f"budget_{bound}", lang)] if bound else []
    said += [word("budget_estimated", lang)] * bool(firms.estimated[at])
    said += [word("budget_entrant", lang)] * bool(firms.entrant[at])
    return (
        f"{firms.ids[at]} {found.held.name(at).of(lang)}",
        tce(base),
        tce(int(result.claims[at])),
        tce(budget),
        f"{(budget / base - 1) * PERCENT:+.2f} %".replace("-", "−") if base else "–",
        ", ".join(said) or "–",
    )


@cache
def _bounds() -> dict[int, str]:
    from dafeng.budget import BELOW, CAP, FLOOR  # noqa: PLC0415  heavy

    return {BELOW: "below", FLOOR: "floor", CAP: "cap"}


def tce(grams: int | None, *, signed: bool = False) -> str:
    """Return whole grams as whole tonnes, for a list."""
    if grams is None:
        return "–"
    return number((grams + _tonne() // 2) // _tonne(), signed=signed)


@cache
def _tonne() -> int:
    from dafeng.budget import TONNE  # noqa: PLC0415  heavy

    return TONNE


def place_name(region: str, lang: str) -> str:
    """Return the name of a region, its code where it has none."""
    return regions()[region].name.of(lang) if region in regions() else region
