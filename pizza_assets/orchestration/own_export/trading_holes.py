"""Lost hours of an export, counted while its weeks are read, and told in words.

Which hours count as lost: analysis/lost_hours.py.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from pizza_assets.analysis.lost_hours import DAY_STARTS_AT_HOUR, SLOT_MINUTES, SLOTS, fewest_usual, lost_hours
from pizza_assets.models.market import Market
from pizza_assets.models.week import MatchWeek
from pizza_assets.sources.base import SourceResult

_STORE = ["market", "store_id"]
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class TradingHole:
    """starts_at, ends_at: local wall times. usual: orders in these hours on other days of the weekday, scaled down to
    a day that is quieter as a whole.
    """

    market: str
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

    def is_listed(self, markets: Iterable[Market]) -> bool:
        """Whether the owner has listed its business day as special; an evening may end after midnight."""
        day = (self.starts_at - pd.Timedelta(hours=DAY_STARTS_AT_HOUR)).date()
        listed = [special for market in markets if market.name == self.market for special in market.special_days]
        return any(special.first <= day <= special.last for special in listed)


class TradingHours:
    """Counts orders by store, business day and quarter of an hour while weeks of orders are read."""

    def __init__(self, zone: str) -> None:
        self._zone = ZoneInfo(zone)
        self._counts: list[pd.DataFrame] = []
        self._times: list[pd.Timestamp] = []

    def watching(self, orders_of: Callable[[MatchWeek], SourceResult]) -> Callable[[MatchWeek], SourceResult]:
        """The same weeks of orders; each week must be read once."""

        def watched(week: MatchWeek) -> SourceResult:
            answer = orders_of(week)
            if answer.is_covered:
                self._add(answer.frame)
            return answer

        return watched

    @property
    def span(self) -> tuple[pd.Timestamp, pd.Timestamp] | None:
        """The local times of the first and the last order; None without orders."""
        if not self._times:
            return None
        return min(self._times).tz_convert(self._zone), max(self._times).tz_convert(self._zone)

    def _add(self, orders: pd.DataFrame) -> None:
        if orders.empty:
            return
        self._times += [orders["ordered_at"].min(), orders["ordered_at"].max()]
        since_opening = orders["ordered_at"].dt.tz_convert(self._zone).dt.tz_localize(None) - pd.Timedelta(
            hours=DAY_STARTS_AT_HOUR
        )
        day = since_opening.dt.normalize()
        slot = (since_opening - day) // pd.Timedelta(minutes=SLOT_MINUTES)
        keys = [orders["market"], orders["store_id"], day.rename("day"), slot.rename("slot")]
        self._counts.append(orders.groupby(keys).size().rename("orders").reset_index())

    def holes(self) -> list[TradingHole]:
        """All holes, by market, store and time."""
        if not self._counts:
            return []
        counts = pd.concat(self._counts).groupby([*_STORE, "day", "slot"], as_index=False)["orders"].sum()
        fewest = fewest_usual(len(counts[[*_STORE, "day"]].drop_duplicates()))
        return [hole for store, own in counts.groupby(_STORE) for hole in _holes(store, own, fewest, self._zone)]


def _holes(store: tuple[str, str], counts: pd.DataFrame, fewest: float, zone: ZoneInfo) -> list[TradingHole]:
    """The lost hours of one store (market, store id)."""
    rows, days = pd.factorize(counts["day"], sort=True)
    grid = np.zeros((len(days), SLOTS), dtype=np.int64)
    grid[rows, counts["slot"]] = counts["orders"]
    opens_at = pd.DatetimeIndex(days) + pd.Timedelta(hours=DAY_STARTS_AT_HOUR)
    slot = pd.Timedelta(minutes=SLOT_MINUTES)
    return [
        TradingHole(*store, opens_at[lost.day] + lost.start * slot, opens_at[lost.day] + lost.end * slot, lost.usual)
        for lost in lost_hours(grid, pd.DatetimeIndex(days).day_of_week.to_numpy(), fewest, _exist(opens_at, zone))
    ]


def _exist(opens_at: pd.DatetimeIndex, zone: ZoneInfo) -> np.ndarray:
    """Whether each slot of days that start at `opens_at` exists [day, slot]: clocks that go forward skip some."""
    since = np.arange(SLOTS) * np.timedelta64(SLOT_MINUTES, "m")
    times = pd.DatetimeIndex((opens_at.to_numpy()[:, None] + since).ravel())
    local = times.tz_localize(zone, ambiguous=np.ones(len(times), dtype=bool), nonexistent="NaT")
    return np.asarray(local.notna()).reshape(len(opens_at), SLOTS)
