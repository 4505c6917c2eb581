"""The hour of the week in which a market orders most, in the market's own clock. Football does not belong here."""

from collections.abc import Mapping

import pandas as pd
from pandera.typing import DataFrame

from pizza_assets.models import BusiestHours
from pizza_assets.models.extracts import OrdersTimelineExtract

_MARKET = ["order_source", "market"]
_HOUR_OF_WEEK = [*_MARKET, "day_of_week", "hour"]


def busiest_hours(
    timeline: DataFrame[OrdersTimelineExtract], zones: Mapping[str, str], default_timezone: str
) -> DataFrame[BusiestHours]:
    """One row per market and source of orders; of equally busy hours the first of the week.

    zones: the clock of each market; one that is not among them has `default_timezone`. Hours of which only a part is
    known are left out.
    """
    whole = timeline[timeline["covered_minutes"] == 60]
    hours = whole.groupby([*_MARKET, "hour_at"], as_index=False)["order_count"].sum()
    if hours.empty:
        return BusiestHours.empty()
    local = [
        part.assign(day_of_week=clock.dt.day_of_week.astype("int64"), hour=clock.dt.hour.astype("int64"))
        for market, part in hours.groupby("market")
        for clock in [part["hour_at"].dt.tz_convert(zones.get(str(market), default_timezone))]
    ]
    by_hour = pd.concat(local).groupby(_HOUR_OF_WEEK)["order_count"].agg(["sum", "size"]).reset_index()
    rows = by_hour.rename(columns={"sum": "order_count", "size": "known_hours"})
    rows["orders_per_hour"] = rows["order_count"] / rows["known_hours"]
    return BusiestHours.conform(rows.loc[rows.groupby(_MARKET)["orders_per_hour"].idxmax()])
