"""The busiest hour of a market's week: in its clock, per source, of wholly known hours alone."""

import pandas as pd

from pizza_assets.analysis.busiest_hours import busiest_hours
from pizza_assets.models import BusiestHours
from pizza_assets.models.extracts import OrdersTimelineExtract

NOON = pd.Timestamp("2026-07-06 12:00", tz="UTC")  # a Monday, in summer time
ZONES = {"Leeds": "Europe/London", "Kolkata": "Asia/Kolkata"}


def hour(after: int, orders: int, **changed: object) -> dict:
    row = {"market": "Leeds", "chain": "a", "currency": "GBP", "order_source": "mock", "covered_minutes": 60}
    sums = {"order_count": orders, "revenue_cents": 0, "pizza_count": 0}
    return {**row, **sums, "hour_at": NOON + pd.Timedelta(hours=after), **changed}


def found(*hours: dict) -> list[tuple]:
    rows = busiest_hours(OrdersTimelineExtract.conform(list(hours)), ZONES, "UTC")
    BusiestHours.check_rows(rows)
    return list(rows.drop(columns="orders_per_hour").itertuples(index=False, name=None))


def test_it_is_the_most_orders_per_known_hour_in_the_markets_clock() -> None:
    week = 7 * 24
    hours = [hour(0, 5), hour(week, 5), hour(1, 4), hour(1, 4, chain="b"), hour(24, 9, covered_minutes=59)]
    assert found(*hours) == [("Leeds", 0, 14, 8, 1, "mock")]
    assert found(hour(13, 1, market="Kolkata")) == [("Kolkata", 1, 6, 1, 1, "mock")]
    assert found(hour(0, 1, market="Elsewhere")) == [("Elsewhere", 0, 12, 1, 1, "mock")]


def test_sources_stay_apart_and_the_first_of_equal_hours_counts() -> None:
    hours = [hour(0, 5), hour(1, 5), hour(2, 9, order_source="real")]
    assert found(*hours) == [("Leeds", 0, 13, 5, 1, "mock"), ("Leeds", 0, 15, 9, 1, "real")]


def test_nothing_known_gives_no_row() -> None:
    assert found(hour(0, 5, covered_minutes=30)) == []
    assert found() == []
