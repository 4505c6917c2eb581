"""The effect of matches on a window, from dates with and without one: each window less what its day suggests.

Dates with a match are compared with dates at the same time of the week (a slot). Dates with few orders count less, and
correct less for their day. Choosing the dates and summing their orders belongs to same_day.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from pizza_assets.analysis.match_permutation import tail_p
from pizza_assets.analysis.reasons import Answer, Reason

MIN_MATCHES = 3
MIN_PLACEBO_DATES = 10
MIN_OPEN_BINS = 4
MIN_USUAL_ORDERS = 0.5
"""A window with less than an hour of trade, or fewer usual orders, is not used."""
DRAWS = 1_999
SEED = 20150810
_MIN_PLACEBOS_OF_SLOT = 2
_MIN_PLACEBOS_OF_SLOPE = 30
_MAX_SLOPE = 1.3
_MIN_VARIANCE = 0.001
_FAR = 3.0
"""In robust standard deviations: a backstop for special days that no calendar knows."""
_MIN_SPREAD = 0.02
_TOO_FEW_PLACEBOS = f"with fewer than {_MIN_PLACEBOS_OF_SLOT} dates without a match at the same time of the week"


@dataclass(frozen=True)
class Dates:
    """One kick-off time per row: of a match, or of a placebo date at the same time of the week.

    slot: number of the time of the week. match_count: matches that kick off then, 0 for a placebo. market_count:
    markets whose orders are summed. open_bins: quarter-hours of trade in the window, of the market with the most.
    window_observed, window_usual: orders in the window; rest_observed, rest_usual: in the rest of the day, away from
    matches. group: number of the markets whose own dates these are, 0 if there is one group; a slot belongs to one
    group. day: local date, as a number.
    """

    slot: np.ndarray
    match_count: np.ndarray
    market_count: np.ndarray
    open_bins: np.ndarray
    window_observed: np.ndarray
    window_usual: np.ndarray
    rest_observed: np.ndarray
    rest_usual: np.ndarray
    group: np.ndarray
    day: np.ndarray

    @classmethod
    def joined(cls, parts: Sequence["Dates"]) -> "Dates":
        """The dates of several groups of markets."""
        sizes = [int(part.slot.max(initial=-1)) + 1 for part in parts]
        first = np.cumsum([0, *sizes])
        apart = [
            replace(part, slot=part.slot + first[number], group=np.full(len(part.slot), number))
            for number, part in enumerate(parts)
        ]
        return cls(*(np.concatenate([getattr(part, field.name) for part in apart]) for field in fields(cls)))

    @property
    def is_treated(self) -> np.ndarray:
        return self.match_count > 0

    def where(self, kept: np.ndarray) -> "Dates":
        return Dates(*(getattr(self, field.name)[kept] for field in fields(self)))

    @property
    def counts(self) -> dict[str, int]:
        """The numbers of the dates with a match, by column of CorrelationResults."""
        return {
            "n_matches": int(self.match_count.sum()),
            "n_market_matches": int((self.match_count * self.market_count).sum()),
            "n_clusters": int(self.is_treated.sum()),
        }


def same_day_answer(dates: Dates) -> Answer:
    """The weighted mean departure of matches from the placebos of their slots, on the log of orders.

    Dates whose other hours are far from usual (outages, days that no calendar knows) are left out; the window itself
    has no say in that.
    p permutes which dates of a slot have a match; the interval is that of t with (placebos - slots) degrees of freedom.
    Groups of markets share dates, and what is common to a date: their covariance is in the standard error, and p is
    that of t, as permutations of each group alone don't know it.
    Refused with fewer than MIN_MATCHES dates with a match or MIN_PLACEBO_DATES placebo dates.
    """
    traded = dates.where((dates.open_bins >= MIN_OPEN_BINS) & (dates.window_usual >= MIN_USUAL_ORDERS))
    unused = {"in which next to nothing is usually sold": _fewer(dates, traded)}
    if traded.is_treated.sum() < MIN_MATCHES:
        return Answer(traded.counts, (Reason.TOO_FEW_MATCHES,), unused=unused)
    compared = traded.where(_has_both(traded))
    unused[_TOO_FEW_PLACEBOS] = _fewer(traded, compared)
    if _is_too_few(compared):
        return Answer(compared.counts, (Reason.TOO_FEW_PLACEBO_DATES,), unused=unused)
    factor = _day_factor(compared)
    is_near = _is_near_usual(factor, compared.is_treated)
    usual = compared.where(is_near)
    has_both = _has_both(usual)
    kept = usual.where(has_both)
    unused["on days on which orders at other hours were far from usual"] = _fewer(compared, usual)
    unused[_TOO_FEW_PLACEBOS] += _fewer(usual, kept)
    if kept.is_treated.sum() < MIN_MATCHES:
        return Answer(kept.counts, (Reason.TOO_FEW_MATCHES,), unused=unused)
    if _is_too_few(kept):
        return Answer(kept.counts, (Reason.TOO_FEW_PLACEBO_DATES,), unused=unused)
    slot = np.unique(kept.slot, return_inverse=True)[1]
    departure, weight = _departures(kept, slot, factor[is_near][has_both])
    return Answer({**kept.counts, **_effect(kept, slot, departure, weight)}, unused=unused)


def _fewer(dates: Dates, kept: Dates) -> int:
    """The number of market-matches that were not kept."""
    return dates.counts["n_market_matches"] - kept.counts["n_market_matches"]


def _has_both(dates: Dates) -> np.ndarray:
    """Whether each date's slot has a match and enough placebos."""
    size = int(dates.slot.max(initial=-1)) + 1
    treated = np.bincount(dates.slot, dates.is_treated, size)
    placebos = np.bincount(dates.slot, ~dates.is_treated, size)
    return ((treated > 0) & (placebos >= _MIN_PLACEBOS_OF_SLOT))[dates.slot]


def _is_too_few(dates: Dates) -> bool:
    treated = int(dates.is_treated.sum())
    return treated < MIN_MATCHES or len(dates.slot) - treated < MIN_PLACEBO_DATES


def _day_factor(dates: Dates) -> np.ndarray:
    """How busy the rest of each day was, on the log of orders, shrunk to 0 where it had few orders."""
    placebo = ~dates.is_treated
    observed, usual = dates.rest_observed[placebo], dates.rest_usual[placebo]
    squares = float((usual**2).sum())
    variance = float(((observed - usual) ** 2 - usual).sum()) / squares if squares > 0 else 0.0
    prior = 1 / max(variance, _MIN_VARIANCE)
    return np.log((dates.rest_observed + prior) / (dates.rest_usual + prior))


def _is_near_usual(factor: np.ndarray, is_treated: np.ndarray) -> np.ndarray:
    centre = np.median(factor[~is_treated])
    spread = 1.4826 * float(np.median(np.abs(factor[~is_treated] - centre)))
    return np.abs(factor - centre) <= _FAR * max(spread, _MIN_SPREAD)


def _departures(dates: Dates, slot: np.ndarray, factor: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each date's log departure in the window less what its day suggests; and its weight."""
    placebo = ~dates.is_treated
    log = np.log((dates.window_observed + 0.5) / (dates.window_usual + 0.5))
    slope = _slope(_less_slot_means(log[placebo], slot[placebo]), _less_slot_means(factor[placebo], slot[placebo]))
    departure = log - slope * factor
    noise = 1 / (dates.window_usual + 0.5)
    residual = _less_slot_means(departure[placebo], slot[placebo])
    df = int(placebo.sum()) - int(slot.max()) - 1
    variance = max(float((residual**2).sum()) / df - float(noise[placebo].mean()), _MIN_VARIANCE)
    return departure, 1 / (variance + noise)


def _slope(log: np.ndarray, factor: np.ndarray) -> float:
    """How far the window follows its day; fully, if the placebos are too few to tell."""
    squares = float((factor**2).sum())
    if len(log) < _MIN_PLACEBOS_OF_SLOPE or squares == 0:
        return 1.0
    return float(np.clip((log * factor).sum() / squares, 0.0, _MAX_SLOPE))


def _effect(dates: Dates, slot: np.ndarray, departure: np.ndarray, weight: np.ndarray) -> dict[str, float]:
    from scipy.special import stdtr, stdtrit

    is_treated = dates.is_treated
    placebo = ~is_treated
    placebo_weight = np.bincount(slot[placebo], weight[placebo])
    treated_weight = np.bincount(slot[is_treated], weight[is_treated])
    mean = np.bincount(slot[placebo], (weight * departure)[placebo]) / placebo_weight
    excess = departure - mean[slot]
    total = float(treated_weight.sum())
    estimate = float((weight * excess)[is_treated].sum()) / total
    df = int(placebo.sum()) - len(mean)
    variance = float((weight * excess**2)[placebo].sum()) / df
    pull = np.where(is_treated, 1.0, -(treated_weight / placebo_weight)[slot])
    # means of slots are taken off, so what is left varies less
    noise = np.sqrt(weight * placebo.sum() / df) * excess
    shared = _shared_by_groups(dates, noise, np.sqrt(weight) * pull)
    se = float(np.sqrt(variance * (total + (treated_weight**2 / placebo_weight).sum()) + shared)) / total
    reach = float(stdtrit(df, 0.975)) * se
    p_permutation, distance = _permuted(slot, is_treated, departure, weight)
    is_apart = bool(dates.group.any())
    return {
        "estimate_log": estimate,
        "uplift_pct": 100 * float(np.expm1(estimate)),
        "ci_low_pct": 100 * float(np.expm1(estimate - reach)),
        "ci_high_pct": 100 * float(np.expm1(estimate + reach)),
        "se": se,
        "df": float(df),
        "p_value": float(2 * stdtr(df, -abs(estimate) / se)) if is_apart else tail_p(p_permutation, DRAWS, distance),
        "p_permutation": p_permutation,
    }


def _shared_by_groups(dates: Dates, noise: np.ndarray, pull: np.ndarray) -> float:
    """The covariance that dates shared by groups of markets add to the variance of the weighted sum, at least 0.

    noise: each date's departure in units of equal variance, of which that of the placebos gives the covariance of two
    groups on one date. pull: how far each date moves the sum, in the same units.
    """
    if not dates.group.any():
        return 0.0
    day = np.unique(dates.day, return_inverse=True)[1]
    placebo = ~dates.is_treated
    common = _between_groups(dates.group, day, np.where(placebo, noise, 0.0))
    pairs = _between_groups(dates.group, day, placebo.astype(float))
    covariance = common / pairs if pairs else 0.0
    return max(2 * covariance * _between_groups(dates.group, day, pull), 0.0)


def _between_groups(group: np.ndarray, day: np.ndarray, values: np.ndarray) -> float:
    """The sum of the products of all pairs of values that share the day but not the group."""
    shape = int(group.max()) + 1, int(day.max()) + 1
    sums = np.bincount(group * shape[1] + day, values, shape[0] * shape[1]).reshape(shape)
    return float((sums.sum(axis=0) ** 2 - (sums**2).sum(axis=0)).sum() / 2)


def _permuted(
    slot: np.ndarray, is_treated: np.ndarray, departure: np.ndarray, weight: np.ndarray
) -> tuple[float, float]:
    """Share of permutations within slots in which the matches' weighted sum is at least as far from 0; and how far it
    is, in standard deviations over the permutations."""
    rng = np.random.default_rng(SEED)
    order = np.lexsort((weight, departure, slot))
    slot, is_treated, departure, weight = (values[order] for values in (slot, is_treated, departure, weight))
    mean = np.bincount(slot, weight * departure) / np.bincount(slot, weight)
    pull = weight * (departure - mean[slot])
    shuffled = np.argsort(slot + rng.random((DRAWS, len(slot))), axis=1, kind="stable")
    drawn = np.abs(pull[shuffled][:, is_treated].sum(axis=1))
    observed = abs(float(pull[is_treated].sum()))
    share = (1 + int((drawn >= observed * (1 - 1e-9)).sum())) / (1 + DRAWS)
    return share, observed / max(float(np.sqrt((drawn**2).mean())), 1e-300)


def _less_slot_means(values: np.ndarray, slot: np.ndarray) -> np.ndarray:
    return values - (np.bincount(slot, values) / np.maximum(np.bincount(slot), 1))[slot]
