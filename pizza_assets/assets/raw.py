"""Raw weekly assets: what the sources say, validated and labelled.

Real orders depend on nothing, so football being down does not stop them; mock orders need the week's matches.
"""

from typing import Any

import dagster as dg

from pizza_assets.assets.common import described, each_week, neighbours, weekly
from pizza_assets.assets.match_versions import current_matches
from pizza_assets.models import RawMatchEvents, RawOrders
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.models.week import MatchWeek
from pizza_assets.orchestration.partitions import with_neighbours
from pizza_assets.settings import Settings
from pizza_assets.sources.base import SourceResult
from pizza_assets.sources.fallback import matches_or_mock
from pizza_assets.sources.orders.mock import mock_orders as invent_orders
from pizza_assets.storage.io_manager import WeekOutput, WeekOutputs
from pizza_assets.storage.tables import WeekTables


def raw_assets(partitions: dg.PartitionsDefinition, settings: Settings) -> list[dg.AssetsDefinition]:
    """raw_matches, raw_match_events, raw_orders, mock_orders."""
    return [
        _raw_matches(partitions, settings),
        _raw_match_events(partitions, settings),
        _raw_orders(partitions, settings),
        _mock_orders(partitions, settings),
    ]


def _raw_matches(partitions: dg.PartitionsDefinition, settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(
        **weekly(partitions),
        **described("raw", columns_of="raw_matches"),
        description="A match: teams, kick-off in UTC, status and goals; real from the match source, or labelled mock.",
    )
    def raw_matches(context: dg.AssetExecutionContext, sources: dg.ResourceParam[Any]) -> WeekOutputs:
        def make(week: MatchWeek) -> WeekOutput:
            return _as_output(week, matches_or_mock(sources.matches, sources.mock_matches, week, settings.fallback))

        return each_week(context, settings.timezone, make)

    return raw_matches


def _raw_match_events(partitions: dg.PartitionsDefinition, settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(
        **weekly(partitions),
        **described("raw", columns_of="raw_match_events"),
        description="A goal or card with its minute. Many sources have none; that is no error.",
    )
    def raw_match_events(
        context: dg.AssetExecutionContext, raw_matches: WeekTables, sources: dg.ResourceParam[Any]
    ) -> WeekOutputs:
        def make(week: MatchWeek) -> WeekOutput:
            stored = raw_matches.get(week.key)
            if stored is None:
                return WeekOutput(week.key, reason="no matches are stored for this week")
            result = matches_or_mock(sources.matches, sources.mock_matches, week, settings.fallback)
            events = result.events
            # events of another label or of a match that has moved to another week must not be mixed in
            same = events["match_id"].isin(stored.rows["match_id"]) & events["match_source"].isin(
                stored.rows["match_source"]
            )
            facts = raw_matches.facts(week.key)
            label = facts.data_source if facts else result.data_source
            rows = RawMatchEvents.conform(events[same])
            return WeekOutput(week.key, rows, label, result.source_name)

        return each_week(context, settings.timezone, make)

    return raw_match_events


def _raw_orders(partitions: dg.PartitionsDefinition, settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(
        **weekly(partitions),
        **described("raw", columns_of="raw_orders"),
        description="An order from your own source: validated, labelled, without personal data. "
        "Without such a source nothing is stored here and mock_orders fills in.",
    )
    def raw_orders(context: dg.AssetExecutionContext, sources: dg.ResourceParam[Any]) -> WeekOutputs:
        def make(week: MatchWeek) -> WeekOutput:
            if sources.order_files is None:
                return WeekOutput(week.key, reason="no order source is configured (PIZZA_ORDERS=mock); see mock_orders")
            return _as_output(week, sources.order_files.orders(week))

        return each_week(context, settings.timezone, make)

    return raw_orders


def _mock_orders(partitions: dg.PartitionsDefinition, settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(
        **weekly(partitions),
        **described("raw", columns_of="mock_orders"),
        ins={"raw_matches": dg.AssetIn(partition_mapping=with_neighbours())},
        deps=["raw_orders"],
        description="Invented orders, labelled mock, that respond to the week's matches with declared effects. "
        "Only where no order source is configured; they never replace a real week.",
    )
    def mock_orders(
        context: dg.AssetExecutionContext,
        raw_matches: WeekTables,
        markets: dg.ResourceParam[Any],
        clock: dg.ResourceParam[Any],
    ) -> WeekOutputs:
        def make(week: MatchWeek) -> WeekOutput:
            if settings.orders != "mock":
                return WeekOutput(week.key, reason=f"orders come from {settings.orders}; nothing is invented")
            if week.key not in raw_matches:
                return WeekOutput(week.key, reason="mock orders respond to matches, and this week's are not stored")
            matches = current_matches(raw_matches, neighbours(week))
            return _as_output(week, invent_orders(week, markets, matches, clock(), settings.seed))

        return each_week(context, settings.timezone, make)

    return mock_orders


def _as_output(week: MatchWeek, result: SourceResult) -> WeekOutput:
    """A source's answer as something to store, or not."""
    if not result.is_covered:
        return WeekOutput(week.key, reason=result.reason)
    is_orders = list(result.rows.columns) == RawOrders.column_names()
    return WeekOutput(
        week.key,
        result.rows,
        DataSource(result.data_source),
        result.source_name,
        result.reason,
        result.covered if is_orders else None,
        result.rejected,
    )
