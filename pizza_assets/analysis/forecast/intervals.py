"""Prediction intervals from the errors of earlier forecasts: negative binomial, var = F + k F^2."""

from collections.abc import Sequence

import numpy as np

MIN_VALUES = 30
"""Minimum number of earlier forecasts to estimate the error of the next one."""
MAX_VALUES = 4_000
"""More values would make k more precise than needed."""
_POISSON = 1e-6
_LEAST_MEAN = 1e-12
_LARGEST = 5.0


def fit_dispersion(observed: np.ndarray, forecast: np.ndarray) -> float:
    """k by maximum likelihood; NaN for fewer than MIN_VALUES values. forecast: means; only those above 0 are used."""
    from scipy.optimize import minimize_scalar
    from scipy.special import gammaln, xlogy

    used = np.isfinite(forecast) & (forecast > 0) & np.isfinite(observed)
    y, mean = observed[used], forecast[used]
    if len(y) < MIN_VALUES:
        return np.nan
    if len(y) > MAX_VALUES:
        chosen = np.linspace(0, len(y) - 1, MAX_VALUES).astype(int)
        y, mean = y[chosen], mean[chosen]

    def loss(log_k: float) -> float:
        size = np.exp(-log_k)
        return -float((gammaln(y + size) - gammaln(size) + xlogy(y, mean) - (y + size) * np.log(size + mean)).sum()) - (
            len(y) * size * -log_k
        )

    found = minimize_scalar(
        loss, bounds=(np.log(_POISSON), np.log(_LARGEST)), method="bounded", options={"xatol": 0.02}
    )
    return float(np.exp(found.x))


def quantile(share: float, mean: np.ndarray, k: np.ndarray) -> np.ndarray:
    """The quantile of orders at probability `share`; NaN where the mean or k is NaN."""
    known = np.isfinite(mean * k)
    found = np.full(known.shape, np.nan)
    found[known] = _first_reaching(share, np.maximum(mean[known], _LEAST_MEAN), *_parameters(mean[known], k[known]))
    return found


def interval_ends(level: int, mean: np.ndarray, k: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest orders of the central interval that holds `level` per cent, both ends included; NaN where the
    mean or k is NaN.

    By mid-probabilities, P(Y < y) + P(Y = y) / 2: plain quantiles would hold more than `level` per cent, because both
    ends count as inside.
    """
    below = _below(level)
    # the plain quantile is at most one step away
    low, high = quantile(below, mean, k), quantile(1 - below, mean, k)
    is_low, is_high = _middle(low, mean, k) < below, _middle(high, mean, k) > 1 - below
    return low + is_low, high - is_high


def are_inside(levels: Sequence[int], observed: np.ndarray, mean: np.ndarray, k: np.ndarray) -> list[np.ndarray]:
    """For each level whether the observed orders are between its `interval_ends`, ends included.

    Mid-probabilities grow with the orders, so that of the observed ones tells, without searching for the ends.
    """
    middle = _middle(observed, mean, k)
    return [(_below(level) <= middle) & (middle <= 1 - _below(level)) for level in levels]


def _below(level: int) -> float:
    return (100 - level) / 200


def _parameters(mean: np.ndarray, k: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Size and chance of the negative binomial distribution, as scipy's nbinom takes them."""
    size = 1 / np.maximum(k, _POISSON)
    return size, size / (size + np.maximum(mean, _LEAST_MEAN))


def _middle(orders: np.ndarray, mean: np.ndarray, k: np.ndarray) -> np.ndarray:
    from scipy.stats import nbinom

    size, chance = _parameters(mean, k)
    return nbinom.cdf(orders - 1, size, chance) + nbinom.pmf(orders, size, chance) / 2


def _first_reaching(share: float, mean: np.ndarray, size: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """The smallest orders whose cumulative probability is at least `share`.

    The same as scipy's nbinom.ppf in a third of the time: ppf searches element by element, this in whole arrays, from
    the normal quantile corrected for skewness (Cornish and Fisher 1938).
    """
    from scipy.special import betainc, ndtri

    normal = ndtri(share)
    skewness = (2 - chance) / np.sqrt(mean * chance)
    guess = mean + np.sqrt(mean / chance) * (normal + skewness * (normal**2 - 1) / 6)
    reaches = np.maximum(np.floor(guess), 0.0)
    too_few = np.full(reaches.shape, -1.0)

    def is_reached(at: np.ndarray, orders: np.ndarray) -> np.ndarray:
        return betainc(size[at], orders + 1, chance[at]) >= share

    searched = np.arange(len(reaches))
    reached = is_reached(searched, reaches)
    upward, downward = searched[~reached], searched[reached & (reaches > 0)]
    step = 1.0
    while len(upward):
        too_few[upward] = reaches[upward]
        reaches[upward] += step
        upward = upward[~is_reached(upward, reaches[upward])]
        step *= 2
    step = 1.0
    while len(downward):
        tried = np.maximum(reaches[downward] - step, -1.0)
        enough = (tried >= 0) & is_reached(downward, np.maximum(tried, 0.0))
        reaches[downward[enough]] = tried[enough]
        too_few[downward[~enough]] = tried[~enough]
        downward = downward[enough]
        step *= 2
    while len(wide := np.flatnonzero(reaches - too_few > 1)):
        between = np.floor((reaches[wide] + too_few[wide]) / 2)
        enough = is_reached(wide, between)
        reaches[wide[enough]] = between[enough]
        too_few[wide[~enough]] = between[~enough]
    return reaches


def randomised_pit(observed: np.ndarray, mean: np.ndarray, k: np.ndarray, uniform: np.ndarray) -> np.ndarray:
    """Randomised probability integral transform: uniform from 0 to 1 if the forecast distribution is right, also for
    small counts (Smith 1985). uniform: random numbers."""
    from scipy.stats import nbinom

    size, chance = _parameters(mean, k)
    below, at = nbinom.cdf(observed - 1, size, chance), nbinom.pmf(observed, size, chance)
    return np.where(np.isfinite(mean * k), below + uniform * at, np.nan)


def poisson_deviance(observed: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Twice the log-likelihood lost against a perfect forecast; infinite where 0 was forecast but orders came."""
    from scipy.special import xlogy

    with np.errstate(divide="ignore", invalid="ignore"):
        lost = np.where(observed > 0, xlogy(observed, observed / mean), 0.0)
    return 2 * (lost - observed + mean)
