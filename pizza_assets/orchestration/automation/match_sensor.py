"""A sensor that polls the match source for results and moved kick-offs, and requests runs of the affected weeks.

It polls when a stored match should be over, and a few times a day besides, always within the source's rate limit.
match_changes.py decides what counts as a change.
"""

import hashlib
from datetime import datetime, timedelta

import dagster as dg
import pandas as pd

from pizza_assets.errors import SourceError
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.models.week import MatchWeek, week_ranges
from pizza_assets.orchestration.automation.match_changes import changed_matches, should_be_over, weeks_of
from pizza_assets.orchestration.freshness.match_versions import current_matches
from pizza_assets.orchestration.jobs import COLLECT_WEEKS
from pizza_assets.orchestration.partitions import range_tags
from pizza_assets.orchestration.run_target import run_tags
from pizza_assets.orchestration.sources import Sources
from pizza_assets.settings import Settings
from pizza_assets.sources.base import Clock
from pizza_assets.storage.tables import TableStore, WeekTables

SECONDS_BETWEEN_CHECKS = 600
POLL_ANYWAY_AFTER = timedelta(hours=6)
WEEKS_BACK = 1
WEEKS_AHEAD = 2


def finished_matches(settings: Settings) -> list[dg.SensorDefinition]:
    """The sensor; none for mock matches, whose results are known beforehand."""
    return [] if settings.match_source.is_invented else [_finished_matches(settings)]


def _finished_matches(settings: Settings) -> dg.SensorDefinition:
    @dg.sensor(
        name="finished_matches",
        job_name=COLLECT_WEEKS,
        minimum_interval_seconds=SECONDS_BETWEEN_CHECKS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Collects the weeks of matches that have ended or moved again, then has them analysed.",
    )
    def evaluate(
        context: dg.SensorEvaluationContext,
        sources: dg.ResourceParam[Sources],
        tables: dg.ResourceParam[TableStore],
        clock: dg.ResourceParam[Clock],
    ) -> dg.SensorResult | dg.SkipReason:
        now: datetime = clock()
        weeks = _weeks_around(now, settings)
        raw_matches = WeekTables(tables, "raw_matches", [week.key for week in weeks])
        stored_weeks = [key for key in raw_matches if raw_matches.get(key) is not None]
        stored = current_matches(raw_matches, stored_weeks)
        stored = stored[stored["match_source"] == DataSource.REAL]
        polled_at = datetime.fromisoformat(context.cursor) if context.cursor else None
        if not stored_weeks:
            return dg.SkipReason("no week around now is stored yet; the daily refresh, or `pizza run`, collects it")
        if polled_at is not None and now - polled_at < POLL_ANYWAY_AFTER and not should_be_over(stored, now):
            return dg.SkipReason(f"no stored match should be over yet; last polled at {polled_at:%Y-%m-%d %H:%M} UTC")
        context.update_cursor(now.isoformat())
        try:
            latest = pd.concat([sources.matches.matches(week).frame for week in weeks], ignore_index=True)
        except SourceError as error:
            return dg.SkipReason(f"{sources.matches.name} failed: {error}")
        changed = changed_matches(stored, latest)
        running = MatchWeek.containing(now, settings.timezone).key
        affected = [key for key in weeks_of(changed, stored_weeks, settings.timezone) if key <= running]
        if not affected:
            return dg.SkipReason("no match has ended or moved")
        return dg.SensorResult(run_requests=_requests(changed, affected, now, settings))

    return evaluate


def _weeks_around(now: datetime, settings: Settings) -> list[MatchWeek]:
    """From last week to two weeks ahead, but no week before the first one."""
    running = MatchWeek.containing(now, settings.timezone)
    first = MatchWeek.of_date(settings.first_week, settings.timezone)
    return [week for n in range(-WEEKS_BACK, WEEKS_AHEAD + 1) if (week := running.shifted(n)) >= first]


def _requests(changed: pd.DataFrame, weeks: list[str], now: datetime, settings: Settings) -> list[dg.RunRequest]:
    """One run per stretch of weeks, at most one a day per change: if it fails, the daily refresh collects the week."""
    changes = changed.sort_values("match_id").to_csv(index=False)
    key = hashlib.sha256(f"{now:%Y-%m-%d}\n{changes}".encode()).hexdigest()[:16]
    return [
        dg.RunRequest(run_key=f"{key}-{first}", tags={**range_tags(first, last), **run_tags(settings)})
        for first, last in week_ranges(weeks, settings.timezone)
    ]
