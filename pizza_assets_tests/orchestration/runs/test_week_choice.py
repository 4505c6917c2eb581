"""The weeks that a command processes."""

from datetime import UTC, datetime

import pytest

from pizza_assets.errors import ConfigurationError
from pizza_assets.models.week import MatchWeek
from pizza_assets.orchestration.runs.week_choice import chosen_weeks, covered_span
from pizza_assets.settings import Settings

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def week(key: str) -> MatchWeek:
    return MatchWeek(key, "Europe/London")


def test_by_default_52_finished_weeks_and_the_running_one() -> None:
    weeks = chosen_weeks(Settings(), NOW, None, None, 52)
    assert (len(weeks), weeks[0].key, weeks[-1].key) == (53, "2025-11-18", "2026-11-17")


def test_a_range_includes_both_ends() -> None:
    assert chosen_weeks(Settings(), NOW, week("2026-08-04"), week("2026-08-11"), 52) == [
        week("2026-08-04"),
        week("2026-08-11"),
    ]


@pytest.mark.parametrize(
    ("first", "last", "message"),
    [
        ("2026-08-11", "2026-08-04", "is after the last week 2026-08-04; swap them"),
        ("2026-08-11", "2027-08-03", "has not begun"),
        ("2010-08-10", "2026-08-04", "set PIZZA_FIRST_WEEK=2010-08-10"),
        (None, "2010-08-10", "set PIZZA_FIRST_WEEK=2010-08-10"),
    ],
)
def test_an_impossible_range_is_refused(first: str | None, last: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        chosen_weeks(Settings(), NOW, first and week(first), week(last), 52)


def test_file_orders_choose_the_last_weeks_they_cover() -> None:
    assert covered_span((week("2024-01-02"), week("2026-08-04")), 2, Settings()) == (
        week("2026-07-21"),
        week("2026-08-04"),
    )
    assert covered_span((week("2026-07-28"), week("2026-08-04")), 52, Settings()) == (
        week("2026-07-28"),
        week("2026-08-04"),
    )
    assert covered_span(None, 52, Settings()) == (None, None)


def with_seasons(seasons: str, **more: str) -> Settings:
    return Settings.from_environment({"PIZZA_SEASONS": seasons, **more})


def test_chosen_seasons_choose_their_weeks_and_leave_the_gaps_out() -> None:
    weeks = [w.key for w in chosen_weeks(with_seasons("2018,2022", PIZZA_COMPETITIONS="worldcup"), NOW, None, None, 52)]
    assert (len(weeks), weeks[0], weeks[-1]) == (106, "2017-12-26", "2022-12-27")
    assert weeks[52:54] == ["2018-12-25", "2021-12-28"]
    league = chosen_weeks(with_seasons("2024-25"), NOW, None, None, 52)
    assert (len(league), league[0].key, league[-1].key) == (53, "2024-06-25", "2025-06-24")


def test_a_running_season_ends_with_the_running_week() -> None:
    weeks = chosen_weeks(with_seasons("2026-27"), NOW, None, None, 52)
    assert (weeks[0].key, weeks[-1].key) == ("2026-06-30", "2026-11-17")


def test_one_given_end_limits_the_chosen_seasons_and_two_override_them() -> None:
    settings = with_seasons("2024-25")
    assert chosen_weeks(settings, NOW, week("2025-04-01"), None, 52)[-1].key == "2025-06-24"
    assert chosen_weeks(settings, NOW, None, week("2024-07-09"), 52)[0].key == "2024-06-25"
    assert chosen_weeks(settings, NOW, week("2023-01-03"), week("2023-01-03"), 52) == [week("2023-01-03")]


@pytest.mark.parametrize("seasons", ["2010-11", "2027-28"])
def test_seasons_outside_the_calendar_are_refused(seasons: str) -> None:
    with pytest.raises(ConfigurationError, match=f"no week from .* belongs to PIZZA_SEASONS={seasons}"):
        chosen_weeks(with_seasons(seasons), NOW, None, None, 52)


def test_mock_matches_have_the_seasons_of_a_league() -> None:
    settings = with_seasons("2024-25", PIZZA_MATCHES="mock", PIZZA_COMPETITIONS="worldcup")
    assert len(chosen_weeks(settings, NOW, None, None, 52)) == 53


def test_weeks_must_be_in_both_order_files_and_chosen_seasons() -> None:
    covered = (week("2023-01-03"), week("2024-08-06"))
    assert covered_span(covered, 52, with_seasons("2024-25")) == (week("2024-06-25"), week("2024-08-06"))
    assert covered_span(covered, 2, Settings()) == (week("2024-07-23"), week("2024-08-06"))
    with pytest.raises(
        ConfigurationError, match="no week from 2023-01-03 to 2024-08-06 belongs to PIZZA_SEASONS=2025-26"
    ):
        covered_span(covered, 52, with_seasons("2025-26"))
