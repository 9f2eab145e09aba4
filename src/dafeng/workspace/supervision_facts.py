"""The tables of a workspace as supervision wants them: the newest rows, with region and mark."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from dafeng import ledger
from dafeng.findings import Finding
from dafeng.gate import Texts, alongside, newest, supervision_tables, texts, worst
from dafeng.vocabulary import Text

if TYPE_CHECKING:
    from dafeng.workspace import Workspace

_REFUSED = "review_refused"
_SHOWN = 10
_REVIEW = ("opinion", "opinion_date", "approved_tce", "used_tce", "used_year")
_ON_LIST = ("list", "level", "subject")
_REVIEW_ONLY = ("level", "carried_out", "checked")


class Facts:
    """The facts of a workspace as of a day."""

    def __init__(self, ws: Workspace, day: date) -> None:
        self._ws, self._day = ws, day
        self._lost: dict[str, Finding] = {}

    @cached_property
    def reporters(self) -> pa.Table:
        """The reporters: ``reporter, region, mark, name_zh, name_en``."""
        return newest(self._ws.table("reporters"), ["reporter"])

    @cached_property
    def names(self) -> dict[str, Text]:
        """Names of the reporters by id."""
        columns = (self.reporters[n].to_pylist() for n in ("reporter", "name_zh", "name_en"))
        return {who: Text(zh=zh, en=en or zh) for who, zh, en in zip(*columns, strict=True)}

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What lacks in the tables that were asked for."""
        return tuple(self._lost.values())

    @cached_property
    def projects(self) -> pa.Table:
        """Projects with their energy review; what the inspection states comes first."""
        rows = self._newest("projects")
        reviews = self._newest("energy_reviews", "checked")
        held = pc.is_in(reviews["project"], value_set=rows["project"].combine_chunks())
        self._lose("supervise_unknown_project", reviews.filter(pc.invert(held)), "project")
        told = {f"review_{name}": name for name in (*_REVIEW, "mark", "entry")}
        rows = alongside(rows, reviews, "project", told | {n: n for n in _REVIEW_ONLY})
        granted = pc.if_else(pc.not_equal(rows["approved"], ""), "granted", "")
        listed = pc.is_in(rows["project"], value_set=self._on(_REFUSED))
        opinion = _first(rows["review_opinion"], pc.if_else(listed, "refused", granted))
        source = _first(
            _cited("energy_reviews", rows["review_entry"]), _cited("projects", rows["entry"])
        )
        used = pc.fill_null(rows["review_used_year"], "")
        columns = {name: rows[name] for name in ("project", "reporter", "facility", "region")}
        columns |= {name: rows[name] for name in ("status", "started", "finished")}
        columns |= {
            "opinion": opinion,
            "opinion_date": _first(rows["review_opinion_date"], rows["approved"]),
            "approved_tce": pc.coalesce(rows["review_approved_tce"], rows["approved_tce"]),
            "designed_tce": rows["energy_tce"],
            "used_tce": pc.if_else(self._over(used), rows["review_used_tce"], None),
            "used_year": rows["review_used_year"],
            **{name: rows[name] for name in _REVIEW_ONLY},
            "source": source,
        }
        known = self._known("projects", pa.table(columns))
        return _marked(known, texts(rows, "mark"), texts(rows, "review_mark"))

    @cached_property
    def unit_energy(self) -> pa.Table:
        """Unit energies as stated, of the newest year of each."""
        rows = self._past("unit_energy")
        rows = newest(rows, ["reporter", "subject", "family", "scale"], ["year", "entry"])
        held = self._known("unit_energy", rows)
        subject = _first(held["subject"], held["reporter"])
        held = held.set_column(held.schema.get_field_index("subject"), "subject", subject)
        held = held.append_column("variant", pa.array(["stated"] * held.num_rows, pa.string()))
        held = held.set_column(
            held.schema.get_field_index("source"), "source", _cited("unit_energy", held["entry"])
        )
        names = ["subject", "reporter", "region", "year", "family", "scale", "value", "inputs"]
        return _marked(held, texts(rows, "mark")).select([*names, "variant", "mark", "source"])

    @cached_property
    def per_mu(self) -> pa.Table:
        """Per-mu results and low performers, of the newest year of each enterprise."""
        rows = newest(self._past("per_mu"), ["reporter"], ["year", "entry"])
        return _marked(self._known("per_mu", rows), texts(rows, "mark"))

    @cached_property
    def scores(self) -> pa.Table:
        """Scores of the factories that are on their list on the day."""
        rows = self._past("factory_scores")
        listed, own = (
            pc.binary_join_element_wise(*(table[name] for name in _ON_LIST), "/")
            for table in (self.lists, rows)
        )
        there = pc.is_in(own, value_set=pc.unique(listed))
        self._lose("supervise_not_listed", rows.filter(pc.invert(there)), "subject")
        rows = rows.filter(there)
        plain = rows.rename_columns(
            ["reporter" if n == "subject" else n for n in rows.column_names]
        )
        known = self._known("factory_scores", plain)
        known = known.append_column("subject", known["reporter"])
        return _marked(known, texts(rows, "mark"))

    @cached_property
    def lists(self) -> pa.Table:
        """What is listed on the day."""
        rows, today = self._newest("lists"), str(self._day)
        come = pc.less_equal(rows["first"], today)
        gone = pc.and_(pc.not_equal(rows["last"], ""), pc.less(rows["last"], today))
        return rows.filter(pc.and_(come, pc.invert(gone)))

    def _on(self, name: str) -> pa.Array:
        """Return who is on a list on the day."""
        return pc.unique(self.lists.filter(pc.equal(self.lists["list"], name))["subject"])

    def _newest(self, name: str, come: str = "") -> pa.Table:
        """Return the newest rows, of those with a column ``come`` the ones known by the day."""
        rows = self._ws.table(name)
        if come:
            rows = rows.filter(pc.less_equal(rows[come], str(self._day)))
        return newest(rows, (ledger.tables() | supervision_tables())[name].key)

    def _past(self, name: str) -> pa.Table:
        """Return the newest rows of years that are over by the day."""
        rows = self._newest(name)
        return rows.filter(self._over(rows["year"]))

    def _over(self, years: pa.ChunkedArray) -> pa.ChunkedArray:
        """Tell which years are over by the day; one that is not stated is taken as such."""
        return pc.less_equal(pc.binary_join_element_wise(years, "12-31", "-"), str(self._day))

    def _known(self, table: str, rows: pa.Table) -> pa.Table:
        """Add region and mark of the reporter; who is not among the reporters is named."""
        known = pc.is_in(rows["reporter"], value_set=self.reporters["reporter"].combine_chunks())
        self._lose("supervise_unknown_reporter", rows.filter(pc.invert(known)), "reporter", table)
        columns = {"reporter_mark": "mark"}
        if "region" not in rows.column_names:
            columns["region"] = "region"
        return alongside(rows, self.reporters, "reporter", columns)

    def _lose(self, code: str, rows: pa.Table, name: str, table: str = "") -> None:
        if rows.num_rows:
            who = rows[name].unique().to_pylist()
            values = {"count": len(who), "names": ", ".join(who[:_SHOWN]), "table": table}
            self._lost[f"{code}/{table}"] = Finding(code, table, values)


def _first(*columns: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return the first text that is not empty."""
    held = [pc.if_else(pc.equal(column, ""), None, column) for column in columns]
    return pc.fill_null(pc.coalesce(*held), "")


def _cited(table: str, entries: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.binary_join_element_wise(table, entries, ":")


def _marked(rows: pa.Table, *marks: Texts) -> pa.Table:
    """Give rows the worst mark of theirs and of their reporter."""
    mark = pa.array(worst(*marks, texts(rows, "reporter_mark")).tolist(), pa.string())
    if "mark" in rows.column_names:
        return rows.set_column(rows.schema.get_field_index("mark"), "mark", mark)
    return rows.append_column("mark", mark)
