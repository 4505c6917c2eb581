"""Every match as a dot, its goals against the change in orders after it, with the tested line."""

from pizza_assets.dashboards.chart_parts import OWN_RESULTS, SCHEMA, Spec, real_only, tooltips, uplift, zero_line
from pizza_assets.dashboards.view import Reads, View
from pizza_assets.dashboards.view_columns import ALL_BUT_CHAIN, CHAINS_TOGETHER, EFFECT, LABELS, MATCH_WINDOW, UPLIFT
from pizza_assets.models.extracts import CorrelationsExtract, MatchImpactExtract


def _chart() -> Spec:
    goals = {
        "type": "quantitative",
        "title": "$x-title",
        "axis": {"format": "d", "tickMinStep": 1, "grid": False},
        "scale": {"nice": False, "padding": 12, "zero": False},
    }
    change = {
        **uplift("uplift_pct"),
        "scale": {"clamp": True, "domainMin": {"expr": "least"}, "domainMax": {"expr": "most"}},
    }
    return {
        "$schema": SCHEMA,
        "width": "$width",
        "height": 300,
        "params": [{"name": "least", "value": -100}, {"name": "most", "value": 150}],
        "layer": [
            zero_line(is_vertical=False),
            {
                "data": {"name": "dots"},
                "mark": {"type": "point", "size": 30, "strokeWidth": 1.4, "opacity": 0.6, "cursor": "pointer"},
                "encoding": {
                    "x": {"field": "x", **goals},
                    "y": change,
                    "stroke": {"field": "own_result", "type": "nominal", "scale": OWN_RESULTS, "legend": None},
                    "fill": real_only("own_result", OWN_RESULTS),
                    "size": {
                        "field": "n",
                        "type": "quantitative",
                        "scale": {"domain": [1, 100], "range": [30, 400]},
                        "legend": None,
                    },
                    "tooltip": tooltips(
                        ("label", "Match"),
                        ("when", "Kick-off"),
                        ("market", "Market"),
                        ("uplift_words", "Change"),
                        ("interval_words", "95 % interval"),
                        ("per_store_words", "Per store and hour"),
                    ),
                },
            },
            {
                "data": {"name": "line"},
                "mark": {"type": "area", "opacity": 0.18, "color": "$ink"},
                "encoding": {"x": {"field": "x", **goals}, "y": {**change, "field": "low"}, "y2": {"field": "high"}},
            },
            {
                "data": {"name": "line"},
                "mark": {"type": "line", "strokeDash": [5, 4], "color": "$ink", "strokeWidth": 1.8},
                "encoding": {"x": {"field": "x", **goals}, "y": {**change, "field": "value"}},
            },
        ],
    }


VIEW = View(
    id="outcomes",
    title="Does the result matter?",
    question="Do orders after the match depend on how it ended?",
    reads=(
        Reads(
            MatchImpactExtract, (*MATCH_WINDOW, "own_goal_difference", "total_goals", "own_result", *UPLIFT, *LABELS)
        ),
        Reads(CorrelationsExtract, (*EFFECT, "correlation_coefficient", "spearman_coefficient")),
    ),
    filters=ALL_BUT_CHAIN,
    filter_note=CHAINS_TOGETHER,
    drill_target="match",
    section="card half",
    charts={"outcomes": _chart()},
)
