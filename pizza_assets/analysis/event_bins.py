"""Orders of a grid by half-hour, each cell with its distance (lag) from the own team's kick-off.

The effects around kick-off are estimated in event_study.py.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pizza_assets.analysis.event_time_fit import Panel
from pizza_assets.analysis.expected_grid import ExpectedGrid
from pizza_assets.analysis.exposure import exposures, is_inside, unknown_around_kickoff
from pizza_assets.analysis.special_dates import special_cells
from pizza_assets.analysis.windows import epoch_minutes
from pizza_assets.models.market import Market

LAG_MINUTES = 30
FIRST_MINUTE = -180
LAG_COUNT = 16
"""From three hours before kick-off to five hours after it."""
NO_LAG = -1
_UNCLEAR = -2
_BINS = 2


def event_panel(grid: ExpectedGrid, matches: pd.DataFrame, markets: Sequence[Market]) -> Panel:
    """The grid's quarter-hours in pairs. matches: RawMatches with the pair's label; only those that expose a market
    are used.

    Lag 0 minutes is the half-hour in which the match kicks off; a match that starts at a quarter past is thus counted a
    quarter of an hour early. Half-hours near two matches of a market, or near one that may have been played, are left
    out, as their orders can't be attributed to one match. An event half-hour is used if the market sells at this time
    of the week in half-hours without a match, and another market is free then. Special days and markets
    without a baseline are left out.
    """
    skipped = grid.first_bin % _BINS
    bins = (grid.observed.shape[1] - skipped) // _BINS
    first = (grid.first_bin + skipped) // _BINS

    def paired(values: np.ndarray) -> np.ndarray:
        return values[:, skipped : skipped + bins * _BINS].reshape(len(grid.markets), bins, _BINS)

    counts = paired(grid.observed).sum(axis=2)
    is_known = np.all(paired(grid.is_known), axis=2)
    is_special = special_cells(grid.markets, grid.day, markets)
    is_known &= grid.has_converged[:, None] & ~np.any(paired(is_special), axis=2)
    place = paired(grid.bin_of_week)[:, :, 0] // _BINS
    lag = _lags(exposures(matches, markets), grid.markets, first, bins)
    unclear = unknown_around_kickoff(matches, markets, -FIRST_MINUTE, FIRST_MINUTE + LAG_COUNT * LAG_MINUTES)
    lag[is_inside(unclear, grid.markets, (first + np.arange(bins)) * LAG_MINUTES, LAG_MINUTES)] = _UNCLEAR
    is_used = _used(counts, is_known, place, lag)
    # all markets must share their dates, so the time zone of the first one decides
    day = grid.day[0, skipped : skipped + bins * _BINS : _BINS] if len(grid.markets) else np.empty(0, np.int64)
    date = np.unique(day, return_inverse=True)[1]
    week = grid.week[skipped : skipped + bins * _BINS : _BINS]
    return Panel(counts, is_used, place, week, date, np.where(is_used, lag, NO_LAG), LAG_COUNT)


def _lags(exposed: pd.DataFrame, markets: pd.Index, first: int, bins: int) -> np.ndarray:
    """The lag of every cell [market, bin]; NO_LAG without a match nearby, _UNCLEAR near two matches."""
    lag = np.full((len(markets), bins), NO_LAG, dtype=np.int64)
    row = markets.get_indexer(pd.Index(exposed["market"]))
    start = epoch_minutes(exposed["kickoff_at"]) // LAG_MINUTES - first + FIRST_MINUTE // LAG_MINUTES
    for market, column in {(int(r), int(s)) for r, s in zip(row, start, strict=True) if r >= 0}:
        inside = np.arange(max(column, 0), min(column + LAG_COUNT, bins))
        taken = lag[market, inside] != NO_LAG
        lag[market, inside] = np.where(taken, _UNCLEAR, inside - column)
    return lag


def _used(counts: np.ndarray, is_known: np.ndarray, place: np.ndarray, lag: np.ndarray) -> np.ndarray:
    free = is_known & (lag == NO_LAG)
    places = int(place.max(initial=-1)) + 1
    for market in range(len(counts)):
        sold = np.bincount(place[market], np.where(free[market], counts[market], 0), places) > 0
        free[market] &= sold[place[market]]
        is_known = is_known.copy() if market == 0 else is_known
        is_known[market] &= sold[place[market]]
    has_control = free.any(axis=0)
    return free | (is_known & (lag >= 0) & has_control)
