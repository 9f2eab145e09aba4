"""Garbled digits: how far a doubt reaches in a paragraph, and what is guessed of them."""

from __future__ import annotations

import pytest

from dafeng.reader import Proposal, propose

GARBLED = "In 24, the share of rail reached 51.2012%, up 3.<> percentage points."
SOUND = "In 2025, the ports will ship 6.21 million tons and 74% of the trucks will be new."


def only(text: str) -> Proposal:
    (proposal,) = propose(text).proposals
    return proposal


def doubted(text: str) -> dict[str, str | None]:
    return {p.slice: p.reason for p in propose(text).proposals if p.corrupt}


# --- how far a doubt reaches -------------------------------------------------------------------


def test_a_sentence_that_stands_right_is_believed_in_front_of_garbled_ones_and_behind() -> None:
    garbled = doubted(GARBLED)
    assert garbled
    assert doubted(f"{SOUND} {GARBLED}") == garbled
    assert doubted(f"{GARBLED} {SOUND}") == garbled


def test_an_amount_with_a_scale_word_between_garbled_sentences_is_not_believed() -> None:
    between = doubted(f"{GARBLED} {SOUND} {GARBLED}")
    assert between["6.21 million tons"] == "run_displaced"
    assert "74%" not in between  # a plain number behind a year that stands right


def test_a_doubt_ends_with_the_paragraph() -> None:
    assert doubted(f"{GARBLED}\n{SOUND}\n{GARBLED}") == doubted(GARBLED)


def test_in_a_paragraph_that_is_garbled_for_the_most_part_no_digit_is_believed() -> None:
    loose = "Wind has grown for years and makes up 9% of the total."
    assert "9%" not in doubted(f"{GARBLED} {loose}")
    assert doubted(f"{' '.join([GARBLED] * 4)} {loose}")["9%"] == "run_displaced"


def test_one_slip_of_the_pen_is_no_garbled_paragraph() -> None:
    slip = "Of the waste, the parks put 2021% to use."
    rest = "They have 12 million tons of stocks and 31 plants."
    assert doubted(f"{rest} {slip} {rest}").keys() == {"2021%"}


def test_the_day_of_a_date_that_was_torn_apart_is_no_figure() -> None:
    found = propose("The market opened on July 2021, 7, and 2,162 firms take part.")
    assert [p.slice for p in found.proposals] == ["2,162"]


SPOILT = (
    "In 2022, the share of rail reached 160% and that of road 31.4%.\n"
    "In 2022, 1,46,9 plants were inspected and 27% of them were fined.\n"
    "In 2022, wind grew by 2022% and made up 12.5% of the output.\n"
    "In 2022, roofs covered 2.<> million square meters and 35.6% of them were new.\n"
)


def test_where_the_years_stand_in_their_slots_only_the_spoilt_figures_are_doubted() -> None:
    alone = doubted(f"{SPOILT}In 2022, sea rail moved 12.49.2 million tons, up 20.6%.")
    assert alone.keys() == {
        "160%", "1,46,9", "2022%", "2.<> million square meters", "12.49.2 million tons"
    }  # fmt: skip


def test_where_other_digits_stand_in_the_slots_of_years_their_neighbours_are_doubted_too() -> None:
    moved = SPOILT.replace("In 2022", "In 35")
    beside = doubted(f"{moved}In 12, sea rail moved 12.49.2 million tons, up 20.6%.")
    assert beside["31.4%"] == beside["20.6%"] == "digits_displaced"


def test_headings_whose_number_is_a_year_show_that_digits_run() -> None:
    """As many of them as years that stand right: the first figures behind them are doubted."""
    body = f"{SPOILT}In 2022, sea rail moved 12.49.2 million tons, up 20.6%.\n"
    last = "By the end of 1, the plants had reached 11 million kilowatts.\n"
    headed = "".join(f"(2022) {line}\n" for line in (body + last).splitlines())
    assert {"31.4%", "11 million kilowatts"} <= doubted(headed).keys()
    assert "31.4%" not in doubted(body + last)


def test_digits_beside_a_placeholder_belong_to_one_number() -> None:
    assert doubted("Use fell to 29.<>7 kilowatt-hours.").keys() == {"29.<>7 kilowatt-hours"}
    assert doubted("It reached 9<>% of homes.").keys() == {"9<>%"}


def test_behind_a_number_without_a_digit_left_the_digits_are_right_again() -> None:
    found = doubted("The bureau chose <> pilots, of which 12 are parks.")
    assert found.keys() == {"<>"}


def test_a_month_that_went_into_the_number_may_stand_behind_it() -> None:
    found = doubted("The fleet reached 6.1036 million vehicles by the end of June 2023.")
    assert found == {"6.1036 million vehicles": "month_in_front"}


def test_broken_thousands_without_a_unit_are_told_as_garbled() -> None:
    assert doubted("The output was 52,7000, up on the year.") == {"52,7000": "broken_thousands"}


def test_in_chinese_a_spoilt_figure_says_nothing_of_its_neighbours() -> None:
    found = doubted("截至2022年底，全省充电桩达到2022万台，换电站5.6万座，占比52.%。")
    assert found.keys() == {"2022万台", "52.%"}


def test_a_year_and_a_figure_that_changed_places_say_nothing_of_the_other_figures() -> None:
    moved = "In 9, coal use fell by 2022.2%, with a drop of 7.4% in that of oil."
    found = doubted(f"{SPOILT}In 2022, sea rail moved 12.49.2 million tons, up 20.6%.\n{moved}")
    assert "2022.2%" in found
    assert "7.4%" not in found


def test_the_number_of_a_plan_that_changed_places_with_a_figure_is_doubted() -> None:
    moved = 'In the "700th Five-Year Plan", 14 million square meters will be built.'
    found = doubted(f"{SPOILT}In 2022, sea rail moved 12.49.2 million tons, up 20.6%.\n{moved}")
    assert "14 million square meters" in found


def test_a_share_of_something_is_not_above_the_whole() -> None:
    assert doubted("Some 145% of the kiln capacity reached the best class.") == {
        "145%": "share_above_whole"
    }
    assert not doubted("Output rose to 145% of the 2020 level.")


@pytest.mark.parametrize("token", ["1□8", "□□.□", "52.□", "1？8", "？？", "*", "7□□□"])
def test_lost_digits_are_part_of_their_number(token: str) -> None:
    found = doubted(f"2023年完成改造面积31万亩，新建装机{token}万千瓦。")
    assert found == {f"{token}万千瓦": "placeholder"}


def test_a_year_that_changed_places_in_chinese() -> None:
    found = doubted("1003年，发电量达到2023亿千瓦时，占用电量的24.5%。")
    assert found == {"2023亿千瓦时": "year_as_quantity"}
    assert not doubted("上下5000年，文明延续，占比24.5%。")


def test_a_part_that_is_wrong_by_itself_leaves_its_whole_open() -> None:
    found = doubted("2023年，供暖面积达到1.2亿平方米，其中地热6800亿平方米。")
    assert found.keys() == {"6800亿平方米"}


# --- guesses -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "guess", "step"),
    [
        ("The base has 9500 million kilowatts.", 95_000_000, "wan"),  # 9500 万
        ("The base has 3102.7 million kilowatts.", 31_020_000, "wan"),  # 3102 万; 7 is another's
        ("The fund holds 2408.6 billion yuan.", 240_800_000_000, "yi"),  # 2408 亿
    ],
)
def test_thousands_of_millions_are_guessed_to_be_in_the_scale_of_the_original(
    text: str, guess: int, step: str
) -> None:
    repair = only(text).repair
    assert repair is not None
    assert (repair.value, repair.trail[0][0]) == (guess, step)


def test_no_share_above_the_whole_is_guessed() -> None:
    found = propose("In 2900, coal made 40% of the power and fell by 2021%.")
    assert [p.repair.value for p in found.proposals if p.repair] == [40]
