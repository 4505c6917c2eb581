"""Many hypotheses, one family: Benjamini-Hochberg q-values. Which hypotheses form a family is not decided here."""

import numpy as np


def q_values(p_values: np.ndarray) -> np.ndarray:
    """Benjamini and Hochberg (1995) adjusted p-values; NaN stays NaN and does not count."""
    q = np.full(len(p_values), np.nan)
    answered = np.isfinite(p_values)
    if answered.any():
        from statsmodels.stats.multitest import multipletests

        q[answered] = multipletests(p_values[answered], method="fdr_bh")[1]
    return q
