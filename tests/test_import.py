"""Import: each fault its own code with its place, nothing lost, counts that add up."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.findings import messages
from dafeng.ledger import Import, check_entries, read_mapping, read_table, tables, write_rejected
from dafeng.ledger.importing.columns import Labels
from dafeng.ledger.importing.faults import SHOWN
from dafeng.ledger.importing.numbers import fault_of, parse
from dafeng.vocabulary import Fault

BROKEN = Path(__file__).parent / "broken"
HEADER = ["reporter", "period", "item", "flow", "quantity", "unit", "source"]
ROW: list[object] = ["F1", "2023-01", "raw_coal", "consumed", 100, "t", "报表"]

# file → table, and all that is found: code and place after the file name
FAULTS = {
    "wrong_unit.csv": ("entries", "unknown_unit:3:unit"),
    "unit_mismatch.csv": ("entries", "unit_mismatch:3:unit"),
    "unknown_item.csv": ("entries", "unknown_item:3:item"),
    "unknown_flow.csv": ("entries", "unknown_flow:3:flow"),
    "unknown_use.csv": ("entries", "unknown_use:3:use"),
    "unknown_mark.csv": ("entries", "unknown_mark:3:mark"),
    "negative_quantity.csv": ("entries", "negative_quantity:3:quantity"),
    "duplicate.csv": ("entries", "duplicate:2:quantity duplicate:3:quantity"),
    "overlap.csv": ("entries", "overlap:3:period"),
    "both_bases.csv": ("entries", "both_bases:2:flow both_bases:3:flow"),
    "electricity_consumed.csv": ("entries", "electricity_consumed:3:flow"),
    "month_gap.csv": ("entries", "month_gap:2:period"),
    "made_not_sold.csv": ("entries", "made_not_sold:3:flow"),
    "thousands_separator.csv": ("entries", "thousands_separator:3:quantity"),
    "unquoted_separator.csv": ("entries", "bad_row:3"),
    "fullwidth_digits.csv": ("entries", "fullwidth_digits:3:quantity"),
    "fullwidth_period.csv": ("entries", "fullwidth_digits:3:period"),
    "bad_number.csv": ("entries", "bad_number:3:quantity"),
    "not_finite.csv": ("entries", "not_finite:3:quantity"),
    "bad_period.csv": ("entries", "bad_period:3:period"),
    "bad_choice.csv": ("entries", "bad_choice:3:kind"),
    "missing_value.csv": ("entries", "missing_value:3:quantity"),
    "missing_column.csv": ("entries", "missing_column:1:flow"),
    "duplicate_column.csv": ("entries", "duplicate_column:1:unit"),
    "unknown_column.csv": ("entries", "unknown_column:1:colour"),
    "empty_file.csv": ("entries", "empty_file"),
    "no_bytes.csv": ("entries", "empty_file"),
    "mixed_encoding.csv": ("entries", "mixed_encoding:3"),
    "gb18030.csv": ("entries", "read_as_gb18030"),
    "bad_encoding.csv": ("entries", "bad_encoding:3"),
    "unknown_type.ods": ("entries", "unknown_file_type"),
    "not_a_workbook.xlsx": ("entries", "unreadable_file"),
    "not_parquet.parquet": ("entries", "unreadable_file"),
    "bad_credit_code.csv": ("reporters", "bad_credit_code:2:credit_code"),
    "unknown_region.csv": ("reporters", "unknown_region:2:region"),
    "bad_date.csv": ("facilities", "bad_date:2:first"),
    "out_of_range.csv": ("members", "out_of_range:2:share"),
    "unmapped_row.csv": ("map", "unmapped_label:3:row"),
    "unmapped_item.csv": ("map", "unmapped_label:3:fuel"),
    "sign_against_row.csv": ("map", "sign_against_row:3:value"),
    "total_differs.csv": ("map", "total_differs:4:value"),
    "part_exceeds_whole.csv": ("map", "part_exceeds_whole:4:value"),
    "duplicate_check.csv": ("map", "duplicate:3:value duplicate:4:value"),
}


def read(path: Path, table: str = "entries") -> Import:
    if table == "map":
        return read_table(path, tables()["entries"], read_mapping(BROKEN / "map.yaml"))
    return read_table(path, tables()[table])


def found(result: Import, path: Path) -> str:
    return " ".join(f.code + f.place.removeprefix(path.name) for f in result.findings)


def assert_nothing_lost(result: Import) -> None:
    counts = result.counts
    kinds = ("entries", "checks", "of_which", "ignored", "rejected")
    assert sum(counts[kind] for kind in kinds) == counts["rows"]
    assert len(result.rejected) == counts["rejected"]
    assert len(result.table) == len(result.row)
    assert not set(result.row.tolist()) & set(result.rejected.column("rejected_row").to_pylist())


def write_csv(path: Path, rows: list[list[object]], header: list[str] = HEADER) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def write_xlsx(path: Path, rows: list[list[object]]) -> xlsxwriter.Workbook:
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    for i, row in enumerate([HEADER, *rows]):
        sheet.write_row(i, 0, row)
    return book


def test_every_broken_file_has_a_case() -> None:
    files = {path.name for path in BROKEN.iterdir() if path.suffix != ".yaml"}
    assert files == FAULTS.keys()


@pytest.mark.parametrize("name", FAULTS)
def test_broken_file_yields_its_own_clear_code(name: str) -> None:
    table, expected = FAULTS[name]
    result = read(BROKEN / name, table)
    assert found(result, BROKEN / name) == expected
    assert_nothing_lost(result)
    for finding in result.findings:
        for lang in ("zh", "en"):
            cause, mend = finding.cause(lang), finding.mend(lang)
            assert cause
            assert mend
            assert "{" not in cause + mend


def test_sound_rows_of_a_faulty_file_are_told_from_the_others() -> None:
    result = read(BROKEN / "thousands_separator.csv")
    assert result.row.tolist() == [2]
    assert result.rejected.column("quantity").to_pylist() == ["1,234"]
    assert result.findings[0].cause("en") == "1,234 has thousands separators"
    assert result.findings[0].mend("en") == "write 1234 if that is meant"


def test_merged_cells(tmp_path: Path) -> None:
    book = write_xlsx(tmp_path / "book.xlsx", [ROW])
    book.worksheets()[0].merge_range("A3:A4", "F1")
    book.close()
    result = read(tmp_path / "book.xlsx")
    assert found(result, tmp_path / "book.xlsx") == "merged_cells:Sheet1"
    assert "A3:A4" in result.findings[0].cause("zh")


def test_text_where_excel_should_hold_a_number(tmp_path: Path) -> None:
    book = write_xlsx(tmp_path / "book.xlsx", [ROW, [*ROW[:1], "2023-02", *ROW[2:]]])
    book.worksheets()[0].write_string("E3", "100")
    book.close()
    result = read(tmp_path / "book.xlsx")
    assert found(result, tmp_path / "book.xlsx") == "text_number:3:quantity"
    assert_nothing_lost(result)


def test_worksheet_numbers_and_blank_rows(tmp_path: Path) -> None:
    blank: list[object] = [""] * len(ROW)
    rows = [ROW, blank, ["F1", 2022, "diesel", "consumed", 1.5, "t", "报表"]]
    write_xlsx(tmp_path / "book.xlsx", rows).close()
    result = read(tmp_path / "book.xlsx")
    assert not result.findings
    assert result.row.tolist() == [2, 4]
    assert result.table.column("period").to_pylist() == ["2023-01", "2022"]
    assert result.table.column("quantity").to_pylist() == [100.0, 1.5]


def test_a_fault_in_every_row_is_counted_and_shown_up_to_a_limit(tmp_path: Path) -> None:
    row: list[object] = ["F1", "2023", "raw_coal", "consumed", "x", "t", "s"]
    rows = [row] * (SHOWN + 5)
    result = read(write_csv(tmp_path / "a.csv", rows))
    assert len(result.findings) == SHOWN + 1
    assert result.findings[-1].code == "more_of_same"
    assert result.findings[-1].values["count"] == 5
    assert_nothing_lost(result)


def test_unknown_worksheet(tmp_path: Path) -> None:
    write_xlsx(tmp_path / "book.xlsx", [ROW]).close()
    mapping = read_mapping(BROKEN / "map.yaml").model_copy(update={"sheet": "May"})
    result = read_table(tmp_path / "book.xlsx", tables()["entries"], mapping)
    assert found(result, tmp_path / "book.xlsx") == "unknown_sheet"


def test_parquet_with_numbers_null_and_labels(tmp_path: Path) -> None:
    table = pa.table(
        {
            "reporter": ["F1", "F1", "F2"],
            "period": [2022, 2023, 2023],
            "item": ["原煤", "Raw coal", "raw_coal"],
            "flow": ["consumed"] * 3,
            "quantity": [1.5, None, math.nan],
            "unit": ["吨", "10^4 t", "t"],
            "source": ["s"] * 3,
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    result = read(tmp_path / "a.parquet")
    assert found(result, Path("a.parquet")) == "missing_value:2:quantity not_finite:3:quantity"
    assert result.table.column("item").to_pylist() == ["raw_coal"]
    assert result.table.column("period").to_pylist() == ["2022"]
    assert_nothing_lost(result)


def test_byte_order_mark_quotes_and_line_ends(tmp_path: Path) -> None:
    row = 'F1,2023-01,raw_coal,consumed,1e3,t,"表1,\n第2页"'
    (tmp_path / "a.csv").write_bytes(f"\ufeff{','.join(HEADER)}\r\n{row}\r\n\r\n".encode())
    result = read(tmp_path / "a.csv")
    assert not result.findings
    assert result.table.column("source").to_pylist() == ["表1,\n第2页"]
    assert result.table.column("quantity").to_pylist() == [1000.0]
    assert result.table.column("facility").to_pylist() == [""]
    assert result.table.column("mark").to_pylist() == ["reported"]


def test_rejected_rows_are_written_beside_the_file(tmp_path: Path) -> None:
    rows = [ROW, [*ROW[:4], "１", *ROW[5:]], [*ROW, "surplus"]]
    path = write_csv(tmp_path / "a.csv", rows)
    result = read(path)
    target = write_rejected(result, path)
    assert target == tmp_path / "a.rejected.csv"
    with target.open(encoding="utf-8-sig", newline="") as file:
        written = list(csv.DictReader(file))
    assert [row["rejected_row"] for row in written] == ["3", "4"]
    assert [row["rejected_codes"] for row in written] == ["fullwidth_digits", "bad_row"]
    assert [row["quantity"] for row in written] == ["１", "100"]
    assert written[1]["rejected_text"].endswith("surplus")


def test_progress_is_told(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [ROW])
    steps: list[tuple[str, int, int]] = []
    read_table(path, tables()["entries"], None, lambda *step: steps.append(step))
    size = path.stat().st_size
    assert ("read", size, size) in steps
    assert steps[-1][0] == "check"
    assert steps[-1][1] == steps[-1][2]


def test_entries_meet_those_in_the_books(tmp_path: Path) -> None:
    books = read(write_csv(tmp_path / "books.csv", [ROW])).table
    rows = [ROW, [*ROW[:1], "2023", *ROW[2:]]]
    new = read_table(write_csv(tmp_path / "new.csv", rows), tables()["entries"], existing=books)
    assert found(new, Path("new.csv")) == "duplicate:2:quantity overlap:3:period"
    correction = write_csv(tmp_path / "c.csv", [[*ROW, "correction"]], [*HEADER, "kind"])
    assert not read_table(correction, tables()["entries"], existing=books).findings


def test_the_final_year_may_stand_beside_its_months(tmp_path: Path) -> None:
    rows = [[*ROW, "entry"], [*ROW[:1], "2023", *ROW[2:], "annual_final"]]
    assert not read(write_csv(tmp_path / "a.csv", rows, [*HEADER, "kind"])).findings


def test_months_found_in_the_books_overlap_a_year_that_is_there(tmp_path: Path) -> None:
    year = [*ROW[:1], "2023", *ROW[2:]]
    books = read(write_csv(tmp_path / "books.csv", [year])).table
    new = read_table(write_csv(tmp_path / "new.csv", [ROW]), tables()["entries"], existing=books)
    assert found(new, Path("new.csv")) == "overlap:2:period"


def test_regions_may_book_electricity_as_consumed_beside_stock(tmp_path: Path) -> None:
    rows = [
        ["33", "2023", "electricity", "consumed", 1, "MWh", "年鉴"],
        ["33", "2023", "raw_coal", "consumed", 1, "t", "年鉴"],
        ["33", "2023", "raw_coal", "stock_change", -1, "t", "年鉴"],
    ]
    result = read(write_csv(tmp_path / "a.csv", rows))
    assert not result.findings
    assert [f.code for f in check_entries(result.table, region_ids=())] == [
        "electricity_consumed",
        "both_bases",
        "both_bases",
    ]


def test_enterprise_and_its_parts_may_differ_in_basis(tmp_path: Path) -> None:
    rows = [["F1", "", *ROW[1:]], ["F1", "K1", *ROW[1:3], "purchased", *ROW[4:]]]
    header = ["reporter", "facility", *HEADER[1:]]
    assert not read(write_csv(tmp_path / "a.csv", rows, header)).findings


def test_month_gap_lists_the_months_across_years(tmp_path: Path) -> None:
    rows = [[*ROW[:1], month, *ROW[2:]] for month in ("2022-11", "2023-02", "2023-04")]
    result = read(write_csv(tmp_path / "a.csv", rows))
    assert len(result.table) == len(rows)
    (gap,) = result.findings
    assert gap.values["months"] == "2022-12, 2023-01, 2023-03"
    assert gap.severity == "warning"


def test_a_corrected_month_is_reported(tmp_path: Path) -> None:
    rows = [[*ROW[:1], f"2023-0{month}", *ROW[2:], "entry"] for month in (1, 2, 3)]
    rows[1][-1] = "correction"
    result = read(write_csv(tmp_path / "a.csv", rows, [*HEADER, "kind"]))
    assert len(result.table) == len(rows)
    assert not result.findings


def test_a_month_far_above_its_series_is_a_slip_of_unit(tmp_path: Path) -> None:
    # six months of 10 t and one of 10,000: a thousand times the median
    rows = [[*ROW[:1], f"2023-0{month}", *ROW[2:]] for month in range(1, 8)]
    at = HEADER.index("quantity")
    for row in rows:
        row[at] = 10
    rows[4][at] = 10_000
    (slip,) = read(write_csv(tmp_path / "a.csv", rows)).findings
    assert (slip.code, slip.severity) == ("unit_slip", "warning")
    assert slip.place.split(":")[1:] == ["6", "quantity"]
    # five months are too few to judge
    assert not read(write_csv(tmp_path / "b.csv", rows[2:])).findings


def test_sign_against_its_row_never_changes_the_flow() -> None:
    result = read(BROKEN / "sign_against_row.csv", "map")
    assert result.table.column("flow").to_pylist() == ["produced", "exported"]
    assert result.table.column("quantity").to_pylist() == [100.0, 5.0]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("rows: {label: row, labels: {A: {entry: {flow: x}, ignore: y}}}", "bad_field"),
        ("rows: {label: row, labels: {A: {check: {sum: [B]}}}}", "bad_field"),
        ("rows: {label: row, labels: {A: {entry: {}}}}", "bad_field"),
        ("rows: {label: row, labels: {A: {entry: {flow: x}}}}", "unknown_flow"),
        ("items: {Coal: unobtainium}", "unknown_item"),
    ],
)
def test_bad_mapping_files(tmp_path: Path, text: str, code: str) -> None:
    (tmp_path / "map.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(Fault) as fault:
        read_mapping(tmp_path / "map.yaml")
    assert fault.value.code == code


@pytest.mark.parametrize(
    ("update", "code"),
    [
        ({"columns": {"colour": "x"}}, "bad_mapping"),
        ({"table": "reporters"}, "bad_mapping"),
        ({"constants": {"mark": "certain"}}, "unknown_mark"),
    ],
)
def test_a_mapping_must_fit_the_table(update: dict[str, object], code: str) -> None:
    mapping = read_mapping(BROKEN / "map.yaml").model_copy(update=update)
    with pytest.raises(Fault) as fault:
        read_table(BROKEN / "total_differs.csv", tables()["entries"], mapping)
    assert fault.value.code == code


def test_totals_over_items(tmp_path: Path) -> None:
    (tmp_path / "map.yaml").write_text(
        "items: {原煤: raw_coal, 焦炭: coke, 合计: {total: [原煤, 焦炭]}}", encoding="utf-8"
    )
    rows = [
        ["F1", "2023", name, "consumed", n, "t", "s"]
        for name, n in (("原煤", 1), ("焦炭", 2), ("合计", 4))
    ]
    path = write_csv(tmp_path / "a.csv", rows)
    result = read_table(path, tables()["entries"], read_mapping(tmp_path / "map.yaml"))
    assert found(result, path) == "total_differs:4:quantity"
    assert result.counts["entries"] == 2
    assert result.counts["checks"] == 1


NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(NUMBERS, min_size=1))
def test_every_finite_number_is_read_as_it_is(numbers: list[float]) -> None:
    values, wrong = parse(Labels.of(pa.array([repr(number) for number in numbers])))
    assert values.tolist() == numbers
    assert not wrong.any()


@given(st.text(st.sampled_from("0123456789+-.eE, １٣_xnaif")))
def test_what_is_no_plain_number_is_refused_for_a_reason(text: str) -> None:
    values, wrong = parse(Labels.of(pa.array([text, "1"])))
    assert values[1] == 1.0
    if wrong[0]:
        assert messages()[fault_of(text.strip())[0]].severity == "error"
    elif text.strip():
        assert text.isascii()
        assert values[0] == float(text)
        assert not set(text) & set("_naif,")


CELL = st.sampled_from(["", "F1", "2023", "2023-01", "raw_coal", "t", "1", "-1", "1,0", "kg"])
SOUND = st.tuples(
    st.sampled_from(["F1", "F2"]),
    st.sampled_from(["2023", "2023-01", "2023-03", "20２3"]),
    st.sampled_from(["raw_coal", "原煤", "electricity", "no"]),
    st.sampled_from(["consumed", "purchased", "stock_change"]),
    st.sampled_from(["1", "-2", "1e3", "１", "x"]),
    st.sampled_from(["t", "MWh", "万吨"]),
    st.sampled_from(["s", ""]),
).map(list)


@settings(deadline=None)
@given(st.lists(st.one_of(SOUND, st.lists(CELL, min_size=1, max_size=9)), max_size=12))
def test_counts_always_add_up(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[object]]
) -> None:
    path = write_csv(tmp_path_factory.getbasetemp() / "property.csv", rows)
    result = read(path)
    assert_nothing_lost(result)
    codes = " ".join(result.rejected.column("rejected_codes").to_pylist()).split()
    assert all(messages()[code].severity == "error" for code in codes)
    assert result.counts["rows"] == sum(any(row) for row in rows)


def test_beijing_2007_enters_whole(repo: Path) -> None:
    folder = repo / "examples" / "energy-balance-2007"
    result = read_table(
        folder / "beijing.csv", tables()["entries"], read_mapping(folder / "map.yaml")
    )
    assert not result.findings
    assert len(result.table) == 48
    assert result.counts["of_which"] == 8


def test_yearbook_2007_counts_add_up_to_the_file(repo: Path, test_data: Path) -> None:
    folder = test_data / "data" / "china_energy_balance_2007"
    mapping = read_mapping(repo / "examples" / "energy-balance-2007" / "map.yaml")
    result = read_table(folder / "energy_balance_physical_2007.csv", tables()["entries"], mapping)
    assert result.counts == {
        "rows": 3202,
        "entries": 1157,
        "checks": 457,
        "of_which": 906,
        "ignored": 682,
        "rejected": 0,
        "unchecked": 0,
    }
    assert_nothing_lost(result)
    codes = [finding.code for finding in result.findings]
    assert {finding.severity for finding in result.findings} == {"warning"}
    # national table: coke put back into gas works stands without its minus sign (two fuels)
    assert codes.count("sign_against_row") == 2
    # Shandong, other coking products: 16.78 printed as total, 69.94 as its only sector
    assert codes.count("part_exceeds_whole") == 1
    supply = "Total primary energy supply"
    differing = [f for f in result.findings if f.code == "total_differs"]
    others = [f for f in differing if f.values["row"] != supply]
    assert [f.values["row"] for f in others] == ["Total final consumption"]
    # provincial stock change holds closing stocks; Sichuan and the national table add up
    with (folder / "energy_balance_physical_2007.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.reader(file))
    regions = {rows[int(f.place.split(":")[1]) - 1][0] for f in differing}
    assert regions == {"11", "13", "14", "21", "32", "37", "42", "44"}
