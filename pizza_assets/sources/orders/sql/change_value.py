"""Values of the column that says when a row changed: which are refused, and which are in the future. No IO."""

import re
from datetime import date, datetime, timedelta

from pizza_assets.errors import ConfigurationError

_STARTS_AS_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?!\d)")
_DAY_ALONE = re.compile(r"\s*\d{4}-\d{2}-\d{2}\s*")
_FARTHEST_CLOCK = timedelta(hours=14)
"""How far a wall clock may be ahead of UTC."""


def refuse_day(value: object) -> None:
    """Raise ConfigurationError for a day without a time: what changed later on that day could not be told apart."""
    is_day = isinstance(value, date) and not isinstance(value, datetime)
    if is_day or (isinstance(value, str) and _DAY_ALONE.fullmatch(value)):
        raise ConfigurationError(
            f"PIZZA_ORDERS_UPDATED_AT: {str(value)!r} is a day without a time, so later changes of that day would be "
            "missed; name a column with the time, to the minute or more precisely"
        )


def end_of_present(value: object, now: datetime) -> object | None:
    """The first value of this kind that is in the future; None for numbers and other text, which may be counters.

    Without a zone, a value is in the future if no clock on Earth can show it; for text, if its day is after tomorrow.
    """
    if isinstance(value, datetime):
        return now if value.tzinfo is not None else now.replace(tzinfo=None) + _FARTHEST_CLOCK
    if isinstance(value, str) and _STARTS_AS_ISO.match(value):
        return (now.date() + timedelta(days=2)).isoformat()
    return None
