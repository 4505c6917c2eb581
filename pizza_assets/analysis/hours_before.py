"""Whether orders depart from usual hours before kick-off, when football can hardly move them yet.

If they do, something else goes with match days, such as a promotion: the effect of the match may not be football's.
The same estimate as for the windows, over the three hours before the first of them.
"""

import numpy as np
import pandas as pd

from pizza_assets.analysis.effects import own_match_answer
from pizza_assets.analysis.expected_grid import ExpectedGrid, bins_under
from pizza_assets.analysis.reasons import Answer
from pizza_assets.models.vocabulary import ResultStatus, Window

MINUTES = 180
"""Length of the span; with the usual windows it lasts from five to two hours before kick-off."""


def hours_before_answer(impact: pd.DataFrame, grid: ExpectedGrid) -> Answer:
    """`own_match_answer` over MINUTES before the first window. impact: MatchImpact of one pair of sources."""
    return own_match_answer(_rows(impact, grid), grid)


def _rows(impact: pd.DataFrame, grid: ExpectedGrid) -> pd.DataFrame:
    """One row per market-match with a usable window, like those of MatchImpact.

    Refused where a quarter-hour of the span is unknown, without a baseline or in a window of another own match, or
    where the market is closed.
    """
    is_used = impact[impact["status"] == ResultStatus.OK].set_index(["match_id", "market"]).index
    first = impact[impact["window"] == Window.PRE].reset_index(drop=True)
    rows = first[first.set_index(["match_id", "market"]).index.isin(is_used)].reset_index(drop=True)
    ends_at = rows["window_start_at"]
    starts_at = ends_at - pd.Timedelta(minutes=MINUTES)
    bins, share = bins_under(starts_at, ends_at)
    row, column, inside = grid.locate(rows["market"], bins)
    needed = share > 0
    if not grid.observed.size:
        return rows.head(0)
    is_free = inside & ~grid.is_masked[row, column] & np.isfinite(grid.expected[row, column])
    expected = np.where(needed & is_free, share * grid.expected[row, column], 0.0).sum(axis=1)
    is_ok = (is_free | ~needed).all(axis=1) & (expected > 0)
    return rows.assign(
        window_start_at=starts_at,
        window_end_at=ends_at,
        observed=np.where(needed, share * grid.observed[row, column], 0.0).sum(axis=1),
        expected=expected,
        status=np.where(is_ok, ResultStatus.OK.value, ResultStatus.INSUFFICIENT_DATA.value),
        reasons=None,
    )
