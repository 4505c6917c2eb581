"""A coming match, hour by hour in each market: the forecast with its intervals, and what to staff for."""

from pizza_assets.dashboards.hours_chart import hours_chart
from pizza_assets.dashboards.view import Reads, View
from pizza_assets.dashboards.view_columns import FORECAST
from pizza_assets.models.forecast_extracts import MatchForecastExtract

VIEW = View(
    id="fixture",
    title="A coming match",
    question="Which hours around this match will be busy, and how many orders should you staff for?",
    reads=(Reads(MatchForecastExtract, FORECAST),),
    filters=("source", "market"),
    filter_note="This is a single match. Forecasts are for all chains together.",
    only_on_page="QuickSight lists the hours of every coming match below the table of coming matches.",
    address="coming",
    charts={"fixture": hours_chart()},
)
