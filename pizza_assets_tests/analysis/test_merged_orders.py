"""Orders joined with their nearest match."""

from datetime import datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given

from pizza_assets.analysis.merged_orders import nearest_match_sources
from pizza_assets.analysis.order_batches import FrameBatches
from pizza_assets.analysis.windows import WindowLengths
from pizza_assets.models import MergedOrders, RawMatches, RawOrders
from pizza_assets.models.market import Market
from pizza_assets_tests.analysis.tables import a_match, an_order, at
from pizza_assets_tests.strategies import World, worlds
from pizza_assets_tests.support.examples import examples
from pizza_assets_tests.support.merging import merge_orders

LENGTHS = WindowLengths()
LONDON = Market("London", "Europe/London", ("Arsenal", "Chelsea"))
LEEDS = Market("Leeds", "Europe/London", ("Leeds United",))
SWAPPED = {"real": "mock", "mock": "real"}


def merged(matches: list[dict], *moments: datetime, market: str = "London") -> pd.DataFrame:
    orders = [an_order(f"o{i}", moment, market=market) for i, moment in enumerate(moments)]
    rows = merge_orders(FrameBatches(RawOrders.conform(orders)), RawMatches.conform(matches), [LONDON, LEEDS], LENGTHS)
    return MergedOrders.validate(rows)


@pytest.mark.parametrize(
    ("moment", "window", "minutes"),
    [
        ("12:00:00", "pre", -120),
        ("13:59:59", "pre", -1),
        ("14:00:00", "during", 0),
        ("15:54:59", "during", 114),
        ("15:55:00", "post", 115),
        ("17:54:59", "post", 234),
    ],
)
def test_an_order_is_in_the_window_that_contains_its_minute(moment: str, window: str, minutes: int) -> None:
    row = merged([a_match()], at(moment)).iloc[0]

    assert (row["window"], row["minutes_from_kickoff"], row["overlapping_match_count"]) == (window, minutes, 1)
    assert (row["match_id"], row["team"], row["side"], row["kickoff_at"]) == ("m1", "Arsenal", "home", at("14:00"))
    assert (row["order_source"], row["match_source"]) == ("real", "real")


@pytest.mark.parametrize("moment", ["11:59:59", "17:55:00"])
def test_an_order_outside_all_windows_is_left_out(moment: str) -> None:
    pd.testing.assert_frame_equal(merged([a_match()], at(moment)), MergedOrders.empty())


def test_an_order_of_a_market_that_follows_neither_side_is_left_out() -> None:
    assert merged([a_match()], at("14:30"), market="Leeds").empty


def test_extra_time_moves_the_final_whistle() -> None:
    rows = merged([a_match(decided_by="extra_time")], at("16:29"), at("16:30"))

    assert rows["window"].tolist() == ["during", "post"]


def test_the_nearest_kickoff_counts_and_a_tie_goes_to_the_earlier() -> None:
    matches = [a_match(), a_match(match_id="m2", kickoff_at=at("17:00"), home_team="Chelsea", match_source="mock")]

    rows = merged(matches, at("14:59"), at("15:00"), at("15:30:59"), at("15:31"), at("17:54"), at("17:55"))

    assert rows["match_id"].tolist() == ["m1", "m1", "m1", "m2", "m2", "m2"]
    assert rows["match_source"].tolist() == ["real", "real", "real", "mock", "mock", "mock"]
    assert rows["window"].tolist() == ["during", "during", "during", "pre", "during", "during"]
    assert rows["minutes_from_kickoff"].tolist() == [59, 60, 90, -89, 54, 55]
    assert rows["overlapping_match_count"].tolist() == [1, 2, 2, 2, 2, 1]


def test_at_the_same_kickoff_the_smaller_id_counts() -> None:
    matches = [
        a_match(match_id="a", home_team="Chelsea", match_source="real"),
        a_match(match_id="B", match_source="real"),
    ]

    row = merged(matches, at("14:10")).iloc[0]

    assert (row["match_id"], row["overlapping_match_count"]) == ("B", 2)


def test_a_nearer_match_whose_windows_are_over_is_ignored() -> None:
    lengths = WindowLengths(pre_minutes=300, post_minutes=1, regular_minutes=1)
    matches = [a_match(), a_match(match_id="m2", kickoff_at=at("18:00"), home_team="Chelsea")]

    row = merge_orders(
        FrameBatches(RawOrders.conform([an_order("o", at("14:02"))])), RawMatches.conform(matches), [LONDON], lengths
    ).iloc[0]

    assert (row["match_id"], row["window"], row["overlapping_match_count"]) == ("m2", "pre", 1)


def test_a_duplicate_match_is_refused() -> None:
    with pytest.raises(ValueError, match="match m1 is listed more than once"):
        merged([a_match(), a_match(kickoff_at=at("18:00"))], at("14:02"))


@pytest.mark.parametrize("matches", [[], [a_match()]])
def test_no_orders_give_an_empty_table(matches: list[dict]) -> None:
    pd.testing.assert_frame_equal(merged(matches), MergedOrders.empty())


def _open_windows(order: dict, world: World) -> list[tuple]:
    """The slow definition: (distance, kick-off, id, window, match) of every window that contains the order."""
    teams = next((market.teams for market in world.markets if market.name == order["market"]), ())
    lengths = {"extra_time": 150, "penalties": 165}
    found = []
    for match in world.matches.to_dict("records"):
        is_played = match["kickoff_is_fixed"] and match["status"] in {"FINISHED", "IN_PLAY", "PAUSED", "TIMED"}
        if not is_played or not {match["home_team"], match["away_team"]} & set(teams):
            continue
        kickoff = match["kickoff_at"]
        whistle = kickoff + timedelta(minutes=lengths.get(match["decided_by"], 115))
        edges = [kickoff - timedelta(hours=2), kickoff, whistle, whistle + timedelta(hours=2)]
        windows = [
            name
            for name, start, end in zip(("pre", "during", "post"), edges[:3], edges[1:], strict=True)
            if start <= order["ordered_at"] < end
        ]
        assert len(windows) <= 1
        minutes = (order["ordered_at"].floor("min") - kickoff) // timedelta(minutes=1)
        found += [(abs(minutes), kickoff, match["match_id"], name, minutes, match) for name in windows]
    return sorted(found, key=lambda f: f[:3])


def _brute_force(world: World) -> pd.DataFrame:
    rows = []
    for order in world.orders.to_dict("records"):
        found = _open_windows(order, world)
        if found:
            _, kickoff, match_id, window, minutes, match = found[0]
            teams = next(market.teams for market in world.markets if market.name == order["market"])
            side = "home" if match["home_team"] in teams else "away"
            labels = {"match_id": match_id, "team": match[f"{side}_team"], "side": side, "kickoff_at": kickoff}
            rows.append(
                {
                    **order,
                    **labels,
                    "window": window,
                    "minutes_from_kickoff": minutes,
                    "overlapping_match_count": len(found),
                    "match_source": match["match_source"],
                }
            )
    return MergedOrders.conform(rows)


# Property 12, Property 13: one test, because drawing a world and merging it is the expensive part
@examples(200)
@given(worlds())
def test_each_order_is_in_the_right_window_of_the_right_match_in_any_order_and_under_any_label(world: World) -> None:
    rows = merge_orders(FrameBatches(world.orders), world.matches, world.markets, LENGTHS)
    _each_order_is_in_the_right_window_of_the_right_match(world, rows)
    _order_of_rows_and_names_of_markets_do_not_matter(world, rows)
    _swapped_labels_change_labels_only(world, rows)


def _each_order_is_in_the_right_window_of_the_right_match(world: World, rows: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(rows, _brute_force(world))
    labels = nearest_match_sources(FrameBatches(world.orders), world.matches, world.markets, LENGTHS)
    assert labels == set(rows["match_source"])
    assert rows["order_id"].is_unique


def _order_of_rows_and_names_of_markets_do_not_matter(world: World, rows: pd.DataFrame) -> None:
    renamed = [Market("x" + m.name, m.timezone, m.teams[::-1]) for m in world.markets[::-1]]
    orders = world.orders.iloc[::-1].assign(market="x" + world.orders["market"])

    seen = merge_orders(FrameBatches(orders), world.matches.iloc[::-1], renamed, LENGTHS)

    pd.testing.assert_frame_equal(seen, rows.assign(market="x" + rows["market"]))


def _swapped_labels_change_labels_only(world: World, rows: pd.DataFrame) -> None:
    orders = world.orders.assign(order_source=world.orders["order_source"].map(SWAPPED))
    matches = world.matches.assign(match_source=world.matches["match_source"].map(SWAPPED))

    seen = merge_orders(FrameBatches(orders), matches, world.markets, LENGTHS)

    back = {name: seen[name].map(SWAPPED).astype("str") for name in ("order_source", "match_source")}
    pd.testing.assert_frame_equal(MergedOrders.conform(seen.assign(**back)), rows)
