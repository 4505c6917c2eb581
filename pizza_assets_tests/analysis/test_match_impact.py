"""Observed against expected per match: sums, refusals, overlaps, intervals."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from pizza_assets.analysis.control_orders import MIN_CONTROL_ORDERS
from pizza_assets.analysis.dispersion import count_interval
from pizza_assets.analysis.match_impact import match_impact
from pizza_assets.analysis.reasons import Reason
from pizza_assets.models import ExpectedOrders, MatchImpact, MatchWindows, RawMatches
from pizza_assets_tests.analysis.simulated_worlds import LENGTHS, World, analyse, grids_in, match_row, simulate

KICKOFF = pd.Timestamp("2025-09-06 14:00", tz="UTC")
ONE_MATCH = [match_row("m", KICKOFF, "team 00", "elsewhere")]


def impact_of(world: World, expected: pd.DataFrame, **changes) -> pd.DataFrame:
    tables = {"match_windows": world.windows, "matches": world.matches, **changes}
    grids = grids_in(world, expected)
    return match_impact(tables["match_windows"], grids, tables["matches"], world.markets, LENGTHS)


def flat_expected(changes: dict | None = None, other_orders: int = 200, **columns) -> pd.DataFrame:
    """Market 00 expects 3 orders in every quarter-hour of 6 September 2025; one other market sells 200 in each."""
    rows, others = (_quarters(**labels) for labels in (columns, {**LABELS_OF_OTHER, "observed": other_orders}))
    for position, value in (changes or {}).items():
        rows.loc[position, "expected"] = value
    return ExpectedOrders.conform(pd.concat([rows, others]))


LABELS_OF_OTHER = {"market": "market 09", "expected": 200.0}


def _quarters(**columns) -> pd.DataFrame:
    return pd.DataFrame(
        {
            **{"market": "market 00", "bin_at": pd.date_range("2025-09-06", periods=96, freq="15min", tz="UTC")},
            **{"week": "2025-09-02", "observed": 3, "expected": 3.0, "is_masked": False, "control_market_count": 7},
            **{"is_converged": True, "order_source": "mock", "match_source": "mock", "data_source": "mock", **columns},
        }
    )


def windows_at(kickoff: pd.Timestamp = KICKOFF, match_id: str = "m", **changes) -> pd.DataFrame:
    """The three windows of one match in market 00 with 30, 20 and 33 orders of one chain."""
    edges = [kickoff + pd.Timedelta(minutes=m) for m in (-120, 0, 115, 235)]
    common = {
        **{"match_id": match_id, "sport": "football", "competition": "Premier League", "kickoff_at": kickoff},
        **{"market": "market 00", "team": "team 00", "side": "home", "chain": "dominos", "currency": "GBP"},
        **{
            "is_complete": True,
            "average_order_cents": 1000.0,
            "pizza_count": 9,
            "store_count": 2,
            "orders_per_hour": 9.0,
        },
        **{"order_source": "mock", "match_source": "mock"},
    }
    rows = [
        {
            **common,
            **{"window": name, "window_start_at": edges[i], "window_end_at": edges[i + 1], "order_count": orders},
            **{"covered_minutes": 115 if i == 1 else 120, "revenue_cents": 1000 * orders, **changes},
        }
        for i, (name, orders) in enumerate((("pre", 30), ("during", 20), ("post", 33)))
    ]
    return MatchWindows.conform(rows)


@pytest.fixture(scope="module")
def small() -> World:
    return simulate(4, market_count=2, week_count=1)


def measured(
    small: World, expected: pd.DataFrame, windows: pd.DataFrame, matches: list[dict] | None = None
) -> pd.DataFrame:
    rows = impact_of(small, expected, match_windows=windows, matches=RawMatches.conform(matches or ONE_MATCH))
    return rows.set_index(["match_id", "window"])


def test_the_expectation_is_the_weighted_sum_of_bins(small: World):
    rows = measured(small, flat_expected(), windows_at()).loc["m"]
    assert rows["expected"].to_dict() == pytest.approx({"pre": 24, "during": 23, "post": 24})
    assert rows.loc["post", "uplift_pct"] == pytest.approx(100 * (33 / 24 - 1))
    assert rows.loc["post", "extra_orders"] == pytest.approx(9)
    assert rows.loc["post", "orders_per_hour"] == pytest.approx(16.5)
    assert rows.loc["post", ["revenue_cents", "currency"]].tolist() == [33_000, "GBP"]
    assert (rows["ci_low_pct"] < rows["uplift_pct"]).all()
    assert (rows["uplift_pct"] < rows["ci_high_pct"]).all()
    assert rows.loc["pre", "kickoff_date"] == "2025-09-06"


def test_chains_are_summed_and_currencies_are_not(small: World):
    second = windows_at(chain="papa_johns", currency="EUR")
    rows = measured(small, flat_expected(), MatchWindows.conform(pd.concat([windows_at(), second]))).loc["m"]
    assert rows["observed"].to_dict() == {"pre": 60, "during": 40, "post": 66}
    assert rows[["revenue_cents", "currency"]].isna().all(axis=None)


@pytest.mark.parametrize(
    ("expected", "windows", "reason"),
    [
        (flat_expected({70: np.nan}), windows_at(), Reason.TOO_FEW_FREE_WEEKS),
        (
            flat_expected({70: np.nan}, control_market_count=[7] * 70 + [0] + [7] * 25),
            windows_at(),
            Reason.NO_CONTROL_MARKET,
        ),
        (flat_expected(dict.fromkeys(range(96), np.nan), is_converged=False), windows_at(), Reason.NOT_CONVERGED),
        (flat_expected(dict.fromkeys(range(96), 0.0), observed=0), windows_at(), Reason.NOTHING_EXPECTED),
        (flat_expected(dict.fromkeys(range(96), 0.0)), windows_at(), Reason.NOTHING_ELSE_SOLD),
        (flat_expected(dict.fromkeys(range(96), 0.0), 0), windows_at(), Reason.TOO_FEW_CONTROL_ORDERS),
        (flat_expected(other_orders=MIN_CONTROL_ORDERS - 1), windows_at(), Reason.TOO_FEW_CONTROL_ORDERS),
        (flat_expected().iloc[:70], windows_at(), Reason.ORDERS_INCOMPLETE),
        (ExpectedOrders.empty(), windows_at(), Reason.ORDERS_INCOMPLETE),
        (flat_expected(), windows_at(is_complete=False), Reason.ORDERS_INCOMPLETE),
    ],
)
def test_unknown_numbers_are_empty_with_a_reason(
    small: World, expected: pd.DataFrame, windows: pd.DataFrame, reason: Reason
):
    post = measured(small, expected, windows).loc[("m", "post")]
    assert post["status"] == "insufficient_data"
    assert post["reasons"] == reason
    assert post[["uplift_pct", "ci_low_pct", "ci_high_pct", "extra_orders"]].isna().all()


def test_just_enough_control_orders_are_enough(small: World):
    rows = measured(small, flat_expected(other_orders=MIN_CONTROL_ORDERS), windows_at())
    assert set(rows["status"]) == {"ok"}


def test_control_orders_are_the_habits_of_the_markets_that_are_free(small: World):
    """The other market's evening counts even if it happens to sell nothing, but not while its own team plays."""
    day = flat_expected(other_orders=60)
    week_later = day.assign(bin_at=day["bin_at"] + pd.Timedelta(days=7), week="2025-09-09")
    is_other = day["market"] == "market 09"
    assert set(measured(small, pd.concat([day, week_later]), windows_at())["status"]) == {"ok"}
    quiet = day.assign(observed=day["observed"].mask(is_other, 0))
    busy = week_later.assign(observed=day["observed"].mask(is_other, 120))
    assert set(measured(small, pd.concat([quiet, busy]), windows_at())["status"]) == {"ok"}
    playing = measured(small, pd.concat([day.assign(is_masked=is_other), busy]), windows_at())
    assert set(playing["reasons"]) == {Reason.TOO_FEW_CONTROL_ORDERS}


def test_few_controls_are_flagged_except_for_closed_hours(small: World):
    expected = flat_expected()
    controls = np.where(expected["bin_at"].dt.hour >= 17, 0, 4)
    closed = expected["expected"].mask(expected["bin_at"].dt.hour >= 17, 0.0)
    rows = measured(small, expected.assign(control_market_count=controls, expected=closed), windows_at()).loc["m"]
    assert set(rows["status"]) == {"ok"}
    assert set(rows["control_market_count"]) == {4}
    assert set(rows["reasons"]) == {Reason.FEW_CONTROLS}


def test_only_finished_matches_have_numbers_and_coming_ones_have_no_row(small: World):
    playing = measured(small, flat_expected(), windows_at(), [{**ONE_MATCH[0], "status": "IN_PLAY"}])
    assert set(playing["reasons"]) == {Reason.NOT_FINISHED}
    coming = impact_of(
        small,
        flat_expected(),
        match_windows=windows_at(),
        matches=RawMatches.conform([{**ONE_MATCH[0], "status": "TIMED"}]),
    )
    pd.testing.assert_frame_equal(coming, MatchImpact.empty())


def test_overlapping_windows_are_attributed_to_neither_match(small: World):
    later = KICKOFF + pd.Timedelta(hours=3)
    windows = MatchWindows.conform(pd.concat([windows_at(), windows_at(later, "n")]))
    market = replace(small.markets[0], teams=("team 00", "team 09"))
    world = replace(small, markets=(market,))
    rows = measured(world, flat_expected(), windows, [*ONE_MATCH, match_row("n", later, "team 09", "elsewhere")])
    refused = rows.index[rows["reasons"] == Reason.OVERLAPPING_MATCH].tolist()
    assert sorted(refused) == [("m", "during"), ("m", "post"), ("n", "during"), ("n", "pre")]


def test_simultaneous_matches_are_one_exposure_counted_once(small: World):
    windows = MatchWindows.conform(pd.concat([windows_at(), windows_at(match_id="n")]))
    market = replace(small.markets[0], teams=("team 00", "team 09"))
    world = replace(small, markets=(market,))
    rows = measured(world, flat_expected(), windows, [*ONE_MATCH, match_row("n", KICKOFF, "team 09", "elsewhere")])
    assert set(rows.loc["m", "status"]) == {"ok"}
    assert set(rows.loc["n", "reasons"]) == {Reason.OVERLAPPING_MATCH}


def test_without_extra_variance_the_interval_is_the_exact_poisson_one():
    from scipy.stats import chi2

    observed, expected, many = np.array([0.0, 7, 30]), np.array([5.0, 5, 28]), np.array([10**9] * 3)
    low, high = count_interval(observed, expected, 0.0, many)
    np.testing.assert_allclose(low * expected, [0, *chi2.ppf(0.025, 2 * observed[1:]) / 2], rtol=1e-6)
    np.testing.assert_allclose(high * expected, chi2.ppf(0.975, 2 * (observed + 1)) / 2, rtol=1e-6)


def test_single_intervals_cover_the_truth_of_a_null_world():
    impact = analyse(simulate(6, market_count=8, week_count=24, orders_per_bin=6)).impact
    ok = impact[impact["status"] == "ok"]
    covered = ((ok["ci_low_pct"] <= 0) & (ok["ci_high_pct"] >= 0)).mean()
    assert len(ok) > 300
    assert 0.91 <= covered <= 0.99
