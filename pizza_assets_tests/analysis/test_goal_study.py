"""Orders around goals: the regression equals one with all dummies, planted effects are recovered."""

import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from pizza_assets.analysis.baseline import expected_grids
from pizza_assets.analysis.effects import MIN_DATES
from pizza_assets.analysis.goal_regression import ROWS, goal_regression, goal_terms, own_rows
from pizza_assets.analysis.goal_study import GoalRows, clock_counts, goal_answers, goal_minutes, goal_rows
from pizza_assets.analysis.match_impact import match_impact
from pizza_assets.analysis.reasons import Reason
from pizza_assets.models import RawMatchEvents
from pizza_assets_tests.analysis.simulated_worlds import LENGTHS, panels_of, simulate


def drawn(seed: int, matches: int, effect: float = 0.15) -> GoalRows:
    rng = np.random.default_rng(seed)
    own, opponent = ([np.sort(rng.integers(0, 105, rng.poisson(1.4))) for _ in range(matches)] for _ in range(2))
    clock = 6 + 3 * np.sin(np.arange(ROWS) / 4)
    expected = rng.gamma(20, 1 / 20, (matches, 1)) * np.full(ROWS, 8.0)
    counts = rng.poisson(expected * clock / 6 * np.exp(effect * goal_terms(own, 0)))
    names = np.array([f"m{n}" for n in range(matches)])
    return GoalRows(counts.astype(float), expected, own, opponent, np.arange(matches) // 2, names, 0)


def test_a_goal_counts_in_the_next_three_rows() -> None:
    after, before, inside = (
        f([np.array([12, 30])]) for f in (lambda g: goal_terms(g, 0), lambda g: goal_terms(g, -1), own_rows)
    )
    assert np.flatnonzero(after[0]).tolist() == [3, 4, 5, 6, 7, 8]
    assert np.flatnonzero(before[0]).tolist() == [0, 1, 3, 4, 5]
    assert np.flatnonzero(inside[0]).tolist() == [2]
    assert goal_terms([np.array([7, 8])], 0)[0].max() == 2


def test_equals_a_regression_with_a_dummy_for_every_match() -> None:
    import statsmodels.api as sm

    rows = drawn(1, 12)
    terms = np.stack([goal_terms(rows.own, 0), goal_terms(rows.opponent, 0)], axis=2)
    fit = goal_regression(rows.counts, rows.expected, terms, rows.date)
    match, row = (i.ravel() for i in np.indices(rows.counts.shape))
    design = np.column_stack([terms.reshape(-1, 2), np.eye(12)[match], np.eye(ROWS)[row][:, 1:]])
    glm = sm.GLM(rows.counts.ravel(), design, family=sm.families.Poisson(), offset=np.log(rows.expected.ravel()))
    theirs = glm.fit(tol=1e-12).params[:2]
    np.testing.assert_allclose(fit.log_effect, theirs, atol=1e-6)
    clustered = glm.fit(
        cov_type="cluster", cov_kwds={"groups": rows.date[match], "use_correction": False}, tol=1e-12
    ).bse[:2]
    dates = rows.date.max() + 1
    np.testing.assert_allclose(fit.se, clustered * np.sqrt(dates / (dates - 1)), rtol=1e-4)


# Property 16
def test_a_planted_goal_effect_is_recovered_and_covered() -> None:
    found = [goal_answers(drawn(seed, 150)) for seed in range(40)]
    own = [answers["own_goal_0_15"].numbers for answers in found]
    assert np.mean([n["estimate_log"] for n in own]) == pytest.approx(0.15, abs=0.012)
    covered = [n["ci_low_pct"] <= 100 * np.expm1(0.15) <= n["ci_high_pct"] for n in own]
    # a valid 95 % interval covers fewer than 33 of 40 in one of a thousand such runs
    assert sum(covered) >= 33
    for name in ("opponent_goal_0_15", "own_goal_before", "own_goal_curve_15_30"):
        assert np.mean([answers[name].numbers["estimate_log"] for answers in found]) == pytest.approx(0, abs=0.015)


def test_minutes_of_play_become_minutes_since_kickoff() -> None:
    def event(number: int, minute: int, kind: str = "goal", stoppage: int | None = None) -> dict:
        return {
            "match_id": "m", "event_number": number, "event_type": kind, "minute": minute, "stoppage_minute": stoppage,
            "benefiting_side": "home", "player": None, "match_source": "real",
        }  # fmt: skip

    events = [event(1, 1), event(2, 45, stoppage=2), event(3, 46, "penalty_goal"), event(4, 60, "red_card")]
    goals = goal_minutes(RawMatchEvents.conform([*events, event(5, 91, "own_goal")]))
    assert goals["minute"].tolist() == [0, 46, 62, 112]


def test_orders_of_a_match_in_two_weeks_are_added() -> None:
    week = pd.DataFrame(
        {
            "order_source": "real", "match_source": "real", "match_id": "m", "market": "Leeds",
            "minutes_from_kickoff": [-1, 0, 4, 7, 130],
        }
    )  # fmt: skip
    counts = clock_counts([week, week])
    assert counts["row"].tolist() == [0, 1]
    assert counts["orders"].tolist() == [4, 2]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (drawn(1, 0), Reason.NO_MATCHES),
        (drawn(1, 4), Reason.TOO_FEW_DATES),
        (replace(drawn(1, 0), left_out=9), Reason.NO_GOAL_MINUTES),
    ],
)  # fmt: skip
def test_too_little_data_is_refused_with_reasons(rows: GoalRows, reason: Reason) -> None:
    for answer in goal_answers(rows).values():
        assert answer.missing == (reason,)


def test_without_a_usable_window_goals_are_refused_for_what_the_windows_lack() -> None:
    """For one market alone it said that no match was played."""
    world = simulate(market_count=2, week_count=12)
    only = world.markets[:1]
    quarters, windows = (rows[rows["market"] == only[0].name] for rows in (world.quarters, world.windows))
    grids = expected_grids(panels_of(quarters, world.match_source_by_week), world.matches, only, LENGTHS)
    [grid] = grids.values()
    impact = match_impact(windows.reset_index(drop=True), grids, world.matches, only, LENGTHS)
    counts = pd.DataFrame(columns=["match_id", "market", "row", "orders"])
    goals = pd.DataFrame({"match_id": ["m"], "side": ["home"], "minute": [3]})
    answers = goal_answers(goal_rows(impact, grid, counts, goals))
    assert len(impact)
    assert {answer.missing[0] for answer in answers.values()} == {Reason.NO_CONTROL_MARKET}
    none = goal_answers(goal_rows(impact[:0], grid, counts, goals))
    assert {answer.missing for answer in none.values()} == {(Reason.NO_MATCHES,)}


def test_empty_rows_and_closed_hours_are_handled() -> None:
    rows = drawn(3, 60)
    rows.counts[:5] = 0
    rows.expected[5:8, 20:] = np.nan
    rows.expected[8, :] = 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not goal_answers(rows)["own_goal_0_15"].missing


def test_that_no_goal_fell_is_said_only_if_all_minutes_are_known() -> None:
    nothing = [np.empty(0, dtype=np.int64)] * MIN_DATES
    dates = np.arange(MIN_DATES)
    ids = np.array([f"m{number}" for number in dates])
    counts = np.ones((MIN_DATES, ROWS))
    for left_out, reason in ((0, Reason.NO_GOALS), (3, Reason.NO_GOAL_MINUTES)):
        answers = goal_answers(GoalRows(counts, counts, nothing, nothing, dates, ids, left_out))
        assert {answer.missing for answer in answers.values()} == {(reason,)}
