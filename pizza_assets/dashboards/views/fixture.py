"""A coming match, hour by hour in each market: the forecast with its intervals, and what to staff for."""

from pizza_assets.dashboards.chart_parts import SCHEMA, SOURCES, Spec, tooltips
from pizza_assets.dashboards.view import Reads, View
from pizza_assets.dashboards.view_columns import FORECAST
from pizza_assets.models.forecast_extracts import MatchForecastExtract


def _chart() -> Spec:
    hour = {
        "field": "hour",
        "type": "ordinal",
        "sort": None,
        "title": None,
        "axis": {"labelAngle": 0, "labelOverlap": True, "ticks": False},
    }
    color = {"field": "order_source", "type": "nominal", "scale": SOURCES, "legend": None}
    tooltip = tooltips(
        ("hour_words", "Hour"),
        ("orders_words", "Forecast"),
        ("interval_words", "80 % interval"),
        ("wide_words", "95 % interval"),
        ("staff_words", "Staff for"),
        ("without_words", "Without the match"),
    )

    def orders(field: str) -> Spec:
        return {"field": field, "type": "quantitative", "title": "orders in the hour", "axis": {"tickCount": 5}}

    return {
        "$schema": SCHEMA,
        "width": "$width",
        "height": 220,
        "data": {"name": "hours"},
        "encoding": {"x": hour, "tooltip": tooltip},
        "layer": [
            {
                "mark": {"type": "bar", "color": "$window-during", "width": {"band": 1}},
                "encoding": {
                    "y": {"value": 0},
                    "y2": {"value": {"expr": "height"}},
                    "opacity": {"condition": {"test": "datum.is_match", "value": 1}, "value": 0},
                },
            },
            {
                "mark": {"type": "bar", "opacity": 0.2, "width": {"band": 0.5}},
                "encoding": {"y": orders("low_95"), "y2": {"field": "high_95"}, "color": color},
            },
            {
                "mark": {"type": "bar", "opacity": 0.45, "width": {"band": 0.5}},
                "encoding": {"y": orders("low_80"), "y2": {"field": "high_80"}, "color": color},
            },
            {
                "mark": {"type": "tick", "thickness": 3, "width": {"band": 0.5}},
                "encoding": {"y": orders("orders"), "color": color},
            },
            {
                "mark": {"type": "tick", "thickness": 1.5, "width": {"band": 0.78}, "color": "$ink"},
                "encoding": {"y": orders("without_football")},
            },
            {
                "mark": {"type": "point", "shape": "triangle-up", "filled": True, "size": 70, "color": "$warn"},
                "encoding": {"y": orders("quantile_90")},
            },
        ],
    }


VIEW = View(
    id="fixture",
    title="A coming match",
    question="Which hours around this match will be busy, and how many orders should you staff for?",
    reads=(Reads(MatchForecastExtract, FORECAST),),
    filters=("source", "market"),
    filter_note="This is a single match. Forecasts are for all chains together.",
    only_on_page="QuickSight lists the hours of every coming match below the table of coming matches.",
    address="coming",
    charts={"fixture": _chart()},
)
