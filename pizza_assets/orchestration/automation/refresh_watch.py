"""A sensor that evaluates the check of the daily refresh: a refresh that does not run can't run its own check."""

from datetime import datetime

import dagster as dg

from pizza_assets.orchestration.freshness.daily_refresh import CHECK, REFRESHED_ASSETS, refresh_evaluation
from pizza_assets.settings import Settings
from pizza_assets.sources.base import Clock

SECONDS_BETWEEN_CHECKS = 600


def refresh_watches(settings: Settings) -> list[dg.SensorDefinition]:
    """The sensor `refresh_is_on_time`; none if the refresh is not Dagster's."""
    return [_refresh_is_on_time(settings.timezone)] if settings.daily_refresh == "dagster" else []


def _refresh_is_on_time(timezone: str) -> dg.SensorDefinition:
    @dg.sensor(
        name="refresh_is_on_time",
        minimum_interval_seconds=SECONDS_BETWEEN_CHECKS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=f"Evaluates the check {CHECK}, without a run, and reports what has changed.",
    )
    def evaluate(
        context: dg.SensorEvaluationContext, clock: dg.ResourceParam[Clock]
    ) -> dg.SensorResult | dg.SkipReason:
        now: datetime = clock()
        found = [refresh_evaluation(context.instance, asset, now, timezone) for asset in REFRESHED_ASSETS]
        changed = [evaluation for evaluation in found if _is_news(context.instance, evaluation)]
        return dg.SensorResult(asset_events=changed) if changed else dg.SkipReason("nothing has changed")

    return evaluate


def _is_news(instance: dg.DagsterInstance, evaluation: dg.AssetCheckEvaluation) -> bool:
    """Whether the UI shows another outcome, or none: it drops an outcome once the asset is materialized again."""
    key = evaluation.asset_check_key
    (shown,) = instance.event_log_storage.get_asset_check_execution_history(key, limit=1) or [None]
    if shown is None or shown.event is None or shown.event.dagster_event is None:
        return True
    said = shown.event.dagster_event.event_specific_data
    if not isinstance(said, dg.AssetCheckEvaluation):  # only planned: its run evaluates it, unless it has died
        run = instance.get_run_by_id(shown.run_id)
        return run is None or run.is_finished
    materialized = instance.get_latest_materialization_event(key.asset_key)
    is_dropped = materialized is not None and materialized.timestamp > shown.event.timestamp
    return is_dropped or (said.passed, said.severity) != (evaluation.passed, evaluation.severity)
