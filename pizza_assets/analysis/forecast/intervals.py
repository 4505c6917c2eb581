"""Prediction intervals from the errors of earlier forecasts: negative binomial, var = F + k F^2."""

import numpy as np

MIN_VALUES = 30
"""Minimum number of earlier forecasts to estimate the error of the next one."""
MAX_VALUES = 4_000
"""More values would make k more precise than needed."""
_POISSON = 1e-6
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
    from scipy.stats import nbinom

    size = 1 / np.maximum(k, _POISSON)
    return nbinom.ppf(share, size, size / (size + np.maximum(mean, 1e-12))) + np.where(np.isfinite(mean * k), 0, np.nan)


def interval_ends(level: int, mean: np.ndarray, k: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest orders of the central interval that holds `level` per cent, both ends included; NaN where the
    mean or k is NaN.

    By mid-probabilities, P(Y < y) + P(Y = y) / 2: plain quantiles would hold more than `level` per cent, because both
    ends count as inside.
    """
    from scipy.stats import nbinom

    below = (100 - level) / 200
    size = 1 / np.maximum(k, _POISSON)
    chance = size / (size + np.maximum(mean, 1e-12))

    def middle(orders: np.ndarray) -> np.ndarray:
        return nbinom.cdf(orders - 1, size, chance) + nbinom.pmf(orders, size, chance) / 2

    # the plain quantile is at most one step away
    low, high = quantile(below, mean, k), quantile(1 - below, mean, k)
    return low + (middle(low) < below), high - (middle(high) > 1 - below)


def randomised_pit(observed: np.ndarray, mean: np.ndarray, k: np.ndarray, uniform: np.ndarray) -> np.ndarray:
    """Randomised probability integral transform: uniform from 0 to 1 if the forecast distribution is right, also for
    small counts (Smith 1985). uniform: random numbers."""
    from scipy.stats import nbinom

    size = 1 / np.maximum(k, _POISSON)
    chance = size / (size + np.maximum(mean, 1e-12))
    below, at = nbinom.cdf(observed - 1, size, chance), nbinom.pmf(observed, size, chance)
    return np.where(np.isfinite(mean * k), below + uniform * at, np.nan)


def poisson_deviance(observed: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Twice the log-likelihood lost against a perfect forecast; infinite where 0 was forecast but orders came."""
    from scipy.special import xlogy

    with np.errstate(divide="ignore", invalid="ignore"):
        lost = np.where(observed > 0, xlogy(observed, observed / mean), 0.0)
    return 2 * (lost - observed + mean)
