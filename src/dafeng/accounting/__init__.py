"""From activity to grams: the rulebook compiled to coefficients and joined to the ledger."""

from dafeng.accounting.accounts import (
    account_totals,
    accounts,
    coefficient_table,
    join,
    keyed,
    occurring,
    outside,
    rounded,
    totals,
    whole_sum,
)
from dafeng.accounting.adding import COUNTS, NOTHING, SUMS, Adding, added_up
from dafeng.accounting.coefficients import SEPARATOR, Activity, compile_coefficients
from dafeng.accounting.derive import MARK, Derived, Origin, derive, over_years
from dafeng.accounting.footing import COLUMNS, Footing, footing_table, footings, footings_of
from dafeng.accounting.lines import LABEL, Lines, combined, distinct, lines_of
from dafeng.accounting.overrides import compile_overrides
from dafeng.accounting.prepare import PREPARED, prepare, spread_assignments
from dafeng.accounting.sums import PURPOSES, controlled, inside, shared, summed
from dafeng.accounting.trace import Ground, account_tree, clause_node, parameter_node

__all__ = [
    "COLUMNS",
    "COUNTS",
    "LABEL",
    "MARK",
    "NOTHING",
    "PREPARED",
    "PURPOSES",
    "SEPARATOR",
    "SUMS",
    "Activity",
    "Adding",
    "Derived",
    "Footing",
    "Ground",
    "Lines",
    "Origin",
    "account_totals",
    "account_tree",
    "accounts",
    "added_up",
    "clause_node",
    "coefficient_table",
    "combined",
    "compile_coefficients",
    "compile_overrides",
    "controlled",
    "derive",
    "distinct",
    "footing_table",
    "footings",
    "footings_of",
    "inside",
    "join",
    "keyed",
    "lines_of",
    "occurring",
    "outside",
    "over_years",
    "parameter_node",
    "prepare",
    "rounded",
    "shared",
    "spread_assignments",
    "summed",
    "totals",
    "whole_sum",
]
