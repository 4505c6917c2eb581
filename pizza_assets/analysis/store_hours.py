"""An effect in the units of a shop: extra orders and money per selling store and hour. No significance here."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pizza_assets.analysis.pairs import SOURCES, of_sources
from pizza_assets.models.vocabulary import ResultStatus

_WINDOW_KEY = [*SOURCES, "match_id", "market", "window"]


@dataclass(frozen=True)
class StoreHours:
    """extra_orders, extra_revenue_cents: per selling store and hour, None where unknown. currency: of that revenue.

    window_minutes: the windows' length, None if they differ.
    """

    extra_orders: float | None = None
    extra_revenue_cents: float | None = None
    currency: str | None = None
    window_minutes: int | None = None


def per_store_hour(
    impact: pd.DataFrame, match_windows: pd.DataFrame, order_source: str, match_source: str, window: str
) -> StoreHours:
    """Observed minus expected orders over the usable windows of one kind, per hour of a store that sold in them.

    Money is the extra orders times the average order value in the same windows; none with several currencies.
    """
    of_pair = of_sources(impact, order_source, match_source)
    used = of_pair[(of_pair["window"] == window) & (of_pair["status"] == ResultStatus.OK)]
    sales = match_windows.merge(used[_WINDOW_KEY], on=_WINDOW_KEY)
    if sales.empty:
        return StoreHours()
    sales = sales.assign(minutes=(sales["window_end_at"] - sales["window_start_at"]).dt.total_seconds() / 60)
    lengths = sales["minutes"].unique()
    # a chain that takes two currencies does so in the same stores
    by_chain = sales.groupby([*_WINDOW_KEY, "chain"]).agg(stores=("store_count", "max"), minutes=("minutes", "first"))
    store_hours = float((by_chain["stores"] * by_chain["minutes"]).sum()) / 60
    window_minutes = int(lengths[0]) if len(lengths) == 1 else None
    if store_hours == 0:
        return StoreHours(window_minutes=window_minutes)
    extra_orders = float((used["observed"] - used["expected"]).sum()) / store_hours
    currencies, orders = sales["currency"].unique(), int(sales["order_count"].sum())
    if len(currencies) > 1 or orders == 0:
        return StoreHours(extra_orders, window_minutes=window_minutes)
    average_order_cents = float(np.divide(sales["revenue_cents"].sum(), orders))
    return StoreHours(extra_orders, extra_orders * average_order_cents, str(currencies[0]), window_minutes)
