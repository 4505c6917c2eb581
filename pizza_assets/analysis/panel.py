"""The quarter-hour panel: minute bins of one week, summed over chains where every chain is known.

What would be expected in a quarter-hour is the baseline's business; money and pizzas are not carried here.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from pizza_assets.analysis.windows import epoch_minutes, times_of
from pizza_assets.models import OrderBins

BIN_MINUTES = 15
_SERIES = ["order_source", "market", "chain", "currency"]
COLUMNS = ["order_source", "market", "bin_at", "week", "observed", "covered_minutes"]


@dataclass(frozen=True)
class Panel:
    """Orders as a matrix [market, bin] on consecutive quarter-hours.

    first_bin: the first bin's number (epoch minute // 15). week: index into `weeks` [bin]. Where is_known is False,
    counts is 0.
    """

    markets: pd.Index
    weeks: pd.Index
    first_bin: int
    week: np.ndarray
    counts: np.ndarray
    is_known: np.ndarray

    @classmethod
    def of(cls, quarters: pd.DataFrame) -> "Panel":
        """From `quarter_hours` of one order source, several weeks concatenated; any order."""
        market, markets = pd.factorize(quarters["market"], sort=True)
        week, weeks = pd.factorize(quarters["week"], sort=True)
        bins = epoch_minutes(quarters["bin_at"]) // BIN_MINUTES
        first = int(bins.min()) if len(bins) else 0
        position = bins - first
        shape = (len(markets), int(position.max(initial=-1)) + 1)
        counts, is_known = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=bool)
        counts[market, position] = quarters["observed"].to_numpy()
        is_known[market, position] = True
        week_of_bin = np.zeros(shape[1], dtype=np.int64)
        week_of_bin[position] = week
        return cls(pd.Index(markets), pd.Index(weeks), first, week_of_bin, counts, is_known)

    @property
    def minutes(self) -> np.ndarray:
        """First epoch minute of every bin."""
        return (self.first_bin + np.arange(self.counts.shape[1])) * BIN_MINUTES


def quarter_hours(bins: DataFrame[OrderBins], week_key: str) -> pd.DataFrame:
    """Sum one week's OrderBins to market x quarter-hour.

    A quarter-hour is known, and has a row, only if all its 15 minutes are covered for every chain that the
    market has in this week; otherwise it has no row. Known quarters without orders are rows with 0.

    bins: OrderBins of one week. Fast when in the model's order, right in any order.
    Returns order_source, market, bin_at (UTC), week, observed (orders), covered_minutes (always 15), sorted by
    order_source, market and bin_at.
    """
    if bins.empty:
        return _frame(
            pd.Index([], dtype="str"), pd.Index([], dtype="str"), np.empty(0, np.int64), week_key, np.empty(0, np.int64)
        )
    minutes = epoch_minutes(bins["minute_at"])
    first_quarter = int(minutes.min()) // BIN_MINUTES
    quarter_count = int(minutes.max()) // BIN_MINUTES - first_quarter + 1
    offsets = minutes - first_quarter * BIN_MINUTES
    heads, lengths = _runs(bins)
    chains, markets_of_chains, markets = _numbered(heads)

    covered = np.zeros((len(markets_of_chains), quarter_count * BIN_MINUTES), dtype=bool)
    chain_of_row = np.repeat(chains, lengths)
    covered[chain_of_row, offsets] = True
    known_by_chain = covered.reshape(len(markets_of_chains), quarter_count, BIN_MINUTES).all(axis=2)
    known = np.logical_and.reduceat(known_by_chain, _starts(markets_of_chains), axis=0)

    cell = np.repeat(markets_of_chains[chains] * quarter_count, lengths) + offsets // BIN_MINUTES
    orders = np.bincount(cell, weights=bins["order_count"].to_numpy(), minlength=known.size).reshape(known.shape)

    market_index, quarter_index = np.nonzero(known)
    return _frame(
        pd.Index(markets["order_source"]).take(market_index),
        pd.Index(markets["market"]).take(market_index),
        first_quarter + quarter_index,
        week_key,
        orders[market_index, quarter_index].astype(np.int64),
    )


def _runs(bins: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """The first row of each run of rows with equal labels, and the runs' lengths."""
    changes = np.zeros(len(bins), dtype=bool)
    changes[0] = True
    for name in _SERIES:
        labels = bins[name].array
        changes[1:] |= np.asarray(labels[1:] != labels[:-1], dtype=bool)
    starts = np.flatnonzero(changes)
    return bins[_SERIES].iloc[starts], np.diff(starts, append=len(bins))


def _numbered(heads: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, pd.DataFrame]:
    """Number chains within markets: the chain of each head, the market of each chain, the markets' labels."""
    by_chain = heads.groupby(["order_source", "market", "chain"], sort=True)
    chains = by_chain.ngroup().to_numpy()
    labels = (
        heads[["order_source", "market", "chain"]].drop_duplicates().sort_values(["order_source", "market", "chain"])
    )
    by_market = labels.groupby(["order_source", "market"], sort=True)
    return chains, by_market.ngroup().to_numpy(), labels[["order_source", "market"]].drop_duplicates()


def _starts(sorted_codes: np.ndarray) -> np.ndarray:
    return np.flatnonzero(np.diff(sorted_codes, prepend=-1))


def _frame(
    sources: pd.Index, markets: pd.Index, quarters: np.ndarray, week_key: str, observed: np.ndarray
) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "order_source": sources,
            "market": markets,
            "bin_at": times_of(quarters * BIN_MINUTES),
            "week": pd.array([week_key], dtype="str").repeat(len(observed)),
            "observed": observed,
            "covered_minutes": np.full(len(observed), BIN_MINUTES, dtype=np.int64),
        }
    )
    return frame[COLUMNS]
