"""What a document was read to say, for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rich.text import Text as Styled

from dafeng.report.tables import listing
from dafeng.report.words import number, word

if TYPE_CHECKING:
    from dafeng.reader import Document, Merged, Proposal, Reading, Score

_COLUMNS = (
    "read_place",
    "read_printed",
    "read_region",
    "read_indicator",
    "read_goal",
    "read_by_year",
    "read_kind",
    "read_trust",
)
_STYLES = {"good": "green", "check": "yellow", "corrupt": "bold red"}
_SIGNS = {">=": "≥", "<=": "≤", "about": "≈", "=": "", "range": ""}


def reading_view(document: Document, reading: Reading, lang: str) -> Iterator[Any]:
    """Yield a table of what one document says, and how many of it need a look."""
    yield Styled(document.name, "bold")
    shared = _shared(reading)
    rows = [_row(document, proposal, lang, shared) for proposal in reading.proposals]
    shown = [c for c in _COLUMNS if c != "read_region" or _several(reading.proposals)]
    yield listing(shown, [[row[column] for column in shown] for row in rows], lang)
    held: list[str] = [proposal.trust for proposal in reading.proposals]
    counts = [f"{word(f'read_trust_{trust}', lang)} {held.count(trust)}" for trust in _STYLES]
    yield Styled(" · ".join([f"{word('read_figures', lang)} {len(held)}", *counts]), "bold")
    if shared:
        yield Styled(word("read_all", lang).format(what=_said(shared, lang)), "dim")


def _shared(reading: Reading) -> frozenset[str]:
    """Return what was inferred for every figure, which is said once below the table."""
    held = [frozenset(p.flags) for p in reading.proposals]
    common = frozenset.intersection(*held) if len(held) > 1 else frozenset()
    return frozenset(flag for flag in common if flag.endswith("_inferred"))


def _said(flags: Iterable[str], lang: str) -> str:
    from dafeng.reader import reader_word  # noqa: PLC0415  heavy

    return _comma(lang).join(reader_word(flag).of(lang) for flag in sorted(flags))


def measures_view(document: Document, reading: Reading, lang: str) -> Iterator[Any]:
    """Yield a table of the tasks of a document with who is responsible."""
    from dafeng.plan import bodies  # noqa: PLC0415  heavy

    def name(body: str | None) -> str:
        return bodies()[body].name.of(lang) if body else "–"

    rows = []
    for m in reading.measures:
        others = [name(body) for body in m.others] + [f"{unknown} ?" for unknown in m.unresolved]
        text = " ".join(m.text.split())
        rows.append((document.line(m.start), text, name(m.lead), _comma(lang).join(others)))
    if rows:
        yield listing(("read_line", "read_measure", "read_lead", "read_other_units"), rows, lang)


def merged_view(merged: Sequence[Merged], lang: str) -> Iterator[Any]:
    """Yield the targets that several documents state, each with what every document says."""
    shared = [one for one in merged if len(one.documents) > 1 or one.differences]
    yield Styled(f"{word('read_merged', lang)} {len(shared)}", "bold")
    rows: list[tuple[Any, ...]] = []
    placed = _several(one.first for one in shared)
    for one in shared:
        title: str = _title(one.first, lang)
        title = f"{_place(one.first, lang)} {title}" if placed else title
        for statement in one.statements:
            p = statement.proposal
            state = _agreement(one, p, lang, first=bool(title))
            rows.append((title, statement.document, _goal(p, lang), _span(p), state))
            title = ""
    if rows:
        yield listing(
            ("read_indicator", "read_document", "read_goal", "read_by_year", "read_agreement"),
            rows,
            lang,
        )


def _agreement(merged: Merged, p: Proposal, lang: str, *, first: bool) -> Styled:
    """Return whether documents agree, beside the first of them; a garbled figure says so itself."""
    if p.corrupt:
        return Styled(word("read_trust_corrupt", lang), _STYLES["corrupt"])
    sound = [statement for statement in merged.statements if not statement.proposal.corrupt]
    if merged.differences:
        return Styled(word("read_disagree", lang) * first, "yellow")
    return Styled(word("read_agree", lang) * (first and len(sound) > 1), "green")


def score_view(score: Score, lang: str) -> Iterator[Any]:
    """Yield precision and recall by group, then what was missed and what is not annotated."""
    groups = {"aims": score.aims, "figures": score.figures, "garbled": score.garbled}
    columns = ("read_group", "read_precision", "read_recall", "read_missed", "read_false")
    rows = [
        (
            word(f"read_{name}", lang),
            *map(_share, (g.precision, g.recall)),
            len(g.missed),
            len(g.false),
        )
        for name, g in groups.items()
    ]
    yield listing(columns, rows, lang)
    for name, group in groups.items():
        wrong = [("read_missed", one["start"], one["slice"]) for one in group.missed]
        wrong += [("read_false", one.start, one.slice) for one in group.false]
        for why, start, printed in sorted(wrong, key=lambda one: one[1]):
            text = " ".join(str(printed).split())
            yield Styled(f"  {word(f'read_{name}', lang)} · {word(why, lang)} · {start} · {text}")


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _several(proposals: Iterable[Proposal]) -> bool:
    """Whether figures are about several places."""
    return len({p.region for p in proposals if p.region}) > 1


def _row(document: Document, p: Proposal, lang: str, shared: frozenset[str]) -> dict[str, Any]:
    page = document.page(p.start)
    place = str(document.line(p.start)) if page is None else f"{page}/{document.line(p.start)}"
    kind, trust = _judged(p, lang, shared)
    return {
        "read_place": place,
        "read_printed": " ".join(p.slice.split()),
        "read_region": _place(p, lang),
        "read_indicator": _title(p, lang),
        "read_goal": _goal(p, lang),
        "read_by_year": _span(p),
        "read_kind": kind,
        "read_trust": trust,
    }


def _place(p: Proposal, lang: str) -> str:
    from dafeng.reader import jurisdiction_of  # noqa: PLC0415  heavy

    return jurisdiction_of(p).of(lang) or "–"


def _span(p: Proposal) -> str:
    base = f"{p.base_year} → " if p.base_year else ""
    return f"{base}{p.year or '–'}"


def _judged(p: Proposal, lang: str, shared: frozenset[str]) -> tuple[str, Styled]:
    from dafeng.reader import garble_words, unit_words  # noqa: PLC0415  heavy

    said = [garble_words(p.reason).of(lang)] if p.corrupt else []
    if own := [flag for flag in p.flags if flag not in shared]:
        said.append(_said(own, lang))
    trust = Styled(word(f"read_trust_{p.trust}", lang), _STYLES[p.trust])
    if said:
        trust.append(f" {_comma(lang).join(said)}", "dim")
    if p.repair:
        guess = number(p.repair.value, unit_words(p.repair.unit).of(lang))
        trust.append(f" {word('read_guess', lang)} {guess}", "dim")
    return word(f"read_kind_{p.kind}", lang), trust


def _comma(lang: str) -> str:
    return "、" if lang == "zh" else ", "


def _title(p: Proposal, lang: str) -> str:
    from dafeng.reader import title_of  # noqa: PLC0415  heavy

    return title_of(p).of(lang) or "–"


def _goal(p: Proposal, lang: str) -> str:
    """Return comparator, value and unit; of a garbled figure what is printed, and no value."""
    from dafeng.reader import comparator_words, stretch_base, unit_words  # noqa: PLC0415  heavy

    if p.value_base is None:
        words = comparator_words(p.comparator).of(lang)
        return "–" if p.corrupt else word("read_words", lang).format(words=words)
    peak = p.unit_base == "year"
    unit = word("read_unit_year", lang) if peak else unit_words(p.unit_base or "").of(lang)
    if lang == "zh" and p.unit_id == "count":
        unit = ""  # the measure word stands in the printed text
    value = f"{p.value_base:g}" if peak else number(p.value_base)
    high = "" if p.high_base is None else f"–{number(p.high_base)}"
    sign = _SIGNS.get(p.comparator, p.comparator)
    more = stretch_base(p)
    stretch = "" if more is None else f" ({word('read_strive', lang)} {number(more)})"
    return f"{sign} {value}{high} {unit}{stretch}".strip()
