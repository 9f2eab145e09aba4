"""Values against limits: grades, corrections, editions in time."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from dafeng.grading import grade
from dafeng.rulebook import ScaleSet, load
from dafeng.vocabulary import Fault

STEEL = ScaleSet.model_validate(
    {
        "id": "steel",
        "family": "quota-steel",
        "kind": "quota",
        "title": {"zh": "钢铁", "en": "steel"},
        "document": "x",
        "clause": "document",
        "checked": "synthetic",
        "grades": [{"id": name, "zh": name, "en": name} for name in ("1", "2", "3")],
        "beyond": {"zh": "超限", "en": "beyond"},
        "inputs": {
            "scrap": {"zh": "废钢比", "en": "scrap share", "unit": "%", "default": 0},
            "clinker": {"zh": "熟料系数", "en": "clinker ratio", "unit": "%"},
        },
        "scales": [
            {
                "id": "converter",
                "zh": "转炉",
                "en": "converter",
                "unit": "kgce/t",
                "limits": [-30, -28, -12],
                "corrected": "limit + 0.23 * scrap",
            },
            {"id": "eaf", "zh": "电炉", "en": "EAF", "unit": "kgce/t", "limits": [61, None, 86]},
            {
                "id": "cement",
                "zh": "水泥",
                "en": "cement",
                "unit": "kgce/t",
                "limits": [80, 87, 94],
                "corrected": {"1": "limit + 1.1 * (clinker - 75)"},
            },
        ],
    }
)


def held(scale: str, *values: object, **inputs: list[object]) -> list[str]:
    found = STEEL.scale(scale)
    assert found is not None
    return [graded.grade for graded in grade(STEEL, found, values, inputs)]


def test_a_value_on_the_limit_belongs_to_that_grade() -> None:
    assert held("eaf", 61, 61.01, 86, 86.01) == ["1", "3", "3", "beyond"]


def test_a_missing_grade_stays_missing() -> None:
    (found,) = grade(STEEL, STEEL.scale("eaf"), [70])  # type: ignore[arg-type]
    assert found.limits == {"1": Decimal("61.0"), "3": Decimal("86.0")}


def test_corrections_hold_for_negative_limits_too() -> None:
    # -30 + 0.23 × 20 = -25.4: a converter with 20 % scrap at -25.4 is still grade 1
    assert held("converter", -25.4, -25.39, -30, scrap=[20, 20, 20]) == ["1", "2", "1"]


def test_a_default_that_was_taken_is_said() -> None:
    (found,) = grade(STEEL, STEEL.scale("converter"), [-30])  # type: ignore[arg-type]
    assert (found.grade, found.assumed, found.missing) == ("1", ("scrap",), ())


def test_what_is_missing_gives_no_grade() -> None:
    found = grade(STEEL, STEEL.scale("cement"), [None, 80, 80], {"clinker": [75, None, 75]})  # type: ignore[arg-type]
    assert [(g.grade, g.missing) for g in found] == [
        ("", ("value",)),
        ("", ("clinker",)),
        ("1", ()),
    ]


def test_only_the_named_grade_is_corrected() -> None:
    # grade 1: 80 + 1.1 × (80 - 75) = 85.5; grades 2 and 3 stay
    (found,) = grade(STEEL, STEEL.scale("cement"), [85.5], {"clinker": [80]})  # type: ignore[arg-type]
    first, second = found.limits["1"], found.limits["2"]
    assert (found.grade, first, second) == ("1", Decimal("85.5"), Decimal(87))


RULES = load()


@pytest.mark.parametrize(
    ("region", "scale", "day", "edition", "limits"),
    [
        ("37", "clinker", date(2024, 12, 31), "level-shandong", (100, 109)),
        ("37", "calcium-carbide", date(2024, 12, 31), "level-2023", (805, 940)),
        ("33", "clinker", date(2024, 12, 31), "level-2023", (100, 117)),
        ("", "clinker", date(2024, 12, 31), "level-2023", (100, 117)),
        ("41", "clinker", date(2025, 12, 31), "level-henan", (100, 104, 117)),
        ("41", "clinker", date(2026, 1, 1), "level-2023", (100, 117)),
        ("37", "sanitary-ware", date(2023, 7, 3), "level-2021", (300, 630)),
    ],
)
def test_a_scale_comes_from_the_nearest_place_whose_edition_has_it(
    region: str, scale: str, day: date, edition: str, limits: tuple[float, ...]
) -> None:
    found, held_against = RULES.scale("level", scale, day, region)
    assert (found.id, held_against.limits) == (edition, limits)


@pytest.mark.parametrize(
    ("family", "scale", "day", "code"),
    [
        ("level", "clinker", date(2021, 12, 31), "no_edition"),
        ("level", "clinker", date(2022, 1, 1), "unknown_scale"),
        ("level", "data-centre", date(2024, 12, 31), "unknown_scale"),
        ("levels", "clinker", date(2024, 12, 31), "unknown_family"),
    ],
)
def test_a_scale_that_no_edition_in_force_has_is_refused(
    family: str, scale: str, day: date, code: str
) -> None:
    with pytest.raises(Fault) as caught:
        RULES.scale(family, scale, day, "37")
    assert caught.value.code == code


def test_what_follows_below_a_level_is_a_deadline() -> None:
    levels = [edition for edition in RULES.scales.values() if edition.family == "level"]
    named = {scale.consequence for edition in levels for scale in edition.scales}
    assert named - {None} == {"upgrade-by-2025", "upgrade-by-2026"} <= set(RULES.deadlines)


def part_known(**limits: float | None) -> ScaleSet:
    data = STEEL.model_dump()
    unknown = [name[1:] for name, limit in limits.items() if limit is None]
    data["scales"] = [
        {"id": "x", "zh": "x", "en": "x", "unit": "kgce/t", "limits": list(limits.values())}
        | {"unknown": unknown}
    ]
    return ScaleSet.model_validate(data)


def test_a_limit_that_is_not_known_withholds_the_grade_only_where_it_decides() -> None:
    # grade 2 is not known, between 50 and 90: 50 is grade 1, 70 is 2 or 3, 91 is beyond all
    book = part_known(g1=50, g2=None, g3=90)
    assert [g.grade for g in grade(book, book.scales[0], [50, 70, 91])] == ["1", "", "beyond"]
    # grade 3 is not known: 55 is grade 2, 70 may be grade 3
    book = part_known(g1=50, g2=60, g3=None)
    assert [g.grade for g in grade(book, book.scales[0], [55, 70])] == ["2", ""]


def test_a_limit_printed_as_a_range_is_not_known() -> None:
    """Benchmark 60 to 70: 60 may keep it or not, and so may anything up to the baseline, 90."""
    data = part_known(g1=50, g2=0, g3=90).model_dump()
    data["scales"][0]["limits"] = [50, (60, 70), 90]
    book = ScaleSet.model_validate(data)
    found = grade(book, book.scales[0], [50, 65, 90, 91])
    assert [g.grade for g in found] == ["1", "", "", "beyond"]
    assert [g.missing for g in found] == [(), ("limit",), ("limit",), ()]


def test_a_number_that_is_none_is_missing() -> None:
    """NaN, as data frames give it, takes the default where there is one, and else no grade."""
    nothing = float("nan")
    (found,) = grade(STEEL, STEEL.scale("converter"), [-30], {"scrap": [nothing]})  # type: ignore[arg-type]
    assert (found.grade, found.assumed) == ("1", ("scrap",))
    given = {"clinker": [nothing, Decimal("NaN"), 75]}
    rows = grade(STEEL, STEEL.scale("cement"), [80, 80, nothing], given)  # type: ignore[arg-type]
    assert [(g.grade, g.missing) for g in rows] == [
        ("", ("clinker",)),
        ("", ("clinker",)),
        ("", ("value",)),
    ]


def test_a_corrected_limit_without_a_value_gives_no_grade() -> None:
    data = STEEL.model_dump()
    data["scales"][2]["corrected"] = "limit / clinker"
    book = ScaleSet.model_validate(data)
    found = grade(book, book.scales[2], [80, 80], {"clinker": [0, 1]})
    assert [(g.grade, g.missing) for g in found] == [("", ("limit",)), ("1", ())]
    assert found[0].limits == {}
