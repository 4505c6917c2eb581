"""Wiring only: settings, resources, assets, checks, jobs, schedule and sensors become one Definitions object."""

import os
import warnings
from collections.abc import Mapping

import dagster as dg

from pizza_assets.assets.analysis import analysis_assets
from pizza_assets.assets.checks import build_checks
from pizza_assets.assets.common import with_freshness
from pizza_assets.assets.dashboards import dashboard_assets
from pizza_assets.assets.demand import demand_assets
from pizza_assets.assets.extracts import extract_assets
from pizza_assets.assets.forecast_extracts import forecast_extract_assets
from pizza_assets.assets.forecasts import forecast_assets, forecast_checks
from pizza_assets.assets.match_calendar import match_calendar_assets
from pizza_assets.assets.merged import merged_assets
from pizza_assets.assets.raw import raw_assets
from pizza_assets.assets.refresh_check import refresh_checks
from pizza_assets.assets.source_marks import with_source_marks
from pizza_assets.assets.team_checks import teams_are_matched
from pizza_assets.orchestration.automation.analysis import analyse_after_collecting, with_analysis_condition
from pizza_assets.orchestration.automation.channels import channels
from pizza_assets.orchestration.automation.digest_schedule import digest_job, weekly_digest
from pizza_assets.orchestration.automation.failure_alerts import run_failures
from pizza_assets.orchestration.automation.match_sensor import finished_matches
from pizza_assets.orchestration.automation.moved_fixtures import moved_fixtures
from pizza_assets.orchestration.automation.order_file_sensor import order_file_sensors
from pizza_assets.orchestration.automation.order_reading import order_reading_job
from pizza_assets.orchestration.automation.order_table_sensor import changed_orders
from pizza_assets.orchestration.automation.refresh_watch import refresh_watches
from pizza_assets.orchestration.automation.schedules import schedules
from pizza_assets.orchestration.jobs import build_jobs
from pizza_assets.orchestration.partitions import match_weeks
from pizza_assets.orchestration.resources import build_resources
from pizza_assets.orchestration.runs.dead_runs import watch_dead_runs
from pizza_assets.orchestration.runs.pruning import prune_old_runs
from pizza_assets.settings import Settings


def build_definitions(environ: Mapping[str, str], resources: Mapping[str, object] | None = None) -> dg.Definitions:
    """The Dagster definitions for the settings in `environ`; `resources` replace those of the same name.

    Raises ConfigurationError for a wrong setting, mapping or markets file.
    """
    # backfill policies are "beta" in Dagster, checks by week "preview"; both are tested here, so do not warn users
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)
        warnings.simplefilter("ignore", dg.PreviewWarning)
        return _wired(Settings.from_environment(environ), resources or {})


def _wired(settings: Settings, resources: Mapping[str, object]) -> dg.Definitions:
    partitions = match_weeks(settings)
    collect, analyse = build_jobs()
    reached = channels(settings)
    read = [order_reading_job(settings)] if settings.orders == "files" else []
    checks = build_checks(partitions, settings)
    assets = [
        *raw_assets(partitions, settings),
        *merged_assets(partitions, settings),
        *analysis_assets(settings),
        *forecast_assets(settings),
        *demand_assets(settings),
        *extract_assets(settings, [key for check in checks for key in check.check_keys]),
        *forecast_extract_assets(settings),
        *dashboard_assets(settings),
        *match_calendar_assets(settings),
    ]
    assets = with_analysis_condition(with_source_marks(assets, settings))
    return dg.Definitions(
        # with EventBridge, refreshes are not reported to this instance, so assets would only appear to be overdue
        assets=with_freshness(assets) if settings.daily_refresh == "dagster" else assets,
        asset_checks=[*checks, teams_are_matched(settings), *refresh_checks(settings), *forecast_checks()],
        jobs=[collect, analyse, digest_job(settings, reached), *read],
        schedules=[*schedules(settings), weekly_digest(settings)],
        sensors=[
            analyse_after_collecting(settings),
            *(sensor for job in read for sensor in order_file_sensors(settings, job, collect)),
            *changed_orders(settings),
            *finished_matches(settings),
            *refresh_watches(settings),
            *moved_fixtures(settings, reached),
            run_failures(reached),
            watch_dead_runs,
            prune_old_runs,
        ],
        resources={**build_resources(settings), **resources},
        # one process per run: steps are short, so importing the package in a process per step would cost more
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    """The definitions that `dagster` loads; importing this module alone reads no setting."""
    return build_definitions(os.environ)
