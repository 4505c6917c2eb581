"""CSV extracts for QuickSight, spreadsheets and the page. They join tables that were computed earlier."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import dagster as dg
import pandas as pd

from pizza_assets.analysis.events_in_shops import events_in_shops
from pizza_assets.analysis.exposure import exposures
from pizza_assets.analysis.order_values import order_values
from pizza_assets.analysis.outcomes import classify, own_outcomes
from pizza_assets.analysis.store_hours import effects_in_shops, store_hours
from pizza_assets.assets.common import described
from pizza_assets.assets.merged import mock_dependencies
from pizza_assets.assets.metadata import markdown, preview, whole
from pizza_assets.dashboards import extracts
from pizza_assets.models.extracts import EXTRACTS as MODELS
from pizza_assets.models.labels import real_share
from pizza_assets.models.market import Markets
from pizza_assets.models.vocabulary import DataSource, combined_source
from pizza_assets.models.week import MatchWeek, weeks_between
from pizza_assets.orchestration.freshness.check_history import CheckHistory
from pizza_assets.orchestration.freshness.match_versions import (
    current_matches,
    current_windows,
    windows_of_current_kickoffs,
)
from pizza_assets.settings import Settings
from pizza_assets.storage.io_manager import WholeOutput
from pizza_assets.storage.tables import TableStore, WeekTables
from pizza_assets.threads import side_by_side

EXTRACTS = tuple(model.table_name() for model in MODELS)

NOTHING_STORED = "none"
"""The data_source of a week with nothing stored."""
CHECKED = {"orders": ("raw_orders", "mock_orders", "order_bins"), "matches": ("raw_matches", "raw_match_events")}
"""Dataset to the assets whose checks count for it."""
_IN_SHOPS = ("extra_orders_per_store_hour", "extra_revenue_per_store_hour_cents", "currency")


def extract_assets(settings: Settings, checks: Sequence[dg.AssetCheckKey]) -> list[dg.AssetsDefinition]:
    """One asset per extract. checks: the asset checks to report on."""
    return [
        _orders_timeline(),
        _match_timeline(),
        _matches(),
        _match_impact(),
        _correlations(),
        _event_study(),
        _anomalies(),
        _insights(),
        _data_quality(settings, checks),
        _checks(settings, checks),
    ]


def _orders_timeline() -> dg.AssetsDefinition:
    @dg.asset(**described("dashboards", "dashboard_orders_timeline"), description="Orders per hour, market and chain.")
    def dashboard_orders_timeline(order_bins: WeekTables) -> WholeOutput:
        def week_timeline(week: str) -> pd.DataFrame:
            return extracts.orders_timeline(
                order_bins.read(week, extracts.TIMELINE_COLUMNS, encoded=extracts.TIMELINE_NAMES)
            )

        parts = list(side_by_side(week_timeline, list(order_bins)))
        rows = extracts.joined_timelines(parts)
        return whole(rows, weeks=len(parts))

    return dashboard_orders_timeline


def _match_timeline() -> dg.AssetsDefinition:
    @dg.asset(
        **described("dashboards", "dashboard_match_timeline"),
        description="Quarter-hours around every match, per market that follows it: observed orders and the baseline.",
    )
    def dashboard_match_timeline(
        match_impact: pd.DataFrame, expected_orders: pd.DataFrame, match_windows: pd.DataFrame, raw_matches: WeekTables
    ) -> WholeOutput:
        matches = current_matches(raw_matches)
        stores = store_hours(windows_of_current_kickoffs(match_windows, matches))
        rows = extracts.match_timeline(match_impact, expected_orders, _match_types(matches), stores)
        return whole(rows, match_impact, expected_orders, matches=rows["match_id"].nunique())

    return dashboard_match_timeline


def _matches() -> dg.AssetsDefinition:
    @dg.asset(
        **described("dashboards", "dashboard_matches"),
        description="Every match in the stored weeks, with its type and result.",
    )
    def dashboard_matches(raw_matches: WeekTables, markets: dg.ResourceParam[Markets]) -> WholeOutput:
        matches = current_matches(raw_matches)
        exposed = exposures(matches, markets).groupby("match_id").size().to_dict()
        rows = extracts.matches_extract(classify(matches), exposed)
        return whole(rows, shown=("kickoff_at", "competition", "home_team", "away_team", "result", "match_source"))

    return dashboard_matches


def _match_impact() -> dg.AssetsDefinition:
    @dg.asset(
        **described("dashboards", "dashboard_match_impact"),
        description="match_impact with the match's type, the own team's result, and extra orders and revenue per store "
        "and hour.",
    )
    def dashboard_match_impact(
        match_impact: pd.DataFrame, match_windows: pd.DataFrame, raw_matches: WeekTables
    ) -> WholeOutput:
        matches = current_matches(raw_matches)
        hours = store_hours(windows_of_current_kickoffs(match_windows, matches))
        rows = extracts.match_impact_extract(match_impact, _match_types(matches), own_outcomes(match_impact), hours)
        shown = ("home_team", "away_team", "market", "window", "uplift_pct", "own_result", "status", "data_source")
        return whole(rows, match_impact, shown=shown)

    return dashboard_match_impact


def _correlations() -> dg.AssetsDefinition:
    @dg.asset(
        **described("dashboards", "dashboard_correlations"),
        description="correlation_results with every effect in orders and revenue per store and hour.",
    )
    def dashboard_correlations(
        correlation_results: pd.DataFrame,
        match_impact: pd.DataFrame,
        match_windows: pd.DataFrame,
        raw_matches: WeekTables,
    ) -> WholeOutput:
        windows = current_windows(match_windows, raw_matches)
        in_shops = effects_in_shops(correlation_results, match_impact, windows)
        rows = extracts.correlations_extract(correlation_results, in_shops)
        shown = ("hypothesis", "status", "uplift_pct", "q_value", *_IN_SHOPS, "data_source")
        return whole(rows, correlation_results, shown=shown)

    return dashboard_correlations


def _event_study() -> dg.AssetsDefinition:
    @dg.asset(
        **described("dashboards", "dashboard_event_study"),
        description="event_study with every point in orders and revenue per store and hour.",
    )
    def dashboard_event_study(
        event_study: pd.DataFrame,
        dashboard_match_timeline: pd.DataFrame,
        match_impact: pd.DataFrame,
        match_windows: pd.DataFrame,
        raw_matches: WeekTables,
    ) -> WholeOutput:
        windows = current_windows(match_windows, raw_matches)
        in_shops = events_in_shops(event_study, dashboard_match_timeline, match_impact, windows)
        rows = extracts.event_study_extract(event_study, in_shops)
        shown = ("event", "series", "minutes_from", "minutes_to", "uplift_pct", *_IN_SHOPS)
        return whole(rows, event_study, shown=shown)

    return dashboard_event_study


def _anomalies() -> dg.AssetsDefinition:
    @dg.asset(
        **described("dashboards", "dashboard_anomalies"),
        description="order_anomalies with the store's deviation in orders and revenue, and the match's type.",
    )
    def dashboard_anomalies(
        order_anomalies: pd.DataFrame, dashboard_orders_timeline: pd.DataFrame, raw_matches: WeekTables
    ) -> WholeOutput:
        values = order_values(dashboard_orders_timeline, ["order_source", "market", "chain"])
        rows = extracts.anomalies_extract(order_anomalies, classify(current_matches(raw_matches)), values)
        shown = ("market", "store_id", "kind", "starts_at", "observed", "expected", "extra_orders", "seen_in")
        return whole(rows, order_anomalies, dashboard_orders_timeline, shown=shown)

    return dashboard_anomalies


def _insights() -> dg.AssetsDefinition:
    @dg.asset(**described("dashboards", "dashboard_insights"), description="insights for dashboards.")
    def dashboard_insights(insights: pd.DataFrame) -> WholeOutput:
        return whole(extracts.insights_extract(insights), insights, shown=("rank", "kind", "headline"))

    return dashboard_insights


def _data_quality(settings: Settings, checks: Sequence[dg.AssetCheckKey]) -> dg.AssetsDefinition:
    @dg.asset(
        **described("dashboards", "dashboard_data_quality"),
        description="Per week and dataset: stored and refused rows, label, source, reason and number of failed checks.",
        deps=_unread_dependencies(settings),
    )
    def dashboard_data_quality(
        context: dg.AssetExecutionContext,
        raw_orders: WeekTables,
        raw_matches: WeekTables,
        tables: dg.ResourceParam[TableStore],
    ) -> WholeOutput:
        refused = (week for table in (raw_orders, raw_matches) for week in table.weeks_with_refused_rows())
        weeks = _every_week({*raw_orders, *raw_matches, *refused}, settings.timezone)
        history = CheckHistory(context.instance, checks, tables.objects.uri(""))
        rows = extracts.data_quality(
            [*_quality("orders", raw_orders, weeks, history), *_quality("matches", raw_matches, weeks, history)]
        )
        shown = ("week", "dataset", "data_source", "row_count", "rejected_count", "failed_check_count", "reason")
        return WholeOutput(rows, label_of_all(rows)["data_source"], {"weeks": len(weeks), **preview(rows, shown)})

    return dashboard_data_quality


def _unread_dependencies(settings: Settings) -> list[str]:
    """Dependencies for ordering only: the assets whose checks are reported but whose rows are not read."""
    return [*mock_dependencies(settings), "order_bins", "raw_match_events"]


def _every_week(stored: set[str], timezone: str) -> list[MatchWeek]:
    """All weeks from the first to the last stored one, so that failed weeks show as gaps."""
    if not stored:
        return []
    return weeks_between(MatchWeek(min(stored), timezone), MatchWeek(max(stored), timezone))


def _quality(
    dataset: str, tables: WeekTables, weeks: Sequence[MatchWeek], history: CheckHistory
) -> list[Mapping[str, object]]:
    return [
        {
            "week": week.key,
            "week_starts_at": week.starts_at,
            "dataset": dataset,
            "data_source": facts.data_source if facts else NOTHING_STORED,
            "source_name": facts.source_name if facts else None,
            "row_count": facts.row_count if facts else 0,
            "rejected_count": tables.refused_count(week.key),
            "is_partial": bool(facts and facts.is_partial),
            "failed_check_count": sum(len(history.failed(asset, week.key)) for asset in CHECKED[dataset]),
            "reason": "; ".join(filter(None, [why, tables.why_refused(week.key)])) or None,
        }
        for week in weeks
        for facts in [tables.facts(week.key)]
        for why in [facts.reason if facts else tables.why_missing(week.key)]
    ]


def _checks(settings: Settings, checks: Sequence[dg.AssetCheckKey]) -> dg.AssetsDefinition:
    @dg.asset(
        **described("dashboards", "dashboard_checks"),
        description="Per asset check: the number of stored weeks that passed, warned, failed or were not checked, and "
        "of other weeks that failed.",
        deps=["raw_orders", "raw_matches", *_unread_dependencies(settings)],
    )
    def dashboard_checks(
        context: dg.AssetExecutionContext,
        dashboard_data_quality: pd.DataFrame,
        tables: dg.ResourceParam[TableStore],
    ) -> WholeOutput:
        history = CheckHistory(context.instance, checks, tables.objects.uri(""))
        weeks = list(dict.fromkeys(dashboard_data_quality["week"]))
        is_stored = dashboard_data_quality["data_source"] != NOTHING_STORED
        stored = set(dashboard_data_quality.loc[is_stored, "week"])
        found = [look for look in history.outcomes(weeks) if look.week in stored or look.outcome != "not_checked"]
        rows = extracts.checks_extract([asdict(outcome) for outcome in found])
        counts = markdown(rows[["asset", "check", "outcome", "week_count"]])
        return whole(rows, if_empty=label_of_all(dashboard_data_quality)["data_source"], outcomes=counts)

    return dashboard_checks


def _match_types(matches: pd.DataFrame) -> pd.DataFrame:
    return classify(matches)[["match_source", "match_id", "match_type"]]


def label_of_all(data_quality: pd.DataFrame) -> dict[str, Any]:
    """Label and real share of all data: mock orders make it mock, real orders with mock matches mixed."""
    stored = data_quality[data_quality["data_source"] != NOTHING_STORED]
    labels = {name: set(rows["data_source"]) for name, rows in stored.groupby("dataset")}
    orders, matches = labels.get("orders", {DataSource.REAL}), labels.get("matches", {DataSource.REAL})
    pairs = {combined_source(order, match) for order in orders for match in matches}
    label = pairs.pop() if len(pairs) == 1 else DataSource.MIXED
    return {"data_source": label, "real_share": real_share(stored, label)}
