"""Values against limits: grades, corrections, editions in time."""

from __future__ import annotations

from decimal import Decimal

from dafeng.grading import grade
from dafeng.rulebook import ScaleSet

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
