"""Findings, accounts, imports and lists as tables for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text as Styled

from dafeng.findings import Finding
from dafeng.report.words import PERCENT, mark_words, number, rate, word

if TYPE_CHECKING:
    from dafeng.workspace import Account, Imported

_STYLES = {"error": "bold red", "warning": "yellow", "notice": "cyan"}


def finding_lines(findings: Iterable[Finding], lang: str) -> Iterable[Styled]:
    """Yield each finding: severity, code, place, cause and mend."""
    for finding in findings:
        line = Styled(f"{word(finding.severity, lang)} ", style=_STYLES[finding.severity])
        line.append(f"{finding.code} ", style="bold")
        if finding.place:
            line.append(f"{finding.place} ", style="cyan")
        line.append(finding.cause(lang))
        line.append(f" → {finding.mend(lang)}", style="dim")
        yield line


def listing(columns: Sequence[str], rows: Iterable[Sequence[Any]], lang: str) -> Table:
    """Return a plain table; ``columns`` are ids of words."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        whole = column in ("id", "setting", "entries")
        table.add_column(word(column, lang), no_wrap=whole, overflow="fold")
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Styled) else Styled(str(cell)) for cell in row))
    return table


def account_listing(accounts: Iterable[Account], lang: str) -> Iterable[Styled | Table]:
    """Yield the totals of the accounts, with the ids by which they are explained."""
    lines = list(accounts)
    columns = ["figure", "boundary", "setting", "entries", "without_value", "beside", "mark"]
    rows = [dict(zip(columns, _account_cells(line, lang), strict=True)) for line in lines]
    shown = [name for name in columns if name == "figure" or any(str(r[name]) for r in rows)]
    yield listing(shown, [[row[name] for name in shown] for row in rows], lang)
    for source in dict.fromkeys(line.published.source for line in lines if line.published):
        yield Styled(f"{word('beside', lang)}: {source}", "dim")


def _account_cells(account: Account, lang: str) -> tuple[Any, ...]:
    title = Styled(account.tree.label.of(lang))
    if account.facility:
        title.append(f" / {account.facility}")
    if account.memo:
        title.append(f" ({account.memo})")
    title.append(f"\n{account.figure.rpartition(':')[0]}", "dim")
    total = number(account.grams, account.tree.unit)
    return (
        title,
        account.boundary_name.of(lang),
        word("refused", lang) if "incomplete_method" in account.tree.flags else total,
        account.entries,
        account.without_value or "",
        _beside(account),
        mark_words(account.mark, account.tree.all_flags, lang),
    )


def _beside(account: Account) -> str:
    """Return the published figure and by how much ours differs from it."""
    figure = account.published
    if figure is None or account.difference is None:
        return ""
    difference = rate(account.difference * PERCENT, "%")
    return f"{number(figure.value, figure.unit)} ({difference})"


def account_dict(account: Account, lang: str) -> dict[str, Any]:
    """Return a total as plain data; grams are whole numbers."""
    return {
        "figure": account.figure,
        "reporter": account.reporter,
        "facility": account.facility or None,
        "year": account.year,
        "method": account.method,
        "boundary": account.boundary,
        "measure": account.measure,
        "memo": account.memo or None,
        "value": account.grams,
        "unit": account.tree.unit,
        "entries": account.entries,
        "without_value": account.without_value,
        "published": None if account.published is None else asdict(account.published),
        "difference": account.difference,
        "mark": account.mark,
        "flags": list(account.tree.all_flags),
        "title": account.tree.label.of(lang),
    }


def import_lines(done: Imported, lang: str) -> Iterable[Styled | Table]:
    """Yield what an import took in and left out."""
    parts = [f"{word(f'class_{name}', lang)} {count}" for name, count in done.counts.items()]
    yield Styled(" · ".join(parts))
    if done.taken:
        yield Styled(
            f"{word('taken', lang)} {done.taken} → {done.table}/{done.batch}", style="green"
        )
    elif done.counts["rows"]:
        yield Styled(word("nothing_taken", lang), style="bold red")
    if done.rejected_file:
        yield Styled(f"{word('rejected_file', lang)} {done.rejected_file}")
