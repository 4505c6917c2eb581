"""Orders counted once per store and quarter-hour, where they are known: what every analysis over all weeks reads.

A chain's quarter-hour is known only if all its 15 minutes are covered. Sums over stores are the panel's business.
"""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from pizza_assets.analysis.windows import epoch_minutes, times_of
from pizza_assets.models import QuarterHours, RawOrders
from pizza_assets.models.coverage import CoveredPeriod

BIN_MINUTES = 15


def store_quarters(
    orders: DataFrame[RawOrders],
    covered: Sequence[CoveredPeriod],
    starts_at: datetime,
    ends_at: datetime,
    *,
    order_source: str,
) -> DataFrame[QuarterHours]:
    """One row per known quarter-hour of [starts_at, ends_at) and store, in the table's order; zero is data.

    The stores of a chain are those that sold in the period. A chain that sold nothing in it has one row per
    quarter-hour without a store; one that covers no quarter-hour whole has no part in it. orders: those that
    `bin_orders` accepts, in any order. covered: of the same source.
    """
    first = int(starts_at.timestamp()) // 60 // BIN_MINUTES
    quarters = -(-int(ends_at.timestamp()) // 60 // BIN_MINUTES) - first
    chains = sorted({(period.market, period.chain) for period in covered})
    is_known = (
        np.stack([_known(covered, chain, first, quarters) for chain in chains])
        if chains
        else (np.empty((0, quarters), dtype=bool))
    )
    chains = [chain for chain, known in zip(chains, is_known, strict=True) if known.any()]
    is_known = is_known[is_known.any(axis=1)]
    stores, chain_of_store, store_of_order = _stores(orders, chains)
    quarter = epoch_minutes(orders["ordered_at"]) // BIN_MINUTES - first
    asked = store_of_order >= 0
    counts = np.bincount(store_of_order[asked] * quarters + quarter[asked], minlength=len(stores) * quarters)
    store, position = np.nonzero(is_known[chain_of_store])
    return QuarterHours.conform(
        pd.DataFrame(
            {
                "order_source": pd.array([order_source], dtype="str").repeat(len(store)),
                **{
                    name: pd.array([names[i] for names in stores], dtype="str").take(store)
                    for i, name in enumerate(("market", "chain", "store_id"))
                },
                "bin_at": times_of((position + first) * BIN_MINUTES),
                "order_count": counts.reshape(-1, quarters)[store, position] if len(store) else np.empty(0, np.int64),
            }
        )
    )


def _known(covered: Sequence[CoveredPeriod], chain: tuple[str, str], first: int, quarters: int) -> np.ndarray:
    """Which quarter-hours a chain covers whole [quarter]; its currencies together."""
    minutes = np.zeros(quarters * BIN_MINUTES, dtype=bool)
    origin = first * BIN_MINUTES
    for period in covered:
        if (period.market, period.chain) == chain:
            start, end = (int(at.timestamp()) // 60 - origin for at in (period.starts_at, period.ends_at))
            minutes[max(start, 0) : max(end, 0)] = True
    return minutes.reshape(quarters, BIN_MINUTES).all(axis=1)


def _stores(
    orders: pd.DataFrame, chains: Sequence[tuple[str, str]]
) -> tuple[list[tuple[str, str, str | None]], np.ndarray, np.ndarray]:
    """Market, chain and id of every store; the position of its chain; and the store of every order, or -1."""
    names = ["market", "chain", "store_id"]
    found = orders[names].drop_duplicates().sort_values(names)
    chain_number = {chain: number for number, chain in enumerate(chains)}
    sold = [tuple(row) for row in found.itertuples(index=False, name=None) if row[:2] in chain_number]
    silent = [(*chain, None) for chain in chains if chain not in {row[:2] for row in sold}]
    stores = [*sold, *silent]
    store_number = pd.Series(range(len(sold)), index=pd.MultiIndex.from_tuples(sold, names=names) if sold else None)
    if not sold:
        return stores, np.array([chain_number[row[:2]] for row in stores], dtype=np.int64), np.full(len(orders), -1)
    of_order = store_number.reindex(pd.MultiIndex.from_frame(orders[names])).fillna(-1).to_numpy(dtype=np.int64)
    return stores, np.array([chain_number[row[:2]] for row in stores], dtype=np.int64), of_order
