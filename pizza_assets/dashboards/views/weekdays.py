"""Bars of orders by weekday: which days are busy anyway."""

from pizza_assets.dashboards.chart_parts import SCHEMA, SOURCES, Spec, tooltips
from pizza_assets.dashboards.view import Reads, View
from pizza_assets.models.extracts import WeekdayProfileExtract

_COLUMNS = ("market", "weekday_number", "weekday", "day_count", "orders_per_day", "order_source")


def _chart() -> Spec:
    return {
        "$schema": SCHEMA,
        "width": "$width",
        "height": 200,
        "data": {"name": "weekdays"},
        "mark": {"type": "bar", "cornerRadiusEnd": 3},
        "encoding": {
            "x": {"field": "weekday", "type": "nominal", "sort": None, "title": None, "axis": {"labelAngle": 0}},
            "xOffset": {"field": "order_source", "type": "nominal"},
            "y": {"field": "orders", "type": "quantitative", "title": "orders a day"},
            "color": {"field": "order_source", "type": "nominal", "scale": SOURCES, "legend": None},
            "tooltip": tooltips(("weekday", "Day"), ("source_words", "Orders are"), ("orders_words", "Orders a day")),
        },
    }


VIEW = View(
    id="weekdays",
    title="Weekdays",
    question="On which weekdays do people order most, football aside?",
    reads=(Reads(WeekdayProfileExtract, _COLUMNS),),
    filters=("source", "market"),
    filter_note="Averages over all days, chains and matches.",
    charts={"weekdays": _chart()},
)
