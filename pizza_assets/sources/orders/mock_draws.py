"""Fast replacements for `np.searchsorted` and a stable `np.argsort`, for millions of mock orders.

Their results are equal to numpy's in every element, several times as fast.
"""

import numpy as np

_GUESSES_PER_STEP = 4
_MOST_STEPS = 3


def inverse_cdf(cumulative: np.ndarray, draws: np.ndarray) -> np.ndarray:
    """`np.searchsorted(cumulative, draws, side="right")` for draws from [0, cumulative[-1]).

    cumulative: ascending floats. A table of first guesses, none too high, leaves one or two steps for each draw; a
    binary search takes a dozen.
    """
    total, guess_count = cumulative[-1], _GUESSES_PER_STEP * len(cumulative)
    # each guess is taken from the interval before, because the division may round a draw up into the next one
    edges = np.arange(-1, guess_count) * (total / guess_count)
    guesses = np.searchsorted(cumulative, edges, side="right")
    found = guesses.take((draws * (guess_count / total)).astype(np.int64), mode="clip")
    behind = np.flatnonzero(cumulative.take(found, mode="clip") <= draws)
    for _ in range(_MOST_STEPS):
        found[behind] += 1
        behind = behind[cumulative.take(found[behind], mode="clip") <= draws[behind]]
    found[behind] = np.searchsorted(cumulative, draws[behind], side="right")  # after a long stretch of zero weight
    return found


def stable_order(times: np.ndarray) -> np.ndarray:
    """`np.argsort(times, kind="stable")` for non-negative integers that leave room for a position in 63 bits."""
    bits = max(len(times) - 1, 1).bit_length()
    keys = times << bits
    keys |= np.arange(len(times), dtype=np.int64)
    keys.sort()
    keys &= (1 << bits) - 1
    return keys
