"""Vega-Lite specifications of the page's charts, as plain dicts. Data, sizes and colours are filled in by the page.

A value `"$name"` stands for the page's CSS variable `--name`, so light and dark colours are declared once;
`"$width"` and `"$ticks"` follow the width at hand. Data sets are named and empty here.
"""

Spec = dict[str, object]

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
_RESULTS = {
    "domain": ["home win", "draw", "away win", "no result"],
    "range": ["$home-win", "$draw", "$away-win", "$faint"],
}
_SOURCES = {"domain": ["real", "mock"], "range": ["$real", "$mock"]}
_ZOOM = ("from", "to")
_WINDOWS = {"domain": ["before", "during", "after"], "range": ["$window-pre", "$window-during", "$window-post"]}


_SHORT_COUNT = "format(datum.value, datum.value >= 10000 ? '~s' : ',')"


def chart_specs() -> dict[str, Spec]:
    """Every chart of the page by name."""
    return {"timeline": _timeline(), "effects": _effects(), "match": _match_day(), "quality": _quality()}


def _timeline() -> Spec:
    return {
        "$schema": SCHEMA,
        "spacing": 6,
        "params": [{"name": name, "value": 0} for name in ("from", "to", "first", "last")],
        "vconcat": [_orders_over_time(), _match_ticks(), _overview()],
        "resolve": {"scale": {"color": "independent"}},
    }


def _orders_over_time() -> Spec:
    color = {"field": "order_source", "type": "nominal", "scale": _SOURCES, "legend": None}
    orders = {
        "field": "known_orders",
        "type": "quantitative",
        "title": None,
        "axis": {"labelExpr": _SHORT_COUNT, "tickCount": 5},
    }
    return {
        "width": "$width",
        "height": 210,
        "data": {"name": "orders"},
        "encoding": {"x": _utc_x("at", {"labels": False, "ticks": False, "domain": False}, ends=_ZOOM)},
        "layer": [
            {
                "mark": {"type": "area", "opacity": 0.12, "clip": True},
                "encoding": {"y": {**orders, "stack": None}, "color": color},
            },
            {
                "mark": {"type": "line", "strokeWidth": 1.6, "clip": True},
                "encoding": {
                    "y": orders,
                    "color": color,
                },
            },
            {
                "mark": {"type": "point", "size": 26, "filled": False, "clip": True},
                "encoding": {
                    "y": {"field": "orders", "type": "quantitative"},
                    "color": color,
                    "opacity": {"condition": {"test": "datum.is_complete", "value": 0}, "value": 1},
                    "tooltip": _tooltips(("label", "When"), ("source_words", "Orders are"), ("orders_words", "Orders")),
                },
            },
        ],
    }


def _match_ticks() -> Spec:
    return {
        "width": "$width",
        "height": 18,
        "data": {"name": "matches"},
        "mark": {"type": "rule", "strokeWidth": 2, "cursor": "pointer", "clip": True},
        "encoding": {
            "x": _utc_x("at", {"grid": False, "labelPadding": 5}, ends=_ZOOM),
            "y": {"value": 1},
            "y2": {"value": 17},
            "color": {"field": "result", "type": "nominal", "scale": _RESULTS, "legend": None},
            "opacity": {"condition": {"test": "datum.match_source === 'mock'", "value": 0.5}, "value": 0.9},
            "tooltip": _tooltips(
                ("label", "Match"), ("when", "Kick-off"), ("competition", "Competition"), ("result", "Result")
            ),
        },
    }


def _overview() -> Spec:
    return {
        "width": "$width",
        "height": 40,
        "data": {"name": "overview"},
        "params": [{"name": "brush", "select": {"type": "interval", "encodings": ["x"]}}],
        "mark": {"type": "area", "opacity": 0.35, "line": {"strokeWidth": 1}},
        "encoding": {
            "x": _utc_x("at", {"grid": False, "labels": False, "ticks": False}, ends=("first", "last")),
            "y": {"field": "known_orders", "type": "quantitative", "stack": None, "axis": None},
            "color": {"field": "order_source", "type": "nominal", "scale": _SOURCES, "legend": None},
        },
    }


def _effects() -> Spec:
    """A forest plot: one row per hypothesis; the pale band is what the data could not have seen (+- MDE)."""
    row = {
        "field": "row",
        "type": "ordinal",
        "sort": None,
        "title": None,
        "axis": {"labelExpr": "split(datum.label, '\\n')", "labelLineHeight": 15, "labelLimit": 400, "grid": False},
    }
    uplift = {
        "type": "quantitative",
        "title": "change in orders, %",
        "axis": {"labelExpr": "(datum.value > 0 ? '+' : '') + datum.label"},
    }
    color = {"field": "order_source", "type": "nominal", "scale": _SOURCES, "legend": None}
    tooltip = _tooltips(
        ("hypothesis", "Hypothesis"),
        ("uplift_words", "Change"),
        ("interval_words", "95 % interval"),
        ("mde_words", "Smallest change we would find"),
        ("n_words", "Based on"),
        ("q_words", "q-value"),
    )
    return {
        "$schema": SCHEMA,
        "width": "$width",
        "height": {"step": 54},
        "data": {"name": "effects"},
        "encoding": {"y": row, "tooltip": tooltip},
        "layer": [
            {
                "mark": {"type": "bar", "color": "$mde", "height": 30, "cornerRadius": 3},
                "encoding": {"x": {"field": "mde_low", **uplift}, "x2": {"field": "mde_high"}},
            },
            {
                "mark": {"type": "rule", "color": "$axis", "strokeWidth": 1.5},
                "encoding": {
                    "x": {"datum": 0},
                    "y": {"value": 0},
                    "y2": {"value": {"expr": "height"}},
                    "tooltip": {"value": None},
                },
            },
            {
                "mark": {"type": "rule", "strokeWidth": 3, "strokeCap": "round"},
                "encoding": {"x": {"field": "ci_low_pct", **uplift}, "x2": {"field": "ci_high_pct"}, "color": color},
            },
            {
                "mark": {"type": "point", "size": 110, "strokeWidth": 2.5},
                "encoding": {
                    "x": {"field": "uplift_pct", **uplift},
                    "stroke": color,
                    "fill": {"condition": {"test": "datum.data_source === 'real'", "value": "$real"}, "value": "$card"},
                },
            },
            {
                "mark": {"type": "text", "dy": -14, "fontSize": 11.5, "fontWeight": 600, "color": "$ink"},
                "encoding": {"x": {"field": "uplift_pct", **uplift}, "text": {"field": "uplift_words"}},
            },
        ],
    }


def _match_day() -> Spec:
    return {
        "$schema": SCHEMA,
        "width": "$width",
        "height": 190,
        "layer": [
            {
                "data": {"name": "windows"},
                "mark": {"type": "rect", "opacity": 0.75},
                "encoding": {
                    "x": _utc_x("starts_at", {"grid": False, "format": "%H:%M"}),
                    "x2": {"field": "ends_at"},
                    "color": {"field": "window", "type": "nominal", "scale": _WINDOWS, "legend": None},
                    "tooltip": _tooltips(
                        ("window", "Window"),
                        ("when", "When"),
                        ("observed_words", "Orders"),
                        ("expected_words", "Usual"),
                    ),
                },
            },
            {
                "data": {"name": "hours"},
                "mark": {"type": "rect", "cornerRadius": 2, "stroke": "$card", "strokeWidth": 1.5},
                "encoding": {
                    "x": _utc_x("at", {}),
                    "x2": {"field": "ends_at"},
                    "y": {
                        "field": "orders",
                        "type": "quantitative",
                        "title": "orders per hour",
                        "axis": {"tickCount": 4},
                    },
                    "y2": {"datum": 0},
                    "color": {"field": "order_source", "type": "nominal", "scale": _SOURCES, "legend": None},
                    "opacity": {"condition": {"test": "datum.is_complete", "value": 0.85}, "value": 0.35},
                    "tooltip": _tooltips(("label", "Hour"), ("source_words", "Orders are"), ("orders_words", "Orders")),
                },
            },
            {
                "data": {"name": "windows"},
                "mark": {"type": "rule", "strokeWidth": 3, "color": "$ink"},
                "encoding": {
                    "x": _utc_x("starts_at", {}),
                    "x2": {"field": "ends_at"},
                    "y": {"field": "expected_per_hour", "type": "quantitative"},
                },
            },
            {
                "data": {"name": "kickoff"},
                "mark": {"type": "rule", "strokeDash": [3, 3], "color": "$ink"},
                "encoding": {"x": _utc_x("at", {})},
            },
        ],
        "resolve": {"scale": {"color": "independent"}},
    }


def _quality() -> Spec:
    sources = {"domain": ["real", "mock", "none"], "range": ["$real", "$mock", "$nothing"]}
    return {
        "$schema": SCHEMA,
        "width": "$width",
        "height": {"step": 30},
        "data": {"name": "weeks"},
        "encoding": {
            "x": _utc_x("starts_at", {"grid": False}),
            "y": {"field": "dataset", "type": "nominal", "title": None, "axis": {"domain": False, "ticks": False}},
            "tooltip": _tooltips(
                ("week", "Week from"),
                ("dataset", "Data"),
                ("source_words", "They are"),
                ("source_name", "From"),
                ("rows_words", "Rows"),
                ("rejected_words", "Refused"),
                ("reason", "Why"),
            ),
        },
        "layer": [
            {
                "mark": {"type": "bar", "height": 20, "binSpacing": 1},
                "encoding": {
                    "x2": {"field": "ends_at"},
                    "color": {"field": "data_source", "type": "nominal", "scale": sources, "legend": None},
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
                "encoding": {"x": _utc_x("middle_at", {})},
            },
        ],
    }


def _utc_x(field: str, axis: dict[str, object], *, ends: tuple[str, str] | None = None) -> dict[str, object]:
    """A time axis in UTC; `ends` names the two parameters that bound it, where the data alone don't."""
    scale: dict[str, object] = {"type": "utc", "nice": False}
    if ends:
        scale |= {"domainMin": {"expr": ends[0]}, "domainMax": {"expr": ends[1]}}
    return {
        "field": field,
        "type": "temporal",
        "title": None,
        "scale": scale,
        "axis": {"labelOverlap": True, "tickCount": "$ticks", **axis},
    }


def _tooltips(*fields: tuple[str, str]) -> list[dict[str, str]]:
    return [{"field": field, "title": title, "type": "nominal"} for field, title in fields]
