"""The daily refresh: collect the running and the last finished week, then analyse."""

from collections.abc import Mapping

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from pizza_assets.orchestration.jobs import ANALYSE, COLLECT_WEEKS
from pizza_assets.orchestration.partitions import range_tags, refreshed_weeks
from pizza_assets.orchestration.run_target import run_tags
from pizza_assets.settings import Settings

THEN_ANALYSE = {"pizza/then": ANALYSE}
"""The tag of a collecting run that is to be followed by an analysis run."""

_WAITING = dg.RunsFilter(job_name=ANALYSE, statuses=[dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.NOT_STARTED])


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
        description="Refresh the running and the last finished match week at 18:00, then analyse.",
    )
    def refresh(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        first, last = refreshed_weeks(context.scheduled_execution_time, settings)
        return dg.RunRequest(
            run_key=context.scheduled_execution_time.isoformat(),
            tags={**range_tags(first, last), **THEN_ANALYSE, **run_tags(settings)},
        )

    return refresh


def analyse_after_collecting(
    collect: UnresolvedAssetJobDefinition, analyse: UnresolvedAssetJobDefinition, settings: Settings
) -> list[dg.SensorDefinition]:
    """Sensors that start `analyse` after a tagged `collect_weeks` run, even a failed one: its good weeks are stored."""
    ends = {"success": dg.DagsterRunStatus.SUCCESS, "failure": dg.DagsterRunStatus.FAILURE}
    return [_analyse_after(name, status, collect, analyse, run_tags(settings)) for name, status in ends.items()]


def _analyse_after(
    name: str,
    status: dg.DagsterRunStatus,
    collect: UnresolvedAssetJobDefinition,
    analyse: UnresolvedAssetJobDefinition,
    tags: Mapping[str, str],
) -> dg.SensorDefinition:
    @dg.run_status_sensor(
        name=f"analyse_after_{name}",
        run_status=status,
        monitored_jobs=[collect],
        request_job=analyse,
        default_status=dg.DefaultSensorStatus.RUNNING,
        minimum_interval_seconds=15,
        description=f"One analysis after each daily refresh that ended in {name}.",
    )
    def follow(context: dg.RunStatusSensorContext) -> dg.RunRequest | dg.SkipReason:
        if context.dagster_run.tags.get("pizza/then") != ANALYSE:
            return dg.SkipReason("this run did not request an analysis")
        if context.dagster_run.tags.get("dagster/will_retry") == "true":
            return dg.SkipReason("this run will be retried; the analysis follows the last attempt")
        if context.instance.get_runs(_WAITING, limit=1):
            return dg.SkipReason("a queued analysis will include these weeks")
        return dg.RunRequest(run_key=context.dagster_run.run_id, tags=dict(tags))

    return follow
