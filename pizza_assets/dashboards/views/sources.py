"""How much is real and how much mock, month by month: orders above, matches below."""

from pizza_assets.dashboards.chart_parts import SCHEMA, SOURCES, Spec, tooltips
from pizza_assets.dashboards.view import Reads, View
from pizza_assets.dashboards.view_columns import MATCH
from pizza_assets.models.extracts import MatchesExtract, OrdersTimelineExtract


def _chart() -> Spec:
    return {
        "$schema": SCHEMA,
        "spacing": 14,
        "vconcat": [_bars("orders", has_labels=False), _bars("matches", has_labels=True)],
        "resolve": {"scale": {"y": "independent"}},
    }


def _bars(what: str, *, has_labels: bool) -> Spec:
    return {
        "width": "$width",
        "height": 96,
        "data": {"name": what},
        "mark": {"type": "bar", "cornerRadiusEnd": 2},
        "encoding": {
            "x": {
                "field": "month",
                "type": "ordinal",
                "sort": None,
                "title": None,
                "axis": {"labels": has_labels, "ticks": False, "labelAngle": 0, "labelOverlap": True},
            },
            "y": {
                "field": "number",
                "type": "quantitative",
                "title": what,
                "axis": {"tickCount": 3, "labelExpr": "format(datum.value, datum.value >= 10000 ? '~s' : ',')"},
            },
            "color": {"field": "source", "type": "nominal", "scale": SOURCES, "legend": None},
            "xOffset": {"field": "source", "type": "nominal", "sort": SOURCES["domain"]},
            "tooltip": tooltips(("month", "Month"), ("what", "Data"), ("words", "How many")),
        },
    }


VIEW = View(
    id="sources",
    title="Real and mock, month by month",
    question="How much of the data is real?",
    reads=(
        Reads(OrdersTimelineExtract, ("hour_at", "market", "chain", "order_count", "order_source")),
        Reads(MatchesExtract, MATCH),
    ),
    filters=("source", "team", "competition", "type", "market", "chain", "dates"),
    partly=("team", "competition", "type", "market", "chain"),
    filter_note="Market and chain select orders; team, competition and type select matches.",
    charts={"sources": _chart()},
)
