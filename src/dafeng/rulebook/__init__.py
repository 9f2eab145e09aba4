"""Rules as dated, cited data: documents, parameters, methods, scales, formulas, scorecards."""

from dafeng.rulebook.check import check
from dafeng.rulebook.compute import (
    NOTHING,
    Computed,
    calculate,
    complete,
    compute,
    decimals,
    run_step,
)
from dafeng.rulebook.expressions import evaluate, symbols, used
from dafeng.rulebook.instruments import Criterion, Deadline, Formula, Scorecard, Step
from dafeng.rulebook.limits import Grade, Input, Scale, ScaleSet
from dafeng.rulebook.load import load
from dafeng.rulebook.rulebook import (
    Choice,
    Rulebook,
    Value,
    describe,
    holds_on,
    in_force,
    province_of,
    years_of,
)
from dafeng.rulebook.schema import Clause, Document, Method, MethodTerm, ParameterSet, Reference

__all__ = [
    "NOTHING",
    "Choice",
    "Clause",
    "Computed",
    "Criterion",
    "Deadline",
    "Document",
    "Formula",
    "Grade",
    "Input",
    "Method",
    "MethodTerm",
    "ParameterSet",
    "Reference",
    "Rulebook",
    "Scale",
    "ScaleSet",
    "Scorecard",
    "Step",
    "Value",
    "calculate",
    "check",
    "complete",
    "compute",
    "decimals",
    "describe",
    "evaluate",
    "holds_on",
    "in_force",
    "load",
    "province_of",
    "run_step",
    "symbols",
    "used",
    "years_of",
]
