"""Grades and classes for people to read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rich.text import Text as Styled

from dafeng.report.tables import listing
from dafeng.report.words import mark_words, phrase, word
from dafeng.vocabulary import Text, items, worst_mark

if TYPE_CHECKING:
    from dafeng.grading import Placing, Rating
    from dafeng.rulebook import Criterion

_DIGITS = Decimal("0.0001")
_HUNDREDTHS = Decimal("0.01")
_LACKING = ("weight", "base", "lead", "event", "undefined")


_MANY = 20  # not rated in one table, from which on they are counted by reason


def ratings_view(found: Sequence[Rating], lang: str, *, whole: bool = True) -> Iterator[Any]:
    """Yield each value with its grade and limits, by scale, then how many have which grade.

    Unless ``whole``, many that are not rated are counted by reason.
    """
    groups: dict[tuple[str, str], list[Rating]] = {}
    for one in found:
        groups.setdefault((one.edition.id, one.scale.id), []).append(one)
    for own in groups.values():
        first = own[0]
        flags = {flag for one in own for flag in one.tree.all_flags}
        worst = worst_mark({one.tree.worst for one in own})
        marks = mark_words(worst, tuple(sorted(flags)), lang)
        title = f"{first.edition.title.of(lang)} · {first.scale.name.of(lang)}"
        yield (
            Styled(title, "bold").append(f"  {first.scale.unit}").append(f"  [{marks}]", "magenta")
        )
        names = [one.id for one in first.edition.grades]
        lost = [] if whole else [_rating_why(one, lang) for one in own if not one.graded.grade]
        shown = [one for one in own if one.graded.grade or len(lost) <= _MANY]
        limits = [Styled(one.zh if lang == "zh" else one.id) for one in first.edition.grades]
        rows = [_rating_row(one, names, lang) for one in shown]
        if rows:
            last = ["grade", "margin", "because"]
            yield listing(["graded", "graded_value", *limits, *last], rows, lang)
        yield from lost_view(lost, lang)
        yield from _defaults(own, lang)
        yield from _notes(own, lang)
    yield _counted([one.name for one in found], [_place(one) for one in found], lang)


def lost_view(reasons: Sequence[str], lang: str) -> Iterator[Any]:
    """Yield how many are not rated for which reason, where they are many."""
    if len(reasons) > _MANY:
        yield Styled(word("lost_many", lang).format(count=len(reasons)), "yellow")
        rows = [(str(count), why) for why, count in Counter(reasons).most_common()]
        yield listing(["level_lost", "because"], rows, lang)


def placings_view(found: Sequence[Placing], lang: str, *, whole: bool = True) -> Iterator[Any]:
    """Yield participants by rank with points, total and class; who is not rated comes last.

    Unless ``whole``, many that are not rated are counted by reason.
    """
    card = found[0].scored.card
    flags = {flag for one in found for flag in one.tree.all_flags}
    worst = worst_mark({one.tree.worst for one in found})
    marks = mark_words(worst, tuple(sorted(flags)), lang)
    yield Styled(card.title.of(lang), "bold").append(f"  [{marks}]", "magenta")
    for point in card.open_points:
        yield Styled(f"{word('open_points', lang)}: {point.of(lang)}", "yellow")
    for number, criterion in enumerate(card.criteria, start=1):
        yield Styled(f"({number}) {_criterion_words(criterion, lang)}", "dim")
    reasons = [_placing_reasons(one) for one in found]
    common = [reason for reason in reasons[0] if all(reason in own for own in reasons)]
    if common and len(found) > 1:
        yield Styled(f"{word('for_all', lang)} {_why(common, lang)}", "yellow")
    own = [
        _why([one for one in held if len(found) == 1 or one not in common], lang)
        for held in reasons
    ]
    lost = [] if whole else [own[row] for row, one in enumerate(found) if one.total is None]
    kept = [row for row, one in enumerate(found) if one.total is not None or len(lost) <= _MANY]
    ordered = sorted(kept, key=lambda row: _rank(found[row]) or len(found) + 1)
    rows = [
        (
            str(_rank(found[row]) or "–"),
            found[row].who,
            *(
                _shown(found[row].scored.points[c.id][found[row].index], _HUNDREDTHS)
                for c in card.criteria
            ),
            _shown(found[row].total, _HUNDREDTHS),
            _class(found[row], lang),
            own[row],
        )
        for row in ordered
    ]
    numbers = [Styled(f"({number})") for number in range(1, len(card.criteria) + 1)]
    if rows:
        yield listing(["rank", "participant", *numbers, "total", "class", "because"], rows, lang)
    yield from lost_view(lost, lang)
    events = {event.id: event.name for event in card.events}
    unseen = [events[name].of(lang) for name in found[0].scored.unseen]
    if unseen:
        yield Styled(f"{word('unseen_events', lang)} {'; '.join(unseen)}", "yellow")
    order = [one.id for one in card.classes]
    places = [order.index(held) if (held := _held_class(one)) else len(order) for one in found]
    yield _counted([one.name for one in found], places, lang)


def rating_dict(one: Rating, lang: str) -> dict[str, Any]:
    """Return a rating as plain data; exact numbers are text."""
    graded = one.graded
    return {
        "figure": one.figure,
        "who": one.who,
        "edition": one.edition.id,
        "scale": one.scale.id,
        "unit": one.scale.unit,
        "value": _plain(graded.value),
        "grade": graded.grade or None,
        "name": one.name.of(lang) if one.name else None,
        "limits": {name: _plain(limit) for name, limit in graded.limits.items()},
        "margin": _plain(graded.margin),
        "assumed": list(graded.assumed),
        "missing": list(graded.missing),
        "why": dict(one.row.get("reason", {})),
        "lacks": dict(one.row.get("lacks", {})),
        "mark": one.tree.worst,
        "flags": list(one.tree.all_flags),
    }


def placing_dict(one: Placing, lang: str) -> dict[str, Any]:
    """Return a placing as plain data; exact numbers are text."""
    scored, row = one.scored, one.index
    return {
        "figure": one.figure,
        "who": one.who,
        "scorecard": scored.card.id,
        "points": {name: _plain(column[row]) for name, column in scored.points.items()},
        "total": _plain(one.total),
        "rank": scored.ranks[row],
        "class": scored.classes[row] or None,
        "name": one.name.of(lang) if one.name else None,
        "events": list(scored.events[row]),
        "unseen": list(scored.unseen),
        "mean_taken": [name for name, rows in scored.taken.items() if rows[row]],
        "missing": list(one.missing),
        "why": dict(one.row.get("reason", {})),
        "lacks": dict(one.row.get("lacks", {})),
        "mark": one.tree.worst,
        "flags": list(one.tree.all_flags),
    }


def _criterion_words(one: Criterion, lang: str) -> str:
    held = (("weight", one.weight), ("base", one.base), ("lead_value", one.lead))
    said = [f"{word(name, lang)} {cell:g}" for name, cell in held if isinstance(cell, float)]
    return " · ".join([one.name.of(lang), *said])


def _rating_row(one: Rating, names: Sequence[str], lang: str) -> tuple[str, ...]:
    graded = one.graded
    limits = [_shown(graded.limits.get(name)) for name in names]
    return (
        one.who,
        _shown(graded.value),
        *limits,
        one.name.of(lang) if one.name else word("not_rated", lang),
        _shown(graded.margin, signed=True),
        _rating_why(one, lang),
    )


def _rating_why(one: Rating, lang: str) -> str:
    return _why([("missing", _input(one, name)) for name in _lacking(one)], lang)


def _lacking(one: Rating) -> tuple[str, ...]:
    """Return what lacks; for a limit that could not be corrected, what the correction asks for."""
    lacking = one.graded.missing
    if lacking != ("limit",) or one.scale.corrected is None:
        return lacking
    held = one.edition.inputs.items()
    asked = (name for name, own in held if own.optional and one.row.get(name) in (None, ""))
    return tuple(asked) or lacking


def _notes(found: Sequence[Rating], lang: str) -> Iterator[Styled]:
    """Yield what the rule says of inputs that are missing, such as a table that was not seen."""
    for name in dict.fromkeys(name for one in found for name in _lacking(one)):
        held = found[0].edition.inputs.get(name)
        if held and held.note:
            label = Text(zh=f"{held.zh}：", en=f"{held.en}: ").of(lang)
            yield Styled(f"{label}{held.note.of(lang)}", "dim")


def _defaults(found: Sequence[Rating], lang: str) -> Iterator[Styled]:
    """Yield which defaults were taken, and for how many."""
    counts = Counter(name for one in found for name in one.graded.assumed)
    if counts:
        held = [f"{_input(found[0], name).of(lang)} ×{number}" for name, number in counts.items()]
        yield Styled(f"{word('because_assumed', lang)} {'; '.join(held)}", "dim")


def _input(one: Rating, name: str) -> Text:
    held = one.edition.inputs.get(name)
    named = Text(zh=held.zh, en=held.en) if held else phrase(f"lacks_{name}")
    return _with_reason(named, one.row, name)


def _with_reason(named: Text, row: Mapping[str, Any], name: str) -> Text:
    """Add why the books have no value, where they say it."""
    why = row.get("reason", {}).get(name)
    if why is None:
        return named
    from dafeng.grading import amounts, reasons  # noqa: PLC0415  heavy

    said, lacks = reasons()[why], row.get("lacks", {}).get(name)
    zh, en = said.zh, said.en
    if lacks:
        amount = (amounts().get(lacks) or items()[lacks]).name
        zh, en = f"{amount.zh}：{zh}", f"{amount.en}: {en}"
    return Text(zh=f"{named.zh}（{zh}）", en=f"{named.en} ({en})")


def _placing_reasons(one: Placing) -> list[tuple[str, Text]]:
    card = one.scored.card
    names = {c.id: c.name for c in card.criteria} | {e.id: e.name for e in card.events}
    said = [("happened", names[event]) for event in one.scored.events[one.index]]
    taken = [name for name, rows in one.scored.taken.items() if rows[one.index]]
    said += [("mean", names[name]) for name in taken]
    for lacking in one.missing:
        kind, _, which = lacking.partition(":")
        if which and kind in _LACKING:
            label = phrase(f"lacks_{kind}")
            said.append(
                (
                    "missing",
                    Text(
                        zh=f"{names[which].zh}的{label.zh}", en=f"{label.en} of {names[which].en}"
                    ),
                )
            )
        else:
            named = names.get(lacking) or phrase(f"lacks_{lacking}")
            said.append(("missing", _with_reason(named, one.row, lacking)))
    return said


def _why(reasons: Sequence[tuple[str, Text]], lang: str) -> str:
    """Return reasons by kind: what lacks, whose default was taken, what happened."""
    comma = "、" if lang == "zh" else ", "
    kinds = dict.fromkeys(kind for kind, _ in reasons)
    return "; ".join(
        f"{word(f'because_{kind}', lang)} "
        + comma.join(text.of(lang) for own, text in reasons if own == kind)
        for kind in kinds
    )


def _counted(names: Sequence[Text | None], places: Sequence[int], lang: str) -> Styled:
    """Return how many have which grade, the best first; who has none comes last."""
    none, colon = phrase("not_rated"), "：" if lang == "zh" else ": "
    ordered = sorted(zip(places, names, strict=True), key=lambda one: (one[1] is None, one[0]))
    counts = Counter((name or none).of(lang) for _, name in ordered)
    return Styled(" · ".join(f"{name}{colon}{number}" for name, number in counts.items()), "bold")


def _place(one: Rating) -> int:
    """Return the place of a grade among those of its edition; beyond the last comes after them."""
    order = [grade.id for grade in one.edition.grades]
    grade = one.graded.grade
    return order.index(grade) if grade in order else len(order)


def _held_class(one: Placing) -> str:
    return one.scored.classes[one.index]


def _class(one: Placing, lang: str) -> str:
    return one.name.of(lang) if one.name else "–"


def _rank(one: Placing) -> int | None:
    return one.scored.ranks[one.index]


def _plain(value: Decimal | None) -> str | None:
    """Return an exact number as text."""
    return None if value is None or value.is_nan() else format(value.normalize(), "f")


def _shown(value: Decimal | None, digits: Decimal = _DIGITS, *, signed: bool = False) -> str:
    if value is None or value.is_nan():
        return "–"
    text = format(value.quantize(digits), "+,f" if signed else ",f")
    return text.rstrip("0").rstrip(".").replace("-", "−")
