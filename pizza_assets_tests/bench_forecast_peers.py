"""The forecast beside what people would use instead, at the same origins and on the same targets.

The means of 8 weeks and a Poisson GLM are computed here; other peers by an environment of their own
(bench_forecast_peer_models.py), so that none becomes a dependency.
"""

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pizza_assets.analysis.forecast.intervals import poisson_deviance
from pizza_assets.analysis.forecast.order_history import HORIZON, OrderHistory
from pizza_assets.analysis.forecast.origin import forecast_at

ORIGIN_COUNT = 10
SPACING_DAYS = 13
HOURS_AHEAD = HORIZON // 4
HOURS_A_WEEK = 168
HALF_YEAR = 26 * HOURS_A_WEEK
LEAST_MEAN = 1 / 16
GRAINS = {"hour": (1, 0), "span of 4 hours": (4, 0), "day": (24, 6)}
"""Length in hours, and the hour of the day at which one begins."""
OURS, MEAN = "ours", "8-week mean"


@dataclass(frozen=True)
class Hours:
    """Whole hours. counts: [shop, hour]. place: hour of the local week. day: business day. end: first unknown hour."""

    counts: np.ndarray
    place: np.ndarray
    day: np.ndarray
    is_holiday: np.ndarray
    end: int

    @classmethod
    def of(cls, history: OrderHistory) -> "Hours":
        """All shops live by one clock, and the first quarter-hour begins an hour."""
        size = history.counts.shape[1] // 4 * 4
        place, day, holiday = (table[0, :size:4] for table in (history.place, history.day, history.holiday))
        counts = history.counts[:, :size].reshape(len(history.counts), -1, 4).sum(axis=2)
        return cls(counts, place.astype(int) // 4, day, holiday > 0, history.end // 4)

    @property
    def cuts(self) -> np.ndarray:
        """Columns of the origins, oldest first."""
        return self.end - 24 * SPACING_DAYS * np.arange(ORIGIN_COUNT, 0, -1)


def predictions(history: OrderHistory, hours: Hours, peers: Path | None) -> dict[str, np.ndarray]:
    """The forecasts of every model [origin, shop, hour ahead]. peers: Python of the environment that has them."""
    ours = [forecast_at(history, int(cut) * 4) for cut in hours.cuts]
    found = {
        OURS: np.stack([_by_hour(forecast.without) for forecast in ours]),
        MEAN: np.stack([_by_hour(forecast.seasonal) for forecast in ours]),
        "Poisson GLM": np.stack([_glm(hours, cut) for cut in hours.cuts]),
    }
    return found if peers is None else {**found, **_of_peers(hours, peers)}


def _by_hour(cells: np.ndarray) -> np.ndarray:
    return cells.reshape(len(cells), -1, 4).sum(axis=2)


def _glm(hours: Hours, cut: int) -> np.ndarray:
    """Poisson regression on weekday x hour, the trend of half a year, and holidays."""
    import statsmodels.api as sm

    past, ahead = slice(cut - HALF_YEAR, cut), slice(cut, cut + HOURS_AHEAD)
    columns = np.arange(hours.counts.shape[1])

    def design(span: slice, used: np.ndarray) -> np.ndarray:
        slots = hours.place[span][:, None] == used
        trend = (columns[span] - cut) / (HALF_YEAR)
        return np.column_stack([slots, trend, hours.is_holiday[span]]).astype(float)

    found = np.zeros((len(hours.counts), HOURS_AHEAD))
    for shop, counts in enumerate(hours.counts[:, past]):
        sold = np.bincount(hours.place[past], counts, HOURS_A_WEEK)
        used = np.flatnonzero(sold > 0)
        is_open = np.isin(hours.place[past], used)
        table = design(past, used)[is_open]
        has_values = table.any(axis=0)
        model = sm.GLM(counts[is_open], table[:, has_values], family=sm.families.Poisson()).fit()
        is_coming = np.isin(hours.place[ahead], used)
        found[shop, is_coming] = model.predict(design(ahead, used)[is_coming][:, has_values])
    return found


def _of_peers(hours: Hours, python: Path) -> dict[str, np.ndarray]:
    script = Path(__file__).with_name("bench_forecast_peer_models.py")
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "history.npz"), Path(folder, "forecasts.npz")
        calendar = {"place": hours.place, "day": hours.day, "is_holiday": hours.is_holiday}
        np.savez(source, counts=hours.counts, **calendar, cuts=hours.cuts, ahead=HOURS_AHEAD)
        subprocess.run([python, script, source, target], check=True)
        with np.load(target) as found:
            return {name: found[name] for name in found.files}


def losses(hours: Hours, found: dict[str, np.ndarray]) -> dict[str, dict[str, np.ndarray]]:
    """Poisson deviance of every model by grain [origin], summed over all shops, each against its own orders.

    Left out are holidays, which no model is made for, and times of the week without an order in the last half year.
    """
    return {grain: _losses(hours, found, *shape) for grain, shape in GRAINS.items()}


def _losses(hours: Hours, found: dict[str, np.ndarray], length: int, first: int) -> dict[str, np.ndarray]:
    sums = {name: np.zeros(len(hours.cuts)) for name in found}
    for origin, cut in enumerate(hours.cuts):
        ahead = min(HOURS_AHEAD, hours.end - cut)
        columns = cut + np.arange(ahead - length + 1)
        columns = columns[((hours.place[columns] - first) % length == 0) & ~hours.is_holiday[columns]]
        cells = columns[:, None] + np.arange(length)
        came = hours.counts[:, cells].sum(axis=2)
        means = {
            name: np.maximum(forecast[origin][:, cells - cut].sum(axis=2), LEAST_MEAN)
            for name, forecast in found.items()
        }
        is_open = _opens(hours, cut)[:, hours.place[cells]].any(axis=2)
        for name, mean in means.items():
            sums[name][origin] = poisson_deviance(came[is_open], mean[is_open]).sum()
    return sums


def _opens(hours: Hours, cut: int) -> np.ndarray:
    """Whether a shop sold anything at each hour of the week in the half year before the cut [shop, place].

    Orders after the cut must not choose what is scored: that would favour forecasts that are too high.
    """
    past = slice(cut - HALF_YEAR, cut)
    return np.stack([np.bincount(hours.place[past], counts, HOURS_A_WEEK) > 0 for counts in hours.counts[:, past]])


def gain(ours: np.ndarray, other: np.ndarray) -> str:
    """Per cent by which `ours` is below `other`, with a 95 % interval over origins."""
    from scipy.stats import t

    share = ours.sum() / other.sum() - 1
    size = len(ours)
    error = np.sqrt(((ours - (1 + share) * other) ** 2).sum() * size / (size - 1)) / other.sum()
    reach = error * t.ppf(0.975, size - 1)
    return f"{100 * share:+.1f} % ({100 * (share - reach):+.1f} to {100 * (share + reach):+.1f})"
