"""Effects per selling store and hour: windows by hand, and consistency of the whole analysis."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from pizza_assets.analysis.correlation_results import correlation_results
from pizza_assets.analysis.insights import insights
from pizza_assets.analysis.match_impact import match_impact
from pizza_assets.analysis.outcomes import own_result
from pizza_assets.analysis.same_day import same_day_effects
from pizza_assets.analysis.store_hours import effects_in_shops, store_hours, usual_rates
from pizza_assets.models import CorrelationResults, MatchImpact, MatchWindows, RawMatches
from pizza_assets.models.market import Market
from pizza_assets_tests.analysis.simulated_worlds import LENGTHS, World, fitted_grids, markets_of, simulate

PAIR = ("mock", "mock")


@cache
def world() -> World:
    """Two chains with equal orders, one of them with three stores and more expensive orders; results of all kinds."""
    simulated = simulate(61, market_count=6, week_count=24, orders_per_bin=12, uplift={"post": 0.15})
    rng = np.random.default_rng(5)
    goals = rng.poisson([1.5, 1.2], (len(simulated.matches), 2))
    matches = RawMatches.conform(simulated.matches.assign(home_goals=goals[:, 0], away_goals=goals[:, 1]))
    other = simulated.windows.assign(chain="rival", store_count=3, revenue_cents=2 * simulated.windows["revenue_cents"])
    windows = MatchWindows.conform(pd.concat([simulated.windows, other], ignore_index=True))
    return World(simulated.quarters, windows, matches, simulated.markets, simulated.weeks)


@cache
def impact_and_results() -> tuple[pd.DataFrame, pd.DataFrame]:
    doubled = World(
        world().quarters.assign(observed=2 * world().quarters["observed"]),
        world().windows, world().matches, world().markets, world().weeks,
    )  # fmt: skip
    grids = fitted_grids(doubled)
    impact = match_impact(world().windows, grids, world().matches, world().markets, LENGTHS)
    chains = {}
    for chain in ("dominos", "rival"):
        windows = world().windows[world().windows["chain"] == chain].reset_index(drop=True)
        chain_grids = fitted_grids(world())
        chains[chain] = match_impact(windows, chain_grids, world().matches, world().markets, LENGTHS), chain_grids
    results = correlation_results(impact, grids, chains=chains, pre_trends={}, same_day={}, goals={})
    return impact, results


def test_hours_add_up_over_chains_but_not_over_currencies() -> None:
    row = world().windows.query("window == 'during' and chain == 'dominos'").head(1)
    rows = pd.concat([row, row.assign(currency="EUR", store_count=1), row.assign(chain="rival", store_count=3)])
    (found,) = store_hours(rows).to_dict("records")
    assert (found["store_count"], found["window_minutes"]) == (2 + 3, 115)
    assert found["store_hours"] == pytest.approx(5 * 115 / 60)
    by_chain = store_hours(rows, by_chain=True).set_index("chain")["store_count"]
    assert by_chain.to_dict() == {"dominos": 2, "rival": 3}


def test_every_insight_agrees_with_the_extract() -> None:
    impact, results = impact_and_results()
    in_shops = effects_in_shops(results, impact, world().windows).set_index(results["analysis_id"])
    shown = insights(results, impact, world().windows).dropna(subset="analysis_id").set_index("analysis_id")
    assert {"overall", "result", "chain"} <= set(results.set_index("analysis_id").loc[shown.index, "scope"])
    for name in ("extra_orders_per_store_hour", "extra_revenue_per_store_hour_cents"):
        np.testing.assert_array_equal(shown[name], in_shops.loc[shown.index, name])
    assert shown["currency"].equals(in_shops.loc[shown.index, "currency"].astype("str"))


def _used(impact: pd.DataFrame, window: str) -> pd.DataFrame:
    return impact[(impact["status"] == "ok") & (impact["window"] == window)]


def test_the_primary_effect_is_observed_minus_expected_per_store_hour() -> None:
    impact, results = impact_and_results()
    used = _used(impact, "post")
    in_shops = effects_in_shops(results, impact, world().windows)
    row = in_shops[results["role"] == "primary"].iloc[0]
    hours = len(used) * 5 * 2
    extra = (used["observed"] - used["expected"]).sum() / hours
    assert row["extra_orders_per_store_hour"] == pytest.approx(extra)
    assert row["usual_orders_per_store_hour"] == pytest.approx(used["expected"].sum() / hours)
    assert row["extra_revenue_per_store_hour_cents"] == pytest.approx(extra * 1.5 * 1650)
    assert row["extra_orders_low"] < extra < row["extra_orders_high"]
    assert row["window_minutes"] == 120


def test_parts_and_results_use_their_own_windows() -> None:
    impact, results = impact_and_results()
    in_shops = effects_in_shops(results, impact, world().windows)
    used = _used(impact, "during")
    own_results = own_result(used["result"], used["side"])
    chosen = (results["subject"] == "own_team_match") & (results["time_window"] == "during")
    for scope, values in (("market", used["market"]), ("team", used["team"]), ("result", own_results)):
        scope_rows = results[chosen & (results["scope"] == scope)]
        assert len(scope_rows) == values.nunique()
        for index, value in scope_rows["scope_value"].items():
            own = used[values == value]
            expected = own["expected"].sum() / (len(own) * 5 * 115 / 60)
            assert in_shops.loc[index, "usual_orders_per_store_hour"] == pytest.approx(expected)


def test_a_chain_has_its_own_stores_and_prices() -> None:
    impact, results = impact_and_results()
    is_chain = (results["scope"] == "chain") & (results["subject"] == "own_team_match")
    in_shops = effects_in_shops(results, impact, world().windows)
    for chain, stores, price in (("dominos", 2, 1650), ("rival", 3, 3300)):
        for window, minutes in (("pre", 120), ("during", 115), ("post", 120)):
            index = results.index[is_chain & (results["scope_value"] == chain) & (results["time_window"] == window)]
            row, shop = results.loc[index[0]], in_shops.loc[index[0]]
            hours = row["n_market_matches"] * stores * minutes / 60
            extra = (row["observed"] - row["expected"]) / hours
            assert shop["extra_orders_per_store_hour"] == pytest.approx(extra)
            assert shop["extra_revenue_per_store_hour_cents"] == pytest.approx(extra * price)


def test_an_outcome_uses_the_usual_orders_of_its_windows() -> None:
    impact, results = impact_and_results()
    in_shops = effects_in_shops(results, impact, world().windows)
    own_win = results[(results["subject"] == "own_win") & (results["scope"] == "overall") & (results["status"] == "ok")]
    assert len(own_win) == 3
    for index, row in own_win.iterrows():
        used = _used(impact, row["time_window"])
        minutes = 115 if row["time_window"] == "during" else 120
        usual = used["expected"].sum() / (len(used) * 5 * minutes / 60)
        assert in_shops.loc[index, "extra_orders_per_store_hour"] == pytest.approx(usual * row["uplift_pct"] / 100)


def test_unanswered_hypotheses_stay_empty() -> None:
    impact, results = impact_and_results()
    in_shops = effects_in_shops(results, impact, world().windows)
    refused = in_shops[results["status"] != "ok"]
    assert len(refused)
    effects = ["extra_orders_per_store_hour", "extra_orders_low", "extra_revenue_per_store_hour_cents", "currency"]
    assert refused[effects].isna().all(axis=None)
    # whether times of kick-off differ has no size
    answered = in_shops[(results["status"] == "ok") & (results["subject"] != "kickoff_time")]
    assert answered[effects].notna().all(axis=None)


def test_several_currencies_give_orders_but_no_money() -> None:
    impact, results = impact_and_results()
    mixed = world().windows.assign(currency=np.where(world().windows["market"] == "market 00", "EUR", "GBP"))
    in_shops = effects_in_shops(results, impact, MatchWindows.conform(mixed))
    row = in_shops[results["role"] == "primary"].iloc[0]
    assert np.isfinite(row["extra_orders_per_store_hour"])
    assert pd.isna(row["extra_revenue_per_store_hour_cents"])
    assert pd.isna(row["currency"])
    market_rows = in_shops[(results["scope"] == "market") & (results["status"] == "ok")]
    assert set(market_rows["currency"]) == {"EUR", "GBP"}


def test_a_window_in_which_no_store_sold_has_no_rate() -> None:
    impact, _ = impact_and_results()
    silent = MatchWindows.conform(world().windows.assign(store_count=0))
    assert usual_rates(impact, silent)["usual_orders_per_store_hour"].isna().all()


def test_expected_orders_without_a_selling_store_are_left_out() -> None:
    impact, results = impact_and_results()
    silent = world().windows["match_id"].isin(sorted(world().windows["match_id"].unique())[::2])
    windows = MatchWindows.conform(world().windows.assign(store_count=world().windows["store_count"].mask(silent, 0)))
    used = _used(impact, "post")
    is_silent = used["match_id"].isin(windows.loc[windows["store_count"] == 0, "match_id"])
    assert 0.3 < is_silent.mean() < 0.7
    rows = effects_in_shops(results, impact, windows)
    primary = rows[results["role"] == "primary"].iloc[0]
    expected = used.loc[~is_silent, "expected"].sum() / ((~is_silent).sum() * 5 * 2)
    assert primary["usual_orders_per_store_hour"] == pytest.approx(expected)
    is_chain = (results["scope_value"] == "rival") & (results["time_window"] == "post")
    chain = rows[is_chain & (results["subject"] == "own_team_match")].iloc[0]
    both_sell = effects_in_shops(results, impact, world().windows).loc[chain.name]
    assert chain["usual_orders_per_store_hour"] == pytest.approx(both_sell["usual_orders_per_store_hour"])


def test_empty_input_gives_empty_output() -> None:
    assert effects_in_shops(CorrelationResults.empty(), MatchImpact.empty(), MatchWindows.empty()).empty


def test_usual_orders_without_a_control_market_are_observed_divided_by_the_effect() -> None:
    """One market alone: nothing is left to compare with, so usual is what was sold, divided by the effect."""
    market = Market(markets_of(1)[0].name, "Europe/London", tuple(m.teams[0] for m in markets_of(6)))
    alone = simulate(61, market_count=6, week_count=24, orders_per_bin=12, uplift={"post": 0.3})
    name = market.name
    matches = alone.matches[(alone.matches["home_team"] == "team 00") | (alone.matches["away_team"] == "team 00")]
    only = World(
        alone.quarters[alone.quarters["market"] == name].reset_index(drop=True),
        alone.windows[alone.windows["market"] == name].reset_index(drop=True),
        matches.reset_index(drop=True), (market,), alone.weeks,
    )  # fmt: skip
    grids = fitted_grids(only)
    impact = match_impact(only.windows, grids, only.matches, only.markets, LENGTHS)
    shared = {pair: same_day_effects(only.matches, only.markets, grid, LENGTHS) for pair, grid in grids.items()}
    results = correlation_results(impact, grids, chains={}, pre_trends={}, same_day=shared, goals={})
    is_shared = results["role"] == "primary"
    row = results[is_shared].iloc[0]
    assert row["status"] == "ok"
    shop = effects_in_shops(results, impact, only.windows)[is_shared].iloc[0]
    post = only.windows[only.windows["window"] == "post"]
    sold = post["order_count"].sum() / (len(post) * 2 * 2)
    assert shop["usual_orders_per_store_hour"] == pytest.approx(sold / (1 + row["uplift_pct"] / 100))
    extra = sold - shop["usual_orders_per_store_hour"]
    assert shop["extra_orders_per_store_hour"] == pytest.approx(extra)
