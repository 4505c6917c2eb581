"""One pass over orders, in parts, by two threads, compared with slow and obvious sums."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.analysis.exposure import exposures
from pizza_assets.analysis.order_batches import FrameBatches
from pizza_assets.analysis.order_kernel import OrderSums, Timeline, sum_orders
from pizza_assets.analysis.outlets import OutletNumbers
from pizza_assets.analysis.windows import WindowLengths, edges_by_match
from pizza_assets.models import RawOrders
from pizza_assets_tests.analysis.tables import an_order, at
from pizza_assets_tests.strategies import World, worlds
from pizza_assets_tests.support.examples import examples


class Parts:
    """A frame in parts of batches, each with its own dictionaries, like row groups."""

    def __init__(self, frame: pd.DataFrame, part_edges: Sequence[int], batch_rows: int) -> None:
        edges = [0, *sorted(edge % (len(frame) + 1) for edge in part_edges), len(frame)]
        self._parts = [frame.iloc[first:last] for first, last in pairwise(edges)]
        self._rows = batch_rows

    @property
    def part_count(self) -> int:
        return len(self._parts)

    def batches(self, part: int, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        for batch in FrameBatches(self._parts[part]).batches(0, columns):
            yield from pa.Table.from_batches([batch]).to_batches(max_chunksize=self._rows)


def minutes_between(start: datetime, moment: datetime) -> int:
    return (moment - start) // timedelta(minutes=1)


def summed(world: World, orders, cuts: np.ndarray | None = None) -> OrderSums:
    series = sorted({(p.market, p.chain, p.currency) for p in world.covered})
    first = int(world.starts_at.timestamp()) // 60
    return sum_orders(orders, series, Timeline(first, minutes_between(world.starts_at, world.ends_at), cuts))


# Property 12: each order is counted once, in its minute, whatever the order of the rows
@examples(100)
@given(worlds(), st.lists(st.integers(0, 30), max_size=4), st.integers(1, 7), st.randoms())
def test_sums_equal_a_slow_count_in_any_order_and_parts(
    world: World, parts: list[int], batch_rows: int, random
) -> None:
    shuffled = world.orders.iloc[random.sample(range(len(world.orders)), len(world.orders))]

    sums = summed(world, Parts(shuffled, parts, batch_rows))

    expected = np.zeros((3, *sums.by_minute["order_count"].shape), dtype=np.int64)
    sold = set()
    for order in world.orders.to_dict("records"):
        cell = (
            minutes_between(world.starts_at, order["ordered_at"]),
            sums.series.index((order["market"], order["chain"], order["currency"])),
        )
        expected[(slice(None), *cell)] += [1, order["revenue_cents"], order["pizza_count"]]
        sold.add((order["market"], order["chain"], order["currency"], order["store_id"], cell[0]))
    assert (expected == [sums.by_minute[name] for name in ("order_count", "revenue_cents", "pizza_count")]).all()
    assert {(*sums.outlets[row], minute) for row, minute in np.argwhere(sums.is_sold)} == sold
    assert sums.stray_count == 0
    assert sums.outlets == sorted(sums.outlets)


# Property 12, Property 14: also windows across the edges of the period, which are counted in part
@examples(100)
@given(worlds(least_matches=2), st.integers(1, 7))
def test_stores_are_distinct_in_spans_cut_at_window_edges(world: World, batch_rows: int) -> None:
    exposed = exposures(world.matches, world.markets)
    first, minutes = int(world.starts_at.timestamp()) // 60, minutes_between(world.starts_at, world.ends_at)
    edges = np.clip(edges_by_match(exposed, world.matches, WindowLengths()) - first, 0, minutes)
    cuts = np.unique(np.append(edges[edges < minutes], 0))

    sums = summed(world, Parts(world.orders, [5, 11], batch_rows), cuts)

    minute = (world.orders["ordered_at"] - world.starts_at) // pd.Timedelta(minutes=1)
    for market, match_edges in zip(exposed["market"], edges, strict=True):
        for start, end in pairwise(match_edges):
            inside = world.orders[(world.orders["market"] == market) & (minute >= start) & (minute < end)]
            spans = slice(*np.searchsorted(cuts, [start, end]))
            rows = [row for row, outlet in enumerate(sums.outlets) if outlet.market == market]
            sold = {sums.outlets[row] for row in rows if sums.is_sold[row, spans].any()}
            columns = ["market", "chain", "currency", "store_id"]
            assert sold == set(inside[columns].itertuples(index=False, name=None))
            own = [number for number, series in enumerate(sums.series) if series[0] == market]
            assert sums.by_minute["order_count"][start:end, own].sum() == len(inside)
            assert sums.by_minute["revenue_cents"][start:end, own].sum() == inside["revenue_cents"].sum()


def test_orders_of_other_series_are_counted_as_strays() -> None:
    orders = [
        an_order("in", at("12:00")),
        an_order("early", at("11:59:59")),
        an_order("late", at("12:05")),
        an_order("elsewhere", at("12:01"), market="Leeds"),
        an_order("in euros", at("12:01"), currency="EUR"),
    ]
    first = int(at("12:00").timestamp()) // 60

    sums = sum_orders(FrameBatches(RawOrders.conform(orders)), [("London", "dominos", "GBP")], Timeline(first, 5))

    assert sums.stray_count == 4
    assert sums.by_minute["order_count"].sum() == 1
    assert [outlet.market for outlet in sums.outlets] == ["London"]


@pytest.mark.parametrize(
    ("column", "value"), [("revenue_cents", 100_000_001), ("revenue_cents", -1), ("pizza_count", 10_001)]
)
def test_values_too_large_for_exact_sums_are_refused(column: str, value: int) -> None:
    orders = RawOrders.conform([an_order("a", at("12:00")), an_order("b", at("12:00"), **{column: value})])
    first = int(at("12:00").timestamp()) // 60

    with pytest.raises(ValueError, match=f"{column} is {value} in an order"):
        sum_orders(FrameBatches(orders), [("London", "dominos", "GBP")], Timeline(first, 5))


def test_the_highest_values_stay_exact_over_many_batches() -> None:
    count = 300_001
    order = RawOrders.conform([an_order("a", at("12:02"), revenue_cents=99_999_999, pizza_count=10_000)])
    orders = FrameBatches(order.take(np.zeros(count, dtype=int)))
    first = int(at("12:00").timestamp()) // 60

    sums = sum_orders(orders, [("London", "dominos", "GBP")], Timeline(first, 5))

    assert sums.by_minute["order_count"][2, 0] == count
    assert sums.by_minute["revenue_cents"][2, 0] == count * 99_999_999
    assert sums.by_minute["pizza_count"][2, 0] == count * 10_000


@pytest.mark.parametrize("size", [3, 5_000])
def test_outlets_are_numbered_the_same_without_a_table_of_all_combinations(size: int) -> None:
    numbers = np.arange(size)
    names = pa.array([f"name {number}" for number in numbers])
    column = pa.DictionaryArray.from_arrays(pa.array(numbers, pa.int32()), names)
    constant = pa.array(["GBP"] * size).dictionary_encode()
    batch = pa.record_batch({"market": column, "chain": column, "currency": constant, "store_id": column})
    known = OutletNumbers()

    seen = known.of(batch)

    assert [known.outlets[number].store_id for number in seen] == names.to_pylist()
    assert (known.of(batch) == seen).all()
