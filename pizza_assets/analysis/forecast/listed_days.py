"""Days that owners list as special, in a forecast: past ones say nothing about usual days, coming ones are told."""

from collections.abc import Sequence

import numpy as np

from pizza_assets.analysis.forecast.holiday_factors import EPOCH, days_between
from pizza_assets.models.market import Market
from pizza_assets.models.special_days import SpecialKind, special_days_of

LISTED, CLOSED = 1, 2


def listed_columns(names: Sequence[str], day: np.ndarray, markets: Sequence[Market]) -> np.ndarray:
    """0, LISTED or CLOSED [row, column]. names: the market of each row. day: business day [row, column]."""
    special_days = {market.name: market.special_days for market in markets}
    codes = np.zeros(day.shape, dtype=np.int8)
    for row, name in enumerate(names):
        listed = special_days_of(special_days.get(name, ()), *days_between(day[row]))
        for number, special in ((int((at - EPOCH).days), special) for at, special in listed.items()):
            codes[row, day[row] == number] = CLOSED if special.kind == SpecialKind.CLOSED else LISTED
    return codes
