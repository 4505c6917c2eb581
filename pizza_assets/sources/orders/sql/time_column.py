"""How a database keeps the times of orders, and the bounds that select a period of them. No IO."""

import contextlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, auto
from typing import Any
from zoneinfo import ZoneInfo

from pizza_assets.errors import ConfigurationError
from pizza_assets.models.week import MatchWeek
from pizza_assets.sources.orders.file_mapping import EPOCH_MILLISECONDS, EPOCH_SECONDS, FileMapping

_STARTS_AS_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?!\d)")
_DAY = timedelta(days=1)
_DAY_LENGTH = len("2026-08-04")


class TimeKind(Enum):
    """AWARE: an instant. NAIVE: a wall clock. DAY: a date. TEXT: ISO 8601. SECONDS, MILLISECONDS: since 1970."""

    AWARE = auto()
    NAIVE = auto()
    DAY = auto()
    TEXT = auto()
    SECONDS = auto()
    MILLISECONDS = auto()


_PRECISE = frozenset({TimeKind.AWARE, TimeKind.NAIVE, TimeKind.SECONDS, TimeKind.MILLISECONDS})


@dataclass(frozen=True)
class TimeColumn:
    """The column by which weeks are selected: that of the timestamp, or of the date.

    zone: of all naive times; None if they have several zones. is_business_zone: whether the clock of all orders is that
    of the match weeks, whose bounds are then exact. Otherwise a day on either side is read, too, because business days
    lie across the bounds; two if a bound itself is a day, or may be off by an unknown zone.
    """

    name: str
    kind: TimeKind
    zone: ZoneInfo | None
    is_business_zone: bool

    def within(self, starts_at: datetime, ends_at: datetime) -> dict[str, Any]:
        """The bounds, as parameters, of a period that contains [starts_at, ends_at)."""
        is_exact = self.is_business_zone and self.kind in _PRECISE
        slack = timedelta(0) if is_exact else _DAY if self.zone is not None and self.kind in _PRECISE else 2 * _DAY
        return {"first": self._bound(starts_at - slack), "end": self._bound(ends_at + slack)}

    def _bound(self, at: datetime) -> Any:
        wall = at.astimezone(self.zone or UTC).replace(tzinfo=None)
        seconds = int(at.timestamp())
        bounds: Mapping[TimeKind, Any] = {
            TimeKind.AWARE: at.astimezone(UTC),
            TimeKind.NAIVE: wall,
            TimeKind.DAY: wall.date(),
            TimeKind.TEXT: wall.date().isoformat(),
            TimeKind.SECONDS: seconds,
            TimeKind.MILLISECONDS: seconds * 1000,
        }
        return bounds[self.kind]

    def weeks_of(self, value: object, timezone: str) -> set[str]:
        """The keys of the weeks that an order with this time may be in. Raises ConfigurationError if it is no time."""
        moment, is_day = self._moment(value)
        if moment.tzinfo is not None or (self.zone is not None and not is_day):
            at = moment if moment.tzinfo is not None else moment.replace(tzinfo=self.zone)
            return {MatchWeek.containing(at, timezone).key}
        first = moment.replace(tzinfo=self.zone or UTC)
        return {MatchWeek.containing(at, timezone).key for at in (first - _DAY, first, first + 2 * _DAY)}

    def _moment(self, value: object) -> tuple[datetime, bool]:
        """The time, or the beginning of its day; and whether only the day is known."""
        if isinstance(value, datetime):
            return value, False
        if isinstance(value, date):
            return datetime.combine(value, time(0)), True
        try:
            if isinstance(value, int | float | Decimal):
                seconds = float(value) / (1000 if self.kind is TimeKind.MILLISECONDS else 1)
                return datetime.fromtimestamp(seconds, UTC), False
            return _moment_of_text(str(value))
        except (ValueError, OverflowError, OSError):
            raise ConfigurationError(
                f"column {self.name!r}: {str(value)[:40]!r} is not a time, so the week of a changed row is unknown; "
                "correct the row, or leave it out by a query as PIZZA_ORDERS_TABLE"
            ) from None


def _moment_of_text(text: str) -> tuple[datetime, bool]:
    """Text that is not ISO 8601 as a whole, such as 2026-08-04 6:30 PM, may still begin with a day of it."""
    if len(text.strip()) > _DAY_LENGTH:
        with contextlib.suppress(ValueError):
            return datetime.fromisoformat(text.strip()), False
    return datetime.combine(date.fromisoformat(text.strip()[:_DAY_LENGTH]), time(0)), True


def time_column(name: str, value: object, mapping: FileMapping, business_timezone: str, table: str) -> TimeColumn:
    """The column of which `value` is one value. Raises ConfigurationError if it can't be selected by period."""
    is_of_row = "timezone" in mapping.columns or mapping.is_zone_of_market
    zone = None if is_of_row else ZoneInfo(mapping.timezone or business_timezone)
    is_business_zone = not is_of_row and (mapping.timezone or business_timezone) == business_timezone
    return TimeColumn(name, _kind(name, value, mapping, table), zone, is_business_zone)


def _kind(name: str, value: object, mapping: FileMapping, table: str) -> TimeKind:
    if isinstance(value, datetime):
        return TimeKind.NAIVE if value.tzinfo is None else TimeKind.AWARE
    if isinstance(value, date):
        return TimeKind.DAY
    if isinstance(value, str) and _STARTS_AS_ISO.match(value):
        return TimeKind.TEXT
    numbers = {EPOCH_SECONDS: TimeKind.SECONDS, EPOCH_MILLISECONDS: TimeKind.MILLISECONDS}
    kind = numbers.get(mapping.formats.get("timestamp", "")) if isinstance(value, int | float | Decimal) else None
    if kind is not None:
        return kind
    remedy = (
        f'add timestamp = "{EPOCH_SECONDS}" or "{EPOCH_MILLISECONDS}" under [formats] of the mapping'
        if isinstance(value, int | float | Decimal)
        else "set PIZZA_ORDERS_TABLE to a query that gives it as a timestamp"
    )
    raise ConfigurationError(
        f"{table}: weeks can't be selected by the column {name!r}, whose values are like {str(value)[:40]!r}: neither "
        f"timestamps nor text that begins with the year; {remedy}"
    )
