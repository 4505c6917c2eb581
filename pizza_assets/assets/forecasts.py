"""Forecast assets: coming fixtures, their forecasts, and the accuracy of past forecasts."""

from datetime import timedelta
from typing import Any

import dagster as dg
import pandas as pd

from pizza_assets.analysis.expected_grid import SourcePair
from pizza_assets.analysis.forecast.coming_matches import coming_matches as list_fixtures
from pizza_assets.analysis.forecast.match_forecast import forecast_backtest as forecast_past
from pizza_assets.analysis.forecast.match_forecast import known_fixtures, order_histories
from pizza_assets.analysis.forecast.match_forecast import match_forecast as forecast_coming
from pizza_assets.analysis.forecast.order_history import OrderHistory
from pizza_assets.analysis.forecast.scores import forecast_accuracy as running_accuracy
from pizza_assets.analysis.forecast.scores import forecast_scores as score_kept
from pizza_assets.analysis.forecast.scores import kept_forecasts as keep
from pizza_assets.analysis.forecast.scores import recent_coverage
from pizza_assets.analysis.lost_hour_alarms import usable_panels
from pizza_assets.analysis.windows import WindowLengths
from pizza_assets.assets.common import described
from pizza_assets.assets.metadata import bullets, markdown, whole
from pizza_assets.assets.panels import panels_by_pair
from pizza_assets.escaping import printable
from pizza_assets.models.labels import SOURCES
from pizza_assets.models.market import Markets
from pizza_assets.models.vocabulary import Span
from pizza_assets.models.week import MatchWeek
from pizza_assets.orchestration.freshness.match_versions import current_matches
from pizza_assets.orchestration.sources import Sources
from pizza_assets.settings import Settings
from pizza_assets.sources.base import Clock
from pizza_assets.sources.matches.weeks_ahead import weeks_ahead
from pizza_assets.storage.io_manager import WholeOutput
from pizza_assets.storage.tables import TableStore, WeekTables

RECENT = timedelta(days=56)
"""The period over which the check measures the coverage of forecast intervals."""
MIN_TARGETS = 30
BAND_80, LEAST_95 = (0.70, 0.90), 0.90
"""The check warns if the coverage of 80 % intervals is outside the band, or that of 95 % ones below the minimum."""


def forecast_assets(settings: Settings) -> list[dg.AssetsDefinition]:
    """The assets from coming_matches to forecast_accuracy."""
    return [
        _coming_matches(settings),
        _forecast_backtest(settings),
        _match_forecast(settings),
        _kept_forecasts(),
        _forecast_scores(),
        _forecast_accuracy(),
    ]


def forecast_checks() -> list[dg.AssetChecksDefinition]:
    """The checks that fixtures are known, and that intervals have their stated coverage."""
    return [_fixtures_are_known(), _intervals_hold()]


def _coming_matches(settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(
        **described("analysis", "coming_matches"),
        description="Fixtures of the next 14 days as the match source now lists them, including those without a fixed "
        "kick-off.",
    )
    def coming_matches(
        sources: dg.ResourceParam[Sources], tables: dg.ResourceParam[TableStore], clock: dg.ResourceParam[Clock]
    ) -> WholeOutput:
        now = clock()
        # a fixture without a time is listed at midnight, which on a Tuesday belongs to the previous week
        first = MatchWeek.containing(now - timedelta(days=1), settings.timezone)
        weeks = [first.shifted(n) for n in range(4)]
        ahead = weeks_ahead(sources.matches, sources.mock_matches, weeks, settings.fallback)
        rows = list_fixtures(
            ahead.matches,
            ahead.notices,
            ahead.failures,
            str(ahead.data_source),
            ahead.source_name,
            now,
            settings.timezone,
            tables.read_whole("coming_matches"),
            WindowLengths.from_settings(settings),
        )
        fixtures = int((rows["entry"] == "fixture").sum())
        shown = ("kickoff_at", "competition", "home_team", "away_team", "status", "note", "match_source")
        return whole(rows, if_empty=str(ahead.data_source), shown=shown, fixtures=fixtures)

    return coming_matches


def _forecast_backtest(settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(
        **described("analysis", "forecast_backtest"),
        description="Forecasts as they would have been made at up to 20 past dates, using only data from before, next "
        "to the actual orders. Hours that a store lost are left out.",
    )
    def forecast_backtest(
        order_anomalies: pd.DataFrame,
        quarter_hours: WeekTables,
        raw_matches: WeekTables,
        coming_matches: pd.DataFrame,
        markets: dg.ResourceParam[Markets],
    ) -> WholeOutput:
        fixtures, histories = _histories(settings, quarter_hours, raw_matches, order_anomalies, coming_matches, markets)
        rows = forecast_past(histories, fixtures)
        shown = ("origin_at", "market", "span", "starts_at", "observed", "orders", "seasonal_mean")
        return whole(rows, shown=shown, moments=int(rows["origin_at"].nunique()))

    return forecast_backtest


def _match_forecast(settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(
        **described("analysis", "match_forecast"),
        description="Per coming fixture and market: orders with and without the match, by window, hour and day, with "
        "intervals calibrated on past forecasts; or why there is no forecast.",
    )
    def match_forecast(
        forecast_backtest: pd.DataFrame,
        order_anomalies: pd.DataFrame,
        quarter_hours: WeekTables,
        raw_matches: WeekTables,
        coming_matches: pd.DataFrame,
        markets: dg.ResourceParam[Markets],
    ) -> WholeOutput:
        fixtures, histories = _histories(settings, quarter_hours, raw_matches, order_anomalies, coming_matches, markets)
        rows = forecast_coming(histories, forecast_backtest, fixtures, coming_matches, markets)
        sentences = rows.loc[rows["span"] == Span.MATCH, "sentence"]
        return whole(
            rows,
            forecast_backtest,
            coming_matches,
            shown=("kickoff_at", "market", "span", "orders", "low_80", "high_80", "status", "data_source"),
            answered=int((rows["status"] == "ok").sum()),
            sentences=bullets(sentences.head(10) if len(sentences) else ["no coming fixture"]),
        )

    return match_forecast


def _kept_forecasts() -> dg.AssetsDefinition:
    @dg.asset(
        **described("analysis", "kept_forecasts"),
        description="Each day's forecasts as published; the day's last run counts. Can't be rebuilt: data lost here is "
        "lost for good.",
    )
    def kept_forecasts(match_forecast: pd.DataFrame, tables: dg.ResourceParam[TableStore]) -> WholeOutput:
        rows = keep(match_forecast, tables.read_whole("kept_forecasts"))
        return whole(rows, match_forecast, days=int(rows["made_on"].nunique()))

    return kept_forecasts


def _forecast_scores() -> dg.AssetsDefinition:
    @dg.asset(**described("analysis", "forecast_scores"), description="Kept forecasts next to the actual orders.")
    def forecast_scores(
        kept_forecasts: pd.DataFrame, order_anomalies: pd.DataFrame, quarter_hours: WeekTables, raw_matches: WeekTables
    ) -> WholeOutput:
        panels = usable_panels(panels_by_pair(quarter_hours, raw_matches), order_anomalies)
        rows = score_kept(kept_forecasts, panels, current_matches(raw_matches))
        shares = rows[["is_inside_80", "is_inside_95"]].mean().mul(100)
        plotted = {} if rows.empty else {"inside_80_pct": float(shares.iloc[0]), "inside_95_pct": float(shares.iloc[1])}
        return whole(rows, kept_forecasts, **plotted)

    return forecast_scores


def _forecast_accuracy() -> dg.AssetsDefinition:
    @dg.asset(
        **described("analysis", "forecast_accuracy"),
        description="Accuracy of forecasts over time: of those backtested afterwards, and of those published at the "
        "time.",
    )
    def forecast_accuracy(forecast_backtest: pd.DataFrame, forecast_scores: pd.DataFrame) -> WholeOutput:
        rows = running_accuracy(forecast_backtest, forecast_scores)
        latest = rows.sort_values("until_date").drop_duplicates(["evidence", *SOURCES, "span"], keep="last")
        after = latest[latest["span"] == Span.POST]
        plotted = {
            f"{row['evidence']}_{name}": float(row[name])
            for row in after.to_dict("records")
            for name in ("error_pct", "error_of_mean_pct", "inside_80_pct", "inside_95_pct")
            if pd.notna(row[name])
        }
        shown = latest[["evidence", "span", "scored_forecasts", "error_pct", "inside_80_pct", "data_source"]]
        return whole(rows, forecast_backtest, forecast_scores, **plotted, accuracy=markdown(shown))

    return forecast_accuracy


def _histories(
    settings: Settings,
    quarter_hours: WeekTables,
    raw_matches: WeekTables,
    order_anomalies: pd.DataFrame,
    coming_matches: pd.DataFrame,
    markets: Any,
) -> tuple[pd.DataFrame, dict[SourcePair, OrderHistory]]:
    fixtures = known_fixtures(current_matches(raw_matches), coming_matches)
    panels = usable_panels(panels_by_pair(quarter_hours, raw_matches), order_anomalies)
    return fixtures, order_histories(
        panels, fixtures, markets, WindowLengths.from_settings(settings), settings.timezone
    )


def _fixtures_are_known() -> dg.AssetChecksDefinition:
    @dg.asset_check(
        asset="coming_matches",
        name="fixtures_are_known",
        description="Warns if the match source failed, wholly or in part, so that fixtures are invented or missing.",
    )
    def fixtures_are_known(coming_matches: pd.DataFrame) -> dg.AssetCheckResult:
        failures = coming_matches.loc[coming_matches["entry"] == "failure", "note"]
        return dg.AssetCheckResult(
            passed=failures.empty,
            severity=dg.AssetCheckSeverity.WARN,
            description=printable("; ".join(failures)) or "the match source answered for the next 14 days",
        )

    return fixtures_are_known


def _intervals_hold() -> dg.AssetChecksDefinition:
    @dg.asset_check(
        asset="forecast_scores",
        name="intervals_hold",
        description="Warns if, among the forecast match windows of the last eight weeks, fewer than 70 % or more than "
        "90 % fell within their 80 % interval, or fewer than 90 % within their 95 % interval.",
    )
    def intervals_hold(forecast_scores: pd.DataFrame, clock: dg.ResourceParam[Clock]) -> dg.AssetCheckResult:
        return coverage_result(forecast_scores, pd.Timestamp(clock() - RECENT))

    return intervals_hold


def coverage_result(scores: pd.DataFrame, since: pd.Timestamp) -> dg.AssetCheckResult:
    """The result of the check; it passes while fewer than MIN_TARGETS windows can be compared."""
    found = recent_coverage(scores, since)
    targets, inside_80, inside_95 = int(found["targets"]), found["inside_80"], found["inside_95"]
    is_judged = targets >= MIN_TARGETS
    is_in_band = not is_judged or (BAND_80[0] <= inside_80 <= BAND_80[1] and inside_95 >= LEAST_95)
    words = (
        f"of {targets} windows {inside_80:.0%} fell in their 80 % interval and {inside_95:.0%} in their 95 % interval"
        if is_judged
        else f"only {targets} windows could be compared so far; the check needs {MIN_TARGETS}"
    )
    return dg.AssetCheckResult(
        passed=is_in_band,
        severity=dg.AssetCheckSeverity.WARN,
        description=words,
        metadata={"windows": targets, **({"inside_80": inside_80, "inside_95": inside_95} if is_judged else {})},
    )
