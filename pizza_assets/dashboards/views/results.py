"""Bars of the change before, during and after the match by the own team's result, with intervals as whiskers."""

from pizza_assets.dashboards.chart_parts import OWN_RESULTS, SCHEMA, Spec, tooltips, uplift, zero_line
from pizza_assets.dashboards.view import Reads, View
from pizza_assets.dashboards.view_columns import EFFECT, ESTIMATED_ONCE
from pizza_assets.models.extracts import CorrelationsExtract


def _chart() -> Spec:
    place = {
        "x": {
            "field": "window",
            "type": "nominal",
            "sort": ["before", "during", "after"],
            "title": None,
            "axis": {"labelAngle": 0, "domain": False, "ticks": False, "labelExpr": "datum.label + ' the match'"},
        },
        "xOffset": {"field": "result", "type": "nominal", "sort": OWN_RESULTS["domain"]},
    }
    tooltip = tooltips(
        ("result", "Own team's result"),
        ("window", "Orders"),
        ("uplift_words", "Change"),
        ("interval_words", "95 % interval"),
        ("per_store_words", "Per store and hour"),
        ("n_words", "Based on"),
    )
    return {
        "$schema": SCHEMA,
        "width": "$width",
        "height": 260,
        "layer": [
            {
                "data": {"name": "bars"},
                "mark": {"type": "bar", "cornerRadiusEnd": 3, "opacity": "$bar-opacity"},
                "encoding": {
                    **place,
                    "y": uplift("uplift_pct"),
                    "color": {"field": "result", "type": "nominal", "scale": OWN_RESULTS, "legend": None},
                    "tooltip": tooltip,
                },
            },
            {
                "data": {"name": "bars"},
                "mark": {"type": "rule", "color": "$ink", "strokeWidth": 1.6},
                "encoding": {**place, "y": uplift("ci_low_pct"), "y2": {"field": "ci_high_pct"}, "tooltip": tooltip},
            },
            zero_line(is_vertical=False),
        ],
    }


VIEW = View(
    id="results",
    title="Before, during and after, by result",
    question="How do orders change when the own team wins, draws or loses?",
    reads=(Reads(CorrelationsExtract, EFFECT),),
    filters=("source",),
    filter_note=ESTIMATED_ONCE,
    section="card half",
    charts={"results": _chart()},
)
