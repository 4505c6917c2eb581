"""Store quarter-hours and panels, compared with slow and obvious sums."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.analysis.order_batches import FrameBatches
from pizza_assets.analysis.panel import Panel, chain_panels, market_panel, store_panel
from pizza_assets.analysis.store_quarters import store_quarters
from pizza_assets.models import QuarterHours, RawOrders
from pizza_assets.models.coverage import CoveredPeriod
from pizza_assets_tests.support.examples import examples

START = datetime(2025, 10, 21, 5, tzinfo=UTC)
WEEK = "2025-10-21"


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


def covered(market: str, chain: str, first: int, last: int, currency: str = "GBP") -> CoveredPeriod:
    return CoveredPeriod(market, chain, currency, at(first), at(last))


def orders_of(rows: list[tuple[str, str, str, float]]) -> pd.DataFrame:
    """Rows of (market, chain, store, minute)."""
    base = dict.fromkeys(RawOrders.column_names())
    return RawOrders.conform(
        [
            {
                **base,
                **{"order_id": str(n), "ordered_at": pd.Timestamp(at(minute)), "order_source": "real"},
                **{"market": market, "chain": chain, "store_id": store, "currency": "GBP"},
                **{"revenue_cents": 100, "pizza_count": 1, "source_name": "test"},
            }
            for n, (market, chain, store, minute) in enumerate(rows)
        ]
    )


def quarters_of(orders: list, periods: list[CoveredPeriod], minutes: int = 120) -> pd.DataFrame:
    return store_quarters(FrameBatches(orders_of(orders)), periods, START, at(minutes), order_source="real")


def as_dict(panel: Panel) -> dict:
    row, position = np.nonzero(panel.is_known)
    return {
        (panel.names[r], int(panel.first_bin + p)): int(panel.counts[r, p]) for r, p in zip(row, position, strict=True)
    }


def first_bin() -> int:
    return int(START.timestamp()) // 900


def test_stores_have_rows_for_all_covered_time_of_their_chain():
    rows = quarters_of(
        [("Leeds", "a", "1", 3), ("Leeds", "a", "1", 4), ("Leeds", "a", "2", 31)], [covered("Leeds", "a", 0, 45)]
    )
    assert rows["store_id"].tolist() == ["1"] * 3 + ["2"] * 3
    assert rows["order_count"].tolist() == [2, 0, 0, 0, 0, 1]
    assert rows["bin_at"].iloc[1] == pd.Timestamp(at(15))


def test_a_silent_chain_is_known_to_have_sold_nothing():
    rows = quarters_of([], [covered("Leeds", "a", 0, 30)])
    assert rows["store_id"].isna().all()
    assert rows["order_count"].tolist() == [0, 0]
    assert as_dict(market_panel(rows, WEEK)) == {("Leeds", first_bin()): 0, ("Leeds", first_bin() + 1): 0}
    assert store_panel(rows, WEEK).counts.size == 0


def test_a_change_of_currency_leaves_no_gap_and_half_a_quarter_is_unknown():
    rows = quarters_of([], [covered("Zagreb", "a", 0, 20, "HRK"), covered("Zagreb", "a", 20, 50, "EUR")])
    assert len(rows) == 3


def test_a_quarter_that_one_chain_does_not_cover_is_unknown_for_the_market_only():
    rows = quarters_of([("Leeds", "a", "1", 3)], [covered("Leeds", "a", 0, 45), covered("Leeds", "b", 0, 29)])
    assert as_dict(market_panel(rows, WEEK)) == {("Leeds", first_bin()): 1}
    assert len(as_dict(chain_panels(rows, WEEK)["a"])) == 3


def test_without_coverage_tables_and_panels_are_empty():
    rows = quarters_of([], [])
    pd.testing.assert_frame_equal(rows, QuarterHours.empty())
    assert market_panel(rows, WEEK).counts.size == store_panel(rows, WEEK).counts.size == 0
    assert Panel.joined([]).counts.size == 0


def test_weeks_are_joined_with_gaps_and_new_markets():
    first = market_panel(quarters_of([("Leeds", "a", "1", 3)], [covered("Leeds", "a", 0, 15)]), "2025-10-21")
    later = market_panel(
        quarters_of([("York", "a", "1", 65)], [covered("York", "a", 60, 75), covered("Leeds", "a", 60, 75)]),
        "2025-10-28",
    )
    joined = Panel.joined([later, first])
    assert as_dict(joined) == {
        ("Leeds", first_bin()): 1,
        ("Leeds", first_bin() + 4): 0,
        ("York", first_bin() + 4): 1,
    }
    assert joined.weeks.tolist() == ["2025-10-21", "2025-10-28"]
    assert joined.week[[0, 4]].tolist() == [0, 1]


_PLACES = st.tuples(st.sampled_from(["Leeds", "Åre"]), st.sampled_from(["a", "b"]))


@examples(100)
@given(
    spans=st.lists(st.tuples(_PLACES, st.integers(0, 60), st.integers(1, 50)), min_size=1, max_size=4),
    sold=st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["1", "2"]), st.floats(0, 0.99)), max_size=12),
    seed=st.integers(0, 99),
)
def test_equals_the_slow_sum_in_any_row_order(spans: list, sold: list, seed: int):
    periods = [covered(*place, first, first + length) for place, first, length in spans]
    orders = [
        (*spans[n % len(spans)][0], store, spans[n % len(spans)][1] + share * spans[n % len(spans)][2])
        for n, store, share in sold
    ]
    known = {place: _covered_minutes(spans, place) for place, _, _ in spans}
    expected = {}
    for market in {place[0] for place in known}:
        whole = {
            place: {q for q in range(8) if set(range(15 * q, 15 * q + 15)) <= minutes}
            for place, minutes in known.items()
            if place[0] == market
        }
        # a chain that covers no quarter-hour completely has no rows in the week
        whole = {place: quarters for place, quarters in whole.items() if quarters}
        for quarter in set.intersection(*whole.values()) if whole else ():
            expected[market, first_bin() + quarter] = sum(
                row[:2] in whole and 15 * quarter <= row[3] < 15 * quarter + 15 for row in orders
            )
    shuffled = np.random.default_rng(seed).permutation(len(orders))
    seen = FrameBatches(orders_of(orders).iloc[shuffled])
    rows = store_quarters(seen, periods, START, at(120), order_source="real")
    assert as_dict(market_panel(rows, WEEK)) == expected
    assert store_panel(rows, WEEK).counts.sum() == rows["order_count"].sum()


def _covered_minutes(spans: list, place: tuple[str, str]) -> set[int]:
    return {minute for other, first, length in spans if other == place for minute in range(first, first + length)}
