"""Fixtures ahead: real, or invented as a whole and labelled, or none; never both side by side."""

from datetime import UTC, datetime

import pytest

from pizza_assets.errors import SourceUnavailable
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.models.week import MatchWeek
from pizza_assets.sources.matches.mock import MockMatches
from pizza_assets.sources.matches.weeks_ahead import weeks_ahead
from pizza_assets_tests.support.pipeline import PoisonedMatches, RelabelledMatches

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
WEEKS = [MatchWeek("2026-11-24", "Europe/London").shifted(n) for n in range(3)]
MOCK = MockMatches(lambda: NOW)
REAL = RelabelledMatches(MOCK)
DOWN = SourceUnavailable("nobody answers")


def failing(*keys: str) -> PoisonedMatches:
    return PoisonedMatches(REAL, set(keys), DOWN)


def test_real_fixtures_of_all_weeks() -> None:
    ahead = weeks_ahead(REAL, MOCK, WEEKS, "mock")
    assert (ahead.data_source, ahead.failures, ahead.notices) == (DataSource.REAL, (), ())
    assert set(ahead.matches["match_source"]) == {"real"}
    assert set(ahead.matches["status"]) == {"TIMED"}


def test_one_failed_week_is_told_and_not_invented() -> None:
    ahead = weeks_ahead(failing(WEEKS[1].key), MOCK, WEEKS, "mock")
    assert set(ahead.matches["match_source"]) == {"real"}
    assert not ahead.matches["kickoff_at"].between(WEEKS[1].starts_at, WEEKS[1].ends_at).any()
    assert len(ahead.failures) == 1
    assert "nobody answers" in ahead.failures[0]


def test_a_stand_in_speaks_for_all_weeks_and_says_so() -> None:
    ahead = weeks_ahead(failing(*(week.key for week in WEEKS)), MOCK, WEEKS, "mock")
    assert (ahead.data_source, ahead.source_name) == (DataSource.MOCK, "mock")
    assert set(ahead.matches["match_source"]) == {"mock"}
    assert all("invented by mock" in failure for failure in ahead.failures)


def test_under_fail_nothing_is_invented_and_nothing_stops() -> None:
    ahead = weeks_ahead(failing(*(week.key for week in WEEKS)), MOCK, WEEKS, "fail")
    assert ahead.matches.empty
    assert len(ahead.failures) == 3
    assert ahead.data_source == DataSource.REAL


def test_seasons_that_are_not_chosen_are_a_notice() -> None:
    ahead = weeks_ahead(MockMatches(lambda: NOW, seasons=("2024-25",)), MOCK, WEEKS, "mock")
    assert ahead.matches.empty
    assert "outside the chosen seasons" in ahead.notices[0]


def test_a_bug_is_no_failure_of_the_source() -> None:
    with pytest.raises(ZeroDivisionError):
        weeks_ahead(PoisonedMatches(REAL, {WEEKS[0].key}, ZeroDivisionError()), MOCK, WEEKS, "mock")
