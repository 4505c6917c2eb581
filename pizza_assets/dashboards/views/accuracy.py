"""How far forecasts were off, all up to each date, beside the plain mean of eight weeks."""

from pizza_assets.dashboards.chart_parts import SCHEMA, Spec, tooltips, utc_x
from pizza_assets.dashboards.view import Reads, View
from pizza_assets.dashboards.view_columns import LABELS
from pizza_assets.models.forecast_extracts import ForecastAccuracyExtract


def _chart() -> Spec:
    colors = {"domain": ["forecast", "mean of 8 weeks"], "range": ["$accent", "$axis"]}
    return {
        "$schema": SCHEMA,
        "width": "$width",
        "height": 170,
        "data": {"name": "points"},
        "mark": {"type": "line", "point": {"size": 26}, "strokeWidth": 2},
        "encoding": {
            "x": utc_x("at", {"grid": False}),
            "y": {
                "field": "error_pct",
                "type": "quantitative",
                "title": "missed, % of orders",
                "axis": {"tickCount": 4},
                "scale": {"domainMin": 0},
            },
            "color": {"field": "series", "type": "nominal", "scale": colors, "legend": None},
            "tooltip": tooltips(
                ("series", "By the"),
                ("until_words", "Until"),
                ("error_words", "Missed"),
                ("inside_words", "In their intervals"),
                ("n_words", "Based on"),
            ),
        },
    }


_COLUMNS = (
    "evidence", "span", "until_date", "scored_forecasts", "error_pct", "error_of_mean_pct", "bias_pct", "inside_80_pct",
    "inside_95_pct", "sentence", *LABELS,
)  # fmt: skip

VIEW = View(
    id="accuracy",
    title="Do the forecasts hold?",
    question="How far were past forecasts off, and how often did their intervals hold?",
    reads=(Reads(ForecastAccuracyExtract, _COLUMNS),),
    filters=("source",),
    filter_note="Counted over all forecasts of own matches.",
    charts={"accuracy": _chart()},
)
