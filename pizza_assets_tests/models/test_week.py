"""Match weeks turn on Tuesday 06:00 local, in every zone and across clock changes."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.models.week import MatchWeek, weeks_between
from pizza_assets_tests.support.examples import examples

ZONES = ["Europe/London", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"]


@examples(300)
@given(st.datetimes(datetime(2015, 1, 7), datetime(2035, 1, 1)), st.sampled_from(ZONES))
def test_every_instant_lies_in_exactly_one_week(naive: datetime, zone: str) -> None:
    moment = naive.replace(tzinfo=UTC)
    week = MatchWeek.containing(moment, zone)
    assert week.contains(moment)
    assert not week.shifted(1).contains(moment)
    assert not week.shifted(-1).contains(moment)
    start = week.starts_at.astimezone(ZoneInfo(zone))
    assert (start.weekday(), start.hour, start.minute) == (1, 6, 0)


def test_a_round_and_a_business_night_stay_together() -> None:
    friday = datetime(2026, 8, 7, 19, tzinfo=UTC)
    monday_night = datetime(2026, 8, 11, 1, tzinfo=UTC)  # trade past midnight after Monday's match
    assert MatchWeek.containing(friday, "Europe/London") == MatchWeek.containing(monday_night, "Europe/London")


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 167), ("2026-10-25", 169), ("2026-08-05", 168)])
def test_length_across_clock_changes(day: str, hours: int) -> None:
    assert MatchWeek.of_date(date.fromisoformat(day), "Europe/London").minutes == hours * 60


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone; add one"):
        MatchWeek.containing(datetime(2026, 8, 4), "Europe/London")


def test_weeks_between_includes_both_ends() -> None:
    first = MatchWeek("2026-08-04", "Europe/London")
    assert [week.key for week in weeks_between(first, first.shifted(2))] == ["2026-08-04", "2026-08-11", "2026-08-18"]
    assert weeks_between(first, first.shifted(-1)) == []
    assert first.shifted(1).starts_at - first.starts_at == timedelta(days=7)
