"""A day's forecast by hour: ranges, what it would be without a match, what to staff for, and the hours of the match."""

from pizza_assets.dashboards.chart_parts import SCHEMA, SOURCES, Spec, tooltips


def hours_chart() -> Spec:
    """One bar and its marks per hour, from the data set `hours`."""
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
