"""Whether the effect differs by time of kick-off: the test, its follow-ups, and what is said."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from pizza_assets.analysis.correlation_results import correlation_results
from pizza_assets.analysis.effect_error import DateScores, date_scores
from pizza_assets.analysis.insights import insights
from pizza_assets.analysis.kickoff_classes import AFTERNOON, EARLY, LATE, MIDWEEK, kickoff_class
from pizza_assets.analysis.kickoff_times import equal_effects, kickoff_times
from pizza_assets.analysis.reasons import Reason
from pizza_assets.analysis.result_context import Context
from pizza_assets.analysis.sentences import kickoff_sentence
from pizza_assets.analysis.wording import KICKOFFS
from pizza_assets.models import MatchImpact, MatchWindows, RawMatches
from pizza_assets_tests.analysis.simulated_worlds import FIRST_WEEK, fixtures, markets_of
from pizza_assets_tests.analysis.test_insights import result
from pizza_assets_tests.calibration.worlds import NOTHING, PLAIN, Planted, simulate_year
from pizza_assets_tests.calibration.years import PAIR, fitted, impact_of

WEEKS = tuple(FIRST_WEEK.shifted(n) for n in range(40))


@cache
def year(late: float):
    """Ten markets; the effect after matches that kick off at weekends from 17:00 on."""
    rng = np.random.default_rng(8)
    calendar = fixtures(markets_of(10), list(WEEKS), rng).assign(match_source="real")
    world = replace(PLAIN, orders_per_week=6_000, noise_sd=0.05, day_sd=0.04, market_day_sd=0.02)
    planted = Planted(late_kickoffs=late) if late else NOTHING
    return simulate_year(rng, world, RawMatches.conform(calendar), WEEKS, planted)


@cache
def impact(late: float) -> pd.DataFrame:
    return impact_of(year(late), grid(late))


@cache
def grid(late: float):
    return fitted(year(late))


@cache
def results(late: float) -> pd.DataFrame:
    return correlation_results(
        impact(late), {PAIR: grid(late)}, chains={}, pre_trends={}, same_day={}, goals={}, parts=()
    )


def test_classes_are_declared_by_local_time() -> None:
    times = ["14:29", "14:30", "16:59", "17:00", "20:00", "20:00", "12:30"]
    dates = ["2026-08-08"] * 4 + ["2026-08-09", "2026-08-10", "2026-08-14"]
    found = kickoff_class(pd.DataFrame({"kickoff_date": dates, "kickoff_time": times}))
    assert found.tolist() == [EARLY, AFTERNOON, AFTERNOON, LATE, LATE, MIDWEEK, MIDWEEK]


@pytest.mark.parametrize("sizes", [(24, 24), (12, 40)])
def test_with_two_classes_the_test_is_welchs(sizes: tuple[int, int]) -> None:
    """With independent dates and equal weights within a class."""
    rng = np.random.default_rng(2)
    groups = [rng.normal(mean, sd, size) for mean, sd, size in zip((0.0, 0.08), (0.1, 0.2), sizes, strict=True)]
    scores, first = [], 0
    for group in groups:
        own, weight = np.zeros(sum(sizes)), np.zeros(sum(sizes))
        own[first : first + len(group)] = (group - group.mean()) / len(group)
        weight[first : first + len(group)] = 1 / len(group)
        scores.append(DateScores(own, np.zeros(sum(sizes)), weight))
        first += len(group)
    found = equal_effects(np.array([group.mean() for group in groups]), scores)
    welch = stats.ttest_ind(*groups, equal_var=False)
    assert found["p_value"] == pytest.approx(welch.pvalue)
    assert found["df"] == pytest.approx(welch.df)


def test_with_more_classes_the_test_rejects_as_often_as_it_says() -> None:
    """Four classes of unequal sizes and spreads, without an effect."""
    rng = np.random.default_rng(3)
    sizes, spreads = (12, 16, 30, 50), (0.3, 0.1, 0.2, 0.1)
    edges, p_values = np.cumsum([0, *sizes]), []
    for _ in range(1_500):
        theta, scores = [], []
        for size, spread, first in zip(sizes, spreads, edges, strict=False):
            group = rng.normal(0.0, spread, size)
            own, weight = np.zeros(edges[-1]), np.zeros(edges[-1])
            own[first : first + size], weight[first : first + size] = (group - group.mean()) / size, 1 / size
            theta.append(group.mean())
            scores.append(DateScores(own, np.zeros(edges[-1]), weight))
        p_values.append(equal_effects(np.array(theta), scores)["p_value"])
    assert np.mean(np.array(p_values) <= 0.05) == pytest.approx(0.05, abs=0.015)


def test_for_three_classes_the_statistic_does_not_depend_on_the_contrasts() -> None:
    used = impact(0.0)
    used = used[(used["window"] == "post") & (used["status"] == "ok")].reset_index(drop=True)
    parts = [part.reset_index(drop=True) for _, part in used.groupby(kickoff_class(used))]
    parts = [part for part in parts if part["kickoff_date"].nunique() >= 10]
    scores = [date_scores(part, grid(0.0)) for part in parts]
    theta = np.array([np.log(part["observed"].sum() / part["expected"].sum()) for part in parts])
    assert len(theta) >= 3
    found, turned = (equal_effects(theta[order], [scores[i] for i in order]) for order in ([0, 1, 2], [2, 0, 1]))
    assert found["p_value"] == pytest.approx(turned["p_value"])
    assert len({len(score.window) for score in scores}) == 1, "all over the same dates"


def test_a_late_effect_is_found_and_told_with_its_times() -> None:
    found = results(0.25)
    (test,) = found[found["subject"] == "kickoff_time"].to_dict("records")
    assert test["direction"] == "differs"
    assert test["family_id"].startswith("exploratory_kickoff_times.")
    by_class = found[found["scope"] == "kickoff"].set_index("scope_value")
    assert by_class.loc[LATE, "direction"] == "up"
    assert by_class.loc[AFTERNOON, "direction"] == "none"
    told = insights(found, MatchImpact.empty(), MatchWindows.empty())
    (sentence,) = told.loc[told["analysis_id"] == test["analysis_id"], "headline"]
    assert "The effect after the own team's match differs by time of kick-off: " in sentence
    assert f"at weekends from 17:00 on +{by_class.loc[LATE, 'uplift_pct']:.0f} %" in sentence
    without = set(by_class.index[by_class["direction"] == "none"])
    assert all(
        (KICKOFFS[name] in sentence.partition("none was found")[2]) == (name in without) for name in by_class.index
    )
    assert sentence.endswith("95 % intervals).")
    assert sentence == test["pattern_description"]
    primary = found[found["role"] == "primary"].iloc[0]["pattern_description"]
    assert "after the own team's match, on average over kick-off times that differ" in primary
    assert not told["headline"].str.contains("that kicked off").any(), "told once"


def test_without_an_effect_no_time_is_a_finding() -> None:
    found = results(0.0)
    (test,) = found[found["subject"] == "kickoff_time"].to_dict("records")
    assert test["direction"] == "none"
    assert "was not found to differ by time of kick-off" in test["pattern_description"]
    assert (found.loc[found["scope"] == "kickoff", "direction"] == "none").all()
    assert not found["pattern_description"].str.contains("on average over kick-off times").any()


@pytest.mark.parametrize("late", [0.0, 0.25])
def test_a_time_of_kick_off_is_a_finding_only_after_the_test_and_holm(late: float) -> None:
    found = results(late)
    by_class = found[found["scope"] == "kickoff"]
    assert len(by_class) >= 3
    test = found.loc[found["subject"] == "kickoff_time", "q_value"].item()
    holm = multipletests(by_class["p_value"], method="holm")[1]
    np.testing.assert_allclose(by_class["q_value"], np.maximum(holm, test))


def test_times_of_kick_off_take_one_place_in_the_budget() -> None:
    found = results(0.25)
    families = found[(found["role"] != "primary") & found["p_value"].notna() & (found["scope"] != "kickoff")][
        "family_id"
    ]
    (test,) = found[found["subject"] == "kickoff_time"].to_dict("records")
    assert test["family_size"] == 1
    assert test["q_value"] <= 2 * families.nunique() * test["p_value"] + 1e-12


def test_a_class_needs_ten_dates_and_the_test_two_classes() -> None:
    rows = impact(0.0)
    post = rows[rows["window"] == "post"]
    late = post[kickoff_class(post) == AFTERNOON]
    alone = kickoff_times(late.reset_index(drop=True), grid(0.0))
    assert alone.test.missing[0].startswith("too_few_kickoff_times")
    assert set(alone.by_class) == {AFTERNOON}
    few = post[post["kickoff_date"].isin(sorted(set(post["kickoff_date"]))[:9])]
    assert kickoff_times(few.reset_index(drop=True), grid(0.0)).by_class == {}


def test_classes_whose_orders_come_from_one_date_are_not_compared() -> None:
    """Four classes with one heavy date each had 1.8 degrees of freedom and the p-value NaN, which was told as a
    finding."""
    rows = impact(0.0)
    post = rows[(rows["window"] == "post") & (rows["status"] == "ok")].copy()
    for _, part in post.groupby(kickoff_class(post)):
        heavy = part.index[part["kickoff_date"] == part["kickoff_date"].iloc[0]]
        post.loc[heavy, ["observed", "expected"]] *= 80
    found = kickoff_times(post.reset_index(drop=True), grid(0.0))
    assert len(found.by_class) >= 3
    assert found.test.missing == (Reason.UNEQUAL_KICKOFF_DATES,)
    assert "p_value" not in found.test.numbers


def test_one_class_alone_is_no_finding_without_the_test() -> None:
    world, calendar = year(0.25), year(0.25).matches
    is_late = (calendar["kickoff_at"].dt.hour >= 16).to_numpy()
    only = replace(world, matches=RawMatches.conform(calendar[is_late].reset_index(drop=True)))
    fitted_only = fitted(only)
    found = correlation_results(
        impact_of(only, fitted_only), {PAIR: fitted_only}, chains={}, pre_trends={}, same_day={}, goals={}, parts=()
    )
    test = found[found["subject"] == "kickoff_time"].iloc[0]
    by_class = found[found["scope"] == "kickoff"]
    if test["status"] != "ok":
        assert (by_class["direction"] != "up").all()
        assert "Not enough data to say whether the effect" in test["pattern_description"]


def test_a_difference_without_an_effect_at_any_time_is_told_as_one() -> None:
    row = result(subject="kickoff_time", direction="differs", role="exploratory")
    assert kickoff_sentence(row, "after it", Context(do_kickoffs_differ=True)) == (
        "The effect after it differs by time of kick-off (19 matches), but at no time alone was one found."
    )
    began = row | {"hours_before_p_value": 0.01, "hours_before_uplift_pct": 8.0}
    assert kickoff_sentence(began, "after it", Context()).startswith("Hours before kick-off, orders were already")
