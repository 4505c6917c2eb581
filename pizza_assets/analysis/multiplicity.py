"""Many hypotheses, one family: Benjamini-Hochberg q-values. Which hypotheses form a family is not decided here."""

import numpy as np


def q_values(p_values: np.ndarray, *, family_size: int | None = None) -> np.ndarray:
    """Benjamini and Hochberg (1995) adjusted p-values; NaN stays NaN and does not count.

    family_size: how many hypotheses were tested where only those with small p-values are at hand; the p-values that are
    left out must be larger than all those given, or at least never be findings.
    """
    q = np.full(len(p_values), np.nan)
    answered = np.flatnonzero(np.isfinite(p_values))
    if not len(answered):
        return q
    order = answered[np.argsort(p_values[answered], kind="stable")]
    tested = len(answered) if family_size is None else family_size
    scaled = p_values[order] * tested / np.arange(1, len(order) + 1)
    q[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return q
