"""From activity to grams: the rulebook compiled to coefficients and joined to the ledger."""

from dafeng.accounting.accounts import (
    account_totals,
    accounts,
    coefficient_table,
    join,
    keyed,
    outside,
    rounded,
    totals,
    whole_sum,
)
from dafeng.accounting.coefficients import SEPARATOR, Activity, compile_coefficients
from dafeng.accounting.derive import MARK, Derived, Origin, derive
from dafeng.accounting.footing import COLUMNS, Footing, footings
from dafeng.accounting.prepare import prepare, spread_assignments
from dafeng.accounting.sums import PURPOSES, controlled, inside, shared, summed
from dafeng.accounting.trace import Ground, account_tree, parameter_node

__all__ = [
    "COLUMNS",
    "MARK",
    "PURPOSES",
    "SEPARATOR",
    "Activity",
    "Derived",
    "Footing",
    "Ground",
    "Origin",
    "account_totals",
    "account_tree",
    "accounts",
    "coefficient_table",
    "compile_coefficients",
    "controlled",
    "derive",
    "footings",
    "inside",
    "join",
    "keyed",
    "outside",
    "parameter_node",
    "prepare",
    "rounded",
    "shared",
    "spread_assignments",
    "summed",
    "totals",
    "whole_sum",
]
