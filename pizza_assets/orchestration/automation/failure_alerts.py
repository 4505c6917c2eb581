"""A sensor that reports failed runs, in the log and on the configured channels. Delivery is in channels.py."""

from collections.abc import Mapping, Sequence

import dagster as dg

from pizza_assets.errors import AlertFailed
from pizza_assets.escaping import printable
from pizza_assets.orchestration.automation.channels import Channel, deliver
from pizza_assets.orchestration.jobs import JOB_TAG
from pizza_assets.orchestration.step_errors import told_error

SECONDS_BETWEEN_CHECKS = 15


def run_failures(channels: Mapping[str, Channel]) -> dg.SensorDefinition:
    """The sensor for all jobs. Runs to be retried are reported, too, because the retry may never start."""

    @dg.run_failure_sensor(
        name="run_failures",
        minimum_interval_seconds=SECONDS_BETWEEN_CHECKS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Reports failed runs in the log, and on the channels of PIZZA_ALERT_… and PIZZA_NOTIFY_URLS.",
    )
    def alert(context: dg.RunFailureSensorContext) -> None:
        run = context.dagster_run
        subject, text = alert_text(run, context.failure_event.message or "", _step_errors(context))
        context.log.error(f"{subject}\n{text}")
        failed = deliver(channels, subject, text)
        if failed:
            raise AlertFailed("; ".join(failed.values()))  # fails the sensor's tick, not the run

    return alert


def alert_text(run: dg.DagsterRun, message: str, step_errors: Sequence[str]) -> tuple[str, str]:
    """The alert's subject and text."""
    first = run.tags.get("dagster/asset_partition_range_start") or run.tags.get("dagster/partition")
    last = run.tags.get("dagster/asset_partition_range_end", first)
    weeks = "" if first is None else f" of {first}" if first == last else f" of {first} to {last}"
    is_retried = run.tags.get("dagster/will_retry") == "true"
    job = run.tags.get(JOB_TAG, run.job_name)  # a run by automation has Dagster's own job, and our tag
    subject = f"pizza_assets: {job}{weeks} failed{' and will be retried' if is_retried else ''}"
    lines = [message, *step_errors, f"Run {run.run_id}: see it in the Dagster UI."]
    return printable(subject), printable("\n".join(lines))


def _step_errors(context: dg.RunFailureSensorContext) -> list[str]:
    """The error of each failed step that names thing, cause and remedy."""
    found = []
    for event in context.get_step_failure_events():
        found.append(f"{event.step_key}: {told_error(event.step_failure_data.error).message.strip()}")
    return found
