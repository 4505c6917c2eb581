"""Hours that a store lost are left out of the baseline and of windows, in their market and source only (0044)."""

import numpy as np
import pandas as pd
import pytest

from pizza_assets.analysis.baseline import expected_grids
from pizza_assets.analysis.lost_hour_alarms import usable_panels
from pizza_assets.analysis.match_impact import match_impact
from pizza_assets.models import OrderAnomalies
from pizza_assets_tests.analysis.simulated_worlds import LENGTHS, World, panels_of, simulate

PAIR, MARKET = ("mock", "mock"), "market 00"


@pytest.fixture(scope="module")
def world() -> World:
    return simulate(market_count=6, week_count=14)


def first_match(world: World) -> pd.DataFrame:
    """The windows of a match that one market follows."""
    own = world.windows[world.windows["market"] == MARKET]
    return own[own["match_id"] == own["match_id"].iloc[0]]


def outage(world: World, **changes: object) -> pd.DataFrame:
    """An outage from an hour before the match's last window to an hour into it."""
    starts_at = first_match(world)["window_start_at"].max().floor("15min") - pd.Timedelta(hours=1)
    blank = {column.name: (None if column.nullable else 0) for column in OrderAnomalies.columns()}
    row = {
        **blank, "market": MARKET, "chain": "dominos", "store_id": "a", "kind": "low", "starts_at": starts_at,
        "ends_at": starts_at + pd.Timedelta(hours=2), "expected": 40.0, "p_value": np.exp(-40.0),
        "order_source": "mock", "seen_in": "mock",
        **changes,
    }  # fmt: skip
    return OrderAnomalies.checked([row])


def lost(world: World, outages: pd.DataFrame) -> pd.DataFrame:
    """The quarter-hours of the world without the orders of the outages."""
    rows = world.quarters.copy()
    for row in outages.itertuples():
        inside = (rows["market"] == row.market) & rows["bin_at"].between(row.starts_at, row.ends_at, inclusive="left")
        rows.loc[inside, "observed"] = 0
    return rows


def test_lost_hours_are_unknown_and_windows_with_them_are_refused(world: World) -> None:
    found = outage(world)
    assert len(first_match(world)) == 3
    panels = usable_panels(panels_of(lost(world, found), world.match_source_by_week), found)
    grids = expected_grids(panels, world.matches, world.markets, LENGTHS)
    grid = grids[PAIR]
    row = grid.markets.get_loc(MARKET)
    known_before = panels_of(world.quarters, world.match_source_by_week)[PAIR].is_known
    assert (known_before & ~grid.is_known).sum(axis=1).tolist() == [8 if n == row else 0 for n in range(6)]
    impact = match_impact(world.windows, grids, world.matches, world.markets, LENGTHS)
    own = impact[(impact["match_id"] == first_match(world)["match_id"].iloc[0]) & (impact["market"] == MARKET)]
    reasons = own.set_index("window")["reasons"].str.contains("orders_incomplete")
    assert reasons.to_dict() == {"pre": False, "during": True, "post": True}


def test_the_baseline_is_the_same_whatever_is_in_the_lost_hours(world: World) -> None:
    found = outage(world)
    fits = [
        expected_grids(
            usable_panels(panels_of(rows, world.match_source_by_week), found), world.matches, world.markets, LENGTHS
        )[PAIR]
        for rows in (world.quarters, lost(world, found))
    ]
    assert np.isfinite(fits[0].expected).any()
    np.testing.assert_array_equal(fits[0].expected, fits[1].expected)
    np.testing.assert_array_equal(fits[0].observed, fits[1].observed)


@pytest.mark.parametrize(
    ("changes", "chain", "unknown"),
    [
        pytest.param({}, None, 8, id="lost"),
        pytest.param({}, "dominos", 8, id="its chain"),
        pytest.param({}, "another", 0, id="another chain"),
        pytest.param({"observed": 1}, None, 0, id="some orders"),
        pytest.param({"p_value": 1e-12}, None, 0, id="block without orders"),
        pytest.param({"kind": "high"}, None, 0, id="surge"),
        pytest.param({"order_source": "real"}, None, 0, id="other source"),
        pytest.param({"market": "elsewhere"}, None, 0, id="no such market"),
    ],
)
def test_only_lost_hours_of_the_same_source_and_chain_count(
    world: World, changes: dict[str, object], chain: str | None, unknown: int
) -> None:
    panels = panels_of(world.quarters, world.match_source_by_week)
    usable = usable_panels(panels, outage(world, **changes), chain)
    assert (panels[PAIR].is_known & ~usable[PAIR].is_known).sum() == unknown


def test_without_alarms_nothing_is_left_out(world: World) -> None:
    panels = panels_of(world.quarters, world.match_source_by_week)
    assert usable_panels(panels, OrderAnomalies.empty())[PAIR] is panels[PAIR]
