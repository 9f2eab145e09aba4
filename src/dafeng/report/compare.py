"""Plans side by side, for the terminal and as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rich.text import Text as Styled

from dafeng.report.plans import owner_name
from dafeng.report.tables import listing
from dafeng.report.words import SIGNS, mark_words, number, rate, word
from dafeng.vocabulary import Text

if TYPE_CHECKING:
    from dafeng.indicators import Compared, Comparison, Rebased

_RATES = ("compare_base", "compare_year_rate")
_NO_BRIDGE = "compare_bridge_"  # why base years are not made comparable
_YEARLY = "compare_yearly"
_COLUMNS = ("owner", "id", "goal", "compare_span", _YEARLY, "mark", "compare_as")
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
            yield from _rebased_lines(row, lang)
    if any(row.yearly is not None for one in comparisons for row in one.rows):
        yield Styled(word("compare_ours", lang), "dim")
    if left:
        yield Styled(word("compare_left", lang).format(left=left), "dim")


def _rebased_lines(row: Compared, lang: str) -> Iterator[Styled]:
    """Yield a fall from the base year of the comparison, its arithmetic, and what it rests on."""
    found = row.rebased
    if found is None:
        return
    words = word("compare_rebased", lang).format(
        base=found.base,
        year=row.target.year,
        goal=f"{SIGNS[row.target.direction]} {_values(found, lang)}",
        formula=found.node.detail.of(lang) if found.node.detail else "",
        mark=mark_words(found.node.worst, found.node.all_flags, lang),
    )
    yield Styled(f"  {_id(row)} {words}", "dim")
    for node in found.figures:
        mark = mark_words(node.mark, node.flags, lang)
        value = rate(float(node.value or 0), node.unit)
        yield Styled(f"    {node.ref} {value} · {mark} · {node.source}", "dim")


def _values(found: Rebased, lang: str) -> str:
    high = "" if found.high is None else f"–{rate(found.high, '', signed=False)}"
    more = "" if found.stretch is None else rate(found.stretch, "%", signed=False)
    stretch = f" ({word('read_strive', lang)} {more})" if more else ""
    return f"{rate(found.value, '', signed=False)}{high} %{stretch}"


def _table(comparison: Comparison, lang: str) -> Any:
    """Return the rows; the column of yearly rates only where there is one."""
    cells = [_row(row, lang) for row in comparison.rows]
    shown = [c for c in _COLUMNS if c != _YEARLY or any(r.yearly for r in comparison.rows)]
    table = listing(shown, [[row[column] for column in shown] for row in cells], lang)
    table.columns[shown.index("compare_span")].no_wrap = True
    return table


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
        "comparable_once_converted": row.bridged,
        "converted": _rebased_dict(row, lang),
        "reasons": [{"code": code, "words": _said(code, v, lang)} for code, v in row.reasons],
        "remarks": [{"code": code, "words": _said(code, v, lang)} for code, v in row.remarks],
        "mark": _MARKS[target.checked],
    }


def _rebased_dict(row: Compared, lang: str) -> dict[str, Any] | None:
    found = row.rebased
    if found is None:
        return None
    return {
        "base_year": found.base,
        "value": found.value,
        "high": found.high,
        "stretch": found.stretch,
        "published_change_percent": found.change,
        "formula": found.node.detail.of(lang) if found.node.detail else "",
        "mark": found.node.worst,
        "flags": list(found.node.all_flags),
        "figures": [
            {
                "id": node.ref,
                "label": node.label.of(lang),
                "value": node.value,
                "unit": node.unit,
                "definition": node.detail.of(lang) if node.detail else "",
                "mark": node.mark,
                "flags": list(node.flags),
                "source": node.source,
            }
            for node in found.figures
        ],
    }


def _row(row: Compared, lang: str) -> dict[str, Any]:
    target = row.target
    codes = [code for code, _ in row.reasons if not code.startswith(_NO_BRIDGE)]
    rates = bool(codes) and all(code in _RATES for code in codes)
    state = "compare_same" if row.same else "compare_bridged" if row.bridged else "compare_no"
    state = "compare_rates" if rates else state
    base = f"{target.base_year}→" if target.base_year and target.kind == "reduction" else ""
    yearly = "–" if row.yearly is None else rate(row.yearly, "%", signed=False)
    return {
        "owner": owner_name(row.plan).of(lang),
        "id": _id(row),
        "goal": _goal(row, lang),
        "compare_span": f"{base}{target.year or '–'}",
        _YEARLY: yearly,
        "mark": mark_words(_MARKS[target.checked], (), lang),
        "compare_as": Styled(word(state, lang), "green" if row.same or row.bridged else ""),
    }


def _id(row: Compared) -> str:
    return f"{row.plan.id}/{row.target.id}"


def _goal(row: Compared, lang: str) -> str:
    target = row.target
    if row.value is None:
        if target.value is None:
            return "–"
        return f"{SIGNS[target.direction]} {number(target.value)} {target.unit}".strip()
    if target.kind == "peak_year":
        return f"{SIGNS[target.direction]} {row.value:g}"
    high = "" if row.high is None else f"–{number(row.high)}"
    about = word("compare_about", lang) if target.about else ""
    stretch = "" if row.stretch is None else f" ({word('read_strive', lang)} {number(row.stretch)})"
    return f"{SIGNS[target.direction]} {about}{number(row.value)}{high}{stretch}".strip()


def _said(code: str, values: Any, lang: str) -> str:
    filled = {k: v.of(lang) if isinstance(v, Text) else v for k, v in values.items()}
    if "kind" in filled:
        filled |= {k: word(f"compare_kind_{filled[k]}", lang) for k in ("kind", "expected")}
    return word(code, lang).format(**{k: "–" if v is None else v for k, v in filled.items()})
