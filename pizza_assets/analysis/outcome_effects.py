"""Whether orders depend on how the own team's match ended: one answer per outcome and window.

Outcomes are defined in outcomes.py, the test in match_permutation.py. Families, q-values and sentences do not belong
here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pizza_assets.analysis.effects import MIN_DATES
from pizza_assets.analysis.match_permutation import PermutationTest, permutation_test, tail_p, welch_test
from pizza_assets.analysis.outcomes import HIGH_SCORING_GOALS, own_result
from pizza_assets.analysis.ratios import ratio
from pizza_assets.analysis.reasons import Answer, Reason
from pizza_assets.models.vocabulary import MatchResult, Side, Window

SEED = 20150808
_SIDES = [Side.HOME.value, Side.AWAY.value]


@dataclass(frozen=True)
class Outcome:
    """A property of a match that is known once it is over.

    name: as in `subject` of correlation_results; wording.CONTRASTS has the comparison. sides_differ: it differs by
    side. is_number: numeric, not yes or no. by_date: the same for all matches of a date (a cup has days of its own), so
    matches of a slot can't be permuted.
    """

    name: str
    sides_differ: bool = False
    is_number: bool = False
    by_date: bool = False


OUTCOMES = (
    Outcome("own_win", sides_differ=True),
    Outcome("home_win"),
    Outcome("away_win"),
    Outcome("draw"),
    Outcome("total_goals", is_number=True),
    Outcome("high_scoring"),
    Outcome("goal_difference", sides_differ=True, is_number=True),
    Outcome("tournament", by_date=True),
    Outcome("final", by_date=True),
)


def outcome_answers(
    used: pd.DataFrame, outcomes: Sequence[Outcome], windows: Sequence[Window], *, draws: int
) -> dict[tuple[str, str], Answer]:
    """The answer for every (outcome, window).

    used: usable MatchImpact rows of one pair of sources and any part of the business. The departure of a window is
    log((observed + .5) / (expected + .5)). Dates with a final are left out, except for outcomes by date. Matches of one
    slot (local weekday and hour) are permuted `draws` times, with a fixed seed. An answer needs MIN_DATES dates with
    the outcome and MIN_DATES dates without it.
    """
    answers = {}
    matches = _Matches.of(used[~used["kickoff_date"].isin(used.loc[used["is_final"], "kickoff_date"])], windows)
    for sides_differ in (False, True):
        tested = [o for o in outcomes if not o.by_date and o.sides_differ == sides_differ]
        if tested:
            answers |= _permuted(matches, tested, windows, sides_differ=sides_differ, draws=draws)
    for outcome in (o for o in outcomes if o.by_date):
        for window in windows:
            answers[outcome.name, window.value] = _by_date(used, outcome, window, draws)
    return answers


@dataclass(frozen=True)
class _Matches:
    """departures: [match, side, window], NaN where unknown. values: by name of the outcome [match, side]."""

    departures: np.ndarray
    values: dict[str, np.ndarray]
    slot: np.ndarray
    date: np.ndarray

    @classmethod
    def of(cls, used: pd.DataFrame, windows: Sequence[Window]) -> "_Matches":
        known = used[used["result"].notna()]
        match, ids = pd.factorize(known["match_id"], sort=True)
        side = (known["side"] == Side.AWAY).to_numpy().astype(int)
        number = known["window"].map({window.value: i for i, window in enumerate(windows)}).to_numpy(dtype=float)
        is_wanted = np.isfinite(number)
        place = match[is_wanted], side[is_wanted], number[is_wanted].astype(int)
        departure = np.log(
            (known["observed"].to_numpy(dtype=float) + 0.5) / (known["expected"].to_numpy(dtype=float) + 0.5)
        )[is_wanted]
        shape = (len(ids), len(_SIDES), len(windows))
        # a team may have several markets: use their mean for its side
        sums, counts = np.zeros(shape), np.zeros(shape)
        np.add.at(sums, place, departure)
        np.add.at(counts, place, 1.0)
        first = known.iloc[np.unique(match, return_index=True)[1]]
        return cls(
            ratio(sums, counts),
            _values(first),
            pd.factorize(_slots(first), sort=True)[0],
            first["kickoff_date"].to_numpy(),
        )


def _values(matches: pd.DataFrame) -> dict[str, np.ndarray]:
    """Each outcome [match, side]. matches: one row per match."""
    home, away = (matches[f"{side}_goals"].to_numpy(dtype=float) for side in _SIDES)
    result = matches["result"]
    wins = [own_result(result, pd.Series(side, index=result.index)) == "win" for side in _SIDES]
    alike = {
        "home_win": result == MatchResult.HOME_WIN,
        "away_win": result == MatchResult.AWAY_WIN,
        "draw": result == MatchResult.DRAW,
        "total_goals": home + away,
        "high_scoring": home + away >= HIGH_SCORING_GOALS,
    }
    both = {name: np.column_stack([value, value]).astype(float) for name, value in alike.items()}
    return both | {
        "own_win": np.column_stack(wins).astype(float),
        "goal_difference": np.column_stack([home - away, away - home]),
    }


def _slots(matches: pd.DataFrame) -> pd.Series:
    """Local weekday and hour of kick-off, as text."""
    weekday = pd.to_datetime(matches["kickoff_date"]).dt.day_of_week.astype(str)
    return weekday + " " + matches["kickoff_time"].str[:2]


def _permuted(
    matches: _Matches, outcomes: Sequence[Outcome], windows: Sequence[Window], *, sides_differ: bool, draws: int
) -> dict[tuple[str, str], Answer]:
    departures = matches.departures if sides_differ else _mean_of_sides(matches.departures)
    sides = departures.shape[1]
    values = np.stack([matches.values[outcome.name][:, :sides] for outcome in outcomes], axis=2)
    test = permutation_test(departures, values, matches.slot, draws=draws, seed=SEED)
    return {
        (outcome.name, window.value): _answer(
            test, (i, j), draws, outcome, values[:, :, i], departures[:, :, j], matches.date
        )
        for i, outcome in enumerate(outcomes)
        for j, window in enumerate(windows)
    }


def _mean_of_sides(departures: np.ndarray) -> np.ndarray:
    """The mean of both sides [match, 1, window]; the known side alone where the other is unknown."""
    known = np.isfinite(departures)
    count = known.sum(axis=1, keepdims=True)
    total = np.where(known, departures, 0.0).sum(axis=1, keepdims=True)
    return ratio(total, count)


def _answer(
    test: PermutationTest,
    place: tuple[int, int],
    draws: int,
    outcome: Outcome,
    values: np.ndarray,
    departures: np.ndarray,
    dates: np.ndarray,
) -> Answer:
    known = np.isfinite(departures)
    date_of_row = np.broadcast_to(dates[:, None], known.shape)[known]
    value, departure = values[known], departures[known]
    counts = {
        "n_matches": int(known.any(axis=1).sum()),
        "n_market_matches": int(known.sum()),
        "n_clusters": len(np.unique(date_of_row)),
    }
    if not len(value):
        return Answer(counts, (Reason.NO_RESULTS,))
    groups = [np.ones(len(value), dtype=bool)] if outcome.is_number else [value > 0, value <= 0]
    if min(len(np.unique(date_of_row[group])) for group in groups) < MIN_DATES:
        return Answer(counts, (Reason.TOO_FEW_DATES_WITH_OUTCOME,))
    if not np.isfinite(test.p_value[place]):
        return Answer(counts, (Reason.NO_VARIATION,))
    slope, se, p_permutation = (float(numbers[place]) for numbers in (test.slope, test.se, test.p_value))
    return Answer(
        counts
        | _coefficients(value, departure)
        | _interval(slope, se)
        | {"p_value": tail_p(p_permutation, draws, abs(slope) / se), "p_permutation": p_permutation}
    )


def _interval(slope: float, se: float) -> dict[str, float]:
    """A normal interval with the standard deviation over the permutations."""
    reach = 1.959963984540054 * se
    return {
        "estimate_log": slope,
        "uplift_pct": 100 * float(np.expm1(slope)),
        "ci_low_pct": 100 * float(np.expm1(slope - reach)),
        "ci_high_pct": 100 * float(np.expm1(slope + reach)),
        "se": se,
    }


def _coefficients(value: np.ndarray, departure: np.ndarray) -> dict[str, float]:
    """Unadjusted Pearson (point-biserial for yes or no) and Spearman coefficients."""
    from scipy.stats import rankdata

    def pearson(x: np.ndarray, y: np.ndarray) -> float:
        x, y = x - x.mean(), y - y.mean()
        spread = np.sqrt((x**2).sum() * (y**2).sum())
        return float(np.clip((x * y).sum() / spread, -1, 1)) if spread > 0 else np.nan

    return {
        "correlation_coefficient": pearson(value, departure),
        "spearman_coefficient": pearson(rankdata(value), rankdata(departure)),
    }


def _by_date(used: pd.DataFrame, outcome: Outcome, window: Window, draws: int) -> Answer:
    """Compare means per date with the outcome and means per date without it: the units are dates, not matches."""
    rows = used[used["window"] == window.value]
    is_group = rows[f"is_{outcome.name}"].to_numpy(dtype=bool)
    departure = np.log((rows["observed"].to_numpy(dtype=float) + 0.5) / (rows["expected"].to_numpy(dtype=float) + 0.5))
    units = pd.DataFrame({"date": rows["kickoff_date"].to_numpy(), "group": is_group, "departure": departure})
    means = units.groupby(["date", "group"], as_index=False)["departure"].mean()
    groups = means["group"].to_numpy(dtype=bool)
    counts = {"n_matches": rows["match_id"].nunique(), "n_market_matches": len(rows), "n_clusters": len(means)}
    if min(groups.sum(), (~groups).sum()) < MIN_DATES:
        return Answer(counts, (Reason.TOO_FEW_DATES_WITH_OUTCOME,))
    difference, se, p_value = welch_test(means["departure"].to_numpy(), groups, draws=draws, seed=SEED)
    if not np.isfinite(p_value):
        return Answer(counts, (Reason.NO_VARIATION,))
    coefficients = _coefficients(is_group.astype(float), departure)
    return Answer(counts | coefficients | _interval(difference, se) | {"p_value": p_value, "p_permutation": p_value})
