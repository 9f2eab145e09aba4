"""Plan files that are made here; their first line says so, and no others are rewritten."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

import yaml

from dafeng.plan import Plan, load_plan
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
    write_file(path, _HEADER + _body(plan))


def read_own_plan(path: Path) -> Plan:
    """Read a plan file that was made here.

    Raises:
        Fault: ``plan_not_ours``, or as the loader of plans.
    """
    _check_ours(path)
    return load_plan(path)


def write_draft(plan: Plan, path: Path) -> None:
    """Write a draft as a file, over nothing but a draft that is as it was written.

    Raises:
        Fault: ``draft_changed`` where a person has changed the file or has accepted targets in it,
            ``plan_not_ours`` where it was not made here.
    """
    if path.exists():
        _check_ours(path)
        text = path.read_text(encoding="utf-8", errors="replace")
        found = _AS_WRITTEN.match(text)
        if found is None or found["sum"] != _sum(text[found.end() :]):
            raise Fault("draft_changed", str(path))
    body = _body(plan)
    write_file(path, f"{_HEADER}# as written: sha256:{_sum(body)}\n{body}")


_AS_WRITTEN = re.compile(rf"{re.escape(_HEADER)}# as written: sha256:(?P<sum>[0-9a-f]{{64}})\n")


def _body(plan: Plan) -> str:
    data = plan.model_dump(mode="json", exclude_defaults=True)
    return str(yaml.dump(data, Dumper=_DUMPER, allow_unicode=True, sort_keys=False, width=100))


_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def _sum(body: str) -> str:
    return sha256(body.encode()).hexdigest()


def _check_ours(path: Path) -> None:
    with path.open("rb") as file:
        if not file.read(len(_MARK)) == _MARK.encode():
            raise Fault("plan_not_ours", str(path))
