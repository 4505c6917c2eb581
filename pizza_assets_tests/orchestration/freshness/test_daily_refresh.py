"""The daily refresh is late or not by its newest due week, whatever else was collected since."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg
import pytest
from dagster._core.events import StepMaterializationData

from pizza_assets.assets.refresh_check import refresh_checks
from pizza_assets.models.week import MatchWeek
from pizza_assets.orchestration.automation.refresh_watch import refresh_watches
from pizza_assets.orchestration.freshness.check_history import ERROR, PASSED, WARNING
from pizza_assets.orchestration.freshness.daily_refresh import CHECK, judge_refresh
from pizza_assets.settings import Settings

LONDON = "Europe/London"
WEEK = MatchWeek("2026-08-04", LONDON)
OLD_WEEKS = ["2026-07-14", "2026-07-21"]
SATURDAY = datetime(2026, 8, 8, 17, tzinfo=UTC)
"""18:00 in London, in the middle of the week."""


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


def collect(instance: dg.DagsterInstance, week: str, at: datetime) -> None:
    """Record that both collected assets were materialized for the week at this time."""
    for asset in ("raw_orders", "raw_matches"):
        event = dg.DagsterEvent(
            dg.DagsterEventType.ASSET_MATERIALIZATION.value,
            "collect_weeks",
            event_specific_data=StepMaterializationData(dg.AssetMaterialization(asset, partition=week), []),
        )
        instance.store_event(dg.EventLogEntry(None, "info", "", "a run", at.timestamp(), dagster_event=event))


def look(instance: dg.DagsterInstance, now: datetime) -> list[dg.AssetCheckEvaluation]:
    """What the sensor reports at this time; it is stored as the daemon stores it, but at this time."""
    (sensor,) = refresh_watches(Settings())
    context = dg.build_sensor_context(instance=instance, resources={"clock": lambda: now})
    result: Any = sensor(context)
    found = [] if isinstance(result, dg.SkipReason) else list(result.asset_events)
    for evaluation in found:
        event = dg.DagsterEvent(dg.DagsterEventType.ASSET_CHECK_EVALUATION.value, "", event_specific_data=evaluation)
        instance.store_event(dg.EventLogEntry(None, "info", "", "", now.timestamp(), dagster_event=event))
    return found


def outcomes(found: list[dg.AssetCheckEvaluation]) -> list[tuple[bool, str]]:
    return [(evaluation.passed, evaluation.severity.value) for evaluation in found]


@pytest.mark.parametrize(
    ("collected", "looked", "outcome"),
    [
        (timedelta(days=4), timedelta(days=4, hours=25), PASSED),
        (timedelta(days=4), timedelta(days=4, hours=27), WARNING),
        (timedelta(days=4), timedelta(days=6, hours=3), ERROR),
        # however late a week is collected, it has no orders after its end
        (timedelta(days=10), timedelta(days=10), ERROR),
        (timedelta(days=8), timedelta(days=8), PASSED),
        (timedelta(days=8), timedelta(days=8, hours=3), WARNING),
    ],
)
def test_the_age_of_the_newest_collection(collected: timedelta, looked: timedelta, outcome: str) -> None:
    """Each time is counted from the start of the week."""
    assert judge_refresh((WEEK, WEEK.starts_at + collected), WEEK.starts_at + looked).outcome == outcome


def test_a_late_collection_of_an_old_week_is_not_called_hours_old() -> None:
    """It said "collected at 06:23: no refresh for 312 hours" five minutes later: the export had ended."""
    now = WEEK.ends_at + timedelta(hours=312)
    said = judge_refresh((WEEK, now - timedelta(minutes=5)), now).description
    assert "it ended 312 hours ago, and no newer one was collected" in said
    assert "no refresh" not in said


def test_it_fails_two_days_after_the_last_due_week_although_older_weeks_were_backfilled_an_hour_ago(
    instance: dg.DagsterInstance,
) -> None:
    now = SATURDAY + timedelta(hours=51)
    collect(instance, WEEK.key, SATURDAY)
    for week in OLD_WEEKS:
        collect(instance, week, now - timedelta(hours=1))
    found = look(instance, now)
    assert outcomes(found) == [(False, "ERROR"), (False, "ERROR")]
    assert "the newest collected week is 2026-08-04, collected at 2026-08-08 17:00 UTC" in str(found[0].description)
    check = refresh_checks(Settings())[0]
    by_hand = check(dg.build_asset_check_context(instance=instance), clock=lambda: now)
    assert (by_hand.passed, by_hand.severity.value) == (False, "ERROR")


def test_the_sensor_reports_each_change_once(instance: dg.DagsterInstance) -> None:
    hours = timedelta(hours=1)
    assert outcomes(look(instance, SATURDAY)) == [(False, "WARN")] * 2, "nothing was ever collected"
    assert look(instance, SATURDAY + hours) == []
    collect(instance, WEEK.key, SATURDAY + 2 * hours)
    assert outcomes(look(instance, SATURDAY + 3 * hours)) == [(True, "WARN")] * 2
    assert look(instance, SATURDAY + 4 * hours) == []
    assert outcomes(look(instance, SATURDAY + 30 * hours)) == [(False, "WARN")] * 2
    assert outcomes(look(instance, SATURDAY + 60 * hours)) == [(False, "ERROR")] * 2


def test_a_week_from_a_clock_that_was_ahead_hides_no_delay(instance: dg.DagsterInstance) -> None:
    collect(instance, WEEK.key, SATURDAY)
    collect(instance, "2036-08-05", SATURDAY.replace(year=2036))
    assert outcomes(look(instance, SATURDAY + timedelta(hours=60))) == [(False, "ERROR")] * 2


def test_a_failure_is_reported_again_after_a_backfill_of_older_weeks(instance: dg.DagsterInstance) -> None:
    """The UI drops the outcome of a check that is older than the latest materialization."""
    collect(instance, WEEK.key, SATURDAY)
    later = SATURDAY + timedelta(hours=60)
    assert len(look(instance, later)) == 2
    collect(instance, OLD_WEEKS[0], later + timedelta(hours=1))
    assert outcomes(look(instance, later + timedelta(hours=2))) == [(False, "ERROR")] * 2


def test_without_the_schedule_there_is_nothing_to_judge() -> None:
    settings = Settings(daily_refresh="eventbridge")
    assert (refresh_checks(settings), refresh_watches(settings)) == ([], [])
    assert {check.check_key.name for check in refresh_checks(Settings())} == {CHECK}
