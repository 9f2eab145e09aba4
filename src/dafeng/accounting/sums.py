"""Sums of reporters: one boundary, one set of firms, each row once; groups by share or control."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import ibis

from dafeng.accounting.accounts import rounded, whole_sum
from dafeng.accounting.joins import looked_up

if TYPE_CHECKING:
    import ibis.expr.types as ir

PURPOSES = {"emission": "inventory", "energy": "energy"}
"""Purpose of the method that a sum of reporters takes, by measure."""

_AMOUNTS = ("grams", "feedstock", "renewable", "unknown")


def inside(rows: ir.Table, measure: str, boundary: str, plants: ir.Table) -> ir.Table:
    """Return the account rows that a sum counts.

    Args:
        rows: rows of ``accounts``.
        measure: ``energy`` or ``emission``.
        boundary: for emissions ``production`` (scope 1) or ``consumption`` (scope 1 without
            power and heat plants, and scope 2); energy has one boundary.
        plants: column ``reporter``: who makes power or heat for others.

    Returns:
        Rows of enterprises as a whole: a facility is a part of its enterprise and is not added.
    """
    chosen = rows.filter(
        (rows.measure == measure)
        & (rows.facility == "")
        & rows.purpose.contains(f"|{PURPOSES[measure]}|")
    )
    if measure != "emission":
        return chosen
    direct = chosen.filter(chosen.scope == 1)
    if boundary == "production":
        return direct
    makers = plants.select("reporter").distinct()
    return direct.anti_join(makers, "reporter").union(chosen.filter(chosen.scope != 1))


def summed(rows: ir.Table, by: Sequence[str]) -> ir.Table:
    """Sum whole grams of the rows of ``inside``.

    Returns:
        ``by``, ``grams`` (int64, without what is kept apart), ``feedstock`` and ``renewable``
        (kept apart, int64), ``unknown`` (rows whose amount is not known), ``proxy``.
    """

    def amount(memo: str) -> ir.Column:
        return ibis.ifelse(rows.memo == memo, rows.grams, ibis.null("int64"))

    return rows.group_by(list(by)).aggregate(
        grams=whole_sum(amount("")).fill_null(0),
        feedstock=whole_sum(amount("feedstock")).fill_null(0),
        renewable=whole_sum(amount("renewable")).fill_null(0),
        unknown=whole_sum(ibis.ifelse(rows.grams.isnull(), 1, 0)),
        proxy=ibis.ifelse(rows.proxy, 1, 0).max() == 1,
    )


def controlled(rows: ir.Table, holders: ir.Table, by: Sequence[str]) -> ir.Table:
    """Sum the rows of the members that a group controls, each in full.

    Args:
        rows: rows of ``inside``.
        holders: group, member, year, control (bool).
        by: further columns of the sums beside group and year.
    """
    held = holders.filter(holders.control)
    held = held.select("group", "year", reporter=held.member)
    return summed(rows.inner_join(held, ("reporter", "year")), ("group", *_with_year(by)))


def shared(rows: ir.Table, holders: ir.Table, by: Sequence[str]) -> ir.Table:
    """Sum the rows of the members by ownership share; the parts of a row add up to the row.

    The share is applied to each row and rounded to whole grams; what rounding leaves over goes to
    the largest holder. Whole numbers are summed, so that the largest holder's sum is the whole
    less the sums of the others: the same, computed once.

    Args:
        rows: rows of ``inside``.
        holders: group, member, year, share (float), largest (bool); the holders of a member own
            all of it, so that outsiders are a holder too.
        by: further columns of the sums beside group and year.

    Returns:
        Columns of ``summed`` by group, year and ``by``; outsiders have the empty group.
    """
    by = _with_year(by)
    keys = ("reporter", *by)
    minor = holders.filter(~holders.largest)
    minor = minor.select("group", "year", "share", reporter=minor.member)
    parts = rows.inner_join(minor, ("reporter", "year"))
    parts = parts.mutate(grams=rounded(parts.grams.cast("float64") * parts.share))
    others = summed(parts, ("group", *keys))
    taken = others.group_by(list(keys)).aggregate(
        **{f"taken_{name}": whole_sum(others[name]) for name in _AMOUNTS[:3]}
    )
    major = holders.filter(holders.largest)
    major = major.select("group", "year", reporter=major.member)
    own = summed(rows, keys).inner_join(major, ("reporter", "year"))
    whole = looked_up(own, taken, keys)
    rest = whole.mutate(
        **{
            name: (whole[name] - whole[f"taken_{name}"].fill_null(0)).cast("int64")
            for name in _AMOUNTS[:3]
        }
    )
    columns = ("group", *keys, *_AMOUNTS, "proxy")
    both = rest.select(*columns).union(others.select(*columns))
    return both.group_by(["group", *by]).aggregate(
        **{name: whole_sum(both[name]) for name in _AMOUNTS},
        proxy=ibis.ifelse(both.proxy, 1, 0).max() == 1,
    )


def _with_year(by: Sequence[str]) -> tuple[str, ...]:
    """Return the columns of a sum of groups: shares hold for a year, and so do their sums."""
    return tuple(dict.fromkeys(("year", *by)))
