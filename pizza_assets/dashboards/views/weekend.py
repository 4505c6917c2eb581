"""This weekend: every shop's busiest hour of each day, and what to staff for, with or without a match."""

from pizza_assets.dashboards.view import Reads, View
from pizza_assets.dashboards.view_columns import DEMAND
from pizza_assets.models.demand import DemandForecastExtract

VIEW = View(
    id="weekend",
    title="This weekend",
    question="How many orders should each shop staff for, and when?",
    reads=(Reads(DemandForecastExtract, DEMAND),),
    filters=("source", "market", "chain"),
    filter_note="Every shop has a forecast, whether or not there is a match.",
    drill_target="shop_day",
)
