"""The effect of a goal on orders in the following minutes: a Poisson regression within matches. Arrays only.

Goals and orders are both more frequent at some minutes than at others, so every five minutes of the match clock have
their own level, common to all matches, and every match and market has one too. What remains is the effect of goals. The
level of each match is removed by conditioning: given their sum, Poisson counts are multinomial (Chamberlain 1980;
Hausman, Hall and Griliches 1984). Finding the goals and wording the results do not belong here.
"""

from dataclasses import dataclass

import numpy as np

from pizza_assets.analysis.ratios import ratio

ROW_MINUTES = 5
ROWS = 26
"""Number of five-minute rows from kick-off: 130 minutes, until 15 minutes after the usual final whistle."""
LAG_ROWS = 3
_TOLERANCE = 1e-10
_MAX_STEPS = 50
_MATCHES_AT_ONCE = 4_000


@dataclass(frozen=True)
class GoalRegression:
    """log_effect, se: per goal [term]. df: effective dates - 1 [term]. NaN for a term without goals."""

    log_effect: np.ndarray
    se: np.ndarray
    df: np.ndarray
    converged: bool


def goal_terms(goal_minutes: list[np.ndarray], lag: int) -> np.ndarray:
    """For each row, the number of goals scored `lag` quarter-hours before it: float [match, row].

    goal_minutes: for each match, the minutes from kick-off to its goals. lag 0: the three rows from the first one that
    starts at or after the goal; 1, 2: the following groups of three; -1: the three before the row of the goal. A row
    with a goal after its start belongs to no lag; see `own_rows`.
    """
    counts = np.zeros((len(goal_minutes), ROWS))
    for match, minutes in enumerate(goal_minutes):
        after = -(-minutes // ROW_MINUTES)
        first = after + lag * LAG_ROWS if lag >= 0 else minutes // ROW_MINUTES + lag * LAG_ROWS
        for start in first:
            counts[match, max(int(start), 0) : max(int(start) + LAG_ROWS, 0)] += 1
    return counts


def own_rows(goal_minutes: list[np.ndarray]) -> np.ndarray:
    """The number of goals inside each row, after its start: float [match, row]."""
    counts = np.zeros((len(goal_minutes), ROWS))
    for match, minutes in enumerate(goal_minutes):
        inside = minutes[(minutes % ROW_MINUTES != 0) & (minutes < ROWS * ROW_MINUTES)]
        np.add.at(counts[match], inside // ROW_MINUTES, 1.0)
    return counts


def goal_regression(counts: np.ndarray, expected: np.ndarray, terms: np.ndarray, date: np.ndarray) -> GoalRegression:
    """Regress counts on terms, with a level for every match and one for every row of the match clock.

    counts, expected: orders [match, row]; rows with expected 0 or NaN are left out. terms: [match, row, term]. date:
    int [match]. Standard errors are clustered by date, with the factor dates / (dates - 1); the effective number of
    dates weights each date by its share of the score's variance.
    """
    is_open = np.isfinite(expected) & (expected > 0)
    used = is_open.any(axis=1) & (np.where(is_open, counts, 0).sum(axis=1) > 0)
    dates_used = np.unique(date[used], return_inverse=True)[1]
    data = _Data(counts[used], np.where(is_open, expected, 0.0)[used], terms[used], dates_used)
    clock = np.flatnonzero(data.expected.sum(axis=0) > 0)[1:]
    term_count = terms.shape[2]
    has_goals = np.array([bool(data.terms[:, :, k].any()) for k in range(term_count)], dtype=bool)
    empty = np.full(term_count, np.nan)
    if not data.counts.size or not has_goals.any():
        return GoalRegression(empty, empty, empty, converged=False)
    data = _Data(data.counts, data.expected, data.terms[:, :, has_goals], data.date)
    beta, information, converged = _fit(data, clock)
    scores = _date_scores(data, clock, beta)
    dates = len(scores)
    inverse = np.linalg.pinv(information)
    shown = int(has_goals.sum())
    contributions = (scores @ inverse)[:, :shown]
    variance = (contributions**2).sum(axis=0) * dates / max(dates - 1, 1)
    weights = contributions**2
    effective = ratio(weights.sum(axis=0) ** 2, (weights**2).sum(axis=0), 0.0)

    def spread(values: np.ndarray) -> np.ndarray:
        result = np.full(term_count, np.nan)
        result[has_goals] = values
        return result

    # squared scores are chi-square, whose effective number is a third of the number of dates
    df = np.minimum(3 * effective, dates) - 1
    return GoalRegression(spread(beta[:shown]), spread(np.sqrt(variance)), spread(df), converged)


@dataclass(frozen=True)
class _Data:
    counts: np.ndarray
    expected: np.ndarray
    terms: np.ndarray
    date: np.ndarray

    def parts(self) -> "list[slice]":
        return [slice(i, i + _MATCHES_AT_ONCE) for i in range(0, len(self.counts), _MATCHES_AT_ONCE)]


def _design(data: _Data, clock: np.ndarray, part: slice) -> np.ndarray:
    """Terms, then one dummy per row of the match clock except the first [match, row, parameter]."""
    terms = data.terms[part]
    dummies = np.zeros((ROWS, len(clock)))
    dummies[clock, np.arange(len(clock))] = 1.0
    return np.concatenate([terms, np.broadcast_to(dummies, (len(terms), *dummies.shape))], axis=2)


def _moments(data: _Data, clock: np.ndarray, part: slice, beta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The score of each match [match, parameter], and the total information [parameter, parameter]."""
    design = _design(data, clock, part)
    weight = data.expected[part] * np.exp(design @ beta)
    share = weight / weight.sum(axis=1, keepdims=True)
    total = np.where(data.expected[part] > 0, data.counts[part], 0).sum(axis=1)
    residual = np.where(data.expected[part] > 0, data.counts[part], 0) - total[:, None] * share
    score = np.einsum("mr,mrk->mk", residual, design)
    mean = np.einsum("mr,mrk->mk", share, design)
    flat = design.reshape(-1, design.shape[2])
    information = flat.T @ ((total[:, None] * share).reshape(-1, 1) * flat) - mean.T @ (total[:, None] * mean)
    return score, information


def _fit(data: _Data, clock: np.ndarray) -> tuple[np.ndarray, np.ndarray, bool]:
    """Newton's method: coefficients, information at these, and whether it converged."""
    size = data.terms.shape[2] + len(clock)
    beta, information = np.zeros(size), np.zeros((size, size))
    for _ in range(_MAX_STEPS):
        score, information = np.zeros(size), np.zeros((size, size))
        for part in data.parts():
            match_scores, added = _moments(data, clock, part, beta)
            score += match_scores.sum(axis=0)
            information += added
        step = np.linalg.pinv(information) @ score
        # a long step would overshoot where orders are few
        beta = beta + step * min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-12))
        if float(np.abs(step).max()) < np.sqrt(_TOLERANCE):
            return beta, information, True
    return beta, information, False


def _date_scores(data: _Data, clock: np.ndarray, beta: np.ndarray) -> np.ndarray:
    """The score of each date [date, parameter]."""
    sums = np.zeros((int(data.date.max()) + 1, len(beta)))
    for part in data.parts():
        score, _ = _moments(data, clock, part, beta)
        np.add.at(sums, data.date[part], score)
    return sums
