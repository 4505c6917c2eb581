"""Season names and bounds, and the years that are slips."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.models.competitions import COMPETITIONS, Competition
from pizza_assets.models.week import MatchWeek
from pizza_assets.sources.matches.season_calendar import (
    corrected_years,
    has_season,
    round_number,
    season_bounds,
    season_span,
    seasons_near,
    seasons_of_week,
    split_season,
)
from pizza_assets_tests.strategies import weeks
from pizza_assets_tests.support.examples import examples

LEAGUE, WORLD_CUP = COMPETITIONS["en.1"], COMPETITIONS["worldcup"]


def test_season_names_turn_the_century() -> None:
    assert [split_season(year) for year in (1999, 2009, 2025)] == ["1999-00", "2009-10", "2025-26"]


@pytest.mark.parametrize(
    ("first", "last", "seasons"),
    [
        (date(2015, 11, 3), date(2015, 11, 10), ["2015-16"]),
        (date(2016, 1, 5), date(2016, 1, 12), ["2015-16"]),
        (date(2016, 5, 31), date(2016, 6, 7), ["2015-16", "2016-17"]),
        (date(2020, 7, 14), date(2020, 7, 21), ["2019-20", "2020-21"]),
        (date(2020, 9, 29), date(2020, 10, 6), ["2019-20", "2020-21"]),
        (date(2020, 10, 6), date(2020, 10, 13), ["2020-21"]),
    ],
)
def test_seasons_near_a_week(first: date, last: date, seasons: list[str]) -> None:
    assert seasons_near(LEAGUE, first, last) == seasons


def test_a_tournament_is_due_in_its_years_only() -> None:
    assert seasons_near(WORLD_CUP, date(2022, 11, 22), date(2022, 11, 29)) == ["2022"]
    assert seasons_near(WORLD_CUP, date(2021, 12, 28), date(2022, 1, 4)) == ["2022"]
    assert seasons_near(WORLD_CUP, date(2023, 1, 10), date(2023, 1, 17)) == []


def test_bounds_of_a_season_and_of_a_tournament() -> None:
    assert season_bounds("2019-20") == (date(2019, 6, 1), date(2020, 9, 30))
    assert season_bounds("2022") == (date(2022, 1, 1), date(2023, 12, 31))


def test_round_numbers() -> None:
    assert [round_number(name) for name in ("Matchday 7", "Round 12", "Round of 16", "Final", None)] == [
        7,
        12,
        None,
        None,
        None,
    ]


OPENING = date(2019, 8, 10)


@examples(200)
@given(st.integers(2, 38), st.integers(0, 380))
def test_a_date_typed_one_year_early_is_mended_and_a_right_one_kept(number: int, days: int) -> None:
    """Right dates: from the opening to the end of July; the slip shows where a year earlier lies before the opening."""
    right = min(OPENING + timedelta(days=days), date(2020, 7, 31))
    opening_round = [OPENING] * 10
    assert corrected_years([*opening_round, right], [1] * 10 + [number], "2019-20")[-1] == right
    if number >= 30 and right.year == 2020 and right.month in (6, 7):
        slip = right.replace(year=2019)
        assert corrected_years([*opening_round, slip], [1] * 10 + [number], "2019-20")[-1] == right


def test_a_match_brought_forward_to_before_the_opening_keeps_its_date() -> None:
    early = OPENING - timedelta(days=4)
    assert corrected_years([OPENING, early], [1, 6], "2019-20") == [OPENING, early]


@pytest.mark.parametrize("season", ["2019", "2018-19"])
def test_nothing_is_moved_out_of_the_season_or_in_a_tournament(season: str) -> None:
    days = [OPENING, date(2019, 7, 26)]
    assert corrected_years(days, [1, 38], season) == days


def test_unreadable_dates_and_unnumbered_rounds_are_left_alone() -> None:
    july = date(2019, 7, 26)
    assert corrected_years([OPENING, None, july], [1, 38, None], "2019-20") == [OPENING, None, july]
    assert corrected_years([july], [38], "2019-20") == [july]


@pytest.mark.parametrize(
    ("code", "season", "is_one"),
    [
        ("en.1", "2024-25", True),
        ("en.1", "1999-00", True),
        ("en.1", "2024-26", False),
        ("en.1", "2018", False),
        ("uefa.cl", "2018-19", True),
        ("worldcup", "2018", True),
        ("worldcup", "2019", False),
        ("worldcup", "2018-19", False),
    ],
)
def test_which_names_are_a_competition_s_seasons(code: str, season: str, is_one: bool) -> None:
    assert has_season(COMPETITIONS[code], season) is is_one


def test_a_season_runs_from_july_to_june_but_for_2020() -> None:
    assert season_span(LEAGUE, "2024-25") == (date(2024, 7, 1), date(2025, 6, 30))
    assert season_span(LEAGUE, "2019-20") == (date(2019, 7, 1), date(2020, 8, 9))
    assert season_span(COMPETITIONS["uefa.cl"], "2019-20") == (date(2019, 7, 1), date(2020, 8, 31))
    assert season_span(WORLD_CUP, "2018") == (date(2018, 1, 1), date(2018, 12, 31))


def test_without_a_choice_a_week_asks_for_the_seasons_near_it() -> None:
    week = MatchWeek("2016-06-14", "Europe/London")
    assert seasons_of_week(LEAGUE, week) == ["2015-16", "2016-17"]
    assert seasons_of_week(LEAGUE, week, ["2015-16", "2016-17", "2018"]) == ["2015-16"]
    assert seasons_of_week(LEAGUE, MatchWeek("2016-06-28", "Europe/London"), ["2015-16", "2016-17"]) == [
        "2015-16",
        "2016-17",
    ]
    assert seasons_of_week(WORLD_CUP, MatchWeek("2017-12-26", "Europe/London"), ["2018"]) == ["2018"]
    assert seasons_of_week(WORLD_CUP, MatchWeek("2017-12-19", "Europe/London"), ["2018", "2022"]) == []


@examples(100)
@given(weeks(), st.sampled_from([LEAGUE, COMPETITIONS["uefa.cl"], COMPETITIONS["fr.1"]]))
def test_every_week_belongs_to_one_season_or_to_the_two_that_meet_in_it(
    week: MatchWeek, competition: Competition
) -> None:
    every = [split_season(year) for year in range(2013, 2028)]
    found = seasons_of_week(competition, week, every)
    assert 1 <= len(found) <= 2
    spans = [season_span(competition, season) for season in found]
    assert all(later[0] - earlier[1] == timedelta(days=1) for earlier, later in pairwise(spans))
    assert all(
        seasons_of_week(competition, week, [season]) == ([season] if season in found else []) for season in every
    )
