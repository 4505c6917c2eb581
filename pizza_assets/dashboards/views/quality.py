"""Weeks as two bars, orders and matches: real, mock or nothing, with a mark on weeks that need attention."""

from pizza_assets.dashboards.chart_parts import SCHEMA, Spec, tooltips, utc_x
from pizza_assets.dashboards.view import Reads, View
from pizza_assets.models.extracts import ChecksExtract, DataQualityExtract


def _chart() -> Spec:
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
                ("source_words", "Real or mock"),
                ("source_name", "Source"),
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


_COLUMNS = (
    "week", "week_starts_at", "dataset", "data_source", "source_name", "row_count", "rejected_count", "is_partial",
    "failed_check_count", "reason",
)  # fmt: skip

VIEW = View(
    id="quality",
    title="Data behind the numbers",
    question="Which weeks are real, mock, partial or missing, and did the checks pass?",
    reads=(
        Reads(DataQualityExtract, _COLUMNS),
        Reads(ChecksExtract, ("asset", "check", "outcome", "week_count", "first_week", "last_week", "description")),
    ),
    filters=("source", "dates"),
    partly=("source", "dates"),
    filter_note="Weeks are collected and checked as a whole, for every market and team; checks count all weeks.",
    charts={"quality": _chart()},
)
