"""The mapping file: how another layout becomes a table of ours."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import ConfigDict, Field, model_validator

from dafeng.vocabulary import Fault, Record, flows, items, read_yaml, uses, validate

Sign = Literal["as_printed", "negative"]


class BySign(Record):
    """Flows of a row whose sign tells the direction; numbers are booked by their magnitude."""

    negative: str
    positive: str


class Entry(Record):
    """A row that is booked.

    Attributes:
        flow: the flow; or
        by_sign: the flow by the sign of the number.
        use, product, note: what the entry says besides.
        sign: ``negative`` where the row holds negative numbers by convention.
    """

    flow: str | None = None
    by_sign: BySign | None = None
    use: str = ""
    product: str = ""
    note: str = ""
    sign: Sign = "as_printed"

    @model_validator(mode="after")
    def _one_flow(self) -> Self:
        if (self.flow is None) == (self.by_sign is None):
            raise ValueError("give flow or by_sign, one of them")
        return self


class Check(Record):
    """A printed total and its parts; a part written ``-label`` is taken off."""

    sum: tuple[str, ...] = Field(min_length=1)
    tolerance: float | None = None


class OfWhich(Record):
    """A row that is part of another one; it is booked too where it has a flow.

    Attributes:
        of: label of the whole.
        complete: whether all complete parts of that whole add up to it.
        flow, use, product, note, sign: as in ``Entry``.
    """

    of: str
    complete: bool = False
    flow: str | None = None
    use: str = ""
    product: str = ""
    note: str = ""
    sign: Sign = "as_printed"


class Row(Record):
    """What a row label stands for: exactly one of the four."""

    entry: Entry | None = None
    check: Check | None = None
    of_which: OfWhich | None = None
    ignore: str | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _one(self) -> Self:
        if len(self.model_fields_set) != 1 or all(
            part is None for part in (self.entry, self.check, self.of_which, self.ignore)
        ):
            raise ValueError("exactly one of entry, check, of_which, ignore")
        return self

    @property
    def booked(self) -> Entry | OfWhich | None:
        """The booking of a row that enters the ledger."""
        if self.of_which and self.of_which.flow:
            return self.of_which
        return self.entry


class Rows(Record):
    """A layout with row labels: the column that holds them, and what each stands for."""

    label: str
    labels: dict[str, Row]


class ItemRule(Record):
    """A printed item that is none: a total over items with its parts, or left out for a reason."""

    total: tuple[str, ...] | None = None
    ignore: str | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.total is None) == (self.ignore is None):
            raise ValueError("exactly one of total, ignore")
        return self


class Mapping(Record):
    """How the columns and labels of a file become a table.

    Attributes:
        table: name of the table.
        sheet: worksheet, where the file is a workbook; by default the first.
        columns: column of the table → column of the file. A column that is not named is taken
            from the column of the same name, if there is one.
        constants: column of the table → the value of all rows.
        suffixes: column of the table → what is put behind each value, so that two tables made from
            one file keep their ids apart.
        items: label of an item in the file → id, or what else it is.
        rows: what the row labels stand for.
        tolerance: by how much a printed total may differ from its parts, in printed units.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)

    table: str = "entries"
    sheet: str | None = None
    columns: dict[str, str] = Field(default_factory=dict)
    constants: dict[str, str] = Field(default_factory=dict)
    suffixes: dict[str, str] = Field(default_factory=dict)
    items: dict[str, str | ItemRule] = Field(default_factory=dict)
    rows: Rows | None = None
    tolerance: float = 0.0

    def source(self, column: str) -> str:
        """Name of the column of the file that holds a column of the table."""
        return self.columns.get(column, column)

    @model_validator(mode="after")
    def _labels_exist(self) -> Self:
        if twice := (self.columns.keys() | self.suffixes.keys()) & self.constants.keys():
            raise ValueError(f"both column and constant: {', '.join(sorted(twice))}")
        labels = self.rows.labels if self.rows else {}
        for row in labels.values():
            for part in row.check.sum if row.check else ():
                if part.removeprefix("-") not in labels and part not in labels:
                    raise ValueError(f"no such row: {part}")
            if row.of_which and row.of_which.of not in labels:
                raise ValueError(f"no such row: {row.of_which.of}")
        for rule in self.items.values():
            for part in (rule.total or ()) if isinstance(rule, ItemRule) else ():
                if part.removeprefix("-") not in self.items:
                    raise ValueError(f"no such item: {part}")
        return self


def read_mapping(path: Path) -> Mapping:
    """Read a mapping file and look up every flow, use and item that it names.

    Raises:
        Fault: ``no_file``, ``bad_yaml``, ``bad_field``, ``unknown_flow``, ``unknown_use`` or
            ``unknown_item``, with the place in the mapping file.
    """
    mapping = validate(Mapping, read_yaml(path), str(path))
    for label, item in mapping.items.items():
        if isinstance(item, str):
            items().resolve(item, f"{path}:items.{label}")
    for label, row in mapping.rows.labels.items() if mapping.rows else ():
        place = f"{path}:rows.{label}"
        booked = row.booked
        if booked is None:
            continue
        if booked.use:
            uses().resolve(booked.use.partition("/")[0], place)
        by_sign = booked.by_sign if isinstance(booked, Entry) else None
        for flow in (by_sign.negative, by_sign.positive) if by_sign else (booked.flow or "",):
            if flow not in flows():
                raise Fault("unknown_flow", place, label=flow, near=", ".join(flows()))
    return mapping
