"""Tiers of energy budgets: which one a yearly use falls into, and who manages it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dafeng.budget.settings import Cited, Named, settings
from dafeng.rulebook import Rulebook
from dafeng.vocabulary import Record, Text, factor, marks

UNKNOWN = -1
"""Tier of a firm whose use is not known."""


class Tier(Cited, Named):
    """A tier.

    Attributes:
        limit: whether exactly the lower limit belongs to it.
        reason: why so.
        managed_by: levels of government, the first leads.
        manager: clause that says so.
        followed: ``monthly`` or ``simplified``.
    """

    id: str
    limit: Literal["included", "excluded"]
    reason: Text
    managed_by: tuple[Literal["province", "city", "county"], ...]
    manager: Cited
    followed: Literal["monthly", "simplified"]


class _File(Record):
    scale: str
    tiers: tuple[Tier, ...]


@dataclass(frozen=True)
class Tiers:
    """The tiers of a place on a day, largest first.

    Attributes:
        tiers: the tiers.
        limits: their lower limits in whole grams of standard coal; the last one has none.
        scale: id of the rulebook's scale that the limits are from.
        citation: its clause.
        mark: its mark.
    """

    tiers: tuple[Tier, ...]
    limits: tuple[int, ...]
    scale: str
    citation: str
    mark: str

    def of(self, grams: NDArray[np.int64], known: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return the place of the tier of each use, ``UNKNOWN`` where the use is not known.

        Args:
            grams: yearly use in whole g standard coal.
            known: where it is known.
        """
        found = np.full(len(grams), len(self.limits), np.int64)
        for place in reversed(range(len(self.limits))):
            limit = self.limits[place]
            inside = self.tiers[place].limit == "included"
            found = np.where(grams >= limit if inside else grams > limit, place, found)
        return np.where(known, found, UNKNOWN)

    def places(self, ids: Sequence[str]) -> list[int]:
        """Return the places of some tiers."""
        return [place for place, tier in enumerate(self.tiers) if tier.id in ids]


def read_tiers(rules: Rulebook, day: date, region: str, folder: Path | None = None) -> Tiers:
    """Return the tiers in force in a region on a day.

    Args:
        rules: the rulebook, whose scale has the limits.
        day: the day.
        region: code of the place.
        folder: settings laid over the shipped ones.

    Raises:
        Fault: ``no_edition``, ``unknown_family`` where no scale is in force there.
    """
    held = settings(_File, "tiers", folder)
    edition = rules.edition(rules.scales, held.scale, day, region)
    scale = edition.scales[0]
    per_unit = round(factor(scale.unit.partition("/")[0], "gce"))
    limits = tuple(
        round(limit * per_unit) for limit in scale.limits if isinstance(limit, int | float)
    )
    citation = f"{edition.document}/{edition.clause}"
    return Tiers(held.tiers, limits, edition.id, citation, marks().resolve(edition.checked).id)
