"""The baseline: expected orders without the own team's match, for every market and quarter-hour.

The fit itself is in proportional_fit.py. Comparing matches with the baseline belongs to match_impact.py.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from pizza_assets.analysis.expected_grid import ExpectedGrid, SourcePair
from pizza_assets.analysis.exposure import exposures, is_inside, unknown_spans
from pizza_assets.analysis.local_week import BINS_PER_WEEK, bins_of_week
from pizza_assets.analysis.panel import Panel
from pizza_assets.analysis.proportional_fit import Baseline, fit_baseline
from pizza_assets.analysis.special_dates import special_spans
from pizza_assets.analysis.store_quarters import BIN_MINUTES
from pizza_assets.analysis.windows import WindowLengths, epoch_minutes, window_bounds
from pizza_assets.models import ExpectedOrders, RawMatches
from pizza_assets.models.market import Market

MIN_FREE_WEEKS = 8
"""With fewer unmasked weeks at a time of the week, the expectation is left empty."""


def expected_grids(
    panels: Mapping[SourcePair, Panel],
    matches: DataFrame[RawMatches],
    markets: Sequence[Market],
    lengths: WindowLengths,
    *,
    default_timezone: str = "UTC",
) -> dict[SourcePair, ExpectedGrid]:
    """Fit the baseline per order source and match source, never pooling them.

    panels: market panels, with the weeks of each pair. matches: all weeks. default_timezone: for markets that are not
    in `markets`; these are exposed to no match.

    Every quarter-hour that overlaps a window of a match (of either source) to which the market is exposed, or may have
    been, or that lies on a special day of the market, is masked: it is not used to fit the baseline. `expected` is
    empty where the time of the week is unmasked in fewer than MIN_FREE_WEEKS weeks or no other open market is unmasked;
    it is 0 where the market is closed. Where the fit converges only without one market, that one has no expectation,
    is masked, and is no control.
    """
    spans = masked_spans(matches, markets, lengths)
    zones = {market.name: market.timezone for market in markets}
    return {
        pair: fit_expectation(panel, spans, zones, default_timezone)
        for pair, panel in sorted(panels.items())
        if panel.counts.size
    }


def expected_rows(grids: Mapping[SourcePair, ExpectedGrid]) -> DataFrame[ExpectedOrders]:
    """All grids as one table."""
    tables = [grid.rows(*pair) for pair, grid in grids.items()]
    return ExpectedOrders.checked(pd.concat(tables, ignore_index=True) if tables else ExpectedOrders.empty())


def fit_expectation(
    panel: Panel, spans: pd.DataFrame, zones: Mapping[str, str], default_timezone: str = "UTC"
) -> ExpectedGrid:
    """The baseline of one market panel. spans: `masked_spans`. zones: time zones by market name."""
    is_masked = is_inside(spans, panel.names, panel.minutes, BIN_MINUTES)
    clocks = tuple(zones.get(name, default_timezone) for name in panel.names)
    bin_of_week = bins_of_week(panel.minutes, clocks)
    fit, has_converged = _fit(panel, is_masked, bin_of_week)
    # a market without a baseline is no control either
    is_masked[~has_converged] = True
    usable = panel.is_known & ~is_masked
    is_control = usable & fit.is_open
    control_count = (is_control.sum(axis=0, dtype=np.int16) - is_control).astype(np.int16)
    control_count[~panel.is_known] = 0
    expected = fit.expected
    for market in range(len(expected)):
        is_answered = panel.is_known[market] & _has_free_weeks(usable[market], bin_of_week[market], panel)
        is_answered &= (control_count[market] > 0) | ~fit.is_open[market]
        expected[market, ~(is_answered & has_converged[market])] = np.nan
    return ExpectedGrid(
        panel.names,
        clocks,
        panel.weeks,
        panel.week,
        panel.first_bin,
        panel.counts,
        expected,
        control_count,
        is_masked & panel.is_known,
        panel.is_known,
        has_converged,
    )


def _fit(panel: Panel, is_masked: np.ndarray, bin_of_week: np.ndarray) -> tuple[Baseline, np.ndarray]:
    """The fit, and which markets it is for: all, or all but the one that keeps it from converging, or none.

    Which one disturbs can't be seen in a fit with it, as its drift moves all factors. So markets are left out in turn,
    those with the fewest orders first, until the others converge.
    """
    usable = panel.is_known & ~is_masked
    everybody = np.ones(len(panel.names), dtype=bool)
    fit = fit_baseline(panel.counts, usable, bin_of_week, panel.week)
    if fit.converged or len(everybody) <= 2:
        return fit, everybody & fit.converged
    for market in np.argsort(np.where(usable, panel.counts, 0).sum(axis=1), kind="stable"):
        others = everybody.copy()
        others[market] = False
        fit_of_others = fit_baseline(panel.counts, usable & others[:, None], bin_of_week, panel.week)
        if fit_of_others.converged:
            return fit_of_others, others
    return fit, ~everybody


def masked_spans(matches: pd.DataFrame, markets: Sequence[Market], lengths: WindowLengths) -> pd.DataFrame:
    """One row per exposed market and match: start of the first window and end (exclusive) of the last one; and the
    times at which it is not known whether the market was exposed, and its special days.

    Columns: market, first_minute, end_minute (epoch minutes).
    """
    bounds = window_bounds(matches, lengths).groupby(["match_source", "match_id"], as_index=False)
    spans = bounds.agg(starts_at=("window_start_at", "min"), ends_at=("window_end_at", "max"))
    exposed = exposures(matches, markets).merge(spans, on=["match_source", "match_id"])
    known = pd.DataFrame(
        {
            "market": exposed["market"],
            "first_minute": epoch_minutes(exposed["starts_at"]),
            "end_minute": epoch_minutes(exposed["ends_at"]),
        }
    )
    unknown = unknown_spans(matches, markets, lengths)
    return pd.concat([known, unknown, special_spans(markets)], ignore_index=True)


def _has_free_weeks(usable: np.ndarray, place: np.ndarray, panel: Panel) -> np.ndarray:
    """Whether each bin's time of the week is known and unmasked in at least MIN_FREE_WEEKS weeks, for one market."""
    weeks = len(panel.weeks)
    # an hour that the clock repeats in autumn is still one week
    seen = np.bincount(panel.week * BINS_PER_WEEK + place, usable, weeks * BINS_PER_WEEK)
    return ((seen.reshape(weeks, BINS_PER_WEEK) > 0).sum(axis=0) >= MIN_FREE_WEEKS)[place]
