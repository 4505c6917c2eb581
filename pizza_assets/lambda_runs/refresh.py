"""The daily refresh without a Dagster server: weeks, analysis, page and extracts in one invocation of the function.

It does the same as `daily_refresh` and the analysis after it, on an ephemeral Dagster instance.
"""

import json
import logging
import os
from collections.abc import Callable, Iterable
from datetime import datetime

import dagster as dg

from pizza_assets.errors import ConfigurationError, OutOfTime, RunFailed
from pizza_assets.freed_memory import keep_freed_memory
from pizza_assets.lambda_runs.deadline import Deadline
from pizza_assets.lambda_runs.deliveries import deliveries, refresh_name
from pizza_assets.lambda_runs.events import RefreshEvent
from pizza_assets.lambda_runs.watch import watched
from pizza_assets.models.week import MatchWeek
from pizza_assets.orchestration.partitions import refreshed_weeks
from pizza_assets.orchestration.runs.backfill import Backfill, Request
from pizza_assets.orchestration.runs.local_run import run_analysis
from pizza_assets.settings import Settings
from pizza_assets.storage.tables import TableStore
from pizza_assets.workbench import Workbench

SUCCEEDED = "pizza_daily_refresh_succeeded"
"""The event in the log line of a successful refresh; an alarm expects one a day."""


def refresh(event: RefreshEvent, deadline: Deadline, say: Callable[[str], None] = print) -> dict[str, object]:
    """Collect the running and the last finished week, analyse all weeks, publish.

    Of several deliveries of one tick one does this at a time, and none after one succeeded: if it died or failed, the
    next one does it again, which is safe, as stored weeks are replaced whole.

    say: called with one line of JSON on success. Raises ConfigurationError if Dagster's schedule runs the refresh, and
    RunFailed naming each week, source or analysis that failed; everything else is stored and published then.
    """
    settings = Settings.from_environment(os.environ)
    if settings.daily_refresh != "eventbridge":
        raise ConfigurationError(
            "PIZZA_DAILY_REFRESH=dagster: Dagster's schedule refreshes at 18:00, so this function does not; set "
            "PIZZA_DAILY_REFRESH=eventbridge for the function and for Dagster, or switch EventBridge's schedule off"
        )
    claims = deliveries(settings)
    tick = None if event.scheduled_at is None else refresh_name(event.scheduled_at)
    claimed = None if tick is None else claims.take_or_follow(tick)
    if tick is not None and claimed is None:
        return {"outcome": "not executed: another delivery of this tick is at work or has succeeded"}

    def send_heartbeat() -> None:
        if claimed is not None:
            claims.renew(claimed)

    out_of_time: list[bool] = []
    try:
        with watched(deadline, send_heartbeat, lambda: False, lambda: out_of_time.append(True)):
            done = _refresh(settings)
    except KeyboardInterrupt:
        if not out_of_time:
            raise
        raise OutOfTime(
            "the refresh was stopped before the function's time limit; the weeks it stored are complete. Give the "
            "function more memory (which also gives it more CPU), or let Dagster refresh (docs/deployment.md)"
        ) from None
    if tick is not None:
        claims.finish(tick)
    say(json.dumps({"event": SUCCEEDED, **done}, sort_keys=True))
    return {"outcome": "refreshed", **done}


def _refresh(settings: Settings) -> dict[str, object]:
    logging.getLogger("dagster").setLevel(logging.ERROR)
    keep_freed_memory()
    bench = Workbench()
    bench.tables.objects.check()
    bench.tables.objects.sweep()
    weeks = _weeks(bench.now, settings)
    with dg.DagsterInstance.ephemeral() as instance:
        definitions = bench.definitions()
        collected = Backfill(definitions, instance, bench.staleness(definitions, instance)).collect(Request(weeks))
        analysis_error = run_analysis(definitions, instance, {})
    failures = [f"week {week}: {error}" for week, error in sorted(collected.failures.items())]
    failures += [collected.error] if collected.error else []
    failures += [f"analysis: {analysis_error}"] if analysis_error else []
    failures += failing_sources(bench.tables, collected.weeks, settings)
    if failures:
        raise RunFailed("the daily refresh failed in part; fix the cause and refresh again:\n" + "\n".join(failures))
    return {"weeks": list(collected.weeks), "assets_made": collected.made}


def _weeks(now: datetime, settings: Settings) -> list[MatchWeek]:
    first, last = (MatchWeek(key, settings.timezone) for key in refreshed_weeks(now, settings))
    return [first] if first == last else [first, last]


def failing_sources(tables: TableStore, weeks: Iterable[str], settings: Settings) -> list[str]:
    """A line for each stored week whose source failed: replaced with mock, kept from before, or partial."""
    chosen = {"raw_matches": settings.match_source, "raw_orders": settings.order_source}
    found = []
    for asset in (asset for asset, source in chosen.items() if not source.is_invented):
        for week in weeks:
            facts = tables.week_facts(asset, week)
            if facts is not None and (facts.source_name == "mock" or facts.is_kept or facts.is_partial):
                found.append(f"week {week}: {asset}: {facts.reason}")
    return found
