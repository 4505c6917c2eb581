"""Is the daily refresh on time? To a freshness policy of Dagster, any week, however old, makes an asset fresh."""

from datetime import UTC, datetime, timedelta

import dagster as dg

from pizza_assets.models.week import MatchWeek
from pizza_assets.orchestration.freshness.check_history import ERROR, PASSED, WARNING, Verdict
from pizza_assets.storage.week_events import latest_materializations

CHECK = "is_refreshed_daily"
REFRESHED_ASSETS = ("raw_orders", "raw_matches")
WARNED_AFTER, FAILED_AFTER = timedelta(hours=26), timedelta(hours=50)
"""A missed refresh warns, a second one fails; either has two hours to run."""

_REMEDY = (
    "see why the schedule daily_refresh has not run, or has failed, then launch collect_weeks for the running week"
)


def newest_collection(
    instance: dg.DagsterInstance, asset: str, timezone: str, now: datetime
) -> tuple[MatchWeek, datetime] | None:
    """The newest week that the asset was ever materialized for, and when (UTC) it last was.

    A week that has not begun does not count: a clock that was ahead made it, and it would hide any delay until then.
    """
    key, running = dg.AssetKey(asset), MatchWeek.containing(now, timezone).key
    newest = max((week for week in instance.get_materialized_partitions(key) if week <= running), default=None)
    if newest is None:
        return None
    (record,) = latest_materializations(instance, key, [newest]).values()
    return MatchWeek(newest, timezone), datetime.fromtimestamp(record.timestamp, UTC)


def judge_refresh(newest: tuple[MatchWeek, datetime] | None, now: datetime) -> Verdict:
    """The verdict on the newest collection. A week has nothing newer than its end, however late it was collected."""
    if newest is None:
        return Verdict(WARNING, "no week was ever collected; the schedule daily_refresh, or `pizza run`, does it")
    week, collected_at = newest
    age = now - min(collected_at, week.ends_at)
    text = f"the newest collected week is {week.key}, collected at {collected_at:%Y-%m-%d %H:%M} UTC"
    if age < WARNED_AFTER:
        return Verdict(PASSED, text)
    hours = f"{age / timedelta(hours=1):,.0f} hours"
    if collected_at > week.ends_at:
        late = f"{text}; it ended {hours} ago, and no newer one was collected: bring newer data, or {_REMEDY}"
    else:
        late = f"{text}: no refresh for {hours}; {_REMEDY}"
    return Verdict(WARNING if age < FAILED_AFTER else ERROR, late)


def refresh_evaluation(
    instance: dg.DagsterInstance, asset: str, now: datetime, timezone: str
) -> dg.AssetCheckEvaluation:
    """What the check says about the asset at this time."""
    verdict = judge_refresh(newest_collection(instance, asset, timezone, now), now)
    return dg.AssetCheckEvaluation(
        dg.AssetKey(asset),
        CHECK,
        passed=verdict.outcome == PASSED,
        severity=dg.AssetCheckSeverity.ERROR if verdict.outcome == ERROR else dg.AssetCheckSeverity.WARN,
        description=verdict.description,
        blocking=False,
    )
