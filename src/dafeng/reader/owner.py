"""Whose plan a document is: the place that its targets are about, else a question to a person."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from dafeng.plan import TO_CHOOSE, Plan
from dafeng.reader.documents import Document
from dafeng.reader.limits import limit
from dafeng.reader.proposals import Proposal, Reading
from dafeng.reader.words import joined, said
from dafeng.vocabulary import Fault, Text, regions

_AIMS = frozenset({"target", "cap"})
_INFERRED = "jurisdiction_inferred"
_PLACE = re.compile(
    r"^[ \u3000]*(?P<zh>[\u4e00-\u9fff]{2,6}?(?:省|自治区))"
    r"|\b(?P<en>[A-Z][a-z]+(?: [A-Z][a-z]+)?) Province\b",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a plan is.

    Attributes:
        region: region code, or ``to_be_chosen``.
        points: what a person has to answer or to check.
        stranger: whether the document is one of a place that the vocabulary does not have.
    """

    region: str
    points: tuple[Text, ...] = ()
    stranger: bool = False

    def has(self, proposal: Proposal) -> bool:
        """Whether a figure can be one of this plan."""
        return self.place(proposal) in (None, self.region)

    def place(self, proposal: Proposal) -> str | None:
        """Return the region that a figure is about, as far as the document tells it."""
        unsure = self.stranger and _INFERRED in proposal.flags
        return None if unsure else proposal.region


def owner_of(
    documents: Sequence[Document], readings: Iterable[Reading], given: str | None = None
) -> Owner:
    """Return the owner of the plan that some documents make.

    Args:
        documents: what was read.
        readings: what was found in them.
        given: region code, where the person says it.

    Returns:
        The place that is given; else the one that more targets are about than all others
        together. A document that calls itself one of a place that the vocabulary does not have,
        or of which no place is known, leaves the owner to be chosen.
    """
    if given is not None:
        return Owner(given)
    if strangers := list(dict.fromkeys(_strangers(documents))):
        point = said("owner_unknown", what=", ".join(strangers))
        return Owner(TO_CHOOSE, (point,), stranger=True)
    aims = [p for r in readings for p in r.proposals if p.kind in _AIMS and p.region]
    places = Counter(p.region for p in aims if p.region)
    if not places:
        return Owner(TO_CHOOSE, (said("no_owner"),))
    [(first, most), *others] = places.most_common()
    if not others:
        inferred = all(_INFERRED in p.flags for p in aims)
        name = regions()[first].name
        return Owner(first, (said("owner_inferred", what=name),) if inferred else ())
    held = joined([regions()[code].name for code in places])
    if 2 * most > places.total():
        values = {"what": regions()[first].name, "places": held}
        return Owner(first, (said("owner_of_several", **values),))
    return Owner(TO_CHOOSE, (said("owners", what=held),))


def owner_of_accepted(plan: Plan, found: Owner, accepted: Iterable[Proposal], name: str) -> Owner:
    """Return the owner of a plan once some targets of a document go into it.

    Args:
        plan: the plan as it is; an owner that is to be chosen becomes the only place that the
            accepted targets are about.
        found: whose plan the document makes.
        accepted: what goes in.
        name: of the document.

    Raises:
        Fault: ``several_places`` where the owner is to be chosen and they are of several.
    """
    if plan.owner != TO_CHOOSE:
        return replace(found, region=plan.owner, points=())
    places = list(dict.fromkeys(place for p in accepted if (place := found.place(p))))
    if len(places) > 1:
        held = joined([regions()[code].name for code in places])
        raise Fault("several_places", name, places=held)
    if not places:
        return replace(found, region=TO_CHOOSE)
    point = said("owner_of_accepted", what=regions()[places[0]].name)
    return Owner(places[0], (point,), found.stranger)


def _strangers(documents: Iterable[Document]) -> Iterator[str]:
    """Yield the provinces that the beginnings of documents name and the vocabulary does not."""
    for document in documents:
        for found in _PLACE.finditer(document.reading.plain[: limit("head_characters")]):
            name = found["zh"] or found["en"]
            if regions().find(name) is None:
                yield name
