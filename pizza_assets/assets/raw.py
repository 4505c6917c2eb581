"""Raw weekly assets: data from the sources, validated and labelled.

Real orders have no upstream asset, so a failing match source does not stop them; mock orders need the week's matches.
"""

from collections.abc import Sequence
from dataclasses import replace

import dagster as dg
import pandas as pd

from pizza_assets.assets.common import at_once_of_weeks, described, neighbouring_weeks, weekly, weekly_output
from pizza_assets.errors import PizzaAssetsError, SourceError
from pizza_assets.models import RawMatchEvents
from pizza_assets.models.market import Markets
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.models.week import MatchWeek
from pizza_assets.orchestration.freshness.match_versions import matches_reaching
from pizza_assets.orchestration.freshness.week_inputs import PLANTED_REACH, WeekInputs
from pizza_assets.orchestration.run_target import pool_of
from pizza_assets.orchestration.sources import Sources
from pizza_assets.settings import Settings
from pizza_assets.sources.base import Clock, MatchSource, SourceResult
from pizza_assets.sources.fallback import failure_text, matches_or_mock
from pizza_assets.sources.matches.event_file import EventFile
from pizza_assets.sources.orders.mock import mock_orders as invent_orders
from pizza_assets.storage.io_manager import WeekOutput, WeekOutputs
from pizza_assets.storage.tables import WeekTables
from pizza_assets.threads import AT_ONCE


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
        **described("raw", "raw_matches"),
        pool=pool_of(settings, settings.matches),
        description="Matches: teams, kick-off in UTC, status and goals; real from the match source, or labelled mock.",
    )
    def raw_matches(
        context: dg.AssetExecutionContext, sources: dg.ResourceParam[Sources], inputs: dg.ResourceParam[WeekInputs]
    ) -> dg.Output[WeekOutputs]:
        def make(week: MatchWeek) -> WeekOutput:
            result = matches_or_mock(sources.matches, sources.mock_matches, week, settings.fallback)
            return _as_output(week, result, has_coverage=False)

        return weekly_output(context, inputs, settings.timezone, make)

    return raw_matches


def _raw_match_events(partitions: dg.PartitionsDefinition, settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(
        **weekly(partitions),
        **described("raw", "raw_match_events"),
        pool=pool_of(settings, settings.matches),
        description="Goals and cards with their minute, from the match source or, where it has none, from your file of "
        "match events. Many sources have none; that is not an error.",
    )
    def raw_match_events(
        context: dg.AssetExecutionContext,
        raw_matches: WeekTables,
        sources: dg.ResourceParam[Sources],
        inputs: dg.ResourceParam[WeekInputs],
    ) -> dg.Output[WeekOutputs]:
        def make(week: MatchWeek) -> WeekOutput:
            stored = raw_matches.get(week.key)
            if stored is None:
                return WeekOutput(week.key, reason="no matches are stored for this week")
            result = matches_or_mock(sources.matches, sources.mock_matches, week, settings.fallback)
            if not result.is_covered:
                return WeekOutput(week.key, reason=f"events are unchanged: {result.reason}")
            facts = raw_matches.facts(week.key)
            if facts is None or facts.data_source != result.data_source:
                # the stored matches have another label: mock events must not be stored with real matches
                return WeekOutput(week.key, reason=f"events are unchanged: {result.reason}")
            # events of a match that has moved to another week are stored there
            rows = RawMatchEvents.conform(result.events[result.events["match_id"].isin(stored.rows["match_id"])])
            events = WeekOutput(
                week.key, rows, result.data_source, result.source_name, result.reason, result.is_partial
            )
            file = sources.match_events
            return events if file is None else _with_file_events(week, events, stored.rows, sources.matches, file)

        return weekly_output(context, inputs, settings.timezone, make)

    return raw_match_events


def _with_file_events(
    week: MatchWeek, events: WeekOutput, matches: pd.DataFrame, source: MatchSource, file: EventFile
) -> WeekOutput:
    """The source's events and, for real matches without any, those of the user's file. Raises BadFile."""
    if not isinstance(events.rows, pd.DataFrame) or events.data_source != DataSource.REAL:
        return replace(events, reason=_joined(events.reason, file.unused(week)))

    def matches_of(neighbour: MatchWeek) -> pd.DataFrame:
        try:
            return source.matches(neighbour).frame
        except SourceError:
            return matches.head(0)  # unknown at the moment, so no line is assigned to that week

    added = file.events(week, matches, events.rows, matches_of)
    source_name = f"{events.source_name}, {file.name}" if len(added.rows) else events.source_name
    rows = RawMatchEvents.conform(pd.concat([events.rows, added.rows])) if len(added.rows) else events.rows
    reason = _joined(events.reason, added.reason)
    return replace(events, rows=rows, source_name=source_name, reason=reason, rejected=added.rejected)


def _joined(*reasons: str | None) -> str | None:
    return "; ".join(reason for reason in reasons if reason) or None


def _raw_orders(partitions: dg.PartitionsDefinition, settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(
        **weekly(partitions),
        **described("raw", "raw_orders"),
        pool=pool_of(settings, settings.orders),
        description="Orders from your own source: validated, labelled, without personal data. "
        "Without such a source nothing is stored here, and mock_orders is used instead.",
    )
    def raw_orders(
        context: dg.AssetExecutionContext, sources: dg.ResourceParam[Sources], inputs: dg.ResourceParam[WeekInputs]
    ) -> dg.Output[WeekOutputs]:
        def make(week: MatchWeek) -> WeekOutput:
            source = sources.orders
            if source is None:
                return WeekOutput(week.key, reason="no order source is configured (PIZZA_ORDERS=mock); see mock_orders")
            try:
                return _as_output(week, source.orders(week, may_stream=True), has_coverage=True)
            except SourceError as error:
                if settings.fallback == "fail":
                    raise
                return WeekOutput(week.key, reason=f"{failure_text(source.name, error)}; see mock_orders")

        return weekly_output(context, inputs, settings.timezone, make, _at_once(sources, context.partition_keys))

    return raw_orders


def _at_once(sources: Sources, weeks: Sequence[str]) -> int:
    """How many weeks to make in parallel: several of a table, or small ones of files; services are asked in turn."""
    if sources.orders_table is not None:
        return AT_ONCE  # large weeks wait for each other
    files = sources.order_files
    try:
        return 1 if files is None else at_once_of_weeks(files.order_count(week) for week in weeks)
    except PizzaAssetsError:
        return 1  # raised again, and reported, when the weeks are made


def _mock_orders(partitions: dg.PartitionsDefinition, settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(
        **weekly(partitions),
        **described("raw", "mock_orders"),
        ins={"raw_matches": neighbouring_weeks()},
        deps=["raw_orders"],
        description="Invented orders, labelled mock, that respond to the week's matches with declared effects. "
        "Made only if no order source is configured or the orders API fails; they never replace a real week.",
    )
    def mock_orders(
        context: dg.AssetExecutionContext,
        raw_matches: WeekTables,
        sources: dg.ResourceParam[Sources],
        markets: dg.ResourceParam[Markets],
        clock: dg.ResourceParam[Clock],
        inputs: dg.ResourceParam[WeekInputs],
    ) -> dg.Output[WeekOutputs]:
        def make(week: MatchWeek) -> WeekOutput:
            failure = _order_failure(sources, settings, week)
            if settings.orders != "mock" and failure is None:
                return WeekOutput(week.key, reason=f"orders come from {settings.orders}; nothing is invented")
            if week.key not in raw_matches:
                return WeekOutput(week.key, reason="mock orders respond to matches, and this week's are not stored")
            matches = matches_reaching(raw_matches, week, PLANTED_REACH)
            invented = invent_orders(week, markets, matches, clock(), settings.seed)
            if failure is not None:
                why = _joined(failure, "these orders are invented", invented.reason)
                invented = replace(invented, reason=why, failure=failure)
            return _as_output(week, invented, has_coverage=True)

        return weekly_output(context, inputs, settings.timezone, make)

    return mock_orders


def _order_failure(sources: Sources, settings: Settings, week: MatchWeek) -> str | None:
    """Why mock orders must stand in for those of the chosen source; None if they need not."""
    if sources.orders is None or not settings.may_invent_orders:
        return None
    error = sources.orders.failure(week)
    return None if error is None else failure_text(sources.orders.name, error)


def _as_output(week: MatchWeek, result: SourceResult, *, has_coverage: bool) -> WeekOutput:
    """The output for a source's answer."""
    if not result.is_covered:
        return WeekOutput(week.key, reason=result.reason)
    return WeekOutput(
        week.key,
        result.rows,
        result.data_source,
        result.source_name,
        result.reason,
        result.is_partial,
        covered=result.covered if has_coverage else None,
        rejected=result.rejected,
        failure=result.failure,
        lacks_only_new=result.lacks_only_new,
    )
