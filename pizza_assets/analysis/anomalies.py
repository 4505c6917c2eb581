"""Detect outages, surges and missing days of single stores: departures from usual orders beyond chance.

Blocks of hours are compared with what the store's other hours of the same day suggest, so a good day raises no alarm.
Usual orders come from store_expectation.py; finding the nearest match belongs to anomaly_rows.py.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from pizza_assets.analysis.multiplicity import q_values_of_smallest
from pizza_assets.analysis.store_expectation import StoreExpectation, running_sums

COLUMNS = ["store", "kind", "first", "end", "observed", "expected", "p_value", "q_value", "expected_false_share"]
SIZE_CLASSES = np.array([0.0, 6.0, 12.0, 25.0, 50.0, 100.0])
"""Lower edges of expected orders of a block: dispersion is estimated within each class."""
MISSING_DAY_EXPECTED = 10.0
_MIN_DISPERSION = 1e-4
_FAR = 4.0


@dataclass(frozen=True)
class AlarmKind:
    """lengths: of blocks in quarter-hours, tested together. level: false discovery rate (Benjamini-Hochberg). limit:
    the ratio of observed to expected orders from which a block can be an alarm at all. min_expected: blocks with fewer
    expected orders are not tested."""

    name: str
    lengths: tuple[int, ...]
    level: float
    limit: float
    min_expected: float
    is_low: bool


# true alarms merge many blocks and false ones few, so false alarms are a larger share than false blocks: decision 0013
LOW = AlarmKind("low", (8, 10, 12, 14, 16, 20), 0.03, 0.1, 10.0, is_low=True)
HIGH = AlarmKind("high", (12,), 0.02, 1.5, 4.0, is_low=False)
MISSING_DAY = "missing_day"


@dataclass(frozen=True)
class _StoreDay:
    """One store's orders and expected orders [bin], 0 in bins that no block may use; day: numbers from 0 [bin]."""

    counts: np.ndarray
    expected: np.ndarray
    day: np.ndarray

    @classmethod
    def of(cls, counts: np.ndarray, expected: np.ndarray, day: np.ndarray) -> "_StoreDay":
        is_open = np.isfinite(expected) & (expected > 0)
        usual = np.where(is_open, expected, 0.0)
        return cls(np.where(is_open, counts, 0), usual, day - day[0] if len(day) else day)

    @cached_property
    def day_sums(self) -> tuple[np.ndarray, np.ndarray]:
        """Orders and expected orders [day]."""
        return np.bincount(self.day, self.counts), np.bincount(self.day, self.expected)

    def without_days(self, days: np.ndarray) -> "_StoreDay":
        is_removed = np.isin(self.day, days)
        return _StoreDay(np.where(is_removed, 0, self.counts), np.where(is_removed, 0.0, self.expected), self.day)

    def blocks(self, length: int, day_variation: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """First bin, orders and expected orders of every block of `length` open bins within one day."""
        if len(self.day) < length:
            return np.empty(0, np.int64), np.empty(0), np.empty(0)
        # sums of zeros and ones are exact
        is_open = running_sums(self.expected > 0, length) == length
        first = np.flatnonzero(is_open & (self.day[: len(is_open)] == self.day[length - 1 :]))
        observed, usual = (running_sums(values, length)[first] for values in (self.counts, self.expected))
        day_orders, day_usual = self.day_sums
        day = self.day[first]
        rest, rest_usual = day_orders[day] - observed, day_usual[day] - usual
        prior = 1 / max(day_variation, 1e-6)
        return first, observed, usual * (rest + prior) / (rest_usual + prior)


def find_anomalies(counts: np.ndarray, usual: StoreExpectation, day: np.ndarray) -> pd.DataFrame:
    """Alarms with COLUMNS: store (row), kind (low, high, missing_day), first and end (bins, half-open), observed and
    expected orders, the smallest p-value of the blocks in the alarm, its q-value, and expected_false_share.

    counts: orders [store, bin of 15 minutes]. day: int [store, bin], local calendar date. A block lies within one day
    and only has bins with an expectation above zero. Its expectation is the usual one times a factor for the store's
    day, estimated from the day's other hours and shrunk towards 1 (gamma-Poisson). p-values are negative-binomial
    tails, with the dispersion of blocks of this length and size. Of overlapping blocks of a kind, the most extreme
    becomes the alarm. expected_false_share: an upper bound per kind, the expected number of false blocks per alarm, as
    if each were an alarm of its own; NaN for missing days, which are counted, not tested.
    """
    stores = [_StoreDay.of(counts[row], usual.expected[row], day[row]) for row in range(len(counts))]
    sums = (store.day_sums for store in stores)
    missing = [np.flatnonzero((orders == 0) & (expected >= MISSING_DAY_EXPECTED)) for orders, expected in sums]
    parts = [_missing_days(stores, missing)]
    sold = [store.without_days(days) for store, days in zip(stores, missing, strict=True)]
    variation = _day_variation(sold)
    parts += [_alarms(sold, kind, variation) for kind in (LOW, HIGH)]
    filled = [part for part in parts if len(part)]
    if not filled:
        return pd.DataFrame(columns=COLUMNS)
    found = pd.concat(filled, ignore_index=True)
    return found[COLUMNS].sort_values(["store", "first", "kind"], ignore_index=True)


def _missing_days(stores: list[_StoreDay], missing: list[np.ndarray]) -> pd.DataFrame:
    rows = []
    for number, (store, days) in enumerate(zip(stores, missing, strict=True)):
        for day in days:
            bins = np.flatnonzero((store.day == day) & (store.expected > 0))
            rows.append((number, MISSING_DAY, bins[0], bins[-1] + 1, 0.0, store.expected[bins].sum(), *[np.nan] * 3))
    return pd.DataFrame(rows, columns=COLUMNS)


def _day_variation(stores: list[_StoreDay]) -> float:
    """Variance of the stores' day factors, by the method of moments without outlying days; never negative."""
    sums = [store.day_sums for store in stores]
    orders = np.concatenate([pair[0] for pair in sums]) if sums else np.empty(0)
    usual = np.concatenate([pair[1] for pair in sums]) if sums else np.empty(0)
    return _extra_variance(orders[usual > 0], usual[usual > 0])


def _extra_variance(orders: np.ndarray, usual: np.ndarray) -> float:
    """k of Var = mu + k mu^2, without values more than 4 standard deviations off; at least _MIN_DISPERSION."""
    k, kept = 0.0, np.ones(len(orders), dtype=bool)
    for _ in range(3):
        if not kept.any():
            break
        k = max(0.0, float(((orders - usual)[kept] ** 2 - usual[kept]).sum() / (usual[kept] ** 2).sum()))
        kept = np.abs(orders - usual) <= _FAR * np.sqrt(usual + k * usual**2)
    return max(k, _MIN_DISPERSION)


def _alarms(stores: list[_StoreDay], kind: AlarmKind, variation: float) -> pd.DataFrame:
    found, tested = [], 0
    for length in kind.lengths:
        candidates, count = _candidates(stores, kind, length, variation)
        found += candidates
        tested += count
    together = (
        pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=["store", "first", "end", "p_value"])
    )
    q = q_values_of_smallest(together["p_value"].to_numpy(dtype=float), tested)
    return _merged(together.assign(q_value=q)[q <= kind.level], stores, kind)


def _candidates(
    stores: list[_StoreDay], kind: AlarmKind, length: int, variation: float
) -> tuple[list[pd.DataFrame], int]:
    """For each store, the blocks beyond the kind's limit with their p-values; and the number of blocks tested."""
    dispersion = _dispersions([_disjoint_blocks(*store.blocks(length, variation), length) for store in stores])
    found, tested = [], 0
    for number, store in enumerate(stores):
        first, observed, usual = store.blocks(length, variation)
        large = usual >= kind.min_expected
        tested += int(large.sum())
        extreme = observed <= kind.limit * usual if kind.is_low else observed >= kind.limit * usual
        chosen = large & extreme
        k = dispersion[np.searchsorted(SIZE_CLASSES, usual[chosen], side="right") - 1]
        p = _tail(observed[chosen], usual[chosen], k, is_low=kind.is_low)
        found.append(
            pd.DataFrame({"store": number, "first": first[chosen], "end": first[chosen] + length, "p_value": p})
        )
    return found, tested


def _disjoint_blocks(
    first: np.ndarray, observed: np.ndarray, usual: np.ndarray, length: int
) -> tuple[np.ndarray, np.ndarray]:
    """Orders and usual orders of blocks that do not overlap, for estimating the dispersion."""
    chosen = first % length == 0
    return observed[chosen], usual[chosen]


def _dispersions(blocks: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """k by size class; a class with fewer than 200 blocks takes the k of all blocks."""
    observed, usual = (np.concatenate([pair[i] for pair in blocks]) if blocks else np.empty(0) for i in (0, 1))
    size = np.searchsorted(SIZE_CLASSES, usual, side="right") - 1
    overall = _extra_variance(observed, usual)
    return np.array(
        [
            _extra_variance(observed[size == i], usual[size == i]) if (size == i).sum() >= 200 else overall
            for i in range(len(SIZE_CLASSES))
        ]
    )


def _tail(observed: np.ndarray, mean: np.ndarray, k: np.ndarray, *, is_low: bool) -> np.ndarray:
    """Negative-binomial P(X <= observed), or P(X >= observed) for a high block, which has at least one order."""
    from scipy.special import betainc

    size = 1 / k
    success = size / (size + mean)
    if is_low:
        return betainc(size, observed + 1, success)
    return betainc(observed, size, 1 - success)


def _merged(accepted: pd.DataFrame, stores: list[_StoreDay], kind: AlarmKind) -> pd.DataFrame:
    """The block with the smallest p-value of each group of overlapping blocks of a store."""
    if accepted.empty:
        return pd.DataFrame(columns=COLUMNS)
    ordered = accepted.sort_values(["store", "first", "end"], ignore_index=True)
    reached = ordered.groupby("store")["end"].cummax().shift()
    same = ordered["store"].diff().eq(0) & (ordered["first"] < reached)
    alarms = ordered.loc[ordered.groupby((~same).cumsum())["p_value"].idxmin()].reset_index(drop=True)
    spans = alarms[["store", "first", "end"]].itertuples(index=False, name=None)
    sums = [
        (stores[store].counts[first:end].sum(), stores[store].expected[first:end].sum()) for store, first, end in spans
    ]
    return alarms.assign(
        kind=kind.name,
        observed=[float(pair[0]) for pair in sums],
        expected=[float(pair[1]) for pair in sums],
        expected_false_share=min(1.0, float(accepted["q_value"].max()) * len(accepted) / len(alarms)),
    )[COLUMNS]
