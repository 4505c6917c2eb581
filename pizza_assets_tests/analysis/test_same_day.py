"""Matches without a control market: the rest of the day is the control, other dates show the variation by chance."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache

import holidays
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from pizza_assets.analysis.correlation_results import correlation_results, main_effects
from pizza_assets.analysis.expected_grid import EMPTY_GRID, ExpectedGrid
from pizza_assets.analysis.insights import insights
from pizza_assets.analysis.match_impact import match_impact
from pizza_assets.analysis.own_habits import usual_orders
from pizza_assets.analysis.reasons import Reason
from pizza_assets.analysis.same_day import SameDay, follow_the_same, same_day_effects
from pizza_assets.analysis.same_day_effect import Dates, same_day_answer
from pizza_assets.analysis.windows import WindowLengths, epoch_minutes
from pizza_assets.models import RawMatches
from pizza_assets.models.market import Market
from pizza_assets.models.vocabulary import Span, Window
from pizza_assets_tests.analysis.simulated_worlds import (
    FIRST_WEEK,
    LENGTHS,
    ZONE,
    World,
    fitted_grids,
    fixtures,
    match_row,
    simulate,
)
from pizza_assets_tests.calibration.shared_matches import NATIONAL_TEAM, shared_trial
from pizza_assets_tests.calibration.worlds import PLAIN
from pizza_assets_tests.support.plain_same_day import plain_same_day

WORLD = simulate(51, market_count=6, week_count=40, orders_per_bin=6)
EVERYBODY = tuple(Market(m.name, m.timezone, (*m.teams, NATIONAL_TEAM)) for m in WORLD.markets)
PAIR = ("mock", "mock")


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


@cache
def grid() -> ExpectedGrid:
    return fitted_grids(WORLD)[PAIR]


@cache
def one_shop(uplift: float = 0.0, orders_per_bin: float = 12.0) -> World:
    world = simulate(52, market_count=2, week_count=40, orders_per_bin=orders_per_bin, uplift={"post": uplift})
    (market, _), name = world.markets, world.markets[0].name
    return replace(
        world,
        markets=(market,),
        quarters=world.quarters[world.quarters["market"] == name].reset_index(drop=True),
        windows=world.windows[world.windows["market"] == name].reset_index(drop=True),
    )


@cache
def shop_grid(uplift: float = 0.0, orders_per_bin: float = 12.0) -> ExpectedGrid:
    return fitted_grids(one_shop(uplift, orders_per_bin))[PAIR]


def effects(uplift: float = 0.0, orders_per_bin: float = 12.0) -> SameDay:
    world = one_shop(uplift, orders_per_bin)
    return same_day_effects(world.matches, world.markets, shop_grid(uplift, orders_per_bin), LENGTHS)


def _weeks():
    return (FIRST_WEEK.shifted(n) for n in range(40))


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


@pytest.mark.parametrize(("uplift", "orders_per_bin"), [(0.0, 1.0), (0.2, 1.0)])
def test_equal_to_a_plain_implementation(uplift: float, orders_per_bin: float) -> None:
    world, shop = one_shop(uplift, orders_per_bin), shop_grid(uplift, orders_per_bin)
    columns = epoch_minutes(world.matches["kickoff_at"]) // 15 - shop.first_bin
    follows = (world.matches[["home_team", "away_team"]] == world.markets[0].teams[0]).any(axis=1).to_numpy()
    kickoffs = sorted({int(column) for column in columns[follows]})
    near = [any(k - 8 <= i < k + 16 for k in kickoffs) for i in range(shop.observed.shape[1])]
    instants = pd.to_datetime(shop.minutes * 60, unit="s", utc=True).tz_convert(ZONE)
    local = [(at.date(), at.day_of_week, (at.hour * 60 + at.minute) // 15) for at in instants]
    bank_days = holidays.country_holidays("GB", subdiv="ENG", years=range(2025, 2028))
    around = {day + timedelta(days=away) for day in bank_days for away in (-1, 0, 1)}
    answers = effects(uplift, orders_per_bin).answers
    for window, span in ((Window.PRE, (-8, 0)), (Window.DURING, (0, 7)), (Window.POST, (8, 15))):
        plain = plain_same_day(
            shop.observed[0].tolist(),
            shop.is_known[0].tolist(),
            near,
            local,
            shop.week.tolist(),
            kickoffs,
            span,
            around,
        )
        numbers = answers[window].numbers
        for name in ("estimate_log", "se", "df", "n_clusters", "ci_low_pct", "ci_high_pct"):
            assert numbers[name] == pytest.approx(plain[name], abs=1e-9), (window, name)
        # 1,999 draws of a sum whose spread is known: p is near that of the normal distribution
        normal = 2 * norm.sf(plain["pull"] / plain["pull_sd"])
        assert numbers["p_value"] == pytest.approx(normal, abs=0.05)


def some_dates(seed: int) -> Dates:
    rng = np.random.default_rng(seed)
    size = 60
    usual, rest = rng.uniform(2, 80, size), rng.uniform(0, 200, size)
    return Dates(
        rng.integers(0, 3, size),
        (rng.random(size) < 0.3).astype(int),
        np.ones(size, dtype=int),
        np.full(size, 8.0),
        rng.poisson(usual).astype(float),
        usual,
        rng.poisson(rest).astype(float),
        rest,
        np.zeros(size, dtype=int),
        np.arange(size),
    )


@given(st.integers(0, 10**6), st.permutations(range(3)))
def test_neither_the_order_of_rows_nor_the_labels_of_slots_matter(seed: int, labels: Sequence[int]) -> None:
    dates = some_dates(seed)
    answer = same_day_answer(dates)
    shuffled = dates.where(np.random.default_rng(seed).permutation(len(dates.slot)))
    renamed = replace(dates, slot=np.array(labels)[dates.slot])
    for other in (same_day_answer(shuffled), same_day_answer(renamed)):
        assert other.missing == answer.missing
        for name, value in answer.numbers.items():
            is_drawn = name in ("p_value", "p_permutation")
            assert other.numbers[name] == pytest.approx(value, abs=0.06 if is_drawn else 1e-9)


def test_the_order_of_matches_and_markets_does_not_matter() -> None:
    answers = same_day_effects(national(5), EVERYBODY, grid(), LENGTHS).answers
    turned = same_day_effects(national(5).iloc[::-1], EVERYBODY[::-1], grid(), LENGTHS).answers
    assert answers == turned


def test_only_matches_that_all_markets_follow_are_used() -> None:
    ordinary = national(5, weeks=(3, 9, 15, 22, 27))
    answers = same_day_effects(ordinary, EVERYBODY, grid(), LENGTHS).answers
    assert answers[Window.POST].numbers["n_matches"] == 5
    assert answers[Window.POST].left_out == ()
    nobody = same_day_effects(national(5), WORLD.markets, grid(), LENGTHS).answers
    assert nobody[Window.POST].missing == (Reason.NO_SHARED_MATCH,)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_too_few_are_refused_with_their_count(count: int) -> None:
    answer = same_day_effects(national(count), EVERYBODY, grid(), LENGTHS).answers[Window.POST]
    assert answer.missing == (Reason.NO_SHARED_MATCH if count == 0 else Reason.TOO_FEW_MATCHES,)
    assert answer.numbers["n_matches"] == count
    assert "uplift_pct" not in answer.numbers


# week 20 has Boxing Day on its Friday, week 21 New Year's Day on its Thursday, when the match is played
def test_matches_around_holidays_are_left_out_and_named() -> None:
    answer = same_day_effects(national(5), EVERYBODY, grid(), LENGTHS).answers[Window.POST]
    assert answer.numbers["n_matches"] == 4
    assert answer.left_out == ("1 match on or next to a holiday (New Year's Day)",)
    few = same_day_effects(national(3, weeks=(3, 20, 21)), EVERYBODY, grid(), LENGTHS).answers[Window.POST]
    assert few.missing == (Reason.TOO_FEW_ORDINARY_DAYS,)
    assert few.left_out == ("2 matches on or next to a holiday (Christmas Day, New Year's Day)",)


def test_what_is_left_out_is_said_in_the_caveat() -> None:
    world, shop = one_shop(), {PAIR: shop_grid()}
    by_day = {PAIR: effects()}
    impact = match_impact(world.windows, shop, world.matches, world.markets, LENGTHS)
    results = correlation_results(impact, shop, chains={}, pre_trends={}, same_day=by_day, goals={})
    (row,) = results[results["role"] == "primary"].to_dict("records")
    assert row["left_out"] == "2 matches on or next to a holiday (Boxing Day, Easter Monday)"
    assert f"Left out: {row['left_out']}." in insights(results, impact, world.windows).iloc[0]["caveat"]


def test_orders_around_holidays_have_no_say() -> None:
    """Whatever is sold from the day before Christmas to the day after New Year's, the answer is the same."""
    world, shop = one_shop(), shop_grid()
    days = shop.day[0].astype("datetime64[D]")
    is_holiday = np.isin(days, np.array(["2025-12-24", "2025-12-25", "2025-12-26", "2025-12-27"], "datetime64[D]"))
    busy = replace(shop, observed=np.where(is_holiday, 9 * shop.observed + 5, shop.observed))
    assert same_day_effects(world.matches, world.markets, busy, LENGTHS).answers == effects().answers
    others = np.where(np.isin(days, np.array(["2025-12-03"], "datetime64[D]")), 9 * shop.observed + 5, shop.observed)
    answers = same_day_effects(world.matches, world.markets, replace(shop, observed=others), LENGTHS).answers
    assert answers != effects().answers


def windows_begun_without_orders(grid: ExpectedGrid, markets: Sequence[str], columns: np.ndarray) -> ExpectedGrid:
    """The grid with the first 45 minutes after each match (from column + 8 on) unknown in these markets."""
    is_lost = np.zeros_like(grid.is_known)
    is_lost[np.ix_(grid.markets.isin(markets), (columns[:, None] + np.arange(8, 11)).ravel())] = True
    return replace(grid, observed=np.where(is_lost, 0, grid.observed), is_known=grid.is_known & ~is_lost)


def own_columns(world: World, grid: ExpectedGrid) -> np.ndarray:
    is_own = (world.matches[["home_team", "away_team"]] == world.markets[0].teams[0]).any(axis=1)
    return np.unique(epoch_minutes(world.matches.loc[is_own, "kickoff_at"]) // 15 - grid.first_bin)


def test_windows_with_lost_hours_are_not_used_on_their_remainder() -> None:
    world, shop = one_shop(), shop_grid()
    gaps = windows_begun_without_orders(shop, [world.markets[0].name], own_columns(world, shop))
    answers = same_day_effects(world.matches, world.markets, gaps, LENGTHS).answers
    for span in (Window.POST, Span.MATCH):
        assert answers[span].missing == (Reason.TOO_FEW_ORDINARY_DAYS,), "other matches are left out around holidays"
        assert answers[span].numbers["n_matches"] == 0
    assert answers[Window.DURING].numbers["n_matches"] == effects().answers[Window.DURING].numbers["n_matches"]


def test_placebos_with_lost_hours_are_not_used_either() -> None:
    world, shop = one_shop(), shop_grid()
    own = own_columns(world, shop)
    same_time = np.flatnonzero(np.isin(shop.bin_of_week[0], shop.bin_of_week[0, own]))
    placebos = np.setdiff1d(same_time[same_time < shop.observed.shape[1] - 11], own)
    gaps = windows_begun_without_orders(shop, [world.markets[0].name], placebos)
    answers = same_day_effects(world.matches, world.markets, gaps, LENGTHS).answers
    assert answers[Window.POST].missing == (Reason.TOO_FEW_PLACEBO_DATES,)
    assert answers[Window.PRE].missing == ()


def test_lost_hours_of_one_market_leave_the_others_of_a_shared_match() -> None:
    matches = national(4, weeks=(3, 9, 15, 27))
    columns = epoch_minutes(matches.loc[matches["home_team"] == NATIONAL_TEAM, "kickoff_at"]) // 15 - grid().first_bin
    gaps = windows_begun_without_orders(grid(), [EVERYBODY[0].name], columns)
    whole = same_day_effects(matches, EVERYBODY, grid(), LENGTHS).answers[Window.POST].numbers
    others = same_day_effects(matches, EVERYBODY, gaps, LENGTHS).answers[Window.POST].numbers
    assert others["n_matches"] == whole["n_matches"] == 4
    assert others["n_market_matches"] < whole["n_market_matches"]


def test_a_stored_grid_with_lost_hours_is_the_same_grid() -> None:
    """The hole cut its day in two, and each part served as another day of the week for the other."""
    shop = shop_grid().of_markets([shop_grid().markets[0]])
    hour = shop.bin_of_week[0] % 96 // 4
    busy_day = shop.day[0] == shop.day[0, 20 * 96]
    is_lost = (busy_day & (hour >= 17) & (hour < 21))[np.newaxis]
    observed = np.where(is_lost, 0, np.where(busy_day, 3, 1) * shop.observed)
    expected = np.where(is_lost, np.nan, shop.expected)
    holed = replace(shop, observed=observed, expected=expected, is_known=shop.is_known & ~is_lost)
    stored = ExpectedGrid.of(holed.rows(*PAIR), dict(zip(shop.markets, shop.zones, strict=True)))
    np.testing.assert_array_equal(stored.week, shop.week)
    everywhere = np.ones_like(is_lost)
    np.testing.assert_array_equal(usual_orders(stored, everywhere), usual_orders(holed, everywhere))


def test_a_quarter_hour_has_no_say_in_its_own_habit() -> None:
    """Otherwise dates without a match, which the habits are made of, would look more usual than those with one."""
    shop = shop_grid()
    everywhere = np.ones_like(shop.is_known)
    before = usual_orders(shop, everywhere)[0]
    free = np.flatnonzero(shop.is_known[0] & ~shop.is_masked[0] & (before > 1))
    cell = free[len(free) // 2]
    observed = shop.observed.copy()
    observed[0, cell] *= 3
    after = usual_orders(replace(shop, observed=observed), everywhere)[0]
    others = free[shop.bin_of_week[0, free] == shop.bin_of_week[0, cell]]
    others = others[others != cell]
    assert after[cell] == pytest.approx(before[cell], rel=5e-3), "only the levels of weeks move a little"
    assert (after[others] > 1.01 * before[others]).all()


def test_holidays_are_those_of_the_market() -> None:
    world, shop = one_shop(), shop_grid()
    (market,) = world.markets
    scot = same_day_effects(world.matches, [replace(market, region="SCT")], shop, LENGTHS)
    assert scot.answers != effects().answers, "2 January and Easter Monday differ"
    assert same_day_effects(world.matches, [replace(market, country="GB")], shop, LENGTHS).answers == effects().answers


def test_dates_far_from_usual_are_left_out_whatever_their_window_says() -> None:
    dates = replace(some_dates(7), rest_usual=np.full(60, 200.0), rest_observed=np.full(60, 200.0))
    rest = dates.rest_observed.copy()
    (holiday,) = np.flatnonzero(dates.is_treated)[:1]
    rest[holiday] = 600.0
    clean, disturbed = same_day_answer(dates), same_day_answer(replace(dates, rest_observed=rest))
    assert disturbed.numbers["n_clusters"] == clean.numbers["n_clusters"] - 1


def test_a_window_after_closing_time_is_refused() -> None:
    answer = same_day_answer(replace(some_dates(8), open_bins=np.full(60, 3.0)))
    assert answer.missing == (Reason.TOO_FEW_MATCHES,)
    assert answer.numbers["n_matches"] == 0


def test_without_enough_other_dates_there_is_no_answer() -> None:
    dates = some_dates(9)
    answer = same_day_answer(dates.where(dates.is_treated | (np.arange(60) < 8)))
    assert answer.missing == (Reason.TOO_FEW_PLACEBO_DATES,)


def test_markets_that_follow_the_same_teams_have_no_control() -> None:
    assert follow_the_same(one_shop().markets, shop_grid())
    assert not follow_the_same(WORLD.markets, grid())
    together = tuple(Market(m.name, m.timezone, ("team 00", "team 01")) for m in WORLD.markets)
    assert follow_the_same(together, grid())
    assert not follow_the_same(together[1:], grid()), "a market outside of the table follows no team: it is a control"
    assert not follow_the_same(tuple(Market(m.name, m.timezone, ()) for m in WORLD.markets), grid())


def test_one_market_answers_the_primary_hypothesis_by_its_own_days() -> None:
    world, shop = one_shop(0.3), {PAIR: shop_grid(0.3)}
    impact = match_impact(world.windows, shop, world.matches, world.markets, LENGTHS)
    by_day = {PAIR: effects(0.3)}
    results = correlation_results(impact, shop, chains={}, pre_trends={}, same_day=by_day, goals={})
    assert not (results["subject"] == "shared_match").any(), "the same question is not asked twice"
    (row,) = results[results["role"] == "primary"].to_dict("records")
    assert row["subject"] == "own_team_match"
    assert row["status"] == "ok"
    assert row["direction"] == "up"
    assert row["ci_low_pct"] <= 30 <= row["ci_high_pct"]
    assert row["hypothesis"] == "Orders depart from normal after your team's match."
    told = insights(results, impact, world.windows).iloc[0]
    assert told["kind"] == "finding"
    assert "after your team's match" in told["headline"]
    assert "rest of their day" in told["caveat"]
    assert "everyone" not in told["caveat"]
    # what `pizza check` reads is the same answer
    (checked,) = main_effects(impact, shop, by_day).query("role == 'primary'").to_dict("records")
    assert checked["mde_80_pct"] == row["mde_80_pct"]


@pytest.mark.parametrize(("shift", "share"), [(0, 1.0), (10_000, 0.5)])
def test_the_error_of_two_groups_knows_what_their_dates_share(shift: int, share: float) -> None:
    """The same shop twice on the same dates knows no more than once; on other dates its variance is halved."""
    one = some_dates(4)
    twice = Dates.joined([one, replace(one, day=one.day + shift)])
    alone, together = same_day_answer(one).numbers, same_day_answer(twice).numbers
    assert together["estimate_log"] == pytest.approx(alone["estimate_log"], rel=1e-9)
    assert together["se"] ** 2 == pytest.approx(share * alone["se"] ** 2, rel=0.001)
    assert together["n_matches"] == 2 * alone["n_matches"]


@cache
def two_shops() -> tuple[World, ExpectedGrid]:
    world = simulate(52, market_count=2, week_count=40, orders_per_bin=12.0, uplift={"post": 0.2})
    return world, fitted_grids(world)[PAIR]


def test_two_markets_with_different_teams_are_answered_together_by_their_own_days() -> None:
    world, both = two_shops()
    by_day = same_day_effects(world.matches, world.markets, both, LENGTHS)
    impact = match_impact(world.windows, {PAIR: both}, world.matches, world.markets, LENGTHS)
    results = correlation_results(
        impact, {PAIR: both}, chains={}, pre_trends={}, same_day={PAIR: by_day}, goals={}, parts=()
    )
    (row,) = results[results["role"] == "primary"].to_dict("records")
    assert row["hypothesis"] == "Orders depart from normal after your teams' matches."
    assert row["direction"] == "up"
    assert row["ci_low_pct"] <= 20 <= row["ci_high_pct"]
    assert row["cluster_by"] == "date"
    alone = [
        same_day_effects(world.matches, [market], both.of_markets([market.name]), LENGTHS).answers[Window.POST].numbers
        for market in world.markets
    ]
    # which dates are far from usual is decided by both together
    assert abs(row["n_matches"] - sum(numbers["n_matches"] for numbers in alone)) <= 2
    estimates = [numbers["estimate_log"] for numbers in alone]
    assert min(estimates) <= row["estimate_log"] <= max(estimates)
    assert row["se"] < min(numbers["se"] for numbers in alone)
    assert {text[-9:] for text in row["left_out"].split("; ")} == {"market 00", "market 01"}
    told = insights(results, impact, world.windows).iloc[0]
    assert "after your teams' matches" in told["headline"]
    assert "follow different teams, so each was compared with its own days" in told["caveat"]
    # what `pizza check` reads is the same answer
    (checked,) = main_effects(impact, {PAIR: both}, {PAIR: by_day}).query("role == 'primary'").to_dict("records")
    assert checked["mde_80_pct"] == row["mde_80_pct"]


def test_a_second_market_without_a_team_is_no_control_and_takes_nothing_away() -> None:
    world, both = two_shops()
    first, second = world.markets
    markets = (first, replace(second, teams=()))
    answer = same_day_effects(world.matches, markets, both, LENGTHS)
    alone = same_day_effects(world.matches, [first], both.of_markets([first.name]), LENGTHS)
    assert answer.is_main
    assert answer.answers == alone.answers, "what is left out needs no market's name, either"
    impact = match_impact(world.windows, {PAIR: both}, world.matches, markets, LENGTHS)
    results = correlation_results(
        impact, {PAIR: both}, chains={}, pre_trends={}, same_day={PAIR: answer}, goals={}, parts=()
    )
    (row,) = results[results["role"] == "primary"].to_dict("records")
    assert "dates permuted" in row["method"]
    assert row["p_value"] == alone.answers[Window.POST].numbers["p_value"]
    told = insights(results, impact, world.windows).iloc[0]
    assert "after your team's match" in told["headline"]
    assert "different teams" not in told["caveat"]
    nobody = tuple(replace(market, teams=()) for market in world.markets)
    assert not same_day_effects(world.matches, nobody, both, LENGTHS).is_main


def test_too_few_orders_are_not_called_no_effect() -> None:
    world, shop = one_shop(0.0, 0.2), {PAIR: shop_grid(0.0, 0.2)}
    impact = match_impact(world.windows, shop, world.matches, world.markets, LENGTHS)
    by_day = {PAIR: effects(0.0, 0.2)}
    results = correlation_results(impact, shop, chains={}, pre_trends={}, same_day=by_day, goals={})
    told = insights(results, impact, world.windows).iloc[0]
    assert told["kind"] == "insufficient_data"
    assert "Too few orders to tell" in told["headline"]
    assert "or more would show" in told["headline"]
    assert "95 % interval" in told["headline"]
    assert "No effect" not in told["headline"]


def test_a_second_own_match_on_the_same_evening_is_not_mixed_up() -> None:
    world = one_shop()
    first = world.matches[(world.matches[["home_team", "away_team"]] == world.markets[0].teams[0]).any(axis=1)].iloc[0]
    later = {**first.to_dict(), "match_id": "later", "kickoff_at": first["kickoff_at"] + pd.Timedelta(hours=3)}
    both = RawMatches.conform([*world.matches.to_dict("records"), later])
    before = effects().answers[Window.POST].numbers["n_clusters"]
    after = same_day_effects(both, world.markets, shop_grid(), LENGTHS).answers[Window.POST].numbers["n_clusters"]
    assert after == before - 1


@pytest.mark.parametrize("changes", [{"status": "AWARDED"}, {"status": "SCHEDULED", "kickoff_is_fixed": False}])
def test_an_evening_on_which_a_second_own_match_may_have_been_played_is_not_used(changes: dict) -> None:
    world = one_shop()
    first = world.matches[(world.matches[["home_team", "away_team"]] == world.markets[0].teams[0]).any(axis=1)].iloc[0]
    later = {"match_id": "later", "kickoff_at": first["kickoff_at"] + pd.Timedelta(hours=3), **changes}
    both = RawMatches.conform([*world.matches.to_dict("records"), {**first.to_dict(), **later}])
    before = effects().answers[Window.POST].numbers["n_clusters"]
    after = same_day_effects(both, world.markets, shop_grid(), LENGTHS).answers[Window.POST].numbers["n_clusters"]
    assert after == before - 1


def test_long_windows_of_the_settings_are_no_rest_of_the_day() -> None:
    """With three hours before and after, the hours of the windows must not serve as control as well."""
    long = WindowLengths(pre_minutes=180, post_minutes=180)
    world = one_shop()
    grid_of_long = replace(shop_grid(), is_masked=np.zeros_like(shop_grid().is_masked))
    columns = epoch_minutes(world.matches["kickoff_at"]) // 15 - shop_grid().first_bin
    raised = grid_of_long.observed.copy()
    for column in columns:
        raised[0, column - 12 : column - 8] *= 2
        grid_of_long.is_masked[0, column - 12 : column + 20] = True
    told = same_day_effects(world.matches, world.markets, replace(grid_of_long, observed=raised), long).answers
    plain = same_day_effects(world.matches, world.markets, grid_of_long, long).answers
    assert told[Window.POST] == plain[Window.POST]
    assert told[Window.PRE] != plain[Window.PRE]


def test_an_empty_world_has_no_shared_match() -> None:
    for answer in same_day_effects(national(3), EVERYBODY, EMPTY_GRID, LENGTHS).answers.values():
        assert answer.missing == (Reason.NO_SHARED_MATCH,)
