"""The baseline: margins, convergence, masks, local time, and refusals."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.analysis.baseline import MIN_FREE_WEEKS, expected_grids, expected_rows, masked_spans
from pizza_assets.analysis.proportional_fit import fit_baseline
from pizza_assets.models import ExpectedOrders, RawMatches
from pizza_assets.models.market import Market
from pizza_assets_tests.analysis.simulated_worlds import (
    LENGTHS,
    ZONE,
    World,
    match_row,
    panels_of,
    relabelled,
    simulate,
)
from pizza_assets_tests.support.examples import examples


def fitted(world: World, **changes) -> pd.DataFrame:
    quarters = changes.pop("quarters", world.quarters)
    panels = panels_of(quarters, changes.pop("match_source_by_week", world.match_source_by_week))
    arguments = {"matches": world.matches, "markets": world.markets, "lengths": LENGTHS, "default_timezone": ZONE}
    return expected_rows(expected_grids(panels, **{**arguments, **changes}))


@pytest.fixture(scope="module")
def world() -> World:
    return simulate(3, market_count=6, week_count=14)


@pytest.fixture(scope="module")
def quiet(world: World) -> pd.DataFrame:
    """The same orders without any match."""
    return fitted(world, matches=RawMatches.empty())


def panel(seed: int, markets: int = 4, places: int = 6, weeks: int = 9) -> tuple:
    rng = np.random.default_rng(seed)
    place, week = np.tile(np.arange(places), weeks), np.repeat(np.arange(weeks), places)
    counts = rng.poisson(rng.gamma(5, 4, (markets, places))[:, place] * rng.gamma(20, 1 / 20, weeks)[week])
    usable = rng.random(counts.shape) > 0.15
    return counts, usable, np.broadcast_to(place, counts.shape), week


@examples(100)
@given(seed=st.integers(0, 10_000))
def test_the_fit_keeps_every_margin(seed: int):
    counts, usable, place, week = panel(seed)
    fit = fit_baseline(counts, usable, place, week)
    assert fit.converged
    observed, expected = np.where(usable, counts, 0), np.where(usable, fit.expected, 0)
    np.testing.assert_allclose(expected.sum(axis=0), observed.sum(axis=0), rtol=1e-6, atol=1e-9)
    for market in range(len(counts)):
        for index in (place[market], week):
            np.testing.assert_allclose(
                np.bincount(index, expected[market]), np.bincount(index, observed[market]), rtol=1e-6, atol=1e-9
            )


def test_a_world_without_noise_is_recovered_even_where_masked():
    rng = np.random.default_rng(1)
    _, usable, place, week = panel(1)
    alpha, delta, eta = rng.uniform(1, 9, (4, 6)), rng.uniform(0.5, 2, 54), rng.uniform(0.5, 2, (4, 9))
    truth = alpha[:, place[0]] * delta * eta[:, week]
    assert not usable.all()
    np.testing.assert_allclose(fit_baseline(truth, usable, place, week).expected, truth, rtol=1e-6)


def test_masked_counts_do_not_matter():
    counts, usable, place, week = panel(2)
    first = fit_baseline(counts, usable, place, week).expected
    np.testing.assert_array_equal(fit_baseline(np.where(usable, counts, 9_999), usable, place, week).expected, first)


def test_closed_is_zero_unknown_is_nan_and_a_fit_without_convergence_says_so():
    counts, usable, place, week = panel(3)
    counts, usable = counts.copy(), usable.copy()
    counts[0, place[0] == 2] = 0
    usable[1, week == 4] = False
    usable[:, 7] = False
    fit = fit_baseline(counts, usable, place, week)
    assert (fit.expected[0, place[0] == 2] == 0).all()
    assert np.isnan(fit.expected[1, week == 4]).all()
    assert np.isnan(fit.expected[:, 7]).all()
    short = fit_baseline(counts, usable, place, week, max_iterations=1)
    assert not short.converged


def test_every_bin_in_a_window_is_masked_for_followers_only(world: World):
    kickoff = pd.Timestamp("2025-09-06 14:07", tz="UTC")
    match = RawMatches.conform([match_row("m", kickoff, "team 00", "elsewhere")])
    rows = fitted(world, matches=match)
    masked = rows[rows["is_masked"]]
    assert set(masked["market"]) == {"market 00"}
    assert masked["bin_at"].min() == pd.Timestamp("2025-09-06 12:00", tz="UTC")
    assert masked["bin_at"].max() == pd.Timestamp("2025-09-06 18:00", tz="UTC")
    assert len(masked) == 25


def test_controls_are_the_other_open_unmasked_markets(world: World):
    match = RawMatches.conform([match_row("m", pd.Timestamp("2025-09-06 18:00", tz="UTC"), "team 00", "team 01")])
    at = fitted(world, matches=match).set_index(["market", "bin_at"])["control_market_count"]
    evening, night = pd.Timestamp("2025-09-06 18:00", tz="UTC"), pd.Timestamp("2025-09-07 04:00", tz="UTC")
    assert at["market 00", evening] == 4
    assert at["market 03", evening] == 3
    assert at["market 03", night] == 0


def test_too_few_free_weeks_are_refused_and_closed_hours_are_zero(world: World, quiet: pd.DataFrame):
    assert quiet["expected"].notna().all()
    night = quiet["bin_at"].dt.tz_convert(ZONE).dt.hour == 4
    assert (quiet.loc[night, "expected"] == 0).all()
    few = world.quarters[world.quarters["week"].isin(world.weeks[: MIN_FREE_WEEKS - 1])]
    assert fitted(world, quarters=few, matches=RawMatches.empty())["expected"].isna().all()


def test_one_market_has_no_control(world: World):
    alone = fitted(world, quarters=world.quarters[world.quarters["market"] == "market 00"])
    assert alone.loc[alone["observed"] > 0, "expected"].isna().all()
    assert (alone["control_market_count"] == 0).all()


def test_an_hour_in_which_all_markets_sell_more_raises_all_expectations(world: World):
    at = pd.Timestamp("2025-09-06 18:00", tz="UTC")
    raised = world.quarters["observed"].where(world.quarters["bin_at"] != at, world.quarters["observed"] * 3)
    match = RawMatches.conform([match_row("m", at, "team 00", "elsewhere")])
    key = ["market", "bin_at"]
    before = fitted(world, matches=match).set_index(key)["expected"]
    after = fitted(world, matches=match, quarters=world.quarters.assign(observed=raised)).set_index(key)["expected"]
    assert after["market 00", at] / before["market 00", at] == pytest.approx(3, rel=0.05)


# Property 17
@pytest.mark.parametrize("zone", ["Europe/London", "America/New_York", "Australia/Sydney"])
def test_the_clock_change_does_not_shift_the_evening(zone: str):
    markets = tuple(Market(f"market {n}", zone) for n in range(3))
    bins = pd.date_range("2025-09-02 05:00", "2025-12-09 05:00", freq="15min", tz="UTC", inclusive="left")
    hour = bins.tz_convert(zone).hour
    orders = np.where((hour >= 17) & (hour < 22), 12, 0)
    days = (bins - bins[0]) // pd.Timedelta(days=7)
    week = (pd.Timestamp("2025-09-02") + pd.to_timedelta(7 * days, unit="D")).strftime("%Y-%m-%d")
    quarters = pd.concat(
        pd.DataFrame({"order_source": "real", "market": m.name, "bin_at": bins, "week": week, "observed": orders})
        for m in markets
    )
    panels = panels_of(quarters, dict.fromkeys(week, "real"))
    rows = expected_rows(expected_grids(panels, RawMatches.empty(), markets, LENGTHS))
    assert rows["is_converged"].all()
    np.testing.assert_allclose(rows["expected"], rows["observed"], rtol=1e-6)


def test_row_order_and_market_names_do_not_matter(world: World):
    rows = fitted(world)
    shuffled = fitted(world, quarters=world.quarters.sample(frac=1, random_state=5), markets=world.markets[::-1])
    pd.testing.assert_frame_equal(shuffled, rows, rtol=1e-9)


def test_sources_are_never_pooled_and_unlabelled_weeks_are_left_out(world: World):
    both = pd.concat([world.quarters, relabelled(world, "real", "real").quarters.assign(observed=1)])
    sources = {**dict.fromkeys(world.weeks[:12], "mock"), world.weeks[12]: "real"}
    rows = fitted(world, quarters=both, match_source_by_week=sources)
    pairs = set(rows[["order_source", "match_source"]].itertuples(index=False, name=None))
    assert pairs == {("mock", "mock"), ("real", "mock"), ("mock", "real"), ("real", "real")}
    assert world.weeks[13] not in set(rows["week"])
    mock = rows[(rows["order_source"] == "mock") & (rows["match_source"] == "mock")]
    alone = fitted(world, match_source_by_week=dict.fromkeys(world.weeks[:12], "mock"))
    pd.testing.assert_frame_equal(mock.reset_index(drop=True), alone)


def test_no_quarter_hours_give_an_empty_table(world: World):
    pd.testing.assert_frame_equal(fitted(world, quarters=world.quarters.iloc[:0]), ExpectedOrders.empty())


@pytest.mark.parametrize("status", ["AWARDED", "SUSPENDED", "UNKNOWN"])
def test_orders_at_a_match_that_may_have_been_played_do_not_enter_the_baseline(world: World, status: str):
    changed = world.matches.assign(status=status)
    grids = [
        expected_grids(panels_of(world.quarters, world.match_source_by_week), matches, world.markets, LENGTHS)
        for matches in (world.matches, changed)
    ]
    for pair, grid in grids[0].items():
        assert grid.is_masked.any()
        np.testing.assert_array_equal(grid.is_masked, grids[1][pair].is_masked)


def test_of_a_match_without_a_time_the_whole_day_is_masked(world: World):
    first = world.matches.iloc[:1]
    midnight = first["kickoff_at"].dt.tz_convert(ZONE).dt.normalize().dt.tz_convert("UTC")
    spans = [
        masked_spans(matches, world.markets, LENGTHS)
        for matches in (first, first.assign(kickoff_is_fixed=False, kickoff_at=midnight))
    ]
    assert len(spans[0]) == len(spans[1]) > 0
    assert (spans[1]["first_minute"] <= spans[0]["first_minute"]).all()
    assert (spans[1]["end_minute"] >= spans[0]["end_minute"]).all()
