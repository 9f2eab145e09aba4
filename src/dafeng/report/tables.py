"""Findings, accounts, imports and lists as tables for the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text as Styled

from dafeng.findings import Finding
from dafeng.report.words import PERCENT, mark_words, number, rate, word
from dafeng.vocabulary import regions

if TYPE_CHECKING:
    from dafeng.workspace import Account, Imported

_ALIKE = 12  # findings of one code that are printed

_STYLES = {"error": "bold red", "warning": "yellow", "notice": "cyan"}


def finding_lines(findings: Iterable[Finding], lang: str) -> Iterable[Styled]:
    """Yield each finding: severity, code, place, cause and mend.

    Of what is no error the first of a code stand for the others, which are counted.
    """
    counts, shown = Counter[str](), Counter[str]()
    for finding in findings:
        counts[finding.code] += 1
        if finding.severity != "error" and counts[finding.code] > _ALIKE:
            continue
        line = Styled(f"{word(finding.severity, lang)} ", style=_STYLES[finding.severity])
        line.append(f"{finding.code} ", style="bold")
        if finding.region:
            line.append(f"{regions()[finding.region].name.of(lang)} ", style="cyan")
        if finding.place:
            line.append(f"{finding.place} ", style="cyan")
        line.append(finding.cause(lang))
        line.append(f" → {finding.mend(lang)}", style="dim")
        if finding.consequence:
            line.append(f" · {finding.consequence.of(lang)}", style="yellow")
        if finding.due:
            line.append(f" · {word('due', lang)} {finding.due}", style="yellow")
        yield line
        shown[finding.code] += 1
    for code, count in (counts - shown).items():
        yield Styled(word("more_alike", lang).format(count=count, code=code), style="dim")


def listing(columns: Sequence[str | Styled], rows: Iterable[Sequence[Any]], lang: str) -> Table:
    """Return a plain table; ``columns`` are ids of words, or headers as they are."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        whole = column in ("id", "setting", "entries")
        header = column if isinstance(column, Styled) else word(column, lang)
        table.add_column(header, no_wrap=whole, overflow="fold")
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Styled) else Styled(str(cell)) for cell in row))
    return table


def account_lines(accounts: Iterable[Account], lang: str) -> Iterable[Styled]:
    """Yield each total: what it is, the total, what it rests on, and its id, whole to copy."""
    for account in accounts:
        title = Styled(account.title.of(lang), "bold")
        if account.facility:
            title.append(f" / {account.facility}")
        if account.memo:
            title.append(f" ({account.memo})")
        yield title
        yield Styled("  ").append(_total(account, lang), "bold yellow")
        said = [
            f"{account.entries} {word('rows', lang)}",
            f"{account.without_value} {word('without_value', lang)}" * bool(account.without_value),
            account.boundary_name.of(lang),
        ]
        marks = mark_words(account.mark, account.flags, lang)
        yield Styled("  " + " · ".join(filter(None, said))).append(f"  [{marks}]", "magenta")
        if account.published is not None:
            yield Styled(f"  {word('beside', lang)} {_beside(account)}", "cyan")
        yield Styled(f"  {account.figure.rpartition(':')[0]}", "dim")


def _total(account: Account, lang: str) -> str:
    if "incomplete_method" in account.flags:
        return word("refused", lang)
    return number(account.grams, account.unit)


def _beside(account: Account) -> str:
    """Return the published figure and by how much ours differs from it."""
    figure = account.published
    if figure is None or account.difference is None:
        return ""
    difference = rate(account.difference * PERCENT, "%")
    return f"{number(figure.value, figure.unit)} ({difference}): {figure.source}"


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
        "unit": account.unit,
        "entries": account.entries,
        "without_value": account.without_value,
        "published": None if account.published is None else asdict(account.published),
        "difference": account.difference,
        "mark": account.mark,
        "flags": list(account.flags),
        "title": account.title.of(lang),
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
