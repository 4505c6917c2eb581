"""Generated histories of orders for the benchmarks of the forecast, and orders of a file in the same form.

Each world is drawn from a known mean, so its shops have habits of their own and nothing is tuned to it. The worlds are
shaped like five real businesses that are not public: keep them as they are, and draw others with other seeds.
"""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from pizza_assets.analysis.forecast.order_history import OrderHistory
from pizza_assets.analysis.local_week import bins_of_week
from pizza_assets.analysis.panel import STORE, Panel
from pizza_assets.analysis.windows import epoch_minutes
from pizza_assets.models import RawMatches
from pizza_assets.models.market import Market
from pizza_assets.models.week import MatchWeek, weeks_between
from pizza_assets_tests.analysis.simulated_worlds import LENGTHS, ZONE

LAST_WEEK = MatchWeek.containing(pd.Timestamp("2026-10-06T12:00Z").to_pydatetime(), ZONE)
SEEDS_BETWEEN_DRAWS = 1_000


@dataclass(frozen=True)
class World:
    """shops: five to a market. orders_a_year: of one shop. closed: weekdays without orders. day_sd: noise of days.
    is_heavy: t(3) noise and promotions. seed: of the draws."""

    shops: int
    orders_a_year: int
    first_hour: float
    last_hour: float
    closed: tuple[int, ...] = ()
    day_sd: float = 0.15
    is_heavy: bool = False
    seed: int = 1

    def draw(self, number: int) -> "World":
        """The same world with other random numbers."""
        return replace(self, seed=self.seed + SEEDS_BETWEEN_DRAWS * number)


WORLDS = {
    "takeaway, 13,000 a year": World(1, 13_000, 12, 23, (0,)),
    "delivery brand, 21,000": World(1, 21_000, 11, 23, seed=2),
    "bakery, 9,000": World(1, 9_000, 7, 18, (6,), seed=3),
    "coffee machine, 2,000": World(1, 2_000, 7, 20, seed=4),
    "small bakery, 4,000": World(1, 4_000, 7, 16, (1, 2), seed=5),
    "heavy tails, 13,000": World(1, 13_000, 12, 23, is_heavy=True, seed=6),
    "5 shops, 20,000 each": World(5, 20_000, 11, 23, seed=7),
    "12 shops, 8,000 each": World(12, 8_000, 16, 23.5, (0,), seed=8),
    "100 shops, 15,000 each": World(100, 15_000, 11, 23, seed=9),
}


def drawn(world: World, weeks: int) -> Panel:
    """Orders of the last `weeks` weeks; fewer on public holidays in England."""
    import holidays

    rng = np.random.default_rng(world.seed)
    calendar = weeks_between(LAST_WEEK.shifted(1 - weeks), LAST_WEEK)
    first, last = int(calendar[0].starts_at.timestamp()) // 900, int(calendar[-1].ends_at.timestamp()) // 900
    bins = np.arange(first, last)
    place = bins_of_week(bins * 15, [ZONE])[0].astype(int)
    hour, weekday = place % 96 / 4, place // 96
    day = (bins * 15 - 360) // 1440
    days = np.arange(day[0], day[-1] + 1)
    is_open = (hour >= world.first_hour) & (hour < world.last_hour) & ~np.isin(weekday, world.closed)
    english = holidays.country_holidays("GB", subdiv="ENG", years=range(2022, 2028))
    is_holiday = np.array([date.fromordinal(719_163 + int(number)) in english for number in days])
    mean = np.stack([_habits(rng, hour, weekday) for _ in range(world.shops)]) * is_open
    mean *= (world.orders_a_year / 52.18 * weeks) / mean.sum(axis=1, keepdims=True)
    common, own = _day_noise(rng, world, len(days)), np.stack([_day_noise(rng, world, len(days)) for _ in mean])
    factor = np.exp((common + own) / np.sqrt(2)) * np.where(is_holiday, 0.66, 1.0)
    counts = rng.poisson(mean * factor[:, day - day[0]]).astype(np.int32)
    ends = np.array([int(week.ends_at.timestamp()) // 900 for week in calendar])
    shops = [(f"Market {number // 5:02}", "Chain", f"Shop {number:02}") for number in range(world.shops)]
    names = pd.MultiIndex.from_tuples(shops, names=STORE)
    weeks_index = pd.Index([week.key for week in calendar], dtype="str")
    return Panel(names, weeks_index, first, np.searchsorted(ends, bins, "right"), counts, np.ones_like(counts, bool))


def _habits(rng: np.random.Generator, hour: np.ndarray, weekday: np.ndarray) -> np.ndarray:
    """One shop's usual orders by quarter-hour: a lunch and an evening peak that differ by weekday and by shop."""
    lunch, evening = rng.normal(12.6, 0.4), rng.normal(18.8, 0.7)
    shift, share = rng.normal(0, 0.35, 7)[weekday], np.exp(rng.normal(-0.7, 0.4) + rng.normal(0, 0.3, 7))[weekday]
    level = np.exp(rng.normal(0, 0.15, 7) + np.array([-0.3, -0.25, -0.1, 0.0, 0.4, 0.45, 0.2]))[weekday]
    peaks = share * np.exp(-(((hour - lunch - shift) / 1.3) ** 2)) + np.exp(-(((hour - evening - shift) / 1.9) ** 2))
    return level * (0.12 + peaks)


def _day_noise(rng: np.random.Generator, world: World, days: int) -> np.ndarray:
    """Log level of every day: a slow walk, a season, and noise."""
    noise = rng.standard_t(3, days) / np.sqrt(3) if world.is_heavy else rng.normal(size=days)
    promoted = np.where(rng.random(days) < 0.05, 0.4, 0.0) if world.is_heavy else 0.0
    season = 0.1 * np.sin(2 * np.pi * (np.arange(days) / 365.25 + rng.random()))
    return np.cumsum(rng.normal(0, 0.012, days)) + season + world.day_sd * noise + promoted


def history_of(panel: Panel, country: str | None = None) -> OrderHistory:
    names = panel.names.unique("market")
    markets = tuple(Market(name, ZONE, country=country) for name in names)
    zones = {market.name: ZONE for market in markets}
    return OrderHistory.of(panel, RawMatches.empty(), markets, LENGTHS, zones, ZONE)


def panel_of_file(path: Path) -> Panel:
    """Orders of one shop from a CSV file with the columns id, date and time; an order may have several lines."""
    lines = pd.read_csv(path, usecols=["id", "date", "time"]).drop_duplicates("id")
    local = pd.to_datetime(lines["date"] + " " + lines["time"]).dt.tz_localize(ZONE)
    bins = epoch_minutes(local) // 15
    first_week, last_week = (MatchWeek.containing(at.to_pydatetime(), ZONE) for at in (local.min(), local.max()))
    calendar = weeks_between(first_week, last_week)
    ends = np.array([int(week.ends_at.timestamp()) // 900 for week in calendar])
    # whole days: the first begins at 06:00, the last has ended by then
    first, last = bins.min() // 96 * 96 + 24, bins.max() // 96 * 96 + 96
    kept = (bins >= first) & (bins < last)
    counts = np.bincount(bins[kept] - first, minlength=last - first)[None].astype(np.int32)
    names = pd.MultiIndex.from_tuples([("Market", "Chain", "Shop")], names=STORE)
    week = np.searchsorted(ends, np.arange(first, last), "right")
    keys = pd.Index([week.key for week in calendar], dtype="str")
    return Panel(names, keys, int(first), week, counts, np.ones_like(counts, bool))
