"""One shop on one day, hour by hour: the forecast with its ranges, what a match adds, and what to staff for."""

from pizza_assets.dashboards.hours_chart import hours_chart
from pizza_assets.dashboards.view import Reads, View
from pizza_assets.dashboards.view_columns import DEMAND
from pizza_assets.models.demand import DemandForecastExtract

VIEW = View(
    id="shop_day",
    title="A shop's day",
    question="Which hours will be busy, and how many orders should you staff for?",
    reads=(Reads(DemandForecastExtract, DEMAND),),
    filters=("source", "market", "chain"),
    filter_note="This is a single shop on a single day.",
    only_on_page="QuickSight has the hours of all shops on the sheet of the weekend.",
    address="day",
    charts={"shop_day": hours_chart()},
)
