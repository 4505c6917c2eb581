"""Iterative proportional fitting of expected counts. Arrays only: frames and matches do not belong here.

The model is E = alpha[market, bin of the week] * delta[bin] * eta[market, week]: every market has its own weekly
profile and its own level in each week, and all markets share the effect of each single quarter-hour (a holiday, the
weather, a match that everybody watches). The fit is the Poisson maximum likelihood of that model
(Deming and Stephan 1940; Darroch and Ratcliff 1972).
"""

from dataclasses import dataclass

import numpy as np

from pizza_assets.analysis.interleaved_sums import InterleavedSums

TOLERANCE = 1e-8
MAX_ITERATIONS = 200


@dataclass(frozen=True)
class Baseline:
    """expected: float [market, bin], NaN where a factor is unknown. is_open: bool [market, bin], False where the market
    never sold at this time of the week in a usable bin."""

    expected: np.ndarray
    is_open: np.ndarray
    converged: bool


def fit_baseline(
    counts: np.ndarray,
    usable: np.ndarray,
    bin_of_week: np.ndarray,
    week: np.ndarray,
    *,
    tolerance: float = TOLERANCE,
    max_iterations: int = MAX_ITERATIONS,
) -> Baseline:
    """Fit E = alpha * delta * eta on the usable cells: for every factor, expected and observed orders have equal sums.

    counts: orders [market, bin], read only where usable. usable: bool [market, bin], known and not masked.
    bin_of_week: int [market, bin], the bin's number within the market's local week. week: int [bin].
    Converged when no factor's logarithm changes by more than `tolerance`; orders that are too sparse for the model (a
    factor diverges) do not converge. `expected` also covers cells that are not usable. It is 0 where a factor's usable
    cells have no orders, and NaN where a factor has no usable cell.
    """
    fit = ProportionalFit(counts, usable, bin_of_week, week)
    # stops at the first round that changes less than the tolerance
    converged = any(fit.improve() < tolerance for _ in range(max_iterations))
    expected, is_open = fit.expected()
    return Baseline(expected, is_open, converged)


class ProportionalFit:
    """The state of the fit. Works on one market at a time, so that arrays stay in the CPU's cache.

    usable: bool [market, bin], or a known factor of each cell (0 where not usable), which may change between rounds as
    long as positive cells stay positive. Other arguments as in `fit_baseline`.
    """

    def __init__(self, counts: np.ndarray, usable: np.ndarray, bin_of_week: np.ndarray, week: np.ndarray) -> None:
        markets, bins = counts.shape
        self.usable, self.bin_of_week, self.week = usable, bin_of_week, week
        self.alpha = np.ones((markets, int(bin_of_week.max(initial=-1)) + 1))
        self.delta = np.ones(bins)
        self.eta = np.ones((markets, int(week.max(initial=-1)) + 1))
        self._by_week = InterleavedSums(week, self.eta.shape[1])
        self.alpha_sums, self.eta_sums = np.empty_like(self.alpha), np.empty_like(self.eta)
        delta_orders = np.zeros(bins)
        for market in range(markets):
            weights = usable[market].astype(float)
            orders = np.where(weights > 0, counts[market], 0.0)
            self.alpha_sums[market] = _sums(bin_of_week[market], orders, weights, self.alpha.shape[1])
            self.eta_sums[market] = _sums(week, orders, weights, self.eta.shape[1])
            delta_orders += orders
        self.delta_sums = np.where((usable > 0).any(axis=0), delta_orders, np.nan)

    def improve(self) -> float:
        """Update all factors once; return the largest change of a factor's logarithm."""
        change = 0.0
        delta_weights = np.zeros_like(self.delta)
        for market, usable in enumerate(self.usable):
            # numpy looks up by native integers, and multiplies floats by floats, twice as fast
            place, weights = self.bin_of_week[market].astype(np.intp), usable.astype(float)
            others = weights * self.delta
            alpha_weights = np.bincount(place, others * self.eta[market].take(self.week), self.alpha.shape[1])
            change = max(change, _replace(self.alpha[market], self.alpha_sums[market], alpha_weights))
            shaped = self.alpha[market].take(place)
            eta_weights = self._by_week.of(others * shaped)
            change = max(change, _replace(self.eta[market], self.eta_sums[market], eta_weights))
            delta_weights += weights * shaped * self.eta[market].take(self.week)
        return max(change, _replace(self.delta, self.delta_sums, delta_weights))

    def expected(self) -> tuple[np.ndarray, np.ndarray]:
        """Expected counts and whether the market is open, both [market, bin]."""
        expected, is_open = np.empty(self.usable.shape), np.empty(self.usable.shape, dtype=bool)
        delta = np.where(np.isnan(self.delta_sums), np.nan, self.delta)
        for market, place in enumerate(self.bin_of_week):
            alpha = np.where(np.isnan(self.alpha_sums[market]), np.nan, self.alpha[market])[place]
            eta = np.where(np.isnan(self.eta_sums[market]), np.nan, self.eta[market])[self.week]
            # always closed at this time of the week: expect 0 whatever the other factors are
            is_open[market] = alpha != 0
            expected[market] = np.where(is_open[market], alpha * delta * eta, 0.0)
        return expected, is_open


def _sums(place: np.ndarray, orders: np.ndarray, weights: np.ndarray, places: int) -> np.ndarray:
    """Orders per place; NaN for a place without a usable cell."""
    return np.where(np.bincount(place, weights, places) > 0, np.bincount(place, orders, places), np.nan)


def _replace(factor: np.ndarray, observed: np.ndarray, weights: np.ndarray) -> float:
    """Set `factor` so that factor * weights = observed, in place; return the largest change of its logarithm.

    Unknown factors stay 1: they have no usable cell. A sum of zero sets the factor to 0 permanently.
    """
    known = observed > 0
    new = observed[known] / weights[known]
    change = float(np.abs(np.log(new / factor[known])).max(initial=0.0))
    factor[known] = new
    factor[observed == 0] = 0.0
    return change
