"""Plans side by side, for the terminal and as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rich.text import Text as Styled

from dafeng.report.tables import listing
from dafeng.report.words import mark_words, number, rate, word
from dafeng.vocabulary import Text, regions

if TYPE_CHECKING:
    from dafeng.indicators import Compared, Comparison

_RATES = ("compare_base", "compare_year_rate")
_YEARLY = "compare_yearly"
_COLUMNS = ("owner", "id", "goal", "compare_span", _YEARLY, "mark", "compare_as")
_SIGNS = {"at_least": "≥", "at_most": "≤", "more_than": ">", "less_than": "<", None: ""}
_MARKS = {
    "official": "official",
    "V": "republished",
    "V~": "secondary",
    "M+": "recalled",
    "M": "recalled",
    "synthetic": "synthetic",
}


def comparison_view(comparisons: Sequence[Comparison], left: int, lang: str) -> Iterator[Any]:
    """Yield a table per indicator; ``left`` is how many only one plan has."""
    for one in comparisons:
        title = Styled(one.title.of(lang), "bold")
        if one.unit and one.unit not in ("a", "count"):
            title.append(f" [{one.unit}]", "dim")
        yield title
        yield _table(one, lang)
        for row in one.rows:
            if said := [_said(code, v, lang) for code, v in (*row.reasons, *row.remarks)]:
                yield Styled(f"  {_id(row)} {('；' if lang == 'zh' else '; ').join(said)}", "dim")
    if any(row.yearly is not None for one in comparisons for row in one.rows):
        yield Styled(word("compare_ours", lang), "dim")
    if left:
        yield Styled(word("compare_left", lang).format(left=left), "dim")


def _table(comparison: Comparison, lang: str) -> Any:
    """Return the rows; the column of yearly rates only where there is one."""
    cells = [_row(row, lang) for row in comparison.rows]
    shown = [c for c in _COLUMNS if c != _YEARLY or any(r.yearly for r in comparison.rows)]
    return listing(shown, [[row[column] for column in shown] for row in cells], lang)


def comparison_dict(comparison: Comparison, lang: str) -> dict[str, Any]:
    """Return a comparison as plain data."""
    return {
        "indicator": comparison.indicator,
        "title": comparison.title.of(lang),
        "unit": comparison.unit,
        "rows": [_dict(row, lang) for row in comparison.rows],
    }


def _dict(row: Compared, lang: str) -> dict[str, Any]:
    target = row.target
    return {
        "plan": row.plan.id,
        "owner": row.plan.owner,
        "target": target.id,
        "title": target.title.of(lang),
        "kind": target.kind,
        "direction": target.direction,
        "about": target.about,
        "value": row.value,
        "high": row.high,
        "stretch": row.stretch,
        "printed_value": target.value,
        "printed_unit": target.unit,
        "base_year": target.base_year,
        "year": target.year,
        "yearly_percent": row.yearly,
        "comparable": row.same,
        "reasons": [{"code": code, "words": _said(code, v, lang)} for code, v in row.reasons],
        "remarks": [{"code": code, "words": _said(code, v, lang)} for code, v in row.remarks],
        "mark": _MARKS[target.checked],
    }


def _row(row: Compared, lang: str) -> dict[str, Any]:
    target = row.target
    rates = row.reasons and all(code in _RATES for code, _ in row.reasons)
    state = "compare_same" if row.same else "compare_rates" if rates else "compare_no"
    base = f"{target.base_year}→" if target.base_year and target.kind == "reduction" else ""
    yearly = "–" if row.yearly is None else rate(row.yearly, "%", signed=False)
    return {
        "owner": _owner(row, lang),
        "id": _id(row),
        "goal": _goal(row, lang),
        "compare_span": f"{base}{target.year or '–'}",
        _YEARLY: yearly,
        "mark": mark_words(_MARKS[target.checked], (), lang),
        "compare_as": Styled(word(state, lang), "green" if row.same else ""),
    }


def _id(row: Compared) -> str:
    return f"{row.plan.id}/{row.target.id}"


def _owner(row: Compared, lang: str) -> str:
    region = regions().get(row.plan.owner)
    return region.name.of(lang) if region else row.plan.owner


def _goal(row: Compared, lang: str) -> str:
    target = row.target
    if row.value is None:
        return "–" if target.value is None else f"{number(target.value)} {target.unit}"
    if target.kind == "peak_year":
        return f"{_SIGNS[target.direction]} {row.value:g}"
    high = "" if row.high is None else f"–{number(row.high)}"
    about = word("compare_about", lang) if target.about else ""
    stretch = "" if row.stretch is None else f" ({word('read_strive', lang)} {number(row.stretch)})"
    return f"{_SIGNS[target.direction]} {about}{number(row.value)}{high}{stretch}".strip()


def _said(code: str, values: Any, lang: str) -> str:
    filled = {k: v.of(lang) if isinstance(v, Text) else v for k, v in values.items()}
    if "kind" in filled:
        filled |= {k: word(f"compare_kind_{filled[k]}", lang) for k in ("kind", "expected")}
    return word(code, lang).format(**{k: "–" if v is None else v for k, v in filled.items()})
