"""A sensor that tells people of failed runs: in the log, and wherever the settings say. Sending is in alerts.py."""

from collections.abc import Sequence

import dagster as dg

from pizza_assets.errors import AlertFailed
from pizza_assets.orchestration.automation.alerts import Channel

SECONDS_BETWEEN_LOOKS = 15


def run_failures(channels: Sequence[Channel]) -> dg.SensorDefinition:
    """The sensor over all jobs. An alert says whether the run is tried again; the new attempt may never come."""

    @dg.run_failure_sensor(
        name="run_failures",
        minimum_interval_seconds=SECONDS_BETWEEN_LOOKS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Tells of failed runs: in the log, to an SNS topic, to a webhook (PIZZA_ALERT_…).",
    )
    def alert(context: dg.RunFailureSensorContext) -> None:
        run = context.dagster_run
        subject, text = told(run, context.failure_event.message or "", _step_errors(context))
        context.log.error(f"{subject}\n{text}")
        failed = [words for channel in channels if (words := _undelivered(channel, subject, text))]
        if failed:
            raise AlertFailed("; ".join(failed))  # the tick shows it; the run itself is not failed by it

    return alert


def told(run: dg.DagsterRun, message: str, step_errors: Sequence[str]) -> tuple[str, str]:
    """Subject and text."""
    first = run.tags.get("dagster/asset_partition_range_start") or run.tags.get("dagster/partition")
    last = run.tags.get("dagster/asset_partition_range_end", first)
    weeks = "" if first is None else f" of {first}" if first == last else f" of {first} to {last}"
    is_retried = run.tags.get("dagster/will_retry") == "true"
    subject = f"pizza_assets: {run.job_name}{weeks} failed{', and is tried again' if is_retried else ''}"
    return subject, "\n".join([message, *step_errors, f"Run {run.run_id}: see it in the Dagster UI."])


def _step_errors(context: dg.RunFailureSensorContext) -> list[str]:
    """The innermost error of each failed step: what went wrong, not how Dagster came to hear of it."""
    found = []
    for event in context.get_step_failure_events():
        error = event.step_failure_data.error
        while error is not None and error.cause is not None:
            error = error.cause
        found.append(f"{event.step_key}: {'no error was recorded' if error is None else error.message.strip()}")
    return found


def _undelivered(channel: Channel, subject: str, text: str) -> str | None:
    """Why the alert did not arrive there; None if it did. The other channels still get it."""
    try:
        channel(subject, text)
    except AlertFailed as error:
        return str(error)
    return None
