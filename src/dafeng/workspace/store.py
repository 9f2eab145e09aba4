"""The folder behind a workspace: small files that git can hold.

``workspace.yaml`` names it; ``tables/<table>/<number>-<hash>.parquet`` are batches, only ever
added; ``plans/`` holds plan files of one's own, ``rules/`` rules of one's own; ``figures/`` keeps
what every figure that was shown rests on, under its id; ``cache/`` may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import yaml

from dafeng.vocabulary import Fault, Record, TableSchema, read_yaml, validate, write_file

FILE = "workspace.yaml"
_TYPES = {"number": pa.float64(), "integer": pa.int64()}
_DIGITS = 8
_BATCH = 6  # digits of a batch number; ids compare as text


class Config(Record):
    """What ``workspace.yaml`` holds."""

    format: int
    name: str
    region: str | None = None
    plan: str | None = None
    synthetic: bool = False


class Store:
    """Reads and adds to the folder; knows nothing of what the tables mean."""

    def __init__(self, path: Path) -> None:
        if not (path / FILE).is_file():
            raise Fault("no_workspace", str(path))
        self.path = path
        self.config = validate(Config, read_yaml(path / FILE), str(path / FILE))

    @classmethod
    def create(cls, path: Path, config: Config) -> Store:
        """Make an empty workspace.

        Raises:
            Fault: ``workspace_exists``.
        """
        if (path / FILE).exists():
            raise Fault("workspace_exists", str(path))
        held = config.model_dump(exclude_none=True)
        text = yaml.safe_dump(held, sort_keys=False, allow_unicode=True)
        write_file(path / FILE, text)
        return cls(path)

    def frozen(self) -> Store:
        """Return the folder as it is; of a table, what comes after its first use is not seen."""
        return _Frozen(self.path)

    def batches(self, table: str) -> list[Path]:
        """Return the batch files of a table in the order they were added."""
        return sorted((self.path / "tables" / table).glob("*.parquet"))

    def refuse_known(self, table: str, file: Path) -> None:
        """Refuse a file that was taken in whole before.

        Raises:
            Fault: ``already_imported``.
        """
        digest = _file_digest(file) if file.is_file() else None
        for batch, manifest in self.manifests(table):
            whole = not manifest.get("counts", {}).get("rejected")
            if whole and manifest.get("sha256") == digest:
                raise Fault("already_imported", str(file), batch=batch)

    def add(self, table: str, rows: pa.Table, file: Path, counts: dict[str, int]) -> str:
        """Add a batch with the record of where it came from; return its name."""
        folder = self.path / "tables" / table
        name = f"{len(self.batches(table)) + 1:0{_BATCH}d}-{_digest(rows)}"
        manifest = {"file": file.name, "sha256": _file_digest(file), "counts": counts}
        metadata = {b"dafeng": json.dumps(manifest, ensure_ascii=False).encode()}
        sink = BytesIO()
        pq.write_table(rows.replace_schema_metadata(metadata), sink, compression="zstd")
        write_file(folder / f"{name}.parquet", sink.getvalue())
        return name

    def load(self, schema: TableSchema) -> pa.Table:
        """Return all rows of a table with ``entry``, an id that grows with time.

        An absent text is an empty one, so that keys compare; an absent number stays null.
        """
        wanted = arrow_schema(schema)
        parts = [_numbered(path, wanted) for path in self.batches(schema.name)]
        return pa.concat_tables(parts) if parts else wanted.empty_table()

    def content(self, tables: Iterable[str]) -> str:
        """Return a hash of all that some tables hold."""
        found = hashlib.sha256()
        for path in (path for table in tables for path in self.batches(table)):
            found.update(f"{path.parent.name}/{path.name} {_file_digest(path)}".encode())
        return found.hexdigest()

    def keep_figure(self, figure: str, tree: dict[str, Any]) -> None:
        """Keep the explanation of a figure under its id."""
        path = self._figure_path(figure)
        if not path.exists():
            with suppress(OSError):  # full or read-only: the figure is shown all the same
                write_file(path, json.dumps(tree, ensure_ascii=False, indent=1))

    def kept_figure(self, figure: str) -> dict[str, Any] | None:
        """Return the kept explanation of a figure, if there is one."""
        path = self._figure_path(figure)
        if not path.is_file():
            return None
        with suppress(ValueError):  # damaged: as if it were not kept
            kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            return kept
        return None

    def manifests(self, table: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield each batch with the record of where it came from."""
        for path in self.batches(table):
            with _sound(path):
                metadata = pq.read_schema(path).metadata or {}
            yield path.stem, json.loads(metadata.get(b"dafeng", b"{}"))

    def _figure_path(self, figure: str) -> Path:
        folder = (self.path / "figures").resolve()
        path = folder.joinpath(*figure.split(":")).with_suffix(".json").resolve()
        if not path.is_relative_to(folder):
            raise Fault("bad_figure_id", label=figure)
        return path


class _Frozen(Store):
    """The folder as it was when each table was first used."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._listed: dict[str, list[Path]] = {}

    def batches(self, table: str) -> list[Path]:
        """Return the batch files that a table had."""
        if table not in self._listed:
            self._listed[table] = super().batches(table)
        return self._listed[table]


def arrow_schema(schema: TableSchema) -> pa.Schema:
    """Return the columns of a table as they are loaded: its own, and ``entry``."""
    fields = [(c.name, _TYPES.get(c.type, pa.string())) for c in schema.columns]
    return pa.schema([*fields, ("entry", pa.string())])


def _numbered(path: Path, wanted: pa.Schema) -> pa.Table:
    with _sound(path):
        rows = pq.ParquetFile(path).read()  # read_table would import pandas
    number = path.stem.split("-")[0]
    lines = rows["file_row"].cast(pa.string()) if "file_row" in rows.column_names else None
    if lines is None:
        lines = pa.array([str(i + 1) for i in range(rows.num_rows)])
    entry = pc.binary_join_element_wise(number, pc.utf8_lpad(lines, _DIGITS, "0"), ".")
    rows = rows.append_column("entry", entry)
    return pa.table({field.name: _column(rows, field) for field in wanted}, schema=wanted)


@contextmanager
def _sound(path: Path) -> Iterator[None]:
    """Say which batch it is that cannot be read."""
    try:
        yield
    except (OSError, pa.ArrowException) as error:
        if getattr(error, "errno", None):  # the system's own, which names its reason
            raise
        raise Fault("batch_broken", str(path)) from error


def _column(rows: pa.Table, field: pa.Field) -> Any:
    known = field.name in rows.column_names
    column = rows[field.name].cast(field.type) if known else pa.nulls(rows.num_rows, field.type)
    return pc.fill_null(column, "") if field.type == pa.string() else column


def _file_digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _digest(rows: pa.Table) -> str:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema.remove_metadata()) as writer:
        writer.write_table(rows.replace_schema_metadata(None).combine_chunks())
    return hashlib.sha256(sink.getvalue()).hexdigest()[:_DIGITS]
