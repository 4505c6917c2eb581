import pandas as pd

from pizza_assets.dashboards.extracts.weekday_profile import weekday_profile
from pizza_assets.models.extracts import OrdersTimelineExtract

MONDAY = pd.Timestamp("2026-08-03T10:00Z")


def hours(*counts: tuple[int, str, int]) -> pd.DataFrame:
    return OrdersTimelineExtract.conform(
        [
            {
                "hour_at": MONDAY + pd.Timedelta(days=day),
                "market": "Leeds",
                "chain": "Domino's",
                "currency": "GBP",
                "order_count": count,
                "revenue_cents": 0,
                "pizza_count": 0,
                "covered_minutes": 60,
                "order_source": source,
            }
            for day, source, count in counts
        ]
    )


# Property 9: labels survive to the dashboard, and nothing is summed across them
def test_a_weekday_is_the_mean_of_its_days_and_sources_stay_apart():
    profile = weekday_profile(hours((0, "real", 2), (7, "real", 4), (0, "mock", 90), (1, "real", 5)))
    told = profile.set_index(["order_source", "weekday"])["orders_per_day"].to_dict()
    assert told == {("mock", "Monday"): 90, ("real", "Monday"): 3, ("real", "Tuesday"): 5}


def test_nothing_has_no_weekdays():
    assert weekday_profile(OrdersTimelineExtract.empty()).empty
