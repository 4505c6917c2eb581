"""Orders over time with marks for alarms, ticks for matches, and a small chart for zooming."""

from pizza_assets.dashboards.chart_parts import RESULTS, SCHEMA, SOURCES, Spec, real_only, tooltips, utc_x
from pizza_assets.dashboards.view import Reads, View
from pizza_assets.dashboards.view_columns import MATCH, ORDERS
from pizza_assets.models.extracts import AnomaliesExtract, MatchesExtract, OrdersTimelineExtract

_ZOOM = ("from", "to")
_SHORT_COUNT = "format(datum.value, datum.value >= 10000 ? '~s' : ',')"
_ALARMS = {"domain": ["surge", "outage", "day without any order"], "range": ["triangle-up", "triangle-down", "cross"]}
_ALARM_MARK = {"type": "point", "size": 95, "strokeWidth": 2, "clip": True, "cursor": "pointer", "opacity": 1}
_ALARM_COLORS = {"domain": _ALARMS["domain"], "range": ["$up", "$down", "$warn"]}


def _chart() -> Spec:
    return {
        "$schema": SCHEMA,
        "spacing": 6,
        "params": [{"name": name, "value": 0} for name in ("from", "to", "first", "last")],
        "vconcat": [_orders_over_time(), _match_ticks(), _overview()],
        "resolve": {"scale": {"color": "independent", "shape": "independent"}},
    }


def _orders_over_time() -> Spec:
    color = {"field": "order_source", "type": "nominal", "scale": SOURCES, "legend": None}
    orders = {
        "field": "known_orders",
        "type": "quantitative",
        "title": None,
        "axis": {"labelExpr": _SHORT_COUNT, "tickCount": 5},
    }
    return {
        "width": "$width",
        "height": 230,
        "encoding": {"x": utc_x("at", {"labels": False, "ticks": False, "domain": False}, ends=_ZOOM)},
        "layer": [
            {
                "data": {"name": "orders"},
                "mark": {"type": "area", "opacity": 0.1, "clip": True},
                "encoding": {"y": {**orders, "stack": None}, "color": color},
            },
            {
                "data": {"name": "orders"},
                "mark": {"type": "line", "strokeWidth": 1.6, "clip": True},
                "encoding": {"y": orders, "color": color},
            },
            {
                "data": {"name": "orders"},
                "mark": {"type": "point", "size": 26, "filled": False, "clip": True},
                "encoding": {
                    "y": {"field": "orders", "type": "quantitative"},
                    "color": color,
                    "opacity": {"condition": {"test": "datum.is_complete", "value": 0}, "value": 1},
                    "tooltip": tooltips(("label", "When"), ("source_words", "Data"), ("orders_words", "Orders")),
                },
            },
            {
                "data": {"name": "alarms"},
                "mark": _ALARM_MARK,
                "encoding": {
                    "y": {"field": "orders", "type": "quantitative"},
                    "shape": {"field": "kind_words", "type": "nominal", "scale": _ALARMS, "legend": None},
                    "stroke": {"field": "kind_words", "type": "nominal", "scale": _ALARM_COLORS, "legend": None},
                    "fill": real_only("kind_words", _ALARM_COLORS),
                    "tooltip": tooltips(
                        ("kind_words", "Alarm"),
                        ("source_words", "Data"),
                        ("when", "When"),
                        ("where", "Store"),
                        ("orders_words", "Orders"),
                        ("match_words", "Match"),
                        ("result", "Result"),
                    ),
                },
            },
        ],
        "resolve": {"scale": {"color": "independent"}},
    }


def _match_ticks() -> Spec:
    return {
        "width": "$width",
        "height": 18,
        "data": {"name": "matches"},
        "mark": {"type": "rule", "strokeWidth": 2, "cursor": "pointer", "clip": True},
        "encoding": {
            "x": utc_x("at", {"grid": False, "labelPadding": 5}, ends=_ZOOM),
            "y": {"value": 1},
            "y2": {"value": 17},
            "color": {"field": "result", "type": "nominal", "scale": RESULTS, "legend": None},
            "opacity": {"condition": {"test": "datum.match_source === 'mock'", "value": 0.5}, "value": 0.9},
            "tooltip": tooltips(
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
            "x": utc_x("at", {"grid": False, "labels": False, "ticks": False}, ends=("first", "last")),
            "y": {"field": "known_orders", "type": "quantitative", "stack": None, "axis": None},
            "color": {"field": "order_source", "type": "nominal", "scale": SOURCES, "legend": None},
        },
    }


VIEW = View(
    id="timeline",
    title="Orders over time",
    question="When do people order, when were the matches, and when were a store's orders unusual?",
    reads=(
        Reads(OrdersTimelineExtract, ORDERS),
        Reads(MatchesExtract, MATCH),
        Reads(
            AnomaliesExtract, ("market", "chain", "store_id", "kind", "starts_at", "match_id", "result", "order_source")
        ),
    ),
    filters=("source", "team", "competition", "type", "market", "chain", "dates"),
    partly=("team", "competition", "type"),
    filter_note="Team, competition and type select the match ticks; orders belong to a market, not to a match.",
    drill_target="match",
    charts={"timeline": _chart()},
)
