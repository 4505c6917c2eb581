"""All declared hypotheses in one table: families, parts of the business, placebos, and missing answers."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from pizza_assets.analysis.baseline import expected_grids
from pizza_assets.analysis.correlation_results import correlation_results
from pizza_assets.analysis.effects import own_match_answer
from pizza_assets.analysis.hypotheses import (
    PRIMARY_HYPOTHESIS,
    SHARED_HYPOTHESES,
    WINDOW_HYPOTHESES,
    outcome_hypotheses,
    scoped_hypotheses,
)
from pizza_assets.analysis.match_impact import match_impact
from pizza_assets.analysis.multiplicity import q_values_of_families
from pizza_assets.analysis.placebo import placebo_windows
from pizza_assets.analysis.reasons import Answer
from pizza_assets.models import MatchImpact, RawMatches
from pizza_assets.models.vocabulary import Scope, Window
from pizza_assets_tests.analysis.simulated_worlds import LENGTHS, World, fitted_grids, panels_of, relabelled, simulate
from pizza_assets_tests.calibration.trials import effects_by_result

PAIR = ("mock", "mock")


@cache
def world() -> World:
    return simulate(61, market_count=6, week_count=24, orders_per_bin=12, uplift={"post": 0.15})


@cache
def results() -> pd.DataFrame:
    return analysed(world())


def analysed(world: World) -> pd.DataFrame:
    grids = fitted_grids(world)
    impact = match_impact(world.windows, grids, world.matches, world.markets, LENGTHS)
    chains = {"dominos": (impact, grids), "rival": (impact.iloc[:0], {})}
    trends = dict.fromkeys(grids, 0.4)
    return correlation_results(impact, grids, chains=chains, pre_trends=trends, same_day={}, goals={})


def test_one_hypothesis_is_primary_and_every_other_is_exploratory() -> None:
    primary = results()[results()["role"] == "primary"]
    assert primary["analysis_id"].tolist() == ["own_team_match.post.mock_orders.mock_matches"]
    assert primary["q_value"].tolist() == primary["p_value"].tolist()
    assert set(results()["role"]) == {"primary", "exploratory"}
    assert PRIMARY_HYPOTHESIS in WINDOW_HYPOTHESES


def test_every_declared_hypothesis_has_one_row() -> None:
    overall = len(WINDOW_HYPOTHESES) + len(list(outcome_hypotheses())) + len(SHARED_HYPOTHESES) + 1
    at_kickoffs = (results()["scope"] == "kickoff").sum()
    per_part = len(scoped_hypotheses(Scope.TEAM, "x"))
    by_result = len(scoped_hypotheses(Scope.RESULT, "win"))
    assert by_result == len(Window), "outcomes are not tested for matches with the same result"
    assert len(results()) == overall + per_part * (6 + 6 + 2) + by_result * 2 + at_kickoffs, "the fixtures know no draw"
    assert results()["analysis_id"].is_unique
    assert results().groupby("scope").size()[["team", "market", "chain"]].tolist() == [6 * per_part] * 2 + [
        2 * per_part
    ]


def test_all_exploratory_families_share_one_budget() -> None:
    exploratory = results()[(results()["role"] == "exploratory") & (results()["scope"] != "kickoff")]
    families = [rows for _, rows in exploratory.groupby("family_id")]
    q = q_values_of_families([rows["p_value"].to_numpy() for rows in families], 0.025)
    for rows, values in zip(families, q, strict=True):
        np.testing.assert_allclose(rows["q_value"], np.minimum(2 * values, 1), err_msg=str(rows["family_id"].iloc[0]))
        assert (rows["family_size"] == rows["p_value"].notna().sum()).all()
    is_found = results()["direction"].isin(["up", "down", "differs"])
    assert (is_found == (results()["q_value"] <= 0.05)).all(), "one rule for every row"


def test_goals_are_claims_of_the_same_budget() -> None:
    numbers = {"p_value": 0.0001, "estimate_log": 0.1, "uplift_pct": 10.5, "ci_low_pct": 5.0, "ci_high_pct": 16.0}
    answer = Answer({**numbers, "se": 0.02, "n_matches": 80})
    goals = {("mock", "mock"): {"own_goal_0_15": answer}}
    grids = fitted_grids(world())
    impact = match_impact(world().windows, grids, world().matches, world().markets, LENGTHS)
    found = correlation_results(impact, grids, chains={}, pre_trends={}, same_day={}, goals=goals, parts=())
    (row,) = found[found["subject"] == "goal_of_own_team"].to_dict("records")
    assert row["family_id"].startswith("exploratory_goals")
    assert row["direction"] == "up"
    families = (
        found[(found["role"] == "exploratory") & (found["scope"] == "overall")]
        .dropna(subset="p_value")["family_id"]
        .nunique()
    )
    assert row["q_value"] == pytest.approx(2 * families * 0.0001)
    assert "after a goal of the own team (compared with the same minute without one" in row["pattern_description"]


def test_refused_answers_have_no_numbers_and_others_have_all() -> None:
    refused = results()[results()["status"] != "ok"]
    # whether times of kick-off differ has a p-value and no estimate
    answered = results()[(results()["status"] == "ok") & (results()["subject"] != "kickoff_time")]
    assert refused["reasons"].str.len().gt(0).all()
    assert refused[["p_value", "q_value", "se", "ci_low_pct"]].isna().all(axis=None)
    needed = ["p_value", "q_value", "se", "ci_low_pct", "ci_high_pct", "uplift_pct", "mde_80_pct"]
    assert np.isfinite(answered[needed]).all(axis=None)
    assert (answered["n_clusters"] >= 10).all()
    assert not results()["pattern_description"].str.contains("nan|None").any()
    silent = results()[results()["scope_value"] == "rival"]
    assert set(silent["reasons"]) == {"no_orders: no orders are known for these sources"}


def test_the_only_market_of_a_team_has_the_results_of_the_team() -> None:
    key = ["scope_value", "subject", "time_window"]
    by = {scope: rows.set_index(key).sort_index() for scope, rows in results().groupby("scope")}
    pairs = [(f"team {n:02d}", f"market {n:02d}") for n in range(6)]
    for team, market in pairs:
        np.testing.assert_allclose(
            by["team"].loc[team, "estimate_log"], by["market"].loc[market, "estimate_log"], rtol=1e-12
        )


def test_effects_by_result_are_a_family_of_their_own() -> None:
    by_result = results()[results()["scope"] == "result"]
    assert by_result["family_id"].unique().tolist() == ["exploratory_windows_by_result.mock_orders.mock_matches"]
    assert set(by_result["scope_value"]) == {"win", "loss"}, "every match of the fixtures ends 2-1"
    assert set(by_result["subject"]) == {"own_team_match"}
    assert (by_result["role"] == "exploratory").all()
    grids = fitted_grids(world())
    impact = match_impact(world().windows, grids, world().matches, world().markets, LENGTHS)
    won = impact[(impact["side"] == "home") & (impact["window"] == "post")]
    answer = own_match_answer(won, grids[PAIR])
    row = by_result[(by_result["scope_value"] == "win") & (by_result["time_window"] == "post")].iloc[0]
    assert row[["estimate_log", "se", "df"]].tolist() == [answer.numbers[name] for name in ("estimate_log", "se", "df")]
    assert row["hypothesis"] == "Orders depart from normal after the own team's match when it was won."
    assert "after the own team's match when it was won (95 % interval" in row["pattern_description"]
    alone = effects_by_result(impact, PAIR, grids[PAIR])
    columns = ["analysis_id", "estimate_log", "se", "p_value"]
    pd.testing.assert_frame_equal(alone[columns], by_result[columns].reset_index(drop=True))


def test_without_different_results_there_is_no_hypothesis_by_result() -> None:
    grids = fitted_grids(world())
    draws = RawMatches.conform(world().matches.assign(home_goals=1, away_goals=1))
    impact = match_impact(world().windows, grids, draws, world().markets, LENGTHS)
    drawn = correlation_results(impact, grids, chains={}, pre_trends={}, same_day={}, goals={}, parts=(Scope.RESULT,))
    assert "result" not in set(drawn["scope"])


def test_the_main_effect_has_placebo_leave_one_out_and_pre_trend() -> None:
    main = results()[results()["subject"] == "own_team_match"]
    overall = main[main["scope"] == "overall"]
    assert overall["placebo_uplift_pct"].between(-8, 8).all(), "no effect where no match was"
    assert (overall["placebo_ci_low_pct"] < overall["placebo_uplift_pct"]).all()
    assert (overall["placebo_ci_high_pct"] > overall["placebo_uplift_pct"]).all()
    assert (overall["placebo_window_count"] > 10).all()
    assert (overall["leave_one_out_low_pct"] <= overall["uplift_pct"]).all()
    assert (overall["leave_one_out_high_pct"] >= overall["uplift_pct"]).all()
    assert overall["pre_trend_p_value"].tolist() == [0.4] * 4
    assert overall["few_control_share"].between(0, 1).all()


def test_placebos_are_in_free_weeks_at_the_same_time_and_left_out_of_the_fit() -> None:
    grid = fitted_grids(world())[PAIR]
    impact = match_impact(world().windows, {PAIR: grid}, world().matches, world().markets, LENGTHS)
    rows, anew = placebo_windows(impact, grid)
    assert len(rows) > 30
    assert rows.equals(placebo_windows(impact, grid)[0]), "the draw has a fixed seed"
    row, column, inside = grid.locate(
        rows["market"], rows["window_start_at"].astype("int64").to_numpy()[:, None] // 900_000_000
    )
    assert inside.all()
    assert not grid.is_masked[row, column].any()
    assert anew.is_masked[row, column].all()
    local = rows["kickoff_at"].dt.tz_convert(world().timezone).dt.strftime("%a %H:%M")
    assert set(local) <= set(impact["kickoff_at"].dt.tz_convert(world().timezone).dt.strftime("%a %H:%M"))
    nothing, same = placebo_windows(impact.iloc[:0], grid)
    assert nothing.empty
    assert same is grid


# Property 13
@pytest.mark.parametrize(
    ("order_source", "match_source", "label"), [("real", "real", "real"), ("real", "mock", "mixed")]
)
def test_other_labels_change_labels_only(order_source: str, match_source: str, label: str) -> None:
    other = analysed(relabelled(world(), order_source, match_source))
    numbers = results().select_dtypes("number").columns.difference(["real_share"])
    pd.testing.assert_frame_equal(other[numbers], results()[numbers])
    assert set(other["data_source"]) == {label}
    assert other["pattern_description"].str.contains("MOCK").all() == (label != "real")


def test_real_and_mock_are_answered_separately() -> None:
    real = relabelled(world(), "real", "mock")
    grids = {
        **fitted_grids(world()),
        **expected_grids(
            panels_of(real.quarters, real.match_source_by_week), real.matches, real.markets, LENGTHS,
            default_timezone=real.timezone,
        ),
    }  # fmt: skip
    windows = pd.concat([world().windows, real.windows], ignore_index=True)
    impact = match_impact(windows, grids, world().matches, world().markets, LENGTHS)
    both = correlation_results(impact, grids, chains={}, pre_trends={}, same_day={}, goals={}, parts=())
    alone = results()[(results()["scope"] == "overall")]
    mock = both[(both["order_source"] == "mock") & (both["scope"] == "overall")]
    np.testing.assert_allclose(mock["estimate_log"], alone["estimate_log"])
    assert both.groupby("order_source").size().nunique() == 1


def test_without_any_data_real_data_are_reported_as_missing() -> None:
    nothing = correlation_results(MatchImpact.empty(), {}, chains={}, pre_trends={}, same_day={}, goals={})
    assert set(nothing["data_source"]) == {"real"}
    assert (nothing["status"] == "insufficient_data").all()
