"""Outcomes: coefficients equal scipy's, planted effects are found, and too little data are refused."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from pizza_assets.analysis.outcome_effects import OUTCOMES, outcome_answers
from pizza_assets.analysis.reasons import Reason
from pizza_assets.models.vocabulary import Window
from pizza_assets_tests.support.examples import examples

POST = [Window.POST]


def impact_rows(seed: int, matches: int = 60, own_win: float = 0.0, **columns: object) -> pd.DataFrame:
    """Usable windows after matches, for both sides, each match on its own date, in two slots."""
    rng = np.random.default_rng(seed)
    home, away = rng.poisson(1.5, matches), rng.poisson(1.2, matches)
    rows = []
    for match in range(matches):
        for side in ("home", "away"):
            margin = (home[match] - away[match]) * (1 if side == "home" else -1)
            rows.append(
                {
                    "match_id": f"m{match:03d}",
                    "market": f"{side} {match % 10}",
                    "side": side,
                    "window": "post",
                    "kickoff_date": str(np.datetime64("2025-08-02") + 7 * (match // 2) + match % 2),
                    "kickoff_time": "15:00" if match % 2 else "17:30",
                    "observed": int(rng.poisson(200 * np.exp(own_win * (margin > 0)))),
                    "expected": 200.0,
                    "home_goals": int(home[match]),
                    "away_goals": int(away[match]),
                    "result": ("away_win", "draw", "home_win")[int(np.sign(home[match] - away[match])) + 1],
                    "is_tournament": False,
                    "is_final": False,
                    **columns,
                }
            )
    return pd.DataFrame(rows)


def answers(rows: pd.DataFrame, draws: int = 199) -> dict:
    return {name: answer for (name, _), answer in outcome_answers(rows, OUTCOMES, POST, draws=draws).items()}


# Property 15
@examples(100)
@given(seed=st.integers(0, 100_000), matches=st.integers(30, 40))
def test_coefficients_equal_scipys(seed: int, matches: int) -> None:
    rows = impact_rows(seed, matches)
    found = answers(rows, draws=9)
    departure = np.log((rows["observed"] + 0.5) / (rows["expected"] + 0.5))
    margin = (rows["home_goals"] - rows["away_goals"]) * np.where(rows["side"] == "home", 1, -1)
    by_match = departure.groupby(rows["match_id"]).mean()
    match_rows = rows.drop_duplicates("match_id").set_index("match_id")
    goals = match_rows["home_goals"] + match_rows["away_goals"]
    pairs = {
        "own_win": (margin > 0, departure),
        "goal_difference": (margin, departure),
        "total_goals": (goals, by_match),
        "high_scoring": (goals >= 4, by_match),
        "draw": (match_rows["result"] == "draw", by_match),
    }
    for name, (value, seen) in pairs.items():
        if found[name].missing:
            continue
        numbers, values = found[name].numbers, value.to_numpy(dtype=float)
        assert numbers["correlation_coefficient"] == pytest.approx(stats.pearsonr(values, seen).statistic, abs=1e-9)
        assert numbers["spearman_coefficient"] == pytest.approx(stats.spearmanr(values, seen).statistic, abs=1e-9)
        if set(values) == {0.0, 1.0}:
            theirs = stats.pointbiserialr(values, seen).statistic
            assert numbers["correlation_coefficient"] == pytest.approx(theirs, abs=1e-9)


# Property 16
def test_a_planted_outcome_is_found_and_no_other() -> None:
    found = answers(impact_rows(1, 120, own_win=0.08), draws=1_999)
    assert found["own_win"].numbers["p_permutation"] == pytest.approx(1 / 2_000)
    assert found["own_win"].numbers["p_value"] < 1e-6, "continued by the normal tail"
    assert found["own_win"].numbers["ci_low_pct"] < 100 * np.expm1(0.08) < found["own_win"].numbers["ci_high_pct"]
    assert found["total_goals"].numbers["p_value"] > 0.05


def test_null_outcomes_are_found_at_the_stated_rate() -> None:
    """150 tests at 5 %: a valid method gives more than 17 false findings in one of a thousand such runs."""
    found = [answers(impact_rows(seed, 60)) for seed in range(100, 150)]
    p = [
        a[name].numbers["p_value"] for a in found for name in ("own_win", "total_goals", "draw") if not a[name].missing
    ]
    assert len(p) > 100
    assert (np.array(p) <= 0.05).sum() <= 17


def test_few_dates_are_refused_with_their_counts() -> None:
    few = answers(impact_rows(2, 9))
    assert few["own_win"].missing == (Reason.TOO_FEW_DATES_WITH_OUTCOME,)
    assert few["own_win"].numbers["n_matches"] == 9
    assert "p_value" not in few["own_win"].numbers
    assert few["final"].missing == (Reason.TOO_FEW_DATES_WITH_OUTCOME,)


def test_dates_with_a_final_are_left_out_and_unknown_results_too() -> None:
    rows = impact_rows(3, 60)
    rows["is_final"] = rows["match_id"] == "m000"
    without = rows[rows["kickoff_date"] != rows["kickoff_date"].iloc[0]]
    assert answers(rows)["own_win"].numbers == answers(without)["own_win"].numbers
    unknown = rows.assign(result=rows["result"].where(rows["match_id"] != "m010"))
    assert answers(unknown)["draw"].numbers["n_matches"] == answers(rows)["draw"].numbers["n_matches"] - 1


def test_a_tournament_is_compared_by_dates() -> None:
    rows = impact_rows(4, 80)
    rows["is_tournament"] = rows["kickoff_date"] > "2026-01-01"
    tournament = answers(rows)["tournament"]
    departure = np.log((rows["observed"] + 0.5) / (rows["expected"] + 0.5))
    means = departure.groupby([rows["kickoff_date"], rows["is_tournament"]]).mean().reset_index(name="u")
    groups = [means.loc[means["is_tournament"] == inside, "u"] for inside in (True, False)]
    assert tournament.numbers["estimate_log"] == pytest.approx(groups[0].mean() - groups[1].mean())
    assert tournament.numbers["n_clusters"] == len(means)


@pytest.mark.parametrize("changes", [{"observed": 0}, {"result": None}, {"side": "home"}])
def test_unusable_rows_give_reasons_and_no_warning(changes: dict) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for answer in answers(impact_rows(5, 40, **changes)).values():
            assert answer.missing or np.isfinite(answer.numbers["p_value"])
    assert all(answer.missing for answer in answers(impact_rows(5, 40).iloc[:0]).values())
