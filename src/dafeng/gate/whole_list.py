"""The list of two-highs projects: class, disposal, and which of the planned ones fit the room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dafeng.budget import Room
from dafeng.gate.case import Counted
from dafeng.gate.fitting import Candidate, Space, fits_alone, fitting
from dafeng.gate.regional import LEFT_IN, NOT_WHOLE, ended
from dafeng.gate.review import Opinion, verdict_of
from dafeng.gate.settings import settings
from dafeng.vocabulary import Text

PLANNED = "planned"
_METRICS = ("energy", "co2")
_ROOM = ("room_energy", "room_co2")
_OUT = ("refuse", "stop")


@dataclass(frozen=True)
class Listed:
    """A project of the list.

    Attributes:
        disposal: what happens to it, in words.
        fits: whether it is in the set that fits; ``None`` where it is no candidate.
        why: why it is no candidate, or not in the set.
    """

    opinion: Opinion
    disposal: Text
    fits: bool | None = None
    why: str = ""


@dataclass(frozen=True)
class WholeList:
    """The list.

    Attributes:
        rule: what the set makes as large as possible.
        spaces: what had to be kept.
        open: why no set can be named; empty where one is.
        unsure: why the rooms may be larger or smaller than they are said to be, as flags.
    """

    lines: tuple[Listed, ...]
    rule: str
    spaces: tuple[Space, ...]
    open: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()

    def taken(self, space: Space) -> int:
        """Return what the chosen projects take of a space, in whole grams."""
        held = (_candidate(one.opinion, self.rule) for one in self.lines if one.fits)
        return sum(space.holds(one) for one in held)


def whole_list(opinions: Sequence[Opinion], rule: str) -> WholeList:
    """Return the list with disposals, and the set of planned projects that fits.

    A candidate is a planned project that every check but those of the room would let pass. Where
    a room or an amount is not known, no set is named: it could only be a guess.
    """
    spaces, lost = _spaces(opinions)
    ways = {one.case.project.project: _why_not(one, rule) for one in opinions}
    held = [one for one in opinions if not ways[one.case.project.project]]
    open_ = tuple(dict.fromkeys(lost)) if held else ()
    chosen: set[str] = set()
    if held and not open_:
        chosen = set(fitting([_candidate(one, rule) for one in held], spaces))
    lines = []
    for one in opinions:
        name = one.case.project.project
        why = ways[name]
        fits = None if why or open_ else name in chosen
        alone = fits is not False or fits_alone(_candidate(one, rule), spaces)
        said = why or ("" if fits is not False else "no_space" if alone else "too_large")
        lines.append(Listed(one, disposal(one, queued=said == "no_space"), fits, said))
    flags = {flag for one in opinions for flag in _unsure(one)}
    return WholeList(tuple(lines), rule, tuple(spaces), open_, tuple(sorted(flags)))


def disposal(opinion: Opinion, *, queued: bool = False) -> Text:
    """Return what happens to a project of its class after its verdict.

    Args:
        opinion: on the project.
        queued: whether it is not in the set that fits the room.
    """
    words = settings().disposal[opinion.case.project.stage]
    if queued:
        return words["queued"]
    return words["held"] if opinion.held else words[opinion.verdict]


def _why_not(opinion: Opinion, rule: str) -> str:
    """Return why a project is no candidate; nothing where it is one."""
    project = opinion.case.project
    if project.stage != PLANNED:
        return "not_planned"
    others = [one for one in opinion.checks if one.check.id not in _ROOM]
    if verdict_of(others, project.stage) in _OUT:
        return "other_checks"
    if any(opinion.case.counted.get(m, Counted()).grams is None for m in _METRICS):
        return "amount_not_known"
    if rule == "investment" and project.investment_yuan is None:
        return "no_investment"
    return ""


def _candidate(opinion: Opinion, rule: str) -> Candidate:
    project = opinion.case.project
    amounts = {m: opinion.case.counted[m].grams or 0 for m in _METRICS}
    worth = float(project.investment_yuan or 0) if rule == "investment" else 1.0
    return Candidate(project.project, project.region, amounts, worth, opinion.case.begun)


def _unsure(opinion: Opinion) -> set[str]:
    """Return what leaves the rooms of a planned project open."""
    if opinion.case.project.stage != PLANNED:
        return set()
    rooms = [own.room for held in opinion.case.rooms.values() for own in held]
    return {flag for room in rooms for flag in room.flags if flag in (NOT_WHOLE, LEFT_IN)}


def _spaces(opinions: Iterable[Opinion]) -> tuple[list[Space], list[str]]:
    """Return the rooms without the planned projects, and the metrics of which one is not known."""
    found: dict[tuple[str, str, int], int] = {}
    lost: list[str] = []
    planned = [one for one in opinions if one.case.project.stage == PLANNED]
    for metric in _METRICS:
        rooms: dict[tuple[str, int], Room] = {}
        back: dict[tuple[str, int], int] = {}
        for one in planned:
            held = one.case.rooms.get(metric, ())
            if not held:
                lost.append(metric)
            for own in held:
                key = (own.room.region, own.room.year)
                rooms[key] = own.room
                back[key] = back.get(key, 0) + own.included
                if ended(one.case, own.room):
                    lost.append(metric)
        for key, room in rooms.items():
            if room.room is None:
                lost.append(metric)
            else:
                found[(metric, *key)] = room.room + back[key]
    return [Space(*key, grams) for key, grams in found.items()], lost
