"""Registered benchmarks; ``python -m benchmarks`` runs them. How to read them: README.md."""

from benchmarks import coefficients, ledger, startup
from benchmarks.registry import REGISTRY, Benchmark, Variant, register

MODULES = (
    startup,
    coefficients,
    ledger,
)  # a module registers its benchmarks when it is imported: name it here

__all__ = ["MODULES", "REGISTRY", "Benchmark", "Variant", "register"]
