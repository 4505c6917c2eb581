"""Weeks as two bars, orders and matches: real, mock or nothing, with a mark where a look is worth it."""

from pizza_assets.dashboards.chart_specs.parts import SCHEMA, Spec, tooltips, utc_x


def quality() -> Spec:
    colors = {"domain": ["real", "mock", "none"], "range": ["$real", "$mock", "$nothing"]}
    return {
        "$schema": SCHEMA,
        "width": "$width",
        "height": {"step": 30},
        "data": {"name": "weeks"},
        "encoding": {
            "x": utc_x("starts_at", {"grid": False}),
            "y": {"field": "dataset", "type": "nominal", "title": None, "axis": {"domain": False, "ticks": False}},
            "tooltip": tooltips(
                ("week", "Week from"),
                ("dataset", "Data"),
                ("source_words", "They are"),
                ("source_name", "From"),
                ("rows_words", "Rows"),
                ("rejected_words", "Refused"),
                ("checks_words", "Checks"),
                ("reason", "Why"),
            ),
        },
        "layer": [
            {
                "mark": {"type": "bar", "height": 20, "binSpacing": 1},
                "encoding": {
                    "x2": {"field": "ends_at"},
                    "color": {"field": "data_source", "type": "nominal", "scale": colors, "legend": None},
                },
            },
            {
                "transform": [{"filter": "datum.is_remarkable"}],
                "mark": {
                    "type": "point",
                    "shape": "triangle-up",
                    "size": 34,
                    "filled": True,
                    "color": "$warn",
                    "stroke": "$card",
                    "strokeWidth": 1,
                },
                "encoding": {"x": utc_x("middle_at", {})},
            },
        ],
    }
