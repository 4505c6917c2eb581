"""How much more than Poisson the orders of a window vary, and the interval of a single count that follows from it.

Averages over many matches do not belong here: their uncertainty comes from the dates themselves (effects.py).
"""

import numpy as np

BLOCK_BINS = 8
"""Two hours of quarter-hours: the length of the windows."""
_BINS_PER_WEEK = 7 * 96


def extra_variance(observed: np.ndarray, expected: np.ndarray, is_control: np.ndarray) -> float:
    """k of Var = mu + k mu^2 for counts over two hours, by moments from the control cells; never negative.

    observed, expected: [market, bin] on consecutive quarter-hours, NaN where unknown. is_control: bool [market, bin].
    Only blocks of eight control cells with an expectation count. The fit follows the data it was fitted to, so the
    squares are divided by the share of the variance that its factors leave: a bin's factor takes one part in
    (markets), a time of the week's factor one part in (weeks).
    """
    usable = is_control & np.isfinite(expected)
    markets, bins = observed.shape
    blocks = bins // BLOCK_BINS
    shape = (markets, blocks, BLOCK_BINS)
    whole = usable[:, : blocks * BLOCK_BINS].reshape(shape).all(axis=2)
    counts = np.where(usable, observed, 0.0)[:, : blocks * BLOCK_BINS].reshape(shape).sum(axis=2)[whole]
    means = np.where(usable, expected, 0.0)[:, : blocks * BLOCK_BINS].reshape(shape).sum(axis=2)[whole]
    if markets < 2 or not (means > 0).any():
        return 0.0
    left = (1 - 1 / markets) * (1 - min(_BINS_PER_WEEK / bins, 0.5))
    return max(0.0, float(((counts - means) ** 2 / left - means).sum() / (means**2).sum()))


def count_interval(
    observed: np.ndarray, expected: np.ndarray, k: float, control_markets: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """95 % limits of the ratio mean / expected for single counts.

    The exact Poisson limits (Garwood 1936) of the count divided by its variance ratio, which is
    (1 + k expected) for the orders themselves, times (1 + 1 / control markets) for the error of the expectation.
    """
    from scipy.special import gammaincinv

    ratio = (1 + k * expected) * (1 + 1 / control_markets)
    low = np.where(observed > 0, ratio * gammaincinv(np.maximum(observed, 1) / ratio, 0.025), 0.0)
    high = ratio * gammaincinv(observed / ratio + 1, 0.975)
    return low / expected, high / expected
