"""Whether to give or refuse a forecast, from the accuracy of earlier ones, and their skill against simpler models."""

from dataclasses import dataclass

import numpy as np

from pizza_assets.analysis.forecast.backtest import MIN_WEEKS, Backtest
from pizza_assets.analysis.forecast.effect import Effects
from pizza_assets.analysis.forecast.intervals import MIN_VALUES, poisson_deviance
from pizza_assets.analysis.forecast.targets import SPANS
from pizza_assets.analysis.local_week import BINS_PER_DAY
from pizza_assets.analysis.reasons import Reason
from pizza_assets.models.vocabulary import Span

LEAST_MEAN = 1 / 16
"""Stands for a mean of 0 orders in eight weeks, which would lose against any other forecast."""
ONE_SIDED_95 = 1.645
HOUR, DAY = SPANS.index(Span.HOUR), SPANS.index(Span.DAY)
WINDOW_SPANS = tuple(SPANS.index(span) for span in (Span.PRE, Span.DURING, Span.POST))
GRAINS = (((*WINDOW_SPANS, SPANS.index(Span.MATCH)), WINDOW_SPANS), ((HOUR,), (HOUR,)), ((DAY,), (DAY,)))
"""Spans that are given or refused together, and those by whose past forecasts: days may be forecast well where windows
are not."""


@dataclass(frozen=True)
class Verdict:
    """why_not: the reasons to refuse the forecast of a span; empty if it is given [span]. why_no_football: the same for
    the football part. against_mean: per cent by which the sum of absolute errors was below that of the eight-week mean
    [span]; NaN where nothing was scored. The deviance decides, absolute errors are told to people."""

    why_not: tuple[tuple[Reason, ...], ...]
    why_no_football: tuple[Reason, ...]
    against_mean: np.ndarray

    @property
    def uses_football(self) -> bool:
        return not self.why_no_football

    def refusals(self, span: np.ndarray) -> dict[Reason, np.ndarray]:
        """The reasons to refuse any span, each with the rows that it concerns. span: index in SPANS [row]."""
        reasons = dict.fromkeys(reason for of_span in self.why_not for reason in of_span)
        return {reason: np.array([reason in of_span for of_span in self.why_not])[span] for reason in reasons}


def judged(past: Backtest, effects: Effects, weeks: int) -> Verdict:
    """Judge a forecast with these effects by past forecasts. weeks: number of weeks of history."""
    own = np.isin(past.targets.span, WINDOW_SPANS) & past.is_own
    why_no_football = _no_effect(effects)
    if not why_no_football:
        football, unaware = (poisson_deviance(past.observed, mean) for mean in (past.with_football, past.unaware))
        if not football[own].sum() < unaware[own].sum():
            why_no_football = (Reason.FOOTBALL_DID_NOT_HELP,)
    return judged_by_grain(past, why_no_football, weeks)


def judged_by_grain(past: Backtest, why_no_football: tuple[Reason, ...], weeks: int) -> Verdict:
    """`judged`, if it is known already whether the forecast includes matches."""
    mean = np.maximum(past.seasonal, LEAST_MEAN)
    given = past.unaware if why_no_football else past.with_football
    loss, loss_of_mean = (poisson_deviance(past.observed, of) for of in (given, mean))
    why_not: list[tuple[Reason, ...]] = [()] * len(SPANS)
    for spans, judged_by in GRAINS:
        rows = np.isin(past.targets.span, judged_by)
        for span in spans:
            why_not[span] = _why_not((loss - loss_of_mean)[rows], past.targets.start[rows] // BINS_PER_DAY, weeks)
    rows_by_span = [_scored_rows(past, span) for span in range(len(SPANS))]
    error, error_of_mean = (np.abs(past.observed - of) for of in (given, past.seasonal))
    against_mean = np.array([_gain(error[rows], error_of_mean[rows]) for rows in rows_by_span])
    return Verdict(tuple(why_not), why_no_football, against_mean)


def _why_not(more_lost: np.ndarray, day: np.ndarray, weeks: int) -> tuple[Reason, ...]:
    if weeks < MIN_WEEKS:
        return (Reason.TOO_SHORT_HISTORY,)
    if len(more_lost) < MIN_VALUES:
        return (Reason.TOO_FEW_SCORED,)
    return (Reason.WORSE_THAN_MEAN,) if _is_worse(more_lost, day) else ()


def _is_worse(more_lost: np.ndarray, day: np.ndarray) -> bool:
    """Whether the loss is significantly larger than that of the mean: a one-sided test on sums by day.

    If orders are stable, the eight-week mean is as good as any forecast, so a tie is no reason to refuse.
    """
    by_day = np.bincount(np.unique(day, return_inverse=True)[1], more_lost)
    days = len(by_day)
    chance = np.sqrt(days / max(days - 1, 1) * ((by_day - by_day.mean()) ** 2).sum())
    return bool(by_day.sum() > ONE_SIDED_95 * chance)


def _no_effect(effects: Effects) -> tuple[Reason, ...]:
    if effects.is_known:
        return ()
    return tuple(dict.fromkeys(reason for reason in effects.missing if reason is not None))


def _scored_rows(past: Backtest, span: int) -> np.ndarray:
    """The forecasts of a span to score: only those of own matches if there are enough."""
    in_span = past.targets.span == span
    in_own_match = in_span & past.is_own
    return in_own_match if in_own_match.sum() >= MIN_VALUES else in_span


def _gain(error: np.ndarray, reference: np.ndarray) -> float:
    return 100 * (1 - float(error.sum()) / float(reference.sum())) if reference.sum() > 0 else np.nan
