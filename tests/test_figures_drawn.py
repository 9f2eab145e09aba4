"""Figures: drawn in both languages, with their mark, on honest axes, without a network."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from dafeng import indicators, outlook, portfolio
from dafeng.cli.verbs import run
from dafeng.report import figures
from dafeng.vocabulary import Fault
from dafeng.workspace import Workspace, open_scenario, paths_of

LANGUAGES = ("zh", "en")
CHINESE = re.compile("[\u3400-\u9fff]")
Draw = Callable[[str], Any]


@pytest.fixture(scope="module")
def projection(repo: Path) -> outlook.Projection:
    held, _ = outlook.read_sectors(repo / "examples/outlook/sectors.csv")
    scenario, _ = open_scenario(repo / "examples/outlook/plan.yaml", held, None)
    few = scenario.model_copy(update={"settings": {**scenario.settings, "draws": 200}})
    return outlook.project(held, few, by=[2028])


@pytest.fixture(scope="module")
def board(repo: Path, tmp_path_factory: pytest.TempPathFactory) -> pa.Table:
    ws = Workspace.create(tmp_path_factory.mktemp("figures") / "ws")
    ws.import_file(repo / "examples/progress/statistics.csv", table="statistics")
    asked: dict[str, Any] = {"plan_id": "ten-actions-2021"}
    return paths_of(ws, ws.board(as_of="2025", **asked), asked)


@pytest.fixture(scope="module")
def drawings(repo: Path, projection: outlook.Projection, board: pa.Table) -> dict[str, Draw]:
    wedges = outlook.attribute(projection).table
    held = projection.course.held
    one = outlook.decompose(held, [2015, 2025])
    chained = outlook.decompose(held, list(range(2015, 2026)))
    projects, _ = portfolio.read_projects(repo / "docs/howto/examples/retrofits.csv")
    steps = portfolio.curve(projects).steps
    columns = {"series": "region", "year": "year", "value": "mt", "vintage": None}
    series = outlook.read_history(repo / "docs/howto/examples/series.csv", columns, add=False)
    status = outlook.judge(series.panel(series.last))
    judged = outlook.status_rows(status)

    def factors(lang: str) -> dict[str, str]:
        return {link.id: link.name.of(lang) for link in one.identity.links}

    def levers(lang: str) -> dict[str, str]:
        return {lever.id: lever.title.of(lang) for lever in projection.scenario.levers}

    return {
        "fan": lambda lang: figures.fan(projection.years, projection.peaks, lang, by=[2030]),
        "wedges": lambda lang: figures.wedges(wedges, levers(lang), lang),
        "change": lambda lang: figures.decomposition(one.table, factors(lang), lang),
        "chained": lambda lang: figures.decomposition(chained.table, factors(lang), lang),
        "cost": lambda lang: figures.cost_curve(steps, lang),
        "targets": lambda lang: figures.target_paths(board, lang, as_of="2025"),
        "history": lambda lang: figures.status(outlook.status_series(status), judged, lang),
        "peaked": lambda lang: figures.peaked(judged, lang),
    }


NAMES = ("fan", "wedges", "change", "chained", "cost", "targets", "history", "peaked")


def texts(spec: Any, key: str = "") -> Iterator[str]:
    """Every title, label and category of a chart."""
    if isinstance(spec, dict):
        for name, value in spec.items():
            yield from texts(value, name)
    elif isinstance(spec, list):
        for value in spec:
            yield from texts(value, key)
    elif isinstance(spec, str) and key in ("title", "text", "subtitle", "domain", "what"):
        yield spec


def axes(spec: Any) -> Iterator[dict[str, Any]]:
    """Every vertical axis of a chart, with the mark that is drawn on it."""
    if isinstance(spec, dict):
        if "mark" in spec and "y" in spec.get("encoding", {}):
            mark = spec["mark"]
            kind = mark["type"] if isinstance(mark, dict) else mark
            yield {"mark": kind, "y2": "y2" in spec["encoding"], **spec["encoding"]["y"]}
        for value in spec.values():
            yield from axes(value)
    elif isinstance(spec, list):
        for value in spec:
            yield from axes(value)


def rows_of(spec: dict[str, Any], layer: int) -> list[dict[str, Any]]:
    """The data of a layer, which Altair keeps apart."""
    found: list[dict[str, Any]] = spec["datasets"][spec["layer"][layer]["data"]["name"]]
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_speaks_one_language(drawings: dict[str, Draw], name: str) -> None:
    chinese, english = (drawings[name](lang).to_dict() for lang in LANGUAGES)  # valid Vega-Lite
    assert any(CHINESE.search(text) for text in texts(chinese))
    foreign = [t for t in texts(english) if CHINESE.search(t) and name != "history"]
    assert not foreign
    assert chinese != english


@pytest.mark.parametrize("name", ["fan", "wedges", "change", "chained", "cost"])
def test_what_rests_on_fiction_says_so(drawings: dict[str, Draw], name: str) -> None:
    for lang, said in zip(LANGUAGES, ("数据：虚构", "data: synthetic"), strict=True):
        assert said in drawings[name](lang).to_dict()["title"]["subtitle"]


@pytest.mark.parametrize("name", NAMES)
def test_bars_stand_on_zero_and_a_cut_axis_says_so(drawings: dict[str, Draw], name: str) -> None:
    spec = drawings[name]("en").to_dict()
    notes = " ".join(spec["title"].get("subtitle", []))
    for axis in axes(spec):
        zero = axis.get("scale", {}).get("zero", True)
        assert zero or axis["mark"] not in ("bar", "rect")
        assert zero or "not from zero" in axis["title"] or "not every axis" in notes


def test_the_bars_of_a_change_hang_from_each_other(drawings: dict[str, Draw]) -> None:
    spec = drawings["change"]("en").to_dict()
    rows = rows_of(spec, 0)
    assert rows[0]["base"] == 0
    for before, after in pairwise(rows[:-1]):
        assert after["base"] == pytest.approx(before["value"])
    assert rows[-1]["change"] == pytest.approx(sum(row["change"] for row in rows[:-1]))


def test_the_wedges_fill_what_lies_between(
    drawings: dict[str, Draw], projection: outlook.Projection
) -> None:
    rows = rows_of(drawings["wedges"]("en").to_dict(), 0)
    split = outlook.attribute(projection)
    at = projection.course.years.index(2035)
    avoided = sum(row["avoided"] for row in rows if row["year"] == 2035)
    assert avoided == pytest.approx(float(split.without[at] - split.with_all[at]) * 1e-12)


def test_the_peak_is_marked_where_the_runs_have_it(
    drawings: dict[str, Draw], projection: outlook.Projection
) -> None:
    title = drawings["fan"]("en").to_dict()["title"]["subtitle"]
    middle = projection.found.quantile(0.5)
    assert f"median {middle}" in title[0]
    by_2030 = projection.found.by(2030)
    assert by_2030 is not None
    assert f"by 2030: {by_2030 * 100:.0f} %" in title[1]


def test_no_peak_is_shown_where_most_runs_have_none(projection: outlook.Projection) -> None:
    rows = [
        {"year": 2030, "kind": "ahead", "probability": 0.4, "by_then": 0.4, "mark": "synthetic"},
        {"year": 2045, "kind": "not_before", "probability": 0.6, "by_then": None, "mark": ""},
    ]
    said = figures.fan(projection.years, pa.Table.from_pylist(rows), "en", by=[2045]).to_dict()
    assert said["title"]["subtitle"] == ["most runs do not peak before 2045", "data: synthetic"]


def test_target_paths_are_those_of_the_board(board: pa.Table) -> None:
    rows = [row for row in board.to_pylist() if row["target"] == "C23-2"]
    path = {row["year"]: row["value"] for row in rows if row["kind"] == "path"}
    # 13.5 % in five years, by the same share each year: after four 1 − 0.865^0.8 = 10.954 %
    assert path[2024] == pytest.approx(-10.9543, abs=1e-4)
    assert path[2025] == pytest.approx(-13.5)
    values = {row["year"]: row["status"] for row in rows if row["kind"] == "value"}
    assert values[2024] == "on_track"
    assert 2025 not in values  # not computable as of then


def test_panels_tell_targets_of_the_same_words_apart(board: pa.Table) -> None:
    drawn = figures.target_paths(board, "en", as_of="2025").to_dict()["concat"]
    headings = [" ".join(panel["title"]["text"]) for panel in drawn]
    assert any(heading.startswith("C23-2 ") for heading in headings)
    assert len({*headings}) == len(headings) > 1
    twice = pa.concat_tables([board, _moved(board, "33")])
    drawn = figures.target_paths(twice, "zh", as_of="2025").to_dict()["concat"]
    said = " ".join("".join(panel["title"]["text"]) for panel in drawn)
    assert "（中国）" in said
    assert "（浙江）" in said


def _moved(board: pa.Table, region: str) -> pa.Table:
    place = board.column_names.index("region")
    return board.set_column(place, "region", pa.array([region] * board.num_rows))


def test_targets_without_a_value_are_counted(board: pa.Table) -> None:
    rows = board.to_pylist()
    none = {row["target"] for row in rows if row["kind"] == "none"}
    assert none
    notes = figures.target_paths(board, "en", as_of="2025").to_dict()["title"]["subtitle"]
    assert any(note.startswith(f"{len(none)} targets have no value") for note in notes)


@pytest.mark.parametrize(
    ("suffix", "begins"),
    [(".svg", b"<svg"), (".png", b"\x89PNG"), (".html", b"<!DOCTYPE"), (".json", b"{")],
)
def test_a_file_is_written_without_a_network(
    drawings: dict[str, Draw], tmp_path: Path, suffix: str, begins: bytes
) -> None:
    path = tmp_path / "new" / f"figure{suffix}"
    figures.save(drawings["cost"]("zh"), path)
    data = path.read_bytes()
    assert data.lstrip().startswith(begins)
    if suffix == ".svg":
        assert "减排成本曲线".encode() in data
    if suffix == ".html":
        assert not re.search(rb"<(script|link)[^>]+(src|href)=.https?:", data)
    if suffix == ".json":
        assert json.loads(data)["title"]["text"] == "减排成本曲线"


def test_another_suffix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="figure_format"):
        figures.check(tmp_path / "figure.gif")


def test_a_command_draws_beside_what_it_prints(
    repo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "curve.svg"
    asked = {"per": "tco2", "view": "society", "rate": None, "mapping": None, "out": None}
    file = repo / "docs/howto/examples/retrofits.csv"
    code = run(
        "portfolio_curve", "en", as_json=False, workspace=tmp_path, file=file, figure=path, **asked
    )
    assert code == 0
    assert "figure written to" in capsys.readouterr().out
    assert "abatement cost curve" in path.read_text(encoding="utf-8")


def test_a_path_of_a_level_is_a_line_and_of_a_cap_is_flat(board: pa.Table) -> None:
    rows = [row for row in board.to_pylist() if row["target"] == "C23-1-2030"]
    path = sorted((row["year"], row["value"]) for row in rows if row["kind"] == "path")
    slopes = {round((b[1] - a[1]) / (b[0] - a[0]), 6) for a, b in pairwise(path)}
    assert len(slopes) == 1
    assert path[-1] == (2030, 25.0)
    assert indicators.path_table([], {}).num_rows == 0
