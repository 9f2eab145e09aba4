"""Plan files that are made here; their first line says so, and no others are rewritten."""

from __future__ import annotations

from pathlib import Path

import yaml

from dafeng.plan import Plan, load_plan
from dafeng.reader.words import said
from dafeng.vocabulary import Fault, write_file

_MARK = "# Made by dafeng read"
_HEADER = f"""{_MARK}: 由 dafeng read 生成；核对后请改写负责单位、发文机关等，并删去本行。
# Every target names its file, span and hash of the text. Delete these lines once the file is yours.
"""


def write_plan(plan: Plan, path: Path) -> None:
    """Write a plan as a file.

    Raises:
        Fault: ``plan_not_ours`` where the file is there and was not made here.
    """
    if path.exists():
        _check_ours(path)
    data = plan.model_dump(mode="json", exclude_defaults=True)
    body = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=100)
    write_file(path, _HEADER + body)


def read_own_plan(path: Path) -> Plan:
    """Read a plan file that was made here.

    Raises:
        Fault: ``plan_not_ours``, or as the loader of plans.
    """
    _check_ours(path)
    return load_plan(path)


def write_draft(plan: Plan, path: Path) -> None:
    """Write a draft as a file, over nothing but another draft.

    Raises:
        Fault: ``accepted_in_plan`` where the file holds targets that a person has accepted, or
            as :func:`read_own_plan`.
    """
    if path.exists():
        draft = said("draft").zh
        held = read_own_plan(path).targets
        if kept := [t.id for t in held if t.note is None or draft not in t.note.zh]:
            raise Fault("accepted_in_plan", str(path), targets=", ".join(kept))
    write_plan(plan, path)


def _check_ours(path: Path) -> None:
    with path.open("rb") as file:
        if not file.read(len(_MARK)) == _MARK.encode():
            raise Fault("plan_not_ours", str(path))
