"""`python -m pizza_assets_tests.calibration.lost_hours`: false alarms about lost hours (decision 0056).

Counts generated shop days, of which none has any, and the lost hours that `pizza check` would name. Exit code 1 if it
names any.
"""

import argparse
from datetime import UTC, datetime

import pandas as pd

from pizza_assets.analysis.lost_hours import DAY_STARTS_AT_HOUR
from pizza_assets.models import RawMatches
from pizza_assets.models.market import Market
from pizza_assets.models.week import MatchWeek
from pizza_assets.orchestration.own_export.trading_holes import TradingHours
from pizza_assets.sources.base import SourceResult
from pizza_assets.sources.orders.mock import mock_orders

ZONE = "Europe/London"
FIRST = MatchWeek("2024-10-01", ZONE)
DAILY_ORDERS = (30.0, 100.0, 300.0)
NOW = datetime(2027, 1, 1, tzinfo=UTC)


def false_alarms(stores: int, weeks: int, per_day: float, seed: int) -> tuple[int, list[str]]:
    """The number of generated shop days, and the lost hours that are named in them."""
    markets = [Market(f"Town {number}", ZONE, ()) for number in range(stores)]
    hours = TradingHours(ZONE)
    days = 0

    def orders_of(week: MatchWeek) -> SourceResult:
        return mock_orders(week, markets, RawMatches.empty(), NOW, seed, 1, per_day)

    watched = hours.watching(orders_of)
    for number in range(weeks):
        orders = watched(FIRST.shifted(number)).frame
        local = orders["ordered_at"].dt.tz_convert(ZONE).dt.tz_localize(None) - pd.Timedelta(hours=DAY_STARTS_AT_HOUR)
        days += orders.assign(day=local.dt.normalize()).groupby(["store_id", "day"]).ngroups
    return days, [hole.text for hole in hours.holes()]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stores", type=int, default=20)
    parser.add_argument("--weeks", type=int, default=52)
    parser.add_argument("--seeds", type=int, default=6)
    chosen = parser.parse_args()
    named = 0
    for per_day in DAILY_ORDERS:
        results = [false_alarms(chosen.stores, chosen.weeks, per_day, seed) for seed in range(chosen.seeds)]
        found = [text for _, texts in results for text in texts]
        named += len(found)
        print(f"{per_day:.0f} orders a day: {len(found)} of {sum(days for days, _ in results):,} shop days", flush=True)
        print(*found[:5], sep="\n", end="\n" if found else "")
    return 1 if named else 0


if __name__ == "__main__":
    raise SystemExit(main())
