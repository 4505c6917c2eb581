"""What several charts share: colours of labels and results, axes, tooltips. Whole charts do not belong here.

Charts are Vega-Lite specifications as plain dicts; the page fills in data, sizes and colours. A value `"$name"` stands
for the page's CSS variable `--name`, so light and dark colours are declared once; `"$width"` and `"$ticks"` follow the
available width. Data sets are only named here.
"""

Spec = dict[str, object]

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
RESULTS = {
    "domain": ["home win", "draw", "away win", "no result"],
    "range": ["$home-win", "$draw", "$away-win", "$faint"],
}
OWN_RESULTS = {"domain": ["win", "draw", "loss"], "range": ["$home-win", "$draw", "$away-win"]}
SOURCES = {"domain": ["real", "mock"], "range": ["$real", "$mock"]}
WINDOWS = {"domain": ["before", "during", "after"], "range": ["$window-pre", "$window-during", "$window-post"]}
SIGNED = "(datum.value > 0 ? '+' : '') + datum.label"


def utc_x(field: str, axis: Spec, *, ends: tuple[str, str] | None = None) -> Spec:
    """A time axis in UTC; `ends` names the two parameters that bound it, if the data should not."""
    scale: Spec = {"type": "utc", "nice": False}
    if ends:
        scale |= {"domainMin": {"expr": ends[0]}, "domainMax": {"expr": ends[1]}}
    return {
        "field": field,
        "type": "temporal",
        "title": None,
        "scale": scale,
        "axis": {"labelOverlap": True, "labelSeparation": 8, "tickCount": "$ticks", **axis},
    }


def uplift(field: str, title: str | None = "change in orders, %", **more: object) -> Spec:
    """A quantitative channel in per cent, labelled with the sign."""
    return {"field": field, "type": "quantitative", "title": title, "axis": {"labelExpr": SIGNED, **more}}


def tooltips(*fields: tuple[str, str]) -> list[dict[str, str]]:
    """A tooltip of these fields, each under its title."""
    return [{"field": field, "title": title, "type": "nominal"} for field, title in fields]


def real_only(field: str, scale: Spec) -> Spec:
    """A fill for marks of real results; marks based on mock data stay hollow."""
    return {
        "condition": {
            "test": "datum.data_source === 'real'",
            "field": field,
            "type": "nominal",
            "scale": scale,
            "legend": None,
        },
        "value": "$card",
    }


def zero_line(*, is_vertical: bool) -> Spec:
    """A line at no change, across the whole chart."""
    along, length = ("y", "height") if is_vertical else ("x", "width")
    across = "x" if is_vertical else "y"
    return {
        "data": {"values": [{}]},
        "mark": {"type": "rule", "color": "$axis", "strokeWidth": 1.5},
        "encoding": {
            across: {"datum": 0, "type": "quantitative"},
            along: {"value": 0},
            f"{along}2": {"value": {"expr": length}},
        },
    }
