"""How good the forecast is by hour and by day on generated histories, and how long one origin takes.

    python -m pizza_assets_tests.bench_forecast [--weeks 104] [--worlds NAME ...] [--write FILE] [--beside FILE]

Each world is drawn from a known mean, so its shops have habits of their own and nothing is tuned to it. The forecast is
made at rolling origins from what was known then. `--write` keeps the deviances by day; `--beside` compares with such a
file, for instance of an earlier release: negative percentages are better than the file.
"""

import argparse
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from pizza_assets.analysis.forecast.demand_backtest import Football, demand_backtest
from pizza_assets.analysis.forecast.demand_units import Units
from pizza_assets.analysis.forecast.intervals import poisson_deviance
from pizza_assets.analysis.forecast.order_history import HORIZON, OrderHistory
from pizza_assets.analysis.forecast.origin import forecast_at
from pizza_assets.analysis.local_week import bins_of_week
from pizza_assets.analysis.panel import STORE, Panel
from pizza_assets.analysis.reasons import Reason
from pizza_assets.models import RawMatches
from pizza_assets.models.market import Market
from pizza_assets.models.vocabulary import DemandLevel
from pizza_assets.models.week import MatchWeek, weeks_between
from pizza_assets_tests.analysis.simulated_worlds import LENGTHS, ZONE

LAST_WEEK = MatchWeek.containing(pd.Timestamp("2026-10-06T12:00Z").to_pydatetime(), ZONE)
ORIGIN_COUNT = 20
SPACING_DAYS = 8
LEAST_MEAN = 1 / 16
GRAINS = {"hour": 4, "evening": 16, "day": 96}


@dataclass(frozen=True)
class World:
    """orders_a_year: of one shop. closed: weekdays without orders. day_sd: noise of days. is_heavy: t(3) noise and
    promotions. seed: of the draws."""

    shops: int
    orders_a_year: int
    first_hour: float
    last_hour: float
    closed: tuple[int, ...] = ()
    day_sd: float = 0.15
    is_heavy: bool = False
    seed: int = 1


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


def drawn(world: World, weeks: int) -> tuple[Panel, np.ndarray]:
    """Orders, and the days (columns) that are public holidays in England."""
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
    panel = Panel(names, weeks_index, first, np.searchsorted(ends, bins, "right"), counts, np.ones_like(counts, bool))
    return panel, is_holiday[day - day[0]]


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


def history_of(panel: Panel) -> OrderHistory:
    markets = tuple(Market(name, ZONE) for name in panel.names.unique("market"))
    zones = {market.name: ZONE for market in markets}
    return OrderHistory.of(panel, RawMatches.empty(), markets, LENGTHS, zones, ZONE)


def losses(history: OrderHistory, is_holiday: np.ndarray) -> Iterator[dict[str, object]]:
    """Deviance of the forecast and of the 8-week mean, by grain, origin and day; and the seconds of each origin."""
    for number in range(ORIGIN_COUNT, 0, -1):
        cut = history.end - number * SPACING_DAYS * 96
        begun = time.perf_counter()
        forecast = forecast_at(history, cut)
        yield {"grain": "origin", "seconds": time.perf_counter() - begun}
        until = min(cut + HORIZON, history.end)
        place, day = history.place[0, cut:until].astype(int), history.day[0, cut:until]
        counts = history.counts[:, cut:until]
        for grain, length in GRAINS.items():
            # a day starts at 06:00, at place 24
            first = 24 if grain == "day" else 0
            starts = np.flatnonzero((place - first) % length == 0)
            starts = starts[starts + length <= until - cut]
            cells = starts[:, None] + np.arange(length)
            for one in range(len(history.markets)):
                came = counts[one][cells].sum(axis=1)
                ours, mean = (
                    np.maximum(table[one][cells].sum(axis=1), LEAST_MEAN)
                    for table in (forecast.without, forecast.seasonal)
                )
                is_open = (mean > LEAST_MEAN) | (came > 0)
                kept = is_open & ~is_holiday[cut + starts]
                yield {
                    "grain": grain,
                    "day": day[starts[kept]],
                    "ours": poisson_deviance(came[kept], ours[kept]),
                    "mean": poisson_deviance(came[kept], mean[kept]),
                }


def coverage(panel: Panel, history: OrderHistory) -> str:
    """How many of the orders of usual days fell in their 80 % ranges, by level, hour and day."""
    football = Football(history, (Reason.NO_MATCHES,))
    texts = []
    for level in DemandLevel:
        rows = demand_backtest(history, [Units.of(level, panel.names)], football)
        shares = rows.groupby("span")[["inside_80_pct", "scored_forecasts"]].apply(
            lambda own: np.average(own["inside_80_pct"], weights=own["scored_forecasts"])
        )
        texts.append(f"{level}: {shares['hour']:.1f} % of hours, {shares['day']:.1f} % of days")
    return "; ".join(texts)


def compared(parts: list[dict], grain: str, name: str) -> dict[str, float]:
    """Sums of a loss by day since 1970."""
    chosen = [part for part in parts if part["grain"] == grain]
    table = pd.Series(np.concatenate([part[name] for part in chosen])).groupby(
        np.concatenate([part["day"] for part in chosen])
    )
    return {str(day): float(value) for day, value in table.sum().items()}


def gain(ours: dict[str, float], other: dict[str, float]) -> str:
    """Per cent by which `ours` is below `other`, with a 95 % interval over days."""
    days = sorted(set(ours) & set(other))
    a, b = (np.array([table[day] for day in days]) for table in (ours, other))
    share = a.sum() / b.sum() - 1
    error = np.sqrt(((a - (1 + share) * b) ** 2).sum()) / b.sum()
    return f"{100 * share:+5.1f} % ({100 * (share - 1.96 * error):+5.1f} to {100 * (share + 1.96 * error):+5.1f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weeks", type=int, default=104)
    parser.add_argument("--worlds", nargs="*", default=list(WORLDS))
    parser.add_argument("--write", type=Path)
    parser.add_argument("--beside", type=Path)
    chosen = parser.parse_args()
    earlier = json.loads(chosen.beside.read_text()) if chosen.beside else {}
    found = {}
    for name in chosen.worlds:
        panel, is_holiday = drawn(WORLDS[name], chosen.weeks)
        history = history_of(panel)
        parts = list(losses(history, is_holiday))
        seconds = np.median([part["seconds"] for part in parts if part["grain"] == "origin"])
        print(f"\n{name}: {panel.counts.sum():,} orders in {chosen.weeks} weeks, {seconds:.2f} s an origin")
        for grain in GRAINS:
            ours, mean = (compared(parts, grain, loss) for loss in ("ours", "mean"))
            found[f"{name}/{grain}"] = ours
            before = earlier.get(f"{name}/{grain}")
            beside = f"; {gain(ours, before)} beside the file" if before else ""
            print(f"  {grain:8} deviance {gain(ours, mean)} beside the 8-week mean{beside}")
        print(f"  80 % ranges hold: {coverage(panel, history)}", flush=True)
    if chosen.write:
        chosen.write.write_text(json.dumps(found))


if __name__ == "__main__":
    main()
