"""A sensor that asks the database of orders which rows have changed, and requests runs of their weeks.

The cursor holds two values of the column PIZZA_ORDERS_UPDATED_AT. Rows are looked at one check after they were first
seen: until then, transactions that began earlier have had time to end. A table that changes all the time must not be
collected all the time: runs follow each other with a pause, and never overlap.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import dagster as dg

from pizza_assets.errors import BadFile, ConfigurationError, SourceError
from pizza_assets.models.week import MatchWeek, week_ranges
from pizza_assets.orchestration.jobs import COLLECT_WEEKS
from pizza_assets.orchestration.partitions import range_tags
from pizza_assets.orchestration.run_target import run_tags
from pizza_assets.orchestration.sources import Sources
from pizza_assets.settings import Settings
from pizza_assets.sources.base import Clock

if TYPE_CHECKING:
    from pizza_assets.sources.orders.sql.source import OrdersTable

SENSOR = "changed_orders"
SECONDS_BETWEEN_CHECKS = 60
SECONDS_PER_STATEMENT = 15
"""Dagster gives up a check after a minute, but the database would go on with its statement."""
PAUSE = timedelta(minutes=15)
"""Between two requests of runs."""
REQUESTED_BY_TAG = "pizza/requested_by"
_UNFINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]

_READERS: dict[str, Callable[[str], Any]] = {
    "datetime": datetime.fromisoformat,
    "int": int,
    "str": str,
}
"""The kinds of values that a cursor can hold."""


@dataclass(frozen=True)
class ChangeCursor:
    """done: up to which value changes have led to runs. seen: the largest value at the last check.

    requested_at: when runs were last requested, in UTC; None if never.
    """

    done: Any
    seen: Any
    requested_at: datetime | None = None

    @classmethod
    def from_text(cls, text: str) -> "ChangeCursor":
        said = json.loads(text)
        done, seen = (_READERS[kind](written) for kind, written in (said["done"], said["seen"]))
        return cls(done, seen, datetime.fromisoformat(said["requested_at"]) if said["requested_at"] else None)

    def to_text(self) -> str:
        """Raises ConfigurationError for values of a kind that a cursor can't hold."""
        requested_at = self.requested_at.isoformat() if self.requested_at else ""
        return json.dumps(
            {"done": self._written(self.done), "seen": self._written(self.seen), "requested_at": requested_at}
        )

    @staticmethod
    def _written(value: object) -> tuple[str, str]:
        kind = type(value).__name__
        if kind not in _READERS:
            raise ConfigurationError(
                f"PIZZA_ORDERS_UPDATED_AT: values like {value!r} can't be compared later; name a column of timestamps, "
                "whole numbers or texts that grow"
            )
        return kind, value.isoformat() if isinstance(value, datetime) else str(value)


def changed_orders(settings: Settings) -> list[dg.SensorDefinition]:
    """The sensor; none without a database and a column that says when a row changed."""
    return [_changed_orders(settings)] if settings.orders == "sql" and settings.orders_updated_at else []


def _changed_orders(settings: Settings) -> dg.SensorDefinition:
    @dg.sensor(
        name=SENSOR,
        job_name=COLLECT_WEEKS,
        minimum_interval_seconds=SECONDS_BETWEEN_CHECKS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Collects the weeks whose rows in the database of orders have changed.",
    )
    def evaluate(
        context: dg.SensorEvaluationContext, sources: dg.ResourceParam[Sources], clock: dg.ResourceParam[Clock]
    ) -> dg.SensorResult:
        table = sources.orders_table
        assert table is not None, "the sensor exists only with PIZZA_ORDERS=sql"
        if context.instance.get_runs(dg.RunsFilter(statuses=_UNFINISHED, tags={REQUESTED_BY_TAG: SENSOR}), limit=1):
            return _wait("the last requested run has not ended", context.cursor)
        try:
            return next_step(context.cursor, table.limited(SECONDS_PER_STATEMENT), clock(), settings)
        except (SourceError, ConfigurationError, BadFile) as error:
            return _wait(f"{table.name} failed: {error}", context.cursor)

    return evaluate


def _wait(why: str, cursor: str | None) -> dg.SensorResult:
    return dg.SensorResult(skip_reason=why, cursor=cursor)


def next_step(text: str | None, table: "OrdersTable", now: datetime, settings: Settings) -> dg.SensorResult:
    """The sensor result: runs for the weeks changed between the cursor's two values, and the next cursor.

    The first check only remembers where changes begin: weeks that were never stored are collected by a backfill.
    """
    known = ChangeCursor.from_text(text) if text else None
    if known is not None and known.requested_at is not None and now < known.requested_at + PAUSE:
        return _wait(f"runs were requested at {known.requested_at:%H:%M} UTC; the next may follow after a pause", text)
    latest = table.latest_change()
    if latest is None:
        return _wait("no row says when it changed", text)
    cursor = known or ChangeCursor(latest, latest)
    following = replace(cursor, done=cursor.seen, seen=latest)
    if cursor.done == cursor.seen:
        return _wait(f"no change up to {cursor.seen}", following.to_text())
    first = MatchWeek.of_date(settings.first_week, settings.timezone).key
    running = MatchWeek.containing(now, settings.timezone).key
    weeks = [week for week in table.changed_weeks(cursor.done, cursor.seen) if first <= week <= running]
    if not weeks:
        return _wait("the changed rows are of no week to collect", following.to_text())
    key = hashlib.sha256((text or "").encode()).hexdigest()[:16]
    tags = {**run_tags(settings), REQUESTED_BY_TAG: SENSOR}
    requests = [
        dg.RunRequest(run_key=f"{key}-{begin}", tags={**range_tags(begin, end), **tags})
        for begin, end in week_ranges(weeks, settings.timezone)
    ]
    return dg.SensorResult(run_requests=requests, cursor=replace(following, requested_at=now).to_text())
