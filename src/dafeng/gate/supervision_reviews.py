"""Energy reviews after the fact: no opinion, failed, early, not carried out, above approval."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from dafeng.gate.supervision import Hit, Looked, Unknown
from dafeng.gate.supervision_columns import Bools, last_day, numbers, shown, texts
from dafeng.vocabulary import Text

_STATUS = {
    "planned": Text(zh="开工", en="begun"),
    "building": Text(zh="开工建设", en="being built"),
    "running": Text(zh="投产", en="in operation"),
}
_BUILT = ("building", "running")


def review_hits(projects: pa.Table, day: date, first: date | None = None) -> Looked:
    """Judge the energy reviews of projects.

    Args:
        projects: ``project, reporter, region, status, started, finished, opinion, opinion_date,
            approved_tce, designed_tce, used_tce, used_year, carried_out, checked, mark, source``;
            energy in tce a year, days ISO, what is not known empty or null.
        day: the day.
        first: first day of the rules that ask for an opinion; what was begun before is not judged
            by its lack.

    Returns:
        What was found; a stopped project is judged by nothing.
    """
    return _Reviews(projects, day, first).looked()


class _Reviews:
    """The columns while they are judged."""

    def __init__(self, table: pa.Table, day: date, first: date | None) -> None:
        names = [n for n in table.column_names if not n.endswith("_tce")]
        self.held = {name: texts(table, name) for name in names}
        self.amounts = {n: numbers(table, n) for n in table.column_names if n.endswith("_tce")}
        self.today, self.first = str(day), str(first or date.min)
        self.hits: list[Hit] = []
        self.judged: Counter[str] = Counter()
        self.unknown: Unknown = {}

    def looked(self) -> Looked:
        held, today = self.held, self.today
        started, finished, opinion = held["started"], held["finished"], held["opinion"]
        live = held["status"] != "stopped"
        begun = live & (np.isin(held["status"], _BUILT) | _by(started, today))
        self._opinions(begun, opinion)
        self._early(begun & (opinion == "granted"), started, finished)
        self._carried_out(begun & (opinion == "granted"))
        self._above(begun & (opinion == "granted"))
        return Looked(tuple(self.hits), self.judged, self.unknown)

    def _opinions(self, begun: Bools, opinion: Any) -> None:
        started = self.held["started"]
        before = begun & (opinion == "none") & (started != "") & (started < self.first)
        told, open_ = begun & (opinion != ""), begun & (opinion == "")
        for matter, answer, judged in (
            ("no_opinion", "none", told & ~before),
            ("review_failed", "refused", told),
        ):
            self._note(matter, judged, open_, "opinion_not_stated")
            self._add(matter, "begun", judged & (opinion == answer), self._status)
        self._note("no_opinion", np.zeros_like(before), before, "before_rules")

    def _early(self, granted: Bools, started: Any, finished: Any) -> None:
        """A day before that of the opinion is early; the same day is not."""
        given = self.held["opinion_date"]
        dated = granted & (given != "")
        self._note("early_start", np.zeros_like(dated), granted & ~dated, "opinion_undated")
        operated = dated & _by(finished, self.today) & (finished < given)
        began = dated & _by(started, self.today) & (started < given) & ~operated
        running = self.held["status"] == "running"
        known = dated & ((started != "") | operated) & (~running | (finished != "") | began)
        self._note("early_start", known, dated & ~known, "start_not_stated")
        self._add("early_start", "operated", operated, self._days)
        self._add("early_start", "started", began, self._days)

    def _carried_out(self, granted: Bools) -> None:
        said = self.held["carried_out"]
        self._note(
            "not_carried_out", granted & (said != ""), granted & (said == ""), "not_inspected"
        )
        self._add("not_carried_out", "inspected", granted & (said == "no"), self._days)

    def _above(self, granted: Bools) -> None:
        """Energy used comes before energy designed; on the amount approved is not above it."""
        approved = self.amounts["approved_tce"]
        used, designed = self.amounts["used_tce"], self.amounts["designed_tce"]
        known = granted & ~np.isnan(approved)
        self._note("above_approval", np.zeros_like(known), granted & ~known, "approved_not_stated")
        over = known & (used > approved)  # NaN is above nothing
        planned = known & (designed > approved) & ~over
        running = self.held["status"] == "running"
        open_ = known & running & np.isnan(used) & ~planned
        told = known & ~open_ & (running | ~np.isnan(designed))
        self._note("above_approval", told, known & ~told, "use_not_known")
        self._add("above_approval", "used", over, lambda at: self._energy("used_tce", at))
        self._add(
            "above_approval", "designed", planned, lambda at: self._energy("designed_tce", at)
        )

    def _note(self, matter: str, judged: Bools, unknown: Bools, reason: str) -> None:
        self.judged[matter] += int(judged.sum())
        if unknown.any():
            lost = self.held["project"][unknown].tolist()
            self.unknown.setdefault((matter, reason), []).extend(lost)

    def _add(
        self, matter: str, variant: str, rows: Bools, said: Callable[[int], dict[str, Any]]
    ) -> None:
        held = self.held
        for at in np.flatnonzero(rows).tolist():
            values = said(at)
            self.hits.append(
                Hit(
                    matter,
                    variant,
                    subject=held["project"][at],
                    reporter=held["reporter"][at],
                    region=held["region"][at],
                    evidence=last_day(values["year"])
                    if values.get("year")
                    else held["checked"][at],
                    values=values,
                    marks=(held["mark"][at],),
                    source=held["source"][at],
                )
            )

    def _status(self, at: int) -> dict[str, Any]:
        return {"status": _STATUS[self.held["status"][at]]}

    def _days(self, at: int) -> dict[str, Any]:
        held = self.held
        return {
            "started": held["started"][at],
            "finished": held["finished"][at],
            "opinion": held["opinion_date"][at],
            "checked": held["checked"][at] or "–",
        }

    def _energy(self, name: str, at: int) -> dict[str, Any]:
        energy, approved = self.amounts[name][at], self.amounts["approved_tce"][at]
        values = {
            "energy": shown(energy),
            "approved": shown(approved),
            "over": shown(energy - approved),
        }
        year = self.held["used_year"][at]
        return values | ({"year": year} if name == "used_tce" else {})


def _by(days: Any, today: str) -> Bools:
    """Whether a day is stated and has come."""
    found: Bools = (days != "") & (days <= today)
    return found
