"""Days that owners list as special, in a forecast: past ones say nothing about usual days, coming ones are told."""

from collections.abc import Sequence

import numpy as np

from pizza_assets.analysis.special_dates import special_days_by_row
from pizza_assets.models.market import Market
from pizza_assets.models.special_days import SpecialKind

LISTED, CLOSED = 1, 2


def listed_columns(names: Sequence[str], day: np.ndarray, markets: Sequence[Market]) -> np.ndarray:
    """0, LISTED or CLOSED [row, column]. names: the market of each row. day: business day [row, column]."""
    codes = np.zeros(day.shape, dtype=np.int8)
    for row, listed in enumerate(special_days_by_row(names, day, markets)):
        for number, special in listed.items():
            codes[row, day[row] == number] = CLOSED if special.kind == SpecialKind.CLOSED else LISTED
    return codes
