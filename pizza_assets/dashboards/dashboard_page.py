"""The local page: one HTML file that opens from disk, offline, with its data, charts and scripts inside.

It draws what the extracts say; statistics belong to the analysis, the look to the files in `page/`. Data enters
only as JSON, the scripts write it to the document only as text, and the content security policy names each script
and style by its hash and allows nothing else: a team's name cannot become code.
"""

import base64
import hashlib
import html
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

import pandas as pd
from pandera.typing.pandas import DataFrame

from pizza_assets.dashboards import page_payload
from pizza_assets.dashboards.chart_specs import chart_specs
from pizza_assets.dashboards.visuals import FILTERS, VISUALS
from pizza_assets.models.extracts import (
    CorrelationsExtract,
    DataQualityExtract,
    InsightsExtract,
    MatchesExtract,
    MatchImpactExtract,
    OrdersTimelineExtract,
)
from pizza_assets.models.merged import MatchWindows
from pizza_assets.models.vocabulary import OWN_TEAM_MATCH, Scope

_SCRIPTS = ("format.js", "dom.js", "data.js", "charts.js", "views.js", "match_day.js", "main.js")
"""The page's own scripts, in the order they are joined."""

_WINDOW_COLUMNS = ["match_id", "window", "window_start_at", "window_end_at"]
_IMPACT_COLUMNS = [
    "match_id", "market", "team", "side", "window", "observed", "expected", "uplift_pct", "ci_low_pct", "ci_high_pct",
    "extra_orders", "status", "reasons", "order_source", "match_source", "data_source",
]  # fmt: skip


@dataclass(frozen=True)
class PageData:
    """What the page shows. `data_as_of` is the time of the data in words, not of the rendering.

    `match_windows` is the table of that name (all weeks); only when each window starts and ends is read from it.
    `planted_effects` says in words what was built into mock orders, empty if nothing was.
    """

    title: str
    data_as_of: str
    planted_effects: str = ""
    orders_timeline: DataFrame[OrdersTimelineExtract] = field(default_factory=OrdersTimelineExtract.empty)
    matches: DataFrame[MatchesExtract] = field(default_factory=MatchesExtract.empty)
    match_impact: DataFrame[MatchImpactExtract] = field(default_factory=MatchImpactExtract.empty)
    match_windows: DataFrame[MatchWindows] = field(default_factory=MatchWindows.empty)
    correlations: DataFrame[CorrelationsExtract] = field(default_factory=CorrelationsExtract.empty)
    insights: DataFrame[InsightsExtract] = field(default_factory=InsightsExtract.empty)
    data_quality: DataFrame[DataQualityExtract] = field(default_factory=DataQualityExtract.empty)


def build_page(data: PageData) -> str:
    """The whole page as HTML text. Equal data give equal text."""
    style, bundle, app = _asset("page.css"), _chart_library(), _app_script()
    slots = {
        "policy": _content_security_policy(scripts=(bundle, app), styles=(style,)),
        "title": html.escape(_document_title(data)),
        "style": style,
        "data": page_payload.embedded_json(_payload(data)),
        "bundle": bundle,
        "app": app,
    }
    return _filled(_asset("page.html"), slots)


def _payload(data: PageData) -> dict[str, object]:
    return {
        "title": data.title,
        "data_as_of": data.data_as_of,
        "planted_effects": data.planted_effects,
        "filters": FILTERS,
        "visuals": {
            v.id: {
                "title": v.title,
                "question": v.question,
                "filters": v.filters,
                "partly": v.partly,
                "filter_note": v.filter_note,
            }
            for v in VISUALS
        },
        "specs": chart_specs(),
        "timeline": page_payload.timeline(data.orders_timeline),
        "matches": page_payload.columns(data.matches, MatchesExtract.column_names()),
        "impact": page_payload.columns(data.match_impact, _IMPACT_COLUMNS),
        "windows": page_payload.columns(data.match_windows[_WINDOW_COLUMNS].drop_duplicates(), _WINDOW_COLUMNS),
        "correlations": page_payload.columns(
            _of_the_match_itself(data.correlations), CorrelationsExtract.column_names()
        ),
        "insights": page_payload.columns(data.insights, InsightsExtract.column_names()),
        "quality": page_payload.columns(data.data_quality, DataQualityExtract.column_names()),
    }


def _of_the_match_itself(correlations: pd.DataFrame) -> pd.DataFrame:
    """What the view of effects draws; outcomes and parts of the business are told by insights and in the extract."""
    is_match = (correlations["scope"] == Scope.OVERALL) & (correlations["subject"] == OWN_TEAM_MATCH)
    return correlations[is_match]


def _document_title(data: PageData) -> str:
    """The title of the browser's tab names the mock data too, so a bookmark or a print cannot hide it."""
    orders, matches = set(data.orders_timeline["order_source"].unique()), set(data.matches["match_source"].unique())
    if "mock" not in orders | matches:
        return data.title
    if "real" not in orders | matches:
        return f"MOCK DATA · {data.title}"
    return f"{'MOCK ORDERS' if orders == {'mock'} else 'PARTLY MOCK'} · {data.title}"


def _app_script() -> str:
    """The page's scripts as one function: the chart library takes many names at the top level."""
    return '(() => {\n"use strict";\n' + "\n".join(_asset(name) for name in _SCRIPTS) + "\n})();\n"


@cache
def _chart_library() -> str:
    import vl_convert

    return vl_convert.javascript_bundle()


@cache
def _asset(name: str) -> str:
    return (files("pizza_assets.dashboards") / "page" / name).read_text(encoding="utf-8")


def _content_security_policy(scripts: tuple[str, ...], styles: tuple[str, ...]) -> str:
    return (
        f"default-src 'none'; script-src {_hashes(scripts)}; style-src {_hashes(styles)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hashes(texts: tuple[str, ...]) -> str:
    digests = (hashlib.sha256(text.encode()).digest() for text in texts)
    return " ".join(f"'sha256-{base64.b64encode(digest).decode('ascii')}'" for digest in digests)


def _filled(template: str, slots: dict[str, str]) -> str:
    """`template` with each `{{name}}` replaced once; what is filled in is not searched for slots again."""
    parts = template.split("{{")
    filled = [parts[0]]
    for part in parts[1:]:
        name, _, rest = part.partition("}}")
        filled += [slots[name], rest]
    return "".join(filled)
