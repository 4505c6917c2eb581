"""Days with matches as a calendar: weeks across, weekdays down, coloured by the change in orders after the match."""

from pizza_assets.dashboards.chart_parts import SCHEMA, Spec, tooltips, utc_x
from pizza_assets.dashboards.view import Reads, View
from pizza_assets.dashboards.view_columns import ALL_BUT_CHAIN, CHAINS_TOGETHER, LABELS, MATCH_WINDOW, UPLIFT
from pizza_assets.models.extracts import MatchImpactExtract

_DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


def _chart() -> Spec:
    return {
        "$schema": SCHEMA,
        "width": "$width",
        "height": {"step": 27},
        "params": [{"name": "reach", "value": 50}],
        "data": {"name": "days"},
        "mark": {"type": "rect", "stroke": "$card", "strokeWidth": 1.5, "cornerRadius": 2, "cursor": "pointer"},
        "encoding": {
            "x": utc_x("week_at", {"grid": False, "format": "%b %y", "ticks": False, "domain": False}),
            "x2": {"field": "week_ends_at"},
            "y": {
                "field": "weekday",
                "type": "ordinal",
                "sort": _DAYS,
                "scale": {"domain": _DAYS},
                "title": None,
                "axis": {"domain": False, "ticks": False},
            },
            "color": {
                "field": "uplift_pct",
                "type": "quantitative",
                "legend": None,
                "scale": {
                    "domain": [{"expr": "-reach"}, 0, {"expr": "reach"}],
                    "range": ["$fall", "$level", "$rise"],
                    "clamp": True,
                    "interpolate": "rgb",
                },
            },
            "opacity": {"condition": {"test": "datum.data_source === 'real'", "value": 1}, "value": 0.6},
            "tooltip": tooltips(
                ("day_words", "Day"),
                ("source_words", "Data"),
                ("matches_words", "Matches"),
                ("uplift_words", "Change after the match"),
                ("orders_words", "Orders"),
                ("extra_words", "Extra orders"),
            ),
        },
    }


VIEW = View(
    id="calendar",
    title="Calendar of match days",
    question="On which match days were orders above or below usual?",
    reads=(Reads(MatchImpactExtract, (*MATCH_WINDOW, "kickoff_date", *UPLIFT, *LABELS)),),
    filters=ALL_BUT_CHAIN,
    filter_note=CHAINS_TOGETHER,
    drill_target="match",
    section="card half",
    charts={"calendar": _chart()},
)
