"""The daily refresh: collect the running and the last finished week. The analysis follows by itself (analysis.py)."""

import dagster as dg

from pizza_assets.orchestration.jobs import COLLECT_WEEKS
from pizza_assets.orchestration.partitions import range_tags, refreshed_weeks
from pizza_assets.orchestration.run_target import run_tags
from pizza_assets.settings import Settings


def schedules(settings: Settings) -> list[dg.ScheduleDefinition]:
    """`daily_refresh`, unless EventBridge runs the refresh: then there is no schedule that anyone could switch on."""
    return [daily_refresh(settings)] if settings.daily_refresh == "dagster" else []


def daily_refresh(settings: Settings) -> dg.ScheduleDefinition:
    """The schedule: every day at 18:00 in the business time zone, one run over two weeks."""

    @dg.schedule(
        name="daily_refresh",
        job_name=COLLECT_WEEKS,
        cron_schedule="0 18 * * *",
        execution_timezone=settings.timezone,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Refresh the running and the last finished match week at 18:00.",
    )
    def refresh(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        first, last = refreshed_weeks(context.scheduled_execution_time, settings)
        return dg.RunRequest(
            run_key=context.scheduled_execution_time.isoformat(),
            tags={**range_tags(first, last), **run_tags(settings)},
        )

    return refresh
