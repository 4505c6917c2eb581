"""When mock customers order: local time, weekday, season, market size and trend. Football does not belong here."""

import zlib
from dataclasses import dataclass
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from pizza_assets.models.week import MatchWeek

OPENS_AT, OPEN_MINUTES = 11 * 60, 14 * 60
"""Open from 11:00 to 01:00 local time."""
DAY_SHAPE, HOUR_SHAPE = 400, 100
"""Shapes of the gamma factors (mean 1) of market-days and market-hours: 5 % and 10 % overdispersion."""
WEEKDAY_FACTORS = np.array([0.84, 0.86, 0.91, 0.96, 1.24, 1.20, 0.99])
"""Monday to Sunday, by business day (the small hours belong to the evening before); they average 1."""


@cache
def _share_of_minute() -> np.ndarray:
    """The share of a day's orders in each local minute: a lunch peak and a larger evening peak. Sums to 1."""
    since_opening = np.arange(OPEN_MINUTES)

    def peak(centre: float, width: float) -> np.ndarray:
        return np.exp(-0.5 * ((since_opening + OPENS_AT - centre) / width) ** 2)

    open_shape = 0.12 + 0.45 * peak(12.75 * 60, 50) + 1.0 * peak(19 * 60, 95) + 0.25 * peak(22 * 60, 70)
    shares = np.zeros(24 * 60)
    shares[(since_opening + OPENS_AT) % (24 * 60)] = open_shape / open_shape.sum()
    return shares


@dataclass(frozen=True)
class LocalClock:
    """A week's minutes in one time zone. rate: expected share of an average day's orders. day, hour: number of the
    business day and local hour within the week, from 0. days: the business days, as days since 1970.
    """

    rate: np.ndarray
    day: np.ndarray
    hour: np.ndarray
    days: np.ndarray


def local_clock(week: MatchWeek, zone: str) -> LocalClock:
    utc = pd.date_range(week.starts_at, periods=week.minutes, freq="min", unit="us")
    local = utc.tz_convert(ZoneInfo(zone)).tz_localize(None)
    minutes = local.asi8 // 60_000_000
    business_days = (minutes - 6 * 60) // (24 * 60)
    weekday = (business_days + 3) % 7  # 1970-01-01 was a Thursday
    season = 1 + 0.05 * np.cos(2 * np.pi * (business_days - 15) / 365.25)
    rate = _share_of_minute()[minutes % (24 * 60)] * WEEKDAY_FACTORS[weekday] * season
    hours = minutes // 60
    day = business_days - business_days[0]
    return LocalClock(rate, day, hours - hours[0], business_days[0] + np.arange(day.max() + 1))


@dataclass(frozen=True)
class MarketHabits:
    """A market's `size` (1 is average) and slow trend, which depend only on its name and the seed."""

    size: float
    trend_phases: tuple[float, float]

    @classmethod
    def of(cls, market: str, seed: int) -> "MarketHabits":
        rng = np.random.default_rng([seed, zlib.crc32(market.encode())])
        return cls(
            float(rng.lognormal(-0.02, 0.2)), (float(rng.uniform(0, 2 * np.pi)), float(rng.uniform(0, 2 * np.pi)))
        )

    def level(self, days: np.ndarray) -> np.ndarray:
        """Size times trend at `days` since 1970; the trend has waves of one and three years and a few per cent."""
        first, second = self.trend_phases
        return self.size * (
            1 + 0.04 * np.sin(2 * np.pi * days / 1100 + first) + 0.03 * np.sin(2 * np.pi * days / 410 + second)
        )
