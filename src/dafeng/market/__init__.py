"""The national carbon market: how many allowances a unit and its enterprise are given."""

from dafeng.market.allocate import allocate
from dafeng.market.results import Adjustment, Allocation, Balance, Line, Total
from dafeng.market.sectors import sectors, unit_tables
from dafeng.market.units import read_units

__all__ = [
    "Adjustment",
    "Allocation",
    "Balance",
    "Line",
    "Total",
    "allocate",
    "read_units",
    "sectors",
    "unit_tables",
]
