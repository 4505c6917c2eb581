"""Placebo windows: the same markets, weekdays and hours on dates without a match of their own team.

The baseline is fitted to the free quarter-hours, so it is right there by construction. Placebos are therefore masked
and the baseline is refitted without them: any effect on the placebo dates is then an artefact of the method.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from pizza_assets.analysis.expected_grid import ExpectedGrid, bins_under
from pizza_assets.analysis.local_week import BINS_PER_DAY
from pizza_assets.analysis.proportional_fit import fit_baseline
from pizza_assets.analysis.store_quarters import BIN_MINUTES
from pizza_assets.analysis.windows import epoch_minutes, times_of
from pizza_assets.models.vocabulary import ResultStatus, Window

SHARE_OF_FREE_WEEKS = 3
"""One free week in three becomes a placebo; the others remain to fit the baseline."""
SEED = 20150809


def placebo_windows(impact: pd.DataFrame, grid: ExpectedGrid) -> tuple[pd.DataFrame, ExpectedGrid]:
    """Windows around placebo kick-offs, and the grid that was refitted without them.

    impact: MatchImpact rows of one pair of sources. For every market and time of the week at which it has usable
    windows, at most as many placebo kick-offs as real ones are drawn, with a fixed seed, from the weeks in which the
    quarter-hours around that time are known and free. Returns rows with the columns that `own_match_answer` reads
    (orders are summed over quarter-hours, in proportion where a window cuts one), and the grid; no rows if there is no
    free week.
    """
    kickoffs = _placebo_kickoffs(impact, grid)
    if kickoffs.empty:
        return _rows(kickoffs, grid), grid
    is_placebo = np.zeros(grid.observed.shape, dtype=bool)
    for row, column, first, end in kickoffs[["row", "column", "first", "end"]].itertuples(index=False, name=None):
        is_placebo[row, column + first : column + end] = True
    usable = grid.is_known & ~grid.is_masked & ~is_placebo
    fit = fit_baseline(grid.observed, usable, grid.bin_of_week, grid.week)
    # only where the first fit has an expectation: its rules on free weeks and controls apply here too
    expected = np.where(np.isfinite(grid.expected), fit.expected, np.nan)
    refitted = replace(
        grid,
        expected=expected,
        is_masked=grid.is_masked | (is_placebo & grid.is_known),
        has_converged=grid.has_converged & fit.converged,
    )
    return _rows(kickoffs, refitted), refitted


def _placebo_kickoffs(impact: pd.DataFrame, grid: ExpectedGrid) -> pd.DataFrame:
    """row, column: position of the placebo kick-off in the grid; first, end: columns that its windows touch, relative
    to it; pre, whistle, post: the windows' edges in minutes from kick-off."""
    rng = np.random.default_rng(SEED)
    found: list[tuple] = []
    free = grid.is_known & ~grid.is_masked & np.isfinite(grid.expected)
    for key, matches in _real_kickoffs(impact, grid).groupby(["row", "place", "pre", "whistle", "post"]):
        row, place, pre, whistle, post = (int(number) for number in tuple(key))
        first, end = -(-pre // BIN_MINUTES) * -1, -(-post // BIN_MINUTES)
        candidates = np.flatnonzero(grid.bin_of_week[row] == place)
        candidates = candidates[(candidates + first >= 0) & (candidates + end <= free.shape[1])]
        around = candidates[:, None] + np.arange(first, end)
        candidates = candidates[free[row][around].all(axis=1)]
        count = min(len(matches), len(candidates) // SHARE_OF_FREE_WEEKS)
        chosen = np.sort(rng.choice(candidates, count, replace=False))
        found += [(row, int(column), first, end, pre, whistle, post) for column in chosen]
    columns = ["row", "column", "first", "end", "pre", "whistle", "post"]
    return _without_overlaps(pd.DataFrame(found, columns=columns))


def _real_kickoffs(impact: pd.DataFrame, grid: ExpectedGrid) -> pd.DataFrame:
    """For each usable market-match, its row in the grid, the time of the week of kick-off, and edges in minutes."""
    used = impact[impact["status"] == ResultStatus.OK]
    edges = used.groupby(["market", "match_id"]).agg(
        kickoff_at=("kickoff_at", "first"), starts_at=("window_start_at", "min"), ends_at=("window_end_at", "max")
    )
    whistle = used[used["window"] == Window.DURING].set_index(["market", "match_id"])["window_end_at"]
    edges = edges.assign(whistle_at=whistle).dropna().reset_index()
    kickoff = epoch_minutes(edges["kickoff_at"])
    row = grid.markets.get_indexer(pd.Index(edges["market"]))
    column = kickoff // BIN_MINUTES - grid.first_bin
    place = grid.bin_of_week[row, column] if len(row) else np.empty(0, np.int64)
    return pd.DataFrame(
        {
            "row": row,
            "place": place,
            "pre": kickoff - epoch_minutes(edges["starts_at"]),
            "whistle": epoch_minutes(edges["whistle_at"]) - kickoff,
            "post": epoch_minutes(edges["ends_at"]) - kickoff,
        }
    )


def _without_overlaps(kickoffs: pd.DataFrame) -> pd.DataFrame:
    """Drop placebos less than half a day after another one of the same market."""
    ordered = kickoffs.sort_values(["row", "column"], ignore_index=True)
    gap = ordered.groupby("row")["column"].diff()
    return ordered[~(gap < BINS_PER_DAY // 2)].reset_index(drop=True)


def _rows(kickoffs: pd.DataFrame, grid: ExpectedGrid) -> pd.DataFrame:
    minutes = (kickoffs["column"].to_numpy(dtype=np.int64) + grid.first_bin) * BIN_MINUTES
    edges: Sequence[np.ndarray] = [
        minutes - kickoffs["pre"].to_numpy(dtype=np.int64),
        minutes,
        minutes + kickoffs["whistle"].to_numpy(dtype=np.int64),
        minutes + kickoffs["post"].to_numpy(dtype=np.int64),
    ]
    markets = grid.markets.take(kickoffs["row"].to_numpy(dtype=np.int64))
    day = grid.day[kickoffs["row"].to_numpy(dtype=np.int64), kickoffs["column"].to_numpy(dtype=np.int64)]
    parts = []
    for i, window in enumerate((Window.PRE, Window.DURING, Window.POST)):
        starts_at, ends_at = times_of(edges[i]), times_of(edges[i + 1])
        bins, share = bins_under(starts_at, ends_at)
        row, column, inside = grid.locate(pd.Series(markets), bins)
        needed = inside & (share > 0)
        if grid.observed.size:
            observed = np.where(needed, share * grid.observed[row, column], 0.0).sum(axis=1)
            expected = np.where(needed, share * grid.expected[row, column], 0.0).sum(axis=1)
        else:
            observed = expected = np.zeros(len(bins))
        parts.append(
            pd.DataFrame(
                {
                    "market": markets,
                    "match_id": [f"placebo {number}" for number in range(len(bins))],
                    "window": window.value,
                    "kickoff_at": times_of(minutes),
                    "kickoff_date": day.astype("datetime64[D]").astype(str),
                    "window_start_at": starts_at,
                    "window_end_at": ends_at,
                    "observed": observed,
                    "expected": expected,
                    "status": np.where(
                        np.isfinite(expected) & (expected > 0), ResultStatus.OK, ResultStatus.INSUFFICIENT_DATA
                    ),
                    "reasons": None,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)
