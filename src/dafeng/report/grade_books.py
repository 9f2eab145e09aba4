"""Grades of what the books hold: capacity by level, lines that are late, who leads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rich.text import Text as Styled

from dafeng.report.grades import (
    lost_view,
    placing_dict,
    placings_view,
    rating_dict,
    ratings_view,
)
from dafeng.report.tables import listing
from dafeng.report.words import PERCENT, mark_words, number, rate, word
from dafeng.vocabulary import Text

_SHOWN = 10

if TYPE_CHECKING:
    from dafeng.grading import Placing, Rating
    from dafeng.workspace import FromBooks, Share, Unscaled


def graded_books_view(found: FromBooks, lang: str, *, whole: bool = False) -> Iterator[Any]:
    """Yield what was graded, and for capacity lines what follows from it.

    Unless ``whole``, many that are not rated are counted by reason.
    """
    title = Styled(found.job.name.of(lang), "bold").append(f"  {found.year}", "bold")
    yield title.append(f"  {word('rules_of', lang)} {found.day}", "dim")
    cards: dict[str, list[Placing]] = {}
    for one in found.placings:
        cards.setdefault(one.scored.card.id, []).append(one)
    for own in cards.values():
        yield from placings_view(own, lang, whole=whole)
    if found.job.best:
        yield from _leaders(found, lang)
    elif found.ratings:
        yield from ratings_view(found.ratings, lang, whole=whole)
        yield from _estimated(found, lang)
    if found.unscaled:
        yield from _unscaled(found, lang, whole=whole)
    if found.job.best is None:
        yield from _shares(found, lang)
    if found.late:
        yield from _late(found, lang)
    yield from _ids(found, lang)


def _unscaled(found: FromBooks, lang: str, *, whole: bool) -> Iterator[Any]:
    """Yield what no scale is about: one by one, or counted where there are many."""
    yield Styled(word("unscaled", lang), "bold")
    said = [_reasons_said(one.reasons, one.named, lang) for one in found.unscaled]
    lost = list(lost_view([] if whole else said, lang))
    rows = [
        (one.who, _capacity_said(one.who, found, lang), why)
        for one, why in zip(found.unscaled, said, strict=True)
    ]
    yield from lost or [listing(["graded", "level_capacity", "because"], rows, lang)]


def _estimated(found: FromBooks, lang: str) -> Iterator[Any]:
    """Yield which of the rated lines have a capacity that their source estimated."""
    rated = [one.who for one in found.ratings if one.graded.grade]
    held = [who for who in rated if who in found.sizes and found.sizes[who].estimated]
    if held:
        comma, more = "、" if lang == "zh" else ", ", " …" * (len(held) > _SHOWN)
        said = f"{word('estimated_of', lang)} {comma.join(held[:_SHOWN])}{more}"
        yield Styled(f"{said} ({len(held)})", "yellow")


def _capacity_said(who: str, found: FromBooks, lang: str) -> str:
    size = found.sizes.get(who)
    if size is None:
        return "–"
    return number(size.amount, size.unit) + word("capacity_estimate", lang) * size.estimated


def _reasons_said(ids: Iterable[str], named: str, lang: str) -> str:
    from dafeng.grading import reasons  # noqa: PLC0415  heavy

    said = [
        f"{named}: {reasons()[one].name.of(lang)}"
        if one == "no_scale" and named
        else reasons()[one].name.of(lang)
        for one in ids
    ]
    return ("；" if lang == "zh" else "; ").join(said)


def _ids(found: FromBooks, lang: str) -> Iterator[Any]:
    """Yield how the ids of grades are made; they explain them."""
    for name, day in dict.fromkeys((one.rule, str(one.day)) for one in found.graded):
        label = f"grade:{name}:{word('graded_id', lang)}:{day}"
        yield Styled(word("room_id", lang).format(id=label), "dim")


def graded_books_dict(found: FromBooks, lang: str) -> dict[str, Any]:
    """Return a grading of the books as plain data."""
    return {
        "job": found.job.id,
        "day": str(found.day),
        "year": found.year,
        "ratings": [rating_dict(one, lang) | _size_dict(one.who, found) for one in found.ratings],
        "placings": [placing_dict(one, lang) for one in found.placings],
        "unscaled": [_unscaled_dict(one, found) for one in found.unscaled],
        "shares": [_share_dict(one) for one in found.shares],
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


def _unscaled_dict(one: Unscaled, found: FromBooks) -> dict[str, Any]:
    held = {"who": one.who, "named": one.named or None, "why": list(one.reasons)}
    return held | _size_dict(one.who, found)


def _size_dict(who: str, found: FromBooks) -> dict[str, Any]:
    size = found.sizes.get(who)
    if size is None:
        return {}
    return {
        "capacity": size.amount,
        "capacity_unit": size.unit,
        "capacity_estimated": size.estimated,
    }


def _share_dict(one: Share) -> dict[str, Any]:
    rating = one.rating
    return {
        "edition": rating.edition.id if rating else None,
        "scale": rating.scale.id if rating else None,
        "name": one.name.en,
        "lines": one.lines,
        "lines_by_grade": one.counts,
        "lines_not_rated": one.unrated,
        "capacity": one.capacity,
        "unit": one.unit,
        "lines_with_estimated_capacity": one.estimated,
        "status": one.status,
        "by_grade": one.by_grade or None,
        "unknown": one.unknown,
        "why_unknown": one.reasons,
    }


def _leaders(found: FromBooks, lang: str) -> Iterator[Any]:
    """Yield who leads, and beside it how many of each field do not, or are not rated."""
    rows = [
        (one.scale.name.of(lang), str(rank), one.who, *_against(one, found), _marks(one, lang))
        for rank, one in found.leaders
    ]
    if rows:
        names = ["level_field", "rank", "graded", "graded_value", "level_limit", "unit", "mark"]
        yield listing(names, rows, lang)
    else:
        yield Styled(word("no_leaders", lang), "yellow")
    best = found.job.best.grade if found.job.best else ""
    beside = [
        (
            one.name.of(lang),
            str(one.lines),
            str(one.counts.get(best, 0)),
            str(one.lines - one.counts.get(best, 0) - one.unrated),
            str(one.unrated),
            _counts_said(one, lang),
        )
        for one in found.shares
    ]
    yield Styled(word("held_up", lang), "bold")
    names = ["level_field", "level_lines", "level_reached", "level_short", "level_lost", "because"]
    yield listing(names, beside, lang)


def _counts_said(one: Share, lang: str) -> str:
    """Return why lines of a field are not rated, and how many."""
    from dafeng.grading import reasons  # noqa: PLC0415  heavy

    said = [f"{reasons()[why].name.of(lang)} ×{count}" for why, count in one.reasons.items()]
    return ("；" if lang == "zh" else "; ").join(said)


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
    """Yield a table for each edition, its grades are the columns; last what has no scale."""
    groups: dict[str, list[Share]] = {}
    for share in found.shares:
        groups.setdefault(share.rating.edition.id if share.rating else "", []).append(share)
    for own in groups.values():
        rating = own[0].rating
        edition = rating.edition.title.of(lang) if rating else word("unscaled", lang)
        yield Styled(f"{word('capacity_by_level', lang)} · {edition}", "bold")
        grades: dict[str, Text] = {}
        if rating:
            grades = {one.id: Text(zh=one.zh, en=one.en) for one in rating.edition.grades}
            grades["beyond"] = rating.edition.beyond
        heads: list[str | Styled] = [Styled(words.of(lang)) for words in grades.values()]
        rows = [_share_row(share, list(grades), lang) for share in own]
        names = ["level_field", "level_lines", "level_capacity", *heads, "level_unknown"]
        yield listing(names, rows, lang)
        for share in own:
            if share.reasons:
                said = f"{share.name.of(lang)}: {_counts_said(share, lang)}"
                yield Styled(f"{word('level_lost', lang)} · {said}", "yellow")


def _share_row(share: Share, grades: Sequence[str], lang: str) -> tuple[str, ...]:
    cells = [rate(share.by_grade.get(name, 0.0) * PERCENT, "%", signed=False) for name in grades]
    unknown = rate(share.unknown * PERCENT, "%", signed=False)
    if not share.by_grade:
        cells, unknown = ["–"] * len(grades), word(f"level_{share.status}", lang)
    lines = str(share.lines)
    if share.estimated:
        lines += word("level_estimated", lang).format(count=share.estimated)
    capacity = number(share.capacity, share.unit)
    return (share.name.of(lang), lines, capacity, *cells, unknown)


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
