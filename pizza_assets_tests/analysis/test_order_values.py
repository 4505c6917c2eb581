"""Average order values, never over several currencies."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.analysis.order_values import order_values

ROW = st.tuples(
    st.sampled_from(["Leeds", "Hull"]), st.sampled_from(["GBP", "EUR"]), st.integers(0, 20), st.integers(0, 9_000)
)


@given(st.lists(ROW, min_size=1, max_size=12))
def test_values_equal_a_plain_loop(rows: list[tuple]) -> None:
    sales = pd.DataFrame(rows, columns=["market", "currency", "order_count", "revenue_cents"])
    found = order_values(sales, ["market"]).set_index("market")
    for market, own in sales.groupby("market"):
        orders = int(own["order_count"].sum())
        value, currency = found.loc[market, ["average_order_cents", "currency"]]
        if own["currency"].nunique() > 1 or orders == 0:
            assert np.isnan(value)
            assert pd.isna(currency)
        else:
            assert value == own["revenue_cents"].sum() / orders
            assert currency == own["currency"].iloc[0]


def test_no_sales_have_no_value() -> None:
    sales = pd.DataFrame({"market": [], "currency": [], "order_count": [], "revenue_cents": []})
    assert order_values(sales, ["market"]).empty
