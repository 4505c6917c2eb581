"""Holes in trading hours: no order for an hour or more where a store always has some on that weekday.

An export that lost a part of an evening is readable in every line. Orders lost up to closing time look like a shop that
closed early, so the owner is asked. Whole days without an order are closed days, not holes.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from pizza_assets.models.week import MatchWeek
from pizza_assets.sources.base import SourceResult
from pizza_assets.sources.orders.file_coverage import DAY_STARTS_AT

SLOT_MINUTES = 15
SHORTEST_SLOTS = 4
"""An hour: shorter holes are pauses."""
FEWEST_DAYS = 4
"""Days of the same weekday that a hole is compared with; with fewer, nothing is known to be usual."""
FALSE_ALARMS = 0.001
"""How many are expected in an export without holes, if the orders of a store come independently at its usual rate."""
_SLOTS = 24 * 60 // SLOT_MINUTES
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
            hours=DAY_STARTS_AT.hour
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
        store_days = len(counts[["store_id", "day"]].drop_duplicates())
        fewest = math.log(store_days / FALSE_ALARMS)  # so many are missed by chance with exp(-fewest)
        return [hole for store, own in counts.groupby("store_id") for hole in _holes(str(store), own, fewest)]


def _holes(store: str, counts: pd.DataFrame, fewest: float) -> list[TradingHole]:
    """The holes of one store: runs of slots without an order within the hours in which it usually has some."""
    rows, days = pd.factorize(counts["day"], sort=True)
    grid = np.zeros((len(days), _SLOTS), dtype=np.int64)
    grid[rows, counts["slot"]] = counts["orders"]
    weekdays = pd.DatetimeIndex(days).day_of_week.to_numpy()
    found = []
    for row, day in enumerate(days):
        alike = grid[(weekdays == weekdays[row]) & (np.arange(len(days)) != row)]
        for start, end in _empty_runs(grid[row], alike, is_first=row == 0, is_last=row == len(days) - 1):
            usual = _usual(alike, int(grid[row].sum()), start, end)
            if usual >= fewest:
                opens_at = day + pd.Timedelta(hours=DAY_STARTS_AT.hour)
                starts_at, ends_at = (opens_at + pd.Timedelta(minutes=int(n) * SLOT_MINUTES) for n in (start, end))
                found.append(TradingHole(store, starts_at, ends_at, usual))
    return found


def _empty_runs(day: np.ndarray, alike: np.ndarray, *, is_first: bool, is_last: bool) -> list[tuple[int, int]]:
    """The slots (from, to) of a day that are long empty between its orders, or up to the usual opening or closing.

    An export may begin in the middle of its first day, and end in that of its last.
    """
    sold = np.flatnonzero(day)
    runs = [(int(sold[n]) + 1, int(sold[n + 1])) for n in np.flatnonzero(np.diff(sold) > SHORTEST_SLOTS)]
    if len(alike) >= FEWEST_DAYS:
        opening = int((alike > 0).argmax(axis=1).max())
        closing = _SLOTS - int((alike[:, ::-1] > 0).argmax(axis=1).max())
        if not is_first and sold[0] - opening >= SHORTEST_SLOTS:
            runs.insert(0, (opening, int(sold[0])))
        if not is_last and closing - sold[-1] > SHORTEST_SLOTS:
            runs.append((int(sold[-1]) + 1, closing))
    return runs


def _usual(alike: np.ndarray, sold: int, start: int, end: int) -> float:
    """The usual orders in slots `start` to `end` of a day with `sold` orders; 0 unless all days `alike` have some."""
    inside = alike[:, start:end].sum(axis=1)
    if len(alike) < FEWEST_DAYS or not inside.all():
        return 0.0
    outside = alike.sum(axis=1).mean() - inside.mean()
    return float(inside.mean() * min(1.0, sold / outside if outside else 1.0))
