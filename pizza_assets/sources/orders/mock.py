"""Invented orders that look like a pizza business and respond to football by a declared amount.

They are always labelled mock. The response to matches is planted, by PLANTED_EFFECTS: finding it again shows that the
analysis works, and nothing about the world. Real orders, and mock matches, do not belong here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pizza_assets.models import RawOrders
from pizza_assets.models.coverage import CoveredPeriod
from pizza_assets.models.market import Market
from pizza_assets.models.vocabulary import EXPOSING_STATUSES, DataSource
from pizza_assets.models.week import MatchWeek
from pizza_assets.sources.base import SourceResult
from pizza_assets.sources.orders.mock_baskets import Baskets, baskets
from pizza_assets.sources.orders.mock_draws import drawn, in_order
from pizza_assets.sources.orders.mock_effects import (
    PLANTED_EFFECTS,
    PlantedEffects,
    planted_effects_text,
    planted_uplift,
)
from pizza_assets.sources.orders.mock_habits import DAY_SHAPE, HOUR_SHAPE, MarketHabits, local_clock

__all__ = ["PLANTED_EFFECTS", "PlantedEffects", "mock_orders", "planted_effects_text"]

CHAINS = ("dominos", "rival")
CURRENCY = "GBP"
ORDERS_PER_STORE_DAY = 100.0
NUMBER_DIGITS = 8
"""Order numbers are padded to this width, so that their order as text is their order in time."""


def mock_orders(
    week: MatchWeek,
    markets: Sequence[Market],
    matches: pd.DataFrame,
    now: datetime,
    seed: int,
    stores_per_market: int = 2,
    orders_per_store_day: float = ORDERS_PER_STORE_DAY,
) -> SourceResult:
    """The week's orders up to the minute of `now`, two chains taking turns over a market's stores.

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
    is_played = matches["kickoff_is_fixed"].astype(bool) & matches["status"].isin(EXPOSING_STATUSES)
    counted = matches[is_played].to_dict("records")
    rng = np.random.default_rng([seed, int(week.key.replace("-", ""))])
    store_index, microseconds, is_kept = _drawn(
        week, markets, counted, seed, stores_per_market, orders_per_store_day, rng
    )
    basket = drawn(baskets().cumulative, rng.random(len(microseconds)))
    order = in_order(microseconds)
    limit = int((ends_at - week.starts_at) / timedelta(microseconds=1))
    numbers = np.flatnonzero(is_kept[order] & (microseconds[order] < limit))
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
    """(store, microseconds into the week, does it happen) of every order that the largest effect would bring."""
    clocks = {zone: local_clock(week, zone) for zone in {market.timezone for market in markets}}
    stores, minutes, factors = [], [], []
    for index, market in enumerate(markets):
        clock = clocks[market.timezone]
        level = MarketHabits.of(market.name, seed).level(clock.days)
        days = level * rng.gamma(DAY_SHAPE, 1 / DAY_SHAPE, len(level))
        hours = rng.gamma(HOUR_SHAPE, 1 / HOUR_SHAPE, clock.hour.max() + 1)
        expected = np.cumsum(clock.rate * days[clock.day] * hours[clock.hour])
        total = expected[-1] * per_day * PLANTED_EFFECTS.largest
        counts = rng.poisson(total, per_market)
        placed = drawn(expected, rng.random(counts.sum()) * expected[-1])
        uplift = planted_uplift(week, market, matches)
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
    menu, size = baskets(), len(numbers)
    padded = pc.utf8_lpad(pa.array(numbers).cast(pa.large_string()), NUMBER_DIGITS, "0")
    prefix, joint = (pa.scalar(text, pa.large_string()) for text in (f"mock-{week.key}-", ""))
    start = np.datetime64(week.starts_at.replace(tzinfo=None), "us")

    def constant(text: str) -> pd.Series:
        return pd.Series(pd.array(pa.repeat(pa.scalar(text, pa.large_string()), size), dtype="str"))

    columns = {
        "order_id": pd.Series(pd.array(pc.binary_join_element_wise(prefix, padded, joint), dtype="str")),
        "ordered_at": pd.Series(start + microseconds.astype("timedelta64[us]")).dt.tz_localize("UTC"),
        "sport": constant("football"),
        "chain": _text(stores.chain, store_index),
        "market": _text(stores.market, store_index),
        "store_id": _text(stores.store_id, store_index),
        "store_location": _text(stores.store_location, store_index),
        "currency": constant(CURRENCY),
        "revenue_cents": pd.Series(menu.pence[basket]),
        "discount_cents": pd.Series(_discounts(menu)[basket], dtype="Int64"),
        "pizza_count": pd.Series(menu.pizza_counts[basket]),
        "items": _text(menu.items, basket),
        "order_source": constant(DataSource.MOCK.value),
        "source_name": constant("mock"),
    }
    return pd.DataFrame(columns)


def _discounts(menu: Baskets) -> np.ndarray:
    """Pence off each basket: a tenth from three pizzas on."""
    return np.where(menu.pizza_counts >= 3, menu.pence // 10, 0)


def _text(values: pa.Array, index: np.ndarray) -> pd.Series:
    return pd.Series(pd.array(values.take(pa.array(index)), dtype="str"))
