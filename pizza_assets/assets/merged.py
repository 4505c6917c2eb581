"""Weekly assets that count orders and join them with matches."""

import dagster as dg

from pizza_assets.analysis.match_windows import BINS_COLUMNS, BINS_TEXTS, sum_windows
from pizza_assets.analysis.merged_orders import merge_batches, nearest_match_sources
from pizza_assets.analysis.order_bins import bin_orders
from pizza_assets.analysis.store_quarters import store_quarters
from pizza_assets.analysis.windows import WindowLengths
from pizza_assets.assets.common import described, neighbouring_weeks, weekly, weekly_output, weeks_at_once
from pizza_assets.models.labels import combined_label, table_label
from pizza_assets.models.market import Markets
from pizza_assets.models.row_stream import RowStream
from pizza_assets.models.vocabulary import DataSource, combined_source
from pizza_assets.models.week import MatchWeek
from pizza_assets.orchestration.bin_engines import bin_engine
from pizza_assets.orchestration.freshness.match_versions import matches_reaching, weeks_touched
from pizza_assets.orchestration.freshness.week_inputs import WeekInputs
from pizza_assets.settings import Settings
from pizza_assets.storage.io_manager import WeekOutput, WeekOutputs
from pizza_assets.storage.tables import WeekTables
from pizza_assets.threads import AT_ONCE

NO_ORDERS = "no orders are stored for this week"
NO_MATCHES = "no matches are stored for this week"


def mock_dependencies(settings: Settings) -> list[str]:
    """mock_orders, if orders may be mock; otherwise nothing, so that real orders never wait for matches."""
    return ["mock_orders"] if settings.may_invent_orders else []


def merged_assets(partitions: dg.PartitionsDefinition, settings: Settings) -> list[dg.AssetsDefinition]:
    """order_bins, quarter_hours, merged_orders, match_windows."""
    lengths = WindowLengths.from_settings(settings)
    return [
        _order_bins(partitions, settings),
        _quarter_hours(partitions, settings),
        _merged_orders(partitions, settings, lengths),
        _match_windows(partitions, settings, lengths),
    ]


def _order_bins(partitions: dg.PartitionsDefinition, settings: Settings) -> dg.AssetsDefinition:
    engine = bin_engine(settings.bin_engine)

    @dg.asset(
        **weekly(partitions),
        **described("merged", "order_bins"),
        deps=mock_dependencies(settings),
        description="Orders, revenue and pizzas per market, chain and minute. A minute without a row is unknown; "
        "zero is data.",
    )
    def order_bins(
        context: dg.AssetExecutionContext, raw_orders: WeekTables, inputs: dg.ResourceParam[WeekInputs]
    ) -> dg.Output[WeekOutputs]:
        def make(week: MatchWeek) -> WeekOutput:
            orders, facts = raw_orders.stream(week.key), raw_orders.facts(week.key)
            if orders is None or facts is None:
                return WeekOutput(week.key, reason=NO_ORDERS, is_retired=True)
            bins = bin_orders(
                orders, orders.covered, week.starts_at, week.ends_at, order_source=facts.data_source, engine=engine
            )
            return WeekOutput(week.key, bins, facts.data_source)

        return weekly_output(context, inputs, settings.timezone, make, weeks_at_once(context, raw_orders))

    return order_bins


def _quarter_hours(partitions: dg.PartitionsDefinition, settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(
        **weekly(partitions),
        **described("merged", "quarter_hours"),
        deps=mock_dependencies(settings),
        description="Orders per store and quarter-hour, the input of the analyses over all weeks.",
    )
    def quarter_hours(
        context: dg.AssetExecutionContext, raw_orders: WeekTables, inputs: dg.ResourceParam[WeekInputs]
    ) -> dg.Output[WeekOutputs]:
        def make(week: MatchWeek) -> WeekOutput:
            orders, facts = raw_orders.stream(week.key), raw_orders.facts(week.key)
            if orders is None or facts is None:
                return WeekOutput(week.key, reason=NO_ORDERS, is_retired=True)
            rows = store_quarters(orders, orders.covered, week.starts_at, week.ends_at, order_source=facts.data_source)
            return WeekOutput(week.key, rows, facts.data_source)

        return weekly_output(context, inputs, settings.timezone, make, weeks_at_once(context, raw_orders))

    return quarter_hours


def _merged_orders(
    partitions: dg.PartitionsDefinition, settings: Settings, lengths: WindowLengths
) -> dg.AssetsDefinition:
    @dg.asset(
        **weekly(partitions),
        **described("merged", "merged_orders"),
        ins={"raw_matches": neighbouring_weeks()},
        deps=mock_dependencies(settings),
        description="Orders in a window of a match that their market follows, with the nearest such match and window.",
    )
    def merged_orders(
        context: dg.AssetExecutionContext,
        raw_orders: WeekTables,
        raw_matches: WeekTables,
        markets: dg.ResourceParam[Markets],
        inputs: dg.ResourceParam[WeekInputs],
    ) -> dg.Output[WeekOutputs]:
        def make(week: MatchWeek) -> WeekOutput:
            orders, facts = raw_orders.stream(week.key), raw_orders.facts(week.key)
            if orders is None or facts is None:
                return WeekOutput(week.key, reason=NO_ORDERS, is_retired=True)
            matches = matches_reaching(raw_matches, week, lengths)
            found = nearest_match_sources(orders, matches, markets, lengths)
            label = combined_label(facts.data_source, found, _if_empty(week, raw_orders, raw_matches))
            rows = RowStream(lambda: merge_batches(orders, matches, markets, lengths))
            return WeekOutput(week.key, rows, label)

        return weekly_output(context, inputs, settings.timezone, make, weeks_at_once(context, raw_orders))

    return merged_orders


def _match_windows(
    partitions: dg.PartitionsDefinition, settings: Settings, lengths: WindowLengths
) -> dg.AssetsDefinition:
    @dg.asset(
        **weekly(partitions),
        **described("merged", "match_windows"),
        ins={"order_bins": neighbouring_weeks()},
        description="Orders, revenue, pizzas and stores before, during and after each match, per exposed market.",
    )
    def match_windows(
        context: dg.AssetExecutionContext,
        raw_matches: WeekTables,
        order_bins: WeekTables,
        markets: dg.ResourceParam[Markets],
        inputs: dg.ResourceParam[WeekInputs],
    ) -> dg.Output[WeekOutputs]:
        def make(week: MatchWeek) -> WeekOutput:
            matches = raw_matches.get(week.key)
            if matches is None:
                return WeekOutput(week.key, reason=NO_MATCHES, is_retired=True)
            touched = weeks_touched(matches.rows, week, lengths)
            bins = order_bins.read_weeks(touched, BINS_COLUMNS, encoded=BINS_TEXTS)
            windows = sum_windows(matches.rows, bins, markets, lengths)
            return WeekOutput(week.key, windows, table_label(windows, _if_empty(week, order_bins, raw_matches)))

        return weekly_output(context, inputs, settings.timezone, make, AT_ONCE)

    return match_windows


def _if_empty(week: MatchWeek, orders: WeekTables, matches: WeekTables) -> str:
    """The label of a week without rows: the combined label of its orders and matches."""
    order_facts, match_facts = orders.facts(week.key), matches.facts(week.key)
    return combined_source(
        order_facts.data_source if order_facts else DataSource.REAL,
        match_facts.data_source if match_facts else DataSource.REAL,
    )
