"""Rules as dated, cited data: documents, parameters, methods, scales, formulas, scorecards."""

from dafeng.rulebook.check import check
from dafeng.rulebook.compute import (
    NOTHING,
    Computed,
    Given,
    calculate,
    complete,
    compute,
    constant,
    decimals,
    run_step,
)
from dafeng.rulebook.coverage import Covered, Hole, coverage, holes
from dafeng.rulebook.days import between_days, known_on
from dafeng.rulebook.difference import Change, between_rules
from dafeng.rulebook.editions import holds_on
from dafeng.rulebook.expressions import evaluate, symbols, used
from dafeng.rulebook.instruments import (
    ClassRule,
    Criterion,
    Deadline,
    Event,
    Formula,
    Scorecard,
    Step,
)
from dafeng.rulebook.limits import Grade, Input, Scale, ScaleSet
from dafeng.rulebook.load import DATA, load, opened, overlaid
from dafeng.rulebook.overlays import Laid, placed, replaced
from dafeng.rulebook.resolving import Lookup, Resolver
from dafeng.rulebook.rulebook import (
    Choice,
    Rulebook,
    Value,
    describe,
    in_force,
    province_of,
    years_of,
)
from dafeng.rulebook.schema import Clause, Document, Method, MethodTerm, ParameterSet, Reference
from dafeng.rulebook.search import Hit, near, search

__all__ = [
    "DATA",
    "NOTHING",
    "Change",
    "Choice",
    "ClassRule",
    "Clause",
    "Computed",
    "Covered",
    "Criterion",
    "Deadline",
    "Document",
    "Event",
    "Formula",
    "Given",
    "Grade",
    "Hit",
    "Hole",
    "Input",
    "Laid",
    "Lookup",
    "Method",
    "MethodTerm",
    "ParameterSet",
    "Reference",
    "Resolver",
    "Rulebook",
    "Scale",
    "ScaleSet",
    "Scorecard",
    "Step",
    "Value",
    "between_days",
    "between_rules",
    "calculate",
    "check",
    "complete",
    "compute",
    "constant",
    "coverage",
    "decimals",
    "describe",
    "evaluate",
    "holds_on",
    "holes",
    "in_force",
    "known_on",
    "load",
    "near",
    "opened",
    "overlaid",
    "placed",
    "province_of",
    "replaced",
    "run_step",
    "search",
    "symbols",
    "used",
    "years_of",
]
