"""Expected orders of one pair of sources as matrices, and the quarter-hours that a window covers. No statistics here.

The analyses work on these matrices, which are stored as rows of `expected_orders`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from pizza_assets.analysis.local_week import bins_of_week, local_days
from pizza_assets.analysis.store_quarters import BIN_MINUTES
from pizza_assets.analysis.windows import epoch_minutes, times_of
from pizza_assets.models import ExpectedOrders
from pizza_assets.models.labels import SOURCES, rows_for_sources
from pizza_assets.models.vocabulary import combined_source

SourcePair = tuple[str, str]
"""Order source and match source."""


@dataclass(frozen=True)
class ExpectedGrid:
    """ExpectedOrders as matrices [market, bin] on consecutive quarter-hours.

    zones: the time zone of every market. week: index into `weeks` [bin]. first_bin: number of the first bin (epoch
    minute // 15). observed: int32, control_count: int16. has_converged: whether the fit of the baseline converged, for
    each market; a market without is masked. Where is_known is False, observed is 0 and expected NaN.
    """

    markets: pd.Index
    zones: tuple[str, ...]
    weeks: pd.Index
    week: np.ndarray
    first_bin: int
    observed: np.ndarray
    expected: np.ndarray
    control_count: np.ndarray
    is_masked: np.ndarray
    is_known: np.ndarray
    has_converged: np.ndarray

    @property
    def is_converged(self) -> bool:
        """Whether there is a baseline at all."""
        return not len(self.markets) or bool(self.has_converged.any())

    @property
    def dropped_markets(self) -> list[str]:
        """The markets to whose orders no baseline could be fitted."""
        return [str(name) for name in self.markets[~self.has_converged]]

    @classmethod
    def of(cls, rows: pd.DataFrame, zones: Mapping[str, str], default_timezone: str = "UTC") -> "ExpectedGrid":
        """The grid of ExpectedOrders rows of one order source and one match source, in any order and possibly empty."""
        market, markets = pd.factorize(rows["market"], sort=True)
        week, weeks = pd.factorize(rows["week"], sort=True)
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
        week_of_bin = np.zeros(shape[1], dtype=np.int64)
        week_of_bin[position] = week
        week_of_bin = np.maximum.accumulate(week_of_bin)  # quarter-hours that no market knows, too
        return cls(
            pd.Index(markets),
            tuple(zones.get(name, default_timezone) for name in markets),
            pd.Index(weeks),
            week_of_bin,
            first,
            matrix("observed", 0, np.int32),
            matrix("expected", np.nan, float),
            matrix("control_market_count", 0, np.int16),
            matrix("is_masked", False, bool),
            is_known,
            rows.groupby(market)["is_converged"].all().to_numpy(dtype=bool),
        )

    def rows(self, order_source: str, match_source: str) -> pd.DataFrame:
        """The known cells as rows of ExpectedOrders, by market and time."""
        market, position = np.nonzero(self.is_known)
        return pd.DataFrame(
            {
                "market": self.markets.take(market),
                "bin_at": times_of(self.minutes[position]),
                "week": self.weeks.take(self.week[position]),
                "observed": self.observed[market, position].astype(np.int64),
                "expected": self.expected[market, position],
                "is_masked": self.is_masked[market, position],
                "control_market_count": self.control_count[market, position].astype(np.int64),
                "is_converged": self.has_converged[market],
                "order_source": order_source,
                "match_source": match_source,
                "data_source": combined_source(order_source, match_source),
            }
        )

    def of_markets(self, names: Sequence[str]) -> "ExpectedGrid":
        """The grid of these markets only, in the given order; each must be in the grid."""
        rows = self.markets.get_indexer(pd.Index(names))
        part = replace(
            self,
            markets=self.markets[rows],
            zones=tuple(self.zones[row] for row in rows),
            observed=self.observed[rows],
            expected=self.expected[rows],
            control_count=self.control_count[rows],
            is_masked=self.is_masked[rows],
            is_known=self.is_known[rows],
            has_converged=self.has_converged[rows],
        )
        # do not recompute cached local times
        for name in self.__dict__.keys() & {"bin_of_week", "day"}:
            part.__dict__[name] = self.__dict__[name][rows]
        return part

    @property
    def minutes(self) -> np.ndarray:
        """First epoch minute of every bin."""
        return (self.first_bin + np.arange(self.observed.shape[1])) * BIN_MINUTES

    @cached_property
    def bin_of_week(self) -> np.ndarray:
        """Each bin's number within the market's local week [market, bin]."""
        return bins_of_week(self.minutes, self.zones)

    @cached_property
    def day(self) -> np.ndarray:
        """Days since 1970-01-01 in the market's local time [market, bin]."""
        return local_days(self.minutes, self.zones)

    def locate(self, markets: pd.Series, bins: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Row and column of absolute bins [window, bin] in the windows' markets, and whether each is in the grid.

        Cells outside the grid get row and column 0.
        """
        row = np.broadcast_to(self.markets.get_indexer(pd.Index(markets))[:, None], bins.shape)
        column = bins - self.first_bin
        inside = (row >= 0) & (column >= 0) & (column < self.expected.shape[1])
        return np.where(inside, row, 0), np.where(inside, column, 0), inside


EMPTY_GRID = ExpectedGrid.of(ExpectedOrders.empty(), {})
"""The grid of a pair of sources without orders."""


def grids_of(
    expected: pd.DataFrame, zones: Mapping[str, str], default_timezone: str = "UTC"
) -> dict[SourcePair, ExpectedGrid]:
    """The grid of every pair of sources in ExpectedOrders rows."""
    pairs = sorted(expected[SOURCES].drop_duplicates().itertuples(index=False, name=None))
    return {pair: ExpectedGrid.of(rows_for_sources(expected, *pair), zones, default_timezone) for pair in pairs}


def bins_under(starts_at: pd.Series, ends_at: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """The quarter-hours that windows touch: absolute bin numbers, and each bin's share inside the window [window, bin].

    The width is that of the longest window; surplus bins of shorter windows have share 0.
    """
    start, end = epoch_minutes(starts_at), epoch_minutes(ends_at)
    first = start // BIN_MINUTES
    width = int((-(-end // BIN_MINUTES) - first).max(initial=0))
    bins = first[:, None] + np.arange(width)
    inside = np.minimum(end[:, None], (bins + 1) * BIN_MINUTES) - np.maximum(start[:, None], bins * BIN_MINUTES)
    return bins, np.maximum(inside, 0) / BIN_MINUTES
