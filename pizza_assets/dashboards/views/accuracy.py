"""The error of all forecasts up to each date, compared with that of the plain mean of eight weeks."""

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
                "title": "error, % of orders",
                "axis": {"tickCount": 4},
                "scale": {"domainMin": 0},
            },
            "color": {"field": "series", "type": "nominal", "scale": colors, "legend": None},
            "tooltip": tooltips(
                ("series", "Method"),
                ("until_words", "Matches until"),
                ("error_words", "Error"),
                ("inside_words", "Within intervals"),
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
    title="How accurate are the forecasts?",
    question="How far off were past forecasts, and how often did their intervals contain the actual orders?",
    reads=(Reads(ForecastAccuracyExtract, _COLUMNS),),
    filters=("source",),
    filter_note="Computed over all forecasts of matches of own teams.",
    charts={"accuracy": _chart()},
)
