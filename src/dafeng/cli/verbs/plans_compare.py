"""Plans side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dafeng import report
from dafeng.cli.outcome import Outcome
from dafeng.indicators import compare as side_by_side
from dafeng.indicators import indicators
from dafeng.plan import Plan, load_plan
from dafeng.plan import plans as known_plans
from dafeng.vocabulary import Fault, period


def compare(
    lang: str,
    workspace: Path,
    plans: list[str],
    indicator: str | None,
    alone: bool,  # noqa: FBT001
    as_of: str | None,
) -> Outcome:
    """Compare the plans named, or all that are held, indicator by indicator."""
    folder = workspace / "plans"
    held = known_plans(folder) if folder.is_dir() else known_plans()
    chosen = [_plan(label, held) for label in plans] or list(held.values())
    compared = side_by_side(chosen, _statistics(workspace), as_of and period(as_of).text)
    if indicator is not None:
        wanted = indicators().resolve(indicator).id
        compared = tuple(one for one in compared if one.indicator == wanted)
        alone = True
    shown = [one for one in compared if alone or one.plans > 1]
    data = {
        "comparisons": [report.comparison_dict(one, lang) for one in shown],
        "in_one_plan_only": len(compared) - len(shown),
    }
    return Outcome(list(report.comparison_view(shown, len(compared) - len(shown), lang)), data)


def _statistics(folder: Path) -> list[dict[str, Any]] | None:
    """Return the published figures of a workspace; ``None`` where the folder here is none."""
    from dafeng.workspace import Workspace  # noqa: PLC0415  heavy

    try:
        return Workspace(folder).rows("statistics")
    except Fault as fault:
        if fault.code == "no_workspace" and folder == Path():
            return None
        raise


def _plan(label: str, held: dict[str, Plan]) -> Plan:
    """Return a plan by its id, or from a file."""
    if label in held:
        return held[label]
    if Path(label).is_file():
        return load_plan(Path(label))
    if Path(label).is_dir():
        raise Fault("not_a_file", label)
    raise Fault("unknown_plan", label=label, near=", ".join(held))
