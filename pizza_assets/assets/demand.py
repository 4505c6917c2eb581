"""Assets of the demand forecast: shops by hour, how past forecasts did, what was published, and how that did."""

from collections.abc import Iterable

import dagster as dg
import pandas as pd

from pizza_assets.analysis.expected_grid import SourcePair
from pizza_assets.analysis.forecast import demand_tables
from pizza_assets.analysis.forecast.demand import Staffing
from pizza_assets.analysis.forecast.match_forecast import known_fixtures, order_histories
from pizza_assets.analysis.forecast.order_history import OrderHistory
from pizza_assets.analysis.lost_hour_alarms import usable_panels
from pizza_assets.analysis.panel import Panel
from pizza_assets.analysis.windows import WindowLengths
from pizza_assets.assets.common import described
from pizza_assets.assets.metadata import whole
from pizza_assets.assets.panels import panels_by_pair, store_panels_by_pair
from pizza_assets.dashboards.extracts.demand import demand_forecast_extract
from pizza_assets.models.market import Markets
from pizza_assets.orchestration.freshness.match_versions import current_matches
from pizza_assets.settings import Settings
from pizza_assets.sources.base import Clock
from pizza_assets.storage.io_manager import WholeOutput
from pizza_assets.storage.tables import TableStore, WeekTables

BASKET_WEEKS = 8
"""Weeks from which pizzas per order are computed."""
_BASKETS = ["order_source", "market", "chain"]
_BASKET_SUMS = ["order_count", "pizza_count"]


def demand_assets(settings: Settings) -> list[dg.AssetsDefinition]:
    """The assets from demand_backtest to demand_scores, and the extract."""
    return [
        _demand_backtest(settings),
        _demand_forecast(settings),
        _kept_demand(),
        _demand_scores(),
        _demand_forecast_extract(),
    ]


def _demand_backtest(settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(
        **described("analysis", "demand_backtest"),
        description="How forecasts of shops, and of sums of markets and chains, did at past dates, by hour and day.",
    )
    def demand_backtest(
        forecast_backtest: pd.DataFrame,
        order_anomalies: pd.DataFrame,
        quarter_hours: WeekTables,
        raw_matches: WeekTables,
        coming_matches: pd.DataFrame,
        markets: dg.ResourceParam[Markets],
    ) -> WholeOutput:
        fixtures = known_fixtures(current_matches(raw_matches), coming_matches)
        panels, shops, histories = _histories(settings, quarter_hours, raw_matches, order_anomalies, fixtures, markets)
        rows = demand_tables.demand_backtest(shops, panels, histories, forecast_backtest)
        shown = ("level", "span", "horizon", "scored_forecasts", "error_pct", "error_of_mean_pct", "inside_80_pct")
        return whole(rows, forecast_backtest, shown=shown)

    return demand_backtest


def _demand_forecast(settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(
        **described("analysis", "demand_forecast"),
        description="Orders of every shop in every open hour of the next 14 days, with and without matches, and the "
        "sums of markets and chains, each with its own range and the orders to staff for.",
    )
    def demand_forecast(
        demand_backtest: pd.DataFrame,
        forecast_backtest: pd.DataFrame,
        order_anomalies: pd.DataFrame,
        quarter_hours: WeekTables,
        order_bins: WeekTables,
        raw_matches: WeekTables,
        coming_matches: pd.DataFrame,
        markets: dg.ResourceParam[Markets],
        clock: dg.ResourceParam[Clock],
    ) -> WholeOutput:
        fixtures = known_fixtures(current_matches(raw_matches), coming_matches)
        panels, shops, histories = _histories(settings, quarter_hours, raw_matches, order_anomalies, fixtures, markets)
        pizzas = pizzas_per_order(order_bins, sorted({pair[0] for pair in shops}))
        people = settings.people()
        staffing = {source: Staffing(people, ratios) for source, ratios in pizzas.items()}
        rows = demand_tables.demand_forecast(
            shops,
            panels,
            histories,
            (forecast_backtest, demand_backtest),
            fixtures,
            staffing,
            clock(),
            str(coming_matches["asked_on"].iloc[0]) if len(coming_matches) else clock().date().isoformat(),
        )
        shown = (
            "market",
            "chain",
            "store_id",
            "business_date",
            "local_start",
            "expected",
            "quantile_90",
            "data_source",
        )
        return whole(rows, demand_backtest, shown=shown, answered=int((rows["status"] == "ok").sum()))

    return demand_forecast


def _kept_demand() -> dg.AssetsDefinition:
    @dg.asset(
        **described("analysis", "kept_demand"),
        description="The last forecast of every hour and day as published before it began. Can't be rebuilt: data lost "
        "here is lost for good.",
    )
    def kept_demand(
        demand_forecast: pd.DataFrame, tables: dg.ResourceParam[TableStore], clock: dg.ResourceParam[Clock]
    ) -> WholeOutput:
        earlier = tables.read_whole("kept_demand")
        return whole(demand_tables.kept_demand(demand_forecast, earlier, clock()), demand_forecast)

    return kept_demand


def _demand_scores() -> dg.AssetsDefinition:
    @dg.asset(
        **described("analysis", "demand_scores"),
        description="Published forecasts beside the orders that came, by day, for hours and days of every level.",
    )
    def demand_scores(
        kept_demand: pd.DataFrame, order_anomalies: pd.DataFrame, quarter_hours: WeekTables, raw_matches: WeekTables
    ) -> WholeOutput:
        panels = usable_panels(store_panels_by_pair(quarter_hours, raw_matches), order_anomalies)
        rows = demand_tables.demand_scores(kept_demand, panels)
        shown = ("business_date", "level", "span", "scored_forecasts", "observed", "orders", "inside_80_pct")
        return whole(rows, kept_demand, shown=shown)

    return demand_scores


def _demand_forecast_extract() -> dg.AssetsDefinition:
    @dg.asset(
        **described("dashboards", "dashboard_demand_forecast"),
        description="demand_forecast of shops for the next eight days.",
    )
    def dashboard_demand_forecast(demand_forecast: pd.DataFrame, clock: dg.ResourceParam[Clock]) -> WholeOutput:
        rows = demand_forecast_extract(demand_forecast, clock())
        shown = ("market", "chain", "store_id", "business_date", "local_start", "orders", "quantile_90", "data_source")
        return whole(rows, demand_forecast, shown=shown)

    return dashboard_demand_forecast


def pizzas_per_order(order_bins: WeekTables, sources: Iterable[str]) -> dict[str, dict[tuple[str, str], float]]:
    """By order source, the mean number of pizzas per order by market and chain; without those that sold none."""
    weeks = list(order_bins)[-BASKET_WEEKS:]
    sums = [
        order_bins.derived("baskets", week, _baskets, [*_BASKETS, *_BASKET_SUMS], encoded=_BASKETS) for week in weeks
    ]
    known = [part for part in sums if part is not None]
    found: dict[str, dict[tuple[str, str], float]] = {source: {} for source in sources}
    if not known:
        return found
    total = pd.concat(known).groupby(_BASKETS, as_index=False).sum()
    sold = total[(total["order_count"] > 0) & (total["pizza_count"] > 0)]
    for row in sold.to_dict("records"):
        if row["order_source"] in found:
            found[row["order_source"]][row["market"], row["chain"]] = row["pizza_count"] / row["order_count"]
    return found


def _baskets(rows: pd.DataFrame, _week: str) -> pd.DataFrame:
    sums = rows.groupby(_BASKETS, as_index=False, observed=True)[_BASKET_SUMS].sum()
    return sums.astype(dict.fromkeys(_BASKETS, "str"))


def _histories(
    settings: Settings,
    quarter_hours: WeekTables,
    raw_matches: WeekTables,
    order_anomalies: pd.DataFrame,
    fixtures: pd.DataFrame,
    markets: Markets,
) -> tuple[dict[SourcePair, Panel], dict[SourcePair, OrderHistory], dict[SourcePair, OrderHistory]]:
    """Panels of stores, their histories, and those of markets, all without the hours that stores lost."""
    lengths = WindowLengths.from_settings(settings)
    panels, of_markets = (
        usable_panels(of(quarter_hours, raw_matches), order_anomalies) for of in (store_panels_by_pair, panels_by_pair)
    )
    shops, histories = (
        order_histories(of, fixtures, markets, lengths, settings.timezone) for of in (panels, of_markets)
    )
    return panels, shops, histories
