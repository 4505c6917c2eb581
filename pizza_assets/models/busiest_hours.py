"""When a market orders most."""

import pandera.pandas as pa

from pizza_assets.models.orders import RAW_LABELS
from pizza_assets.models.place import ANALYSIS
from pizza_assets.models.table import Table


class BusiestHours(Table, name="busiest_hours", place=ANALYSIS, key=("order_source", "market")):
    """One row per market: the hour of its own week with most orders."""

    market: str = pa.Field(description="The market.")
    day_of_week: int = pa.Field(ge=0, le=6, description="Day of that hour in the market's clock; 0 is Monday.")
    hour: int = pa.Field(ge=0, le=23, description="Its hour in the market's clock.")
    order_count: int = pa.Field(ge=0, description="Orders of all chains in it, over all wholly known hours.")
    known_hours: int = pa.Field(ge=1, description="How many such hours are wholly known.")
    orders_per_hour: float = pa.Field(ge=0, description="Orders per known hour; the highest of the market's week.")
    order_source: str = pa.Field(isin=RAW_LABELS, description="real or mock orders.")
