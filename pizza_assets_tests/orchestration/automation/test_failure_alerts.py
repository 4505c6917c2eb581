"""Alerts about failed runs: their text, and that a failing channel does not silence the others."""

from typing import Any

import dagster as dg
import pytest

from pizza_assets.errors import AlertFailed
from pizza_assets.orchestration.automation.failure_alerts import run_failures


@dg.op
def fails() -> None:
    raise ValueError("the oven is cold")


@dg.job(name="collect_weeks")
def failing() -> None:
    fails()


def failed_run(tags: dict[str, str]) -> tuple[dg.DagsterInstance, Any]:
    instance = dg.DagsterInstance.ephemeral()
    result = failing.execute_in_process(instance=instance, tags=tags, raise_on_error=False)
    run = instance.get_run_by_id(result.run_id)
    assert run is not None
    event = next(e for e in result.all_events if e.event_type_value == "PIPELINE_FAILURE")
    return instance, (run, event)


def evaluated(sensor: dg.SensorDefinition, tags: dict[str, str]) -> Any:
    instance, (run, event) = failed_run(tags)
    context = dg.build_run_status_sensor_context(
        sensor_name="run_failures", dagster_event=event, dagster_instance=instance, dagster_run=run
    ).for_run_failure()
    return sensor(context)


def test_an_alert_names_the_weeks_and_the_cause() -> None:
    alerts: list[tuple[str, str]] = []
    weeks = {"dagster/asset_partition_range_start": "2026-08-04", "dagster/asset_partition_range_end": "2026-08-11"}
    evaluated(run_failures({"one": lambda subject, text: alerts.append((subject, text))}), weeks)
    ((subject, text),) = alerts
    assert subject == "pizza_assets: collect_weeks of 2026-08-04 to 2026-08-11 failed"
    assert "the oven is cold" in text


def test_an_alert_says_that_the_run_will_be_retried() -> None:
    alerts: list[str] = []
    evaluated(run_failures({"one": lambda subject, text: alerts.append(subject)}), {"dagster/will_retry": "true"})
    assert alerts == ["pizza_assets: collect_weeks failed and will be retried"]


def test_a_failing_channel_does_not_silence_the_others() -> None:
    alerts: list[str] = []

    def fails_to_send(subject: str, text: str) -> None:
        raise AlertFailed("the topic did not accept a message")

    with pytest.raises(AlertFailed, match="topic"):
        evaluated(run_failures({"bad": fails_to_send, "good": lambda subject, text: alerts.append(subject)}), {})
    assert len(alerts) == 1
