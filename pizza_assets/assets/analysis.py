"""Assets over all weeks: baseline, impact, tested hypotheses, sentences."""

from collections.abc import Sequence

import dagster as dg
import pandas as pd

from pizza_assets.analysis.anomaly_rows import order_anomalies as find_order_anomalies
from pizza_assets.analysis.baseline import expected_grids, expected_rows
from pizza_assets.analysis.correlation_results import correlation_results as test_hypotheses
from pizza_assets.analysis.event_bins import event_panel
from pizza_assets.analysis.event_points import event_study as event_rows
from pizza_assets.analysis.event_points import goal_claims, goal_points, kick_off_points, pre_trends
from pizza_assets.analysis.event_study import kick_off_study
from pizza_assets.analysis.expected_grid import grids_of
from pizza_assets.analysis.goal_study import clock_counts, goal_answers, goal_minutes, goal_rows
from pizza_assets.analysis.insights import insights as write_insights
from pizza_assets.analysis.lost_hour_alarms import usable_panels
from pizza_assets.analysis.match_impact import match_impact as measure_impact
from pizza_assets.analysis.same_day import same_day_effects
from pizza_assets.analysis.summary_statistics import hourly_totals
from pizza_assets.analysis.summary_statistics import summary_statistics as summarise
from pizza_assets.analysis.windows import WindowLengths
from pizza_assets.assets.common import described
from pizza_assets.assets.metadata import NO_DATA, bullets, markdown, whole
from pizza_assets.assets.panels import chain_panels_by_pair, clocks, panels_by_pair, store_panels
from pizza_assets.models.labels import rows_for_sources
from pizza_assets.models.market import Market, Markets
from pizza_assets.models.vocabulary import DataSource, Scope
from pizza_assets.orchestration.freshness.match_versions import (
    current_matches,
    current_windows,
    events_of,
    windows_of_current_kickoffs,
)
from pizza_assets.settings import Settings
from pizza_assets.storage.io_manager import WholeOutput
from pizza_assets.storage.tables import WeekTables


def analysis_assets(settings: Settings) -> list[dg.AssetsDefinition]:
    """The assets from expected_orders to insights, which are computed over all weeks."""
    return [
        _expected_orders(settings),
        _match_impact(settings),
        _correlation_results(settings),
        _event_study(settings),
        _order_anomalies(settings),
        _summary_statistics(),
        _insights(settings),
    ]


def _expected_orders(settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(
        **described("analysis", "expected_orders"),
        description="Per market and quarter-hour: orders, and the baseline without a match of the market's own team. "
        "Fitted on hours without such a match, separately for real and mock. Hours that a store lost are left out.",
    )
    def expected_orders(
        quarter_hours: WeekTables,
        order_anomalies: pd.DataFrame,
        raw_matches: WeekTables,
        markets: dg.ResourceParam[Markets],
    ) -> WholeOutput:
        grids = expected_grids(
            usable_panels(panels_by_pair(quarter_hours, raw_matches), order_anomalies),
            current_matches(raw_matches),
            markets,
            WindowLengths.from_settings(settings),
            default_timezone=settings.timezone,
        )
        dropped = sorted({name for grid in grids.values() for name in grid.dropped_markets})
        return whole(
            expected_rows(grids), converged=not dropped, dropped=", ".join(dropped) or "none", weeks=len(quarter_hours)
        )

    return expected_orders


def _match_impact(settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(
        **described("analysis", "match_impact"),
        description="Per match, exposed market and window: observed and expected orders, with a confidence interval.",
    )
    def match_impact(
        match_windows: pd.DataFrame,
        expected_orders: pd.DataFrame,
        raw_matches: WeekTables,
        markets: dg.ResourceParam[Markets],
    ) -> WholeOutput:
        matches = current_matches(raw_matches)
        rows = measure_impact(
            _of_known_markets(windows_of_current_kickoffs(match_windows, matches), markets),
            grids_of(expected_orders, clocks(markets), settings.timezone),
            matches,
            markets,
            WindowLengths.from_settings(settings),
        )
        return whole(rows, expected_orders, match_windows, answered=int((rows["status"] == "ok").sum()))

    return match_impact


def _of_known_markets(match_windows: pd.DataFrame, markets: Sequence[Market]) -> pd.DataFrame:
    """The windows of markets in the markets table; a market removed from it is no longer exposed."""
    return match_windows[match_windows["market"].isin([market.name for market in markets])]


def _correlation_results(settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(
        **described("analysis", "correlation_results"),
        description="Every declared hypothesis with its estimate, confidence interval, q-value and minimum detectable "
        "effect. One was declared primary beforehand; all others are exploratory.",
    )
    def correlation_results(
        match_impact: pd.DataFrame,
        expected_orders: pd.DataFrame,
        quarter_hours: WeekTables,
        order_anomalies: pd.DataFrame,
        match_windows: pd.DataFrame,
        event_study: pd.DataFrame,
        raw_matches: WeekTables,
        markets: dg.ResourceParam[Markets],
    ) -> WholeOutput:
        matches, lengths = current_matches(raw_matches), WindowLengths.from_settings(settings)
        windows = _of_known_markets(windows_of_current_kickoffs(match_windows, matches), markets)
        chains = {}
        for chain, panels in chain_panels_by_pair(quarter_hours, raw_matches).items():
            usable = usable_panels(panels, order_anomalies, chain)
            chain_grids = expected_grids(usable, matches, markets, lengths, default_timezone=settings.timezone)
            chain_windows = windows[windows["chain"] == chain].reset_index(drop=True)
            chains[chain] = measure_impact(chain_windows, chain_grids, matches, markets, lengths), chain_grids
        grids = grids_of(expected_orders, clocks(markets), settings.timezone)
        same_day = {
            pair: same_day_effects(matches[matches["match_source"] == pair[1]], markets, grid, lengths)
            for pair, grid in grids.items()
        }
        rows = test_hypotheses(
            match_impact,
            grids,
            chains=chains if len(chains) > 1 else {},
            pre_trends=pre_trends(event_study),
            same_day=same_day,
            goals=goal_claims(event_study),
        )
        shown = rows[rows["scope"] == Scope.OVERALL]
        shown = shown[["hypothesis", "status", "uplift_pct", "ci_low_pct", "ci_high_pct", "q_value", "data_source"]]
        return whole(
            rows,
            match_impact,
            expected_orders,
            findings=int(rows["direction"].isin(["up", "down"]).sum()),
            answered=int((rows["status"] == "ok").sum()),
            results=markdown(shown),
        )

    return correlation_results


def _event_study(settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(
        **described("analysis", "event_study"),
        description="Deviations of orders from the baseline in the minutes around kick-off and goals, with bands.",
    )
    def event_study(
        match_impact: pd.DataFrame,
        expected_orders: pd.DataFrame,
        merged_orders: WeekTables,
        raw_match_events: WeekTables,
        raw_matches: WeekTables,
        markets: dg.ResourceParam[Markets],
    ) -> WholeOutput:
        matches = current_matches(raw_matches)
        goals = goal_minutes(events_of(raw_match_events, matches))
        counts = clock_counts(merged_orders[week].rows for week in merged_orders)
        points = {}
        for pair, grid in grids_of(expected_orders, clocks(markets), settings.timezone).items():
            own = [rows_for_sources(rows, *pair) for rows in (match_impact, counts)]
            pair_goals = goals[goals["match_source"] == pair[1]]
            panel = event_panel(grid, matches[matches["match_source"] == pair[1]], markets)
            points[pair] = [
                *kick_off_points(kick_off_study(panel)),
                *goal_points(goal_answers(goal_rows(own[0], grid, own[1], pair_goals))),
            ]
        return whole(event_rows(points), match_impact, expected_orders)

    return event_study


def _order_anomalies(settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(
        **described("analysis", "order_anomalies"),
        description="Outages, surges and missing days of individual stores, with the nearest match and its outcome.",
    )
    def order_anomalies(
        quarter_hours: WeekTables, raw_matches: WeekTables, markets: dg.ResourceParam[Markets]
    ) -> WholeOutput:
        rows = find_order_anomalies(
            store_panels(quarter_hours),
            current_matches(raw_matches),
            markets,
            WindowLengths.from_settings(settings),
            default_timezone=settings.timezone,
        )
        counts = {str(kind): int(number) for kind, number in rows["kind"].value_counts().items()}
        return whole(rows, if_empty=_label_of(quarter_hours), **counts)

    return order_anomalies


def _summary_statistics() -> dg.AssetsDefinition:
    @dg.asset(
        **described("analysis", "summary_statistics"),
        description="Plain totals and averages: overall, and before, during and after matches; by chain, market and "
        "competition.",
    )
    def summary_statistics(
        dashboard_orders_timeline: pd.DataFrame, match_windows: pd.DataFrame, raw_matches: WeekTables
    ) -> WholeOutput:
        windows = current_windows(match_windows, raw_matches)
        rows = summarise([hourly_totals(dashboard_orders_timeline)], windows)
        return whole(rows)

    return summary_statistics


def _insights(settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(
        **described("analysis", "insights"),
        description="Sentences for managers, with their numbers and caveats; mock is called mock.",
    )
    def insights(
        correlation_results: pd.DataFrame,
        match_impact: pd.DataFrame,
        match_windows: pd.DataFrame,
        event_study: pd.DataFrame,
        order_anomalies: pd.DataFrame,
        raw_orders: WeekTables,
        raw_matches: WeekTables,
        markets: dg.ResourceParam[Markets],
    ) -> WholeOutput:
        reasons = [*week_reasons(raw_orders), *week_reasons(raw_matches)]
        windows = current_windows(match_windows, raw_matches)
        rows = write_insights(
            correlation_results,
            match_impact,
            windows,
            points=event_study,
            anomalies=order_anomalies,
            source_reasons=reasons,
            markets=markets,
            default_timezone=settings.timezone,
        )
        return whole(rows, correlation_results, sentences=bullets(rows["headline"]))

    return insights


def _label_of(weeks: WeekTables) -> str:
    """The label of all weeks together."""
    labels = {str(facts.data_source) for week in weeks if (facts := weeks.facts(week))} or {NO_DATA.value}
    return labels.pop() if len(labels) == 1 else DataSource.MIXED.value


def week_reasons(weeks: WeekTables) -> list[str]:
    """Why weeks are stand-ins or partial: each reason once, with the number of weeks."""
    counts: dict[str, int] = {}
    for week in weeks:
        facts = weeks.facts(week)
        if facts is not None and facts.reason and (facts.is_partial or facts.data_source == DataSource.MOCK):
            counts[facts.reason] = counts.get(facts.reason, 0) + 1
    return [f"{reason} ({count} week{'s' if count > 1 else ''})" for reason, count in counts.items()]
