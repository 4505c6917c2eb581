"""A sensor that asks the match source for results and moved kick-offs, and has the weeks concerned collected anew.

It asks when a stored match ought to be over, and a few times a day besides, always within the source's rate limit.
What counts as a change is in match_changes.py.
"""

import hashlib
from datetime import datetime, timedelta

import dagster as dg
import pandas as pd

from pizza_assets.errors import SourceError
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.models.week import MatchWeek, week_ranges
from pizza_assets.orchestration.automation.match_changes import changed_matches, should_be_over, weeks_of
from pizza_assets.orchestration.automation.schedules import THEN_ANALYSE
from pizza_assets.orchestration.freshness.match_versions import current_matches
from pizza_assets.orchestration.jobs import COLLECT_WEEKS
from pizza_assets.orchestration.partitions import range_tags
from pizza_assets.orchestration.run_target import run_tags
from pizza_assets.orchestration.sources import Sources
from pizza_assets.settings import Settings
from pizza_assets.sources.base import Clock
from pizza_assets.storage.tables import TableStore, WeekTables

SECONDS_BETWEEN_LOOKS = 600
ASK_ANYWAY_AFTER = timedelta(hours=6)
WEEKS_BACK = 1
WEEKS_AHEAD = 2


def finished_matches(settings: Settings) -> list[dg.SensorDefinition]:
    """The sensor; none where matches are mock, whose results are known beforehand."""
    return [] if settings.matches == "mock" else [_finished_matches(settings)]


def _finished_matches(settings: Settings) -> dg.SensorDefinition:
    @dg.sensor(
        name="finished_matches",
        job_name=COLLECT_WEEKS,
        minimum_interval_seconds=SECONDS_BETWEEN_LOOKS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Matches that have ended or moved: their weeks are collected again, then analysed.",
    )
    def look(
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
        asked_at = datetime.fromisoformat(context.cursor) if context.cursor else None
        if not stored_weeks:
            return dg.SkipReason("no week around now is stored yet; the daily refresh, or `pizza run`, collects it")
        if asked_at is not None and now - asked_at < ASK_ANYWAY_AFTER and not should_be_over(stored, now):
            return dg.SkipReason(f"no stored match ought to have ended; last asked at {asked_at:%Y-%m-%d %H:%M} UTC")
        context.update_cursor(now.isoformat())
        try:
            told = pd.concat([sources.matches.matches(week).frame for week in weeks], ignore_index=True)
        except SourceError as error:
            return dg.SkipReason(f"{sources.matches.name} can't say now: {error}")
        changed = changed_matches(stored, told)
        concerned = [
            key for key in weeks_of(changed, stored_weeks, settings.timezone) if key <= _running(now, settings)
        ]
        if not concerned:
            return dg.SkipReason("nothing has ended or moved")
        return dg.SensorResult(run_requests=_requests(changed, concerned, now, settings))

    return look


def _weeks_around(now: datetime, settings: Settings) -> list[MatchWeek]:
    """From the week before, which the daily refresh also comes to, to two weeks ahead; none before the first week."""
    running = MatchWeek.containing(now, settings.timezone)
    first = MatchWeek.of_date(settings.first_week, settings.timezone)
    return [week for n in range(-WEEKS_BACK, WEEKS_AHEAD + 1) if (week := running.shifted(n)) >= first]


def _running(now: datetime, settings: Settings) -> str:
    return MatchWeek.containing(now, settings.timezone).key


def _requests(changed: pd.DataFrame, weeks: list[str], now: datetime, settings: Settings) -> list[dg.RunRequest]:
    """One run for each stretch of weeks. The same change asks once a day: if its run fails, the refresh comes to it."""
    told = changed.sort_values("match_id").to_csv(index=False)
    key = hashlib.sha256(f"{now:%Y-%m-%d}\n{told}".encode()).hexdigest()[:16]
    return [
        dg.RunRequest(run_key=f"{key}-{first}", tags={**range_tags(first, last), **THEN_ANALYSE, **run_tags(settings)})
        for first, last in week_ranges(weeks, settings.timezone)
    ]
