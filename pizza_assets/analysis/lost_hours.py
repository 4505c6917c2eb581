"""Lost hours: no order for an hour or more where a store always has some on that weekday, and too many to be chance.

One rule for `pizza check`, which asks about them, and `order_anomalies`, which shows them. Orders lost up to closing
time look like a shop that closed early (decision 0056). Whole days without an order are closed days, not lost hours.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

SLOT_MINUTES = 15
DAY_STARTS_AT_HOUR = 6
SLOTS = 24 * 60 // SLOT_MINUTES
SHORTEST_SLOTS = 4
"""An hour: shorter holes are pauses."""
FEWEST_DAYS = 4
"""Days of the same weekday that a day is compared with; with fewer, nothing is known to be usual."""
FALSE_ALARMS = 0.001
"""How many are expected in data without lost hours, if the orders of a store come independently at its usual rate."""
_MOST_DAYS = 0.75
"""Usual opening and closing times, for the hours that are shown: on so many days the store sells until then."""


@dataclass(frozen=True)
class LostHours:
    """day: row of the grid. start, end: slots since the day's start, half-open. usual: orders in these hours on other
    days of the weekday, scaled down to a day that is quieter as a whole.
    """

    day: int
    start: int
    end: int
    usual: float


def fewest_usual(store_days: int) -> float:
    """The usual orders below which no lost hours are named: fewer are missed by chance with exp(-fewest)."""
    return math.log(max(store_days, 1) / FALSE_ALARMS)


def lost_hours(
    orders: np.ndarray, weekdays: np.ndarray, fewest: float, known: np.ndarray | None = None
) -> list[LostHours]:
    """The lost hours of one store, by day and time.

    orders: [day, slot], in order of time, only days with an order. weekdays: [day]. fewest: see fewest_usual. known:
    bool [day, slot]; all if None.
    """
    found = []
    for weekday in np.unique(weekdays):
        rows = np.flatnonzero(weekdays == weekday)
        if len(rows) > FEWEST_DAYS:
            found += _of_weekday(orders, rows, fewest)
    if known is not None:
        found = [lost for lost in found if known[lost.day, lost.start : lost.end].all()]
    return sorted(found, key=lambda lost: (lost.day, lost.start))


def _of_weekday(orders: np.ndarray, rows: np.ndarray, fewest: float) -> list[LostHours]:
    """rows: the days of one weekday."""
    grid = orders[rows]
    opens, closes = (grid > 0).argmax(axis=1), SLOTS - (grid[:, ::-1] > 0).argmax(axis=1)
    sums = np.concatenate([np.zeros((len(rows), 1), grid.dtype), grid.cumsum(axis=1)], axis=1)
    found = []
    for place, row in enumerate(rows):
        others = np.arange(len(rows)) != place
        for run in _empty_runs(grid[place], opens[others], closes[others]):
            # an export may begin in the middle of its first day, and end in that of its last
            if (row == 0 and run.start == 0) or (row == len(orders) - 1 and run.end == SLOTS):
                continue
            inside, certain = (sums[others, end] - sums[others, start] for start, end in (run[:2], run.certain))
            usual = _scaled(inside, sums[others, -1], int(sums[place, -1]))
            if certain.all() and usual >= fewest:
                found.append(LostHours(int(row), *run.shown, usual))
    return found


class _Run(NamedTuple):
    """Slots without an order, half-open. certain: those in which every other day has sold already, and sells later.
    shown: those between the usual opening and closing."""

    start: int
    end: int
    certain: tuple[int, int]
    shown: tuple[int, int]


def _empty_runs(day: np.ndarray, opens: np.ndarray, closes: np.ndarray) -> list[_Run]:
    """The long runs of a day between its orders, and before and after them where all other days sell.

    opens, closes: the first slot with an order, and the slot after the last one, of the other days.
    """
    sold = np.flatnonzero(day)
    gaps = np.flatnonzero(np.diff(sold) > SHORTEST_SLOTS)
    runs = [_Run(*span, span, span) for span in zip((sold[gaps] + 1).tolist(), sold[gaps + 1].tolist(), strict=True)]
    first, last = int(sold[0]), int(sold[-1]) + 1
    if first - int(opens.max()) >= SHORTEST_SLOTS:
        usual_opening = int(np.quantile(opens, 1 - _MOST_DAYS, method="lower"))
        runs.append(_Run(0, first, (int(opens.max()), first), (usual_opening, first)))
    if int(closes.min()) - last >= SHORTEST_SLOTS:
        usual_closing = int(np.quantile(closes, _MOST_DAYS, method="higher"))
        runs.append(_Run(last, SLOTS, (last, int(closes.min())), (last, usual_closing)))
    return runs


def _scaled(inside: np.ndarray, whole: np.ndarray, sold: int) -> float:
    """The mean of `inside`, for a day that sold `sold` outside of it. whole: orders of each other day."""
    outside = (whole - inside).mean()
    return float(inside.mean() * min(1.0, sold / outside if outside else 1.0))
