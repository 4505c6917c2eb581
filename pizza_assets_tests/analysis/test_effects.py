"""The main effect: numbers, sentences, refusals, and the stated error rate in simulated worlds."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.analysis.correlation_results import main_effects
from pizza_assets.analysis.effect_error import date_scores
from pizza_assets.analysis.effects import MIN_DATES
from pizza_assets.analysis.hypotheses import PRIMARY_HYPOTHESIS, WINDOW_HYPOTHESES
from pizza_assets.analysis.match_impact import match_impact
from pizza_assets.analysis.multiplicity import q_values, q_values_of_smallest
from pizza_assets.analysis.reasons import Reason
from pizza_assets.models import CorrelationResults, MatchImpact
from pizza_assets.models.vocabulary import Window
from pizza_assets_tests.analysis.simulated_worlds import (
    LENGTHS,
    Analysis,
    World,
    analyse,
    fitted_grids,
    grids_in,
    multiplied,
    part_of,
    relabelled,
    simulate,
)
from pizza_assets_tests.support.examples import examples

NUMBERS = CorrelationResults.empty().select_dtypes("number").columns.tolist()


@cache
def planted() -> Analysis:
    """A year of 20 markets in which orders rise by 10 % after the own team's match."""
    return analyse(planted_world())


@cache
def planted_world() -> World:
    return simulate(11, uplift={"post": 0.10})


@cache
def small_world() -> World:
    return simulate(12, market_count=5, week_count=18, orders_per_bin=40)


def by_window(results: pd.DataFrame) -> pd.DataFrame:
    return results.set_index("time_window")


def test_the_primary_hypothesis_is_orders_after_the_own_teams_match():
    assert PRIMARY_HYPOTHESIS.window == Window.POST
    assert [hypothesis.role for hypothesis in WINDOW_HYPOTHESES] == ["primary", *["exploratory"] * 3]


# Property 16
def test_a_planted_effect_is_recovered_and_nothing_else_is_found():
    results = by_window(planted().results)
    post = results.loc["post"]
    assert post["ci_low_pct"] <= 10 <= post["ci_high_pct"]
    assert post["direction"] == "up"
    assert post["mde_80_pct"] < 3.5
    assert results.loc[["pre", "during"], "direction"].tolist() == ["none", "none"]
    assert post["q_value"] == post["p_value"]
    assert results["family_size"].to_dict() == {"post": 1, "pre": 3, "during": 3, "match": 3}
    assert "MOCK DATA" in post["pattern_description"]
    assert "above normal after the own team's match" in post["pattern_description"]
    assert "would have been found in 80 %" in results.loc["pre", "pattern_description"]


@pytest.mark.parametrize("window", ["pre", "during", "post"])
def test_equals_a_clustered_regression_in_statsmodels_except_for_the_error_of_the_baseline(window: str):
    import statsmodels.api as sm

    impact = planted().impact
    used = impact[(impact["status"] == "ok") & (impact["window"] == window)].reset_index(drop=True)
    fit = sm.GLM(
        used["observed"], np.ones(len(used)), family=sm.families.Poisson(), offset=np.log(used["expected"])
    ).fit(
        cov_type="cluster",
        cov_kwds={"groups": pd.factorize(used["kickoff_date"])[0], "use_correction": True, "df_correction": True},
        use_t=True,
    )
    grid = grids_in(planted_world(), planted().expected)["mock", "mock"]
    scores = date_scores(used, grid)
    result = by_window(planted().results).loc[window]
    dates = (scores.window_weight > 0).sum()
    of_windows_alone = np.sqrt(dates / (dates - 1) * (scores.window**2).sum())
    assert result["estimate_log"] == pytest.approx(fit.params["const"], abs=1e-9)
    assert of_windows_alone == pytest.approx(fit.bse["const"], rel=1e-6)
    assert 0.95 * of_windows_alone < result["se"] < 1.2 * of_windows_alone
    assert result["n_clusters"] - 1 > result["df"] > 10
    assert result["dispersion"] == pytest.approx(fit.pearson_chi2 / fit.df_resid)
    assert result["uplift_pct"] == pytest.approx(100 * np.expm1(fit.params["const"]))


@pytest.mark.integration  # 40 simulated worlds; test_calibration.py has a smaller trial of the same property
def test_null_worlds_give_false_findings_at_the_stated_rate():
    """120 tests at 5 %: a valid method gives more than 14 false findings in one of a thousand such runs."""
    worlds = (simulate(seed, market_count=8, week_count=20, orders_per_bin=6) for seed in range(500, 540))
    results = pd.concat(_effects(world) for world in worlds)
    answered = results[(results["status"] == "ok") & (results["time_window"] != "match")]
    assert len(answered) == 120, "the three windows; the whole match is their sum, so no further test"
    assert (answered["p_value"] <= 0.05).sum() <= 14
    assert abs(answered["estimate_log"].mean()) < 0.012


def _effects(world: World) -> pd.DataFrame:
    grids = fitted_grids(world)
    return main_effects(match_impact(world.windows, grids, world.matches, world.markets, LENGTHS), grids)


@pytest.mark.integration  # twelve simulated years
def test_thin_null_worlds_are_not_biased():
    """4 markets with about one order in a busy quarter-hour: without MIN_CONTROL_ORDERS the uplift is 4 % too low."""
    impact = pd.concat(
        match_impact(world.windows, fitted_grids(world), world.matches, world.markets, LENGTHS)
        for world in (simulate(seed, market_count=4, week_count=52, orders_per_bin=1.5) for seed in range(700, 712))
    )
    used = impact[impact["status"] == "ok"]
    assert impact["reasons"].str.contains("too_few_control_orders").mean() > 0.3
    assert len(used) > 150
    assert abs(np.log(used["observed"].sum() / used["expected"].sum())) < 0.03


def test_the_detectable_change_allows_for_the_size_of_the_family():
    from scipy.stats import t

    for _, row in planted().results.iterrows():
        level = 0.05 if row["role"] == "primary" else 0.025 / row["family_size"]
        reach = t.ppf(1 - level / 2, row["df"]) + t.ppf(0.80, row["df"])
        assert row["mde_80_pct"] == pytest.approx(100 * np.expm1(reach * row["se"]))


def test_q_values_are_those_of_benjamini_and_hochberg():
    np.testing.assert_allclose(q_values(np.array([0.01, np.nan, 0.04, 0.03])), [0.03, np.nan, 0.04, 0.04])
    assert np.isnan(q_values(np.array([np.nan]))).all()
    rng = np.random.default_rng(1)
    small, others = rng.uniform(0, 0.01, 30), rng.uniform(0.3, 1, 470)
    np.testing.assert_allclose(q_values_of_smallest(small, 500), q_values(np.concatenate([small, others]))[:30])


def test_multiplying_all_orders_leaves_the_uplift_unchanged():
    once, thrice = (by_window(analyse(w).results) for w in (small_world(), multiplied(small_world(), 3)))
    for column in ("uplift_pct", "ci_low_pct", "ci_high_pct", "p_value"):
        np.testing.assert_allclose(thrice[column], once[column], atol=1e-5)


def test_shuffled_rows_change_nothing():
    analysis = analyse(small_world())
    impact, expected = (table.sample(frac=1, random_state=3) for table in (analysis.impact, analysis.expected))
    again = main_effects(impact, grids_in(small_world(), expected))
    pd.testing.assert_frame_equal(again, analysis.results, rtol=1e-9)


# Property 13 on answered hypotheses; over drawn worlds it is in assets/test_labels.py
@pytest.mark.parametrize("order_source", ["real", "mock"])
@pytest.mark.parametrize("match_source", ["real", "mock"])
@pytest.mark.parametrize(("weeks", "matches"), [(1, 3), (9, 0), (9, 12)])
def test_other_labels_change_labels_only(order_source: str, match_source: str, weeks: int, matches: int):
    world = part_of(tiny_world(), markets=3, weeks=weeks, matches=matches)
    first = _analysed(weeks, matches)
    second = analyse(relabelled(world, order_source, match_source))
    for name in ("expected", "impact", "results", "insights"):
        before, after = getattr(first, name), getattr(second, name)
        numbers = before.select_dtypes(["number", "bool"]).columns.difference(["real_share"])
        pd.testing.assert_frame_equal(before[numbers], after[numbers])
    assert set(second.results["order_source"]) == {order_source}
    is_mock = "mock" in (order_source, match_source)
    assert second.insights["headline"].str.contains("MOCK").all() == is_mock
    assert second.results["pattern_description"].str.contains("MOCK").all() == is_mock


@cache
def tiny_world() -> World:
    return simulate(21, market_count=3, week_count=9, orders_per_bin=6)


@cache
def _analysed(weeks: int, matches: int) -> Analysis:
    return analyse(part_of(tiny_world(), markets=3, weeks=weeks, matches=matches))


# Property 18
@pytest.mark.integration  # a hundred small analyses; the tests below keep its plain cases
@examples(100)
@given(
    markets=st.integers(0, 3),
    weeks=st.sampled_from([0, 1, 8, 9]),
    matches=st.integers(0, 12),
    has_orders=st.booleans(),
    factor=st.sampled_from([0, 1, 50]),
)
def test_every_run_is_complete_and_refused_answers_have_no_numbers(
    markets: int, weeks: int, matches: int, has_orders: bool, factor: int
):
    world = part_of(tiny_world(), markets=markets, weeks=weeks, matches=matches, has_orders=has_orders)
    analysis = analyse(multiplied(world, factor))
    results = analysis.results
    assert sorted(results["time_window"].unique()) == ["during", "match", "post", "pre"]
    assert len(results) == 4 * len(results[["order_source", "match_source"]].drop_duplicates())
    refused = results["status"] != "ok"
    assert results.loc[refused, "reasons"].str.len().gt(0).all()
    assert results.loc[refused, ["p_value", "q_value", "se", "ci_low_pct", "mde_80_pct"]].isna().all(axis=None)
    assert np.isfinite(results.loc[~refused, ["p_value", "q_value", "se", "mde_80_pct", "uplift_pct"]]).all(axis=None)
    assert not np.isinf(results[NUMBERS].to_numpy(dtype=float)).any()
    assert not analysis.insights["headline"].str.contains("nan", regex=False).any()
    assert len(analysis.insights) == len(results)


def test_without_any_data_real_data_are_reported_as_missing():
    results = main_effects(MatchImpact.empty(), {})
    assert set(results["reasons"]) == {Reason.NO_ORDERS}
    assert set(results["data_source"]) == {"real"}


def test_no_matches_and_three_matches_are_refused_with_reasons():
    analysis = analyse(small_world())
    no_matches = main_effects(MatchImpact.empty(), grids_in(small_world(), analysis.expected))
    assert set(no_matches["reasons"]) == {Reason.NO_MATCHES}
    ok = analysis.impact[analysis.impact["status"] == "ok"]
    after = ok.loc[ok["window"] == "post", "match_id"]
    three = ok[ok["match_id"].isin(sorted(after.unique())[:3])]
    few = by_window(main_effects(three, grids_in(small_world(), analysis.expected)))
    assert few.loc["post", "reasons"].startswith(Reason.TOO_FEW_DATES)
    assert np.isfinite(few.loc["post", "uplift_pct"])
    assert np.isnan(few.loc["post", "p_value"])
    assert few.loc["post", "direction"] == "unknown"
    assert few.loc["post", "n_matches"] == 3


def test_ten_dates_are_enough_for_a_p_value():
    analysis = analyse(small_world())
    ok = analysis.impact[analysis.impact["status"] == "ok"]
    dates = sorted(ok.loc[ok["window"] == "post", "kickoff_date"].unique())
    for count, status in ((MIN_DATES - 1, "insufficient_data"), (MIN_DATES, "ok")):
        results = main_effects(ok[ok["kickoff_date"].isin(dates[:count])], grids_in(small_world(), analysis.expected))
        assert by_window(results).loc["post", "status"] == status


def test_a_baseline_that_did_not_converge_answers_nothing():
    analysis = analyse(small_world())
    results = main_effects(analysis.impact, grids_in(small_world(), analysis.expected.assign(is_converged=False)))
    assert set(results["reasons"].str.partition(";")[0]) == {Reason.NOT_CONVERGED}
    assert results["estimate_log"].isna().all()


def test_identical_dates_and_no_orders_give_no_p_value():
    impact = analyse(small_world()).impact.query("status == 'ok'")
    grids = grids_in(small_world(), analyse(small_world()).expected)
    constant = main_effects(impact.assign(expected=impact["observed"] / 1.1), grids)
    assert set(constant["reasons"].str.partition(";")[0]) == {Reason.NO_VARIATION}
    nothing = main_effects(impact.assign(observed=0), grids)
    assert set(nothing["reasons"].str.partition(";")[0]) == {Reason.NOTHING_OBSERVED}
    assert nothing["uplift_pct"].isna().all()
