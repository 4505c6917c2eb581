"""Lost hours of stores as alarms: the rule of lost_hours.py, applied to a panel of stores; and panels without them.

Blocks of hours compared with a fitted usual level belong to anomalies.py.
"""

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from pizza_assets.analysis.anomalies import COLUMNS, LOW
from pizza_assets.analysis.expected_grid import SourcePair
from pizza_assets.analysis.exposure import is_inside
from pizza_assets.analysis.lost_hours import (
    DAY_STARTS_AT_HOUR,
    FALSE_ALARMS,
    SLOT_MINUTES,
    SLOTS,
    LostHours,
    fewest_usual,
    lost_hours,
)
from pizza_assets.analysis.panel import STORE, Panel
from pizza_assets.analysis.store_quarters import BIN_MINUTES
from pizza_assets.analysis.windows import epoch_minutes

_EPOCH_WEEKDAY = 3
"""1970-01-01 was a Thursday; Monday is 0."""


def with_lost_hours(
    alarms: pd.DataFrame, counts: np.ndarray, is_known: np.ndarray, bin_of_week: np.ndarray, day: np.ndarray
) -> pd.DataFrame:
    """`alarms` (see find_anomalies), and one of kind low for all lost hours; they replace blocks without orders that
    they overlap.

    A block with some orders stays, because its other hours still count; if it begins as lost hours do, it begins where
    they end.
    counts, is_known, bin_of_week, day: [store, bin of 15 minutes], in local time. observed is 0, p_value the Poisson
    probability of it, q_value times the number of days of all stores, expected_false_share their expected number.
    """
    since_opening = bin_of_week % SLOTS - DAY_STARTS_AT_HOUR * 60 // SLOT_MINUTES
    days, slots = day - (since_opening < 0), since_opening % SLOTS
    stores = [_by_day(*arrays) for arrays in zip(counts, is_known, days, slots, strict=True)]
    store_days = sum(len(own) for own, _, _ in stores)
    rows, is_replaced = [], np.zeros(len(alarms), dtype=bool)
    for store, (own, orders, known) in enumerate(stores):
        weekdays = (own + _EPOCH_WEEKDAY) % 7
        for lost in lost_hours(orders, weekdays, fewest_usual(store_days), known):
            first, end = _bins(lost, own, days[store], slots[store])
            is_low = (alarms["store"] == store) & (alarms["kind"] == LOW.name)
            overlaps = is_low & (alarms["first"] < end) & (alarms["end"] > first)
            is_replaced |= (overlaps & (alarms["observed"] == 0)).to_numpy(dtype=bool)
            begins_with = overlaps & (alarms["observed"] > 0) & (alarms["first"] == first)
            alarms = alarms.assign(first=alarms["first"].mask(begins_with, end))
            chance = math.exp(-lost.usual)
            rows.append((store, LOW.name, first, end, 0.0, lost.usual, chance, min(1.0, chance * store_days), 0.0))
    if not rows:
        return alarms
    found = pd.DataFrame(rows, columns=COLUMNS).assign(expected_false_share=FALSE_ALARMS / len(rows))
    kept = alarms[~is_replaced]
    together = pd.concat([part for part in (kept, found) if len(part)], ignore_index=True)
    return together.sort_values(["store", "first", "kind"], ignore_index=True)


def is_lost_hours(anomalies: pd.DataFrame) -> pd.Series:
    """Which rows of `order_anomalies` are lost hours, which are left out of the answers.

    Blocks are low without an order, too, but their rule has more false alarms. They are told apart by their p-value:
    that of lost hours is the Poisson probability of no order.
    """
    is_empty = (anomalies["kind"] == LOW.name) & (anomalies["observed"] == 0)
    return is_empty & np.isclose(anomalies["p_value"].astype(float), np.exp(-anomalies["expected"]), rtol=1e-9, atol=0)


def usable_panels(
    panels: Mapping[SourcePair, Panel], anomalies: pd.DataFrame, chain: str | None = None
) -> dict[SourcePair, Panel]:
    """Panels without the hours that stores lost; stores of the chain, if it is given.

    A market's quarter-hour is unknown if one of its stores lost it; panels of stores lack those of the store itself.
    """
    by_source = dict(tuple(anomalies.groupby("order_source")))
    return {
        pair: _without_lost_hours(panel, by_source[pair[0]], chain) if pair[0] in by_source else panel
        for pair, panel in panels.items()
    }


def _without_lost_hours(panel: Panel, anomalies: pd.DataFrame, chain: str | None = None) -> Panel:
    """The panel with the lost hours unknown. anomalies: rows of `order_anomalies` about the same source of orders."""
    lost = anomalies[is_lost_hours(anomalies)]
    if chain is not None:
        lost = lost[lost["chain"] == chain]
    spans = pd.DataFrame(
        {
            "market": _rows_of(panel, lost),
            "first_minute": epoch_minutes(lost["starts_at"]),
            "end_minute": epoch_minutes(lost["ends_at"]),
        }
    )
    is_lost = is_inside(spans, pd.RangeIndex(len(panel.names)), panel.minutes, BIN_MINUTES)
    counts = np.where(is_lost, 0, panel.counts)
    return replace(panel, counts=counts, is_known=panel.is_known & ~is_lost, lost=panel.is_known & is_lost)


def _rows_of(panel: Panel, lost: pd.DataFrame) -> np.ndarray:
    """The row of each alarm's market, or of its store in a panel of stores; -1 where there is none."""
    if panel.names.nlevels > 1:
        return panel.names.get_indexer(pd.MultiIndex.from_frame(lost[STORE].astype("object")))
    return panel.names.get_indexer(pd.Index(lost["market"]))


def _by_day(
    counts: np.ndarray, is_known: np.ndarray, days: np.ndarray, slots: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """One store's business days with an order; its orders [day, slot], and whether a slot is known.

    Slots that no bin fills, such as those skipped when clocks go forward, are not known.
    """
    sold = np.unique(days[(counts > 0) & is_known])
    row = np.searchsorted(sold, days)
    inside = (row < len(sold)) & (sold[np.minimum(row, len(sold) - 1)] == days if len(sold) else False)
    orders = np.zeros((len(sold), SLOTS), dtype=np.int64)
    known = np.zeros((len(sold), SLOTS), dtype=bool)
    np.add.at(orders, (row[inside], slots[inside]), np.where(is_known, counts, 0)[inside])  # hours that occur twice
    known[row[inside], slots[inside]] = True
    known[row[inside & ~is_known], slots[inside & ~is_known]] = False
    return sold, orders, known


def _bins(lost: LostHours, sold: np.ndarray, days: np.ndarray, slots: np.ndarray) -> tuple[int, int]:
    bins = np.flatnonzero((days == sold[lost.day]) & (slots >= lost.start) & (slots < lost.end))
    return int(bins[0]), int(bins[-1]) + 1
