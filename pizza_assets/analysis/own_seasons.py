"""Markets that keep a season of their own at the hours of their matches, such as longer evenings in summer.

The baseline knows a market's habits by the hour, and what all markets have in common at a moment, but no season of one
market by the hour. Matches aren't spread evenly over the year, so such a season is taken for an effect of the match.
It is seen in the hours without one: how far a market's orders at these times of the week depart from usual in each
part of the year.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import pandas as pd

from pizza_assets.analysis.expected_grid import ExpectedGrid, bins_under
from pizza_assets.analysis.local_week import BINS_PER_WEEK
from pizza_assets.analysis.multiplicity import holm
from pizza_assets.analysis.ratios import ratio
from pizza_assets.analysis.whole_match import rows_of_span
from pizza_assets.models.vocabulary import ResultStatus, Span, Window

BLOCK_WEEKS = 8
"""Length of the parts of the year that are compared; shorter swings are noise here."""
MIN_WEEKS = 26
"""With less than half a year of weeks, parts of the year can't be told from chance."""
LEVEL = 0.025
"""At which a market is named, in any span. At 0.05, more than 5 % of simulated years without a season had a market
named falsely, as the smallest p-values are too small (decision 0074)."""
LEVEL_OF_NAMED = 0.05
"""At which each span is asked of a market that is named for another one."""
Key = TypeVar("Key", bound=Hashable)
_SPANS = (*(window.value for window in Window), Span.MATCH.value)


@dataclass(frozen=True)
class OwnSeasons:
    """markets: by span, those that keep a season of their own at its hours; only spans with one. off_by_pct: for these
    spans, how far the estimate over all markets may be off because of seasons (what the hours without a match suggest,
    and the 95 % uncertainty of that); of_market: the same by market and span, for these markets. Both only where every
    part of the year with matches has such hours."""

    markets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    off_by_pct: Mapping[str, float] = field(default_factory=dict)
    of_market: Mapping[tuple[str, str], float] = field(default_factory=dict)


@dataclass(frozen=True)
class _Departure:
    """How far a market departs from usual at the hours of one span. p_value: that all parts of the year are alike.
    bias: what that adds to the market's estimate; variance: of the bias. share: of the market in all expected orders.
    """

    market: str
    p_value: float
    bias: float
    variance: float
    share: float


def own_seasons(impact: pd.DataFrame, grid: ExpectedGrid) -> OwnSeasons:
    """The seasons of the markets of a grid. impact: MatchImpact of the same pair of sources."""
    if len(grid.weeks) < MIN_WEEKS or not len(grid.markets):
        return OwnSeasons()
    found = {span: list(_departures(_used(rows_of_span(impact, span)), grid)) for span in _SPANS}
    every = [(span, departure) for span, of_span in found.items() for departure in of_span]
    adjusted = holm(np.array([departure.p_value for _, departure in every]))
    keepers = {departure.market for (_, departure), p in zip(every, adjusted, strict=True) if p <= LEVEL}
    named = [(span, d) for span, d in every if d.market in keepers and d.p_value <= LEVEL_OF_NAMED]
    spans = [span for span in _SPANS if any(span == of for of, _ in named)]
    return OwnSeasons(
        {span: tuple(sorted(departure.market for of, departure in named if of == span)) for span in spans},
        _known({span: _off_by_pct(*_over_all(found[span])) for span in spans}),
        _known({(d.market, span): _off_by_pct(d.bias, d.variance) for span, d in named}),
    )


def _over_all(of_span: Sequence[_Departure]) -> tuple[float, float]:
    """Bias and variance of the estimate over all markets."""
    return sum(d.share * d.bias for d in of_span), sum(d.share**2 * d.variance for d in of_span)


def _known(off_by_pct: Mapping[Key, float]) -> dict[Key, float]:
    return {key: value for key, value in off_by_pct.items() if np.isfinite(value)}


def _used(windows: pd.DataFrame) -> pd.DataFrame:
    return windows[windows["status"] == ResultStatus.OK]


def _off_by_pct(bias: float, variance: float) -> float:
    return 100 * float(np.expm1(abs(bias) + 1.96 * np.sqrt(variance)))


def _departures(used: pd.DataFrame, grid: ExpectedGrid) -> Iterator[_Departure]:
    """One per market with usable windows. used: those of one kind."""
    if used.empty:
        return
    bins, share = bins_under(used["window_start_at"], used["window_end_at"])
    row, column, inside = grid.locate(used["market"], bins)
    share = np.where(inside, share, 0.0)
    blocks = _blocks(len(grid.weeks))
    weight = used["expected"].to_numpy() / used["expected"].sum()
    block_of_match = blocks[grid.week[column[:, 0]]]
    for market in np.unique(row[:, 0]):
        own = row[:, 0] == market
        hours = np.bincount(grid.bin_of_week[market][column[own].ravel()], share[own].ravel(), minlength=BINS_PER_WEEK)
        share_of_market = float(weight[own].sum())
        of_match = np.bincount(block_of_match[own], weight[own] / share_of_market, blocks[-1] + 1)
        compared = _compared(*_by_week(grid, int(market), hours), blocks, of_match)
        yield _Departure(str(grid.markets[market]), *compared, share_of_market)


def _blocks(weeks: int) -> np.ndarray:
    """The part of the year of each week; a rest shorter than half a part belongs to the part before."""
    return np.minimum(np.arange(weeks) // BLOCK_WEEKS, max((weeks + BLOCK_WEEKS // 2) // BLOCK_WEEKS - 1, 0))


def _by_week(grid: ExpectedGrid, market: int, hours: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The departure of each week from usual, as a share, in the free quarter-hours of these hours; and its precision,
    0 for a week without any. hours: how often each quarter-hour of the week lies in a window."""
    expected = grid.expected[market]
    is_free = grid.is_known[market] & ~grid.is_masked[market] & (expected > 0)
    weight = np.where(is_free, hours[grid.bin_of_week[market]], 0.0)
    usual = weight * np.where(is_free, expected, 0.0)

    def by_week(values: np.ndarray) -> np.ndarray:
        return np.bincount(grid.week, values, len(grid.weeks))

    sums, noise = by_week(usual), by_week(weight * usual)
    departure = ratio(by_week(weight * grid.observed[market]) - sums, sums, 0.0)
    return departure, ratio(sums**2, noise, 0.0)


def _compared(
    departure: np.ndarray, precision: np.ndarray, blocks: np.ndarray, of_match: np.ndarray
) -> tuple[float, float, float]:
    """The p-value that all blocks depart alike (an F test of blocks against weeks), the bias and its variance; NaN for
    what can't be said, as where a block with matches has no week to compare.

    of_match: the share of the estimate's weight that lies in each block.
    """
    from scipy.special import fdtrc

    of_block = np.bincount(blocks, precision)
    mean = ratio(np.bincount(blocks, precision * departure), of_block, 0.0)
    known = of_block > 0
    weeks = int((precision > 0).sum())
    between, within = int(known.sum()) - 1, weeks - int(known.sum())
    if within < 1:
        return np.nan, np.nan, np.nan
    centre = float((of_block * mean).sum() / of_block.sum())
    variance = float((precision * (departure - mean[blocks]) ** 2).sum()) / within
    p_value = np.nan
    if between >= 1 and variance > 0:
        excess = float((of_block * (mean - centre) ** 2).sum()) / between
        p_value = float(fdtrc(between, within, excess / variance))
    if of_match[~known].any():
        return p_value, np.nan, np.nan
    bias = float((of_match * mean).sum())
    return p_value, bias, float((of_match**2 * ratio(np.full(len(mean), variance), of_block, 0.0)).sum())
