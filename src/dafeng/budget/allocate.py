"""The allocatable total of a region given to enterprises: claims by a rule, fitted to the total.

    total = Σ budgets + reserve + small users + users outside the books        (whole grams)

New entrants are served from the reserve. Small users (tiers without budgets of their own) share one
line. Where nobody says what users outside the books need, they have what the claims leave.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dafeng.budget.remainders import share_out
from dafeng.budget.settings import TONNE, Cited, Named, settings
from dafeng.budget.tiers import UNKNOWN, Tiers
from dafeng.findings import Finding
from dafeng.indicators import exact
from dafeng.vocabulary import Fault, Record, Text

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
BELOW, FLOOR, FREE, CAP = -2, -1, 0, 1
"""Where a budget stands: below its floor (floors exceed the total), at it, between, at its cap."""
SMALL = "~small"
"""Id of the line that small users share; it comes after every credit code."""


class AllocationRule(Named):
    """A rule of allocation.

    Attributes:
        parts: ``last_year`` and ``benchmark`` with their weights, which add up to one.
        formula: formula of the rulebook that is laid over them, with ``base`` and further inputs.
    """

    id: str
    parts: dict[Literal["last_year", "benchmark"], float]
    formula: str | None = None
    document: str = ""
    clause: str = ""
    mark: str = ""
    note: Text


class _Bounds(Record):
    floor: float
    cap: float


class _Benchmark(Record):
    quantile: float
    least_firms: int


class AllocationSettings(Cited):
    """How totals are allocated; each field is explained in ``data/allocation.yaml``."""

    electricity_basis: Literal["equivalent", "equal"]
    methods: dict[str, Literal["equivalent", "equal"]]
    budgeted: tuple[str, ...]
    reserve: float
    bounds: _Bounds
    least_months: int
    benchmark: _Benchmark
    rules: tuple[AllocationRule, ...]

    def rule(self, wanted: str) -> AllocationRule:
        """Return a rule.

        Raises:
            Fault: ``unknown_budget_rule``.
        """
        for rule in self.rules:
            if rule.id == wanted:
                return rule
        raise Fault("unknown_budget_rule", label=wanted, near=", ".join(r.id for r in self.rules))


def allocation_settings(folder: Path | None = None) -> AllocationSettings:
    """The settings of allocation, those of a folder laid over the shipped ones."""
    return settings(AllocationSettings, "allocation", folder)


@dataclass(frozen=True)
class Firms:
    """What an allocation rests on, n firms.

    Attributes:
        ids: ids of the reporters.
        codes: credit codes (or ids), which settle ties.
        last_year: last year's use in whole grams; of an entrant what its project will use.
        known: where ``last_year`` is known.
        estimated: where months were missing and were completed by seasons.
        entrant: firms without last year's use, but with an approved project.
        reasons: why there is no base; empty where there is one.
        sectors: sector of each firm.
        value_added: last year's value added in yuan; NaN where not known.
        levels: sector level of energy per value added (g/yuan) of each firm; NaN where none.
        factors: what the formula of the rule makes of one unit of the base; NaN where its inputs
            are missing; ``None`` where the rule has no formula.
    """

    ids: Sequence[str]
    codes: Sequence[str]
    last_year: Ints
    known: Flags
    estimated: Flags
    entrant: Flags
    reasons: Sequence[str]
    sectors: NDArray[np.str_]
    value_added: Floats
    levels: Floats
    factors: Floats | None = None


@dataclass(frozen=True)
class Allocation:
    """An allocation, in whole grams.

    Attributes:
        total: the allocatable total.
        firms: what it rests on.
        tiers: place of each firm's tier.
        claims: what the rule gives each firm before it is fitted to the total; 0 where no base.
        levels: sector level of energy per value added that was used (g/yuan); NaN where none.
        budgets: budget of each firm; 0 where it has none (``held`` tells).
        held: firms with a budget of their own.
        bound: ``BELOW``, ``FLOOR``, ``FREE`` or ``CAP``.
        reserve: reserve after the entrants were served.
        small: what users in the books without a budget of their own share.
        outside: what users outside the books have.
        scale: budgets over claims of those that no bound holds.
    """

    total: int
    rule: AllocationRule
    firms: Firms
    tiers: Ints
    claims: Ints
    levels: Floats
    budgets: Ints
    held: Flags
    bound: Ints
    reserve: int
    small: int
    outside: int
    scale: float
    findings: tuple[Finding, ...] = field(default=())

    @property
    def balance(self) -> int:
        """The total less all lines: zero."""
        return self.total - int(self.budgets.sum()) - self.reserve - self.small - self.outside


def allocate(
    total: int,
    firms: Firms,
    tiers: Tiers,
    how: AllocationSettings,
    rule: AllocationRule,
    *,
    outside: int | None = None,
) -> Allocation:
    """Allocate a total.

    Args:
        total: allocatable total in whole g standard coal, on the electricity basis of ``how``.
        firms: the enterprises of the region.
        tiers: the tiers.
        how: reserve, bounds, who has a budget of its own.
        rule: the rule by which firms claim.
        outside: what is set aside for users outside the books; ``None``: what the claims leave.

    Raises:
        Fault: ``budget_too_small`` where reserve and users outside exceed the total.
    """
    tier = tiers.of(firms.last_year, firms.known | firms.entrant)
    based = (firms.known | firms.entrant) & (firms.last_year > 0)
    claims, levels = _claims(firms, rule, based)
    own = np.isin(tier, tiers.places(how.budgeted)) & based
    entrants, settled, little = own & firms.entrant, own & ~firms.entrant, based & ~own
    reserve = int(total * exact(how.reserve))
    pot = total - reserve - (outside or 0)
    if pot < 0:
        raise Fault("budget_too_small", total=_tce(total), taken=_tce(total - pot))
    lines = _Lines.of(firms, claims, settled, little, how)
    found = lines.fitted(pot, stretch=outside is not None)
    budgets = np.zeros(len(firms.ids), np.int64)
    budgets[settled] = found.shares[:-1]
    left = pot - int(found.shares.sum())
    # with users outside stated, what caps leave over stays in the reserve; else it is theirs
    nobody = outside is None and not left  # nothing is left for those of whom nobody spoke
    reserve, outside = (reserve + left, outside) if outside is not None else (reserve, left)
    budgets[entrants] = _served(reserve, claims[entrants], np.asarray(firms.codes)[entrants])
    reserve -= int(budgets[entrants].sum())
    bound = np.zeros(len(firms.ids), np.int64)
    bound[settled] = found.bound[:-1]
    held = settled | entrants
    small = int(found.shares[-1])
    said = (*found.findings, *_said(firms, tier, budgets, claims, entrants, nobody=nobody))
    return Allocation(
        total, rule, firms, tier, claims, levels, budgets, held, bound,
        reserve, small, outside, found.scale, said,
    )  # fmt: skip


def _claims(firms: Firms, rule: AllocationRule, based: Flags) -> tuple[Ints, Floats]:
    """Return what the rule gives each firm, and the sector levels it used."""
    base = firms.last_year.astype(np.float64)
    levels = firms.levels if "benchmark" in rule.parts else np.full(len(base), np.nan)
    measured = levels * firms.value_added
    usable = np.isfinite(measured) & (measured > 0) & ~firms.entrant
    weight = rule.parts.get("benchmark", 0.0)
    own = rule.parts.get("last_year", 0.0)
    claim = np.where(usable, own * base + weight * np.where(usable, measured, 0.0), base)
    if firms.factors is not None:
        claim = claim * np.where(np.isnan(firms.factors), 1.0, firms.factors)
    claim = np.where(based, np.rint(claim), 0)
    if claim.sum() >= np.iinfo(np.int64).max:
        worst = int(claim.argmax())
        raise Fault("budget_claims_beyond", firms.ids[worst], claim=f"{claim[worst] / TONNE:,.0f}")
    return claim.astype(np.int64), np.where(usable, levels, np.nan)


def sector_levels(
    grams: Ints,
    known: Flags,
    value_added: Floats,
    sectors: NDArray[np.str_],
    how: AllocationSettings,
) -> Floats:
    """Return the level of energy per value added of each firm's sector (g/yuan), else NaN.

    Args:
        grams: use of the year.
        known: where it is known.
        value_added: value added of the year in yuan; NaN where not known.
        sectors: sector of each firm.
        how: which quantile of its firms is the level, and of how many at least.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        intensity = grams / value_added
    usable = known & np.isfinite(intensity) & (value_added > 0)
    found = np.full(len(grams), np.nan)
    for sector in np.unique(sectors[usable]):
        members = sectors == sector
        if (members & usable).sum() >= how.benchmark.least_firms:
            found[members] = np.quantile(intensity[members & usable], how.benchmark.quantile)
    return found


@dataclass(frozen=True)
class _Fitted:
    shares: Ints
    bound: Ints
    scale: float
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class _Lines:
    """Claims with bounds: firms with a budget of their own, then the line of small users."""

    ids: NDArray[np.str_]
    claims: Ints
    low: Ints
    high: Ints

    @classmethod
    def of(
        cls, firms: Firms, claims: Ints, settled: Flags, little: Flags, how: AllocationSettings
    ) -> _Lines:
        base = np.append(firms.last_year[settled], firms.last_year[little].sum())
        low, high = (
            np.rint(base * share).astype(np.int64) for share in (how.bounds.floor, how.bounds.cap)
        )
        own = np.append(claims[settled], claims[little].sum())
        codes = np.append(np.asarray(firms.codes)[settled], SMALL)
        return cls(codes, np.clip(own, low, high), low, high)

    def fitted(self, pot: int, *, stretch: bool) -> _Fitted:
        """Fit the claims to a pot: down where they exceed it; up only where ``stretch``."""
        asked, least, most = (int(part.sum()) for part in (self.claims, self.low, self.high))
        if asked <= pot and not stretch:
            return self._as(self.claims)
        if pot < least:
            said = Finding("budget_floors", values={"least": _tce(least), "pot": _tce(pot)})
            zero = np.zeros_like(self.low)
            shares = share_out(pot, self.low, self.ids, zero, self.low)
            return _Fitted(shares, np.full(len(shares), BELOW), float("nan"), (said,))
        wanted = min(pot, most)
        return self._as(share_out(wanted, self.claims, self.ids, self.low, self.high))

    def _as(self, shares: Ints, *said: Finding) -> _Fitted:
        bound = np.where(shares <= self.low, FLOOR, np.where(shares >= self.high, CAP, FREE))
        free = (bound == FREE) & (self.claims > 0)
        asked = float(self.claims[free].sum())
        scale = float(shares[free].sum()) / asked if asked else float("nan")
        return _Fitted(shares, bound, scale, said)


def _served(reserve: int, claims: Ints, ids: NDArray[np.str_]) -> Ints:
    """Return what entrants get: their claims, or the reserve shared among them."""
    if int(claims.sum()) <= reserve:
        return claims
    return share_out(reserve, claims, ids, np.zeros_like(claims), claims)


def _said(
    firms: Firms, tier: Ints, budgets: Ints, claims: Ints, entrants: Flags, *, nobody: bool
) -> list[Finding]:
    words = reason_words()
    found = [
        Finding("budget_no_base", name, {"reason": words[reason]})
        for name, reason, none in zip(firms.ids, firms.reasons, tier == UNKNOWN, strict=True)
        if none
    ]
    short = int(claims[entrants].sum()) - int(budgets[entrants].sum())
    if short > 0:
        found.append(Finding("budget_entrants_short", values={"short": _tce(short)}))
    if nobody:
        found.append(Finding("budget_nothing_outside"))
    return found


class _Reason(Named):
    id: str


class _Reasons(Record):
    reasons: tuple[_Reason, ...]


def reason_words() -> Mapping[str, Text]:
    """Why a firm has no base, in words."""
    return {one.id: one.name for one in settings(_Reasons, "reasons").reasons}


def _tce(grams: int) -> str:
    """Return whole grams as tonnes for a message."""
    return f"{grams / TONNE:,.2f}"
