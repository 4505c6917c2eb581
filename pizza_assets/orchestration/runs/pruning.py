"""Deletes old runs of a single machine, with their events and logs, unless the UI still needs them.

Only runs of this code location, or of `pizza` itself: other code in the same instance decides about its own. A run
is needed while it has made the latest version of any week or table: Dagster would otherwise call that missing.
"""

from datetime import UTC, datetime, timedelta

import dagster as dg

from pizza_assets.orchestration.runs.dead_runs import PROCESS_TAG, is_of_single_machine
from pizza_assets.sources.base import Clock
from pizza_assets.storage.week_events import latest_materializations

KEPT_FOR = timedelta(days=90)
SECONDS_BETWEEN_CHECKS = 24 * 3600
MOST_AT_ONCE = 200
"""A sensor has a minute; what is left is deleted the next day."""

_ENDED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]


@dg.sensor(
    name="prune_old_runs",
    minimum_interval_seconds=SECONDS_BETWEEN_CHECKS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description=f"Deletes runs that ended {KEPT_FOR.days} days ago and made nothing that is still the latest.",
)
def prune_old_runs(context: dg.SensorEvaluationContext, clock: dg.ResourceParam[Clock]) -> dg.SkipReason:
    """Delete old runs; never requests one. Instances of several machines are left alone."""
    if not is_of_single_machine(context.instance):
        return dg.SkipReason("the instance is not of a single machine; prune it with its database's tools")
    now: datetime = clock()
    here = context.code_location_origin
    location = here.location_name if here is not None else None
    deleted = superseded_runs(context.instance, now - KEPT_FOR, location)[:MOST_AT_ONCE]
    for run_id in deleted:
        context.instance.compute_log_manager.delete_logs(prefix=[run_id])
        context.instance.delete_run(run_id)
    return dg.SkipReason(f"deleted {len(deleted)} old runs")


def superseded_runs(instance: dg.DagsterInstance, before: datetime, location: str | None) -> list[str]:
    """The runs that ended before this time, and of which nothing is the latest.

    location: the name of the code location whose runs these are, besides those of `pizza` in its own processes.
    """
    ended = instance.get_runs(dg.RunsFilter(statuses=_ENDED, updated_before=before.astimezone(UTC)))
    old = [run.run_id for run in ended if _is_ours(run, location)]
    if not old:
        return []
    needed = _needed_runs(instance)
    return [run_id for run_id in old if run_id not in needed]


def _is_ours(run: dg.DagsterRun, location: str | None) -> bool:
    origin = run.remote_job_origin
    return PROCESS_TAG in run.tags or (origin is not None and origin.location_name == location)


def _needed_runs(instance: dg.DagsterInstance) -> set[str]:
    needed = set()
    for key in instance.get_asset_keys():
        latest = instance.get_latest_materialization_event(key)
        weeks = sorted(instance.get_materialized_partitions(key))
        records = latest_materializations(instance, key, weeks).values()
        needed |= {record.run_id for record in records} | ({latest.run_id} if latest is not None else set())
    return needed
