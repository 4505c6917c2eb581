"""Shares of planted outages and surges that are found in simulated years, and of false alarms."""

from dataclasses import dataclass

import numpy as np

from pizza_assets.analysis.anomalies import find_anomalies
from pizza_assets.analysis.exposure import exposures
from pizza_assets.analysis.local_week import bins_of_week, local_days
from pizza_assets.analysis.lost_hour_alarms import with_lost_hours
from pizza_assets.analysis.store_expectation import store_expectation
from pizza_assets.analysis.windows import epoch_minutes
from pizza_assets_tests.calibration.worlds import ZONE, SimulatedYear

BIN = 15
BINS_PER_HOUR = 60 // BIN
STORES_PER_MARKET = 2


@dataclass(frozen=True)
class PlantedAnomaly:
    """expected: the true mean of orders over the anomaly; end is exclusive."""

    store: int
    kind: str
    first: int
    end: int
    expected: float


def stores_of(year: SimulatedYear, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Orders and true means [store, bin], with each market split into two stores, 60 to 40."""
    counts, mean = year.by(BIN), year.mean.reshape(len(year.markets), -1, BIN // 5).sum(axis=2)
    first = rng.binomial(counts, 0.6)
    return (
        np.stack([first, counts - first], axis=1).reshape(-1, counts.shape[1]),
        np.stack([0.6 * mean, 0.4 * mean], axis=1).reshape(-1, counts.shape[1]),
    )


def plant(
    counts: np.ndarray, mean: np.ndarray, day: np.ndarray, rng: np.random.Generator, per_kind: int
) -> list[PlantedAnomaly]:
    """Add outages of 2 to 6 hours, surges of 3 hours (times 2 to 3) and missing days, in place and without overlaps."""
    planted: list[PlantedAnomaly] = []
    taken: set[tuple[int, int]] = set()
    for kind, count in (("outage", per_kind), ("surge", per_kind), ("missing_day", max(per_kind // 4, 0))):
        for _ in range(count):
            while True:
                store, date = int(rng.integers(len(counts))), int(rng.integers(day.min() + 1, day.max()))
                bins = np.flatnonzero((day == date) & (mean[store] > 0))
                length = {"outage": int(rng.integers(2, 7)) * BINS_PER_HOUR, "surge": 3 * BINS_PER_HOUR}.get(
                    kind, len(bins)
                )
                if (store, date) not in taken and len(bins) >= length:
                    break
            taken.add((store, date))
            first = int(bins[0] + rng.integers(0, len(bins) - length + 1))
            span = slice(first, first + length)
            if kind == "surge":
                counts[store, span] = rng.poisson(mean[store, span] * rng.uniform(2, 3))
            else:
                counts[store, span] = 0
            planted.append(PlantedAnomaly(store, kind, first, first + length, float(mean[store, span].sum())))
    return planted


def anomaly_trial(year: SimulatedYear, rng: np.random.Generator, per_kind: int) -> dict[str, float]:
    """Counts of a year: planted, found, alarms and false alarms.

    A surge of the simulation itself (a promotion: the true mean at least 1.4 times the store's median for the time of
    the week) is not a false alarm.
    """
    counts, mean = stores_of(year, rng)
    minutes = year.minutes[:: BIN // 5]
    bin_of_week, day = (of(minutes, [ZONE])[0] for of in (bins_of_week, local_days))
    planted = plant(counts, mean, day, rng, per_kind)
    stores = len(counts)
    matrix = np.broadcast_to(bin_of_week, counts.shape)
    days = np.broadcast_to(day, counts.shape)
    week = year.week[:: BIN // 5]
    known = np.ones(counts.shape, bool)
    usual = store_expectation(counts, known, matrix, week, days, _lags(year, minutes, stores))
    alarms = with_lost_hours(find_anomalies(counts, usual, days), counts, known, matrix, days)
    typical = _typical(mean, bin_of_week)
    result = dict.fromkeys(
        ("outages", "outages_found", "large_outages", "large_outages_found", "surges", "surges_found"), 0.0
    )
    result |= dict.fromkeys(("missing_days", "missing_days_found", "low", "low_false", "high", "high_false"), 0.0)
    for anomaly in planted:
        is_found = any(
            row.store == anomaly.store
            and row.first < anomaly.end
            and row.end > anomaly.first
            and (row.kind == "high") == (anomaly.kind == "surge")
            for row in alarms.itertuples()
        )
        name = {"outage": "outages", "surge": "surges"}.get(anomaly.kind, "missing_days")
        result[name] += 1
        result[f"{name}_found"] += is_found
        if anomaly.kind == "outage" and anomaly.expected >= 12:
            result["large_outages"] += 1
            result["large_outages_found"] += is_found
    for row in alarms.itertuples():
        if row.kind == "missing_day":
            continue
        is_planted = any(
            row.store == a.store
            and row.first < a.end
            and row.end > a.first
            and (row.kind == "high") == (a.kind == "surge")
            for a in planted
        )
        span = slice(row.first, row.end)
        is_promotion = row.kind == "high" and mean[row.store, span].sum() >= 1.4 * typical[row.store, span].sum()
        result[row.kind] += 1
        result[f"{row.kind}_false"] += not (is_planted or is_promotion)
    return result


def _typical(mean: np.ndarray, bin_of_week: np.ndarray) -> np.ndarray:
    """The median of the true mean at each cell's time of the week [store, bin]."""
    typical = np.empty_like(mean)
    for place in np.unique(bin_of_week):
        columns = np.flatnonzero(bin_of_week == place)
        typical[:, columns] = np.median(mean[:, columns], axis=1, keepdims=True)
    return typical


def _lags(year: SimulatedYear, minutes: np.ndarray, stores: int) -> np.ndarray:
    lag = np.full((stores, len(minutes)), -1, dtype=np.int64)
    exposed = exposures(year.matches, year.markets)
    number = {market.name: row for row, market in enumerate(year.markets)}
    start = (epoch_minutes(exposed["kickoff_at"]) - 120 - minutes[0]) // BIN
    for market, first in zip(exposed["market"].map(number), start, strict=True):
        columns = np.arange(max(first, 0), min(first + 24, len(minutes)))
        lag[market * STORES_PER_MARKET : (market + 1) * STORES_PER_MARKET, columns] = columns - first
    return lag
