"""Tables to be graded: what their columns are follows from the rule, and files become rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from numpy.typing import NDArray

from dafeng.accounting import clause_node
from dafeng.explain import Node
from dafeng.findings import Finding
from dafeng.grading.lazy import Lazy
from dafeng.grading.near import Same
from dafeng.ledger import read_mapping, read_table
from dafeng.rulebook import Rulebook, ScaleSet, Scorecard
from dafeng.vocabulary import Column, TableSchema, Text

WHO, SCALE, VALUE, MARK, SOURCE = "who", "scale", "value", "mark", "source"
GROW, REASON, LACKS = "grow", "reason", "lacks"
"""Of rows from the books, by column: what a cell rests on, why it is empty (id of words), and
which amount it is that lacks."""

REFERENCES = ("base", "lead")
YES, NO = "yes", "no"

Row = dict[str, Any]
Cells = NDArray[Any]


class Sheet(Lazy[Row]):
    """Rows of a table to be graded that is held by columns.

    Args:
        columns: of one length; the cells that are ``NaN`` are empty.
        more: gives what stands in the row of a place beside them.
        why: column → why a cell is empty (id of words); an empty text where it is not.
    """

    def __init__(
        self,
        columns: Mapping[str, Sequence[Any] | Cells],
        more: Callable[[int], Row],
        why: Mapping[str, Cells],
    ) -> None:
        super().__init__(len(columns[WHO]))
        self.columns, self._more, self._why = columns, more, why

    def why(self, at: int) -> dict[str, str]:
        """Return why cells of a row are empty."""
        return {name: str(column[at]) for name, column in self._why.items() if column[at]}

    def _make(self, at: int) -> Row:
        cells = {name: column[at] for name, column in self.columns.items()}
        held = {name: getattr(cell, "item", lambda c=cell: c)() for name, cell in cells.items()}
        plain = {name: None if cell != cell else cell for name, cell in held.items()}  # noqa: PLR0124
        why = self.why(at)
        return plain | self._more(at) | ({REASON: why} if why else {})


_WHO = Text(
    zh="被评对象：企业、产能线、项目", en="who or what is graded: enterprise, line, project"
)
_MARK = Text(zh="可信度", en="mark")


def scale_sheet(name: str, editions: Sequence[ScaleSet]) -> TableSchema:
    """Return the table of values that are held against scales.

    Args:
        name: of the table.
        editions: the editions that answer, the nearest place first.
    """
    scales = tuple(dict.fromkeys(scale.id for one in editions for scale in one.scales))
    inputs = {key: given for one in editions for key, given in one.inputs.items()}
    said = Text(zh="数值，以限额的单位计", en="value, in the unit of the scale")
    return TableSchema(
        name=name,
        text=Text(zh="待评级的数值：每行一个", en="values to be graded: a row for each"),
        columns=(
            _key(WHO, _WHO),
            Column(
                name=SCALE,
                choices=scales,
                default=scales[0] if len(scales) == 1 else None,
                required=len(scales) > 1,
                key=True,
                text=Text(zh="产品或工序", en="product or process"),
            ),
            Column(name=VALUE, type="number", text=said),
            *(
                Column(
                    name=key,
                    type="number" if given.unit else "text",
                    text=_with_unit(Text(zh=given.zh, en=given.en), given.unit),
                )
                for key, given in inputs.items()
            ),
            _mark(),
        ),
    )


def card_sheet(card: Scorecard) -> TableSchema:
    """Return the table of participants that are held against a scorecard."""
    held = [_number(one.id, _with_unit(one.name, one.unit)) for one in card.criteria]
    references = [
        _number(f"{one.id}_{name}", Text(zh=f"{one.zh}：{zh}", en=f"{one.en}: {name}"))
        for one in card.criteria
        for name, zh in zip(REFERENCES, ("基准值", "领跑值"), strict=True)
    ]
    events = [Column(name=e.id, choices=(YES, NO), text=e.name) for e in card.events]
    return TableSchema(
        name=card.family,
        text=Text(zh="参评者：每行一个", en="participants: a row for each"),
        columns=(_key(WHO, _WHO), *held, *references, *events, _mark()),
    )


def read_sheet(
    path: Path, schema: TableSchema, mapping: Path | None = None
) -> tuple[list[Row], list[Finding]]:
    """Read a CSV (UTF-8 or GB18030), Excel or Parquet file as rows with their place.

    A column without any value is absent. With an error among the findings the rows are not the
    whole file.
    """
    done = read_table(path, schema, read_mapping(mapping) if mapping else None)
    rows = cast("list[Row]", done.table.to_pylist())
    held = {name for row in rows for name, cell in row.items() if cell not in (None, "")}
    found = [{name: cell for name, cell in row.items() if name in held} for row in rows]
    for number, row in zip(done.row.tolist(), found, strict=True):
        row[SOURCE] = f"{path.name}:{number}"
    return found, done.findings


def clause_of(rules: Rulebook, document: str, clause: str) -> Node:
    """Return the node of a clause, of a document where the clause names none itself."""
    return clause_node(rules, clause if "/" in clause else f"{document}/{clause}")


def column(rows: Sequence[Row], name: str) -> Sequence[Any] | Cells:
    """Return a column of rows; an empty text is nothing."""
    if isinstance(rows, Sheet):
        return rows.columns.get(name, Same(None, len(rows)))
    return [None if (cell := row.get(name)) == "" else cell for row in rows]


def columns_of(rows: Sequence[Row]) -> set[str]:
    """Return the columns that some row has."""
    return set(rows.columns) if isinstance(rows, Sheet) else {name for row in rows for name in row}


def _key(name: str, text: Text) -> Column:
    return Column(name=name, type="id", required=True, key=True, text=text)


def _number(name: str, text: Text) -> Column:
    return Column(name=name, type="number", text=text)


def _mark() -> Column:
    return Column(name=MARK, type="mark", default="reported", text=_MARK)


def _with_unit(text: Text, unit: str | None) -> Text:
    if not unit or unit == "1":
        return text
    return Text(zh=f"{text.zh}（{unit}）", en=f"{text.en} ({unit})")
