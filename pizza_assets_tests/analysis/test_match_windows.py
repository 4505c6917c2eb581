"""Orders in each window of each match."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.analysis.match_windows import BINS_COLUMNS, BINS_TEXTS, sum_windows
from pizza_assets.analysis.order_batches import FrameBatches
from pizza_assets.analysis.order_bins import bin_orders
from pizza_assets.analysis.windows import WindowLengths
from pizza_assets.models import MatchWindows, OrderBins, RawMatches, RawOrders
from pizza_assets.models.coverage import CoveredPeriod
from pizza_assets.models.market import Market
from pizza_assets.models.week import MatchWeek
from pizza_assets_tests.analysis.tables import a_match, an_order, at
from pizza_assets_tests.strategies import World, weeks, worlds
from pizza_assets_tests.support.examples import examples
from pizza_assets_tests.support.merging import merge_orders

LENGTHS = WindowLengths()
LONDON = Market("London", "Europe/London", ("Arsenal", "Chelsea"))
LEEDS = Market("Leeds", "Europe/London", ("Leeds United",))
SWAPPED = {"real": "mock", "mock": "real"}
COUNTS = ["covered_minutes", "is_complete", "order_count", "revenue_cents", "pizza_count", "store_count"]
WINDOWS = ("pre", "during", "post")


def binned(
    orders: list[dict], starts: str = "10:00", ends: str = "20:00", label: str = "real", chain: str = "dominos"
) -> pd.DataFrame:
    period = CoveredPeriod("London", chain, "GBP", at(starts), at(ends))
    labelled = [{**order, "order_source": label, "chain": chain} for order in orders]
    return bin_orders(
        FrameBatches(RawOrders.conform(labelled)), [period], period.starts_at, period.ends_at, order_source=label
    )


def summed(matches: list[dict], *bins: pd.DataFrame) -> pd.DataFrame:
    known = pd.concat(bins, ignore_index=True) if bins else OrderBins.empty()
    rows = sum_windows(RawMatches.conform(matches), known, [LONDON, LEEDS], LENGTHS)
    return (
        MatchWindows.validate(rows)
        .assign(window=pd.Categorical(rows["window"], WINDOWS))
        .sort_values(["order_source", "chain", "match_id", "window"], ignore_index=True)
    )


def test_a_match_counted_by_hand() -> None:
    orders = [
        an_order("too early", at("11:59:59")),
        an_order("a", at("12:00"), revenue_cents=1000, pizza_count=1),
        an_order("b", at("13:59:59"), revenue_cents=2000, store_id="s2"),
        an_order("c", at("13:59:58"), revenue_cents=3001, store_id="s2"),
        an_order("d", at("15:55"), revenue_cents=500, pizza_count=0, store_id="s3"),
        an_order("too late", at("17:55")),
    ]

    rows = summed([a_match()], binned(orders))

    assert rows["window"].tolist() == list(WINDOWS)
    assert rows[COUNTS].to_numpy().tolist() == [
        [120, True, 3, 6001, 5, 2],
        [115, True, 0, 0, 0, 0],
        [120, True, 1, 500, 0, 1],
    ]
    assert rows["average_order_cents"].tolist() == pytest.approx([6001 / 3, np.nan, 500], nan_ok=True)
    assert rows["orders_per_hour"].tolist() == [1.5, 0, 0.5]
    assert rows["window_start_at"].tolist() == [at("12:00"), at("14:00"), at("15:55")]
    assert rows["window_end_at"].tolist() == [at("14:00"), at("15:55"), at("17:55")]
    labels = ["match_id", "sport", "competition", "kickoff_at", "market", "team", "side", "chain", "currency"]
    assert rows[labels].drop_duplicates().to_numpy().tolist() == [
        ["m1", "football", "Premier League", at("14:00"), "London", "Arsenal", "home", "dominos", "GBP"]
    ]


def test_missing_minutes_are_not_zero_orders() -> None:
    rows = summed([a_match()], binned([an_order("a", at("12:30"))], "12:30", "14:05"))

    assert rows[COUNTS].to_numpy().tolist() == [
        [90, False, 1, 2000, 2, 1],
        [5, False, 0, 0, 0, 0],
        [0, False, 0, 0, 0, 0],
    ]
    assert rows["orders_per_hour"].tolist() == pytest.approx([60 / 90, 0, np.nan], nan_ok=True)


def test_a_window_across_the_edge_of_the_week_needs_the_neighbouring_week() -> None:
    own, neighbour = binned([], "10:00", "16:00"), binned([an_order("a", at("16:00"))], "16:00", "20:00")

    alone, both = summed([a_match()], own), summed([a_match()], neighbour, own)

    assert alone["covered_minutes"].tolist() == [120, 115, 5]
    assert alone["is_complete"].tolist() == [True, True, False]
    assert both["is_complete"].all()
    assert both["order_count"].tolist() == [0, 0, 1]


def test_overlapping_matches_both_count_the_same_order() -> None:
    matches = [a_match(), a_match(match_id="m2", kickoff_at=at("15:00"), home_team="Chelsea")]

    rows = summed(matches, binned([an_order("a", at("14:30"))]))

    assert rows.loc[rows["order_count"] == 1, ["match_id", "window"]].to_numpy().tolist() == [
        ["m1", "during"],
        ["m2", "pre"],
    ]


def test_chains_and_labels_stay_apart() -> None:
    orders = [an_order("a", at("14:30"))]

    rows = summed([a_match()], binned(orders), binned([], label="mock"), binned(orders, chain="papa_johns"))

    during = rows[rows["window"] == "during"]
    assert during[["order_source", "chain", "order_count"]].to_numpy().tolist() == [
        ["mock", "dominos", 0],
        ["real", "dominos", 1],
        ["real", "papa_johns", 1],
    ]


def test_a_label_without_coverage_is_left_out_if_the_other_label_has_some() -> None:
    real, mock = binned([], "10:00", "18:00"), binned([], "18:00", "20:00", label="mock")
    later = a_match(match_id="m2", kickoff_at=at("18:00"), home_team="Chelsea")

    rows = summed([a_match(), later], real, mock)

    assert rows[["match_id", "order_source"]].drop_duplicates().to_numpy().tolist() == [
        ["m2", "mock"],
        ["m1", "real"],
        ["m2", "real"],
    ]


def test_a_coming_match_has_rows_without_rates() -> None:
    rows = summed(
        [a_match(status="TIMED", decided_by=None, home_goals=None, away_goals=None)], binned([], "01:00", "02:00")
    )

    assert rows["covered_minutes"].tolist() == [0, 0, 0]
    assert rows["orders_per_hour"].isna().all()


def test_a_market_without_bins_has_no_rows() -> None:
    assert summed([a_match(home_team="Leeds United")], binned([])).empty
    pd.testing.assert_frame_equal(
        sum_windows(RawMatches.conform([a_match()]), OrderBins.empty(), [LONDON], LENGTHS), MatchWindows.empty()
    )
    pd.testing.assert_frame_equal(sum_windows(RawMatches.empty(), binned([]), [LONDON], LENGTHS), MatchWindows.empty())


def test_a_duplicate_minute_is_refused() -> None:
    with pytest.raises(ValueError, match=r"more than once.*give each week's bins once"):
        summed([a_match()], binned([], "10:00", "12:01"), binned([], "12:00", "13:00"))


def test_a_duplicate_match_is_refused() -> None:
    with pytest.raises(ValueError, match="match m1 is listed more than once"):
        summed([a_match(), a_match(kickoff_at=at("16:00"))], binned([]))


def labelled_bins(world: World, labels: dict[str, str]) -> pd.DataFrame:
    """The world's bins, each chain with its own label."""
    parts = []
    for chain, label in labels.items():
        orders = world.orders[world.orders["chain"] == chain]
        orders = orders.assign(order_source=pd.Series(label, index=orders.index, dtype="str"))
        covered = [period for period in world.covered if period.chain == chain]
        parts.append(bin_orders(FrameBatches(orders), covered, world.starts_at, world.ends_at, order_source=label))
    return pd.concat(parts, ignore_index=True)


def bins_of(world: World) -> pd.DataFrame:
    return labelled_bins(world, dict.fromkeys(("dominos", "papa_johns"), world.order_source))


def _brute_force(world: World) -> list[tuple]:
    rows = []
    lengths = {"extra_time": 150, "penalties": 165}
    minutes = [
        world.starts_at + timedelta(minutes=n)
        for n in range(int((world.ends_at - world.starts_at).total_seconds() // 60))
    ]
    known = {
        (p.market, p.chain, p.currency): {
            m
            for q in world.covered
            if (q.market, q.chain, q.currency) == (p.market, p.chain, p.currency)
            for m in minutes
            if q.starts_at <= m < q.ends_at
        }
        for p in world.covered
    }
    orders = world.orders.to_dict("records")
    for match in world.matches.to_dict("records"):
        if not match["kickoff_is_fixed"] or match["status"] not in {"FINISHED", "IN_PLAY", "PAUSED", "TIMED"}:
            continue
        kickoff = match["kickoff_at"]
        whistle = kickoff + timedelta(minutes=lengths.get(match["decided_by"], 115))
        edges = [kickoff - timedelta(hours=2), kickoff, whistle, whistle + timedelta(hours=2)]
        for market in world.markets:
            side = next((s for s in ("home", "away") if match[f"{s}_team"] in market.teams), None)
            for series, known_minutes in known.items():
                if side is None or series[0] != market.name or not known_minutes:
                    continue
                own = [o for o in orders if (o["market"], o["chain"], o["currency"]) == series]
                for window, start, end in zip(WINDOWS, edges, edges[1:], strict=False):
                    sold = [o for o in own if start <= o["ordered_at"] < end]
                    covered = sum(start <= m < end for m in known_minutes)
                    revenue = sum(o["revenue_cents"] for o in sold)
                    rows.append(
                        (
                            (match["match_id"], *series, window, match["match_source"], world.order_source),
                            (match[f"{side}_team"], side, kickoff, start, end),
                            (covered, covered * timedelta(minutes=1) == end - start),
                            (
                                len(sold),
                                revenue,
                                sum(o["pizza_count"] for o in sold),
                                len({o["store_id"] for o in sold}),
                            ),
                            (revenue / len(sold) if sold else None, len(sold) * 60 / covered if covered else None),
                        )
                    )
    return sorted(rows, key=lambda row: row[0])


# Property 12, Property 14: one test, because a drawn world and its windows are the expensive part
@examples(100)
@given(worlds(), st.integers(0, 9))
def test_windows_agree_with_their_definition_and_with_merged_orders_in_any_order_of_rows(
    world: World, seed: int
) -> None:
    bins = bins_of(world)
    rows = sum_windows(world.matches, bins, world.markets, LENGTHS)
    _every_exposed_match_has_its_numbers_in_every_window(world, rows)
    _merged_orders_tell_the_same_story(world, rows)
    _order_of_rows_and_names_of_markets_do_not_matter(world, bins, rows, seed)
    encoded = bins.astype(dict.fromkeys(BINS_TEXTS, "category"))
    pd.testing.assert_frame_equal(sum_windows(world.matches, encoded[BINS_COLUMNS], world.markets, LENGTHS), rows)


def _every_exposed_match_has_its_numbers_in_every_window(world: World, rows: pd.DataFrame) -> None:
    groups = (
        ["match_id", "market", "chain", "currency", "window", "match_source", "order_source"],
        ["team", "side", "kickoff_at", "window_start_at", "window_end_at"],
        ["covered_minutes", "is_complete"],
        ["order_count", "revenue_cents", "pizza_count", "store_count"],
        ["average_order_cents", "orders_per_hour"],
    )
    records = rows.to_dict("records")
    seen = [
        tuple(tuple(None if pd.isna(row[name]) else row[name] for name in names) for names in groups) for row in records
    ]
    assert sorted(seen, key=lambda row: row[0]) == _brute_force(world)
    assert not rows.duplicated(list(MatchWindows.key())).any()


def _merged_orders_tell_the_same_story(world: World, rows: pd.DataFrame) -> None:
    merged = merge_orders(FrameBatches(world.orders), world.matches, world.markets, LENGTHS)

    assert rows["order_count"].sum() == merged["overlapping_match_count"].sum()
    weighted = merged["overlapping_match_count"] * merged["revenue_cents"]
    assert rows["revenue_cents"].sum() == weighted.sum()


def _order_of_rows_and_names_of_markets_do_not_matter(
    world: World, bins: pd.DataFrame, rows: pd.DataFrame, seed: int
) -> None:
    shuffled = bins.assign(market="x" + bins["market"]).sample(frac=1, random_state=seed)
    renamed = [Market("x" + m.name, m.timezone, m.teams[::-1]) for m in world.markets[::-1]]

    seen = sum_windows(world.matches.iloc[::-1], shuffled, renamed, LENGTHS)

    pd.testing.assert_frame_equal(seen, rows.assign(market="x" + rows["market"]))


# Property 13
@examples(100)
@given(worlds())
def test_swapped_labels_change_labels_only(world: World) -> None:
    labels = {"dominos": "real", "papa_johns": "mock"}
    matches = world.matches.assign(match_source=world.matches["match_source"].map(SWAPPED))

    rows = sum_windows(world.matches, labelled_bins(world, labels), world.markets, LENGTHS)
    swapped = labelled_bins(world, {chain: SWAPPED[label] for chain, label in labels.items()})
    seen = sum_windows(matches, swapped, world.markets, LENGTHS)

    back = {name: seen[name].map(SWAPPED).astype("str") for name in ("order_source", "match_source")}
    pd.testing.assert_frame_equal(MatchWindows.conform(seen.assign(**back)), rows)


# Property 17
@examples(100)
@given(weeks(), st.integers(0, 167 * 4 - 1))
def test_windows_are_complete_in_every_week_with_its_neighbours(week: MatchWeek, quarter: int) -> None:
    three = [week.shifted(-1), week, week.shifted(1)]
    series = ("London", "dominos", "GBP")
    bins = pd.concat(
        bin_orders(
            FrameBatches(RawOrders.empty()),
            [CoveredPeriod(*series, w.starts_at, w.ends_at)],
            w.starts_at,
            w.ends_at,
            order_source="real",
        )
        for w in three
    )
    matches = RawMatches.conform([a_match(kickoff_at=week.starts_at + timedelta(minutes=15 * quarter))])

    rows = sum_windows(matches, bins, [LONDON], LENGTHS)

    assert dict(zip(rows["window"], rows["covered_minutes"], strict=True)) == {"pre": 120, "during": 115, "post": 120}
    assert rows["is_complete"].all()
