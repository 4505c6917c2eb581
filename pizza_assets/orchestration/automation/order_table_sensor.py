"""A sensor that asks the database of orders which rows have changed, and requests runs of their weeks.

The cursor holds two values of the column PIZZA_ORDERS_UPDATED_AT. Rows are looked at one check after they were first
seen: until then, transactions that began earlier have had time to end.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import dagster as dg

from pizza_assets.errors import BadFile, ConfigurationError, SourceError
from pizza_assets.models.week import MatchWeek, week_ranges
from pizza_assets.orchestration.jobs import COLLECT_WEEKS
from pizza_assets.orchestration.partitions import range_tags
from pizza_assets.orchestration.run_target import run_tags
from pizza_assets.orchestration.sources import Sources
from pizza_assets.settings import Settings
from pizza_assets.sources.base import Clock
from pizza_assets.sources.orders.sql.source import OrdersTable

SECONDS_BETWEEN_CHECKS = 60

_READERS: dict[str, Callable[[str], Any]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "int": int,
    "str": str,
}
"""The kinds of values that a cursor can hold."""


@dataclass(frozen=True)
class ChangeCursor:
    """done: up to which value changes have led to runs. seen: the largest value at the last check."""

    done: Any
    seen: Any

    @classmethod
    def from_text(cls, text: str) -> "ChangeCursor":
        return cls(*(_READERS[kind](written) for kind, written in json.loads(text)))

    def to_text(self) -> str:
        """Raises ConfigurationError for values of a kind that a cursor can't hold."""
        return json.dumps([self._written(value) for value in (self.done, self.seen)])

    @staticmethod
    def _written(value: object) -> tuple[str, str]:
        kind = type(value).__name__
        if kind not in _READERS:
            raise ConfigurationError(
                f"PIZZA_ORDERS_UPDATED_AT: values like {value!r} can't be compared later; name a column of timestamps, "
                "whole numbers or texts that grow"
            )
        return kind, value.isoformat() if isinstance(value, date) else str(value)


def changed_orders(settings: Settings) -> list[dg.SensorDefinition]:
    """The sensor; none without a database and a column that says when a row changed."""
    return [_changed_orders(settings)] if settings.orders == "sql" and settings.orders_updated_at else []


def _changed_orders(settings: Settings) -> dg.SensorDefinition:
    @dg.sensor(
        name="changed_orders",
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
        try:
            return next_step(context.cursor, table, clock(), settings)
        except (SourceError, ConfigurationError, BadFile) as error:
            return dg.SensorResult(skip_reason=f"{table.name} failed: {error}", cursor=context.cursor)

    return evaluate


def next_step(text: str | None, table: OrdersTable, now: datetime, settings: Settings) -> dg.SensorResult:
    """The sensor result: runs for the weeks changed between the cursor's two values, and the next cursor.

    The first check only remembers where changes begin: weeks that were never stored are collected by a backfill.
    """
    latest = table.latest_change()
    if latest is None:
        return dg.SensorResult(skip_reason="no row says when it changed", cursor=text)
    cursor = ChangeCursor.from_text(text) if text else ChangeCursor(latest, latest)
    following = ChangeCursor(cursor.seen, latest).to_text()
    if cursor.done == cursor.seen:
        return dg.SensorResult(skip_reason=f"no change up to {cursor.seen}", cursor=following)
    first = MatchWeek.of_date(settings.first_week, settings.timezone).key
    running = MatchWeek.containing(now, settings.timezone).key
    weeks = [week for week in table.changed_weeks(cursor.done, cursor.seen) if first <= week <= running]
    if not weeks:
        return dg.SensorResult(skip_reason="the changed rows are of no week to collect", cursor=following)
    key = hashlib.sha256((text or "").encode()).hexdigest()[:16]
    requests = [
        dg.RunRequest(run_key=f"{key}-{begin}", tags={**range_tags(begin, end), **run_tags(settings)})
        for begin, end in week_ranges(weeks, settings.timezone)
    ]
    return dg.SensorResult(run_requests=requests, cursor=following)
