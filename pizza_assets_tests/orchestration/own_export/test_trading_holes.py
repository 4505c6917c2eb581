"""A hole in the middle of trading hours is named with its times; quiet shops, pauses and closed days are not holes."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache

import numpy as np
import pandas as pd
import pytest

from pizza_assets.models import RawMatches
from pizza_assets.models.market import Market
from pizza_assets.models.special_days import SpecialDay, SpecialKind
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.models.week import MatchWeek
from pizza_assets.orchestration.own_export.trading_holes import TradingHole, TradingHours
from pizza_assets.sources.base import SourceResult
from pizza_assets.sources.orders.mock import mock_orders

ZONE = "Europe/London"
FIRST = MatchWeek("2025-08-05", ZONE)
WEEKS = 8
MARKETS = [Market(name, ZONE, ()) for name in ("Leeds", "York", "Hull")]
SATURDAY = pd.Timestamp("2025-08-30")
FIRST_DAY, LAST_DAY = pd.Timestamp("2025-08-05"), pd.Timestamp("2025-09-29")

Cut = Callable[[pd.DataFrame], pd.Series]
"""Which orders of a week, with their `local` time, are lost."""


@cache
def whole_week(week: MatchWeek, per_day: float, seed: int) -> pd.DataFrame:
    rows = mock_orders(week, MARKETS, RawMatches.empty(), datetime(2027, 1, 1, tzinfo=UTC), seed, 1, per_day).frame
    return rows.assign(local=rows["ordered_at"].dt.tz_convert(ZONE).dt.tz_localize(None))


def holes(lost: Cut, *, per_day: float = 100.0, seed: int = 1) -> list[TradingHole]:
    hours = TradingHours(ZONE)

    def orders_of(week: MatchWeek) -> SourceResult:
        rows = whole_week(week, per_day, seed)
        return SourceResult(rows[~lost(rows)].drop(columns="local"), DataSource.MOCK, "mock", is_covered=True)

    watched = hours.watching(orders_of)
    for number in range(WEEKS):
        watched(FIRST.shifted(number))
    return hours.holes()


def nothing(orders: pd.DataFrame) -> pd.Series:
    return pd.Series(False, index=orders.index)


def between(orders: pd.DataFrame, day: pd.Timestamp, first: float, last: float) -> pd.Series:
    hour = (orders["local"] - day) / pd.Timedelta(hours=1)
    return (hour >= first) & (hour < last)


def test_an_evening_without_orders_is_named_with_its_store_and_times() -> None:
    def lost(orders: pd.DataFrame) -> pd.Series:
        return (orders["market"] == "York") & between(orders, SATURDAY, 18, 20)

    [hole] = holes(lost)
    assert hole.text.startswith("york-1 has no order from 18:00 to 20:00 on Saturday, 2025-08-30, where about ")
    assert 20 < hole.usual < 60


@pytest.mark.parametrize(("first", "last", "shown"), [(19, 30, "from 19:00 to 01:00"), (6, 16, "from 11:00 to 16:00")])
def test_a_day_that_ends_or_begins_hours_away_from_all_others_is_named(first: float, last: float, shown: str) -> None:
    [hole] = holes(lambda orders: (orders["market"] == "York") & between(orders, SATURDAY, first, last))
    assert f"york-1 has no order {shown}" in hole.text
    assert 15 < hole.usual < 80


def test_a_hole_after_midnight_belongs_to_the_evening_before() -> None:
    [hole] = holes(lambda orders: (orders["market"] == "Hull") & between(orders, SATURDAY, 20, 24.5), per_day=300)
    assert (str(hole.starts_at), str(hole.ends_at)) == ("2025-08-30 20:00:00", "2025-08-31 00:30:00")


@pytest.mark.parametrize("per_day", [4.0, 30.0, 100.0, 300.0])
@pytest.mark.parametrize("seed", [1, 2])
def test_whole_exports_have_no_hole(per_day: float, seed: int) -> None:
    assert holes(nothing, per_day=per_day, seed=seed) == []


@pytest.mark.parametrize(
    "lost",
    [
        pytest.param(lambda orders: between(orders, SATURDAY, 6, 30), id="closed day"),
        pytest.param(lambda orders: between(orders, SATURDAY, 23.5, 30), id="closed a little earlier"),
        pytest.param(
            lambda orders: between(orders, SATURDAY, 19, 30) | between(orders, SATURDAY - pd.Timedelta(days=7), 19, 30),
            id="closed early more than once",
        ),
        pytest.param(lambda orders: between(orders, LAST_DAY, 15, 30), id="export of the afternoon"),
        pytest.param(lambda orders: between(orders, FIRST_DAY, 6, 15), id="export from the afternoon on"),
        pytest.param(lambda orders: orders["local"].dt.hour.isin([14, 15, 16]), id="pause every day"),
        pytest.param(
            lambda orders: (orders["local"].dt.day_of_week == 0) & orders["local"].dt.hour.between(12, 16),
            id="pause on Mondays",
        ),
        pytest.param(lambda orders: between(orders, SATURDAY, 18, 18.5), id="half an hour"),
        pytest.param(
            lambda orders: pd.Series(np.arange(len(orders)) % 20 != 0, orders.index) & between(orders, SATURDAY, 6, 30),
            id="quiet day",
        ),
    ],
)
def test_what_is_no_hole(lost: Cut) -> None:
    assert holes(lost) == []


@pytest.mark.parametrize(("zone", "changed"), [("Europe/London", "2026-03-28"), ("America/New_York", "2026-03-07")])
def test_the_hour_that_clocks_skip_is_no_hole(zone: str, changed: str) -> None:
    """A shop that sells until 04:00: on that night it can't have sold in the hour that the zone skips."""
    days = pd.date_range(end=pd.Timestamp(changed) + pd.Timedelta(days=21), periods=70)
    slots = pd.timedelta_range("11h", "28h", freq="5min", closed="left")
    wall = pd.DatetimeIndex((days.to_numpy()[:, None] + slots.to_numpy()).ravel())
    times = wall.tz_localize(zone, ambiguous=np.ones(len(wall), dtype=bool), nonexistent="NaT").dropna()
    hours, week = TradingHours(zone), MatchWeek("2026-03-03", zone)
    orders = pd.DataFrame({"ordered_at": times.tz_convert("UTC"), "market": "Leeds", "store_id": "1"})
    hours.watching(lambda _: SourceResult(orders, DataSource.REAL, "files", is_covered=True))(week)
    assert hours.holes() == []
    evening = (wall >= pd.Timestamp(changed) + pd.Timedelta(hours=18)) & (
        wall < pd.Timestamp(changed) + pd.Timedelta(hours=21)
    )
    lost = orders[~orders["ordered_at"].isin(wall[evening].tz_localize(zone).tz_convert("UTC"))]
    hours = TradingHours(zone)
    hours.watching(lambda _: SourceResult(lost, DataSource.REAL, "files", is_covered=True))(week)
    [hole] = hours.holes()
    assert (hole.starts_at.hour, hole.ends_at.hour) == (18, 21)


@pytest.mark.parametrize(("listed", "is_known"), [("2026-10-16", True), ("2026-10-17", False)])
def test_an_evening_that_ends_after_midnight_is_listed_by_its_business_day(listed: str, is_known: bool) -> None:
    evening = TradingHole("Sevilla", "1", pd.Timestamp("2026-10-16T16:00"), pd.Timestamp("2026-10-17T00:30"), 41.0)
    day = date.fromisoformat(listed)
    market = Market(
        "Sevilla", "Europe/Madrid", ("Sevilla FC",), special_days=(SpecialDay(day, day, SpecialKind.OUTAGE),)
    )
    assert evening.is_listed([market]) == is_known
