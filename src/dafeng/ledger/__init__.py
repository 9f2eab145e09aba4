"""The books: activity entries, measured parameters, reporters; and how files become rows."""

from dafeng.ledger.conflicts import check_entries
from dafeng.ledger.current import current, newest, today
from dafeng.ledger.doubts import month_gaps
from dafeng.ledger.importing.faults import Add
from dafeng.ledger.importing.imports import Import, read_table, spreadsheet, write_rejected
from dafeng.ledger.importing.mapping import Mapping, read_mapping
from dafeng.ledger.schema import tables

__all__ = [
    "Add",
    "Import",
    "Mapping",
    "check_entries",
    "current",
    "month_gaps",
    "newest",
    "read_mapping",
    "read_table",
    "spreadsheet",
    "tables",
    "today",
    "write_rejected",
]
