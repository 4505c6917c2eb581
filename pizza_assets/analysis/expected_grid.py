"""The expected orders of one pair of sources as matrices, and the quarter-hours under a window. No statistics here."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pizza_assets.analysis.panel import BIN_MINUTES
from pizza_assets.analysis.windows import epoch_minutes


@dataclass(frozen=True)
class ExpectedGrid:
    """ExpectedOrders as matrices [market, bin] on consecutive quarter-hours.

    first_bin: the first bin's number (epoch minute // 15). is_converged: whether the fit behind all of it converged.
    Where no row is, is_known is False, observed 0 and expected NaN.
    """

    markets: pd.Index
    first_bin: int
    observed: np.ndarray
    expected: np.ndarray
    control_count: np.ndarray
    is_masked: np.ndarray
    is_known: np.ndarray
    is_converged: bool

    @classmethod
    def of(cls, rows: pd.DataFrame) -> "ExpectedGrid":
        """From ExpectedOrders rows of one order source and one match source; any order, possibly none."""
        market, markets = pd.factorize(rows["market"], sort=True)
        bins = epoch_minutes(rows["bin_at"]) // BIN_MINUTES
        first = int(bins.min()) if len(bins) else 0
        position = bins - first
        shape = (len(markets), int(position.max(initial=-1)) + 1)

        def matrix(name: str, fill: object, dtype: type) -> np.ndarray:
            cells = np.full(shape, fill, dtype=dtype)
            cells[market, position] = rows[name].to_numpy()
            return cells

        is_known = np.zeros(shape, dtype=bool)
        is_known[market, position] = True
        return cls(
            pd.Index(markets),
            first,
            matrix("observed", 0, float),
            matrix("expected", np.nan, float),
            matrix("control_market_count", 0, np.int64),
            matrix("is_masked", False, bool),
            is_known,
            bool(rows["is_converged"].all()),
        )

    def locate(self, markets: pd.Series, bins: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Row and column of absolute bins [window, bin] of the windows' markets, and which of them lie in the grid.

        Cells outside get row and column 0.
        """
        row = np.broadcast_to(self.markets.get_indexer(pd.Index(markets))[:, None], bins.shape)
        column = bins - self.first_bin
        inside = (row >= 0) & (column >= 0) & (column < self.expected.shape[1])
        return np.where(inside, row, 0), np.where(inside, column, 0), inside


def bins_under(starts_at: pd.Series, ends_at: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """The quarter-hours that windows touch: absolute bin numbers and the share of each inside the window [window, bin].

    The width is that of the longest window; surplus bins of shorter ones have share 0.
    """
    start, end = epoch_minutes(starts_at), epoch_minutes(ends_at)
    first = start // BIN_MINUTES
    width = int((-(-end // BIN_MINUTES) - first).max(initial=0))
    bins = first[:, None] + np.arange(width)
    inside = np.minimum(end[:, None], (bins + 1) * BIN_MINUTES) - np.maximum(start[:, None], bins * BIN_MINUTES)
    return bins, np.maximum(inside, 0) / BIN_MINUTES
