"""The board: a table of targets with value, path, gap, pace, status, mark and lead."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rich.box import HORIZONTALS, SIMPLE_HEAD
from rich.table import Table
from rich.text import Text as Styled

from dafeng.explain import unit_words
from dafeng.plan import Plan, bodies
from dafeng.report.words import COUNT, PERCENT, mark_words, rate, word
from dafeng.vocabulary import period, regions

if TYPE_CHECKING:
    from dafeng.indicators import Progress
    from dafeng.workspace import Board

_STYLES = {
    "ahead": "bold green",
    "met": "bold green",
    "on_track": "green",
    "lagging": "yellow",
    "off_track": "bold red",
    "missed": "bold red",
    "not_computable": "magenta",
}
# A fall of at least 16 % is a change of at most −16 %.
_TURNED = {
    "at_least": "at_most",
    "more_than": "less_than",
    "at_most": "at_least",
    "less_than": "more_than",
    None: None,
}
# Columns of the board; what stands together is one below the other.
_WIDE = (
    ("target",),
    ("goal",),
    ("value",),
    ("path",),
    ("gap",),
    ("pace",),
    ("status",),
    ("mark", "lead"),
)
_NARROW = (("target", "mark", "lead"), ("goal",), ("value", "path", "gap"), ("status", "pace"))
_WIDE_FROM = 120
DECIMALS = 10
_POINTS = {"zh": "；", "en": "; "}
_PER_YEAR = {"zh": "/年", "en": "/a"}


def board_tables(board: Board, plans: dict[str, Plan], lang: str, width: int) -> Iterator[Any]:
    """Yield a table per plan and place; a narrow terminal gets fewer columns, the same content."""
    for plan_id, place in dict.fromkeys((line.plan, line.region) for line in board.lines):
        plan = plans[plan_id]
        lines = [x for x in board.lines if (x.plan, x.region) == (plan_id, place)]
        where = regions()[place].name.of(lang) if place in regions() else place
        yield Styled(
            f"{where} · {plan.title.of(lang)} · {word('as_of', lang)} {board.as_of}", style="bold"
        )
        wide = width >= _WIDE_FROM
        table = Table(
            box=HORIZONTALS if not wide else SIMPLE_HEAD, show_lines=not wide, pad_edge=False
        )
        columns = _WIDE if wide else _NARROW
        for names in columns:
            justify = "left" if names[0] in ("target", "status", "mark") else "right"
            header = "\n".join(word(name, lang) for name in names)
            table.add_column(header, justify=justify, overflow="fold")  # type: ignore[arg-type]
        for line in lines:
            cells = _cells(line, lang)
            table.add_row(*(_stacked([cells[name] for name in names]) for names in columns))
        yield table
        if plan.issued is not None and plan.issued > period(board.as_of).last:
            yield Styled("  " + word("issued_later", lang).format(issued=plan.issued), style="dim")
        if not plan.complete and place == plan.owner:
            reasons = _POINTS[lang].join(p.of(lang).rstrip("。.") for p in plan.open_points)
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
        "direction": line.direction,
        "goal": line.goal,
        "stretch": target.stretch,
        "unit": line.unit or None,
        "base_year": target.base_year,
        "year": target.year,
        "status": line.status or None,
        "value": _exact(line.value),
        "value_period": line.value_period,
        "path": _exact(line.path),
        "gap": _exact(line.gap),
        "pace": _exact(line.pace),
        "reason": line.reason.of(lang) if line.reason else None,
        "last": line_dict(line.last, lang) if line.last else None,
        "beside": [None if other.value is None else other.value * PERCENT for other in line.beside],
        "beside_labels": [other.label.of(lang) for other in line.beside],
        "mark": line.mark,
        "flags": list(line.flags),
        "lead": target.lead,
        "findings": [finding.to_dict(lang) for finding in line.findings],
    }


def _exact(value: float | None) -> float | None:
    """Cut the noise of binary fractions: −17.999999999999996 is −18."""
    return None if value is None else round(value, DECIMALS)


def comparator_words(line: Progress, lang: str) -> str:
    """Return the goal as the plan states it: direction, value, stretch, year."""
    target = line.target
    if line.goal is None:
        return str(target.year or "")
    parts = [word("about", lang)] if target.about else []
    signed = target.kind == "reduction"
    direction = _TURNED.get(line.direction) if signed else line.direction
    parts.append(word(direction, lang) if direction and not target.about else "")
    shown = -line.goal if signed else line.goal
    parts.append(_plain(line, shown, lang))
    if target.high is not None:
        parts.append(f"– {_plain(line, target.high, lang)}")
    if target.stretch is not None:
        parts.append(f"({_plain(line, -target.stretch if signed else target.stretch, lang)})")
    if target.year is not None and target.kind != "peak_year":
        parts.append(f"@{target.year}")
    return " ".join(part for part in parts if part)


def _cells(line: Progress, lang: str) -> dict[str, Styled]:
    shown = line if line.value is not None or line.last is None else line.last
    stale = shown is not line
    value = _plain(line, shown.value, lang)
    if shown.value is not None:
        value = f"{value} ({shown.value_period})"
    status = _status(line, lang) if line.status else "–"
    styled = Styled(status, style=_STYLES.get(line.status, "dim"))
    if stale and shown.status:
        earlier = _status(shown, lang)
        styled.append(f"\n{shown.value_period}: {earlier}", style=_STYLES.get(shown.status, "dim"))
    title = Styled().append(f"{line.target.id} ", "bold").append(line.target.title.of(lang))
    if line.reason is not None and (line.status == "not_computable" or _not_booked(line)):
        title.append(f"\n{line.reason.of(lang)}", style="dim italic")
    for other in line.beside:
        if other.value is not None:
            both = f"{other.label.of(lang)}: {rate(other.value * PERCENT, '%')}"
            title.append(f"\n{both}", style="dim")
    lead = line.target.lead
    return {
        "target": title,
        "goal": Styled(comparator_words(line, lang)),
        "value": Styled(value, style="dim" if stale else ""),
        "path": Styled(_plain(line, shown.path, lang)),
        "gap": Styled(_gap(line, shown.gap, lang)),
        "pace": Styled(_pace(line, shown, lang)),
        "status": styled,
        "mark": Styled(mark_words(shown.mark, shown.flags, lang), style="magenta"),
        "lead": Styled(bodies()[lead].name.of(lang) if lead else "–", style="cyan"),
    }


def _stacked(cells: list[Styled]) -> Styled:
    return Styled("\n").join(cell for cell in cells if cell.plain != "–") or Styled("–", "dim")


def _status(line: Progress, lang: str) -> str:
    if _not_booked(line):
        return word("status_not_booked", lang)
    from dafeng.indicators import statuses  # noqa: PLC0415  heavy

    return statuses()[line.status].name.of(lang)


def _not_booked(line: Progress) -> bool:
    """Whether the books, and not a publisher, are silent."""
    return line.status == "not_reported" and line.indicator.source == "sum_of_reporters"


def _plain(line: Progress, value: float | None, lang: str) -> str:
    if value is None:
        return "–"
    if line.target.kind == "peak_year":
        return f"{value:.0f}"
    signed = line.target.kind in ("reduction", "relative")
    return rate(value, _unit(line, lang), signed=signed)


def _gap(line: Progress, gap: float | None, lang: str) -> str:
    """The difference of two percentages is in percentage points."""
    if gap is None:
        return "–"
    return rate(gap, word("points", lang) if line.unit == "%" else _unit(line, lang))


def _pace(line: Progress, shown: Progress, lang: str) -> str:
    if shown.pace is None:
        return "–"
    return rate(shown.pace, _unit(line, lang)) + _PER_YEAR[lang]


def _unit(line: Progress, lang: str) -> str:
    return "" if line.unit == COUNT else unit_words(line.unit).of(lang)
