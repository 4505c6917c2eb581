"""Measurements in one simulated year: each trial gives records for the report.

A record is (part, measure, value): the value of a share is 0 or 1, or a mean over the year's tests. Years are the units
of all intervals. Choosing years and summarising records do not belong here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pizza_assets.analysis.correlation_results import correlation_results
from pizza_assets.analysis.correlation_rows import FINDING_AT_Q, Evidence, answer_rows, results_table
from pizza_assets.analysis.effects import own_match_answer
from pizza_assets.analysis.expected_grid import ExpectedGrid, SourcePair
from pizza_assets.analysis.hypotheses import GOAL_HYPOTHESES, scoped_hypotheses
from pizza_assets.analysis.outcomes import part_values
from pizza_assets.analysis.reasons import Answer
from pizza_assets.models.vocabulary import OWN_TEAM_MATCH, ResultStatus, Scope
from pizza_assets_tests.calibration.anomalies import anomaly_trial
from pizza_assets_tests.calibration.calendars import Calendar
from pizza_assets_tests.calibration.diagnosed import diagnosed_trial, false_warnings, few_controls_trial
from pizza_assets_tests.calibration.event_study import kick_off_misses
from pizza_assets_tests.calibration.forecasts import forecast_trial
from pizza_assets_tests.calibration.goal_study import goal_estimates
from pizza_assets_tests.calibration.one_shop import one_shop_trial, two_shops_trial
from pizza_assets_tests.calibration.shared_matches import shared_trial
from pizza_assets_tests.calibration.worlds import NOTHING, Planted, WorldKind, simulate_year
from pizza_assets_tests.calibration.years import PAIR, fitted, impact_of

Record = tuple[str, str, float]
PLANTED = Planted(
    windows={"pre": np.log(1.02), "during": np.log(1.05), "post": np.log(1.10)},
    common={"during": 0.05, "post": 0.05},
)
"""The common effect is on the orders of all markets: an estimate that contains it is wrong."""
OUTCOME_PLANTED = Planted(own_win=float(np.log(1.08)))
GOALS_PLANTED = Planted(per_goal=0.03)
AFTER_GOALS = Planted(after_goal=0.15)
FORECAST_PLANTED = {
    "+10 %": Planted(windows=PLANTED.windows),
    "+3 %": Planted(windows={"pre": np.log(1.006), "during": np.log(1.015), "post": np.log(1.03)}),
    "no effect": NOTHING,
    "+10 %, different": Planted(windows=PLANTED.windows, market_sd=0.05, match_sd=0.05),
}
"""Planted effects by name: the effect after the match; the last one differs by market and match."""
SHARED_COUNTS = (3, 7, 20)
SHARED_EFFECT = float(np.log(1.10))
ANOMALIES_PER_YEAR = (20, 2)


@dataclass(frozen=True)
class Trial:
    """One simulated year. Its number determines its random numbers and its season."""

    part: str
    kind: WorldKind
    year: int


def run(trial: Trial, rng: np.random.Generator, calendar: Calendar) -> Iterator[Record]:
    """Run a trial and return its records."""
    return _PARTS[trial.part](trial.kind, rng, calendar)


def _effects(kind: WorldKind, rng: np.random.Generator, calendar: Calendar, planted: Planted) -> Iterator[Record]:
    name = "null" if planted == NOTHING else "planted"
    year = simulate_year(rng, kind, *calendar, planted)
    grid = fitted(year)
    impact = impact_of(year, grid)
    results = _results(impact, grid, (Scope.MARKET,) if planted == NOTHING else ())
    overall = results[results["scope"] == "overall"]
    is_match = overall["subject"] == OWN_TEAM_MATCH
    for row in overall[is_match].to_dict("records"):
        part = f"main effect, {row['time_window']}, {name}"
        truth = planted.windows.get(row["time_window"], 0.0)
        yield part, "answered", float(row["status"] == ResultStatus.OK)
        if row["status"] == ResultStatus.OK:
            yield part, "found at 5 %", float(row["p_value"] <= 0.05)
            yield part, "covered", _covers(row, truth)
            yield part, "bias", row["estimate_log"] - truth
            yield part, "smallest detectable, %", row["mde_80_pct"]
            yield part, "placebo covers 0", float(row["placebo_ci_low_pct"] <= 0 <= row["placebo_ci_high_pct"])
    if planted == NOTHING:
        outcomes = overall[~is_match & (overall["subject"] != "shared_match")]
        answered = outcomes[outcomes["status"] == ResultStatus.OK]
        yield "outcomes, null", "answered", len(answered) / len(outcomes)
        yield "outcomes, null", "found at 5 %", float((answered["p_value"] <= 0.05).mean())
        yield "outcomes, null", "any finding in a year", float((answered["q_value"] <= FINDING_AT_Q).any())
        market_rows = results[(results["scope"] == Scope.MARKET) & (results["status"] == ResultStatus.OK)]
        for about, rows in market_rows.groupby(market_rows["subject"] == OWN_TEAM_MATCH):
            part = f"{'windows' if about else 'outcomes'} by market, null"
            yield part, "found at 5 %", float((rows["p_value"] <= 0.05).mean())
            yield part, "any finding in a year", float((rows["q_value"] <= FINDING_AT_Q).any())
        yield from _of_kick_off(kick_off_misses(year, grid, planted), name)
        yield from _of_goals(goal_estimates(year, grid, impact), planted)


def _results(impact: pd.DataFrame, grid: ExpectedGrid, parts: Sequence[Scope]) -> pd.DataFrame:
    return correlation_results(impact, {PAIR: grid}, chains={}, pre_trends={}, same_day={}, goals={}, parts=parts)


def _of_kick_off(numbers: dict[str, float], name: str) -> Iterator[Record]:
    part = f"event study, 30 min, {name}"
    yield part, "band misses", numbers["misses"]
    yield part, "half-width (log)", numbers["half_width"]
    yield part, "pre-trend found at 5 %", float(numbers["pre_trend_p"] <= 0.05)


def _of_goals(goals: dict[str, dict[str, float]], planted: Planted) -> Iterator[Record]:
    name = "null" if planted == NOTHING else "planted"
    for term, numbers in goals.items():
        truth = planted.after_goal if term in ("own_goal_0_15", "own_goal_curve_0_15") else 0.0
        part = f"goals, {term}, {name}"
        yield part, "covered", _covers(numbers, truth)
        yield part, "bias", numbers["estimate_log"] - truth


def _null(kind: WorldKind, rng: np.random.Generator, calendar: Calendar) -> Iterator[Record]:
    return _effects(kind, rng, calendar, NOTHING)


def _planted(kind: WorldKind, rng: np.random.Generator, calendar: Calendar) -> Iterator[Record]:
    return _effects(kind, rng, calendar, PLANTED)


def _kick_off(kind: WorldKind, rng: np.random.Generator, calendar: Calendar) -> Iterator[Record]:
    planted = Planted(windows=PLANTED.windows)
    year = simulate_year(rng, kind, *calendar, planted)
    yield from _of_kick_off(kick_off_misses(year, fitted(year), planted), "planted")


def _outcomes(kind: WorldKind, rng: np.random.Generator, calendar: Calendar) -> Iterator[Record]:
    scenarios = (("own_win", OUTCOME_PLANTED, OUTCOME_PLANTED.own_win), ("total_goals", GOALS_PLANTED, 0.03))
    for subject, planted, truth in scenarios:
        year = simulate_year(rng, kind, *calendar, planted)
        grid = fitted(year)
        results = _results(impact_of(year, grid), grid, ())
        row = results.set_index("analysis_id").loc[f"{subject}.post.{PAIR[0]}_orders.{PAIR[1]}_matches"].to_dict()
        part = f"outcomes, {subject} after the match, planted"
        yield part, "findings", float(row["q_value"] <= FINDING_AT_Q)
        yield part, "covered", _covers(row, truth)
        yield part, "bias", row["estimate_log"] - truth


def _goals(kind: WorldKind, rng: np.random.Generator, calendar: Calendar) -> Iterator[Record]:
    year = simulate_year(rng, kind, *calendar, AFTER_GOALS)
    grid = fitted(year)
    yield from _of_goals(goal_estimates(year, grid, impact_of(year, grid)), AFTER_GOALS)


def _shared(kind: WorldKind, rng: np.random.Generator, calendar: Calendar) -> Iterator[Record]:
    for count in SHARED_COUNTS:
        for effect in (0.0, SHARED_EFFECT):
            for window, answer in shared_trial(rng, kind, *calendar, count, effect).items():
                truth = 0.0 if window == "pre" else effect
                part = f"shared matches, {count}, {'planted' if effect else 'null'}, {window}"
                yield part, "answered", float(not answer.missing)
                if not answer.missing:
                    yield part, "found at 5 %", float(answer.numbers["p_value"] <= 0.05)
                    yield part, "covered", _covers(answer.numbers, truth)
                    yield part, "bias", answer.numbers["estimate_log"] - truth


def _results_of_matches(kind: WorldKind, rng: np.random.Generator, calendar: Calendar) -> Iterator[Record]:
    year = simulate_year(rng, kind, *calendar)
    grid = fitted(year)
    rows = effects_by_result(impact_of(year, grid), PAIR, grid)
    answered = rows[rows["status"] == ResultStatus.OK]
    part = "windows by result, null"
    yield part, "answered", len(answered) / len(rows)
    yield part, "found at 5 %", float((answered["p_value"] <= 0.05).mean())
    yield part, "any finding in a year", float((answered["q_value"] <= FINDING_AT_Q).any())
    for window, answers in answered.groupby("time_window"):
        yield f"{part}, {window}", "found at 5 %", float((answers["p_value"] <= 0.05).mean())
        yield f"{part}, {window}", "bias", float(answers["estimate_log"].mean())


def effects_by_result(impact: pd.DataFrame, pair: SourcePair, grid: ExpectedGrid) -> pd.DataFrame:
    """The rows of `correlation_results` about matches won, drawn and lost, without testing all other hypotheses."""
    rows: list[dict] = []
    for result, part in impact.groupby(part_values(impact, Scope.RESULT)):
        answers = {
            hypothesis: own_match_answer(part[part["window"] == hypothesis.window], grid)
            for hypothesis in scoped_hypotheses(Scope.RESULT, str(result))
        }
        rows += answer_rows(pair, Evidence(part, grid), answers)
    return results_table(rows)


def _forecasts(kind: WorldKind, rng: np.random.Generator, calendar: Calendar) -> Iterator[Record]:
    for name, planted in FORECAST_PLANTED.items():
        year = simulate_year(rng, kind, *calendar, planted)
        for (span, measure), value in forecast_trial(year, planted).items():
            yield f"forecast, {name}, {span}", measure, value


def _anomalies(kind: WorldKind, rng: np.random.Generator, calendar: Calendar) -> Iterator[Record]:
    for per_kind in ANOMALIES_PER_YEAR:
        year = simulate_year(rng, kind, *calendar)
        numbers = anomaly_trial(year, rng, per_kind)
        part = f"anomalies, {per_kind} of each kind a year"
        for name in ("outages", "large_outages", "surges", "missing_days"):
            yield part, f"{name}|planted", numbers[name]
            yield part, f"{name}|found", numbers[f"{name}_found"]
        for name in ("low", "high"):
            yield part, f"{name}|alarms", numbers[name]
            yield part, f"{name}|false", numbers[f"{name}_false"]


def _everything_said(kind: WorldKind, rng: np.random.Generator, calendar: Calendar) -> Iterator[Record]:
    """A null year: whether anything at all is called a finding, over all claims except those by chain, and whether a
    warning is given without a reason."""
    year = simulate_year(rng, kind, *calendar)
    grid = fitted(year)
    impact = impact_of(year, grid)
    estimates = goal_estimates(year, grid, impact)
    goals = {PAIR: {series: Answer(estimates[series]) for series in GOAL_HYPOTHESES if series in estimates}}
    rows = correlation_results(impact, {PAIR: grid}, chains={}, pre_trends={}, same_day={}, goals=goals)
    is_found = rows["q_value"] <= FINDING_AT_Q
    part = "everything said, null"
    yield part, "any finding in a year", float(is_found.any())
    for role in ("primary", "exploratory"):
        yield part, f"any {role} finding in a year", float((is_found & (rows["role"] == role)).any())
    yield from false_warnings(impact, grid)


def _one_shop(kind: WorldKind, rng: np.random.Generator, calendar: Calendar) -> Iterator[Record]:
    return one_shop_trial(rng, kind, *calendar)


def _two_shops(kind: WorldKind, rng: np.random.Generator, calendar: Calendar) -> Iterator[Record]:
    return two_shops_trial(rng, kind, *calendar)


def _diagnosed(kind: WorldKind, rng: np.random.Generator, calendar: Calendar) -> Iterator[Record]:
    return diagnosed_trial(rng, kind, *calendar)


def _seasons(kind: WorldKind, rng: np.random.Generator, calendar: Calendar) -> Iterator[Record]:
    """Whether a market is named as one that keeps a season of its own: a false alarm except in the world of such."""
    year = simulate_year(rng, kind, *calendar)
    grid = fitted(year)
    yield from false_warnings(impact_of(year, grid), grid)


def _few_controls(kind: WorldKind, rng: np.random.Generator, calendar: Calendar) -> Iterator[Record]:
    return few_controls_trial(rng, kind, *calendar)


def _covers(numbers: dict, truth: float) -> float:
    return float(numbers["ci_low_pct"] <= 100 * np.expm1(truth) <= numbers["ci_high_pct"])


_PARTS = {
    "null": _null,
    "planted": _planted,
    "kick_off": _kick_off,
    "outcomes": _outcomes,
    "shared": _shared,
    "anomalies": _anomalies,
    "goals": _goals,
    "results": _results_of_matches,
    "forecast": _forecasts,
    "one_shop": _one_shop,
    "everything": _everything_said,
    "diagnosed": _diagnosed,
    "few_controls": _few_controls,
    "two_shops": _two_shops,
    "seasons": _seasons,
}
PARTS = tuple(_PARTS)
