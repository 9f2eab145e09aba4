"""The words everything else is written in: units, periods, regions, sectors, items, flows."""

from dafeng.vocabulary.activities import Item, basis, flows, gases, items, marks, uses, worst_mark
from dafeng.vocabulary.fault import Fault
from dafeng.vocabulary.files import write_file, write_files
from dafeng.vocabulary.periods import Period, period, plan_periods
from dafeng.vocabulary.places import ancestors, below, regions, sectors
from dafeng.vocabulary.reporters import check_credit_code, fictional_credit_code, is_fictional
from dafeng.vocabulary.schema import (
    LANGUAGES,
    Entries,
    Record,
    Term,
    Text,
    read_records,
    read_yaml,
    validate,
)
from dafeng.vocabulary.tables import Column, TableSchema, read_tables
from dafeng.vocabulary.units import factor, quantity, units

__all__ = [
    "LANGUAGES",
    "Column",
    "Entries",
    "Fault",
    "Item",
    "Period",
    "Record",
    "TableSchema",
    "Term",
    "Text",
    "ancestors",
    "basis",
    "below",
    "check_credit_code",
    "factor",
    "fictional_credit_code",
    "flows",
    "gases",
    "is_fictional",
    "items",
    "marks",
    "period",
    "plan_periods",
    "quantity",
    "read_records",
    "read_tables",
    "read_yaml",
    "regions",
    "sectors",
    "units",
    "uses",
    "validate",
    "worst_mark",
    "write_file",
    "write_files",
]
