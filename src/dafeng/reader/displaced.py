"""Which digits of a paragraph are doubted because of those that are proven to be displaced.

Some translations pour the digits of the original, in their order, into the slots of the translated
paragraph. A slot too many or too few moves all digits that follow, until the count is right again;
万 and 亿 are lost on the way. So digits are doubted in runs, not one by one: from a proof on, and
between two of them, but not where a year has come through as a year.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from dafeng.reader.draft import Draft
from dafeng.reader.lexicon import data
from dafeng.reader.numerals import is_year
from dafeng.reader.sentence import Sentence

_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+")
_PRINTED_YEAR = re.compile("[0-9]{4}")
_ODD_HEADING = re.compile(r"\s*[(（](?:(?P<year>20[0-9]{2})|[1-9][0-9]{2,3})[)）]")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the checks say of one sentence.

    Attributes:
        sentence: the sentence.
        drafts: its figures that are written in digits.
        proofs: places that show its digits to be displaced, in their order.
        odd: places of its figures that fail a check by themselves.
        gone: places of its figures of which no digit is left: there the digits had run out.
        slots: how many of its slots for years hold other digits, but for those whose digits have
            only changed places with the figure beside.
        closed: its digits have changed places among themselves; those behind it are not touched.
    """

    sentence: Sentence
    drafts: Sequence[Draft]
    proofs: Sequence[int]
    odd: Sequence[int]
    gone: Sequence[int]
    slots: int
    closed: bool

    @property
    def garbled(self) -> bool:
        """Whether any of its digits cannot be what was written."""
        return bool(self.proofs or self.odd)

    @property
    def moved(self) -> bool:
        """Whether digits stand where only others can have been: in a slot, a date, another number.

        Figures that are spoilt by themselves (<>%, 843%, 2,8000) are no sign of it, nor is "in <>".
        """
        own = {draft.start for draft in self.drafts}
        ends = {time.start: time.end for time in self.sentence.times}
        strange = any(
            place not in own
            and "<>" not in self.sentence.folded[place : ends.get(place, place + 2)]
            for place in self.proofs
        )
        return strange or any("year_in_decimals" in draft.reasons for draft in self.drafts)

    @property
    def years(self) -> list[int]:
        """Places of the years that are printed in digits, but not as heading numbers, in order."""
        return [
            time.start
            for time in self.sentence.times
            if time.year
            and not time.fault
            and self.sentence.folded[time.start] not in "(（"
            and _PRINTED_YEAR.search(self.sentence.folded, time.start, time.end)
        ]


@dataclass(frozen=True, slots=True)
class Page:
    """A paragraph that shows signs of garbled digits, or that has what may be one in such a text.

    Attributes:
        start: of the paragraph. ``sentences``: what the checks say of each.
        heading: its heading has an impossible number; ``year``: which is a year.
    """

    start: int
    sentences: Sequence[Verdict]
    heading: bool
    year: bool


_CENTURY = 100


def page_of(folded: str, start: int, sentences: Sequence[Verdict]) -> Page | None:
    """What a paragraph shows of its digits, or ``None`` if they may all be right."""
    heading = _ODD_HEADING.match(folded, start)
    if heading or any(one.garbled or any(map(_finely, one.drafts)) for one in sentences):
        return Page(start, sentences, heading is not None, bool(heading and heading["year"]))
    return None


def doubt(pages: Sequence[Page]) -> None:
    """Doubt the digits that stand in a run of displaced ones, if the digits of the text run."""
    spoilt = [one for page in pages for one in page.sentences if one.garbled]
    runs = _runs(pages, spoilt)
    several = len(spoilt) >= data("garbles")["text"]["sentences"]
    for shown in pages:
        page = _with_odd(shown, runs=runs) if several else shown
        if not runs:
            _trust_wholes(page)
        if len(spoilt) >= data("garbles")["counted_years"]:
            _doubt_years(page)
        _doubt_paragraph(page, runs=runs)


def _runs(pages: Sequence[Page], spoilt: Sequence[Verdict]) -> bool:
    """Whether the digits of a text run, as its garbled sentences show.

    Where a translation has only spoilt single figures, most years stand in their slots, and of
    several garbled sentences none shows digits that belong elsewhere.
    """
    bounds = data("garbles")["text"]
    headings = sum(page.heading for page in pages)
    slots = sum(one.slots for page in pages for one in page.sentences) + headings
    years = sum(len(one.years) for one in spoilt)
    runs = years < bounds["by_slot"] * (slots + 1)
    runs = runs and (years < bounds["years"] or slots >= years)
    if len(spoilt) >= bounds["sentences"]:
        return runs and (headings > 0 or any(one.moved for one in spoilt))
    return runs


def _with_odd(page: Page, *, runs: bool) -> Page:
    """A paragraph of a garbled text, in which more decimals than are printed are one more sign.

    Elsewhere they are rare but right: "8.700 billion", "7.6413 million".
    """
    return replace(page, sentences=[_odd_in(one, runs=runs) for one in page.sentences])


def _odd_in(one: Verdict, *, runs: bool) -> Verdict:
    if one.sentence.chinese:
        return one  # there no translation has moved them
    fine = [draft for draft in one.drafts if not draft.reasons and _finely(draft)]
    fine = [d for d in fine if (runs and not one.years) or _POINTLESS.search(_token(d))]
    for draft in fine:
        draft.reasons.append("odd_decimals")
    if not fine:
        return one
    places = {draft.start for draft in fine}
    if runs and not one.years:
        return replace(one, proofs=sorted(places.union(one.proofs)))
    return replace(one, odd=sorted(places.union(one.odd)))


def _trust_wholes(page: Page) -> None:
    """Where single figures are spoilt, a part above its whole is the wrong one of the two."""
    for draft in (draft for one in page.sentences for draft in one.drafts):
        if draft.reasons == ["below_part"]:
            draft.reasons.clear()


def _doubt_years(page: Page) -> None:
    """Doubt the Chinese counts of a garbled paragraph that are years: 绿色工厂2024家."""
    for draft in (draft for one in page.sentences if one.sentence.chinese for draft in one.drafts):
        token = draft.quantity.token if draft.quantity and not draft.reasons else ""
        if is_year(token) and int(token) % _CENTURY:
            draft.reasons.append("year_as_quantity")


def _doubt_paragraph(page: Page, *, runs: bool) -> None:
    """Doubt the digits of a paragraph that stand in a run of displaced ones.

    In a sentence with a proof all digits are doubted, and so are those of the first sentence with
    figures behind a heading with an impossible number. In a paragraph with several signs of it,
    so are other amounts with a scale word; and all digits, if most of its sentences are garbled.
    What stands ahead of a number without a digit left has moved up, as digits run.
    Without a year and without whole thousands, a sentence is doubted as one: for an amount of it
    that is doubted, or for a heading with an impossible number in a garbled paragraph.
    Where they do not run, only other digits in the slot of a year are such a proof.
    """
    with_figures = [one for one in page.sentences if one.drafts or one.proofs]
    heading = [page.start] if page.heading and (runs or not page.year) else []
    marks = _Marks(heading, page.sentences)
    garbled = sum(one.garbled for one in with_figures)
    mostly = garbled >= max(_bounds()["sentences"], _bounds()["share"] * len(with_figures))
    for place, one in enumerate(with_figures):
        headed = bool(heading) and place == 0
        if not (runs or one.slots or headed):
            _doubt_last(one)
            continue
        held = _held(one, marks) or (runs and page.heading and garbled and _yearless(one))
        loose = not any(_whole(draft) for draft in one.drafts)
        for draft in one.drafts:
            if one.proofs or headed:
                beside = True
            elif one.gone:
                beside = draft.start < one.gone[0]
            else:
                beside = mostly or (held and loose) or (_scaled(draft) and marks.hold(draft))
            if beside and not draft.reasons and not marks.spare(one, draft):
                draft.reasons.append(_reason(one, headed=headed))


def _doubt_last(one: Verdict) -> None:
    """Doubt the count that ends a row of which all other figures are proven to be wrong.

    "<> factories, 2023 parks and 11 chains": one has lost its digits, so that others moved up.
    """
    last = one.drafts[-1] if len(one.drafts) >= data("garbles")["row"] else None
    if last is None or last.reasons or _whole(last) or one.years or not one.gone:
        return
    counts = last.base_unit is not None and last.base_unit.count and last.factor == 1
    if counts and all(draft.reasons for draft in one.drafts[:-1]):
        last.reasons.append("digits_displaced")


def _held(one: Verdict, marks: _Marks) -> bool:
    """Whether an amount of a sentence without a year is doubted: its neighbours moved with it."""
    doubtful = (d for d in one.drafts if _scaled(d) and not d.reasons)
    return not one.years and any(marks.hold(draft) for draft in doubtful)


def _yearless(one: Verdict) -> bool:
    """Whether nothing in an English sentence tells whether its digits are right."""
    return not (one.garbled or one.years or one.sentence.chinese)


def _reason(one: Verdict, *, headed: bool) -> str:
    """Why a figure of a sentence is doubted that is right by itself."""
    if one.proofs:
        return "digits_displaced"
    return "heading_number" if headed else "run_displaced"


class _Marks:
    """Where a paragraph shows that its digits have moved, and where that they have not."""

    def __init__(self, heading: Sequence[int], sentences: Sequence[Verdict]) -> None:
        self.heading = heading
        open_ = [one for one in sentences if not one.closed]
        signs = {place for one in open_ for place in (*one.proofs, *one.odd)}
        self.moved = sorted(signs.union(heading))
        self.sound = sorted(
            [one.sentence.end for one in sentences if one.closed]
            + [place for one in open_ for place in one.years]
            + [draft.start for one in open_ for draft in one.drafts if _whole(draft)]
        )
        proven = bool(heading) or any(one.proofs for one in sentences)
        self.several = proven and len(self.moved) >= _bounds()["signs"]

    def hold(self, draft: Draft) -> bool:
        """Whether a figure stands between signs, or behind the last with nothing sound between."""
        behind = bisect_left(self.moved, draft.start)
        if not self.several or behind == 0:
            return False
        vouched = bisect_left(self.sound, draft.start)
        since = vouched > 0 and self.sound[vouched - 1] > self.moved[behind - 1]
        return behind < len(self.moved) or not since

    def spare(self, one: Verdict, draft: Draft) -> bool:
        """Whether a figure of a garbled sentence did not move.

        That are thousands that came through whole, but not between two proofs; what stands behind
        a number without a digit left, and before no proof: there the digits had run out; and what
        a year ahead of it in the sentence vouches for: no proof stands between them, and no amount
        with a scale word, unless more is sound before the next sign.
        """
        if _whole(draft):
            ends = sorted((*one.proofs, *one.gone)) if one.proofs else []
            return not (ends and ends[0] < draft.start < ends[-1])
        last = max(one.proofs, default=-1)
        if any(last < gone < draft.start for gone in one.gone):
            return True
        if not self.heading and _ahead(one, draft):
            return True
        year = max((place for place in one.years if place < draft.start), default=None)
        if _scaled(draft) or year is None or any(year < p < draft.start for p in one.proofs):
            return False
        return self._settled(draft) or not any(
            _scaled(other) and year < other.start < draft.start for other in one.drafts
        )

    def _settled(self, draft: Draft) -> bool:
        """Whether no sign follows a figure before something sound does."""
        moved, sound = bisect_left(self.moved, draft.end), bisect_left(self.sound, draft.end)
        if moved == len(self.moved):
            return True
        return sound < len(self.sound) and self.sound[sound] < self.moved[moved]


def _ahead(one: Verdict, draft: Draft) -> bool:
    """Whether a year stands right behind a figure, and all that shows a move behind the year."""
    year = min((place for place in one.years if place > draft.start), default=None)
    return year is not None and all(place > year for place in (*one.proofs, *one.odd))


def _bounds() -> dict[str, Any]:
    found: dict[str, Any] = data("garbles")["paragraph"]
    return found


_FINE = re.compile(r"[0-9,]+\.[0-9]{3,}")
_POINTLESS = re.compile("[0-9]{3}0$")  # the last of so many decimals is a nought


def _finely(draft: Draft) -> bool:
    """Whether a number has more decimals than most that are printed (102.1850, 4.4932)."""
    return _FINE.fullmatch(_token(draft)) is not None


def _token(draft: Draft) -> str:
    return draft.quantity.token if draft.quantity else ""


def _whole(draft: Draft) -> bool:
    return draft.quantity is not None and _GROUPED.fullmatch(draft.quantity.token) is not None


def _scaled(draft: Draft) -> bool:
    """Whether a scale word stands behind the digits: 万 and 亿 have other digits in English."""
    words = data("garbles")["scale_words"]["of"]
    return draft.quantity is not None and draft.quantity.scale in words
