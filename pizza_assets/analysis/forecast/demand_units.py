"""What a demand forecast is made for: shops, and the sums of each chain's shops in a market and altogether."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pizza_assets.analysis.forecast.listed_days import CLOSED
from pizza_assets.analysis.forecast.order_history import HORIZON, OrderHistory
from pizza_assets.analysis.forecast.targets import BINS_PER_HOUR, SPANS, Targets
from pizza_assets.models.vocabulary import DemandLevel, Span

_LABELS = {
    DemandLevel.SHOP: ["market", "chain", "store_id"],
    DemandLevel.MARKET: ["market", "chain"],
    DemandLevel.CHAIN: ["chain"],
}
HOUR, DAY = SPANS.index(Span.HOUR), SPANS.index(Span.DAY)


@dataclass(frozen=True)
class Units:
    """labels: market, chain and store_id, empty where they do not apply, one row per unit. unit_of_shop: the unit of
    each row of the shops' history. row: a shop of each unit, whose local time is the unit's. group_of_shop: number of
    each row's chain and market."""

    level: DemandLevel
    labels: pd.DataFrame
    unit_of_shop: np.ndarray
    row: np.ndarray
    group_of_shop: np.ndarray

    @classmethod
    def of(cls, level: DemandLevel, shops: pd.MultiIndex) -> "Units":
        """shops: market, chain and store_id."""
        frame = shops.to_frame(index=False)
        groups = frame.groupby(_LABELS[level], sort=True).ngroup().to_numpy()
        row = np.unique(groups, return_index=True)[1]
        labels = frame.loc[row, _LABELS[level]].reindex(columns=_LABELS[DemandLevel.SHOP]).reset_index(drop=True)
        return cls(level, labels, groups, row, frame.groupby(_LABELS[DemandLevel.MARKET]).ngroup().to_numpy())

    @property
    def count(self) -> int:
        return len(self.row)

    def sums(self, cells: np.ndarray) -> np.ndarray:
        """Sums over the shops that have a number [unit, column]; NaN where none has. cells: [shop, column]."""
        total, known = np.zeros((self.count, cells.shape[1])), np.zeros((self.count, cells.shape[1]), dtype=bool)
        np.add.at(total, self.unit_of_shop, np.nan_to_num(cells))
        np.logical_or.at(known, self.unit_of_shop, np.isfinite(cells))
        return np.where(known, total, np.nan)

    def any(self, is_so: np.ndarray) -> np.ndarray:
        """Whether it is so for one of the shops [unit, column]. is_so: [shop, column]."""
        found = np.zeros((self.count, is_so.shape[1]), dtype=bool)
        np.logical_or.at(found, self.unit_of_shop, is_so)
        return found

    def max(self, codes: np.ndarray) -> np.ndarray:
        """The largest code among the shops [unit, column], so 0 only if all have 0. codes: [shop, column], from 0."""
        largest = np.zeros((self.count, codes.shape[1]), dtype=codes.dtype)
        np.maximum.at(largest, self.unit_of_shop, codes)
        return largest

    def shops(self, has_number: np.ndarray) -> np.ndarray:
        """How many shops are in each sum [unit]."""
        return np.bincount(self.unit_of_shop, has_number, self.count).astype(int)


def all_units(shops: pd.MultiIndex) -> tuple[Units, ...]:
    """The units of every level."""
    return tuple(Units.of(level, shops) for level in DemandLevel)


def demand_targets(history: OrderHistory, units: Units, cut: int, first: int | None = None) -> Targets:
    """The clock hours and business days of the 14 days after `cut`; `market` is the unit.

    first: leave out what lies before this column, hours that have begun as a whole. Without it, days that have begun
    are left out, too.
    """
    end = cut + HORIZON
    parts = []
    for unit, row in enumerate(units.row):
        columns = np.arange(cut if first is None else first, end)
        hours = columns[history.place[row, columns] % BINS_PER_HOUR == 0]
        hours = hours[hours + BINS_PER_HOUR <= end]
        since = cut if first is None else int(hours[0]) if len(hours) else end
        day = history.day[row, since : end + 1]
        ends = since + np.flatnonzero(np.diff(day)) + 1
        starts = np.concatenate([[since], ends[:-1]]) if len(ends) else ends
        if first is None and since > 0 and history.day[row, since] == history.day[row, since - 1]:
            starts, ends = starts[1:], ends[1:]
        parts += [_targets(HOUR, unit, hours, hours + BINS_PER_HOUR), _targets(DAY, unit, starts, ends)]
    return Targets.joined(parts)


def in_rows(targets: Targets, units: Units) -> Targets:
    """The same targets with a row of the shops' history for every unit."""
    return Targets(targets.span, units.row[targets.market], targets.own, targets.start, targets.end)


def selling(history: OrderHistory, cut: int, cells: np.ndarray) -> np.ndarray:
    """`cells` of the columns from `cut` [shop, column] without those that must not count in sums: of shops that sold
    nothing in the last days before `cut`, as they closed, and of days listed as closed."""
    is_silent = history.silent_rows(cut)
    is_closed = history.listed[:, cut : cut + cells.shape[1]] == CLOSED
    return np.where(is_silent[:, None] | is_closed, np.nan, cells)


def observed_sums(history: OrderHistory, units: Units, cut: int) -> np.ndarray:
    """Actual orders of the horizon after `cut` [unit, column], beside forecasts of what is `selling` then.

    A shop without orders in a week is in none of its quarter-hours, and counts as 0 while others of its chain in its
    market are known. Where none of them is, on a listed day, the sum is unknown, and so is one of which a shop lost
    the hour.
    """
    columns = slice(cut, cut + HORIZON)
    is_known = history.is_known[:, columns]
    is_selling = np.isfinite(selling(history, cut, np.ones(is_known.shape)))
    by_group = np.zeros((2, int(units.group_of_shop.max()) + 1, is_known.shape[1]), dtype=bool)
    for found, is_so in zip(by_group, (is_known, is_selling), strict=True):
        np.logical_or.at(found, units.group_of_shop, is_so)
    is_missing = units.any((by_group[1] & ~by_group[0])[units.group_of_shop] | history.is_lost[:, columns])
    sums = units.sums(np.where(is_known, history.counts[:, columns].astype(float), np.nan))
    return np.where(is_missing, np.nan, sums)


def _targets(span: int, unit: int, start: Iterable[int], end: Iterable[int]) -> Targets:
    starts, ends = np.asarray(start, dtype=np.int64), np.asarray(end, dtype=np.int64)
    size = len(starts)
    return Targets(np.full(size, span), np.full(size, unit), np.full(size, -1), starts, ends)
