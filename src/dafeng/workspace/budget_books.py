"""What the books hold for budgets: use by month, value added, and the budgets that were given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dafeng.accounting import PURPOSES, rounded, whole_sum
from dafeng.budget import Use, use_of
from dafeng.indicators import within
from dafeng.vocabulary import Fault, Text, period
from dafeng.workspace.reporters import VALUE_ADDED, mark_at, ranks_of

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from numpy.typing import NDArray

    from dafeng.workspace.books import Books

Row = dict[str, Any]
ENTERPRISE, ENERGY = "enterprise", "energy"


@dataclass(frozen=True)
class Held:
    """Enterprises with what they used, n firms in the order of their ids.

    Attributes:
        rows: rows of the reporters.
        use: their use.
        marks: worst mark of what each one's use rests on; empty where it has none.
        settled: years in which a firm had one energy method, on the basis wanted (n × years); in
            others nothing of its use is known.
        one: years in which it had one method, whatever its basis.
    """

    rows: Sequence[Row]
    use: Use
    marks: Sequence[str]
    settled: NDArray[np.bool_]
    one: NDArray[np.bool_]

    @cached_property
    def ids(self) -> list[str]:
        """Ids of the reporters."""
        return [row["reporter"] for row in self.rows]

    @property
    def codes(self) -> list[str]:
        """Credit codes, ids where there is none."""
        return [row["credit_code"] or row["reporter"] for row in self.rows]

    @property
    def sectors(self) -> NDArray[np.str_]:
        """Sectors."""
        return np.array([row["sector"] for row in self.rows], dtype=str)

    def inside(self, region: str) -> NDArray[np.bool_]:
        """Return which firms lie in a region or in one inside it."""
        return np.array([within(row["region"], region) for row in self.rows], dtype=bool)

    def in_year(self, year: int) -> NDArray[np.bool_]:
        """Return which firms are not gone before a year."""
        return np.array([_stays(row, year) for row in self.rows], dtype=bool)

    def of(self, chosen: NDArray[np.bool_]) -> Held:
        """Return some of the firms."""
        places = np.flatnonzero(chosen).tolist()
        return Held(
            [self.rows[at] for at in places],
            self.use.of(chosen),
            [self.marks[at] for at in places],
            self.settled[chosen],
            self.one[chosen],
        )

    def name(self, at: int) -> Text:
        """Return the name of a firm."""
        row = self.rows[at]
        return Text(zh=row["name_zh"], en=row["name_en"] or row["name_zh"])


def held(books: Books, last: str, main_item: float, methods: Sequence[str]) -> Held:
    """Return the enterprises of the books and what they used up to a month.

    Who was gone before the year of that month is not among them.

    Args:
        books: the ledger, joined to the rules.
        last: the last month that is used.
        main_item: share of last year's use from which an item has to be in every month.
        methods: energy methods on the electricity basis wanted.

    Raises:
        Fault: ``budget_no_enterprises``.
    """
    year = period(last).year
    rows = sorted(
        (row for row in books.reporters() if row["kind"] == ENTERPRISE and _stays(row, year)),
        key=lambda row: str(row["reporter"]),
    )
    if not rows:
        raise Fault("budget_no_enterprises")
    energy = _energy(books)
    found = books.table(_by_period(books, energy))
    ends = {label: period(label).last for label in found["period"].unique().to_pylist()}
    until = period(last).last
    over = pa.array([p for p in ends if ends[p] <= until], pa.string())
    found = found.filter(pc.is_in(found["period"], over))
    years = sorted({period(p).year for p in ends if ends[p] <= until} | {period(last).year})
    years = list(range(years[0], years[-1] + 1))
    ids = [row["reporter"] for row in rows]
    holes = books.table(_holes(energy, main_item))
    one, settled = _settled(books, energy, methods, ids, years)
    use = use_of(found, ids, years, holes)
    use = use.only(settled)
    ranks = found.group_by("reporter").aggregate([("rank", "max")])
    worst = dict(zip(*(ranks[name].to_pylist() for name in ("reporter", "rank_max")), strict=True))
    return Held(
        rows,
        use,
        [mark_at(worst[name]) if name in worst else "" for name in ids],
        settled,
        one,
    )


def _stays(row: Row, year: int) -> bool:
    """Whether a reporter is not gone before a year."""
    return not row["last"] or row["last"] >= str(period(str(year)).first)


def _settled(
    books: Books, energy: ir.Table, methods: Sequence[str], ids: Sequence[str], years: Sequence[int]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return where a firm had one energy method in a year, and where that is among ``methods``."""
    pairs = energy.group_by(["reporter", "year"]).aggregate(
        count=energy.method.nunique(), method=energy.method.max()
    )
    table = books.table(pairs.filter(pairs["count"] == 1))
    one = np.zeros((len(ids), len(years)), bool)
    right = np.zeros_like(one)
    firm = pc.fill_null(pc.index_in(table["reporter"], pa.array(ids, pa.string())), -1).to_numpy()
    labels = pa.array([str(year) for year in years])
    year = pc.fill_null(pc.index_in(table["year"], labels), -1).to_numpy()
    inside = (firm >= 0) & (year >= 0)
    one[firm[inside], year[inside]] = True
    among = pc.is_in(table["method"], pa.array(methods, pa.string())).to_numpy()
    right[firm[inside], year[inside]] = among[inside]
    return one, right


def value_added(books: Books, ids: Sequence[str], year: int) -> NDArray[np.float64]:
    """Return the value added of a year in yuan; NaN where it is not known or on several bases."""
    rows = books.prepared.filter(
        (books.prepared.item == VALUE_ADDED)
        & (books.prepared.flow == "produced")
        & (books.prepared.facility == "")
        & (books.prepared.year == str(year))
    )
    rows = rows.select("reporter", "product", "entry", "amount").distinct()
    sums = rows.group_by("reporter").aggregate(
        yuan=whole_sum(rounded(rows.amount)), bases=rows["product"].nunique()
    )
    table = books.table(sums)
    at = pc.index_in(pa.array(ids, pa.string()), table["reporter"])
    bases = pc.take(table["bases"], at).fill_null(0).to_numpy(zero_copy_only=False)
    yuan = pc.take(table["yuan"], at).fill_null(0).to_numpy(zero_copy_only=False)
    return np.where(bases == 1, yuan.astype(np.float64), np.nan)


def given(table: pa.Table, region: str, year: int, day: date) -> list[Row]:
    """Return the budgets that hold on a day: of region, reporter and kind the row adopted last.

    A total of a region starts anew: rows of that region adopted on earlier days do not hold.

    Args:
        table: all rows of ``budgets``.
        region: code of the region; rows of the regions inside it count too.
        year: the year of the budgets.
        day: rows adopted later are not seen.
    """
    rows = table.filter(
        pc.and_(
            pc.starts_with(table["region"], region),
            pc.and_(
                pc.equal(table["year"], str(year)),
                pc.less_equal(table["adopted"].cast(pa.string()), str(day)),
            ),
        )
    )
    order = rows.sort_by([("adopted", "ascending"), ("entry", "ascending")]).to_pylist()
    # a total adopted anew replaces all that was adopted before it; rows after it adjust
    since = {row["region"]: str(row["adopted"]) for row in order if row["kind"] == "total"}
    names = ("region", "reporter", "kind")
    last = {
        tuple(row[name] for name in names): row
        for row in order
        if str(row["adopted"]) >= since.get(row["region"], "")
    }
    return list(last.values())


def _energy(books: Books) -> ir.Table:
    rows = books.rows
    return rows.filter(
        (rows.measure == ENERGY)
        & (rows.facility == "")
        & (rows.memo == "")
        & rows.purpose.contains(f"|{PURPOSES[ENERGY]}|")
    )


def _by_period(books: Books, energy: ir.Table) -> ir.Table:
    rows = energy.join(ranks_of(books), ["inputs", "mark"])
    return rows.group_by(["reporter", "period"]).aggregate(
        grams=whole_sum(rows.grams),
        unknown=rows.grams.isnull().sum().cast("int64"),
        rank=rows["rank"].max(),
    )


def _holes(energy: ir.Table, share: float) -> ir.Table:
    """Return the months in which a reporter lacks a main item of the year before.

    A main item was at least ``share`` of the use and was booked in every month that the reporter
    booked. Months with nothing at all are no rows here.
    """
    rows = energy.filter(energy.period != energy.year)
    rows = rows.mutate(at=rows.year.cast("int64"))
    whole = rows.group_by(["reporter", "at"]).aggregate(
        all_grams=rows.grams.sum(), all_months=rows.period.nunique()
    )
    items = rows.group_by(["reporter", "at", "item", "flow"]).aggregate(
        grams=rows.grams.sum(), months=rows.period.nunique()
    )
    items = items.inner_join(whole, ["reporter", "at"])
    main = items.filter(
        (items.grams >= share * items.all_grams) & (items.months == items.all_months)
    )
    main = main.select("reporter", "item", "flow", at=main["at"] + 1)
    wanted = main.group_by(["reporter", "at"]).aggregate(wanted=main.count())
    now = rows.select("reporter", "at", "period", "item", "flow").distinct()
    there = now.inner_join(main, ["reporter", "at", "item", "flow"])
    there = there.group_by(["reporter", "period"]).aggregate(present=there.count())
    months = now.select("reporter", "at", "period").distinct()
    months = months.inner_join(wanted, ["reporter", "at"])
    seen = months.left_join(there, ["reporter", "period"], rname="there_{name}")
    lacking = seen.filter(seen.present.fill_null(0) < seen.wanted)
    return lacking.select("reporter", "period")
