"""Orders of an average day by weekday and market."""

import pandas as pd
from pandera.typing.pandas import DataFrame

from pizza_assets.models.extracts import OrdersTimelineExtract, WeekdayProfileExtract


def weekday_profile(timeline: DataFrame[OrdersTimelineExtract]) -> DataFrame[WeekdayProfileExtract]:
    """Means over the days of which orders are known; real and mock orders apart."""
    if timeline.empty:
        return WeekdayProfileExtract.empty()
    days = timeline.assign(day=timeline["hour_at"].dt.floor("D"))
    sums = days.groupby(["order_source", "market", "day"], as_index=False)["order_count"].sum()
    sums["weekday_number"] = sums["day"].dt.day_of_week + 1
    rows = sums.groupby(["order_source", "market", "weekday_number"], as_index=False).agg(
        day_count=("order_count", "size"), orders_per_day=("order_count", "mean")
    )
    monday = pd.Timestamp("2024-01-01")
    names = [f"{monday + pd.Timedelta(days=number):%A}" for number in range(7)]
    return WeekdayProfileExtract.conform(rows.assign(weekday=[names[n - 1] for n in rows["weekday_number"]]))
