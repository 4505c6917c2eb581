"""Orders as matrices over quarter-hours, by market, by market for one chain, or by store.

A market's quarter-hour is known if it is known for all chains that the market has in that week. Expected orders belong
to baseline.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from pizza_assets.analysis.store_quarters import BIN_MINUTES
from pizza_assets.analysis.windows import epoch_minutes
from pizza_assets.models import QuarterHours

STORE = ["market", "chain", "store_id"]


@dataclass(frozen=True)
class Panel:
    """Orders as a matrix [row, bin] on consecutive quarter-hours.

    names: one per row: markets, or (market, chain, store_id). first_bin: number of the first bin (epoch minute // 15).
    week: index into `weeks` [bin]. counts: int32. Where is_known is False, counts is 0. lost: where a store lost its
    orders, so that they are not known [row, bin]; None if nothing is.
    """

    names: pd.Index
    weeks: pd.Index
    first_bin: int
    week: np.ndarray
    counts: np.ndarray
    is_known: np.ndarray
    lost: np.ndarray | None = None

    @property
    def is_lost(self) -> np.ndarray:
        """Where a store lost its orders [row, bin]."""
        return np.zeros_like(self.is_known) if self.lost is None else self.lost

    @property
    def minutes(self) -> np.ndarray:
        """First epoch minute of every bin."""
        return (self.first_bin + np.arange(self.counts.shape[1])) * BIN_MINUTES

    @classmethod
    def joined(cls, parts: Iterable["Panel"]) -> "Panel":
        """Join panels of different weeks, in any order. A row that a part lacks is unknown in its weeks."""
        filled = sorted((part for part in parts if part.counts.size), key=lambda part: part.first_bin)
        if not filled:
            return _EMPTY
        names = filled[0].names
        for part in filled[1:]:
            if not part.names.equals(names):
                names = names.union(part.names)
        names = names.sort_values()
        first = filled[0].first_bin
        bins = max(part.first_bin + part.counts.shape[1] for part in filled) - first
        counts, is_known = np.zeros((len(names), bins), np.int32), np.zeros((len(names), bins), dtype=bool)
        weeks = pd.Index(sorted({key for part in filled for key in part.weeks}), dtype="str")
        week = np.zeros(bins, dtype=np.int64)
        for part in filled:
            rows, span = names.get_indexer(part.names), slice(part.first_bin - first, None)
            end = part.first_bin - first + part.counts.shape[1]
            span = slice(part.first_bin - first, end)
            counts[rows, span] = part.counts
            is_known[rows, span] = part.is_known
            week[span] = weeks.get_indexer(part.weeks)[part.week]
        return cls(names, weeks, first, week, counts, is_known)


_EMPTY = Panel(
    pd.Index([], dtype="str"),
    pd.Index([], dtype="str"),
    0,
    np.empty(0, np.int64),
    np.empty((0, 0), np.int32),
    np.empty((0, 0), dtype=bool),
)


def market_panel(rows: DataFrame[QuarterHours], week: str) -> Panel:
    """One week's orders by market, summed over chains. rows: of one order source, in the table's order."""
    grid = _Grid.of(rows)
    chains = grid.heads.groupby(STORE[:2], sort=True).ngroup().to_numpy()
    chain_names = grid.heads[STORE[:2]].drop_duplicates().sort_values(STORE[:2])
    market_of_chain, markets = pd.factorize(chain_names["market"], sort=True)
    known_by_chain = np.zeros((len(chain_names), grid.bins), dtype=bool)
    known_by_chain[chains[grid.series], grid.position] = True
    starts = np.flatnonzero(np.diff(market_of_chain, prepend=-1))
    is_known = np.logical_and.reduceat(known_by_chain, starts, axis=0) if len(starts) else known_by_chain
    counts = grid.summed(market_of_chain[chains], len(markets))
    return grid.panel(pd.Index(markets, dtype="str"), counts, is_known, week)


def chain_panels(rows: DataFrame[QuarterHours], week: str) -> dict[str, Panel]:
    """One week's orders by market, for each chain alone."""
    return {str(chain): market_panel(chain_rows, week) for chain, chain_rows in rows.groupby("chain", sort=True)}


def store_panel(rows: DataFrame[QuarterHours], week: str) -> Panel:
    """One week's orders by store; stores that sold nothing in the week are unknown in it."""
    grid = _Grid.of(rows[rows["store_id"].notna()])
    is_known = np.zeros((len(grid.heads), grid.bins), dtype=bool)
    is_known[grid.series, grid.position] = True
    names = pd.MultiIndex.from_frame(grid.heads[STORE].astype("object"))
    return grid.panel(names, grid.summed(np.arange(len(grid.heads)), len(grid.heads)), is_known, week)


@dataclass(frozen=True)
class _Grid:
    """heads: the stores, one row each. series: each row's store [row]. position: each row's bin minus first_bin."""

    heads: pd.DataFrame
    series: np.ndarray
    position: np.ndarray
    order_count: np.ndarray
    first_bin: int
    bins: int

    @classmethod
    def of(cls, rows: pd.DataFrame) -> "_Grid":
        """Rows of a store are adjacent, so names are compared only with those of the row before."""
        is_head = np.ones(len(rows), dtype=bool)
        is_head[1:] = np.any([_changes(rows[name]) for name in STORE], axis=0)
        bins = epoch_minutes(rows["bin_at"]) // BIN_MINUTES
        first = int(bins.min()) if len(bins) else 0
        return cls(
            rows.loc[is_head, STORE].reset_index(drop=True),
            np.cumsum(is_head) - 1,
            bins - first,
            rows["order_count"].to_numpy(),
            first,
            int(bins.max()) - first + 1 if len(bins) else 0,
        )

    def summed(self, row_of_series: np.ndarray, rows: int) -> np.ndarray:
        cells = row_of_series[self.series] * self.bins + self.position
        return np.bincount(cells, self.order_count, rows * self.bins).reshape(rows, self.bins)

    def panel(self, names: pd.Index, counts: np.ndarray, is_known: np.ndarray, week: str) -> Panel:
        known_counts = np.where(is_known, counts, 0).astype(np.int32)
        weeks = pd.Index([week], dtype="str")
        return Panel(names, weeks, self.first_bin, np.zeros(self.bins, np.int64), known_counts, is_known)


def _changes(names: pd.Series) -> np.ndarray:
    values = names.array
    is_other = np.asarray(values[1:] != values[:-1], dtype=bool)
    # a missing store differs from every store, but pandas also treats two missing ones as different
    return is_other & ~(names.isna().to_numpy()[1:] & names.isna().to_numpy()[:-1])
