"""Orders per store and known quarter-hour, read by every analysis over all weeks.

A chain's quarter-hour is known only if all its 15 minutes are covered. Sums over stores belong to panel.py.
"""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import pandas as pd
import pyarrow as pa
from pandera.typing import DataFrame

from pizza_assets.analysis.order_batches import OrderBatches, read_side_by_side
from pizza_assets.analysis.order_kernel import MICROSECONDS_PER_MINUTE
from pizza_assets.analysis.outlets import OUTLET_COLUMNS, OutletNumbers
from pizza_assets.analysis.windows import times_of
from pizza_assets.models import QuarterHours
from pizza_assets.models.coverage import CoveredPeriod

BIN_MINUTES = 15
_MICROSECONDS_PER_BIN = BIN_MINUTES * MICROSECONDS_PER_MINUTE

_Store = tuple[str, str, str | None]
"""Market, chain and id."""


def store_quarters(
    orders: OrderBatches, covered: Sequence[CoveredPeriod], starts_at: datetime, ends_at: datetime, *, order_source: str
) -> DataFrame[QuarterHours]:
    """One row per known quarter-hour of [starts_at, ends_at) and store, in the table's order, also without orders.

    The stores of a chain are those that sold in the period. A chain that sold nothing has one row per quarter-hour with
    an empty store; a chain without a completely covered quarter-hour has no rows. orders: those that `bin_orders`
    accepts, in any order. covered: of the same source.
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
    counts = _counts(orders, first, quarters)
    chain_number = {chain: number for number, chain in enumerate(chains)}
    sold = sorted(store for store in counts if store[:2] in chain_number)
    stores: list[_Store] = [*sold, *((*chain, None) for chain in chains if chain not in {store[:2] for store in sold})]
    store, position = np.nonzero(is_known[[chain_number[store[:2]] for store in stores]])
    nothing = np.zeros(quarters, dtype=np.int64)
    order_count = np.stack([counts.get(store, nothing) for store in stores]) if stores else nothing[None]
    return QuarterHours.conform(
        pd.DataFrame(
            {
                "order_source": pd.array([order_source], dtype="str").repeat(len(store)),
                **{
                    name: pd.array([names[i] for names in stores], dtype="str").take(store)
                    for i, name in enumerate(("market", "chain", "store_id"))
                },
                "bin_at": times_of((position + first) * BIN_MINUTES),
                "order_count": order_count[store, position],
            }
        )
    )


def _known(covered: Sequence[CoveredPeriod], chain: tuple[str, str], first: int, quarters: int) -> np.ndarray:
    """Whether a chain covers each quarter-hour completely, in any of its currencies [quarter]."""
    minutes = np.zeros(quarters * BIN_MINUTES, dtype=bool)
    origin = first * BIN_MINUTES
    for period in covered:
        if (period.market, period.chain) == chain:
            start, end = (int(at.timestamp()) // 60 - origin for at in (period.starts_at, period.ends_at))
            minutes[max(start, 0) : max(end, 0)] = True
    return np.all(minutes.reshape(quarters, BIN_MINUTES), axis=1)


def _counts(orders: OrderBatches, first: int, quarters: int) -> dict[_Store, np.ndarray]:
    """Orders per quarter-hour of every store, summed over currencies."""
    columns = ("ordered_at", *OUTLET_COLUMNS)
    counts: dict[_Store, np.ndarray] = {}
    for counter in read_side_by_side(orders, columns, lambda: _QuarterCounter(first, quarters)):
        for number, outlet in enumerate(counter.numbers.outlets):
            store = (outlet.market, outlet.chain, outlet.store_id)
            counts[store] = counts.get(store, 0) + counter.counts[:, number]
    return counts


class _QuarterCounter:
    """The counter of one thread: [quarter-hour, outlet], so that a batch in order of time touches few cells."""

    def __init__(self, first: int, quarters: int) -> None:
        self.numbers = OutletNumbers()
        self.counts = np.zeros((quarters, 16), dtype=np.int64)
        self._first = first

    def add(self, batch: pa.RecordBatch) -> None:
        if not batch.num_rows:
            return
        outlet = self.numbers.of(batch)
        missing = len(self.numbers.outlets) - self.counts.shape[1]
        if missing > 0:
            self.counts = np.pad(self.counts, ((0, 0), (0, max(missing, self.counts.shape[1]))))
        width = self.counts.shape[1]
        quarter = batch["ordered_at"].view(pa.int64()).to_numpy() // _MICROSECONDS_PER_BIN - self._first
        earliest, latest = int(quarter.min()), int(quarter.max())
        band = np.bincount((quarter - earliest) * width + outlet, minlength=(latest - earliest + 1) * width)
        self.counts[earliest : latest + 1] += band.reshape(-1, width)
