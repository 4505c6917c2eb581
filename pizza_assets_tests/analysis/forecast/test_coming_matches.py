"""The list of coming fixtures: dates, moved and unscheduled matches, and an empty list."""

from datetime import UTC, datetime

import pandas as pd
import pytest

from pizza_assets.analysis.forecast.coming_matches import coming_matches, forecast_fixtures
from pizza_assets.models import RawMatches
from pizza_assets_tests.analysis.simulated_worlds import match_row

NOW = datetime(2026, 11, 25, 18, tzinfo=UTC)


def listed(*rows: dict, previous: pd.DataFrame | None = None, now: datetime = NOW, notices=(), failures=()):
    return coming_matches(
        RawMatches.conform(list(rows)), notices, failures, "real", "openfootball", now, "Europe/London", previous
    )


def match(number: int, kickoff: str, **changes) -> dict:
    ahead = {"status": "TIMED", "home_goals": None, "away_goals": None, "decided_by": None, "match_source": "real"}
    return match_row(f"m{number}", pd.Timestamp(kickoff, tz="UTC"), "Leeds United", "Everton", **{**ahead, **changes})


def test_only_the_next_fourteen_days_are_listed() -> None:
    found = listed(
        match(1, "2026-11-25 14:05", status="IN_PLAY"),
        match(2, "2026-11-25 18:00"),
        match(3, "2026-12-09 17:59"),
        match(4, "2026-12-09 18:00"),
    )
    assert found["match_id"].tolist() == ["m2", "m3"]
    assert set(found["asked_on"]) == {"2026-11-25"}


def test_a_match_stays_until_its_last_window_has_ended() -> None:
    """115 minutes and two hours after a kick-off at 15:00."""
    running = match(1, "2026-11-25 15:00", status="IN_PLAY")
    assert listed(running, now=datetime(2026, 11, 25, 18, 54, tzinfo=UTC))["match_id"].tolist() == ["m1"]
    assert listed(running, now=datetime(2026, 11, 25, 18, 55, tzinfo=UTC))["entry"].tolist() == ["notice"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kickoff_is_fixed": False, "status": "SCHEDULED"}, "not fixed"),
        ({"kickoff_is_fixed": False}, "not fixed"),
        ({"status": "POSTPONED"}, "postponed"),
        ({"status": "CANCELLED"}, "cancelled"),
        ({"status": "UNKNOWN"}, "the time is in doubt"),
    ],
)
def test_a_match_in_doubt_is_listed_but_not_forecast(changes: dict, words: str) -> None:
    found = listed(match(1, "2026-11-28 00:00", **changes), match(2, "2026-11-28 15:00"))
    assert words in found["note"].iloc[0]
    assert forecast_fixtures(found)["match_id"].tolist() == ["m2"]


def test_a_match_without_a_time_is_listed_on_its_day() -> None:
    unfixed = match(1, "2026-11-25 00:00", kickoff_is_fixed=False, status="SCHEDULED")
    assert listed(unfixed)["entry"].tolist() == ["fixture"]


def test_a_moved_kickoff_keeps_the_first_announced_one_over_repeated_queries() -> None:
    first = listed(match(1, "2026-11-28 15:00"))
    second = listed(match(1, "2026-11-29 16:30"), previous=first)
    third = listed(match(1, "2026-11-29 16:30"), previous=second)
    for found in (second, third):
        assert found["announced_kickoff_at"].tolist() == [pd.Timestamp("2026-11-28 15:00", tz="UTC")]
        assert found["kickoff_at"].tolist() == [pd.Timestamp("2026-11-29 16:30", tz="UTC")]


def test_a_kickoff_that_was_not_fixed_before_has_not_moved() -> None:
    first = listed(match(1, "2026-11-28 00:00", kickoff_is_fixed=False, status="SCHEDULED"))
    second = listed(match(1, "2026-11-28 15:00"), previous=first)
    assert second["announced_kickoff_at"].tolist() == second["kickoff_at"].tolist()


def test_off_season_says_so() -> None:
    found = listed(now=datetime(2026, 6, 20, tzinfo=UTC))
    assert found["entry"].tolist() == ["notice"]
    assert "No fixture" in found["note"].iloc[0]
    assert "20 Jun 2026 to 04 Jul 2026" in found["note"].iloc[0]


def test_failures_are_listed_with_fixtures() -> None:
    found = listed(match(1, "2026-11-28 15:00"), failures=["Serie A is missing", "Serie A is missing"])
    assert found["entry"].tolist() == ["failure", "fixture"]
