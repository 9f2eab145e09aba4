"""Shapes shared by all data files: bilingual text, strict records, and the YAML reader."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from dafeng.vocabulary.fault import Fault

LANGUAGES = ("zh", "en")


class Record(BaseModel):
    """A record of a data file: unknown fields are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(Record):
    """The same words in Chinese and English."""

    zh: str
    en: str

    def of(self, lang: str) -> str:
        """Return the words in ``lang`` (``zh`` or ``en``)."""
        return self.zh if lang == "zh" else self.en


class Named(Protocol):
    """Anything with an id, a name in both languages, and aliases."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def name(self) -> Text: ...  # noqa: D102
    @property
    def aliases(self) -> tuple[str, ...]: ...  # noqa: D102


class Term(Record):
    """An entry of a vocabulary: ``id`` is used in tables, the rest is for people."""

    id: str
    zh: str
    en: str
    aliases: tuple[str, ...] = ()
    note: Text | None = None

    @property
    def name(self) -> Text:
        """Name in both languages."""
        return Text(zh=self.zh, en=self.en)


T = TypeVar("T", bound=Named)
R = TypeVar("R", bound=BaseModel)


class Entries(Mapping[str, T], Generic[T]):
    """A vocabulary by id, which also answers to names and aliases.

    Args:
        kind: what is listed (``unit``, ``item`` …); an unknown label is the fault
            ``unknown_<kind>`` with the nearest known labels.
        entries: the records, in the order of the data file.
        fold: how a label is normalised before it is compared.
    """

    def __init__(self, kind: str, entries: Iterable[T], fold: Any = str.casefold) -> None:
        self.kind = kind
        self._fold = fold
        self._by_id: dict[str, T] = {}
        self._by_label: dict[str, str] = {}
        for entry in entries:
            if entry.id in self._by_id:
                raise Fault("duplicate_id", kind, id=entry.id)
            self._by_id[entry.id] = entry
        for entry in self._by_id.values():
            for label in (entry.id, entry.name.zh, entry.name.en, *entry.aliases):
                other = self._by_label.setdefault(fold(label), entry.id)
                if other != entry.id:
                    raise Fault("ambiguous_label", kind, label=label, ids=f"{other}, {entry.id}")

    def __getitem__(self, key: str) -> T:
        return self._by_id[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self._by_id)

    def find(self, label: str) -> T | None:
        """Return the entry that ``label`` names, or ``None``."""
        found = self._by_label.get(self._fold(label))
        return None if found is None else self._by_id[found]

    def resolve(self, label: str, place: str = "") -> T:
        """Return the entry that ``label`` names.

        Raises:
            Fault: ``unknown_<kind>`` with the nearest labels.
        """
        found = self.find(label)
        if found is None:
            near = get_close_matches(self._fold(label), self._by_label, n=3)
            raise Fault(f"unknown_{self.kind}", place, label=label, near=", ".join(near) or "–")
        return found


def read_yaml(path: Path) -> Any:
    """Return what a YAML file holds.

    Raises:
        Fault: ``bad_yaml`` with line and column, or ``no_file``.
    """
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506
    except FileNotFoundError as error:
        raise Fault("no_file", str(path)) from error
    except UnicodeDecodeError as error:
        raise Fault("bad_encoding", str(path), encoding="UTF-8", reason=error.reason) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
        raise Fault("bad_yaml", place, reason=getattr(error, "problem", str(error))) from error
    except ValueError as error:  # a day that does not exist, such as 2024-02-30
        raise Fault("bad_yaml", str(path), reason=str(error)) from error


def validate(model: type[R], data: Any, place: str) -> R:
    """Check ``data`` against ``model``.

    Raises:
        Fault: ``bad_field`` that names the first wrong field and counts the others.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first, *others = error.errors()
        raise Fault(
            "bad_field",
            place,
            field=".".join(str(part) for part in first["loc"]) or "–",
            reason=first["msg"],
            value=repr(first.get("input"))[:80],
            others=len(others),
        ) from error


def read_records(model: type[R], path: Path, key: str) -> tuple[R, ...]:
    """Read the list under ``key`` of a YAML file, or of each in a folder, as records."""
    if path.is_dir():
        files = sorted(path.glob("*.yaml"))
        return tuple(record for file in files for record in read_records(model, file, key))
    data = read_yaml(path)
    if not isinstance(data, dict) or not isinstance(data.get(key), list):
        raise Fault("bad_field", str(path), field=key, reason="list expected", value="", others=0)
    return tuple(validate(model, row, f"{path.name}:{key}[{i}]") for i, row in enumerate(data[key]))


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Safe YAML that refuses a key given twice, in place of keeping the last one."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        if len(mapping) != len(node.value):
            keys = [key.value for key, _ in node.value]
            twice = next(key for key in keys if keys.count(key) > 1)
            raise yaml.constructor.ConstructorError(
                None, None, f"key twice: {twice}", node.start_mark
            )
        return mapping
