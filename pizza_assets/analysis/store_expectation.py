"""Usual orders of a store, robust against the anomalies to be detected: outages, surges and missing days.

The fit is that of the markets' baseline, with stores instead of markets. Detecting alarms belongs to anomalies.py.
"""

from dataclasses import dataclass

import numpy as np

from pizza_assets.analysis.proportional_fit import fit_baseline

ROUNDS = 4
LOW_RUN_BINS = 8
_TOLERANCE = 1e-4
_MAX_ITERATIONS = 60
_FAR = 4.0
_NEARLY_NOTHING = 0.1
_LOW_RUN_EXPECTED = 5.0
_MATCH_PRIOR_ORDERS = 50.0


@dataclass(frozen=True)
class StoreExpectation:
    """expected: orders [store, bin], including the usual effect of the own team's match; NaN where unknown. is_usual:
    bool [store, bin], cells that stayed in the fit. converged: whether the last fit converged."""

    expected: np.ndarray
    is_usual: np.ndarray
    converged: bool


def store_expectation(
    counts: np.ndarray,
    is_known: np.ndarray,
    bin_of_week: np.ndarray,
    week: np.ndarray,
    day: np.ndarray,
    event_lag: np.ndarray,
) -> StoreExpectation:
    """Fit the stores' habits ROUNDS times, each time without the outlying cells of the previous fit.

    counts, is_known, bin_of_week: [store, bin] of quarter-hours. week: int [bin]. day: int [store, bin], local calendar
    date. event_lag: int [store, bin], quarter-hours since the windows of the own team's match opened, negative outside
    them. Cells with a lag are not used to fit habits; their expectation is multiplied by the ratio that all stores show
    at that lag. Outliers are cells more than 4 standard deviations off, runs of two hours with hardly any orders, and
    days without orders.
    """
    is_free = is_known & (event_lag < 0)
    is_usual = is_free
    fit = fit_baseline(counts, is_usual, bin_of_week, week, tolerance=_TOLERANCE, max_iterations=_MAX_ITERATIONS)
    for _ in range(ROUNDS - 1):
        is_usual = is_free & ~_departing(counts, fit.expected, is_known, is_usual, day)
        fit = fit_baseline(counts, is_usual, bin_of_week, week, tolerance=_TOLERANCE, max_iterations=_MAX_ITERATIONS)
    expected = np.where(is_known, fit.expected, np.nan)
    return StoreExpectation(_with_matches(expected, counts, event_lag), is_usual, fit.converged)


def _departing(
    counts: np.ndarray, expected: np.ndarray, is_known: np.ndarray, is_usual: np.ndarray, day: np.ndarray
) -> np.ndarray:
    """The outlying cells to leave out of the next fit [store, bin]."""
    departing = np.zeros(counts.shape, dtype=bool)
    squares, means, means_squared = 0.0, 0.0, 0.0
    for store in range(len(counts)):
        mean = np.where(is_usual[store] & np.isfinite(expected[store]), expected[store], 0.0)
        squares += float((np.where(mean > 0, counts[store] - mean, 0.0) ** 2).sum())
        means += float(mean.sum())
        means_squared += float((mean**2).sum())
    k = max(0.0, (squares - means) / means_squared) if means_squared > 0 else 0.0
    for store in range(len(counts)):
        mean = np.where(is_known[store] & np.isfinite(expected[store]), expected[store], 0.0)
        count = np.where(mean > 0, counts[store], 0)
        spread = np.sqrt(mean + k * mean**2)
        departing[store] = np.abs(count - mean) > _FAR * np.maximum(spread, 1e-12)
        departing[store] |= _low_runs(count, mean)
        first = int(day[store].min())
        orders, usual = (np.bincount(day[store] - first, values) for values in (count, mean))
        departing[store] |= ((orders == 0) & (usual > _LOW_RUN_EXPECTED))[day[store] - first]
        departing[store] &= mean > 0
    return departing


def _low_runs(counts: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Cells in a run of two hours with at most a tenth of the usual orders [bin]."""
    if len(counts) < LOW_RUN_BINS:
        return np.zeros(len(counts), dtype=bool)
    orders, usual = (running_sums(values, LOW_RUN_BINS) for values in (counts, mean))
    starts = np.flatnonzero((usual >= _LOW_RUN_EXPECTED) & (orders <= _NEARLY_NOTHING * usual))
    steps = np.zeros(len(counts) + 1, dtype=np.int32)
    np.add.at(steps, starts, 1)
    np.add.at(steps, starts + LOW_RUN_BINS, -1)
    return np.cumsum(steps)[:-1] > 0


def running_sums(values: np.ndarray, length: int) -> np.ndarray:
    """Sums of every `length` consecutive values."""
    total = np.concatenate([[0.0], np.cumsum(values, dtype=float)])
    return total[length:] - total[:-length]


def _with_matches(expected: np.ndarray, counts: np.ndarray, event_lag: np.ndarray) -> np.ndarray:
    """`expected` near the own team's match times the ratio that all stores show at that lag, shrunk towards 1."""
    store, position = np.nonzero((event_lag >= 0) & np.isfinite(expected))
    lag = event_lag[store, position]
    lags = int(lag.max(initial=-1)) + 1
    observed = np.bincount(lag, counts[store, position], lags)
    usual = np.bincount(lag, expected[store, position], lags)
    ratio = (observed + _MATCH_PRIOR_ORDERS) / (usual + _MATCH_PRIOR_ORDERS)
    adjusted = expected.copy()
    adjusted[store, position] *= ratio[lag]
    return adjusted
