"""Matches that every market follows: the rest of the day is the control, other dates show the variation by chance."""

import numpy as np
import pandas as pd
import pytest

from pizza_assets.analysis.expected_grid import EMPTY_GRID, ExpectedGrid
from pizza_assets.analysis.reasons import Reason
from pizza_assets.analysis.shared_matches import shared_match_answers
from pizza_assets.models import RawMatches
from pizza_assets.models.market import Market
from pizza_assets.models.vocabulary import Window
from pizza_assets_tests.analysis.simulated_worlds import LENGTHS, ZONE, fitted_grids, fixtures, match_row, simulate
from pizza_assets_tests.calibration.shared_matches import NATIONAL_TEAM, shared_trial
from pizza_assets_tests.calibration.worlds import PLAIN

WORLD = simulate(51, market_count=6, week_count=40, orders_per_bin=6)
EVERYBODY = tuple(Market(m.name, m.timezone, (*m.teams, NATIONAL_TEAM)) for m in WORLD.markets)


def national(count: int, weeks: tuple[int, ...] = (3, 9, 15, 21, 27)) -> pd.DataFrame:
    rows = [
        match_row(
            f"n{week}",
            (pd.Timestamp(WORLD.weeks[week]) + pd.Timedelta(days=2, hours=19.75)).tz_localize(ZONE).tz_convert("UTC"),
            NATIONAL_TEAM,
            "Visitors",
        )
        for week in weeks[:count]
    ]
    return RawMatches.conform([*WORLD.matches.to_dict("records"), *rows])


def grid() -> ExpectedGrid:
    return fitted_grids(WORLD)["mock", "mock"]


# Property 16
def test_a_planted_effect_is_found_and_no_effect_is_not() -> None:
    calendar = fixtures(WORLD.markets, list(_weeks()), np.random.default_rng(1)), tuple(_weeks())
    with_effect = shared_trial(np.random.default_rng(2), PLAIN, *calendar, 8, float(np.log(1.2)))
    without = shared_trial(np.random.default_rng(3), PLAIN, *calendar, 8, 0.0)
    for window in (Window.DURING, Window.POST):
        numbers = with_effect[window].numbers
        assert numbers["ci_low_pct"] <= 20 <= numbers["ci_high_pct"]
        assert numbers["p_value"] <= 0.05
        assert without[window].numbers["ci_low_pct"] <= 0 <= without[window].numbers["ci_high_pct"]
    assert with_effect[Window.PRE].numbers["p_value"] > 0.01


def _weeks():
    from pizza_assets_tests.analysis.simulated_worlds import FIRST_WEEK

    return (FIRST_WEEK.shifted(n) for n in range(40))


def test_only_matches_that_all_markets_follow_are_used() -> None:
    answers = shared_match_answers(national(5), EVERYBODY, grid(), LENGTHS)
    assert answers[Window.POST].numbers["n_matches"] == 5
    nobody = shared_match_answers(national(5), WORLD.markets, grid(), LENGTHS)
    assert nobody[Window.POST].missing == (Reason.NO_SHARED_MATCH,)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_too_few_are_refused_with_their_count(count: int) -> None:
    answer = shared_match_answers(national(count), EVERYBODY, grid(), LENGTHS)[Window.POST]
    assert answer.missing == (Reason.NO_SHARED_MATCH if count == 0 else Reason.TOO_FEW_SHARED_MATCHES,)
    assert answer.numbers["n_matches"] == count
    assert "uplift_pct" not in answer.numbers


def test_a_market_alone_is_compared_with_its_own_day() -> None:
    """Without another market the main effect is refused, but here the same matches give an answer."""
    alone = simulate(52, market_count=2, week_count=40, orders_per_bin=12)
    first = alone.markets[:1]
    quarters = alone.quarters[alone.quarters["market"] == first[0].name]
    answers = shared_match_answers(
        alone.matches, first, fitted_grids(_only(alone, first, quarters))["mock", "mock"], LENGTHS
    )
    assert not answers[Window.POST].missing
    assert answers[Window.POST].numbers["ci_low_pct"] <= 0 <= answers[Window.POST].numbers["ci_high_pct"]


def _only(world, markets, quarters):
    from dataclasses import replace

    return replace(world, markets=markets, quarters=quarters)


def test_an_empty_world_has_no_shared_match() -> None:
    for answer in shared_match_answers(national(3), EVERYBODY, EMPTY_GRID, LENGTHS).values():
        assert answer.missing == (Reason.NO_SHARED_MATCH,)
