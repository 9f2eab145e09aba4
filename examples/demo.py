"""The demonstration: public figures from import to board and explanation.

Runs the commands that a user would type, shows them, and stops at the first fault.
DAFENG_LANG=en gives English.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROGRESS, BALANCE = HERE / "progress", HERE / "energy-balance-2007"
LANG = "en" if os.environ.get("DAFENG_LANG") == "en" else "zh"
WIDTH = "150"

SAID = {
    "plan": {
        "zh": "一、国家与浙江省的目标，对照已公布的数字（截至 2021、2023、2025）",
        "en": "1. National and Zhejiang targets against published figures (as of 2021, 2023, 2025)",
    },
    "explain": {"zh": "这个数字是怎么来的？", "en": "How did this figure come about?"},
    "balance": {
        "zh": "二、北京市 2007 年能源平衡表：导入、核算，并列公布的清单",
        "en": "2. Beijing's energy balance of 2007: import, accounts, the published inventory",
    },
    "kept": {"zh": "两个工作区留在", "en": "The two workspaces stay in"},
}


def main(folder: Path) -> int:
    """Run both parts in ``folder``."""
    plan, balance = folder / "plan", folder / "beijing"
    say("plan")
    dafeng("init", plan)
    dafeng("import", PROGRESS / "statistics.csv", "--table", "statistics", "-w", plan)
    for year in ("2021", "2023", "2025"):
        for chosen in ("national-industry-2022", "ten-actions-2021", "zhejiang-industry-2023"):
            dafeng("board", "--plan", chosen, "--as-of", year, "-w", plan)
    say("explain")
    dafeng("explain", "C23-3-2025", "--as-of", "2025", "-w", plan)
    say("balance")
    dafeng("init", balance, "--region", "11")
    dafeng("import", BALANCE / "reporters.csv", "--table", "reporters", "-w", balance)
    dafeng("import", BALANCE / "assignments.csv", "--table", "assignments", "-w", balance)
    dafeng("import", BALANCE / "inventory.csv", "--table", "statistics", "-w", balance)
    dafeng("import", BALANCE / "beijing.csv", "--map", BALANCE / "map.yaml", "-w", balance)
    dafeng("account", "-w", balance)
    figure = "account:emission:11~regional-balance-2007:2007"
    dafeng("explain", figure, "--depth", "2", "-w", balance)
    dafeng("explain", figure, "--only", "coke", "-w", balance)
    sys.stdout.write(f"\n{SAID['kept'][LANG]} {folder}\n")
    return 0


def say(what: str) -> None:
    """Print a heading."""
    sys.stdout.write(f"\n\033[1m{SAID[what][LANG]}\033[0m\n")


def dafeng(*words: str | Path) -> None:
    """Show a command and run it; findings (exit code 1) are part of the result."""
    shown = " ".join(os.path.relpath(w) if isinstance(w, Path) else w for w in words)
    sys.stdout.write(f"\n$ dafeng {shown}\n")
    sys.stdout.flush()
    environment = os.environ | {"COLUMNS": os.environ.get("COLUMNS", WIDTH), "DAFENG_LANG": LANG}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # or each command compiles anew
    command = [sys.executable, "-m", "dafeng.cli", *map(str, words)]
    done = subprocess.run(command, env=environment, check=False)  # noqa: S603  our own words
    if done.returncode > 1:
        raise SystemExit(done.returncode)


if __name__ == "__main__":
    given = Path(sys.argv[1] if sys.argv[1:] else tempfile.mkdtemp(prefix="dafeng-demo-"))
    raise SystemExit(main(given))
