import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pizza_assets.models import RawMatches, RawOrders
from pizza_assets.models.market import DEFAULT_MARKETS, Market
from pizza_assets.models.week import MatchWeek
from pizza_assets.sources.base import SourceResult
from pizza_assets.sources.orders.mock import PLANTED_EFFECTS, mock_orders, planted_effects_text
from pizza_assets_tests.sources.orders.exports import HEADER, csv_text, order_files, write
from pizza_assets_tests.support.examples import examples

LATE = datetime(2035, 1, 1, tzinfo=UTC)
WEEK = MatchWeek.of_date(date(2025, 10, 10), "Europe/London")
NONE = RawMatches.empty()

WEEKS = st.builds(lambda day: MatchWeek.of_date(day, "Europe/London"), st.dates(date(2015, 1, 1), date(2030, 1, 1)))
SEEDS = st.integers(0, 2**32 - 1)
FEW = DEFAULT_MARKETS[:3]


def match(kickoff_at: datetime, home: str = "Everton", away: str = "Nobody FC", **changes: object) -> dict:
    return {
        "match_id": f"{home}-{kickoff_at:%Y%m%d%H%M}", "kickoff_at": kickoff_at, "kickoff_is_fixed": True,
        "sport": "football",
        "competition": "Premier League", "competition_type": "league", "season": "2025-26", "stage": "REGULAR_SEASON",
        "round_name": None, "home_team": home, "away_team": away, "status": "FINISHED", "decided_by": "regular",
        "home_goals": 0, "away_goals": 0, "half_time_home_goals": None, "half_time_away_goals": None,
        "shootout_home_goals": None, "shootout_away_goals": None, "venue": None, "match_source": "mock",
        "source_name": "mock",
        **changes,
    }  # fmt: skip


def matches(*rows: dict) -> pd.DataFrame:
    return RawMatches.conform(list(rows))


@examples(100)
@given(WEEKS, SEEDS, st.integers(1, 3))
def test_rows_are_valid_raw_orders_in_stored_order(week: MatchWeek, seed: int, stores: int) -> None:
    # Property 6: mock orders have the columns, types, units and zones of the model, as every source's
    result = mock_orders(week, FEW, NONE, LATE, seed, stores_per_market=stores, orders_per_store_day=5)
    assert RawOrders.violations(result.rows) == []
    pd.testing.assert_frame_equal(result.rows, RawOrders.conform(result.rows))
    assert (result.rows["ordered_at"] >= week.starts_at).all()
    assert (result.rows["ordered_at"] < week.ends_at).all()
    assert set(result.rows["order_source"]) == {"mock"} == {result.data_source.value}
    assert {(p.market, p.chain) for p in result.covered} == {
        (m.name, c) for m in FEW for c in ("dominos", "rival")[:stores]
    }
    assert {(p.starts_at, p.ends_at) for p in result.covered} == {(week.starts_at, week.ends_at)}


@examples(100)
@example(MatchWeek("2016-09-27", "Europe/London"), 7491707, 704, 8)  # an order in the minute that is running
@given(WEEKS, SEEDS, st.integers(1, 7 * 24 * 60 - 61), st.integers(0, 59))
def test_a_later_now_only_adds_orders(week: MatchWeek, seed: int, minutes: int, seconds: int) -> None:
    # Property 8: the running week ends now and goes on where it stopped
    now = week.starts_at + timedelta(minutes=minutes, seconds=seconds)
    early = mock_orders(week, FEW, NONE, now, seed, orders_per_store_day=5)
    whole = mock_orders(week, FEW, NONE, LATE, seed, orders_per_store_day=5)
    covered_until = now.replace(second=0)  # half-open: of the minute that is running nothing is known yet
    pd.testing.assert_frame_equal(early.rows, whole.rows[whole.rows["ordered_at"] < covered_until])
    assert {p.ends_at for p in early.covered} == {covered_until}
    assert early.is_covered


def test_a_week_that_has_not_begun_is_not_covered() -> None:
    result = mock_orders(WEEK, FEW, NONE, WEEK.starts_at, 1)
    assert (result.is_covered, result.covered, len(result.rows)) == (False, (), 0)


def test_equal_input_gives_equal_orders_and_other_seeds_or_weeks_do_not() -> None:
    first, again = (mock_orders(WEEK, FEW, NONE, LATE, 7).rows for _ in range(2))
    pd.testing.assert_frame_equal(first, again)
    other = mock_orders(WEEK, FEW, NONE, LATE, 8).rows
    assert not first["ordered_at"].equals(other["ordered_at"])
    following = mock_orders(WEEK.shifted(1), FEW, NONE, LATE, 7).rows
    assert not set(first["order_id"]) & set(following["order_id"])


# --- distributions ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def quarter() -> pd.DataFrame:
    """Thirteen weeks of the default markets, without matches."""
    rows = pd.concat(mock_orders(WEEK.shifted(n), DEFAULT_MARKETS, NONE, LATE, 1).rows for n in range(13))
    local = rows["ordered_at"].dt.tz_convert("Europe/London").dt.tz_localize(None)
    return rows.assign(local=local, day=(local - pd.Timedelta(hours=6)).dt.normalize())


def test_the_year_has_about_28_thousand_orders_a_week(quarter: pd.DataFrame) -> None:
    assert 24_000 < len(quarter) / 13 < 32_000
    assert set(quarter["chain"]) == {"dominos", "rival"}
    assert quarter.groupby("market")["store_id"].nunique().eq(2).all()


@examples(100)
@given(WEEKS, SEEDS)
def test_hours_weekdays_and_totals_are_those_of_a_pizza_business(week: MatchWeek, seed: int) -> None:
    # Property 7: open 11:00 to 01:00, evening above lunch above afternoon, busy Fridays and Saturdays, sane totals
    result = mock_orders(week, DEFAULT_MARKETS[:6], NONE, LATE, seed, orders_per_store_day=120)
    local = result.rows["ordered_at"].dt.tz_convert("Europe/London").dt.tz_localize(None)
    by_hour = local.dt.hour.value_counts()
    assert set(by_hour.index) <= {0, *range(11, 24)}
    assert by_hour[19] > by_hour[12] > by_hour[15]
    weekday = (local - pd.Timedelta(hours=6)).dt.day_of_week
    by_weekday = weekday.value_counts()
    assert min(by_weekday[4], by_weekday[5]) > max(by_weekday[0], by_weekday[1])
    assert 1500 < result.rows["revenue_cents"].mean() < 3500
    assert 1.2 < result.rows["pizza_count"].mean() < 2.5


def test_counts_are_overdispersed_and_totals_match_the_items(quarter: pd.DataFrame) -> None:
    # Property 7: market-days vary more than chance alone, by a few per cent
    daily = quarter.groupby(["market", "day"]).size().unstack().iloc[:, 1:-1]
    weekday = daily.columns.day_of_week
    level = daily.mean(axis=1)
    expected = pd.DataFrame(
        {
            day: level * daily.loc[:, weekday == weekday[n]].stack().mean() / level.mean()
            for n, day in enumerate(daily.columns)
        }
    )
    dispersion = float((((daily - expected) ** 2) / expected).to_numpy().mean())
    assert 1.2 < dispersion < 4
    for items, part in quarter.groupby("items"):
        pizzas = sum(item["quantity"] for item in json.loads(str(items)) if item["category"] == "pizza")
        assert set(part["pizza_count"]) == {pizzas}
        assert part["revenue_cents"].nunique() == 1


def test_markets_differ_in_size_and_follow_their_own_clock() -> None:
    pair = (Market("East", "Europe/London"), Market("West", "America/New_York"))
    rows = mock_orders(WEEK, pair, NONE, LATE, 3, orders_per_store_day=500).rows
    for market in pair:
        hours = rows[rows["market"] == market.name]["ordered_at"].dt.tz_convert(market.timezone).dt.hour
        assert set(hours) == {0, *range(11, 24)}
        assert hours.value_counts().idxmax() in (18, 19)
    sizes = mock_orders(WEEK, DEFAULT_MARKETS, NONE, LATE, 3).rows.groupby("market").size()
    assert sizes.max() > 1.3 * sizes.min()


# --- planted effects -------------------------------------------------------------------------------------------------

KICKOFF = datetime(2025, 10, 11, 16, 30, tzinfo=UTC)
MARKET = Market("Liverpool North", "Europe/London", ("Everton",))
OTHER = Market("Leeds", "Europe/London", ("Leeds United",))


def in_window(result: SourceResult, first: int, last: int) -> int:
    """Orders of MARKET from minute `first` to `last` after kick-off."""
    minutes = (result.rows["ordered_at"] - KICKOFF) / pd.Timedelta(minutes=1)
    return int(((result.rows["market"] == MARKET.name) & (minutes >= first) & (minutes < last)).sum())


@examples(100)
@given(
    SEEDS,
    st.integers(-7 * 24 * 4, 14 * 24 * 4),
    st.sampled_from(["regular", "extra_time", "penalties"]),
    st.integers(0, 2),
)
def test_a_match_adds_orders_inside_its_windows_only(seed: int, quarters: int, decided_by: str, goals: int) -> None:
    # Property 8: matches and orders of a week overlap in time, and nothing moves elsewhere
    kickoff = WEEK.starts_at + timedelta(minutes=15 * quarters)
    length = {"regular": 115, "extra_time": 150, "penalties": 165}[decided_by]
    played = matches(match(kickoff, decided_by=decided_by, home_goals=goals))
    without = mock_orders(WEEK, (MARKET, OTHER), NONE, LATE, seed, orders_per_store_day=40).rows
    result = mock_orders(WEEK, (MARKET, OTHER), played, LATE, seed, orders_per_store_day=40).rows
    assert set(without["order_id"]) <= set(result["order_id"])
    extra = result[~result["order_id"].isin(without["order_id"])]
    minutes = (extra["ordered_at"] - kickoff) / pd.Timedelta(minutes=1)
    assert ((minutes >= -120) & (minutes < length + 120)).all()
    assert (extra["market"] == MARKET.name).all()


def many_orders(seed: int, played: pd.DataFrame) -> SourceResult:
    week = MatchWeek.containing(KICKOFF, "Europe/London")
    return mock_orders(week, (MARKET, OTHER), played, LATE, seed, orders_per_store_day=20_000)


@cache
def many_orders_without_matches(seed: int) -> SourceResult:
    return many_orders(seed, NONE)


@pytest.mark.parametrize(
    ("changes", "post"),
    [
        ({}, PLANTED_EFFECTS.post),
        ({"home_goals": 2}, PLANTED_EFFECTS.post * PLANTED_EFFECTS.post_if_won),
        ({"away_goals": 2}, PLANTED_EFFECTS.post),
        ({"home_goals": 2, "status": "IN_PLAY", "decided_by": None}, PLANTED_EFFECTS.post),
        (
            {"home_team": "Nobody FC", "away_team": "Everton", "away_goals": 1},
            PLANTED_EFFECTS.post * PLANTED_EFFECTS.post_if_won,
        ),
    ],
)
def test_the_planted_effect_is_there(changes: dict, post: float) -> None:
    # Property 8: observed over expected, with the same draws, is the declared factor in each window
    played = matches(match(KICKOFF, **changes))
    factors = {
        (-120, 0): PLANTED_EFFECTS.pre,
        (0, 115): PLANTED_EFFECTS.during,
        (115, 235): post,
        (235, 300): 1.0,
        (-200, -120): 1.0,
    }
    totals = {window: np.zeros(2) for window in factors}
    for seed in range(3):
        without, result = many_orders_without_matches(seed), many_orders(seed, played)
        for window, counts in totals.items():
            counts += [in_window(orders, *window) for orders in (without, result)]
    for window, (expected, observed) in totals.items():
        factor = factors[window]
        # the orders that a match adds are binomial: five standard errors
        error = 5 * np.sqrt(max(factor - 1, 0) / expected)
        assert observed / expected == pytest.approx(factor, abs=error + 1e-12), window


def test_a_shoot_out_win_counts_as_won_and_unplayed_matches_do_nothing() -> None:
    goals = {"decided_by": "penalties", "shootout_home_goals": 5, "shootout_away_goals": 4}
    draw, won = (
        mock_orders(WEEK, (MARKET,), matches(match(KICKOFF, **c)), LATE, 1, orders_per_store_day=5000)
        for c in ({**goals, "shootout_home_goals": 3}, goals)
    )
    assert in_window(won, 165, 285) > in_window(draw, 165, 285)
    assert in_window(won, -120, 165) == in_window(draw, -120, 165)
    none = mock_orders(WEEK, (MARKET,), NONE, LATE, 1).rows
    for changes in ({"status": "POSTPONED"}, {"status": "CANCELLED"}, {"kickoff_is_fixed": False}):
        off = match(KICKOFF, **{"decided_by": None, **changes})
        pd.testing.assert_frame_equal(mock_orders(WEEK, (MARKET,), matches(off), LATE, 1).rows, none)


def test_overlapping_matches_take_the_larger_effect() -> None:
    double = replace(MARKET, teams=("Everton", "Liverpool"))
    one = matches(match(KICKOFF, home_goals=1))
    both = matches(match(KICKOFF, home_goals=1), match(KICKOFF + timedelta(minutes=30), home="Liverpool"))
    single, joint = (mock_orders(WEEK, (double,), m, LATE, 1, orders_per_store_day=5000) for m in (one, both))
    assert in_window(single, 115, 235) == in_window(joint, 115, 235)
    assert in_window(joint, 235, 265) > in_window(single, 235, 265)


def test_the_effects_are_declared_in_words() -> None:
    text = planted_effects_text()
    for words in ("planted", "+4 %", "+8 %", "+12 %", "+6 %", "not a discovery"):
        assert words in text


@pytest.mark.integration  # a hundred imports
@examples(100)
@given(SEEDS)
def test_files_and_mock_agree_in_columns_types_units_and_zones(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    # Property 6
    folder = tmp_path_factory.mktemp("export")
    mocked = mock_orders(WEEK, FEW, NONE, LATE, seed, orders_per_store_day=2).rows
    naive = mocked["ordered_at"].dt.tz_convert("Europe/London").dt.strftime("%Y-%m-%d %H:%M:%S")
    pounds = (
        (mocked["revenue_cents"] // 100).astype(str) + "." + (mocked["revenue_cents"] % 100).astype(str).str.zfill(2)
    )
    rows = zip(
        mocked["order_id"], naive, pounds, mocked["pizza_count"], mocked["market"], mocked["store_id"], strict=True
    )
    write(folder / "in", "o.csv", csv_text(HEADER, list(rows)))
    filed = order_files(folder / "in").orders(WEEK).rows
    assert list(filed.dtypes.items()) == list(mocked.dtypes.items())
    same = ["order_id", "ordered_at", "market", "store_id", "currency", "revenue_cents", "pizza_count", "sport"]
    pd.testing.assert_frame_equal(filed[same], mocked[same])
