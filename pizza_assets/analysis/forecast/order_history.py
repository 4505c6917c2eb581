"""Orders of one pair of sources as input of a forecast: quarter-hours with local time and own matches.

The columns continue past the last known order, so that future quarter-hours also have a local time and matches. Nothing
is estimated here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pizza_assets.analysis.expected_grid import bins_under
from pizza_assets.analysis.exposure import exposures, is_inside, unknown_spans
from pizza_assets.analysis.forecast.holiday_factors import holiday_columns
from pizza_assets.analysis.forecast.listed_days import listed_columns
from pizza_assets.analysis.local_week import BINS_PER_DAY, BINS_PER_WEEK, bins_of_week, day_number, local_days
from pizza_assets.analysis.overlaps import shared_windows
from pizza_assets.analysis.panel import Panel
from pizza_assets.analysis.store_quarters import BIN_MINUTES
from pizza_assets.analysis.windows import WINDOWS, WindowLengths, edges_by_match, times_of
from pizza_assets.models.market import Market

HORIZON_DAYS = 14
HORIZON = HORIZON_DAYS * BINS_PER_DAY
"""Number of quarter-hours to forecast."""
MAX_WEEKS = 104
"""Maximum weeks of history; older weeks would have hardly any weight (shape.py)."""
SILENT_DAYS = 7
DAY_STARTS_AT = 6 * 60
"""Minutes after midnight at which a business day starts, like a match week: a night belongs to the evening before."""


@dataclass(frozen=True)
class OwnMatches:
    """Matches of the markets' own teams, one row each. match: row in the table of matches. market: row of the history.
    kickoff: column, possibly outside the history. edges: columns of the windows' edges, to the nearest quarter-hour
    [match, 4]. day: local date of the kick-off in days since 1970-01-01."""

    match: np.ndarray
    market: np.ndarray
    kickoff: np.ndarray
    edges: np.ndarray
    day: np.ndarray


@dataclass(frozen=True)
class Footprint:
    """Windows of own matches, exact to the minute. own, market, window: own match, market and index in WINDOWS
    [window]. column, share: column of every quarter-hour that the window touches, and its share inside the window, 0
    outside the history [window, quarter-hour]. is_shared: another own match covers part of the window, or may do so."""

    own: np.ndarray
    market: np.ndarray
    window: np.ndarray
    column: np.ndarray
    share: np.ndarray
    is_shared: np.ndarray


@dataclass(frozen=True)
class OrderHistory:
    """Matrices [market, quarter-hour], from first_bin (epoch minute // 15) to HORIZON plus a day after the last known
    order. A row is a market, or a shop, whose market then occurs several times in `markets`.

    week: number of the match week [quarter-hour]. counts: 0 where not is_known. place: quarter-hour of the local week.
    day: business day in days since 1970-01-01. end: the present, the first column after the last known order.
    is_lost: a shop lost its orders, which are not known.
    is_unclear: it is not known whether the market was exposed to a match. holiday: 0, or one more than the index in
    `holiday_names` of the bank holiday on whose business day the quarter-hour is. listed: of listed_days.py; past
    quarter-hours on special days are not known. of_shops: rows are shops.
    """

    markets: tuple[str, ...]
    zones: tuple[str, ...]
    first_bin: int
    week: np.ndarray
    counts: np.ndarray
    is_known: np.ndarray
    place: np.ndarray
    day: np.ndarray
    end: int
    own: OwnMatches
    footprint: Footprint
    is_unclear: np.ndarray
    holiday: np.ndarray
    holiday_names: tuple[str, ...]
    listed: np.ndarray
    is_lost: np.ndarray
    of_shops: bool = False

    @classmethod
    def of(
        cls,
        panel: Panel,
        matches: pd.DataFrame,
        markets: Sequence[Market],
        lengths: WindowLengths,
        zones: Mapping[str, str],
        default_timezone: str = "UTC",
    ) -> "OrderHistory":
        """panel: of markets or stores, with a known quarter-hour. matches: past and coming ones of one source."""
        known = np.flatnonzero((panel.is_known | panel.is_lost).any(axis=0))
        first = max(int(known[0]), int(known[-1]) + 1 - MAX_WEEKS * BINS_PER_WEEK)
        span = slice(first, int(known[-1]) + 1)
        ahead = HORIZON + BINS_PER_DAY
        counts = np.pad(panel.counts[:, span], ((0, 0), (0, ahead)))
        is_known, is_lost = (np.pad(cells[:, span], ((0, 0), (0, ahead))) for cells in (panel.is_known, panel.is_lost))
        # a quarter-hour outside all stored weeks is assigned to the week before it, and is not known
        stored = np.maximum.accumulate(panel.week[span])
        week = np.pad(stored - stored[0], (0, ahead), mode="edge")
        rows = panel.names.get_level_values("market") if panel.names.nlevels > 1 else panel.names
        names = tuple(str(name) for name in rows)
        clocks = tuple(zones.get(name, default_timezone) for name in names)
        first_bin = panel.first_bin + first
        minutes = (first_bin + np.arange(counts.shape[1])) * BIN_MINUTES
        day = local_days(minutes - DAY_STARTS_AT, clocks)
        holiday, holiday_names = holiday_columns(names, day, markets)
        listed = listed_columns(names, day, markets)
        is_known &= listed == 0
        own, footprint = _own_matches(names, first_bin, minutes, matches, markets, lengths)
        return cls(
            names,
            clocks,
            first_bin,
            week,
            counts * is_known,
            is_known,
            bins_of_week(minutes, clocks),
            day,
            int(known[-1]) + 1 - first,
            own,
            footprint,
            _unclear(unknown_spans(matches, markets, lengths), names, minutes),
            holiday,
            holiday_names,
            listed,
            is_lost,
            panel.names.nlevels > 1,
        )

    @property
    def minutes(self) -> np.ndarray:
        """First epoch minute of every column."""
        return (self.first_bin + np.arange(self.counts.shape[1])) * BIN_MINUTES

    @property
    def week_count(self) -> int:
        """Match weeks with a known quarter-hour."""
        return len(np.unique(self.week[: self.end][self.is_known[:, : self.end].any(axis=0)]))

    def silent_rows(self, cut: int) -> np.ndarray:
        """Whether nothing was sold in the last SILENT_DAYS days before column `cut` [market]. Listed days say nothing
        about that, so days before them are looked at instead."""
        bins = SILENT_DAYS * BINS_PER_DAY
        recent = slice(max(cut - bins, 0), cut)
        is_silent = ~np.any(self.is_known[:, recent], axis=1)
        for row in np.flatnonzero(is_silent & (self.listed[:, recent] > 0).any(axis=1)):
            unlisted = np.flatnonzero(self.listed[row, :cut] == 0)[-bins:]
            is_silent[row] = not self.is_known[row, unlisted].any()
        return is_silent

    def under_matches(self) -> np.ndarray:
        """True [market, column] where an own match has a window, or may have had one."""
        is_under = self.is_unclear.copy()
        inside = self.footprint.share > 0
        is_under[
            np.broadcast_to(self.footprint.market[:, None], inside.shape)[inside], self.footprint.column[inside]
        ] = True
        return is_under

    def factors(self, log_effects: np.ndarray) -> np.ndarray:
        """The factors by which own matches multiply orders [market, column], given the log effect of each window."""
        factors = np.ones(self.counts.shape)
        added = self.footprint.share * np.expm1(log_effects)[self.footprint.window][:, None]
        row = np.broadcast_to(self.footprint.market[:, None], added.shape)
        np.add.at(factors, (row, self.footprint.column), added)
        return factors

    def times(self, columns: np.ndarray) -> pd.Series:
        """First instants of columns, UTC."""
        return times_of((self.first_bin + columns) * BIN_MINUTES)


def _unclear(spans: pd.DataFrame, names: tuple[str, ...], minutes: np.ndarray) -> np.ndarray:
    """True [row, column] where a quarter-hour overlaps a span of the row's market. A market may have several shops."""
    markets = pd.Index(names).unique()
    return is_inside(spans, markets, minutes, BIN_MINUTES)[markets.get_indexer(pd.Index(names))]


def _rows_of(names: tuple[str, ...]) -> pd.DataFrame:
    """The rows of every market: one, or those of its shops."""
    return pd.DataFrame({"market": pd.array(names, dtype="str"), "row": np.arange(len(names))})


def _own_matches(
    names: tuple[str, ...],
    first_bin: int,
    minutes: np.ndarray,
    matches: pd.DataFrame,
    markets: Sequence[Market],
    lengths: WindowLengths,
) -> tuple[OwnMatches, Footprint]:
    exposed = exposures(matches, markets).merge(_rows_of(names), on="market")
    edges = edges_by_match(exposed, matches, lengths)
    is_near = (edges[:, -1] > minutes[0]) & (edges[:, 0] < minutes[-1])
    exposed, edges = exposed[is_near].reset_index(drop=True), edges[is_near]
    market = exposed["row"].to_numpy()
    zones = {market.name: market.timezone for market in markets}
    day = np.array(
        [
            day_number(kickoff.tz_convert(zones[name]).date())
            for name, kickoff in zip(exposed["market"], exposed["kickoff_at"], strict=True)
        ],
        dtype=np.int64,
    )
    key = pd.MultiIndex.from_frame(matches[["match_source", "match_id"]])
    match = key.get_indexer(pd.MultiIndex.from_frame(exposed[["match_source", "match_id"]]))
    rounded = (edges + BIN_MINUTES // 2) // BIN_MINUTES - first_bin
    own = OwnMatches(match, market, rounded[:, 1], rounded, day)
    return own, _footprint(own, exposed, edges, first_bin, len(minutes), shared_windows(matches, markets, lengths))


def _footprint(
    own: OwnMatches, exposed: pd.DataFrame, edges: np.ndarray, first_bin: int, columns: int, shared: pd.DataFrame
) -> Footprint:
    bins, share = bins_under(times_of(edges[:, :-1].ravel()), times_of(edges[:, 1:].ravel()))
    column = bins - first_bin
    inside = (column >= 0) & (column < columns)
    repeated = np.repeat(np.arange(len(exposed)), len(WINDOWS))
    key = ["match_source", "match_id", "market", "window"]
    windows = exposed.take(repeated).assign(window=[window.value for window in WINDOWS] * len(exposed))
    is_shared = pd.MultiIndex.from_frame(windows[key]).isin(pd.MultiIndex.from_frame(shared[key]))
    return Footprint(
        repeated,
        own.market[repeated],
        np.tile(np.arange(len(WINDOWS)), len(exposed)),
        np.where(inside, column, 0),
        np.where(inside, share, 0.0),
        np.asarray(is_shared),
    )
