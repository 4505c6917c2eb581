"""What people look at: typed CSV extracts, QuickSight manifests and the local page."""

from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg
import pandas as pd

from pizza_assets.analysis.exposure import exposures
from pizza_assets.analysis.outcomes import classify
from pizza_assets.assets.analysis import whole
from pizza_assets.assets.common import described
from pizza_assets.assets.merged import stand_ins
from pizza_assets.dashboards import extracts
from pizza_assets.dashboards.dashboard_page import PageData, build_page
from pizza_assets.dashboards.manifest import data_dictionary_json, quicksight_manifest
from pizza_assets.models.labels import real_share
from pizza_assets.models.vocabulary import DataSource, combined_source
from pizza_assets.models.week import MatchWeek, weeks_between
from pizza_assets.orchestration.match_versions import current_matches, windows_of_current_kickoffs
from pizza_assets.settings import Settings
from pizza_assets.sources.orders.mock import planted_effects_text
from pizza_assets.storage.io_manager import FilesOutput, WholeOutput
from pizza_assets.storage.layout import whole_key
from pizza_assets.storage.tables import WeekTables

EXTRACTS = (
    "dashboard_orders_timeline",
    "dashboard_matches",
    "dashboard_match_impact",
    "dashboard_correlations",
    "dashboard_insights",
    "dashboard_data_quality",
)

NOTHING_STORED = "none"
"""The data_source of a week of which nothing is stored."""


def dashboard_assets(settings: Settings) -> list[dg.AssetsDefinition]:
    """Six extracts, the manifest and the page."""
    return [
        _orders_timeline(),
        _matches(),
        _match_impact(),
        _correlations(),
        _insights(),
        _data_quality(settings),
        _manifest(),
        _page(settings),
    ]


def _csv(table: str) -> dict[str, Any]:
    return described("dashboards", table, kinds=("python", "csv"))


def _orders_timeline() -> dg.AssetsDefinition:
    @dg.asset(**_csv("dashboard_orders_timeline"), description="Orders per hour, market and chain.")
    def dashboard_orders_timeline(order_bins: WeekTables) -> WholeOutput:
        parts = [extracts.orders_timeline(order_bins[week].rows) for week in order_bins]
        rows = extracts.joined_timelines(parts)
        return whole(rows, weeks=len(parts))

    return dashboard_orders_timeline


def _matches() -> dg.AssetsDefinition:
    @dg.asset(**_csv("dashboard_matches"), description="Every match of the stored weeks, with its result.")
    def dashboard_matches(raw_matches: WeekTables, markets: dg.ResourceParam[Any]) -> WholeOutput:
        matches = current_matches(raw_matches)
        exposed = exposures(matches, markets).groupby("match_id").size().to_dict()
        rows = extracts.matches_extract(classify(matches), exposed)
        return whole(rows)

    return dashboard_matches


def _match_impact() -> dg.AssetsDefinition:
    @dg.asset(**_csv("dashboard_match_impact"), description="match_impact for dashboards.")
    def dashboard_match_impact(match_impact: pd.DataFrame) -> WholeOutput:
        return whole(extracts.match_impact_extract(match_impact), match_impact)

    return dashboard_match_impact


def _correlations() -> dg.AssetsDefinition:
    @dg.asset(**_csv("dashboard_correlations"), description="correlation_results for dashboards.")
    def dashboard_correlations(correlation_results: pd.DataFrame) -> WholeOutput:
        return whole(extracts.correlations_extract(correlation_results), correlation_results)

    return dashboard_correlations


def _insights() -> dg.AssetsDefinition:
    @dg.asset(**_csv("dashboard_insights"), description="insights for dashboards.")
    def dashboard_insights(insights: pd.DataFrame) -> WholeOutput:
        return whole(extracts.insights_extract(insights), insights)

    return dashboard_insights


def _data_quality(settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(
        **_csv("dashboard_data_quality"),
        description="Per week: what arrived, what was refused, what is mock and why.",
        deps=stand_ins(settings),
    )
    def dashboard_data_quality(raw_orders: WeekTables, raw_matches: WeekTables) -> WholeOutput:
        weeks = _every_week({*raw_orders, *raw_matches}, settings.timezone)
        rows = extracts.data_quality([*_quality("orders", raw_orders, weeks), *_quality("matches", raw_matches, weeks)])
        return WholeOutput(rows, _shown(rows)["data_source"], {"weeks": len(weeks)})

    return dashboard_data_quality


def _every_week(stored: set[str], timezone: str) -> list[str]:
    """All weeks from the first to the last stored one: a week that failed leaves a gap, which people should see."""
    if not stored:
        return []
    return [week.key for week in weeks_between(MatchWeek(min(stored), timezone), MatchWeek(max(stored), timezone))]


def _quality(dataset: str, tables: WeekTables, weeks: Sequence[str]) -> list[Mapping[str, object]]:
    return [
        {
            "week": week,
            "dataset": dataset,
            "data_source": facts.data_source if facts else NOTHING_STORED,
            "source_name": facts.source_name if facts else None,
            "row_count": facts.row_count if facts else 0,
            "rejected_count": facts.rejected_count if facts else 0,
            "reason": facts.reason if facts else "nothing is stored for this week: not covered, not run, or failed",
        }
        for week in weeks
        for facts in [tables.facts(week)]
    ]


def _manifest() -> dg.AssetsDefinition:
    @dg.asset(
        name="quicksight_manifest",
        **described("dashboards", "quicksight_manifest", has_columns=False, kinds=("python", "json")),
        deps=[name for name in EXTRACTS if name != "dashboard_data_quality"],
        description="QuickSight manifests of the extracts and the dictionary of their columns.",
    )
    def quicksight_manifest_files(dashboard_data_quality: pd.DataFrame, tables: dg.ResourceParam[Any]) -> FilesOutput:
        prefixes = {name: tables.objects.uri(whole_key(name)) for name in EXTRACTS}
        files = {**quicksight_manifest(prefixes), "data-dictionary.json": data_dictionary_json()}
        return FilesOutput(files, **_shown(dashboard_data_quality), metadata={"files": len(files)})

    return quicksight_manifest_files


def _page(settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(
        **described("dashboards", "dashboard_page", has_columns=False, kinds=("python", "html")),
        description="One HTML file that opens from disk: what happened, how sure that is, and what is mock.",
    )
    def dashboard_page(
        dashboard_orders_timeline: pd.DataFrame,
        dashboard_matches: pd.DataFrame,
        dashboard_match_impact: pd.DataFrame,
        dashboard_correlations: pd.DataFrame,
        dashboard_insights: pd.DataFrame,
        dashboard_data_quality: pd.DataFrame,
        match_windows: pd.DataFrame,
        raw_orders: WeekTables,
        raw_matches: WeekTables,
    ) -> FilesOutput:
        page = build_page(
            PageData(
                title="Pizza and football",
                orders_timeline=dashboard_orders_timeline,
                matches=dashboard_matches,
                match_impact=dashboard_match_impact,
                match_windows=windows_of_current_kickoffs(match_windows, current_matches(raw_matches)),
                correlations=dashboard_correlations,
                insights=dashboard_insights,
                data_quality=dashboard_data_quality,
                data_as_of=_last_collected(raw_orders, raw_matches),
                planted_effects=planted_effects_text() if settings.may_invent_orders else "",
            )
        )
        return FilesOutput({"dashboard.html": page.encode()}, **_shown(dashboard_data_quality), metadata={})

    return dashboard_page


def _last_collected(*datasets: WeekTables) -> str:
    """When the newest stored week was collected; not the time of rendering."""
    found = [facts.collected_at for weeks in datasets for week in weeks if (facts := weeks.facts(week))]
    return max(found, default="never")


def _shown(data_quality: pd.DataFrame) -> dict[str, Any]:
    """Label and real share of what people look at: mock orders make it mock, real orders with mock matches mixed."""
    stored = data_quality[data_quality["data_source"] != NOTHING_STORED]
    labels = {name: set(rows["data_source"]) for name, rows in stored.groupby("dataset")}
    orders, matches = labels.get("orders", {DataSource.REAL}), labels.get("matches", {DataSource.REAL})
    pairs = {combined_source(order, match) for order in orders for match in matches}
    label = pairs.pop() if len(pairs) == 1 else DataSource.MIXED
    return {"data_source": label, "real_share": real_share(stored, label)}
