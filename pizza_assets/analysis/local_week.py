"""The place of a quarter-hour in a market's local week: the evening stays the evening when the clocks change."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from pizza_assets.analysis.store_quarters import BIN_MINUTES
from pizza_assets.analysis.windows import times_of

BINS_PER_DAY = 24 * 60 // BIN_MINUTES
BINS_PER_WEEK = 7 * BINS_PER_DAY
_EPOCH = date(1970, 1, 1).toordinal()


def bins_of_week(minutes: np.ndarray, zones: Sequence[str]) -> np.ndarray:
    """Each bin's place in the local week, int16 [market, bin]; one conversion per zone.

    minutes: the bins' first epoch minutes. zones: the time zone of each market.
    """
    instants = pd.DatetimeIndex(times_of(minutes))
    places = np.empty((len(zones), len(minutes)), dtype=np.int16)
    zone_of_market = np.array(zones)
    for zone in sorted(set(zones)):
        local = instants.tz_convert(zone)
        place = local.day_of_week * BINS_PER_DAY + (local.hour * 60 + local.minute) // BIN_MINUTES
        places[zone_of_market == zone] = place.to_numpy()
    return places


def local_days(minutes: np.ndarray, zones: Sequence[str]) -> np.ndarray:
    """Each bin's local calendar date in the market, as int32 days since 1970-01-01 [market, bin]."""
    instants = pd.DatetimeIndex(times_of(minutes))
    days = np.empty((len(zones), len(minutes)), dtype=np.int32)
    zone_of_market = np.array(zones)
    for zone in sorted(set(zones)):
        local = instants.tz_convert(zone).tz_localize(None)
        days[zone_of_market == zone] = local.to_numpy().astype("datetime64[D]").astype(np.int32)
    return days


def day_number(day: date) -> int:
    """The number of a date in `local_days`."""
    return day.toordinal() - _EPOCH


def date_of(number: int) -> date:
    """The inverse of `day_number`."""
    return date.fromordinal(_EPOCH + number)
