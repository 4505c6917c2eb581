"""The local page: one HTML file that opens from disk, offline, with its data, charts and scripts inside.

It shows the extracts; statistics belong to the analysis, the look to the files in `page/`, each view to its two files
in `views/`. Data enters only as JSON, the scripts write it to the document only as text, and the content security
policy names each script and style by its hash and allows nothing else: a team's name cannot become code.
"""

import base64
import hashlib
import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.resources import files

import pandas as pd

from pizza_assets.dashboards import match_rows, page_payload
from pizza_assets.dashboards.chart_library import chart_library
from pizza_assets.dashboards.view import FILTERS, View, short_name
from pizza_assets.dashboards.views import EXTRACTS_READ, VIEWS, columns_read
from pizza_assets.models.currency import minor_digits
from pizza_assets.models.extracts import (
    CorrelationsExtract,
    MatchesExtract,
    MatchImpactExtract,
    MatchTimelineExtract,
    OrdersTimelineExtract,
)
from pizza_assets.models.merged import QuarterHours
from pizza_assets.models.table import Table

_SHARED_SCRIPTS = (
    "format.js", "dom.js", "data.js", "filters.js", "charts.js", "paging.js", "alarms.js", "matches.js", "estimates.js",
    "forecasts.js", "demand.js", "download.js", "masthead.js",
)  # fmt: skip
"""The scripts that views share, in the order they are joined."""

_LATER: tuple[type[Table], ...] = (OrdersTimelineExtract, MatchTimelineExtract, MatchImpactExtract)
"""Extracts that are not among the tables, but `daily`, `expected` and `impact` of the payload."""


@dataclass(frozen=True)
class PageData:
    """What the page shows. `data_as_of` is the time of the data in words, not that of rendering; `collected_at`
    is the same as a time, so that the page can notice its age.

    `extracts` are rows by the extract's table name; an extract that is missing has no rows. `quarter_hours` is the
    table of that name (all weeks) summed over stores, for charts that need more than hours. `planted_effects` is a
    sentence on the effects built into mock orders, or empty. With fewer weeks of orders than `weeks_for_alarms`, alarms
    are not searched for. At a p-value of at most `suspicious_p` of the hours before a match, its effect may not be
    football's. `titles` say what was found: by view and, within it, by pair of sources ("real/mock"). `calendar` is
    the text of coming_matches.ics, or empty if it has no events. `zones`: the time zone by market, for alarms; those of
    others are shown in UTC. The calendar needs `fewest_match_days`. An hour with at least `least_for_several` orders
    may need more than one person. The analysis knows these limits, too, and gives them.
    """

    title: str
    data_as_of: str
    collected_at: datetime | None = None
    planted_effects: str = ""
    weeks_for_alarms: int = 8
    suspicious_p: float = 0.02
    fewest_match_days: int = 5
    least_for_several: int = 10
    titles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    extracts: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    quarter_hours: pd.DataFrame = field(default_factory=QuarterHours.empty)
    calendar: str = ""
    zones: Mapping[str, str] = field(default_factory=dict)

    def rows(self, extract: type[Table]) -> pd.DataFrame:
        found = self.extracts.get(extract.table_name())
        return extract.empty() if found is None else found


def build_page(data: PageData) -> str:
    """The whole page as HTML. Equal data give equal text."""
    style, bundle, app = _page_file("page.css"), chart_library(), _app_script()
    slots = {
        "policy": _content_security_policy(scripts=(bundle, app), styles=(style,)),
        "title": html.escape(_document_title(data)),
        "style": style,
        "data": page_payload.embedded_json(_payload(data)),
        "bundle": bundle,
        "app": app,
        "overview": _sections(view for view in VIEWS if not view.address),
        "drill": _sections(view for view in VIEWS if view.address),
    }
    return _filled(_page_file("page.html"), slots)


def _payload(data: PageData) -> dict[str, object]:
    """The tables of the first screen and, separately, matches in markets and the packed counts, which the page unpacks
    later or only on demand.
    """
    quarters = page_payload.quarter_hourly(data.quarter_hours)
    matches = data.rows(MatchesExtract)
    return {
        "tables": page_payload.compressed_json(_tables(data)),
        "daily": page_payload.daily(data.rows(OrdersTimelineExtract)[columns_read(OrdersTimelineExtract)]),
        "quarters": quarters,
        "impact": page_payload.compressed_json(match_rows.embedded(data.rows(MatchImpactExtract), matches)),
        "expected": page_payload.expected(
            data.rows(MatchTimelineExtract), matches["match_id"], has_counts=bool(quarters["before"])
        ),
    }


def _tables(data: PageData) -> dict[str, object]:
    impact = data.rows(MatchImpactExtract)
    return {
        "title": data.title,
        "data_as_of": data.data_as_of,
        "collected_at": None if data.collected_at is None else int(data.collected_at.timestamp()),
        "planted_effects": data.planted_effects,
        "weeks_for_alarms": data.weeks_for_alarms,
        "suspicious_p": data.suspicious_p,
        "fewest_match_days": data.fewest_match_days,
        "least_for_several": data.least_for_several,
        "titles": data.titles,
        "calendar": data.calendar,
        "zones": data.zones,
        "minor_digits": {code: minor_digits(code) for code in sorted(_currencies(data))},
        "filters": FILTERS,
        "views": {view.id: _described(view) for view in VIEWS},
        "specs": {name: spec for view in VIEWS for name, spec in view.charts.items()},
        "pairs": match_rows.source_pairs(impact, data.rows(CorrelationsExtract)),
        "markets_with_matches": sorted(impact["market"].unique().tolist()),
        "extracts": {
            short_name(extract): page_payload.columns(data.rows(extract), extract.column_names())
            for extract in EXTRACTS_READ
            if extract not in _LATER
        }
        | {"matches": match_rows.with_local_date(data.rows(MatchesExtract), impact)},
    }


def _described(view: View) -> dict[str, object]:
    names = ("title", "question", "filters", "partly", "filter_note", "address")
    return {name: getattr(view, name) for name in names}


def _currencies(data: PageData) -> set[str]:
    frames = (data.rows(extract) for extract in EXTRACTS_READ if "currency" in extract.column_names())
    return {code for frame in frames for code in frame["currency"].dropna().unique()}


def _sections(views: Iterable[View]) -> str:
    return "\n".join(f'    <section class="{view.section}" id="view-{view.id}"></section>' for view in views)


def _document_title(data: PageData) -> str:
    """The title of the browser tab. It names mock data too, so that a bookmark or a printout cannot hide them."""
    orders = set(data.rows(OrdersTimelineExtract)["order_source"].unique())
    matches = set(data.rows(MatchesExtract)["match_source"].unique())
    if "mock" not in orders | matches:
        return data.title
    if "real" not in orders | matches:
        return f"MOCK DATA · {data.title}"
    return f"{'MOCK ORDERS' if orders == {'mock'} else 'PARTLY MOCK'} · {data.title}"


def _app_script() -> str:
    """The page's scripts as one function, because the chart library uses many top-level names. Each view's script is a
    block of its own, so that views can neither clash nor rely on each other.
    """
    views = ["{\n" + _text("views", f"{view.id}.js") + "}" for view in VIEWS]
    parts = [*map(_page_file, _SHARED_SCRIPTS), *views, _page_file("main.js")]
    return '(() => {\n"use strict";\n' + "\n".join(parts) + "\n})();\n"


def _page_file(name: str) -> str:
    return _text("page", name)


@cache
def _text(folder: str, name: str) -> str:
    return (files("pizza_assets.dashboards") / folder / name).read_text(encoding="utf-8")


def _content_security_policy(scripts: tuple[str, ...], styles: tuple[str, ...]) -> str:
    return (
        f"default-src 'none'; script-src {_hashes(scripts)}; style-src {_hashes(styles)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hashes(texts: tuple[str, ...]) -> str:
    digests = (hashlib.sha256(text.encode()).digest() for text in texts)
    return " ".join(f"'sha256-{base64.b64encode(digest).decode('ascii')}'" for digest in digests)


def _filled(template: str, slots: dict[str, str]) -> str:
    """`template` with each `{{name}}` replaced; the replacements are not searched for slots."""
    parts = template.split("{{")
    filled = [parts[0]]
    for part in parts[1:]:
        name, _, rest = part.partition("}}")
        filled += [slots[name], rest]
    return "".join(filled)
