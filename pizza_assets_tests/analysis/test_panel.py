"""Minute bins to quarter-hours: against a slow and obvious sum."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from pizza_assets.analysis.panel import COLUMNS, quarter_hours
from pizza_assets.models import OrderBins

START = pd.Timestamp("2025-10-21 05:00", tz="UTC")


def bins_of(rows: list[tuple[str, str, str, str, int, int]]) -> pd.DataFrame:
    """Rows of (order_source, market, chain, currency, minute, orders)."""
    return OrderBins.conform(
        [
            {
                **{"order_source": source, "market": market, "chain": chain, "currency": currency},
                **{"minute_at": START + pd.Timedelta(minutes=minute), "order_count": orders},
                **{"revenue_cents": 0, "pizza_count": 0, "store_ids": None},
            }
            for source, market, chain, currency, minute, orders in rows
        ]
    )


def covered(
    market: str, chain: str, minutes: range, *, orders: int = 1, currency: str = "GBP", source: str = "real"
) -> list:
    return [(source, market, chain, currency, minute, orders) for minute in minutes]


def slow_quarter_hours(bins: pd.DataFrame) -> dict:
    minutes = bins.assign(quarter=bins["minute_at"].dt.floor("15min"))
    known = {}
    for (source, market), rows in minutes.groupby(["order_source", "market"]):
        chains = set(rows["chain"])
        for quarter, cell in rows.groupby("quarter"):
            if all(cell.loc[cell["chain"] == chain, "minute_at"].nunique() == 15 for chain in chains):
                known[source, market, quarter] = int(cell["order_count"].sum())
    return known


def as_dict(quarters: pd.DataFrame) -> dict:
    keys = zip(quarters["order_source"], quarters["market"], quarters["bin_at"], strict=True)
    return dict(zip(keys, quarters["observed"].tolist(), strict=True))


def test_chains_and_currencies_are_summed():
    rows = covered("Leeds", "a", range(30)) + covered("Leeds", "b", range(30), orders=2)
    rows += covered("Leeds", "b", range(30), orders=3, currency="EUR")
    quarters = quarter_hours(bins_of(rows), "2025-10-21")
    assert quarters["observed"].tolist() == [90, 90]
    assert quarters["covered_minutes"].tolist() == [15, 15]
    assert set(quarters["week"]) == {"2025-10-21"}


def test_a_quarter_that_one_chain_does_not_cover_is_unknown_not_zero():
    quarters = quarter_hours(bins_of(covered("Leeds", "a", range(45)) + covered("Leeds", "b", range(29))), "2025-10-21")
    assert quarters["bin_at"].tolist() == [START]


def test_a_change_of_currency_leaves_no_gap():
    rows = covered("Zagreb", "a", range(20), currency="HRK") + covered("Zagreb", "a", range(20, 45), currency="EUR")
    assert quarter_hours(bins_of(rows), "2025-10-21")["observed"].tolist() == [15, 15, 15]


def test_zero_orders_are_data():
    assert quarter_hours(bins_of(covered("Leeds", "a", range(15), orders=0)), "2025-10-21")["observed"].tolist() == [0]


def test_no_bins_give_an_empty_panel_of_the_same_columns():
    empty = quarter_hours(OrderBins.empty(), "2025-10-21")
    full = quarter_hours(bins_of(covered("Leeds", "a", range(15))), "2025-10-21")
    assert list(empty.columns) == COLUMNS
    assert empty.dtypes.equals(full.dtypes)
    assert empty.empty


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_equals_the_slow_sum_in_any_row_order(data: st.DataObject):
    spans = data.draw(
        st.lists(
            st.tuples(
                st.sampled_from(["mock", "real"]),
                st.sampled_from(["Leeds", "Åre"]),
                st.sampled_from(["a", "b"]),
                st.sampled_from(["EUR", "GBP"]),
                st.integers(0, 60),
                st.integers(1, 35),
                st.integers(0, 3),
            ),
            min_size=1,
            max_size=4,
            unique_by=lambda span: span[:4],
        )
    )
    bins = bins_of([(*s[:4], minute, s[6]) for s in spans for minute in range(s[4], s[4] + s[5])])
    quarters = quarter_hours(bins, "2025-10-21")
    assert as_dict(quarters) == slow_quarter_hours(bins)
    order = np.random.default_rng(data.draw(st.integers(0, 99))).permutation(len(bins))
    pd.testing.assert_frame_equal(quarter_hours(bins.iloc[order], "2025-10-21"), quarters)
