"""Registered benchmarks; ``python -m benchmarks`` runs them. How to read them: README.md."""

from benchmarks import (
    budget,
    coefficients,
    grades,
    ledger,
    outlook,
    portfolio,
    reader,
    startup,
    supervision,
)
from benchmarks.registry import REGISTRY, Benchmark, Variant, register

MODULES = (
    startup,
    coefficients,
    ledger,
    budget,
    grades,
    outlook,
    portfolio,
    reader,
    supervision,
)  # a module registers its benchmarks when it is imported: name it here

__all__ = ["MODULES", "REGISTRY", "Benchmark", "Variant", "register"]
