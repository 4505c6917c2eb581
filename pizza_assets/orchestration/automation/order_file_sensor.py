"""Sensors for an inbox of order files: new or changed files are read once, then their weeks are collected.

The cursor holds a fingerprint of the inbox's listing rather than its files: a restart forgets nothing, and 500 files
are one run. Reading belongs to order_reading.py.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import dagster as dg

from pizza_assets.models.week import ranges_from_text
from pizza_assets.orchestration.automation.order_reading import WEEKS_TAG
from pizza_assets.orchestration.jobs import AssetJob
from pizza_assets.orchestration.partitions import range_tags
from pizza_assets.orchestration.run_target import INFRASTRUCTURE_RETRIES, run_tags
from pizza_assets.orchestration.s3_events import ObjectEvents
from pizza_assets.orchestration.sources import Sources
from pizza_assets.settings import Settings
from pizza_assets.sources.base import Clock

SECONDS_BETWEEN_CHECKS = 30
LIST_ANYWAY_AFTER = timedelta(minutes=10)
"""With an event queue the inbox is also listed periodically: a lost event delays a file, but does not lose it."""


@dataclass(frozen=True)
class InboxCursor:
    """read: fingerprint of the listing last read. seen: of the latest listing. listed_at: when that was, ISO.

    count: how often the inbox was read, so that a listing that recurs is read again.
    """

    read: str = ""
    seen: str = ""
    listed_at: str = ""
    count: int = 0

    @classmethod
    def from_text(cls, text: str | None) -> "InboxCursor":
        return cls(**json.loads(text)) if text else cls()

    def to_text(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)


def order_file_sensors(settings: Settings, read: dg.JobDefinition, collect: AssetJob) -> list[dg.SensorDefinition]:
    """new_order_files, and collect_new_order_files, which follows it."""
    return [_new_order_files(read), _collect_new_weeks(settings, read, collect)]


def _new_order_files(read: dg.JobDefinition) -> dg.SensorDefinition:
    @dg.sensor(
        name="new_order_files",
        job_name=read.name,
        minimum_interval_seconds=SECONDS_BETWEEN_CHECKS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Reads new or changed order files once they have stopped changing; their weeks are collected next.",
    )
    def evaluate(
        context: dg.SensorEvaluationContext,
        sources: dg.ResourceParam[Sources],
        clock: dg.ResourceParam[Clock],
        s3_events: dg.ResourceParam[ObjectEvents | None],
    ) -> dg.SensorResult:
        assert sources.order_files is not None, "the sensor exists only with PIZZA_ORDERS=files"
        cursor, now = InboxCursor.from_text(context.cursor), clock()
        if s3_events is not None and not is_due(cursor, now, s3_events.has_events()):
            return _skip("no bucket event since the last check", cursor)
        return next_step(cursor, sources.order_files.listing(), now)

    return evaluate


def is_due(cursor: InboxCursor, now: datetime, has_events: bool) -> bool:
    """Whether to list the inbox: an event arrived, files are still changing, or the last listing is long ago."""
    is_settling = cursor.seen != cursor.read
    last = datetime.fromisoformat(cursor.listed_at) if cursor.listed_at else None
    return has_events or is_settling or last is None or now - last >= LIST_ANYWAY_AFTER


def next_step(cursor: InboxCursor, listing: Mapping[str, str], now: datetime) -> dg.SensorResult:
    """The sensor result for a listing of the inbox: file name to version (size and time, or ETag).

    A listing is read once it is unchanged for two ticks, because a file may still be being written. The reading run is
    not tagged for Lambda: long files take longer than a function may run.
    """
    state = hashlib.sha256(json.dumps(sorted(listing.items())).encode()).hexdigest()
    listed = InboxCursor(cursor.read, state, now.isoformat(), cursor.count)
    if not listing:
        return _skip("the inbox is empty", listed)
    if state == cursor.read:
        return _skip(f"nothing new among {len(listing)} files", listed)
    if state != cursor.seen:
        return _skip(f"{len(listing)} files, some new or changed; reading waits until they are unchanged once", listed)
    count = cursor.count + 1
    request = dg.RunRequest(
        run_key=f"{count}-{state[:16]}", tags={**INFRASTRUCTURE_RETRIES, "pizza/files": str(len(listing))}
    )
    return dg.SensorResult(run_requests=[request], cursor=InboxCursor(state, state, now.isoformat(), count).to_text())


def _skip(why: str, cursor: InboxCursor) -> dg.SensorResult:
    return dg.SensorResult(skip_reason=why, cursor=cursor.to_text())


def _collect_new_weeks(settings: Settings, read: dg.JobDefinition, collect: AssetJob) -> dg.SensorDefinition:
    @dg.run_status_sensor(
        name="collect_new_order_files",
        run_status=dg.DagsterRunStatus.SUCCESS,
        monitored_jobs=[read],
        request_job=collect,
        default_status=dg.DefaultSensorStatus.RUNNING,
        minimum_interval_seconds=15,
        description="Collects the weeks that newly read order files change.",
    )
    def follow(context: dg.RunStatusSensorContext) -> list[dg.RunRequest] | dg.SkipReason:
        stretches = ranges_from_text(context.dagster_run.tags.get(WEEKS_TAG, ""))
        if not stretches:
            return dg.SkipReason("the files change no week")
        return [
            dg.RunRequest(
                run_key=f"{context.dagster_run.run_id}-{first}",
                tags={**range_tags(first, last), **run_tags(settings)},
            )
            for first, last in stretches
        ]

    return follow
