"""Rules as dated, cited data: documents, parameters, methods."""

from dafeng.rulebook.check import check
from dafeng.rulebook.expressions import evaluate, symbols, used
from dafeng.rulebook.rulebook import (
    Choice,
    Rulebook,
    Value,
    describe,
    in_force,
    load,
    province_of,
    years_of,
)
from dafeng.rulebook.schema import Clause, Document, Method, MethodTerm, Reference

__all__ = [
    "Choice",
    "Clause",
    "Document",
    "Method",
    "MethodTerm",
    "Reference",
    "Rulebook",
    "Value",
    "check",
    "describe",
    "evaluate",
    "in_force",
    "load",
    "province_of",
    "symbols",
    "used",
    "years_of",
]
