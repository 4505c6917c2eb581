"""The effect of own matches on orders so far, per window, shrunk towards zero for use in a forecast.

The same difference-in-differences as effects.py, but as known at a past moment. Significance belongs there.
"""

from dataclasses import dataclass

import numpy as np

from pizza_assets.analysis.control_orders import MIN_CONTROL_ORDERS
from pizza_assets.analysis.dispersion import extra_variance
from pizza_assets.analysis.effects import MIN_DATES
from pizza_assets.analysis.forecast.order_history import OrderHistory
from pizza_assets.analysis.local_week import BINS_PER_WEEK
from pizza_assets.analysis.proportional_fit import fit_baseline
from pizza_assets.analysis.reasons import Reason
from pizza_assets.analysis.windows import WINDOWS

PRIOR_SD = 0.05
"""Prior standard deviation of log effects: the less precise an estimate is relative to it, the more it is shrunk."""
MIN_CONTROLS = 6
"""Minimum number of control markets in every quarter-hour of a window."""
MIN_FREE_BINS = 8
"""Minimum number of free weeks at a time of the week, as in baseline.py."""
TOLERANCE = 1e-4
"""Tolerance of the fit: 0.01 % of a forecast is negligible, and further digits would take most of the time."""


@dataclass(frozen=True)
class Effects:
    """Effects by window, in the order of WINDOWS. estimate: log effect, 0 where `missing` has a reason. shrunken: the
    effect that a forecast uses. covariance: of the estimates, clustered by date [window, window], 0 where missing.
    dates: number used. variance: of the log effects of single matches and markets around their mean."""

    estimate: np.ndarray
    shrunken: np.ndarray
    covariance: np.ndarray
    dates: np.ndarray
    missing: tuple[Reason | None, ...]
    variance: float = 0.0

    @property
    def is_known(self) -> bool:
        """Whether any window has an effect."""
        return any(reason is None for reason in self.missing)


def no_effects(reason: Reason) -> Effects:
    """Effects of zero, if nothing can be estimated for this reason."""
    zeros = np.zeros(len(WINDOWS))
    return Effects(zeros, zeros, np.diag(zeros), zeros.astype(int), (reason,) * len(WINDOWS))


def window_effects(history: OrderHistory, cut: int) -> Effects:
    """Log effect of each window, from what was known before column `cut`.

    A window is used if all its quarter-hours are known and free of another own match, with at least MIN_CONTROLS free
    control markets that have MIN_CONTROL_ORDERS orders at that time of the week.
    """
    if len(history.markets) <= MIN_CONTROLS:
        return no_effects(Reason.TOO_FEW_CONTROL_MARKETS)
    used = np.flatnonzero(_lies_before(history, cut))
    if not len(used):
        return no_effects(Reason.NO_MATCHES)
    compared = _compared(history, cut, used)
    observed, expected = compared.observed, compared.expected
    is_usable = np.isfinite(expected) & (expected > 0)
    if not is_usable.any():
        return no_effects(Reason.TOO_FEW_CONTROL_MARKETS)
    used, observed, expected = used[is_usable], observed[is_usable], expected[is_usable]
    error_share = compared.error_share[is_usable]
    days, date = np.unique(history.own.day[history.footprint.own[used]], return_inverse=True)
    window = history.footprint.window[used]
    sums = [np.bincount(window, values, len(WINDOWS)) for values in (observed, expected)]
    dates = np.array([len(np.unique(date[window == number])) for number in range(len(WINDOWS))])
    is_answered = (dates >= MIN_DATES) & (sums[0] > 0)
    ratio = np.divide(*sums, out=np.ones(len(WINDOWS)), where=is_answered)
    weight = np.divide(1.0, sums[0], out=np.zeros(len(WINDOWS)), where=is_answered)
    score = np.zeros((len(days), len(WINDOWS)))
    np.add.at(score, (date, window), (observed - ratio[window] * expected) * weight[window])
    covariance = score.T @ score * (dates / np.maximum(dates - 1, 1))
    covariance = (covariance + covariance.T) / 2
    estimate = np.log(ratio)
    missing = tuple(None if ok else Reason.TOO_FEW_DATES for ok in is_answered)
    shrunken = estimate * PRIOR_SD**2 / (PRIOR_SD**2 + np.diag(covariance))
    variance = _variance_of_effects(observed, ratio[window] * expected, error_share, compared.k)
    return Effects(estimate, shrunken, covariance, dates, missing, variance)


def _lies_before(history: OrderHistory, cut: int) -> np.ndarray:
    """Windows that end before `cut`, lie completely in the history, are known, and belong to one match only."""
    footprint = history.footprint
    row = np.broadcast_to(footprint.market[:, None], footprint.column.shape)
    inside = footprint.share > 0
    is_observed = ~inside | (history.is_known[row, footprint.column] & (footprint.column < cut))
    start = history.own.edges[footprint.own, footprint.window]
    return is_observed.all(axis=1) & inside.any(axis=1) & (start >= 0) & ~footprint.is_shared


@dataclass(frozen=True)
class _Compared:
    """observed, expected: orders [window]; expected is NaN with too little data. error_share: the variance of the
    expectation as a share of that of the orders, from the number of free markets and weeks. k: extra variance of two
    hours without a match, see dispersion.py."""

    observed: np.ndarray
    expected: np.ndarray
    error_share: np.ndarray
    k: float


def _variance_of_effects(observed: np.ndarray, mean: np.ndarray, error_share: np.ndarray, k: float) -> float:
    """Excess variance of windows with a match over hours without one, by the method of moments."""
    without = mean * (1 + k * mean) * (1 + error_share)
    return max(float(((observed - mean) ** 2 - without).sum() / (mean**2).sum()), 0.0)


def _compared(history: OrderHistory, cut: int, used: np.ndarray) -> _Compared:
    place = history.place[:, :cut]
    # skip hours in which no market ever sells, to save time
    sold = np.zeros(BINS_PER_WEEK)
    for market, counts in enumerate(history.counts[:, :cut]):
        sold += np.bincount(place[market], counts, BINS_PER_WEEK)
    columns = np.flatnonzero((sold[place] > 0).any(axis=0))
    place, counts = place[:, columns], history.counts[:, columns]
    usable = (history.is_known & ~history.under_matches())[:, columns]
    fit = fit_baseline(counts, usable, place, history.week[columns], tolerance=TOLERANCE, max_iterations=60)
    controls, habits = np.zeros(len(columns)), np.zeros(len(columns))
    free_weeks = np.zeros((len(counts), BINS_PER_WEEK))
    for market in range(len(counts)):
        free_weeks[market] = np.bincount(place[market], usable[market], BINS_PER_WEEK)
        habit = np.bincount(place[market], counts[market] * usable[market], BINS_PER_WEEK)
        controls += usable[market] & fit.is_open[market]
        habits += habit[place[market]] * usable[market]
    position = np.full(cut + 1, -1)
    position[columns] = np.arange(len(columns))
    market, share = history.footprint.market[used][:, None], history.footprint.share[used]
    column = history.footprint.column[used]
    at = position[np.minimum(column, cut)]
    needed = (share > 0) & (at >= 0)
    own_place = history.place[market, column]
    is_sound = (
        (controls[at] >= MIN_CONTROLS)
        & (habits[at] >= MIN_CONTROL_ORDERS)
        & (free_weeks[market, own_place] >= MIN_FREE_BINS)
    )
    expected = np.where(needed, np.where(is_sound, share * fit.expected[market, at], np.nan), 0.0).sum(axis=1)
    observed = (share * history.counts[market, column]).sum(axis=1)
    fewest = [np.where(needed, n, np.inf).min(axis=1) for n in (controls[at], free_weeks[market, own_place])]
    error_share = sum(1 / np.maximum(count, 1) for count in fewest)
    return _Compared(observed, expected, error_share, extra_variance(counts, fit.expected, usable))
