"""How far forecasts were off, all up to each date, beside the plain mean of eight weeks."""

from pizza_assets.dashboards.chart_specs.parts import SCHEMA, Spec, tooltips, utc_x


def accuracy() -> Spec:
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
