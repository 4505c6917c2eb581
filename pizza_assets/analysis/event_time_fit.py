"""Joint fit of usual orders and event-time factors, and each date's contribution to the coefficients. Arrays only.

The model is E = alpha[market, bin of the week] * delta[bin] * eta[market, week] * factor[event time]: a Poisson
regression with three sets of fixed effects, fitted without a matrix of dummies. Kick-offs, time zones, intervals and
refusals do not belong here.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pizza_assets.analysis.proportional_fit import MAX_ITERATIONS, TOLERANCE, ProportionalFit


@dataclass(frozen=True)
class Panel:
    """Orders with the fixed effects and the event time of every cell.

    counts: orders [market, bin]. is_used: bool [market, bin]. bin_of_week: int [market, bin]. week, date: int [bin];
    dates are numbered from 0 without gaps. lag: int [market, bin], the event time of a cell, negative if it has none.
    """

    counts: np.ndarray
    is_used: np.ndarray
    bin_of_week: np.ndarray
    week: np.ndarray
    date: np.ndarray
    lag: np.ndarray
    lag_count: int

    def events_of(self, market: int) -> tuple[np.ndarray, np.ndarray]:
        """The bins of the market's used cells that have an event time, and their lags."""
        bins = np.flatnonzero(self.is_used[market] & (self.lag[market] >= 0))
        return bins, self.lag[market, bins]


@dataclass(frozen=True)
class EventTimeFit:
    """mean: fitted orders including event time [market, bin], 0 where not used. log_factor: [lag]."""

    mean: np.ndarray
    log_factor: np.ndarray
    converged: bool


@dataclass(frozen=True)
class DateScores:
    """Each date's contribution to the coefficients.

    scores: [date, lag], sums over the date's cells of the event dummies, residualised on the fixed effects, times
    (observed - fitted) orders. information: [date, lag, lag], sums of the products of residualised dummies, weighted
    with fitted orders. free_share: residual degrees of freedom per cell. converged: whether the residualised dummies
    are exact.
    """

    scores: np.ndarray
    information: np.ndarray
    free_share: float
    converged: bool


def fit_event_time(panel: Panel, *, tolerance: float = TOLERANCE, max_iterations: int = MAX_ITERATIONS) -> EventTimeFit:
    """Iterative proportional fitting: update every factor in turn until all logarithms change by less than `tolerance`.

    Every lag needs a used cell with orders. Gives the Poisson maximum likelihood (Darroch and Ratcliff 1972).
    """
    market, bins = np.nonzero(panel.is_used & (panel.lag >= 0))
    lag = panel.lag[market, bins]
    observed = np.bincount(lag, panel.counts[market, bins], panel.lag_count)
    factor = np.ones(panel.lag_count)
    weights = panel.is_used.astype(float)
    fit = ProportionalFit(panel.counts, weights, panel.bin_of_week, panel.week)
    converged = False
    for _ in range(max_iterations):
        change = fit.improve()
        usual = fit.alpha[market, panel.bin_of_week[market, bins]] * fit.delta[bins]
        usual *= fit.eta[market, panel.week[bins]]
        new = observed / np.bincount(lag, usual, panel.lag_count)
        change = max(change, float(np.abs(np.log(new / factor)).max(initial=0.0)))
        factor = new
        weights[market, bins] = factor[lag]
        if change < tolerance:
            converged = True
            break
    expected, _ = fit.expected()
    return EventTimeFit(np.where(panel.is_used, expected, 0.0) * weights, np.log(factor), converged)


def date_scores(panel: Panel, mean: np.ndarray) -> DateScores:
    """Scores and information of each date, including the error of the usual orders."""
    events = _ResidualisedEvents(panel, mean)
    dates = int(panel.date.max(initial=-1)) + 1
    scores = np.zeros((dates, panel.lag_count))
    information = np.zeros((dates, panel.lag_count, panel.lag_count))
    for date, bins in _bins_by_date(panel.date):
        dummies = events.of_bins(bins).reshape(-1, panel.lag_count)
        fitted = mean[:, bins].ravel()
        orders = np.where(fitted > 0, panel.counts[:, bins].ravel(), 0.0)
        scores[date] = (orders - fitted) @ dummies
        information[date] = dummies.T @ (fitted[:, None] * dummies)
    return DateScores(scores, information, _free_share(panel, mean), events.converged)


class _ResidualisedEvents:
    """Event dummies minus their projection on the fixed effects, weighted by the fitted means.

    The projection is stored as the coefficients of the fixed effects, shaped [..., lag]: [lag, market, bin] would not
    fit into memory. It is found by projecting on each set of fixed effects in turn (Gaure 2013).
    """

    def __init__(self, panel: Panel, mean: np.ndarray) -> None:
        self.panel, self.mean = panel, mean
        (markets, bins), lags = mean.shape, panel.lag_count
        self.places, self.weeks = int(panel.bin_of_week.max(initial=-1)) + 1, int(panel.week.max(initial=-1)) + 1
        self.alpha = np.zeros((markets, self.places, lags))
        self.delta = np.zeros((bins, lags))
        self.eta = np.zeros((markets, self.weeks, lags))
        # the coefficients of dummies lie between -1 and 1, so their changes are relative ones
        self.converged = any(self._improve() < TOLERANCE for _ in range(MAX_ITERATIONS))

    def of_bins(self, bins: np.ndarray) -> np.ndarray:
        """Residualised dummies [market, bin, lag]."""
        panel = self.panel
        every = np.arange(len(panel.counts))[:, None]
        dummies = -self.alpha[every, panel.bin_of_week[:, bins]]
        dummies -= self.eta[:, panel.week[bins]]
        dummies -= self.delta[bins]
        market, position = np.nonzero(panel.is_used[:, bins] & (panel.lag[:, bins] >= 0))
        dummies[market, position, panel.lag[market, bins[position]]] += 1
        return dummies

    def _improve(self) -> float:
        """Update the three sets once; return the largest change of a coefficient."""
        change, week = 0.0, self.panel.week
        left = np.zeros_like(self.delta)
        for market, place in enumerate(self.panel.bin_of_week):
            weights = self.mean[market]
            events, lag = self.panel.events_of(market)
            rest = -self.delta - self.eta[market][week]
            rest[events, lag] += 1
            change = max(change, _project(self.alpha[market], *_sums(place, weights, rest, self.places)))
            rest = -self.delta - self.alpha[market][place]
            rest[events, lag] += 1
            change = max(change, _project(self.eta[market], *_sums(week, weights, rest, self.weeks)))
            rest += self.delta - self.eta[market][week]
            left += weights[:, None] * rest
        return max(change, _project(self.delta, left, self.mean.sum(axis=0)))


def _sums(group: np.ndarray, weights: np.ndarray, values: np.ndarray, groups: int) -> tuple[np.ndarray, np.ndarray]:
    """Weighted sums of the rows of `values` [row, lag] by group, [group, lag], and the sums of the weights [group]."""
    from scipy.sparse import csc_array

    rows = len(group)
    pick = csc_array((weights, group, np.arange(rows + 1)), shape=(groups, rows))
    return pick @ values, np.bincount(group, weights, groups)


def _project(coefficients: np.ndarray, sums: np.ndarray, weights: np.ndarray) -> float:
    """Set coefficients [group, lag] with weight to weighted means, in place; return the largest change."""
    known = weights > 0
    new = sums[known] / weights[known, None]
    change = float(np.abs(new - coefficients[known]).max(initial=0.0))
    coefficients[known] = new
    return change


def _bins_by_date(date: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    order = np.argsort(date, kind="stable")
    starts = np.flatnonzero(np.diff(date[order], prepend=-1))
    for bins in np.split(order, starts[1:]):
        if len(bins):
            yield int(date[bins[0]]), bins


def _free_share(panel: Panel, mean: np.ndarray) -> float:
    """Residual degrees of freedom per cell: cells minus identifiable fixed effects, as in a full table of markets,
    bins of the week and weeks."""
    used = mean > 0
    cells = int(used.sum())
    places, weeks, at_place, in_week = set(), set(), 0, 0
    for market, place in enumerate(panel.bin_of_week):
        seen_places, seen_weeks = np.unique(place[used[market]]), np.unique(panel.week[used[market]])
        places.update(seen_places.tolist())
        weeks.update(seen_weeks.tolist())
        at_place, in_week = at_place + len(seen_places), in_week + len(seen_weeks)
    repeated = int(used.any(axis=1).sum()) + len(places) + len(weeks) - 1
    effects = at_place + in_week + int(used.any(axis=0).sum()) - repeated
    return (cells - effects - panel.lag_count) / max(cells, 1)
