"""The board: a table of targets with value, path, gap, pace, status, mark and lead."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text as Styled

from dafeng.indicators import Progress, statuses
from dafeng.plan import Plan, bodies
from dafeng.report.words import mark_words, rate, word
from dafeng.vocabulary import regions

if TYPE_CHECKING:
    from dafeng.workspace import Board

_STYLES = {
    "ahead": "bold green", "met": "bold green", "on_track": "green", "lagging": "yellow",
    "off_track": "bold red", "missed": "bold red", "not_computable": "magenta",
}
_PER_YEAR = {"zh": "/年", "en": "/a"}


def board_tables(board: Board, plans: dict[str, Plan], lang: str) -> Iterator[Any]:
    """Yield a table per plan."""
    for plan_id in dict.fromkeys(line.plan for line in board.lines):
        plan = plans[plan_id]
        lines = [line for line in board.lines if line.plan == plan_id]
        owner = regions()[plan.owner].name.of(lang) if plan.owner in regions() else plan.owner
        title = f"{owner} · {plan.title.of(lang)} · {word('as_of', lang)} {board.as_of}"
        table = Table(title=title, title_justify="left", title_style="bold", show_lines=False)
        for column, justify in (
            ("target", "left"), ("goal", "right"), ("value", "right"), ("path", "right"),
            ("gap", "right"), ("pace", "right"), ("status", "left"), ("mark", "left"),
            ("lead", "left"),
        ):
            table.add_column(word(column, lang), justify=justify)  # type: ignore[arg-type]
        for line in lines:
            table.add_row(*_cells(line, lang))
        yield table
        if not plan.complete:
            reasons = "；".join(p.of(lang) for p in plan.open_points)
            yield Styled(f"  {word('incomplete', lang)}: {reasons}", style="dim")


def line_dict(line: Progress, lang: str) -> dict[str, Any]:
    """Return a line of the board as plain data, with every figure and its unit."""
    target = line.target
    return {
        "figure": line.figure,
        "plan": line.plan,
        "target": target.id,
        "title": target.title.of(lang),
        "indicator": line.indicator.id,
        "source": line.indicator.source,
        "region": line.region,
        "as_of": line.as_of,
        "kind": target.kind,
        "direction": target.direction,
        "goal": target.value,
        "stretch": target.stretch,
        "unit": target.unit,
        "base_year": target.base_year,
        "year": target.year,
        "status": line.status or None,
        "value": line.value,
        "value_period": line.value_period,
        "path": line.path,
        "gap": line.gap,
        "pace": line.pace,
        "reason": line.reason.of(lang) if line.reason else None,
        "last": line_dict(line.last, lang) if line.last else None,
        "mark": line.mark,
        "flags": list(line.flags),
        "lead": target.lead,
        "findings": [finding.to_dict(lang) for finding in line.findings],
    }


def goal_words(line: Progress, lang: str) -> str:
    """Return the goal as the plan states it: direction, value, stretch, year."""
    target = line.target
    if target.value is None:
        return str(target.year or "")
    parts = [word("about", lang)] if target.about else []
    parts.append(word(target.direction, lang) if target.direction and not target.about else "")
    signed = target.kind == "reduction"
    shown = -target.value if signed else target.value
    parts.append(_plain(line, shown))
    if target.high is not None:
        parts.append(f"– {_plain(line, target.high)}")
    if target.stretch is not None:
        parts.append(f"({_plain(line, -target.stretch if signed else target.stretch)})")
    if target.year is not None and target.kind != "peak_year":
        parts.append(f"@{target.year}")
    return " ".join(part for part in parts if part)


def _cells(line: Progress, lang: str) -> list[Any]:
    shown = line if line.value is not None or line.last is None else line.last
    stale = shown is not line
    value = _plain(line, shown.value)
    if stale or shown.value is not None:
        value = f"{value} ({shown.value_period})"
    status = statuses()[line.status].name.of(lang) if line.status else "–"
    styled = Styled(status, style=_STYLES.get(line.status, "dim"))
    if line.reason is not None and line.value is None and line.status != "qualitative":
        styled.append(f"\n{line.reason.of(lang)}", style="dim")
    if stale and shown.status:
        earlier = statuses()[shown.status].name.of(lang)
        styled.append(f"\n{shown.value_period}: {earlier}", style=_STYLES.get(shown.status, "dim"))
    lead = line.target.lead
    return [
        f"[bold]{line.target.id}[/] {line.target.title.of(lang)}",
        goal_words(line, lang),
        Styled(value, style="dim" if stale else ""),
        _plain(line, shown.path),
        _plain(line, shown.gap),
        _pace(line, shown, lang),
        styled,
        mark_words(shown.mark, shown.flags, lang),
        bodies()[lead].name.of(lang) if lead else "–",
    ]


def _plain(line: Progress, value: float | None) -> str:
    target = line.target
    if value is None:
        return "–"
    if target.kind == "peak_year":
        return f"{value:.0f}"
    return rate(value, target.unit or "", signed=target.kind in ("reduction", "relative"))


def _pace(line: Progress, shown: Progress, lang: str) -> str:
    if shown.pace is None:
        return "–"
    return rate(shown.pace, line.target.unit or "") + _PER_YEAR[lang]
