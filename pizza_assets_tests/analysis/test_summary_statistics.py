"""Sums and averages, compared with plain sums: per currency and source, also without data."""

import numpy as np
import pandas as pd
import pytest

from pizza_assets.analysis.summary_statistics import hourly_totals, summary_statistics
from pizza_assets.models import MatchWindows, SummaryStatistics
from pizza_assets_tests.analysis.simulated_worlds import simulate

START = pd.Timestamp("2025-09-06 10:00", tz="UTC")


def timeline(**columns: object) -> pd.DataFrame:
    rows = [
        {
            **{"market": market, "chain": chain, "currency": "GBP", "order_source": "real"},
            **{"hour_at": START + pd.Timedelta(hours=h), "order_count": 10 * h + (chain == "b")},
            **{"revenue_cents": 1000, "pizza_count": 20 * h, "covered_minutes": 60},
        }
        for market in ("Leeds", "York")
        for chain in ("a", "b")
        for h in range(1, 4)
    ]
    return pd.DataFrame(rows).assign(**columns)


def of(rows: pd.DataFrame, scope: str, value: str, period: str) -> pd.Series:
    (row,) = rows[(rows["scope"] == scope) & (rows["scope_value"] == value) & (rows["period"] == period)].iloc
    return row


def test_all_known_time_is_summed_by_part() -> None:
    rows = summary_statistics([hourly_totals(timeline())], MatchWindows.empty())
    overall, chain = of(rows, "overall", "all", "all"), of(rows, "chain", "b", "all")
    assert (overall["order_count"], chain["order_count"]) == (246, 126)
    assert overall["average_order_cents"] == pytest.approx(12_000 / 246)
    assert chain["order_share_pct"] == pytest.approx(100 * 126 / 246)
    assert overall["covered_hours"] == 12
    assert overall["orders_per_hour"] == pytest.approx(246 / 12)
    assert (overall["first_at"], overall["last_at"]) == (START + pd.Timedelta(hours=1), START + pd.Timedelta(hours=4))


def test_totals_add_up_and_currencies_and_sources_stay_apart() -> None:
    parts = [hourly_totals(timeline()), hourly_totals(timeline(currency="EUR")), hourly_totals(timeline())]
    rows = summary_statistics([*parts, hourly_totals(timeline(order_source="mock"))], MatchWindows.empty())
    overall = rows[(rows["scope"] == "overall")].set_index(["order_source", "currency"])["order_count"]
    assert overall.to_dict() == {("real", "GBP"): 492, ("real", "EUR"): 246, ("mock", "GBP"): 246}


def test_periods_are_those_of_the_windows() -> None:
    windows = simulate(71, market_count=4, week_count=6).windows
    rows = summary_statistics([], windows)
    for period, windows_of_period in windows.groupby("window"):
        row = of(rows, "overall", "all", str(period))
        assert row["order_count"] == windows_of_period["order_count"].sum()
        assert row["n_matches"] == windows_of_period["match_id"].nunique()
        assert row["complete_share_pct"] == pytest.approx(100 * windows_of_period["is_complete"].mean())
    assert set(rows["scope"]) == {"overall", "chain", "market", "competition"}


# Property 18
def test_no_data_and_zero_orders_are_handled() -> None:
    pd.testing.assert_frame_equal(summary_statistics([], MatchWindows.empty()), SummaryStatistics.empty())
    none = summary_statistics(
        [hourly_totals(timeline(order_count=0, revenue_cents=0, pizza_count=0))], MatchWindows.empty()
    )
    assert none["average_order_cents"].isna().all()
    assert np.isfinite(none["orders_per_hour"]).all()
