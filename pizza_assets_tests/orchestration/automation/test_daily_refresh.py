"""The daily refresh: at 18:00 local time, once a day even when clocks change; by one owner; tagged by its target."""

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
from dagster._utils.schedules import schedule_execution_time_iterator

from pizza_assets.definitions import build_definitions
from pizza_assets.orchestration.automation.schedules import daily_refresh, schedules
from pizza_assets.orchestration.run_target import ON_LAMBDA, RUN_ON_TAG
from pizza_assets.settings import Settings

ZONES = ["Europe/London", "America/New_York", "Australia/Sydney", "Asia/Kolkata"]
YEAR = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("zone", ZONES)
def test_one_tick_a_day_at_18_local_time_all_year(zone: str) -> None:
    """A year contains both clock changes."""
    schedule = daily_refresh(Settings(timezone=zone))
    all_ticks = schedule_execution_time_iterator(YEAR.timestamp(), schedule.cron_schedule, schedule.execution_timezone)
    ticks = [
        tick.astimezone(ZoneInfo(zone))
        for tick in itertools.takewhile(lambda tick: tick < YEAR + timedelta(days=365), all_ticks)
    ]
    assert len(ticks) == 365
    assert len({tick.date() for tick in ticks}) == 365
    assert {(tick.hour, tick.minute) for tick in ticks} == {(18, 0)}


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_one_tick_on_days_when_clocks_change(day: str) -> None:
    at = datetime.fromisoformat(f"{day}T18:00").replace(tzinfo=ZoneInfo("Europe/London"))
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_schedule_context(instance=instance, scheduled_execution_time=at)
        asked = daily_refresh(Settings()).evaluate_tick(context).run_requests
    (request,) = asked or []
    assert request.run_key == at.isoformat()


def test_the_refresh_has_one_owner() -> None:
    assert [schedule.name for schedule in schedules(Settings())] == ["daily_refresh"]
    assert schedules(Settings(daily_refresh="eventbridge")) == []
    by_eventbridge = build_definitions({"PIZZA_DAILY_REFRESH": "eventbridge"})
    assert [schedule.name for schedule in by_eventbridge.schedules or []] == ["weekly_digest"]


@pytest.mark.parametrize("run_on", ["local", "lambda"])
def test_its_run_is_tagged_with_target_and_retries(run_on: str) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_schedule_context(instance=instance, scheduled_execution_time=YEAR)
        (request,) = daily_refresh(Settings(run_on=run_on)).evaluate_tick(context).run_requests or []
    assert (request.tags.get(RUN_ON_TAG) == ON_LAMBDA) == (run_on == "lambda")
    assert ("dagster/max_runtime" in request.tags) == (run_on == "lambda")
    assert request.tags["dagster/retry_on_asset_or_op_failure"] == "false"
