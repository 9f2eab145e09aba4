"""From activity to grams: the rulebook compiled to coefficients and joined to the ledger."""

from dafeng.accounting.accounts import accounts, coefficient_table, outside, rounded, totals
from dafeng.accounting.coefficients import SEPARATOR, Activity, compile_coefficients
from dafeng.accounting.prepare import prepare, spread_assignments
from dafeng.accounting.trace import account_tree, parameter_node

__all__ = [
    "SEPARATOR",
    "Activity",
    "account_tree",
    "accounts",
    "coefficient_table",
    "compile_coefficients",
    "outside",
    "parameter_node",
    "prepare",
    "rounded",
    "spread_assignments",
    "totals",
]
