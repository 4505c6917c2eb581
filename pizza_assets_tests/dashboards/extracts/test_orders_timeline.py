import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.dashboards import extracts
from pizza_assets.models.extracts import OrdersTimelineExtract
from pizza_assets.models.merged import OrderBins
from pizza_assets_tests.support.examples import examples

MONDAY = pd.Timestamp("2026-08-03T23:30Z")
_BIN = st.tuples(
    st.sampled_from(["real", "mock"]),
    st.sampled_from(["Leeds", "Fulham"]),
    st.sampled_from(["Domino's", "Pizza Hut"]),
    st.sampled_from(["GBP", "EUR"]),
    st.integers(0, 300),
)


def bins(cells: dict) -> pd.DataFrame:
    return OrderBins.conform(
        [
            {
                "order_source": source,
                "market": market,
                "chain": chain,
                "currency": currency,
                "minute_at": MONDAY + pd.Timedelta(minutes=minute),
                "order_count": count,
                "revenue_cents": count * 1000,
                "pizza_count": count * 2,
                "store_ids": None,
            }
            for (source, market, chain, currency, minute), count in cells.items()
        ]
    )


# Property 9: labels survive to the dashboard, and nothing is summed across them
@examples(100)
@given(st.dictionaries(_BIN, st.integers(0, 9), max_size=25), st.randoms(use_true_random=False))
def test_timeline_equals_a_plain_group_by_in_any_row_order(cells, random):
    frame = bins(cells)
    order = list(range(len(frame)))
    random.shuffle(order)
    shuffled = frame.iloc[order].reset_index(drop=True)
    timeline = extracts.orders_timeline(shuffled)
    OrdersTimelineExtract.validate(timeline, lazy=True)
    plain = (
        frame.assign(hour_at=frame["minute_at"].dt.floor("h"), covered_minutes=1)
        .groupby(list(OrdersTimelineExtract.key()), as_index=False)[
            ["order_count", "revenue_cents", "pizza_count", "covered_minutes"]
        ]
        .sum()
    )
    pd.testing.assert_frame_equal(timeline, OrdersTimelineExtract.conform(plain))
    encoded = shuffled.astype(dict.fromkeys(extracts.TIMELINE_NAMES, "category"))
    pd.testing.assert_frame_equal(extracts.orders_timeline(encoded), timeline)


def test_an_hour_split_between_two_weeks_is_added_up():
    key = ("mock", "Leeds", "Domino's", "GBP")
    first, second = bins({(*key, 40): 2}), bins({(*key, 70): 3})
    joined = extracts.joined_timelines([extracts.orders_timeline(first), extracts.orders_timeline(second)])
    assert joined[["order_count", "covered_minutes"]].to_numpy().tolist() == [[5, 2]]


def test_no_bins_give_an_empty_timeline():
    assert extracts.orders_timeline(OrderBins.empty()).empty
    assert extracts.joined_timelines([]).empty


def test_a_dense_week_is_summed_exactly():
    minutes = pd.date_range("2026-08-04T05:00Z", periods=10_080, freq="min", unit="us")
    week = pd.concat(
        [
            pd.DataFrame(
                {
                    "order_source": "mock",
                    "market": market,
                    "chain": "Domino's",
                    "currency": "GBP",
                    "minute_at": minutes,
                    "order_count": 1,
                    "revenue_cents": 10,
                    "pizza_count": 1,
                    "store_ids": None,
                }
            )
            for market in ("Fulham", "Leeds")
        ]
    )
    timeline = extracts.orders_timeline(OrderBins.conform(week))
    assert len(timeline) == 2 * 168
    assert np.unique(timeline["covered_minutes"]).tolist() == [60]
    assert timeline["revenue_cents"].sum() == len(week) * 10
