"""The house keeps its shape: layers, no rule in Python, a light start, short files."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parent.parent / "src" / "dafeng"
MODULES = sorted(SRC.rglob("*.py"))
MAX_LINES = 400
HEAVY = ("numpy", "pandas", "ibis", "duckdb", "pyarrow", "pydantic")

# --- Layers: from the bottom up; a package imports only from lower ones -----------------------

LAYERS: tuple[frozenset[str], ...] = (
    frozenset({"vocabulary"}),
    frozenset({"findings", "explain"}),
    frozenset({"ledger", "statistics", "readings", "plan", "rulebook"}),
    frozenset({"accounting"}),
    frozenset({"indicators"}),
    frozenset({"grading", "budget", "gate", "outlook", "portfolio", "market", "lists", "reader"}),
    frozenset({"workspace"}),
    frozenset({"report", "web", "cli"}),
)
LEVEL = {package: level for level, layer in enumerate(LAYERS) for package in layer}

# The only imports between packages of one layer.
BESIDE = {
    ("budget", "grading"),
    ("gate", "grading"),
    ("gate", "budget"),
    ("portfolio", "outlook"),
    ("web", "report"),
    ("cli", "report"),
    ("cli", "web"),
}

# Edges compute and keep tables; only who opens a workspace knows them.
EDGES = {"engine", "store"}
EDGE_USERS = {"workspace", "report", "web", "cli"}
EDGE_MAY_IMPORT = LAYERS[0] | LAYERS[1]

ROOT = ""  # dafeng/__init__.py and __main__.py: the face of the whole, free to import any package


@dataclass(frozen=True)
class Import:
    """What one package takes from another: ``from dafeng.PACKAGE.INNER import NAME``."""

    package: str
    inner: tuple[str, ...]
    name: str | None


def package_of(module: Path) -> str:
    """Name of the package that a file belongs to."""
    parts = module.relative_to(SRC).parts
    return parts[0] if len(parts) > 1 else ROOT


def imports(tree: ast.AST, module: Path) -> Iterator[Import]:
    """Everything that a module takes from ``dafeng``, wherever in the file it does so."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _split(alias.name.split("."), None)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield from _split(_absolute(node, module), alias.name)


def _absolute(node: ast.ImportFrom, module: Path) -> list[str]:
    named = node.module.split(".") if node.module else []
    if not node.level:
        return named
    folder = ["dafeng", *module.relative_to(SRC).parent.parts]
    return folder[: len(folder) - node.level + 1] + named


def _split(path: list[str], name: str | None) -> Iterator[Import]:
    if path[:1] != ["dafeng"]:
        return
    if len(path) > 1:
        yield Import(path[1], tuple(path[2:]), name)
    elif name and (SRC / name).is_dir():
        yield Import(name, (), None)
    else:
        yield Import(ROOT, (), name)


def layering_fault(package: str, taken: Import) -> str | None:
    """Why ``package`` may not import ``taken``, or ``None`` if it may."""
    other = taken.package
    if other == package:
        return None
    if other == ROOT:
        return None if taken.name == "__version__" else "takes from the root of dafeng"
    return _direction_fault(package, other) or _face_fault(taken)


def _direction_fault(package: str, other: str) -> str | None:
    if package == ROOT:
        return None
    if other in EDGES:
        return None if package in EDGE_USERS else f"knows the edge {other}"
    if package in EDGES:
        return None if other in EDGE_MAY_IMPORT else f"is an edge and imports {other}"
    if LEVEL[other] < LEVEL[package] or (package, other) in BESIDE:
        return None
    return f"imports {other}, which is not below it"


def _face_fault(taken: Import) -> str | None:
    if taken.inner:
        return f"reaches past the face of {taken.package} into {'.'.join(taken.inner)}"
    if taken.name is None or taken.name in face(taken.package):
        return None
    return f"takes {taken.name}, which is not in __all__ of {taken.package}"


@cache
def face(package: str) -> frozenset[str]:
    """The names that a package offers: its ``__all__``, read without importing it."""
    module = SRC / package / "__init__.py"
    for node in _tree(module).body if module.is_file() else ():
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return frozenset(ast.literal_eval(node.value))
    return frozenset()


def test_every_package_has_its_layer() -> None:
    packages = {package_of(module) for module in MODULES} - {ROOT}
    homeless = packages - set(LEVEL) - EDGES
    assert not homeless, f"give these packages a place in LAYERS: {sorted(homeless)}"


def test_imports_run_downwards_and_through_the_face() -> None:
    faults = [
        f"{module.relative_to(SRC)}: {package_of(module)} {fault}"
        for module in MODULES
        for taken in imports(_tree(module), module)
        if (fault := layering_fault(package_of(module), taken))
    ]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    ("package", "statement", "allowed"),
    [
        ("ledger", "from dafeng.vocabulary import units", True),
        ("accounting", "import dafeng.rulebook", True),
        ("plan", "import dafeng.rulebook", False),  # same layer
        ("vocabulary", "import dafeng.findings", False),  # upwards
        ("accounting", "from dafeng.rulebook.schema import Method", False),  # past the face
        ("accounting", "from dafeng.rulebook import schema", False),  # a private module
        ("ledger", "from dafeng.vocabulary import _units", False),
        ("ledger", "from dafeng.vocabulary import *", False),
        ("accounting", "from dafeng import engine", False),  # a noun that knows an edge
        ("workspace", "from dafeng import engine", True),
        ("engine", "import dafeng.ledger", False),
        ("engine", "import dafeng.findings", True),
        ("gate", "import dafeng.budget", True),
        ("budget", "import dafeng.gate", False),
        ("outlook", "import dafeng.grading", False),
        ("rulebook", "from .schema import Method", True),
        ("rulebook", "from ..plan import plans", False),
        ("cli", "from dafeng import __version__", True),
        ("ledger", "from dafeng import open", False),
        (ROOT, "import dafeng.workspace", True),
    ],
)
def test_layering_is_judged_rightly(package: str, statement: str, allowed: bool) -> None:  # noqa: FBT001
    taken = list(imports(ast.parse(statement), SRC / package / "module.py"))
    assert taken
    assert all(layering_fault(package, one) is None for one in taken) is allowed


# --- A number that is a rule is data, never Python --------------------------------------------

HARMLESS = {0, 1, 2, 0.5, 10, 100, 1000}  # counting, halves, percent, decimal places

# file → number → why it is not a rule
NOT_A_RULE: dict[str, dict[float | str, str]] = {
    "accounting/accounts.py": {63: "bits of a whole number"},
    "ledger/conflicts.py": {12: "months of a year"},
    "cli/outcome.py": {4: "exit codes"},
    "__main__.py": {128: "what a shell adds to the number of a signal"},
    "cli/stopping.py": {128: "what a shell adds to the number of a signal"},
    "budget/terms.py": {50: "digits carried in decimals"},
    "budget/totals.py": {6: "digits of a rate in words"},
    "report/room.py": {6: "decimal places from grams to tonnes", 4: "decimals of a ratio in JSON"},
    "workspace/barometer.py": {4: "quarters of a year", 3: "quarters of a year"},
    "outlook/peak.py": {8: "π ÷ 8: mean of a logistic over a normal, as a logistic"},
    "report/budget_allocated.py": {30: "enterprises listed in a terminal"},
    "report/board.py": {120: "columns of a terminal from which on the table is wide"},
    "explain/numbers.py": {6: "decimal places from grams to tonnes"},
    "workspace/compiled.py": {
        4: "digits of a year at the start of a period",
        60_000: "rows at a time",
    },
    "workspace/shelf.py": {32: "characters of a hash in the name of a file"},
    "workspace/totals.py": {
        32: "characters of a hash in the name of a file",
        1048576: "more labels than there are",
        61: "bits that two kept sums may take without a check",
        3: "parts that go or come before adding all of them is quicker",
        4: "bytes of a check sum",
        122880: "rows that are added at a time",
    },
    "report/tables.py": {12: "findings of one code that are printed"},
    "accounting/adding.py": {
        21: "bits of the number of sums held at a time",
        53: "bits of a float's whole numbers",
    },
    "accounting/trace.py": {20: "entries shown under a figure"},
    "explain/condense.py": {20: "nodes shown one by one"},
    "workspace/holdings.py": {1000: "thousandths of a unit"},
    "workspace/supervision_lines.py": {12: "months of a year"},
    "workspace/grade_lines.py": {12: "months of a year"},
    "workspace/lines.py": {6: "digits of a unit energy"},
    "workspace/firm_amounts.py": {1000: "thousandths of a unit"},
    "workspace/firm_ratios.py": {
        6: "digits of a ratio",
        8: "characters of a hash over who is in a mean",
    },
    "report/grades.py": {
        "0.0001": "decimals of a value",
        "0.01": "decimals of a score",
        20: "rows of a long table that are printed",
    },
    "explain/tree.py": {12: "length of the hash in a figure's id"},
    "indicators/capacity.py": {3: "lines or fields that a text names"},
    "indicators/readings.py": {4: "decimals of a percentage in the explanation"},
    "ledger/current.py": {4: "digits of a year at the start of a period"},
    "reader/documents.py": {1024: "bytes in which a PDF says that it is one"},
    "reader/docx.py": {16: "bits of the size of a piece that is read at a time"},
    "reader/html.py": {4000: "characters in which a page says what it is"},
    "reader/pdf_child.py": {4: "error code of pdfium for a password"},
    "reader/plan_draft.py": {200: "characters of a task that its title keeps"},
    "reader/score.py": {1e-9: "how near two decimal numbers read as floats are the same"},
    "rulebook/compute.py": {50: "digits carried in exact decimals"},
    "rulebook/expressions.py": {3: "arguments of where()"},
    "portfolio/results.py": {20: "digits of an exact amount of money"},
    "report/portfolio.py": {20: "rows of a long table that are printed"},
    "vocabulary/periods.py": {
        3: "months of a quarter",
        12: "months of a year",
        31: "days of December",
    },
    "vocabulary/reporters.py": {36: "base in which int() reads digits and letters"},
    "vocabulary/schema.py": {3: "near labels offered"},
    "workspace/cache.py": {32: "length of the hashes in the name of a kept table"},
    "workspace/files.py": {
        16: "power of two: bytes at the end of a file in which its sum stands",
        86_400: "seconds of a day",
        122880: "rows that DuckDB takes at a time from a Parquet file",
    },
    "workspace/snapshot.py": {32: "length of the hashes in the name of a file"},
    "workspace/store.py": {
        6: "digits of a batch number",
        8: "length of hashes and line numbers in an entry's id",
    },
    "outlook/drivers.py": {3: "constant of the correction of a short series' persistence"},
    "report/projection.py": {
        5: "years between the rows of a table in short",
        40: "characters of the longest bar",
    },
}

NUMBER_MAKERS = {"Decimal", "Fraction", "complex", "float", "int"}
_NUMERAL = re.compile(r"[+-]?[\d.]+(e[+-]?\d+)?(/[\d.]+)?", re.IGNORECASE)


def numbers(tree: ast.AST) -> Iterator[tuple[int, float | str]]:
    """Line and value of each number that the code spells out, also ``Fraction("44/12")``."""
    cuts = _places_of_cuts(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node not in cuts:
            if isinstance(node.value, int | float) and not isinstance(node.value, bool):
                yield node.lineno, node.value
        elif isinstance(node, ast.Call):
            yield from _spelt(node)


def _places_of_cuts(tree: ast.AST) -> set[ast.expr | None]:
    """The bounds of slices: where a text is cut (``label[:4]``) is its layout, not a rule."""
    slices = [node for node in ast.walk(tree) if isinstance(node, ast.Slice)]
    return {bound for one in slices for bound in (one.lower, one.upper)}


def _spelt(call: ast.Call) -> Iterator[tuple[int, str]]:
    maker = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    for value in call.args if maker in NUMBER_MAKERS else ():
        if (
            isinstance(value, ast.Constant)
            and isinstance(value.value, str)
            and _NUMERAL.fullmatch(value.value)
        ):
            yield call.lineno, value.value


def test_no_number_in_python_is_a_rule() -> None:
    found = []
    for module in MODULES:
        place = module.relative_to(SRC).as_posix()
        allowed = HARMLESS | set(NOT_A_RULE.get(place, {}))
        found += [f"{place}:{line}: {n}" for line, n in numbers(_tree(module)) if n not in allowed]
    assert not found, "move to data, or say in NOT_A_RULE why it is no rule:\n" + "\n".join(found)


def test_the_list_of_numbers_that_are_no_rule_is_not_stale() -> None:
    stale = []
    for place, reasons in NOT_A_RULE.items():
        module = SRC / place
        used = {n for _, n in numbers(_tree(module))} if module.is_file() else set()
        stale += [f"{place}: {number}" for number in reasons if number not in used]
    assert not stale, f"remove from NOT_A_RULE: {stale}"


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("44 / 12", [44, 12]),
        ("-0.98", [0.98]),
        ("Fraction('44/12')", ["44/12"]),
        ("decimal.Decimal('2.6e-3')", ["2.6e-3"]),
        ("True", []),
        ("f(x, '7')", []),  # a text
        ("label[5:7]", []),  # where a text is cut
        ("weights[5]", [5]),
    ],
)
def test_numbers_are_found_in_every_disguise(code: str, found: list[float | str]) -> None:
    assert [number for _, number in numbers(ast.parse(code))] == found


# --- A light start ----------------------------------------------------------------------------

HELP = """
import sys
from dafeng.cli import main
sys.argv = ["dafeng", "--help"]
try:
    main()
except SystemExit as stop:
    assert not stop.code, stop.code
"""


REPORTS = "from dafeng import report"  # whatever is printed, each command waits for it


@pytest.mark.parametrize(
    ("code", "needed"),
    [("import dafeng", set()), (HELP, set()), (REPORTS, {"pydantic"})],
    ids=["import dafeng", "dafeng --help", "reports"],
)
def test_start_loads_no_heavy_library(code: str, needed: set[str]) -> None:
    report = f"\nimport json, sys\nprint(json.dumps([m for m in {HEAVY} if m in sys.modules]))"
    ran = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code + report],
        capture_output=True,
        check=False,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    assert ran.returncode == 0, ran.stderr
    assert {*json.loads(ran.stdout.splitlines()[-1])} <= needed


# --- Short files ------------------------------------------------------------------------------


def test_no_file_is_long() -> None:
    lengths = {m.relative_to(SRC).as_posix(): len(_text(m).splitlines()) for m in MODULES}
    long = {place: lines for place, lines in lengths.items() if lines > MAX_LINES}
    assert not long, f"split these files by what they are about: {long}"


def _text(module: Path) -> str:
    return module.read_text(encoding="utf-8")


def _tree(module: Path) -> ast.Module:
    return ast.parse(_text(module), filename=str(module))
