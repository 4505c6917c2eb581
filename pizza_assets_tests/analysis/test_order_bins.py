"""Orders counted by minute."""

import json
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given

from pizza_assets.analysis.order_batches import FrameBatches
from pizza_assets.analysis.order_bins import bin_orders
from pizza_assets.models import OrderBins, RawOrders
from pizza_assets.models.coverage import CoveredPeriod
from pizza_assets.models.week import MatchWeek
from pizza_assets_tests.analysis.tables import an_order, at
from pizza_assets_tests.strategies import World, weeks, worlds
from pizza_assets_tests.support.examples import examples

SERIES = ["market", "chain", "currency"]
SUMS = ["order_count", "revenue_cents", "pizza_count"]


def covered(
    starts: str, ends: str, market: str = "London", chain: str = "dominos", currency: str = "GBP"
) -> CoveredPeriod:
    return CoveredPeriod(market, chain, currency, at(starts), at(ends))


def binned(orders: list[dict], *periods: CoveredPeriod, starts: str = "12:00", ends: str = "12:05") -> pd.DataFrame:
    bins = bin_orders(FrameBatches(RawOrders.conform(orders)), periods, at(starts), at(ends), order_source="real")
    return OrderBins.validate(bins)


def bins_of(world: World) -> pd.DataFrame:
    return bin_orders(
        FrameBatches(world.orders), world.covered, world.starts_at, world.ends_at, order_source=world.order_source
    )


def test_every_covered_minute_is_a_row_and_sums_are_exact() -> None:
    orders = [
        an_order("a", at("12:01:00"), store_id="s10", revenue_cents=999, pizza_count=1),
        an_order("b", at("12:01:59"), store_id="s2", revenue_cents=1001, pizza_count=3),
        an_order("c", at("12:01:30"), store_id="s10"),
        an_order("d", at("12:03:00"), store_id='the "one", Zürich'),
    ]

    bins = binned(orders, covered("12:00", "12:05"))

    assert bins["minute_at"].tolist() == [at(f"12:0{minute}") for minute in range(5)]
    assert bins["order_count"].tolist() == [0, 3, 0, 1, 0]
    assert bins["revenue_cents"].tolist() == [0, 4000, 0, 2000, 0]
    assert bins["pizza_count"].tolist() == [0, 6, 0, 2, 0]
    assert bins["store_ids"][1] == '["s10","s2"]'
    assert json.loads(bins["store_ids"][3]) == ['the "one", Zürich']
    assert bins["store_ids"].isna().tolist() == [True, False, True, False, True]
    assert (
        bins[["order_source", *SERIES]].drop_duplicates().to_numpy() == [["real", "London", "dominos", "GBP"]]
    ).all()


def test_uncovered_minutes_have_no_row() -> None:
    bins = binned(
        [an_order("a", at("12:04:59"))],
        covered("11:00", "12:02"),
        covered("12:01", "12:02"),
        covered("12:04", "13:00"),
    )

    assert bins["minute_at"].tolist() == [at("12:00"), at("12:01"), at("12:04")]
    assert bins["order_count"].tolist() == [0, 0, 1]


def test_series_without_orders_have_sorted_rows_and_currencies_stay_apart() -> None:
    orders = [an_order("a", at("12:00")), an_order("b", at("12:00"), currency="EUR")]
    period = ("12:00", "12:01")

    bins = binned(orders, covered(*period, "Åre"), covered(*period), covered(*period, currency="EUR"))

    assert bins[[*SERIES, "order_count"]].to_numpy().tolist() == [
        ["London", "dominos", "EUR", 1],
        ["London", "dominos", "GBP", 1],
        ["Åre", "dominos", "GBP", 0],
    ]


def test_the_highest_values_stay_exact() -> None:
    orders = [an_order(f"o{i}", at("12:00"), revenue_cents=100_000_000 - i, pizza_count=10_000) for i in range(1000)]

    bins = binned(orders, covered("12:00", "12:05"))

    assert bins["revenue_cents"][0] == sum(100_000_000 - i for i in range(1000))
    assert bins["pizza_count"][0] == 10_000_000


@pytest.mark.parametrize(
    "columns",
    [
        {"ordered_at": at("11:59:59")},
        {"ordered_at": at("12:05")},
        {"ordered_at": at("12:02:30")},
        {"market": "Leeds"},
        {"chain": "papa_johns"},
        {"currency": "EUR"},
    ],
)
def test_uncovered_orders_are_refused_with_an_example(columns: dict) -> None:
    orders = [an_order("good", at("12:01")), {**an_order("stray", at("12:01")), **columns}]
    periods = [
        covered("11:00", "12:02"),
        covered("12:03", "13:00"),
        covered("12:00", "12:05", "Åre", "papa_johns", "EUR"),
    ]

    with pytest.raises(ValueError, match=r"1 of 2 orders lie outside what their source covers, for example 'stray' of"):
        binned(orders, *periods)


def test_orders_without_any_coverage_are_refused() -> None:
    with pytest.raises(ValueError, match="1 of 1 orders lie outside"):
        binned([an_order("a", at("12:01"))])


def test_orders_with_another_label_are_refused() -> None:
    orders = [an_order("a", at("12:01")), an_order("m", at("12:01"), order_source="mock")]

    with pytest.raises(ValueError, match=r"1 of 2 orders are not labelled 'real' \(for example 'm'\)"):
        binned(orders, covered("12:00", "12:05"))


@pytest.mark.parametrize("crooked", [at("12:00:30"), datetime(2025, 9, 6, 12)])
def test_edges_must_be_whole_minutes_with_a_time_zone(crooked: datetime) -> None:
    with pytest.raises(ValueError, match="starts_at: 2025-09-06T12:00:"):
        bin_orders(FrameBatches(RawOrders.empty()), [], crooked, at("12:05"), order_source="real")


def test_a_covered_period_must_have_whole_minutes() -> None:
    with pytest.raises(ValueError, match="a covered period of London: 2025-09-06T12:01:30"):
        binned([], covered("12:01:30", "12:05"))


def test_without_coverage_the_table_is_empty() -> None:
    pd.testing.assert_frame_equal(binned([]), OrderBins.empty())


def _brute_force(world: World) -> list[tuple]:
    rows = []
    orders = world.orders.to_dict("records")
    for key in sorted({(p.market, p.chain, p.currency) for p in world.covered}):
        own = [order for order in orders if (order["market"], order["chain"], order["currency"]) == key]
        periods = [p for p in world.covered if (p.market, p.chain, p.currency) == key]
        minute = world.starts_at
        while minute < world.ends_at:
            if any(p.starts_at <= minute < p.ends_at for p in periods):
                sold = [o for o in own if minute <= o["ordered_at"] < minute + timedelta(minutes=1)]
                sums = [sum(o[name] for o in sold) for name in SUMS[1:]]
                stores = sorted({o["store_id"] for o in sold}) if sold else None
                rows.append((world.order_source, *key, minute, len(sold), *sums, stores))
            minute += timedelta(minutes=1)
    return rows


# Property 13: one test, because a drawn world and its bins are the expensive part
@examples(100)
@given(worlds())
def test_bins_are_as_defined_in_any_order_of_rows_and_under_any_label(world: World) -> None:
    bins = bins_of(world)
    _equals_the_definition_minute_by_minute(world, bins)
    _is_sorted_and_sums_to_the_orders(world, bins)
    _order_of_rows_and_names_of_markets_do_not_matter(world, bins)
    _the_label_changes_the_label_only(world, bins)


def _equals_the_definition_minute_by_minute(world: World, bins: pd.DataFrame) -> None:
    seen = [
        (*row[:-1], None if pd.isna(row[-1]) else json.loads(row[-1]))
        for row in bins.itertuples(index=False, name=None)
    ]
    assert seen == _brute_force(world)


def _is_sorted_and_sums_to_the_orders(world: World, bins: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(OrderBins.conform(bins), bins)
    assert not bins.duplicated(list(OrderBins.key())).any()
    sums = bins[bins["order_count"] > 0].groupby(SERIES)[SUMS].sum()
    pd.testing.assert_frame_equal(sums, world.orders.assign(order_count=1).groupby(SERIES)[SUMS].sum())


def _order_of_rows_and_names_of_markets_do_not_matter(world: World, bins: pd.DataFrame) -> None:
    renamed = world.orders.iloc[::-1].assign(market="x" + world.orders["market"])
    periods = [CoveredPeriod("x" + p.market, p.chain, p.currency, p.starts_at, p.ends_at) for p in world.covered[::-1]]

    seen = bin_orders(FrameBatches(renamed), periods, world.starts_at, world.ends_at, order_source=world.order_source)

    pd.testing.assert_frame_equal(seen, bins.assign(market="x" + bins["market"]))


def _the_label_changes_the_label_only(world: World, bins: pd.DataFrame) -> None:
    other = {"real": "mock", "mock": "real"}[world.order_source]
    relabelled = world.orders.assign(order_source=pd.Series(other, index=world.orders.index, dtype="str"))

    seen = bin_orders(FrameBatches(relabelled), world.covered, world.starts_at, world.ends_at, order_source=other)

    assert (seen["order_source"] == other).all()
    pd.testing.assert_frame_equal(seen.drop(columns="order_source"), bins.drop(columns="order_source"))


# Property 17
@examples(100)
@given(weeks())
def test_a_week_is_dense_whatever_the_clock_does(week: MatchWeek) -> None:
    period = CoveredPeriod("London", "dominos", "GBP", week.starts_at, week.ends_at)
    edges = [week.starts_at, week.ends_at - timedelta(microseconds=1)]
    orders = RawOrders.conform([an_order(f"o{i}", moment) for i, moment in enumerate(edges)])

    bins = bin_orders(FrameBatches(orders), [period], week.starts_at, week.ends_at, order_source="real")

    assert len(bins) == week.minutes
    assert (bins["minute_at"].diff().dropna() == pd.Timedelta(minutes=1)).all()
    assert bins["order_count"].iloc[[0, -1]].tolist() == [1, 1]


@pytest.mark.parametrize(("day", "hours"), [("2025-03-25", 167), ("2025-10-21", 169), ("2025-06-03", 168)])
def test_weeks_with_a_clock_change_have_an_hour_less_or_more(day: str, hours: int) -> None:
    week = MatchWeek.of_date(datetime.fromisoformat(day).replace(tzinfo=UTC).date(), "Europe/London")
    period = CoveredPeriod("London", "dominos", "GBP", week.starts_at, week.ends_at)

    bins = bin_orders(FrameBatches(RawOrders.empty()), [period], week.starts_at, week.ends_at, order_source="mock")

    assert len(bins) == 60 * hours
    assert bins["order_count"].sum() == 0
