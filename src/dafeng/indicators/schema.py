"""The shape of a declared indicator and of the rules that judge progress."""

from __future__ import annotations

from typing import Literal

from dafeng.vocabulary import Record, Text


class Indicator(Record):
    """What is measured, from which source, on which basis. The formula is named, not written.

    Attributes:
        unit: unit of the value that is compared with a target.
        formula: name of a function in ``formulas``.
        source: ``statistics`` or ``sum_of_reporters``, never a mix.
        measure: the statistics measure, or the measure of the accounts, that is read.
        per: the measure that it is divided by (sums of reporters).
        boundary: ``production`` (scope 1), ``consumption`` (scope 1 without power and heat
            plants, and scope 2), where it applies.
        electricity_basis: ``equivalent`` or ``equal`` value, where it applies.
        price_basis: base of constant prices, where it applies.
        without: list of projects whose activity is taken off, each from its own day.
        factor_rule: which electricity factor a period takes.
        clause: ``document/clause`` where the indicator is defined, if seen.
        missing: what a missing link means.
        defaults: choices of ours, stated.
        of_reporters: the indicator that computes the same from the books of the reporters.
        of: what a formula over the books counts: lists, products, fields, kinds of project, or
            amounts written ``item.flow``.
        among: a narrower choice of these: a list that a project must be on, a process route.
        over: amounts that a ratio is divided by.
    """

    id: str
    title: Text
    unit: str
    formula: Literal[
        "cumulative_change",
        "level",
        "annual_change",
        "increment",
        "peak_year",
        "intensity_change",
        "listed",
        "projects_done",
        "plants_added",
        "net_capacity",
        "capacity_cut",
        "capacity_share",
        "material_ratio",
        "growth",
        "none",
    ]
    source: Literal["statistics", "sum_of_reporters"] = "statistics"
    measure: str | None = None
    per: str | None = None
    boundary: Literal["production", "consumption"] | None = None
    electricity_basis: Literal["equivalent", "equal"] | None = None
    price_basis: str | None = None
    without: str | None = None
    factor_rule: Literal["newest_data_year"] | None = None
    clause: str | None = None
    defaults: Text | None = None
    of_reporters: str | None = None
    of: tuple[str, ...] = ()
    among: tuple[str, ...] = ()
    over: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()

    @property
    def name(self) -> Text:
        """The title, as every vocabulary entry has a name."""
        return self.title


class Bands(Record):
    """When progress is ahead, on track, lagging: lower bounds of achieved over required change."""

    ahead: float
    on_track: float
    lagging: float
    note: Text
