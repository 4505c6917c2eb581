"""Outages, surges and missing days: planted ones are located, quiet years have no alarms, labels are kept."""

from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np
import pandas as pd
import pytest

from pizza_assets.analysis.anomalies import COLUMNS, find_anomalies
from pizza_assets.analysis.anomaly_rows import MIN_WEEKS, order_anomalies
from pizza_assets.analysis.local_week import bins_of_week
from pizza_assets.analysis.lost_hour_alarms import is_lost_hours
from pizza_assets.analysis.panel import Panel
from pizza_assets.analysis.store_expectation import store_expectation
from pizza_assets.models import OrderAnomalies, RawMatches
from pizza_assets.models.market import Market
from pizza_assets.models.special_days import SpecialDay, SpecialKind
from pizza_assets.models.week import MatchWeek
from pizza_assets_tests.analysis.simulated_worlds import FIRST_WEEK, LENGTHS, ZONE, match_row

MARKETS = (Market("Leeds", ZONE, ("Leeds United",)), Market("York", ZONE, ("York City",)))
WEEKS = 14
BINS = WEEKS * 7 * 96
FIRST_MINUTE = int(FIRST_WEEK.starts_at.timestamp()) // 60
OUTAGE, SURGE, MISSING = (0, 20 * 96 + 44, 12), (3, 30 * 96 + 48, 12), (5, 40)
"""Store, first bin and number of bins of an outage and a surge; store and day of a missing day. Days start at 06:00."""


@cache
def counts() -> np.ndarray:
    """Six stores that open from 11:00 to 23:00 and sell about 5 orders per quarter-hour."""
    rng = np.random.default_rng(8)
    hour = (np.arange(BINS) / 4 + 6) % 24
    shape = np.where((hour >= 11) & (hour < 23), 3 + 4 * np.exp(-(((hour - 19) / 3) ** 2)), 0.0)
    days = rng.gamma(200, 1 / 200, (6, WEEKS * 7))
    return rng.poisson(shape * days[:, np.arange(BINS) // 96])


def planted() -> np.ndarray:
    orders = counts().copy()
    store, first, length = OUTAGE
    orders[store, first : first + length] = 0
    store, first, length = SURGE
    orders[store, first : first + length] *= 3
    store, day = MISSING
    orders[store, day * 96 : (day + 1) * 96] = 0
    return orders


def alarms(orders: np.ndarray, **changes: np.ndarray) -> pd.DataFrame:
    bins = orders.shape[1]
    arrays = {
        "is_known": np.ones(orders.shape, bool),
        "bin_of_week": np.broadcast_to(np.arange(bins) % 672, orders.shape),
        "week": np.arange(bins) // 672,
        "day": np.broadcast_to(np.arange(bins) // 96, orders.shape),
        "event_lag": np.full(orders.shape, -1),
        **changes,
    }
    return find_anomalies(orders, store_expectation(orders, **arrays), arrays["day"])


def overlaps(row: pd.Series, first: int, length: int) -> bool:
    return row["first"] < first + length and row["end"] > first


def test_planted_anomalies_are_located_and_nothing_else_is_found() -> None:
    found = alarms(planted())
    assert found["kind"].tolist() == ["low", "high", "missing_day"]
    assert found["store"].tolist() == [OUTAGE[0], SURGE[0], MISSING[0]]
    assert overlaps(found.iloc[0], *OUTAGE[1:])
    assert overlaps(found.iloc[1], *SURGE[1:])
    assert found["first"].iloc[2] // 96 == MISSING[1]
    low = found.iloc[0]
    assert low["first"] >= OUTAGE[1] - 1
    assert low["end"] <= OUTAGE[1] + OUTAGE[2] + 4
    assert low["observed"] <= 0.1 * low["expected"]
    assert found["expected_false_share"].iloc[:2].between(0, 0.3).all()


def test_a_quiet_year_and_a_good_day_raise_no_alarm() -> None:
    assert alarms(counts()).empty
    good_day = counts().copy()
    good_day[2, 50 * 96 : 51 * 96] *= 2
    assert "low" not in set(alarms(good_day)["kind"])


def test_extra_orders_around_own_matches_are_no_anomaly() -> None:
    """Orders double in the two hours before each Saturday's match: an effect of football, not an anomaly."""
    orders, lag = counts().copy(), np.full(counts().shape, -1)
    for week in range(WEEKS):
        first = (week * 7 + 4) * 96 + 36
        orders[:, first : first + 12] *= 2
        lag[:, first : first + 12] = np.arange(12)
    assert alarms(orders, event_lag=lag).empty


def test_the_order_of_stores_does_not_matter() -> None:
    order = np.array([4, 2, 5, 0, 1, 3])
    found, shuffled = alarms(planted()), alarms(planted()[order])
    back = shuffled.assign(store=order[shuffled["store"].to_numpy(dtype=int)]).sort_values(["store", "first"])
    pd.testing.assert_frame_equal(back[COLUMNS].reset_index(drop=True), found, check_dtype=False, rtol=1e-6)


@pytest.mark.parametrize("orders", [np.zeros((0, 0), int), np.zeros((1, 672 * 9), int), np.ones((1, 40), int)])
def test_empty_and_short_histories_raise_no_alarm(orders: np.ndarray) -> None:
    assert alarms(orders).empty


def panel(orders: np.ndarray, weeks: int = WEEKS) -> Panel:
    names = [("Leeds" if n < 3 else "York", "dominos", str(n)) for n in range(len(orders))]
    bins = weeks * 672
    return Panel(
        pd.MultiIndex.from_tuples(names, names=["market", "chain", "store_id"]),
        pd.Index([FIRST_WEEK.shifted(n).key for n in range(weeks)]),
        FIRST_MINUTE // 15,
        np.arange(bins) // 672,
        orders[:, :bins].astype(np.int32),
        np.ones((len(orders), bins), bool),
    )


def a_match(minutes_before: int = 60, **columns: object) -> pd.DataFrame:
    at = pd.Timestamp((FIRST_MINUTE + OUTAGE[1] * 15 - minutes_before) * 60, unit="s", tz="UTC")
    return RawMatches.conform([match_row("m", at, "Leeds United", "Elsewhere", match_source="real", **columns)])


def test_an_alarm_names_the_nearest_match_and_its_outcome() -> None:
    found = order_anomalies({"real": panel(planted())}, a_match(), MARKETS, LENGTHS).set_index("kind")
    assert found.loc["low", ["match_id", "home_team", "result"]].tolist() == ["m", "Leeds United", "home_win"]
    assert found.loc["low", "minutes_from_kickoff"] >= 45
    assert found.loc[["high", "missing_day"], "match_id"].isna().all()
    assert found.loc["missing_day", "observed"] == 0
    assert set(found["seen_in"]) == {"real"}
    far = order_anomalies({"real": panel(planted())}, a_match(minutes_before=900), MARKETS, LENGTHS)
    assert far["match_id"].isna().all()


def test_a_special_day_of_the_market_raises_no_alarm() -> None:
    local = pd.Timestamp((FIRST_MINUTE + OUTAGE[1] * 15) * 60, unit="s", tz="UTC").tz_convert(ZONE).date()
    listed = SpecialDay(local, local, SpecialKind.OUTAGE)
    markets = (replace(MARKETS[0], special_days=(listed,)), MARKETS[1])
    found = order_anomalies({"real": panel(planted())}, RawMatches.empty(), markets, LENGTHS)
    assert found["kind"].tolist() == ["high", "missing_day"]
    elsewhere = (MARKETS[0], replace(MARKETS[1], special_days=(listed,)))
    assert len(order_anomalies({"real": panel(planted())}, RawMatches.empty(), elsewhere, LENGTHS)) == 3


# Property 19
def test_an_anomaly_names_the_data_that_show_it() -> None:
    both = {"real": panel(planted()), "mock": panel(planted())}
    assert set(order_anomalies(both, RawMatches.empty(), MARKETS, LENGTHS)["seen_in"]) == {"both"}
    one = {"real": panel(counts()), "mock": panel(planted())}
    found = order_anomalies(one, RawMatches.empty(), MARKETS, LENGTHS)
    assert set(found["seen_in"]) == set(found["order_source"]) == {"mock"}


def test_a_short_history_has_no_anomalies() -> None:
    short = {"real": panel(planted(), MIN_WEEKS - 1)}
    pd.testing.assert_frame_equal(order_anomalies(short, RawMatches.empty(), MARKETS, LENGTHS), OrderAnomalies.empty())


def one_shop(lost_from: float | None = None, lost_to: float = 24.0, seed: int = 3) -> Panel:
    """A shop that opens from 11:00 to 23:00 and sells about 110 orders a day; hours of one Saturday may be lost."""
    rng = np.random.default_rng(seed)
    place = bins_of_week(FIRST_MINUTE + np.arange(BINS) * 15, [ZONE])[0]
    hour = place % 96 / 4  # of the clock on the wall, which changes in these weeks
    rate = np.where((hour >= 11) & (hour < 23), 1.5 + 2 * np.exp(-(((hour - 19) / 3) ** 2)), 0.0)
    orders = rng.poisson(rate * np.repeat(rng.gamma(200, 1 / 200, WEEKS * 7), 96))[np.newaxis]
    if lost_from is not None:
        bins = (np.arange(BINS) // 96 == 32) & (hour >= lost_from) & (hour < lost_to)
        orders[0, bins] = 0
    return panel(orders)


@pytest.mark.parametrize(("lost_from", "lost_to"), [(18.0, 24.0), (21.0, 24.0), (17.0, 19.0), (6.0, 14.0)])
def test_lost_hours_of_one_shop_are_an_alarm(lost_from: float, lost_to: float) -> None:
    """`pizza check` asked about them, and the page denied that there were any."""
    found = order_anomalies({"real": one_shop(lost_from, lost_to)}, RawMatches.empty(), MARKETS, LENGTHS)
    [low] = found.to_dict("records")
    opens, closes = max(lost_from, 11.0), min(lost_to, 23.0)
    started, ended = (low[name].tz_convert(ZONE) for name in ("starts_at", "ends_at"))
    assert low["kind"] == "low"
    assert abs(started.hour + started.minute / 60 - opens) <= 0.5
    assert abs(ended.hour + ended.minute / 60 - closes) <= 0.5
    assert low["observed"] == 0
    assert low["expected"] > 11.5  # of about 100 days, one in a thousand is missed by chance
    assert 0 < low["expected_false_share"] < 0.03


def low_alarms_with(sold_at: tuple[float, ...]) -> pd.DataFrame:
    """Of a store that sells about 20 orders an hour, but from 14:00 to 21:00 of one day only one at each time."""
    orders = counts().copy()
    orders[0, 20 * 96 + 32 : 20 * 96 + 60] = 0
    orders[0, [20 * 96 + int(4 * (hour - 6)) for hour in sold_at]] = 1
    return order_anomalies({"real": panel(orders)}, RawMatches.empty(), MARKETS, LENGTHS)


@pytest.mark.parametrize("sold_at", [(14.0, 16.0, 18.0), (16.0, 18.5, 19.0), (17.0, 17.25, 17.5), (18.0, 18.5, 20.0)])
def test_a_block_with_some_orders_stays_an_alarm_beside_lost_hours(sold_at: tuple[float, ...]) -> None:
    """Lost hours took its place, and its other hours counted as quiet ones without a word."""
    lows = low_alarms_with(sold_at)
    assert (lows["observed"] == 0).any()
    assert is_lost_hours(lows).tolist() == (lows["observed"] == 0).tolist()
    [few] = lows[lows["observed"] > 0].to_dict("records")
    assert few["observed"] == sum(at >= 16 for at in sold_at)
    assert [few[name].tz_convert(ZONE).hour for name in ("starts_at", "ends_at")] == [16, 21]


def test_a_block_that_begins_with_lost_hours_begins_where_they_end() -> None:
    lows = low_alarms_with((15.75, 18.5, 19.0))
    assert lows["observed"].tolist() == [0, 2, 0]
    assert lows["ends_at"][0] == lows["starts_at"][1]


def test_a_block_without_orders_becomes_lost_hours() -> None:
    [lost] = low_alarms_with((15.25, 15.5, 15.75)).to_dict("records")
    assert is_lost_hours(pd.DataFrame([lost])).all()
    assert lost["starts_at"].tz_convert(ZONE).hour == 16


def test_blocks_without_orders_that_are_no_lost_hours_are_told_apart() -> None:
    """Two days of one weekday hide each other from the rule of lost hours, but not from that of blocks."""
    orders = counts().copy()
    for day in (20, 27):
        orders[0, day * 96 + 44 : day * 96 + 56] = 0
    found = order_anomalies({"real": panel(orders)}, RawMatches.empty(), MARKETS, LENGTHS)
    assert found["observed"].tolist() == [0, 0]
    assert not is_lost_hours(found).any()


@pytest.mark.parametrize("seed", range(5))
def test_a_whole_history_of_one_shop_has_no_lost_hours(seed: int) -> None:
    assert "low" not in order_anomalies({"real": one_shop(seed=seed)}, RawMatches.empty(), MARKETS, LENGTHS)["kind"]


def test_hours_that_are_not_known_are_not_lost() -> None:
    lost = one_shop(18.0)
    is_known = lost.is_known.copy()
    is_known[0, 32 * 96 + 40 : 33 * 96] = False
    unknown = replace(lost, is_known=is_known)
    assert order_anomalies({"real": unknown}, RawMatches.empty(), MARKETS, LENGTHS).empty


def late_shop(lost_from: float = 0.0, lost_to: float = 0.0) -> Panel:
    """A shop in London that closes at 03:00, in weeks whose clocks go forward on 29 March 2026 at 01:00; hours of that
    night, by the clock on the wall, may be lost."""
    weeks = [MatchWeek("2026-02-10", ZONE).shifted(n) for n in range(12)]
    minutes = np.arange(weeks[0].starts_at.timestamp() // 60, weeks[-1].ends_at.timestamp() // 60, 15).astype(np.int64)
    local = pd.to_datetime(minutes * 60, unit="s", utc=True).tz_convert(ZONE)
    hour = np.asarray(local.hour + local.minute / 60)
    orders = np.random.default_rng(4).poisson(np.where((hour >= 11) | (hour < 3), 6.0, 0.0))
    orders[(local.date == date(2026, 3, 29)) & (hour >= lost_from) & (hour < lost_to)] = 0
    week = np.searchsorted([week.starts_at.timestamp() // 60 for week in weeks], minutes, side="right") - 1
    names = pd.MultiIndex.from_tuples([("Leeds", "dominos", "1")], names=["market", "chain", "store_id"])
    is_known = np.ones((1, len(minutes)), bool)
    counts = orders[np.newaxis].astype(np.int32)
    return Panel(names, pd.Index([week.key for week in weeks]), int(minutes[0]) // 15, week, counts, is_known)


@pytest.mark.parametrize(("lost_from", "lost_to"), [(0.0, 0.0), (0.75, 1.0), (2.0, 2.5)])
def test_the_hour_that_clocks_skip_is_not_lost(lost_from: float, lost_to: float) -> None:
    """It ended in an IndexError, or made an outage of one quiet quarter of an hour beside it."""
    assert order_anomalies({"real": late_shop(lost_from, lost_to)}, RawMatches.empty(), MARKETS, LENGTHS).empty
