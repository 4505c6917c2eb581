"""Which weeks a command is about."""

from datetime import UTC, datetime

import pytest

from pizza_assets.errors import ConfigurationError
from pizza_assets.models.week import MatchWeek
from pizza_assets.orchestration.week_choice import chosen_weeks, covered_span, season_span
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
        ("2026-08-11", "2026-08-04", "swap --from and --to"),
        ("2026-08-11", "2027-08-03", "has not begun"),
        ("2010-08-10", "2026-08-04", "PIZZA_FIRST_WEEK"),
    ],
)
def test_an_impossible_range_is_refused(first: str, last: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        chosen_weeks(Settings(), NOW, week(first), week(last), 52)


def test_file_orders_choose_the_last_weeks_they_cover() -> None:
    assert covered_span((week("2024-01-02"), week("2026-08-04")), 2) == (week("2026-07-21"), week("2026-08-04"))
    assert covered_span((week("2026-07-28"), week("2026-08-04")), 52) == (week("2026-07-28"), week("2026-08-04"))
    assert covered_span(None, 52) == (None, None)


def test_chosen_seasons_choose_their_weeks_up_to_now() -> None:
    now = datetime(2026, 1, 7, 12, tzinfo=UTC)
    assert season_span((), "Europe/London", now) == (None, None)
    first, last = season_span(("2018", "2016-17"), "Europe/London", now)
    assert (first and first.key, last and last.key) == ("2016-06-28", "2018-12-25")
    first, last = season_span(("2025-26",), "Europe/London", now)
    assert (first and first.key, last and last.key) == ("2025-07-01", "2026-01-06")
