"""Overdispersion of a window's orders relative to Poisson, and the interval of a single count that follows from it.

Averages over many matches do not belong here: their uncertainty is estimated from the dates themselves (effects.py).
"""

import numpy as np

BLOCK_BINS = 8
"""Two hours of quarter-hours: the usual length of the windows, whatever the settings make of it."""
_BINS_PER_WEEK = 7 * 96


def extra_variance(observed: np.ndarray, expected: np.ndarray, is_control: np.ndarray) -> float:
    """k of Var = mu + k mu^2 for counts over two hours, by the method of moments on control cells; never negative.

    observed, expected: [market, bin] on consecutive quarter-hours, NaN where unknown. is_control: bool [market, bin].
    Only blocks of eight control cells with an expectation are used. The fit follows its own data, so the squares are
    divided by the share of the variance that its factors leave: a bin's factor absorbs 1 / markets of it, a factor for
    a time of the week 1 / weeks.
    """
    markets, bins = observed.shape
    squares, means, means_squared = 0.0, 0.0, 0.0
    for market in range(markets):
        usable = is_control[market] & np.isfinite(expected[market])
        count, mean = _whole_blocks(observed[market], expected[market], usable)
        squares += float(((count - mean) ** 2).sum())
        means += float(mean.sum())
        means_squared += float((mean**2).sum())
    if markets < 2 or not means_squared > 0:
        return 0.0
    left = (1 - 1 / markets) * (1 - min(_BINS_PER_WEEK / bins, 0.5))
    return max(0.0, (squares / left - means) / means_squared)


def _whole_blocks(observed: np.ndarray, expected: np.ndarray, usable: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Orders and expected orders of one market's completely usable blocks [block]."""
    blocks = len(usable) // BLOCK_BINS

    def sums(values: np.ndarray) -> np.ndarray:
        return np.where(usable, values, 0.0)[: blocks * BLOCK_BINS].reshape(blocks, BLOCK_BINS).sum(axis=1)

    whole = usable[: blocks * BLOCK_BINS].reshape(blocks, BLOCK_BINS).all(axis=1)
    return sums(observed)[whole], sums(expected)[whole]


def count_interval(
    observed: np.ndarray, expected: np.ndarray, k: float, control_markets: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """95 % limits of the ratio mean / expected for single counts.

    The exact Poisson limits (Garwood 1936) of the count divided by its variance ratio. That is (1 + k expected) for the
    orders themselves, times (1 + 1 / control markets) for the error of the expectation.
    """
    from scipy.special import gammaincinv

    ratio = (1 + k * expected) * (1 + 1 / control_markets)
    low = np.where(observed > 0, ratio * gammaincinv(np.maximum(observed, 1) / ratio, 0.025), 0.0)
    high = ratio * gammaincinv(observed / ratio + 1, 0.975)
    return low / expected, high / expected
