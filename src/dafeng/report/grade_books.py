"""Grades of what the books hold: capacity by level, lines that are late, who leads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rich.text import Text as Styled

from dafeng.report.grades import placing_dict, placings_view, rating_dict, ratings_view
from dafeng.report.tables import listing
from dafeng.report.words import PERCENT, mark_words, number, rate, word
from dafeng.vocabulary import Text

if TYPE_CHECKING:
    from dafeng.grading import Rating
    from dafeng.workspace import FromBooks, Share


def graded_books_view(found: FromBooks, lang: str) -> Iterator[Any]:
    """Yield what was graded, and for capacity lines what follows from it."""
    title = Styled(found.job.name.of(lang), "bold").append(f"  {found.year}", "bold")
    yield title.append(f"  {word('rules_of', lang)} {found.day}", "dim")
    if found.placings:
        yield from placings_view(found.placings, lang)
    elif found.job.best:
        yield from _leaders(found, lang)
    elif found.ratings:
        yield from ratings_view(found.ratings, lang)
    if found.unscaled:
        yield Styled(word("unscaled", lang), "bold")
        none = word("no_scale_named", lang)
        gone = word("scale_not_there", lang)
        rows = [
            (line, f"{named}: {gone}" if named else none) for line, named in found.unscaled.items()
        ]
        yield listing(["graded", "because"], rows, lang)
    if found.shares:
        yield from _shares(found, lang)
    if found.late:
        yield from _late(found, lang)


def graded_books_dict(found: FromBooks, lang: str) -> dict[str, Any]:
    """Return a grading of the books as plain data."""
    return {
        "job": found.job.id,
        "day": str(found.day),
        "year": found.year,
        "ratings": [rating_dict(one, lang) for one in found.ratings],
        "placings": [placing_dict(one, lang) for one in found.placings],
        "unscaled": found.unscaled,
        "shares": [
            {
                "edition": one.rating.edition.id,
                "scale": one.rating.scale.id,
                "lines": one.lines,
                "capacity": one.capacity,
                "unit": one.unit,
                "status": "not_reported" if not one.by_grade else "computed",
                "by_grade": one.by_grade or None,
                "unknown": one.unknown,
            }
            for one in found.shares
        ],
        "late": [
            {
                "who": one.rating.who,
                "figure": one.rating.figure,
                "deadline": one.deadline.id,
                "due": str(one.deadline.due),
                "overdue_days": max(one.overdue, 0),
                "clause": f"{one.deadline.document}/{one.deadline.clause}",
            }
            for one in found.late
        ],
        "leaders": [
            {"rank": rank, "who": one.who, "scale": one.scale.id, "figure": one.figure}
            for rank, one in found.leaders
        ],
    }


def _leaders(found: FromBooks, lang: str) -> Iterator[Any]:
    rows = [
        (one.scale.name.of(lang), str(rank), one.who, *_against(one, found), _marks(one, lang))
        for rank, one in found.leaders
    ]
    if rows:
        names = ["level_field", "rank", "graded", "graded_value", "level_limit", "unit", "mark"]
        yield listing(names, rows, lang)
    else:
        yield Styled(word("no_leaders", lang), "yellow")
    yield Styled(f"{word('held_up', lang)} {len(found.ratings)}", "dim")


def _marks(one: Rating, lang: str) -> str:
    return mark_words(one.tree.worst, one.tree.all_flags, lang)


def _against(one: Rating, found: FromBooks) -> tuple[str, str, str]:
    best = found.job.best
    limit = one.graded.limits.get(best.grade) if best else None
    value = one.graded.value
    return (
        number(None if value is None else float(value)),
        number(None if limit is None else float(limit)),
        one.scale.unit,
    )


def _shares(found: FromBooks, lang: str) -> Iterator[Any]:
    """Yield a table for each edition: its grades are the columns."""
    groups: dict[str, list[Share]] = {}
    for share in found.shares:
        groups.setdefault(share.rating.edition.id, []).append(share)
    for own in groups.values():
        edition = own[0].rating.edition
        title = f"{word('capacity_by_level', lang)} · {edition.title.of(lang)}"
        grades = {one.id: Text(zh=one.zh, en=one.en) for one in edition.grades}
        grades["beyond"] = edition.beyond
        heads: list[str | Styled] = [Styled(words.of(lang)) for words in grades.values()]
        rows = [_share_row(share, list(grades), lang) for share in own]
        names = ["level_field", "level_lines", "level_capacity", *heads, "level_unknown"]
        yield Styled(title, "bold")
        yield listing(names, rows, lang)


def _share_row(share: Share, grades: Sequence[str], lang: str) -> tuple[str, ...]:
    cells = [rate(share.by_grade.get(name, 0.0) * PERCENT, "%", signed=False) for name in grades]
    if not share.by_grade:
        cells = [word("level_not_reported", lang), *["–"] * (len(grades) - 1)]
    unknown = rate(share.unknown * PERCENT, "%", signed=False)
    name = share.rating.scale.name.of(lang)
    return (name, str(share.lines), number(share.capacity, share.unit), *cells, unknown)


def _late(found: FromBooks, lang: str) -> Iterator[Any]:
    yield Styled(word("below_and_due", lang), "bold red")
    rows: list[Sequence[str]] = []
    for one in found.late:
        clause = f"{one.deadline.document}/{one.deadline.clause}"
        days = word("late_days", lang).format(days=one.overdue)
        days = days if one.overdue > 0 else word("not_yet", lang)
        rows.append(
            (one.rating.who, str(one.deadline.due), days, one.deadline.name.of(lang), clause)
        )
    yield listing(["graded", "due", "late_by", "consequence", "clause"], rows, lang)
