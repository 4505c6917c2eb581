"""The job and schedule of the digest: once for each weekend, off by default, no secret in the event log."""

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
from dagster._utils.schedules import schedule_execution_time_iterator

from pizza_assets.definitions import build_definitions
from pizza_assets.errors import AlertFailed
from pizza_assets.models.demand import DemandForecast
from pizza_assets.orchestration.automation.channels import Channel, channels
from pizza_assets.orchestration.automation.digest_schedule import SEND_DIGEST, digest_job, weekly_digest
from pizza_assets.settings import Settings
from pizza_assets.storage.local_folder import LocalFolder
from pizza_assets.storage.tables import TableStore
from pizza_assets.storage.week_writer import Origin
from pizza_assets_tests.dashboards.sample_forecasts import SATURDAY, demand_forecast
from pizza_assets_tests.support.message_servers import Hook, serving

NOW = SATURDAY.to_pydatetime()


@pytest.fixture
def tables(tmp_path: Path) -> TableStore:
    made = TableStore(LocalFolder(tmp_path), lambda: NOW)
    rows = DemandForecast.conform(demand_forecast(["real"], ["real"], is_known=True))
    made.write_whole("demand_forecast", rows, Origin("real", "1", "run"))
    return made


@pytest.fixture
def hook() -> Iterator[Hook]:
    with serving(Hook()) as made:
        yield made


def run(
    tables: TableStore, chosen: dict[str, Channel], instance: dg.DagsterInstance, *, again: bool = False
) -> dg.ExecuteInProcessResult:
    return digest_job(Settings(), chosen, delay=0).execute_in_process(
        run_config={"ops": {"send": {"config": {"again": again}}}},
        resources={"tables": tables, "clock": lambda: NOW},
        instance=instance,
        raise_on_error=False,
    )


def test_the_job_sends_once_unless_asked_again(tables: TableStore) -> None:
    got: list[tuple[str, str]] = []
    chosen: dict[str, Channel] = {"webhook": lambda *message: got.append(message)}
    with dg.DagsterInstance.ephemeral() as instance:
        for again in (False, False, True):
            assert run(tables, chosen, instance, again=again).success
    assert len(got) == 2
    assert got[0][0] == "What to staff for, Sat 08 Aug to Sun 09 Aug 2026"


def test_a_failing_channel_fails_the_run_and_the_event_log_has_no_secret(tables: TableStore, hook: Hook) -> None:
    addresses = f"json://127.0.0.2:9/unguessable {hook.apprise_address}"
    chosen = channels(Settings.from_environment({"PIZZA_NOTIFY_URLS": addresses}))
    with dg.DagsterInstance.ephemeral() as instance:
        result = run(tables, chosen, instance, again=True)
        logged = "\n".join(str(entry) for entry in instance.all_logs(result.run_id))
    assert not result.success
    assert "notify 1 (json) can't be reached" in logged
    assert "unguessable" not in logged
    assert len(hook.bodies) == 1, "further attempts are for the failed channel alone"


def test_a_channel_that_fails_when_asked_again_gets_it_by_the_next_attempt(tables: TableStore) -> None:
    got: list[str] = []
    answers = iter([True, False, True])

    def flaky(subject: str, _: str) -> None:
        if not next(answers):
            raise AlertFailed("the webhook can't be reached; check PIZZA_ALERT_WEBHOOK")
        got.append(subject)

    with dg.DagsterInstance.ephemeral() as instance:
        for again in (False, True):
            assert run(tables, {"webhook": flaky}, instance, again=again).success
    assert len(got) == 2


def test_without_a_channel_the_job_says_which_setting_to_set(tables: TableStore) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        result = run(tables, {}, instance)
        logged = "\n".join(str(entry) for entry in instance.all_logs(result.run_id))
    assert not result.success
    assert "no channel is set; set PIZZA_NOTIFY_URLS" in logged


def test_the_schedule_is_on_with_notify_urls_and_not_with_channels_for_alarms_alone() -> None:
    status = dg.DefaultScheduleStatus
    for environ, expected in (
        ({}, status.STOPPED),
        ({"PIZZA_NOTIFY_URLS": "json://127.0.0.1/a"}, status.RUNNING),
        ({"PIZZA_ALERT_WEBHOOK": "https://hooks.example/a"}, status.STOPPED),
        ({"PIZZA_ALERT_TOPIC_ARN": "arn:aws:sns:eu-west-2:000000000000:pizza-alerts"}, status.STOPPED),
    ):
        definitions = build_definitions(environ)
        (schedule,) = (one for one in definitions.schedules or [] if one.name == "weekly_digest")
        assert schedule.default_status == expected
        assert definitions.resolve_job_def(SEND_DIGEST).name == schedule.job_name


@pytest.mark.parametrize(
    ("zone", "at", "expected"), [("Europe/London", "Thu 10:00", 3), ("Asia/Kolkata", "Mon 7:30", 0)]
)
def test_it_ticks_once_a_week_in_the_business_time_zone(zone: str, at: str, expected: int) -> None:
    """Over a year, which contains both clock changes."""
    settings = Settings.from_environment({"PIZZA_TIMEZONE": zone, "PIZZA_DIGEST_AT": at})
    schedule = weekly_digest(settings)
    begin = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
    ticks = schedule_execution_time_iterator(begin, str(schedule.cron_schedule), schedule.execution_timezone)
    local = [tick.astimezone(ZoneInfo(zone)) for tick in itertools.islice(ticks, 52)]
    assert {(tick.weekday(), f"{tick:%H:%M}") for tick in local} == {(expected, "10:00" if expected else "07:30")}
    assert len({tick.date() for tick in local}) == 52
