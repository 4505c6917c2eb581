"""Coverage of the band around kick-off in simulated years."""

import numpy as np
import pandas as pd

from pizza_assets.analysis.event_bins import FIRST_MINUTE, LAG_COUNT, LAG_MINUTES, event_panel
from pizza_assets.analysis.event_study import kick_off_study
from pizza_assets.analysis.expected_grid import ExpectedGrid
from pizza_assets.analysis.windows import epoch_minutes
from pizza_assets_tests.calibration.worlds import LENGTHS, Planted, SimulatedYear


def kick_off_misses(year: SimulatedYear, grid: ExpectedGrid, planted: Planted) -> dict[str, float]:
    """Whether the band misses the truth anywhere, its mean half-width (log), and the p-value of the pre-trend test.

    With a planted effect, only lags that are in the same window for all matches have one true value; others are left
    out.
    """
    study = kick_off_study(event_panel(grid, year.matches, year.markets))
    truth = _truth(planted, year.matches)
    misses, widths = [], []
    for lag, answer in enumerate(study.lags):
        if answer.missing or np.isnan(truth[lag]):
            continue
        low, high = (np.log1p(answer.numbers[name] / 100) for name in ("ci_low_pct", "ci_high_pct"))
        misses.append(not low <= truth[lag] <= high)
        widths.append((high - low) / 2)
    return {
        "answered": len(misses),
        "misses": float(any(misses)),
        "half_width": float(np.mean(widths)) if widths else np.nan,
        "pre_trend_p": study.pre_trend_p,
    }


def _truth(planted: Planted, matches: pd.DataFrame) -> np.ndarray:
    """True log effect of each lag; NaN for a lag across the edge of a window."""
    if not planted.windows:
        return np.zeros(LAG_COUNT)
    shifts = np.unique(epoch_minutes(matches["kickoff_at"]) % LAG_MINUTES)
    whistle = LENGTHS.regular_minutes
    spans = {
        "pre": (-LENGTHS.pre_minutes, 0),
        "during": (0, whistle),
        "post": (whistle, whistle + LENGTHS.post_minutes),
    }
    truth = np.full(LAG_COUNT, np.nan)
    for lag in range(LAG_COUNT):
        starts = FIRST_MINUTE + lag * LAG_MINUTES - shifts
        ends = starts + LAG_MINUTES
        for name, (start, end) in spans.items():
            if (starts >= start).all() and (ends <= end).all():
                truth[lag] = planted.windows.get(name, 0.0)
        if (ends <= -LENGTHS.pre_minutes).all() or (starts >= whistle + LENGTHS.post_minutes).all():
            truth[lag] = 0.0
    return truth
