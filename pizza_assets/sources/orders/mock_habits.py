"""When mock customers order: the local clock, weekday, season, market size and trend. Football does not belong here."""

import zlib
from dataclasses import dataclass
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from pizza_assets.models.week import MatchWeek

OPENS_AT, OPEN_MINUTES = 11 * 60, 14 * 60
"""Open from 11:00 to 01:00 in the market's clock."""
DAY_SHAPE, HOUR_SHAPE = 400, 100
"""Market-days and market-hours vary by gamma factors of mean 1: 5 % and 10 % standard deviation beyond chance."""
WEEKDAY_FACTORS = np.array([0.84, 0.86, 0.91, 0.96, 1.24, 1.20, 0.99])
"""Monday to Sunday, by business day (the small hours belong to the evening before); they average 1."""


@cache
def _share_of_minute() -> np.ndarray:
    """Share of a day's orders in each minute of the local clock: a lunch and a larger evening peak. Sums to 1."""
    since_opening = np.arange(OPEN_MINUTES)

    def peak(centre: float, width: float) -> np.ndarray:
        return np.exp(-0.5 * ((since_opening + OPENS_AT - centre) / width) ** 2)

    open_shape = 0.12 + 0.45 * peak(12.75 * 60, 50) + 1.0 * peak(19 * 60, 95) + 0.25 * peak(22 * 60, 70)
    shares = np.zeros(24 * 60)
    shares[(since_opening + OPENS_AT) % (24 * 60)] = open_shape / open_shape.sum()
    return shares


@dataclass(frozen=True)
class LocalClock:
    """One zone's view of a week's minutes. rate: expected share of an average day's orders; day and hour: which of
    the week's business days and local hours, from 0; days: those business days, since 1970.
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
    """How a market orders: `size` (1 is average) and a slow trend. They depend on its name and the seed only."""

    size: float
    trend_phases: tuple[float, float]

    @classmethod
    def of(cls, market: str, seed: int) -> "MarketHabits":
        rng = np.random.default_rng([seed, zlib.crc32(market.encode())])
        return cls(
            float(rng.lognormal(-0.02, 0.2)), (float(rng.uniform(0, 2 * np.pi)), float(rng.uniform(0, 2 * np.pi)))
        )

    def level(self, days: np.ndarray) -> np.ndarray:
        """Size and trend at `days` since 1970: waves of about one and three years, a few per cent high."""
        first, second = self.trend_phases
        return self.size * (
            1 + 0.04 * np.sin(2 * np.pi * days / 1100 + first) + 0.03 * np.sin(2 * np.pi * days / 410 + second)
        )
