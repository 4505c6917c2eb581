"""Invented orders that look like a pizza business and respond to football by a declared amount.

They are always labelled mock. The response to matches is planted, by PLANTED_EFFECTS: finding it again shows that the
analysis works, and nothing about the world. Real orders, and mock matches, do not belong here.
"""

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import product
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pizza_assets.models import RawOrders
from pizza_assets.models.coverage import CoveredPeriod
from pizza_assets.models.market import Market
from pizza_assets.models.vocabulary import DataSource, DecidedBy, MatchStatus
from pizza_assets.models.week import MatchWeek
from pizza_assets.sources.base import SourceResult

CHAINS = ("dominos", "rival")
CURRENCY = "GBP"
ORDERS_PER_STORE_DAY = 100.0
NUMBER_DIGITS = 8
"""Order numbers are padded to this width, so that their order as text is their order in time."""

WINDOW_LENGTH = timedelta(hours=2)
MATCH_LENGTHS = {
    DecidedBy.REGULAR: timedelta(minutes=115),
    DecidedBy.EXTRA_TIME: timedelta(minutes=150),
    DecidedBy.PENALTIES: timedelta(minutes=165),
}
NOT_PLAYED = (MatchStatus.POSTPONED, MatchStatus.CANCELLED, MatchStatus.AWARDED)


@dataclass(frozen=True)
class PlantedEffects:
    """By how much a match multiplies the expected orders of a market that follows one of its teams.

    pre: in the two hours before kick-off. during: from kick-off to the final whistle (115 minutes, 150 after extra time,
    165 after penalties). post: in the two hours after it. post_if_won: on top of post, if the followed team won. Where
    windows of two matches overlap, the larger effect counts.
    """

    pre: float = 1.04
    during: float = 1.08
    post: float = 1.12
    post_if_won: float = 1.06

    @property
    def largest(self) -> float:
        return max(self.pre, self.during, self.post, self.post * self.post_if_won)


PLANTED_EFFECTS = PlantedEffects()
"""What mock orders are made to show. Never a discovery."""


def planted_effects_text() -> str:
    """One sentence for metadata and pages."""
    pre, during, post, won = (
        f"{100 * (factor - 1):+.0f} %"
        for factor in (PLANTED_EFFECTS.pre, PLANTED_EFFECTS.during, PLANTED_EFFECTS.post, PLANTED_EFFECTS.post_if_won)
    )
    return (
        f"Mock orders carry planted effects: in the markets of a playing team {pre} in the 2 h before kick-off, {during} during "
        f"the match, {post} in the 2 h after it, and {won} on top of that after a win; finding them is a check, not a discovery."
    )


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


# --- the clock: how many orders are expected when -----------------------------------------------------------------------

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
class _LocalClock:
    """One zone's view of a week's minutes. rate: expected share of an average day's orders; day and hour: which of
    the week's business days and local hours, from 0; days: those business days, since 1970.
    """

    rate: np.ndarray
    day: np.ndarray
    hour: np.ndarray
    days: np.ndarray


def _local_clock(week: MatchWeek, zone: str) -> _LocalClock:
    utc = pd.date_range(week.starts_at, periods=week.minutes, freq="min", unit="us")
    local = utc.tz_convert(ZoneInfo(zone)).tz_localize(None)
    minutes = local.asi8 // 60_000_000
    business_days = (minutes - 6 * 60) // (24 * 60)
    weekday = (business_days + 3) % 7  # 1970-01-01 was a Thursday
    season = 1 + 0.05 * np.cos(2 * np.pi * (business_days - 15) / 365.25)
    rate = _share_of_minute()[minutes % (24 * 60)] * WEEKDAY_FACTORS[weekday] * season
    hours = minutes // 60
    day = business_days - business_days[0]
    return _LocalClock(rate, day, hours - hours[0], business_days[0] + np.arange(day[-1] + 1))


def _planted_uplift(week: MatchWeek, market: Market, matches: Sequence[dict]) -> np.ndarray | None:
    """The planted factor per minute of the week, or None if no match of the market touches it."""
    uplift = None
    for match in matches:
        if match["home_team"] not in market.teams and match["away_team"] not in market.teams:
            continue
        whistle_at = match["kickoff_at"] + MATCH_LENGTHS.get(match["decided_by"], MATCH_LENGTHS[DecidedBy.REGULAR])
        post = PLANTED_EFFECTS.post * (PLANTED_EFFECTS.post_if_won if _is_won(match, market) else 1)
        edges = (match["kickoff_at"] - WINDOW_LENGTH, match["kickoff_at"], whistle_at, whistle_at + WINDOW_LENGTH)
        minutes = [int((edge - week.starts_at).total_seconds() // 60) for edge in edges]
        clipped = np.clip(minutes, 0, week.minutes)
        if clipped[0] < clipped[-1]:
            uplift = np.ones(week.minutes) if uplift is None else uplift
            for first, last, factor in zip(
                clipped[:-1], clipped[1:], (PLANTED_EFFECTS.pre, PLANTED_EFFECTS.during, post), strict=True
            ):
                np.maximum(uplift[first:last], factor, out=uplift[first:last])
    return uplift


def _is_won(match: dict, market: Market) -> bool:
    """Whether a followed team won a finished match, in play or by shoot-out."""
    if match["status"] != MatchStatus.FINISHED or pd.isna(match["home_goals"]) or pd.isna(match["away_goals"]):
        return False
    lead = int(match["home_goals"]) - int(match["away_goals"])
    if lead == 0 and pd.notna(match["shootout_home_goals"]) and pd.notna(match["shootout_away_goals"]):
        lead = int(match["shootout_home_goals"]) - int(match["shootout_away_goals"])
    return (lead > 0 and match["home_team"] in market.teams) or (lead < 0 and match["away_team"] in market.teams)


# --- what is in an order ------------------------------------------------------------------------------------------------

PIZZA_PENCE = {
    "Margherita": 1099,
    "Pepperoni": 1299,
    "Vegi Supreme": 1249,
    "Hawaiian": 1249,
    "Meat Feast": 1449,
    "Hot & Spicy": 1399,
}
EXTRA_PENCE = {"": 0, "Garlic Bread": 499, "Chicken Wings": 649, "Cola": 299}


@dataclass(frozen=True)
class _Baskets:
    """A few dozen orders that customers repeat: JSON items, pizzas, pence, and how likely each is."""

    items: pa.Array
    pizza_counts: np.ndarray
    pence: np.ndarray
    cumulative: np.ndarray


@cache
def _baskets() -> _Baskets:
    pairs = [(first,) for first in PIZZA_PENCE] + list(
        zip(PIZZA_PENCE, [*list(PIZZA_PENCE)[2:], *list(PIZZA_PENCE)[:2]], strict=True)
    )
    parties = [tuple(list(PIZZA_PENCE)[n : n + 3]) for n in range(4)] + [tuple(PIZZA_PENCE)[:5]]
    chosen = [*product(pairs, EXTRA_PENCE), *product(parties, ("", "Cola"))]
    weights = np.array(
        [{1: 1.0, 2: 0.7, 3: 0.35, 5: 0.1}[len(pizzas)] * (1.0 if not extra else 0.45) for pizzas, extra in chosen]
    )
    items = [
        json.dumps(
            [{"category": "pizza", "name": name, "quantity": 1} for name in pizzas]
            + ([{"category": "side", "name": extra, "quantity": 1}] if extra else []),
            separators=(",", ":"),
        )
        for pizzas, extra in chosen
    ]
    return _Baskets(
        pa.array(items, pa.large_string()),
        np.array([len(pizzas) for pizzas, _ in chosen]),
        np.array([sum(PIZZA_PENCE[name] for name in pizzas) + EXTRA_PENCE[extra] for pizzas, extra in chosen]),
        np.cumsum(weights) / weights.sum(),
    )


# --- the week -----------------------------------------------------------------------------------------------------------


def mock_orders(
    week: MatchWeek,
    markets: Sequence[Market],
    matches: pd.DataFrame,
    now: datetime,
    seed: int,
    stores_per_market: int = 2,
    orders_per_store_day: float = ORDERS_PER_STORE_DAY,
) -> SourceResult:
    """The week's orders up to `now`, two chains taking turns over a market's stores.

    matches: RawMatches of the week and its neighbours. The orders depend on week, markets, matches and seed, never on
    other weeks; a later `now` only adds orders, and a match only adds orders in its windows: orders are first drawn for
    the largest effect, then thinned, each by its own lot, to the effect that applies.
    """
    if now <= week.starts_at:
        return SourceResult(
            RawOrders.empty(), DataSource.MOCK, "mock", is_covered=False, reason="the week has not begun"
        )
    ends_at = min(week.ends_at, now.replace(second=0, microsecond=0))
    stores = _Stores.of(markets, stores_per_market)
    is_played = matches["kickoff_is_fixed"].astype(bool) & ~matches["status"].isin(NOT_PLAYED)
    counted = matches[is_played].to_dict("records")
    rng = np.random.default_rng([seed, int(week.key.replace("-", ""))])
    store_index, microseconds, is_kept = _drawn(
        week, markets, counted, seed, stores_per_market, orders_per_store_day, rng
    )
    basket = np.searchsorted(_baskets().cumulative, rng.random(len(microseconds)), side="right")
    order = np.argsort(microseconds, kind="stable")
    limit = int((now - week.starts_at) / timedelta(microseconds=1))
    numbers = np.flatnonzero(is_kept[order] & (microseconds[order] <= limit))
    chosen = order[numbers]
    rows = _frame(week, stores, numbers + 1, store_index[chosen], microseconds[chosen], basket[chosen])
    covered = tuple(
        CoveredPeriod(market.name, chain, CURRENCY, week.starts_at, ends_at)
        for market in markets
        for chain in CHAINS[:stores_per_market]
        if week.starts_at < ends_at
    )
    return SourceResult(rows, DataSource.MOCK, "mock", is_covered=bool(covered), covered=covered)


@dataclass(frozen=True)
class _Stores:
    """Columns that depend on the store, one entry per store; market by market."""

    chain: pa.Array
    market: pa.Array
    store_id: pa.Array
    store_location: pa.Array

    @classmethod
    def of(cls, markets: Sequence[Market], per_market: int) -> "_Stores":
        numbered = list(product(markets, range(per_market)))
        columns = (
            [CHAINS[n % len(CHAINS)] for _, n in numbered],
            [market.name for market, _ in numbered],
            [f"{market.name.lower().replace(' ', '-')}-{n + 1}" for market, n in numbered],
            [f"{market.name}, store {n + 1}" for market, n in numbered],
        )
        return cls(*(pa.array(column, pa.large_string()) for column in columns))


def _drawn(
    week: MatchWeek,
    markets: Sequence[Market],
    matches: Sequence[dict],
    seed: int,
    per_market: int,
    per_day: float,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(store, microseconds since the start of the week, does it happen) of every order that the largest effect would bring."""
    clocks = {zone: _local_clock(week, zone) for zone in {market.timezone for market in markets}}
    stores, minutes, factors = [], [], []
    for index, market in enumerate(markets):
        clock = clocks[market.timezone]
        level = MarketHabits.of(market.name, seed).level(clock.days)
        days = level * rng.gamma(DAY_SHAPE, 1 / DAY_SHAPE, len(level))
        hours = rng.gamma(HOUR_SHAPE, 1 / HOUR_SHAPE, clock.hour[-1] + 1)
        expected = np.cumsum(clock.rate * days[clock.day] * hours[clock.hour])
        total = expected[-1] * per_day * PLANTED_EFFECTS.largest
        counts = rng.poisson(total, per_market)
        placed = np.searchsorted(expected, rng.random(counts.sum()) * expected[-1], side="right")
        uplift = _planted_uplift(week, market, matches)
        factors.append(np.ones(len(placed)) if uplift is None else uplift[placed])
        minutes.append(placed)
        stores.append(np.repeat(np.arange(per_market) + index * per_market, counts))
    if not stores:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, bool)
    minute = np.concatenate(minutes)
    microseconds = minute * 60_000_000 + rng.integers(0, 60, len(minute)) * 1_000_000
    is_kept = rng.random(len(minute)) * PLANTED_EFFECTS.largest < np.concatenate(factors)
    return np.concatenate(stores), microseconds, is_kept


def _frame(
    week: MatchWeek,
    stores: _Stores,
    numbers: np.ndarray,
    store_index: np.ndarray,
    microseconds: np.ndarray,
    basket: np.ndarray,
) -> pd.DataFrame:
    """RawOrders, in its order and types. Texts are gathered from short tables, never made one by one."""
    baskets, size = _baskets(), len(numbers)
    padded = pc.utf8_lpad(pa.array(numbers).cast(pa.large_string()), NUMBER_DIGITS, "0")
    prefix, joint = (pa.scalar(text, pa.large_string()) for text in (f"mock-{week.key}-", ""))
    start = np.datetime64(week.starts_at.replace(tzinfo=None), "us")

    def constant(text: str) -> pd.Series:
        return _text(pa.array([text], pa.large_string()), np.zeros(size, dtype=np.int64))

    columns = {
        "order_id": pd.Series(pd.array(pc.binary_join_element_wise(prefix, padded, joint), dtype="str")),
        "ordered_at": pd.Series(start + microseconds.astype("timedelta64[us]")).dt.tz_localize("UTC"),
        "sport": constant("football"),
        "chain": _text(stores.chain, store_index),
        "market": _text(stores.market, store_index),
        "store_id": _text(stores.store_id, store_index),
        "store_location": _text(stores.store_location, store_index),
        "currency": constant(CURRENCY),
        "revenue_cents": pd.Series(baskets.pence[basket]),
        "pizza_count": pd.Series(baskets.pizza_counts[basket]),
        "items": _text(baskets.items, basket),
        "order_source": constant(DataSource.MOCK.value),
        "source_name": constant("mock"),
    }
    return pd.DataFrame(columns)


def _text(values: pa.Array, index: np.ndarray) -> pd.Series:
    return pd.Series(pd.array(values.take(pa.array(index)), dtype="str"))
