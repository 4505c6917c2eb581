"""Effects of matches that every market follows, such as a national team's, so that no control market is left.

Instead of other markets, the rest of the same day is the control: the departure of a window from the market's habits,
minus that of the day's other hours. Other dates at the same time of the week show how much such a difference varies
without a match (randomisation inference; Fisher 1935). Matches with control markets belong to effects.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pizza_assets.analysis.expected_grid import ExpectedGrid
from pizza_assets.analysis.exposure import exposures
from pizza_assets.analysis.local_week import BINS_PER_WEEK
from pizza_assets.analysis.ratios import ratio
from pizza_assets.analysis.reasons import Answer, Reason
from pizza_assets.analysis.store_quarters import BIN_MINUTES
from pizza_assets.analysis.windows import WINDOWS, WindowLengths, window_edges
from pizza_assets.models.market import Market
from pizza_assets.models.vocabulary import MatchStatus, Window

MIN_MATCHES = 3
MIN_PLACEBO_DATES = 10
DRAWS = 1_999
SEED = 20150810
BEFORE_BINS = 120 // BIN_MINUTES
AFTER_BINS = 240 // BIN_MINUTES
"""The rest of the day excludes this time before and after kick-off."""
_MIN_REST_ORDERS = 20.0
_FAR = 5.0
_TOLERANCE = 1e-8
_MAX_ROUNDS = 200


@dataclass(frozen=True)
class _Moments:
    """Kick-offs and placebos. column: in the grid. slot: number of the time of the week. is_treated: with a match."""

    column: np.ndarray
    slot: np.ndarray
    is_treated: np.ndarray


def shared_match_answers(
    matches: pd.DataFrame, markets: Sequence[Market], grid: ExpectedGrid, lengths: WindowLengths
) -> dict[Window, Answer]:
    """The effect of matches that every market of the grid follows, per window, on the log of orders.

    matches: RawMatches with the pair's label. Each date has v = log(O / E in the window) - log(O / E on the same day,
    except from two hours before to four hours after kick-off), over the markets without another own match nearby, with
    E from the market's habits and weekly level. Dates whose other hours are far from usual (holidays) are left out.
    estimate: treated dates minus the mean of the slot's placebo dates; se from the placebos' variance within slots; p
    by permuting which dates of a slot are treated.
    """
    shared = _shared(matches, markets, grid)
    counts = {"n_matches": len(shared), "n_market_matches": len(shared) * len(grid.markets), "n_clusters": len(shared)}
    if shared.empty:
        return {window: Answer(counts, (Reason.NO_SHARED_MATCH,)) for window in WINDOWS}
    moments = _moments(shared, grid)
    usual = _habits(grid)
    return {window: _answer(grid, usual, moments, window, lengths, counts) for window in WINDOWS}


def _shared(matches: pd.DataFrame, markets: Sequence[Market], grid: ExpectedGrid) -> pd.DataFrame:
    """Finished matches that all markets of the grid follow, within the time of the grid."""
    finished = matches[matches["status"] == MatchStatus.FINISHED]
    exposed = exposures(finished, markets)
    followers = exposed[exposed["market"].isin(grid.markets)].groupby("match_id")["market"].nunique()
    followed_by_all = followers.index[followers == len(grid.markets)]
    chosen = finished[finished["match_id"].isin(followed_by_all)].reset_index(drop=True)
    column = window_edges(chosen, WindowLengths())[:, 1] // BIN_MINUTES - grid.first_bin
    inside = (column >= BEFORE_BINS) & (column + AFTER_BINS < grid.observed.shape[1])
    return chosen.assign(column=column)[inside].reset_index(drop=True)


def _moments(shared: pd.DataFrame, grid: ExpectedGrid) -> _Moments:
    """All columns at the time of the week of a shared kick-off, except those on the day of another shared match."""
    clock = grid.bin_of_week[0]
    treated = np.unique(shared["column"].to_numpy(dtype=np.int64))
    slots = np.unique(clock[treated])
    columns = np.flatnonzero(np.isin(clock, slots))
    columns = columns[(columns >= BEFORE_BINS) & (columns + AFTER_BINS < len(clock))]
    is_treated = np.isin(columns, treated)
    on_match_day = np.isin(grid.day[0][columns], grid.day[0][treated])
    kept = is_treated | ~on_match_day
    return _Moments(columns[kept], np.searchsorted(slots, clock[columns[kept]]), is_treated[kept])


def _habits(grid: ExpectedGrid) -> np.ndarray:
    """Usual orders by market, time of the week and week [market, bin], from quarter-hours without a match."""
    usual = np.full(grid.observed.shape, np.nan)
    weeks = len(grid.weeks)
    for market, place in enumerate(grid.bin_of_week):
        free = grid.is_known[market] & ~grid.is_masked[market]
        orders = np.where(free, grid.observed[market], 0.0)
        habit, level = np.ones(BINS_PER_WEEK), np.ones(weeks)
        for _ in range(_MAX_ROUNDS):
            usable = np.bincount(place, free * level[grid.week], BINS_PER_WEEK)
            new = ratio(np.bincount(place, orders, BINS_PER_WEEK), usable, 0.0)
            usable = np.bincount(grid.week, free * new[place], weeks)
            level_new = ratio(np.bincount(grid.week, orders, weeks), usable, 0.0)
            moved = float(np.abs(level_new - level).max(initial=0.0))
            habit, level = new, level_new
            if moved < _TOLERANCE:
                break
        usual[market] = np.where(grid.is_known[market], habit[place] * level[grid.week], np.nan)
    return usual


def _answer(
    grid: ExpectedGrid,
    usual: np.ndarray,
    moments: _Moments,
    window: Window,
    lengths: WindowLengths,
    counts: dict[str, int],
) -> Answer:
    values, is_usual_day = _departures(grid, usual, moments, window, lengths)
    known = np.isfinite(values) & is_usual_day
    value, slot, is_treated = values[known], moments.slot[known], moments.is_treated[known]
    # use only slots with both a match and a placebo
    both = np.isin(slot, slot[is_treated]) & np.isin(slot, slot[~is_treated])
    value, slot, is_treated = value[both], slot[both], is_treated[both]
    treated, placebos = int(is_treated.sum()), int((~is_treated).sum())
    counts = {**counts, "n_matches": treated, "n_clusters": treated, "n_market_matches": treated * len(grid.markets)}
    if treated < MIN_MATCHES:
        return Answer(counts, (Reason.TOO_FEW_SHARED_MATCHES,))
    if placebos < MIN_PLACEBO_DATES:
        return Answer(counts, (Reason.TOO_FEW_PLACEBO_DATES,))
    return Answer({**counts, **_compared(value, slot, is_treated)})


def _departures(
    grid: ExpectedGrid, usual: np.ndarray, moments: _Moments, window: Window, lengths: WindowLengths
) -> tuple[np.ndarray, np.ndarray]:
    """v of every moment, NaN where unknown; and whether the orders of the day's other hours are near usual."""
    starts = {Window.PRE: -lengths.pre_minutes, Window.DURING: 0, Window.POST: lengths.regular_minutes}
    ends = {
        Window.PRE: 0,
        Window.DURING: lengths.regular_minutes,
        Window.POST: lengths.regular_minutes + lengths.post_minutes,
    }
    # quarter-hours completely inside the window: this estimate needs no exact minutes
    first, end = -(-starts[window] // BIN_MINUTES), ends[window] // BIN_MINUTES
    inside, rest = np.full(len(moments.column), np.nan), np.full(len(moments.column), np.nan)
    for number, (column, is_treated) in enumerate(zip(moments.column, moments.is_treated, strict=True)):
        near = slice(column - BEFORE_BINS, column + AFTER_BINS)
        day = np.flatnonzero(grid.day[0] == grid.day[0][column]) if len(grid.day) else np.empty(0, np.int64)
        others = day[(day < near.start) | (day >= near.stop)]
        # on placebo dates, skip markets near a match of their own team; on treated dates, all markets are near one
        usable = grid.is_known[:, near].all(axis=1) & (is_treated | ~grid.is_masked[:, near].any(axis=1))
        free = usable[:, None] & grid.is_known[:, others] & ~grid.is_masked[:, others]
        span = slice(column + first, column + end)
        sums = [
            float(np.where(cells, values, 0.0).sum())
            for cells, values in (
                (usable[:, None], grid.observed[:, span]),
                (usable[:, None], usual[:, span]),
                (free, grid.observed[:, others]),
                (free, usual[:, others]),
            )
        ]
        if sums[1] > 0 and sums[3] >= _MIN_REST_ORDERS and sums[2] > 0:
            rest[number] = np.log(sums[2] / sums[3])
            inside[number] = np.log((sums[0] + 0.5) / (sums[1] + 0.5)) - rest[number]
    centre = np.nanmedian(rest) if np.isfinite(rest).any() else 0.0
    spread = 1.4826 * np.nanmedian(np.abs(rest - centre)) if np.isfinite(rest).any() else 0.0
    return inside, np.abs(np.where(np.isfinite(rest), rest, 0.0) - centre) <= _FAR * max(spread, 0.01)


def _compared(value: np.ndarray, slot: np.ndarray, is_treated: np.ndarray) -> dict[str, float]:
    from scipy.special import stdtrit

    slots = int(slot.max()) + 1
    placebo_count = np.bincount(slot[~is_treated], minlength=slots)
    treated_count = np.bincount(slot[is_treated], minlength=slots)
    mean = ratio(np.bincount(slot[~is_treated], value[~is_treated], slots), placebo_count, 0.0)
    treated = int(is_treated.sum())
    estimate = float((value - mean[slot])[is_treated].mean())
    df = float((placebo_count - 1)[placebo_count > 0].sum())
    variance = float(((value - mean[slot])[~is_treated] ** 2).sum()) / max(df, 1.0)
    se = float(np.sqrt(variance * (treated + ratio(treated_count**2, placebo_count, 0.0).sum()) / treated**2))
    reach = float(stdtrit(df, 0.975)) * se
    p_value = _permuted_p(value, slot, is_treated)
    return {
        "estimate_log": estimate,
        "uplift_pct": 100 * float(np.expm1(estimate)),
        "ci_low_pct": 100 * float(np.expm1(estimate - reach)),
        "ci_high_pct": 100 * float(np.expm1(estimate + reach)),
        "se": se,
        "df": df,
        "p_value": p_value,
        "p_permutation": p_value,
    }


def _permuted_p(value: np.ndarray, slot: np.ndarray, is_treated: np.ndarray) -> float:
    """Share of permutations within slots whose sum of treated departures is at least as far from its mean."""
    rng = np.random.default_rng(SEED)
    order = np.argsort(slot, kind="stable")
    value, slot, is_treated = value[order], slot[order], is_treated[order]
    centred = value - ratio(np.bincount(slot, value), np.bincount(slot), 0.0)[slot]
    shuffled = np.argsort(slot + rng.random((DRAWS, len(slot))), axis=1, kind="stable")
    drawn = np.abs(centred[shuffled][:, is_treated].sum(axis=1))
    observed = abs(float(centred[is_treated].sum()))
    return (1 + int((drawn >= observed * (1 - 1e-9)).sum())) / (1 + DRAWS)
