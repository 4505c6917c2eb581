"""When a value of the column of changes is in the future, and which values are refused."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from pizza_assets.errors import ConfigurationError
from pizza_assets.sources.orders.sql.change_value import end_of_present, refuse_day

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize("value", [date(2026, 8, 4), "2026-08-04", " 2026-08-04 "])
def test_a_day_without_a_time_is_refused(value: object) -> None:
    with pytest.raises(ConfigurationError, match="PIZZA_ORDERS_UPDATED_AT: .* is a day without a time.*name a column"):
        refuse_day(value)


@pytest.mark.parametrize("value", [NOW, datetime(2026, 8, 4), "2026-08-04 00:00", "00000017", 20260804, None])
def test_times_and_counters_are_not_refused(value: object) -> None:
    refuse_day(value)


@pytest.mark.parametrize(
    ("value", "end"),
    [
        (NOW.astimezone(timezone(timedelta(hours=5))), NOW),
        (datetime(2026, 11, 22), datetime(2026, 11, 23, 2)),
        ("2026-11-22T12:00:00Z", "2026-11-24"),
        ("2026-11-22", "2026-11-24"),
        (1_795_000_000, None),
        ("000000AF", None),
        (None, None),
    ],
)
def test_the_present_ends_in_the_kind_of_the_value(value: object, end: object) -> None:
    assert end_of_present(value, NOW) == end
