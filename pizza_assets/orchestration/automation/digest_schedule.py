"""The job that sends the weekend's digest to all channels, and its schedule. weekend_digest.py makes the digest."""

from collections.abc import Mapping

import dagster as dg

from pizza_assets.errors import AlertFailed
from pizza_assets.orchestration.automation.channels import NO_CHANNEL, Channel
from pizza_assets.orchestration.automation.weekend_digest import Selection, send_digest, stored_digest
from pizza_assets.settings import Settings
from pizza_assets.sources.base import Clock
from pizza_assets.storage.tables import TableStore

SEND_DIGEST = "send_digest"
SECONDS_BETWEEN_ATTEMPTS = 60


class DigestConfig(dg.Config):
    """again: send it even to channels that have had this weekend's digest."""

    again: bool = False


def digest_job(
    settings: Settings, channels: Mapping[str, Channel], delay: int = SECONDS_BETWEEN_ATTEMPTS
) -> dg.JobDefinition:
    """The job with a single op. It fails if a channel failed; an attempt sends only to those that have not had it."""

    @dg.op(
        name="send",
        retry_policy=dg.RetryPolicy(max_retries=3, delay=delay),
        description="Send the digest of the stored forecast to each channel that has not had it.",
    )
    def send(
        context: dg.OpExecutionContext,
        config: DigestConfig,
        tables: dg.ResourceParam[TableStore],
        clock: dg.ResourceParam[Clock],
    ) -> None:
        if not channels:
            raise dg.Failure(NO_CHANNEL, allow_retries=False)
        found = stored_digest(tables, clock(), settings.timezone, Selection())
        is_first = context.retry_number == 0  # --again is for the run, not for each of its attempts
        done = send_digest(tables, clock, channels, found, Selection(), again=config.again and is_first)
        context.add_output_metadata(
            {
                "digest": found.title,
                "sent": ", ".join(done.sent) or "to none",
                "had it already": "; ".join(f"{name}: {why}" for name, why in done.earlier.items()) or "none",
            }
        )
        if done.failed:
            raise AlertFailed("; ".join(done.failed.values()))

    @dg.job(
        name=SEND_DIGEST,
        description="Sends the weekend in about ten lines to all channels; started by the schedule weekly_digest.",
        executor_def=dg.in_process_executor,
    )
    def job() -> None:
        send()

    return job


def weekly_digest(settings: Settings) -> dg.ScheduleDefinition:
    """The schedule at PIZZA_DIGEST_AT in the business time zone; on by default if PIZZA_NOTIFY_URLS is set.

    A topic or webhook alone was set for alarms, perhaps before there was a digest, so it is not enough.
    """
    status = dg.DefaultScheduleStatus
    return dg.ScheduleDefinition(
        name="weekly_digest",
        job_name=SEND_DIGEST,
        cron_schedule=settings.digest_at,
        execution_timezone=settings.timezone,
        default_status=status.RUNNING if settings.notify_urls else status.STOPPED,
        description="Send the weekend's digest once a week; on as soon as PIZZA_NOTIFY_URLS is set.",
    )
