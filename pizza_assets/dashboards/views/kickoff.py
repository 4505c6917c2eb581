"""How orders differ from usual in the minutes around kick-off: a line with its band, over the windows of a match."""

from pizza_assets.dashboards.chart_parts import SCHEMA, SOURCES, WINDOWS, Spec, tooltips, uplift, zero_line
from pizza_assets.dashboards.forest_chart import forest
from pizza_assets.dashboards.view import Reads, View
from pizza_assets.dashboards.view_columns import ESTIMATED_ONCE, LABELS, PER_STORE
from pizza_assets.models.extracts import CorrelationsExtract, EventStudyExtract

_MINUTES = {
    "type": "quantitative",
    "scale": {"nice": False},
    "title": "minutes from kick-off",
    "axis": {"values": list(range(-180, 301, 60)), "labelExpr": "(datum.value > 0 ? '+' : '') + datum.label"},
}


def _chart() -> Spec:
    color = {"field": "order_source", "type": "nominal", "scale": SOURCES, "legend": None}
    middle = {"field": "minutes_middle", **_MINUTES}
    return {
        "$schema": SCHEMA,
        "width": "$width",
        "height": 240,
        "layer": [
            {
                "data": {"name": "windows"},
                "mark": {"type": "rect", "opacity": 0.7},
                "encoding": {
                    "x": {"field": "starts", **_MINUTES},
                    "x2": {"field": "ends"},
                    "color": {"field": "window", "type": "nominal", "scale": WINDOWS, "legend": None},
                },
            },
            zero_line(is_vertical=False),
            {
                "data": {"name": "points"},
                "mark": {"type": "area", "opacity": 0.22, "interpolate": "monotone"},
                "encoding": {"x": middle, "y": uplift("ci_low_pct"), "y2": {"field": "ci_high_pct"}, "color": color},
            },
            {
                "data": {"name": "points"},
                "mark": {"type": "line", "strokeWidth": 2.4, "interpolate": "monotone"},
                "encoding": {"x": middle, "y": uplift("uplift_pct"), "color": color},
            },
            {
                "data": {"name": "points"},
                "mark": {"type": "point", "size": 46, "strokeWidth": 2},
                "encoding": {
                    "x": middle,
                    "y": uplift("uplift_pct"),
                    "stroke": color,
                    "fill": {"condition": {"test": "datum.data_source === 'real'", "value": "$real"}, "value": "$card"},
                    "tooltip": tooltips(
                        ("span", "Minutes"),
                        ("uplift_words", "Change"),
                        ("interval_words", "Band"),
                        ("per_store_words", "Per store and hour"),
                        ("n_words", "Based on"),
                    ),
                },
            },
        ],
        "resolve": {"scale": {"color": "independent"}},
    }


_COLUMNS = (
    "event", "series", "minutes_from", "minutes_to", "minutes_middle", "uplift_pct", "ci_low_pct", "ci_high_pct",
    "band", "is_calibrated", "n_matches", "n_goals", "status", "reasons", *PER_STORE, *LABELS,
)  # fmt: skip

VIEW = View(
    id="kickoff",
    title="Around kick-off and goals",
    question="In which minutes do orders differ from usual?",
    reads=(
        Reads(EventStudyExtract, _COLUMNS),
        Reads(CorrelationsExtract, ("subject", "direction", "order_source", "match_source")),
    ),
    filters=("source",),
    filter_note=ESTIMATED_ONCE,
    charts={"kickoff": _chart(), "forest": forest()},
)
