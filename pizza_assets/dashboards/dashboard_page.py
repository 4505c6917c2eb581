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
from pizza_assets.models.currency import minor_digits
from pizza_assets.models.extracts import (
    AnomaliesExtract,
    ChecksExtract,
    CorrelationsExtract,
    DataQualityExtract,
    EventStudyExtract,
    InsightsExtract,
    MatchesExtract,
    MatchImpactExtract,
    MatchTimelineExtract,
    OrdersTimelineExtract,
)
from pizza_assets.models.forecast_extracts import ComingMatchesExtract, ForecastAccuracyExtract, MatchForecastExtract
from pizza_assets.models.merged import QuarterHours
from pizza_assets.models.table import Table

_SCRIPTS = (
    "format.js", "dom.js", "data.js", "filters.js", "charts.js", "paging.js",
    "insights.js", "kpis.js", "timeline.js", "kickoff.js", "effects.js", "outcomes.js", "results.js", "calendar.js",
    "coming.js", "matches.js", "anomalies.js", "sources.js", "accuracy.js", "quality.js", "match_day.js", "fixture.js",
    "main.js",
)  # fmt: skip
"""The page's own scripts, in the order they are joined."""

_IMPACT_COLUMNS = [
    "match_id", "market", "team", "side", "window", "window_start_at", "window_end_at", "kickoff_date", "kickoff_time",
    "observed", "expected", "uplift_pct", "ci_low_pct", "ci_high_pct", "extra_orders", "orders_per_hour",
    "extra_orders_per_store_hour",
    "extra_revenue_cents", "extra_revenue_per_store_hour_cents", "currency", "own_result", "own_goal_difference",
    "total_goals", "status", "reasons", "order_source", "match_source", "data_source",
]  # fmt: skip
_EFFECT_COLUMNS = [
    "hypothesis", "role", "subject", "scope", "scope_value", "time_window", "uplift_pct", "ci_low_pct",
    "ci_high_pct", "q_value", "direction", "n_matches", "n_clusters",
    "mde_80_pct", "correlation_coefficient", "spearman_coefficient", "placebo_uplift_pct", "placebo_ci_low_pct",
    "placebo_ci_high_pct", "leave_one_out_low_pct", "leave_one_out_high_pct",
    "pre_trend_p_value", "few_control_share", "method", "extra_orders_per_store_hour", "extra_orders_low",
    "extra_orders_high", "extra_revenue_per_store_hour_cents", "currency", "status", "reasons", "order_source",
    "match_source", "data_source",
]  # fmt: skip


@dataclass(frozen=True)
class PageData:
    """What the page shows. `data_as_of` is the time of the data in words, not of the rendering.

    `quarter_hours` is the table of that name (all weeks), its stores summed: what is drawn where an hour is too coarse.
    `planted_effects` says in words what was built into mock orders, empty if nothing was. `weeks_for_alarms`: fewer
    weeks of orders have no alarms, so that none was found says nothing.
    """

    title: str
    data_as_of: str
    planted_effects: str = ""
    weeks_for_alarms: int = 8
    orders_timeline: DataFrame[OrdersTimelineExtract] = field(default_factory=OrdersTimelineExtract.empty)
    quarter_hours: pd.DataFrame = field(default_factory=QuarterHours.empty)
    matches: DataFrame[MatchesExtract] = field(default_factory=MatchesExtract.empty)
    match_timeline: DataFrame[MatchTimelineExtract] = field(default_factory=MatchTimelineExtract.empty)
    match_impact: DataFrame[MatchImpactExtract] = field(default_factory=MatchImpactExtract.empty)
    correlations: DataFrame[CorrelationsExtract] = field(default_factory=CorrelationsExtract.empty)
    event_study: DataFrame[EventStudyExtract] = field(default_factory=EventStudyExtract.empty)
    anomalies: DataFrame[AnomaliesExtract] = field(default_factory=AnomaliesExtract.empty)
    insights: DataFrame[InsightsExtract] = field(default_factory=InsightsExtract.empty)
    data_quality: DataFrame[DataQualityExtract] = field(default_factory=DataQualityExtract.empty)
    checks: DataFrame[ChecksExtract] = field(default_factory=ChecksExtract.empty)
    coming_matches: DataFrame[ComingMatchesExtract] = field(default_factory=ComingMatchesExtract.empty)
    match_forecast: DataFrame[MatchForecastExtract] = field(default_factory=MatchForecastExtract.empty)
    forecast_accuracy: DataFrame[ForecastAccuracyExtract] = field(default_factory=ForecastAccuracyExtract.empty)


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
    """Counts lie beside the rest: they are packed already, and most of them are unpacked only when asked for."""
    return {
        "tables": page_payload.compressed_json(_tables(data)),
        "daily": page_payload.daily(data.orders_timeline),
        "quarters": page_payload.quarter_hourly(data.quarter_hours),
        "expected": page_payload.expected(data.match_timeline),
    }


def _tables(data: PageData) -> dict[str, object]:
    return {
        "title": data.title,
        "data_as_of": data.data_as_of,
        "planted_effects": data.planted_effects,
        "weeks_for_alarms": data.weeks_for_alarms,
        "minor_digits": {code: minor_digits(code) for code in sorted(_currencies(data))},
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
        "matches": _columns(data.matches, MatchesExtract),
        "impact": page_payload.columns(data.match_impact, _IMPACT_COLUMNS),
        "effects": page_payload.columns(data.correlations, _EFFECT_COLUMNS),
        "events": _columns(data.event_study, EventStudyExtract),
        "anomalies": _columns(data.anomalies, AnomaliesExtract),
        "insights": _columns(data.insights, InsightsExtract),
        "quality": _columns(data.data_quality, DataQualityExtract),
        "checks": _columns(data.checks, ChecksExtract),
        "coming": _columns(data.coming_matches, ComingMatchesExtract),
        "forecast": _columns(data.match_forecast, MatchForecastExtract),
        "accuracy": _columns(data.forecast_accuracy, ForecastAccuracyExtract),
    }


def _currencies(data: PageData) -> set[str]:
    frames = (
        data.orders_timeline,
        data.match_impact,
        data.correlations,
        data.event_study,
        data.anomalies,
        data.insights,
    )
    return {code for frame in frames for code in frame["currency"].dropna().unique()}


def _columns(frame: pd.DataFrame, model: type[Table]) -> dict[str, object]:
    return page_payload.columns(frame, model.column_names())


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
