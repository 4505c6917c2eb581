"""One match in one market: orders by quarter-hour against the usual level, over the windows of the match."""

from pizza_assets.dashboards.chart_parts import SCHEMA, SOURCES, WINDOWS, Spec, tooltips, utc_x
from pizza_assets.dashboards.view import Reads, View
from pizza_assets.dashboards.view_columns import CHAINS_TOGETHER, LABELS, MATCH_WINDOW, PER_STORE, UPLIFT
from pizza_assets.models.extracts import MatchImpactExtract, MatchTimelineExtract


def _chart() -> Spec:
    return {
        "$schema": SCHEMA,
        "width": "$width",
        "height": 210,
        "layer": [
            {
                "data": {"name": "windows"},
                "mark": {"type": "rect", "opacity": 0.75},
                "encoding": {
                    "x": utc_x("starts_at", {"grid": False, "format": "%H:%M"}),
                    "x2": {"field": "ends_at"},
                    "color": {"field": "window", "type": "nominal", "scale": WINDOWS, "legend": None},
                    "tooltip": tooltips(
                        ("window", "Window"),
                        ("when", "When"),
                        ("observed_words", "Orders"),
                        ("expected_words", "Usual"),
                    ),
                },
            },
            {
                "data": {"name": "quarters"},
                "mark": {"type": "rect", "cornerRadius": 2, "stroke": "$card", "strokeWidth": 1, "opacity": 0.85},
                "encoding": {
                    "x": utc_x("at", {}),
                    "x2": {"field": "ends_at"},
                    "y": {
                        "field": "orders",
                        "type": "quantitative",
                        "title": "orders in 15 minutes",
                        "axis": {"tickCount": 4, "tickMinStep": 1},
                    },
                    "y2": {"datum": 0},
                    "color": {"field": "order_source", "type": "nominal", "scale": SOURCES, "legend": None},
                    "tooltip": tooltips(
                        ("label", "From"),
                        ("source_words", "Data"),
                        ("orders_words", "Orders"),
                        ("expected_words", "Usual"),
                    ),
                },
            },
            {
                "data": {"name": "usual"},
                "mark": {"type": "line", "interpolate": "step-after", "strokeWidth": 2.4, "color": "$ink"},
                "encoding": {"x": utc_x("at", {}), "y": {"field": "expected", "type": "quantitative"}},
            },
            {
                "data": {"name": "kickoff"},
                "mark": {"type": "rule", "strokeDash": [3, 3], "color": "$ink"},
                "encoding": {"x": utc_x("at", {})},
            },
        ],
        "resolve": {"scale": {"color": "independent"}},
    }


_COLUMNS = (
    "match_id", "market", "bin_at", "minutes_from_kickoff", "period", "order_count", "expected_orders", *LABELS,
)  # fmt: skip

VIEW = View(
    id="match",
    title="Match day",
    question="What happened to orders on the day of this match?",
    reads=(
        Reads(MatchTimelineExtract, _COLUMNS),
        Reads(MatchImpactExtract, (*MATCH_WINDOW, *UPLIFT, "extra_orders", "extra_revenue_cents", *PER_STORE, *LABELS)),
    ),
    filters=("source", "market"),
    filter_note="This is a single match. " + CHAINS_TOGETHER,
    address="match",
    charts={"match": _chart()},
)
