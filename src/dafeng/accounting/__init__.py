"""From activity to grams: the rulebook compiled to coefficients and joined to the ledger."""

from dafeng.accounting.accounts import (
    HALF,
    JOIN,
    LARGEST,
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
from dafeng.accounting.adding import COUNTS, NOTHING, SUMS, Adding, Rows, added_up, parted
from dafeng.accounting.coefficients import SCHEMA as COEFFICIENTS
from dafeng.accounting.coefficients import SEPARATOR, Activity, compile_coefficients
from dafeng.accounting.derive import MARK, Derived, Origin, callers, derive, over_years
from dafeng.accounting.footing import COLUMNS, Footing, footing_table, footings, footings_of
from dafeng.accounting.lines import LABEL, Lines, combined, distinct, lines_of
from dafeng.accounting.overrides import SCHEMA as OVERRIDES
from dafeng.accounting.overrides import compile_overrides
from dafeng.accounting.prepare import PREPARED, prepare, spread_assignments
from dafeng.accounting.sums import PURPOSES, controlled, inside, shared, summed
from dafeng.accounting.trace import Ground, account_tree, clause_node, parameter_node

__all__ = [
    "COEFFICIENTS",
    "COLUMNS",
    "COUNTS",
    "HALF",
    "JOIN",
    "LABEL",
    "LARGEST",
    "MARK",
    "NOTHING",
    "OVERRIDES",
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
    "Rows",
    "account_totals",
    "account_tree",
    "accounts",
    "added_up",
    "callers",
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
    "parted",
    "prepare",
    "rounded",
    "shared",
    "spread_assignments",
    "summed",
    "totals",
    "whole_sum",
]
