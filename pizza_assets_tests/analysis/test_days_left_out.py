"""Special days: whatever was sold on them changes no baseline and no answer, and they are named."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from pizza_assets.analysis.baseline import expected_grids
from pizza_assets.analysis.correlation_results import correlation_results
from pizza_assets.analysis.event_bins import event_panel
from pizza_assets.analysis.insights import insights
from pizza_assets.analysis.match_impact import match_impact
from pizza_assets.analysis.panel import Panel
from pizza_assets.analysis.reasons import Reason
from pizza_assets.analysis.same_day import same_day_effects
from pizza_assets.analysis.special_dates import special_cells, special_day_names
from pizza_assets.models.special_days import SpecialDay, SpecialKind
from pizza_assets.models.vocabulary import Window
from pizza_assets_tests.analysis.simulated_worlds import LENGTHS, panels_of, simulate

PAIR = ("mock", "mock")
WORLD = simulate(61, market_count=4, week_count=16, orders_per_bin=6)
FIRST = WORLD.markets[0]
KICKOFF = (
    WORLD.matches.loc[(WORLD.matches[["home_team", "away_team"]] == FIRST.teams[0]).any(axis=1), "kickoff_at"]
    .dt.tz_convert(FIRST.timezone)
    .iloc[2]
)
SPECIAL = SpecialDay(KICKOFF.date(), KICKOFF.date(), SpecialKind.PROMOTION, "two for one")
MARKETS = (replace(FIRST, special_days=(SPECIAL,)), *WORLD.markets[1:])


def panel(quarters: pd.DataFrame = WORLD.quarters) -> Panel:
    (found,) = panels_of(quarters, WORLD.match_source_by_week).values()
    return found


def on_special_day(panel: Panel) -> np.ndarray:
    local = pd.to_datetime(panel.minutes * 60, unit="s", utc=True).tz_convert(FIRST.timezone)
    is_there = np.array([day == SPECIAL.first for day in local.date])
    return np.outer(panel.names == FIRST.name, is_there)


def test_orders_on_a_special_day_change_no_baseline() -> None:
    plain = panel()
    busy = replace(plain, counts=np.where(on_special_day(plain), 5 * plain.counts + 7, plain.counts).astype(np.int32))
    grids = [expected_grids({PAIR: p}, WORLD.matches, MARKETS, LENGTHS)[PAIR] for p in (plain, busy)]
    assert np.array_equal(grids[0].expected, grids[1].expected, equal_nan=True)
    assert grids[0].is_masked[on_special_day(plain) & plain.is_known].all()
    unlisted = [expected_grids({PAIR: p}, WORLD.matches, WORLD.markets, LENGTHS)[PAIR] for p in (plain, busy)]
    assert not np.array_equal(unlisted[0].expected, unlisted[1].expected, equal_nan=True)


def test_a_match_on_a_special_day_is_refused_and_named() -> None:
    grids = expected_grids({PAIR: panel()}, WORLD.matches, MARKETS, LENGTHS)
    impact = match_impact(WORLD.windows, grids, WORLD.matches, MARKETS, LENGTHS)
    refused = impact[impact["reasons"].fillna("").str.contains(Reason.SPECIAL_DAY.code)]
    assert set(refused["market"]) == {FIRST.name}
    assert set(refused["kickoff_at"].dt.tz_convert(FIRST.timezone).dt.date) == {SPECIAL.first}
    assert (refused["status"] == "insufficient_data").all()
    results = correlation_results(impact, grids, chains={}, pre_trends={}, same_day={}, goals={}, parts=())
    (row,) = results[results["role"] == "primary"].to_dict("records")
    assert row["left_out"] == "1 window on special days (two for one)"
    assert (
        "Left out: 1 window on special days (two for one)."
        in insights(results, impact, WORLD.windows).iloc[0]["caveat"]
    )


def test_the_curve_around_kick_off_leaves_special_days_out() -> None:
    grid = expected_grids({PAIR: panel()}, WORLD.matches, MARKETS, LENGTHS)[PAIR]
    with_special, without = (event_panel(grid, WORLD.matches, markets) for markets in (MARKETS, WORLD.markets))
    is_special = special_cells(grid.markets, grid.day, MARKETS)
    assert np.array_equal(is_special, on_special_day(panel()))
    halves = is_special[:, grid.first_bin % 2 :]
    halves = halves[:, : halves.shape[1] // 2 * 2].reshape(len(MARKETS), -1, 2).any(axis=2)
    assert not with_special.is_used[halves].any()
    assert without.is_used[halves].any()


def test_one_market_leaves_its_special_days_out() -> None:
    alone = panel(WORLD.quarters[WORLD.quarters["market"] == FIRST.name])
    (market,) = MARKETS[:1]
    grid = expected_grids({PAIR: alone}, WORLD.matches, [market], LENGTHS)[PAIR]
    answer = same_day_effects(WORLD.matches, [market], grid, LENGTHS).answers[Window.POST]
    assert "1 match on a special day (two for one)" in answer.left_out
    day = on_special_day(alone)
    busy = replace(grid, observed=np.where(day, 9 * grid.observed + 5, grid.observed))
    assert same_day_effects(WORLD.matches, [market], busy, LENGTHS).answers[Window.POST] == answer


def test_a_special_day_without_words_is_called_by_its_kind() -> None:
    day = date(2026, 1, 10)
    snow, closed = (SpecialDay(day, day, kind) for kind in (SpecialKind.SNOW, SpecialKind.CLOSED))
    later = SpecialDay(day + timedelta(days=1), day + timedelta(days=2), SpecialKind.CONCERT, "The Beatles; live")
    markets = (replace(FIRST, special_days=(snow, closed, later)), replace(WORLD.markets[1], special_days=(snow,)))
    rows = pd.DataFrame(
        [(FIRST.name, "2026-01-10"), (FIRST.name, "2026-01-12"), (FIRST.name, "2026-01-13"),
         (WORLD.markets[1].name, "2026-01-10"), ("nowhere", "2026-01-10")],
        columns=["market", "date"],
    )  # fmt: skip
    named = special_day_names(rows["market"], rows["date"], markets)
    assert named.tolist() == ["closed", "The Beatles, live", None, "snow", None]
