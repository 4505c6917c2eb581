"""Lost hours of an export, counted while its weeks are read, and told in words.

Which hours count as lost: analysis/lost_hours.py.
"""

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from pizza_assets.analysis.lost_hours import DAY_STARTS_AT_HOUR, SLOT_MINUTES, SLOTS, fewest_usual, lost_hours
from pizza_assets.models.week import MatchWeek
from pizza_assets.sources.base import SourceResult

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class TradingHole:
    """starts_at, ends_at: local wall times. usual: orders in these hours on other days of the weekday, scaled down to
    a day that is quieter as a whole.
    """

    store: str
    starts_at: pd.Timestamp
    ends_at: pd.Timestamp
    usual: float

    @property
    def text(self) -> str:
        """The hole in words."""
        weekday = _WEEKDAYS[self.starts_at.day_of_week]
        return (
            f"{self.store} has no order from {self.starts_at:%H:%M} to {self.ends_at:%H:%M} on {weekday}, "
            f"{self.starts_at:%Y-%m-%d}, where about {self.usual:.0f} are usual"
        )


class TradingHours:
    """Counts orders by store, business day and quarter of an hour while weeks of orders are read."""

    def __init__(self, zone: str) -> None:
        self._zone = ZoneInfo(zone)
        self._counts: list[pd.DataFrame] = []

    def watching(self, orders_of: Callable[[MatchWeek], SourceResult]) -> Callable[[MatchWeek], SourceResult]:
        """The same weeks of orders; each week must be read once."""

        def watched(week: MatchWeek) -> SourceResult:
            answer = orders_of(week)
            if answer.is_covered:
                self._add(answer.frame)
            return answer

        return watched

    def _add(self, orders: pd.DataFrame) -> None:
        since_opening = orders["ordered_at"].dt.tz_convert(self._zone).dt.tz_localize(None) - pd.Timedelta(
            hours=DAY_STARTS_AT_HOUR
        )
        day = since_opening.dt.normalize()
        slot = (since_opening - day) // pd.Timedelta(minutes=SLOT_MINUTES)
        keys = [orders["store_id"], day.rename("day"), slot.rename("slot")]
        self._counts.append(orders.groupby(keys).size().rename("orders").reset_index())

    def holes(self) -> list[TradingHole]:
        """All holes, by store and time."""
        if not self._counts:
            return []
        counts = pd.concat(self._counts).groupby(["store_id", "day", "slot"], as_index=False)["orders"].sum()
        fewest = fewest_usual(len(counts[["store_id", "day"]].drop_duplicates()))
        return [
            hole for store, own in counts.groupby("store_id") for hole in _holes(str(store), own, fewest, self._zone)
        ]


def _holes(store: str, counts: pd.DataFrame, fewest: float, zone: ZoneInfo) -> list[TradingHole]:
    """The lost hours of one store."""
    rows, days = pd.factorize(counts["day"], sort=True)
    grid = np.zeros((len(days), SLOTS), dtype=np.int64)
    grid[rows, counts["slot"]] = counts["orders"]
    opens_at = pd.DatetimeIndex(days) + pd.Timedelta(hours=DAY_STARTS_AT_HOUR)
    slot = pd.Timedelta(minutes=SLOT_MINUTES)
    return [
        TradingHole(store, opens_at[lost.day] + lost.start * slot, opens_at[lost.day] + lost.end * slot, lost.usual)
        for lost in lost_hours(grid, pd.DatetimeIndex(days).day_of_week.to_numpy(), fewest, _exist(opens_at, zone))
    ]


def _exist(opens_at: pd.DatetimeIndex, zone: ZoneInfo) -> np.ndarray:
    """Whether each slot of days that start at `opens_at` exists [day, slot]: clocks that go forward skip some."""
    since = np.arange(SLOTS) * np.timedelta64(SLOT_MINUTES, "m")
    times = pd.DatetimeIndex((opens_at.to_numpy()[:, None] + since).ravel())
    local = times.tz_localize(zone, ambiguous=np.ones(len(times), dtype=bool), nonexistent="NaT")
    return np.asarray(local.notna()).reshape(len(opens_at), SLOTS)
