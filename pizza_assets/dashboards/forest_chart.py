"""A forest plot: one row per hypothesis; the pale band marks effects too small to detect (+- MDE)."""

from pizza_assets.dashboards.chart_parts import SCHEMA, SOURCES, Spec, tooltips, uplift, zero_line


def forest() -> Spec:
    row = {
        "field": "row",
        "type": "ordinal",
        "sort": None,
        "title": None,
        "axis": {"labelExpr": "split(datum.label, '\\n')", "labelLineHeight": 14, "labelLimit": 400, "grid": False},
    }
    color = {"field": "order_source", "type": "nominal", "scale": SOURCES, "legend": None}
    tooltip = tooltips(
        ("hypothesis", "Hypothesis"),
        ("uplift_words", "Change"),
        ("interval_words", "95 % interval"),
        ("per_store_words", "Per store and hour"),
        ("mde_words", "Smallest detectable change"),
        ("n_words", "Based on"),
        ("q_words", "Expected false share"),
    )
    return {
        "$schema": SCHEMA,
        "width": "$width",
        "height": {"step": "$step"},
        "layer": [
            {
                "data": {"name": "effects"},
                "mark": {"type": "bar", "color": "$mde", "height": {"band": 0.62}, "cornerRadius": 3},
                "encoding": {"y": row, "x": uplift("mde_low"), "x2": {"field": "mde_high"}, "tooltip": tooltip},
            },
            zero_line(is_vertical=True),
            {
                "data": {"name": "effects"},
                "mark": {"type": "rule", "strokeWidth": 3, "strokeCap": "round"},
                "encoding": {
                    "y": row,
                    "x": uplift("ci_low_pct"),
                    "x2": {"field": "ci_high_pct"},
                    "color": color,
                    "opacity": {"condition": {"test": "datum.is_found", "value": 1}, "value": 0.55},
                    "tooltip": tooltip,
                },
            },
            {
                "data": {"name": "effects"},
                "mark": {"type": "point", "size": 100, "strokeWidth": 2.5},
                "encoding": {
                    "y": row,
                    "x": uplift("uplift_pct"),
                    "stroke": color,
                    "fill": {"condition": {"test": "datum.data_source === 'real'", "value": "$real"}, "value": "$card"},
                    "tooltip": tooltip,
                },
            },
            {
                "data": {"name": "effects"},
                "mark": {"type": "text", "dy": -13, "fontSize": 11.5, "fontWeight": 600, "color": "$ink"},
                "encoding": {"y": row, "x": uplift("uplift_pct"), "text": {"field": "uplift_words"}},
            },
        ],
    }
