"""Division where a denominator may be zero."""

import numpy as np
from numpy.typing import ArrayLike


def ratio(numerator: ArrayLike, denominator: ArrayLike, otherwise: float = np.nan) -> np.ndarray:
    """The quotients, in the shape of `numerator`; `otherwise` where the denominator is not positive."""
    above, below = np.asarray(numerator), np.asarray(denominator)
    return np.divide(above, below, out=np.full(above.shape, otherwise, dtype=float), where=below > 0)
